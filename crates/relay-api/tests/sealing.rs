//! Sealing as `docs/relay-format.md` writes it down: test vectors, and that nothing opens where it should not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use proptest::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use switchboard_relay_api::payload::encode_webhook;
use switchboard_relay_api::sealing::comparison_words;
use switchboard_relay_api::{DeviceKey, EntryKind, EpochKey, EpochSecret, SealError};
use zeroize::Zeroizing;

const DESK: &str = "shop";
const DEVICE: &str = "console-1";
const EPOCH: u64 = 7;

fn device() -> DeviceKey {
    DeviceKey::from_secret(&SecretString::from("01".repeat(32))).unwrap()
}

fn epoch_secret() -> EpochSecret {
    EpochSecret::from_bytes(EPOCH, Zeroizing::new([2; 32]))
}

/// The vectors stand in the document as they stand here.
fn documented(name: &str) -> Vec<u8> {
    let crate_dir = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let text = std::fs::read_to_string(format!("{crate_dir}/../../docs/relay-format.md")).unwrap();
    let line = text.lines().find(|line| line.starts_with(&format!("    {name} ="))).unwrap_or_else(|| panic!("{name}"));
    hex::decode(line.split_once('=').unwrap().1.trim()).unwrap()
}

#[test]
fn the_entry_vector_holds() {
    let mut payload = encode_webhook(br#"{"object":"whatsapp_business_account"}"#, "sha256=00");
    assert_eq!(payload, documented("payload"));
    let nonce = <[u8; 24]>::try_from(documented("nonce")).unwrap();
    epoch_secret().seal_with(DESK, EntryKind::Webhook, &mut payload, &nonce).unwrap();
    assert_eq!(hex::encode(&payload), hex::encode(documented("sealed")));
    epoch_secret().open(DESK, EntryKind::Webhook, &nonce, &mut payload).unwrap();
    assert_eq!(payload, documented("payload"));
}

#[test]
fn the_wrapping_vector_holds() {
    assert_eq!(device().public().as_bytes().to_vec(), documented("public_key"));
    let key = EpochKey { epoch: EPOCH, wrapped: documented("wrapped") };
    let secret = device().unwrap_epoch(DESK, DEVICE, &key).unwrap();
    let mut sealed = documented("sealed");
    secret.open(DESK, EntryKind::Webhook, &documented("nonce"), &mut sealed).unwrap();
    assert_eq!(sealed, documented("payload"));
}

#[test]
fn a_wrapped_key_opens_for_its_device_desk_and_epoch_alone() {
    let key = device().public().wrap_epoch(DESK, DEVICE, &epoch_secret()).unwrap();
    assert!(device().unwrap_epoch(DESK, DEVICE, &key).is_ok());
    let other = DeviceKey::generate().unwrap();
    let broken = [
        other.unwrap_epoch(DESK, DEVICE, &key),
        device().unwrap_epoch("other", DEVICE, &key),
        device().unwrap_epoch(DESK, "console-2", &key),
        device().unwrap_epoch(DESK, DEVICE, &EpochKey { epoch: 8, ..key.clone() }),
    ];
    for opened in broken {
        assert_eq!(opened.err(), Some(SealError::Broken));
    }
}

#[test]
fn an_entry_opens_in_its_desk_epoch_and_kind_alone() {
    let mut sealed = b"contents".to_vec();
    let nonce = epoch_secret().seal(DESK, EntryKind::Note, &mut sealed).unwrap();
    let open = |secret: &EpochSecret, desk, kind, nonce: &[u8]| secret.open(desk, kind, nonce, &mut sealed.clone());
    assert_eq!(open(&epoch_secret(), DESK, EntryKind::Note, &nonce), Ok(()));
    assert!(open(&epoch_secret(), "other", EntryKind::Note, &nonce).is_err());
    assert!(open(&epoch_secret(), DESK, EntryKind::Webhook, &nonce).is_err());
    assert!(open(&epoch_secret(), DESK, EntryKind::Note, &[0; 24]).is_err());
    assert!(open(&epoch_secret(), DESK, EntryKind::Note, &nonce[..23]).is_err());
    let later = EpochSecret::from_bytes(EPOCH + 1, Zeroizing::new([2; 32]));
    assert!(open(&later, DESK, EntryKind::Note, &nonce).is_err());
}

#[test]
fn the_same_text_is_sealed_differently_every_time() {
    let (mut one, mut two) = (b"contents".to_vec(), b"contents".to_vec());
    let nonces = [&mut one, &mut two].map(|text| epoch_secret().seal(DESK, EntryKind::Note, text).unwrap());
    assert!(nonces[0] != nonces[1] && one != two);
}

#[test]
fn a_device_key_survives_the_keychain_and_shows_itself_nowhere() {
    let key = DeviceKey::generate().unwrap();
    let kept = key.to_secret();
    assert_eq!(DeviceKey::from_secret(&kept).unwrap().public(), key.public());
    assert!(!format!("{key:?} {:?}", epoch_secret()).contains(kept.expose_secret()));
    assert!(DeviceKey::from_secret(&SecretString::from("zz")).is_err());
    assert_eq!(comparison_words(DESK, &key.public()).split(' ').count(), 6);
}

proptest! {
    #[test]
    fn one_changed_bit_is_noticed(payload in prop::collection::vec(any::<u8>(), 0..300), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut sealed = payload;
        let nonce = epoch_secret().seal(DESK, EntryKind::Webhook, &mut sealed).unwrap();
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        let before = sealed.clone();
        prop_assert!(epoch_secret().open(DESK, EntryKind::Webhook, &nonce, &mut sealed).is_err());
        prop_assert_eq!(sealed, before, "what does not open is left as it was");
    }

    #[test]
    fn whatever_came_as_a_wrapped_key_never_panics(wrapped in prop::collection::vec(any::<u8>(), 0..120)) {
        let key = EpochKey { epoch: EPOCH, wrapped };
        prop_assert!(device().unwrap_epoch(DESK, DEVICE, &key).is_err());
    }
}

/// Prints the vectors of the document.
#[test]
#[ignore = "prints what docs/relay-format.md holds"]
fn print_vectors() {
    let mut payload = encode_webhook(br#"{"object":"whatsapp_business_account"}"#, "sha256=00");
    println!("    public_key = {}", device().public().to_hex());
    println!(
        "    wrapped = {}",
        hex::encode(device().public().wrap_epoch(DESK, DEVICE, &epoch_secret()).unwrap().wrapped)
    );
    println!("    nonce = {}", "03".repeat(24));
    println!("    payload = {}", hex::encode(&payload));
    epoch_secret().seal_with(DESK, EntryKind::Webhook, &mut payload, &[3; 24]).unwrap();
    println!("    sealed = {}", hex::encode(&payload));
}
