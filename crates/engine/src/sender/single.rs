//! Single messages: a reply, a template to one person, the confirmation of an opt-out. They use the ledger of the
//! campaigns and stand in their thread from the moment they are written.

use switchboard_domain::ids::{ContactId, MessageId, OutboxId, PhoneNumberId, TemplateId, WaMessageId};
use switchboard_domain::send::{MessageKind, OutboxState, SendContent};
use switchboard_domain::time::UnixMillis;
use switchboard_store::columns::RowExt;
use switchboard_store::tables::{outbox, templates};
use switchboard_store::{OptionalExtension, StoreError, WriteTx};

use super::message::{TemplateSnapshot, shown};
use super::thread::{self, Bubble};

/// A message to one person.
#[derive(Clone, Debug)]
pub struct Single {
    /// The person.
    pub contact_id: ContactId,
    /// Sending number.
    pub phone_number_id: PhoneNumberId,
    /// What it is.
    pub kind: MessageKind,
    /// The template, for templates.
    pub template_id: Option<TemplateId>,
    /// What it says; [`SendContent::reply_to`] quotes a message.
    pub content: SendContent,
    /// Made once per press of the button, or once per cause of an automatic message.
    pub idempotency_key: String,
}

/// A message that was written to the outbox and its thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enqueued {
    /// Its row.
    pub outbox_id: OutboxId,
    /// Its bubble.
    pub message_id: MessageId,
    /// `false`: an earlier press of the same button wrote it.
    pub fresh: bool,
}

/// Writes a message to the outbox and its thread. Call `console.wakes().sender.notify_one()` after the commit. The
/// claim asks the gate (template) or the window (free-form) again; ask both before, for a good sentence.
///
/// # Errors
/// [`StoreError`].
pub fn enqueue_single(tx: &mut WriteTx<'_>, single: &Single) -> Result<Enqueued, StoreError> {
    if let Some(known) = outbox::by_idempotency_key(tx, &single.idempotency_key)? {
        let message_id = message_of(tx, known.outbox_id)?.unwrap_or_else(|| MessageId::new(tx.now()));
        return Ok(Enqueued { outbox_id: known.outbox_id, message_id, fresh: false });
    }
    let template = match &single.template_id {
        Some(id) => templates::get(tx, id)?.map(|t| TemplateSnapshot::of(&t)),
        None => None,
    };
    let outbox_id = OutboxId::new(tx.now());
    outbox::insert(
        tx,
        &outbox::NewOutbox {
            outbox_id,
            campaign_id: None,
            contact_id: single.contact_id,
            phone_number_id: single.phone_number_id.clone(),
            kind: single.kind,
            category: template.as_ref().map(|t| t.category.clone()),
            template_id: single.template_id.clone(),
            content: single.content.clone(),
            state: OutboxState::Queued,
            reason: None,
            not_before: UnixMillis::default(),
            idempotency_key: Some(single.idempotency_key.clone()),
        },
    )?;
    let message_id = MessageId::new(tx.now());
    let (text, beyond) = shown(template.as_ref(), &single.content);
    thread::put(
        tx,
        message_id,
        &Bubble {
            outbox_id,
            contact_id: single.contact_id,
            phone_number_id: &single.phone_number_id,
            kind: single.kind,
            media_kind: single.content.media_kind.as_deref(),
            reply_to: single.content.reply_to.clone().map(WaMessageId::new),
            wamid: None,
            at: tx.now(),
        },
        &text,
        &beyond,
    )?;
    tx.touch("inbox")?;
    Ok(Enqueued { outbox_id, message_id, fresh: true })
}

fn message_of(tx: &WriteTx<'_>, outbox_id: OutboxId) -> Result<Option<MessageId>, StoreError> {
    Ok(tx
        .prepare_cached("SELECT message_id FROM messages WHERE outbox_id = ?1")?
        .query_row([outbox_id.as_bytes()], |r| r.id("message_id"))
        .optional()?)
}
