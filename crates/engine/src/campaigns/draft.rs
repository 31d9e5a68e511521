//! Drafts, and the way between what crosses to a window and what the store keeps.

use switchboard_bridge::dto::{
    Audience as AudienceDto, AudienceKind, CampaignDetail, CampaignDraft, ValueSource as SourceDto, VariableValue,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::campaign::{Audience, HEADER_MEDIA, ValueRule, ValueSource};
use switchboard_domain::ids::{CampaignId, ContactId, ImportId, PhoneNumberId, TemplateId};
use switchboard_store::Priority;
use switchboard_store::tables::campaigns::{self, CampaignRow, DraftFields};

use super::{not_found, parse_id, wrong_state};
use crate::{Console, EngineError};

/// Longest name of a campaign.
const NAME_CHARS: usize = 120;

fn invalid(field: &str, message: &str, remedy: &str) -> UiError {
    UiError::new(UiErrorCode::InvalidInput, message, remedy).with_details(serde_json::json!({ "field": field }))
}

fn audience(dto: &AudienceDto) -> Result<Audience, UiError> {
    Ok(match dto.kind {
        AudienceKind::Everybody => Audience::Everybody,
        AudienceKind::Imports => Audience::Imports {
            import_ids: dto.import_ids.iter().map(|id| ImportId::parse(id)).collect::<Result<_, _>>().map_err(
                |_| invalid("audience", "One of the imports does not exist.", "Choose the imports from the list."),
            )?,
        },
        AudienceKind::Contacts => Audience::Contacts {
            contact_ids: dto.contact_ids.iter().map(|id| ContactId::parse(id)).collect::<Result<_, _>>().map_err(
                |_| invalid("audience", "One of the people does not exist.", "Choose the people from the list."),
            )?,
        },
    })
}

fn audience_dto(audience: &Audience) -> AudienceDto {
    let empty = |kind| AudienceDto { kind, import_ids: Vec::new(), contact_ids: Vec::new() };
    match audience {
        Audience::Everybody => empty(AudienceKind::Everybody),
        Audience::Imports { import_ids } => AudienceDto {
            import_ids: import_ids.iter().map(ToString::to_string).collect(),
            ..empty(AudienceKind::Imports)
        },
        Audience::Contacts { contact_ids } => AudienceDto {
            contact_ids: contact_ids.iter().map(ToString::to_string).collect(),
            ..empty(AudienceKind::Contacts)
        },
    }
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
    }
}

/// A campaign as the wizard keeps it.
pub(super) fn draft_dto(row: &CampaignRow) -> CampaignDraft {
    CampaignDraft {
        id: Some(row.campaign_id.to_string()),
        name: row.name.clone(),
        template_id: row.template_id.as_ref().map(|t| t.as_str().to_owned()),
        phone_number_id: row.phone_number_id.as_ref().map(|p| p.as_str().to_owned()),
        audience: audience_dto(&row.audience),
        values: row.rules.iter().map(rule_dto).collect(),
        rules: super::rules::rules_dto(&row.operator_rules),
    }
}

/// The file named for a media header, if one is.
pub(super) fn header_file(rules: &[ValueRule]) -> Option<&str> {
    rules.iter().find(|r| r.key == HEADER_MEDIA).map(|r| r.value.trim()).filter(|v| !v.is_empty())
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
    let mut fields = DraftFields {
        name: if name.is_empty() { "Untitled campaign".to_owned() } else { name.to_owned() },
        template_id: request.template_id.filter(|t| !t.is_empty()).map(TemplateId::new),
        phone_number_id: request.phone_number_id.filter(|p| !p.is_empty()).map(PhoneNumberId::new),
        audience: audience(&request.audience)?,
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
                let id = CampaignId::new(tx.now());
                campaigns::create(tx, id, &fields)?;
                return Ok(id);
            };
            let before = campaigns::get(tx, id)?.ok_or_else(not_found)?;
            let same_medium = header_file(&before.rules) == header_file(&fields.rules)
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
