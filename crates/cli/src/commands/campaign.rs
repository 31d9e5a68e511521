//! `campaign create|count|choices|list-add|people|list|review|preflight|test|rehearse|launch|status|pause|resume|cancel|
//! report|retry|budget|unknown`.

use std::path::PathBuf;

use serde_json::Value;
use switchboard_bridge::dto::{
    ById, CampaignDraft, CampaignLaunch, CampaignRecipientsSave, CampaignRehearse, CampaignReportRequest,
    CampaignSetBudget, CampaignTestSend, CheckState, Nothing, Trouble, UnknownDecision, UnknownFilter,
    UnknownListRequest, UnknownSettle,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::ids::OutboxId;
use switchboard_engine::{Console, api};

use super::{audience, campaign_lines, document};
use crate::arguments::{Campaign, TroubleAs, Unknown, UnknownAs};
use crate::output::{Answer, page, usage};
use crate::session::{Session, stdin};

pub(super) async fn run(session: &Session, command: Campaign) -> Result<Answer, UiError> {
    let console = session.open(false).await?;
    match command {
        Campaign::Preflight { id } => preflight(&console, id).await,
        Campaign::Test { id, send, send_to_stdin, key } => {
            let phones = if send_to_stdin { Some(stdin()?) } else { None };
            test(&console, id, send, phones, key).await.map(Answer::from)
        }
        Campaign::Rehearse { id, trouble } => rehearse(&console, id, trouble).await,
        Campaign::Report { id, reply_days, csv, state } => report(&console, id, reply_days, csv, state).await,
        Campaign::Retry { id, dry_run: true } => {
            Ok(document(&api::campaign_retry_offer(&console, ById { id }).await?)?.into())
        }
        other => of_a_campaign(&console, other).await.map(Answer::from),
    }
}

async fn preflight(console: &Console, id: String) -> Result<Answer, UiError> {
    let found = api::campaign_preflight(console, ById { id }).await?;
    let mut answer = Answer::with_lines(document(&found)?, campaign_lines::preflight(&found));
    answer.found_a_no = found.state == CheckState::Trouble;
    Ok(answer)
}

async fn test(
    console: &Console,
    id: String,
    all: bool,
    some: Option<String>,
    key: Option<String>,
) -> Result<Value, UiError> {
    let known = api::campaign_test_list(console, ById { id: id.clone() }).await?;
    if known.items.is_empty() && some.is_none() {
        return Err(UiError::new(
            UiErrorCode::WrongState,
            "No test phones are set.",
            "Set your own with switchboard-cli settings set test_phones='[\"+…\"]', or in Settings, Sending.",
        ));
    }
    let phones: Vec<String> = match &some {
        Some(lines) => lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        None if all => known.items.iter().map(|item| item.phone.clone()).collect(),
        None => return document(&known),
    };
    let idempotency_key = key.unwrap_or_else(|| format!("cli-{}", OutboxId::new(console.clock().now())));
    document(&api::campaign_test_send(console, CampaignTestSend { id, phones, idempotency_key }).await?)
}

/// Progress goes to standard error, a line for each step.
async fn rehearse(console: &Console, id: String, trouble: TroubleAs) -> Result<Answer, UiError> {
    let trouble = match trouble {
        TroubleAs::None => Trouble::None,
        TroubleAs::Some => Trouble::Some,
        TroubleAs::Much => Trouble::Much,
    };
    super::import::progress_to_stderr(console);
    let found = switchboard_practice::rehearsal::rehearse(console, CampaignRehearse { id, trouble }).await?;
    let mut answer = Answer::with_lines(document(&found)?, campaign_lines::rehearsal(&found));
    answer.found_a_no = found.paused_reason.is_some() || !found.nobody_twice;
    Ok(answer)
}

async fn report(
    console: &Console,
    id: String,
    reply_days: u32,
    csv: Option<PathBuf>,
    state: Option<String>,
) -> Result<Answer, UiError> {
    let request = CampaignReportRequest { id: id.clone(), reply_days: Some(reply_days) };
    let found = api::campaign_report(console, request).await?;
    let mut data = document(&found)?;
    let mut lines = campaign_lines::report(&found);
    if let Some(path) = csv {
        let path = path.to_string_lossy().into_owned();
        let saved =
            api::campaign_recipients_save(console, CampaignRecipientsSave { id, state, reason: None, path }).await?;
        lines.push_str(&format!("\n{} people are in {}\n", saved.rows.unwrap_or_default(), saved.path));
        if let Some(map) = data.as_object_mut() {
            map.insert("saved".to_owned(), document(&saved)?);
        }
    }
    Ok(Answer::with_lines(data, lines))
}

async fn of_a_campaign(console: &Console, command: Campaign) -> Result<Value, UiError> {
    let detail = match command {
        Campaign::Create(given) => {
            let text = audience::text_of(&given.file, "draft")?;
            let mut draft: CampaignDraft = serde_json::from_str(&text).map_err(|e| {
                usage(
                    format!("The draft is not what it should be: {}.", audience::without_values(&e)),
                    "It needs name, template_id, phone_number_id, audience and values; docs/cli.md has an example.",
                )
            })?;
            if let Some(audience) = audience::audience_of(&given.audience)? {
                draft.audience = audience;
            }
            api::campaign_draft_save(console, draft).await?
        }
        Campaign::Count(flags) => return audience::count(console, flags).await,
        Campaign::Choices { column } => return audience::choices(console, column).await,
        Campaign::ListAdd { file, region } => return audience::list_add(console, file, region).await,
        Campaign::People(asked) => return audience::people(console, asked).await,
        Campaign::List => {
            let list = api::campaign_list(console, Nothing {}).await?;
            let total = u64::try_from(list.items.len()).unwrap_or(u64::MAX);
            return Ok(page(document(&list.items)?, 0, total));
        }
        Campaign::Review { id } => return document(&api::campaign_review(console, ById { id }).await?),
        Campaign::Launch { id, people, template, key } => {
            let idempotency_key = key.unwrap_or_else(|| id.clone());
            api::campaign_launch(
                console,
                CampaignLaunch { id, typed_number: people, template_hash: template, idempotency_key },
            )
            .await?
        }
        Campaign::Status { id } => api::campaign_get(console, ById { id }).await?,
        Campaign::Pause { id } => api::campaign_pause(console, ById { id }).await?,
        Campaign::Resume { id } => api::campaign_resume(console, ById { id }).await?,
        Campaign::Cancel { id } => api::campaign_cancel(console, ById { id }).await?,
        Campaign::Retry { id, .. } => api::campaign_retry(console, ById { id }).await?,
        Campaign::Preflight { id }
        | Campaign::Test { id, .. }
        | Campaign::Rehearse { id, .. }
        | Campaign::Report { id, .. } => api::campaign_get(console, ById { id }).await?,
        Campaign::Budget { id, amount } => {
            let budget = (amount != "none").then_some(amount);
            api::campaign_set_budget(console, CampaignSetBudget { id, budget }).await?
        }
        Campaign::Unknown(command) => return unknown(console, command).await,
    };
    let mut data = document(&detail.row)?;
    if let Some(map) = data.as_object_mut() {
        map.insert("failures".to_owned(), document(&detail.failures)?);
        map.insert("excluded_reasons".to_owned(), document(&detail.excluded)?);
        map.insert("waiting_for".to_owned(), document(&detail.stall.as_ref().map(|s| &s.sentence))?);
        map.insert("stall".to_owned(), document(&detail.stall)?);
        map.insert("per_second".to_owned(), document(&detail.per_second)?);
    }
    Ok(data)
}

async fn unknown(console: &Console, command: Unknown) -> Result<Value, UiError> {
    match command {
        Unknown::List { campaign, decided, after, limit } => {
            let filter = if decided { UnknownFilter::Decided } else { UnknownFilter::Open };
            let request = UnknownListRequest { filter, campaign_id: campaign, offset: after, limit };
            let found = api::unknown_list(console, request).await?;
            Ok(page(document(&found.rows)?, after, found.total))
        }
        Unknown::Settle { ids, decision } => {
            let decision = match decision {
                UnknownAs::Leave => UnknownDecision::Leave,
                UnknownAs::NotSent => UnknownDecision::NotSent,
                UnknownAs::TakeBack => UnknownDecision::TakeBack,
            };
            document(&api::unknown_settle(console, UnknownSettle { ids, decision }).await?)
        }
    }
}
