//! What the store holds, read in its own words: nothing here asks the code under test to count for it.

use std::collections::BTreeMap;

use switchboard_store::{Connection, StoreError, WriteTx};

pub type Id = [u8; 16];

/// A step of an outbox row, as SQLite saw it.
#[derive(Clone, Debug)]
pub struct Move {
    pub from: (String, i64),
    pub to: (String, i64),
}

/// Watches the outbox from within: a trigger of this connection alone, so that not one update is missed.
pub fn watch_moves(tx: &mut WriteTx<'_>) -> Result<(), StoreError> {
    tx.execute_batch(
        "CREATE TEMP TABLE moves (id INTEGER PRIMARY KEY, from_state TEXT, from_rank INTEGER, to_state TEXT, to_rank INTEGER);
         CREATE TEMP TRIGGER watch AFTER UPDATE OF state, delivery_rank ON main.outbox
         WHEN old.state <> new.state OR old.delivery_rank <> new.delivery_rank
         BEGIN
             INSERT INTO moves (from_state, from_rank, to_state, to_rank)
             VALUES (old.state, old.delivery_rank, new.state, new.delivery_rank);
         END;
         CREATE TEMP TABLE slips (what TEXT);
         CREATE TEMP TRIGGER stands_still AFTER INSERT ON main.attempts
         BEGIN
             INSERT INTO slips (what)
             SELECT CASE
                 WHEN c.state <> 'running' THEN 'it was ' || c.state
                 WHEN t.status <> 'APPROVED' THEN 'its template was ' || t.status
                 WHEN EXISTS (SELECT 1 FROM main.account_stops s WHERE s.cleared_at_ms IS NULL
                              AND (s.scope_id IS NULL OR s.scope_id = o.phone_number_id)) THEN 'its account was stopped'
                 ELSE 'the person had opted out' END
             FROM main.outbox o JOIN main.campaigns c ON c.campaign_id = o.campaign_id
                 JOIN main.templates t ON t.template_id = c.template_id
                 LEFT JOIN main.consent_state p ON p.contact_id = o.contact_id
             WHERE o.outbox_id = new.outbox_id AND (c.state <> 'running' OR t.status <> 'APPROVED'
                 OR EXISTS (SELECT 1 FROM main.account_stops s WHERE s.cleared_at_ms IS NULL
                            AND (s.scope_id IS NULL OR s.scope_id = o.phone_number_id))
                 OR p.opted_out IS NOT NULL OR p.blocked IS NOT NULL
                 OR (p.marketing_stopped IS NOT NULL AND o.category = 'marketing'));
         END;",
    )?;
    Ok(())
}

pub fn take_moves(tx: &mut WriteTx<'_>) -> Result<Vec<Move>, StoreError> {
    let moves = {
        let mut s = tx.prepare("SELECT from_state, from_rank, to_state, to_rank FROM temp.moves ORDER BY id")?;
        let rows = s.query_map([], |r| Ok(Move { from: (r.get(0)?, r.get(1)?), to: (r.get(2)?, r.get(3)?) }))?;
        rows.collect::<Result<Vec<_>, _>>()?
    };
    tx.execute("DELETE FROM temp.moves", [])?;
    Ok(moves)
}

/// Claims of campaigns that ought to have stood still.
pub fn take_slips(tx: &mut WriteTx<'_>) -> Result<Vec<String>, StoreError> {
    let slips = {
        let mut s = tx.prepare("SELECT what FROM temp.slips")?;
        s.query_map([], |r| r.get(0))?.collect::<Result<Vec<_>, _>>()?
    };
    tx.execute("DELETE FROM temp.slips", [])?;
    Ok(slips)
}

#[derive(Clone, Debug)]
pub struct Row {
    pub id: Id,
    pub campaign: Option<Id>,
    pub contact: Id,
    pub state: String,
    pub rank: i64,
    pub reason_code: Option<String>,
    pub reason: Option<String>,
    pub wamid: Option<String>,
    pub accepted: bool,
    pub tries: i64,
}

#[derive(Clone, Debug)]
pub struct Try {
    pub row: Id,
    pub outcome: Option<String>,
    pub started_seq: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Campaign {
    pub id: Id,
    pub state: String,
    pub paused_code: Option<String>,
    pub accepted_on_curve: i64,
}

/// All that the checks ask about.
pub struct Everything {
    pub outbox: Vec<Row>,
    /// By the text that travels with the message.
    pub tries: BTreeMap<String, Try>,
    pub campaigns: Vec<Campaign>,
    /// How often each inbound message stands in a thread.
    pub inbound: BTreeMap<String, i64>,
    /// Present contact of each entry.
    pub present: BTreeMap<Id, Id>,
    /// Opt-outs and returns of the ledger: contact, kind, place in the change log.
    pub signals: Vec<(Id, String, i64)>,
    pub cursor: i64,
    pub events_applied: i64,
    pub kept_raw: i64,
    pub unread: i64,
    /// From [`take_slips`].
    pub slips: Vec<String>,
    /// Attempts that were refused for the token or the account, and stops that were opened.
    pub account_refusals: i64,
    pub account_stops: i64,
}

pub fn everything(c: &Connection) -> Result<Everything, StoreError> {
    let outbox = c
        .prepare(
            "SELECT outbox_id, campaign_id, contact_id, state, delivery_rank, reason_code, reason, wamid,
             accepted_at_ms IS NOT NULL, tries FROM outbox",
        )?
        .query_map([], |r| {
            Ok(Row {
                id: r.get(0)?,
                campaign: r.get(1)?,
                contact: r.get(2)?,
                state: r.get(3)?,
                rank: r.get(4)?,
                reason_code: r.get(5)?,
                reason: r.get(6)?,
                wamid: r.get(7)?,
                accepted: r.get(8)?,
                tries: r.get(9)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    let tries = c
        .prepare("SELECT attempt_id, outbox_id, outcome, started_seq FROM attempts")?
        .query_map([], |r| {
            let id: Id = r.get(0)?;
            let id = switchboard_domain::ids::AttemptId::from_bytes(id).to_string();
            Ok((id, Try { row: r.get(1)?, outcome: r.get(2)?, started_seq: r.get(3)? }))
        })?
        .collect::<Result<_, _>>()?;
    let campaigns = c
        .prepare(
            "SELECT campaign_id, state, paused_code,
             COALESCE((SELECT SUM(accepted) FROM campaign_rate r WHERE r.campaign_id = c.campaign_id), 0) FROM campaigns c",
        )?
        .query_map([], |r| {
            Ok(Campaign { id: r.get(0)?, state: r.get(1)?, paused_code: r.get(2)?, accepted_on_curve: r.get(3)? })
        })?
        .collect::<Result<_, _>>()?;
    let inbound = c
        .prepare("SELECT wamid, COUNT(*) FROM messages WHERE direction = 'in' AND wamid IS NOT NULL GROUP BY wamid")?
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let present = c
        .prepare("SELECT contact_id, COALESCE(merged_into, contact_id) FROM contacts")?
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let signals = c
        .prepare("SELECT contact_id, kind, change_seq FROM consent_events WHERE contact_id IS NOT NULL ORDER BY seq")?
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let one = |sql: &str| -> Result<i64, StoreError> { Ok(c.query_row(sql, [], |r| r.get(0))?) };
    Ok(Everything {
        outbox,
        tries,
        campaigns,
        inbound,
        present,
        signals,
        cursor: one("SELECT cursor FROM relay")?,
        events_applied: one("SELECT events_applied FROM relay")?,
        kept_raw: one("SELECT COUNT(*) FROM raw_events WHERE resolved_at_ms IS NULL")?,
        unread: one("SELECT COALESCE(SUM(unread), 0) FROM threads")?,
        slips: Vec::new(),
        account_refusals: one("SELECT COUNT(*) FROM attempts WHERE graph_code IN (190, 131031)")?,
        account_stops: one("SELECT COUNT(*) FROM account_stops")?,
    })
}
