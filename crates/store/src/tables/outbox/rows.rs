//! The rows of the outbox as values.

use rusqlite::Row;
use switchboard_domain::ids::{AttemptId, CampaignId, ContactId, OutboxId, PhoneNumberId, TemplateId, WaMessageId};
use switchboard_domain::send::{MessageKind, OutboxState, SendContent};
use switchboard_domain::time::UnixMillis;

use crate::columns::RowExt;

/// A message to be owed.
#[derive(Clone, Debug)]
pub struct NewOutbox {
    /// Its id.
    pub outbox_id: OutboxId,
    /// The campaign, for campaign messages.
    pub campaign_id: Option<CampaignId>,
    /// The person.
    pub contact_id: ContactId,
    /// Sending number.
    pub phone_number_id: PhoneNumberId,
    /// What it is.
    pub kind: MessageKind,
    /// Category of the template.
    pub category: Option<String>,
    /// The template.
    pub template_id: Option<TemplateId>,
    /// What it says.
    pub content: SendContent,
    /// `Queued`, or `Excluded` for a person who is left out from the start.
    pub state: OutboxState,
    /// Why it is left out: machine word and sentence.
    pub reason: Option<(String, String)>,
    /// Not to be claimed before.
    pub not_before: UnixMillis,
    /// Made once per press of a button.
    pub idempotency_key: Option<String>,
}

/// A row that may be claimed.
#[derive(Clone, Debug)]
pub struct QueuedRow {
    /// Its id.
    pub outbox_id: OutboxId,
    /// The campaign, for campaign messages.
    pub campaign_id: Option<CampaignId>,
    /// The person.
    pub contact_id: ContactId,
    /// Sending number.
    pub phone_number_id: PhoneNumberId,
    /// What it is.
    pub kind: MessageKind,
    /// Category of the template.
    pub category: Option<String>,
    /// The template.
    pub template_id: Option<TemplateId>,
    /// What it says.
    pub content: SendContent,
    /// Attempts so far.
    pub tries: u32,
    /// The way of sending, where the first one was refused as the wrong one.
    pub endpoint: Option<String>,
}

/// An outbox row as it stands.
#[derive(Clone, Debug)]
pub struct OutboxRow {
    /// Its id.
    pub outbox_id: OutboxId,
    /// The campaign, for campaign messages.
    pub campaign_id: Option<CampaignId>,
    /// The person.
    pub contact_id: ContactId,
    /// Sending number.
    pub phone_number_id: PhoneNumberId,
    /// What it is.
    pub kind: MessageKind,
    /// Category of the template.
    pub category: Option<String>,
    /// The template.
    pub template_id: Option<TemplateId>,
    /// What it says.
    pub content: SendContent,
    /// Its state.
    pub state: OutboxState,
    /// Why, where the state wants a reason: machine word.
    pub reason_code: Option<String>,
    /// Why, as a sentence.
    pub reason: Option<String>,
    /// The newest attempt.
    pub last_attempt_id: Option<AttemptId>,
    /// Meta's id of the message.
    pub wamid: Option<WaMessageId>,
    /// How far it came, 0 to 4.
    pub delivery_rank: u8,
    /// When Meta took it.
    pub accepted_at: Option<UnixMillis>,
    /// Last change.
    pub updated_at: UnixMillis,
}

pub(super) const QUEUED_COLUMNS: &str =
    "outbox_id, campaign_id, contact_id, phone_number_id, kind, category, template_id, content, tries, endpoint";

pub(super) const ROW_COLUMNS: &str = "o.outbox_id, o.campaign_id, o.contact_id, o.phone_number_id, o.kind, o.category, \
     o.template_id, o.content, o.state, o.reason_code, o.reason, o.last_attempt_id, o.wamid, o.delivery_rank, \
     o.accepted_at_ms, o.updated_at_ms";

fn bad(column: usize, what: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, what.to_owned().into())
}

fn kind(row: &Row<'_>, column: usize) -> rusqlite::Result<MessageKind> {
    MessageKind::parse(row.get_ref(column)?.as_str()?).ok_or_else(|| bad(column, "kind of a message"))
}

fn content(row: &Row<'_>, column: usize) -> rusqlite::Result<SendContent> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|_| bad(column, "content of a message"))
}

pub(super) fn queued_row(row: &Row<'_>) -> rusqlite::Result<QueuedRow> {
    Ok(QueuedRow {
        outbox_id: row.id("outbox_id")?,
        campaign_id: row.id_opt("campaign_id")?,
        contact_id: row.id("contact_id")?,
        phone_number_id: PhoneNumberId::new(row.get::<_, String>(3)?),
        kind: kind(row, 4)?,
        category: row.get(5)?,
        template_id: row.get::<_, Option<String>>(6)?.map(TemplateId::new),
        content: content(row, 7)?,
        tries: row.get(8)?,
        endpoint: row.get(9)?,
    })
}

pub(super) fn outbox_row(row: &Row<'_>) -> rusqlite::Result<OutboxRow> {
    Ok(OutboxRow {
        outbox_id: row.id("outbox_id")?,
        campaign_id: row.id_opt("campaign_id")?,
        contact_id: row.id("contact_id")?,
        phone_number_id: PhoneNumberId::new(row.get::<_, String>(3)?),
        kind: kind(row, 4)?,
        category: row.get(5)?,
        template_id: row.get::<_, Option<String>>(6)?.map(TemplateId::new),
        content: content(row, 7)?,
        state: OutboxState::parse(row.get_ref(8)?.as_str()?).ok_or_else(|| bad(8, "state of a message"))?,
        reason_code: row.get(9)?,
        reason: row.get(10)?,
        last_attempt_id: row.id_opt("last_attempt_id")?,
        wamid: row.get::<_, Option<String>>(12)?.map(WaMessageId::new),
        delivery_rank: row.get(13)?,
        accepted_at: row.ms_opt("accepted_at_ms")?,
        updated_at: row.ms("updated_at_ms")?,
    })
}
