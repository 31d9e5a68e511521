//! Chat history of coexistence numbers (webhooks.md §7.7). One chunk may hold thousands of messages.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;
use switchboard_domain::ids::{Bsuid, WaId};

use super::event::{self, Envelope, EventBody, RawJson, UnknownReason, UserRef};
use super::message::{HistoryMessage, HistoryThread};
use super::message_wire;
use super::others::HistoryChunk;
use super::sink::{Sink, shape};
use super::value::RawList;
use crate::errors::GraphError;
use crate::lenient;

#[derive(Deserialize)]
struct HistoryElement<'a> {
    #[serde(borrow, default)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow, default)]
    threads: RawList<'a>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    errors: Vec<GraphError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HistoryMetadata {
    #[serde(deserialize_with = "lenient::int")]
    phase: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    chunk_order: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    progress: Option<i64>,
}

#[derive(Deserialize)]
struct ThreadElement<'a> {
    #[serde(default, deserialize_with = "lenient::id")]
    id: Option<WaId>,
    #[serde(borrow, default)]
    context: Option<&'a RawValue>,
    #[serde(borrow, default)]
    messages: RawList<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ThreadContext {
    #[serde(deserialize_with = "lenient::id")]
    wa_id: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    parent_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::text")]
    username: Option<String>,
}

/// A chunk gives one event for itself and one per message; each keeps only its own part raw.
pub(super) fn read_history(out: &mut Sink, envelope: &Arc<Envelope>, raw: &RawValue) {
    let element = match serde_json::from_str::<HistoryElement<'_>>(raw.get()) {
        Ok(element) => element,
        Err(e) => return out.unknown(envelope, raw, shape(&e)),
    };
    let m = element.metadata.and_then(|m| serde_json::from_str::<HistoryMetadata>(m.get()).ok()).unwrap_or_default();
    let chunk =
        HistoryChunk { phase: m.phase, chunk_order: m.chunk_order, progress: m.progress, errors: element.errors };
    let small = if element.threads.items.is_empty() { raw } else { element.metadata.unwrap_or(raw) };
    out.push(envelope, small, EventBody::HistoryChunk(Box::new(chunk)));
    for raw_thread in element.threads.items {
        let thread = match serde_json::from_str::<ThreadElement<'_>>(raw_thread.get()) {
            Ok(thread) if !thread.messages.is_not_a_list => thread,
            Ok(_) => {
                out.unknown(envelope, raw_thread, UnknownReason::Shape("messages is not a list".to_owned()));
                continue;
            }
            Err(e) => {
                out.unknown(envelope, raw_thread, shape(&e));
                continue;
            }
        };
        let c = thread.context.and_then(|c| serde_json::from_str::<ThreadContext>(c.get()).ok()).unwrap_or_default();
        let shared = Arc::new(HistoryThread {
            user: UserRef {
                wa_id: c.wa_id.or_else(|| thread.id.clone()),
                user_id: c.user_id,
                parent_user_id: c.parent_user_id,
            },
            id: thread.id,
            username: c.username.map(event::username),
            raw_context: thread.context.map(RawJson::of),
        });
        if thread.messages.items.is_empty() {
            out.unknown(envelope, raw_thread, UnknownReason::Shape("a thread without messages".to_owned()));
        }
        for raw_message in thread.messages.items {
            out.each::<message_wire::Wire>(envelope, raw_message, |w| history_message(w, Some(Arc::clone(&shared))));
        }
    }
}

pub(super) fn history_message(wire: message_wire::Wire, thread: Option<Arc<HistoryThread>>) -> Option<EventBody> {
    let status = wire.history_status();
    let message = wire.into_message()?;
    Some(EventBody::HistoryMessage(Box::new(HistoryMessage { thread, message, status })))
}
