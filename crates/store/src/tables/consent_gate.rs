//! The gate on the store: what the rules say for one person, and the same as a condition over many.

use rusqlite::Connection;
use switchboard_domain::consent::{
    ConsentState, FOLLOW_UP, GateContext, Reachability, Reason, SendMode, Verdict, may_receive,
};
use switchboard_domain::ids::ContactId;
use switchboard_domain::template::Category;
use switchboard_domain::time::UnixMillis;

use super::consent_state;
use crate::StoreError;
use crate::columns::{IdColumn, RowExt};

/// What the operator set about the gate.
#[derive(Clone, Copy, Debug)]
pub struct GateSettings {
    /// Marketing to United States numbers is tried anyway.
    pub us_marketing_allowed: bool,
    /// How long a follow-up to what a person wrote is in order.
    pub follow_up: std::time::Duration,
}

impl Default for GateSettings {
    fn default() -> Self {
        Self { us_marketing_allowed: false, follow_up: FOLLOW_UP }
    }
}

/// What the gate reads of one person, in one row.
#[derive(Clone, Debug)]
pub struct GateFacts {
    /// Consent.
    pub state: ConsentState,
    /// The rest.
    pub context: GateContext,
}

/// Reads what the gate needs; `None` for an id that nobody has. A merged id reads whom it was merged into.
///
/// # Errors
/// [`StoreError`].
pub fn facts(
    connection: &Connection,
    contact: ContactId,
    now: UnixMillis,
    settings: &GateSettings,
) -> Result<Option<GateFacts>, StoreError> {
    let Some(present) = super::contacts::present_id(connection, contact)? else { return Ok(None) };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {}, c.phone IS NOT NULL AS has_phone, c.bsuid IS NOT NULL AS has_bsuid, c.is_us, t.last_inbound_at_ms,
                r.unreachable_until_ms, r.withheld_until_ms
         FROM contacts c LEFT JOIN consent_state cs ON cs.contact_id = c.contact_id
              LEFT JOIN reachability r ON r.contact_id = c.contact_id
              LEFT JOIN threads t ON t.contact_id = c.contact_id
         WHERE c.contact_id = ?1",
        consent_state::COLUMNS
    ))?;
    let facts = statement.query_row([present.bytes()], |r| {
        Ok(GateFacts {
            state: consent_state::from_row(r)?,
            context: GateContext {
                now,
                has_phone: r.get("has_phone")?,
                has_bsuid: r.get("has_bsuid")?,
                is_us: r.get("is_us")?,
                us_marketing_allowed: settings.us_marketing_allowed,
                last_inbound_at: r.ms_opt("last_inbound_at_ms")?,
                follow_up: settings.follow_up,
                reachability: Reachability {
                    unreachable_until: r.ms_opt("unreachable_until_ms")?,
                    withheld_until: r.ms_opt("withheld_until_ms")?,
                },
            },
        })
    })?;
    Ok(Some(facts))
}

/// May this person get a template of this category now? Ask inside the transaction that claims (P1).
///
/// # Errors
/// [`StoreError`]. An unknown person gets a verdict too: nothing shows that they agreed.
pub fn verdict(
    connection: &Connection,
    contact: ContactId,
    category: Category,
    now: UnixMillis,
    settings: &GateSettings,
) -> Result<Verdict, StoreError> {
    let facts = facts(connection, contact, now, settings)?.unwrap_or(GateFacts {
        state: ConsentState::default(),
        context: GateContext { has_phone: false, ..GateContext::at(now) },
    });
    Ok(may_receive(&facts.state, category, &facts.context))
}

/// The same question with its answer reduced to whether it may go out this way.
///
/// # Errors
/// As [`verdict`].
pub fn gate_in(
    connection: &Connection,
    contact: ContactId,
    category: Category,
    now: UnixMillis,
    mode: SendMode,
    settings: &GateSettings,
) -> Result<Result<Verdict, Verdict>, StoreError> {
    let v = verdict(connection, contact, category, now, settings)?;
    Ok(if v.allows(mode) { Ok(v) } else { Err(v) })
}

/// Joins that [`campaign_reason_sql`] needs, on `contacts c`.
pub const CAMPAIGN_JOINS: &str = "LEFT JOIN consent_state cs ON cs.contact_id = c.contact_id \
     LEFT JOIN reachability r ON r.contact_id = c.contact_id";

/// An SQL expression over `contacts c` and [`CAMPAIGN_JOINS`]: NULL where a campaign may send, else the word of the
/// [`Reason`] why not; the same rules as [`may_receive`], held equal by a test. It carries no parameters.
pub fn campaign_reason_sql(category: Category, now: UnixMillis, settings: &GateSettings) -> String {
    let w = |r: Reason| r.as_str();
    let now = now.as_ms();
    let mut sql = format!(
        "CASE WHEN cs.erased IS NOT NULL THEN '{}' WHEN cs.blocked IS NOT NULL THEN '{}' \
         WHEN cs.opted_out IS NOT NULL THEN '{}' WHEN c.phone IS NULL AND c.bsuid IS NULL THEN '{}' ",
        w(Reason::Erased),
        w(Reason::Blocked),
        w(Reason::OptedOut),
        w(Reason::NoAddress)
    );
    match category {
        Category::Authentication => {
            sql.push_str(&format!(
                "WHEN c.phone IS NULL THEN '{}' ELSE '{}' END",
                w(Reason::NeedsPhone),
                w(Reason::OnRequest)
            ));
            return sql;
        }
        Category::Marketing => {
            sql.push_str(&format!(
                "WHEN cs.marketing_stopped IS NOT NULL THEN '{}' WHEN cs.probable_opt_out IS NOT NULL THEN '{}' \
                 WHEN cs.marketing_opt_in IS NULL THEN CASE WHEN cs.declined IS NOT NULL THEN '{}' ELSE '{}' END ",
                w(Reason::MarketingStopped),
                w(Reason::ToDecide),
                w(Reason::Declined),
                w(Reason::NoEvidence)
            ));
            if !settings.us_marketing_allowed {
                sql.push_str(&format!("WHEN c.is_us THEN '{}' ", w(Reason::UsMarketing)));
            }
            sql.push_str(&format!("WHEN r.withheld_until_ms > {now} THEN '{}' ", w(Reason::WithheldRecently)));
        }
        Category::Utility => {
            sql.push_str(&format!("WHEN cs.utility_opt_in IS NULL THEN '{}' ", w(Reason::NoEvidence)));
        }
    }
    sql.push_str(&format!("WHEN r.unreachable_until_ms > {now} THEN '{}' END", w(Reason::Unreachable)));
    sql
}

/// The sentence and remedy of a reason word that [`campaign_reason_sql`] gave, for a count of people.
pub fn reason_sentence(word: &str, category: Category) -> Option<(String, Option<&'static str>)> {
    let reason = Reason::parse(word)?;
    let verdict = Verdict {
        category,
        may_receive: switchboard_domain::consent::MayReceive::No,
        reason,
        decided_by: None,
        until: None,
    };
    Some((verdict.sentence(), verdict.remedy()))
}

#[cfg(test)]
#[path = "consent_gate_tests.rs"]
mod tests;
