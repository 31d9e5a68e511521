//! HTTPS by the relay itself, Meta's client certificate, and peers that are slow or many.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::path::Path;
use std::time::Duration;

use common::*;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use switchboard_relay::tls::{CertificateSource, META_CLIENT_NAME, TlsConfig};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// An authority and what it signs.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// Certificate and key in PEM.
    fn sign(&self, hosts: &[&str], common_name: &str) -> (String, String) {
        let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
        let mut params = CertificateParams::new(hosts).unwrap();
        params.distinguished_name.push(DnType::CommonName, common_name);
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }
}

fn private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

/// A relay with a certificate of its own, and what a client needs to trust it.
struct Https {
    bench: Bench,
    authority: Authority,
    _files: TempDir,
}

impl Https {
    async fn start(client_ca: Option<&Authority>) -> Self {
        let (authority, files) = (Authority::new("a test authority"), tempfile::tempdir().unwrap());
        let at = |name: &str| files.path().join(name);
        let (certificate, key) = authority.sign(&["localhost", "127.0.0.1"], "relay");
        private(&at("cert.pem"), &certificate);
        private(&at("key.pem"), &key);
        if let Some(client_ca) = client_ca {
            private(&at("client-ca.pem"), &client_ca.pem);
        }
        let tls = TlsConfig {
            source: CertificateSource::Files { certificate: at("cert.pem"), key: at("key.pem") },
            client_ca: client_ca.map(|_| at("client-ca.pem")),
            client_name: META_CLIENT_NAME.to_owned(),
        };
        let bench = Bench::start_unpaired(|config| config.tls = Some(tls)).await;
        Self { bench, authority, _files: files }
    }

    fn client(&self, identity: Option<(String, String)>) -> reqwest::Client {
        let root = reqwest::Certificate::from_pem(self.authority.pem.as_bytes()).unwrap();
        let mut builder = reqwest::Client::builder().no_proxy().tls_certs_only([root]);
        if let Some((certificate, key)) = identity {
            builder = builder.identity(reqwest::Identity::from_pem(format!("{certificate}{key}").as_bytes()).unwrap());
        }
        builder.build().unwrap()
    }

    /// A signed event of a foreign kind: no console is needed to answer it.
    async fn post(&self, http: &reqwest::Client) -> Result<u16, reqwest::Error> {
        let body = r#"{"object":"page","entry":[]}"#;
        let request = http.post(self.bench.relay.callback_url(DESK)).header("content-type", "application/json");
        let request = request.header("X-Hub-Signature-256", sign(APP_SECRET, body.as_bytes())).body(body);
        request.send().await.map(|answer| answer.status().as_u16())
    }
}

#[tokio::test]
async fn it_speaks_https_with_certificate_files() {
    let https = Https::start(None).await;
    assert!(https.bench.relay.url().starts_with("https://"));
    assert_eq!(https.post(&https.client(None)).await.unwrap(), 200);
    let plain = https.bench.relay.url().replace("https://", "http://");
    assert!(http().get(format!("{plain}/healthz")).send().await.is_err(), "and nothing else on that port");
}

#[tokio::test]
async fn with_a_pinned_authority_only_metas_own_certificate_may_post() {
    let (meta, other) = (Authority::new("the pinned authority"), Authority::new("another authority"));
    let https = Https::start(Some(&meta)).await;
    let with = |identity| https.client(Some(identity));
    assert_eq!(https.post(&with(meta.sign(&[], META_CLIENT_NAME))).await.unwrap(), 200);
    assert_eq!(https.post(&with(meta.sign(&[], "client.example.com"))).await.unwrap(), 403);
    assert_eq!(https.post(&https.client(None)).await.unwrap(), 403);
    assert!(https.post(&with(other.sign(&[], META_CLIENT_NAME))).await.is_err(), "the handshake fails");
    let health = format!("{}/healthz", https.bench.relay.url());
    let answer = https.client(None).get(health).send().await.unwrap();
    assert_eq!(answer.status(), 200, "consoles show no certificate");
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_keeps_it_from_starting() {
    let files = tempfile::tempdir().unwrap();
    let (certificate, key) = (files.path().join("cert.pem"), files.path().join("key.pem"));
    private(&certificate, "this is no certificate");
    private(&key, "and this is no key");
    let mut config = config(files.path().join("data"));
    let source = CertificateSource::Files { certificate, key };
    config.tls = Some(TlsConfig { source, client_ca: None, client_name: META_CLIENT_NAME.to_owned() });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refused = switchboard_relay::start(listener, config).await.err().unwrap();
    assert!(refused.to_string().contains("cert.pem"), "{refused}");
}

async fn hung_up(socket: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    // Longer than any limit of these tests; what is waited for is the end, not the time.
    timeout(Duration::from_secs(20), socket.read_to_end(&mut rest)).await.is_ok()
}

#[tokio::test]
async fn peers_that_send_nothing_or_their_header_byte_by_byte_are_let_go() {
    let bench = Bench::start_with(|config| config.limits.header_timeout = Duration::from_millis(200)).await;
    let connect = || TcpStream::connect(bench.relay.addr());
    let (mut silent, mut slow) = (connect().await.unwrap(), connect().await.unwrap());
    slow.write_all(b"POST /hooks/shop HT").await.unwrap();
    assert!(hung_up(&mut silent).await && hung_up(&mut slow).await);
    assert_eq!(bench.post(event(1)).await, 200);
}

#[tokio::test]
async fn idle_connections_beyond_the_limit_are_hung_up_on_and_the_others_served() {
    let bench = Bench::start_with(|config| config.limits.max_connections = 200).await;
    let mut idle = Vec::new();
    for _ in 0..150 {
        idle.push(TcpStream::connect(bench.relay.addr()).await.unwrap());
    }
    assert_eq!(bench.post(event(1)).await, 200);
    let mut beyond = Vec::new();
    for _ in 0..100 {
        beyond.push(TcpStream::connect(bench.relay.addr()).await.unwrap());
    }
    assert!(hung_up(beyond.last_mut().unwrap()).await);
    drop(idle);
    drop(beyond);
    let served = async {
        loop {
            let sent = bench.http.get(format!("{}/healthz", bench.relay.url())).send().await;
            if sent.is_ok_and(|answer| answer.status() == 200) {
                break;
            }
        }
    };
    timeout(Duration::from_secs(20), served).await.expect("room again");
}

#[tokio::test]
async fn many_wrong_signatures_are_turned_away_and_right_ones_never() {
    let bench = Bench::start_with(|config| config.limits.bad_signatures_per_second = 1).await;
    let mut answers = Vec::new();
    for number in 0..20 {
        answers.push(bench.post_signed(event(number), "sha256=00").await);
    }
    assert_eq!(
        answers.iter().filter(|&&status| status == 401).count() + answers.iter().filter(|&&s| s == 429).count(),
        20
    );
    assert_eq!((answers[0], answers[19]), (401, 429));
    assert_eq!(bench.post(event(1)).await, 200);
    assert_eq!(bench.metric("switchboard_relay_bad_signatures_total{").await, 20, "every one is counted");
    assert!(bench.metric("switchboard_relay_turned_away_total{").await > 0);
}
