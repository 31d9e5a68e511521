//! Meta's side of the Cloud API, under the versions that answer today.

pub(crate) mod account;
mod analytics;
mod app;
mod auth;
mod block_users;
mod debug_token;
mod direct_send;
pub(crate) mod error;
pub(crate) mod fields;
pub(crate) mod free_form;
mod group_send;
pub(crate) mod groups;
mod history;
mod interactive;
pub(crate) mod media;
mod messages;
mod number_write;
mod profile;
mod routes;
mod send_content;
mod send_request;
mod subscribed_apps;
pub(crate) mod template_groups;
mod template_library;
mod template_more;
mod template_send;
mod template_shape;
mod template_write;
pub(crate) mod templates;
mod titles;
mod uploads;
mod version;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use serde_json::{Map, Value};

use crate::clock::http_date;
use crate::faults::Action;
use crate::server::Abort;
use crate::world::Sim;
use error::GraphError;
use version::Version;

/// How the fixed text of authentication templates begins (templates.md §6).
pub(crate) const OTP_TEXT: &str = "*{{1}}* is your verification code.";
/// JSON bodies above this are refused before they are read whole.
const JSON_MAX_BYTES: usize = 4 << 20;
/// Media and resumable uploads: the largest documented file is 100 MB.
const FILE_MAX_BYTES: usize = 105 << 20;

/// One request, taken apart.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The version it named, or what a call without one means.
    pub(crate) version: Version,
    /// Path words after the version.
    pub(crate) path: Vec<String>,
    pub(crate) query: HashMap<String, String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) now_ms: i64,
}

impl Call {
    /// The n-th path word.
    pub(crate) fn word(&self, at: usize) -> &str {
        self.path.get(at).map_or("", String::as_str)
    }

    /// The JSON body as an object; a missing body is an empty one. Form bodies and query
    /// parameters count as well, as Graph takes them.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, GraphError> {
        let form = self
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| v.starts_with("application/x-www-form-urlencoded"));
        if form {
            return Ok(url::form_urlencoded::parse(&self.body)
                .map(|(k, v)| (k.into_owned(), Value::String(v.into_owned())))
                .collect());
        }
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(self
                .query
                .iter()
                .filter(|(k, _)| *k != "access_token")
                .map(|(k, v)| (k.clone(), Value::String(v.clone())))
                .collect());
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(map)) => Ok(map),
            _ => Err(GraphError::new(100, "Invalid parameter").details("The request body is not a JSON object.")),
        }
    }
}

/// 2200: a callback did not pass its handshake.
fn callback_refused(reason: &crate::webhooks::handshake::Refused) -> GraphError {
    GraphError::new(2200, "")
        .message(format!("(#2200) Callback verification failed with the following errors: {reason}"))
        .user("Callback verification failed", reason.to_string())
}

/// What an endpoint answers with.
pub(crate) enum Answer {
    /// 200 with this JSON.
    Json(Value),
    /// Anything else, ready made.
    Response(Response<Body>),
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

type Outcome = Result<Answer, GraphError>;

/// Answers one Graph request.
pub(crate) async fn serve(sim: Arc<Sim>, request: Request<Body>) -> Response<Body> {
    let now_ms = sim.clock.now_ms();
    let (mut response, version) = match take_apart(request, now_ms).await {
        Ok(call) => {
            let version = call.version;
            (planned(&sim, call).await, version)
        }
        Err(error) => (error.response(), Version::NEWEST),
    };
    let refused_unread = response.status() == StatusCode::PAYLOAD_TOO_LARGE;
    let headers = response.headers_mut();
    if refused_unread {
        // The rest of the body is never read, so the connection ends here. Said, or the caller sends its next request into the closing.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Ok(date) = HeaderValue::from_str(&http_date(sim.clock.now_ms())) {
        headers.insert(header::DATE, date);
    }
    if let Ok(version) = HeaderValue::from_str(&version.to_string()) {
        headers.insert("facebook-api-version", version);
    }
    let usage = {
        let state = sim.state();
        state.limits.usage(&state.account.id, state.calls_per_hour(), now_ms).to_string()
    };
    if let Ok(usage) = HeaderValue::from_str(&usage) {
        headers.insert("x-business-use-case-usage", usage);
    }
    headers.insert("x-app-usage", HeaderValue::from_static(r#"{"call_count":1,"total_cputime":0,"total_time":0}"#));
    response
}

async fn take_apart(request: Request<Body>, now_ms: i64) -> Result<Call, GraphError> {
    let (parts, body) = request.into_parts();
    let mut path: Vec<String> = parts.uri.path().split('/').filter(|word| !word.is_empty()).map(decode).collect();
    let version = match path.first().and_then(|word| Version::named(word, now_ms)) {
        Some(Some(version)) => {
            path.remove(0);
            version
        }
        Some(None) => {
            // Graph then takes the version for an object and does not know what follows it.
            let rest = path.iter().skip(1).map(String::as_str).collect::<Vec<_>>().join("/");
            return Err(GraphError::new(2500, "").message(format!("Unknown path components: /{rest}")));
        }
        None => Version::unnamed(now_ms),
    };
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect();
    let file =
        path.last().is_some_and(|word| word == "media") || path.first().is_some_and(|word| word.starts_with("upload:"));
    let most = if file { FILE_MAX_BYTES } else { JSON_MAX_BYTES };
    let body = Limited::new(body, most)
        .collect()
        .await
        .map_err(|_| GraphError::new(1, "Request body is too large or broken").status(413))?
        .to_bytes();
    Ok(Call { method: parts.method, version, path, query, headers: parts.headers, body, now_ms })
}

fn decode(word: &str) -> String {
    if !word.contains('%') {
        return word.to_owned();
    }
    // Query decoding would turn `+` into a space; protect it.
    url::form_urlencoded::parse(word.replace('+', "%2B").as_bytes())
        .next()
        .map_or_else(|| word.to_owned(), |(k, _)| k.into_owned())
}

/// Applies planned faults around an endpoint. `messages` does so itself, once it knows whom a
/// request is for.
async fn planned(sim: &Arc<Sim>, call: Call) -> Response<Body> {
    let endpoint = endpoint_name(&call);
    if endpoint == "messages" || endpoint == "marketing_messages" {
        return finish(routes::routed(sim, &call).await);
    }
    let fault = sim.state().faults.take(&endpoint, &[], false);
    with_fault(sim, fault, async { finish(routes::routed(sim, &call).await) }).await
}

/// The name a fault plan knows an endpoint by.
fn endpoint_name(call: &Call) -> String {
    match call.path.len() {
        0 => String::from("root"),
        1 if call.word(0) == "debug_token" => String::from("debug_token"),
        1 => String::from("node"),
        _ => call.path.last().cloned().unwrap_or_default(),
    }
}

/// Runs `work` under a fault.
pub(crate) async fn with_fault(
    sim: &Sim,
    fault: Option<Action>,
    work: impl Future<Output = Response<Body>>,
) -> Response<Body> {
    match fault {
        None | Some(Action::WhDuplicate | Action::WhReorder | Action::WhDrop) => work.await,
        Some(Action::DropBefore) => Abort::Close.response(),
        Some(Action::DropAfter) => {
            work.await;
            Abort::Close.response()
        }
        Some(Action::Reset) => {
            work.await;
            Abort::Reset.response()
        }
        Some(Action::Delay(ms)) => {
            let response = work.await;
            tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(0))).await;
            response
        }
        Some(Action::Http(status)) => {
            let mut response = Response::new(Body::from("<html><body>upstream error</body></html>"));
            *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
            response
        }
        Some(Action::Code(code)) => {
            let _ = sim;
            planned_code(code).response()
        }
    }
}

/// A refusal a test asked for, with the details such a refusal usually carries.
pub(crate) fn planned_code(code: i64) -> GraphError {
    if let Some(main) = titles::subcode_of(code) {
        return GraphError::of(main, error::failure_details(main)).subcode(code);
    }
    let error = GraphError::of(code, error::failure_details(code));
    match code {
        4 => error.subcode(2_446_079).transient(),
        130_429 => throughput_reached(),
        190 => auth::expired(0),
        2 | 131_000 | 131_016 => error.transient(),
        _ => error,
    }
}

/// 130429 as real answers carry it.
pub(crate) fn throughput_reached() -> GraphError {
    GraphError::of(130_429, "Cloud API message throughput has been reached.").subcode(2_494_055)
}

/// Turns an outcome into the HTTP answer.
pub(crate) fn finish(outcome: Outcome) -> Response<Body> {
    match outcome {
        Ok(Answer::Json(value)) => {
            let mut response = Response::new(Body::from(value.to_string()));
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
            response
        }
        Ok(Answer::Response(response)) => response,
        Err(error) => error.response(),
    }
}

/// A storage failure, as the platform would word it.
pub(crate) fn unavailable(error: &crate::db::DbError) -> GraphError {
    tracing::error!(%error, "a request could not be stored");
    GraphError::of(131_000, "Something went wrong. Please try again.").transient()
}

/// The hash a token is known by.
pub(crate) fn token_hash(token: &str) -> [u8; 32] {
    auth::hash(token)
}
