//! What became of a request that has no readable answer: was it certainly not processed, or may it have been?
//!
//! Everything that is not proven to be "not sent" is Unknown (errors.md §11).

use std::error::Error as _;

/// Why a request was certainly not processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSentWhy {
    /// No address for the host.
    #[error("the name of Meta's server could not be resolved; check the network connection")]
    Dns,
    /// Connection refused, unreachable, or the TLS handshake failed.
    #[error("no connection to the server could be made; check the network connection, proxy and clock")]
    Connect,
    /// The connection was not made in time.
    #[error("the connection was not made in time; check the network connection")]
    ConnectTimeout,
    /// HTTP/2 REFUSED_STREAM or GOAWAY below our stream, or a pooled connection that closed before the request was begun.
    #[error("the server turned the request away unread")]
    TurnedAway,
    /// Our own limits forbid the request; the sentence is in the error beside.
    #[error("the request was not written because it breaks a documented limit")]
    Invalid,
}

/// Why we cannot know whether a request was processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownWhy {
    /// No answer in time after the request was written.
    #[error("no answer came in time")]
    Timeout,
    /// The connection broke after the request was written.
    #[error("the connection broke before the answer")]
    Broken,
    /// An answer that is not the documented JSON.
    #[error("the answer could not be read")]
    Unreadable,
    /// A server error, with or without an envelope; or a code that does not tell.
    #[error("the server reported a failure of its own (HTTP {0})")]
    ServerError(u16),
    /// The answer was a redirect, which is never followed.
    #[error("the answer was a redirect (HTTP {0}), which is never followed")]
    Redirect(u16),
}

/// A request without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Certainly not processed.
    #[error("{0}")]
    NotSent(NotSentWhy),
    /// May have been processed.
    #[error("{0}; it may have been processed")]
    Unknown(UnknownWhy),
}

/// For the calls that do not go through [`super::Client::call`].
pub(crate) fn transport_error(e: &reqwest::Error) -> TransportError {
    TransportError::read(e)
}

impl TransportError {
    /// Reads the error chain of reqwest: only proven cases are `NotSent`.
    pub(super) fn read(e: &reqwest::Error) -> Self {
        if e.is_builder() {
            return Self::NotSent(NotSentWhy::Invalid);
        }
        if e.is_connect() {
            // hyper marks errors of the connector only: DNS, TCP, proxy tunnel, TLS handshake.
            return Self::NotSent(if e.is_dns() {
                NotSentWhy::Dns
            } else if e.is_timeout() {
                NotSentWhy::ConnectTimeout
            } else {
                NotSentWhy::Connect
            });
        }
        let mut source = e.source();
        while let Some(cause) = source {
            // A stream the peer refused, or one above the last stream of its GOAWAY, was not processed (RFC 9113 §6.8, §8.7).
            if let Some(h2) = cause.downcast_ref::<h2::Error>()
                && h2.is_remote()
                && ((h2.is_reset() && h2.reason() == Some(h2::Reason::REFUSED_STREAM)) || h2.is_go_away())
            {
                return Self::NotSent(NotSentWhy::TurnedAway);
            }
            // hyper: "a pending item was dropped before ever being processed".
            if let Some(hyper) = cause.downcast_ref::<hyper::Error>()
                && hyper.is_canceled()
            {
                return Self::NotSent(NotSentWhy::TurnedAway);
            }
            source = cause.source();
        }
        if e.is_timeout() { Self::Unknown(UnknownWhy::Timeout) } else { Self::Unknown(UnknownWhy::Broken) }
    }
}
