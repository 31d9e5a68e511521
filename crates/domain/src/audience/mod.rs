//! Whom a campaign is for: everybody, the people of some imports, chosen people, or a filter. A filter is a tree of
//! conditions joined by "all of" and "any of", each of which may be turned around. What it means is said twice: here in
//! memory ([`Filter::holds`]) and in the store as SQL; a test holds both equal over random people.

mod check;
mod condition;
mod holds;
mod keys;

use serde::{Deserialize, Serialize};

pub use check::{FilterProblem, MOST_CONDITIONS, MOST_DAYS, MOST_DEPTH};
pub use condition::{CampaignPart, Condition, ConsentWord, ValueTest};
pub use holds::{CampaignFacts, Facts};
pub use keys::{day_of, number_of, tag_key, tags_in, value_key};

use crate::ids::{CampaignId, ContactId, ImportId};

/// Version of a filter as it is written today. A later one is refused rather than misunderstood.
pub const FILTER_VERSION: u32 = 1;

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
    /// Those for whom a filter holds.
    Filter {
        /// The filter.
        filter: Filter,
    },
}

impl Audience {
    /// Whether nobody can be in it, whatever the address book holds.
    pub fn is_unset(&self) -> bool {
        match self {
            Self::Everybody => false,
            Self::Imports { import_ids } => import_ids.is_empty(),
            Self::Contacts { contact_ids } => contact_ids.is_empty(),
            Self::Filter { filter } => filter.group.items.is_empty(),
        }
    }
}

/// Whether all or any of a group's conditions must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// All of them.
    #[default]
    All,
    /// At least one.
    Any,
}

/// A filter as it is kept and sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// [`FILTER_VERSION`] when it was written.
    pub v: u32,
    /// The outermost group.
    pub group: Group,
}

/// Conditions joined. One without conditions says nothing and is passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// How they are joined.
    #[serde(default)]
    pub join: Join,
    /// Conditions and groups in order.
    pub items: Vec<Item>,
}

/// One condition or group, as it is or turned around.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// It must not hold.
    #[serde(default)]
    pub not: bool,
    /// What is asked.
    pub test: Condition,
}

impl Group {
    /// Whether it says anything: a condition stands in it or in one of its groups.
    pub fn says_something(&self) -> bool {
        self.items.iter().any(Item::says_something)
    }
}

impl Item {
    /// See [`Group::says_something`].
    pub fn says_something(&self) -> bool {
        match &self.test {
            Condition::Group { group } => group.says_something(),
            _ => true,
        }
    }
}

impl Filter {
    /// Of a group, as written today.
    pub const fn new(group: Group) -> Self {
        Self { v: FILTER_VERSION, group }
    }

    /// Campaigns whose people it asks about.
    pub fn campaigns(&self) -> Vec<CampaignId> {
        fn walk(group: &Group, found: &mut Vec<CampaignId>) {
            for item in &group.items {
                match &item.test {
                    Condition::Group { group } => walk(group, found),
                    Condition::Campaign { campaign_id, .. } if !found.contains(campaign_id) => found.push(*campaign_id),
                    _ => {}
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.group, &mut found);
        found
    }
}

#[cfg(test)]
mod tests;
