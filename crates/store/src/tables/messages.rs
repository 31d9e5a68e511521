//! Messages in threads, theirs and ours. Each stands once: theirs by its wamid, ours by its outbox row.

use rusqlite::{Connection, OptionalExtension, Row, params};
use switchboard_domain::ids::{ContactId, MediaFileId, MessageId, OutboxId, PhoneNumberId, WaMessageId};
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;

use crate::columns::RowExt;
use crate::{StoreError, WriteTx};

/// A message to put into a thread.
#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    /// Its new id.
    pub id: MessageId,
    /// The person.
    pub contact_id: ContactId,
    /// Our number.
    pub phone_number_id: &'a PhoneNumberId,
    /// From the person, else from us.
    pub inbound: bool,
    /// `text`, `image`, `template` …
    pub kind: &'a str,
    /// Text or caption.
    pub text: &'a Personal,
    /// What the bubble needs beyond the text, JSON.
    pub content: &'a serde_json::Value,
    /// Its wamid, if known.
    pub wamid: Option<&'a WaMessageId>,
    /// The message it answers.
    pub context_wamid: Option<&'a WaMessageId>,
    /// The outbox row of one of ours.
    pub outbox_id: Option<OutboxId>,
    /// Its file.
    pub media_file_id: Option<MediaFileId>,
    /// Read as an opt-out.
    pub opt_out: bool,
    /// When it was written, by Meta's clock for theirs.
    pub at: UnixMillis,
}

/// Puts a message into its thread; false if it stands there already (a webhook that came twice).
pub fn insert(tx: &WriteTx<'_>, message: &NewMessage<'_>) -> Result<bool, StoreError> {
    let n = tx
        .prepare_cached(
            "INSERT INTO messages (message_id, contact_id, phone_number_id, direction, kind, text, content, wamid,
                 context_wamid, outbox_id, media_file_id, opt_out, at_ms, recorded_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            message.id.as_bytes(),
            message.contact_id.as_bytes(),
            message.phone_number_id.as_str(),
            if message.inbound { "in" } else { "out" },
            message.kind,
            message.text.expose(),
            message.content.to_string(),
            message.wamid.map(WaMessageId::as_str),
            message.context_wamid.map(WaMessageId::as_str),
            message.outbox_id.as_ref().map(OutboxId::as_bytes),
            message.media_file_id.as_ref().map(MediaFileId::as_bytes),
            message.opt_out,
            message.at.as_ms(),
            tx.now().as_ms(),
        ])?;
    Ok(n == 1)
}

/// The message was read as an opt-out: its bubble says so.
pub fn mark_opt_out(tx: &WriteTx<'_>, id: MessageId) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE messages SET opt_out = 1 WHERE message_id = ?1")?.execute([id.as_bytes()])?;
    Ok(())
}

/// Whether a message of the person with this wamid stands in a thread.
pub fn is_known(conn: &Connection, wamid: &WaMessageId) -> Result<bool, StoreError> {
    Ok(conn.prepare_cached("SELECT 1 FROM messages WHERE wamid = ?1")?.exists([wamid.as_str()])?)
}

/// The message with this id and whose thread it is in.
pub fn wamid_of(conn: &Connection, id: MessageId, contact: ContactId) -> Result<Option<WaMessageId>, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT coalesce(m.wamid, o.wamid) FROM messages m LEFT JOIN outbox o ON o.outbox_id = m.outbox_id
             WHERE m.message_id = ?1 AND m.contact_id = ?2",
        )?
        .query_row(params![id.as_bytes(), contact.as_bytes()], |row| row.get::<_, Option<String>>(0))
        .optional()?
        .flatten()
        .map(WaMessageId::new))
}

/// The newest message of the person, for Meta's mark-as-read, and the number that received it.
pub fn newest_inbound(
    conn: &Connection,
    contact: ContactId,
) -> Result<Option<(WaMessageId, PhoneNumberId)>, StoreError> {
    conn.prepare_cached(
        "SELECT wamid, phone_number_id FROM messages
         WHERE contact_id = ?1 AND direction = 'in' AND wamid IS NOT NULL ORDER BY at_ms DESC, message_id DESC LIMIT 1",
    )?
    .query_row([contact.as_bytes()], |row| {
        Ok((WaMessageId::new(row.get::<_, String>(0)?), PhoneNumberId::new(row.get::<_, String>(1)?)))
    })
    .optional()
    .map_err(StoreError::from)
}

/// Category of the newest template that we sent this person before `before`: it decides how CANCEL and END are read.
pub fn last_template_category(
    conn: &Connection,
    contact: ContactId,
    before: UnixMillis,
) -> Result<Option<String>, StoreError> {
    Ok(conn
        .prepare_cached(
            "SELECT category FROM outbox
             WHERE contact_id = ?1 AND created_at_ms <= ?2 AND (wamid IS NOT NULL OR state IN ('sending', 'unknown'))
             ORDER BY created_at_ms DESC LIMIT 1",
        )?
        .query_row(params![contact.as_bytes(), before.as_ms()], |row| row.get::<_, Option<String>>(0))
        .optional()?
        .flatten())
}

/// The person changed or took back a message. Kept beside the message, so that it may come before it.
pub fn put_edit(
    tx: &WriteTx<'_>,
    target: &WaMessageId,
    text: Option<&Personal>,
    at: UnixMillis,
) -> Result<bool, StoreError> {
    let n = tx
        .prepare_cached(
            "INSERT INTO edits (target_wamid, revoked, text, at_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (target_wamid) DO UPDATE SET revoked = excluded.revoked, text = excluded.text,
                 at_ms = excluded.at_ms
             WHERE excluded.at_ms >= at_ms AND revoked = 0",
        )?
        .execute(params![target.as_str(), text.is_none(), text.map(Personal::expose), at.as_ms()])?;
    Ok(n == 1)
}

/// A message with everything its bubble shows.
#[derive(Clone, Debug)]
pub struct ShownMessage {
    /// Our id.
    pub id: MessageId,
    /// From the person.
    pub inbound: bool,
    /// `text`, `image`, `template` …
    pub kind: String,
    /// Text or caption, as edited last.
    pub text: Personal,
    /// What the bubble needs beyond the text, JSON text.
    pub content: Personal,
    /// The person took it back.
    pub revoked: bool,
    /// The person changed it.
    pub edited: bool,
    /// Its file.
    pub media: Option<ShownMedia>,
    /// The message it answers: whether the person wrote it, kind and text.
    pub quoted: Option<(bool, String, Personal)>,
    /// The person's reaction to it.
    pub reaction: Option<String>,
    /// How its sending stands, for ours.
    pub sending: Option<ShownSending>,
    /// Campaign it belongs to.
    pub campaign: Option<String>,
    /// When.
    pub at: UnixMillis,
    /// Read as an opt-out.
    pub opt_out: bool,
}

/// A file in a shown message.
#[derive(Clone, Debug)]
pub struct ShownMedia {
    /// Its id.
    pub id: MediaFileId,
    /// `image`, `video` …
    pub kind: String,
    /// MIME type.
    pub mime_type: Option<String>,
    /// File name.
    pub file_name: Option<Personal>,
    /// `fetching`, `retrying`, `here`, `lost`.
    pub state: String,
}

/// How the sending of one of ours stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownSending {
    /// Outbox state word.
    pub state: String,
    /// Delivery rank, 0 = none yet.
    pub rank: u8,
    /// It failed at Meta after it was accepted.
    pub failed: bool,
    /// Why it failed, was withheld or cancelled.
    pub reason: Option<String>,
}

/// Reads the columns `out_state`, `out_rank`, `out_failed`, `out_reason`.
pub(super) fn sending(row: &Row<'_>) -> rusqlite::Result<Option<ShownSending>> {
    Ok(match row.get::<_, Option<String>>("out_state")? {
        None => None,
        Some(state) => Some(ShownSending {
            state,
            rank: row.get::<_, Option<u8>>("out_rank")?.unwrap_or(0),
            failed: row.get::<_, Option<bool>>("out_failed")?.unwrap_or(false),
            reason: row.get("out_reason")?,
        }),
    })
}

fn read(row: &Row<'_>) -> rusqlite::Result<ShownMessage> {
    let edit_text: Option<String> = row.get("edit_text")?;
    let revoked = row.get::<_, Option<bool>>("edit_revoked")?.unwrap_or(false);
    let edited = edit_text.is_some() && !revoked;
    let media = match row.id_opt::<MediaFileId>("media_file_id")? {
        None => None,
        Some(id) => match row.get::<_, Option<String>>("media_kind")? {
            None => None,
            Some(kind) => Some(ShownMedia {
                id,
                kind,
                mime_type: row.get("media_mime")?,
                file_name: row.get::<_, Option<String>>("media_name")?.map(Personal::new),
                state: row.get("media_state")?,
            }),
        },
    };
    let quoted = match row.get::<_, Option<String>>("quoted_direction")? {
        None => None,
        Some(direction) => {
            Some((direction == "in", row.get("quoted_kind")?, Personal::new(row.get::<_, String>("quoted_text")?)))
        }
    };
    Ok(ShownMessage {
        id: row.id("message_id")?,
        inbound: row.get::<_, String>("direction")? == "in",
        kind: row.get("kind")?,
        text: Personal::new(if edited { edit_text.unwrap_or_default() } else { row.get("text")? }),
        content: Personal::new(row.get::<_, String>("content")?),
        revoked,
        edited,
        media,
        quoted,
        reaction: row.get("reaction")?,
        sending: sending(row)?,
        campaign: row.get("campaign")?,
        at: row.ms("at_ms")?,
        opt_out: row.get("opt_out")?,
    })
}

const SHOWN: &str = "SELECT m.message_id, m.direction, m.kind, m.text, m.content, m.media_file_id, m.opt_out, m.at_ms,
     e.text AS edit_text, e.revoked AS edit_revoked,
     f.kind AS media_kind, f.mime_type AS media_mime, f.file_name AS media_name, f.state AS media_state,
     q.direction AS quoted_direction, q.kind AS quoted_kind, q.text AS quoted_text,
     r.emoji AS reaction,
     o.state AS out_state, o.delivery_rank AS out_rank, o.failed_at_ms IS NOT NULL AS out_failed,
     o.reason AS out_reason, CASE WHEN o.test_of IS NULL THEN k.name ELSE 'Test: ' || k.name END AS campaign
 FROM messages m
 LEFT JOIN outbox o ON o.outbox_id = m.outbox_id
 LEFT JOIN edits e ON e.target_wamid = m.wamid
 LEFT JOIN media_files f ON f.media_file_id = m.media_file_id
 LEFT JOIN messages q ON q.message_id = coalesce(
     (SELECT message_id FROM messages WHERE wamid = m.context_wamid),
     (SELECT x.message_id FROM outbox y JOIN messages x ON x.outbox_id = y.outbox_id WHERE y.wamid = m.context_wamid))
 LEFT JOIN reactions r ON r.target_wamid = coalesce(m.wamid, o.wamid) AND r.contact_id = m.contact_id
 LEFT JOIN campaigns k ON k.campaign_id = COALESCE(o.campaign_id, o.test_of) ";

/// Messages of a thread before a moment, newest first.
pub fn page(
    conn: &Connection,
    contact: ContactId,
    before: Option<UnixMillis>,
    limit: u32,
) -> Result<Vec<ShownMessage>, StoreError> {
    let sql =
        format!("{SHOWN} WHERE m.contact_id = ?1 AND m.at_ms < ?2 ORDER BY m.at_ms DESC, m.message_id DESC LIMIT ?3");
    conn.prepare_cached(&sql)?
        .query_map(params![contact.as_bytes(), before.map_or(i64::MAX, UnixMillis::as_ms), limit], read)?
        .collect::<Result<_, _>>()
        .map_err(StoreError::from)
}

/// The message of one outbox row.
pub fn of_outbox(conn: &Connection, outbox: OutboxId) -> Result<Option<ShownMessage>, StoreError> {
    conn.prepare_cached(&format!("{SHOWN} WHERE m.outbox_id = ?1"))?
        .query_row([outbox.as_bytes()], read)
        .optional()
        .map_err(StoreError::from)
}

/// How many messages came in for each number during its busiest second since a moment, by Meta's clock.
///
/// # Errors
/// [`StoreError`].
pub fn busiest_second(conn: &Connection, since: UnixMillis) -> Result<Vec<(PhoneNumberId, u32)>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT phone_number_id, MAX(n) FROM (SELECT phone_number_id, COUNT(*) AS n FROM messages \
         WHERE direction = 'in' AND at_ms >= ?1 GROUP BY phone_number_id, at_ms / 1000) GROUP BY phone_number_id",
    )?;
    let rows = statement.query_map([since.as_ms()], |r| Ok((PhoneNumberId::new(r.get::<_, String>(0)?), r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many people wrote to us in a stretch of time.
pub fn people_who_wrote(conn: &Connection, from: UnixMillis, to: UnixMillis) -> Result<u64, StoreError> {
    let n: i64 = conn
        .prepare_cached(
            "SELECT count(DISTINCT contact_id) FROM messages WHERE direction = 'in' AND at_ms >= ?1 AND at_ms < ?2",
        )?
        .query_row(params![from.as_ms(), to.as_ms()], |row| row.get(0))?;
    Ok(u64::try_from(n).unwrap_or(0))
}
