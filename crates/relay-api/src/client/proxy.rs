//! The way through a company's proxy: the system's own setting, by HTTP CONNECT. TLS goes through it end to end.

use hyper_util::client::proxy::matcher::Matcher;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::http::Uri;
use url::Url;

use crate::close::CloseReason;

/// Longest answer of a proxy that is read.
const MAX_ANSWER_BYTES: usize = 8 * 1024;

/// A connection to the host of this address, through the system's proxy if it names one for it.
pub(super) async fn dial(url: &Url, is_local: bool) -> Result<TcpStream, CloseReason> {
    let network = |what: String| CloseReason::Network(what);
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let proxy = if is_local { None } else { proxy_for(&host, port) };
    let stream = match &proxy {
        None => TcpStream::connect((host.as_str(), port)).await.map_err(|e| network(e.to_string()))?,
        Some(proxy) => {
            let at = (proxy.host.as_str(), proxy.port);
            let mut stream = TcpStream::connect(at).await.map_err(|e| network(format!("the proxy: {e}")))?;
            tunnel(&mut stream, &host, port, proxy.authorization.as_deref()).await?;
            stream
        }
    };
    stream.set_nodelay(true).map_err(|e| network(e.to_string()))?;
    Ok(stream)
}

struct Proxy {
    host: String,
    port: u16,
    /// Value of `Proxy-Authorization`.
    authorization: Option<String>,
}

fn proxy_for(host: &str, port: u16) -> Option<Proxy> {
    let target: Uri = format!("https://{host}:{port}/").parse().ok()?;
    let intercept = Matcher::from_system().intercept(&target)?;
    let uri = intercept.uri();
    // A SOCKS proxy is not spoken; without one the connection is tried directly and fails with the system's words.
    if uri.scheme_str() != Some("http") {
        return None;
    }
    let authorization = intercept.basic_auth().and_then(|value| value.to_str().ok()).map(str::to_owned);
    Some(Proxy { host: uri.host()?.to_owned(), port: uri.port_u16().unwrap_or(80), authorization })
}

/// Asks the proxy for a tunnel.
async fn tunnel<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    host: &str,
    port: u16,
    authorization: Option<&str>,
) -> Result<(), CloseReason> {
    let network = |what: String| CloseReason::Network(format!("the proxy: {what}"));
    let authorization = authorization.map(|value| format!("Proxy-Authorization: {value}\r\n")).unwrap_or_default();
    let ask = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n{authorization}\r\n");
    stream.write_all(ask.as_bytes()).await.map_err(|e| network(e.to_string()))?;
    let mut answer = Vec::new();
    // Byte by byte: what follows the answer belongs to TLS.
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= MAX_ANSWER_BYTES {
            return Err(network("it answers too long".to_owned()));
        }
        answer.push(stream.read_u8().await.map_err(|e| network(e.to_string()))?);
    }
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split_whitespace().nth(1).unwrap_or_default();
    if status == "200" { Ok(()) } else { Err(network(format!("HTTP {status}"))) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    async fn answered(answer: &'static str, authorization: Option<&str>) -> (Result<(), CloseReason>, String, Vec<u8>) {
        let (mut ours, mut theirs) = tokio::io::duplex(1024);
        let proxy = tokio::spawn(async move {
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                asked.push(theirs.read_u8().await.unwrap());
            }
            theirs.write_all(answer.as_bytes()).await.unwrap();
            drop(theirs);
            String::from_utf8(asked).unwrap()
        });
        let tunnelled = tunnel(&mut ours, "relay.example.com", 443, authorization).await;
        let mut rest = Vec::new();
        ours.read_to_end(&mut rest).await.unwrap();
        (tunnelled, proxy.await.unwrap(), rest)
    }

    #[tokio::test]
    async fn a_proxy_is_asked_for_a_tunnel_and_what_follows_is_left_alone() {
        let (tunnelled, asked, rest) =
            answered("HTTP/1.1 200 OK\r\nVia: x\r\n\r\nTLS", Some("Basic Zm9vOmJhcg==")).await;
        assert_eq!(tunnelled, Ok(()));
        assert!(asked.starts_with("CONNECT relay.example.com:443 HTTP/1.1\r\nHost: relay.example.com:443\r\n"));
        assert!(asked.contains("Proxy-Authorization: Basic Zm9vOmJhcg==\r\n"));
        assert_eq!(rest, b"TLS");
    }

    #[tokio::test]
    async fn a_proxy_that_refuses_or_hangs_up_is_a_reason() {
        let (refused, ..) = answered("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", None).await;
        assert_eq!(refused, Err(CloseReason::Network("the proxy: HTTP 407".to_owned())));
        assert!(matches!(answered("HTTP/1.1 2", None).await.0, Err(CloseReason::Network(_))));
    }
}
