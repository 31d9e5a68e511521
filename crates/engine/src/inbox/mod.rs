//! Conversations: the list, one thread, what the composer offers, and what is sent from it.

mod composer;
mod list;
pub mod outgoing;
mod thread;

pub(crate) use composer::in_words;
pub use list::list;
pub use thread::{message, thread};

use switchboard_bridge::dto::Ticks;
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::ids::ContactId;
use switchboard_domain::send::OutboxState;
use switchboard_store::tables::messages::ShownSending;

/// Longest page, as the contract says.
const LONGEST_PAGE: u32 = 200;

/// The ticks under one of ours. A failure that came after the delivery does not take the ticks back.
fn ticks(sending: &ShownSending) -> Ticks {
    let by_rank = match sending.rank {
        0 => None,
        1 => Some(Ticks::Sent),
        2 => Some(Ticks::Delivered),
        _ => Some(Ticks::Read),
    };
    match OutboxState::parse(&sending.state) {
        Some(OutboxState::Queued | OutboxState::Claimed | OutboxState::Sending) => Ticks::Pending,
        Some(OutboxState::Unknown) => by_rank.unwrap_or(Ticks::Unknown),
        Some(OutboxState::Held) => by_rank.unwrap_or(Ticks::Held),
        Some(OutboxState::Accepted) if sending.failed && sending.rank < 2 => Ticks::Failed,
        Some(OutboxState::Accepted) => by_rank.unwrap_or(Ticks::Accepted),
        _ if sending.rank >= 2 => by_rank.unwrap_or(Ticks::Delivered),
        _ => Ticks::Failed,
    }
}

/// Reads a person's id.
fn contact_id(text: &str) -> Result<ContactId, UiError> {
    ContactId::parse(text).map_err(|e| {
        UiError::new(
            UiErrorCode::InvalidInput,
            format!("This conversation cannot be opened: {e}."),
            "Open it from the list.",
        )
    })
}

fn no_such_person() -> UiError {
    UiError::new(
        UiErrorCode::NotFound,
        "This person is not in the address book (any more).",
        "Go back to the list; it shows who is there.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(state: &str, rank: u8, failed: bool) -> Ticks {
        ticks(&ShownSending { state: state.to_owned(), rank, failed, reason: None })
    }

    #[test]
    fn ticks_follow_state_and_rank_and_never_go_back() {
        assert_eq!(of("queued", 0, false), Ticks::Pending);
        assert_eq!(of("accepted", 0, false), Ticks::Accepted);
        assert_eq!(of("accepted", 1, false), Ticks::Sent);
        assert_eq!(of("accepted", 4, false), Ticks::Read);
        assert_eq!(of("unknown", 0, false), Ticks::Unknown);
        assert_eq!(of("refused", 1, true), Ticks::Failed);
        assert_eq!(of("refused", 2, true), Ticks::Delivered, "failed never overrides delivered");
    }
}
