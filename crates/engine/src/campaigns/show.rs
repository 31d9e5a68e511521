//! Campaigns as windows and the command line see them.

use std::time::Duration;

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{
    CampaignCounts, CampaignDetail, CampaignList, CampaignRow as RowDto, CampaignStateDto, CountedReason, RatePoint,
};
use switchboard_cloud_api::errors::look_up_code;
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::ids::CampaignId;
use switchboard_domain::send::OutboxState;
use switchboard_domain::template::Category;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::campaigns::{self, CampaignRow};
use switchboard_store::tables::outbox::{self, ReasonCount, StateCounts};
use switchboard_store::tables::templates;
use switchboard_store::{Connection, StoreError};

use super::draft::draft_dto;
use super::forecast;
use super::not_found;
use super::plan::excluded_words;
use super::stall;
use crate::role::EngineRole;
use crate::{Console, EngineError};

/// The pace of now is that of the last so many seconds.
const LATELY: Duration = Duration::from_secs(20);
/// Points of a curve at most.
const CURVE_POINTS: i64 = 120;

fn state_dto(state: CampaignState) -> CampaignStateDto {
    match state {
        CampaignState::Draft => CampaignStateDto::Draft,
        CampaignState::Launching => CampaignStateDto::Launching,
        CampaignState::Running => CampaignStateDto::Running,
        CampaignState::Paused => CampaignStateDto::Paused,
        CampaignState::Cancelled => CampaignStateDto::Cancelled,
        CampaignState::Done => CampaignStateDto::Done,
    }
}

fn counts_dto(c: &StateCounts) -> CampaignCounts {
    CampaignCounts {
        audience: c.audience(),
        excluded: c.excluded,
        queued: c.queued,
        sending: c.sending,
        unknown: c.unknown,
        held: c.held,
        accepted: c.accepted,
        sent: c.sent,
        delivered: c.delivered,
        read: c.read,
        failed: c.failed,
        withheld: c.withheld,
        cancelled: c.cancelled,
    }
}

fn row_dto(connection: &Connection, row: &CampaignRow, now: UnixMillis) -> Result<RowDto, StoreError> {
    let template = match &row.template_id {
        Some(t) => templates::get(connection, t)?,
        None => None,
    };
    // Rows that an undone launch left behind are on their way out and belong to nobody.
    let counts = if row.state == CampaignState::Draft {
        StateCounts::default()
    } else {
        outbox::counts(connection, row.campaign_id)?
    };
    let (replied, opted_out) = match row.launched_at {
        Some(at) => (
            outbox::answered(connection, row.campaign_id, at)?,
            outbox::opted_out_after(connection, row.campaign_id, at)?,
        ),
        None => (0, 0),
    };
    Ok(RowDto {
        id: row.campaign_id.to_string(),
        name: row.name.clone(),
        state: state_dto(row.state),
        paused_reason: row.paused_reason.clone(),
        template: template.as_ref().map(|t| format!("{} ({})", t.name, t.language)),
        category: row.category.clone().or_else(|| template.map(|t| t.category)),
        counts: counts_dto(&counts),
        replied,
        opted_out,
        created_at_ms: row.created_at.as_ms(),
        launched_at_ms: row.launched_at.map(UnixMillis::as_ms),
        starts_at_ms: row.starts_at.map(UnixMillis::as_ms),
        finished_at_ms: row.finished_at.map(UnixMillis::as_ms),
        waits_until_at_ms: stall::of_campaign(connection, row, now)?.and_then(|s| s.until_at_ms),
    })
}

/// All campaigns, newest first, for other screens' queries too.
///
/// # Errors
/// [`StoreError`].
pub fn list_in(connection: &Connection, now: UnixMillis) -> Result<Vec<RowDto>, StoreError> {
    campaigns::list(connection)?.iter().map(|row| row_dto(connection, row, now)).collect()
}

/// Campaigns under way, newest first: for Today.
///
/// # Errors
/// [`StoreError`].
pub fn under_way_in(connection: &Connection, now: UnixMillis) -> Result<Vec<RowDto>, StoreError> {
    campaigns::list(connection)?
        .iter()
        .filter(|c| matches!(c.state, CampaignState::Launching | CampaignState::Running | CampaignState::Paused))
        .map(|row| row_dto(connection, row, now))
        .collect()
}

/// All campaigns, newest first.
///
/// # Errors
/// A store error's sentence.
pub async fn list(console: &Console) -> Result<CampaignList, UiError> {
    let now = console.clock().now();
    let items = console.store().read(move |c| Ok::<_, EngineError>(list_in(c, now)?)).await?;
    Ok(CampaignList { items })
}

/// One campaign.
///
/// # Errors
/// [`switchboard_bridge::UiErrorCode::NotFound`].
pub async fn get(console: &Console, id: CampaignId) -> Result<CampaignDetail, UiError> {
    detail(console, id).await
}

pub(super) async fn detail(console: &Console, id: CampaignId) -> Result<CampaignDetail, UiError> {
    let now = console.clock().now();
    let somebody_sends = console.holds_role() || EngineRole::is_taken(console.profile());
    let found = console.store().read(move |c| Ok::<_, EngineError>(read_as(c, id, now, somebody_sends)?)).await?;
    found.ok_or_else(not_found)
}

/// A campaign as seen by somebody who knows that it is being looked after.
pub(super) fn read(
    connection: &Connection,
    id: CampaignId,
    now: UnixMillis,
) -> Result<Option<CampaignDetail>, StoreError> {
    read_as(connection, id, now, true)
}

fn read_as(
    connection: &Connection,
    id: CampaignId,
    now: UnixMillis,
    somebody_sends: bool,
) -> Result<Option<CampaignDetail>, StoreError> {
    let Some(row) = campaigns::get(connection, id)? else { return Ok(None) };
    let dto = row_dto(connection, &row, now)?;
    let category = dto.category.as_deref().and_then(Category::parse).unwrap_or(Category::Marketing);
    let failures =
        outbox::reasons(connection, id, &[OutboxState::Refused, OutboxState::Withheld, OutboxState::Unknown])?;
    let excluded = outbox::reasons(connection, id, &[OutboxState::Excluded, OutboxState::Cancelled])?;
    let launched = row.state != CampaignState::Draft;
    let stall = stall::of(connection, &row, category, now, somebody_sends)?;
    let per_second = match row.state {
        CampaignState::Running => lately(connection, id, now)?,
        _ => None,
    };
    let can_undo = matches!(row.state, CampaignState::Launching | CampaignState::Running)
        && row.starts_at.is_some_and(|s| s > now);
    Ok(Some(CampaignDetail {
        draft: draft_dto(&row),
        failures: if launched { merged(failures.into_iter().map(failure)) } else { Vec::new() },
        excluded: if launched { merged(excluded.into_iter().map(|r| left_out(r, category))) } else { Vec::new() },
        rate: curve(connection, id)?,
        done_at_ms: per_second
            .filter(|_| stall.is_none())
            .map(|pace| now.plus(Duration::from_secs_f64(dto.counts.queued as f64 / pace)).as_ms()),
        stall,
        per_second,
        can_undo,
        cost: forecast::so_far(connection, &row)?,
        row: dto,
    }))
}

/// Messages a second that Meta took in the last moments; `None` before there is anything to tell.
fn lately(connection: &Connection, id: CampaignId, now: UnixMillis) -> Result<Option<f64>, StoreError> {
    let Some((first, last)) = campaigns::rate_span(connection, id)? else { return Ok(None) };
    if now.since(last) > LATELY {
        return Ok(None);
    }
    let since = first.max(now.minus(LATELY));
    let seconds = now.since(since).as_secs_f64().max(1.0);
    let accepted = campaigns::accepted_since(connection, id, since)?;
    Ok((accepted > 0).then(|| accepted as f64 / seconds))
}

fn failure(reason: ReasonCount) -> CountedReason {
    let advice = reason.code.parse::<i64>().ok().and_then(look_up_code);
    let (sentence, remedy) = match advice {
        Some(entry) => (entry.sentence.to_owned(), Some(entry.remedy.to_owned())),
        None => (reason.sentence, None),
    };
    CountedReason { code: reason.code, sentence, remedy, count: reason.count }
}

fn left_out(reason: ReasonCount, category: Category) -> CountedReason {
    let (sentence, remedy) = match reason.code.as_str() {
        "campaign_cancelled" | "no_address" | "template_not_sendable" => (reason.sentence, None),
        code => {
            let (sentence, remedy) = excluded_words(code, category);
            if remedy.is_none() && !reason.sentence.is_empty() { (reason.sentence, None) } else { (sentence, remedy) }
        }
    };
    CountedReason { code: reason.code, sentence, remedy, count: reason.count }
}

/// So many people, in words.
pub(super) fn people(count: u64) -> String {
    if count == 1 { "one person".to_owned() } else { format!("{count} people") }
}

/// Reasons that read the same are one line; its code names all of theirs, so that it still leads to everybody.
pub(super) fn merged(reasons: impl IntoIterator<Item = CountedReason>) -> Vec<CountedReason> {
    let mut lines: Vec<CountedReason> = Vec::new();
    for reason in reasons {
        match lines.iter_mut().find(|l| l.sentence == reason.sentence && l.remedy == reason.remedy) {
            Some(line) => {
                line.count = line.count.saturating_add(reason.count);
                if !line.code.split(',').any(|code| code == reason.code) {
                    line.code = format!("{},{}", line.code, reason.code);
                }
            }
            None => lines.push(reason),
        }
    }
    lines.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
    lines
}

fn curve(connection: &Connection, id: CampaignId) -> Result<Vec<RatePoint>, StoreError> {
    let Some((from, to)) = campaigns::rate_span(connection, id)? else { return Ok(Vec::new()) };
    let seconds = (to.as_ms() - from.as_ms()) / 1000 + 1;
    let interval_ms = (seconds + CURVE_POINTS - 1).div_euclid(CURVE_POINTS).max(1) * 1000;
    Ok(campaigns::rate(connection, id, interval_ms)?
        .into_iter()
        .map(|s| RatePoint {
            at_ms: s.at.as_ms(),
            interval_ms: interval_ms.unsigned_abs(),
            accepted: s.accepted,
            failed: s.failed,
        })
        .collect())
}
