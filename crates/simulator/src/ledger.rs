//! The practice ledger: every message that was really accepted or really came in, and what
//! became of it. The truth that tests compare the console's own books with.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use crate::crowd::fate::Step;

/// A message about to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewMessage {
    pub(crate) wamid: String,
    pub(crate) inbound: bool,
    pub(crate) at_ms: i64,
    pub(crate) phone_number_id: String,
    pub(crate) customer: i64,
    pub(crate) nth: u32,
    /// The recipient exactly as the request named them.
    pub(crate) input: String,
    pub(crate) by_user_id: bool,
    pub(crate) correlation: Option<String>,
    pub(crate) kind: String,
    pub(crate) template: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) billing: Option<&'static str>,
    /// The customer's view of the message.
    pub(crate) content: String,
    pub(crate) reply_to: Option<String>,
    pub(crate) fate: Option<String>,
    pub(crate) held: bool,
    pub(crate) plan: Vec<Step>,
}

impl NewMessage {
    /// Writes the row and says its sequence, which follows the order of commits.
    pub(crate) fn insert(&self, connection: &Connection) -> rusqlite::Result<i64> {
        let plan = if self.plan.is_empty() { None } else { serde_json::to_string(&self.plan).ok() };
        let position = (plan.is_some() && !self.held).then_some(0_i64);
        connection
            .prepare_cached(
                "INSERT INTO messages(wamid, inbound, at_ms, phone_number_id, customer, nth, input, by_user_id, correlation, type, template, language, category,
                   billing, content, reply_to, fate, held, plan, plan_pos, base_ms)
                 VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?3)",
            )?
            .execute(params![
                self.wamid, self.inbound, self.at_ms, self.phone_number_id, self.customer, self.nth, self.input, self.by_user_id, self.correlation, self.kind,
                self.template, self.language, self.category, self.billing, self.content, self.reply_to, self.fate, self.held, plan, position
            ])?;
        Ok(connection.last_insert_rowid())
    }
}

/// A stored message, as statuses and replies need it.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) seq: i64,
    pub(crate) wamid: String,
    pub(crate) inbound: bool,
    pub(crate) at_ms: i64,
    pub(crate) phone_number_id: String,
    pub(crate) customer: i64,
    pub(crate) nth: u32,
    pub(crate) input: String,
    pub(crate) by_user_id: bool,
    pub(crate) correlation: Option<String>,
    pub(crate) kind: String,
    pub(crate) template: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) billing: Option<String>,
    pub(crate) content: String,
    pub(crate) reply_to: Option<String>,
    pub(crate) fate: Option<String>,
    pub(crate) held: bool,
    pub(crate) plan: Option<String>,
    pub(crate) plan_pos: Option<i64>,
    pub(crate) base_ms: i64,
    pub(crate) sent_ms: Option<i64>,
    pub(crate) delivered_ms: Option<i64>,
    pub(crate) read_ms: Option<i64>,
    pub(crate) failed_ms: Option<i64>,
    pub(crate) failed_code: Option<i64>,
}

const COLUMNS: &str = "seq, wamid, inbound, at_ms, phone_number_id, customer, nth, input, by_user_id, correlation, type, template, language, category, billing,
    content, reply_to, fate, held, plan, plan_pos, base_ms, sent_ms, delivered_ms, read_ms, failed_ms, failed_code";

fn read(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        seq: row.get(0)?,
        wamid: row.get(1)?,
        inbound: row.get(2)?,
        at_ms: row.get(3)?,
        phone_number_id: row.get(4)?,
        customer: row.get(5)?,
        nth: row.get(6)?,
        input: row.get(7)?,
        by_user_id: row.get(8)?,
        correlation: row.get(9)?,
        kind: row.get(10)?,
        template: row.get(11)?,
        language: row.get(12)?,
        category: row.get(13)?,
        billing: row.get(14)?,
        content: row.get(15)?,
        reply_to: row.get(16)?,
        fate: row.get(17)?,
        held: row.get(18)?,
        plan: row.get(19)?,
        plan_pos: row.get(20)?,
        base_ms: row.get(21)?,
        sent_ms: row.get(22)?,
        delivered_ms: row.get(23)?,
        read_ms: row.get(24)?,
        failed_ms: row.get(25)?,
        failed_code: row.get(26)?,
    })
}

/// By ledger sequence.
pub(crate) fn by_seq(connection: &Connection, seq: i64) -> rusqlite::Result<Option<Stored>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM messages WHERE seq = ?1"))?
        .query_row([seq], read)
        .optional()
}

/// By wamid.
pub(crate) fn by_wamid(connection: &Connection, wamid: &str) -> rusqlite::Result<Option<Stored>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM messages WHERE wamid = ?1"))?
        .query_row([wamid], read)
        .optional()
}

/// A conversation, oldest first; `after` continues a poll.
pub(crate) fn thread(connection: &Connection, customer: i64, after: i64, limit: i64) -> rusqlite::Result<Vec<Stored>> {
    connection
        .prepare_cached(&format!("SELECT * FROM (SELECT {COLUMNS} FROM messages WHERE customer = ?1 AND seq > ?2 ORDER BY seq DESC LIMIT ?3) ORDER BY seq"))?
        .query_map(params![customer, after, limit], read)?
        .collect()
}

/// Held messages of one template, for release or drop.
pub(crate) fn held(connection: &Connection, template: &str, language: &str) -> rusqlite::Result<Vec<Stored>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM messages WHERE held = 1 AND template = ?1 AND language = ?2 ORDER BY seq"
        ))?
        .query_map(params![template, language], read)?
        .collect()
}

impl Stored {
    /// The furthest status.
    pub(crate) fn status(&self) -> &'static str {
        if self.failed_ms.is_some() {
            "failed"
        } else if self.read_ms.is_some() {
            "read"
        } else if self.delivered_ms.is_some() {
            "delivered"
        } else if self.sent_ms.is_some() {
            "sent"
        } else if self.held {
            "held"
        } else {
            "accepted"
        }
    }

    fn statuses(&self) -> Value {
        let mut statuses: Vec<(i64, &str)> = [
            (self.sent_ms, "sent"),
            (self.delivered_ms, "delivered"),
            (self.read_ms, "read"),
            (self.failed_ms, "failed"),
        ]
        .into_iter()
        .filter_map(|(at, name)| at.map(|at| (at, name)))
        .collect();
        statuses.sort_unstable();
        Value::Array(
            statuses
                .into_iter()
                .map(|(at_ms, status)| {
                    if status == "failed" {
                        json!({"status": status, "at_ms": at_ms, "code": self.failed_code})
                    } else {
                        json!({"status": status, "at_ms": at_ms})
                    }
                })
                .collect(),
        )
    }
}

/// Accepted messages after a sequence, as `GET ledger` answers.
pub(crate) fn page(connection: &Connection, after: i64, limit: i64) -> rusqlite::Result<Vec<Value>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS}, (SELECT wa_id FROM customers c WHERE c.id = customer) FROM messages WHERE inbound = 0 AND seq > ?1 ORDER BY seq LIMIT ?2"))?
        .query_map(params![after, limit], |row| {
            let message = read(row)?;
            let wa_id: Option<String> = row.get(27)?;
            Ok(json!({
                "seq": message.seq, "accepted_at_ms": message.at_ms, "from": message.phone_number_id, "to": message.input, "recipient": wa_id,
                "correlation": message.correlation, "wamid": message.wamid, "type": message.kind, "template": message.template, "language": message.language,
                "category": message.category, "fate": message.fate, "held": message.held, "status": message.status(), "statuses": message.statuses(),
            }))
        })?
        .collect()
}

/// What the summary counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    pub(crate) after_seq: i64,
    pub(crate) template: Option<String>,
    pub(crate) correlation_prefix: Option<String>,
}

/// Counts as the tour line needs them, and what must never happen (interfaces.md, Tour).
///
/// `sent`, `delivered` and `read` are cumulative (a read message was delivered); `failed` leaves
/// out what Meta withheld, which is `withheld`. `replied` are people who wrote or tapped; an emoji on a message is no reply.
pub(crate) fn summary(connection: &Connection, scope: &Scope) -> rusqlite::Result<Value> {
    const FILTER: &str = "inbound = 0 AND seq > ?1 AND (?2 IS NULL OR template = ?2) AND (?3 IS NULL OR substr(coalesce(correlation,''), 1, length(?3)) = ?3)";
    let args = params![scope.after_seq, scope.template, scope.correlation_prefix];
    let counts = connection.query_row(
        &format!(
            "SELECT count(*), count(*) FILTER (WHERE sent_ms IS NOT NULL OR delivered_ms IS NOT NULL OR read_ms IS NOT NULL),
               count(*) FILTER (WHERE delivered_ms IS NOT NULL OR read_ms IS NOT NULL), count(*) FILTER (WHERE read_ms IS NOT NULL),
               count(*) FILTER (WHERE failed_ms IS NOT NULL AND failed_code NOT IN (131049, 130472)), count(*) FILTER (WHERE failed_ms IS NOT NULL AND failed_code IN (131049, 130472)),
               count(DISTINCT customer), count(*) FILTER (WHERE held = 1), count(*) FILTER (WHERE plan_pos IS NOT NULL)
             FROM messages WHERE {FILTER}"
        ),
        args,
        |row| {
            Ok(json!({
                "accepted": row.get::<_, i64>(0)?, "sent": row.get::<_, i64>(0)?, "sent_status": row.get::<_, i64>(1)?, "delivered": row.get::<_, i64>(2)?,
                "read": row.get::<_, i64>(3)?, "failed": row.get::<_, i64>(4)?, "withheld": row.get::<_, i64>(5)?, "people": row.get::<_, i64>(6)?,
                "held": row.get::<_, i64>(7)?, "under_way": row.get::<_, i64>(8)?,
            }))
        },
    )?;
    let args = params![scope.after_seq, scope.template, scope.correlation_prefix];
    let people: (i64, i64, i64) = connection.query_row(
        &format!(
            "WITH reached AS (SELECT customer, min(at_ms) first_ms FROM messages WHERE {FILTER} GROUP BY customer)
             SELECT count(*) FILTER (WHERE EXISTS (SELECT 1 FROM messages i WHERE i.customer = c.id AND i.inbound = 1 AND i.type <> 'reaction' AND i.at_ms >= r.first_ms)),
                    count(*) FILTER (WHERE c.said_stop_ms >= r.first_ms OR c.stopped_marketing = 1), count(*) FILTER (WHERE c.blocks_us = 1)
             FROM reached r JOIN customers c ON c.id = r.customer"
        ),
        args,
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let one = |sql: &str| -> rusqlite::Result<i64> {
        connection.query_row(sql, params![scope.after_seq, scope.template, scope.correlation_prefix], |row| row.get(0))
    };
    let twice_correlation = one(&format!(
        "SELECT count(*) FROM (SELECT 1 FROM messages WHERE {FILTER} AND correlation IS NOT NULL GROUP BY correlation HAVING count(*) > 1)"
    ))?;
    let twice_person = one(&format!(
        "SELECT count(*) FROM (SELECT 1 FROM messages WHERE {FILTER} AND template IS NOT NULL GROUP BY customer, template, language HAVING count(*) > 1)"
    ))?;
    let after_stop = one(&format!(
        "SELECT count(*) FROM messages m JOIN customers c ON c.id = m.customer WHERE {FILTER} AND m.template IS NOT NULL AND c.said_stop_ms IS NOT NULL AND m.at_ms > c.said_stop_ms"
    ))?;
    let inbound: i64 = connection.query_row("SELECT count(*) FROM messages WHERE inbound = 1", [], |row| row.get(0))?;
    let waiting: i64 =
        connection.query_row("SELECT count(*) FROM posts WHERE state = 'pending'", [], |row| row.get(0))?;
    let mut summary = counts;
    if let Some(map) = summary.as_object_mut() {
        map.insert("replied".into(), json!(people.0));
        map.insert("stopped".into(), json!(people.1));
        map.insert("blocked".into(), json!(people.2));
        map.insert("inbound".into(), json!(inbound));
        map.insert("webhooks_waiting".into(), json!(waiting));
        map.insert("correlations_accepted_twice".into(), json!(twice_correlation));
        map.insert("people_with_template_twice".into(), json!(twice_person));
        map.insert("templates_after_stop".into(), json!(after_stop));
    }
    Ok(summary)
}
