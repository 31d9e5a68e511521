//! Account and number webhooks (webhooks.md §7.2–§7.5).

use serde::Deserialize;
use serde_json::{Map, Value};
use switchboard_domain::ids::PhoneNumberId;
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;

use super::event;
use crate::account::MessagingLimit;
use crate::lenient;

/// `account_update`. Which of the parts is set depends on the event.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct AccountUpdate {
    /// `ACCOUNT_RESTRICTION`, `DISABLED_UPDATE`, `PARTNER_ADDED`, …; open.
    #[serde(deserialize_with = "lenient::text")]
    pub event: Option<String>,
    /// The number concerned, for some events.
    #[serde(deserialize_with = "lenient::text")]
    pub phone_number: Option<String>,
    /// Country of `BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE`.
    #[serde(deserialize_with = "lenient::text")]
    pub country: Option<String>,
    /// Limits imposed.
    #[serde(deserialize_with = "lenient::or_default")]
    pub restriction_info: Vec<Restriction>,
    /// What was violated.
    pub violation_info: Option<Violation>,
    /// Whether the account is disabled.
    pub ban_info: Option<Ban>,
    /// Volume tier reached.
    pub volume_tier_info: Option<VolumeTier>,
    /// Since when authentication-international rates hold, and per country.
    pub auth_international_rate_eligibility: Option<Map<String, Value>>,
    /// Partner or owner concerned.
    pub waba_info: Option<Map<String, Value>>,
    /// Why a coexistence number left.
    pub disconnection_info: Option<Disconnection>,
    /// Certification of a client of a partner.
    pub partner_client_certification_info: Option<Map<String, Value>>,
}

/// A limit imposed by Meta.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Restriction {
    /// `RESTRICTED_BIZ_INITIATED_MESSAGING`, …; open.
    #[serde(deserialize_with = "lenient::text")]
    pub restriction_type: Option<String>,
    /// Until when.
    #[serde(deserialize_with = "lenient::secs")]
    pub expiration: Option<UnixMillis>,
    /// What to do.
    #[serde(deserialize_with = "lenient::text")]
    pub remediation: Option<String>,
}

/// A policy violation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Violation {
    /// `SCAM`, `ADULT`, …; open.
    #[serde(deserialize_with = "lenient::text")]
    pub violation_type: Option<String>,
    /// What to do.
    #[serde(deserialize_with = "lenient::text")]
    pub remediation: Option<String>,
}

/// Disabling and reinstating.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Ban {
    /// `SCHEDULE_FOR_DISABLE`, `DISABLE`, `REINSTATE`.
    #[serde(deserialize_with = "lenient::text")]
    pub waba_ban_state: Option<String>,
    /// When, in words or Unix seconds.
    #[serde(deserialize_with = "lenient::text")]
    pub waba_ban_date: Option<String>,
}

/// A volume tier. May repeat: the smallest `tier_update_time` counts (pricing.md §4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct VolumeTier {
    /// Since when.
    #[serde(deserialize_with = "lenient::secs")]
    pub tier_update_time: Option<UnixMillis>,
    /// `UTILITY` or `AUTHENTICATION`.
    #[serde(deserialize_with = "lenient::text")]
    pub pricing_category: Option<String>,
    /// `100001:500000`.
    #[serde(deserialize_with = "lenient::text")]
    pub tier: Option<String>,
    /// `2026-11`.
    #[serde(deserialize_with = "lenient::text")]
    pub effective_month: Option<String>,
    /// Market.
    #[serde(deserialize_with = "lenient::text")]
    pub region: Option<String>,
}

/// Why a coexistence number left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Disconnection {
    /// `PRIMARY_INACTIVITY`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub reason: Option<String>,
    /// `SYSTEM` or `USER`.
    #[serde(deserialize_with = "lenient::text")]
    pub initiated_by: Option<String>,
}

/// `account_review_update`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AccountReview {
    /// `APPROVED`, `REJECTED`, `PENDING`, `DEFERRED`.
    #[serde(deserialize_with = "lenient::text")]
    pub decision: Option<String>,
}

/// `account_alerts`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct AccountAlert {
    /// `BUSINESS`, `PHONE_NUMBER`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub entity_type: Option<String>,
    /// Its id.
    #[serde(deserialize_with = "lenient::text")]
    pub entity_id: Option<String>,
    /// The alert, nested today …
    #[serde(deserialize_with = "lenient::or_default")]
    pub alert_info: AlertInfo,
    /// … and flat in older captures.
    #[serde(flatten)]
    pub flat: AlertInfo,
}

impl AccountAlert {
    /// The alert, wherever it stood.
    pub fn alert(&self) -> &AlertInfo {
        if self.alert_info == AlertInfo::default() { &self.flat } else { &self.alert_info }
    }
}

/// An alert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AlertInfo {
    /// `CRITICAL`, `WARNING`, `INFORMATIONAL`.
    #[serde(deserialize_with = "lenient::text")]
    pub alert_severity: Option<String>,
    /// `ACTIVE`, `NONE`.
    #[serde(deserialize_with = "lenient::text")]
    pub alert_status: Option<String>,
    /// `OBA_APPROVED`, `INCREASED_CAPABILITIES_ELIGIBILITY_FAILED`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub alert_type: Option<String>,
    /// In words.
    #[serde(deserialize_with = "lenient::text")]
    pub alert_description: Option<String>,
}

/// `business_capability_update`, for the whole portfolio.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BusinessCapability {
    /// The messaging limit, as a tier or a number (webhooks.md §7.4).
    pub max_daily_conversations_per_business: Option<MessagingLimit>,
    /// Ended in February 2026.
    #[serde(deserialize_with = "lenient::int")]
    pub max_daily_conversation_per_phone: Option<i64>,
    /// Numbers allowed per portfolio.
    #[serde(deserialize_with = "lenient::int")]
    pub max_phone_numbers_per_business: Option<i64>,
    /// Numbers allowed per account.
    #[serde(deserialize_with = "lenient::int")]
    pub max_phone_numbers_per_waba: Option<i64>,
}

/// `account_settings_update`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct AccountSettings {
    /// When.
    #[serde(deserialize_with = "lenient::secs")]
    pub timestamp: Option<UnixMillis>,
    /// `PHONE_NUMBER_SETTINGS`.
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// The settings.
    #[serde(deserialize_with = "lenient::or_default")]
    pub phone_number_settings: NumberSettings,
}

/// Settings of a number.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct NumberSettings {
    /// Which number.
    #[serde(deserialize_with = "lenient::id")]
    pub phone_number_id: Option<PhoneNumberId>,
    /// Calling settings as received.
    #[serde(deserialize_with = "lenient::or_default")]
    pub calling: Map<String, Value>,
}

/// `security`: worth an alarm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Security {
    /// `PIN_CHANGED`, `PIN_RESET_REQUEST`, `PIN_REQUEST_SUCCESS`.
    #[serde(deserialize_with = "lenient::text")]
    pub event: Option<String>,
    /// The number.
    #[serde(deserialize_with = "lenient::text")]
    pub display_phone_number: Option<String>,
    /// Who asked, as a Meta user id; reset requests only.
    #[serde(deserialize_with = "lenient::id")]
    pub requester: Option<Personal>,
}

/// `phone_number_quality_update`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PhoneNumberQuality {
    /// `ONBOARDING`, `THROUGHPUT_UPGRADE`; formerly `FLAGGED`, `UPGRADE`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub event: Option<String>,
    /// The number.
    #[serde(deserialize_with = "lenient::text")]
    pub display_phone_number: Option<String>,
    /// The portfolio's limit.
    pub max_daily_conversations_per_business: Option<MessagingLimit>,
    /// Removed in February 2026.
    pub current_limit: Option<MessagingLimit>,
    /// Removed in February 2026.
    pub old_limit: Option<MessagingLimit>,
}

/// `phone_number_name_update`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PhoneNumberName {
    /// The number.
    #[serde(deserialize_with = "lenient::text")]
    pub display_phone_number: Option<String>,
    /// `APPROVED`, `REJECTED`, `DEFERRED`; open.
    #[serde(deserialize_with = "lenient::text")]
    pub decision: Option<String>,
    /// The name.
    #[serde(deserialize_with = "lenient::text")]
    pub requested_verified_name: Option<String>,
    /// Why not.
    #[serde(deserialize_with = "lenient::text")]
    pub rejection_reason: Option<String>,
}

/// `business_username_updates`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BusinessUsername {
    /// The number.
    #[serde(deserialize_with = "lenient::text")]
    pub display_phone_number: Option<String>,
    /// Without a leading `@`; absent when deleted.
    #[serde(deserialize_with = "username")]
    pub username: Option<String>,
    /// `approved`, `deleted`, `reserved`.
    #[serde(deserialize_with = "lenient::text")]
    pub status: Option<String>,
}

fn username<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    Ok(lenient::text(d)?.map(|u| event::username(u).into_inner()))
}
