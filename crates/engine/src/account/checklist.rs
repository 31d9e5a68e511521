//! Everything Meta wants before messages flow, as steps with a state and a sentence. Pure: what was read goes in, the
//! steps come out; what cannot be read through the API is for the operator to confirm.

use switchboard_bridge::dto::StepState;
use switchboard_cloud_api::account::{HealthStatus, PhoneNumberInfo, SubscribedApp, TokenInfo, Waba};
use switchboard_domain::ids::AppId;
use switchboard_domain::time::UnixMillis;

/// The steps in the order they are done.
pub const KEYS: [&str; 10] = [
    "app",
    "token",
    "waba",
    "number",
    "registration",
    "display_name",
    "relay",
    "webhook_fields",
    "payment",
    "verification",
];

/// Title of a step.
pub fn title(key: &str) -> &'static str {
    match key {
        "app" => "Meta app",
        "token" => "System user token",
        "waba" => "WhatsApp Business Account",
        "number" => "Phone number",
        "registration" => "Registration",
        "display_name" => "Display name",
        "relay" => "Relay",
        "webhook_fields" => "Webhooks",
        "payment" => "Payment method",
        "verification" => "Business verification",
        _ => "Step",
    }
}

/// The page at Meta where a step is done.
pub fn link(key: &str, app: Option<&AppId>) -> Option<String> {
    let fixed = match key {
        "app" => {
            return Some(app.map_or_else(
                || "https://developers.facebook.com/apps/".to_owned(),
                |id| format!("https://developers.facebook.com/apps/{id}/dashboard/"),
            ));
        }
        "webhook_fields" => {
            return Some(app.map_or_else(
                || "https://developers.facebook.com/apps/".to_owned(),
                |id| format!("https://developers.facebook.com/apps/{id}/whatsapp-business/wa-settings/"),
            ));
        }
        "token" => "https://business.facebook.com/latest/settings/system_users",
        "waba" => "https://business.facebook.com/latest/whatsapp_manager/overview",
        "number" | "registration" | "display_name" => {
            "https://business.facebook.com/latest/whatsapp_manager/phone_numbers"
        }
        "payment" => "https://business.facebook.com/latest/billing_hub/accounts",
        "verification" => "https://business.facebook.com/latest/settings/security_center",
        _ => return None,
    };
    Some(fixed.to_owned())
}

/// Whether the operator may confirm a step whose check found nothing either way.
pub fn can_be_confirmed(key: &str) -> bool {
    matches!(key, "webhook_fields" | "payment" | "app" | "verification" | "display_name")
}

/// What was read; none = could not be read just now.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// `debug_token`.
    pub token: Option<TokenInfo>,
    /// The WABA node.
    pub waba: Option<Waba>,
    /// The number that sends by default.
    pub number: Option<PhoneNumberInfo>,
    /// Health of the number with all above it.
    pub health: Option<HealthStatus>,
    /// Apps subscribed to the WABA.
    pub apps: Option<Vec<SubscribedApp>>,
    /// A relay is set up / it answers.
    pub relay_configured: bool,
    /// The link to the relay stands and nothing waits.
    pub relay_connected: bool,
    /// Webhook events that arrived so far.
    pub events_applied: u64,
}

/// A step with what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// As in [`KEYS`].
    pub key: &'static str,
    /// State.
    pub state: StepState,
    /// What was found, or what to do.
    pub detail: String,
}

/// All steps from what was read.
pub fn steps(facts: &Facts, now: UnixMillis) -> Vec<Found> {
    KEYS.into_iter()
        .map(|key| {
            let (state, detail) = match key {
                "app" => app(facts),
                "token" => token(facts, now),
                "waba" => waba(facts),
                "number" => number(facts),
                "registration" => registration(facts),
                "display_name" => display_name(facts),
                "relay" => relay(facts),
                "webhook_fields" => webhook_fields(facts),
                "payment" => payment(facts),
                _ => verification(facts),
            };
            Found { key, state, detail }
        })
        .collect()
}

type State = (StepState, String);

fn unknown() -> State {
    (StepState::Unknown, "Meta could not be asked just now; check again when it can be reached.".to_owned())
}

fn state(state: StepState, detail: impl Into<String>) -> State {
    (state, detail.into())
}

fn app(facts: &Facts) -> State {
    let Some(token) = &facts.token else { return unknown() };
    match (&token.app_id, &token.application) {
        (Some(id), Some(name)) => state(StepState::Done, format!("The token belongs to the app “{name}” ({id}).")),
        (Some(id), None) => state(StepState::Done, format!("The token belongs to the app {id}.")),
        _ => state(StepState::Confirm, "Meta did not say to which app the token belongs."),
    }
}

fn token(facts: &Facts, now: UnixMillis) -> State {
    let Some(token) = &facts.token else { return unknown() };
    if !token.is_valid || token.expires_at.is_some_and(|end| end <= now) {
        return state(StepState::Todo, "The token is no longer valid. Generate a new one and replace it here.");
    }
    let missing = token.missing_scopes();
    if !missing.is_empty() {
        return state(
            StepState::Todo,
            format!("The token lacks {}. Generate a new one with both.", missing.join(" and ")),
        );
    }
    let is_system_user = token.kind.as_deref().is_none_or(|k| k.eq_ignore_ascii_case("SYSTEM_USER"));
    if !is_system_user {
        return state(
            StepState::Attention,
            "This is not a system user's token and ends within hours. Generate one for a system user.",
        );
    }
    match token.expires_at {
        Some(end) => {
            let day: String = end.to_rfc3339().chars().take(10).collect();
            state(
                StepState::Attention,
                format!("The token works until {day}. One that never expires saves you the exchange."),
            )
        }
        None => state(StepState::Done, "The token works, has both permissions and never expires."),
    }
}

fn waba(facts: &Facts) -> State {
    let Some(waba) = &facts.waba else { return unknown() };
    let word = |w: &Option<String>| w.as_deref().unwrap_or_default().to_ascii_uppercase();
    let (review, status) = (word(&waba.account_review_status), word(&waba.status));
    let name = waba.name.as_deref().unwrap_or("the account");
    match (status.as_str(), review.as_str()) {
        ("DISABLED", _) => {
            state(StepState::Todo, format!("Meta disabled “{name}”. WhatsApp Manager shows why and how to appeal."))
        }
        ("RESTRICTED", _) | (_, "RESTRICTED") => {
            state(StepState::Attention, format!("Meta restricted “{name}”. WhatsApp Manager shows for how long."))
        }
        (_, "REJECTED") => {
            state(StepState::Todo, format!("Meta rejected “{name}” in its review; appeal in WhatsApp Manager."))
        }
        ("PENDING", _) | (_, "PENDING") => state(StepState::Attention, format!("Meta is still reviewing “{name}”.")),
        _ => state(StepState::Done, format!("“{name}” is in order.")),
    }
}

fn number(facts: &Facts) -> State {
    let Some(number) = &facts.number else { return unknown() };
    let shown = number.display_phone_number.as_deref().unwrap_or("The number");
    let verified = number.code_verification_status.as_deref().unwrap_or_default().to_ascii_uppercase();
    let connected = is_connected(number);
    match verified.as_str() {
        "VERIFIED" => state(StepState::Done, format!("{shown} is verified.")),
        // Meta lets the code expire after registration; a connected number needs no new one.
        _ if connected => state(StepState::Done, format!("{shown} is connected.")),
        "EXPIRED" => {
            state(StepState::Todo, format!("The verification of {shown} has expired; verify it again by code."))
        }
        "" => state(StepState::Confirm, format!("Meta did not say whether {shown} is verified.")),
        _ => state(
            StepState::Todo,
            format!("{shown} is not verified yet: request a code by SMS or call in WhatsApp Manager."),
        ),
    }
}

fn is_connected(number: &PhoneNumberInfo) -> bool {
    number.status.as_ref().is_some_and(|s| s.as_str() == "CONNECTED")
}

fn registration(facts: &Facts) -> State {
    let Some(number) = &facts.number else { return unknown() };
    let blocked = facts.health.as_ref().and_then(|h| blocking(h, "PHONE_NUMBER"));
    match number.status.as_ref().map(|s| s.as_str()) {
        Some("CONNECTED") => match blocked {
            Some(why) => state(StepState::Attention, format!("The number is connected, but: {why}")),
            None => state(StepState::Done, "The number is registered for the Cloud API and can send."),
        },
        Some("FLAGGED") => state(StepState::Attention, "The number is registered, but flagged for low quality."),
        Some("RESTRICTED" | "RATE_LIMITED") => {
            state(StepState::Attention, "The number is registered, but Meta holds it back at the moment.")
        }
        Some("BANNED") => state(StepState::Todo, "Meta banned the number; appeal in WhatsApp Manager."),
        Some(other) => state(
            StepState::Todo,
            format!(
                "The number is not registered for the Cloud API (status {other}). Register it with its six-digit PIN."
            ),
        ),
        None => state(StepState::Unknown, "Meta did not say whether the number is registered."),
    }
}

fn display_name(facts: &Facts) -> State {
    let Some(number) = &facts.number else { return unknown() };
    let name = number.verified_name.as_deref().unwrap_or("the name");
    match number.name_status.as_deref().unwrap_or_default().to_ascii_uppercase().as_str() {
        "APPROVED" | "AVAILABLE_WITHOUT_REVIEW" => state(StepState::Done, format!("Customers see “{name}”.")),
        "PENDING_REVIEW" => state(StepState::Attention, format!("Meta is reviewing the display name “{name}”.")),
        "DECLINED" => state(StepState::Todo, format!("Meta declined the display name “{name}”; choose another one.")),
        "EXPIRED" => state(StepState::Todo, format!("The approval of “{name}” has expired; submit it again.")),
        _ if is_connected(number) => state(StepState::Done, format!("Customers see “{name}”.")),
        _ => state(StepState::Confirm, format!("Meta did not say whether the display name “{name}” is approved.")),
    }
}

fn relay(facts: &Facts) -> State {
    if !facts.relay_configured {
        return state(
            StepState::Todo,
            "Webhooks reach this computer through a relay, and none is set up. Without it no opt-out is heard and campaigns wait.",
        );
    }
    if facts.relay_connected {
        state(StepState::Done, "The relay is connected.")
    } else {
        state(StepState::Attention, "The relay is set up, but not connected at the moment.")
    }
}

fn webhook_fields(facts: &Facts) -> State {
    let ours = facts.token.as_ref().and_then(|t| t.app_id.as_ref());
    let subscribed = match (&facts.apps, ours) {
        (Some(apps), Some(ours)) => Some(apps.iter().any(|a| a.whatsapp_business_api_data.id.as_ref() == Some(ours))),
        (Some(apps), None) => Some(!apps.is_empty()),
        (None, _) => None,
    };
    match subscribed {
        _ if facts.events_applied > 0 => state(StepState::Done, "Webhooks arrive."),
        Some(false) => state(
            StepState::Todo,
            "The account does not send its webhooks to your app yet. Settings > Relay subscribes the app, and lists the fields to choose in the App Dashboard.",
        ),
        Some(true) => state(
            StepState::Confirm,
            "The app is subscribed to the account. Which fields it receives can only be seen in the App Dashboard: Settings > Relay lists which to choose; the Test button there shows that they arrive.",
        ),
        None => unknown(),
    }
}

fn payment(facts: &Facts) -> State {
    if let Some(why) = facts.health.as_ref().and_then(payment_trouble) {
        return state(StepState::Todo, format!("Meta reports a payment problem: {why}"));
    }
    match &facts.waba {
        None => unknown(),
        Some(waba) if waba.primary_funding_id.is_some() => state(StepState::Done, "A payment method is attached."),
        Some(_) => state(
            StepState::Confirm,
            "Whether a payment method is attached cannot be seen with this token. Templates outside a conversation need one.",
        ),
    }
}

fn verification(facts: &Facts) -> State {
    let Some(waba) = &facts.waba else { return unknown() };
    let word = waba.business_verification_status.as_deref().unwrap_or_default().to_ascii_lowercase();
    match word.as_str() {
        "verified" => state(StepState::Done, "The business is verified."),
        "pending" | "pending_submission" | "pending_need_more_info" => {
            state(StepState::Attention, "Meta is verifying the business, or waits for papers.")
        }
        "failed" | "rejected" | "revoked" | "expired" => state(
            StepState::Todo,
            format!("The verification of the business is {word}; submit it again in the Security Centre."),
        ),
        "" => state(StepState::Confirm, "Meta did not say whether the business is verified."),
        _ => state(
            StepState::Attention,
            "The business is not verified. You can start, but reach at most 250 people in 24 hours until it is.",
        ),
    }
}

/// Why an entity of this type blocks sending, in Meta's words.
fn blocking(health: &HealthStatus, entity_type: &str) -> Option<String> {
    health
        .entities
        .iter()
        .filter(|e| e.entity_type.as_deref() == Some(entity_type) && e.can_send_message.as_deref() == Some("BLOCKED"))
        .flat_map(|e| e.errors.iter())
        .find_map(|e| e.error_description.clone())
}

/// 141006 and 131042 are about payment (errors.md).
fn payment_trouble(health: &HealthStatus) -> Option<String> {
    health
        .entities
        .iter()
        .flat_map(|e| e.errors.iter())
        .find(|e| matches!(e.error_code, Some(141_006 | 131_042)))
        .map(|e| e.error_description.clone().unwrap_or_else(|| "see the Billing Hub".to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Option<T> {
        serde_json::from_value(value).ok()
    }

    fn good() -> Facts {
        Facts {
            token: read(
                serde_json::json!({"app_id": "7", "application": "Example", "type": "SYSTEM_USER", "is_valid": true,
                "expires_at": 0, "scopes": ["whatsapp_business_management", "whatsapp_business_messaging"]}),
            ),
            waba: read(serde_json::json!({"id": "2", "name": "Example Shop", "status": "ACTIVE",
                "account_review_status": "APPROVED", "business_verification_status": "verified", "primary_funding_id": "9"})),
            number: read(
                serde_json::json!({"id": "1", "display_phone_number": "+1 416 555 0100", "status": "CONNECTED",
                "verified_name": "Example Shop", "name_status": "APPROVED", "code_verification_status": "VERIFIED"}),
            ),
            health: read(serde_json::json!({"can_send_message": "AVAILABLE", "entities": []})),
            apps: read(serde_json::json!([{"whatsapp_business_api_data": {"id": "7", "name": "Example"}}])),
            relay_configured: true,
            relay_connected: true,
            events_applied: 3,
        }
    }

    fn state_of(facts: &Facts, key: &str) -> StepState {
        steps(facts, UnixMillis::new(0)).into_iter().find(|s| s.key == key).unwrap().state
    }

    #[test]
    fn an_account_in_order_has_every_step_done() {
        for step in steps(&good(), UnixMillis::new(0)) {
            assert_eq!(step.state, StepState::Done, "{}: {}", step.key, step.detail);
        }
    }

    #[test]
    fn what_could_not_be_read_is_unknown_and_never_done() {
        let nothing = Facts::default();
        for step in steps(&nothing, UnixMillis::new(0)) {
            assert_ne!(step.state, StepState::Done, "{}", step.key);
        }
    }

    #[test]
    fn an_expiring_or_short_lived_token_asks_for_attention() {
        let mut facts = good();
        facts.token.as_mut().unwrap().expires_at = Some(UnixMillis::new(1_000));
        assert_eq!(state_of(&facts, "token"), StepState::Attention);
        assert_eq!(steps(&facts, UnixMillis::new(2_000)).get(1).unwrap().state, StepState::Todo);
        facts = good();
        facts.token.as_mut().unwrap().kind = Some("USER".to_owned());
        assert_eq!(state_of(&facts, "token"), StepState::Attention);
    }

    #[test]
    fn an_app_that_is_not_subscribed_is_to_do_until_webhooks_arrive() {
        let facts = Facts { apps: Some(Vec::new()), events_applied: 0, ..good() };
        assert_eq!(state_of(&facts, "webhook_fields"), StepState::Todo);
        assert_eq!(state_of(&Facts { events_applied: 0, ..good() }, "webhook_fields"), StepState::Confirm);
        assert_eq!(state_of(&Facts { events_applied: 1, ..facts }, "webhook_fields"), StepState::Done);
    }

    #[test]
    fn a_number_that_is_not_connected_must_be_registered() {
        let mut facts = good();
        facts.number =
            read(serde_json::json!({"id": "1", "status": "PENDING", "code_verification_status": "VERIFIED"}));
        assert_eq!(state_of(&facts, "registration"), StepState::Todo);
    }
}
