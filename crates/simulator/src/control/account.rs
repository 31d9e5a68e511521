//! Control over the account itself: reset, templates, numbers, tokens, identities, raw webhooks.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use rusqlite::params;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::given::Given;
use super::handle::{Control, ControlError};
use crate::account_events::{self, AccountEvent};
use crate::clock::seconds;
use crate::crowd::inbound;
use crate::db::schema;
use crate::graph::templates as graph_templates;
use crate::model::account::{Restriction, TokenInfo};
use crate::model::customer::Customer;
use crate::model::template::{Template, save_document};
use crate::secrets::random_token;
use crate::webhooks::queue;
use crate::webhooks::values::{self, Update};

/// Notice before an announced category change (templates.md §5).
const NOTICE_MS: i64 = 86_400_000;

type Answer = Result<Json<Value>, ControlError>;

/// Forgets everything but ids, secrets, tokens and the callback, and opens the shop anew.
pub(crate) async fn reset(State(control): State<Control>) -> Answer {
    let sim = Arc::clone(&control.sim);
    let now = sim.clock.now_ms();
    control
        .sim
        .db
        .write(move |c| {
            schema::clear(c)?;
            crate::running::open_shop(c, &sim, now)
        })
        .await?;
    control.sim.post_wake.notify_one();
    Ok(Json(json!({"success": true})))
}

/// Every template as Graph would show it, with what the practice account knows besides.
pub(crate) async fn templates(State(control): State<Control>) -> Answer {
    let state = control.sim.state();
    let items: Vec<Value> = state.templates.sorted().into_iter().map(|t| json!(t)).collect();
    Ok(Json(json!({"items": items, "limit": graph_templates::template_limit(&state)})))
}

/// A new status, category or quality of a template, as Meta's review or users would cause it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TemplateChange {
    status: Option<String>,
    reason: Option<String>,
    quality: Option<String>,
    category: Option<String>,
    /// Announces a category change instead of making it.
    correct_category: Option<String>,
    /// Sends that pass before pacing holds the rest; `-1` ends pacing.
    pacing_left: Option<i64>,
    /// Extra fields of the status webhook, as `other_info`.
    webhook_extra: Option<Map<String, Value>>,
    /// Change silently.
    #[serde(default)]
    silent: bool,
}

/// `PUT templates/{id}`, by id or `name:language`.
pub(crate) async fn put_template(
    State(control): State<Control>,
    Path(id): Path<String>,
    Given(change): Given<TemplateChange>,
) -> Answer {
    let now = control.sim.clock.now_ms();
    let (template, updates) = {
        let mut state = control.sim.state();
        let id = match id.split_once(':') {
            Some((name, language)) => state.templates.named(name, language).map(|t| t.id.clone()).unwrap_or_default(),
            None => id,
        };
        let template = state.templates.get_mut(&id).ok_or(ControlError::NotFound("template of that id"))?;
        let updates = apply(template, &change, now);
        (template.clone(), if change.silent { Vec::new() } else { updates })
    };
    let sim = Arc::clone(&control.sim);
    let shown = json!(template);
    let announced = change.correct_category;
    let timers = control
        .sim
        .db
        .write(move |c| {
            template.save(c)?;
            queue::enqueue(c, &sim, updates, now)?;
            let due_ms = now.saturating_add(sim.state().settings.scaled(NOTICE_MS));
            let event =
                announced.map(|category| AccountEvent::Recategorise { template: template.id.clone(), category });
            event.map(|event| account_events::plan(c, due_ms, &event)).transpose()
        })
        .await?;
    control.sim.schedule(timers);
    control.sim.post_wake.notify_one();
    Ok(Json(shown))
}

fn apply(template: &mut Template, change: &TemplateChange, now_ms: i64) -> Vec<Update> {
    let mut updates = Vec::new();
    if let Some(status) = &change.status {
        template.status = status.clone();
        template.rejected_reason =
            change.reason.clone().or_else(|| (status == "REJECTED").then(|| String::from("INVALID_FORMAT")));
        updates.push(status_update(template, change.webhook_extra.as_ref()));
    }
    if let Some(quality) = &change.quality {
        updates.push(values::account(
            "message_template_quality_update",
            json!({"previous_quality_score": template.quality, "new_quality_score": quality, "message_template_id": template.numeric_id(),
                   "message_template_name": template.name, "message_template_language": template.language}),
        ));
        template.quality = quality.clone();
        template.quality_since_ms = now_ms;
    }
    if let Some(correct) = &change.correct_category {
        template.correct_category = Some(correct.clone());
        updates.push(account_events::impending(template, correct, now_ms.saturating_add(NOTICE_MS)));
    }
    if let Some(category) = &change.category {
        let previous = std::mem::replace(&mut template.category, category.clone());
        template.previous_category = Some(previous.clone());
        template.correct_category = None;
        updates.push(values::account(
            "template_category_update",
            json!({"message_template_id": template.numeric_id(), "message_template_name": template.name, "message_template_language": template.language,
                   "previous_category": previous, "new_category": category}),
        ));
    }
    if let Some(left) = change.pacing_left {
        template.pacing_left = u32::try_from(left).ok();
    }
    updates
}

/// The status webhook of a template as it is now (webhooks.md §7.1).
pub(crate) fn status_update(template: &Template, extra: Option<&Map<String, Value>>) -> Update {
    let reason = match template.status.as_str() {
        "REJECTED" => json!(template.rejected_reason.as_deref().unwrap_or("NONE")),
        "APPROVED" => json!("NONE"),
        _ => Value::Null,
    };
    let mut value = json!({
        "event": template.status, "message_template_id": template.numeric_id(), "message_template_name": template.name,
        "message_template_language": template.language, "message_template_category": template.category, "reason": reason,
    });
    if let (Some(value), Some(extra)) = (value.as_object_mut(), extra) {
        value.extend(extra.clone());
    }
    values::account("message_template_status_update", value)
}

/// `PUT numbers/{id}`: any field of the node; a changed quality or throughput is told by webhook.
pub(crate) async fn put_number(
    State(control): State<Control>,
    Path(id): Path<String>,
    Given(change): Given<Map<String, Value>>,
) -> Answer {
    let now = control.sim.clock.now_ms();
    let (number, updates) = {
        let mut state = control.sim.state();
        let limit = state.account.messaging_limit.clone();
        let number = state.numbers.get_mut(&id).ok_or(ControlError::NotFound("phone number of that id"))?;
        let mut updates = Vec::new();
        for (key, value) in change {
            if key == "allow_list" {
                number.allow_list = serde_json::from_value(value).unwrap_or_default();
                continue;
            }
            if key == "throughput" && value.get("level") == Some(&json!("HIGH")) {
                updates.push(values::account(
                    "phone_number_quality_update",
                    json!({"display_phone_number": number.digits, "event": "THROUGHPUT_UPGRADE", "max_daily_conversations_per_business": limit}),
                ));
            }
            if key == "quality_rating" {
                number.fields.insert("quality_score".into(), json!({"score": value}));
            }
            number.fields.insert(key, value);
        }
        (number.clone(), updates)
    };
    let sim = Arc::clone(&control.sim);
    let shown = json!(number);
    control
        .sim
        .db
        .write(move |c| {
            save_document(c, "number", &number.id, &number)?;
            queue::enqueue(c, &sim, updates, now)
        })
        .await?;
    control.sim.post_wake.notify_one();
    Ok(Json(shown))
}

/// `GET account`.
pub(crate) async fn show(State(control): State<Control>) -> Answer {
    Ok(Json(json!(control.sim.state().account)))
}

/// Changes of the account as a whole.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountChange {
    /// Fields of the WABA node.
    fields: Option<Map<String, Value>>,
    /// `TIER_250` …; told by `business_capability_update`.
    messaging_limit: Option<String>,
    subscribed: Option<bool>,
    /// `RESTRICTED_BIZ_INITIATED_MESSAGING` …; the empty string lifts it.
    restriction: Option<String>,
    restriction_expires_ms: Option<i64>,
    /// `APPROVED`, `REJECTED`, `PENDING`, `DEFERRED`; told by `account_review_update`.
    account_review: Option<String>,
    /// Pretends that so many people were written to in the last 24 hours, beside those who were.
    reached_24h: Option<usize>,
    /// Two-letter countries whose users may not be messaged: 130497.
    closed_countries: Option<Vec<String>>,
    /// Grants or takes Direct Send.
    direct_send: Option<bool>,
}

/// `PUT account`.
pub(crate) async fn put_account(State(control): State<Control>, Given(change): Given<AccountChange>) -> Answer {
    let now = control.sim.clock.now_ms();
    let (account, updates) = {
        let mut state = control.sim.state();
        let digits = state.numbers.values().next().map(|n| n.digits.clone()).unwrap_or_default();
        let account = &mut state.account;
        let mut updates = Vec::new();
        account.fields.extend(change.fields.unwrap_or_default());
        if let Some(countries) = change.closed_countries {
            account.closed_countries = countries;
        }
        account.direct_send = change.direct_send.unwrap_or(account.direct_send);
        account.subscribed = change.subscribed.unwrap_or(account.subscribed);
        if let Some(limit) = change.messaging_limit {
            account.messaging_limit = limit;
            let cap = account.messaging_cap().map_or_else(|| json!(account.messaging_limit), |cap| json!(cap));
            updates.push(values::account(
                "business_capability_update",
                json!({"max_daily_conversations_per_business": cap, "max_phone_numbers_per_business": 20}),
            ));
        }
        if let Some(decision) = change.account_review {
            account.fields.insert("account_review_status".into(), json!(decision));
            updates.push(values::account("account_review_update", json!({"decision": decision})));
        }
        if let Some(kind) = change.restriction {
            account.restricted = (!kind.is_empty())
                .then(|| Restriction { kind: kind.clone(), expires_ms: change.restriction_expires_ms });
            if !kind.is_empty() {
                let mut info = json!({"restriction_type": kind});
                if let (Some(at), Some(info)) = (change.restriction_expires_ms, info.as_object_mut()) {
                    info.insert("expiration".into(), json!(seconds(at)));
                }
                updates.push(values::account(
                    "account_update",
                    json!({"event": "ACCOUNT_RESTRICTION", "phone_number": digits, "restriction_info": [info]}),
                ));
            }
        }
        let account = account.clone();
        if let Some(people) = change.reached_24h {
            state.limits.reached.preload(people.min(1_000_000), now);
        }
        (account, updates)
    };
    let sim = Arc::clone(&control.sim);
    let shown = json!(account);
    control
        .sim
        .db
        .write(move |c| {
            save_document(c, "account", "account", &account)?;
            queue::enqueue(c, &sim, updates, now)
        })
        .await?;
    control.sim.post_wake.notify_one();
    Ok(Json(shown))
}

/// A token to try: under-scoped, expiring, for another account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    #[serde(default = "all_scopes")]
    scopes: Vec<String>,
    /// Seconds from now; negative has expired already.
    expires_in_s: Option<i64>,
    #[serde(default)]
    target_ids: Vec<String>,
}

fn all_scopes() -> Vec<String> {
    ["whatsapp_business_management", "whatsapp_business_messaging"].map(String::from).to_vec()
}

/// `POST tokens`: the token is answered once and kept only as a hash.
pub(crate) async fn new_token(State(control): State<Control>, Given(new): Given<NewToken>) -> Answer {
    let now = control.sim.clock.now_ms();
    let info = TokenInfo {
        scopes: new.scopes,
        issued_ms: now,
        expires_ms: new.expires_in_s.map(|s| now.saturating_add(s.saturating_mul(1000))),
        revoked: false,
        target_ids: new.target_ids,
    };
    let token = random_token("EAAP");
    let hash = crate::graph::token_hash(&token);
    control.sim.state().tokens.insert(hash, info.clone());
    control.sim.db.write(move |c| save_document(c, "token", &hex::encode(hash), &info)).await?;
    Ok(Json(json!({"access_token": token})))
}

/// The token to revoke.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revoke {
    access_token: String,
}

/// `DELETE tokens`: revokes one.
pub(crate) async fn revoke_token(State(control): State<Control>, Given(wanted): Given<Revoke>) -> Answer {
    let hash = crate::graph::token_hash(&wanted.access_token);
    let info = {
        let mut state = control.sim.state();
        let info = state.tokens.get_mut(&hash).ok_or(ControlError::NotFound("token like that"))?;
        info.revoked = true;
        info.clone()
    };
    control.sim.db.write(move |c| save_document(c, "token", &hex::encode(hash), &info)).await?;
    Ok(Json(json!({"success": true})))
}

/// A change of number or of the BSUID alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdentityChange {
    /// The new number; without it only the user id changes.
    phone: Option<String>,
}

/// `POST customers/{id}/identity`: a new number always brings a new user id (webhooks.md §4.13).
pub(crate) async fn identity(
    State(control): State<Control>,
    Path(id): Path<String>,
    Given(change): Given<IdentityChange>,
) -> Answer {
    let id = control.id_of(&id)?;
    let now = control.sim.clock.now_ms();
    let number = control.first_number()?;
    let new_phone = match change.phone {
        Some(phone) => Some(
            crate::phone::wa_id(&phone, "1")
                .map_err(|_| ControlError::Invalid(String::from("the phone number cannot be read")))?,
        ),
        None => None,
    };
    let (old, new, number) = {
        let mut state = control.sim.state();
        if new_phone.as_ref().is_some_and(|p| state.people.by_phone(p).is_some()) {
            return Err(ControlError::Invalid(String::from("another customer has that number")));
        }
        let number = state.numbers.get(&number).cloned().ok_or(ControlError::NotFound("phone number"))?;
        let customer = state.people.get_mut(id).ok_or(ControlError::NotFound("customer"))?;
        let old = customer.clone();
        if let Some(phone) = new_phone {
            customer.wa_id = phone;
        }
        customer.user_id = format!("{}.{:020}", crate::phone::country(&customer.wa_id), rand::random::<u64>());
        let new = customer.clone();
        state.people.reindex();
        (old, new, number)
    };
    let element = identity_element(&old, &new, now);
    let updates = vec![values::system(&number, &new, element)];
    let sim = Arc::clone(&control.sim);
    let answer = json!({"wa_id": new.wa_id, "user_id": new.user_id, "previous_user_id": old.user_id});
    control
        .sim
        .db
        .write(move |c| {
            new.save(c)?;
            queue::enqueue(c, &sim, updates, now)
        })
        .await?;
    control.sim.post_wake.notify_one();
    Ok(Json(answer))
}

fn identity_element(old: &Customer, new: &Customer, now_ms: i64) -> Value {
    let wamid = inbound::wamid(&old.wa_id, false);
    if old.wa_id == new.wa_id {
        return json!({"id": wamid, "timestamp": seconds(now_ms).to_string(), "type": "system",
            "system": {"type": "user_changed_user_id", "body": "User changed their user id", "user_id": new.user_id, "previous_user_id": old.user_id}});
    }
    json!({"from": old.wa_id, "id": wamid, "timestamp": seconds(now_ms).to_string(), "type": "system",
        "system": {"type": "user_changed_number", "body": format!("User {} changed from {} to {}", old.name, old.wa_id, new.wa_id),
                   "wa_id": new.wa_id, "user_id": new.user_id, "previous_user_id": old.user_id}})
}

/// Any webhook a test wants to see delivered: `{field, value}` or a whole `body`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inject {
    field: Option<String>,
    value: Option<Value>,
    /// The exact bytes to sign and deliver.
    body: Option<String>,
}

/// `POST webhooks`.
pub(crate) async fn inject(State(control): State<Control>, Given(wanted): Given<Inject>) -> Answer {
    let now = control.sim.clock.now_ms();
    let (field, body) = match (wanted.field, wanted.value, wanted.body) {
        (_, _, Some(body)) => (String::from("messages"), body.into_bytes()),
        (Some(field), Some(value), None) => {
            let waba = control.sim.state().account.id.clone();
            let body = json!({"object": "whatsapp_business_account", "entry": [{"id": waba, "time": seconds(now), "changes": [{"value": value, "field": field}]}]});
            (field, crate::webhooks::serialise::bytes(&body))
        }
        _ => return Err(ControlError::Invalid(String::from("give field and value, or body"))),
    };
    let id = control
        .sim
        .db
        .write(move |c| {
            c.execute("INSERT INTO posts(created_ms, field, updates, body, state, next_attempt_ms) VALUES(?1,?2,1,?3,'pending',?1)", params![now, field, body])?;
            Ok(c.last_insert_rowid())
        })
        .await?;
    control.sim.post_wake.notify_one();
    Ok(Json(json!({"id": id})))
}
