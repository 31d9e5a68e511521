//! The block list of a number (account.md §5): only people who wrote within 24 hours can be blocked.

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::{Bsuid, PhoneNumberId, WaId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::redact::Personal;

use crate::client::{CallError, Client, Page};
use crate::errors::GraphError;
use crate::lenient;
use crate::limits::count_within;

/// Whom to block. A parent BSUID is not accepted here (messages.md §3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockWhom {
    /// By number.
    Phone(PhoneNumber),
    /// By user id.
    Bsuid(Bsuid),
}

impl Serialize for BlockWhom {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = s.serialize_map(Some(1))?;
        match self {
            Self::Phone(p) => map.serialize_entry("user", p.as_e164())?,
            Self::Bsuid(id) => map.serialize_entry("user_id", id)?,
        }
        map.end()
    }
}

#[derive(Serialize)]
struct BlockBody<'a> {
    messaging_product: &'static str,
    block_users: &'a [BlockWhom],
}

/// What became of each person. Meta answers HTTP 400 with both lists when only some worked (139100).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockResult {
    /// Blocked or unblocked.
    pub done: Vec<BlockedUser>,
    /// Not, with the reason.
    pub failed: Vec<BlockedUser>,
    /// The error beside them.
    pub error: Option<GraphError>,
}

/// A person of the block list.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct BlockedUser {
    /// As we named them.
    #[serde(deserialize_with = "lenient::id")]
    pub input: Option<Personal>,
    /// Phone-based id.
    #[serde(deserialize_with = "lenient::id")]
    pub wa_id: Option<WaId>,
    /// Business-scoped id.
    #[serde(deserialize_with = "lenient::id")]
    pub user_id: Option<Bsuid>,
    /// Why not.
    #[serde(deserialize_with = "lenient::or_default")]
    pub errors: Vec<GraphError>,
}

#[derive(Deserialize)]
struct BlockAnswer {
    #[serde(default)]
    block_users: Option<BlockLists>,
    #[serde(default)]
    error: Option<GraphError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BlockLists {
    #[serde(deserialize_with = "lenient::or_default", alias = "removed_users")]
    added_users: Vec<BlockedUser>,
    #[serde(deserialize_with = "lenient::or_default")]
    failed_users: Vec<BlockedUser>,
}

async fn change_blocks(
    client: &Client,
    number: &PhoneNumberId,
    method: reqwest::Method,
    users: &[BlockWhom],
) -> Result<BlockResult, CallError> {
    const CALL: &str = "changing the block list";
    count_within("block_users", users.len(), 1, 1000)?;
    let body = BlockBody { messaging_product: "whatsapp", block_users: users };
    let url = client.url(&[number.as_str(), "block_users"]);
    let reply = client.exchange(client.request(method, url).json(&body)).await?;
    // Lists beside an error mean partial success; an error alone is a failed call.
    if let Ok(BlockAnswer { block_users: Some(lists), error }) = serde_json::from_slice(&reply.body) {
        return Ok(BlockResult { done: lists.added_users, failed: lists.failed_users, error });
    }
    reply.read::<BlockAnswer>(CALL).map(|a| BlockResult { error: a.error, ..BlockResult::default() })
}

/// Blocks people who wrote within the last 24 hours.
///
/// # Errors
/// [`CallError`] when nobody was blocked; partial success is a value.
pub async fn block(client: &Client, number: &PhoneNumberId, users: &[BlockWhom]) -> Result<BlockResult, CallError> {
    change_blocks(client, number, reqwest::Method::POST, users).await
}

/// Unblocks people.
///
/// # Errors
/// As [`block`].
pub async fn unblock(client: &Client, number: &PhoneNumberId, users: &[BlockWhom]) -> Result<BlockResult, CallError> {
    change_blocks(client, number, reqwest::Method::DELETE, users).await
}

/// The block list over all pages; restarts when it changes under the walk (139102).
///
/// # Errors
/// [`CallError`].
pub async fn blocked(client: &Client, number: &PhoneNumberId) -> Result<Vec<BlockedUser>, CallError> {
    let mut restarts = 0;
    'walk: loop {
        let mut found: Vec<BlockedUser> = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut query = vec![("limit", "1000".to_owned())];
            query.extend(after.take().map(|a| ("after", a)));
            let call = client.get("reading the block list", &[number.as_str(), "block_users"], &query).await;
            let page: Page<BlockedUser> = match call {
                Err(CallError::Graph(e)) if e.code == 139_102 && restarts < 3 => {
                    restarts += 1;
                    continue 'walk;
                }
                other => other?,
            };
            let next = page.next_cursor().map(str::to_owned);
            let empty = page.data.is_empty();
            found.extend(page.data);
            match next {
                Some(cursor) if !empty => after = Some(cursor),
                _ => return Ok(found),
            }
        }
    }
}
