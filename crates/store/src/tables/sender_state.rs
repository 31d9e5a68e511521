//! What the sender waits for and how far it slowed down, kept across restarts (P8) and readable by other processes.

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use switchboard_domain::time::UnixMillis;

use crate::columns::RowExt;
use crate::{StoreError, WriteTx};

/// The one row.
#[derive(Clone, Debug, PartialEq)]
pub struct SenderState {
    /// Machine word of what campaigns wait for; none = nothing holds them.
    pub waiting_code: Option<String>,
    /// The sentence.
    pub waiting_sentence: Option<String>,
    /// Since when it is so.
    pub since: UnixMillis,
    /// Share of the allowed rate after throttling, 1 = all of it.
    pub rate_factor: f64,
    /// Nothing is claimed before.
    pub paused_until: UnixMillis,
}

impl Default for SenderState {
    fn default() -> Self {
        Self {
            waiting_code: None,
            waiting_sentence: None,
            since: UnixMillis::default(),
            rate_factor: 1.0,
            paused_until: UnixMillis::default(),
        }
    }
}

/// Reads it.
///
/// # Errors
/// [`StoreError`].
pub fn get(connection: &Connection) -> Result<SenderState, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT waiting_code, waiting_sentence, since_ms, rate_factor, paused_until_ms FROM sender_state WHERE id = 1",
        )?
        .query_row([], |r| {
            Ok(SenderState {
                waiting_code: r.get(0)?,
                waiting_sentence: r.get(1)?,
                since: r.ms("since_ms")?,
                rate_factor: r.get(3)?,
                paused_until: r.ms("paused_until_ms")?,
            })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// Writes it.
///
/// # Errors
/// [`StoreError`].
pub fn put(tx: &mut WriteTx<'_>, state: &SenderState) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO sender_state (id, waiting_code, waiting_sentence, since_ms, rate_factor, paused_until_ms) \
         VALUES (1, ?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET waiting_code = ?1, waiting_sentence = ?2, \
         since_ms = ?3, rate_factor = ?4, paused_until_ms = ?5",
    )?
    .execute((
        &state.waiting_code,
        &state.waiting_sentence,
        state.since.as_ms(),
        state.rate_factor,
        state.paused_until.as_ms(),
    ))?;
    tx.touch("campaigns")
}
