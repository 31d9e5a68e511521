//! What Meta says about our templates, guarded by event time; a change that makes one unsendable pauses what runs on it
//! in the same transaction.

use switchboard_cloud_api::webhooks::{
    CorrectCategory, Event, TemplateCategoryUpdate, TemplateQuality, TemplateStatusUpdate,
};
use switchboard_domain::ids::TemplateId;
use switchboard_domain::template::status_is_sendable;
use switchboard_domain::time::UnixMillis;
use switchboard_store::WriteTx;
use switchboard_store::tables::{campaigns, templates};

use super::{Applied, Arrival, NotApplied, event_time};
use crate::templates::sentences;

/// New texts or buttons, for the history.
pub(super) const TEXTS_CHANGED: &str = "Its texts or buttons were changed.";

/// A status change.
pub(super) fn apply_status(
    tx: &mut WriteTx<'_>,
    event: &Event,
    id: &TemplateId,
    update: &TemplateStatusUpdate,
    arrival: Arrival,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    if !known(tx, id, applied)? {
        return Ok(());
    }
    let at = event_time(event, None, arrival);
    let change = StatusChange::of(update);
    let changed = templates::set_status(tx, id, change.word, change.reason, at)?.is_some();
    note(tx, id, at, "status", &change.text)?;
    if changed {
        pause_campaigns_if_unsendable(tx, id, applied)?;
    }
    Ok(tx.touch("templates")?)
}

/// A status change in the words of the store and of the template's history.
pub(super) struct StatusChange<'a> {
    /// The status from now on.
    pub word: &'a str,
    /// Why, in Meta's word.
    pub reason: Option<&'a str>,
    /// The sentence for the history.
    pub text: String,
}

impl<'a> StatusChange<'a> {
    /// Reads a change.
    pub(super) fn of(update: &'a TemplateStatusUpdate) -> Self {
        let status = update.event.as_ref().map_or("", |s| s.as_str());
        // The words after an exception has ended mean what APPROVED means; the list API says APPROVED too.
        let word = match status {
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
        let mut text = sentences::status_changed(status, reason);
        let advice = update.rejection_info.as_ref().and_then(|r| r.recommendation.as_deref());
        let description = update.other_info.as_ref().and_then(|o| o.description.as_deref());
        for more in [advice, description].into_iter().flatten() {
            text.push(' ');
            text.push_str(more);
        }
        Self { word, reason, text }
    }

    /// Whether messages with the template may be sent from now on.
    pub(super) fn is_sendable(&self) -> bool {
        status_is_sendable(self.word)
    }
}

/// A quality change.
pub(super) fn apply_quality(
    tx: &mut WriteTx<'_>,
    event: &Event,
    id: &TemplateId,
    quality: &str,
    update: &TemplateQuality,
    arrival: Arrival,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    if !known(tx, id, applied)? {
        return Ok(());
    }
    let at = event_time(event, None, arrival);
    templates::set_quality(tx, id, &quality.to_ascii_uppercase(), at)?;
    let from = update.previous_quality_score.as_deref();
    note(tx, id, at, "quality", &sentences::quality_changed(from, quality))?;
    Ok(tx.touch("templates")?)
}

/// A category change, done or announced.
pub(super) fn apply_category(
    tx: &mut WriteTx<'_>,
    event: &Event,
    id: &TemplateId,
    current: &str,
    update: &TemplateCategoryUpdate,
    arrival: Arrival,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    if !known(tx, id, applied)? {
        return Ok(());
    }
    let at = event_time(event, None, arrival);
    let to_come = update.impending.as_deref().map(str::to_ascii_lowercase);
    let changed = templates::set_category(tx, id, current, to_come.as_deref(), at)?;
    note(tx, id, at, "category", &category_text(update, current))?;
    if changed && to_come.is_none() {
        // Another category is another consent and another price: what runs was launched as something else.
        let reason =
            format!("Meta changed the template's category to {current}. Review the campaign before it goes on.");
        if campaigns::pause_of_template(tx, id, "template_category", &reason)? > 0 {
            applied.sends = true;
            tx.touch("campaigns")?;
        }
    }
    Ok(tx.touch("templates")?)
}

/// A category change for the history.
pub(super) fn category_text(update: &TemplateCategoryUpdate, current: &str) -> String {
    match update.impending.as_deref().map(str::to_ascii_lowercase) {
        Some(next) => sentences::category_announced(current, &next),
        None => sentences::category_changed(update.previous.as_deref(), current),
    }
}

/// Meta's classifier disagrees; nothing changes yet.
pub(super) fn apply_correct_category(
    tx: &mut WriteTx<'_>,
    event: &Event,
    id: &TemplateId,
    update: &CorrectCategory,
    arrival: Arrival,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    if !known(tx, id, applied)? {
        return Ok(());
    }
    let at = event_time(event, None, arrival);
    let current = update.category.as_deref().unwrap_or_default().to_ascii_lowercase();
    let correct = update.correct_category.as_deref().unwrap_or_default().to_ascii_lowercase();
    if !current.is_empty() && !correct.is_empty() {
        templates::set_category(tx, id, &current, Some(&correct), at)?;
    }
    note(tx, id, at, "category", &sentences::category_doubted(&correct))?;
    Ok(tx.touch("templates")?)
}

/// New texts: the webhook is the occasion to read the template again.
pub(super) fn apply_components(
    tx: &mut WriteTx<'_>,
    event: &Event,
    id: &TemplateId,
    arrival: Arrival,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    applied.templates = true;
    if !known(tx, id, applied)? {
        return Ok(());
    }
    let at = event_time(event, None, arrival);
    note(tx, id, at, "components", TEXTS_CHANGED)?;
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

/// Whether we know the template; an unknown one is an occasion to read the list.
fn known(tx: &WriteTx<'_>, id: &TemplateId, applied: &mut Applied) -> Result<bool, NotApplied> {
    let known = templates::get(tx, id)?.is_some();
    applied.templates |= !known;
    Ok(known)
}

fn note(tx: &WriteTx<'_>, id: &TemplateId, at: UnixMillis, kind: &str, text: &str) -> Result<(), NotApplied> {
    // A repeated delivery says the same of the same moment.
    let key = format!("{kind}:{id}:{}:{text}", at.as_ms());
    templates::append_event(tx, id, at, kind, text, Some(&key))?;
    Ok(())
}
