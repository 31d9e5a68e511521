//! A campaign: its own life, whom it is for and how its variables are filled. The life of each of its
//! messages is in [`crate::send`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::send::words;
use crate::template::{Components, Place, Variable};
use crate::value_format::{Unreadable, ValueFormat};

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
    /// [`Variable::key`], or the key of a [`crate::template::MediaSlot`].
    pub key: String,
    /// From where.
    pub source: ValueSource,
    /// Name of the attribute, or the fixed text, or the path of a file.
    pub value: String,
    /// Used where a person has no value; without it such a person is left out. It is sent as it is written here.
    pub fallback: Option<String>,
    /// How a person's value is written.
    #[serde(default)]
    pub format: ValueFormat,
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

/// Why a message cannot be filled for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfillable {
    /// There is no value and the rule has no fallback. Meta refuses an empty one (131008).
    #[error("There is no value for {place}.")]
    Missing {
        /// Where, as people say it.
        place: String,
    },
    /// The value is not what its format needs; a fallback stands for a value that is missing, not for a wrong one.
    #[error("The value for {place} {what}.")]
    Unreadable {
        /// Where, as people say it.
        place: String,
        /// What it is not.
        what: Unreadable,
    },
    /// With the values put in, a part is longer than Meta allows (messages.md §13, templates.md §3).
    #[error("With the value put in, {place} is too long (limit {limit} characters).")]
    TooLong {
        /// Where, as people say it.
        place: String,
        /// Characters allowed.
        limit: usize,
    },
    /// A coupon code may have letters and digits only.
    #[error("The value for {place} has more than letters and digits.")]
    NotACode {
        /// Where, as people say it.
        place: String,
    },
}

impl Unfillable {
    /// The word under which people are counted.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "missing_value",
            Self::Unreadable { .. } => "unreadable_value",
            Self::TooLong { .. } => "value_too_long",
            Self::NotACode { .. } => "bad_coupon_code",
        }
    }
}

/// Values of a template for one person, keyed by [`Variable::key`].
pub type Values = BTreeMap<String, String>;

/// Longest texts with their values put in (templates.md §3, messages.md §8).
const HEADER_CHARS: usize = 60;
const BODY_CHARS: usize = 1024;
const BODY_ALONE_CHARS: usize = 32_768;
const CARD_BODY_CHARS: usize = 160;
const URL_CHARS: usize = 2000;
const COUPON_CHARS: usize = 20;

/// Fills every variable for one person. `variables` are those of `template` that have a rule; `language` is its own.
///
/// # Errors
/// [`Unfillable`] names the first place that cannot be filled.
pub fn fill_values(
    template: &Components,
    variables: &[Variable],
    language: &str,
    rules: &[ValueRule],
    person: Fillable<'_>,
) -> Result<Values, Unfillable> {
    let mut values = Values::new();
    for variable in variables {
        let key = variable.key();
        let place = || place_of(variable);
        let rule = rules.iter().find(|r| r.key == key).ok_or_else(|| Unfillable::Missing { place: place() })?;
        let value = value_for(rule, language, person)
            .map_err(|what| Unfillable::Unreadable { place: place(), what })?
            .ok_or_else(|| Unfillable::Missing { place: place() })?;
        let value = match variable.place {
            Place::Button(_) | Place::CardButton(..) => in_an_address(&value),
            Place::Coupon(_) if value.chars().count() > COUPON_CHARS => {
                return Err(Unfillable::TooLong { place: place(), limit: COUPON_CHARS });
            }
            Place::Coupon(_) if !value.chars().all(char::is_alphanumeric) => {
                return Err(Unfillable::NotACode { place: place() });
            }
            _ => value,
        };
        values.insert(key, value);
    }
    check_lengths(template, &values)?;
    Ok(values)
}

/// Fixed texts that nobody can get, whatever stands in the other variables: a fault of the text, not of the people.
pub fn faults_of_fixed(template: &Components, rules: &[ValueRule]) -> Vec<(Variable, Unfillable)> {
    let variables = template.variables();
    let blank: Values = variables.iter().map(|v| (v.key(), String::new())).collect();
    let fault = |variable: &Variable| {
        let key = variable.key();
        let rule = rules.iter().find(|r| r.key == key && r.source == ValueSource::Fixed)?;
        let text = one_line(&rule.value)?;
        let place = place_of(variable);
        let text = match variable.place {
            Place::Coupon(_) if text.chars().count() > COUPON_CHARS => {
                return Some(Unfillable::TooLong { place, limit: COUPON_CHARS });
            }
            Place::Coupon(_) if !text.chars().all(char::is_alphanumeric) => {
                return Some(Unfillable::NotACode { place });
            }
            Place::Button(_) | Place::CardButton(..) => in_an_address(&text),
            _ => text,
        };
        let mut values = blank.clone();
        values.insert(key, text);
        check_lengths(template, &values).err()
    };
    variables.iter().filter_map(|variable| fault(variable).map(|why| (variable.clone(), why))).collect()
}

fn place_of(variable: &Variable) -> String {
    match variable.place {
        Place::Coupon(_) => variable.place.words(),
        place => format!("{{{{{}}}}} in {}", variable.name, place.words()),
    }
}

fn check_lengths(template: &Components, values: &Values) -> Result<(), Unfillable> {
    let shown = template.render(values);
    let check = |text: &str, limit: usize, place: Place| {
        if text.chars().count() > limit { Err(Unfillable::TooLong { place: place.words(), limit }) } else { Ok(()) }
    };
    if let Some(header) = &shown.header {
        check(header, HEADER_CHARS, Place::Header)?;
    }
    let alone = template.header_format.is_none()
        && template.footer.is_none()
        && template.buttons.is_empty()
        && template.cards.is_empty();
    check(&shown.body, if alone { BODY_ALONE_CHARS } else { BODY_CHARS }, Place::Body)?;
    let nth = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    for (i, value) in shown.button_values.iter().enumerate() {
        check(value.as_deref().unwrap_or_default(), URL_CHARS, Place::Button(nth(i)))?;
    }
    for (n, card) in shown.cards.iter().enumerate() {
        check(&card.body, CARD_BODY_CHARS, Place::CardBody(nth(n)))?;
        for (i, value) in card.button_values.iter().enumerate() {
            check(value.as_deref().unwrap_or_default(), URL_CHARS, Place::CardButton(nth(n), nth(i)))?;
        }
    }
    Ok(())
}

fn value_for(rule: &ValueRule, language: &str, person: Fillable<'_>) -> Result<Option<String>, Unreadable> {
    let own = match rule.source {
        // The operator wrote it as it is meant.
        ValueSource::Fixed => return Ok(one_line(&rule.value).or_else(|| rule.fallback.as_deref().and_then(one_line))),
        ValueSource::FullName => one_line(person.name),
        ValueSource::FirstName => {
            one_line(person.first_name).or_else(|| person.name.split_whitespace().next().and_then(one_line))
        }
        ValueSource::Attribute => person.attributes.get(&rule.value).and_then(|v| one_line(v)),
    };
    match own {
        Some(own) => Ok(one_line(&rule.format.apply(&own, language)?)),
        None => Ok(rule.fallback.as_deref().and_then(one_line)),
    }
}

/// A value may hold neither line breaks, tabs nor runs of blanks (Meta refuses them, errors.md §6, 132018).
fn one_line(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A value at the end of an address: what cannot stand there is written as browsers write it.
fn in_an_address(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::value_format::FormatKind;
    use proptest::prelude::*;

    fn body(name: &str) -> Variable {
        Variable { place: Place::Body, name: name.to_owned() }
    }

    fn rule(key: &str, source: ValueSource, value: &str, fallback: Option<&str>) -> ValueRule {
        ValueRule {
            key: key.to_owned(),
            source,
            value: value.to_owned(),
            fallback: fallback.map(str::to_owned),
            format: ValueFormat::default(),
        }
    }

    fn filled(rules: &[ValueRule], person: Fillable<'_>) -> Result<Values, Unfillable> {
        let template = Components { body: "Hi {{1}}".to_owned(), ..Components::default() };
        fill_values(&template, &[body("1")], "en", rules, person)
    }

    #[test]
    fn a_first_name_that_is_not_known_apart_is_the_first_word_of_the_name() {
        let none = BTreeMap::new();
        let person = Fillable { name: "Ana Prova", first_name: "", attributes: &none };
        let rules = [rule("body.1", ValueSource::FirstName, "", None)];
        assert_eq!(filled(&rules, person).unwrap()["body.1"], "Ana");
    }

    #[test]
    fn a_person_without_a_value_gets_the_fallback_or_is_named() {
        let none = BTreeMap::new();
        let person = Fillable { name: "", first_name: "", attributes: &none };
        let with = [rule("body.1", ValueSource::Attribute, "city", Some("your town"))];
        assert_eq!(filled(&with, person).unwrap()["body.1"], "your town");
        let without = [rule("body.1", ValueSource::Attribute, "city", None)];
        let missing = filled(&without, person).unwrap_err();
        assert_eq!(
            (missing.code(), missing.to_string().as_str()),
            ("missing_value", "There is no value for {{1}} in the text.")
        );
        assert!(filled(&[], person).is_err(), "no rule at all");
    }

    #[test]
    fn a_wrong_value_is_no_missing_one() {
        let attributes = BTreeMap::from([("total".to_owned(), "about ten".to_owned())]);
        let person = Fillable { name: "", first_name: "", attributes: &attributes };
        let mut amount = rule("body.1", ValueSource::Attribute, "total", Some("a bit"));
        amount.format = ValueFormat { kind: FormatKind::Currency, language: None, currency: Some("EUR".to_owned()) };
        assert_eq!(filled(std::slice::from_ref(&amount), person).unwrap_err().code(), "unreadable_value");
        let attributes = BTreeMap::from([("total".to_owned(), "10".to_owned())]);
        let person = Fillable { attributes: &attributes, ..person };
        assert_eq!(filled(&[amount], person).unwrap()["body.1"], "€10.00");
    }

    #[test]
    fn what_is_too_long_for_its_place_is_named_before_anything_leaves() {
        let none = BTreeMap::new();
        let person = Fillable { name: "Ana", first_name: "", attributes: &none };
        let template = Components {
            header_format: Some("TEXT".to_owned()),
            header_text: Some("For {{1}}".to_owned()),
            body: "Hi".to_owned(),
            ..Components::default()
        };
        let long = [rule("header.1", ValueSource::Fixed, &"x".repeat(57), None)];
        let header = Variable { place: Place::Header, name: "1".to_owned() };
        let problem = fill_values(&template, &[header], "en", &long, person).unwrap_err();
        assert_eq!(problem.to_string(), "With the value put in, the header is too long (limit 60 characters).");
    }

    #[test]
    fn addresses_and_codes_take_only_what_may_stand_in_them() {
        let none = BTreeMap::new();
        let person = Fillable { name: "Ana Núñez", first_name: "", attributes: &none };
        let template = Components::default();
        let one = |place, rule: ValueRule| {
            let variable =
                Variable { place, name: if rule.key.ends_with("code") { "coupon_code" } else { "1" }.to_owned() };
            fill_values(&template, &[variable], "en", &[rule], person)
        };
        let address = one(Place::Button(0), rule("button0.1", ValueSource::FullName, "", None)).unwrap();
        assert_eq!(address["button0.1"], "Ana%20N%C3%BA%C3%B1ez");
        let code = |text: &str| one(Place::Coupon(0), rule("button0.coupon_code", ValueSource::Fixed, text, None));
        assert_eq!(code("TEN10").unwrap()["button0.coupon_code"], "TEN10");
        assert_eq!(code("TEN-10").unwrap_err().code(), "bad_coupon_code");
        assert_eq!(code(&"A".repeat(21)).unwrap_err().code(), "value_too_long");
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
