//! The people behind the counts of a draft. Nothing of it is in the outbox yet, so everybody is judged anew, by the
//! same code as in the review: what one opens is what was counted.

use switchboard_bridge::dto::{RecipientPage, RecipientRow};
use switchboard_domain::ids::ContactId;
use switchboard_domain::template::Category;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::campaigns::CampaignRow;
use switchboard_store::tables::{contacts, templates};
use switchboard_store::{Connection, StoreError};

use super::plan::{excluded_words, judge_audience};
use crate::sender::TemplateSnapshot;

/// What is asked for: a field name of `CampaignCounts`, a reason word, and which rows.
pub(super) struct Asked<'a> {
    pub word: &'a str,
    pub reason: Option<&'a str>,
    pub offset: u64,
    pub limit: u32,
}

/// A page of a draft's people: `excluded`, `queued` (they will get it) or `audience`; no other count of a draft has
/// anybody in it.
pub(super) fn page(
    connection: &Connection,
    row: &CampaignRow,
    now: UnixMillis,
    asked: &Asked<'_>,
) -> Result<RecipientPage, StoreError> {
    let mut found: Vec<(ContactId, Option<String>)> = Vec::new();
    let mut total = 0;
    let template = match &row.template_id {
        Some(id) => templates::get(connection, id)?.map(|t| TemplateSnapshot::of(&t)),
        None => None,
    };
    let Some(template) = template else { return Ok(RecipientPage { rows: Vec::new(), total }) };
    judge_audience(connection, row, &template, now, |member, values| {
        let code = values.err();
        let state = if code.is_some() { "excluded" } else { "queued" };
        let wanted = (asked.word == state || asked.word == "audience")
            && asked
                .reason
                .is_none_or(|reason| code.as_deref().is_some_and(|code| reason.split(',').any(|r| r == code)));
        if wanted {
            if total >= asked.offset && found.len() < asked.limit as usize {
                found.push((member.contact_id, code));
            }
            total += 1;
        }
    })?;
    let category = template.category().unwrap_or(Category::Marketing);
    let mut rows = Vec::with_capacity(found.len());
    for (id, code) in found {
        let Some(person) = contacts::get(connection, id)? else { continue };
        rows.push(RecipientRow {
            contact_id: id.to_string(),
            name: person.display_name,
            address: person.phone.or(person.username).unwrap_or_default(),
            state: if code.is_some() { "excluded" } else { "queued" }.to_owned(),
            reason: code.map(|code| excluded_words(&code, category).0),
            at_ms: now.as_ms(),
        });
    }
    Ok(RecipientPage { rows, total })
}
