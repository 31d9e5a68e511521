//! Taking connections: one task each, HTTP/1.1, with a limit on how many there are and on how slow they may be.
//!
//! Meta and the consoles speak HTTP/1.1; nothing else is offered. A peer that sends its header byte by byte, or nothing
//! at all, is let go after [`crate::Limits::header_timeout`]; what idles costs a socket and a task until then.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::server::Relay;
use crate::tls::Tls;

/// How long a TLS handshake may take.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// Wait after the system had no socket left.
const AFTER_ACCEPT_ERROR: Duration = Duration::from_millis(200);

/// Whether the peer showed a client certificate that is signed by the pinned authority and bears the expected name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// Client certificates are not asked for.
    NotAsked,
    /// It showed the right one.
    Known,
    /// It showed none, or one of another name.
    Unknown,
}

/// Takes connections until the relay stops, then lets those under way finish what they began.
pub(crate) async fn take_connections(listener: TcpListener, app: Router, tls: Option<Arc<Tls>>, relay: &Arc<Relay>) {
    let connections = TaskTracker::new();
    let room = Arc::new(Semaphore::new(relay.limits.max_connections));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = relay.stopping.cancelled() => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(AFTER_ACCEPT_ERROR).await;
                continue;
            }
        };
        // More than there is room for are hung up on at once; Meta tries again.
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else {
            relay.refused_connections.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            continue;
        };
        let (app, tls, relay) = (app.clone(), tls.clone(), Arc::clone(relay));
        connections.spawn(async move {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "socket without nodelay");
            }
            match tls {
                None => serve(stream, Peer::NotAsked, app, &relay).await,
                Some(tls) => serve_tls(stream, &tls, app, &relay).await,
            }
            drop(place);
        });
    }
    connections.close();
    connections.wait().await;
}

async fn serve_tls(stream: TcpStream, tls: &Tls, app: Router, relay: &Relay) {
    match timeout(HANDSHAKE_WITHIN, tls.accept(stream)).await {
        Ok(Ok(Some((stream, peer)))) => serve(stream, peer, app, relay).await,
        // An ACME challenge was answered; there is nothing more to say.
        Ok(Ok(None)) => {}
        Ok(Err(error)) => tracing::debug!(%error, "TLS handshake failed"),
        Err(_) => tracing::debug!("TLS handshake took too long"),
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, peer: Peer, app: Router, relay: &Relay) {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        let answered = app.clone().oneshot(request);
        async move {
            let response = match answered.await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(relay.limits.header_timeout)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = relay.stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "connection ended");
    }
}
