//! The people behind every count.

use switchboard_bridge::dto::{CampaignRecipientsRequest, RecipientPage, RecipientRow};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::send::OutboxState;
use switchboard_store::tables::campaigns;
use switchboard_store::tables::outbox::{self, PersonOfCampaign, RecipientFilter};

use super::draft_people::{self, Asked};
use super::{not_found, parse_id};
use crate::{Console, EngineError};

/// Rows in a page at most.
const PAGE: u32 = 200;

/// States, and ranks from..=to where the state alone does not tell.
pub(super) type StatesAndRanks = (&'static [OutboxState], Option<(u8, u8)>);

/// What is behind a field name of `CampaignCounts`.
pub(super) fn filter_of(word: &str) -> Option<StatesAndRanks> {
    use OutboxState as S;
    Some(match word {
        "audience" => (&[], None),
        "excluded" => (&[S::Excluded], None),
        "queued" => (&[S::Queued], None),
        "sending" => (&[S::Claimed, S::Sending], None),
        "unknown" => (&[S::Unknown], None),
        "held" => (&[S::Held], None),
        "accepted" => (&[S::Accepted], Some((0, 0))),
        "sent" => (&[S::Accepted], Some((1, 1))),
        "delivered" => (&[S::Accepted], Some((2, 2))),
        "read" => (&[S::Accepted], Some((3, 4))),
        "failed" => (&[S::Refused], None),
        "withheld" => (&[S::Withheld], None),
        "cancelled" => (&[S::Cancelled], None),
        _ => return None,
    })
}

/// The field name of `CampaignCounts` that counts a person.
pub(super) fn word_of(state: OutboxState, rank: u8) -> &'static str {
    match (state, rank) {
        (OutboxState::Excluded, _) => "excluded",
        (OutboxState::Queued, _) => "queued",
        (OutboxState::Claimed | OutboxState::Sending, _) => "sending",
        (OutboxState::Unknown, _) => "unknown",
        (OutboxState::Held, _) => "held",
        (OutboxState::Accepted, 0) => "accepted",
        (OutboxState::Accepted, 1) => "sent",
        (OutboxState::Accepted, 2) => "delivered",
        (OutboxState::Accepted, _) => "read",
        (OutboxState::Refused, _) => "failed",
        (OutboxState::Withheld, _) => "withheld",
        (OutboxState::Cancelled, _) => "cancelled",
    }
}

fn row(person: PersonOfCampaign) -> RecipientRow {
    RecipientRow {
        contact_id: person.contact_id.to_string(),
        name: person.name,
        address: person.address,
        state: word_of(person.state, person.delivery_rank).to_owned(),
        reason: person.reason,
        at_ms: person.updated_at.as_ms(),
    }
}

/// A page of a campaign's people.
///
/// # Errors
/// [`UiErrorCode::NotFound`], [`UiErrorCode::InvalidInput`] for a state that is none.
pub async fn recipients(console: &Console, request: CampaignRecipientsRequest) -> Result<RecipientPage, UiError> {
    let id = parse_id(&request.id)?;
    let word = request.state.as_deref().unwrap_or("audience");
    let (states, ranks) = filter_of(word).ok_or_else(|| {
        UiError::new(UiErrorCode::InvalidInput, "There is no such count.", "Choose one of a campaign's counts.")
            .with_details(serde_json::json!({ "field": "state" }))
    })?;
    let now = console.clock().now();
    let page = console
        .store()
        .read(move |c| {
            let campaign = campaigns::get(c, id)?.ok_or_else(not_found)?;
            if campaign.state == CampaignState::Draft {
                let asked = Asked {
                    word: request.state.as_deref().unwrap_or("audience"),
                    reason: request.reason.as_deref(),
                    offset: request.offset,
                    limit: request.limit.min(PAGE),
                };
                return Ok(draft_people::page(c, &campaign, now, &asked)?);
            }
            let filter = RecipientFilter { states, ranks, reason_code: request.reason.as_deref() };
            let total = outbox::recipients_total(c, id, filter)?;
            let people = outbox::recipients(c, id, filter, request.offset, request.limit.min(PAGE))?;
            Ok::<_, EngineError>(RecipientPage { rows: people.into_iter().map(row).collect(), total })
        })
        .await?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_behind_the_count_that_counts_it() {
        for state in OutboxState::ALL {
            for rank in 0..=4 {
                let word = word_of(*state, rank);
                let (states, ranks) = filter_of(word).unwrap_or((&[], None));
                assert!(states.contains(state), "{state:?}");
                assert!(ranks.is_none_or(|(from, to)| (from..=to).contains(&rank)), "{state:?} {rank}");
            }
        }
    }
}
