//! The connected WABA: one row, written only after everything in it was checked at Meta.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use switchboard_domain::ids::{AppId, PhoneNumberId, WabaId};
use switchboard_domain::time::UnixMillis;

use crate::{StoreError, WriteTx};

/// The connected account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// WABA id.
    pub waba_id: WabaId,
    /// Name of the WABA.
    pub waba_name: Option<String>,
    /// The app whose token we use.
    pub app_id: Option<AppId>,
    /// Currency of the WABA.
    pub currency: Option<String>,
    /// Numeric time zone id of the WABA (account.md §3).
    pub timezone_id: Option<String>,
    /// Where Graph is.
    pub graph_url: String,
    /// Version such as `v26.0`.
    pub graph_version: String,
    /// The number that sends by default.
    pub default_phone_number_id: PhoneNumberId,
    /// What `debug_token` said.
    pub token: TokenFacts,
    /// The WABA node as last read, JSON text.
    pub raw_waba: String,
    /// When it was connected.
    pub connected_at: UnixMillis,
    /// When a field here last changed.
    pub updated_at: UnixMillis,
}

/// What is known about the token; the token itself is in the secret store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenFacts {
    /// `SYSTEM_USER`, `USER` …
    pub token_type: Option<String>,
    /// Its scopes.
    pub scopes: Vec<String>,
    /// When it ends; none = never.
    pub expires_at: Option<UnixMillis>,
    /// When it was last checked.
    pub checked_at: Option<UnixMillis>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    let scopes: String = row.get("token_scopes")?;
    Ok(Account {
        waba_id: WabaId::new(row.get::<_, String>("waba_id")?),
        waba_name: row.get("waba_name")?,
        app_id: row.get::<_, Option<String>>("app_id")?.map(AppId::new),
        currency: row.get("currency")?,
        timezone_id: row.get("timezone_id")?,
        graph_url: row.get("graph_url")?,
        graph_version: row.get("graph_version")?,
        default_phone_number_id: PhoneNumberId::new(row.get::<_, String>("default_phone_number_id")?),
        token: TokenFacts {
            token_type: row.get("token_type")?,
            scopes: serde_json::from_str(&scopes).unwrap_or_default(),
            expires_at: row.get::<_, Option<i64>>("token_expires_at_ms")?.map(UnixMillis::new),
            checked_at: row.get::<_, Option<i64>>("token_checked_at_ms")?.map(UnixMillis::new),
        },
        raw_waba: row.get("raw_waba")?,
        connected_at: UnixMillis::new(row.get("connected_at_ms")?),
        updated_at: UnixMillis::new(row.get("updated_at_ms")?),
    })
}

/// The connected account, if one is connected.
pub fn get(conn: &Connection) -> Result<Option<Account>, StoreError> {
    conn.prepare_cached("SELECT * FROM account WHERE id = 1")?.query_row([], read).optional().map_err(StoreError::from)
}

/// The currency of the connected account alone.
pub fn currency(conn: &Connection) -> Result<Option<String>, StoreError> {
    let found: Option<Option<String>> =
        conn.prepare_cached("SELECT currency FROM account WHERE id = 1")?.query_row([], |r| r.get(0)).optional()?;
    Ok(found.flatten())
}

/// Writes the account row; `connected_at` of an existing row stays.
pub fn put(tx: &WriteTx<'_>, account: &Account) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO account (id, waba_id, waba_name, app_id, currency, timezone_id, graph_url, graph_version,
             default_phone_number_id, token_type, token_scopes, token_expires_at_ms, token_checked_at_ms, raw_waba,
             connected_at_ms, updated_at_ms)
         VALUES (1, :waba_id, :waba_name, :app_id, :currency, :timezone_id, :graph_url, :graph_version,
             :number, :token_type, :scopes, :expires, :checked, :raw, :connected, :updated)
         ON CONFLICT (id) DO UPDATE SET waba_id = excluded.waba_id, waba_name = excluded.waba_name,
             app_id = excluded.app_id, currency = excluded.currency, timezone_id = excluded.timezone_id,
             graph_url = excluded.graph_url, graph_version = excluded.graph_version,
             default_phone_number_id = excluded.default_phone_number_id, token_type = excluded.token_type,
             token_scopes = excluded.token_scopes, token_expires_at_ms = excluded.token_expires_at_ms,
             token_checked_at_ms = excluded.token_checked_at_ms, raw_waba = excluded.raw_waba,
             updated_at_ms = excluded.updated_at_ms",
    )?
    .execute(named_params! {
        ":waba_id": account.waba_id.as_str(),
        ":waba_name": account.waba_name,
        ":app_id": account.app_id.as_ref().map(AppId::as_str),
        ":currency": account.currency,
        ":timezone_id": account.timezone_id,
        ":graph_url": account.graph_url,
        ":graph_version": account.graph_version,
        ":number": account.default_phone_number_id.as_str(),
        ":token_type": account.token.token_type,
        ":scopes": scopes_json(&account.token.scopes),
        ":expires": account.token.expires_at.map(UnixMillis::as_ms),
        ":checked": account.token.checked_at.map(UnixMillis::as_ms),
        ":raw": account.raw_waba,
        ":connected": account.connected_at.as_ms(),
        ":updated": account.updated_at.as_ms(),
    })?;
    Ok(())
}

/// Keeps what a check of the token found. Returns whether there is an account.
pub fn set_token(tx: &WriteTx<'_>, token: &TokenFacts, at: UnixMillis) -> Result<bool, StoreError> {
    let n = tx
        .prepare_cached(
            "UPDATE account SET token_type = ?1, token_scopes = ?2, token_expires_at_ms = ?3,
                 token_checked_at_ms = ?4, updated_at_ms = ?5 WHERE id = 1",
        )?
        .execute(params![
            token.token_type,
            scopes_json(&token.scopes),
            token.expires_at.map(UnixMillis::as_ms),
            token.checked_at.map(UnixMillis::as_ms),
            at.as_ms()
        ])?;
    Ok(n == 1)
}

/// Keeps what a read of the WABA node found.
pub fn set_waba(
    tx: &WriteTx<'_>,
    name: Option<&str>,
    currency: Option<&str>,
    timezone_id: Option<&str>,
    raw: &str,
    at: UnixMillis,
) -> Result<bool, StoreError> {
    let n = tx
        .prepare_cached(
            "UPDATE account SET waba_name = coalesce(?1, waba_name), currency = coalesce(?2, currency),
                 timezone_id = coalesce(?3, timezone_id), raw_waba = ?4, updated_at_ms = ?5 WHERE id = 1",
        )?
        .execute(params![name, currency, timezone_id, raw, at.as_ms()])?;
    Ok(n == 1)
}

fn scopes_json(scopes: &[String]) -> String {
    serde_json::Value::from(scopes.to_vec()).to_string()
}
