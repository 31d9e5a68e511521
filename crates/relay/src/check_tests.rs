#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
use std::path::PathBuf;

use rcgen::{CertificateParams, KeyPair};
use rstest::rstest;

use super::*;
use crate::finding::Health;
use crate::secret_source::write_private;

const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A folder with the secrets of one desk, and a configuration of `more` with that desk.
struct Site(tempfile::TempDir);

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_private(&folder.path().join("app-secret"), APP_SECRET).unwrap();
        write_private(&folder.path().join("verify-token"), "a verify token").unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn check(&self, more: &str) -> Vec<Finding> {
        let text = format!(
            "data_dir = 'data'\n{more}\n[[desks]]\nid = 'shop'\nverify_token = {{ file = 'verify-token' }}\n\
             app_secret = {{ file = 'app-secret' }}\n"
        );
        let path = self.path("relay.toml");
        check(&path, &ConfigFile::parse(&path, &text).unwrap()).findings
    }

    /// What keeps the relay from running, as text.
    fn bad(&self, more: &str) -> Vec<String> {
        self.check(more).iter().filter(|finding| finding.is_bad()).map(ToString::to_string).collect()
    }

    /// A certificate for that name with its key; none of these files is anybody else's to read.
    fn write_pair(&self, name: &str) -> (String, String) {
        let pair = KeyPair::generate().unwrap();
        let signed = CertificateParams::new(vec!["relay.example.com".to_owned()]).unwrap().self_signed(&pair).unwrap();
        std::fs::write(self.path(&format!("{name}.pem")), signed.pem()).unwrap();
        write_private(&self.path(&format!("{name}.key")), &pair.serialize_pem()).unwrap();
        (format!("{name}.pem"), format!("{name}.key"))
    }
}

fn tls(certificate: &str, key: &str) -> String {
    format!("public_url = 'https://relay.example.com'\n[tls]\ncertificate = '{certificate}'\nkey = '{key}'")
}

#[test]
fn what_is_right_is_told_in_one_line() {
    let site = Site::new();
    let findings = site.check("public_url = 'https://relay.example.com'");
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].to_string().contains("1 desk(s), all secrets found, log in "), "{findings:?}");
    let (certificate, key) = site.write_pair("right");
    assert_eq!(site.bad(&tls(&certificate, &key)), Vec::<String>::new());
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let site = Site::new();
    std::fs::remove_file(site.path("app-secret")).unwrap();
    std::fs::write(site.path("verify-token"), "").unwrap();
    let bad = site.bad(
        "listen = 'nonsense'\npublic_url = 'relay.example.com'\n[limits]\nmax_body_bytes = 9999999\n\
         [log]\nservers = ['http://nats']\nreplicas = 2\nkey = { env = 'SWITCHBOARD_NO_SUCH_VARIABLE' }\n\
         [tls]\ncertificate = 'none.pem'\nkey = 'none.key'",
    );
    for part in [
        "app secret: cannot read the secret file",
        "verify token: the secret from",
        "limits.max_body_bytes",
        "log.servers",
        "log.replicas",
        "log.key",
        "listen: \"nonsense\"",
        "does not begin with https://",
        "none.pem cannot be used as the certificate",
        "none.key cannot be used as the private key",
    ] {
        assert_eq!(bad.iter().filter(|text| text.contains(part)).count(), 1, "{part} in {bad:#?}");
    }
    assert_eq!(bad.len(), 10, "{bad:#?}");
}

#[rstest]
#[case("8085")]
#[case(":8085")]
#[case("127.0.0.1")]
#[case("127.0.0.1:80850")]
#[case("127.0.0.1:http")]
#[case("192.0.2.1:443")]
fn an_address_that_cannot_be_listened_on_is_told(#[case] listen: &str) {
    let bad = Site::new().bad(&format!("listen = '{listen}'"));
    assert!(bad.len() == 1 && bad[0].contains("like 127.0.0.1:8085"), "{bad:?}");
}

#[rstest]
#[case("127.0.0.1:0")]
#[case("0.0.0.0:443")]
#[case("localhost:8085")]
fn an_address_of_this_machine_is_taken(#[case] listen: &str) {
    assert_eq!(Site::new().bad(&format!("listen = '{listen}'")), Vec::<String>::new());
}

#[test]
fn certificate_files_that_do_not_fit_are_told() {
    let site = Site::new();
    let ((certificate, key), (_, other_key)) = (site.write_pair("one"), site.write_pair("other"));
    let mismatch = site.bad(&tls(&certificate, &other_key));
    assert!(mismatch.len() == 1 && mismatch[0].contains("is not the one of the certificate"), "{mismatch:?}");
    let swapped = site.bad(&tls(&key, &certificate));
    assert!(swapped.iter().any(|text| text.contains("it holds no certificate")), "{swapped:?}");
    std::fs::write(site.path("half.pem"), "-----BEGIN CERTIFICATE-----\nMIIB").unwrap();
    let half = site.bad(&tls("half.pem", &key));
    assert!(half.len() == 1 && half[0].contains("half.pem cannot be used as the certificate"), "{half:?}");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_read_is_bad_and_one_that_the_group_changes_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::new();
    let (certificate, key) = site.write_pair("one");
    let with_mode = |mode| {
        std::fs::set_permissions(site.path(&key), std::fs::Permissions::from_mode(mode)).unwrap();
        site.check(&tls(&certificate, &key))
    };
    assert!(with_mode(0o644).iter().any(|finding| finding.is_bad() && finding.text.contains("chmod 600")));
    let shared = with_mode(0o660);
    assert!(!shared.iter().any(Finding::is_bad), "{shared:?}");
    assert!(shared.iter().any(|finding| finding.text.contains("chmod g-w")), "{shared:?}");
    assert!(with_mode(0o640).iter().all(|finding| finding.health == Health::Good), "as certbot's groups have it");
}

#[test]
fn a_certificate_for_another_name_is_pointed_out() {
    let site = Site::new();
    let (certificate, key) = site.write_pair("one");
    let elsewhere = tls(&certificate, &key).replace("https://relay.", "https://shop.");
    let findings = site.check(&elsewhere);
    assert!(findings.iter().any(|finding| finding.text.contains("not for shop.example.com")), "{findings:?}");
}

#[test]
fn what_acme_cannot_use_is_told() {
    let bad = Site::new().bad(
        "[tls.acme]\ndomains = ['https://relay.example.com', 'relay.example.com']\ncontact = ['you@example.com']\n\
         directory = 'http://acme.example'",
    );
    assert_eq!(bad.len(), 3, "{bad:?}");
    assert!(bad[0].contains("without https://") && bad[1].contains("mailto:"), "{bad:?}");
}

#[test]
fn an_app_secret_that_cannot_be_metas_is_pointed_out_and_never_shown() {
    let site = Site::new();
    std::fs::remove_file(site.path("app-secret")).unwrap();
    write_private(&site.path("app-secret"), "EAAB-a-token-by-mistake").unwrap();
    let findings = site.check("public_url = 'https://relay.example.com'");
    let told: Vec<_> = findings.iter().filter(|finding| finding.health == Health::Attention).collect();
    assert!(told.len() == 1 && told[0].to_string().contains("app secret of shop: it is not like Meta's"), "{told:?}");
    assert!(!format!("{findings:?}").contains("by-mistake"));
}

#[test]
fn no_public_address_and_one_of_this_machine_are_pointed_out() {
    let site = Site::new();
    for (more, told) in [("", "public_url is not set"), ("public_url = 'http://127.0.0.1:8085'", "this machine only")] {
        let findings = site.check(more);
        assert!(findings.iter().any(|f| f.health == Health::Attention && f.text.contains(told)), "{findings:?}");
        assert!(!findings.iter().any(Finding::is_bad), "{findings:?}");
    }
}
