//! What is behind the points in a test build.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use crate::Point;

/// What a hook decides at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// On it goes.
    Pass,
    /// Nothing after this point happens: the caller never returns.
    Stop,
}

type Hook = Arc<dyn Fn(Point) -> Pin<Box<dyn Future<Output = Verdict> + Send>> + Send + Sync>;

static HOOK: RwLock<Option<Hook>> = RwLock::new(None);
static IDS: Mutex<Option<u64>> = Mutex::new(None);
static REACHED: Mutex<Option<HashMap<Point, u64>>> = Mutex::new(None);

/// The variable that names a point and the hit at which a process ends there.
const VARIABLE: &str = "SWITCHBOARD_FAULT_POINT";

impl Point {
    /// All points.
    pub const ALL: &[Self] = &[
        Self::EnqueueCommitted,
        Self::ClaimCommitted,
        Self::LookTaken,
        Self::WireStarted,
        Self::AnswerReceived,
        Self::RecordCommitted,
        Self::RelayAppended,
        Self::RelayHanded,
        Self::PullCommitted,
        Self::PullAcked,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EnqueueCommitted => "enqueue.committed",
            Self::ClaimCommitted => "claim.committed",
            Self::LookTaken => "look.taken",
            Self::WireStarted => "wire.started",
            Self::AnswerReceived => "answer.received",
            Self::RecordCommitted => "record.committed",
            Self::RelayAppended => "relay.appended",
            Self::RelayHanded => "relay.handed",
            Self::PullCommitted => "pull.committed",
            Self::PullAcked => "pull.acked",
        }
    }
}

/// Takes the hook away when dropped.
#[derive(Debug)]
pub struct HookGuard(());

impl Drop for HookGuard {
    fn drop(&mut self) {
        *HOOK.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Installs a hook for this process. One at a time: runs that use one go after each other.
pub fn install<F, D>(hook: F) -> HookGuard
where
    F: Fn(Point) -> D + Send + Sync + 'static,
    D: Future<Output = Verdict> + Send + 'static,
{
    *HOOK.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(move |point| Box::pin(hook(point))));
    HookGuard(())
}

/// Passes a point, or does not.
pub async fn reach(point: Point) {
    die_if_asked(point);
    let hook = HOOK.read().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(hook) = hook
        && hook(point).await == Verdict::Stop
    {
        std::future::pending::<()>().await;
    }
}

/// The point and the hit that the environment asks for.
fn asked() -> Option<&'static (String, u64)> {
    static ASKED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    ASKED
        .get_or_init(|| {
            let text = std::env::var(VARIABLE).ok()?;
            let (name, hit) = text.split_once(':')?;
            Some((name.to_owned(), hit.parse().ok()?))
        })
        .as_ref()
}

fn die_if_asked(point: Point) {
    let Some((name, hit)) = asked().filter(|(name, _)| name == point.name()) else { return };
    let reached = {
        let mut all = REACHED.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.get_or_insert_with(HashMap::new).entry(point).or_insert(0);
        *count += 1;
        *count
    };
    if reached == *hit {
        eprintln!("fault point {name}, hit {hit}: this process kills itself");
        kill_self();
    }
}

fn kill_self() -> ! {
    #[cfg(unix)]
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort()
}

/// Makes the ids of this process a function of a seed, from here on; `None` = random again.
pub fn seed_ids(seed: Option<u64>) {
    *IDS.lock().unwrap_or_else(PoisonError::into_inner) = seed;
}

/// Bytes for the next id, if ids have a seed (SplitMix64, twice).
pub fn id_bytes() -> Option<[u8; 16]> {
    let mut ids = IDS.lock().unwrap_or_else(PoisonError::into_inner);
    let state = ids.as_mut()?;
    let mut next = || {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let (a, b) = (next().to_be_bytes(), next().to_be_bytes());
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(a.into_iter().chain(b)) {
        *to = from;
    }
    Some(bytes)
}
