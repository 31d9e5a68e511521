//! The tables. The file belongs to one program version at a time and holds practice data only,
//! so a changed schema starts a new ledger instead of migrating an old one.

use rusqlite::Connection;

const VERSION: i32 = 1;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS settings(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents(kind TEXT NOT NULL, id TEXT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY(kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS customers(
  id INTEGER PRIMARY KEY, wa_id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, username TEXT,
  hides_phone INTEGER NOT NULL, stopped_marketing INTEGER NOT NULL DEFAULT 0, blocks_us INTEGER NOT NULL DEFAULT 0,
  blocked_by_us INTEGER NOT NULL DEFAULT 0, said_stop_ms INTEGER, replied_ms INTEGER, last_inbound_ms INTEGER, played INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS messages(
  seq INTEGER PRIMARY KEY, wamid TEXT NOT NULL UNIQUE, inbound INTEGER NOT NULL, at_ms INTEGER NOT NULL, phone_number_id TEXT NOT NULL,
  customer INTEGER NOT NULL, nth INTEGER NOT NULL, input TEXT NOT NULL, by_user_id INTEGER NOT NULL, correlation TEXT, type TEXT NOT NULL,
  template TEXT, language TEXT, category TEXT, billing TEXT, content TEXT NOT NULL, reply_to TEXT, fate TEXT, held INTEGER NOT NULL DEFAULT 0,
  plan TEXT, plan_pos INTEGER, base_ms INTEGER, sent_ms INTEGER, delivered_ms INTEGER, read_ms INTEGER, failed_ms INTEGER, failed_code INTEGER);
CREATE INDEX IF NOT EXISTS messages_thread ON messages(customer, seq);
CREATE INDEX IF NOT EXISTS messages_planned ON messages(seq) WHERE plan_pos IS NOT NULL;
CREATE TABLE IF NOT EXISTS timers(id INTEGER PRIMARY KEY, due_ms INTEGER NOT NULL, what TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS posts(
  id INTEGER PRIMARY KEY, created_ms INTEGER NOT NULL, field TEXT NOT NULL, phone_number_id TEXT, updates INTEGER NOT NULL, body BLOB,
  state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_attempt_ms INTEGER NOT NULL, answered_ms INTEGER, log TEXT NOT NULL DEFAULT '[]');
CREATE INDEX IF NOT EXISTS posts_pending ON posts(next_attempt_ms, id) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS media(
  id TEXT PRIMARY KEY, phone_number_id TEXT NOT NULL, mime_type TEXT NOT NULL, sha256 TEXT NOT NULL, bytes BLOB NOT NULL, filename TEXT,
  inbound INTEGER NOT NULL, created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL);
";

const NAMES: &str = "settings documents customers messages timers posts media";

pub(super) fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    connection.pragma_update(None, "cache_size", -32_000)?;
    connection.set_prepared_statement_cache_capacity(64);
    let found: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found != VERSION {
        for name in NAMES.split(' ') {
            connection.execute_batch(&format!("DROP TABLE IF EXISTS {name}"))?;
        }
    }
    connection.execute_batch(TABLES)?;
    connection.pragma_update(None, "user_version", VERSION)
}

/// Empties every table but the settings: `POST reset`.
pub(crate) fn clear(connection: &Connection) -> rusqlite::Result<()> {
    for name in NAMES.split(' ').filter(|name| *name != "settings") {
        connection.execute_batch(&format!("DELETE FROM {name}"))?;
    }
    Ok(())
}
