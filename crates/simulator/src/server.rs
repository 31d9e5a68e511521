//! The door: one listener for Graph and for control, with the two ways a connection can end
//! without an answer that fault plans ask for.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, Response};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::graph;
use crate::world::Sim;

/// How a connection ends instead of answering; travels as an extension of the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Abort {
    /// Closed in order (FIN).
    Close,
    /// Reset (RST).
    Reset,
}

impl Abort {
    /// A response that is never written.
    pub(crate) fn response(self) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}

/// Serves until told to stop; requests under way are finished.
pub(crate) async fn run(sim: Arc<Sim>, control: Router, listener: TcpListener, stop: CancellationToken) {
    let connections = TaskTracker::new();
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let _ = stream.set_nodelay(true);
        connections.spawn(connection(Arc::clone(&sim), control.clone(), stream, stop.clone()));
    }
    connections.close();
    let _ = tokio::time::timeout(std::time::Duration::from_secs(5), connections.wait()).await;
}

async fn connection(sim: Arc<Sim>, control: Router, stream: TcpStream, stop: CancellationToken) {
    let reset = Arc::new(AtomicBool::new(false));
    let io = TokioIo::new(Door { stream, reset: Arc::clone(&reset), instead: None });
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let (sim, control, reset) = (Arc::clone(&sim), control.clone(), Arc::clone(&reset));
        async move {
            let response = route(sim, control, request.map(Body::new)).await;
            match response.extensions().get::<Abort>() {
                None => Ok(response),
                Some(how) => {
                    reset.store(*how == Abort::Reset, Ordering::Relaxed);
                    Err(io::Error::other("a planned fault ends this connection"))
                }
            }
        }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let served = builder.serve_connection(io, service);
    tokio::pin!(served);
    tokio::select! {
        _ = served.as_mut() => {}
        () = stop.cancelled() => {
            served.as_mut().graceful_shutdown();
            let _ = served.await;
        }
    }
}

async fn route(sim: Arc<Sim>, control: Router, request: Request<Body>) -> Response<Body> {
    if request.uri().path().starts_with("/practice/") {
        let answered: Result<_, Infallible> = control.oneshot(request).await;
        return answered.unwrap_or_else(|never| match never {});
    }
    graph::serve(sim, request).await
}

/// A connection that can be told to end with a reset, and that refuses unreadable requests in Graph's words.
struct Door {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
    /// What is being written in place of the HTTP library's own answer, and how much of it is out.
    instead: Option<(Bytes, usize)>,
}

impl Door {
    /// Writes the answer that stands in for `taken` bytes of the HTTP library's own.
    fn write_instead(&mut self, cx: &mut Context<'_>, taken: usize) -> Poll<io::Result<usize>> {
        while let Some((answer, out)) = &mut self.instead {
            let rest = answer.get(*out..).unwrap_or_default();
            if rest.is_empty() {
                self.instead = None;
                break;
            }
            match Pin::new(&mut self.stream).poll_write(cx, rest) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => *out = out.saturating_add(written),
                other => return other,
            }
        }
        Poll::Ready(Ok(taken))
    }
}

/// The answer to a request that the HTTP library cannot read (a bare `"` in the query, say), which it would refuse
/// without a word: recognised by what that answer looks like, since no endpoint answers so.
fn unreadable(answer: &[u8]) -> Option<Bytes> {
    let head = std::str::from_utf8(answer).ok().filter(|head| head.starts_with("HTTP/1.1 4"))?;
    let (status, _) = head
        .split_once("\r\n")
        .filter(|_| head.contains("\r\nconnection: close\r\n") && head.contains("\r\ncontent-length: 0\r\n"))?;
    let body = graph::error::unreadable().body().to_string();
    let length = body.len();
    Some(Bytes::from(format!(
        "{status}\r\ncontent-type: application/json; charset=UTF-8\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )))
}

impl Drop for Door {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed) {
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Door {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Door {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.instead.is_none() {
            self.instead = unreadable(buf).map(|answer| (answer, 0));
        }
        if self.instead.is_some() {
            return self.write_instead(cx, buf.len());
        }
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A reset must not be preceded by an orderly end.
        if self.reset.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.instead.is_none() {
            self.instead = bufs.first().and_then(|first| unreadable(first)).map(|answer| (answer, 0));
        }
        if self.instead.is_some() {
            return self.write_instead(cx, bufs.iter().map(|buf| buf.len()).sum());
        }
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
