//! The control interface over HTTP, below `/practice/v1` with its own bearer (interfaces.md).

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::params;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq;

use super::given::{Asked, Given};
use super::handle::{Control, ControlError};
use super::{account, chats, groups};
use crate::config::{Mode, Mood};
use crate::crowd::inbound::Writing;
use crate::faults::Fault;
use crate::ledger::{self, Scope};
use crate::world::Sim;

type Answer = Result<Json<Value>, ControlError>;

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Storage(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, Json(json!({"error": self.to_string()}))).into_response()
    }
}

/// All routes of the control interface.
pub(crate) fn router(sim: Arc<Sim>) -> Router {
    let control = Control { sim: Arc::clone(&sim) };
    let routes = Router::new()
        .route("/status", get(status))
        .route("/reset", post(account::reset))
        .route("/mode", get(status).put(mode))
        .route("/clock", get(clock).post(advance))
        .route("/callback", put(callback))
        .route("/customers", get(customers).post(new_customer))
        .route("/customers/{id}/conversation", get(conversation))
        .route("/customers/{id}/messages", post(write))
        .route("/customers/{id}/preferences", post(preferences))
        .route("/customers/{id}/open", post(open))
        .route("/customers/{id}/block", post(block))
        .route("/customers/{id}/play", post(play))
        .route("/customers/{id}/identity", post(account::identity))
        .route("/customers/{id}/echoes", post(chats::echo))
        .route("/customers/{id}/agent", post(chats::agent))
        .route("/customers/{id}/calls", post(chats::call))
        .route("/messages/{wamid}/status", post(poke))
        .route("/groups", get(groups::list))
        .route("/groups/{id}", put(groups::put))
        .route("/groups/{id}/participants", post(groups::participants))
        .route("/groups/{id}/messages", post(groups::write))
        .route("/media/{id}", get(media))
        .route("/templates", get(account::templates))
        .route("/templates/{id}", put(account::put_template))
        .route("/numbers/{id}", put(account::put_number))
        .route("/numbers/{id}/coexistence", post(chats::coexistence))
        .route("/account", get(account::show).put(account::put_account))
        .route("/tokens", post(account::new_token).delete(account::revoke_token))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/ledger", get(ledger_page))
        .route("/ledger/summary", get(summary))
        .route("/webhooks", get(webhooks).post(account::inject))
        .route("/sample-list.csv", get(sample))
        .fallback(nowhere)
        .method_not_allowed_fallback(not_so)
        .layer(DefaultBodyLimit::max(110 << 20))
        .layer(middleware::from_fn_with_state(Arc::clone(&sim), bearer))
        .with_state(control);
    Router::new().nest("/practice/v1", routes).route("/practice/v1/openapi.json", get(super::openapi::document))
}

async fn nowhere() -> ControlError {
    ControlError::NotFound("such path; see openapi.json")
}

async fn not_so() -> Response {
    let words = "the path does not take this method; see openapi.json";
    (StatusCode::METHOD_NOT_ALLOWED, Json(json!({"error": words}))).into_response()
}

async fn bearer(State(sim): State<Arc<Sim>>, request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "))
        .unwrap_or_default();
    if bool::from(given.as_bytes().ct_eq(sim.control_token.expose_secret().as_bytes())) {
        next.run(request).await
    } else {
        (StatusCode::UNAUTHORIZED, Json(json!({"error": "the control token is missing or wrong"}))).into_response()
    }
}

async fn status(State(control): State<Control>) -> Answer {
    let state = control.sim.state();
    let mut numbers: Vec<&String> = state.numbers.keys().collect();
    numbers.sort();
    Ok(Json(json!({
        "mode": state.settings.mode, "mood": state.settings.mood, "speed": state.settings.speed, "limits": state.settings.limits, "batch_max": state.settings.batch_max,
        "seed": control.sim.seed, "now_ms": control.sim.clock.now_ms(), "waba_id": state.account.id, "phone_number_ids": numbers, "app_id": state.account.app_id,
        "business_id": state.account.business_id, "callback": state.account.app_callback.as_ref().map(|c| &c.url), "callback_verified": state.callback_verified,
        "subscribed": state.account.subscribed, "timers": state.timers.len(), "messaging_limit": state.account.messaging_limit, "reached_24h": state.limits.reached.used(),
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModeChange {
    mode: Option<Mode>,
    mood: Option<Mood>,
    speed: Option<f64>,
    limits: Option<bool>,
    batch_max: Option<usize>,
}

async fn mode(State(control): State<Control>, Given(change): Given<ModeChange>) -> Answer {
    if let Some(most) = change.batch_max {
        control.sim.state().settings.batch_max = most.clamp(1, 1000);
    }
    control.set_mode(change.mode, change.mood, change.speed, change.limits).await?;
    status(State(control)).await
}

async fn clock(State(control): State<Control>) -> Answer {
    Ok(Json(json!({"now_ms": control.now_ms()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: i64,
}

async fn advance(State(control): State<Control>, Given(by): Given<Advance>) -> Answer {
    Ok(Json(json!({"now_ms": control.advance(by.advance_ms).await?})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallbackChange {
    url: Option<String>,
}

async fn callback(State(control): State<Control>, Given(change): Given<CallbackChange>) -> Answer {
    control.set_callback(change.url.as_deref()).await?;
    Ok(Json(json!({"success": true})))
}

async fn customers(State(control): State<Control>) -> Answer {
    Ok(Json(json!({"items": control.customers().await?})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCustomer {
    phone: String,
    name: Option<String>,
    username: Option<String>,
    hides_phone: Option<bool>,
}

async fn new_customer(State(control): State<Control>, Given(new): Given<NewCustomer>) -> Answer {
    let card = control.customer(&new.phone, new.name.as_deref(), new.username.as_deref(), new.hides_phone).await?;
    Ok(Json(json!(card)))
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    after: i64,
    limit: Option<u32>,
}

async fn conversation(State(control): State<Control>, Path(id): Path<String>, Asked(page): Asked<Page>) -> Answer {
    Ok(Json(json!({"items": control.conversation(&id, page.after, page.limit.unwrap_or(200).min(2_000)).await?})))
}

/// What a customer sends: one of the keys, as in Meta's own message objects.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMessage {
    text: Option<String>,
    /// A photo drawn here; the value is its caption.
    photo: Option<String>,
    media: Option<NewMedia>,
    tap: Option<Tap>,
    reaction: Option<Reaction>,
    location: Option<Value>,
    contacts: Option<Value>,
    list_reply: Option<ListReply>,
    /// A whole `messages[]` element with its `type`.
    raw: Option<Map<String, Value>>,
    reply_to: Option<String>,
    /// Written at another time than now.
    at_ms: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewMedia {
    kind: String,
    mime_type: String,
    base64: String,
    caption: Option<String>,
    filename: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tap {
    wamid: String,
    label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reaction {
    wamid: String,
    emoji: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListReply {
    id: String,
    title: String,
    description: Option<String>,
}

async fn write(State(control): State<Control>, Path(id): Path<String>, Given(new): Given<NewMessage>) -> Answer {
    let reply_to = new.reply_to.as_deref();
    let wamid = if let Some(text) = new.text {
        control.write_as(&id, Writing::Text(text), reply_to, new.at_ms).await?
    } else if let Some(caption) = new.photo {
        control.send_photo(&id, Some(&caption).filter(|c| !c.is_empty()).map(String::as_str)).await?
    } else if let Some(media) = new.media {
        let bytes = STANDARD
            .decode(&media.base64)
            .map_err(|_| ControlError::Invalid(String::from("base64 cannot be decoded")))?;
        control
            .send_media(&id, &media.kind, &media.mime_type, bytes, media.caption.as_deref(), media.filename.as_deref())
            .await?
    } else if let Some(tap) = new.tap {
        control.tap(&id, &tap.wamid, &tap.label).await?
    } else if let Some(reaction) = new.reaction {
        control.react(&id, &reaction.wamid, reaction.emoji.as_deref()).await?
    } else if let Some(location) = new.location {
        control.write_as(&id, Writing::Location(location), reply_to, new.at_ms).await?
    } else if let Some(cards) = new.contacts {
        control.write_as(&id, Writing::Contacts(cards), reply_to, new.at_ms).await?
    } else if let Some(choice) = new.list_reply {
        control
            .write_as(
                &id,
                Writing::ListReply { id: choice.id, title: choice.title, description: choice.description },
                reply_to,
                new.at_ms,
            )
            .await?
    } else if let Some(element) = new.raw {
        let kind = element.get("type").and_then(Value::as_str).unwrap_or("unsupported").to_owned();
        control.write_as(&id, Writing::Raw { kind, element }, reply_to, new.at_ms).await?
    } else {
        return Err(ControlError::Invalid(String::from(
            "give one of text, photo, media, tap, reaction, location, contacts, list_reply, raw",
        )));
    };
    Ok(Json(json!({"wamid": wamid})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Preference {
    /// `stop` or `resume`.
    value: String,
}

async fn preferences(
    State(control): State<Control>,
    Path(id): Path<String>,
    Given(wanted): Given<Preference>,
) -> Answer {
    let stop = match wanted.value.as_str() {
        "stop" => true,
        "resume" => false,
        _ => return Err(ControlError::Invalid(String::from("value must be stop or resume"))),
    };
    control.stop_marketing(&id, stop).await?;
    Ok(Json(json!({"success": true})))
}

async fn open(State(control): State<Control>, Path(id): Path<String>) -> Answer {
    Ok(Json(json!({"read": control.open_chat(&id).await?})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    on: bool,
}

async fn block(State(control): State<Control>, Path(id): Path<String>, Given(switch): Given<Switch>) -> Answer {
    control.block_business(&id, switch.on).await?;
    Ok(Json(json!({"success": true})))
}

async fn play(State(control): State<Control>, Path(id): Path<String>, Given(switch): Given<Switch>) -> Answer {
    control.play(&id, switch.on).await?;
    Ok(Json(json!({"success": true})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Poke {
    status: String,
    code: Option<i64>,
}

async fn poke(State(control): State<Control>, Path(wamid): Path<String>, Given(wanted): Given<Poke>) -> Answer {
    control.poke_status(&wamid, &wanted.status, wanted.code).await?;
    Ok(Json(json!({"success": true})))
}

async fn media(State(control): State<Control>, Path(id): Path<String>) -> Result<Response, ControlError> {
    let (mime_type, bytes) = control.media(&id).await?;
    Ok(([(header::CONTENT_TYPE, mime_type)], bytes).into_response())
}

async fn faults(State(control): State<Control>) -> Answer {
    Ok(Json(json!({"items": control.sim.state().faults.list})))
}

async fn add_fault(State(control): State<Control>, Given(fault): Given<Fault>) -> Answer {
    control.sim.state().faults.list.push(fault);
    Ok(Json(json!({"success": true})))
}

async fn clear_faults(State(control): State<Control>) -> Answer {
    control.sim.state().faults.list.clear();
    Ok(Json(json!({"success": true})))
}

async fn ledger_page(State(control): State<Control>, Asked(page): Asked<Page>) -> Answer {
    let limit = i64::from(page.limit.unwrap_or(1_000).min(10_000));
    let items = control.sim.db.read(move |c| ledger::page(c, page.after, limit)).await?;
    let next = if i64::try_from(items.len()).unwrap_or(0) < limit {
        Value::Null
    } else {
        items.last().and_then(|i| i.get("seq")).cloned().unwrap_or_default()
    };
    Ok(Json(json!({"items": items, "next": next})))
}

#[derive(Deserialize)]
struct SummaryScope {
    #[serde(default)]
    after: i64,
    template: Option<String>,
    correlation_prefix: Option<String>,
}

async fn summary(State(control): State<Control>, Asked(scope): Asked<SummaryScope>) -> Answer {
    let scope =
        Scope { after_seq: scope.after, template: scope.template, correlation_prefix: scope.correlation_prefix };
    Ok(Json(control.sim.db.read(move |c| ledger::summary(c, &scope)).await?))
}

#[derive(Deserialize)]
struct WebhookPage {
    #[serde(default)]
    after: i64,
    limit: Option<i64>,
    /// Leave the bodies out.
    #[serde(default)]
    brief: bool,
}

async fn webhooks(State(control): State<Control>, Asked(page): Asked<WebhookPage>) -> Answer {
    let limit = page.limit.unwrap_or(200).clamp(1, 2_000);
    let items = control
        .sim
        .db
        .read(move |c| {
            c.prepare_cached("SELECT id, created_ms, field, updates, state, attempts, next_attempt_ms, answered_ms, log, body FROM posts WHERE id > ?1 ORDER BY id LIMIT ?2")?
                .query_map(params![page.after, limit], |row| {
                    let log: Value = serde_json::from_str(&row.get::<_, String>(8)?).unwrap_or_default();
                    let body: Option<Vec<u8>> = if page.brief { None } else { row.get(9)? };
                    Ok(json!({
                        "id": row.get::<_, i64>(0)?, "created_ms": row.get::<_, i64>(1)?, "field": row.get::<_, String>(2)?, "updates": row.get::<_, i64>(3)?,
                        "state": row.get::<_, String>(4)?, "attempts": row.get::<_, i64>(5)?, "next_attempt_ms": row.get::<_, i64>(6)?,
                        "answered_ms": row.get::<_, Option<i64>>(7)?, "log": log, "body": body.map(|b| String::from_utf8_lossy(&b).into_owned()),
                    }))
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        })
        .await?;
    Ok(Json(json!({"items": items})))
}

async fn sample() -> Response {
    ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], crate::shop::sample_list_csv()).into_response()
}
