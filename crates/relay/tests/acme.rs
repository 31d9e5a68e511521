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
use switchboard_relay::tls::{AcmeConfig, CertificateSource, META_CLIENT_NAME, TlsConfig};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A port that was free a moment ago.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts pebble, which validates at `relay_port`; its directory's address.
fn pebble(folder: &Path, relay_port: u16) -> Option<(Child, String)> {
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
        "externalAccountBindingRequired": false
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

#[tokio::test(flavor = "multi_thread")]
async fn the_relay_gets_its_certificate_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let relay_port = free_port();
    let Some((_pebble, directory)) = pebble(folder.path(), relay_port) else {
        println!("SKIPPED: pebble is not installed (apt install pebble)");
        return;
    };
    let cache_dir = folder.path().join("acme");
    let acme = AcmeConfig {
        domains: vec!["localhost".to_owned()],
        contact: vec!["mailto:operator@example.com".to_owned()],
        directory,
        cache_dir: cache_dir.clone(),
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
    // Pebble's own root is made anew at its start; that the relay's certificate is the issued one is seen by its answer.
    let http = reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true).build().unwrap();
    let url = format!("https://localhost:{relay_port}/healthz");
    let answered = async {
        while !http.get(&url).send().await.is_ok_and(|answer| answer.status() == 200) {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(60), answered).await.expect("a certificate within a minute");
    let mode = std::fs::metadata(&cache_dir).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o700);
    assert!(std::fs::read_dir(&cache_dir).unwrap().count() >= 2, "account and certificate are kept for the next start");
    relay.stop().await.unwrap();
}
