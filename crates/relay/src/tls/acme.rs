//! Certificates by ACME (RFC 8555), by TLS-ALPN-01 on the relay's own port, renewed by themselves.

use std::sync::Arc;

use futures::StreamExt;
use rustls::ClientConfig;
use rustls::server::{ResolvesServerCert, ServerConfig};
use rustls_acme::caches::DirCache;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_util::sync::CancellationToken;

use super::{AcmeConfig, TlsError, authorities};

/// What answers ordinary handshakes, and what answers the authority's challenges.
type Resolvers = (Arc<dyn ResolvesServerCert>, Arc<ServerConfig>);

/// Starts getting and renewing certificates until the relay stops.
pub(super) fn start(config: &AcmeConfig, stopping: &CancellationToken) -> Result<Resolvers, TlsError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&config.cache_dir).map_err(|e| TlsError::File {
        path: config.cache_dir.clone(),
        what: "the folder for ACME",
        reason: e.to_string(),
    })?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut state = rustls_acme::AcmeConfig::new_with_client_config(&config.domains, directory_trust(config)?)
        .contact(&config.contact)
        .directory(&config.directory)
        .cache(DirCache::new(config.cache_dir.clone()))
        .state();
    let resolver = state.resolver();
    let challenge = state.challenge_rustls_config_with_provider(provider);
    let (stopping, domains) = (stopping.clone(), config.domains.clone());
    tokio::spawn(async move {
        loop {
            let event = tokio::select! {
                () = stopping.cancelled() => return,
                event = state.next() => event,
            };
            match event {
                Some(Ok(event)) => tracing::info!(?domains, ?event, "certificate by ACME"),
                Some(Err(error)) => tracing::error!(?domains, ?error, "no certificate by ACME; trying again"),
                None => return,
            }
        }
    });
    Ok((resolver, challenge))
}

/// Whom the directory's own certificate is checked with: the system's trust, or the one authority that was named.
fn directory_trust(config: &AcmeConfig) -> Result<Arc<ClientConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let setup = |e: rustls::Error| TlsError::Setup(e.to_string());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(setup)?;
    let client = match &config.directory_ca {
        Some(path) => builder.with_root_certificates(authorities(path)?).with_no_client_auth(),
        None => builder.with_platform_verifier().map_err(setup)?.with_no_client_auth(),
    };
    Ok(Arc::new(client))
}
