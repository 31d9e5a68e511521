//! Trying again. The button takes only what Meta refused at the door and where the cause lies with account, number or
//! template, so that it can be mended; it says of everything else why not. What is unknown is never sent again (P3).

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{CampaignDetail, RetryGroup, RetryOffer};
use switchboard_cloud_api::errors::{AfterSend, ErrorClass, ErrorScope, look_up_code};
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::ids::CampaignId;
use switchboard_domain::send::OutboxState;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::campaigns::CampaignRow;
use switchboard_store::tables::outbox::{self, FailedGroup};
use switchboard_store::tables::{account_stops, campaigns, templates};
use switchboard_store::{Connection, Priority, StoreError};

use super::{not_found, show, wrong_state};
use crate::sender::TemplateSnapshot;
use crate::{Console, EngineError};

/// Rows put back in one transaction.
const CHUNK: u32 = 1_000;

/// Whether a cause that was refused at the door can be mended, and why (not). `code` is a Graph code or a word of ours.
fn judge(code: &str) -> (bool, &'static str) {
    const NO_FOR_THE_PERSON: &str = "This is about the person, not about us; trying again would end the same way.";
    const NO_FOR_THE_MESSAGE: &str =
        "The same message would be refused again. Correct the cause and write to them with a new campaign.";
    const OTHER_VALUES: &str =
        "The values were frozen at the launch and would be refused again. Write to them with a new campaign.";
    if matches!(code, "132000" | "132012" | "132018") {
        return (false, OTHER_VALUES);
    }
    let Some(entry) = code.parse::<i64>().ok().and_then(look_up_code) else {
        return (false, "What this means is not documented, so it is not known whether trying again is safe.");
    };
    match (entry.after_send, entry.scope, entry.class) {
        (AfterSend::Unclear, _, _) => (false, "It may have arrived after all."),
        (_, ErrorScope::Recipient | ErrorScope::Pair, _) | (_, _, ErrorClass::Never) => (false, NO_FOR_THE_PERSON),
        (AfterSend::SafeToRepeat, _, _) => (true, "Meta refused it before doing anything; it can be sent again."),
        (_, ErrorScope::Message, _) => (false, NO_FOR_THE_MESSAGE),
        (_, ErrorScope::Template | ErrorScope::Number | ErrorScope::Account, _) => {
            (true, "Meta took none of these messages. Once the cause is mended they can be sent again.")
        }
    }
}

/// A cause as one or two groups: rows that Meta never took, and rows that it had taken.
fn groups_of(group: &FailedGroup) -> Vec<RetryGroup> {
    let known = group.code.parse::<i64>().ok().and_then(look_up_code);
    let sentence = known.map_or_else(|| group.sentence.clone(), |k| k.sentence.to_owned());
    let made = |count: u64, retries: bool, why: &str| RetryGroup {
        code: group.code.clone(),
        sentence: sentence.clone(),
        count,
        retries,
        why: why.to_owned(),
    };
    if group.state == OutboxState::Unknown {
        let why = "Nobody knows whether it arrived, and a second message could reach them twice. It is never sent again by itself.";
        return vec![made(group.taken.saturating_add(group.never_taken), false, why)];
    }
    let mut found = Vec::new();
    if group.never_taken > 0 {
        let (retries, why) = judge(&group.code);
        found.push(made(group.never_taken, retries, why));
    }
    if group.taken > 0 {
        let why = match known.map(|k| (k.scope, k.class)) {
            Some((ErrorScope::Recipient, _) | (_, ErrorClass::Never)) => {
                "Meta took it and could not deliver it to this person; trying again would end the same way."
            }
            _ => "Meta took it first and gave up later; a second message could reach them twice.",
        };
        found.push(made(group.taken, false, why));
    }
    found
}

/// Why nothing can be tried again now.
fn blocked(connection: &Connection, row: &CampaignRow, now: UnixMillis) -> Result<Option<String>, StoreError> {
    match row.state {
        CampaignState::Done | CampaignState::Running | CampaignState::Paused => {}
        CampaignState::Cancelled => return Ok(Some("The campaign was cancelled.".to_owned())),
        CampaignState::Draft | CampaignState::Launching => {
            return Ok(Some("The campaign is not under way.".to_owned()));
        }
    }
    if row.operator_rules.ends_at().is_some_and(|end| end <= now) {
        return Ok(Some("The campaign's end has passed.".to_owned()));
    }
    if let Some(number) = &row.phone_number_id
        && let Some(stop) = account_stops::holding(connection, number)?
    {
        return Ok(Some(format!("{} {}", stop.sentence, stop.remedy)));
    }
    let template = match &row.template_id {
        Some(id) => templates::get(connection, id)?.map(|t| TemplateSnapshot::of(&t)),
        None => None,
    };
    Ok(match template {
        Some(template) if changed_shape(row, &template) => Some(CHANGED_SHAPE.to_owned()),
        Some(template) if template.is_sendable() => None,
        _ => Some("Its template cannot be sent at the moment; look at it in Templates.".to_owned()),
    })
}

/// Rows hold the values of the launch; a template that wants others refuses every one of them.
const CHANGED_SHAPE: &str = "Its template asks for other values than those chosen at the launch, so every message would be \
     refused. Make a new campaign for those who have not got it.";

fn changed_shape(row: &CampaignRow, template: &TemplateSnapshot) -> bool {
    row.template_shape.as_deref().is_some_and(|shape| shape != template.components.shape())
}

fn offer_in(connection: &Connection, id: CampaignId, now: UnixMillis) -> Result<RetryOffer, EngineError> {
    let row = campaigns::get(connection, id)?.ok_or_else(not_found)?;
    let mut groups: Vec<RetryGroup> = outbox::failed_groups(connection, id)?.iter().flat_map(groups_of).collect();
    let blocked = blocked(connection, &row, now)?;
    if blocked.as_deref() == Some(CHANGED_SHAPE) {
        for group in groups.iter_mut().filter(|g| g.retries) {
            group.retries = false;
            CHANGED_SHAPE.clone_into(&mut group.why);
        }
    }
    let count = groups.iter().filter(|g| g.retries).map(|g| g.count).sum();
    Ok(RetryOffer { count, blocked, groups })
}

/// What the button would do, and why not more.
///
/// # Errors
/// [`switchboard_bridge::UiErrorCode::NotFound`].
pub async fn retry_offer(console: &Console, id: CampaignId) -> Result<RetryOffer, UiError> {
    let now = console.clock().now();
    Ok(console.store().read(move |c| offer_in(c, id, now)).await?)
}

/// Puts what is safe to try again back into the queue; a campaign that was done runs again. The claim asks every rule
/// anew, and the row stays the same one: nobody can get two.
///
/// # Errors
/// [`switchboard_bridge::UiErrorCode::WrongState`] with the reason when nothing can be tried again.
pub async fn retry(console: &Console, id: CampaignId) -> Result<CampaignDetail, UiError> {
    let now = console.clock().now();
    let offer = console.store().read(move |c| offer_in(c, id, now)).await?;
    if let Some(why) = offer.blocked {
        return Err(wrong_state(format!("Nothing was tried again. {why}"), "Mend that first, then try again."));
    }
    if offer.count == 0 {
        return Err(wrong_state(
            "There is nothing that is safe to try again.",
            "The reasons stand beside each group of people.",
        ));
    }
    for code in offer.groups.into_iter().filter(|g| g.retries).map(|g| g.code) {
        loop {
            let code = code.clone();
            let again = console
                .store()
                .write(Priority::Bulk, move |tx| {
                    // Under way first: a chunk in the queue of a campaign that is done would wait for nobody.
                    if !campaigns::run_again(tx, id)? {
                        return Ok::<_, EngineError>(0);
                    }
                    Ok(outbox::queue_again(tx, id, &code, CHUNK)?)
                })
                .await?;
            if again == 0 {
                break;
            }
        }
    }
    console.wakes().sender.notify_one();
    show::detail(console, id).await
}

#[cfg(test)]
#[path = "retry_tests.rs"]
mod tests;
