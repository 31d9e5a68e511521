//! Pause, resume, cancel. Each is one guarded update and answers at once; what is in flight is finished.

use switchboard_bridge::UiError;
use switchboard_bridge::dto::CampaignDetail;
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::ids::CampaignId;
use switchboard_store::tables::campaigns::CampaignRow;
use switchboard_store::tables::{account_stops, campaigns, outbox, templates};
use switchboard_store::{Priority, WriteTx};

use super::{not_found, show, upkeep, wrong_state};
use crate::sender::TemplateSnapshot;
use crate::{Console, EngineError};

/// Word for a pause or a cancel by the operator.
pub const PAUSED_BY_OPERATOR: &str = "operator";

/// Pauses: nothing more is claimed, what is in flight is finished.
///
/// # Errors
/// [`switchboard_bridge::UiErrorCode::WrongState`] for a campaign that does not run.
pub async fn pause(console: &Console, id: CampaignId) -> Result<CampaignDetail, UiError> {
    let state = console
        .store()
        .write(Priority::Claim, move |tx| {
            let row = campaigns::get(tx, id)?.ok_or_else(not_found)?;
            let paused = campaigns::pause(tx, id, PAUSED_BY_OPERATOR, "Paused by you.")?;
            Ok::<_, EngineError>((!paused && row.state != CampaignState::Paused).then_some(row.state))
        })
        .await?;
    match state {
        None => show::detail(console, id).await,
        Some(state) => Err(wrong_state(
            format!("A campaign that is {} cannot be paused.", state.as_str()),
            "Only a launched campaign that has not ended can be paused.",
        )),
    }
}

/// Resumes. Refused while something stops the account: nothing resumes by itself or by accident after that.
///
/// # Errors
/// [`switchboard_bridge::UiErrorCode::WrongState`].
pub async fn resume(console: &Console, id: CampaignId) -> Result<CampaignDetail, UiError> {
    console
        .store()
        .write(Priority::Claim, move |tx| {
            let row = campaigns::get(tx, id)?.ok_or_else(not_found)?;
            if let Some(number) = &row.phone_number_id
                && let Some(stop) = account_stops::holding(tx, number)?
            {
                return Err(EngineError::from(UiError::new(
                    switchboard_bridge::UiErrorCode::WrongState,
                    format!("The campaign cannot go on: {}", stop.sentence),
                    format!("{} Then check the account again in Settings.", stop.remedy),
                )));
            }
            match row.state {
                CampaignState::Running | CampaignState::Launching => Ok(()),
                CampaignState::Paused => {
                    accept_new_text(tx, &row)?;
                    campaigns::resume(tx, id)?;
                    Ok(())
                }
                state => Err(EngineError::from(wrong_state(
                    format!("A campaign that is {} cannot be resumed.", state.as_str()),
                    "Only a paused campaign can be resumed.",
                ))),
            }
        })
        .await?;
    console.wakes().sender.notify_one();
    console.wakes().campaigns.notify_one();
    show::detail(console, id).await
}

/// Resuming after the template's text changed means the new text, if the values that were frozen at the launch fit it.
fn accept_new_text(tx: &mut WriteTx<'_>, row: &CampaignRow) -> Result<(), EngineError> {
    if row.paused_code.as_deref() != Some("template_changed") {
        return Ok(());
    }
    let template = match &row.template_id {
        Some(id) => templates::get(tx, id)?.map(|t| TemplateSnapshot::of(&t)),
        None => None,
    };
    let Some(template) = template else { return Ok(()) };
    let other_shape = row.template_shape.as_deref().is_some_and(|shape| shape != template.components.shape());
    let fits = !other_shape
        && outbox::sample_queued(tx, row.campaign_id, 1)?.first().is_none_or(|waiting| {
            let variables = template.components.variables();
            variables.len() == waiting.content.values.len()
                && variables.iter().all(|v| waiting.content.values.contains_key(&v.key()))
        });
    if !fits {
        return Err(EngineError::from(wrong_state(
            "The template now asks for other values than those chosen at the launch, so it cannot go on.",
            "Cancel the rest and make a new campaign for those who have not got it.",
        )));
    }
    Ok(campaigns::set_template_hash(tx, row.campaign_id, &template.hash)?)
}

/// Cancels: nothing more is claimed, and what waits is marked as not sent by us.
///
/// # Errors
/// [`switchboard_bridge::UiErrorCode::WrongState`] for a draft or a campaign that has ended.
pub async fn cancel(console: &Console, id: CampaignId) -> Result<CampaignDetail, UiError> {
    let state = console
        .store()
        .write(Priority::Claim, move |tx| {
            let row = campaigns::get(tx, id)?.ok_or_else(not_found)?;
            let cancelled = campaigns::cancel(tx, id, PAUSED_BY_OPERATOR, "Cancelled by you.")?;
            Ok::<_, EngineError>((!cancelled && row.state != CampaignState::Cancelled).then_some(row.state))
        })
        .await?;
    if let Some(state) = state {
        return Err(wrong_state(
            format!("A campaign that is {} cannot be cancelled.", state.as_str()),
            "A draft can be deleted; what has ended needs nothing.",
        ));
    }
    upkeep::finish_off(console, id).await?;
    console.wakes().campaigns.notify_one();
    show::detail(console, id).await
}
