//! Opening, writing by urgency, reading, the change log.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use switchboard_domain::ids::ChangeSeq;
use switchboard_domain::time::{Clock, UnixMillis};
use switchboard_store::tables::{changes, meta};
use switchboard_store::{DbKey, OpenStore, Priority, SCHEMA_VERSION, Store, StoreError};

struct Still;

impl Clock for Still {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(1_795_305_600_000)
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

fn open(dir: &Path, key: u8) -> Result<Store, StoreError> {
    Store::open(OpenStore {
        path: dir.join("console.db"),
        key: DbKey::new([key; 32]),
        clock: Arc::new(Still),
        readers: 2,
    })
}

#[test]
fn what_was_committed_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), 7).unwrap();
    store.write_blocking(Priority::Claim, |tx| meta::put(tx, "a", "b")).unwrap();
    drop(store);
    let store = open(dir.path(), 7).unwrap();
    assert_eq!(store.read_blocking(|c| meta::get(c, "a")).unwrap().as_deref(), Some("b"));
}

#[test]
fn the_file_does_not_open_with_another_key_and_holds_no_plain_text() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), 7).unwrap();
    store.write_blocking(Priority::Claim, |tx| meta::put(tx, "canary", "a-text-to-look-for")).unwrap();
    drop(store);
    assert!(matches!(open(dir.path(), 8), Err(StoreError::WrongKey)));
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(18).any(|w| w == b"a-text-to-look-for"));
        assert!(!bytes.windows(6).any(|w| w == b"SQLite"));
    }
}

#[test]
fn what_this_program_made_it_opens_again() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path(), 7).unwrap());
    let store = open(dir.path(), 7).expect("the version in the file is one that this program knows");
    let found: u32 = store
        .write_blocking(Priority::Claim, |tx| {
            tx.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(StoreError::from)
        })
        .unwrap();
    assert_eq!(found, SCHEMA_VERSION, "SCHEMA_VERSION is the number of migrations");
}

#[test]
fn a_file_of_a_newer_program_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), 7).unwrap();
    store
        .write_blocking(Priority::Claim, |tx| {
            tx.pragma_update(None, "user_version", SCHEMA_VERSION + 1).map_err(StoreError::from)
        })
        .unwrap();
    drop(store);
    let newer = SCHEMA_VERSION + 1;
    assert!(matches!(open(dir.path(), 7), Err(StoreError::Newer { found, .. }) if found == newer));
}

#[test]
fn a_reader_cannot_write() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), 7).unwrap();
    let result: Result<(), StoreError> =
        store.read_blocking(|c| Ok(c.execute("INSERT INTO meta (key, value) VALUES ('x', 'y')", []).map(drop)?));
    assert!(result.is_err());
}

#[test]
fn an_opt_out_overtakes_the_imports_that_wait() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), 7).unwrap();
    let (started, has_started) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let (order, ran) = mpsc::channel();
    std::thread::scope(|scope| {
        let blocker = store.clone();
        scope.spawn(move || {
            blocker
                .write_blocking(Priority::Bulk, move |_| {
                    started.send(()).unwrap();
                    may_go_on.recv().unwrap();
                    Ok::<_, StoreError>(())
                })
                .unwrap();
        });
        has_started.recv().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let note = |name: &'static str, priority| {
                let order = order.clone();
                store.write(priority, move |_| {
                    order.send(name).unwrap();
                    Ok::<_, StoreError>(())
                })
            };
            // Both are queued, import first, before the writer is let go.
            let mut import = Box::pin(note("import", Priority::Bulk));
            let mut opt_out = Box::pin(note("opt-out", Priority::OptOut));
            assert!(futures_poll_once(&mut import).await.is_none());
            assert!(futures_poll_once(&mut opt_out).await.is_none());
            go_on.send(()).unwrap();
            opt_out.await.unwrap();
            import.await.unwrap();
        });
    });
    assert_eq!(ran.try_iter().collect::<Vec<_>>(), vec!["opt-out", "import"]);
}

/// Polls a future once, so that what it queues is queued.
async fn futures_poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|cx| match std::pin::Pin::new(&mut *future).poll(cx) {
        std::task::Poll::Ready(v) => std::task::Poll::Ready(Some(v)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}

#[test]
fn an_error_or_a_panic_in_a_write_leaves_nothing_and_the_writer_alive() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), 7).unwrap();
    let failed: Result<(), StoreError> = store.write_blocking(Priority::Claim, |tx| {
        meta::put(tx, "a", "b")?;
        Err(StoreError::Closed)
    });
    assert!(failed.is_err());
    let panicked: Result<(), StoreError> = store.write_blocking(Priority::Claim, |tx| {
        meta::put(tx, "a", "b")?;
        panic!("a fault");
    });
    assert!(matches!(panicked, Err(StoreError::Closed)));
    assert_eq!(store.read_blocking(|c| meta::get(c, "a")).unwrap(), None);
    store.write_blocking(Priority::Claim, |tx| meta::put(tx, "a", "c")).unwrap();
}

#[test]
fn a_window_learns_which_parts_changed_since_its_number() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), 7).unwrap();
    let feed = store.changes();
    let before = feed.newest();
    store
        .write_blocking(Priority::Claim, |tx| {
            tx.touch("inbox")?;
            tx.touch("contacts")?;
            tx.touch("inbox")
        })
        .unwrap();
    let mut since = store.read_blocking(move |c| changes::since(c, before)).unwrap();
    since.tags.sort();
    assert_eq!((since.newest, since.gap), (feed.newest(), false));
    assert_eq!(since.tags, vec!["contacts", "inbox"]);
    assert!(store.read_blocking(|c| changes::since(c, ChangeSeq(99))).unwrap().gap);
}
