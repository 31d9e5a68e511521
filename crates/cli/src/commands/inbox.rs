//! `inbox list|show|reply`.

use serde_json::{Value, json};
use switchboard_bridge::UiError;
use switchboard_bridge::dto::{MessageReply, ThreadFilter, ThreadGet, ThreadListRequest, ThreadSort};
use switchboard_engine::api;

use super::document;
use super::people::person;
use crate::arguments::Inbox;
use crate::output::{page, usage};
use crate::session::{Session, stdin};

pub(super) async fn run(session: &Session, command: Inbox) -> Result<Value, UiError> {
    let console = session.open(false).await?;
    match command {
        Inbox::List { filter, after, limit } => {
            let filter: ThreadFilter = serde_json::from_value(json!(filter))
                .map_err(|_| usage("--filter is not one of the choices.", "Use all, unread or open."))?;
            let request = ThreadListRequest { filter, sort: ThreadSort::Newest, search: None, offset: after, limit };
            let list = api::thread_list(&console, request).await?;
            Ok(page(document(&list.rows)?, after, list.total))
        }
        Inbox::Show { id } => {
            let contact_id = person(&console, id).await?;
            document(&api::thread_get(&console, ThreadGet { contact_id, before_ms: None, limit: 100 }).await?)
        }
        Inbox::Reply { id, key } => {
            let text = stdin()?.trim_end().to_owned();
            let request = MessageReply { contact_id: id, text, quote_message_id: None, idempotency_key: key };
            document(&api::message_reply(&console, request).await?)
        }
    }
}
