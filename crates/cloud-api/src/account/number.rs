//! Business phone numbers and health (account.md §5, §8).

use serde::Deserialize;
use serde_json::{Map, Value};
use switchboard_domain::ids::{PhoneNumberId, WabaId};

use super::waba::MessagingLimit;
use crate::client::{CallError, Client, Page};
use crate::lenient;
use crate::open_enum::open_enum;

open_enum! {
    /// State of a number. Only `CONNECTED` can send.
    NumberStatus {
        /// Can send.
        Connected = "CONNECTED",
        /// Not registered.
        Disconnected = "DISCONNECTED",
        /// Not finished.
        Pending = "PENDING",
        /// Quality is low.
        Flagged = "FLAGGED",
        /// Restricted by Meta.
        Restricted = "RESTRICTED",
        /// Has reached a limit.
        RateLimited = "RATE_LIMITED",
        /// Banned.
        Banned = "BANNED",
        /// Moved elsewhere.
        Migrated = "MIGRATED",
        /// Gone.
        Deleted = "DELETED",
        /// Linked.
        Linked = "LINKED",
        /// Unlinked.
        Unlinked = "UNLINKED",
        /// Not verified by code.
        Unverified = "UNVERIFIED",
    }
}

open_enum! {
    /// Quality over seven days (account.md §8).
    QualityRating {
        /// High.
        Green = "GREEN",
        /// Medium.
        Yellow = "YELLOW",
        /// Low.
        Red = "RED",
        /// Not rated yet.
        NotAvailable = "NA",
        /// Not rated yet.
        Unknown = "UNKNOWN",
    }
}

/// `throughput` of a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Throughput {
    /// `STANDARD` (80 messages/s), `HIGH` (1000), `NOT_APPLICABLE`.
    #[serde(deserialize_with = "lenient::text")]
    pub level: Option<String>,
}

impl Throughput {
    /// Messages per second in and out together (account.md §9); the standard where the level is unknown.
    pub fn messages_per_second(&self) -> u32 {
        if self.level.as_deref().is_some_and(|l| l.eq_ignore_ascii_case("HIGH")) { 1000 } else { 80 }
    }
}

/// A business phone number.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct PhoneNumberInfo {
    /// Its id, the key of every call.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Option<PhoneNumberId>,
    /// As people write it.
    #[serde(deserialize_with = "lenient::text")]
    pub display_phone_number: Option<String>,
    /// The display name.
    #[serde(deserialize_with = "lenient::text")]
    pub verified_name: Option<String>,
    /// Whether the display name is approved.
    #[serde(deserialize_with = "lenient::text")]
    pub name_status: Option<String>,
    /// The same for a name under review.
    #[serde(deserialize_with = "lenient::text")]
    pub new_name_status: Option<String>,
    /// State.
    pub status: Option<NumberStatus>,
    /// Quality.
    pub quality_rating: Option<QualityRating>,
    /// `VERIFIED`, `NOT_VERIFIED`, `EXPIRED`.
    #[serde(deserialize_with = "lenient::text")]
    pub code_verification_status: Option<String>,
    /// The portfolio's limit.
    pub whatsapp_business_manager_messaging_limit: Option<MessagingLimit>,
    /// Deprecated twin of the above.
    pub messaging_limit_tier: Option<MessagingLimit>,
    /// How fast it may send.
    pub throughput: Option<Throughput>,
    /// `LIVE` or `SANDBOX`.
    #[serde(deserialize_with = "lenient::text")]
    pub account_mode: Option<String>,
    /// `CLOUD_API`, ….
    #[serde(deserialize_with = "lenient::text", alias = "host_platform")]
    pub platform_type: Option<String>,
    /// Blue tick.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_official_business_account: Option<bool>,
    /// Two-step PIN set.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_pin_enabled: Option<bool>,
    /// Also used by the WhatsApp Business app: fixed 20 messages/s.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_on_biz_app: Option<bool>,
    /// Business username.
    #[serde(deserialize_with = "lenient::text")]
    pub username: Option<String>,
    /// Effective callback URLs by level.
    pub webhook_configuration: Option<Map<String, Value>>,
    /// Everything else, as received.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl PhoneNumberInfo {
    /// Messages per second: coexistence numbers have 20 whatever the level (account.md §5).
    pub fn messages_per_second(&self) -> u32 {
        if self.is_on_biz_app == Some(true) {
            return 20;
        }
        self.throughput.as_ref().map_or(80, Throughput::messages_per_second)
    }
}

const FIELDS: &str = "id,display_phone_number,verified_name,name_status,new_name_status,status,quality_rating,\
code_verification_status,whatsapp_business_manager_messaging_limit,throughput,account_mode,platform_type,\
is_official_business_account,is_pin_enabled,is_on_biz_app,username,webhook_configuration";

/// All numbers of an account, over all pages.
///
/// # Errors
/// [`CallError`].
pub async fn phone_numbers(client: &Client, waba: &WabaId) -> Result<Vec<PhoneNumberInfo>, CallError> {
    let mut numbers = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut query = vec![("fields", FIELDS.to_owned()), ("limit", "100".to_owned())];
        if let Some(after) = after.take() {
            query.push(("after", after));
        }
        let page: Page<PhoneNumberInfo> =
            client.get("reading the numbers", &[waba.as_str(), "phone_numbers"], &query).await?;
        let next = page.next_cursor().map(str::to_owned);
        let empty = page.data.is_empty();
        numbers.extend(page.data);
        match next {
            Some(cursor) if !empty => after = Some(cursor),
            _ => return Ok(numbers),
        }
    }
}

/// One number.
///
/// # Errors
/// [`CallError`]; 33 or 100 when there is none with this id.
pub async fn phone_number(client: &Client, id: &PhoneNumberId) -> Result<PhoneNumberInfo, CallError> {
    client.get("reading the number", &[id.as_str()], &[("fields", FIELDS.to_owned())]).await
}

/// `health_status` of an account, number or template (account.md §8).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct HealthStatus {
    /// `AVAILABLE`, `LIMITED`, `BLOCKED`: the worst of the entities.
    #[serde(deserialize_with = "lenient::text")]
    pub can_send_message: Option<String>,
    /// What it is made of.
    #[serde(deserialize_with = "lenient::or_default")]
    pub entities: Vec<HealthEntity>,
}

/// One entity of a health status.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct HealthEntity {
    /// `PHONE_NUMBER`, `MESSAGE_TEMPLATE`, `WABA`, `BUSINESS`, `APP`, `FLOW`.
    #[serde(deserialize_with = "lenient::text")]
    pub entity_type: Option<String>,
    /// Its id.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Whether it lets messages pass.
    #[serde(deserialize_with = "lenient::text")]
    pub can_send_message: Option<String>,
    /// Whether it lets calls pass.
    #[serde(deserialize_with = "lenient::text")]
    pub can_receive_call_sip: Option<String>,
    /// Remarks.
    #[serde(deserialize_with = "lenient::or_default")]
    pub additional_info: Vec<String>,
    /// What is wrong.
    #[serde(deserialize_with = "lenient::or_default")]
    pub errors: Vec<HealthError>,
}

/// What is wrong with an entity.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct HealthError {
    /// The code; see [`crate::errors::look_up_code`].
    #[serde(deserialize_with = "lenient::int")]
    pub error_code: Option<i64>,
    /// In Meta's words.
    #[serde(deserialize_with = "lenient::text")]
    pub error_description: Option<String>,
    /// What to do, in Meta's words.
    #[serde(deserialize_with = "lenient::text")]
    pub possible_solution: Option<String>,
}

#[derive(Deserialize)]
struct HealthAnswer {
    #[serde(default)]
    health_status: HealthStatus,
}

/// Health of an account, number or template by id; ask before a campaign.
///
/// # Errors
/// [`CallError`].
pub async fn health_status(client: &Client, node_id: &str) -> Result<HealthStatus, CallError> {
    let query = [("fields", "health_status".to_owned())];
    Ok(client.get::<HealthAnswer>("reading the health", &[node_id], &query).await?.health_status)
}
