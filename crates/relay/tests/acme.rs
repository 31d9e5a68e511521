//! A certificate by ACME, against a real ACME server (pebble) on the loopback. Says so loudly where pebble is missing.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use common::*;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use switchboard_relay::RunningRelay;
use switchboard_relay::tls::{AcmeConfig, CertificateSource, META_CLIENT_NAME, TlsConfig};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A port that was free a moment ago.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts pebble, which validates at `relay_port` and gives certificates for so many seconds; its directory's address.
fn pebble(folder: &Path, relay_port: u16, valid_s: u64) -> Option<(Child, String)> {
    let (port, management) = (free_port(), free_port());
    let authority_key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    std::fs::write(folder.join("ca.pem"), params.self_signed(&authority_key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(params, authority_key);
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap().pem();
    std::fs::write(folder.join("cert.pem"), certificate).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    let config = serde_json::json!({"pebble": {
        "listenAddress": format!("127.0.0.1:{port}"),
        "managementListenAddress": format!("127.0.0.1:{management}"),
        "certificate": folder.join("cert.pem"),
        "privateKey": folder.join("key.pem"),
        "httpPort": 1,
        "tlsPort": relay_port,
        "ocspResponderURL": "",
        "externalAccountBindingRequired": false,
        "certificateValidityPeriod": valid_s
    }});
    std::fs::write(folder.join("pebble.json"), config.to_string()).unwrap();
    let started = Command::new("pebble")
        .arg("-config")
        .arg(folder.join("pebble.json"))
        .env("PEBBLE_VA_NOSLEEP", "1")
        .env("PEBBLE_WFE_NONCEREJECT", "0")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    started.ok().map(|child| (child, format!("https://localhost:{port}/dir")))
}

/// A relay that gets its certificate from a pebble of its own. None where pebble is missing.
struct Certified {
    folder: TempDir,
    relay: RunningRelay,
    url: String,
    _pebble: Child,
}

impl Certified {
    async fn start(valid_s: u64) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let relay_port = free_port();
        let Some((_pebble, directory)) = pebble(folder.path(), relay_port, valid_s) else {
            println!("SKIPPED: pebble is not installed (apt install pebble)");
            return None;
        };
        let acme = AcmeConfig {
            domains: vec!["localhost".to_owned()],
            contact: vec!["mailto:operator@example.com".to_owned()],
            directory,
            cache_dir: folder.path().join("acme"),
            directory_ca: Some(folder.path().join("ca.pem")),
        };
        let mut config = config(folder.path().join("data"));
        config.tls = Some(TlsConfig {
            source: CertificateSource::Acme(acme),
            client_ca: None,
            client_name: META_CLIENT_NAME.to_owned(),
        });
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", relay_port)).await.unwrap();
        let relay = switchboard_relay::start(listener, config).await.unwrap();
        Some(Self { folder, relay, url: format!("https://localhost:{relay_port}/healthz"), _pebble })
    }

    /// The certificate that the relay shows, once it has one that is not `before`.
    async fn certificate_after(&self, before: &[u8]) -> Vec<u8> {
        let answered = async {
            loop {
                // Pebble's own root is made anew at its start, so it cannot be trusted by name. A client that was here before
                // would resume its session and see the certificate of then.
                let http = reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true);
                let http = http.tls_info(true).build().unwrap();
                if let Ok(answer) = http.get(&self.url).send().await {
                    assert_eq!(answer.status(), 200);
                    let shown = answer.extensions().get::<reqwest::tls::TlsInfo>().unwrap().peer_certificate().unwrap();
                    if shown != before {
                        return shown.to_vec();
                    }
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(Duration::from_secs(60), answered).await.expect("a certificate within a minute")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relay_gets_its_certificate_by_itself() {
    let Some(certified) = Certified::start(3_600).await else { return };
    certified.certificate_after(&[]).await;
    let cache_dir = certified.folder.path().join("acme");
    let mode = std::fs::metadata(&cache_dir).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o700);
    assert!(std::fs::read_dir(&cache_dir).unwrap().count() >= 2, "account and certificate are kept for the next start");
    certified.relay.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relay_renews_its_certificate_by_itself() {
    // Renewed after two thirds of its time, while the old one still is good.
    const VALID_S: u64 = 15;
    let Some(certified) = Certified::start(VALID_S).await else { return };
    let first = certified.certificate_after(&[]).await;
    let second = certified.certificate_after(&first).await;
    let valid = |der: &[u8]| {
        let validity = x509_parser::parse_x509_certificate(der).unwrap().1.validity().clone();
        (validity.not_before.timestamp(), validity.not_after.timestamp())
    };
    assert!(valid(&second).0 < valid(&first).1, "no moment without a certificate that is good");
    assert!(valid(&second).1 > valid(&first).1);
    certified.relay.stop().await.unwrap();
}
