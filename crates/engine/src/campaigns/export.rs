//! A campaign's people with their states, as a table for a spreadsheet.

use std::path::{Path, PathBuf};

use switchboard_bridge::dto::{CampaignRecipientsSave, SavedFile};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::ids::CampaignId;
use switchboard_domain::time::UnixMillis;
use switchboard_store::Store;
use switchboard_store::tables::campaigns;
use switchboard_store::tables::outbox::{self, RecipientFilter};

use super::draft_people::{self, Asked};
use super::recipients::{StatesAndRanks, filter_of, word_of};
use super::{not_found, parse_id};
use crate::table_file::TableFile;
use crate::{Console, EngineError};

const HEADINGS: [&str; 11] = [
    "Name",
    "Address",
    "State",
    "Reason code",
    "Reason",
    "Sent (UTC)",
    "Delivered (UTC)",
    "Read (UTC)",
    "Cost",
    "Message id",
    "Changed (UTC)",
];
/// People read at once of a draft.
const PAGE: u32 = 1_000;

/// Writes the table. People are read while it is written, so memory stays flat.
///
/// # Errors
/// [`UiErrorCode::NotFound`], [`UiErrorCode::InvalidInput`] for a state that is none or no path, [`UiErrorCode::Disk`].
pub async fn save_recipients(console: &Console, request: CampaignRecipientsSave) -> Result<SavedFile, UiError> {
    let id = parse_id(&request.id)?;
    let word = request.state.clone().unwrap_or_else(|| "audience".to_owned());
    let filter = filter_of(&word).ok_or_else(|| {
        UiError::new(UiErrorCode::InvalidInput, "There is no such count.", "Choose one of a campaign's counts.")
            .with_details(serde_json::json!({ "field": "state" }))
    })?;
    if request.path.trim().is_empty() {
        return Err(UiError::new(UiErrorCode::InvalidInput, "No file is named.", "Choose where to save the table.")
            .with_details(serde_json::json!({ "field": "path" })));
    }
    let (store, path, now) = (console.store().clone(), PathBuf::from(&request.path), console.clock().now());
    let rows = tokio::task::spawn_blocking(move || {
        write(&store, &path, now, &Wanted { id, word: &word, filter, reason: request.reason.as_deref() })
    })
    .await
    .unwrap_or_else(|_| Err(UiError::internal("writing the table")))?;
    Ok(SavedFile { path: request.path, rows: Some(rows) })
}

struct Wanted<'a> {
    id: CampaignId,
    word: &'a str,
    filter: StatesAndRanks,
    reason: Option<&'a str>,
}

fn write(store: &Store, path: &Path, now: UnixMillis, wanted: &Wanted<'_>) -> Result<u64, UiError> {
    let mut table = TableFile::begin(path, &HEADINGS)?;
    store
        .read_blocking(|c| {
            let campaign = campaigns::get(c, wanted.id)?.ok_or_else(not_found)?;
            if campaign.state == CampaignState::Draft {
                let mut offset = 0;
                loop {
                    let asked = Asked { word: wanted.word, reason: wanted.reason, offset, limit: PAGE };
                    let page = draft_people::page(c, &campaign, now, &asked)?;
                    for person in &page.rows {
                        let reason = person.reason.as_deref().unwrap_or_default();
                        let cells = [person.name.as_str(), &person.address, &person.state, "", reason];
                        table.row(cells.into_iter().chain(std::iter::repeat_n("", HEADINGS.len() - cells.len())))?;
                    }
                    offset += page.rows.len() as u64;
                    if page.rows.is_empty() || offset >= page.total {
                        return Ok(());
                    }
                }
            }
            let (states, ranks) = wanted.filter;
            let filter = RecipientFilter { states, ranks, reason_code: wanted.reason };
            outbox::for_each_recipient(c, wanted.id, filter, |r| {
                let at = |at: Option<UnixMillis>| at.map(UnixMillis::to_rfc3339).unwrap_or_default();
                let cost = match r.cost_kind.as_deref() {
                    Some("free") => "0".to_owned(),
                    Some("unpriced") => "not known".to_owned(),
                    _ => r.cost_micros.map(switchboard_domain::money::format_micros).unwrap_or_default(),
                };
                table
                    .row([
                        r.person.name.as_str(),
                        &r.person.address,
                        word_of(r.person.state, r.person.delivery_rank),
                        r.reason_code.as_deref().unwrap_or_default(),
                        r.person.reason.as_deref().unwrap_or_default(),
                        &at(r.accepted_at),
                        &at(r.delivered_at),
                        &at(r.read_at),
                        &cost,
                        r.wamid.as_deref().unwrap_or_default(),
                        &r.person.updated_at.to_rfc3339(),
                    ])
                    .map_err(EngineError::from)
            })
        })
        .map_err(|e: EngineError| UiError::from(e))?;
    table.finish()
}
