//! The business account (WABA), its numbers and the tokens that may reach it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The WhatsApp Business Account node (account.md §3).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) business_id: String,
    pub(crate) app_id: String,
    /// Fields as `GET /{waba}` shows them.
    pub(crate) fields: Map<String, Value>,
    /// Whether the token's app gets this account's webhooks.
    pub(crate) subscribed: bool,
    pub(crate) override_callback: Option<Callback>,
    pub(crate) app_callback: Option<Callback>,
    /// Fields the app is subscribed to; `None` is all of them.
    #[serde(default)]
    pub(crate) app_fields: Option<Vec<String>>,
    /// `TIER_250` … `TIER_UNLIMITED`: unique users outside a window per 24 h (account.md §7).
    pub(crate) messaging_limit: String,
    /// A restriction Meta has put on it.
    pub(crate) restricted: Option<Restriction>,
    /// Two-letter countries whose users it may not message.
    #[serde(default)]
    pub(crate) closed_countries: Vec<String>,
    /// Whether Meta has granted Direct Send (messages.md §9).
    #[serde(default)]
    pub(crate) direct_send: bool,
}

/// A configured callback. The verify token is not kept: it is only used in the handshake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Callback {
    pub(crate) url: String,
    /// Passed the handshake when it was set; asked again otherwise.
    #[serde(default)]
    pub(crate) verified: bool,
}

/// A policy restriction (account.md §8).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Restriction {
    pub(crate) kind: String,
    pub(crate) expires_ms: Option<i64>,
}

impl Account {
    /// The cap behind a tier name; `None` is unlimited.
    pub(crate) fn messaging_cap(&self) -> Option<u64> {
        match self.messaging_limit.as_str() {
            "TIER_50" => Some(50),
            "TIER_250" => Some(250),
            "TIER_1K" => Some(1_000),
            "TIER_2K" => Some(2_000),
            "TIER_10K" => Some(10_000),
            "TIER_100K" => Some(100_000),
            _ => None,
        }
    }
}

/// What is about to be sent, as restrictions tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending<'a> {
    /// A template of this category, in upper case.
    Template(&'a str),
    /// Something inside an open window.
    Service,
    /// Without a template made before, of this category in lower case.
    Direct(&'a str),
}

impl Account {
    /// The code that the restriction in force answers to this kind of message, if it stands in its way (account.md §8).
    pub(crate) fn refuses(&self, sending: Sending<'_>, now_ms: i64) -> Option<i64> {
        let restriction = self.restricted.as_ref().filter(|r| r.expires_ms.is_none_or(|at| at > now_ms))?;
        match restriction.kind.as_str() {
            "RESTRICTED_BIZ_INITIATED_MESSAGING" => (sending != Sending::Service).then_some(368),
            "RESTRICTED_CUSTOMER_INITIATED_MESSAGING" => (sending == Sending::Service).then_some(368),
            "RESTRICTED_UTILITY_TEMPLATES" => {
                matches!(sending, Sending::Template("UTILITY") | Sending::Direct("utility")).then_some(131_064)
            }
            "RESTRICTED_DIRECT_SEND_UTILITY_TEMPLATES" => (sending == Sending::Direct("utility")).then_some(139_200),
            kind if kind == "RESTRICTED_ADD_PHONE_NUMBER_ACTION" || kind.contains("CALLING") => None,
            _ => Some(368),
        }
    }

    /// Whether nothing that costs can be sent: no way to pay, or no currency or time zone to reckon in.
    pub(crate) fn cannot_pay(&self) -> bool {
        ["primary_funding_id", "currency", "timezone_id"]
            .iter()
            .any(|key| self.fields.get(*key).is_none_or(|v| v.is_null() || matches!(v.as_str(), Some("" | "0"))))
    }
}

/// A business phone number node (account.md §5).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Number {
    pub(crate) id: String,
    /// Digits with country code.
    pub(crate) digits: String,
    /// Fields as `GET /{phone-number-id}` shows them.
    pub(crate) fields: Map<String, Value>,
    /// Allow list of a `SANDBOX` number, digits.
    #[serde(default)]
    pub(crate) allow_list: Vec<String>,
    #[serde(default)]
    pub(crate) override_callback: Option<Callback>,
    #[serde(default)]
    pub(crate) profile: Map<String, Value>,
    #[serde(default)]
    pub(crate) settings: Map<String, Value>,
    #[serde(default)]
    pub(crate) automation: Map<String, Value>,
    #[serde(default)]
    pub(crate) links: Vec<Value>,
    #[serde(default)]
    pub(crate) pin: Option<String>,
    /// Times of register and deregister calls, for the 72 h limit.
    #[serde(default)]
    pub(crate) registrations_ms: Vec<i64>,
    #[serde(default)]
    pub(crate) username: Option<String>,
    /// Becoming faster: sends get 131057 for a moment. Not kept: the event that ends it is.
    #[serde(skip)]
    pub(crate) upgrading: bool,
}

impl Number {
    /// A text field, or the empty string.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether the number can send (account.md §5: only `CONNECTED`).
    pub(crate) fn connected(&self) -> bool {
        self.text("status") == "CONNECTED"
    }

    /// Whether the identity of recipients is checked (account.md §5, settings).
    pub(crate) fn checks_identity(&self) -> bool {
        let check = self.settings.get("user_identity_change").and_then(|c| c.get("enable_identity_key_check"));
        check.and_then(Value::as_bool) == Some(true)
    }

    /// Whether it is also on the Business app (coexistence).
    pub(crate) fn on_business_app(&self) -> bool {
        self.fields.get("is_on_biz_app").and_then(Value::as_bool) == Some(true)
    }

    /// Messages per second in and out together (account.md §9).
    pub(crate) fn throughput_per_s(&self) -> i64 {
        if self.on_business_app() {
            return 20;
        }
        match self.fields.get("throughput").and_then(|t| t.get("level")).and_then(Value::as_str) {
            Some("HIGH") => 1000,
            _ => 80,
        }
    }

    /// The `metadata` object of its webhooks.
    pub(crate) fn metadata(&self) -> Value {
        json!({"display_phone_number": self.digits, "phone_number_id": self.id})
    }
}

/// What a token may do; the token itself is only known as a hash.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TokenInfo {
    pub(crate) scopes: Vec<String>,
    pub(crate) issued_ms: i64,
    /// `None` never expires.
    pub(crate) expires_ms: Option<i64>,
    pub(crate) revoked: bool,
    /// WABAs it reaches; empty means all of this practice account.
    pub(crate) target_ids: Vec<String>,
}

impl TokenInfo {
    /// Whether it has the scope.
    pub(crate) fn may(&self, scope: &str) -> bool {
        self.scopes.iter().any(|s| s == scope)
    }
}
