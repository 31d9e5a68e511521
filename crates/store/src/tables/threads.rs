//! The list of conversations: one row per person with whom messages were exchanged, kept beside the messages so that
//! the list never folds them.

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params, params_from_iter};
use switchboard_domain::ids::{ContactId, MessageId, PhoneNumberId};
use switchboard_domain::redact::Personal;
use switchboard_domain::text_fold::fold;
use switchboard_domain::time::UnixMillis;
use switchboard_domain::window::CUSTOMER_SERVICE_WINDOW;

use super::messages::{ShownSending, sending};
use crate::columns::RowExt;
use crate::{StoreError, WriteTx};

/// First words kept for the list.
const LAST_LINE_CHARS: usize = 160;

/// A thread as the list shows it.
#[derive(Clone, Debug)]
pub struct Thread {
    /// The person.
    pub contact_id: ContactId,
    /// Our number in this conversation.
    pub phone_number_id: PhoneNumberId,
    /// Name, or username, or number.
    pub name: Personal,
    /// First words of the last message.
    pub last_line: Personal,
    /// The person wrote it.
    pub last_inbound: bool,
    /// How its sending stands, if it is ours.
    pub last_sending: Option<ShownSending>,
    /// When.
    pub last_at: UnixMillis,
    /// When the person last wrote: the window counts from here.
    pub last_inbound_at: Option<UnixMillis>,
    /// Unread messages.
    pub unread: u32,
    /// The person opted out, and when.
    pub opted_out_at: Option<UnixMillis>,
    /// The person opted out.
    pub opted_out: bool,
}

/// Which threads to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// With unread messages.
    Unread,
    /// Window open.
    Open,
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Last activity first.
    Newest,
    /// Window closing soonest first; closed ones last.
    ClosingSoonest,
}

const SHOWN: &str = "SELECT t.contact_id, t.phone_number_id, t.last_line, t.last_direction, t.last_at_ms,
     t.last_inbound_at_ms, t.unread, c.display_name, s.opted_out IS NOT NULL AS opted_out, s.opted_out_at_ms,
     o.state AS out_state, o.delivery_rank AS out_rank, o.failed_at_ms IS NOT NULL AS out_failed, o.reason AS out_reason
 FROM threads t
 JOIN contacts c ON c.contact_id = t.contact_id
 LEFT JOIN consent_state s ON s.contact_id = t.contact_id
 LEFT JOIN messages m ON m.message_id = t.last_message_id
 LEFT JOIN outbox o ON o.outbox_id = m.outbox_id ";

fn read(row: &Row<'_>) -> rusqlite::Result<Thread> {
    Ok(Thread {
        contact_id: row.id("contact_id")?,
        phone_number_id: PhoneNumberId::new(row.get::<_, String>("phone_number_id")?),
        name: Personal::new(row.get::<_, String>("display_name")?),
        last_line: Personal::new(row.get::<_, String>("last_line")?),
        last_inbound: row.get::<_, String>("last_direction")? == "in",
        last_sending: sending(row)?,
        last_at: row.ms("last_at_ms")?,
        last_inbound_at: row.ms_opt("last_inbound_at_ms")?,
        unread: row.get("unread")?,
        opted_out_at: row.ms_opt("opted_out_at_ms")?,
        opted_out: row.get::<_, Option<bool>>("opted_out")?.unwrap_or(false),
    })
}

/// One thread.
pub fn get(conn: &Connection, contact: ContactId) -> Result<Option<Thread>, StoreError> {
    conn.prepare_cached(&format!("{SHOWN} WHERE t.contact_id = ?1"))?
        .query_row([contact.as_bytes()], read)
        .optional()
        .map_err(StoreError::from)
}

/// When the person last wrote; opens the customer service window.
pub fn last_inbound_at(conn: &Connection, contact: ContactId) -> Result<Option<UnixMillis>, StoreError> {
    Ok(conn
        .prepare_cached("SELECT last_inbound_at_ms FROM threads WHERE contact_id = ?1")?
        .query_row([contact.as_bytes()], |row| row.get::<_, Option<i64>>(0))
        .optional()?
        .flatten()
        .map(UnixMillis::new))
}

/// A page of the list and how many there are in all. `search` is text as typed: it is looked for in names and
/// numbers, folded as they are, and in what was written.
pub fn list(
    conn: &Connection,
    which: Which,
    order: Order,
    search: Option<&str>,
    now: UnixMillis,
    offset: u64,
    limit: u32,
) -> Result<(Vec<Thread>, u64), StoreError> {
    let open_since = now.minus(CUSTOMER_SERVICE_WINDOW).as_ms();
    let search = search.map(str::trim).filter(|s| !s.is_empty());
    let pattern = search.map(like_pattern);
    // What folds to nothing (a lone sign) is looked for as it stands, or it would be found in everybody.
    let folded = search.map(|s| Some(fold(s)).filter(|f| !f.is_empty()).unwrap_or_else(|| s.to_owned()));
    let folded = folded.as_deref().map(like_pattern);
    // A search finds also those to whom only a campaign wrote.
    let mut wheres = String::from(if pattern.is_some() { "WHERE 1" } else { "WHERE t.listed = 1" });
    match which {
        Which::All => {}
        Which::Unread => wheres.push_str(" AND t.unread > 0"),
        Which::Open => wheres.push_str(" AND t.last_inbound_at_ms > :open_since"),
    }
    if pattern.is_some() {
        wheres.push_str(
            " AND (c.search_text LIKE :folded ESCAPE '\\' OR t.last_line LIKE :pattern ESCAPE '\\'
              OR EXISTS (SELECT 1 FROM messages x WHERE x.contact_id = t.contact_id AND x.text LIKE :pattern ESCAPE '\\'))",
        );
    }
    let order = match order {
        Order::Newest => "ORDER BY t.last_at_ms DESC, t.contact_id",
        Order::ClosingSoonest => {
            "ORDER BY coalesce(t.last_inbound_at_ms, 0) <= :open_since,
                 CASE WHEN t.last_inbound_at_ms > :open_since THEN t.last_inbound_at_ms ELSE -t.last_at_ms END,
                 t.contact_id"
        }
    };
    let offset = i64::try_from(offset).unwrap_or(i64::MAX);
    let rows = {
        let mut statement = conn.prepare_cached(&format!("{SHOWN} {wheres} {order} LIMIT :limit OFFSET :offset"))?;
        let mut bound: Vec<(&str, &dyn ToSql)> = vec![(":limit", &limit), (":offset", &offset)];
        bind(&mut bound, &statement, &open_since, pattern.as_ref().zip(folded.as_ref()));
        statement.query_map(bound.as_slice(), read)?.collect::<Result<Vec<_>, _>>()?
    };
    let total: i64 = {
        let from = if pattern.is_some() { "JOIN contacts c ON c.contact_id = t.contact_id" } else { "" };
        let mut statement = conn.prepare_cached(&format!("SELECT count(*) FROM threads t {from} {wheres}"))?;
        let mut bound: Vec<(&str, &dyn ToSql)> = Vec::new();
        bind(&mut bound, &statement, &open_since, pattern.as_ref().zip(folded.as_ref()));
        statement.query_row(bound.as_slice(), |row| row.get(0))?
    };
    Ok((rows, u64::try_from(total).unwrap_or(0)))
}

/// Binds the names that this variant of the statement has.
fn bind<'a>(
    bound: &mut Vec<(&'static str, &'a dyn ToSql)>,
    statement: &rusqlite::Statement<'_>,
    open_since: &'a i64,
    patterns: Option<(&'a String, &'a String)>,
) {
    if let Ok(Some(_)) = statement.parameter_index(":open_since") {
        bound.push((":open_since", open_since));
    }
    if let Some((pattern, folded)) = patterns {
        bound.push((":pattern", pattern));
        bound.push((":folded", folded));
    }
}

fn like_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// A message to count into its thread.
#[derive(Clone, Debug)]
pub struct ThreadMessage<'a> {
    /// The person.
    pub contact_id: ContactId,
    /// Our number.
    pub phone_number_id: &'a PhoneNumberId,
    /// The message.
    pub message_id: MessageId,
    /// From the person.
    pub inbound: bool,
    /// What the list shows of it.
    pub line: &'a str,
    /// When it was written.
    pub at: UnixMillis,
    /// Opens (or prolongs) the customer service window.
    pub opens_window: bool,
    /// Counts as unread.
    pub unread: bool,
}

/// Counts a message that was just inserted into its thread. A message older than the last shown one changes only the
/// unread count and the window.
pub fn note_message(tx: &WriteTx<'_>, message: &ThreadMessage<'_>) -> Result<(), StoreError> {
    let line: String = message.line.chars().take(LAST_LINE_CHARS).collect();
    tx.prepare_cached(
        "INSERT INTO threads (contact_id, phone_number_id, last_message_id, last_line, last_direction, last_at_ms,
             last_inbound_at_ms, unread, listed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?5 = 'in' OR NOT EXISTS (
             SELECT 1 FROM messages m JOIN outbox o ON o.outbox_id = m.outbox_id
             WHERE m.message_id = ?3 AND o.campaign_id IS NOT NULL))
         ON CONFLICT (contact_id) DO UPDATE SET
             phone_number_id = CASE WHEN excluded.last_at_ms >= last_at_ms THEN excluded.phone_number_id ELSE phone_number_id END,
             last_message_id = CASE WHEN excluded.last_at_ms >= last_at_ms THEN excluded.last_message_id ELSE last_message_id END,
             last_line = CASE WHEN excluded.last_at_ms >= last_at_ms THEN excluded.last_line ELSE last_line END,
             last_direction = CASE WHEN excluded.last_at_ms >= last_at_ms THEN excluded.last_direction ELSE last_direction END,
             last_at_ms = max(last_at_ms, excluded.last_at_ms),
             last_inbound_at_ms = CASE WHEN excluded.last_inbound_at_ms IS NULL THEN last_inbound_at_ms
                 ELSE max(coalesce(last_inbound_at_ms, 0), excluded.last_inbound_at_ms) END,
             unread = unread + excluded.unread, listed = max(listed, excluded.listed)",
    )?
    .execute(params![
        message.contact_id.as_bytes(),
        message.phone_number_id.as_str(),
        message.message_id.as_bytes(),
        line,
        if message.inbound { "in" } else { "out" },
        message.at.as_ms(),
        // The window counts from Meta's time, which has whole seconds (webhooks.md §2.3).
        message.opens_window.then(|| message.at.as_ms() - message.at.as_ms().rem_euclid(1000)),
        u32::from(message.unread),
    ])?;
    Ok(())
}

/// Everything in the thread was seen. Returns whether something was unread.
pub fn mark_read(tx: &WriteTx<'_>, contact: ContactId) -> Result<bool, StoreError> {
    let n = tx
        .prepare_cached("UPDATE threads SET unread = 0 WHERE contact_id = ?1 AND unread > 0")?
        .execute([contact.as_bytes()])?;
    Ok(n == 1)
}

/// What Today and the status bar say of the inbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InboxFigures {
    /// Threads with unread messages.
    pub waiting: u64,
    /// When the first of those who wait wrote last.
    pub waiting_since: Option<UnixMillis>,
    /// Threads that we have not answered whose window closes before the given moment.
    pub closing: u64,
    /// When the first of them closes.
    pub closes_first_at: Option<UnixMillis>,
}

/// Counts who waits and whose window closes within `soon` of `now`.
pub fn figures(conn: &Connection, now: UnixMillis, soon: std::time::Duration) -> Result<InboxFigures, StoreError> {
    let (waiting, since): (i64, Option<i64>) = conn
        .prepare_cached("SELECT count(*), min(last_inbound_at_ms) FROM threads WHERE unread > 0")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let closed = now.minus(CUSTOMER_SERVICE_WINDOW);
    let values = [closed.as_ms(), closed.plus(soon).as_ms()];
    let (closing, first): (i64, Option<i64>) = conn
        .prepare_cached(
            "SELECT count(*), min(last_inbound_at_ms) FROM threads
             WHERE last_inbound_at_ms > ?1 AND last_inbound_at_ms <= ?2 AND last_direction = 'in'",
        )?
        .query_row(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(InboxFigures {
        waiting: u64::try_from(waiting).unwrap_or(0),
        waiting_since: since.map(UnixMillis::new),
        closing: u64::try_from(closing).unwrap_or(0),
        closes_first_at: first.map(|ms| UnixMillis::new(ms).plus(CUSTOMER_SERVICE_WINDOW)),
    })
}

/// People whose customer service window is open at a moment: they wrote in the 24 hours before it.
///
/// # Errors
/// [`StoreError`].
pub fn in_window(connection: &Connection, at: UnixMillis) -> Result<Vec<ContactId>, StoreError> {
    let since = at.minus(CUSTOMER_SERVICE_WINDOW);
    let mut statement = connection
        .prepare_cached("SELECT contact_id FROM threads WHERE last_inbound_at_ms > ?1 AND last_inbound_at_ms <= ?2")?;
    let rows = statement.query_map((since.as_ms(), at.as_ms()), |r| r.id::<ContactId>("contact_id"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
#[path = "threads_tests.rs"]
mod tests;
