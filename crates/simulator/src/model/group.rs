//! A group chat of a business number (webhooks.md §7.11).

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::customer::{Customer, WINDOW_MS};
use super::template::save_document;
use crate::world::State;

/// Most participants beside the business, and most of them in one request.
pub(crate) const PEOPLE_MAX: usize = 8;

/// A group and who is in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) id: String,
    /// Stands where the ledger has a customer; below zero, for it is nobody.
    pub(crate) row: i64,
    pub(crate) phone_number_id: String,
    pub(crate) subject: String,
    pub(crate) description: Option<String>,
    /// Whether people who follow the link must be approved.
    pub(crate) approval: bool,
    pub(crate) link: Option<String>,
    pub(crate) created_ms: i64,
    pub(crate) suspended: bool,
    /// Customers, in the order they joined.
    pub(crate) members: Vec<i64>,
    pub(crate) requests: Vec<JoinRequest>,
    pub(crate) last_inbound_ms: Option<i64>,
    /// The pinned message and until when.
    pub(crate) pinned: Option<(String, i64)>,
}

/// Somebody who followed the link of a group that approves people.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct JoinRequest {
    pub(crate) id: String,
    pub(crate) customer: i64,
    pub(crate) at_ms: i64,
}

impl Group {
    /// Whether somebody in it wrote within 24 hours.
    pub(crate) fn window_open(&self, now_ms: i64) -> bool {
        self.last_inbound_ms.is_some_and(|at| now_ms < at.saturating_add(WINDOW_MS))
    }

    /// The people in it.
    pub(crate) fn people(&self, state: &State) -> Vec<Customer> {
        self.members.iter().filter_map(|id| state.people.get(*id).cloned()).collect()
    }

    /// A new invite link.
    pub(crate) fn fresh_link() -> String {
        format!("https://chat.whatsapp.com/{}", hex::encode_upper(rand::random::<[u8; 11]>()))
    }

    /// Writes the document.
    pub(crate) fn save(&self, connection: &Connection) -> rusqlite::Result<()> {
        save_document(connection, "group", &self.id, self)
    }
}
