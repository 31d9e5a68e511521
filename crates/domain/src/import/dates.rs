//! When a consent was given. The order of day and month is a property of the whole column: a file in which every
//! value could be read both ways is not guessed at.

use crate::consent::Precision;
use crate::time::UnixMillis;

/// A consent older than WhatsApp is a mistake.
const EARLIEST_YEAR: i16 = 2009;

/// In which order day and month stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 3/4 is the third of April.
    DayFirst,
    /// 3/4 is the fourth of March.
    MonthFirst,
}

/// How a column writes its dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateColumn {
    day_first_seen: bool,
    month_first_seen: bool,
    /// What the operator answered; it decides where the column does not tell.
    told: Option<DateOrder>,
    /// Smallest and largest day number of a spreadsheet.
    serials: Option<(u32, u32)>,
}

/// A date that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WhenGiven {
    /// The moment; midnight UTC for a day.
    pub at: UnixMillis,
    /// How exactly it is known.
    pub precision: Precision,
}

/// Why a date is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateProblem {
    /// No date at all.
    Missing,
    /// Not a date that we read.
    Unreadable,
    /// Day and month could be swapped, and nothing in the column tells.
    Ambiguous,
    /// In the future.
    Future,
    /// Before there was WhatsApp.
    TooOld,
}

/// Days between the two beginnings of time that spreadsheets know: 1900 and, on old Macs, 1904.
const DAYS_TO_1904: u32 = 1_462;

impl DateColumn {
    /// As the operator said, for dates that have two readings.
    #[must_use]
    pub const fn told(mut self, order: Option<DateOrder>) -> Self {
        self.told = order;
        self
    }

    /// Both readings of a date that has two and that nothing in the column settles: day first, month first.
    pub fn two_readings(self, text: &str, now: UnixMillis) -> Option<(WhenGiven, WhenGiven)> {
        let untold = self.told(None);
        if untold.read(text, now) != Err(DateProblem::Ambiguous) {
            return None;
        }
        let read = |order| untold.told(Some(order)).read(text, now).ok();
        read(DateOrder::DayFirst).zip(read(DateOrder::MonthFirst))
    }

    /// Learns from one value of the column.
    pub fn see(&mut self, text: &str) {
        if let Some([a, b, _]) = numeric_parts(text).filter(|p| !looks_like_year(p[0])) {
            self.day_first_seen |= a > 12 && b <= 12;
            self.month_first_seen |= b > 12 && a <= 12;
        } else if let Some(days) = bare_serial(text) {
            let (least, most) = self.serials.unwrap_or((days, days));
            self.serials = Some((least.min(days), most.max(days)));
        }
    }

    /// Reads a value in the order that the column showed.
    ///
    /// # Errors
    /// [`DateProblem`].
    pub fn read(self, text: &str, now: UnixMillis) -> Result<WhenGiven, DateProblem> {
        let text = text.trim().trim_start_matches('\'').trim();
        if text.is_empty() {
            return Err(DateProblem::Missing);
        }
        let given = self.parse(text, now)?;
        let limit = now.plus(std::time::Duration::from_secs(2 * 86_400));
        if given.at > limit {
            return Err(DateProblem::Future);
        }
        let oldest = civil(EARLIEST_YEAR, 1, 1, 0, 0, 0).ok_or(DateProblem::Unreadable)?;
        if given.at < oldest { Err(DateProblem::TooOld) } else { Ok(given) }
    }

    /// Whether the column counts its days from 1904: some would lie before WhatsApp otherwise, and none in the future.
    fn counts_from_1904(self, now: UnixMillis) -> bool {
        let today = u32::try_from(now.as_ms() / 86_400_000 + 25_569).unwrap_or(u32::MAX);
        self.serials.is_some_and(|(least, most)| {
            (FIRST_SERIAL - DAYS_TO_1904..FIRST_SERIAL).contains(&least) && most.saturating_add(DAYS_TO_1904) <= today
        })
    }

    fn parse(self, text: &str, now: UnixMillis) -> Result<WhenGiven, DateProblem> {
        if let Ok(t) = text.parse::<jiff::Timestamp>() {
            return Ok(WhenGiven { at: UnixMillis::new(t.as_millisecond()), precision: Precision::Exact });
        }
        // Meta lead ads write +0000 without the colon.
        if let Ok(t) = jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", text) {
            return Ok(WhenGiven { at: UnixMillis::new(t.as_millisecond()), precision: Precision::Exact });
        }
        let (date, time) = split_time(text);
        let at_day = |y: i16, m: i8, d: i8| {
            civil(y, m, d, 0, 0, 0).map(|at| WhenGiven { at, precision: Precision::Day }).ok_or(DateProblem::Unreadable)
        };
        let later = if self.counts_from_1904(now) { DAYS_TO_1904 } else { 0 };
        let day = if let Some(serial) = excel_serial(date, time, later) {
            WhenGiven { at: serial, precision: Precision::Day }
        } else if let Some([a, b, c]) = numeric_parts(date) {
            if looks_like_year(a) {
                at_day(small(a)?, tiny(b)?, tiny(c)?)?
            } else {
                let year = small(if c < 100 { c + 2000 } else { c })?;
                let dotted = date.contains('.');
                let (d, m) = match () {
                    () if a > 12 => (a, b),
                    () if b > 12 => (b, a),
                    () if a == b || dotted => (a, b),
                    () if self.day_first_seen && !self.month_first_seen => (a, b),
                    () if self.month_first_seen && !self.day_first_seen => (b, a),
                    () => match self.told {
                        Some(DateOrder::DayFirst) => (a, b),
                        Some(DateOrder::MonthFirst) => (b, a),
                        None => return Err(DateProblem::Ambiguous),
                    },
                };
                at_day(year, tiny(m)?, tiny(d)?)?
            }
        } else {
            let (y, m, d) = with_month_name(date).ok_or(DateProblem::Unreadable)?;
            at_day(y, m, d)?
        };
        // A time of day without a zone does not make the day more exact than its zone is known.
        Ok(day)
    }
}

/// The day that a text names, whatever year it is, where it can be read in one way only. A bare number is no day.
pub fn read_any_day(text: &str) -> Option<jiff::civil::Date> {
    let text = text.trim().trim_start_matches('\'').trim();
    if text.is_empty()
        || text.len() > 40
        || text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && !text.contains('.')
    {
        return None;
    }
    let (date, has_time) = split_time(text);
    if excel_serial(date, has_time, 0).is_some() {
        return None;
    }
    let given = DateColumn::default().parse(text, UnixMillis::new(0)).ok()?;
    let moment = jiff::Timestamp::from_millisecond(given.at.as_ms()).ok()?;
    Some(moment.to_zoned(jiff::tz::TimeZone::UTC).date())
}

fn small(n: u32) -> Result<i16, DateProblem> {
    i16::try_from(n).map_err(|_| DateProblem::Unreadable)
}

fn tiny(n: u32) -> Result<i8, DateProblem> {
    i8::try_from(n).map_err(|_| DateProblem::Unreadable)
}

const fn looks_like_year(n: u32) -> bool {
    n >= 1900 && n <= 2200
}

/// The date part and whether a time of day follows it.
fn split_time(text: &str) -> (&str, bool) {
    let cut = text
        .char_indices()
        .find(|(i, c)| {
            (*c == 'T' || *c == ' ') && text.get(i + c.len_utf8()..).is_some_and(|r| r.trim_start().contains(':'))
        })
        .map(|(i, _)| i);
    // "3 May 2026 10:00": the time is what follows the last blank before the colon.
    match (cut, text.find(':')) {
        (Some(_), Some(colon)) => {
            let before = text.get(..colon).unwrap_or(text);
            let at = before.rfind([' ', 'T']).unwrap_or(before.len());
            (text.get(..at).unwrap_or(text).trim().trim_end_matches(','), true)
        }
        _ => (text, false),
    }
}

fn numeric_parts(text: &str) -> Option<[u32; 3]> {
    let (date, _) = split_time(text.trim());
    let parts: Vec<&str> = date.split(['/', '.', '-']).map(str::trim).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let n = |s: &str| {
        (!s.is_empty() && s.len() <= 4 && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse().ok()).flatten()
    };
    Some([n(a)?, n(b)?, n(c)?])
}

/// 2009-01-01 as a day number counted from 1899-12-30; other bare numbers are not dates.
const FIRST_SERIAL: u32 = 39_814;
/// 2099-12-31.
const LAST_SERIAL: u32 = 73_050;

fn bare_serial(text: &str) -> Option<u32> {
    let whole = text.trim().split(['.', ',']).next().unwrap_or_default();
    (whole.len() == 5).then(|| whole.parse().ok()).flatten()
}

/// A day number of a spreadsheet; `later` is added where the column counts from 1904.
fn excel_serial(date: &str, has_time: bool, later: u32) -> Option<UnixMillis> {
    let is_number = date.len() >= 5 && date.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',');
    let days = (!has_time && is_number).then(|| bare_serial(date)).flatten()?.saturating_add(later);
    if !(FIRST_SERIAL..=LAST_SERIAL).contains(&days) {
        return None;
    }
    Some(UnixMillis::new((i64::from(days) - 25_569) * 86_400_000))
}

const MONTHS: &[(&str, i8)] = &[
    ("jan", 1),
    ("ene", 1),
    ("gen", 1),
    ("feb", 2),
    ("fev", 2),
    ("mar", 3),
    ("apr", 4),
    ("abr", 4),
    ("avr", 4),
    ("may", 5),
    ("mai", 5),
    ("mag", 5),
    ("mei", 5),
    ("maj", 5),
    ("jun", 6),
    ("giu", 6),
    ("jul", 7),
    ("lug", 7),
    ("aug", 8),
    ("ago", 8),
    ("aou", 8),
    ("sep", 9),
    ("set", 9),
    ("oct", 10),
    ("okt", 10),
    ("out", 10),
    ("ott", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("dic", 12),
];

fn with_month_name(text: &str) -> Option<(i16, i8, i8)> {
    let folded = crate::text_fold::fold(text);
    let mut day = None;
    let mut month = None;
    let mut year = None;
    for word in folded.split(' ') {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if let Ok(n) = digits.parse::<u32>() {
            if looks_like_year(n) {
                year = i16::try_from(n).ok();
            } else if (1..=31).contains(&n) && day.is_none() {
                day = i8::try_from(n).ok();
            }
        } else if word == "juin" {
            month = Some(6);
        } else if word == "juillet" {
            month = Some(7);
        } else if word.starts_with("mar") || word == "marz" || word.starts_with("märz") {
            month = Some(3);
        } else if let Some((_, m)) = MONTHS.iter().find(|(name, _)| word.starts_with(name)) {
            month = Some(*m);
        }
    }
    Some((year?, month?, day?))
}

fn civil(y: i16, m: i8, d: i8, h: i8, min: i8, s: i8) -> Option<UnixMillis> {
    let date = jiff::civil::Date::new(y, m, d).ok()?;
    let zoned = date.at(h, min, s, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(UnixMillis::new(zoned.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const NOW: UnixMillis = UnixMillis::new(1_795_305_600_000);

    fn column(values: &[&str]) -> DateColumn {
        let mut c = DateColumn::default();
        values.iter().for_each(|v| c.see(v));
        c
    }

    fn day(c: DateColumn, text: &str) -> Result<String, DateProblem> {
        c.read(text, NOW).map(|w| w.at.to_rfc3339().get(..10).unwrap().to_owned())
    }

    #[rstest]
    #[case("2026-05-03", "2026-05-03")]
    #[case("2026-05-03T10:20:00Z", "2026-05-03")]
    #[case("2024-05-01T10:00:00-05:00", "2024-05-01")]
    #[case("2024-05-01T10:00:00+0000", "2024-05-01")]
    #[case("2016-04-18 13:51:14", "2016-04-18")]
    #[case("3.4.2026", "2026-04-03")]
    #[case("13/04/2026", "2026-04-13")]
    #[case("04/13/2026 9:05", "2026-04-13")]
    #[case("45017", "2023-04-01")]
    #[case("3 May 2026", "2026-05-03")]
    #[case("May 3, 2026 10:00", "2026-05-03")]
    #[case("3. März 2026", "2026-03-03")]
    #[case("3 de mayo de 2026", "2026-05-03")]
    #[case("1er juillet 2025", "2025-07-01")]
    fn dates_that_read_one_way_are_read(#[case] text: &str, #[case] want: &str) {
        assert_eq!(day(DateColumn::default(), text).unwrap(), want);
    }

    #[test]
    fn the_order_comes_from_the_whole_column_or_is_not_guessed() {
        assert_eq!(day(column(&["03/04/2026"]), "03/04/2026"), Err(DateProblem::Ambiguous));
        assert_eq!(day(column(&["03/04/2026", "25/04/2026"]), "03/04/2026").unwrap(), "2026-04-03");
        assert_eq!(day(column(&["03/04/2026", "04/25/2026"]), "03/04/2026").unwrap(), "2026-03-04");
        assert_eq!(day(column(&["25/04/2026", "04/25/2026"]), "03/04/2026"), Err(DateProblem::Ambiguous));
    }

    #[test]
    fn dates_that_cannot_be_are_refused() {
        assert_eq!(day(DateColumn::default(), "2031-01-01"), Err(DateProblem::Future));
        assert_eq!(day(DateColumn::default(), "1999-01-01"), Err(DateProblem::TooOld));
        assert_eq!(day(DateColumn::default(), "2026-02-30"), Err(DateProblem::Unreadable));
        assert_eq!(day(DateColumn::default(), "soon"), Err(DateProblem::Unreadable));
        assert_eq!(day(DateColumn::default(), " "), Err(DateProblem::Missing));
    }

    proptest! {
        #[test]
        fn any_text_is_a_date_or_a_problem(text in "\\PC{0,30}") {
            let _ = column(&[&text]).read(&text, NOW);
        }
    }
}
