//! What Meta says about our templates, guarded by event time; a change that makes one unsendable pauses what runs on it
//! in the same transaction.

use switchboard_cloud_api::webhooks::{
    CorrectCategory, Event, TemplateCategoryUpdate, TemplateComponents, TemplateQuality, TemplateStatusUpdate,
};
use switchboard_domain::ids::TemplateId;
use switchboard_domain::template::status_is_sendable;
use switchboard_domain::time::UnixMillis;
use switchboard_store::WriteTx;
use switchboard_store::tables::{campaigns, templates};

use super::{Applied, Arrival, NotApplied, event_time};
use crate::templates::sentences;

/// A status change.
pub(super) fn apply_status(
    tx: &mut WriteTx<'_>,
    event: &Event,
    update: &TemplateStatusUpdate,
    arrival: Arrival,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    let Some(status) = &update.event else {
        return Err(NotApplied::NotUnderstood("a template change without a status".to_owned()));
    };
    let Some(id) = known(tx, update.template_id.as_ref(), applied)? else { return Ok(()) };
    let at = event_time(event, None, arrival);
    // The words after an exception has ended mean what APPROVED means; the list API says APPROVED too.
    let word = match status.as_str() {
        "REINSTATED" | "UNARCHIVED" => "APPROVED",
        other => other,
    };
    let reason = [
        update.rejection_info.as_ref().and_then(|r| r.reason.as_deref()),
        update.other_info.as_ref().and_then(|o| o.title.as_deref()),
        update.reason.as_deref().filter(|r| !r.eq_ignore_ascii_case("NONE")),
    ]
    .into_iter()
    .flatten()
    .next();
    let changed = templates::set_status(tx, &id, word, reason, at)?.is_some();
    let mut text = sentences::status_changed(status.as_str(), reason);
    let advice = update.rejection_info.as_ref().and_then(|r| r.recommendation.as_deref());
    let description = update.other_info.as_ref().and_then(|o| o.description.as_deref());
    for more in [advice, description].into_iter().flatten() {
        text.push(' ');
        text.push_str(more);
    }
    note(tx, &id, at, "status", &text)?;
    if changed {
        pause_campaigns_if_unsendable(tx, &id, applied)?;
    }
    Ok(tx.touch("templates")?)
}

/// A quality change.
pub(super) fn apply_quality(
    tx: &mut WriteTx<'_>,
    event: &Event,
    update: &TemplateQuality,
    arrival: Arrival,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    let Some(quality) = &update.new_quality_score else {
        return Err(NotApplied::NotUnderstood("a quality change without a score".to_owned()));
    };
    let Some(id) = known(tx, update.template_id.as_ref(), applied)? else { return Ok(()) };
    let at = event_time(event, None, arrival);
    templates::set_quality(tx, &id, &quality.to_ascii_uppercase(), at)?;
    let from = update.previous_quality_score.as_deref();
    note(tx, &id, at, "quality", &sentences::quality_changed(from, quality))?;
    Ok(tx.touch("templates")?)
}

/// A category change, done or announced.
pub(super) fn apply_category(
    tx: &mut WriteTx<'_>,
    event: &Event,
    update: &TemplateCategoryUpdate,
    arrival: Arrival,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    let Some(id) = known(tx, update.template_id.as_ref(), applied)? else { return Ok(()) };
    let at = event_time(event, None, arrival);
    let Some(current) = update.current.as_deref().map(str::to_ascii_lowercase) else {
        applied.templates = true;
        return Ok(());
    };
    let to_come = update.impending.as_deref().map(str::to_ascii_lowercase);
    let changed = templates::set_category(tx, &id, &current, to_come.as_deref(), at)?;
    let text = match &to_come {
        Some(next) => sentences::category_announced(&current, next),
        None => sentences::category_changed(update.previous.as_deref(), &current),
    };
    note(tx, &id, at, "category", &text)?;
    if changed && to_come.is_none() {
        // Another category is another consent and another price: what runs was launched as something else.
        let reason =
            format!("Meta changed the template's category to {current}. Review the campaign before it goes on.");
        if campaigns::pause_of_template(tx, &id, "template_category", &reason)? > 0 {
            applied.sends = true;
            tx.touch("campaigns")?;
        }
    }
    Ok(tx.touch("templates")?)
}

/// Meta's classifier disagrees; nothing changes yet.
pub(super) fn apply_correct_category(
    tx: &mut WriteTx<'_>,
    event: &Event,
    update: &CorrectCategory,
    arrival: Arrival,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    let Some(id) = known(tx, update.template_id.as_ref(), applied)? else { return Ok(()) };
    let at = event_time(event, None, arrival);
    let current = update.category.as_deref().unwrap_or_default().to_ascii_lowercase();
    let correct = update.correct_category.as_deref().unwrap_or_default().to_ascii_lowercase();
    if !current.is_empty() && !correct.is_empty() {
        templates::set_category(tx, &id, &current, Some(&correct), at)?;
    }
    note(tx, &id, at, "category", &sentences::category_doubted(&correct))?;
    Ok(tx.touch("templates")?)
}

/// New texts: the webhook is the occasion to read the template again.
pub(super) fn apply_components(
    tx: &mut WriteTx<'_>,
    event: &Event,
    update: &TemplateComponents,
    arrival: Arrival,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    applied.templates = true;
    let Some(id) = known(tx, update.template_id.as_ref(), applied)? else { return Ok(()) };
    let at = event_time(event, None, arrival);
    note(tx, &id, at, "components", "Its texts or buttons were changed.")?;
    Ok(tx.touch("templates")?)
}

/// Pauses what runs on a template that can no longer be sent, with the reason.
pub(crate) fn pause_campaigns_if_unsendable(
    tx: &mut WriteTx<'_>,
    id: &TemplateId,
    applied: &mut Applied,
) -> Result<(), switchboard_store::StoreError> {
    let Some(template) = templates::get(tx, id)? else { return Ok(()) };
    if status_is_sendable(&template.status) && template.removed_at.is_none() {
        return Ok(());
    }
    let reason =
        sentences::unsendable(&template.status, template.rejected_reason.as_deref(), template.removed_at.is_some())
            .unwrap_or_else(|| "The template cannot be sent.".to_owned());
    if campaigns::pause_of_template(tx, id, "template_unsendable", &reason)? > 0 {
        applied.sends = true;
        tx.touch("campaigns")?;
    }
    Ok(())
}

/// The template, if we know it; an unknown one is an occasion to read the list.
fn known(tx: &WriteTx<'_>, id: Option<&TemplateId>, applied: &mut Applied) -> Result<Option<TemplateId>, NotApplied> {
    let Some(id) = id else {
        return Err(NotApplied::NotUnderstood("a template change that names no template".to_owned()));
    };
    if templates::get(tx, id)?.is_none() {
        applied.templates = true;
        return Ok(None);
    }
    Ok(Some(id.clone()))
}

fn note(tx: &WriteTx<'_>, id: &TemplateId, at: UnixMillis, kind: &str, text: &str) -> Result<(), NotApplied> {
    // A repeated delivery says the same of the same moment.
    let key = format!("{kind}:{id}:{}:{text}", at.as_ms());
    templates::append_event(tx, id, at, kind, text, Some(&key))?;
    Ok(())
}
