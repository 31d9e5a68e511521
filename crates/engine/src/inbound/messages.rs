//! Messages of people: into the thread, with what they change beside it.

use std::borrow::Cow;
use std::time::Duration;

use switchboard_cloud_api::webhooks::{Edit, Event, EventBody, Message, MessageContent, UserRef};
use switchboard_domain::ids::{ContactId, MediaFileId, MessageId, PhoneNumberId, WaMessageId};
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;
use switchboard_store::WriteTx;
use switchboard_store::tables::{contacts, media_files, messages, phone_numbers, reachability, reactions, threads};

use super::plan::NO_NUMBER;
use super::show::{line, show};
use super::{Applied, Arrival, InboundRules, NewInbound, NotApplied, consent, event_time, people, relink};

/// How long Meta keeps inbound media (messages.md §12).
const MEDIA_KEPT: Duration = Duration::from_secs(7 * 86_400);

/// A person wrote to us.
pub(super) fn add(
    tx: &mut WriteTx<'_>,
    event: &Event,
    message: &Message,
    number: Option<&PhoneNumberId>,
    arrival: Arrival,
    rules: &InboundRules,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    let at = event_time(event, message.at, arrival);
    let contact = people::of_message(tx, &rules.ledger, message)?;
    let Some(number) = &number_or_likely(tx, number, contact)? else {
        // No chat to put it into; an opt-out holds all the same.
        consent::read_message(tx, contact, None, message, at, rules, applied)?;
        return Err(NotApplied::Partly(Cow::Borrowed(NO_NUMBER)));
    };
    let order = applied.messages.len();
    let place = Place { contact, number, inbound: true, counts: true, order };
    if let Some(new) = put(tx, &place, message, Some(event), shown_at(at, arrival))? {
        applied.media |= message.content.media().is_some_and(|m| m.id.is_some());
        let opt_out = consent::read_message(tx, contact, Some(number), message, at, rules, applied)?;
        if opt_out {
            messages::mark_opt_out(tx, new.message_id)?;
        }
        relink::learn_own_card(tx, contact, message, rules)?;
        contacts::heard_of(tx, contact, at)?;
        reachability::mark_reached(tx, contact)?;
        applied.messages.push(new);
    }
    Ok(())
}

/// A message has new words.
pub(super) fn edit(
    tx: &mut WriteTx<'_>,
    event: &Event,
    plan: &EditPlan<'_>,
    arrival: Arrival,
    rules: &InboundRules,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    let at = event_time(event, plan.message.at, arrival);
    let contact = people::of_message(tx, &rules.ledger, plan.message)?;
    let text = plan.edit.content.text().map(Personal::new);
    messages::put_edit(tx, plan.target, Some(&text.unwrap_or_default()), at)?;
    // A change may turn a message into an opt-out.
    let number = number_or_likely(tx, plan.number, contact)?;
    consent::read_message(tx, contact, number.as_ref(), plan.message, at, rules, applied)?;
    Ok(tx.touch("inbox")?)
}

/// A message of ours has new words, changed on the phone app.
pub(super) fn edit_ours(
    tx: &mut WriteTx<'_>,
    event: &Event,
    message: &Message,
    edit: &Edit,
    target: &WaMessageId,
    arrival: Arrival,
) -> Result<(), NotApplied> {
    let text = edit.content.text().map(Personal::new).unwrap_or_default();
    messages::put_edit(tx, target, Some(&text), event_time(event, message.at, arrival))?;
    Ok(tx.touch("inbox")?)
}

/// A message was deleted, by the person or on the phone app.
pub(super) fn revoke(
    tx: &mut WriteTx<'_>,
    event: &Event,
    target: &WaMessageId,
    arrival: Arrival,
) -> Result<(), NotApplied> {
    let own = match &event.body {
        EventBody::Message(message) | EventBody::Echo(message) => message.at,
        _ => None,
    };
    messages::put_edit(tx, target, None, event_time(event, own, arrival))?;
    Ok(tx.touch("inbox")?)
}

/// A message to a person that was not sent from here, but on the phone app or by Meta's agent: in the thread, never
/// unread.
pub(super) fn add_ours(
    tx: &mut WriteTx<'_>,
    event: &Event,
    message: &Message,
    number: &PhoneNumberId,
    arrival: Arrival,
    rules: &InboundRules,
) -> Result<(), NotApplied> {
    let at = event_time(event, message.at, arrival);
    let contact = people::of(tx, &rules.ledger, &message.to, message.contact.as_ref())?;
    let place = Place { contact, number, inbound: false, counts: false, order: 0 };
    put(tx, &place, message, Some(event), shown_at(at, arrival))?;
    Ok(())
}

/// A past message (coexistence): in the thread at its own time, never unread. A STOP of back then still is one.
pub(super) fn add_past(
    tx: &mut WriteTx<'_>,
    event: &Event,
    past: &PastPlan<'_>,
    arrival: Arrival,
    rules: &InboundRules,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    let message = past.message;
    let at = event_time(event, message.at, arrival);
    let contact = people::of(tx, &rules.ledger, past.user, None)?;
    let place = Place { contact, number: past.number, inbound: past.inbound, counts: false, order: 0 };
    if put(tx, &place, message, None, at)?.is_some() && past.inbound {
        // What was said back then is honoured, not answered now.
        consent::read_message(tx, contact, None, message, at, rules, applied)?;
    }
    Ok(())
}

/// New words for a message.
pub(super) struct EditPlan<'a> {
    pub message: &'a Message,
    pub edit: &'a Edit,
    pub target: &'a WaMessageId,
    pub number: Option<&'a PhoneNumberId>,
}

/// A message of the past, and whose it is.
pub(super) struct PastPlan<'a> {
    pub message: &'a Message,
    pub user: &'a UserRef,
    pub number: &'a PhoneNumberId,
    pub inbound: bool,
}

/// A reaction was put or taken away.
pub(super) fn react(
    tx: &mut WriteTx<'_>,
    event: &Event,
    message: &Message,
    (target, emoji): (&WaMessageId, Option<&str>),
    arrival: Arrival,
    rules: &InboundRules,
) -> Result<(), NotApplied> {
    let at = event_time(event, message.at, arrival);
    let contact = people::of_message(tx, &rules.ledger, message)?;
    if reactions::put(tx, target, contact, emoji, at)? {
        contacts::heard_of(tx, contact, at)?;
        tx.touch("inbox")?;
    }
    Ok(())
}

/// Where a message belongs.
struct Place<'a> {
    contact: ContactId,
    number: &'a PhoneNumberId,
    inbound: bool,
    /// Counts as unread.
    counts: bool,
    /// How many messages of this batch came before it.
    order: usize,
}

/// The number a message went to. Where Meta does not say it (`metadata` may be missing, webhooks.md §2.1), it is the
/// one that this person's chat is with, or the only one there is.
fn number_or_likely(
    tx: &WriteTx<'_>,
    told: Option<&PhoneNumberId>,
    contact: ContactId,
) -> Result<Option<PhoneNumberId>, NotApplied> {
    if told.is_some() {
        return Ok(told.cloned());
    }
    if let Some(thread) = threads::get(tx, contact)? {
        return Ok(Some(thread.phone_number_id));
    }
    let mut own = phone_numbers::list(tx)?;
    Ok(own.pop().filter(|_| own.is_empty()).map(|number| number.phone_number_id))
}

/// Where a message stands in its thread. Meta's times have whole seconds; within its second a message stands where it
/// arrived, so that an answer that comes at once does not stand before its question.
fn shown_at(at: UnixMillis, arrival: Arrival) -> UnixMillis {
    arrival.received_at.clamp(at, at.plus(Duration::from_millis(999)))
}

/// Puts a message into its thread; none if it stands there already. `event` is what it came in, where it is the
/// message's own.
fn put(
    tx: &mut WriteTx<'_>,
    place: &Place<'_>,
    message: &Message,
    event: Option<&Event>,
    at: UnixMillis,
) -> Result<Option<NewInbound>, NotApplied> {
    if messages::is_known(tx, &message.id)? {
        return Ok(None);
    }
    let mut shown = show(message);
    if message.content == MessageContent::Other
        && let Some(raw) = event.and_then(|e| e.raw.to_value().ok())
    {
        // A type that this version does not know: what came stands beside the bubble that says so.
        shown.keep_raw(raw);
    }
    let media = message.content.media().and_then(|m| m.id.as_ref().map(|id| (id, m)));
    let media_file_id = media.as_ref().map(|_| MediaFileId::new(tx.now()));
    if let (Some((media_id, medium)), Some(id)) = (media, media_file_id) {
        media_files::announce(
            tx,
            &media_files::NewMediaFile {
                id,
                media_id,
                contact_id: place.contact,
                kind: &shown.kind,
                mime_type: medium.mime_type.as_deref(),
                file_name: medium.filename.as_ref(),
                sha256: medium.sha256.as_deref(),
                expires_at: at.plus(MEDIA_KEPT),
            },
        )?;
    }
    // Ids of one batch sort in the order of arrival, which decides between messages of one moment.
    let id = MessageId::new(tx.now().plus(Duration::from_millis(place.order as u64)));
    let inserted = messages::insert(
        tx,
        &messages::NewMessage {
            id,
            contact_id: place.contact,
            phone_number_id: place.number,
            inbound: place.inbound,
            kind: &shown.kind,
            text: &shown.text,
            content: &shown.content,
            wamid: Some(&message.id),
            context_wamid: message.context.as_ref().and_then(|c| c.id.as_ref()),
            outbox_id: None,
            media_file_id,
            opt_out: false,
            at,
        },
    )?;
    if !inserted {
        return Ok(None);
    }
    let line = line(&shown.kind, shown.text.expose());
    threads::note_message(
        tx,
        &threads::ThreadMessage {
            contact_id: place.contact,
            phone_number_id: place.number,
            message_id: id,
            inbound: place.inbound,
            line: &line,
            at,
            opens_window: place.inbound,
            unread: place.inbound && place.counts,
        },
    )?;
    tx.touch("inbox")?;
    let name = contacts::get(tx, place.contact)?.map(|c| Personal::new(c.display_name)).unwrap_or_default();
    Ok(Some(NewInbound { contact_id: place.contact, message_id: id, name, line: Personal::new(line), at }))
}
