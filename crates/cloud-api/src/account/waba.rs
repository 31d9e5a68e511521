//! The WhatsApp Business Account (account.md §3).

use serde::Deserialize;
use serde_json::{Map, Value};
use switchboard_domain::ids::WabaId;

use crate::client::{CallError, Client};
use crate::lenient;
use crate::open_enum::open_enum;

open_enum! {
    /// Unique users outside a window per rolling 24 h, for the whole portfolio (account.md §7).
    MessagingLimit {
        /// 50.
        Tier50 = "TIER_50",
        /// 250.
        Tier250 = "TIER_250",
        /// 1000, before October 2025.
        Tier1K = "TIER_1K",
        /// 2000.
        Tier2K = "TIER_2K",
        /// 10 000.
        Tier10K = "TIER_10K",
        /// 100 000.
        Tier100K = "TIER_100K",
        /// No limit.
        Unlimited = "TIER_UNLIMITED",
        /// Not set.
        NotSet = "TIER_NOT_SET",
        /// Not set.
        Untiered = "UNTIERED",
    }
}

impl MessagingLimit {
    /// The number of users; `None` for no limit, not set, or unknown.
    pub fn users(&self) -> Option<u32> {
        match self {
            Self::Tier50 => Some(50),
            Self::Tier250 => Some(250),
            Self::Tier1K => Some(1_000),
            Self::Tier2K => Some(2_000),
            Self::Tier10K => Some(10_000),
            Self::Tier100K => Some(100_000),
            Self::Unlimited | Self::NotSet | Self::Untiered => None,
            // The webhook gives plain numbers too (webhooks.md §7.4).
            Self::Other(s) => s.parse().ok(),
        }
    }
}

/// A WABA. Fields that a token may not see are absent.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Waba {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Option<WabaId>,
    /// Its name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// `ACTIVE`, `PENDING`, `RESTRICTED`, `DISABLED`.
    #[serde(deserialize_with = "lenient::text")]
    pub status: Option<String>,
    /// `APPROVED`, `PENDING`, `REJECTED`, `RESTRICTED`.
    #[serde(deserialize_with = "lenient::text")]
    pub account_review_status: Option<String>,
    /// `verified` and others, in any case.
    #[serde(deserialize_with = "lenient::text")]
    pub business_verification_status: Option<String>,
    /// ISO 4217; what Meta bills in.
    #[serde(deserialize_with = "lenient::text")]
    pub currency: Option<String>,
    /// Meta's numeric time zone id; billing days follow it.
    #[serde(deserialize_with = "lenient::text")]
    pub timezone_id: Option<String>,
    /// Country.
    #[serde(deserialize_with = "lenient::text")]
    pub country: Option<String>,
    /// Country that decides authentication-international rates.
    #[serde(deserialize_with = "lenient::text")]
    pub primary_business_location: Option<String>,
    /// Present when a payment method is attached.
    #[serde(deserialize_with = "lenient::text")]
    pub primary_funding_id: Option<String>,
    /// `SELF_OWNED`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub ownership_type: Option<String>,
    /// The owning business.
    pub owner_business_info: Option<BusinessInfo>,
    /// The portfolio's messaging limit.
    pub whatsapp_business_manager_messaging_limit: Option<MessagingLimit>,
    /// State of the Marketing Messages API.
    #[serde(deserialize_with = "lenient::text")]
    pub marketing_messages_onboarding_status: Option<String>,
    /// Whether marketing templates on `/messages` fail with 131063.
    #[serde(deserialize_with = "lenient::boolean")]
    pub disable_marketing_messages_on_cloud_api: Option<bool>,
    /// Whether template insights are on.
    #[serde(deserialize_with = "lenient::boolean")]
    pub is_enabled_for_insights: Option<bool>,
    /// Everything else, as received.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// The owning business.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BusinessInfo {
    /// Portfolio id.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Portfolio name.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
}

const FIELDS: &str = "id,name,status,account_review_status,business_verification_status,currency,timezone_id,country,\
primary_business_location,primary_funding_id,ownership_type,owner_business_info,\
whatsapp_business_manager_messaging_limit,marketing_messages_onboarding_status,\
disable_marketing_messages_on_cloud_api,is_enabled_for_insights";

/// Reads a WABA.
///
/// # Errors
/// [`CallError`]; 100 when there is none with this id, 200 when the token may not see it.
pub async fn waba(client: &Client, id: &WabaId) -> Result<Waba, CallError> {
    client.get("reading the account", &[id.as_str()], &[("fields", FIELDS.to_owned())]).await
}
