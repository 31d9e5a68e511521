//! What the operator attests for rows without evidence: typed once for an import, never shown as proof.

use serde::{Deserialize, Serialize};
use switchboard_bridge::dto;
use switchboard_domain::consent::{Precision, Purposes};
use switchboard_domain::import::DateColumn;
use switchboard_domain::time::UnixMillis;

use super::ImportError;

/// What the operator attests, with its days read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Attested {
    pub wording: String,
    pub place: String,
    pub date_from: String,
    pub date_to: String,
    pub from_ms: i64,
    pub marketing: bool,
    pub utility: bool,
}

impl Attested {
    pub(super) fn purposes(&self) -> Purposes {
        let mut p = Purposes::GENERAL;
        if self.marketing {
            p = p.with("marketing");
        }
        if self.utility {
            p = p.with("utility");
        }
        p
    }
}

/// Reads and checks what the operator typed.
pub(super) fn checked(a: &dto::Attestation, now: UnixMillis) -> Result<Attested, ImportError> {
    let missing = |what| Err(ImportError::Attestation { what });
    if a.wording.trim().is_empty() {
        return missing("the wording that people agreed to");
    }
    if a.place.trim().is_empty() {
        return missing("the place where they agreed");
    }
    let day = |text: &str| {
        DateColumn::default().read(text, now).ok().filter(|d| d.precision == Precision::Day && d.at <= now)
    };
    let Some(from) = day(&a.date_from) else { return missing("the first day, as year-month-day, not in the future") };
    let Some(to) = day(&a.date_to) else { return missing("the last day, as year-month-day, not in the future") };
    if to.at < from.at {
        return missing("the last day lies before the first");
    }
    let has = |word: &str| a.purposes.iter().any(|p| p == word);
    if !has("marketing") && !has("utility") {
        return missing("what they agreed to: marketing, utility or both");
    }
    Ok(Attested {
        wording: a.wording.trim().to_owned(),
        place: a.place.trim().to_owned(),
        date_from: a.date_from.trim().to_owned(),
        date_to: a.date_to.trim().to_owned(),
        from_ms: from.at.as_ms(),
        marketing: has("marketing"),
        utility: has("utility"),
    })
}
