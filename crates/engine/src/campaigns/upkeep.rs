//! The long work behind a launch, a cancel and an undo, in chunks that each leave a valid state and a cursor (P9):
//! writing the audience to the outbox, cancelling what waits, deleting what an undone launch wrote. It goes on
//! where it stopped, whoever started it.

use std::time::{Duration, Instant};

use switchboard_bridge::changes::Progress;
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::ids::{CampaignId, OutboxId};
use switchboard_domain::send::{MessageKind, OutboxState, SendContent};
use switchboard_domain::template::Category;
use switchboard_fault_points::{Point, reach};
use switchboard_store::tables::audience::{self, AudienceMember, AudienceQuery};
use switchboard_store::tables::campaigns::{self, CampaignRow};
use switchboard_store::tables::consent_gate::{self, GateSettings};
use switchboard_store::tables::{outbox, templates};
use switchboard_store::{Priority, StoreError, WriteTx};

use super::plan::{excluded_words, never_reached, values_of};
use crate::operator_rules::{OperatorRules, QuietBook};
use crate::sender::{TEMPLATE_CHANGED, TemplateSnapshot};
use crate::{Console, EngineError};

/// People written to the outbox in one transaction: some tens of milliseconds.
const CHUNK: usize = 500;
/// Rows cancelled or deleted in one transaction.
const CLEAR_CHUNK: u32 = 1000;
/// A command that starts such work waits this long for it, then leaves the rest to the background.
const WAIT_AT_MOST: Duration = Duration::from_millis(400);
/// Another program may have launched something.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upkeep {
    /// Rows were written or cleared; there may be more.
    Worked(usize),
    /// Nothing is left to do.
    Idle,
}

/// One chunk of the most urgent work.
///
/// # Errors
/// [`EngineError::Store`].
pub async fn step(console: &Console) -> Result<Upkeep, EngineError> {
    let (launching, leftovers) = console
        .store()
        .read(|c| {
            let launching = campaigns::in_state(c, CampaignState::Launching)?.into_iter().next();
            Ok::<_, EngineError>((launching.map(|l| l.campaign_id), campaigns::with_leftovers(c)?))
        })
        .await?;
    if let Some(id) = launching {
        // Counted once, then added up: counting again with every chunk would make a large launch slower and slower.
        let before = match console.enqueued(id) {
            Some(rows) => rows,
            None => console.store().read(move |c| outbox::counts(c, id)).await?.audience(),
        };
        let Chunk { written, rows, first } = console.store().write(Priority::Bulk, move |tx| enqueue(tx, id)).await?;
        let total = if first { rows } else { before.saturating_add(rows) };
        console.note_enqueued(id, total);
        reach(Point::EnqueueCommitted).await;
        // Nobody may be looking; that is no fault.
        drop(console.progress().send(Progress {
            job: id.to_string(),
            phase: "enqueueing".to_owned(),
            done: total,
            total: None,
        }));
        console.wakes().sender.notify_one();
        return Ok(Upkeep::Worked(written));
    }
    if let Some((id, state)) = leftovers.into_iter().next() {
        return Ok(Upkeep::Worked(clear(console, id, state).await?));
    }
    Ok(Upkeep::Idle)
}

/// Runs the steps until the console shuts down.
pub async fn run(console: Console) {
    let shutdown = console.shutdown().clone();
    while !shutdown.is_cancelled() {
        let woken = console.wakes().campaigns.notified();
        let wait = match step(&console).await {
            Ok(Upkeep::Worked(_)) => Duration::ZERO,
            Ok(Upkeep::Idle) => LOOK_EVERY,
            Err(error) => {
                tracing::error!(%error, "writing an audience to the outbox");
                Duration::from_secs(2)
            }
        };
        if wait.is_zero() {
            tokio::task::yield_now().await;
            continue;
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = woken => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Does what a cancel or an undo left, for a moment; the background does the rest.
pub(super) async fn finish_off(console: &Console, id: CampaignId) -> Result<(), EngineError> {
    let began = Instant::now();
    while began.elapsed() < WAIT_AT_MOST {
        let state = console.store().read(move |c| campaigns::get(c, id).map_err(EngineError::from)).await?;
        let Some(row) = state else { return Ok(()) };
        if clear(console, id, row.state).await? == 0 {
            return Ok(());
        }
    }
    Ok(())
}

async fn clear(console: &Console, id: CampaignId, state: CampaignState) -> Result<usize, EngineError> {
    console
        .store()
        .write(Priority::Bulk, move |tx| {
            let cleared = match state {
                CampaignState::Cancelled => outbox::cancel_queued_of_campaign(
                    tx,
                    id,
                    "campaign_cancelled",
                    "The campaign was cancelled before this left.",
                    CLEAR_CHUNK,
                )?,
                CampaignState::Draft => outbox::delete_of_campaign(tx, id, CLEAR_CHUNK)?,
                _ => 0,
            };
            if cleared > 0 {
                tx.touch("campaigns")?;
            }
            Ok(cleared)
        })
        .await
}

/// What a chunk of a launch did.
#[derive(Default)]
struct Chunk {
    /// People looked at, or rows of an undone launch deleted.
    written: usize,
    /// Rows that are in the outbox now and were not before.
    rows: u64,
    /// Nothing of this launch was there before.
    first: bool,
}

/// One chunk of a launching campaign: rows and cursor in one transaction.
fn enqueue(tx: &mut WriteTx<'_>, id: CampaignId) -> Result<Chunk, EngineError> {
    let Some(row) = campaigns::get(tx, id)?.filter(|r| r.state == CampaignState::Launching) else {
        return Ok(Chunk::default());
    };
    let first = row.enqueue_cursor.is_none();
    if first {
        // An undone launch may have left rows; they are not this launch's.
        let left = outbox::delete_of_campaign(tx, id, CLEAR_CHUNK)?;
        if left > 0 {
            return Ok(Chunk { written: left, rows: 0, first });
        }
    }
    let template = match &row.template_id {
        Some(t) => templates::get(tx, t)?.map(|t| TemplateSnapshot::of(&t)),
        None => None,
    };
    let Some(template) = template else {
        campaigns::pause(tx, id, "template_gone", "Its template is no longer there.")?;
        return Ok(Chunk::default());
    };
    if row.template_shape.as_deref().is_some_and(|shape| shape != template.components.shape()) {
        campaigns::pause(tx, id, TEMPLATE_CHANGED.0, TEMPLATE_CHANGED.1)?;
        return Ok(Chunk::default());
    }
    let until = row.launched_at.unwrap_or_else(|| tx.now());
    let category = template.category().unwrap_or(Category::Marketing);
    let reason_sql = consent_gate::campaign_reason_sql(category, tx.now(), &GateSettings::default());
    let query = AudienceQuery { audience: &row.audience, reason_sql: &reason_sql, until };
    let (members, cursor) = audience::audience_page(tx, &query, row.enqueue_cursor, CHUNK)?;
    let written = members.len();
    let mut rows = 0u64;
    let variables = template.components.variables();
    let rules = OperatorRules::load(tx)?.for_category(category);
    let starts_at = row.starts_at.unwrap_or_else(|| tx.now());
    let mut quiet = QuietBook::new(&rules, starts_at).within(row.operator_rules.window);
    for member in members {
        let left_out = member.left_out.as_deref().or_else(|| never_reached(&mut quiet, &member));
        let owed = match left_out {
            Some(word) => Err((word.to_owned(), excluded_words(word, category).0)),
            None => {
                values_of(&member, &template, &variables, &row).map_err(|why| (why.code().to_owned(), why.to_string()))
            }
        };
        rows += u64::from(write_row(tx, &row, &template, &member, owed)?);
    }
    match cursor {
        Some(cursor) => {
            campaigns::enqueued_upto(tx, id, cursor)?;
        }
        None => {
            campaigns::enqueueing_done(tx, id)?;
        }
    }
    Ok(Chunk { written, rows, first })
}

fn write_row(
    tx: &WriteTx<'_>,
    row: &CampaignRow,
    template: &TemplateSnapshot,
    member: &AudienceMember,
    owed: Result<switchboard_domain::campaign::Values, (String, String)>,
) -> Result<bool, StoreError> {
    let (state, reason, values) = match owed {
        Ok(values) => (OutboxState::Queued, None, values),
        Err(reason) => (OutboxState::Excluded, Some(reason), Default::default()),
    };
    let Some(number) = row.phone_number_id.clone() else {
        return Err(StoreError::BadValue { column: "campaigns.phone_number_id" });
    };
    outbox::insert(
        tx,
        &outbox::NewOutbox {
            outbox_id: OutboxId::new(tx.now()),
            campaign_id: Some(row.campaign_id),
            contact_id: member.contact_id,
            phone_number_id: number,
            kind: MessageKind::Template,
            category: Some(template.category.clone()),
            template_id: Some(template.template_id.clone()),
            content: SendContent { values, ..SendContent::default() },
            state,
            reason,
            not_before: switchboard_domain::time::UnixMillis::default(),
            idempotency_key: None,
        },
    )
}
