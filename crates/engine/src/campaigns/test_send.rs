//! Test sends: the campaign's message on the operator's own phones. Single sends of the same ledger, asked by the same
//! gate at the claim; no cap, quiet hour or budget holds them, and they count for none.

use switchboard_bridge::dto::{CampaignTestSend, TestSend, TestSends};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::campaign::Values;
use switchboard_domain::consent::{EventKind, Reason, SendMode, Via};
use switchboard_domain::ids::{CampaignId, ContactId, PhoneNumberId, TemplateId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::send::{MessageKind, SendContent};
use switchboard_domain::template::Category;
use switchboard_store::tables::consent_events::{self, Evidence, NewEvent};
use switchboard_store::tables::consent_gate::{self, GateSettings};
use switchboard_store::tables::contacts::Names;
use switchboard_store::tables::identifiers::{self, PersonKeys};
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::{campaigns, people, templates, test_sends};
use switchboard_store::{Connection, Priority, StoreError, WriteTx};

use super::launch::upload_media;
use super::plan::Plan;
use super::recipients::word_of;
use super::review::plan_of_draft;
use super::{not_found, parse_id, wrong_state};
use crate::sender::{Single, enqueue_single};
use crate::{Console, EngineError, settings};

/// What stands in the ledger as the reason why a test phone may be written to.
const EVIDENCE: &str = "The operator's own test phone, from Settings, Sending";

/// The operator's phones with their newest test of a campaign.
///
/// # Errors
/// [`UiErrorCode::NotFound`].
pub async fn test_list(console: &Console, id: CampaignId) -> Result<TestSends, UiError> {
    let items = console
        .store()
        .read(move |c| {
            campaigns::get(c, id)?.ok_or_else(not_found)?;
            Ok::<_, EngineError>(phones(c, id)?)
        })
        .await?;
    let as_for = match plan_of_draft(console, id).await {
        Ok(plan) => plan.previews.first().map(|p| p.name.clone()),
        Err(_) => None,
    };
    Ok(TestSends { items, as_for })
}

fn phones(connection: &Connection, id: CampaignId) -> Result<Vec<TestSend>, StoreError> {
    let registered = settings::load_in(connection)?.test_phones;
    let mut items = Vec::with_capacity(registered.len());
    for phone in registered {
        let contact = identifiers::find_phone(connection, &PhoneNumber::from_stored(phone.clone()))?;
        let newest = match contact {
            Some(contact) => test_sends::newest(connection, id, contact)?,
            None => None,
        };
        items.push(TestSend {
            phone,
            contact_id: newest.as_ref().and(contact).map(|c| c.to_string()),
            state: newest.as_ref().map(|t| word_of(t.state, t.delivery_rank).to_owned()),
            at_ms: newest.as_ref().map(|t| t.updated_at.as_ms()),
            reason: newest.and_then(|t| t.reason),
        });
    }
    Ok(items)
}

/// Sends a draft's message to some of the operator's phones, with the values of its first recipient.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`] for a phone that is not registered, [`UiErrorCode::ConsentForbids`] for one that opted
/// out, [`UiErrorCode::WrongState`] for a draft that is not complete or a template that cannot be sent.
pub async fn test_send(console: &Console, request: CampaignTestSend) -> Result<TestSends, UiError> {
    let id = parse_id(&request.id)?;
    if request.idempotency_key.trim().is_empty() || request.phones.is_empty() {
        return Err(invalid("phones", "No phone is chosen.", "Choose at least one of your test phones."));
    }
    let registered = settings::load(console.store()).await?.test_phones;
    let mut wanted = Vec::with_capacity(request.phones.len());
    for phone in request.phones {
        if !registered.contains(&phone) {
            return Err(invalid(
                "phones",
                "This is none of your test phones, so nothing was sent.",
                "Add it in Settings, Sending first; tests go to your own phones alone.",
            ));
        }
        wanted.push(PhoneNumber::from_stored(phone));
    }
    let plan = plan_of_draft(console, id).await?;
    let message = complete(&plan)?;
    upload_media(console, &plan).await?;
    let ledger = LedgerKey::new(*console.keys().ledger());
    let key = request.idempotency_key;
    console
        .store()
        .write(Priority::Claim, move |tx| {
            let row = campaigns::get(tx, id)?.ok_or_else(not_found)?;
            let content = SendContent {
                values: message.values,
                media_id: row.header_media_id.map(|media| media.as_str().to_owned()),
                card_media: row.card_media,
                ..SendContent::default()
            };
            for phone in wanted {
                let contact = owner(tx, &ledger, &phone, message.category)?;
                let single = Single {
                    contact_id: contact,
                    phone_number_id: message.number.clone(),
                    kind: MessageKind::Template,
                    template_id: Some(message.template_id.clone()),
                    content: content.clone(),
                    idempotency_key: format!("test:{key}:{contact}"),
                };
                let enqueued = enqueue_single(tx, &single)?;
                test_sends::mark(tx, enqueued.outbox_id, id)?;
            }
            tx.touch("campaigns")?;
            Ok::<_, EngineError>(())
        })
        .await?;
    console.wakes().sender.notify_one();
    test_list(console, id).await
}

struct Message {
    template_id: TemplateId,
    category: Category,
    number: PhoneNumberId,
    values: Values,
}

/// What would be sent. Nobody in the audience yet is no hindrance, a template that cannot be sent is.
fn complete(plan: &Plan) -> Result<Message, UiError> {
    const FOR_THE_MESSAGE: &[&str] = &[
        "template",
        "template_not_sendable",
        "template_authentication",
        "template_kind",
        "values",
        "header_media",
        "number",
        "account_stop",
        "token",
    ];
    if let Some(blocker) = plan.blockers.iter().find(|b| FOR_THE_MESSAGE.contains(&b.code.as_str())) {
        let remedy = blocker.remedy.clone().unwrap_or_default();
        return Err(wrong_state(format!("No test was sent: {}", blocker.sentence), &remedy));
    }
    let (Some(template), Some(number)) = (&plan.template, &plan.row.phone_number_id) else {
        return Err(wrong_state("No test was sent: the draft is not complete.", "Choose template and number first."));
    };
    let values = match &plan.first_values {
        Some(values) => values.clone(),
        None => template
            .components
            .variables()
            .iter()
            .map(|v| (v.key(), plan.samples.get(&v.key()).cloned().unwrap_or_else(|| "…".to_owned())))
            .collect(),
    };
    Ok(Message {
        template_id: template.template_id.clone(),
        category: template.category().unwrap_or(Category::Marketing),
        number: number.clone(),
        values,
    })
}

/// The person behind a test phone. That it is the operator's own is their documented word for it, one by one, and goes
/// to the ledger as such; what its owner said against it stands (consent-rules.md).
fn owner(
    tx: &mut WriteTx<'_>,
    ledger: &LedgerKey,
    phone: &PhoneNumber,
    category: Category,
) -> Result<ContactId, EngineError> {
    let names = Names::of_full("Test phone");
    let contact = match identifiers::find_phone(tx, phone)? {
        Some(known) => switchboard_store::tables::contacts::present_id(tx, known)?.unwrap_or(known),
        None => people::resolve_in(tx, ledger, &PersonKeys::of_phone(phone.clone()), &names)?.contact_id,
    };
    let gate = GateSettings::default();
    let now = tx.now();
    let mut verdict = consent_gate::verdict(tx, contact, category, now, &gate)?;
    if !verdict.allows(SendMode::OneToOne) && verdict.reason == Reason::NoEvidence {
        let event = NewEvent {
            evidence: Evidence {
                source: Some(EVIDENCE.to_owned()),
                identifier: Some(phone.as_e164().to_owned()),
                ..Evidence::default()
            },
            ..NewEvent::now(contact, EventKind::OptIn, Via::Operator, now)
        };
        consent_events::append(tx, ledger, &event)?;
        tx.touch("consent")?;
        tx.touch("contacts")?;
        verdict = consent_gate::verdict(tx, contact, category, now, &gate)?;
    }
    if verdict.allows(SendMode::OneToOne) {
        return Ok(contact);
    }
    let remedy = match verdict.reason {
        Reason::OptedOut => "Write START from that phone, or choose another one.",
        Reason::UsMarketing => "Choose a phone with a number of another country.",
        _ => verdict.remedy().unwrap_or("Choose another phone."),
    };
    Err(UiError::new(
        UiErrorCode::ConsentForbids,
        format!("No test was sent to {}: {}", masked(phone), verdict.sentence()),
        remedy,
    )
    .into())
}

/// The end of a number, enough to tell one's own phones apart.
fn masked(phone: &PhoneNumber) -> String {
    let digits: Vec<char> = phone.as_e164().chars().collect();
    let end: String = digits.iter().skip(digits.len().saturating_sub(2)).collect();
    format!("the phone ending in {end}")
}

fn invalid(field: &str, message: &str, remedy: &str) -> UiError {
    UiError::new(UiErrorCode::InvalidInput, message, remedy).with_details(serde_json::json!({ "field": field }))
}

/// The samples that Meta keeps with a template, by variable.
pub(super) fn samples_of(template: &templates::TemplateRow) -> std::collections::BTreeMap<String, String> {
    let shown = crate::templates::row(template);
    shown.variables.into_iter().zip(shown.samples).filter(|(_, sample)| !sample.is_empty()).collect()
}
