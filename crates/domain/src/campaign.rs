//! A campaign: its own life, whom it is for and how its variables are filled. The life of each of its
//! messages is in [`crate::send`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{ContactId, ImportId};
use crate::send::words;
use crate::template::Variable;

words! {
    /// State of a campaign.
    CampaignState {
        /// Being put together; nothing is owed to anybody.
        Draft = "draft",
        /// Launched by the operator; its audience is being written to the outbox.
        Launching = "launching",
        /// Its rows may be claimed.
        Running = "running",
        /// Paused by the operator or by a rule, with the reason; what is in flight is finished.
        Paused = "paused",
        /// Ended by the operator; what was not claimed is cancelled.
        Cancelled = "cancelled",
        /// Nothing is left to claim.
        Done = "done",
    }
}

impl CampaignState {
    /// Whether the machine allows this step. Back to a draft only by undoing a launch of which nothing was
    /// claimed; the store guards that.
    pub const fn may_become(self, next: Self) -> bool {
        use CampaignState as S;
        matches!(
            (self, next),
            (S::Draft, S::Launching | S::Cancelled)
                | (S::Launching, S::Running | S::Paused | S::Cancelled | S::Draft)
                | (S::Running, S::Paused | S::Cancelled | S::Done | S::Draft)
                | (S::Paused, S::Running | S::Launching | S::Cancelled)
        )
    }
}

/// Whom a campaign is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Audience {
    /// Everybody in the address book.
    Everybody,
    /// The people of some imports.
    Imports {
        /// The imports.
        import_ids: Vec<ImportId>,
    },
    /// Chosen people.
    Contacts {
        /// The people.
        contact_ids: Vec<ContactId>,
    },
}

impl Audience {
    /// Whether nobody can be in it, whatever the address book holds.
    pub fn is_unset(&self) -> bool {
        match self {
            Self::Everybody => false,
            Self::Imports { import_ids } => import_ids.is_empty(),
            Self::Contacts { contact_ids } => contact_ids.is_empty(),
        }
    }
}

words! {
    /// Where a variable's value comes from.
    ValueSource {
        /// First name of the person.
        FirstName = "first_name",
        /// Whole name.
        FullName = "full_name",
        /// An attribute from an import.
        Attribute = "attribute",
        /// The same text for everybody.
        Fixed = "fixed",
    }
}

/// Key of the rule that names the file of a media header.
pub const HEADER_MEDIA: &str = "header.media";

/// How one variable is filled.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueRule {
    /// [`Variable::key`], or [`HEADER_MEDIA`].
    pub key: String,
    /// From where.
    pub source: ValueSource,
    /// Name of the attribute, or the fixed text.
    pub value: String,
    /// Used where a person has no value; without it such a person is left out.
    pub fallback: Option<String>,
}

impl ValueRule {
    /// Whether it says where the value comes from; a text or column still to be filled in does not.
    pub fn is_decided(&self) -> bool {
        let given = |text: &str| !text.trim().is_empty();
        match self.source {
            ValueSource::FirstName | ValueSource::FullName => true,
            ValueSource::Attribute | ValueSource::Fixed => {
                given(&self.value) || self.fallback.as_deref().is_some_and(given)
            }
        }
    }
}

impl std::fmt::Debug for ValueRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ValueRule({} from {})", self.key, self.source.as_str())
    }
}

/// What of a person may be put into a message.
#[derive(Clone, Copy)]
pub struct Fillable<'a> {
    /// Whole name.
    pub name: &'a str,
    /// First name, if it is known apart.
    pub first_name: &'a str,
    /// Attributes from imports.
    pub attributes: &'a BTreeMap<String, String>,
}

/// A variable for which a person has no value and the rule no fallback.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no value for {key}")]
pub struct MissingValue {
    /// [`Variable::key`].
    pub key: String,
}

/// Values of a template for one person, keyed by [`Variable::key`].
pub type Values = BTreeMap<String, String>;

/// Fills every variable for one person.
///
/// # Errors
/// [`MissingValue`] names the first variable that stays empty: Meta refuses an empty value (131008).
pub fn fill_values(variables: &[Variable], rules: &[ValueRule], person: Fillable<'_>) -> Result<Values, MissingValue> {
    variables
        .iter()
        .map(|variable| {
            let key = variable.key();
            let value = rules.iter().find(|r| r.key == key).and_then(|r| value_for(r, person));
            value.map(|v| (key.clone(), v)).ok_or(MissingValue { key })
        })
        .collect()
}

fn value_for(rule: &ValueRule, person: Fillable<'_>) -> Option<String> {
    let own = match rule.source {
        ValueSource::Fixed => one_line(&rule.value),
        ValueSource::FullName => one_line(person.name),
        ValueSource::FirstName => {
            one_line(person.first_name).or_else(|| person.name.split_whitespace().next().and_then(one_line))
        }
        ValueSource::Attribute => person.attributes.get(&rule.value).and_then(|v| one_line(v)),
    };
    own.or_else(|| rule.fallback.as_deref().and_then(one_line))
}

/// A value may hold neither line breaks, tabs nor runs of blanks (Meta refuses them, errors.md §6, 132018).
fn one_line(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::template::Place;
    use proptest::prelude::*;

    fn body(name: &str) -> Variable {
        Variable { place: Place::Body, name: name.to_owned() }
    }

    fn rule(key: &str, source: ValueSource, value: &str, fallback: Option<&str>) -> ValueRule {
        ValueRule { key: key.to_owned(), source, value: value.to_owned(), fallback: fallback.map(str::to_owned) }
    }

    #[test]
    fn a_first_name_that_is_not_known_apart_is_the_first_word_of_the_name() {
        let none = BTreeMap::new();
        let person = Fillable { name: "Ana Prova", first_name: "", attributes: &none };
        let rules = [rule("body.1", ValueSource::FirstName, "", None)];
        assert_eq!(fill_values(&[body("1")], &rules, person).unwrap()["body.1"], "Ana");
    }

    #[test]
    fn a_person_without_a_value_gets_the_fallback_or_is_named() {
        let none = BTreeMap::new();
        let person = Fillable { name: "", first_name: "", attributes: &none };
        let with = [rule("body.1", ValueSource::Attribute, "city", Some("your town"))];
        assert_eq!(fill_values(&[body("1")], &with, person).unwrap()["body.1"], "your town");
        let without = [rule("body.1", ValueSource::Attribute, "city", None)];
        assert_eq!(fill_values(&[body("1")], &without, person), Err(MissingValue { key: "body.1".to_owned() }));
        assert!(fill_values(&[body("1")], &[], person).is_err(), "no rule at all");
    }

    #[test]
    fn only_an_unclaimed_launch_becomes_a_draft_again_and_the_end_is_the_end() {
        use CampaignState as S;
        assert!(S::Running.may_become(S::Draft) && !S::Paused.may_become(S::Draft));
        assert!(S::ALL.iter().all(|s| !S::Done.may_become(*s) && !S::Cancelled.may_become(*s)));
    }

    proptest! {
        #[test]
        fn a_value_never_holds_what_meta_refuses(text in "\\PC{0,40}[\t\n ]{0,6}\\PC{0,40}") {
            if let Some(v) = one_line(&text) {
                prop_assert!(!v.is_empty() && !v.contains(['\n', '\t']) && !v.contains("  "));
            }
        }
    }
}
