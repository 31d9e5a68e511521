//! What the ledger shows in the threads: a message of ours stands there once, by its outbox row.

use switchboard_domain::ids::{MessageId, WaMessageId};
use switchboard_domain::redact::Personal;
use switchboard_domain::send::MessageKind;
use switchboard_domain::time::UnixMillis;
use switchboard_store::columns::IdColumn;
use switchboard_store::tables::messages::{self, NewMessage};
use switchboard_store::tables::outbox::OutboxRow;
use switchboard_store::tables::templates;
use switchboard_store::tables::threads::{self, ThreadMessage};
use switchboard_store::{StoreError, WriteTx};

use super::message::{Claimed, TemplateSnapshot, shown};

/// Word of the thread for a kind of ours.
fn kind_word(kind: MessageKind, media_kind: Option<&str>) -> &str {
    match kind {
        MessageKind::Template => "template",
        MessageKind::Media => media_kind.unwrap_or("document"),
        MessageKind::Text | MessageKind::OptOutConfirmation => "text",
    }
}

/// Everything that a bubble of ours needs.
pub(super) struct Bubble<'a> {
    pub outbox_id: switchboard_domain::ids::OutboxId,
    pub contact_id: switchboard_domain::ids::ContactId,
    pub phone_number_id: &'a switchboard_domain::ids::PhoneNumberId,
    pub kind: MessageKind,
    pub media_kind: Option<&'a str>,
    pub reply_to: Option<WaMessageId>,
    pub wamid: Option<&'a WaMessageId>,
    pub at: UnixMillis,
}

/// Puts a bubble into its thread; `false` if it stands there already.
pub(super) fn put(
    tx: &WriteTx<'_>,
    message_id: MessageId,
    bubble: &Bubble<'_>,
    text: &Personal,
    beyond: &serde_json::Value,
) -> Result<bool, StoreError> {
    let inserted = messages::insert(
        tx,
        &NewMessage {
            id: message_id,
            contact_id: bubble.contact_id,
            phone_number_id: bubble.phone_number_id,
            inbound: false,
            kind: kind_word(bubble.kind, bubble.media_kind),
            text,
            content: beyond,
            wamid: bubble.wamid,
            context_wamid: bubble.reply_to.as_ref(),
            outbox_id: Some(bubble.outbox_id),
            media_file_id: None,
            opt_out: false,
            at: bubble.at,
        },
    )?;
    if inserted {
        threads::note_message(
            tx,
            &ThreadMessage {
                contact_id: bubble.contact_id,
                phone_number_id: bubble.phone_number_id,
                message_id,
                inbound: false,
                line: text.expose(),
                at: bubble.at,
                opens_window: false,
                unread: false,
            },
        )?;
    }
    Ok(inserted)
}

/// A message of ours that stands in its thread since it was written gets its wamid.
fn set_wamid(
    tx: &WriteTx<'_>,
    outbox_id: switchboard_domain::ids::OutboxId,
    wamid: &WaMessageId,
) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached("UPDATE OR IGNORE messages SET wamid = ?2 WHERE outbox_id = ?1 AND wamid IS NULL")?
        .execute((outbox_id.bytes(), wamid.as_str()))?;
    Ok(changed == 1)
}

/// Shows a claimed row that Meta took.
pub(super) fn show_claimed(
    tx: &WriteTx<'_>,
    row: &Claimed,
    wamid: &WaMessageId,
    at: UnixMillis,
) -> Result<(), StoreError> {
    // Single messages stand in their thread since they were written; a campaign's appear when they left.
    if row.campaign_id.is_none() && set_wamid(tx, row.outbox_id, wamid)? {
        return Ok(());
    }
    let (text, beyond) = shown(row.template.as_deref(), &row.content);
    put(
        tx,
        MessageId::new(at),
        &Bubble {
            outbox_id: row.outbox_id,
            contact_id: row.contact_id,
            phone_number_id: &row.phone_number_id,
            kind: row.kind,
            media_kind: row.content.media_kind.as_deref(),
            reply_to: row.content.reply_to.clone().map(WaMessageId::new),
            wamid: Some(wamid),
            at,
        },
        &text,
        &beyond,
    )?;
    Ok(())
}

/// The same for a row that a webhook settled.
pub(super) fn show_accepted(
    tx: &WriteTx<'_>,
    row: &OutboxRow,
    wamid: &WaMessageId,
    at: UnixMillis,
) -> Result<(), StoreError> {
    if set_wamid(tx, row.outbox_id, wamid)? {
        return Ok(());
    }
    let template = match &row.template_id {
        Some(id) => templates::get(tx, id)?.map(|t| TemplateSnapshot::of(&t)),
        None => None,
    };
    let (text, beyond) = shown(template.as_ref(), &row.content);
    put(
        tx,
        MessageId::new(at),
        &Bubble {
            outbox_id: row.outbox_id,
            contact_id: row.contact_id,
            phone_number_id: &row.phone_number_id,
            kind: row.kind,
            media_kind: row.content.media_kind.as_deref(),
            reply_to: row.content.reply_to.clone().map(WaMessageId::new),
            wamid: Some(wamid),
            at,
        },
        &text,
        &beyond,
    )?;
    Ok(())
}
