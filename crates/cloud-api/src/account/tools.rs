//! Settings, ice breakers and commands, QR links, block list, message history (account.md §5).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use switchboard_domain::ids::{Bsuid, PhoneNumberId, WaId, WaMessageId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;

use super::subscription::WebhookOverride;
use crate::client::{CallError, Client, Page};
use crate::errors::GraphError;
use crate::lenient;
use crate::limits::{LimitError, at_most_chars, count_within, some_chars};

/// Settings of a number: calling, identity check, encryption, storage; as Meta's objects.
pub type Settings = Map<String, Value>;

/// Reads the settings.
///
/// # Errors
/// [`CallError`].
pub async fn settings(client: &Client, number: &PhoneNumberId) -> Result<Settings, CallError> {
    client.get("reading the settings", &[number.as_str(), "settings"], &[]).await
}

/// Changes settings; keys that are absent stay.
///
/// # Errors
/// [`CallError`].
pub async fn set_settings(client: &Client, number: &PhoneNumberId, settings: &Settings) -> Result<(), CallError> {
    client.post_ok("changing the settings", &[number.as_str(), "settings"], settings).await
}

/// What people see when they open the chat.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConversationalAutomation {
    /// Ice breakers: at most four of 80 characters, no emoji.
    #[serde(deserialize_with = "lenient::or_default")]
    pub prompts: Vec<String>,
    /// At most thirty.
    #[serde(deserialize_with = "lenient::or_default")]
    pub commands: Vec<Command>,
}

/// A command people find by typing `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Command {
    /// ≤ 32.
    #[serde(rename = "command_name")]
    pub name: String,
    /// ≤ 256.
    #[serde(rename = "command_description")]
    pub description: String,
}

#[derive(Deserialize)]
struct AutomationAnswer {
    #[serde(default, deserialize_with = "lenient::or_default")]
    conversational_automation: ConversationalAutomation,
}

/// Reads ice breakers and commands.
///
/// # Errors
/// [`CallError`].
pub async fn conversational_automation(
    client: &Client,
    number: &PhoneNumberId,
) -> Result<ConversationalAutomation, CallError> {
    let query = [("fields", "conversational_automation".to_owned())];
    let answer: AutomationAnswer = client.get("reading the ice breakers", &[number.as_str()], &query).await?;
    Ok(answer.conversational_automation)
}

/// Replaces ice breakers and commands.
///
/// # Errors
/// [`CallError`].
pub async fn set_conversational_automation(
    client: &Client,
    number: &PhoneNumberId,
    automation: &ConversationalAutomation,
) -> Result<(), CallError> {
    count_within("prompts", automation.prompts.len(), 0, 4)?;
    automation.prompts.iter().try_for_each(|p| some_chars("prompts", p, 80))?;
    count_within("commands", automation.commands.len(), 0, 30)?;
    for c in &automation.commands {
        some_chars("commands.command_name", &c.name, 32)?;
        some_chars("commands.command_description", &c.description, 256)?;
    }
    client.post_ok("changing the ice breakers", &[number.as_str(), "conversational_automation"], automation).await
}

/// A short link with a prefilled message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct QrLink {
    /// Its code.
    #[serde(deserialize_with = "lenient::text")]
    pub code: Option<String>,
    /// What the person's message begins with.
    #[serde(deserialize_with = "lenient::text")]
    pub prefilled_message: Option<String>,
    /// The link.
    #[serde(deserialize_with = "lenient::text")]
    pub deep_link_url: Option<String>,
    /// Its picture.
    #[serde(deserialize_with = "lenient::text")]
    pub qr_image_url: Option<String>,
}

#[derive(Serialize)]
struct WriteQr<'a> {
    prefilled_message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generate_qr_image: Option<&'static str>,
}

/// Makes a link, or changes the one with `code`.
///
/// # Errors
/// [`CallError`].
pub async fn write_qr_link(
    client: &Client,
    number: &PhoneNumberId,
    prefilled_message: &str,
    code: Option<&str>,
) -> Result<QrLink, CallError> {
    some_chars("prefilled_message", prefilled_message, 140)?;
    let body = WriteQr { prefilled_message, code, generate_qr_image: code.is_none().then_some("SVG") };
    client.post("writing the link", &[number.as_str(), "message_qrdls"], &body).await
}

/// All links of a number.
///
/// # Errors
/// [`CallError`].
pub async fn qr_links(client: &Client, number: &PhoneNumberId) -> Result<Vec<QrLink>, CallError> {
    let mut links = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let query: Vec<_> = after.take().map(|a| ("after", a)).into_iter().collect();
        let page: Page<QrLink> = client.get("reading the links", &[number.as_str(), "message_qrdls"], &query).await?;
        let next = page.next_cursor().map(str::to_owned);
        let empty = page.data.is_empty();
        links.extend(page.data);
        match next {
            Some(cursor) if !empty => after = Some(cursor),
            _ => return Ok(links),
        }
    }
}

/// Deletes a link.
///
/// # Errors
/// [`CallError`].
pub async fn delete_qr_link(client: &Client, number: &PhoneNumberId, code: &str) -> Result<(), CallError> {
    client.delete_ok("deleting the link", &[number.as_str(), "message_qrdls", code], &[]).await
}

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

#[derive(Serialize)]
struct NumberOverride<'a> {
    webhook_configuration: OverrideBody<'a>,
}

#[derive(Serialize)]
struct OverrideBody<'a> {
    override_callback_uri: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    verify_token: Option<&'a str>,
}

/// Sends a number's overridable webhooks elsewhere; `None` clears it (webhooks.md §1.7).
///
/// # Errors
/// [`CallError`].
pub async fn set_number_override(
    client: &Client,
    number: &PhoneNumberId,
    callback: Option<&WebhookOverride>,
) -> Result<(), CallError> {
    if let Some(callback) = callback {
        callback.check()?;
    }
    let body = NumberOverride {
        webhook_configuration: OverrideBody {
            override_callback_uri: callback.map_or("", |c| c.callback_url.as_str()),
            verify_token: callback.map(|c| c.verify_token.expose()),
        },
    };
    client.post_ok("changing the webhook address", &[number.as_str()], &body).await
}

/// One entry of the message history: a wamid and how its webhooks fared. It holds neither recipient nor callback
/// data, so it cannot settle an unclear send (errors.md §11).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct HistoryEntry {
    /// Its id.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// The message.
    #[serde(deserialize_with = "lenient::id")]
    pub message_id: Option<WaMessageId>,
    /// Delivery events, as received.
    pub events: Option<Value>,
}

/// One delivery event.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct HistoryEvent {
    /// The event's id.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// `SENT`, `DELIVERED`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub delivery_status: Option<String>,
    /// When.
    #[serde(deserialize_with = "lenient::secs")]
    pub timestamp: Option<UnixMillis>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// Looks a message up in the history.
///
/// # Errors
/// [`CallError`].
pub async fn message_history(
    client: &Client,
    number: &PhoneNumberId,
    message: &WaMessageId,
) -> Result<Vec<HistoryEntry>, CallError> {
    let query = [("message_id", message.as_str().to_owned())];
    let page: Page<HistoryEntry> =
        client.get("looking a message up", &[number.as_str(), "message_history"], &query).await?;
    Ok(page.data)
}

/// The delivery events of a history entry.
///
/// # Errors
/// [`CallError`].
pub async fn message_history_events(client: &Client, entry_id: &str) -> Result<Vec<HistoryEvent>, CallError> {
    at_most_chars("message_history_id", entry_id, 256)?;
    let page: Page<HistoryEvent> = client.get("reading a message's events", &[entry_id, "events"], &[]).await?;
    Ok(page.data)
}

#[derive(Serialize)]
struct WriteWaba {
    #[serde(skip_serializing_if = "Option::is_none")]
    is_enabled_for_insights: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disable_marketing_messages_on_cloud_api: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    template_auto_archival_enabled: Option<bool>,
}

/// Switches of an account (account.md §3). `enable_insights` cannot be undone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WabaSwitches {
    /// Turn template insights on, for good.
    pub enable_insights: bool,
    /// Whether marketing templates on `/messages` fail with 131063.
    pub disable_marketing_on_cloud_api: Option<bool>,
    /// Whether unused templates are archived.
    pub template_auto_archival: Option<bool>,
}

/// Changes switches of an account.
///
/// # Errors
/// [`CallError`].
pub async fn set_waba_switches(
    client: &Client,
    waba: &switchboard_domain::ids::WabaId,
    switches: WabaSwitches,
) -> Result<(), CallError> {
    if switches == WabaSwitches::default() {
        return Err(LimitError::new("switches", "change nothing").into());
    }
    let body = WriteWaba {
        is_enabled_for_insights: switches.enable_insights.then_some(true),
        disable_marketing_messages_on_cloud_api: switches.disable_marketing_on_cloud_api,
        template_auto_archival_enabled: switches.template_auto_archival,
    };
    client.post_ok("changing the account", &[waba.as_str()], &body).await
}
