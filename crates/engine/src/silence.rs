//! A silence that is unusual for this desk. A relay that answers says nothing about whether Meta still sends to it: a
//! subscription that was taken away, another callback, a changed app secret are as silent as a Sunday night.
//!
//! Two signs, both computed from what this desk does, so that a quiet shop is left in peace at night. Messages that Meta
//! accepted bring their first tick within seconds, whoever receives them: none at all is a sign after minutes. And
//! webhooks that came in the same hours of each of the last weeks, or never paused for so long in a month. An alarm is
//! raised when two looks in a row agree, and stands until a webhook comes.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use switchboard_domain::time::UnixMillis;
use switchboard_relay_api::RelayState;
use switchboard_store::tables::{message_audits, relay};
use switchboard_store::{Connection, Priority, StoreError};

use crate::inbox::in_words;
use crate::{Console, EngineError};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// So many messages without any status are a sign after [`SEVERAL_AFTER`], a single one after [`ONE_AFTER`].
const SEVERAL: u64 = 5;
const SEVERAL_AFTER: Duration = Duration::from_secs(10 * 60);
const ONE_AFTER: Duration = Duration::from_secs(30 * 60);
/// Weeks that are looked back over, and of those that must be known.
const WEEKS: i64 = 4;
const WEEKS_KNOWN: usize = 3;
/// In each of them webhooks came in so many different hours of the same stretch.
const HOURS_OF_A_STRETCH: usize = 3;
/// Shorter silences are no sign by the hours of other weeks.
const STRETCH: Duration = Duration::from_secs(3 * 3600);
/// Against the longest pause of the last weeks: so much longer, at least a day, with so many hours known over a week.
const LONGER_THAN_LONGEST: i64 = 3;
const HOURS_KNOWN: usize = 40;

/// The alarm while it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// What is missing.
    #[serde(flatten)]
    pub sign: Sign,
    /// Since when nothing came.
    pub since: UnixMillis,
    /// When it was raised: a webhook taken later ends it.
    pub raised_at: UnixMillis,
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "sign", rename_all = "snake_case")]
pub enum Sign {
    /// Statuses of messages that Meta accepted.
    Statuses {
        /// How many messages.
        messages: u64,
    },
    /// Webhooks as they came in these hours of other weeks.
    Hours,
    /// Webhooks at all: no pause was ever nearly so long.
    LongestPause,
}

/// What is looked at.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// When the relay took the newest webhook that is applied here.
    pub last_webhook_at: Option<UnixMillis>,
    /// Messages accepted some minutes ago and after the last webhook, of which nothing was heard; since when.
    pub unheard: Option<(u64, UnixMillis)>,
    /// The hours (Unix time / 3,600,000) of the last weeks in which webhooks came, in order.
    pub hours: Vec<i64>,
}

/// What of a silence at `now` is unusual, if anything, and since when it lasts.
pub fn judge(facts: &Facts, now: UnixMillis) -> Option<(Sign, UnixMillis)> {
    if let Some((messages, first)) = facts.unheard {
        let waited = now.since(first);
        if (messages >= SEVERAL && waited >= SEVERAL_AFTER) || (messages >= 1 && waited >= ONE_AFTER) {
            return Some((Sign::Statuses { messages }, first));
        }
    }
    let last = facts.last_webhook_at?;
    let silent_for = now.since(last);
    if silent_for >= STRETCH && always_came_then(&facts.hours, last, now) {
        return Some((Sign::Hours, last));
    }
    if silent_for >= DAY && longer_than_ever(&facts.hours, silent_for) {
        return Some((Sign::LongestPause, last));
    }
    None
}

/// Whether webhooks came in several hours of the same stretch of each of the last weeks.
fn always_came_then(hours: &[i64], last: UnixMillis, now: UnixMillis) -> bool {
    let Some(first_known) = hours.first() else { return false };
    // Whole hours inside the silence: the first one that it fills, and the last one that is over.
    let (from, to) = (hour_of(last).saturating_add(1), hour_of(now));
    let mut known = 0usize;
    for week in 1..=WEEKS {
        let shift = week.saturating_mul(7 * 24);
        let (from, to) = (from.saturating_sub(shift), to.saturating_sub(shift));
        if *first_known > from {
            break;
        }
        known = known.saturating_add(1);
        if hours.iter().filter(|hour| (from..to).contains(*hour)).count() < HOURS_OF_A_STRETCH {
            return false;
        }
    }
    known >= WEEKS_KNOWN
}

/// Whether no pause of the last weeks was nearly as long.
fn longer_than_ever(hours: &[i64], silent_for: Duration) -> bool {
    let (Some(first), Some(last)) = (hours.first(), hours.last()) else { return false };
    let longest = hours.iter().zip(hours.iter().skip(1)).map(|(a, b)| b.saturating_sub(*a)).max().unwrap_or(i64::MAX);
    let silent_hours = i64::try_from(silent_for.as_secs() / HOUR.as_secs()).unwrap_or(i64::MAX);
    hours.len() >= HOURS_KNOWN
        && last.saturating_sub(*first) >= 7 * 24
        && silent_hours > longest.saturating_mul(LONGER_THAN_LONGEST)
}

fn hour_of(at: UnixMillis) -> i64 {
    at.as_ms().div_euclid(relay::HOUR_MS)
}

/// The kept alarm as a sentence with its remedy.
pub fn sentence(kept: &str, now: UnixMillis) -> Option<String> {
    let alarm: Alarm = serde_json::from_str(kept).ok()?;
    let since = in_words(now.since(alarm.since));
    let what = match alarm.sign {
        Sign::Statuses { messages: 1 } => {
            format!("Meta accepted a message {since} ago, and not one webhook has come since.")
        }
        Sign::Statuses { messages } => {
            format!("Meta accepted {messages} messages in the last {since}, and not one webhook has come since.")
        }
        Sign::Hours => format!("No webhook has come for {since}; in other weeks they came at this time."),
        Sign::LongestPause => format!("No webhook has come for {since}, longer than ever in the last weeks."),
    };
    Some(format!(
        "{what} Replies and opt-outs may be missing. Check the webhooks in Settings > Relay, and run `switchboard-relay doctor`."
    ))
}

/// Looks every minute and remembers whether the look before was a sign too.
#[derive(Debug, Default)]
pub struct Watch {
    suspected: bool,
}

impl Watch {
    /// One look. Only while everything that the relay has is applied here: what waits there may be the missing webhook.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub async fn look(&mut self, console: &Console) -> Result<(), EngineError> {
        let hears =
            console.relay_state().borrow().as_ref().is_some_and(|l| l.is_connected() && RelayState::caught_up(l));
        if !hears {
            self.suspected = false;
            return Ok(());
        }
        let now = console.clock().now();
        let (standing, found) = console.store().read(move |c| read(c, now)).await?;
        let step = next_step(standing.as_ref(), found, &mut self.suspected, now);
        let alarm = match step {
            Step::Nothing => return Ok(()),
            Step::Raise(alarm) => {
                tracing::warn!(sign = ?alarm.sign, "an unusual silence: no webhooks");
                Some(serde_json::to_string(&alarm).map_err(|_| StoreError::BadValue { column: "relay.silence" })?)
            }
            Step::TakeBack => None,
        };
        let written = console.store().write(Priority::Inbound, move |tx| {
            relay::set_silence(tx, alarm.as_deref())?;
            relay::forget_webhook_hours(tx, now.minus(DAY * 36))?;
            tx.touch("relay")
        });
        Ok(written.await?)
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Nothing,
    Raise(Alarm),
    TakeBack,
}

type Looked = (Option<(Alarm, bool)>, Option<(Sign, UnixMillis)>);

/// The standing alarm with whether a webhook came after it, and what a look finds.
fn read(conn: &Connection, now: UnixMillis) -> Result<Looked, StoreError> {
    let Some(row) = relay::get(conn)? else { return Ok((None, None)) };
    let standing = row.silence.as_deref().and_then(|kept| serde_json::from_str::<Alarm>(kept).ok());
    if let Some(alarm) = standing {
        let is_over = row.last_webhook_at.is_some_and(|at| at > alarm.since && at > alarm.raised_at.minus(MINUTE));
        return Ok((Some((alarm, is_over)), None));
    }
    let from = row.last_webhook_at.unwrap_or_default().max(now.minus(DAY));
    let (messages, first) = message_audits::unheard(conn, from, now.minus(SEVERAL_AFTER))?;
    let facts = Facts {
        last_webhook_at: row.last_webhook_at,
        unheard: first.map(|first| (messages, first)),
        hours: relay::webhook_hours(conn, now.minus(DAY * 35))?,
    };
    Ok((None, judge(&facts, now)))
}

fn next_step(
    standing: Option<&(Alarm, bool)>,
    found: Option<(Sign, UnixMillis)>,
    suspected: &mut bool,
    now: UnixMillis,
) -> Step {
    match (standing, found) {
        (Some((_, true)), _) => Step::TakeBack,
        (Some((_, false)), _) => Step::Nothing,
        (None, None) => {
            *suspected = false;
            Step::Nothing
        }
        (None, Some(_)) if !*suspected => {
            *suspected = true;
            Step::Nothing
        }
        (None, Some((sign, since))) => {
            *suspected = false;
            Step::Raise(Alarm { sign, since, raised_at: now })
        }
    }
}

#[cfg(test)]
#[path = "silence_tests.rs"]
mod tests;
