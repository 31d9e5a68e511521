//! The meaning of a filter, in memory.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{CampaignPart, Condition, ConsentWord, ValueTest};
use super::keys::{day_of, number_of, tag_key, value_key};
use super::{Filter, Group, Item, Join};
use crate::ids::{AudienceListId, CampaignId, ContactId, ImportId};
use crate::send::OutboxState;
use crate::time::UnixMillis;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;
/// Meta's times are whole seconds: an answer may seem to be a moment older than what it answers.
const SECOND_MS: i64 = 1000;

/// What became of a campaign for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CampaignFacts {
    /// State of their outbox row.
    pub state: OutboxState,
    /// How far Meta brought it (0: no status yet).
    pub rank: u8,
    /// When Meta took it.
    pub accepted_at: Option<UnixMillis>,
}

/// What a filter may ask about a person.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The person.
    pub contact_id: ContactId,
    /// Comparing forms of their tags.
    pub tags: BTreeSet<String>,
    /// Columns and values as they came.
    pub attributes: BTreeMap<String, String>,
    /// Consent.
    pub consent: ConsentWord,
    /// Imports they stand in.
    pub imports: BTreeSet<ImportId>,
    /// Uploaded lists they stand on.
    pub lists: BTreeSet<AudienceListId>,
    /// Campaigns they were in.
    pub campaigns: BTreeMap<CampaignId, CampaignFacts>,
    /// When anything of ours last left to them, or may have.
    pub contacted_at: Option<UnixMillis>,
    /// When they last wrote.
    pub wrote_at: Option<UnixMillis>,
    /// When they became known.
    pub added_at: UnixMillis,
}

impl Filter {
    /// Whether it holds for a person at a moment. One that says nothing holds for nobody.
    pub fn holds(&self, person: &Facts, now: UnixMillis) -> bool {
        self.group.says_something() && self.group.holds(person, now)
    }
}

impl Group {
    fn holds(&self, person: &Facts, now: UnixMillis) -> bool {
        let mut said = self.items.iter().filter(|i| i.says_something());
        match self.join {
            Join::All => said.all(|i| i.holds(person, now)),
            Join::Any => said.any(|i| i.holds(person, now)),
        }
    }
}

impl Item {
    fn holds(&self, person: &Facts, now: UnixMillis) -> bool {
        self.test.holds(person, now) != self.not
    }
}

/// From when on something counts as within so many days.
pub(crate) fn since(now: UnixMillis, days: u32) -> i64 {
    now.as_ms().saturating_sub(i64::from(days).saturating_mul(DAY_MS))
}

fn lately(at: Option<UnixMillis>, within_days: Option<u32>, now: UnixMillis) -> bool {
    at.is_some_and(|at| within_days.is_none_or(|days| at.as_ms() > since(now, days)))
}

impl Condition {
    fn holds(&self, person: &Facts, now: UnixMillis) -> bool {
        match self {
            Self::Group { group } => group.holds(person, now),
            Self::Tag { tags } => tags.iter().any(|t| person.tags.contains(&tag_key(t))),
            Self::Attribute { name, value } => person
                .attributes
                .get(name)
                .filter(|held| !value_key(held).is_empty())
                .is_some_and(|held| value.holds(held)),
            Self::Consent { any_of } => any_of.contains(&person.consent),
            Self::Import { import_ids } => import_ids.iter().any(|i| person.imports.contains(i)),
            Self::List { list_id } => person.lists.contains(list_id),
            Self::People { contact_ids } => contact_ids.contains(&person.contact_id),
            Self::Campaign { campaign_id, part } => {
                person.campaigns.get(campaign_id).is_some_and(|facts| part.holds(facts, person.wrote_at))
            }
            Self::Contacted { within_days } => lately(person.contacted_at, *within_days, now),
            Self::Wrote { within_days } => lately(person.wrote_at, *within_days, now),
            Self::Added { within_days } => lately(Some(person.added_at), Some(*within_days), now),
        }
    }
}

impl ValueTest {
    fn holds(&self, held: &str) -> bool {
        match self {
            Self::Present => true,
            Self::Is { values } => {
                let key = value_key(held);
                values.iter().any(|v| value_key(v) == key)
            }
            Self::Contains { text } => value_key(held).contains(&value_key(text)),
            Self::AtLeast { number } => {
                number_of(held).zip(number_of(number)).is_some_and(|(held, wanted)| held >= wanted)
            }
            Self::AtMost { number } => {
                number_of(held).zip(number_of(number)).is_some_and(|(held, wanted)| held <= wanted)
            }
            Self::Before { day } => day_of(held).zip(day_of(day)).is_some_and(|(held, wanted)| held < wanted),
            Self::Since { day } => day_of(held).zip(day_of(day)).is_some_and(|(held, wanted)| held >= wanted),
        }
    }
}

impl CampaignPart {
    fn holds(self, facts: &CampaignFacts, wrote_at: Option<UnixMillis>) -> bool {
        let accepted = facts.state == OutboxState::Accepted;
        let replied = facts
            .accepted_at
            .zip(wrote_at)
            .is_some_and(|(accepted, wrote)| wrote.as_ms() >= accepted.as_ms().saturating_sub(SECOND_MS));
        match self {
            Self::Included => true,
            Self::Sent => accepted,
            Self::Delivered => accepted && facts.rank >= 2,
            Self::Read => accepted && facts.rank >= 3,
            Self::NotRead => accepted && facts.rank == 2,
            Self::Replied => replied,
            Self::ReadNotReplied => accepted && facts.rank >= 3 && !replied,
            Self::Failed => facts.state == OutboxState::Refused,
            Self::Withheld => facts.state == OutboxState::Withheld,
            Self::LeftOut => facts.state == OutboxState::Excluded,
        }
    }
}
