//! Messages of people: into the thread, with what they change beside it.

use std::time::Duration;

use switchboard_cloud_api::webhooks::{Event, HistoryMessage, Message, MessageContent};
use switchboard_domain::ids::{ContactId, MediaFileId, MessageId, PhoneNumberId};
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;
use switchboard_store::WriteTx;
use switchboard_store::tables::{contacts, media_files, messages, reachability, reactions, threads};

use super::show::{line, show};
use super::{Applied, Arrival, InboundRules, NewInbound, NotApplied, consent, event_time, people, relink};

/// How long Meta keeps inbound media (messages.md §12).
const MEDIA_KEPT: Duration = Duration::from_secs(7 * 86_400);

/// A person wrote to us.
pub(super) fn apply(
    tx: &mut WriteTx<'_>,
    event: &Event,
    message: &Message,
    arrival: Arrival,
    rules: &InboundRules,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    if message.group_id.is_some() {
        return Err(NotApplied::NotUnderstood("a message in a group".to_owned()));
    }
    let at = event_time(event, message.at, arrival);
    match &message.content {
        MessageContent::RequestWelcome => return Ok(()),
        MessageContent::System(notice) => return relink::apply_system(tx, message, notice, rules),
        _ => {}
    }
    let contact = people::of_message(tx, &rules.ledger, message)?;
    match &message.content {
        MessageContent::Reaction(reaction) => react(tx, contact, reaction, at),
        MessageContent::Edit(edit) => {
            let Some(target) = &edit.original_message_id else {
                return Err(NotApplied::NotUnderstood("a change of an unnamed message".to_owned()));
            };
            let text = edit.content.text().map(Personal::new);
            messages::put_edit(tx, target, Some(&text.unwrap_or_default()), at)?;
            // A change may turn a message into an opt-out.
            consent::read_message(tx, contact, number_of(event)?, message, at, rules, applied)?;
            Ok(tx.touch("inbox")?)
        }
        MessageContent::Revoke { original_message_id: Some(target) } => {
            messages::put_edit(tx, target, None, at)?;
            Ok(tx.touch("inbox")?)
        }
        _ => {
            let order = applied.messages.len();
            let place = Place { contact, number: number_of(event)?, inbound: true, counts: true, order };
            if let Some(new) = put(tx, &place, message, shown_at(at, arrival))? {
                applied.media |= message.content.media().is_some_and(|m| m.id.is_some());
                let opt_out = consent::read_message(tx, contact, number_of(event)?, message, at, rules, applied)?;
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
    }
}

/// Our own message, written on the phone app: in the thread, never unread.
pub(super) fn apply_echo(
    tx: &mut WriteTx<'_>,
    event: &Event,
    message: &Message,
    arrival: Arrival,
    rules: &InboundRules,
) -> Result<(), NotApplied> {
    let at = event_time(event, message.at, arrival);
    if let MessageContent::Revoke { original_message_id: Some(target) } = &message.content {
        messages::put_edit(tx, target, None, at)?;
        return Ok(tx.touch("inbox")?);
    }
    let contact = people::of(tx, &rules.ledger, &message.to, message.contact.as_ref())?;
    let place = Place { contact, number: number_of(event)?, inbound: false, counts: false, order: 0 };
    put(tx, &place, message, shown_at(at, arrival))?;
    Ok(())
}

/// A past message (coexistence): in the thread at its own time, never unread. A STOP of back then still is one.
pub(super) fn apply_history(
    tx: &mut WriteTx<'_>,
    event: &Event,
    past: &HistoryMessage,
    arrival: Arrival,
    rules: &InboundRules,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    let message = &past.message;
    let at = event_time(event, message.at, arrival);
    let Some(thread) = &past.thread else {
        return Err(NotApplied::NotUnderstood("a file of the phone's history".to_owned()));
    };
    let mut user = thread.user.clone();
    user.wa_id = user.wa_id.or_else(|| thread.id.clone());
    let inbound = message.from.same_person(&user);
    let contact = people::of(tx, &rules.ledger, &user, None)?;
    let place = Place { contact, number: number_of(event)?, inbound, counts: false, order: 0 };
    if put(tx, &place, message, at)?.is_some() && inbound {
        // What was said back then is honoured, not answered now.
        let silent = InboundRules { opt_out_confirmation: None, ..rules.clone() };
        consent::read_message(tx, contact, number_of(event)?, message, at, &silent, applied)?;
    }
    Ok(())
}

fn react(
    tx: &mut WriteTx<'_>,
    contact: ContactId,
    reaction: &switchboard_cloud_api::webhooks::ReactionIn,
    at: UnixMillis,
) -> Result<(), NotApplied> {
    let Some(target) = &reaction.message_id else {
        return Err(NotApplied::NotUnderstood("a reaction to an unnamed message".to_owned()));
    };
    let emoji = reaction.emoji.as_ref().map(Personal::expose).filter(|e| !e.is_empty());
    if reactions::put(tx, target, contact, emoji, at)? {
        contacts::heard_of(tx, contact, at)?;
        tx.touch("inbox")?;
    }
    Ok(())
}

/// The number that an event is about.
fn number_of(event: &Event) -> Result<&PhoneNumberId, NotApplied> {
    event
        .envelope
        .phone_number_id
        .as_ref()
        .ok_or_else(|| NotApplied::NotUnderstood("a message without the number it went to".to_owned()))
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

/// Where a message stands in its thread. Meta's times have whole seconds; within its second a message stands where it
/// arrived, so that an answer that comes at once does not stand before its question.
fn shown_at(at: UnixMillis, arrival: Arrival) -> UnixMillis {
    arrival.received_at.clamp(at, at.plus(Duration::from_millis(999)))
}

/// Puts a message into its thread; none if it stands there already.
fn put(
    tx: &mut WriteTx<'_>,
    place: &Place<'_>,
    message: &Message,
    at: UnixMillis,
) -> Result<Option<NewInbound>, NotApplied> {
    if messages::is_known(tx, &message.id)? {
        return Ok(None);
    }
    let shown = show(message);
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
