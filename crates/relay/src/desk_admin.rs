//! The relay's own commands on a desk's consoles: make a pairing link, list, remove.
//!
//! They write the same file, or the same key-value store, as a running relay, which notices within a second; a removed
//! console is cut off then.

use anyhow::{Context, bail};
use secrecy::ExposeSecret;
use switchboard_relay_api::{PairingLink, RelayAddress};

use crate::config::system_time_ms;
use crate::desks::record::DeviceRecord;
use crate::desks::{DeskStore, change};
use crate::devices::{Problem, random_code};

/// A one-time link for the desk's next console, which is let in at once.
///
/// # Errors
/// The store of desks cannot be used, or the address consoles would connect to is not a safe one.
pub async fn pairing_link(store: &dyn DeskStore, base_url: &str, desk: &str) -> anyhow::Result<PairingLink> {
    let address = RelayAddress::new(base_url, desk).with_context(|| {
        format!(
            "consoles cannot be sent to {base_url}; set public_url in the configuration to the relay's https address"
        )
    })?;
    let code = random_code()?;
    let now_ms = system_time_ms();
    let (_, record, _) =
        change(store, desk, |record| record.add_code(code.expose_secret(), true, now_ms).map_err(Problem::from))
            .await?;
    Ok(PairingLink::new(address, code.expose_secret().to_owned(), &record.log_id()))
}

/// The desk's consoles.
///
/// # Errors
/// The store of desks cannot be used.
pub async fn devices(store: &dyn DeskStore, desk: &str) -> anyhow::Result<Vec<DeviceRecord>> {
    Ok(store.load(desk).await?.map(|(record, _)| record.devices).unwrap_or_default())
}

/// Removes a console, the last one too.
///
/// # Errors
/// There is none of that id, or the store of desks cannot be used.
pub async fn revoke(store: &dyn DeskStore, desk: &str, id: &str) -> anyhow::Result<()> {
    if !devices(store, desk).await?.iter().any(|device| device.id == id) {
        bail!("desk {desk} has no console {id:?}; `switchboard-relay desk devices {desk}` lists them");
    }
    let now_ms = system_time_ms();
    change(store, desk, |record| record.revoke(id, now_ms, true).map_err(Problem::from)).await?;
    Ok(())
}
