//! A look at the settings and files of HTTPS, without offering it: everything that is not right, not just the first.

use std::path::Path;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;

use super::{AcmeConfig, CertificateFiles, CertificateSource, TlsConfig, authorities};
use crate::config::system_time_ms;
use crate::finding::Finding;

/// A certificate that ends sooner than this is named.
const CERTIFICATE_LEFT: Duration = Duration::from_secs(14 * 24 * 60 * 60);

const CERTIFICATE: &str = "certificate";

/// Looks. `host` is the name that Meta and the consoles use, if it is known.
pub(crate) fn look(config: &TlsConfig, host: Option<&str>) -> Vec<Finding> {
    let mut findings = match &config.source {
        CertificateSource::Files { certificate, key } => files(certificate, key, host),
        CertificateSource::Acme(acme) => by_acme(acme, host),
    };
    if let Some(path) = &config.client_ca {
        findings.extend(authorities(path).err().map(|e| Finding::bad("client certificates", e.to_string())));
    }
    findings
}

fn files(certificate: &Path, key: &Path, host: Option<&str>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = CertificateFiles::problems(certificate, key)
        .into_iter()
        .map(|problem| Finding::bad(CERTIFICATE, problem.to_string()))
        .collect();
    findings.extend(changeable(key));
    if let Ok(files) = CertificateFiles::read(certificate, key)
        && let Some(leaf) = files.leaf()
    {
        findings.push(dates(leaf));
        findings.extend(host.and_then(|host| covers(leaf, host)));
    }
    findings
}

/// That others can read the key is refused; that the group can change it is told.
fn changeable(key: &Path) -> Option<Finding> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(key).ok()?.permissions().mode();
        if mode & 0o020 != 0 {
            let key = key.display();
            let text = format!("the private key {key} can be changed by its group; run: chmod g-w {key}");
            return Some(Finding::attention(CERTIFICATE, text));
        }
    }
    #[cfg(not(unix))]
    let _ = key;
    None
}

fn dates(leaf: &CertificateDer<'_>) -> Finding {
    let Ok((_, leaf)) = x509_parser::parse_x509_certificate(leaf) else {
        return Finding::bad(CERTIFICATE, "the certificate cannot be read; make it anew");
    };
    let now_s = system_time_ms() / 1_000;
    let left_s = leaf.validity().not_after.timestamp().saturating_sub(now_s);
    let days = left_s / 86_400;
    if left_s <= 0 {
        Finding::bad(CERTIFICATE, "it has run out: Meta delivers nothing; renew it")
    } else if leaf.validity().not_before.timestamp() > now_s {
        Finding::bad(CERTIFICATE, "it is not good yet: Meta delivers nothing until then; check the clock, or renew it")
    } else if left_s < i64::try_from(CERTIFICATE_LEFT.as_secs()).unwrap_or(i64::MAX) {
        Finding::attention(CERTIFICATE, format!("it runs out in {days} days; renew it"))
    } else {
        Finding::good(CERTIFICATE, format!("good for {days} days"))
    }
}

/// A certificate for another name is no mistake where something in front speaks for the public one.
fn covers(leaf: &CertificateDer<'_>, host: &str) -> Option<Finding> {
    let name = ServerName::try_from(host.to_owned()).ok()?;
    let leaf = ParsedCertificate::try_from(leaf).ok()?;
    let text = format!(
        "it is not for {host}, the host of public_url: whoever connects there refuses it. Get one for that name, unless \
         a proxy in front has its own"
    );
    rustls::client::verify_server_name(&leaf, &name).is_err().then(|| Finding::attention(CERTIFICATE, text))
}

fn by_acme(acme: &AcmeConfig, host: Option<&str>) -> Vec<Finding> {
    const ABOUT: &str = "certificate by ACME";
    let mut findings = Vec::new();
    for domain in &acme.domains {
        let is_host = ServerName::try_from(domain.as_str()).is_ok_and(|name| matches!(name, ServerName::DnsName(_)));
        if !is_host || !domain.contains('.') {
            let text = format!("{domain:?} is no host name; write it alone, like relay.example.com, without https://");
            findings.push(Finding::bad(ABOUT, text));
        }
    }
    for contact in acme.contact.iter().filter(|contact| !contact.starts_with("mailto:")) {
        let text = format!("the contact {contact:?} does not begin with mailto:; write mailto:you@example.com");
        findings.push(Finding::bad(ABOUT, text));
    }
    if !acme.directory.starts_with("https://") {
        let text = format!("the directory {:?} is no https address; leave it out for Let's Encrypt", acme.directory);
        findings.push(Finding::bad(ABOUT, text));
    }
    if let Some(path) = &acme.directory_ca {
        findings.extend(authorities(path).err().map(|e| Finding::bad(ABOUT, e.to_string())));
    }
    if let Some(host) = host.filter(|host| !acme.domains.iter().any(|domain| domain.eq_ignore_ascii_case(host))) {
        let text = format!(
            "{host}, the host of public_url, is not among tls.acme.domains: the certificate will not be for it; add it"
        );
        findings.push(Finding::attention(ABOUT, text));
    }
    findings
}
