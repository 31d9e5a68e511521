//! What is charged at all on a day, before any price: dated data, because Meta changes it by the calendar (pricing.md §1).

use jiff::civil::Date;

static RULES: &str = include_str!("../../data/pricing-rules.tsv");

/// What is charged on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charged {
    /// Utility templates to somebody whose customer service window is open.
    pub utility_in_window: bool,
    /// Messages that are no templates.
    pub service: bool,
    /// Of those, so many are free per number and calendar month.
    pub free_service: u64,
}

impl Charged {
    /// The rules of a day; those of the first known one for days before it.
    pub fn on(day: Date) -> Self {
        let mut held = Self { utility_in_window: true, service: true, free_service: 0 };
        for (at, line) in RULES.lines().filter(|line| !line.starts_with('#')).enumerate() {
            let Some((from, rules)) = read(line) else { continue };
            if at == 0 || from <= day {
                held = rules;
            }
        }
        held
    }
}

fn read(line: &str) -> Option<(Date, Charged)> {
    let mut columns = line.split('\t');
    let from = columns.next()?.parse().ok()?;
    let utility_in_window = columns.next()? == "charged";
    let service = columns.next()? == "charged";
    let free_service = columns.next()?.parse().ok()?;
    Some((from, Charged { utility_in_window, service, free_service }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_charged_changes_with_the_day_and_every_line_is_read() {
        let on = |day: &str| Charged::on(day.parse().unwrap());
        let before = Charged { utility_in_window: false, service: false, free_service: 0 };
        let since = Charged { utility_in_window: true, service: true, free_service: 1000 };
        assert_eq!([on("2024-01-01"), on("2026-09-30")], [before, before]);
        assert_eq!([on("2026-10-01"), on("2027-03-01")], [since, since]);
        assert!(RULES.lines().filter(|l| !l.starts_with('#')).all(|line| read(line).is_some()));
    }
}
