//! A judged row as the operator sees it.

use switchboard_bridge::dto;
use switchboard_domain::consent::{ConsentState, Purposes};
use switchboard_domain::import::{ColumnRole, Flag, RowConsent, RowVerdict};
use switchboard_domain::time::UnixMillis;

use super::judging::{Row, Sheet};
use super::twice::Twice;
use super::write::names_of;

/// Since when nothing may be sent to this person, if so.
pub(super) fn forbidden(state: &ConsentState) -> Option<UnixMillis> {
    state.opted_out.or(state.erased).or(state.blocked).map(|d| d.at)
}

pub(super) fn day(at: UnixMillis) -> String {
    jiff::Timestamp::from_millisecond(at.as_ms()).map(|t| t.strftime("%-d %B %Y").to_string()).unwrap_or_default()
}

pub(super) const fn verdict_to_dto(v: RowVerdict) -> dto::RowVerdict {
    match v {
        RowVerdict::Accepted => dto::RowVerdict::Accepted,
        RowVerdict::Repaired => dto::RowVerdict::Repaired,
        RowVerdict::Duplicate => dto::RowVerdict::Duplicate,
        RowVerdict::Quarantined => dto::RowVerdict::Quarantined,
        RowVerdict::Rejected => dto::RowVerdict::Rejected,
    }
}

pub(super) const fn verdict_from_dto(v: dto::RowVerdict) -> RowVerdict {
    match v {
        dto::RowVerdict::Accepted => RowVerdict::Accepted,
        dto::RowVerdict::Repaired => RowVerdict::Repaired,
        dto::RowVerdict::Duplicate => RowVerdict::Duplicate,
        dto::RowVerdict::Quarantined => RowVerdict::Quarantined,
        dto::RowVerdict::Rejected => RowVerdict::Rejected,
    }
}

/// A row as the operator sees it.
pub(super) fn shown(
    sheet: &Sheet,
    row: &Row,
    verdict: RowVerdict,
    earlier: Option<(u32, Twice)>,
    state: Option<&ConsentState>,
) -> dto::ImportRow {
    let phone = row
        .judged
        .phone
        .as_ref()
        .map(|p| p.as_e164().to_owned())
        .or_else(|| row.judged.bsuid.as_ref().map(|b| b.as_str().to_owned()))
        .unwrap_or_else(|| row.cell(sheet.mapping.column(ColumnRole::Phone)).to_owned());
    let mut reasons: Vec<String> = Vec::new();
    if let Some(why) = row.judged.not_taken {
        reasons.push(why.sentence());
    } else {
        if let Some((first, decides)) = earlier {
            reasons.push(decides.sentence(first));
        } else if verdict == RowVerdict::Duplicate {
            reasons.push("Known already, with the same or newer evidence.".to_owned());
        }
        reasons.extend(row.judged.repaired.map(str::to_owned));
        reasons.extend(row.judged.flag.filter(|f| *f != Flag::Fictional).map(|f| f.sentence().to_owned()));
        if let Some(at) = state.and_then(forbidden) {
            reasons.push(format!("Opted out here on {}; an import never changes that.", day(at)));
        }
    }
    let source = row.cell(sheet.mapping.column(ColumnRole::ConsentSource));
    let consent = match &row.judged.consent {
        _ if row.judged.not_taken.is_some() => String::new(),
        RowConsent::Proven { given, purposes } => {
            let mut parts = vec![purpose_words(*purposes)];
            if !source.is_empty() {
                parts.push(source.to_owned());
            }
            parts.push(day(given.at));
            parts.join(", ")
        }
        RowConsent::Unproven(why) => format!("Proves nothing: {}", why.sentence()),
        RowConsent::Declined { .. } => "Did not agree.".to_owned(),
        RowConsent::OptedOut { .. } => "Opted out.".to_owned(),
    };
    dto::ImportRow {
        row: row.number,
        phone,
        name: names_of(sheet, row).whole(),
        verdict: verdict_to_dto(verdict),
        reason: reasons.join(" "),
        consent,
        proven: matches!(row.judged.consent, RowConsent::Proven { .. }) && row.judged.not_taken.is_none(),
    }
}

fn purpose_words(purposes: Purposes) -> String {
    let words = purposes.words();
    if words.is_empty() { "marketing and utility".to_owned() } else { words.join(" and ") }
}
