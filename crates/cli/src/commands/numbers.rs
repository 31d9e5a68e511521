//! `numbers list|limit`: the operator's own lower limits of sending numbers.

use serde_json::Value;
use switchboard_bridge::UiError;
use switchboard_bridge::dto::{Nothing, NumberLimitsSet, WarmUpStages};
use switchboard_engine::api;

use super::document;
use crate::arguments::{NumberLimit, Numbers};
use crate::output::usage;
use crate::session::Session;

pub(super) async fn numbers(session: &Session, command: Numbers) -> Result<Value, UiError> {
    let console = session.open(false).await?;
    let list = api::number_limits_list(&console, Nothing {}).await?;
    let asked = match command {
        Numbers::List => return document(&list),
        Numbers::Limit(asked) => asked,
    };
    let before = list.items.into_iter().find(|row| row.phone_number_id == asked.id).ok_or_else(|| {
        usage("This number is none of the account's.", "`numbers list` shows them all with their ids.")
    })?;
    let NumberLimit { id, per_second, per_day, warm_up } = asked;
    let set = NumberLimitsSet {
        phone_number_id: id,
        per_second: limit(per_second.as_deref(), before.per_second)?,
        per_day: limit(per_day.as_deref(), before.per_day)?,
        warm_up: match warm_up.as_deref() {
            None => before.warm_up,
            Some("none") => None,
            Some(text) => Some(stages(text)?),
        },
    };
    document(&api::number_limits_set(&console, set).await?)
}

/// A limit as typed: unnamed stays, `none` goes.
fn limit(text: Option<&str>, before: Option<u32>) -> Result<Option<u32>, UiError> {
    match text {
        None => Ok(before),
        Some("none") => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|_| usage(format!("{text} is not a limit."), "Write a whole number, or none.")),
    }
}

fn stages(text: &str) -> Result<WarmUpStages, UiError> {
    let parts: Vec<u32> = text.split(',').map_while(|part| part.trim().parse().ok()).collect();
    match (parts.as_slice(), text.split(',').count()) {
        ([first_day, percent, days], 3) => {
            Ok(WarmUpStages { first_day: *first_day, percent: *percent, days: *days, day_now: None, people_now: None })
        }
        _ => Err(usage(
            format!("{text} is not a warm-up."),
            "Write people of the first day, growth in percent and days: 50,200,6. Or none.",
        )),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_limit_stays_goes_or_changes() {
        assert_eq!(limit(None, Some(5)).unwrap(), Some(5));
        assert_eq!(limit(Some("none"), Some(5)).unwrap(), None);
        assert_eq!(limit(Some("20"), Some(5)).unwrap(), Some(20));
        assert!(limit(Some("many"), Some(5)).is_err());
    }

    #[test]
    fn a_warm_up_has_three_figures() {
        let read = |text| stages(text).ok().map(|s| (s.first_day, s.percent, s.days));
        assert_eq!(read("50,200,6"), Some((50, 200, 6)));
        assert_eq!([read("50,200"), read("50,200,6,7"), read("50,x,6"), read("")], [None; 4]);
    }
}
