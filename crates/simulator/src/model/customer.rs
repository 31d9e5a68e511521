//! One person on the other side, as the platform knows them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::{Connection, Row, params};
use sha2::{Digest, Sha256};

use crate::crowd::draw::Draw;
use crate::crowd::names;
use crate::phone;

/// 24 hours: the customer service window (messages.md §1).
pub(crate) const WINDOW_MS: i64 = 24 * 3_600_000;
/// 30 days: how long a phone stays visible after contact (messages.md §3).
const PHONE_VISIBLE_MS: i64 = 30 * 24 * 3_600_000;

/// A WhatsApp user who talks with the practice business.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) id: i64,
    pub(crate) wa_id: String,
    pub(crate) user_id: String,
    pub(crate) name: String,
    pub(crate) username: Option<String>,
    /// Has a username and keeps the phone number to themselves.
    pub(crate) hides_phone: bool,
    pub(crate) stopped_marketing: bool,
    pub(crate) blocks_us: bool,
    pub(crate) blocked_by_us: bool,
    pub(crate) said_stop_ms: Option<i64>,
    pub(crate) replied_ms: Option<i64>,
    pub(crate) last_inbound_ms: Option<i64>,
    /// Messages accepted for this person so far.
    pub(crate) nth: u32,
    /// Requests that named this person, accepted or not; drives synchronous trouble.
    pub(crate) tries: u32,
    /// When the pair-rate bucket is empty again (account.md §9).
    pub(crate) pair_free_at_ms: i64,
    /// Last time the business wrote to the phone number itself.
    pub(crate) phone_used_ms: Option<i64>,
    /// Somebody plays this person by hand: the crowd does not answer for them.
    pub(crate) played: bool,
    /// On disk already.
    pub(crate) stored: bool,
}

impl Customer {
    /// A person nobody met before; name, username and BSUID follow from the number alone.
    pub(crate) fn meet(id: i64, wa_id: &str) -> Self {
        let mut draw = Draw::new(0, "person", wa_id, 0);
        let name = names::for_phone(wa_id);
        let username = draw.chance(0.12).then(|| names::username(&name, &mut draw));
        let user_id =
            format!("{}.{:020}", phone::country(wa_id), u128::from(draw.bits()) * 5 % 100_000_000_000_000_000_000);
        Self {
            id,
            wa_id: wa_id.to_owned(),
            user_id,
            name,
            hides_phone: false,
            username,
            stopped_marketing: false,
            blocks_us: false,
            blocked_by_us: false,
            said_stop_ms: None,
            replied_ms: None,
            last_inbound_ms: None,
            nth: 0,
            tries: 0,
            pair_free_at_ms: 0,
            phone_used_ms: None,
            played: false,
            stored: false,
        }
    }

    /// Whether free-form messages may be sent to them at `now_ms`.
    pub(crate) fn window_open(&self, now_ms: i64) -> bool {
        self.last_inbound_ms.is_some_and(|at| now_ms < at.saturating_add(WINDOW_MS))
    }

    /// Whether webhooks show the phone number (webhooks.md §2.2).
    pub(crate) fn phone_visible(&self, now_ms: i64) -> bool {
        !self.hides_phone || self.phone_used_ms.is_some_and(|at| now_ms < at.saturating_add(PHONE_VISIBLE_MS))
    }

    /// Writes the row; `nth` is counted from the messages on load.
    pub(crate) fn save(&self, connection: &Connection) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "INSERT INTO customers(id, wa_id, user_id, name, username, hides_phone, stopped_marketing, blocks_us, blocked_by_us, said_stop_ms, replied_ms, last_inbound_ms, played)
                 VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)
                 ON CONFLICT(id) DO UPDATE SET wa_id=excluded.wa_id, user_id=excluded.user_id, name=excluded.name, username=excluded.username,
                   hides_phone=excluded.hides_phone, stopped_marketing=excluded.stopped_marketing, blocks_us=excluded.blocks_us,
                   blocked_by_us=excluded.blocked_by_us, said_stop_ms=excluded.said_stop_ms, replied_ms=excluded.replied_ms, last_inbound_ms=excluded.last_inbound_ms, played=excluded.played",
            )?
            .execute(params![
                self.id, self.wa_id, self.user_id, self.name, self.username, self.hides_phone, self.stopped_marketing, self.blocks_us, self.blocked_by_us,
                self.said_stop_ms, self.replied_ms, self.last_inbound_ms, self.played
            ])?;
        Ok(())
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            wa_id: row.get(1)?,
            user_id: row.get(2)?,
            name: row.get(3)?,
            username: row.get(4)?,
            hides_phone: row.get(5)?,
            stopped_marketing: row.get(6)?,
            blocks_us: row.get(7)?,
            blocked_by_us: row.get(8)?,
            said_stop_ms: row.get(9)?,
            replied_ms: row.get(10)?,
            last_inbound_ms: row.get(11)?,
            nth: row.get(12)?,
            tries: row.get(12)?,
            pair_free_at_ms: 0,
            phone_used_ms: row.get(13)?,
            played: row.get(14)?,
            stored: true,
        })
    }

    /// What stands for the person's keys where the number checks identities; a new number or user id brings another.
    pub(crate) fn identity_hash(&self) -> String {
        let digest = Sha256::digest(format!("identity:{}:{}", self.wa_id, self.user_id));
        STANDARD.encode(digest.get(..8).unwrap_or_default())
    }

    /// Everyone, with the number of messages accepted for them.
    pub(crate) fn load_all(connection: &Connection) -> rusqlite::Result<Vec<Self>> {
        connection
            .prepare(
                "SELECT c.id, c.wa_id, c.user_id, c.name, c.username, c.hides_phone, c.stopped_marketing, c.blocks_us, c.blocked_by_us, c.said_stop_ms,
                        c.replied_ms, c.last_inbound_ms, coalesce(m.n, 0), m.phone_used, c.played
                 FROM customers c LEFT JOIN (SELECT customer, count(*) n, max(CASE WHEN by_user_id = 0 THEN at_ms END) phone_used
                                             FROM messages WHERE inbound = 0 GROUP BY customer) m ON m.customer = c.id ORDER BY c.id",
            )?
            .query_map([], Self::read)?
            .collect()
    }
}
