//! One thread: its messages as bubbles, and the composer.

use switchboard_bridge::dto::{Direction, MediaState, MessageMedia, QuotedMessage, ThreadDetail, ThreadMessage, Ticks};
use switchboard_domain::file_name::safe_file_name;
use switchboard_domain::ids::ContactId;
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::messages::{self, ShownMessage};
use switchboard_store::tables::{consent_state, contacts, threads};
use switchboard_store::{Connection, StoreError};

use super::composer::{Person, composer};
use super::list::{empty_row, row};
use super::{LONGEST_PAGE, ticks};
use crate::inbound::show::{line, unsupported_sentence};

/// The thread with a person; none if there is no such person.
///
/// # Errors
/// [`StoreError`].
pub fn thread(
    conn: &Connection,
    contact: ContactId,
    before: Option<UnixMillis>,
    limit: u32,
    now: UnixMillis,
) -> Result<Option<ThreadDetail>, StoreError> {
    let Some(person) = contacts::get(conn, contact)? else { return Ok(None) };
    let contact = person.contact_id;
    let limit = limit.clamp(1, LONGEST_PAGE);
    let mut page = messages::page(conn, contact, before, limit.saturating_add(1))?;
    let has_older = page.len() > limit as usize;
    page.truncate(limit as usize);
    page.reverse();
    let stored = threads::get(conn, contact)?;
    let last_inbound_at = stored.as_ref().and_then(|t| t.last_inbound_at);
    let row = match stored {
        Some(thread) => row(thread),
        None => {
            let opted_out = consent_state::get(conn, contact)?.opted_out.is_some();
            empty_row(&contact.to_string(), Personal::new(person.display_name), opted_out, person.created_at)
        }
    };
    let composer = composer(conn, contact, Person { last_inbound_at, has_phone: person.phone.is_some() }, now)?;
    Ok(Some(ThreadDetail {
        row,
        phone: person.phone,
        messages: page.into_iter().map(message).collect(),
        has_older,
        composer,
    }))
}

/// A stored message as a bubble.
pub fn message(shown: ShownMessage) -> ThreadMessage {
    let content: serde_json::Value = serde_json::from_str(shown.content.expose()).unwrap_or_default();
    let word = |key: &str| content.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    let text = if shown.revoked {
        "This message was deleted by its author.".to_owned()
    } else if shown.kind == "unsupported" && shown.text.expose().is_empty() {
        unsupported_sentence(word("sub_type").as_deref())
    } else {
        shown.text.clone().into_inner()
    };
    let state = shown.sending.as_ref().filter(|_| !shown.inbound).map(ticks);
    let failure = match (state, &shown.sending) {
        (Some(Ticks::Failed), Some(sending)) => {
            Some(sending.reason.clone().unwrap_or_else(|| "It was not sent.".to_owned()))
        }
        (Some(Ticks::Unknown), Some(sending)) => Some(sending.reason.clone().unwrap_or_else(|| {
            "Outcome unknown: Meta did not say whether it took this message. It is not sent again by itself.".to_owned()
        })),
        _ => None,
    };
    ThreadMessage {
        id: shown.id.to_string(),
        direction: if shown.inbound { Direction::In } else { Direction::Out },
        text,
        header: word("header"),
        footer: word("footer"),
        buttons: content
            .get("buttons")
            .and_then(|b| b.as_array())
            .into_iter()
            .flatten()
            .filter_map(|b| b.as_str().map(str::to_owned))
            .collect(),
        media: shown.media.filter(|_| !shown.revoked).map(|m| MessageMedia {
            media_file_id: m.id.to_string(),
            file_name: m.file_name.as_ref().map(|name| safe_file_name(Some(name.expose()), None, &m.kind)),
            save_as: safe_file_name(m.file_name.as_ref().map(Personal::expose), m.mime_type.as_deref(), &m.kind),
            kind: m.kind,
            mime_type: m.mime_type,
            state: match m.state.as_str() {
                "here" => MediaState::Here,
                "retrying" => MediaState::Retrying,
                "lost" => MediaState::Lost,
                _ => MediaState::Fetching,
            },
        }),
        quoted: shown.quoted.map(|(inbound, kind, text)| QuotedMessage {
            direction: if inbound { Direction::In } else { Direction::Out },
            text: line(&kind, text.expose()),
        }),
        kind: shown.kind,
        reaction: shown.reaction,
        ticks: state,
        failure,
        campaign: shown.campaign,
        at_ms: shown.at.as_ms(),
        opt_out: shown.opt_out,
    }
}
