//! The mark by which a copied or restored database is noticed (P11): which install it belongs to, and a generation that
//! only rises. Both stand in the database and in the secret store, which no copy of the file takes along.
//!
//! The generation rises whenever a profile is opened, every few minutes while it is open, and when it is closed: a copy
//! that is put back lies behind the secret store, also one that was made while the same process ran. Not told from the
//! original is a copy that is at most those minutes old when the process dies without an end.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use switchboard_domain::ids::InstallId;
use switchboard_domain::time::SharedClock;
use switchboard_store::tables::{campaigns, meta};
use switchboard_store::{Connection, Priority, Store, StoreError, WriteTx};

use crate::secrets::{SecretName, SecretStore};
use crate::{Console, EngineError};

const INSTALL_ID: &str = "install_id";
const GENERATION: &str = "generation";
/// A keychain that asks somebody must not hold up the end of the program.
const KEEP_WITHIN: Duration = Duration::from_secs(5);

fn generation(connection: &Connection) -> Result<u64, StoreError> {
    Ok(meta::get(connection, GENERATION)?.and_then(|g| g.parse().ok()).unwrap_or(0))
}

fn mark(install: &str, generation: u64) -> SecretString {
    SecretString::from(format!("{install}:{generation}"))
}

/// Compares database and secret store when a profile is opened: the install must be the same, and the database's
/// generation must not lie behind. Otherwise campaigns pause, and the sentence to show is returned; what was under way
/// becomes unknown as after any stop.
///
/// # Errors
/// [`EngineError::Store`], [`EngineError::Secret`].
pub(crate) async fn check(
    store: &Store,
    secrets: &SecretStore,
    clock: &SharedClock,
) -> Result<Option<String>, EngineError> {
    let kept = secrets.get(SecretName::InstallMark).await?;
    let (kept_id, kept_generation) = kept
        .as_ref()
        .and_then(|m| m.expose_secret().split_once(':').map(|(id, g)| (id.to_owned(), g.parse::<u64>().unwrap_or(0))))
        .map_or((None, 0), |(id, g)| (Some(id), g));
    let now = clock.now();
    let (install, next, copied) = store
        .write(Priority::Claim, move |tx| {
            let id = meta::get(tx, INSTALL_ID)?;
            let here = generation(tx)?;
            let copied = match (&id, &kept_id) {
                (Some(id), Some(kept)) => id != kept || here < kept_generation,
                (Some(_), None) => true,
                (None, _) => false,
            };
            let id = id.unwrap_or_else(|| InstallId::new(now).to_string());
            let next = here.max(kept_generation).saturating_add(1);
            meta::put(tx, INSTALL_ID, &id)?;
            meta::put(tx, GENERATION, &next.to_string())?;
            if copied {
                campaigns::pause_all(
                    tx,
                    None,
                    "copied_database",
                    "This database was copied or restored, so sending was paused: what had already left may not be in it.",
                )?;
            }
            Ok::<_, EngineError>((id, next, copied))
        })
        .await?;
    secrets.put(SecretName::InstallMark, mark(&install, next)).await?;
    Ok(copied.then(|| {
        "This database was copied or restored from elsewhere. Campaigns are paused and what was under way is marked unknown; check it before you resume."
            .to_owned()
    }))
}

/// Raises the generation, first in the database: if the program dies in between, the database is ahead, and that is no
/// sign of a copy.
async fn raise(console: &Console) -> Result<(), EngineError> {
    if !console.secrets().can_keep() {
        return Ok(());
    }
    let raised = console
        .store()
        .write(Priority::Bulk, |tx: &mut WriteTx<'_>| {
            let Some(id) = meta::get(tx, INSTALL_ID)? else { return Ok(None) };
            let next = generation(tx)?.saturating_add(1);
            meta::put(tx, GENERATION, &next.to_string())?;
            Ok::<_, EngineError>(Some((id, next)))
        })
        .await?;
    let Some((install, next)) = raised else { return Ok(()) };
    console.secrets().put(SecretName::InstallMark, mark(&install, next)).await?;
    Ok(())
}

/// Raises the generation where nobody waits for it: whatever copy was made before is older from now on.
pub(crate) async fn raise_quietly(console: &Console) {
    match tokio::time::timeout(KEEP_WITHIN, raise(console)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "raising the generation of the database; the next time tries again"),
        Err(_) => tracing::warn!("the secret store did not take the generation of the database in time"),
    }
}
