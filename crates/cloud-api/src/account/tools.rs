//! Settings, ice breakers and commands, QR links, callback of a number, message history (account.md §5).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use switchboard_domain::ids::{PhoneNumberId, WaMessageId};
use switchboard_domain::time::UnixMillis;

use super::subscription::WebhookOverride;
use crate::client::{CallError, Client, Page};
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
    /// When; the edge of a single message calls it `occurrence_timestamp`.
    #[serde(deserialize_with = "lenient::secs", alias = "occurrence_timestamp")]
    pub timestamp: Option<UnixMillis>,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl HistoryEntry {
    /// Its events, where the answer carried them.
    pub fn delivery_events(&self) -> Option<Vec<HistoryEvent>> {
        let data = self.events.as_ref()?.get("data")?.clone();
        let items: Vec<EventItem> = serde_json::from_value(data).ok()?;
        Some(items.into_iter().map(EventItem::event).collect())
    }
}

/// What is asked of a history entry: by itself the list names ids alone (OpenAPI, `message_history`).
const HISTORY_FIELDS: &str = "id,message_id,events{delivery_status,timestamp,webhook_update_state,error_description}";

/// Looks a message up in the history, with its events.
///
/// # Errors
/// [`CallError`].
pub async fn message_history(
    client: &Client,
    number: &PhoneNumberId,
    message: &WaMessageId,
) -> Result<Vec<HistoryEntry>, CallError> {
    let query = [("message_id", message.as_str().to_owned()), ("fields", HISTORY_FIELDS.to_owned())];
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
    let page: Page<EventItem> = client.get("reading a message's events", &[entry_id, "events"], &[]).await?;
    Ok(page.data.into_iter().map(EventItem::event).collect())
}

/// The edge wraps each event in a `node`; in the list of messages they stand bare.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct EventItem {
    node: Option<HistoryEvent>,
    #[serde(flatten)]
    bare: HistoryEvent,
}

impl EventItem {
    fn event(self) -> HistoryEvent {
        self.node.unwrap_or(self.bare)
    }
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
