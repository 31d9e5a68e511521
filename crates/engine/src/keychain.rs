//! Reaching the OS keychain, again if it has to be.
//!
//! On Linux the keychain is a service of the session: it may start after us, or end and come back. The connection that
//! was made at the first call would stay broken for the rest of our life, and "unlock the keychain and try again" would
//! be bad advice. So a call that does not get through is made once more over a new connection.

use keyring_core::{Entry, Error, Result};

/// Makes a call on one entry.
///
/// # Errors
/// What the keychain answers, or that there is none.
pub(crate) fn call<T>(service: &str, user: &str, ask: impl Fn(&Entry) -> Result<T>) -> Result<T> {
    let attempt = || {
        // The first use of the default store makes it.
        if keyring_core::get_default_store().is_none() && keyring::Entry::store_status().is_err() {
            return Err(Error::NoDefaultStore);
        }
        ask(&Entry::new(service, user)?)
    };
    match attempt() {
        Err(error) if lost(&error) && reconnect() => attempt(),
        answered => answered,
    }
}

/// Whether the service was not reached at all. One that is locked was, and asking it twice would ask the operator twice.
fn lost(error: &Error) -> bool {
    matches!(error, Error::NoDefaultStore | Error::PlatformFailure(_))
}

#[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
fn reconnect() -> bool {
    match zbus_secret_service_keyring_store::Store::new() {
        Ok(store) => {
            keyring_core::set_default_store(store);
            true
        }
        Err(error) => {
            tracing::warn!(%error, "no keychain service");
            false
        }
    }
}

#[cfg(not(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android")))))]
fn reconnect() -> bool {
    false
}
