//! Any header against a body: never a panic, and nothing but the right signature fits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use secrecy::SecretString;
use switchboard_cloud_api::webhooks::signature;

fuzz_target!(|data: &[u8]| {
    let header = String::from_utf8_lossy(data);
    let secret = SecretString::from("fuzz_secret");
    let fits = signature::verify(b"{}", Some(&header), std::slice::from_ref(&secret)).is_ok();
    let right = signature::parse(&signature::sign(b"{}", &secret));
    assert_eq!(fits, signature::parse(&header).is_ok_and(|given| Ok(given) == right));
});
