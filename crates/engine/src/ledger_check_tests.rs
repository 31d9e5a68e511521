#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::Arc;

use switchboard_bridge::dto::ProfileKind;
use switchboard_domain::consent::{EventKind, Via};
use switchboard_domain::phone::PhoneNumber;
use switchboard_store::tables::consent_events::{Appender, NewEvent};
use switchboard_store::tables::contacts::Names;
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::people;
use switchboard_store::{Priority, WriteTx};

use super::*;
use crate::OpenConsole;
use crate::clock::SystemClock;
use crate::profile::Profile;
use crate::secrets::SecretStore;

struct Desk {
    profile: Profile,
    secrets: SecretStore,
    _dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let profile = Profile::create(dir.path(), "shop", ProfileKind::Real).unwrap();
        Self { profile, secrets: SecretStore::File { path: dir.path().join("secrets.json") }, _dir: dir }
    }

    async fn open(&self) -> Console {
        let options = OpenConsole {
            profile: self.profile.clone(),
            secrets: self.secrets.clone(),
            clock: Arc::new(SystemClock::new()),
            want_role: true,
        };
        Console::open(options).await.unwrap()
    }
}

async fn write(console: &Console, f: impl FnOnce(&mut WriteTx<'_>) -> Result<(), StoreError> + Send + 'static) {
    console.store().write(Priority::Bulk, f).await.unwrap();
}

/// Many entries of one person, so that several stretches are walked.
async fn fill(console: &Console, entries: u64) {
    let key = LedgerKey::new(*console.keys().ledger());
    write(console, move |tx| {
        let keys = PersonKeys::of_phone(PhoneNumber::from_stored("+14165550123"));
        let who = people::resolve_in(tx, &key, &keys, &Names::of_full("Ana Example"))?.contact_id;
        let mut appender = Appender::begin(tx, &key)?;
        for _ in 0..entries {
            appender.append(tx, &NewEvent::now(who, EventKind::OptIn, Via::Chat, tx.now()))?;
        }
        appender.finish(tx)
    })
    .await;
}

#[tokio::test]
async fn stretches_are_walked_with_progress_and_the_first_broken_entry_is_named() {
    let desk = Desk::new();
    let console = desk.open().await;
    fill(&console, 2 * STRETCH + 7).await;
    let mut steps = console.progress().subscribe();
    let whole = verify(&console).await.unwrap();
    assert!(whole.holds && whole.entries == 2 * STRETCH + 7, "{:?}", whole.broken.map(|b| b.sentence));
    let mut last = 0;
    while let Ok(step) = steps.try_recv() {
        assert_eq!(step.job, JOB);
        last = last.max(step.done);
    }
    assert_eq!(last, 2 * STRETCH + 7);

    let early = STRETCH - 3;
    write(&console, move |tx| {
        let change = "UPDATE consent_events SET via = 'import' WHERE seq = ?1 OR seq = ?2";
        Ok(tx.execute(change, [early, 2 * STRETCH + 1]).map(drop)?)
    })
    .await;
    let found = verify(&console).await.unwrap();
    assert_eq!(found.broken.map(|b| (b.entry, b.fault)), Some((early, "altered".to_owned())));
    assert_eq!((found.holds, found.entries), (false, early - 1));
}

#[tokio::test]
async fn a_walk_can_be_ended_and_says_nothing_then() {
    let desk = Desk::new();
    let console = desk.open().await;
    fill(&console, 10).await;
    let watch = Watch::default();
    watch.stop.cancel();
    let key = LedgerKey::new(*console.keys().ledger());
    assert_eq!(walk(console.store(), &key, None, &watch).await.unwrap(), None);
}

#[tokio::test]
async fn a_tail_that_is_cut_while_the_program_is_closed_is_found_by_the_keychains_mark() {
    let desk = Desk::new();
    let console = desk.open().await;
    fill(&console, 3).await;
    let kept = console.store().read(|c| ledger_chain::kept_head(c, &LedgerKey::new([0; 32]))).await.unwrap();
    assert_eq!(kept, ledger_chain::KeptHead::Forged, "another key does not read the seal");
    let earlier =
        console.store().read(|c| switchboard_store::tables::meta::get(c, "ledger_head")).await.unwrap().unwrap();
    fill(&console, 2).await;
    console.close().await;
    drop(console);

    // Whoever has the file and the key, and an older copy of it, can put back what the database itself kept then.
    let console = desk.open().await;
    write(&console, move |tx| {
        tx.execute("DELETE FROM consent_events WHERE seq > 3", [])?;
        switchboard_store::tables::meta::put(tx, "ledger_head", &earlier)
    })
    .await;
    let found = verify(&console).await.unwrap();
    assert_eq!(found.broken.map(|b| (b.entry, b.fault)), Some((4, "tail_cut".to_owned())));
    // The mark stays, or the next look would find nothing.
    advance(&console).await.unwrap();
    assert_eq!(anchor(&console).await.unwrap().map(|a| a.seq), Some(5));
}
