//! Campaigns: drafting, reviewing, launching, steering and looking at them. The sending itself is [`crate::sender`].

mod control;
mod draft;
mod draft_people;
mod export;
mod finish;
mod forecast;
mod launch;
mod plan;
mod preflight;
mod previews;
mod recipients;
pub mod rehearsal;
mod replies;
mod report;
mod retry;
mod review;
mod rules;
mod show;
mod stall;
mod test_send;
mod upkeep;

pub use control::{cancel, pause, resume};
pub use draft::{delete, save};
pub use export::save_recipients;
pub use launch::{launch, undo};
pub use preflight::preflight;
pub use previews::previews;
pub use recipients::recipients;
pub use report::report;
pub use retry::{retry, retry_offer};
pub use review::review;
pub use rules::budget_micros;
pub use show::{get, list, list_in, under_way_in};
pub use test_send::{test_list, test_send};
pub use upkeep::{Upkeep, run, step};

use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::ids::CampaignId;

/// Reads a campaign's id as a window or the command line gave it.
///
/// # Errors
/// [`UiErrorCode::NotFound`].
pub fn parse_id(text: &str) -> Result<CampaignId, UiError> {
    CampaignId::parse(text).map_err(|_| not_found())
}

fn not_found() -> UiError {
    UiError::new(
        UiErrorCode::NotFound,
        "This campaign does not exist (any more).",
        "Choose one from the list of campaigns.",
    )
}

fn wrong_state(message: impl Into<String>, remedy: &str) -> UiError {
    UiError::new(UiErrorCode::WrongState, message, remedy)
}

#[cfg(test)]
mod audience_tests;
#[cfg(test)]
mod forecast_tests;
#[cfg(test)]
mod tests;
