//! The door: one listener for Graph and for control, with the two ways a connection can end
//! without an answer that fault plans ask for.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
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
    let io = TokioIo::new(Door { stream, reset: Arc::clone(&reset) });
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

/// A connection that can be told to end with a reset.
struct Door {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
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
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
