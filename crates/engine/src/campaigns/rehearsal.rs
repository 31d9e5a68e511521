//! A rehearsal, as far as it is about a campaign: what is taken out of the real profile, how it is put on the stage, and
//! what came of it. `switchboard-practice` runs the stage: a practice account in memory and a console beside it whose
//! database has a key that exists in memory alone. Nothing here writes to the real profile but the figures at the end.

use std::time::Duration;

use sha2::{Digest, Sha256};
use switchboard_bridge::UiError;
use switchboard_bridge::dto::{CountedReason, Rehearsal, RehearsalFigures, RehearsalFound, Trouble};
use switchboard_cloud_api::errors::look_up_code;
use switchboard_domain::audience::Audience;
use switchboard_domain::ids::{CampaignId, ContactId, ImportId, PhoneNumberId};
use switchboard_domain::time::UnixMillis;
use switchboard_store::columns::IdColumn;
use switchboard_store::tables::campaigns::CampaignRow;
use switchboard_store::tables::rehearsals::{self, RehearsalRow};
use switchboard_store::tables::staging::{self, Rows};
use switchboard_store::tables::{account, campaigns, outbox, templates};
use switchboard_store::{Priority, StoreError};

use super::plan::{Plan, judge_audience, reason};
use super::review::plan_of_draft;
use super::{draft, not_found, report, show, wrong_state};
use crate::{Console, EngineError, settings};

/// People whose rows are copied at once.
const CHUNK: usize = 500;
/// As far back as any rule of the operator looks, at most (`settings.cap_days`).
const LOOK_BACK: Duration = Duration::from_secs(366 * 86_400);
const DAY: Duration = Duration::from_secs(86_400);
/// What stands in the way of a launch and not of a rehearsal: it is about the real account at this moment.
const OF_THE_MOMENT: &[&str] =
    &["token", "relay_not_configured", "account_stop", "number_not_connected", "template_not_sendable"];

/// What a rehearsal plays: read once, so that the stage can be set up to look like the account.
pub struct Script {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// What is foretold.
    pub planned: RehearsalFigures,
    /// The account's currency.
    pub currency: Option<String>,
    /// The template as it is stored.
    pub template: templates::TemplateRow,
    /// Limit of people per day.
    pub messaging_limit: Option<String>,
    /// People reached in the last 24 hours.
    pub reached_24h: u64,
    /// Pace class of the number.
    pub throughput_level: Option<String>,
    /// The WABA node as it was last read, JSON.
    pub raw_waba: String,
    /// People who will get it.
    pub will_receive: u64,
    number: PhoneNumberId,
    rate_per_second: f64,
    people: Vec<ContactId>,
    draft_hash: String,
}

impl std::fmt::Debug for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Script({} people)", self.people.len())
    }
}

/// Where it is played.
#[derive(Clone, Debug)]
pub struct Place {
    /// Base of the practice account's Graph API.
    pub graph_url: String,
    /// Its WABA.
    pub waba_id: String,
    /// Its number.
    pub phone_number_id: String,
}

fn draft_hash(row: &CampaignRow, template_hash: &str) -> String {
    let mut dto = draft::draft_dto(row);
    dto.name = String::new();
    let json = serde_json::to_string(&dto).unwrap_or_default();
    let digest = Sha256::digest(format!("{json} {template_hash}").as_bytes());
    hex::encode(digest).chars().take(16).collect()
}

/// Reads what a rehearsal needs.
///
/// # Errors
/// [`switchboard_bridge::UiErrorCode::NotFound`], [`switchboard_bridge::UiErrorCode::WrongState`] for a campaign that was
/// launched or a draft with gaps.
pub async fn read_script(real: &Console, id: CampaignId) -> Result<Script, UiError> {
    let plan: Plan = plan_of_draft(real, id).await?;
    if let Some(gap) = plan.blockers.iter().find(|b| !OF_THE_MOMENT.contains(&b.code.as_str())) {
        let remedy = gap.remedy.clone().unwrap_or_default();
        return Err(wrong_state(format!("This cannot be rehearsed yet: {}", gap.sentence), &remedy));
    }
    let (Some(snapshot), Some(number)) = (&plan.template, plan.row.phone_number_id.clone()) else {
        return Err(wrong_state("This cannot be rehearsed yet.", "Choose template and number first."));
    };
    let (row, now, template_id) = (plan.row.clone(), real.clock().now(), snapshot.template_id.clone());
    let (people, template, account, reached) = real
        .store()
        .read(move |c| {
            let template = templates::get(c, &template_id)?.ok_or_else(not_found)?;
            let snapshot = crate::sender::TemplateSnapshot::of(&template);
            let mut people = Vec::new();
            judge_audience(c, &row, &snapshot, now, |member, _| people.push(member.contact_id))?;
            let reached = outbox::reached_since(c, now.minus(DAY))?;
            Ok::<_, EngineError>((people, template, account::get(c)?, reached))
        })
        .await?;
    let seconds = plan.finish.finish.map(|at| at.since(plan.starts_at).as_secs());
    let own = plan.number.as_ref();
    Ok(Script {
        campaign_id: id,
        planned: RehearsalFigures {
            people: plan.will_receive,
            seconds,
            cost: plan.cost.as_ref().and_then(|cost| cost.most.clone()),
        },
        currency: plan.cost.as_ref().and_then(|cost| cost.currency.clone()),
        messaging_limit: own.and_then(|n| n.messaging_limit.clone()),
        reached_24h: reached,
        throughput_level: own.and_then(|n| n.throughput_level.clone()),
        raw_waba: account.map(|a| a.raw_waba).unwrap_or_default(),
        will_receive: plan.will_receive,
        rate_per_second: plan.rate_per_second,
        draft_hash: draft_hash(&plan.row, &snapshot.hash),
        number,
        people,
        template,
    })
}

/// Puts everything on the stage; `told` hears how many people are there.
///
/// # Errors
/// A store error's sentence.
pub async fn furnish(
    real: &Console,
    script: &Script,
    scratch: &Console,
    place: &Place,
    mut told: impl FnMut(u64) + Send,
) -> Result<(), UiError> {
    let now = real.clock().now();
    let mut operator = settings::load(real.store()).await?;
    // The pace that the real account will have.
    operator.max_send_rate = Some(script.rate_per_second.floor().max(1.0) as u32);
    settings::save(scratch.store(), operator).await?;
    let (id, number) = (script.campaign_id, script.number.clone());
    let template_id = script.template.template_id.clone();
    let limited = script.messaging_limit.is_some();
    let common = real
        .store()
        .read(move |c| {
            let mut all = vec![
                Rows::read(c, "templates", "template_id = ?1", [template_id.as_str()])?
                    .with("status", "APPROVED".to_owned())
                    .without("removed_at_ms"),
                Rows::read(c, "rate_cards", "1", [])?,
                Rows::read(c, "rate_card_prices", "1", [])?,
                Rows::read(c, "spend", "1", [])?,
                Rows::read(c, "account", "1", [])?,
                Rows::read(c, "phone_numbers", "phone_number_id = ?1", [number.as_str()])?
                    .with("status", "CONNECTED".to_owned()),
                Rows::read(c, "number_limits", "phone_number_id = ?1", [number.as_str()])?,
                Rows::read(c, "campaigns", "campaign_id = ?1", [id.bytes()])?,
            ];
            if limited {
                all.push(staging::sends_since(c, now.minus(DAY))?);
            }
            Ok::<_, EngineError>(all)
        })
        .await?;
    let (place, list) = (place.clone(), ImportId::new(now));
    let audience = serde_json::to_string(&Audience::Imports { import_ids: vec![list] })
        .map_err(|_| UiError::internal("setting up the rehearsal"))?;
    let number = script.number.clone();
    let set_up = move |tx: &mut switchboard_store::WriteTx<'_>| {
        for rows in &common {
            rows.write(tx)?;
        }
        tx.execute(
            "UPDATE account SET graph_url = ?1, waba_id = ?2, default_phone_number_id = ?3",
            (&place.graph_url, &place.waba_id, &place.phone_number_id),
        )?;
        tx.execute("UPDATE templates SET waba_id = ?1", [&place.waba_id])?;
        let renamed = (&place.phone_number_id, number.as_str());
        tx.execute("UPDATE phone_numbers SET phone_number_id = ?1 WHERE phone_number_id = ?2", renamed)?;
        tx.execute("UPDATE number_limits SET phone_number_id = ?1 WHERE phone_number_id = ?2", renamed)?;
        tx.execute("UPDATE phone_numbers SET waba_id = ?1", [&place.waba_id])?;
        tx.execute(
            "UPDATE campaigns SET phone_number_id = ?1, audience = ?2, header_media_id = NULL, header_media_at_ms = NULL, \
             card_media = '{}'",
            (&place.phone_number_id, &audience),
        )?;
        let here = "INSERT INTO relay (id, url, desk, device) VALUES (1, 'ws://127.0.0.1:1', 'rehearsal', 'rehearsal')";
        tx.execute(here, [])?;
        Ok::<_, StoreError>(())
    };
    scratch.store().write(Priority::Claim, set_up).await.map_err(EngineError::Store)?;
    let mut done = 0;
    for ids in script.people.chunks(CHUNK) {
        let ids = ids.to_vec();
        done += ids.len() as u64;
        let these = ids.clone();
        let rows = real
            .store()
            .read(move |c| staging::people(c, &these, now.minus(LOOK_BACK)))
            .await
            .map_err(EngineError::Store)?;
        let list = *list.as_bytes();
        scratch
            .store()
            .write(Priority::Bulk, move |tx| {
                for rows in &rows {
                    rows.write(tx)?;
                }
                staging::list_of(tx, &list, &ids)
            })
            .await
            .map_err(EngineError::Store)?;
        told(done);
    }
    let (to, from) = (place_number(scratch).await?, script.number.clone());
    scratch
        .store()
        .write(Priority::Bulk, move |tx| {
            // What left from this number counts for the limits of its double.
            let sql = "UPDATE outbox SET phone_number_id = ?1 WHERE phone_number_id = ?2";
            Ok::<_, StoreError>(tx.execute(sql, (to.as_str(), from.as_str()))?)
        })
        .await
        .map_err(EngineError::Store)?;
    Ok(())
}

async fn place_number(scratch: &Console) -> Result<PhoneNumberId, UiError> {
    let account = scratch.store().read(account::get).await.map_err(EngineError::Store)?;
    account.map(|a| a.default_phone_number_id).ok_or_else(|| UiError::internal("setting up the rehearsal"))
}

/// What the practice account did beside the messages, and how long all of it took.
#[derive(Clone, Debug, Default)]
pub struct Aside {
    /// What it did on purpose that the ledger does not show: duplicate webhooks ….
    pub obstacles: Vec<CountedReason>,
    /// Messages that its own ledger has twice for one person or attempt.
    pub twice: u64,
    /// How long the rehearsal took here.
    pub took: Duration,
}

/// Reads what came of it off the stage.
///
/// # Errors
/// A store error's sentence.
pub async fn outcome(
    scratch: &Console,
    real: &Console,
    script: &Script,
    trouble: Trouble,
    aside: Aside,
) -> Result<Rehearsal, UiError> {
    let id = script.campaign_id;
    let now = scratch.clock().now();
    let (found, attempts, span) = scratch
        .store()
        .read(move |c| {
            let span = switchboard_store::tables::campaign_report::sent_span(c, id)?;
            Ok::<_, EngineError>((report::read(c, id, 7, now)?, staging::attempts_by_outcome(c)?, span))
        })
        .await?;
    let mut obstacles: Vec<CountedReason> = attempts
        .into_iter()
        .filter_map(|(outcome, code, count)| {
            let known = code.and_then(look_up_code).map(|k| k.sentence);
            let sentence = match outcome.as_str() {
                "throttled" => known.unwrap_or("Meta asked to slow down."),
                "unknown" => "Meta did not say whether it took a message.",
                "not_sent" => "A message did not leave.",
                "held" => "Pacing held a message until there was feedback.",
                _ => return None,
            };
            Some(reason(&outcome, sentence, "", count))
        })
        .collect();
    obstacles.extend(aside.obstacles);
    let start = found.row.starts_at_ms.map(UnixMillis::new);
    let seconds = span.zip(start).map(|((_, last), start)| last.since(start).as_secs());
    Ok(Rehearsal {
        campaign_id: id.to_string(),
        at_ms: real.clock().now().as_ms(),
        trouble,
        outdated: false,
        currency: script.currency.clone(),
        planned: script.planned.clone(),
        rehearsed: RehearsalFigures { people: found.reach.sent, seconds, cost: Some(found.cost.actual.clone()) },
        replied: found.reach.replied,
        opted_out: found.reach.opted_out,
        paused_reason: found.row.paused_reason.clone(),
        counts: found.row.counts,
        failures: found.failures,
        excluded: found.excluded,
        obstacles: show::merged(obstacles),
        nobody_twice: aside.twice == 0,
        took_seconds: aside.took.as_secs_f64(),
    })
}

/// Keeps the figures with the real campaign.
///
/// # Errors
/// A store error's sentence.
pub async fn keep(real: &Console, script: &Script, rehearsal: &Rehearsal) -> Result<(), UiError> {
    let report = serde_json::to_string(rehearsal).map_err(|_| UiError::internal("keeping the rehearsal"))?;
    let id = script.campaign_id;
    let row = RehearsalRow { at: UnixMillis::new(rehearsal.at_ms), draft_hash: script.draft_hash.clone(), report };
    real.store()
        .write(Priority::Bulk, move |tx| {
            // A draft that was deleted meanwhile keeps none.
            if campaigns::get(tx, id)?.is_some() {
                rehearsals::put(tx, id, &row)?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .map_err(EngineError::Store)?;
    Ok(())
}

/// The newest rehearsal of a campaign, and whether the draft was changed since.
///
/// # Errors
/// [`switchboard_bridge::UiErrorCode::NotFound`].
pub async fn newest(console: &Console, id: CampaignId) -> Result<RehearsalFound, UiError> {
    let found = console
        .store()
        .read(move |c| {
            let row = campaigns::get(c, id)?.ok_or_else(not_found)?;
            let Some(kept) = rehearsals::get(c, id)? else { return Ok(None) };
            let template = match &row.template_id {
                Some(template) => templates::get(c, template)?.map(|t| crate::templates::fingerprint(&t)),
                None => None,
            };
            let now = draft_hash(&row, template.as_deref().unwrap_or_default());
            let rehearsal = serde_json::from_str::<Rehearsal>(&kept.report).ok();
            Ok::<_, EngineError>(rehearsal.map(|r| Rehearsal { outdated: kept.draft_hash != now, ..r }))
        })
        .await?;
    Ok(RehearsalFound { rehearsal: found })
}
