//! What is wrong with a filter, in words for whoever wrote it.

use super::condition::{Condition, ValueTest};
use super::keys::{day_of, number_of, tag_key, value_key};
use super::{FILTER_VERSION, Filter, Group};

/// Conditions of a filter at most, groups not counted.
pub const MOST_CONDITIONS: usize = 60;
/// Groups in groups at most.
pub const MOST_DEPTH: usize = 6;
/// Values or people of one condition at most.
const MOST_VALUES: usize = 1000;
/// Longest text of a condition.
const MOST_CHARS: usize = 200;
/// Days that can be asked for at most: ten years.
pub const MOST_DAYS: u32 = 3650;

/// Why a filter cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterProblem {
    /// Written by a later program.
    #[error("it was made by a newer version of this program")]
    Newer,
    /// Too many conditions.
    #[error("it has more than {MOST_CONDITIONS} conditions")]
    TooLong,
    /// Too many groups in groups.
    #[error("its groups go more than {MOST_DEPTH} levels deep")]
    TooDeep,
    /// A condition that is not finished: what is missing.
    #[error("a condition is not finished: {0}")]
    Unfinished(&'static str),
    /// A text or list that is too long.
    #[error("a condition names more than can be looked up")]
    TooMuch,
    /// Not a number.
    #[error("\u{201c}{0}\u{201d} is not a number")]
    NotANumber(String),
    /// Not a date.
    #[error("\u{201c}{0}\u{201d} is not a date such as 2026-11-22")]
    NotADay(String),
    /// Days out of range.
    #[error("days go from 1 to {MOST_DAYS}")]
    Days,
}

impl Filter {
    /// Whether it can be used.
    ///
    /// # Errors
    /// [`FilterProblem`] names the first thing that is wrong.
    pub fn check(&self) -> Result<(), FilterProblem> {
        if self.v > FILTER_VERSION || self.v == 0 {
            return Err(FilterProblem::Newer);
        }
        let mut conditions = 0;
        check_group(&self.group, 1, &mut conditions)
    }
}

fn check_group(group: &Group, depth: usize, conditions: &mut usize) -> Result<(), FilterProblem> {
    if depth > MOST_DEPTH {
        return Err(FilterProblem::TooDeep);
    }
    for item in &group.items {
        match &item.test {
            Condition::Group { group } => check_group(group, depth.saturating_add(1), conditions)?,
            other => {
                *conditions = conditions.saturating_add(1);
                if *conditions > MOST_CONDITIONS {
                    return Err(FilterProblem::TooLong);
                }
                other.check()?;
            }
        }
    }
    Ok(())
}

fn some<T>(values: &[T], missing: &'static str) -> Result<(), FilterProblem> {
    match values.len() {
        0 => Err(FilterProblem::Unfinished(missing)),
        n if n > MOST_VALUES => Err(FilterProblem::TooMuch),
        _ => Ok(()),
    }
}

fn text(text: &str, missing: &'static str) -> Result<(), FilterProblem> {
    if value_key(text).is_empty() {
        return Err(FilterProblem::Unfinished(missing));
    }
    if text.chars().count() > MOST_CHARS { Err(FilterProblem::TooMuch) } else { Ok(()) }
}

const fn days(days: u32) -> Result<(), FilterProblem> {
    if days == 0 || days > MOST_DAYS { Err(FilterProblem::Days) } else { Ok(()) }
}

impl Condition {
    fn check(&self) -> Result<(), FilterProblem> {
        match self {
            Self::Group { .. } => Ok(()),
            Self::Tag { tags } => {
                some(tags, "which tag")?;
                if tags.iter().all(|t| tag_key(t).is_empty()) {
                    return Err(FilterProblem::Unfinished("which tag"));
                }
                tags.iter().try_for_each(|t| text(t, "which tag"))
            }
            Self::Attribute { name, value } => {
                if name.is_empty() {
                    return Err(FilterProblem::Unfinished("which column"));
                }
                value.check()
            }
            Self::Consent { any_of } => some(any_of, "which consent"),
            Self::Import { import_ids } => some(import_ids, "which list"),
            Self::People { contact_ids } => some(contact_ids, "which people"),
            Self::List { .. } | Self::Campaign { .. } => Ok(()),
            Self::Contacted { within_days } | Self::Wrote { within_days } => within_days.map_or(Ok(()), days),
            Self::Added { within_days } => days(*within_days),
        }
    }
}

impl ValueTest {
    fn check(&self) -> Result<(), FilterProblem> {
        match self {
            Self::Present => Ok(()),
            Self::Is { values } => {
                some(values, "which value")?;
                values.iter().try_for_each(|v| text(v, "which value"))
            }
            Self::Contains { text: wanted } => text(wanted, "which text"),
            Self::AtLeast { number } | Self::AtMost { number } => {
                text(number, "which number")?;
                number_of(number).map(|_| ()).ok_or_else(|| FilterProblem::NotANumber(number.clone()))
            }
            Self::Before { day } | Self::Since { day } => {
                text(day, "which day")?;
                day_of(day).map(|_| ()).ok_or_else(|| FilterProblem::NotADay(day.clone()))
            }
        }
    }
}
