//! What became of a request that has no readable answer: was it certainly not processed, or may it have been?
//!
//! Everything that is not proven to be "not sent" is Unknown (errors.md §11).

use std::error::Error as _;
use std::pin::Pin;

/// What a [`Transport`] brings back.
pub type Carried = Pin<Box<dyn Future<Output = Result<reqwest::Response, TransportError>> + Send>>;

/// Carries requests in place of the network.
pub trait Transport: Send + Sync {
    /// Takes one request to its server and brings the answer.
    fn carry(&self, request: reqwest::Request) -> Carried;
}

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use rstest::rstest;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    const TURNED_AWAY: TransportError = TransportError::NotSent(NotSentWhy::TurnedAway);
    const BROKEN: TransportError = TransportError::Unknown(UnknownWhy::Broken);

    /// An HTTP/2 server that waits for the request's HEADERS and answers with one raw frame.
    async fn answers_with(frame: Vec<u8>) -> TransportError {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut preface = [0; 24];
            stream.read_exact(&mut preface).await.unwrap();
            // Empty SETTINGS, which the connection cannot begin without.
            stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.unwrap();
            loop {
                let mut head = [0; 9];
                stream.read_exact(&mut head).await.unwrap();
                let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
                let mut payload = vec![0; length];
                stream.read_exact(&mut payload).await.unwrap();
                if head[3] == 1 {
                    break;
                }
            }
            stream.write_all(&frame).await.unwrap();
            let mut rest = Vec::new();
            let _ = tokio::time::timeout(std::time::Duration::from_millis(200), stream.read_to_end(&mut rest)).await;
        });
        let client = reqwest::Client::builder()
            .no_proxy()
            .http2_prior_knowledge()
            .retry(reqwest::retry::never())
            .build()
            .unwrap();
        let error = client.post(url).body("{}").send().await.unwrap_err();
        server.await.unwrap();
        TransportError::read(&error)
    }

    fn reset(code: u8) -> Vec<u8> {
        vec![0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, code]
    }

    fn go_away(last_stream: u8) -> Vec<u8> {
        vec![0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, last_stream, 0, 0, 0, 0]
    }

    #[rstest]
    #[case::refused_stream(reset(7), TURNED_AWAY)]
    #[case::reset_while_processing(reset(8), BROKEN)]
    #[case::internal_error(reset(2), BROKEN)]
    #[case::go_away_below_our_stream(go_away(0), TURNED_AWAY)]
    #[case::go_away_at_our_stream_then_closed(go_away(1), BROKEN)]
    #[tokio::test]
    async fn only_a_stream_that_was_not_processed_counts_as_not_sent(
        #[case] frame: Vec<u8>,
        #[case] expected: TransportError,
    ) {
        assert_eq!(answers_with(frame).await, expected);
    }

    #[tokio::test]
    async fn a_host_without_address_is_not_sent() {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let error = client.get("http://nowhere.invalid/").send().await.unwrap_err();
        assert!(matches!(TransportError::read(&error), TransportError::NotSent(NotSentWhy::Dns)), "{error:?}");
    }

    #[tokio::test]
    async fn a_failed_tls_handshake_is_not_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut hello = [0; 64];
            let _ = stream.read(&mut hello).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let error = client.get(url).send().await.unwrap_err();
        assert_eq!(TransportError::read(&error), TransportError::NotSent(NotSentWhy::Connect));
        server.await.unwrap();
    }
}
