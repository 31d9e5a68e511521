//! Rehearsals: a campaign on a practice account of its own, with its real audience and a chosen amount of trouble.
//!
//! Three things exist for one rehearsal and end with it: a practice account whose ledger is in memory, a console over an
//! encrypted database in a folder of its own whose key is in memory alone, and a clock that both share and that is moved
//! from one event to the next. The console is the real engine: enqueueing, claim, pace, limits, budgets, outcomes and
//! webhooks run as they will. It knows no address but the practice account's on the loopback, holds no secret of the
//! real account, and nothing of it is written to the real profile but the figures.

mod stage;
mod webhooks;

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Instant;

use switchboard_bridge::changes::Progress;
use switchboard_bridge::dto::{
    ById, CampaignLaunch, CampaignRehearse, CampaignStateDto, CountedReason, Nothing, Rehearsal, Trouble,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::ids::CampaignId;
use switchboard_engine::Console;
use switchboard_engine::campaigns::{self, rehearsal as script};
use tokio_util::sync::CancellationToken;

use stage::{Beat, Stage};

/// Those under way in this process, by campaign.
static UNDER_WAY: LazyLock<Mutex<HashMap<CampaignId, CancellationToken>>> = LazyLock::new(Mutex::default);

/// A rehearsal's place in [`UNDER_WAY`].
struct Turn {
    id: CampaignId,
    stop: CancellationToken,
}

impl Turn {
    fn take(id: CampaignId) -> Result<Self, UiError> {
        let stop = CancellationToken::new();
        let mut all = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
        if all.contains_key(&id) {
            return Err(UiError::new(
                UiErrorCode::WrongState,
                "This campaign is being rehearsed already.",
                "Wait for it, or stop it first.",
            ));
        }
        all.insert(id, stop.clone());
        Ok(Self { id, stop })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// Stops a rehearsal that is under way; fine if none is.
///
/// # Errors
/// `NotFound` for an id that is none.
pub fn cancel(request: &ById) -> Result<Nothing, UiError> {
    let id = campaigns::parse_id(&request.id)?;
    if let Some(stop) = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
        stop.cancel();
    }
    Ok(Nothing {})
}

/// Name of a rehearsal's progress.
fn job(id: CampaignId) -> String {
    format!("rehearsal:{id}")
}

/// Rehearses a draft and keeps the figures with it.
///
/// # Errors
/// `WrongState` for a draft with gaps, a campaign that was launched, or a second rehearsal at once; `Cancelled`.
pub async fn rehearse(real: &Console, request: CampaignRehearse) -> Result<Rehearsal, UiError> {
    let id = campaigns::parse_id(&request.id)?;
    let turn = Turn::take(id)?;
    let began = Instant::now();
    let tell = |phase: &str, done: u64, total: Option<u64>| {
        // Nobody may be looking; that is no fault.
        drop(real.progress().send(Progress { job: job(id), phase: phase.to_owned(), done, total }));
    };
    tell("reading", 0, None);
    let script = script::read_script(real, id).await?;
    let mut stage = Stage::open(real, &script, request.trouble).await?;
    let played = play(real, &script, &mut stage, &turn.stop, request.trouble, began, tell).await;
    stage.close().await;
    let rehearsal = played?;
    script::keep(real, &script, &rehearsal).await?;
    Ok(rehearsal)
}

async fn play(
    real: &Console,
    script: &script::Script,
    stage: &mut Stage,
    stop: &CancellationToken,
    trouble: Trouble,
    began: Instant,
    tell: impl Fn(&str, u64, Option<u64>) + Send + Sync,
) -> Result<Rehearsal, UiError> {
    script::furnish(real, script, stage.console(), stage.place(), |done| tell("writing", done, None)).await?;
    if stop.is_cancelled() {
        return Err(stopped());
    }
    let launch = CampaignLaunch {
        id: script.campaign_id.to_string(),
        typed_number: Some(campaigns::review(stage.console(), script.campaign_id).await?.will_receive),
        template_hash: None,
        idempotency_key: "rehearsal".to_owned(),
    };
    campaigns::launch(stage.console(), launch).await?;
    stage.make_trouble(trouble, script)?;
    let mut beats: u64 = 0;
    loop {
        if stop.is_cancelled() {
            return Err(stopped());
        }
        let beat = stage.beat().await?;
        if beats.is_multiple_of(16) || beat == Beat::Over {
            let row = campaigns::get(stage.console(), script.campaign_id).await?.row;
            let waiting = row.counts.queued + row.counts.sending;
            tell("rehearsing", row.counts.audience.saturating_sub(waiting), Some(row.counts.audience));
            let over =
                matches!(row.state, CampaignStateDto::Done | CampaignStateDto::Paused | CampaignStateDto::Cancelled);
            if over || beat == Beat::Over {
                break;
            }
        }
        beats = beats.saturating_add(1);
    }
    tell("settling", 0, None);
    stage.settle(stop).await?;
    if stop.is_cancelled() {
        return Err(stopped());
    }
    let summary = stage.summary().await?;
    let count = |key: &str| summary.get(key).and_then(serde_json::Value::as_u64).unwrap_or(0);
    let aside = script::Aside {
        obstacles: stage.obstacles(),
        twice: count("correlations_accepted_twice") + count("people_with_template_twice"),
        took: began.elapsed(),
    };
    script::outcome(stage.console(), real, script, trouble, aside).await
}

fn stopped() -> UiError {
    UiError::new(UiErrorCode::Cancelled, "The rehearsal was stopped.", "Start it again whenever you like.")
}

/// Something the practice account did on purpose.
fn obstacle(code: &str, sentence: &str, count: u64) -> CountedReason {
    CountedReason { code: code.to_owned(), sentence: sentence.to_owned(), remedy: None, count }
}
