//! One call: write the request, read the answer, hand back a value or an error that says what to do.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::{Client, HostError, ServerNotes, TransportError, UnknownWhy};
use crate::errors::GraphError;
use crate::limits::LimitError;

/// Answers of Graph are kilobytes; a page of 1000 templates a few megabytes. More is not an answer of Graph.
const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;

/// Why a call (other than a send) gave no value.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CallError {
    /// Meta answered with an error; see [`GraphError::advice`] for sentence and remedy.
    #[error("{0}")]
    Graph(Box<GraphError>),
    /// No answer.
    #[error("{0}")]
    Transport(#[from] TransportError),
    /// An answer that is not what is documented for this call.
    #[error("the answer to {call} could not be understood (HTTP {status}): {problem}")]
    Unreadable {
        /// The call in words.
        call: &'static str,
        /// HTTP status.
        status: u16,
        /// Where reading failed; never a value of the answer.
        problem: String,
    },
    /// Graph returned a URL that the bearer may not go to.
    #[error("{0}")]
    Host(#[from] HostError),
    /// The request breaks a documented limit and was not written.
    #[error("{0}")]
    Limit(#[from] LimitError),
    /// A transfer was refused by its own rules, before or after the wire.
    #[error("{0}")]
    Media(#[from] crate::media::MediaError),
}

impl CallError {
    /// The Graph error, if Meta answered with one.
    pub fn graph(&self) -> Option<&GraphError> {
        match self {
            Self::Graph(e) => Some(e),
            _ => None,
        }
    }
}

/// An answer as it came off the wire.
pub(crate) struct Reply {
    pub status: StatusCode,
    pub notes: ServerNotes,
    pub body: Bytes,
}

/// `paging` of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
pub struct Paging {
    /// The cursors; `next` is deliberately not read: pages are fetched by cursor, never by a URL from a payload.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub cursors: Cursors,
    /// Whether Graph offers another page.
    #[serde(default, rename = "next", deserialize_with = "present")]
    pub has_next: bool,
}

/// `paging.cursors`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
pub struct Cursors {
    /// Cursor of the page before.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub before: Option<String>,
    /// Cursor of the page after.
    #[serde(default, deserialize_with = "crate::lenient::text")]
    pub after: Option<String>,
}

fn present<'de, D: serde::Deserializer<'de>>(d: D) -> Result<bool, D::Error> {
    Ok(crate::lenient::text(d)?.is_some())
}

/// One page of a list.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub struct Page<T> {
    /// The entries.
    #[serde(default = "Vec::new", deserialize_with = "crate::lenient::or_default")]
    pub data: Vec<T>,
    /// Where the next page is.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub paging: Paging,
    /// Everything else, such as `summary`.
    #[serde(flatten)]
    pub rest: BTreeMap<String, serde_json::Value>,
}

impl<T> Page<T> {
    /// The cursor to ask the next page with, if there is one.
    pub fn next_cursor(&self) -> Option<&str> {
        if self.paging.has_next { self.paging.cursors.after.as_deref() } else { None }
    }
}

/// `{"success":true}`, the answer of most writes.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub(crate) struct Success {
    #[serde(default, deserialize_with = "crate::lenient::boolean")]
    pub success: Option<bool>,
}

impl Client {
    /// A request with the bearer. The URL has been made by [`Client::url`] or checked by [`super::Origin`].
    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http().request(method, url).bearer_auth(self.bearer().expose_secret()).timeout(self.request_timeout())
    }

    /// Writes the request and reads the whole answer.
    pub(crate) async fn exchange(&self, request: RequestBuilder) -> Result<Reply, TransportError> {
        let response = match self.carrier() {
            None => request.send().await.map_err(|e| TransportError::read(&e))?,
            Some(carrier) => carrier.carry(request.build().map_err(|e| TransportError::read(&e))?).await?,
        };
        let status = response.status();
        let notes = self.note(response.headers());
        if status.is_redirection() {
            return Err(TransportError::Unknown(UnknownWhy::Redirect(status.as_u16())));
        }
        let body = read_body(response, MAX_ANSWER_BYTES).await?;
        Ok(Reply { status, notes, body })
    }

    /// Writes the request and reads the answer as `T`.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        call: &'static str,
        request: RequestBuilder,
    ) -> Result<T, CallError> {
        let reply = self.exchange(request).await?;
        reply.read(call)
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        call: &'static str,
        segments: &[&str],
        query: &[(&str, String)],
    ) -> Result<T, CallError> {
        let url = with_query(self.url(segments), query);
        self.call(call, self.request(Method::GET, url)).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        call: &'static str,
        segments: &[&str],
        body: &impl Serialize,
    ) -> Result<T, CallError> {
        self.call(call, self.request(Method::POST, self.url(segments)).json(body)).await
    }

    /// A write whose answer is `{"success":true}`.
    pub(crate) async fn post_ok(
        &self,
        call: &'static str,
        segments: &[&str],
        body: &impl Serialize,
    ) -> Result<(), CallError> {
        let answer: Success = self.post(call, segments, body).await?;
        answer.check(call)
    }

    pub(crate) async fn delete_ok(
        &self,
        call: &'static str,
        segments: &[&str],
        query: &[(&str, String)],
    ) -> Result<(), CallError> {
        let url = with_query(self.url(segments), query);
        let answer: Success = self.call(call, self.request(Method::DELETE, url)).await?;
        answer.check(call)
    }
}

impl Success {
    pub(crate) fn check(&self, call: &'static str) -> Result<(), CallError> {
        if self.success == Some(false) {
            return Err(CallError::Unreadable { call, status: 200, problem: "it says success: false".to_owned() });
        }
        Ok(())
    }
}

impl Reply {
    /// The value, or the error the answer carries. An envelope counts whatever the HTTP status (errors.md §1).
    pub(crate) fn read<T: DeserializeOwned>(&self, call: &'static str) -> Result<T, CallError> {
        if let Some(error) = GraphError::read(self.status.as_u16(), &self.body) {
            return Err(CallError::Graph(Box::new(error)));
        }
        if !self.status.is_success() {
            return Err(CallError::Transport(TransportError::Unknown(UnknownWhy::ServerError(self.status.as_u16()))));
        }
        serde_json::from_slice(&self.body).map_err(|e| CallError::Unreadable {
            call,
            status: self.status.as_u16(),
            problem: describe(&e),
        })
    }
}

/// Where JSON reading failed, without the value that stood there.
pub(crate) fn describe(e: &serde_json::Error) -> String {
    let kind = match e.classify() {
        serde_json::error::Category::Io => "reading failed",
        serde_json::error::Category::Syntax => "it is not JSON",
        serde_json::error::Category::Data => "a value has another type than documented",
        serde_json::error::Category::Eof => "it ends too early",
    };
    format!("{kind} at line {}, column {}", e.line(), e.column())
}

pub(crate) fn with_query(mut url: Url, query: &[(&str, String)]) -> Url {
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query.iter().map(|(k, v)| (*k, v.as_str())));
    }
    url
}

/// Reads a body of at most `max` bytes; more is not an answer we can use.
pub(crate) async fn read_body(mut response: reqwest::Response, max: usize) -> Result<Bytes, TransportError> {
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > max => {
                return Err(TransportError::Unknown(UnknownWhy::Unreadable));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body.freeze()),
            Err(e) => {
                // The status line was read, so the request was processed or may have been, whatever broke now.
                return Err(TransportError::Unknown(if e.is_timeout() {
                    UnknownWhy::Timeout
                } else {
                    UnknownWhy::Broken
                }));
            }
        }
    }
}
