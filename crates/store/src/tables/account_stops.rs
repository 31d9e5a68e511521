//! Reasons why nothing may be sent on the account (errors.md class A). They stay until somebody clears them:
//! nothing resumes by itself after an account-class stop.

use rusqlite::Connection;
use switchboard_domain::ids::PhoneNumberId;
use switchboard_domain::time::UnixMillis;

use crate::columns::RowExt;
use crate::{StoreError, WriteTx};

/// A stop that is open.
#[derive(Clone, Debug)]
pub struct AccountStop {
    /// Its number.
    pub id: i64,
    /// Meta's code, if it came from an error.
    pub graph_code: Option<i64>,
    /// The number it is about; `None` = the whole account.
    pub phone_number_id: Option<PhoneNumberId>,
    /// What happened.
    pub sentence: String,
    /// What to do.
    pub remedy: String,
    /// Since when.
    pub since: UnixMillis,
}

/// Opens a stop. `false`: the same one is open already.
///
/// # Errors
/// [`StoreError`].
pub fn open(
    tx: &mut WriteTx<'_>,
    graph_code: Option<i64>,
    phone_number_id: Option<&PhoneNumberId>,
    sentence: &str,
    remedy: &str,
) -> Result<bool, StoreError> {
    let inserted = tx
        .prepare_cached(
            "INSERT INTO account_stops (graph_code, scope, scope_id, sentence, remedy, since_ms) \
             SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM account_stops \
             WHERE cleared_at_ms IS NULL AND graph_code IS ?1 AND scope_id IS ?3 AND sentence = ?4)",
        )?
        .execute((
            graph_code,
            if phone_number_id.is_some() { "number" } else { "account" },
            phone_number_id.map(|p| p.as_str()),
            sentence,
            remedy,
            tx.now().as_ms(),
        ))?;
    if inserted == 1 {
        tx.touch("account")?;
    }
    Ok(inserted == 1)
}

/// The open stops, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn all_open(connection: &Connection) -> Result<Vec<AccountStop>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, graph_code, scope_id, sentence, remedy, since_ms FROM account_stops WHERE cleared_at_ms IS NULL \
         ORDER BY id",
    )?;
    let rows = statement.query_map([], |r| {
        Ok(AccountStop {
            id: r.get(0)?,
            graph_code: r.get(1)?,
            phone_number_id: r.get::<_, Option<String>>(2)?.map(PhoneNumberId::new),
            sentence: r.get(3)?,
            remedy: r.get(4)?,
            since: r.ms("since_ms")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The open stop that holds this number back, if there is one.
///
/// # Errors
/// [`StoreError`].
pub fn holding(connection: &Connection, number: &PhoneNumberId) -> Result<Option<AccountStop>, StoreError> {
    Ok(all_open(connection)?.into_iter().find(|s| s.phone_number_id.as_ref().is_none_or(|p| p == number)))
}

/// Clears every open stop, after the operator repaired the cause and the account was checked again.
///
/// # Errors
/// [`StoreError`].
pub fn clear_all(tx: &mut WriteTx<'_>) -> Result<usize, StoreError> {
    let cleared = tx
        .prepare_cached("UPDATE account_stops SET cleared_at_ms = ?1 WHERE cleared_at_ms IS NULL")?
        .execute([tx.now().as_ms()])?;
    if cleared > 0 {
        tx.touch("account")?;
    }
    Ok(cleared)
}
