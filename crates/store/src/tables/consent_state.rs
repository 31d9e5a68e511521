//! The present consent of a person: one row, so that a claim reads one row.
//!
//! It is never edited on its own: whoever appends to the ledger refreshes it from the ledger in the same
//! transaction ([`super::consent_events::append`] does).

use rusqlite::{Connection, OptionalExtension, Row, Statement};
use switchboard_domain::consent::{ConsentState, Decided, OptIn, fold};
use switchboard_domain::ids::ContactId;
use switchboard_domain::template::Category;

use super::consent_events;
use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// Columns of the state, for statements that join it; read with [`from_row`].
pub const COLUMNS: &str = "cs.marketing_opt_in, cs.marketing_opt_in_at_ms, cs.utility_opt_in, cs.utility_opt_in_at_ms, \
     cs.attested, cs.declined, cs.declined_at_ms, cs.opted_out, cs.opted_out_at_ms, cs.marketing_stopped, \
     cs.marketing_stopped_at_ms, cs.probable_opt_out, cs.probable_opt_out_at_ms, cs.blocked, cs.blocked_at_ms, \
     cs.erased, cs.erased_at_ms AS consent_erased_at_ms, cs.last_event_at_ms";

/// Reads [`COLUMNS`]; a person without a row has the empty state.
///
/// # Errors
/// As [`Row::get`].
pub fn from_row(r: &Row<'_>) -> rusqlite::Result<ConsentState> {
    let decided = |event: &str, at: &str| -> rusqlite::Result<Option<Decided>> {
        Ok(r.id_opt(event)?.zip(r.ms_opt(at)?).map(|(event, at)| Decided { event, at }))
    };
    let attested: i64 = r.get::<_, Option<i64>>("attested")?.unwrap_or(0);
    let opt_in = |by: Option<Decided>, bit: i64| by.map(|by| OptIn { by, attested: attested & bit != 0 });
    Ok(ConsentState {
        marketing: opt_in(decided("marketing_opt_in", "marketing_opt_in_at_ms")?, 1),
        utility: opt_in(decided("utility_opt_in", "utility_opt_in_at_ms")?, 2),
        declined: decided("declined", "declined_at_ms")?,
        opted_out: decided("opted_out", "opted_out_at_ms")?,
        marketing_stopped: decided("marketing_stopped", "marketing_stopped_at_ms")?,
        probable_opt_out: decided("probable_opt_out", "probable_opt_out_at_ms")?,
        blocked: decided("blocked", "blocked_at_ms")?,
        erased: decided("erased", "consent_erased_at_ms")?,
        last_event_at: r.ms_opt("last_event_at_ms")?,
    })
}

/// The state of a person as stored.
///
/// # Errors
/// [`StoreError`].
pub fn get(connection: &Connection, contact: ContactId) -> Result<ConsentState, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM consent_state cs WHERE cs.contact_id = ?1"))?;
    Ok(statement.query_row([contact.bytes()], from_row).optional()?.unwrap_or_default())
}

/// Writes a state that was just folded, and its words on the person's row.
///
/// # Errors
/// [`StoreError`].
pub fn put(tx: &WriteTx<'_>, contact: ContactId, state: &ConsentState) -> Result<(), StoreError> {
    put_row(tx, contact, state)?;
    tx.prepare_cached(
        "UPDATE contacts SET consent = ?2, may_market = CASE WHEN is_us THEN 0 ELSE ?3 END
         WHERE contact_id = ?1 AND (consent <> ?2 OR may_market <> CASE WHEN is_us THEN 0 ELSE ?3 END)",
    )?
    .execute((contact.bytes(), state.summary().as_str(), marketing_consent(state)))?;
    Ok(())
}

/// Whether consent alone lets marketing by campaign through.
pub fn marketing_consent(state: &ConsentState) -> bool {
    use switchboard_domain::consent::{GateContext, SendMode, may_receive};
    may_receive(state, Category::Marketing, &GateContext::at(switchboard_domain::time::UnixMillis::new(0)))
        .allows(SendMode::Campaign)
}

/// Writes the row alone, for a person whose `contacts` row already carries the words.
///
/// # Errors
/// [`StoreError`].
pub fn put_row(tx: &WriteTx<'_>, contact: ContactId, state: &ConsentState) -> Result<(), StoreError> {
    put_with(&mut *tx.prepare_cached(PUT)?, contact, state)
}

macro_rules! all_columns {
    () => {
        "INTO consent_state (contact_id, marketing_opt_in, marketing_opt_in_at_ms, \
         utility_opt_in, utility_opt_in_at_ms, attested, declined, declined_at_ms, opted_out, \
         opted_out_at_ms, marketing_stopped, marketing_stopped_at_ms, probable_opt_out, \
         probable_opt_out_at_ms, blocked, blocked_at_ms, erased, erased_at_ms, summary, decided_at_ms, \
         last_event_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, \
         ?17, ?18, ?19, ?20, ?21)"
    };
}

const PUT: &str = concat!("INSERT OR REPLACE ", all_columns!());
/// For people of whom nothing is kept yet.
pub(super) const ADD: &str = concat!("INSERT ", all_columns!());

/// [`put_row`] with a statement that is prepared already.
pub(super) fn put_with(put: &mut Statement<'_>, contact: ContactId, state: &ConsentState) -> Result<(), StoreError> {
    let event = |d: Option<Decided>| d.map(|d| *d.event.as_bytes());
    let at = |d: Option<Decided>| d.map(|d| d.at.as_ms());
    let marketing = state.marketing.map(|o| o.by);
    let utility = state.utility.map(|o| o.by);
    let attested = i64::from(state.marketing.is_some_and(|o| o.attested))
        | (i64::from(state.utility.is_some_and(|o| o.attested)) << 1);
    put.execute(rusqlite::params![
        contact.bytes(),
        event(marketing),
        at(marketing),
        event(utility),
        at(utility),
        attested,
        event(state.declined),
        at(state.declined),
        event(state.opted_out),
        at(state.opted_out),
        event(state.marketing_stopped),
        at(state.marketing_stopped),
        event(state.probable_opt_out),
        at(state.probable_opt_out),
        event(state.blocked),
        at(state.blocked),
        event(state.erased),
        at(state.erased),
        state.summary().as_str(),
        state.decided_at().map(switchboard_domain::time::UnixMillis::as_ms),
        state.last_event_at.map(switchboard_domain::time::UnixMillis::as_ms),
    ])?;
    Ok(())
}

/// Folds a person's events anew and stores the result.
///
/// # Errors
/// [`StoreError`].
pub fn refresh(tx: &WriteTx<'_>, contact: ContactId) -> Result<ConsentState, StoreError> {
    let state = fold(&consent_events::for_fold(tx, contact)?);
    put(tx, contact, &state)?;
    Ok(state)
}

/// People whose stored state is not what their events add up to. Empty unless something is broken.
///
/// # Errors
/// [`StoreError`].
pub fn differing(connection: &Connection) -> Result<Vec<ContactId>, StoreError> {
    let mut people = connection.prepare("SELECT contact_id FROM contacts WHERE merged_into IS NULL")?;
    let mut rows = people.query([])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let contact: ContactId = row.id("contact_id")?;
        if get(connection, contact)? != fold(&consent_events::for_fold(connection, contact)?) {
            out.push(contact);
        }
    }
    Ok(out)
}

/// When the consent that decides was given or withdrawn, for lists.
///
/// # Errors
/// [`StoreError`].
pub fn decided_at(connection: &Connection, contact: ContactId) -> Result<Option<i64>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT decided_at_ms FROM consent_state WHERE contact_id = ?1")?
        .query_row([contact.bytes()], |r| r.get(0))
        .optional()?
        .flatten())
}
