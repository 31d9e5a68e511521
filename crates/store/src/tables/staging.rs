//! Copying what a rehearsal needs into a database of its own: the people of an audience with what the rules ask about
//! them, prices, budgets. Whole rows by their column names, so that a column of a later schema comes along by itself;
//! what people wrote, and how consent was proved, stays behind.

use rusqlite::types::Value;
use rusqlite::{Connection, Params};
use switchboard_domain::ids::ContactId;
use switchboard_domain::time::UnixMillis;

use crate::columns::IdColumn;
use crate::{StoreError, WriteTx};

/// Rows of one table on their way from one database to another.
pub struct Rows {
    table: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rows({} of {})", self.rows.len(), self.table)
    }
}

impl Rows {
    /// Reads rows; `condition` is SQL of ours.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read(
        connection: &Connection,
        table: &'static str,
        condition: &str,
        params: impl Params,
    ) -> Result<Self, StoreError> {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table} WHERE {condition}"))?;
        let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let width = columns.len();
        let rows = statement
            .query_map(params, |row| {
                (0..width).map(|at| row.get::<_, Value>(at)).collect::<rusqlite::Result<Vec<_>>>()
            })?
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { table, columns, rows })
    }

    /// The same value in a column of every row.
    #[must_use]
    pub fn with(mut self, column: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if let Some(at) = self.columns.iter().position(|c| c == column) {
            for cell in self.rows.iter_mut().filter_map(|row| row.get_mut(at)) {
                cell.clone_from(&value);
            }
        }
        self
    }

    /// NULL in a column of every row.
    #[must_use]
    pub fn without(self, column: &str) -> Self {
        self.with(column, Value::Null)
    }

    /// Writes them; a row that is there already stays.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn write(&self, tx: &WriteTx<'_>) -> Result<(), StoreError> {
        let marks = vec!["?"; self.columns.len()].join(", ");
        let sql = format!("INSERT OR IGNORE INTO {} ({}) VALUES ({marks})", self.table, self.columns.join(", "));
        let mut statement = tx.prepare_cached(&sql)?;
        for row in &self.rows {
            statement.execute(rusqlite::params_from_iter(row))?;
        }
        Ok(())
    }
}

/// Everything that the rules of a campaign ask about some people: who they are, consent, reachability, whether a
/// conversation is open, and what left to them since a moment. No text of any message.
///
/// # Errors
/// [`StoreError`].
pub fn people(connection: &Connection, ids: &[ContactId], since: UnixMillis) -> Result<Vec<Rows>, StoreError> {
    let list: Vec<String> = ids.iter().map(|id| format!("x'{}'", hex(id.bytes()))).collect();
    let these = format!("contact_id IN ({})", list.join(", "));
    Ok(vec![
        Rows::read(connection, "contacts", &these, [])?,
        Rows::read(connection, "identifiers", &these, [])?,
        Rows::read(connection, "consent_state", &these, [])?,
        Rows::read(connection, "reachability", &these, [])?,
        Rows::read(connection, "threads", &these, [])?.with("last_line", String::new()).without("last_message_id"),
        sends(connection, &these, since)?,
    ])
}

/// What left to anybody since a moment, for limits that count people; only who and when.
///
/// # Errors
/// [`StoreError`].
pub fn sends_since(connection: &Connection, since: UnixMillis) -> Result<Rows, StoreError> {
    sends(connection, "1", since)
}

fn sends(connection: &Connection, condition: &str, since: UnixMillis) -> Result<Rows, StoreError> {
    let condition = format!(
        "{condition} AND kind = 'template' AND state IN ('accepted', 'held', 'unknown', 'claimed', 'sending') \
         AND COALESCE(accepted_at_ms, updated_at_ms) > ?1"
    );
    Ok(Rows::read(connection, "outbox", &condition, [since.as_ms()])?
        .with("content", "{}".to_owned())
        .without("wamid")
        .without("idempotency_key")
        .without("pricing"))
}

/// People of a page in the database of the rehearsal, as the ones of a list.
///
/// # Errors
/// [`StoreError`].
pub fn list_of(tx: &WriteTx<'_>, import: &[u8; 16], ids: &[ContactId]) -> Result<(), StoreError> {
    let mut statement =
        tx.prepare_cached("INSERT OR IGNORE INTO import_contacts (import_id, contact_id, added) VALUES (?1, ?2, 0)")?;
    for id in ids {
        statement.execute((import.as_slice(), id.bytes()))?;
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// How attempts ended, in the database of a rehearsal: outcome, Graph code, how many.
///
/// # Errors
/// [`StoreError`].
pub fn attempts_by_outcome(connection: &Connection) -> Result<Vec<(String, Option<i64>, u64)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT outcome, graph_code, COUNT(*) FROM attempts WHERE outcome IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC",
    )?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
