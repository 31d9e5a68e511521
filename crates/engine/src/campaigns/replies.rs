//! What the answers to a campaign will cost: whoever answers is written to, and those messages are charged beyond the
//! free ones of the number's month (pricing.md §1). How many answer is measured by earlier campaigns where there are
//! enough of them, and assumed otherwise; the review says which.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;
use switchboard_bridge::dto::ReplyForecast;
use switchboard_domain::ids::PhoneNumberId;
use switchboard_domain::money::format_micros;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::foretold::{self, Answers};
use switchboard_store::{Connection, StoreError};

use crate::rates::{self, Card, Charged};

/// Campaigns of this time are looked at.
const LOOK_BACK: Duration = Duration::from_secs(90 * 86_400);
/// Messages that are younger have not had their answers yet.
const YOUNG: Duration = Duration::from_secs(86_400);
/// With fewer delivered messages than this nothing is measured.
const ENOUGH: u64 = 200;
/// Assumed where nothing is measured: one in twenty answers, and gets two messages.
const ASSUMED: Answers = Answers { people: 1_000, answered: 50, written: 100 };

/// How many answer, and how many messages each of them gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Habit {
    told: Answers,
    measured: bool,
}

impl Habit {
    const fn of(told: Answers) -> Self {
        let measured = told.people >= ENOUGH;
        Self { told: if measured { told } else { ASSUMED }, measured }
    }

    /// A share of so many, to the nearest.
    fn share(part: u64, whole: u64, of: u64) -> u64 {
        let whole = u128::from(whole.max(1));
        u64::try_from((u128::from(part) * u128::from(of) + whole / 2) / whole).unwrap_or(u64::MAX)
    }

    fn answering(self, people: u64) -> u64 {
        Self::share(self.told.answered, self.told.people, people)
    }

    fn messages(self, people: u64) -> u64 {
        Self::share(self.told.written, self.told.people, people)
    }

    fn each_tenths(self) -> u64 {
        Self::share(self.told.written, self.told.answered, 10)
    }
}

/// Foretells the answers to a campaign that starts at a moment. `None`: such messages cost nothing then, or nobody gets it.
pub(super) fn foretell(
    connection: &Connection,
    number: Option<&PhoneNumberId>,
    people: &BTreeMap<&'static str, u64>,
    at: UnixMillis,
    now: UnixMillis,
    shop: &TimeZone,
    card: &Card,
) -> Result<Option<ReplyForecast>, StoreError> {
    let charged = Charged::on(rates::day_of(at, shop));
    let all: u64 = people.values().sum();
    if !charged.service || all == 0 {
        return Ok(None);
    }
    let habit = Habit::of(foretold::answers(connection, now.minus(LOOK_BACK), now.minus(YOUNG))?);
    let used = match (number, month_start(at, shop)) {
        (Some(number), Some(since)) => foretold::service_since(connection, number, since)?,
        _ => 0,
    };
    let free_left = charged.free_service.saturating_sub(used);
    let messages = habit.messages(all);
    let beyond = messages.saturating_sub(free_left);
    // Answers come from the markets in which the campaign's people are.
    let most = people.iter().try_fold(0i64, |sum, (market, n)| {
        let of_market = i64::try_from(Habit::share(*n, all, beyond)).unwrap_or(i64::MAX);
        card.price(market, "service").map(|rate| sum.saturating_add(rate.saturating_mul(of_market)))
    });
    Ok(Some(ReplyForecast {
        people: habit.answering(all),
        per_mille: u32::try_from(habit.answering(1_000)).unwrap_or(u32::MAX),
        messages_each_tenths: u32::try_from(habit.each_tenths()).unwrap_or(u32::MAX),
        measured: habit.measured,
        messages,
        free_per_month: charged.free_service,
        free_left,
        charged: beyond,
        most: if beyond == 0 { Some(format_micros(0)) } else { most.map(format_micros) },
    }))
}

/// When the month of a moment began, by the shop's clock.
fn month_start(at: UnixMillis, shop: &TimeZone) -> Option<UnixMillis> {
    let first = rates::day_of(at, shop).first_of_month().to_zoned(shop.clone()).ok()?;
    Some(UnixMillis::new(first.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_campaigns_measure_nothing_and_many_do() {
        let few = Habit::of(Answers { people: 199, answered: 199, written: 199 });
        assert!(!few.measured);
        assert_eq!((few.answering(1_000), few.messages(1_000), few.each_tenths()), (50, 100, 20));
        let many = Habit::of(Answers { people: 400, answered: 40, written: 60 });
        assert!(many.measured);
        assert_eq!((many.answering(1_000), many.messages(1_000), many.each_tenths()), (100, 150, 15));
    }

    #[test]
    fn nobody_who_answers_needs_no_message() {
        let silent = Habit::of(Answers { people: 5_000, answered: 0, written: 0 });
        assert_eq!((silent.answering(1_000), silent.messages(1_000_000), silent.each_tenths()), (0, 0, 0));
    }
}
