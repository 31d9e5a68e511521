//! Drafts, and the way between what crosses to a window and what the store keeps.

use std::collections::BTreeMap;

use switchboard_bridge::dto::{
    CampaignDetail, CampaignDraft, FormatKind as KindDto, ValueFormat as FormatDto, ValueSource as SourceDto,
    VariableValue,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::campaign::{ValueRule, ValueSource};
use switchboard_domain::ids::{CampaignId, PhoneNumberId, TemplateId};
use switchboard_domain::template::Variable;
use switchboard_domain::value_format::{FormatKind, ValueFormat};
use switchboard_store::tables::campaigns::{self, CampaignRow, DraftFields};
use switchboard_store::tables::templates;
use switchboard_store::{Connection, Priority};

use super::{not_found, parse_id, wrong_state};
use crate::sender::TemplateSnapshot;
use crate::{Console, EngineError, audience};

/// Longest name of a campaign.
const NAME_CHARS: usize = 120;

fn invalid(field: &str, message: &str, remedy: &str) -> UiError {
    UiError::new(UiErrorCode::InvalidInput, message, remedy).with_details(serde_json::json!({ "field": field }))
}

fn rule(value: &VariableValue) -> ValueRule {
    ValueRule {
        key: value.key.clone(),
        source: match value.source {
            SourceDto::FirstName => ValueSource::FirstName,
            SourceDto::FullName => ValueSource::FullName,
            SourceDto::Attribute => ValueSource::Attribute,
            SourceDto::Fixed => ValueSource::Fixed,
        },
        value: value.value.clone(),
        fallback: value.fallback.clone().filter(|f| !f.trim().is_empty()),
        format: value.format.as_ref().map(format).unwrap_or_default(),
    }
}

fn format(dto: &FormatDto) -> ValueFormat {
    let given = |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty());
    ValueFormat {
        kind: match dto.kind {
            KindDto::AsIs => FormatKind::AsIs,
            KindDto::Capitalised => FormatKind::Capitalised,
            KindDto::FirstWord => FormatKind::FirstWord,
            KindDto::Upper => FormatKind::Upper,
            KindDto::Number => FormatKind::Number,
            KindDto::Currency => FormatKind::Currency,
            KindDto::DateLong => FormatKind::DateLong,
            KindDto::DateMedium => FormatKind::DateMedium,
        },
        language: given(&dto.language),
        currency: given(&dto.currency),
    }
}

fn format_dto(format: &ValueFormat) -> FormatDto {
    FormatDto {
        kind: match format.kind {
            FormatKind::AsIs => KindDto::AsIs,
            FormatKind::Capitalised => KindDto::Capitalised,
            FormatKind::FirstWord => KindDto::FirstWord,
            FormatKind::Upper => KindDto::Upper,
            FormatKind::Number => KindDto::Number,
            FormatKind::Currency => KindDto::Currency,
            FormatKind::DateLong => KindDto::DateLong,
            FormatKind::DateMedium => KindDto::DateMedium,
        },
        language: format.language.clone(),
        currency: format.currency.clone(),
    }
}

fn rule_dto(rule: &ValueRule) -> VariableValue {
    VariableValue {
        key: rule.key.clone(),
        source: match rule.source {
            ValueSource::FirstName => SourceDto::FirstName,
            ValueSource::FullName => SourceDto::FullName,
            ValueSource::Attribute => SourceDto::Attribute,
            ValueSource::Fixed => SourceDto::Fixed,
        },
        value: rule.value.clone(),
        fallback: rule.fallback.clone(),
        format: (rule.format != ValueFormat::default()).then(|| format_dto(&rule.format)),
    }
}

/// A campaign as the wizard keeps it.
pub(super) fn draft_dto(row: &CampaignRow) -> CampaignDraft {
    CampaignDraft {
        id: Some(row.campaign_id.to_string()),
        name: row.name.clone(),
        template_id: row.template_id.as_ref().map(|t| t.as_str().to_owned()),
        phone_number_id: row.phone_number_id.as_ref().map(|p| p.as_str().to_owned()),
        audience: audience::show(&row.audience),
        values: row.rules.iter().map(rule_dto).collect(),
        rules: super::rules::rules_dto(&row.operator_rules),
    }
}

/// The file named for a medium, if one is: `header.media`, `card0.media`.
pub(super) fn media_file<'a>(rules: &'a [ValueRule], key: &str) -> Option<&'a str> {
    rules.iter().find(|r| r.key == key).map(|r| r.value.trim()).filter(|v| !v.is_empty())
}

/// All files named, by key.
fn media_files(rules: &[ValueRule]) -> BTreeMap<&str, &str> {
    let named = rules.iter().filter(|r| r.key.ends_with(".media"));
    named.map(|r| (r.key.as_str(), r.value.trim())).filter(|(_, path)| !path.is_empty()).collect()
}

/// Two values for one variable, of which one would be dropped without a word.
fn refuse_twins(values: &[VariableValue]) -> Result<(), UiError> {
    for (n, value) in values.iter().enumerate() {
        if values.iter().take(n).any(|before| before.key == value.key) {
            return Err(invalid(
                "values",
                "Two of the values are for the same variable.",
                "Keep one value for each key of the template.",
            ));
        }
    }
    Ok(())
}

/// A new draft names nothing that its template does not have. One that was saved before may: Meta lets templates change.
fn refuse_strangers(connection: &Connection, fields: &DraftFields) -> Result<(), EngineError> {
    let Some(id) = &fields.template_id else { return Ok(()) };
    let Some(template) = templates::get(connection, id)?.map(|t| TemplateSnapshot::of(&t)) else { return Ok(()) };
    let mut known: Vec<String> = template.components.variables().iter().map(Variable::key).collect();
    known.extend(template.components.media().into_iter().map(|slot| slot.key));
    if fields.rules.iter().all(|rule| known.contains(&rule.key)) {
        return Ok(());
    }
    let remedy = if known.is_empty() {
        "It has nothing to fill in.".to_owned()
    } else {
        format!("It has these: {}.", known.join(", "))
    };
    Err(invalid("values", "One of the values is for a variable that the template does not have.", &remedy).into())
}

/// Saves a draft; a new one without an id.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`] with `details.field`, [`UiErrorCode::NotFound`], [`UiErrorCode::WrongState`] for a
/// campaign that was launched.
pub async fn save(console: &Console, request: CampaignDraft) -> Result<CampaignDetail, UiError> {
    let name = request.name.trim();
    if name.chars().count() > NAME_CHARS {
        return Err(invalid("name", "The name is too long.", "Use at most 120 characters."));
    }
    refuse_twins(&request.values)?;
    let mut fields = DraftFields {
        name: if name.is_empty() { "Untitled campaign".to_owned() } else { name.to_owned() },
        template_id: request.template_id.filter(|t| !t.is_empty()).map(TemplateId::new),
        phone_number_id: request.phone_number_id.filter(|p| !p.is_empty()).map(PhoneNumberId::new),
        audience: audience::read(&request.audience)?,
        rules: request.values.iter().map(rule).collect(),
        operator_rules: super::rules::rules(&request.rules)?,
    };
    let known = request.id.as_deref().map(parse_id).transpose()?;
    let id = console
        .store()
        .write(Priority::Claim, move |tx| {
            if fields.phone_number_id.is_none() {
                // Nobody chose: the account's own number, which is the only one most accounts have.
                fields.phone_number_id =
                    switchboard_store::tables::account::get(tx)?.map(|account| account.default_phone_number_id);
            }
            let Some(id) = known else {
                refuse_strangers(tx, &fields)?;
                let id = CampaignId::new(tx.now());
                campaigns::create(tx, id, &fields)?;
                return Ok(id);
            };
            let before = campaigns::get(tx, id)?.ok_or_else(not_found)?;
            let same_medium = media_files(&before.rules) == media_files(&fields.rules)
                && before.phone_number_id == fields.phone_number_id;
            if !campaigns::update_draft(tx, id, &fields, same_medium)? {
                return Err(EngineError::from(wrong_state(
                    "This campaign was launched and can no longer be changed.",
                    "Undo the launch while that is offered, or make a new campaign.",
                )));
            }
            Ok(id)
        })
        .await?;
    super::show::detail(console, id).await
}

/// Deletes a draft.
///
/// # Errors
/// [`UiErrorCode::NotFound`], [`UiErrorCode::WrongState`] for a campaign that was launched: its ledger stays.
pub async fn delete(console: &Console, id: CampaignId) -> Result<(), UiError> {
    let deleted = console
        .store()
        .write(Priority::Claim, move |tx| {
            campaigns::get(tx, id)?.ok_or_else(not_found)?;
            // Rows that an undone launch left behind go first, in chunks of their own.
            while switchboard_store::tables::outbox::delete_of_campaign(tx, id, 1000)? > 0 {}
            Ok::<_, EngineError>(campaigns::delete_draft(tx, id)?)
        })
        .await?;
    if deleted {
        return Ok(());
    }
    Err(wrong_state(
        "Only a draft can be deleted: what a launched campaign sent stays on record.",
        "Cancel the campaign instead.",
    ))
}
