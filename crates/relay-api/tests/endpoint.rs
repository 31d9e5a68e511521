//! What a relay's address may be.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use secrecy::SecretString;
use switchboard_relay_api::endpoint::{is_name, is_new_name};
use switchboard_relay_api::{DeviceKey, EndpointError, RelayAddress, RelayEndpoint};

fn endpoint(url: &str) -> Result<RelayEndpoint, EndpointError> {
    let address = RelayAddress::new(url, "shop")?;
    RelayEndpoint::new(address, "front-desk", SecretString::from("the token"), DeviceKey::generate().unwrap())
}

#[test]
fn every_way_to_write_an_encrypted_address_leads_to_the_log() {
    for (url, expected) in [
        ("https://relay.example.com", "wss://relay.example.com/v1/desks/shop/log"),
        ("wss://relay.example.com:8443/", "wss://relay.example.com:8443/v1/desks/shop/log"),
        (" https://example.com/relay/ ", "wss://example.com/relay/v1/desks/shop/log"),
        ("http://127.0.0.1:8085", "ws://127.0.0.1:8085/v1/desks/shop/log"),
        ("ws://[::1]:8085", "ws://[::1]:8085/v1/desks/shop/log"),
        ("http://LOCALHOST:8085", "ws://localhost:8085/v1/desks/shop/log"),
    ] {
        assert_eq!(endpoint(url).unwrap().address().log_url().as_str(), expected);
    }
}

#[test]
fn a_token_never_goes_out_unencrypted_to_another_machine() {
    for url in ["http://relay.example.com", "ws://192.168.1.5:8085", "http://localhost.example.com", "ws://128.0.0.1"] {
        assert!(matches!(endpoint(url), Err(EndpointError::Unencrypted(_))), "{url}");
    }
}

#[test]
fn what_is_no_relay_address_is_refused_with_a_sentence() {
    assert!(matches!(endpoint("relay.example.com"), Err(EndpointError::Malformed(_))));
    assert!(matches!(endpoint("ftp://relay.example.com"), Err(EndpointError::Scheme(_))));
    assert!(matches!(endpoint("https://user:word@relay.example.com"), Err(EndpointError::Decorated)));
    assert!(matches!(endpoint("https://relay.example.com/?token=1"), Err(EndpointError::Decorated)));
}

#[test]
fn names_cannot_lead_elsewhere() {
    for name in ["", "..", ".hidden", "a/b", "a b", "ä", &"x".repeat(65)] {
        assert!(matches!(RelayAddress::new("https://relay.example.com", name), Err(EndpointError::Name(_))), "{name}");
        let address = RelayAddress::new("https://relay.example.com", "shop").unwrap();
        let made = RelayEndpoint::new(address, name, SecretString::from("t"), DeviceKey::generate().unwrap());
        assert!(matches!(made, Err(EndpointError::Name(_))), "{name}");
    }
}

#[test]
fn debug_output_shows_no_token() {
    assert!(!format!("{:?}", endpoint("https://relay.example.com").unwrap()).contains("the token"));
}

#[test]
fn a_new_name_begins_and_ends_with_a_letter_or_digit() {
    for name in ["shop", "7", "shop-2", "a.b_c-d"] {
        assert!(is_name(name) && is_new_name(name), "{name}");
    }
    for name in ["-x", "x-", "_x", "x_", "x.", "--", "-"] {
        assert!(is_name(name) && !is_new_name(name), "{name} may be there, and is given to nobody");
    }
}
