//! The background tasks of a console that holds the engine role.
//!
//! Each is an idempotent step run periodically *and* on a signal; what it did last is in the table `tasks`
//! and on the page Diagnostics.

use std::time::Duration;

use switchboard_store::tables::changes;
use switchboard_store::{Priority, StoreError};

use crate::{
    Console, account, campaigns, consent_import, erasure, install_mark, ledger_check, media, relay_pull, sender,
    status_audit, template_sync,
};

/// How often the change log is looked at for commits of other processes.
const LOOK_FOR_OTHERS_EVERY: Duration = Duration::from_secs(1);
/// How often the change log is trimmed.
const TRIM_EVERY: u32 = 600;
/// How often the end of the consent ledger is anchored and the generation of the database raised, and soon after the start.
const ANCHOR_EVERY: u32 = 300;
const FIRST_ANCHOR: u32 = 5;
/// How often blobs that no row knows any more are removed, and soon after the start.
const SWEEP_EVERY: u32 = 86_400;

/// Starts what this console may run: everything with the engine role; without it only the look for other
/// processes' commits.
pub fn start(console: &Console) {
    console.spawn("changes", housekeeping(console.clone()));
    if console.holds_role() {
        console.spawn("sender", sender::run(console.clone()));
        console.spawn("campaigns", campaigns::run(console.clone()));
        console.spawn(relay_pull::TASK, relay_pull::run(console.clone()));
        console.spawn(template_sync::TASK, template_sync::run(console.clone()));
        console.spawn(media::TASK, media::run(console.clone()));
        console.spawn(account::recheck::TASK, account::recheck::run(console.clone()));
        console.spawn(status_audit::TASK, status_audit::run(console.clone()));
        console.spawn("imports", interrupted_imports(console.clone()));
    }
}

/// Starts what reads the relay, and nothing that sends: for a short errand of the command line.
pub fn start_listening(console: &Console) {
    console.spawn("changes", housekeeping(console.clone()));
    if console.holds_role() {
        console.spawn(relay_pull::TASK, relay_pull::run(console.clone()));
    }
}

/// Finishes imports that were under way when the program ended (P9), then has nothing more to do.
async fn interrupted_imports(console: Console) {
    match consent_import::recover(&crate::api::import_context(&console)).await {
        Ok(0) => {}
        Ok(finished) => tracing::info!(finished, "interrupted imports were finished"),
        Err(error) => tracing::warn!(%error, "looking for interrupted imports"),
    }
    console.shutdown().cancelled().await;
}

/// Publishes commits of other processes to this one's windows and keeps the change log short.
async fn housekeeping(console: Console) {
    let mut ticks: u32 = 0;
    loop {
        tokio::select! {
            () = console.shutdown().cancelled() => return,
            () = tokio::time::sleep(LOOK_FOR_OTHERS_EVERY) => {}
        }
        if let Err(error) = console.store().notice_others().await {
            tracing::warn!(%error, "looking for changes of other programs");
        } else if console.store().take_foreign_change() {
            console.wakes().sender.notify_one();
            console.wakes().campaigns.notify_one();
        }
        ticks = ticks.wrapping_add(1);
        if ticks % SWEEP_EVERY == FIRST_ANCHOR && console.holds_role() {
            match erasure::sweep_media(&console).await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(removed, "files that nothing refers to were removed"),
                Err(error) => tracing::warn!(%error, "looking for files that nothing refers to"),
            }
        }
        if ticks % ANCHOR_EVERY == FIRST_ANCHOR && console.holds_role() {
            ledger_check::advance_quietly(&console).await;
            install_mark::raise_quietly(&console).await;
        }
        if ticks.is_multiple_of(TRIM_EVERY) && console.holds_role() {
            let trimmed = console.store().write(Priority::Bulk, changes::trim).await;
            if let Err::<_, StoreError>(error) = trimmed {
                tracing::warn!(%error, "trimming the change log");
            }
        }
    }
}
