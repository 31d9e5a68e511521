//! The columns that people came with, and what stands in them.

use rusqlite::{Connection, OptionalExtension};

use crate::StoreError;

/// Names of the columns, each looked up behind the one before: a million people cost no more than ten.
///
/// # Errors
/// [`StoreError`].
pub fn columns(connection: &Connection, at_most: usize) -> Result<Vec<String>, StoreError> {
    let mut next =
        connection.prepare_cached("SELECT name FROM contact_values WHERE name > ?1 ORDER BY name LIMIT 1")?;
    let mut names: Vec<String> = Vec::new();
    while names.len() < at_most {
        let after = names.last().cloned().unwrap_or_default();
        let Some(name) = next.query_row([after], |r| r.get::<_, String>(0)).optional()? else { break };
        names.push(name);
    }
    Ok(names)
}

/// Whether anybody has a value in a column.
///
/// # Errors
/// [`StoreError`].
pub fn has_column(connection: &Connection, name: &str) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM contact_values WHERE name = ?1 LIMIT 1")?.exists([name])?)
}

/// The commonest values of a column as somebody wrote them, and how many people have each.
///
/// # Errors
/// [`StoreError`].
pub fn column_values(connection: &Connection, name: &str, at_most: u32) -> Result<Vec<(String, u64)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT v.value_key, v.people, (SELECT a.value FROM contact_values x JOIN contacts c ON c.contact_id = x.contact_id, \
             json_each(c.attributes) a WHERE x.name = ?1 AND x.value_key = v.value_key AND a.key = ?1 LIMIT 1) AS shown \
         FROM (SELECT value_key, COUNT(*) AS people FROM contact_values INDEXED BY contact_values_by_value \
               WHERE name = ?1 GROUP BY value_key ORDER BY people DESC, value_key LIMIT ?2) v \
         ORDER BY v.people DESC, v.value_key",
    )?;
    let rows = statement.query_map((name, at_most), |r| {
        let shown: Option<String> = r.get(2)?;
        Ok((shown.map_or_else(|| r.get(0), Ok)?, r.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
