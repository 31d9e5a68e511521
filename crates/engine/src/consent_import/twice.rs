//! One person on several rows of a file: which row decides, and why. What is recorded follows from the ledger's own
//! rules; here they are only put into words.

use switchboard_domain::consent::Precision;
use switchboard_domain::import::{RowConsent, WhenGiven};

const NOTHING: u32 = 0;
const YES: u32 = 1;
const NO: u32 = 2;
const OPTED_OUT: u32 = 3;
/// Bits of the minute since 1970; enough until the year 2990.
const MINUTE_BITS: u32 = 29;
const LAST_MINUTE: u32 = (1 << MINUTE_BITS) - 1;

/// What a row says of consent and when, in four bytes: one is kept for every person of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Says(u32);

impl Says {
    pub(super) fn of(consent: &RowConsent) -> Self {
        match consent {
            RowConsent::Unproven(_) => Self(NOTHING << MINUTE_BITS),
            RowConsent::Proven { given, .. } => Self(YES << MINUTE_BITS | minute(Some(given), -HOURS_BEFORE)),
            RowConsent::Declined { given } => Self(NO << MINUTE_BITS | minute(given.as_ref(), HOURS_AFTER)),
            RowConsent::OptedOut { given } => Self(OPTED_OUT << MINUTE_BITS | minute(given.as_ref(), HOURS_AFTER)),
        }
    }

    const fn word(self) -> u32 {
        self.0 >> MINUTE_BITS
    }

    const fn minute(self) -> u32 {
        self.0 & LAST_MINUTE
    }

    /// What both rows together say, and what is told of the later one.
    pub(super) fn and(self, later: Self) -> (Self, Twice) {
        match (self.word(), later.word()) {
            (a, b) if a == b => {
                let newer = later.minute() > self.minute();
                (if newer { later } else { self }, Twice::Same)
            }
            (NOTHING, _) => (later, Twice::ThisSays),
            (_, NOTHING) => (self, Twice::EarlierSays),
            (OPTED_OUT, _) => (self, Twice::EarlierOptOut),
            (_, OPTED_OUT) => (later, Twice::ThisOptOut),
            (YES, _) if later.minute() >= self.minute() => (later, Twice::ThisNo),
            (YES, _) => (self, Twice::EarlierNewer),
            (_, _) if later.minute() > self.minute() => (later, Twice::ThisNewer),
            _ => (self, Twice::EarlierNo),
        }
    }
}

/// A day begins this much earlier and ends this much later than in UTC, somewhere: of two days that touch, the no holds
/// (as the ledger's rules have it).
const HOURS_BEFORE: i64 = 14;
const HOURS_AFTER: i64 = 36;

/// A no without a day is one of now: no yes of a list is newer.
fn minute(given: Option<&WhenGiven>, hours_of_a_day: i64) -> u32 {
    given.map_or(LAST_MINUTE, |g| {
        let hours = if matches!(g.precision, Precision::Day | Precision::Range) { hours_of_a_day } else { 0 };
        u32::try_from(g.at.as_ms() / 60_000 + hours * 60).unwrap_or(0).min(LAST_MINUTE)
    })
}

/// Which of two rows of one person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Twice {
    Same,
    ThisSays,
    EarlierSays,
    ThisOptOut,
    EarlierOptOut,
    ThisNewer,
    EarlierNewer,
    ThisNo,
    EarlierNo,
}

impl Twice {
    /// One sentence about the later row.
    pub(super) fn sentence(self, earlier: u32) -> String {
        let (who, why) = match self {
            Self::Same => return format!("The same person stands on row {earlier}, which says the same."),
            Self::ThisSays => ("this row", "that one proves nothing"),
            Self::EarlierSays => ("that row", "this one proves nothing"),
            Self::ThisOptOut => ("this row", "no list lifts an opt-out"),
            Self::EarlierOptOut => ("that row", "no list lifts an opt-out"),
            Self::ThisNewer => ("this row", "it is the newer"),
            Self::EarlierNewer => ("that row", "it is the newer"),
            Self::ThisNo => ("this row", "a no holds against every yes that is not surely newer"),
            Self::EarlierNo => ("that row", "a no holds against every yes that is not surely newer"),
        };
        format!("The same person stands on row {earlier}; {who} decides: {why}.")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "tests")]
    use proptest::prelude::*;
    use switchboard_domain::consent::{ConsentEvent, EventKind, Purposes, Via, fold};
    use switchboard_domain::ids::ConsentEventId;
    use switchboard_domain::time::UnixMillis;

    use super::*;

    const NOW: UnixMillis = UnixMillis::new(1_795_305_600_000);

    fn consent(word: u32, day: i64) -> RowConsent {
        let given = WhenGiven { at: UnixMillis::new(1_700_000_000_000 + day * 86_400_000), precision: Precision::Day };
        match word {
            NOTHING => RowConsent::Unproven(switchboard_domain::import::UnprovenWhy::NothingSaid),
            YES => RowConsent::Proven { given, purposes: Purposes::GENERAL },
            NO => RowConsent::Declined { given: (day % 3 != 0).then_some(given) },
            _ => RowConsent::OptedOut { given: (day % 3 != 0).then_some(given) },
        }
    }

    fn event(consent: &RowConsent) -> Option<ConsentEvent> {
        let (kind, given) = match consent {
            RowConsent::Unproven(_) => return None,
            RowConsent::Proven { given, .. } => (EventKind::OptIn, Some(*given)),
            RowConsent::Declined { given } => (EventKind::Declined, *given),
            RowConsent::OptedOut { given } => (EventKind::OptOut, *given),
        };
        Some(ConsentEvent {
            id: ConsentEventId::new(NOW),
            kind,
            via: Via::Import,
            purposes: Purposes::GENERAL,
            at: given.map_or(NOW, |g| g.at),
            precision: given.map_or(Precision::Unknown, |g| g.precision),
            recorded_at: NOW,
            decides: None,
        })
    }

    proptest! {
        #[test]
        fn the_row_that_is_said_to_decide_is_the_one_whose_word_the_ledger_holds(
            rows in proptest::collection::vec((0u32..4, 0i64..40), 1..6)
        ) {
            let rows: Vec<RowConsent> = rows.into_iter().map(|(word, day)| consent(word, day)).collect();
            let events: Vec<ConsentEvent> = rows.iter().filter_map(event).collect();
            let state = fold(&events);
            let Some(says) = rows.iter().map(Says::of).reduce(|a, b| a.and(b).0) else { panic!("no rows") };
            let want = if state.opted_out.is_some() {
                OPTED_OUT
            } else if state.marketing.is_some() {
                YES
            } else if state.declined.is_some() {
                NO
            } else {
                NOTHING
            };
            prop_assert_eq!(says.word(), want, "{:?}", rows);
        }
    }
}
