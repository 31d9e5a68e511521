//! A power cut: what was written and not synced is gone, or half of it is. What got 200 must be there all the same.
//!
//! The relay runs on a disk of ours: an SQLite VFS that keeps what is not synced apart. At a random moment under load the
//! power goes: each sector of what was not synced is on the disk or is not, by chance. The real program is then started on
//! what is left, and the console reads it: entries, and the keys that open them.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "tests"
)]

mod common;

use std::collections::HashMap;
use std::io::{Error, ErrorKind};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use common::load::{Load, Post, check};
use common::process::{Site, random_ms, rounds};
use common::*;
use sqlite_vfs::wip::{WalIndex, WalIndexLock};
use sqlite_vfs::{DatabaseHandle, LockKind, OpenAccess, OpenOptions, Vfs};

/// A write reaches the disk in pieces of this size, in any order.
const SECTOR_BYTES: usize = 512;

/// Something that was asked of the disk and not synced.
enum Unsynced {
    Write { at: usize, bytes: Vec<u8> },
    Length(usize),
}

#[derive(Default)]
struct File {
    synced: Vec<u8>,
    now: Vec<u8>,
    unsynced: Vec<Unsynced>,
}

fn write_at(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if file.len() < at + bytes.len() {
        file.resize(at + bytes.len(), 0);
    }
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

/// All files of this process's SQLite, by path.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<HashMap<String, File>>>);

static DISK: LazyLock<Disk> = LazyLock::new(|| {
    let disk = Disk::default();
    sqlite_vfs::register("unsynced", disk.clone(), true).unwrap();
    disk
});

impl Disk {
    /// What is in `from` after the power went, into the real folder `to`.
    fn cut(&self, from: &Path, to: &Path) {
        let files = self.0.lock().unwrap();
        for (path, file) in files.iter().filter(|(path, _)| Path::new(path).starts_with(from)) {
            let mut left = file.synced.clone();
            for change in &file.unsynced {
                let mut luck = [0_u8; 1];
                match change {
                    Unsynced::Write { at, bytes } => {
                        for (n, sector) in bytes.chunks(SECTOR_BYTES).enumerate() {
                            getrandom::fill(&mut luck).unwrap();
                            if luck[0] % 2 == 0 {
                                write_at(&mut left, at + n * SECTOR_BYTES, sector);
                            }
                        }
                    }
                    Unsynced::Length(bytes) => {
                        getrandom::fill(&mut luck).unwrap();
                        if luck[0] % 2 == 0 {
                            left.resize(*bytes, 0);
                        }
                    }
                }
            }
            std::fs::write(to.join(Path::new(path).file_name().unwrap()), left).unwrap();
        }
    }
}

struct Handle {
    disk: Disk,
    path: String,
    lock: LockKind,
}

impl Handle {
    fn with<T>(&self, run: impl FnOnce(&mut File) -> T) -> Result<T, Error> {
        let mut files = self.disk.0.lock().unwrap();
        files.get_mut(&self.path).map(run).ok_or_else(|| ErrorKind::NotFound.into())
    }
}

impl DatabaseHandle for Handle {
    type WalIndex = Index;

    fn size(&self) -> Result<u64, Error> {
        self.with(|file| file.now.len() as u64)
    }

    fn read_exact_at(&mut self, buf: &mut [u8], offset: u64) -> Result<(), Error> {
        let at = usize::try_from(offset).unwrap();
        let is_short = self.with(|file| {
            let there = file.now.get(at..).unwrap_or_default();
            let length = there.len().min(buf.len());
            buf[..length].copy_from_slice(&there[..length]);
            buf[length..].fill(0);
            length < buf.len()
        })?;
        if is_short { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    fn write_all_at(&mut self, buf: &[u8], offset: u64) -> Result<(), Error> {
        let at = usize::try_from(offset).unwrap();
        self.with(|file| {
            write_at(&mut file.now, at, buf);
            file.unsynced.push(Unsynced::Write { at, bytes: buf.to_vec() });
        })
    }

    fn sync(&mut self, _data_only: bool) -> Result<(), Error> {
        self.with(|file| {
            for change in file.unsynced.drain(..) {
                match change {
                    Unsynced::Write { at, bytes } => write_at(&mut file.synced, at, &bytes),
                    Unsynced::Length(bytes) => file.synced.resize(bytes, 0),
                }
            }
        })
    }

    fn set_len(&mut self, size: u64) -> Result<(), Error> {
        let bytes = usize::try_from(size).unwrap();
        self.with(|file| {
            file.now.resize(bytes, 0);
            file.unsynced.push(Unsynced::Length(bytes));
        })
    }

    fn lock(&mut self, lock: LockKind) -> Result<bool, Error> {
        self.lock = lock;
        Ok(true)
    }

    fn reserved(&mut self) -> Result<bool, Error> {
        Ok(!matches!(self.lock, LockKind::None | LockKind::Shared))
    }

    fn current_lock(&self) -> Result<LockKind, Error> {
        Ok(self.lock)
    }

    fn wal_index(&self, _readonly: bool) -> Result<Index, Error> {
        Ok(Index)
    }
}

/// The write-ahead log's index lives in memory and is made anew after a cut. Only one connection has a file open here.
struct Index;

impl WalIndex for Index {
    fn map(&mut self, _region: u32) -> Result<[u8; 32768], Error> {
        Ok([0; 32768])
    }

    fn lock(&mut self, _locks: Range<u8>, _lock: WalIndexLock) -> Result<bool, Error> {
        Ok(true)
    }

    fn delete(self) -> Result<(), Error> {
        Ok(())
    }
}

impl Vfs for Disk {
    type Handle = Handle;

    fn open(&self, path: &str, options: OpenOptions) -> Result<Handle, Error> {
        // One connection at a time: whoever only reads (the log's readers) is turned away, and the relay tries again.
        if options.access == OpenAccess::Read {
            return Err(ErrorKind::PermissionDenied.into());
        }
        self.0.lock().unwrap().entry(path.to_owned()).or_default();
        Ok(Handle { disk: self.clone(), path: path.to_owned(), lock: LockKind::None })
    }

    fn delete(&self, path: &str) -> Result<(), Error> {
        self.0.lock().unwrap().remove(path);
        Ok(())
    }

    fn exists(&self, path: &str) -> Result<bool, Error> {
        Ok(self.0.lock().unwrap().contains_key(path))
    }

    fn temporary_name(&self) -> String {
        "temporary".to_owned()
    }

    fn random(&self, buffer: &mut [i8]) {
        let mut bytes = vec![0_u8; buffer.len()];
        getrandom::fill(&mut bytes).unwrap();
        buffer.iter_mut().zip(bytes).for_each(|(to, from)| *to = from.cast_signed());
    }

    fn sleep(&self, duration: Duration) -> Duration {
        std::thread::sleep(duration);
        duration
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_got_200_is_there_after_the_power_was_cut() {
    let disk = DISK.clone();
    let (mut all, mut unanswered) = (0, 0);
    for _ in 0..rounds(3, 50) {
        let bench = Bench::start().await;
        let load = Load::start(vec![bench.relay.url()], &[DESK.to_owned()], CONNECTIONS, 0);
        load.until_answered(10).await;
        tokio::time::sleep(random_ms(0, 900)).await;
        let site = Site::new(&[DESK.to_owned()], "");
        let data = site.folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let cut = Instant::now();
        disk.cut(bench.folder.path(), &data);
        let mut posts = load.stop().await;
        // Who was answered later was answered by a relay that still had power.
        let after = |post: &Post| post.ended >= cut;
        posts.iter_mut().filter(|post| after(post)).for_each(|post| post.status = None);
        let mut process = site.serve().await;
        let delivered = whole_log(&bench.console, &process.url, DESK).await;
        let answered = check(&posts.iter().collect::<Vec<_>>(), &delivered);
        assert!(answered > 0, "the cut came under load");
        all += answered;
        unanswered += delivered.len() - answered;
        process.kill().await;
        bench.relay.stop().await.unwrap();
    }
    println!(
        "{all} answered 200 before the cut and there after it; {unanswered} more were on the disk without an answer"
    );
}

/// Whether the disk really forgets: without a sync a commit is gone after the cut.
#[test]
fn the_disk_forgets_what_was_not_synced() {
    let disk = DISK.clone();
    let folder = tempfile::tempdir().unwrap();
    let rows_after_cut = |synchronous: &str| {
        let path = folder.path().join(format!("{synchronous}.sqlite"));
        let conn = rusqlite::Connection::open(&path).unwrap();
        conn.pragma_update(None, "journal_mode", "WAL").unwrap();
        conn.pragma_update(None, "synchronous", synchronous).unwrap();
        conn.execute_batch("CREATE TABLE t (n INTEGER)").unwrap();
        for n in 0..50 {
            conn.execute("INSERT INTO t VALUES (?1)", [n]).unwrap();
        }
        let left = tempfile::tempdir().unwrap();
        disk.cut(folder.path(), left.path());
        // Read on a second disk of the same kind, as after a start.
        for file in std::fs::read_dir(left.path()).unwrap().map(Result::unwrap) {
            let bytes = std::fs::read(file.path()).unwrap();
            let kept = File { synced: bytes.clone(), now: bytes, unsynced: Vec::new() };
            disk.0.lock().unwrap().insert(file.path().to_str().unwrap().to_owned(), kept);
        }
        let again = rusqlite::Connection::open(left.path().join(format!("{synchronous}.sqlite"))).unwrap();
        again.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, i64>(0)).unwrap_or(0)
    };
    assert_eq!(rows_after_cut("FULL"), 50);
    assert!(rows_after_cut("OFF") < 50, "a commit without a sync must not survive here");
}
