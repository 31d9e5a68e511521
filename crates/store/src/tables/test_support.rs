//! A real encrypted store in a temporary folder, for the tests of the tables.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::time::{Clock, UnixMillis};

use super::contacts::Names;
use super::identifiers::PersonKeys;
use super::ledger_chain::LedgerKey;
use crate::{DbKey, OpenStore, Priority, Store, StoreError, WriteTx};

pub(crate) struct MovedClock(pub AtomicI64);

impl Clock for MovedClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(self.0.load(Ordering::SeqCst))
    }
    fn monotonic(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.load(Ordering::SeqCst)).unwrap())
    }
}

pub(crate) struct Fixture {
    pub store: Store,
    pub key: LedgerKey,
    pub clock: Arc<MovedClock>,
    _dir: tempfile::TempDir,
}

pub(crate) fn fixture() -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(MovedClock(AtomicI64::new(1_795_305_600_000)));
    let key = DbKey::new([7; 32]);
    let store = Store::open(OpenStore {
        path: dir.path().join("console.db"),
        key: key.clone(),
        clock: clock.clone(),
        readers: 1,
    })
    .unwrap();
    Fixture { store, key: LedgerKey::derive(&key), clock, _dir: dir }
}

impl Fixture {
    pub fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut WriteTx<'_>, &LedgerKey) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        let key = self.key.clone();
        self.store.write_blocking(Priority::Bulk, move |tx| f(tx, &key)).unwrap()
    }

    pub fn read<T>(&self, f: impl FnOnce(&crate::Connection) -> Result<T, StoreError>) -> T {
        self.store.read_blocking(f).unwrap()
    }

    pub fn pass(&self, by: Duration) {
        self.clock.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub fn person(&self, e164: &str, name: &str) -> switchboard_domain::ids::ContactId {
        let keys = PersonKeys::of_phone(PhoneNumber::from_stored(e164));
        let names = Names::of_full(name);
        self.write(move |tx, key| super::people::resolve_in(tx, key, &keys, &names)).contact_id
    }
}
