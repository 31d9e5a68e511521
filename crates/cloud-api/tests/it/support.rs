//! What several tests need.

use std::path::PathBuf;

use secrecy::SecretString;
use switchboard_cloud_api::messages::{Content, OutgoingMessage};
use switchboard_cloud_api::{Client, ClientSettings};
use switchboard_domain::ids::PhoneNumberId;
use switchboard_domain::phone::PhoneNumber;

pub const TOKEN: &str = "EAAtesttoken";

pub fn client(base: &str) -> Client {
    Client::new(&ClientSettings::loopback(base), SecretString::from(TOKEN)).unwrap()
}

pub fn number() -> PhoneNumberId {
    PhoneNumberId::new("100000000000001")
}

pub fn hello() -> OutgoingMessage {
    OutgoingMessage::to_phone(PhoneNumber::parse_in("+1 416 555 0123", None).unwrap(), Content::text("Hello"))
}

/// A folder of the shared samples, or `None` with a loud line when they are not there.
pub fn samples(folder: &str) -> Option<Vec<(String, String)>> {
    let root = std::env::var_os("SWITCHBOARD_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
    let dir = root.join("cloud-api/samples").join(folder);
    let Ok(entries) = std::fs::read_dir(&dir) else {
        eprintln!("SKIPPED: the sample payloads are not at {}; set SWITCHBOARD_SHARED to run this", dir.display());
        return None;
    };
    let mut files: Vec<_> = entries
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&p).unwrap()))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no samples in {}", dir.display());
    Some(files)
}
