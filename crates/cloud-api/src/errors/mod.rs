//! Meta's errors as values with consequences.
//!
//! One table (`table`) says for each documented code what class it is, whom it concerns, how long to wait,
//! whether a send that got it may be repeated, and what a person should read. Decisions look at `code`,
//! `error_subcode` and `error_data.details`, never at title, message or HTTP status (errors.md §1).
//!
//! ```
//! use switchboard_cloud_api::errors::{ErrorClass, ErrorScope, GraphError};
//!
//! let body = br#"{"error":{"code":131056,"error_data":{"details":"Too many messages to the same person."}}}"#;
//! let Some(error) = GraphError::read(400, body) else { panic!("an envelope") };
//! let advice = error.advice();
//! assert_eq!((advice.class, advice.scope), (ErrorClass::Transient, ErrorScope::Pair));
//! assert!(advice.safe_to_repeat());
//! println!("{} {}", advice.sentence, advice.remedy);
//! ```

mod class;
mod table;
mod table_accounts;
mod table_sending;
mod table_templates;

use bytes::Bytes;
use serde::Deserialize;

pub use class::{AfterSend, Backoff, ErrorClass, ErrorScope};
pub use table::{ErrorEntry, all_entries, look_up_code, lookup};

use crate::lenient;

/// Longest text kept from an error; more would be noise.
const MAX_TEXT_CHARS: usize = 2_000;

/// An error as Meta reports it, synchronously or inside a webhook. `Debug` and `Display` show the code and
/// our own sentence, never Meta's free text, which may contain numbers and names.
#[derive(Clone, Default, PartialEq)]
pub struct GraphError {
    /// HTTP status of the answer; `None` inside a webhook. Never decides anything.
    pub http_status: Option<u16>,
    /// `code`.
    pub code: i64,
    /// `error_subcode`; template management tells its reasons here (errors.md §7).
    pub subcode: Option<i64>,
    /// `type`, such as `OAuthException`.
    pub kind: Option<String>,
    /// `message` (synchronous) or `title`.
    pub message: Option<String>,
    /// `error_data.details`, or `error_data` itself where it is a plain string.
    pub details: Option<String>,
    /// `error_user_title`.
    pub user_title: Option<String>,
    /// `error_user_msg`.
    pub user_message: Option<String>,
    /// `is_transient`.
    pub is_transient: bool,
    /// `fbtrace_id`, to be kept for Meta's support.
    pub fbtrace_id: Option<String>,
    /// `href` of a webhook error.
    pub href: Option<String>,
    /// `error_data.blame_field_specs` and whatever else came along, as received.
    pub error_data: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Envelope {
    error: Option<GraphError>,
}

impl GraphError {
    /// Reads an answer's error envelope; `None` when there is none.
    pub fn read(http_status: u16, body: &[u8]) -> Option<Self> {
        let mut error = serde_json::from_slice::<Envelope>(body).ok()?.error?;
        error.http_status = Some(http_status);
        Some(error)
    }

    /// The same for a body that is still being passed around.
    pub fn read_bytes(http_status: u16, body: &Bytes) -> Option<Self> {
        Self::read(http_status, body)
    }

    /// What the table says about this error.
    pub fn advice(&self) -> &'static ErrorEntry {
        lookup(self.code, self.subcode, self.http_status, self.is_transient, self.details.as_deref())
    }

    /// The class; see [`ErrorClass`].
    pub fn class(&self) -> ErrorClass {
        self.advice().class
    }

    /// The best text of Meta's own to show beside our sentence: what was written for users, else the details.
    pub fn meta_text(&self) -> Option<&str> {
        self.user_message.as_deref().or(self.details.as_deref()).or(self.message.as_deref()).filter(|s| !s.is_empty())
    }
}

impl std::fmt::Debug for GraphError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GraphError")
            .field("code", &self.code)
            .field("subcode", &self.subcode)
            .field("http_status", &self.http_status)
            .field("class", &self.class())
            .field("fbtrace_id", &self.fbtrace_id)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Display for GraphError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let advice = self.advice();
        write!(f, "{} {} (code {}", advice.sentence, advice.remedy, self.code)?;
        if let Some(subcode) = self.subcode {
            write!(f, "/{subcode}")?;
        }
        if let Some(trace) = &self.fbtrace_id {
            write!(f, ", trace {trace}")?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for GraphError {}

/// Every key that any error shape of Meta carries; all optional, scalars in any type.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Wire {
    #[serde(deserialize_with = "lenient::int", alias = "error_code")]
    code: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    error_subcode: Option<i64>,
    #[serde(rename = "type", deserialize_with = "any_text")]
    kind: Option<String>,
    #[serde(deserialize_with = "any_text")]
    message: Option<String>,
    #[serde(deserialize_with = "any_text")]
    title: Option<String>,
    #[serde(deserialize_with = "any_text", alias = "error_description")]
    details: Option<String>,
    error_data: Option<serde_json::Value>,
    #[serde(deserialize_with = "any_text")]
    error_user_title: Option<String>,
    #[serde(deserialize_with = "any_text")]
    error_user_msg: Option<String>,
    #[serde(deserialize_with = "lenient::boolean")]
    is_transient: Option<bool>,
    #[serde(deserialize_with = "any_text")]
    fbtrace_id: Option<String>,
    #[serde(deserialize_with = "any_text")]
    href: Option<String>,
}

/// Text wherever text is possible; an object where a text belongs is kept as its JSON.
fn any_text<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::<serde_json::Value>::deserialize(d)? {
        None | Some(serde_json::Value::Null) => None,
        Some(serde_json::Value::String(s)) => Some(shorten(s)),
        Some(other) => Some(shorten(other.to_string())),
    })
}

fn shorten(text: String) -> String {
    if text.len() <= MAX_TEXT_CHARS { text } else { text.chars().take(MAX_TEXT_CHARS).collect() }
}

impl<'de> Deserialize<'de> for GraphError {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let w = Wire::deserialize(d)?;
        let details = match &w.error_data {
            Some(serde_json::Value::String(s)) if !s.is_empty() => Some(shorten(s.clone())),
            Some(serde_json::Value::Object(o)) => {
                o.get("details").map(|d| shorten(d.as_str().map_or_else(|| d.to_string(), str::to_owned)))
            }
            _ => None,
        };
        Ok(Self {
            http_status: None,
            code: w.code.unwrap_or(-1),
            subcode: w.error_subcode,
            kind: w.kind,
            message: w.message.or(w.title),
            details: details.or(w.details),
            user_title: w.error_user_title,
            user_message: w.error_user_msg,
            is_transient: w.is_transient.unwrap_or(false),
            fbtrace_id: w.fbtrace_id,
            href: w.href,
            error_data: w.error_data,
        })
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "tests"
)]
mod tests;

#[cfg(test)]
mod envelope_tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use super::*;

    #[test]
    fn the_documented_envelope_reads_completely() {
        let e = GraphError::read(
            400,
            br#"{"error":{"message":"(#130429) Rate limit hit","type":"OAuthException","code":130429,
            "error_data":{"messaging_product":"whatsapp","details":"Throughput reached."},"error_subcode":2494055,
            "is_transient":false,"error_user_title":"T","error_user_msg":"M","fbtrace_id":"Az8"}}"#,
        )
        .unwrap();
        assert_eq!((e.code, e.subcode, e.http_status), (130_429, Some(2_494_055), Some(400)));
        assert_eq!(e.details.as_deref(), Some("Throughput reached."));
        assert_eq!(e.meta_text(), Some("M"));
    }

    #[test]
    fn error_data_may_be_a_plain_string_and_the_code_a_text() {
        let e = GraphError::read(400, br#"{"error":{"code":"131009","error_data":"bad value","message":{"a":1}}}"#)
            .unwrap();
        assert_eq!(e.code, 131_009);
        assert_eq!(e.details.as_deref(), Some("bad value"));
        assert_eq!(e.message.as_deref(), Some(r#"{"a":1}"#));
    }

    #[test]
    fn an_answer_without_an_envelope_is_not_an_error_of_graph() {
        assert!(GraphError::read(200, br#"{"messages":[{"id":"wamid.x"}]}"#).is_none());
        assert!(GraphError::read(502, b"<html>Bad Gateway</html>").is_none());
        assert!(GraphError::read(200, br#"{"error":null}"#).is_none());
    }

    #[test]
    fn an_error_never_shows_what_meta_wrote_about_a_person() {
        let e = GraphError::read(
            400,
            br#"{"error":{"code":131026,"message":"to +14165550123","error_data":{"details":"+14165550123"}}}"#,
        )
        .unwrap();
        let shown = format!("{e:?} {e}");
        assert!(!shown.contains("4165550123"), "{shown}");
        assert!(shown.contains("131026"));
    }
}
