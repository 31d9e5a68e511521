//! The report: what became of a campaign, beside what was foretold.

use std::time::Duration;

use switchboard_bridge::dto::{
    CampaignPlan, CampaignReport, CampaignReportRequest, ReportCharge, ReportInterval, ReportReach, ReportStep,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::ids::CampaignId;
use switchboard_domain::money::format_micros;
use switchboard_domain::time::UnixMillis;
use switchboard_store::Connection;
use switchboard_store::tables::campaign_report::{self, Step};
use switchboard_store::tables::{campaigns, outbox, phone_numbers, test_sends};

use super::{not_found, parse_id, show, wrong_state};
use crate::{Console, EngineError};

/// Days in which a reply counts, where nobody says otherwise.
const REPLY_DAYS: u32 = 7;
/// Stretches of the picture at most.
const STRETCHES: i64 = 60;
const DAY: Duration = Duration::from_secs(86_400);
/// Lengths of a stretch that people can read off: from ten seconds to a week.
const NICE_SECONDS: [i64; 12] = [10, 30, 60, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 604_800];

/// The report of a launched campaign, at any time of its life.
///
/// # Errors
/// [`UiErrorCode::NotFound`], [`UiErrorCode::WrongState`] for a draft, [`UiErrorCode::InvalidInput`] for other days
/// than 1 to 30.
pub async fn report(console: &Console, request: CampaignReportRequest) -> Result<CampaignReport, UiError> {
    let id = parse_id(&request.id)?;
    let days = request.reply_days.unwrap_or(REPLY_DAYS);
    if !(1..=30).contains(&days) {
        return Err(UiError::new(
            UiErrorCode::InvalidInput,
            "A reply counts for 1 to 30 days.",
            "Choose a number of days from 1 to 30.",
        )
        .with_details(serde_json::json!({ "field": "reply_days" })));
    }
    let now = console.clock().now();
    Ok(console.store().read(move |c| read(c, id, days, now)).await?)
}

pub(super) fn read(c: &Connection, id: CampaignId, days: u32, now: UnixMillis) -> Result<CampaignReport, EngineError> {
    let campaign = campaigns::get(c, id)?.ok_or_else(not_found)?;
    if campaign.state == CampaignState::Draft {
        let error = wrong_state("There is no report of a campaign that was not launched.", "Launch it first.");
        return Err(error.into());
    }
    let detail = show::read(c, id, now)?.ok_or_else(not_found)?;
    let within = DAY.saturating_mul(days);
    let span = campaign_report::sent_span(c, id)?;
    let counts = &detail.row.counts;
    let (replies, opted_out) = match span {
        Some(span) => (campaign_report::replies(c, id, span, within)?, campaign_report::opted_out(c, id, within)?),
        None => (campaign_report::Replies::default(), 0),
    };
    let read = counts.read;
    let delivered = counts.delivered + read;
    let number = match &campaign.phone_number_id {
        Some(number) => phone_numbers::get(c, number)?.map(|n| n.display_phone_number),
        None => None,
    };
    Ok(CampaignReport {
        made_at_ms: now.as_ms(),
        from_display_phone_number: number.unwrap_or_default(),
        plan: campaign.plan.as_deref().and_then(|json| serde_json::from_str::<CampaignPlan>(json).ok()),
        reach: ReportReach {
            sent: counts.accepted + counts.held + counts.sent + delivered,
            delivered,
            read,
            replied: replies.people,
            replied_to_it: replies.to_it,
            opted_out,
        },
        reply_days: days,
        replies_may_come: span.is_some_and(|(_, last)| now < last.plus(within)),
        cost: detail.cost,
        charges: campaign_report::charges(c, id)?
            .into_iter()
            .map(|charge| ReportCharge {
                kind: charge.kind,
                category: charge.category,
                messages: charge.messages,
                amount: format_micros(charge.micros),
            })
            .collect(),
        failures: detail.failures,
        excluded: detail.excluded,
        steps: steps(c, id, span, &outbox::counts(c, id)?)?,
        intervals: match span {
            Some(span) => intervals(c, id, span, within)?,
            None => Vec::new(),
        },
        sending_seconds: span.map(|(first, last)| last.since(first).as_secs()),
        row: detail.row,
    })
}

/// What happened, oldest first: what the trigger wrote down, and the first and last message.
fn steps(
    c: &Connection,
    id: CampaignId,
    span: Option<(UnixMillis, UnixMillis)>,
    counts: &outbox::StateCounts,
) -> Result<Vec<ReportStep>, EngineError> {
    let mut found: Vec<ReportStep> = Vec::new();
    let mut step = |at: UnixMillis, kind: &str, reason: Option<String>| {
        found.push(ReportStep { at_ms: at.as_ms(), kind: kind.to_owned(), reason });
    };
    if let Some(at) = test_sends::first_at(c, id)? {
        step(at, "test", None);
    }
    let mut before = String::from("draft");
    for Step { at, state, reason, .. } in campaign_report::steps(c, id)? {
        let kind = match (before.as_str(), state.as_str()) {
            (_, "launching") if before == "draft" => Some("launched"),
            ("paused", "launching" | "running") => Some("resumed"),
            ("done", "running") => Some("retried"),
            ("launching", "running") => None,
            (_, "draft") => Some("undone"),
            (_, "paused") => Some("paused"),
            (_, "cancelled") => Some("cancelled"),
            (_, "done") => Some("done"),
            _ => None,
        };
        if let Some(kind) = kind {
            step(at, kind, reason);
        }
        before = state;
    }
    if let Some((first, last)) = span {
        step(first, "first_sent", None);
        if counts.queued == 0 && counts.sending == 0 {
            step(last, "last_sent", None);
        }
    }
    found.sort_by_key(|s| s.at_ms);
    Ok(found)
}

/// The shortest nice stretch of which there are not too many.
fn stretch_ms(span_ms: i64) -> i64 {
    let seconds = NICE_SECONDS.into_iter().find(|s| span_ms <= s * 1_000 * STRETCHES);
    seconds.unwrap_or_else(|| span_ms.div_euclid(1_000 * STRETCHES) + 1) * 1_000
}

fn intervals(
    c: &Connection,
    id: CampaignId,
    (first, last): (UnixMillis, UnixMillis),
    within: Duration,
) -> Result<Vec<ReportInterval>, EngineError> {
    let end = campaign_report::last_news(c, id)?.unwrap_or(last).min(last.plus(within));
    let interval_ms = stretch_ms(end.as_ms().saturating_sub(first.as_ms()).max(1));
    let found = campaign_report::over_time(c, id, (first, last), within, interval_ms)?;
    let (Some(from), Some(to)) = (found.keys().next().copied(), found.keys().next_back().copied()) else {
        return Ok(Vec::new());
    };
    // Nothing happened is something to see, too; a straggler weeks later does not stretch the picture.
    let to = to.min(from.saturating_add(interval_ms.saturating_mul(STRETCHES)));
    let mut all = Vec::new();
    let mut at = from;
    while at <= to {
        let s = found.get(&at).copied().unwrap_or_default();
        all.push(ReportInterval {
            at_ms: at,
            interval_ms: interval_ms.unsigned_abs(),
            sent: s.sent,
            delivered: s.delivered,
            read: s.read,
            replies: s.replies,
        });
        at = at.saturating_add(interval_ms);
    }
    Ok(all)
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
