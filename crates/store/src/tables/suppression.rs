//! The sender's last look, right before a request is written (P2).

use rusqlite::{Connection, OptionalExtension};
use switchboard_domain::consent::Reason;
use switchboard_domain::ids::{ChangeSeq, ContactId};
use switchboard_domain::template::Category;

use super::changes;
use crate::StoreError;
use crate::columns::IdColumn;

/// What the last look saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastLook {
    /// Why nothing may be sent, if so.
    pub suppressed: Option<Reason>,
    /// Change log position of the very snapshot that was read; keep it with the attempt.
    pub seq: ChangeSeq,
}

/// Whether this person opted out, was blocked or erased or, for marketing, stopped it: one indexed read. Meant for
/// [`crate::Store::read_blocking`] so that both answers come from one snapshot. `category` is none for free-form
/// replies, which an opt-out does not forbid.
///
/// # Errors
/// [`StoreError`].
pub fn check(connection: &Connection, contact: ContactId, category: Option<Category>) -> Result<LastLook, StoreError> {
    let seq = changes::newest(connection)?;
    let mut statement = connection.prepare_cached(
        "SELECT c.erased_at_ms IS NOT NULL, s.erased IS NOT NULL, s.blocked IS NOT NULL, s.opted_out IS NOT NULL,
                s.marketing_stopped IS NOT NULL, s.probable_opt_out IS NOT NULL
         FROM contacts c JOIN consent_state s ON s.contact_id = COALESCE(c.merged_into, c.contact_id)
         WHERE c.contact_id = ?1",
    )?;
    let flags: Option<[bool; 6]> = statement
        .query_row([contact.bytes()], |r| Ok([r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?]))
        .optional()?;
    let [gone, erased, blocked, opted_out, stopped, probable] = flags.unwrap_or_default();
    let marketing = category == Some(Category::Marketing);
    // Somebody who was erased and wrote to us since may be answered; nothing goes to the one who is gone.
    let suppressed = if gone || (erased && category.is_some()) {
        Some(Reason::Erased)
    } else if blocked {
        Some(Reason::Blocked)
    } else if opted_out && category.is_some() {
        Some(Reason::OptedOut)
    } else if stopped && marketing {
        Some(Reason::MarketingStopped)
    } else if probable && marketing {
        Some(Reason::ToDecide)
    } else {
        None
    };
    Ok(LastLook { suppressed, seq })
}
