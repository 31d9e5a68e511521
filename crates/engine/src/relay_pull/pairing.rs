//! Pairing with a relay, and the desk's other consoles.
//!
//! The link is confirmed by a person before anything is sent to the address in it, and a paired profile is never
//! paired over: leaving comes first. This console's private key is made here and goes to the keychain; the relay is
//! told the public half.

use std::time::Duration;

use secrecy::SecretString;
use switchboard_bridge::dto::{
    ById, RelayApprove, RelayDevice, RelayDeviceState, RelayDevices, RelayNewLink, RelayPairing, RelayRename,
    RelayStatus,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::ids::{DeskId, DeviceId, RelaySeq};
use switchboard_relay_api::pairing::{DeskClient, DeviceState, PairAnswer};
use switchboard_relay_api::sealing::comparison_words;
use switchboard_relay_api::{Device, DeviceKey, PairError, PairingLink, RelayAddress, RelayEndpoint, RelayState};
use switchboard_store::Priority;
use switchboard_store::tables::relay::{self, NewPairing, RelayRow};

use super::status;
use crate::secrets::SecretName;
use crate::{Console, EngineError};

/// How long a question may take that only makes a status newer.
const ASK_WITHIN: Duration = Duration::from_secs(5);

/// What the link leads to. Nothing is sent.
///
/// # Errors
/// `InvalidInput` for what is no link or an unsafe one.
pub async fn inspect(console: &Console, link: &str) -> Result<RelayPairing, UiError> {
    let link = read_link(link)?;
    Ok(RelayPairing {
        url: link.address().base().to_owned(),
        desk: link.address().desk().to_owned(),
        fingerprint: link.fingerprint().to_owned(),
        is_paired: row(console).await?.is_some(),
    })
}

/// Pairs this profile: the caller has shown [`inspect`]'s answer and somebody confirmed it.
///
/// # Errors
/// `WrongState` for a profile that is paired; `InvalidInput`, `Relay`, `Keychain`.
pub async fn pair(console: &Console, link: &str, name: &str) -> Result<RelayStatus, UiError> {
    let link = read_link(link)?;
    if let Some(row) = row(console).await? {
        return Err(UiError::new(
            UiErrorCode::WrongState,
            format!("This profile is paired with the relay at {} already.", row.url),
            "Leave that relay first (Settings > Relay, or `relay leave`), or open another profile.",
        ));
    }
    let key = DeviceKey::generate().map_err(|e| UiError::internal(&e.to_string()))?;
    // Kept before the relay knows it: a key that the relay seals for must not be lost.
    console.secrets().put(SecretName::RelayDeviceKey, key.to_secret()).await.map_err(EngineError::Secret)?;
    let client = DeskClient::new(link.address()).map_err(|e| trouble(&e))?;
    let answer = client.pair(&link, name.trim(), &key).await.map_err(|e| trouble(&e))?;
    let PairAnswer { device, token, log_id, cursor, state } = answer;
    console
        .secrets()
        .put(SecretName::RelayDeviceToken, SecretString::from(token))
        .await
        .map_err(EngineError::Secret)?;
    let (url, desk) = (link.address().base().to_owned(), DeskId::new(link.address().desk()));
    let (device, name) = (DeviceId::new(device), name.trim().to_owned());
    // Known at once, whether or not anything runs that would hear it over a link.
    let waits = (state == DeviceState::Pending).then(|| status::waiting(console.clock().now()));
    console
        .store()
        .write(Priority::Claim, move |tx| {
            let new = NewPairing {
                url: &url,
                desk: &desk,
                device: &device,
                log_id: &log_id,
                device_name: &name,
                cursor: RelaySeq(cursor.get()),
            };
            relay::pair(tx, &new)?;
            if let Some(waits) = &waits {
                relay::keep_link(tx, waits)?;
            }
            tx.touch("relay")
        })
        .await
        .map_err(EngineError::Store)?;
    console.wakes().relay.notify_one();
    super::status(console).await
}

/// Asks the relay whether this console, which was waiting when last heard, was let in meanwhile; for when nothing runs
/// that would hear it. If the relay cannot be asked, it waits as far as is known.
pub(super) async fn was_let_in(console: &Console) -> Result<bool, UiError> {
    let (endpoint, row) = endpoint(console).await?;
    let client = DeskClient::new(endpoint.address()).map_err(|e| trouble(&e))?;
    let asked = tokio::time::timeout(ASK_WITHIN, client.devices(&endpoint)).await;
    if !matches!(asked, Ok(Ok(_))) {
        return Ok(false);
    }
    let device = row.device;
    let written = console.store().write(Priority::Inbound, move |tx| {
        // Another pairing may stand there by now.
        if relay::get(tx)?.is_some_and(|row| row.device == device) {
            relay::forget_link(tx)?;
        }
        tx.touch("relay")
    });
    written.await.map_err(EngineError::Store)?;
    Ok(true)
}

/// Leaves the relay: this console is removed there if the relay can be reached, and forgotten here in any case.
///
/// # Errors
/// `Relay` if this is the desk's only console at a relay that answers; `Keychain`.
pub async fn leave(console: &Console) -> Result<RelayStatus, UiError> {
    if let Ok((endpoint, row)) = endpoint(console).await {
        let client = DeskClient::new(endpoint.address()).map_err(|e| trouble(&e))?;
        match client.revoke(&endpoint, row.device.as_str()).await {
            // The desk's last console may leave: webhooks wait at Meta until another one is paired.
            Ok(()) | Err(PairError::Refused(_) | PairError::Unauthorized) => {}
            Err(error) => tracing::warn!(%error, "this console could not be removed at the relay"),
        }
    }
    forget(console).await?;
    console.wakes().relay.notify_one();
    super::status(console).await
}

/// Forgets the pairing here, without a word to the relay.
///
/// # Errors
/// `Keychain`, a store error's sentence.
pub async fn forget(console: &Console) -> Result<(), UiError> {
    let written = console.store().write(Priority::Claim, |tx| {
        relay::leave(tx)?;
        tx.touch("relay")
    });
    written.await.map_err(EngineError::Store)?;
    for name in [SecretName::RelayDeviceToken, SecretName::RelayDeviceKey] {
        console.secrets().forget(name).await.map_err(EngineError::Secret)?;
    }
    Ok(())
}

/// The paired relay is at another address now; for relays on this machine only, whose port changes at every start.
///
/// # Errors
/// `InvalidInput` for an address that is not on this machine.
pub async fn relocate(console: &Console, url: &str) -> Result<(), UiError> {
    let Some(row) = row(console).await? else { return Ok(()) };
    let address = RelayAddress::new(url, row.desk.as_str()).map_err(|e| invalid(&e.to_string()))?;
    if !address.is_loopback() {
        return Err(invalid("only a relay on this machine may change its address by itself"));
    }
    let base = address.base().to_owned();
    console
        .store()
        .write(Priority::Claim, move |tx| {
            relay::relocate(tx, &base)?;
            tx.touch("relay")
        })
        .await
        .map_err(EngineError::Store)?;
    console.wakes().relay.notify_one();
    Ok(())
}

/// The desk's consoles.
///
/// # Errors
/// `Relay`, `NotFound` without a relay.
pub async fn devices(console: &Console) -> Result<RelayDevices, UiError> {
    let (endpoint, _) = endpoint(console).await?;
    let client = DeskClient::new(endpoint.address()).map_err(|e| trouble(&e))?;
    list(&client, &endpoint).await
}

/// A link for a further console.
///
/// # Errors
/// As [`devices`].
pub async fn new_link(console: &Console) -> Result<RelayNewLink, UiError> {
    let (endpoint, row) = endpoint(console).await?;
    let client = DeskClient::new(endpoint.address()).map_err(|e| trouble(&e))?;
    let log_id = hex::decode(&row.log_id).unwrap_or_default();
    let (link, expires_at_ms) = client.new_link(&endpoint, &log_id).await.map_err(|e| trouble(&e))?;
    Ok(RelayNewLink { link: link.to_string(), expires_at_ms, fingerprint: link.fingerprint().to_owned() })
}

/// Lets a console in whose words were compared with what it shows itself.
///
/// # Errors
/// As [`devices`]; `WrongState` if the relay shows another key by now.
pub async fn approve(console: &Console, request: &RelayApprove) -> Result<RelayDevices, UiError> {
    let (endpoint, _) = endpoint(console).await?;
    let client = DeskClient::new(endpoint.address()).map_err(|e| trouble(&e))?;
    let found = client.devices(&endpoint).await.map_err(|e| trouble(&e))?;
    let device = found.devices.iter().find(|device| device.id == request.id).ok_or_else(no_device)?;
    if comparison_words(endpoint.desk(), &device.public_key) != request.words.trim() {
        return Err(UiError::new(
            UiErrorCode::WrongState,
            "The console's words are not the ones that were compared.",
            "Do not let it in. Remove it and make a new link.",
        ));
    }
    client.approve(&endpoint, &device.id, device.public_key).await.map_err(|e| trouble(&e))?;
    list(&client, &endpoint).await
}

/// Gives a console another name.
///
/// # Errors
/// As [`devices`].
pub async fn rename(console: &Console, request: &RelayRename) -> Result<RelayDevices, UiError> {
    let (endpoint, _) = endpoint(console).await?;
    let client = DeskClient::new(endpoint.address()).map_err(|e| trouble(&e))?;
    client.rename(&endpoint, &request.id, &request.name).await.map_err(|e| trouble(&e))?;
    list(&client, &endpoint).await
}

/// Removes a console: it reads nothing that comes after.
///
/// # Errors
/// As [`devices`].
pub async fn remove(console: &Console, request: &ById) -> Result<RelayDevices, UiError> {
    let (endpoint, row) = endpoint(console).await?;
    if request.id == row.device.as_str() {
        return Err(UiError::new(
            UiErrorCode::WrongState,
            "This console cannot remove itself from the list.",
            "Leave the relay instead.",
        ));
    }
    let client = DeskClient::new(endpoint.address()).map_err(|e| trouble(&e))?;
    client.revoke(&endpoint, &request.id).await.map_err(|e| trouble(&e))?;
    list(&client, &endpoint).await
}

/// Asks for the sending lease, from whichever console has it. It changes hands when what that one has in flight has
/// its answer.
///
/// # Errors
/// `Relay` while not connected.
pub async fn take_over(console: &Console) -> Result<RelayStatus, UiError> {
    row(console).await?.ok_or_else(no_relay)?;
    let is_connected = console.relay_state().borrow().as_ref().is_some_and(RelayState::is_connected);
    if console.holds_role() && !is_connected {
        return Err(UiError::new(
            UiErrorCode::Relay,
            "Sending cannot be taken over: this console is not connected to the relay.",
            "Try again when it is; Settings > Relay shows why it is not.",
        ));
    }
    let now = console.clock().now();
    // In the store, not over the link: another process of this profile may hold that.
    let asked = console.store().write(Priority::Claim, move |tx| {
        relay::ask_take_over(tx, Some(now))?;
        tx.touch("relay")
    });
    asked.await.map_err(EngineError::Store)?;
    super::status(console).await
}

/// This console's identity at its relay, and the row.
///
/// # Errors
/// `NotFound` without a relay, `Keychain`, `Relay` for a row that cannot be used.
pub(super) async fn endpoint(console: &Console) -> Result<(RelayEndpoint, RelayRow), UiError> {
    let row = row(console).await?.ok_or_else(no_relay)?;
    let token = console.secrets().need(SecretName::RelayDeviceToken).await.map_err(EngineError::Secret)?;
    let key = console.secrets().need(SecretName::RelayDeviceKey).await.map_err(EngineError::Secret)?;
    let unusable = |what: String| {
        UiError::new(UiErrorCode::Relay, format!("The relay cannot be used: {what}."), "Pair this console again.")
    };
    let key = DeviceKey::from_secret(&key).map_err(|e| unusable(e.to_string()))?;
    let endpoint = RelayAddress::new(&row.url, row.desk.as_str())
        .and_then(|address| RelayEndpoint::new(address, row.device.as_str(), token, key))
        .map_err(|e| unusable(e.to_string()))?;
    Ok((endpoint.expecting(hex::decode(&row.log_id).unwrap_or_default()), row))
}

/// The words of this console's own key.
pub(super) async fn own_words(console: &Console, row: &RelayRow) -> Option<String> {
    let secret = console.secrets().get(SecretName::RelayDeviceKey).await.ok().flatten()?;
    let key = DeviceKey::from_secret(&secret).ok()?;
    Some(comparison_words(row.desk.as_str(), &key.public()))
}

async fn row(console: &Console) -> Result<Option<RelayRow>, UiError> {
    Ok(console.store().read(relay::get).await.map_err(EngineError::Store)?)
}

async fn list(client: &DeskClient, endpoint: &RelayEndpoint) -> Result<RelayDevices, UiError> {
    let list = client.devices(endpoint).await.map_err(|e| trouble(&e))?;
    Ok(RelayDevices { items: list.devices.into_iter().map(|device| shown(endpoint.desk(), device)).collect() })
}

fn shown(desk: &str, device: Device) -> RelayDevice {
    RelayDevice {
        words: comparison_words(desk, &device.public_key),
        id: device.id,
        name: device.name,
        state: match device.state {
            DeviceState::Pending => RelayDeviceState::Pending,
            DeviceState::Active => RelayDeviceState::Active,
            DeviceState::Revoked => RelayDeviceState::Revoked,
        },
        paired_at_ms: device.paired_ms,
        seen_at_ms: device.seen_ms,
        is_connected: device.connected,
        is_self: device.is_self,
        is_sender: device.sends,
    }
}

fn read_link(link: &str) -> Result<PairingLink, UiError> {
    link.trim().parse().map_err(|e: PairError| match e {
        PairError::NotALink | PairError::Address(_) => invalid(&e.to_string()),
        other => trouble(&other),
    })
}

fn no_relay() -> UiError {
    UiError::new(UiErrorCode::NotFound, "No relay is set up.", "Pair one in Settings > Relay, or with `relay pair`.")
}

fn no_device() -> UiError {
    UiError::new(UiErrorCode::NotFound, "The desk has no such console.", "Look at the list again.")
}

fn invalid(reason: &str) -> UiError {
    UiError::new(
        UiErrorCode::InvalidInput,
        format!("The pairing link cannot be used: {reason}."),
        "Copy the whole link from the relay's own output or from a paired console.",
    )
}

fn trouble(error: &PairError) -> UiError {
    let (what, remedy) = match error {
        PairError::Network(reason) => (
            format!("The relay cannot be reached ({reason})."),
            "Check the network, and whether the relay runs: its operator asks `switchboard-relay doctor`. Nothing was changed.",
        ),
        PairError::NotARelay(reason) => (
            format!("The address answers, but not as a relay ({reason})."),
            "Check the link; if it is right, the relay's operator looks at the web server in front of it.",
        ),
        PairError::Unauthorized => (
            "The relay does not know this console any more.".to_owned(),
            "Leave the relay (Settings > Relay, or `relay leave`) and pair this console again with a new link.",
        ),
        PairError::Code => (
            "The link was used already or is older than ten minutes.".to_owned(),
            "Make a new link on a paired console, or on the relay: `switchboard-relay desk link`.",
        ),
        PairError::AnotherRelay => (
            "The relay at this address is not the one that made the link.".to_owned(),
            "Make a new link there and compare its address and fingerprint.",
        ),
        PairError::Refused(reason) => (
            format!("The relay refused: {}.", reason.trim_end_matches('.')),
            "Look at the desk's consoles in Settings > Relay, or with `relay devices`.",
        ),
        PairError::NotALink | PairError::Address(_) => (
            format!("The link cannot be used: {error}."),
            "Copy the whole link from the relay's own output or from a paired console.",
        ),
    };
    UiError::new(UiErrorCode::Relay, what, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_what_to_do_and_says_nothing_twice() {
        let all = [
            PairError::NotALink,
            PairError::Code,
            PairError::AnotherRelay,
            PairError::Unauthorized,
            PairError::Refused("this console waits to be let in, or was removed".to_owned()),
            PairError::Network("connection refused".to_owned()),
            PairError::NotARelay("HTTP 502".to_owned()),
        ];
        for error in all {
            let told = trouble(&error);
            assert!(told.remedy.split(' ').count() > 4, "{told:?}");
            assert!(told.message.ends_with('.') && !told.message.contains(".."), "{told:?}");
        }
    }
}
