//! Templates as Meta last described them, and what happened to each. Status, quality and category have an event time
//! each: an older event never overrides a newer one, whichever of webhook and sync brings it.

use rusqlite::{Connection, OptionalExtension, Row, params};
use switchboard_domain::ids::{TemplateId, WabaId};
use switchboard_domain::time::UnixMillis;

use crate::columns::RowExt;
use crate::{StoreError, WriteTx};

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRow {
    /// Meta's id.
    pub template_id: TemplateId,
    /// The WABA that owns it.
    pub waba_id: WabaId,
    /// Name.
    pub name: String,
    /// `en_US`.
    pub language: String,
    /// Lower case: `marketing`, `utility`, `authentication` or a later word.
    pub category: String,
    /// The category to come, if a change is announced.
    pub correct_category: Option<String>,
    /// `APPROVED` …
    pub status: String,
    /// `GREEN` …
    pub quality: Option<String>,
    /// Why it was rejected or paused, Meta's word.
    pub rejected_reason: Option<String>,
    /// `POSITIONAL` or `NAMED`.
    pub parameter_format: String,
    /// Components as the API returned them, JSON text.
    pub components: String,
    /// When something of it last changed here.
    pub updated_at: UnixMillis,
    /// When a sync last saw it.
    pub seen_at: UnixMillis,
    /// When it was gone.
    pub removed_at: Option<UnixMillis>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<TemplateRow> {
    Ok(TemplateRow {
        template_id: TemplateId::new(row.get::<_, String>("template_id")?),
        waba_id: WabaId::new(row.get::<_, String>("waba_id")?),
        name: row.get("name")?,
        language: row.get("language")?,
        category: row.get("category")?,
        correct_category: row.get("correct_category")?,
        status: row.get("status")?,
        quality: row.get("quality")?,
        rejected_reason: row.get("rejected_reason")?,
        parameter_format: row.get("parameter_format")?,
        components: row.get("components")?,
        updated_at: row.ms("updated_at_ms")?,
        seen_at: row.ms("seen_at_ms")?,
        removed_at: row.ms_opt("removed_at_ms")?,
    })
}

/// Templates that are there, by name and language.
pub fn list(conn: &Connection) -> Result<Vec<TemplateRow>, StoreError> {
    conn.prepare_cached("SELECT * FROM templates WHERE removed_at_ms IS NULL ORDER BY name, language")?
        .query_map([], read)?
        .collect::<Result<_, _>>()
        .map_err(StoreError::from)
}

/// One template, also one that is gone.
pub fn get(conn: &Connection, id: &TemplateId) -> Result<Option<TemplateRow>, StoreError> {
    conn.prepare_cached("SELECT * FROM templates WHERE template_id = ?1")?
        .query_row([id.as_str()], read)
        .optional()
        .map_err(StoreError::from)
}

/// The template with this name and language.
pub fn find(conn: &Connection, name: &str, language: &str) -> Result<Option<TemplateRow>, StoreError> {
    conn.prepare_cached("SELECT * FROM templates WHERE name = ?1 AND language = ?2 AND removed_at_ms IS NULL")?
        .query_row([name, language], read)
        .optional()
        .map_err(StoreError::from)
}

/// When a sync last read the list.
pub fn synced_at(conn: &Connection) -> Result<Option<UnixMillis>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT max(seen_at_ms) FROM templates WHERE seen_at_ms > 0")?
        .query_row([], |row| row.get::<_, Option<i64>>(0))?
        .map(UnixMillis::new))
}

/// A template as a sync read it.
#[derive(Clone, Debug)]
pub struct SeenTemplate {
    /// Meta's id.
    pub template_id: TemplateId,
    /// The WABA that owns it.
    pub waba_id: WabaId,
    /// Name.
    pub name: String,
    /// `en_US`.
    pub language: String,
    /// Lower case.
    pub category: String,
    /// Lower case; the category to come.
    pub correct_category: Option<String>,
    /// `APPROVED` …
    pub status: String,
    /// `GREEN` …
    pub quality: Option<String>,
    /// Meta's word; none if it is `NONE`.
    pub rejected_reason: Option<String>,
    /// `POSITIONAL` or `NAMED`.
    pub parameter_format: String,
    /// JSON text.
    pub components: String,
}

/// An aspect that changed, with its value before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It was not known before (or was gone).
    Appeared,
    /// Status, from.
    Status(String),
    /// Quality, from.
    Quality(Option<String>),
    /// Category, from.
    Category(String),
    /// The category to come, from.
    CorrectCategory(Option<String>),
    /// Texts, buttons or parameter format.
    Components,
}

/// Writes a template as a sync read it at `at` (the moment before the request was written). What a webhook said later
/// than `at` stays. Returns what changed.
pub fn put_seen(tx: &WriteTx<'_>, seen: &SeenTemplate, at: UnixMillis) -> Result<Vec<Changed>, StoreError> {
    let before = get(tx, &seen.template_id)?.filter(|b| b.removed_at.is_none());
    // A template that was deleted and made anew has a new id under the old name.
    tx.prepare_cached(
        "UPDATE templates SET removed_at_ms = ?5, updated_at_ms = ?5
         WHERE waba_id = ?1 AND name = ?2 AND language = ?3 AND template_id <> ?4 AND removed_at_ms IS NULL",
    )?
    .execute(params![seen.waba_id.as_str(), seen.name, seen.language, seen.template_id.as_str(), at.as_ms()])?;
    tx.prepare_cached(
        "INSERT INTO templates (template_id, waba_id, name, language, category, correct_category, status, quality,
             rejected_reason, parameter_format, components, status_at_ms, quality_at_ms, category_at_ms,
             updated_at_ms, seen_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?12, ?12, ?12)
         ON CONFLICT (template_id) DO UPDATE SET
             waba_id = excluded.waba_id, name = excluded.name, language = excluded.language,
             category = CASE WHEN category_at_ms <= ?12 THEN excluded.category ELSE category END,
             correct_category = CASE WHEN category_at_ms <= ?12 THEN excluded.correct_category ELSE correct_category END,
             status = CASE WHEN status_at_ms <= ?12 THEN excluded.status ELSE status END,
             rejected_reason = CASE WHEN status_at_ms <= ?12 THEN excluded.rejected_reason ELSE rejected_reason END,
             quality = CASE WHEN quality_at_ms <= ?12 THEN excluded.quality ELSE quality END,
             status_at_ms = max(status_at_ms, ?12), quality_at_ms = max(quality_at_ms, ?12),
             category_at_ms = max(category_at_ms, ?12),
             parameter_format = excluded.parameter_format, components = excluded.components,
             seen_at_ms = max(seen_at_ms, ?12), removed_at_ms = NULL",
    )?
    .execute(params![
        seen.template_id.as_str(),
        seen.waba_id.as_str(),
        seen.name,
        seen.language,
        seen.category,
        seen.correct_category,
        seen.status,
        seen.quality,
        seen.rejected_reason,
        seen.parameter_format,
        seen.components,
        at.as_ms(),
    ])?;
    let Some(before) = before else { return Ok(vec![Changed::Appeared]) };
    let Some(after) = get(tx, &seen.template_id)? else { return Ok(Vec::new()) };
    let mut changes = Vec::new();
    if after.status != before.status {
        changes.push(Changed::Status(before.status));
    }
    if after.quality != before.quality {
        changes.push(Changed::Quality(before.quality));
    }
    if after.category != before.category {
        changes.push(Changed::Category(before.category));
    }
    if after.correct_category != before.correct_category {
        changes.push(Changed::CorrectCategory(before.correct_category));
    }
    if after.components != before.components || after.parameter_format != before.parameter_format {
        changes.push(Changed::Components);
    }
    if !changes.is_empty() {
        changed_at(tx, &seen.template_id, at)?;
    }
    Ok(changes)
}

fn changed_at(tx: &WriteTx<'_>, id: &TemplateId, at: UnixMillis) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE templates SET updated_at_ms = max(updated_at_ms, ?2) WHERE template_id = ?1")?
        .execute(params![id.as_str(), at.as_ms()])?;
    Ok(())
}

/// Templates of the WABA that a complete list read at `at` did not have are gone. Returns them.
pub fn remove_unseen(tx: &WriteTx<'_>, waba: &WabaId, at: UnixMillis) -> Result<Vec<TemplateId>, StoreError> {
    tx.prepare_cached(
        "UPDATE templates SET removed_at_ms = ?2, updated_at_ms = ?2
         WHERE waba_id = ?1 AND removed_at_ms IS NULL AND seen_at_ms < ?2 RETURNING template_id",
    )?
    .query_map(params![waba.as_str(), at.as_ms()], |row| Ok(TemplateId::new(row.get::<_, String>(0)?)))?
    .collect::<Result<_, _>>()
    .map_err(StoreError::from)
}

/// A webhook named a status. Returns the status before if this one is newer and different.
pub fn set_status(
    tx: &WriteTx<'_>,
    id: &TemplateId,
    status: &str,
    reason: Option<&str>,
    at: UnixMillis,
) -> Result<Option<String>, StoreError> {
    let Some(before) = get(tx, id)? else { return Ok(None) };
    let gone = matches!(status, "DELETED");
    let n = tx
        .prepare_cached(
            "UPDATE templates SET status = ?2, rejected_reason = ?3, status_at_ms = ?4,
                 updated_at_ms = max(updated_at_ms, ?4),
                 removed_at_ms = CASE WHEN ?5 THEN coalesce(removed_at_ms, ?4) ELSE removed_at_ms END
             WHERE template_id = ?1 AND status_at_ms <= ?4 AND status <> ?2",
        )?
        .execute(params![id.as_str(), status, reason, at.as_ms(), gone])?;
    Ok((n == 1).then_some(before.status))
}

/// A webhook named a quality score. Returns the score before if this one is newer and different.
pub fn set_quality(
    tx: &WriteTx<'_>,
    id: &TemplateId,
    quality: &str,
    at: UnixMillis,
) -> Result<Option<Option<String>>, StoreError> {
    let Some(before) = get(tx, id)? else { return Ok(None) };
    let n = tx
        .prepare_cached(
            "UPDATE templates SET quality = ?2, quality_at_ms = ?3, updated_at_ms = max(updated_at_ms, ?3)
             WHERE template_id = ?1 AND quality_at_ms <= ?3 AND quality IS NOT ?2",
        )?
        .execute(params![id.as_str(), quality, at.as_ms()])?;
    Ok((n == 1).then_some(before.quality))
}

/// A webhook named the category that holds and the one to come. Returns whether something changed.
pub fn set_category(
    tx: &WriteTx<'_>,
    id: &TemplateId,
    category: &str,
    correct_category: Option<&str>,
    at: UnixMillis,
) -> Result<bool, StoreError> {
    let n = tx
        .prepare_cached(
            "UPDATE templates SET category = ?2, correct_category = ?3, category_at_ms = ?4,
                 updated_at_ms = max(updated_at_ms, ?4)
             WHERE template_id = ?1 AND category_at_ms <= ?4 AND (category <> ?2 OR correct_category IS NOT ?3)",
        )?
        .execute(params![id.as_str(), category, correct_category, at.as_ms()])?;
    Ok(n == 1)
}

/// Something that happened to a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateEventRow {
    /// When, at Meta.
    pub at: UnixMillis,
    /// `status`, `quality`, `category`, `components`, `seen`.
    pub kind: String,
    /// The sentence.
    pub text: String,
}

/// Appends to a template's history; false if the event with this key stands there already.
pub fn append_event(
    tx: &WriteTx<'_>,
    id: &TemplateId,
    at: UnixMillis,
    kind: &str,
    text: &str,
    dedupe_key: Option<&str>,
) -> Result<bool, StoreError> {
    let n = tx
        .prepare_cached(
            "INSERT INTO template_events (template_id, at_ms, kind, text, dedupe_key) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (dedupe_key) DO NOTHING",
        )?
        .execute(params![id.as_str(), at.as_ms(), kind, text, dedupe_key])?;
    Ok(n == 1)
}

/// A template's history, newest first.
pub fn history(conn: &Connection, id: &TemplateId, limit: u32) -> Result<Vec<TemplateEventRow>, StoreError> {
    conn.prepare_cached(
        "SELECT at_ms, kind, text FROM template_events WHERE template_id = ?1 ORDER BY at_ms DESC, id DESC LIMIT ?2",
    )?
    .query_map(params![id.as_str(), limit], |row| {
        Ok(TemplateEventRow { at: row.ms("at_ms")?, kind: row.get("kind")?, text: row.get("text")? })
    })?
    .collect::<Result<_, _>>()
    .map_err(StoreError::from)
}

#[cfg(test)]
#[path = "templates_tests.rs"]
mod tests;
