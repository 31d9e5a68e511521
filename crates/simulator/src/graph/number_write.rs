//! Writing to a number: PIN, display name, callback override, registration, settings
//! (account.md §5 and §6).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::{Call, Outcome, unavailable};
use crate::account_events::{self, AccountEvent};
use crate::config::Mode;
use crate::crowd::draw::Draw;
use crate::model::account::Number;
use crate::model::template::save_document;
use crate::webhooks::queue;
use crate::webhooks::values::{self, Update};
use crate::world::Sim;

const THREE_DAYS_MS: i64 = 72 * 3_600_000;

/// Changes a number in memory and on disk and tells `update`.
pub(super) async fn change(
    sim: &Arc<Sim>,
    call: &Call,
    how: impl FnOnce(&mut Number) -> Result<Option<Update>, GraphError>,
) -> Result<Number, GraphError> {
    let (number, update) = {
        let mut state = sim.state();
        let number = state.numbers.get_mut(call.word(0)).ok_or_else(|| GraphError::no_object("post", call.word(0)))?;
        let update = how(number)?;
        (number.clone(), update)
    };
    let (world, saved, now) = (Arc::clone(sim), number.clone(), call.now_ms);
    sim.db
        .write(move |c| {
            save_document(c, "number", &saved.id, &saved)?;
            queue::enqueue(c, &world, update.into_iter().collect(), now)
        })
        .await
        .map_err(|e| unavailable(&e))?;
    sim.post_wake.notify_one();
    Ok(number)
}

fn security(number: &Number, event: &str) -> Update {
    values::account("security", json!({"display_phone_number": number.digits, "event": event}))
}

fn pin_of(body: &Map<String, Value>) -> Result<String, GraphError> {
    let pin = body
        .get("pin")
        .map(|p| p.as_str().map_or_else(|| p.to_string(), str::to_owned))
        .ok_or_else(|| GraphError::new(100, "The parameter pin is required."))?;
    if pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit()) {
        Ok(pin)
    } else {
        Err(GraphError::new(100, "Param pin must be 6 digits."))
    }
}

/// `POST /{phone-number-id}`.
pub(super) async fn update(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let body = call.object()?;
    if let Some(key) = body.keys().find(|k| {
        !matches!(
            k.as_str(),
            "pin" | "new_display_name" | "webhook_configuration" | "messaging_product" | "search_visibility"
        )
    }) {
        return Err(GraphError::unknown_key(key, "phone_number"));
    }
    if body.contains_key("pin") {
        let pin = pin_of(&body)?;
        change(sim, call, |number| {
            number.pin = Some(pin);
            Ok(Some(security(number, "PIN_CHANGED")))
        })
        .await?;
    }
    if let Some(name) = body.get("new_display_name").and_then(Value::as_str) {
        display_name(sim, call, name).await?;
    }
    if let Some(configuration) = body.get("webhook_configuration") {
        let callback = super::subscribed_apps::override_of(sim, configuration).await?;
        change(sim, call, |number| {
            number.override_callback = callback;
            Ok(None)
        })
        .await?;
    }
    Ok(json!({"success": true}).into())
}

async fn display_name(sim: &Arc<Sim>, call: &Call, name: &str) -> Result<(), GraphError> {
    let shown = name.to_owned();
    let number = change(sim, call, |number| {
        number.fields.insert("new_display_name".into(), json!(shown));
        number.fields.insert("new_name_status".into(), json!("PENDING_REVIEW"));
        Ok(None)
    })
    .await?;
    later(
        sim,
        call.now_ms,
        60_000,
        &number.id.clone(),
        AccountEvent::NameReview { number: number.id, name: name.to_owned() },
    )
    .await
}

/// Plans an event of the account after a drawn delay; nothing is planned in explicit mode.
pub(super) async fn later(
    sim: &Arc<Sim>,
    now_ms: i64,
    median_ms: i64,
    subject: &str,
    event: AccountEvent,
) -> Result<(), GraphError> {
    let (mode, delay) = {
        let state = sim.state();
        let mut draw = Draw::new(sim.seed, "account", subject, u64::try_from(now_ms).unwrap_or(0));
        (state.settings.mode, state.settings.scaled(draw.delay(median_ms, 0.6, median_ms.saturating_mul(10))))
    };
    if mode == Mode::Explicit {
        return Ok(());
    }
    let timer = sim
        .db
        .write(move |c| account_events::plan(c, now_ms.saturating_add(delay), &event))
        .await
        .map_err(|e| unavailable(&e))?;
    sim.schedule([timer]);
    Ok(())
}

fn registrations(number: &mut Number, now_ms: i64) -> Result<(), GraphError> {
    number.registrations_ms.retain(|at| now_ms.saturating_sub(*at) < THREE_DAYS_MS);
    if number.registrations_ms.len() >= 10 {
        return Err(GraphError::of(
            133_016,
            "Too many attempts to register or deregister this phone number in 72 hours.",
        ));
    }
    number.registrations_ms.push(now_ms);
    Ok(())
}

/// `POST /{phone-number-id}/register`.
pub(super) async fn register(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let body = call.object()?;
    product(&body)?;
    let pin = pin_of(&body)?;
    let now = call.now_ms;
    let limit = sim.state().account.messaging_limit.clone();
    change(sim, call, |number| {
        if number.on_business_app() {
            return Err(GraphError::invalid("A number that is also on the WhatsApp Business app is not registered here."));
        }
        registrations(number, now)?;
        match number.pin.as_deref() {
            Some(known) if known != pin => {
                return Err(GraphError::of(133_005, "The two-step verification PIN does not match."));
            }
            _ => number.pin = Some(pin),
        }
        if number.text("code_verification_status") != "VERIFIED" {
            return Err(GraphError::of(133_006, "The phone number must be verified before it can be registered."));
        }
        number.fields.insert("status".into(), json!("CONNECTED"));
        number.fields.insert("last_onboarded_time".into(), json!(crate::clock::graph_date(now)));
        Ok(Some(values::account(
            "phone_number_quality_update",
            json!({"display_phone_number": number.digits, "event": "ONBOARDING", "max_daily_conversations_per_business": limit}),
        )))
    })
    .await?;
    Ok(json!({"success": true}).into())
}

/// `POST /{phone-number-id}/deregister`.
pub(super) async fn deregister(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let now = call.now_ms;
    change(sim, call, |number| {
        registrations(number, now)?;
        if !number.connected() {
            return Err(GraphError::of(133_010, "The phone number is not registered."));
        }
        number.fields.insert("status".into(), json!("DISCONNECTED"));
        Ok(None)
    })
    .await?;
    Ok(json!({"success": true}).into())
}

/// `messaging_product` must be `whatsapp` on writes that carry it.
pub(super) fn product(body: &Map<String, Value>) -> Result<(), GraphError> {
    if body.get("messaging_product").and_then(Value::as_str) == Some("whatsapp") {
        Ok(())
    } else {
        Err(GraphError::new(100, "The parameter messaging_product is required."))
    }
}

/// `POST /{phone-number-id}/request_code` and `/verify_code`; the practice code is 123456.
pub(super) async fn verification(sim: &Arc<Sim>, call: &Call, verify: bool) -> Outcome {
    let body = call.object().unwrap_or_default();
    let asked = |key: &str| {
        call.query
            .get(key)
            .cloned()
            .or_else(|| body.get(key).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)))
    };
    let failed = |subcode: i64, why: &str| {
        GraphError::new(136_024, "Request code or verify code failed").subcode(subcode).user("Verification failed", why)
    };
    if verify {
        let code = asked("code").ok_or_else(|| GraphError::new(100, "The parameter code is required."))?;
        if code != "123456" {
            return Err(failed(2_388_093, "The code is not right."));
        }
        change(sim, call, |number| {
            number.fields.insert("code_verification_status".into(), json!("VERIFIED"));
            Ok(None)
        })
        .await?;
    } else {
        if !matches!(asked("code_method").as_deref(), Some("SMS" | "VOICE")) {
            return Err(GraphError::new(100, "Param code_method must be one of {SMS, VOICE}."));
        }
        let verified =
            sim.state().numbers.get(call.word(0)).is_some_and(|n| n.text("code_verification_status") == "VERIFIED");
        if verified {
            return Err(failed(2_388_091, "The phone number is verified already. Try again later."));
        }
    }
    Ok(json!({"success": true}).into())
}

/// `POST /{phone-number-id}/settings`.
pub(super) async fn set_settings(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let body = call.object()?;
    if let Some(key) = body.keys().find(|k| {
        !matches!(
            k.as_str(),
            "calling" | "user_identity_change" | "payload_encryption" | "storage_configuration" | "messaging_product"
        )
    }) {
        return Err(GraphError::unknown_key(key, "settings"));
    }
    let now = call.now_ms;
    change(sim, call, |number| {
        number.settings.extend(body.clone());
        number.settings.remove("messaging_product");
        Ok(body.get("calling").map(|calling| Update {
            field: "account_settings_update",
            phone_number_id: Some(number.id.clone()),
            value: json!({"messaging_product": "whatsapp", "timestamp": crate::clock::seconds(now).to_string(), "type": "PHONE_NUMBER_SETTINGS",
                          "phone_number_settings": {"phone_number_id": number.id, "calling": calling}}),
            wa_id: None,
            user_id: None,
        }))
    })
    .await?;
    Ok(json!({"success": true}).into())
}

/// `GET /{phone-number-id}/settings`.
pub(super) fn settings(sim: &Sim, call: &Call) -> Outcome {
    let state = sim.state();
    let number = state.numbers.get(call.word(0)).ok_or_else(|| GraphError::no_object("get", call.word(0)))?;
    let calling = json!({"status": "DISABLED", "call_icon_visibility": "DEFAULT", "callback_permission_status": "DISABLED",
        "ip_addresses": {"default": []}});
    let mut settings = json!({"calling": calling, "storage_configuration": {"status": "DEFAULT"}, "user_identity_change": {"enable_identity_key_check": false}});
    if let Some(map) = settings.as_object_mut() {
        map.extend(number.settings.clone());
    }
    Ok(settings.into())
}

/// `GET /{phone-number-id}/official_business_account`: the state, as the field of the same name.
pub(super) fn official_status(sim: &Sim, call: &Call) -> Outcome {
    let state = sim.state();
    let number = state.numbers.get(call.word(0)).ok_or_else(|| GraphError::no_object("get", call.word(0)))?;
    let mut status = number.fields.get("official_business_account").cloned().unwrap_or_else(|| json!({}));
    if let Some(map) = status.as_object_mut() {
        map.insert("id".into(), json!(number.id));
        let words = match map.get("oba_status").and_then(Value::as_str) {
            Some("NOT_STARTED") | None => "No request was made.",
            Some("PENDING") => "The request is being reviewed.",
            Some(_) => "The request was decided.",
        };
        map.entry("status_message").or_insert_with(|| json!(words));
    }
    Ok(status.into())
}

/// `POST /{phone-number-id}/official_business_account`: success only means submitted.
pub(super) async fn official(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let body = call.object()?;
    for key in ["business_website_url", "primary_country_of_operation", "primary_language"] {
        if body.get(key).and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(GraphError::new(100, format!("The parameter {key} is required.")));
        }
    }
    if super::template_write::list(body.get("supporting_links")).is_some_and(|l| l.len() > 5) {
        return Err(GraphError::new(100, "Param supporting_links may have at most 5 elements."));
    }
    let number = change(sim, call, |number| {
        number.fields.insert("official_business_account".into(), json!({"oba_status": "PENDING"}));
        Ok(None)
    })
    .await?;
    later(sim, call.now_ms, 300_000, &number.id.clone(), AccountEvent::OfficialReview { number: number.id }).await?;
    Ok(json!({"success": true, "message": "The request was submitted for review."}).into())
}

/// `POST /{waba}`: the writable fields (account.md §3).
pub(super) async fn update_waba(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let mut body = call.object()?;
    for (key, value) in &call.query {
        if key != "access_token" {
            body.entry(key.clone()).or_insert_with(|| json!(value));
        }
    }
    const KEYS: &[&str] = &[
        "name",
        "timezone_id",
        "is_enabled_for_insights",
        "disable_marketing_messages_on_cloud_api",
        "degrees_of_freedom_spec",
        "template_auto_archival_enabled",
    ];
    if let Some(key) = body.keys().find(|k| !KEYS.contains(&k.as_str())) {
        return Err(GraphError::unknown_key(key, "whatsapp_business_account"));
    }
    for value in body.values_mut() {
        match value.as_str() {
            Some("true") => *value = json!(true),
            Some("false") => *value = json!(false),
            _ => {}
        }
    }
    if body.get("is_enabled_for_insights") == Some(&json!(false)) {
        return Err(GraphError::new(100, "Invalid parameter")
            .subcode(200_006)
            .user("Insights cannot be disabled", "Template insights cannot be disabled once they are enabled."));
    }
    super::subscribed_apps::save(sim, |account| account.fields.extend(body)).await?;
    let id = sim.state().account.id.clone();
    Ok(json!({"success": true, "id": id}).into())
}
