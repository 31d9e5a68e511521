//! What is sent from a conversation: an answer, a template to one person, the mark that we read. Everything goes through
//! the outbox, so that it is recorded before it leaves; the sender asks gate and window again at the claim.

use std::collections::BTreeMap;

use switchboard_bridge::dto::{Attribute, ChatStart, MessageReply, MessageSendTemplate, ThreadDetail, ThreadMessage};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::consent::Verdict;
use switchboard_domain::ids::{ContactId, MessageId, OutboxId, PhoneNumberId, TemplateId, WaMessageId};
use switchboard_domain::phone::{PhoneNumber, Region};
use switchboard_domain::send::{MessageKind, SendContent};
use switchboard_domain::template::{Category, Components, status_is_sendable};
use switchboard_domain::window;
use switchboard_store::tables::consent_gate::{self, GateSettings};
use switchboard_store::tables::contacts::Names;
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::templates::TemplateRow;
use switchboard_store::tables::{account, contacts, messages, people, templates, threads};
use switchboard_store::{Connection, Priority, StoreError, WriteTx};

use super::composer::{allows, verdict as verdict_dto};
use super::{contact_id, message, no_such_person, thread};
use crate::sender::{Single, enqueue_single};
use crate::templates::sentences;
use crate::{Console, EngineError, settings};

/// Longest text of a message in characters (messages.md §4).
const LONGEST_TEXT: usize = 4096;
/// Messages shown when a conversation is opened.
const FIRST_PAGE: u32 = 50;
/// Key of the file for a media header among the values.
const HEADER_MEDIA: &str = "header.media";

/// Answers inside the customer service window.
///
/// # Errors
/// `WindowClosed`, `InvalidInput`, `NotFound`.
pub async fn reply(console: &Console, request: MessageReply) -> Result<ThreadMessage, UiError> {
    let contact = contact_id(&request.contact_id)?;
    let text = request.text.trim_end().to_owned();
    if text.trim().is_empty() {
        return Err(invalid("text", "There is nothing to send.", "Write something first."));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(invalid(
            "text",
            "The message is longer than the 4,096 characters that WhatsApp takes.",
            "Shorten it or send it in two parts.",
        ));
    }
    let quote = request.quote_message_id.as_deref().map(MessageId::parse).transpose().map_err(|_| {
        invalid("quote_message_id", "The quoted message does not exist.", "Choose it again in the conversation.")
    })?;
    let key = idempotency_key(&request.idempotency_key)?;
    let now = console.clock().now();
    let outbox = console
        .store()
        .write(Priority::Claim, move |tx| {
            let person = contacts::get(tx, contact)?.ok_or_else(no_such_person)?;
            let contact = person.contact_id;
            let last = threads::last_inbound_at(tx, contact)?;
            if !window::is_open(last, now) {
                return Err(EngineError::Ui(UiError::new(
                    UiErrorCode::WindowClosed,
                    "The 24-hour window of this person is closed, so free text cannot be sent (131047).",
                    "Send a template; when they answer, you can write freely again.",
                )));
            }
            let reply_to = match quote {
                Some(id) => messages::wamid_of(tx, id, contact)?.map(WaMessageId::into_inner),
                None => None,
            };
            let content = SendContent { text: Some(text), reply_to, ..SendContent::default() };
            let number = number_for(tx, contact)?;
            Ok(enqueue(tx, contact, number, MessageKind::Text, None, content, key)?)
        })
        .await?;
    sent(console, outbox).await
}

/// Sends a template to one person.
///
/// # Errors
/// `ConsentForbids` with the verdict, `InvalidInput` for missing values, `WrongState` for a template that cannot be
/// sent, `NotFound`.
pub async fn send_template(console: &Console, request: MessageSendTemplate) -> Result<ThreadMessage, UiError> {
    let contact = contact_id(&request.contact_id)?;
    let template_id = TemplateId::new(request.template_id);
    let key = idempotency_key(&request.idempotency_key)?;
    let now = console.clock().now();
    let id = template_id.clone();
    let (template, number) = console
        .store()
        .read(move |conn| {
            let person = contacts::get(conn, contact)?.ok_or_else(no_such_person)?;
            let template = templates::get(conn, &id)?.ok_or_else(no_such_template)?;
            Ok::<_, EngineError>((template, number_for(conn, person.contact_id)?))
        })
        .await?;
    let components = Components::from_api(&serde_json::from_str(&template.components).unwrap_or_default());
    let mut values = values_of(&components, request.values)?;
    let mut content = SendContent::default();
    if let Some(format) = components.header_format.as_deref().filter(|f| matches!(*f, "IMAGE" | "VIDEO" | "DOCUMENT")) {
        let Some(path) = values.remove(HEADER_MEDIA) else {
            return Err(invalid(
                HEADER_MEDIA,
                &format!("The template's header needs a file ({}).", format.to_ascii_lowercase()),
                "Choose the file first.",
            ));
        };
        content.media_id = Some(upload(console, &number, &path).await?);
        content.file_name = std::path::Path::new(&path).file_name().map(|n| n.to_string_lossy().into_owned());
    }
    content.values = values;
    let outbox = console
        .store()
        .write(Priority::Claim, move |tx| {
            let person = contacts::get(tx, contact)?.ok_or_else(no_such_person)?;
            let template = templates::get(tx, &template_id)?.ok_or_else(no_such_template)?;
            let category = sendable_category(&template)?;
            let gate = GateSettings::default();
            let verdict = consent_gate::verdict(tx, person.contact_id, category, now, &gate)?;
            if !allows(&verdict) {
                return Err(EngineError::Ui(forbidden(&verdict)));
            }
            let kind = MessageKind::Template;
            Ok(enqueue(tx, person.contact_id, number, kind, Some(template_id), content, key)?)
        })
        .await?;
    sent(console, outbox).await
}

fn sendable_category(template: &TemplateRow) -> Result<Category, EngineError> {
    if !status_is_sendable(&template.status) || template.removed_at.is_some() {
        let why =
            sentences::unsendable(&template.status, template.rejected_reason.as_deref(), template.removed_at.is_some());
        return Err(EngineError::Ui(UiError::new(
            UiErrorCode::WrongState,
            why.unwrap_or_else(|| "This template cannot be sent now.".to_owned()),
            "Choose another template.",
        )));
    }
    Category::parse(&template.category).ok_or_else(|| {
        EngineError::Ui(UiError::new(
            UiErrorCode::WrongState,
            "This version does not know the template's category and cannot say whom it may reach.",
            "Choose another template, or update Switchboard.",
        ))
    })
}

/// Values for every variable of the template, and nothing else but the header's file.
fn values_of(components: &Components, given: Vec<Attribute>) -> Result<BTreeMap<String, String>, UiError> {
    if !components.cards.is_empty() {
        return Err(invalid(
            "template_id",
            "A carousel cannot be sent from a conversation.",
            "Choose another template, or send it by campaign to this person.",
        ));
    }
    let mut given: BTreeMap<String, String> = given.into_iter().map(|a| (a.name, a.value.trim().to_owned())).collect();
    let mut values = BTreeMap::new();
    for variable in components.variables() {
        let key = variable.key();
        match given.remove(&key).filter(|v| !v.is_empty()) {
            Some(value) => values.insert(key, value),
            None => {
                return Err(invalid(
                    &key,
                    "The template has a variable without a value.",
                    "Fill in every variable; WhatsApp refuses a template with a gap.",
                ));
            }
        };
    }
    if let Some(path) = given.remove(HEADER_MEDIA).filter(|p| !p.is_empty()) {
        values.insert(HEADER_MEDIA.to_owned(), path);
    }
    Ok(values)
}

async fn upload(console: &Console, number: &PhoneNumberId, path: &str) -> Result<String, UiError> {
    let path = std::path::PathBuf::from(path);
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let bytes = tokio::task::spawn_blocking(move || std::fs::read(path))
        .await
        .map_err(|_| UiError::internal("reading the file"))?
        .map_err(|_| invalid(HEADER_MEDIA, "The file cannot be read.", "Choose it again."))?;
    let client = console.graph().await?;
    let (id, _) =
        switchboard_cloud_api::media::upload(&client, number, bytes.into(), &name).await.map_err(EngineError::Graph)?;
    Ok(id.into_inner())
}

fn forbidden(verdict: &Verdict) -> UiError {
    let remedy = verdict.remedy().unwrap_or("Answer in the window when they write.");
    UiError::new(UiErrorCode::ConsentForbids, verdict.sentence(), remedy)
        .with_details(serde_json::to_value(verdict_dto(verdict)).unwrap_or_default())
}

fn no_such_template() -> UiError {
    UiError::new(UiErrorCode::NotFound, "This template does not exist (any more).", "Choose one from the list.")
}

fn invalid(field: &str, message: &str, remedy: &str) -> UiError {
    UiError::new(UiErrorCode::InvalidInput, message, remedy).with_details(serde_json::json!({"field": field}))
}

fn idempotency_key(key: &str) -> Result<String, UiError> {
    let key = key.trim();
    if key.is_empty() || key.len() > 200 {
        return Err(invalid("idempotency_key", "The message has no key of its own.", "Press the button again."));
    }
    Ok(key.to_owned())
}

/// Our number in this conversation: the one they wrote to last, else the default one.
fn number_for(conn: &Connection, contact: ContactId) -> Result<PhoneNumberId, EngineError> {
    if let Some(thread) = threads::get(conn, contact)? {
        return Ok(thread.phone_number_id);
    }
    account::get(conn)?.map(|a| a.default_phone_number_id).ok_or_else(|| {
        EngineError::Ui(UiError::new(
            UiErrorCode::NoProfile,
            "No account is connected to this profile, so there is no number to send from.",
            "Connect one in Settings > Account.",
        ))
    })
}

fn enqueue(
    tx: &mut WriteTx<'_>,
    contact_id: ContactId,
    phone_number_id: PhoneNumberId,
    kind: MessageKind,
    template_id: Option<TemplateId>,
    content: SendContent,
    idempotency_key: String,
) -> Result<OutboxId, StoreError> {
    let single = Single { contact_id, phone_number_id, kind, template_id, content, idempotency_key };
    Ok(enqueue_single(tx, &single)?.outbox_id)
}

/// Wakes the sender and answers with the bubble.
async fn sent(console: &Console, outbox: OutboxId) -> Result<ThreadMessage, UiError> {
    console.wakes().sender.notify_one();
    let shown =
        console.store().read(move |conn| messages::of_outbox(conn, outbox)).await.map_err(EngineError::Store)?;
    shown.map(message).ok_or_else(|| UiError::internal("showing the message that was just written"))
}

/// Marks a thread as read here, and the newest message at Meta, so that the person sees it. Meta's answer is not waited
/// for and a failure there changes nothing here.
///
/// # Errors
/// `NotFound`; a store error's sentence.
pub async fn mark_read(console: &Console, contact: &str) -> Result<(), UiError> {
    let contact = contact_id(contact)?;
    let newest = console
        .store()
        .write(Priority::Claim, move |tx| {
            let Some(contact) = contacts::present_id(tx, contact)? else { return Ok(None) };
            if !threads::mark_read(tx, contact)? {
                return Ok(None);
            }
            tx.touch("inbox")?;
            messages::newest_inbound(tx, contact)
        })
        .await
        .map_err(EngineError::Store)?;
    if let Some((wamid, number)) = newest {
        let console = console.clone();
        tokio::spawn(async move {
            let Ok(client) = console.graph().await else { return };
            if let Err(error) = switchboard_cloud_api::messages::mark_read(&client, &number, &wamid, false).await {
                tracing::info!(%error, "marking a message as read at Meta");
            }
        });
    }
    Ok(())
}

/// Opens a conversation with a person, or with a number as typed; a new number makes a new person.
///
/// # Errors
/// `InvalidInput` for what is not a number, `NotFound`.
pub async fn start_chat(console: &Console, request: ChatStart) -> Result<ThreadDetail, UiError> {
    let now = console.clock().now();
    let contact = match (request.contact_id.as_deref(), request.phone.as_deref()) {
        (Some(id), _) => contact_id(id)?,
        (None, Some(typed)) => {
            let region = settings::load(console.store()).await?.default_region.as_deref().and_then(Region::parse);
            let phone = PhoneNumber::parse_in(typed, region).map_err(|e| {
                invalid("phone", &format!("This is not a phone number: {e}."), "Write it with + and the country code.")
            })?;
            let names = Names::of_full(request.name.as_deref().unwrap_or_default());
            let ledger = LedgerKey::new(*console.keys().ledger());
            console
                .store()
                .write(Priority::Claim, move |tx| people::resolve_in(tx, &ledger, &PersonKeys::of_phone(phone), &names))
                .await
                .map_err(EngineError::Store)?
                .contact_id
        }
        (None, None) => {
            return Err(invalid(
                "phone",
                "A new chat needs a person or a number.",
                "Type a number or choose a person.",
            ));
        }
    };
    console
        .store()
        .read(move |conn| thread(conn, contact, None, FIRST_PAGE, now))
        .await
        .map_err(EngineError::Store)?
        .ok_or_else(no_such_person)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn template() -> Components {
        Components::from_api(&serde_json::json!([{"type": "BODY", "text": "Hi {{1}}, {{2}}"}]))
    }

    fn value(name: &str, value: &str) -> Attribute {
        Attribute { name: name.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn a_template_needs_a_value_for_every_variable() {
        let error = values_of(&template(), vec![value("body.1", "Ana"), value("body.2", "  ")]).unwrap_err();
        assert_eq!(error.code, UiErrorCode::InvalidInput);
        assert_eq!(error.details.get("field").unwrap(), "body.2");
    }

    #[test]
    fn values_that_no_variable_asks_for_are_left_out() {
        let values = values_of(&template(), vec![value("body.1", "a"), value("body.2", "b"), value("x", "y")]).unwrap();
        assert_eq!(values.into_keys().collect::<Vec<_>>(), vec!["body.1", "body.2"]);
    }
}
