//! One entry of the consent ledger, as the rules see it.

use serde::{Deserialize, Serialize};

use crate::ids::ConsentEventId;
use crate::send::words;
use crate::template::Category;
use crate::time::UnixMillis;

words! {
    /// What happened.
    EventKind {
        /// A documented opt-in: it names the business and has a wording or a source, and a date.
        OptIn = "opt_in",
        /// The operator vouches for people whose rows prove nothing. Never shown as proof.
        Attested = "attested",
        /// A list says that the person did not agree, without being an opt-out ("no" in a consent column).
        Declined = "declined",
        /// An opt-out from everything: STOP and its kin, a button, the operator, a suppression list.
        OptOut = "opt_out",
        /// Meta's own "stop marketing": `user_preferences` `stop`, or failure 131050.
        MarketingStop = "marketing_stop",
        /// Meta's own `user_preferences` `resume`.
        MarketingResume = "marketing_resume",
        /// Words that may have been an opt-out; an operator decides.
        ProbableOptOut = "probable_opt_out",
        /// The operator decided that a probable opt-out was none.
        NotAnOptOut = "not_an_opt_out",
        /// We blocked this person (130403).
        Blocked = "blocked",
        /// We unblocked them.
        Unblocked = "unblocked",
        /// An entry that a file brought was taken back together with its import.
        Undone = "undone",
        /// The person's data were erased; only the prohibition stays.
        Erased = "erased",
    }
}

words! {
    /// Through what the event came to us. It decides what an event can outweigh.
    Via {
        /// A row of a file.
        Import = "import",
        /// The person, in the chat.
        Chat = "chat",
        /// The person, by a button of ours.
        Button = "button",
        /// The operator, for this one person.
        Operator = "operator",
        /// The command line, for this one person.
        Cli = "cli",
        /// Meta: `user_preferences`, failure 131050 or 130403.
        Platform = "platform",
        /// Taken along from another profile of this machine.
        Profile = "profile",
        /// Two entries turned out to be one person: the stricter state was carried over.
        Merge = "merge",
    }
}

impl Via {
    /// Whether the person acted in the chat.
    pub const fn is_person(self) -> bool {
        matches!(self, Self::Chat | Self::Button)
    }

    /// Whether the event came out of a list and therefore outweighs nothing but another list.
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Import | Self::Profile)
    }
}

words! {
    /// How exactly the time of an event is known.
    Precision {
        /// To the millisecond or second.
        Exact = "ms",
        /// The day, in a time zone that we do not know.
        Day = "day",
        /// Some day from this one on (an attestation over a range).
        Range = "range",
        /// Not at all; the time is that of recording.
        Unknown = "unknown",
    }
}

/// What a consent speaks of. None named = a general one: marketing and utility.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Purposes {
    marketing: bool,
    utility: bool,
}

impl Purposes {
    /// No purpose named.
    pub const GENERAL: Self = Self { marketing: false, utility: false };
    /// Marketing alone.
    pub const MARKETING: Self = Self { marketing: true, utility: false };
    /// Utility alone.
    pub const UTILITY: Self = Self { marketing: false, utility: true };

    /// Adds a purpose by its word; unknown words change nothing.
    #[must_use]
    pub fn with(mut self, word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "marketing" => self.marketing = true,
            "utility" => self.utility = true,
            _ => {}
        }
        self
    }

    /// Whether a template of this category is covered. A code is asked for each time and is never covered.
    pub const fn covers(self, category: Category) -> bool {
        match category {
            Category::Marketing => self.marketing || !self.utility,
            Category::Utility => self.utility || !self.marketing,
            Category::Authentication => false,
        }
    }

    /// The words that were named; empty for a general one.
    pub fn words(self) -> Vec<&'static str> {
        let mut out = Vec::new();
        if self.marketing {
            out.push("marketing");
        }
        if self.utility {
            out.push("utility");
        }
        out
    }

    /// The JSON array that the store keeps.
    pub const fn as_json(self) -> &'static str {
        match (self.marketing, self.utility) {
            (false, false) => "[]",
            (true, false) => r#"["marketing"]"#,
            (false, true) => r#"["utility"]"#,
            (true, true) => r#"["marketing","utility"]"#,
        }
    }

    /// Reads that array back, leniently.
    pub fn from_json(text: &str) -> Self {
        Self { marketing: text.contains("\"marketing\""), utility: text.contains("\"utility\"") }
    }
}

/// What the rules need of one ledger entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentEvent {
    /// Its id.
    pub id: ConsentEventId,
    /// What happened.
    pub kind: EventKind,
    /// Through what it came.
    pub via: Via,
    /// What it speaks of.
    pub purposes: Purposes,
    /// When it happened.
    pub at: UnixMillis,
    /// How exactly that is known.
    pub precision: Precision,
    /// When it was recorded.
    pub recorded_at: UnixMillis,
    /// The entry that this one decides, for [`EventKind::NotAnOptOut`] and for an opt-out that settles a probable one.
    pub decides: Option<ConsentEventId>,
}

/// A day has begun somewhere on earth 14 hours before it begins in UTC, and ends 12 hours after it ended there.
const DAY_BEGINS_EARLY_MS: i64 = 14 * 3_600_000;
const DAY_ENDS_LATE_MS: i64 = (24 + 12) * 3_600_000;

impl ConsentEvent {
    /// The earliest moment at which a yes can have been given: a yes must be surely later than a no to count.
    pub(super) const fn yes_at_ms(&self) -> i64 {
        match self.precision {
            Precision::Exact | Precision::Unknown => self.at.as_ms(),
            Precision::Day | Precision::Range => self.at.as_ms().saturating_sub(DAY_BEGINS_EARLY_MS),
        }
    }

    /// The latest moment at which a no can have been given, never later than when we learned of it.
    pub(super) fn no_at_ms(&self) -> i64 {
        let at = self.at.as_ms();
        match self.precision {
            Precision::Exact => at,
            Precision::Unknown => at.max(self.recorded_at.as_ms()),
            Precision::Day | Precision::Range => {
                at.saturating_add(DAY_ENDS_LATE_MS).min(self.recorded_at.as_ms().max(at))
            }
        }
    }

    /// Whether the time of the event is known at all.
    pub(super) const fn is_dated(&self) -> bool {
        !matches!(self.precision, Precision::Unknown)
    }

    /// Whether it lifts an earlier opt-out: an opt-in by the person in the chat, or a documented and dated one that
    /// the operator entered for this one person. A list never does.
    pub(super) const fn lifts_opt_out(&self) -> bool {
        matches!(self.kind, EventKind::OptIn)
            && self.is_dated()
            && matches!(self.via, Via::Chat | Via::Button | Via::Operator | Via::Cli)
    }

    /// Whether it lifts an erasure: only the person opting in anew in the chat.
    pub(super) const fn lifts_erasure(&self) -> bool {
        matches!(self.kind, EventKind::OptIn) && self.is_dated() && self.via.is_person()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consent_that_names_nothing_covers_marketing_and_utility_but_never_codes() {
        assert!(Purposes::GENERAL.covers(Category::Marketing) && Purposes::GENERAL.covers(Category::Utility));
        assert!(!Purposes::GENERAL.covers(Category::Authentication));
        assert!(!Purposes::UTILITY.covers(Category::Marketing));
    }

    #[test]
    fn purposes_read_back_from_the_store() {
        for p in [
            Purposes::GENERAL,
            Purposes::MARKETING,
            Purposes::UTILITY,
            Purposes::GENERAL.with("marketing").with("Utility"),
        ] {
            assert_eq!(Purposes::from_json(p.as_json()), p);
        }
    }
}
