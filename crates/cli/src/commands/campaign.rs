//! `campaign create|list|review|launch|status|pause|resume|cancel|budget|unknown`.

use serde_json::Value;
use switchboard_bridge::UiError;
use switchboard_bridge::dto::{
    ById, CampaignDraft, CampaignLaunch, CampaignSetBudget, Nothing, UnknownDecision, UnknownFilter,
    UnknownListRequest, UnknownSettle,
};
use switchboard_engine::{Console, api};

use super::document;
use crate::arguments::{Campaign, Unknown, UnknownAs};
use crate::output::{page, usage};
use crate::session::{Session, stdin};

pub(super) async fn run(session: &Session, command: Campaign) -> Result<Value, UiError> {
    let console = session.open(false).await?;
    let detail = match command {
        Campaign::Create(file) => {
            let text = if file.file == "-" {
                stdin()?
            } else {
                std::fs::read_to_string(&file.file)
                    .map_err(|_| usage("The draft cannot be read.", "Name a JSON file, or - for standard input."))?
            };
            let draft: CampaignDraft = serde_json::from_str(&text).map_err(|e| {
                usage(
                    format!("The draft is not what it should be: line {}, column {}.", e.line(), e.column()),
                    "It needs name, template_id, phone_number_id, audience and values; docs/cli.md has an example.",
                )
            })?;
            api::campaign_draft_save(&console, draft).await?
        }
        Campaign::List => {
            let list = api::campaign_list(&console, Nothing {}).await?;
            let total = u64::try_from(list.items.len()).unwrap_or(u64::MAX);
            return Ok(page(document(&list.items)?, 0, total));
        }
        Campaign::Review { id } => return document(&api::campaign_review(&console, ById { id }).await?),
        Campaign::Launch { id, people, key } => {
            let idempotency_key = key.unwrap_or_else(|| id.clone());
            api::campaign_launch(&console, CampaignLaunch { id, typed_number: people, idempotency_key }).await?
        }
        Campaign::Status { id } => api::campaign_get(&console, ById { id }).await?,
        Campaign::Pause { id } => api::campaign_pause(&console, ById { id }).await?,
        Campaign::Resume { id } => api::campaign_resume(&console, ById { id }).await?,
        Campaign::Cancel { id } => api::campaign_cancel(&console, ById { id }).await?,
        Campaign::Budget { id, amount } => {
            let budget = (amount != "none").then_some(amount);
            api::campaign_set_budget(&console, CampaignSetBudget { id, budget }).await?
        }
        Campaign::Unknown(command) => return unknown(&console, command).await,
    };
    let mut data = document(&detail.row)?;
    if let Some(map) = data.as_object_mut() {
        map.insert("failures".to_owned(), document(&detail.failures)?);
        map.insert("excluded_reasons".to_owned(), document(&detail.excluded)?);
        map.insert("waiting_for".to_owned(), document(&detail.waiting_for)?);
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
