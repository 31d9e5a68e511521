//! The launch: refuses with reasons, or turns a draft into a launching campaign exactly once. The audience is
//! written to the outbox afterwards, in chunks ([`super::upkeep`]); the first message may leave ten seconds later,
//! and until then the launch can be undone.

use std::collections::BTreeMap;
use std::time::Duration;

use switchboard_bridge::dto::{CampaignDetail, CampaignLaunch};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_cloud_api::media;
use switchboard_domain::campaign::{CampaignState, HEADER_MEDIA};
use switchboard_domain::ids::{CampaignId, MediaId};
use switchboard_store::Priority;
use switchboard_store::tables::campaigns;

use super::draft::media_file;
use super::plan::Plan;
use super::review::plan_of_draft;
use super::{not_found, parse_id, show, upkeep, wrong_state};
use crate::{Console, EngineError};

/// Time to undo a launch before anything leaves.
pub const UNDO_FOR: Duration = Duration::from_secs(10);
/// An uploaded header is used again for this long; Meta keeps it 30 days (messages.md §12).
const HEADER_MEDIA_FRESH: Duration = Duration::from_secs(25 * 86_400);

/// Launches a draft. The same key again answers with the launched campaign.
///
/// # Errors
/// [`UiErrorCode::LaunchRefused`] with `details.blockers`, [`UiErrorCode::InvalidInput`] when the typed number is
/// not the number of people, [`UiErrorCode::WrongState`] when it was launched before.
pub async fn launch(console: &Console, request: CampaignLaunch) -> Result<CampaignDetail, UiError> {
    let id = parse_id(&request.id)?;
    if request.idempotency_key.trim().is_empty() {
        return Err(UiError::new(
            UiErrorCode::InvalidInput,
            "The launch has no key that tells one press of the button from another.",
            "Launch from the window, or give --idempotency-key.",
        ));
    }
    if already(console, id, &request.idempotency_key).await? {
        return show::detail(console, id).await;
    }
    let plan = match plan_of_draft(console, id).await {
        Ok(plan) => plan,
        // Of two presses at once the other was quicker.
        Err(no) => {
            let launched = already(console, id, &request.idempotency_key).await?;
            return if launched { show::detail(console, id).await } else { Err(no) };
        }
    };
    refuse_if_blocked(&plan)?;
    refuse_if_changed(&plan, request.template_hash.as_deref())?;
    if plan.confirm_by_typing && request.typed_number != Some(plan.will_receive) {
        return Err(UiError::new(
            UiErrorCode::InvalidInput,
            format!("{} people will receive this; that is not the number typed.", plan.will_receive),
            "Look at the review again and type the number of people.",
        )
        .with_details(serde_json::json!({ "field": "typed_number", "expected": plan.will_receive })));
    }
    upload_media(console, &plan).await?;
    let category = plan.template.as_ref().map(|t| t.category.clone()).unwrap_or_default();
    let planned = plan.starts_at;
    let mut launch = campaigns::Launch {
        key: request.idempotency_key.clone(),
        category,
        template_hash: plan.template.as_ref().map(|t| t.hash.clone()),
        template_shape: plan.template.as_ref().map(|t| t.components.shape()),
        starts_at: planned,
        plan: serde_json::to_string(&plan.foretold()).unwrap_or_default(),
    };
    let launched = console
        .store()
        .write(Priority::Claim, move |tx| {
            // A plan further ahead than the ten seconds needs no other time to undo.
            launch.starts_at = tx.now().plus(UNDO_FOR).max(planned);
            campaigns::launch(tx, id, &launch).map_err(EngineError::from)
        })
        .await?;
    if !launched && !already(console, id, &request.idempotency_key).await? {
        return Err(launched_before());
    }
    console.wakes().sender.notify_one();
    console.wakes().campaigns.notify_one();
    show::detail(console, id).await
}

fn launched_before() -> UiError {
    wrong_state("This campaign was launched already.", "Open it to see how far it is.")
}

/// Whether this very press of the button launched it; an error if another did.
async fn already(console: &Console, id: CampaignId, key: &str) -> Result<bool, UiError> {
    let row =
        console.store().read(move |c| campaigns::get(c, id).map_err(EngineError::from)).await?.ok_or_else(not_found)?;
    match (row.state, row.launch_key.as_deref()) {
        (CampaignState::Draft, _) => Ok(false),
        (CampaignState::Cancelled, _) => {
            Err(wrong_state("This campaign was cancelled and cannot be launched again.", "Make a new campaign."))
        }
        (_, Some(k)) if k == key => Ok(true),
        _ => Err(launched_before()),
    }
}

fn refuse_if_blocked(plan: &Plan) -> Result<(), UiError> {
    let Some(first) = plan.blockers.first() else { return Ok(()) };
    Err(UiError::new(
        UiErrorCode::LaunchRefused,
        format!("This campaign cannot be launched: {}", first.sentence),
        first.remedy.clone().unwrap_or_else(|| "See the review for all reasons.".to_owned()),
    )
    .with_details(serde_json::json!({ "blockers": plan.blockers })))
}

/// What was reviewed must be what is launched: Meta lets a template be edited at any time.
fn refuse_if_changed(plan: &Plan, reviewed: Option<&str>) -> Result<(), UiError> {
    let now = plan.template.as_ref().map(|t| t.hash.as_str());
    if reviewed.is_none() || reviewed == now {
        return Ok(());
    }
    let changed = super::plan::reason(
        "template_changed",
        "The text of the template was changed at Meta since you reviewed it.",
        "Look at the review again, then launch.",
        1,
    );
    Err(UiError::new(
        UiErrorCode::LaunchRefused,
        format!("This campaign was not launched: {}", changed.sentence),
        "Look at the review again, then launch.",
    )
    .with_details(serde_json::json!({ "blockers": [changed] })))
}

/// Uploads the files of header and cards, each once per campaign.
pub(super) async fn upload_media(console: &Console, plan: &Plan) -> Result<(), UiError> {
    let slots = plan.template.as_ref().map(|t| t.components.media()).unwrap_or_default();
    let Some(number) = plan.row.phone_number_id.as_ref().filter(|_| !slots.is_empty()) else { return Ok(()) };
    let now = console.clock().now();
    if plan.row.header_media_at.is_some_and(|at| now.since(at) < HEADER_MEDIA_FRESH) {
        return Ok(());
    }
    let client = console.graph().await?;
    let mut by_path: BTreeMap<String, MediaId> = BTreeMap::new();
    let (mut header, mut cards) = (None, BTreeMap::new());
    for slot in slots {
        let Some(path) = media_file(&plan.row.rules, &slot.key) else { continue };
        let media_id = match by_path.get(path) {
            Some(known) => known.clone(),
            None => {
                let name = std::path::Path::new(path)
                    .file_name()
                    .map(|n| n.to_string_lossy().into_owned())
                    .unwrap_or_default();
                let bytes = tokio::fs::read(path).await.map_err(|_| {
                    UiError::new(
                        UiErrorCode::InvalidInput,
                        "A file for the message cannot be read.",
                        "Choose it again.",
                    )
                    .with_details(serde_json::json!({ "field": slot.key }))
                })?;
                let (id, _) = media::upload(&client, number, bytes.into(), &name).await.map_err(EngineError::from)?;
                by_path.insert(path.to_owned(), id.clone());
                id
            }
        };
        if slot.key == HEADER_MEDIA {
            header = Some(media_id);
        } else {
            cards.insert(slot.key, media_id);
        }
    }
    let id = plan.row.campaign_id;
    console
        .store()
        .write(Priority::Claim, move |tx| {
            let at = tx.now();
            campaigns::set_media(tx, id, header.as_ref(), &cards, at).map_err(EngineError::from)
        })
        .await?;
    Ok(())
}

/// Undoes a launch: back to a draft, while nothing was claimed.
///
/// # Errors
/// [`UiErrorCode::WrongState`] once its first message may have left.
pub async fn undo(console: &Console, id: CampaignId) -> Result<CampaignDetail, UiError> {
    let undone = console
        .store()
        .write(Priority::Claim, move |tx| {
            campaigns::get(tx, id)?.ok_or_else(not_found)?;
            campaigns::undo_launch(tx, id).map_err(EngineError::from)
        })
        .await?;
    if !undone {
        return Err(wrong_state(
            "The launch can no longer be undone: its messages are on their way, or it was not launched.",
            "Pause or cancel the campaign instead; what has left cannot be taken back.",
        ));
    }
    upkeep::finish_off(console, id).await?;
    console.wakes().campaigns.notify_one();
    show::detail(console, id).await
}
