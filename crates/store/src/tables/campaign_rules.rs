//! What the operator's rules for campaigns ask of the send ledger: what left to a person lately, for one person inside
//! the claim and for many in a review. What is on its way or unclear counts as sent; what failed, was held back or was
//! treated as not sent does not.

use rusqlite::Connection;
use switchboard_domain::ids::{CampaignId, ContactId};
use switchboard_domain::rules::FrequencyCap;
use switchboard_domain::time::UnixMillis;

use crate::StoreError;
use crate::columns::IdColumn;

/// Rows that left or may have left. A test on the operator's own phone counts for nothing.
const LEFT: &str = "o.test_of IS NULL AND o.state IN ('accepted', 'held', 'unknown', 'claimed', 'sending')";
/// When. Of what has no answer, when it was claimed: that is kept in a time that no wall clock moves, as the time of
/// acceptance is.
const LEFT_AT: &str = "COALESCE(o.accepted_at_ms, \
     (SELECT a.claimed_at_ms FROM attempts a WHERE a.attempt_id = o.last_attempt_id), o.updated_at_ms)";

/// Messages that a cap counts: marketing of every kind, and where the operator wants it the utility messages of
/// campaigns.
const fn counted(with_utility: bool) -> &'static str {
    if with_utility {
        "o.kind = 'template' AND (o.category = 'marketing' OR (o.category = 'utility' AND o.campaign_id IS NOT NULL))"
    } else {
        "o.kind = 'template' AND o.category = 'marketing'"
    }
}

/// The entries of a person: the one that counts, and those that were merged into it.
const OF_PERSON: &str = "o.contact_id IN (SELECT ?1 UNION ALL SELECT contact_id FROM contacts WHERE merged_into = ?1)";

/// When messages that the cap counts left to a person, under whatever entry, since a moment, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn capped_since(
    connection: &Connection,
    contact: ContactId,
    since: UnixMillis,
    with_utility: bool,
) -> Result<Vec<UnixMillis>, StoreError> {
    let sql = format!(
        "SELECT {LEFT_AT} AS at FROM outbox o WHERE {OF_PERSON} AND {} AND {LEFT} AND {LEFT_AT} > ?2 \
         ORDER BY at DESC",
        counted(with_utility)
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map((contact.bytes(), since.as_ms()), |r| Ok(UnixMillis::new(r.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether anything of ours left to a person since a moment, but for this campaign's own message.
///
/// # Errors
/// [`StoreError`].
pub fn written_since(
    connection: &Connection,
    contact: ContactId,
    since: UnixMillis,
    campaign: CampaignId,
) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT 1 FROM outbox o WHERE {OF_PERSON} AND o.campaign_id IS NOT ?2 AND {LEFT} AND {LEFT_AT} > ?3 LIMIT 1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.exists((contact.bytes(), campaign.bytes(), since.as_ms()))?)
}

/// What of a campaign's rules leaves people out, for [`reason_sql`].
#[derive(Clone, Copy, Debug, Default)]
pub struct PeopleRules {
    /// Nobody to whom anything left in so many days.
    pub not_written_days: Option<u32>,
    /// Nobody whose customer service window is open.
    pub not_in_conversation: bool,
    /// Nobody above the cap.
    pub cap: Option<FrequencyCap>,
    /// The cap counts utility too.
    pub cap_with_utility: bool,
}

/// Words of the reasons.
pub const WRITTEN_LATELY: &str = "written_lately";
/// See [`WRITTEN_LATELY`].
pub const IN_CONVERSATION: &str = "in_conversation";
/// See [`WRITTEN_LATELY`].
pub const FREQUENCY_CAP: &str = "frequency_cap";

/// The gate's expression ([`super::consent_gate::campaign_reason_sql`]) and behind it these rules, as they will hold at
/// `at`: NULL where nothing leaves the person out. It carries no parameters.
pub fn reason_sql(gate: &str, rules: &PeopleRules, at: UnixMillis, campaign: CampaignId) -> String {
    let mut cases = String::new();
    let days_ms = |days: u32| i64::from(days).saturating_mul(86_400_000);
    if let Some(days) = rules.not_written_days {
        let own: String = campaign.bytes().iter().map(|b| format!("{b:02x}")).collect();
        cases.push_str(&format!(
            "WHEN EXISTS (SELECT 1 FROM outbox o WHERE o.contact_id = c.contact_id AND o.campaign_id IS NOT x'{own}' \
             AND {LEFT} AND {LEFT_AT} > {}) THEN '{WRITTEN_LATELY}' ",
            at.as_ms().saturating_sub(days_ms(days))
        ));
    }
    if rules.not_in_conversation {
        cases.push_str(&format!(
            "WHEN EXISTS (SELECT 1 FROM threads w WHERE w.contact_id = c.contact_id AND w.last_inbound_at_ms > {}) \
             THEN '{IN_CONVERSATION}' ",
            at.as_ms().saturating_sub(days_ms(1))
        ));
    }
    if let Some(cap) = rules.cap {
        cases.push_str(&format!(
            "WHEN (SELECT COUNT(*) FROM outbox o WHERE o.contact_id = c.contact_id AND {} AND {LEFT} \
             AND {LEFT_AT} > {}) >= {} THEN '{FREQUENCY_CAP}' ",
            counted(rules.cap_with_utility),
            cap.since(at).as_ms(),
            cap.messages
        ));
    }
    if cases.is_empty() { gate.to_owned() } else { format!("COALESCE({gate}, CASE {cases}END)") }
}
