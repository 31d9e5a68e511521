//! The review: what will happen, before anything happens.

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{CampaignReview, CoursePoint};
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::ids::CampaignId;

use super::plan::{self, Plan, reason};
use super::{not_found, wrong_state};
use crate::{Console, EngineError};

/// Reads the plan of a draft and adds what only the console knows.
pub(super) async fn plan_of_draft(console: &Console, id: CampaignId) -> Result<Plan, UiError> {
    let now = console.clock().now();
    let practice = console.profile().is_practice();
    let rate = console.rate_override();
    let plan: Option<Plan> =
        console.store().read(move |c| Ok::<_, EngineError>(plan::read(c, id, now, practice, rate)?)).await?;
    let mut plan = plan.ok_or_else(not_found)?;
    if plan.row.state != CampaignState::Draft {
        return Err(wrong_state("This campaign was launched already.", "Open it to see how far it is."));
    }
    if let Err(error) = console.graph().await {
        plan.blockers.push(reason("token", error.message, &error.remedy, 1));
    }
    Ok(plan)
}

/// What will happen if this draft is launched now.
///
/// # Errors
/// [`switchboard_bridge::UiErrorCode::NotFound`], [`switchboard_bridge::UiErrorCode::WrongState`].
pub async fn review(console: &Console, id: CampaignId) -> Result<CampaignReview, UiError> {
    let plan = plan_of_draft(console, id).await?;
    let seconds = (plan.will_receive as f64 / plan.rate_per_second.max(0.1)).ceil();
    Ok(CampaignReview {
        campaign_id: id.to_string(),
        audience: plan.audience,
        will_receive: plan.will_receive,
        excluded: plan.excluded,
        blockers: plan.blockers,
        warnings: plan.warnings,
        rate_per_second: plan.rate_per_second,
        estimate_seconds: seconds as u64,
        starts_at_ms: plan.starts_at.as_ms(),
        zone: plan.zone,
        clocks_change: plan.clocks_change,
        finish_at_ms: plan.finish.finish.map(switchboard_domain::time::UnixMillis::as_ms),
        not_in_time: plan.finish.left,
        course: plan.finish.course.into_iter().map(|(at, people)| CoursePoint { at_ms: at.as_ms(), people }).collect(),
        held: plan.held,
        cost: plan.cost.ok_or_else(not_found)?,
        previews: plan.previews,
        from_display_phone_number: plan.number.map(|n| n.display_phone_number).unwrap_or_default(),
        confirm_by_typing: plan.confirm_by_typing,
        template_hash: plan.template.map(|t| t.hash),
    })
}
