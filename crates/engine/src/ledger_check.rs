//! Checking the consent ledger (P7): stretches of it are walked beside each other on the reading connections, each in a
//! short read of its own, so that nothing waits for the walk and its memory does not grow with the ledger.
//!
//! The end of the ledger is anchored in the secret store beside the database key: an older copy of the file, or one whose
//! tail was cut, holds together by itself, and only what is kept elsewhere can tell.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use secrecy::{ExposeSecret, SecretString};
use switchboard_bridge::changes::Progress;
use switchboard_bridge::dto;
use switchboard_store::tables::ledger_chain::{self, LedgerHead, LedgerKey};
use switchboard_store::tables::ledger_verify::{self, Broken, Fault, Verified};
use switchboard_store::{Store, StoreError};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use crate::secrets::{SecretError, SecretName};
use crate::{Console, EngineError};

/// Name of this work in `progress`.
pub const JOB: &str = "consent_ledger";
/// Entries per read: some tens of milliseconds.
const STRETCH: u64 = 20_000;
/// Walkers at once; one of the four reading connections stays free for the window.
const WALKERS: usize = 3;

/// Who watches a walk, and who may end it.
#[derive(Clone, Default)]
pub struct Watch {
    /// Where it tells how far it is.
    pub progress: Option<broadcast::Sender<Progress>>,
    /// Ends it early.
    pub stop: CancellationToken,
}

/// Walks the whole ledger. `None` when it was ended early.
///
/// # Errors
/// [`StoreError`].
pub async fn walk(
    store: &Store,
    key: &LedgerKey,
    anchor: Option<LedgerHead>,
    watch: &Watch,
) -> Result<Option<Verified>, StoreError> {
    let (last, erased) =
        store.read(|c| Ok::<_, StoreError>((ledger_chain::head(c)?.seq, ledger_verify::erased_people(c)?))).await?;
    let shared =
        Arc::new(Shared { last, next: AtomicU64::new(1), done: AtomicU64::new(0), erased, broken: Mutex::new(None) });
    let walkers = std::thread::available_parallelism().map_or(1, usize::from).min(WALKERS);
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..walkers {
        all.spawn(walker(store.clone(), key.clone(), Arc::clone(&shared), watch.clone()));
    }
    while let Some(ended) = all.join_next().await {
        ended.unwrap_or(Err(StoreError::Closed))?;
    }
    if watch.stop.is_cancelled() {
        return Ok(None);
    }
    let broken = match shared.broken() {
        Some(broken) => Some(broken),
        None => {
            let key = key.clone();
            store.read(move |c| ledger_verify::ends(c, &key, anchor)).await?
        }
    };
    let entries = broken.map_or(last, |b| b.seq.saturating_sub(1).min(last));
    Ok(Some(Verified { entries, broken }))
}

struct Shared {
    last: u64,
    next: AtomicU64,
    done: AtomicU64,
    erased: HashSet<[u8; 16]>,
    broken: Mutex<Option<Broken>>,
}

impl Shared {
    fn broken(&self) -> Option<Broken> {
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stretches are taken in order, so when the first broken one is known, all before it were taken too.
    fn take(&self) -> Option<(u64, u64)> {
        if self.broken().is_some() {
            return None;
        }
        let from = self.next.fetch_add(STRETCH, Ordering::SeqCst);
        (from <= self.last).then(|| (from, self.last.min(from.saturating_add(STRETCH - 1))))
    }

    fn found(&self, broken: Broken) {
        let mut kept = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.is_none_or(|k| broken.seq < k.seq) {
            *kept = Some(broken);
        }
    }
}

async fn walker(store: Store, key: LedgerKey, shared: Arc<Shared>, watch: Watch) -> Result<(), StoreError> {
    while let Some((from, to)) = shared.take() {
        if watch.stop.is_cancelled() {
            return Ok(());
        }
        let (key, of) = (key.clone(), Arc::clone(&shared));
        let broken = store
            .read(move |c| {
                let broken = ledger_verify::stretch(c, &key, from, to, &of.erased)?;
                // Somebody may have been erased since the walk began.
                if broken.is_some_and(|b| b.fault == Fault::EvidenceRemoved) {
                    return ledger_verify::stretch(c, &key, from, to, &ledger_verify::erased_people(c)?);
                }
                Ok::<_, StoreError>(broken)
            })
            .await?;
        if let Some(broken) = broken {
            shared.found(broken);
        }
        let done = shared.done.fetch_add(to - from + 1, Ordering::SeqCst) + (to - from + 1);
        if let Some(progress) = &watch.progress {
            // Nobody may be looking; that is no fault.
            drop(progress.send(Progress {
                job: JOB.to_owned(),
                phase: "verifying".to_owned(),
                done,
                total: Some(shared.last),
            }));
        }
    }
    Ok(())
}

/// Checks the ledger of an open profile, and moves its anchor along when it holds.
///
/// # Errors
/// [`EngineError::Store`]. A secret store that does not answer is part of the result, not an error.
pub async fn verify(console: &Console) -> Result<dto::LedgerVerification, EngineError> {
    let began = Instant::now();
    let watch = Watch { progress: Some(console.progress().clone()), stop: console.begin_ledger_walk() };
    let anchor = anchor(console).await;
    let known = anchor.as_ref().ok().copied().flatten();
    let key = LedgerKey::new(*console.keys().ledger());
    let found = walk(console.store(), &key, known, &watch).await?;
    let at = console.clock().now();
    let (head, erased) = console
        .store()
        .read(|c| {
            let erased = c
                .prepare_cached("SELECT count(*) FROM consent_events WHERE salt IS NULL")
                .and_then(|mut s| s.query_row([], |r| r.get(0)))
                .map_err(StoreError::from)?;
            Ok::<(LedgerHead, u64), StoreError>((ledger_chain::head(c)?, erased))
        })
        .await?;
    let holds = found.as_ref().is_some_and(|v| v.broken.is_none());
    if holds && anchor.is_ok() {
        advance(console).await?;
    }
    Ok(dto::LedgerVerification {
        entries: found.as_ref().map_or(0, |v| v.entries),
        holds,
        cancelled: found.is_none(),
        broken: found.and_then(|v| v.broken).map(|b| dto::LedgerBreak {
            entry: b.seq,
            fault: b.fault.as_str().to_owned(),
            sentence: b.fault.sentence(b.seq),
        }),
        erased,
        head: hex::encode(head.hash),
        anchored_entry: known.map(|a| a.seq),
        anchor_problem: anchor.err().map(|_| {
            "The keychain did not answer, so a cut end is found only by what the database keeps itself.".to_owned()
        }),
        proof_mark: crate::proof::own_mark(console.keys().proof()),
        verified_at_ms: at.as_ms(),
        took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

/// The end of the ledger as the secret store remembers it.
///
/// # Errors
/// [`SecretError`].
pub async fn anchor(console: &Console) -> Result<Option<LedgerHead>, SecretError> {
    let kept = console.secrets().get(SecretName::LedgerAnchor).await?;
    Ok(kept.and_then(|text| LedgerHead::parse(text.expose_secret())))
}

/// Moves the anchor to the present end, if the anchored entry is still where it was. An anchor that the ledger does not
/// reach stays: it is the evidence that something is missing.
///
/// # Errors
/// [`EngineError::Store`], [`EngineError::Secret`].
pub async fn advance(console: &Console) -> Result<(), EngineError> {
    if !console.secrets().can_keep() {
        return Ok(());
    }
    let before = anchor(console).await?;
    let (head, follows) = console
        .store()
        .read(move |c| {
            let follows = match before {
                Some(anchor) => ledger_verify::contains(c, &anchor)?,
                None => true,
            };
            Ok::<_, StoreError>((ledger_chain::head(c)?, follows))
        })
        .await?;
    if !follows {
        tracing::error!("the consent ledger does not reach the entry that the keychain remembers");
        return Ok(());
    }
    if before != Some(head) {
        console.secrets().put(SecretName::LedgerAnchor, SecretString::from(head.to_text())).await?;
    }
    Ok(())
}

/// [`advance`] where nobody waits for it.
pub(crate) async fn advance_quietly(console: &Console) {
    if let Err(error) = advance(console).await {
        tracing::warn!(%error, "anchoring the consent ledger; the next time tries again");
    }
}

#[cfg(test)]
#[path = "ledger_check_tests.rs"]
mod tests;
