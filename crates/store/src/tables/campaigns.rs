//! Campaigns. Every change of state is a guarded update whose row count decides, so that a double click, a
//! crash or two programs cannot make one step happen twice.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row};
use switchboard_domain::audience::Audience;
use switchboard_domain::campaign::{CampaignState, ValueRule};
use switchboard_domain::ids::{CampaignId, ContactId, MediaId, PhoneNumberId, TemplateId};
use switchboard_domain::rules::CampaignRules;
use switchboard_domain::time::UnixMillis;

use crate::columns::{IdColumn, RowExt};
use crate::{StoreError, WriteTx};

/// A campaign as it stands.
#[derive(Clone, Debug)]
pub struct CampaignRow {
    /// Its id.
    pub campaign_id: CampaignId,
    /// Name for the operator.
    pub name: String,
    /// State.
    pub state: CampaignState,
    /// Why it is paused: machine word.
    pub paused_code: Option<String>,
    /// Why it is paused: sentence.
    pub paused_reason: Option<String>,
    /// The template.
    pub template_id: Option<TemplateId>,
    /// Category of the template when it was launched.
    pub category: Option<String>,
    /// Sending number.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Whom for.
    pub audience: Audience,
    /// How its variables are filled.
    pub rules: Vec<ValueRule>,
    /// What the operator set beyond the message.
    pub operator_rules: CampaignRules,
    /// When it was looked at for the first time after its start.
    pub started_at: Option<UnixMillis>,
    /// The uploaded header medium.
    pub header_media_id: Option<MediaId>,
    /// The uploaded media of a carousel's cards, by key.
    pub card_media: BTreeMap<String, MediaId>,
    /// When those were uploaded.
    pub header_media_at: Option<UnixMillis>,
    /// What the template wanted when the audience was frozen.
    pub template_shape: Option<String>,
    /// The press of the button that launched it.
    pub launch_key: Option<String>,
    /// Last person written to the outbox.
    pub enqueue_cursor: Option<ContactId>,
    /// When the whole audience stood in the outbox.
    pub enqueued_at: Option<UnixMillis>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was launched.
    pub launched_at: Option<UnixMillis>,
    /// Its first message may leave then.
    pub starts_at: Option<UnixMillis>,
    /// When it ended.
    pub finished_at: Option<UnixMillis>,
    /// What its template said when it was launched.
    pub template_hash: Option<String>,
    /// What was foretold at the launch, JSON.
    pub plan: Option<String>,
}

/// What a launch writes down.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The press of the button.
    pub key: String,
    /// Category of the template.
    pub category: String,
    /// What the template says.
    pub template_hash: Option<String>,
    /// Which variables and files it wants.
    pub template_shape: Option<String>,
    /// When the first message may leave.
    pub starts_at: UnixMillis,
    /// What was foretold, JSON.
    pub plan: String,
}

/// What an operator may change in a draft.
#[derive(Clone, Debug)]
pub struct DraftFields {
    /// Name.
    pub name: String,
    /// Template.
    pub template_id: Option<TemplateId>,
    /// Sending number.
    pub phone_number_id: Option<PhoneNumberId>,
    /// Whom for.
    pub audience: Audience,
    /// Values.
    pub rules: Vec<ValueRule>,
    /// Start, hours, end, whom it leaves out, budget.
    pub operator_rules: CampaignRules,
}

fn json<T: serde::Serialize>(value: &T, column: &'static str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::BadValue { column })
}

fn parsed<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    serde_json::from_str(&row.get::<_, String>(column)?)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, e.into()))
}

fn read(row: &Row<'_>) -> rusqlite::Result<CampaignRow> {
    let state: String = row.get("state")?;
    Ok(CampaignRow {
        campaign_id: row.id("campaign_id")?,
        name: row.get("name")?,
        state: CampaignState::parse(&state).ok_or_else(|| {
            rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, "state of a campaign".into())
        })?,
        paused_code: row.get("paused_code")?,
        paused_reason: row.get("paused_reason")?,
        template_id: row.get::<_, Option<String>>("template_id")?.map(TemplateId::new),
        category: row.get("category")?,
        phone_number_id: row.get::<_, Option<String>>("phone_number_id")?.map(PhoneNumberId::new),
        audience: parsed(row, "audience")?,
        rules: parsed(row, "variables")?,
        operator_rules: parsed(row, "operator_rules")?,
        started_at: row.ms_opt("started_at_ms")?,
        header_media_id: row.get::<_, Option<String>>("header_media_id")?.map(MediaId::new),
        card_media: parsed(row, "card_media")?,
        template_shape: row.get("template_shape")?,
        header_media_at: row.ms_opt("header_media_at_ms")?,
        launch_key: row.get("launch_key")?,
        enqueue_cursor: row.id_opt("enqueue_cursor")?,
        enqueued_at: row.ms_opt("enqueued_at_ms")?,
        created_at: row.ms("created_at_ms")?,
        launched_at: row.ms_opt("launched_at_ms")?,
        starts_at: row.ms_opt("starts_at_ms")?,
        finished_at: row.ms_opt("finished_at_ms")?,
        template_hash: row.get("template_hash")?,
        plan: row.get("plan")?,
    })
}

/// One campaign.
///
/// # Errors
/// [`StoreError`].
pub fn get(connection: &Connection, id: CampaignId) -> Result<Option<CampaignRow>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT * FROM campaigns WHERE campaign_id = ?1")?
        .query_row([id.bytes()], read)
        .optional()?)
}

/// All campaigns, newest first.
///
/// # Errors
/// [`StoreError`].
pub fn list(connection: &Connection) -> Result<Vec<CampaignRow>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM campaigns ORDER BY created_at_ms DESC, campaign_id DESC")?;
    Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
}

/// Campaigns in a state, oldest launch first.
///
/// # Errors
/// [`StoreError`].
pub fn in_state(connection: &Connection, state: CampaignState) -> Result<Vec<CampaignRow>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM campaigns WHERE state = ?1 ORDER BY launched_at_ms, campaign_id")?;
    Ok(statement.query_map([state.as_str()], read)?.collect::<Result<_, _>>()?)
}

/// Makes a draft.
///
/// # Errors
/// [`StoreError`].
pub fn create(tx: &mut WriteTx<'_>, id: CampaignId, fields: &DraftFields) -> Result<(), StoreError> {
    let now = tx.now().as_ms();
    tx.prepare_cached(
        "INSERT INTO campaigns (campaign_id, name, state, template_id, phone_number_id, audience, variables, \
         operator_rules, created_at_ms, updated_at_ms) VALUES (?1, ?2, 'draft', ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
    )?
    .execute((
        id.bytes(),
        &fields.name,
        fields.template_id.as_ref().map(|t| t.as_str()),
        fields.phone_number_id.as_ref().map(|p| p.as_str()),
        json(&fields.audience, "audience")?,
        json(&fields.rules, "variables")?,
        json(&fields.operator_rules, "operator_rules")?,
        now,
    ))?;
    tx.touch("campaigns")
}

/// Changes a draft. Another header file than before wants another upload. `false`: it is no draft (any more).
///
/// # Errors
/// [`StoreError`].
pub fn update_draft(
    tx: &mut WriteTx<'_>,
    id: CampaignId,
    fields: &DraftFields,
    keep_header_media: bool,
) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE campaigns SET name = ?2, template_id = ?3, phone_number_id = ?4, audience = ?5, variables = ?6, \
             header_media_id = CASE WHEN ?7 THEN header_media_id END, \
             header_media_at_ms = CASE WHEN ?7 THEN header_media_at_ms END, \
             card_media = CASE WHEN ?7 THEN card_media ELSE '{}' END, updated_at_ms = ?8, operator_rules = ?9 \
             WHERE campaign_id = ?1 AND state = 'draft'",
        )?
        .execute((
            id.bytes(),
            &fields.name,
            fields.template_id.as_ref().map(|t| t.as_str()),
            fields.phone_number_id.as_ref().map(|p| p.as_str()),
            json(&fields.audience, "audience")?,
            json(&fields.rules, "variables")?,
            keep_header_media,
            tx.now().as_ms(),
            json(&fields.operator_rules, "operator_rules")?,
        ))?;
    tx.touch("campaigns")?;
    Ok(changed == 1)
}

/// Replaces what the operator set for a campaign, launched or not.
///
/// # Errors
/// [`StoreError`].
pub fn set_operator_rules(tx: &mut WriteTx<'_>, id: CampaignId, rules: &CampaignRules) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached("UPDATE campaigns SET operator_rules = ?2, updated_at_ms = ?3 WHERE campaign_id = ?1")?
        .execute((id.bytes(), json(rules, "operator_rules")?, tx.now().as_ms()))?;
    tx.touch("campaigns")?;
    Ok(changed == 1)
}

/// Remembers the uploaded media of a draft: that of the header, and those of cards by key.
///
/// # Errors
/// [`StoreError`].
pub fn set_media(
    tx: &WriteTx<'_>,
    id: CampaignId,
    header: Option<&MediaId>,
    cards: &BTreeMap<String, MediaId>,
    at: UnixMillis,
) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE campaigns SET header_media_id = ?2, header_media_at_ms = ?3, card_media = ?4 \
             WHERE campaign_id = ?1 AND state = 'draft'",
        )?
        .execute((id.bytes(), header.map(|m| m.as_str()), at.as_ms(), json(cards, "card_media")?))?;
    Ok(changed == 1)
}

/// Deletes a draft. `false`: it is none.
///
/// # Errors
/// [`StoreError`].
pub fn delete_draft(tx: &mut WriteTx<'_>, id: CampaignId) -> Result<bool, StoreError> {
    let changed =
        tx.prepare_cached("DELETE FROM campaigns WHERE campaign_id = ?1 AND state = 'draft'")?.execute([id.bytes()])?;
    tx.touch("campaigns")?;
    Ok(changed == 1)
}

/// Draft to launching, once: a second press finds no draft.
///
/// # Errors
/// [`StoreError`].
pub fn launch(tx: &mut WriteTx<'_>, id: CampaignId, launch: &Launch) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE campaigns SET state = 'launching', launch_key = ?2, category = ?3, launched_at_ms = ?4, \
             starts_at_ms = ?5, enqueue_cursor = NULL, enqueued_at_ms = NULL, finished_at_ms = NULL, started_at_ms = NULL, \
             paused_code = NULL, paused_reason = NULL, template_hash = ?6, plan = ?7, template_shape = ?8, updated_at_ms = ?4 \
             WHERE campaign_id = ?1 AND state = 'draft'",
        )?
        .execute((
            id.bytes(),
            &launch.key,
            &launch.category,
            tx.now().as_ms(),
            launch.starts_at.as_ms(),
            &launch.template_hash,
            &launch.plan,
            &launch.template_shape,
        ))?;
    tx.touch("campaigns")?;
    Ok(changed == 1)
}

/// Launching or running to draft, while its start lies ahead and nothing was claimed. The rows already written are
/// deleted afterwards in chunks; no claim touches the rows of a draft.
///
/// # Errors
/// [`StoreError`].
pub fn undo_launch(tx: &mut WriteTx<'_>, id: CampaignId) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE campaigns SET state = 'draft', launch_key = NULL, launched_at_ms = NULL, starts_at_ms = NULL, \
             enqueue_cursor = NULL, enqueued_at_ms = NULL, template_hash = NULL, plan = NULL, updated_at_ms = ?2 \
             WHERE campaign_id = ?1 AND state IN ('launching', 'running') AND starts_at_ms > ?2 \
             AND NOT EXISTS (SELECT 1 FROM outbox WHERE campaign_id = ?1 \
             AND state NOT IN ('queued', 'excluded', 'cancelled'))",
        )?
        .execute((id.bytes(), tx.now().as_ms()))?;
    tx.touch("campaigns")?;
    Ok(changed == 1)
}

/// Moves the enqueueing on, within the transaction that wrote the rows. `false`: the campaign is no longer launching.
///
/// # Errors
/// [`StoreError`].
pub fn enqueued_upto(tx: &mut WriteTx<'_>, id: CampaignId, cursor: ContactId) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached("UPDATE campaigns SET enqueue_cursor = ?2 WHERE campaign_id = ?1 AND state = 'launching'")?
        .execute((id.bytes(), cursor.bytes()))?;
    tx.touch("campaigns")?;
    Ok(changed == 1)
}

/// Launching to running: the whole audience stands in the outbox.
///
/// # Errors
/// [`StoreError`].
pub fn enqueueing_done(tx: &mut WriteTx<'_>, id: CampaignId) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE campaigns SET state = 'running', enqueued_at_ms = ?2, updated_at_ms = ?2 \
             WHERE campaign_id = ?1 AND state = 'launching'",
        )?
        .execute((id.bytes(), tx.now().as_ms()))?;
    tx.touch("campaigns")?;
    Ok(changed == 1)
}

/// Launching or running to paused, with the reason.
///
/// # Errors
/// [`StoreError`].
pub fn pause(tx: &mut WriteTx<'_>, id: CampaignId, code: &str, reason: &str) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE campaigns SET state = 'paused', paused_code = ?2, paused_reason = ?3, updated_at_ms = ?4 \
             WHERE campaign_id = ?1 AND state IN ('launching', 'running')",
        )?
        .execute((id.bytes(), code, reason, tx.now().as_ms()))?;
    tx.touch("campaigns")?;
    Ok(changed == 1)
}

/// Pauses every campaign that runs: of one number, or of all of them. Returns how many.
///
/// # Errors
/// [`StoreError`].
pub fn pause_all(
    tx: &mut WriteTx<'_>,
    number: Option<&PhoneNumberId>,
    code: &str,
    reason: &str,
) -> Result<usize, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE campaigns SET state = 'paused', paused_code = ?1, paused_reason = ?2, updated_at_ms = ?3 \
             WHERE state IN ('launching', 'running') AND (?4 IS NULL OR phone_number_id = ?4)",
        )?
        .execute((code, reason, tx.now().as_ms(), number.map(|n| n.as_str())))?;
    tx.touch("campaigns")?;
    Ok(changed)
}

/// Pauses the running campaigns of a template, when Meta pauses or disables it. Returns how many.
///
/// # Errors
/// [`StoreError`].
pub fn pause_of_template(
    tx: &mut WriteTx<'_>,
    template: &TemplateId,
    code: &str,
    reason: &str,
) -> Result<usize, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE campaigns SET state = 'paused', paused_code = ?2, paused_reason = ?3, updated_at_ms = ?4 \
             WHERE state IN ('launching', 'running') AND template_id = ?1",
        )?
        .execute((template.as_str(), code, reason, tx.now().as_ms()))?;
    tx.touch("campaigns")?;
    Ok(changed)
}

/// Paused to running, or back to launching where the audience was not yet written as a whole.
///
/// # Errors
/// [`StoreError`].
pub fn resume(tx: &mut WriteTx<'_>, id: CampaignId) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE campaigns SET state = CASE WHEN enqueued_at_ms IS NULL THEN 'launching' ELSE 'running' END, \
             paused_code = NULL, paused_reason = NULL, updated_at_ms = ?2 WHERE campaign_id = ?1 AND state = 'paused'",
        )?
        .execute((id.bytes(), tx.now().as_ms()))?;
    tx.touch("campaigns")?;
    Ok(changed == 1)
}

/// Replaces what the template of a campaign is known to say.
///
/// # Errors
/// [`StoreError`].
pub fn set_template_hash(tx: &WriteTx<'_>, id: CampaignId, hash: &str) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE campaigns SET template_hash = ?2 WHERE campaign_id = ?1")?.execute((id.bytes(), hash))?;
    Ok(())
}

/// Notes that a campaign was looked at after its start. `false`: it was before.
///
/// # Errors
/// [`StoreError`].
pub fn mark_started(tx: &mut WriteTx<'_>, id: CampaignId) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached("UPDATE campaigns SET started_at_ms = ?2 WHERE campaign_id = ?1 AND started_at_ms IS NULL")?
        .execute((id.bytes(), tx.now().as_ms()))?;
    Ok(changed == 1)
}

/// Ends a campaign that missed its start and was not to be sent late; the reason stays with it.
///
/// # Errors
/// [`StoreError`].
pub fn skip(tx: &mut WriteTx<'_>, id: CampaignId, reason: &str) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE campaigns SET state = 'cancelled', paused_code = 'missed_start', paused_reason = ?2, \
             finished_at_ms = ?3, updated_at_ms = ?3 WHERE campaign_id = ?1 AND state = 'running'",
        )?
        .execute((id.bytes(), reason, tx.now().as_ms()))?;
    tx.touch("campaigns")?;
    Ok(changed == 1)
}

/// Campaigns that missed their start and were not sent, since a moment.
///
/// # Errors
/// [`StoreError`].
pub fn skipped_since(connection: &Connection, since: UnixMillis) -> Result<Vec<CampaignRow>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM campaigns WHERE state = 'cancelled' AND paused_code = 'missed_start' AND finished_at_ms >= ?1 \
         ORDER BY finished_at_ms DESC",
    )?;
    Ok(statement.query_map([since.as_ms()], read)?.collect::<Result<_, _>>()?)
}

/// Ends a campaign by the operator's word, which takes the place of a reason for a pause. Its queued rows are cancelled afterwards in chunks; no claim touches them.
///
/// # Errors
/// [`StoreError`].
pub fn cancel(tx: &mut WriteTx<'_>, id: CampaignId, code: &str, reason: &str) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE campaigns SET state = 'cancelled', paused_code = ?3, paused_reason = ?4, finished_at_ms = ?2, \
             updated_at_ms = ?2 WHERE campaign_id = ?1 AND state IN ('launching', 'running', 'paused')",
        )?
        .execute((id.bytes(), tx.now().as_ms(), code, reason))?;
    tx.touch("campaigns")?;
    Ok(changed == 1)
}

/// Running to done, if nothing waits and nothing is on its way.
///
/// # Errors
/// [`StoreError`].
pub fn finish_if_empty(tx: &mut WriteTx<'_>, id: CampaignId) -> Result<bool, StoreError> {
    if super::outbox::has_queued(tx, id)? || super::outbox::has_open(tx, id)? {
        return Ok(false);
    }
    let changed = tx
        .prepare_cached(
            "UPDATE campaigns SET state = 'done', finished_at_ms = ?2, updated_at_ms = ?2 \
             WHERE campaign_id = ?1 AND state = 'running' AND enqueued_at_ms IS NOT NULL",
        )?
        .execute((id.bytes(), tx.now().as_ms()))?;
    if changed == 1 {
        tx.touch("campaigns")?;
    }
    Ok(changed == 1)
}

/// Done to running again, for rows that were put back into its queue. `false`: it is neither done nor under way.
///
/// # Errors
/// [`StoreError`].
pub fn run_again(tx: &mut WriteTx<'_>, id: CampaignId) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE campaigns SET state = CASE state WHEN 'done' THEN 'running' ELSE state END, finished_at_ms = NULL, \
             updated_at_ms = ?2 WHERE campaign_id = ?1 AND state IN ('running', 'paused', 'done') \
             AND enqueued_at_ms IS NOT NULL",
        )?
        .execute((id.bytes(), tx.now().as_ms()))?;
    tx.touch("campaigns")?;
    Ok(changed == 1)
}

/// Cancelled campaigns whose rows still wait, and drafts that an undo left rows to: what upkeep has to finish.
///
/// # Errors
/// [`StoreError`].
pub fn with_leftovers(connection: &Connection) -> Result<Vec<(CampaignId, CampaignState)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT campaign_id, state FROM campaigns c WHERE state = 'cancelled' AND EXISTS \
         (SELECT 1 FROM outbox o WHERE o.campaign_id = c.campaign_id AND o.state = 'queued') \
         UNION ALL SELECT campaign_id, state FROM campaigns c WHERE state = 'draft' AND EXISTS \
         (SELECT 1 FROM outbox o WHERE o.campaign_id = c.campaign_id)",
    )?;
    let rows = statement.query_map([], |r| {
        let state: String = r.get(1)?;
        Ok((r.id("campaign_id")?, CampaignState::parse(&state).unwrap_or(CampaignState::Cancelled)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Counts sends of a campaign into the second they ended in.
///
/// # Errors
/// [`StoreError`].
pub fn count_rate(
    tx: &WriteTx<'_>,
    id: CampaignId,
    at: UnixMillis,
    accepted: u32,
    failed: u32,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO campaign_rate (campaign_id, at_ms, accepted, failed) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (campaign_id, at_ms) DO UPDATE SET accepted = accepted + excluded.accepted, \
         failed = failed + excluded.failed",
    )?
    .execute((id.bytes(), at.as_ms() - at.as_ms().rem_euclid(1000), accepted, failed))?;
    Ok(())
}

/// One second of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateSecond {
    /// Start of the interval.
    pub at: UnixMillis,
    /// Accepted in it.
    pub accepted: u64,
    /// Failed in it.
    pub failed: u64,
}

/// A campaign's curve in intervals of `interval_ms`, oldest first. Intervals in which nothing happened are not there.
///
/// # Errors
/// [`StoreError`].
pub fn rate(connection: &Connection, id: CampaignId, interval_ms: i64) -> Result<Vec<RateSecond>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT at_ms / ?2 * ?2 AS at_ms, SUM(accepted), SUM(failed) FROM campaign_rate WHERE campaign_id = ?1 \
         GROUP BY 1 ORDER BY 1",
    )?;
    let rows = statement.query_map((id.bytes(), interval_ms.max(1)), |r| {
        Ok(RateSecond { at: r.ms("at_ms")?, accepted: r.get(1)?, failed: r.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Messages of a campaign that Meta took since a moment.
///
/// # Errors
/// [`StoreError`].
pub fn accepted_since(connection: &Connection, id: CampaignId, since: UnixMillis) -> Result<u64, StoreError> {
    Ok(connection
        .prepare_cached("SELECT COALESCE(SUM(accepted), 0) FROM campaign_rate WHERE campaign_id = ?1 AND at_ms >= ?2")?
        .query_row((id.bytes(), since.as_ms()), |r| r.get(0))?)
}

/// First and last second of a campaign's curve.
///
/// # Errors
/// [`StoreError`].
pub fn rate_span(connection: &Connection, id: CampaignId) -> Result<Option<(UnixMillis, UnixMillis)>, StoreError> {
    let (from, to): (Option<i64>, Option<i64>) = connection
        .prepare_cached("SELECT MIN(at_ms), MAX(at_ms) FROM campaign_rate WHERE campaign_id = ?1")?
        .query_row([id.bytes()], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(from.zip(to).map(|(a, b)| (UnixMillis::new(a), UnixMillis::new(b))))
}
