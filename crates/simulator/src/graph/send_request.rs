//! The request around a message: its keys, the sender, the recipient and the limits
//! (messages.md §1, account.md §9).

use serde_json::{Map, Value};

use super::error::{self, GraphError};
use super::free_form;
use super::messages::Door;
use super::{Call, throughput_reached};
use crate::config::{Mode, Mood};
use crate::crowd::fate::{self, DoorTrouble};
use crate::limits::take_pair;
use crate::model::account::Number;
use crate::phone;
use crate::world::{Sim, State};

const KEYS: &[&str] = &[
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
    "pin",
    "context",
    "biz_opaque_callback_data",
    "recipient_identity_key_hash",
    "messaging_account_id",
    "paid_messaging_account_id",
    "category",
    "direct_send_config",
    "ttl_seconds",
    "preview_url",
];

/// Keys of the Marketing Messages API alone.
const MARKETING_KEYS: &[&str] = &["product_policy", "message_activity_sharing", "bid_spec"];

/// Whom a send is for.
pub(super) struct Recipient {
    pub(super) customer: i64,
    pub(super) input: String,
    pub(super) wa_id: String,
    pub(super) user_id: String,
    pub(super) by_user_id: bool,
    /// A group, which has only its id.
    pub(super) group: bool,
}

/// Rules of the request as a whole.
pub(super) fn envelope(body: &Map<String, Value>, door: Door) -> Result<(), GraphError> {
    match body.get("messaging_product").and_then(Value::as_str) {
        Some("whatsapp") => {}
        Some(_) => return Err(GraphError::new(100, "Param messaging_product must be one of {WHATSAPP}.")),
        None => return Err(GraphError::new(100, "The parameter messaging_product is required.")),
    }
    if let Some(key) = body.keys().find(|key| {
        !(KEYS.contains(&key.as_str()) || door == Door::Marketing && MARKETING_KEYS.contains(&key.as_str()))
    }) {
        return Err(GraphError::unknown_key(key, "message"));
    }
    if door == Door::Marketing && body.get("type").and_then(Value::as_str) != Some("template") {
        return Err(GraphError::new(100, "Invalid parameter")
            .details("Only marketing templates can be sent through this endpoint."));
    }
    if door == Door::Marketing {
        marketing(body)?;
    }
    if let Some(kind) = body.get("recipient_type").and_then(Value::as_str)
        && !matches!(kind, "individual" | "group")
    {
        return Err(GraphError::invalid("recipient_type must be individual or group."));
    }
    if let Some(data) = body.get("biz_opaque_callback_data") {
        let text = data.as_str().ok_or_else(|| {
            GraphError::new(100, "Invalid parameter").details("biz_opaque_callback_data must be a string.")
        })?;
        free_form::at_most(text, 512, "biz_opaque_callback_data")?;
    }
    Ok(())
}

/// A number of Meta's own (+1 555) whose display name was not approved.
fn nameless(number: &Number) -> bool {
    let shown = number.text("display_phone_number").chars().filter(char::is_ascii_digit);
    shown.take(4).eq("1555".chars()) && number.text("name_status") != "APPROVED"
}

/// The fields of the Marketing Messages API (messages.md §11).
fn marketing(body: &Map<String, Value>) -> Result<(), GraphError> {
    let wrong = |why: &str| Err(GraphError::new(100, "Invalid parameter").details(why));
    if let Some(policy) = body.get("product_policy")
        && !matches!(policy.as_str(), Some("CLOUD_API_FALLBACK" | "STRICT"))
    {
        return wrong("Param product_policy must be one of {CLOUD_API_FALLBACK, STRICT}.");
    }
    if body.get("message_activity_sharing").is_some_and(|share| !share.is_boolean()) {
        return wrong("Param message_activity_sharing must be a boolean.");
    }
    if let Some(bid) = body.get("bid_spec") {
        free_form::only_keys(bid, &["per_message_bid_multiplier"], "bid_spec")?;
        let factor = bid.get("per_message_bid_multiplier");
        if factor.is_some_and(|f| f.as_f64().is_none_or(|f| f <= 0.0)) {
            return wrong("Param bid_spec['per_message_bid_multiplier'] must be a positive number.");
        }
    }
    Ok(())
}

/// Which account pays (messages.md §1): the practice number has one Messaging Account.
pub(super) fn payer(state: &State, body: &Map<String, Value>, now_ms: i64) -> Result<(), GraphError> {
    /// The deprecated name is dropped after 2026-12-31.
    const DROPPED_MS: i64 = 1_798_761_600_000;
    if body.contains_key("paid_messaging_account_id") && now_ms >= DROPPED_MS {
        return Err(GraphError::unknown_key("paid_messaging_account_id", "message"));
    }
    for key in ["messaging_account_id", "paid_messaging_account_id"] {
        let id = body.get(key).map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        if id.is_some_and(|id| id != state.account.id) {
            return Err(GraphError::new(100, "Invalid parameter")
                .details(format!("{key}: the phone number does not belong to this Messaging Account.")));
        }
    }
    Ok(())
}

pub(super) fn sender(state: &State, call: &Call) -> Result<(), GraphError> {
    let number = state.numbers.get(call.word(0)).ok_or_else(|| GraphError::no_object("post", call.word(0)))?;
    match number.text("status") {
        "CONNECTED" if number.upgrading => Err(GraphError::of(131_057, error::failure_details(131_057))),
        "CONNECTED" if nameless(number) => Err(GraphError::of(
            131_037,
            "A number that begins with +1 555 needs an approved display name before it can send.",
        )),
        "CONNECTED" => Ok(()),
        "RATE_LIMITED" => Err(GraphError::of(131_048, error::failure_details(131_048))),
        "BANNED" => Err(GraphError::of(131_031, "The account has been locked.")),
        _ => Err(GraphError::of(133_010, "The phone number is not registered on the WhatsApp Business Platform.")),
    }
}

pub(super) fn recipient(state: &mut State, call: &Call, body: &Map<String, Value>) -> Result<Recipient, GraphError> {
    let (own, sandbox, allow) = state.numbers.get(call.word(0)).map_or_else(
        || (String::new(), false, Vec::new()),
        |n| (n.digits.clone(), n.text("account_mode") == "SANDBOX", n.allow_list.clone()),
    );
    let country = if own.starts_with('1') { "1" } else { own.get(0..2).unwrap_or("1") };
    let to = match body.get("to") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(_) => return Err(GraphError::new(100, "Invalid parameter").details("to must be a string.")),
    };
    let to = to.filter(|t| !t.trim().is_empty());
    let (input, wa_id, by_user_id) = match (to, body.get("recipient").and_then(Value::as_str)) {
        (Some(to), _) => {
            let wa_id = phone::wa_id(&to, country)
                .map_err(|_| GraphError::invalid("to: the recipient is not a valid phone number."))?;
            (to, wa_id, false)
        }
        (None, Some(user_id)) => {
            let known = state.people.by_user_id(user_id).map(|c| c.wa_id.clone());
            (
                user_id.to_owned(),
                known.ok_or_else(|| {
                    GraphError::invalid("recipient: the user id is unknown to this business portfolio.")
                })?,
                true,
            )
        }
        (None, None) => return Err(GraphError::missing("to")),
    };
    if wa_id == own {
        return Err(GraphError::of(131_021, "The recipient and the sender are the same number."));
    }
    if sandbox && !allow.contains(&wa_id) {
        return Err(GraphError::of(
            131_030,
            "Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again.",
        ));
    }
    let country = phone::country(&wa_id);
    if state.account.closed_countries.iter().any(|closed| closed == country) {
        return Err(GraphError::of(130_497, format!("This business may not message users in {country}.")));
    }
    let checks = state.numbers.get(call.word(0)).is_some_and(Number::checks_identity);
    let customer = state.people.meet(&wa_id);
    let known = body.get("recipient_identity_key_hash").and_then(Value::as_str);
    if checks && known.is_some_and(|hash| hash != customer.identity_hash()) {
        return Err(GraphError::of(
            137_000,
            "The identity of the recipient has changed. Check it before sending again.",
        ));
    }
    if customer.blocked_by_us {
        return Err(GraphError::of(130_403, "The business has blocked this user. Unblock the user first."));
    }
    Ok(Recipient { customer: customer.id, input, user_id: customer.user_id.clone(), wa_id, by_user_id, group: false })
}

pub(super) fn limits(state: &mut State, call: &Call, recipient: &Recipient) -> Result<(), GraphError> {
    if !state.settings.limits {
        return Ok(());
    }
    let per_s = state.numbers.get(call.word(0)).map_or(80, Number::throughput_per_s);
    if !state.limits.take_throughput(call.word(0), per_s, call.now_ms) {
        return Err(throughput_reached());
    }
    if let Some(customer) = state.people.get_mut(recipient.customer)
        && !take_pair(customer, call.now_ms)
    {
        return Err(GraphError::of(
            131_056,
            "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
        ));
    }
    Ok(())
}

pub(super) fn trouble(sim: &Sim, state: &mut State, customer: i64) -> Option<DoorTrouble> {
    let rough = state.settings.mode == Mode::Auto && state.settings.mood == Mood::Rough;
    let customer = state.people.get_mut(customer)?;
    let tries = customer.tries;
    customer.tries = tries.saturating_add(1);
    if rough { fate::door(sim.seed, &customer.wa_id, tries) } else { None }
}
