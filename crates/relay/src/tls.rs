//! HTTPS: certificate files that are read again when they change, or certificates by ACME; and Meta's client
//! certificate, if the operator turned that on at Meta (webhooks.md §1.3).

mod acme;
mod files;
mod look;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::{ResolvesServerCert, ServerConfig, WebPkiClientVerifier};
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use crate::listen::Peer;

use files::CertificateFiles;
pub(crate) use look::look;

/// The name in Meta's client certificate (webhooks.md §1.3).
pub const META_CLIENT_NAME: &str = "client.webhooks.fbclientcerts.com";

/// Where certificates come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateSource {
    /// PEM files, as a web server has them; read again within a minute of a change.
    Files {
        /// The certificate and its chain.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
    /// From an ACME directory, by TLS-ALPN-01 on this very port; renewed by itself.
    Acme(AcmeConfig),
}

/// What an ACME directory is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmeConfig {
    /// Host names of the certificate.
    pub domains: Vec<String>,
    /// Whom the authority may write to, like `mailto:you@example.com`.
    pub contact: Vec<String>,
    /// The directory's address.
    pub directory: String,
    /// Folder for the account's key and the certificate, readable by the relay alone.
    pub cache_dir: PathBuf,
    /// A file with the authority of the directory's own certificate, if it is a private one.
    pub directory_ca: Option<PathBuf>,
}

/// `[tls]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsConfig {
    /// Where certificates come from.
    pub source: CertificateSource,
    /// Who signs Meta's client certificate (PEM). With it, events without that certificate are refused.
    pub client_ca: Option<PathBuf>,
    /// The name that the client certificate must bear.
    pub client_name: String,
}

/// Why HTTPS cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is missing or no PEM of that kind.
    #[error("{path} cannot be used as {what} ({reason}); name a PEM file that the relay's user can read")]
    File {
        /// The file.
        path: PathBuf,
        /// What it should be.
        what: &'static str,
        /// Why not.
        reason: String,
    },
    /// The private key can be read by others.
    #[error("the private key {0} can be read by others on this machine; run: chmod 600 {0}")]
    Exposed(PathBuf),
    /// Certificate and key do not go together.
    #[error(
        "the private key {key} is not the one of the certificate {certificate}; name two files that were made together"
    )]
    Mismatch {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// The settings do not go together.
    #[error("HTTPS cannot be set up: {0}")]
    Setup(String),
}

/// HTTPS on a listener.
pub(crate) struct Tls {
    config: Arc<ServerConfig>,
    challenge: Option<Arc<ServerConfig>>,
    client_name: Option<String>,
}

impl Tls {
    /// Reads files, starts what renews. Must be called within a tokio runtime; reads files, so it blocks for a moment.
    pub(crate) fn start(config: &TlsConfig, stopping: &CancellationToken) -> Result<Self, TlsError> {
        let (resolver, challenge): (Arc<dyn ResolvesServerCert>, _) = match &config.source {
            CertificateSource::Files { certificate, key } => {
                (files::follow(CertificateFiles::read(certificate, key)?, stopping), None)
            }
            CertificateSource::Acme(acme) => {
                let (resolver, challenge) = acme::start(acme, stopping)?;
                (resolver, Some(challenge))
            }
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let setup = |e: String| TlsError::Setup(e);
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|e| setup(e.to_string()))?;
        let builder = match &config.client_ca {
            None => builder.with_no_client_auth(),
            Some(path) => {
                // Consoles show none: who must show one is decided by the path that is asked for.
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities(path)?), provider)
                    .allow_unauthenticated()
                    .build()
                    .map_err(|e| setup(e.to_string()))?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let mut server = builder.with_cert_resolver(resolver);
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        let client_name = config.client_ca.is_some().then(|| config.client_name.clone());
        Ok(Self { config: Arc::new(server), challenge, client_name })
    }

    /// The handshake; `None` if it was an ACME challenge, which is over then.
    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<Option<(TlsStream<TcpStream>, Peer)>> {
        let hello = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream).await?;
        if let Some(challenge) = &self.challenge
            && rustls_acme::is_tls_alpn_challenge(&hello.client_hello())
        {
            let mut stream = hello.into_stream(Arc::clone(challenge)).await?;
            tokio::io::AsyncWriteExt::shutdown(&mut stream).await?;
            return Ok(None);
        }
        let stream = hello.into_stream(Arc::clone(&self.config)).await?;
        let peer = match &self.client_name {
            None => Peer::NotAsked,
            Some(name) => {
                let (_, session) = stream.get_ref();
                // That an authority signed it was checked in the handshake; the name is left to us.
                let leaf = session.peer_certificates().and_then(<[_]>::first);
                if leaf.is_some_and(|leaf| bears_name(leaf, name)) { Peer::Known } else { Peer::Unknown }
            }
        };
        Ok(Some((stream, peer)))
    }
}

/// True if the certificate's common name is this one. Never the leaf itself is pinned: Meta renews it.
fn bears_name(certificate: &CertificateDer<'_>, name: &str) -> bool {
    let Ok((_, certificate)) = x509_parser::parse_x509_certificate(certificate) else { return false };
    certificate.subject().iter_common_name().any(|found| found.as_str().is_ok_and(|found| found == name))
}

/// The authorities in a PEM file.
pub(crate) fn authorities(path: &std::path::Path) -> Result<RootCertStore, TlsError> {
    let file = |reason: String| TlsError::File { path: path.to_owned(), what: "a certificate authority", reason };
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|e| file(files::pem_reason(&e)))? {
        let certificate = certificate.map_err(|e| file(files::pem_reason(&e)))?;
        store.add(certificate).map_err(|e| file(e.to_string()))?;
    }
    if store.is_empty() { Err(file("it holds no certificate".to_owned())) } else { Ok(store) }
}
