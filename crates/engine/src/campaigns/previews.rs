//! What real recipients will read, a page at a time in the order of the audience: only those who would get it, with the
//! values that they would be frozen with.

use std::ops::ControlFlow;

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{CampaignPreviews, CampaignPreviewsRequest, CardPreview, RecipientPreview};
use switchboard_domain::campaign::Values;
use switchboard_domain::ids::ContactId;
use switchboard_domain::template::Rendered;
use switchboard_store::tables::audience::AudienceMember;
use switchboard_store::tables::{campaigns, templates};

use super::{not_found, parse_id, plan};
use crate::sender::TemplateSnapshot;
use crate::{Console, EngineError};

/// Messages in a page at most.
const PAGE: u32 = 20;

/// One message as its recipient will read it.
pub(super) fn preview(template: &TemplateSnapshot, member: &AudienceMember, values: &Values) -> RecipientPreview {
    let Rendered { header, body, footer, buttons, button_values, cards } = template.components.render(values);
    RecipientPreview {
        contact_id: member.contact_id.to_string(),
        name: member.name.clone(),
        header,
        body,
        footer,
        buttons,
        button_values,
        cards: cards
            .into_iter()
            .map(|card| CardPreview { body: card.body, buttons: card.buttons, button_values: card.button_values })
            .collect(),
    }
}

/// A page of messages of a draft.
///
/// # Errors
/// [`switchboard_bridge::UiErrorCode::NotFound`].
pub async fn previews(console: &Console, request: CampaignPreviewsRequest) -> Result<CampaignPreviews, UiError> {
    let id = parse_id(&request.id)?;
    let after = request.after.as_deref().map(ContactId::parse).transpose().map_err(|_| not_found())?;
    let limit = request.limit.clamp(1, PAGE) as usize;
    let now = console.clock().now();
    Ok(console
        .store()
        .read(move |c| {
            let row = campaigns::get(c, id)?.ok_or_else(not_found)?;
            let template = match &row.template_id {
                Some(t) => templates::get(c, t)?.map(|t| TemplateSnapshot::of(&t)),
                None => None,
            };
            let mut found = CampaignPreviews { rows: Vec::new(), next: None };
            let Some(template) = template else { return Ok(found) };
            plan::judge_from(c, &row, &template, now, after, |member, values| {
                let Ok(values) = values else { return ControlFlow::Continue(()) };
                if found.rows.len() == limit {
                    // Somebody comes behind this page.
                    found.next = found.rows.last().map(|last| last.contact_id.clone());
                    return ControlFlow::Break(());
                }
                found.rows.push(preview(&template, member, &values));
                ControlFlow::Continue(())
            })?;
            Ok::<_, EngineError>(found)
        })
        .await?)
}
