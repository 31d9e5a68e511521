//! Certificate files, read again when somebody renewed them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_util::sync::CancellationToken;

use super::TlsError;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// A certificate with its key, and which files it came from.
pub(crate) struct CertificateFiles {
    certificate: PathBuf,
    key: PathBuf,
    changed_at: Option<SystemTime>,
    certified: Arc<CertifiedKey>,
}

impl CertificateFiles {
    /// Reads and checks both files.
    pub(crate) fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let changed_at = changed_at(certificate, key);
        let certified = certified(certificate, key, chain(certificate)?, private_key(key)?)?;
        let (certificate, key) = (certificate.to_owned(), key.to_owned());
        Ok(Self { certificate, key, changed_at, certified: Arc::new(certified) })
    }

    /// Everything that is wrong with the two files; nothing if [`read`](Self::read) reads them.
    pub(crate) fn problems(certificate: &Path, key: &Path) -> Vec<TlsError> {
        match (chain(certificate), private_key(key)) {
            (Ok(chain), Ok(private)) => certified(certificate, key, chain, private).err().into_iter().collect(),
            (chain, private) => chain.err().into_iter().chain(private.err()).collect(),
        }
    }

    /// The leaf, for whoever wants to see its dates.
    pub(crate) fn leaf(&self) -> Option<&CertificateDer<'static>> {
        self.certified.cert.first()
    }
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |reason: String| TlsError::File { path: path.to_owned(), what: "the certificate", reason };
    let chain = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| wrong(pem_reason(&e)))?;
    if chain.is_empty() { Err(wrong("it holds no certificate".to_owned())) } else { Ok(chain) }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    refuse_exposed(path)?;
    PrivateKeyDer::from_pem_file(path).map_err(|e| TlsError::File {
        path: path.to_owned(),
        what: "the private key",
        reason: pem_reason(&e),
    })
}

/// Certificate and key together.
fn certified(
    certificate: &Path,
    key: &Path,
    chain: Vec<CertificateDer<'static>>,
    private: PrivateKeyDer<'static>,
) -> Result<CertifiedKey, TlsError> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    CertifiedKey::from_der(chain, private, &provider).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            TlsError::Mismatch { certificate: certificate.to_owned(), key: key.to_owned() }
        }
        rustls::Error::InvalidCertificate(_) => {
            TlsError::File { path: certificate.to_owned(), what: "the certificate", reason: error.to_string() }
        }
        other => TlsError::File { path: key.to_owned(), what: "the private key", reason: other.to_string() },
    })
}

/// What is wrong with a PEM file, in a person's words.
pub(super) fn pem_reason(error: &rustls::pki_types::pem::Error) -> String {
    use rustls::pki_types::pem::Error;
    match error {
        Error::Io(error) => error.to_string(),
        Error::NoItemsFound => "it holds none".to_owned(),
        other => other.to_string(),
    }
}

/// Gives out the newest certificate that could be read.
#[derive(Debug)]
pub(super) struct Newest(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Newest {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Follows the files until the relay stops. A renewal that cannot be read is told and the old certificate stays.
pub(super) fn follow(mut files: CertificateFiles, stopping: &CancellationToken) -> Arc<Newest> {
    let newest = Arc::new(Newest(RwLock::new(Arc::clone(&files.certified))));
    let (resolver, stopping) = (Arc::clone(&newest), stopping.clone());
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            if changed_at(&files.certificate, &files.key) == files.changed_at {
                continue;
            }
            match CertificateFiles::read(&files.certificate, &files.key) {
                Ok(renewed) => {
                    *newest.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&renewed.certified);
                    tracing::info!("the renewed certificate is in use");
                    files = renewed;
                }
                Err(error) => tracing::error!(%error, "the changed certificate cannot be used; the old one stays"),
            }
        }
    });
    resolver
}

/// The later of both files' times.
fn changed_at(certificate: &Path, key: &Path) -> Option<SystemTime> {
    let time = |path: &Path| std::fs::metadata(path).and_then(|found| found.modified()).ok();
    time(certificate).max(time(key))
}

fn refuse_exposed(key: &Path) -> Result<(), TlsError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Group may read: certbot and the like hand keys to a service by its group.
        if std::fs::metadata(key).is_ok_and(|found| found.permissions().mode() & 0o007 != 0) {
            return Err(TlsError::Exposed(key.to_owned()));
        }
    }
    #[cfg(not(unix))]
    let _ = key;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    fn write_pair(folder: &Path) -> (PathBuf, PathBuf) {
        let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        let pair = KeyPair::generate().unwrap();
        let signed = CertificateParams::new(vec!["relay.example.com".to_owned()]).unwrap().self_signed(&pair).unwrap();
        std::fs::write(&certificate, signed.pem()).unwrap();
        std::fs::write(&key, pair.serialize_pem()).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
        (certificate, key)
    }

    #[tokio::test(start_paused = true)]
    async fn a_renewed_certificate_is_used_and_a_broken_renewal_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = write_pair(folder.path());
        let stopping = CancellationToken::new();
        let newest = follow(CertificateFiles::read(&certificate, &key).unwrap(), &stopping);
        let leaf = || newest.0.read().unwrap().cert.first().unwrap().to_vec();
        let first = leaf();
        write_pair(folder.path());
        let later = SystemTime::now() + Duration::from_secs(5);
        std::fs::File::options().append(true).open(&certificate).unwrap().set_modified(later).unwrap();
        tokio::time::sleep(LOOK_EVERY * 2).await;
        let second = leaf();
        assert_ne!(first, second);
        std::fs::write(&certificate, "half a file").unwrap();
        tokio::time::sleep(LOOK_EVERY * 2).await;
        assert_eq!(leaf(), second, "the old one stays");
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_everybody_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = write_pair(folder.path());
        std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        assert!(matches!(CertificateFiles::read(&certificate, &key), Err(TlsError::Exposed(_))));
    }
}
