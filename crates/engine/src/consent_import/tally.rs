//! What the rows of a file come to: counts, reasons, and one sentence on what they prove.

use std::collections::BTreeMap;

use switchboard_bridge::dto;
use switchboard_domain::consent::ConsentState;
use switchboard_domain::import::{Flag, RowConsent, RowVerdict};
use switchboard_domain::template::Category;
use switchboard_domain::time::UnixMillis;

use super::judging::Row;
use super::shown::{day, forbidden, verdict_to_dto};
use super::twice::Twice;
use super::write::adds_nothing;

/// What the rows of a file come to.
#[derive(Default)]
pub(super) struct Tally {
    verdicts: BTreeMap<usize, u64>,
    reasons: Vec<dto::CountedReason>,
    proven: u64,
    unproven: u64,
    opted_out: u64,
    suppressed: u64,
    new_contacts: u64,
    marketing: u64,
    utility: u64,
    proven_new: u64,
    unproven_new: u64,
    unproven_attestable: u64,
    opted_out_new: u64,
    known: u64,
    fictional: u64,
    rows: u64,
    earliest: Option<UnixMillis>,
    latest: Option<UnixMillis>,
    pub(super) first_rows: Vec<dto::ImportRow>,
}

impl Tally {
    /// Counts one row.
    pub(super) fn count(
        &mut self,
        row: &Row,
        verdict: RowVerdict,
        earlier: Option<(u32, Twice)>,
        state: Option<&ConsentState>,
    ) {
        let place = RowVerdict::ALL.iter().position(|v| *v == verdict).unwrap_or(0);
        *self.verdicts.entry(place).or_default() += 1;
        self.rows += 1;
        if let Some(why) = row.judged.not_taken {
            self.reason(why.code(), &why.sentence(), why.remedy());
            return;
        }
        if let Some(repaired) = row.judged.repaired {
            self.reason("repaired", repaired, None);
        }
        match row.judged.flag {
            // A list of nothing but such numbers is one for practice, and knows it.
            Some(Flag::Fictional) => self.fictional += 1,
            Some(flag) => self.reason(flag.code(), flag.sentence(), None),
            None => {}
        }
        let adds = !state.is_some_and(|s| adds_nothing(&row.judged.consent, s));
        match &row.judged.consent {
            RowConsent::Proven { .. } => self.proven_new += u64::from(adds),
            RowConsent::OptedOut { .. } | RowConsent::Declined { .. } => self.opted_out_new += u64::from(adds),
            RowConsent::Unproven(why) if earlier.is_none() => {
                self.unproven_new += u64::from(state.is_none());
                let without = state.is_none_or(|s| s.marketing.is_none() && s.utility.is_none());
                self.unproven_attestable += u64::from(without && why.may_be_attested());
            }
            RowConsent::Unproven(_) => {}
        }
        self.known += u64::from(state.is_some() && earlier.is_none());
        if earlier.is_some() {
            self.reason(
                "same_person",
                "The same person stands on an earlier row; the newer word decides, and an opt-out always does.",
                None,
            );
        } else if verdict == RowVerdict::Duplicate {
            self.reason("known_already", "Known already, with the same or newer evidence.", None);
        }
        match &row.judged.consent {
            RowConsent::Proven { given, purposes } => {
                self.proven += 1;
                self.marketing += u64::from(purposes.covers(Category::Marketing));
                self.utility += u64::from(purposes.covers(Category::Utility));
                self.earliest = Some(self.earliest.map_or(given.at, |e| e.min(given.at)));
                self.latest = Some(self.latest.map_or(given.at, |l| l.max(given.at)));
            }
            RowConsent::Unproven(why) => {
                self.unproven += 1;
                self.reason(
                    why.code(),
                    why.sentence(),
                    Some("Attest for these people, take them along without marketing, or leave them out."),
                );
            }
            RowConsent::OptedOut { .. } => {
                self.opted_out += 1;
                self.reason("says_opted_out", "The row says that the person opted out; that is recorded.", None);
            }
            RowConsent::Declined { .. } => {
                self.opted_out += 1;
                self.reason("says_no", "The row says that the person did not agree; that is recorded.", None);
            }
        }
        match state {
            Some(s) if earlier.is_none() && forbidden(s).is_some() => {
                self.suppressed += 1;
                self.reason("opted_out_here", "Opted out here already; an import never changes that.", None);
            }
            None if earlier.is_none() => self.new_contacts += 1,
            _ => {}
        }
    }

    fn reason(&mut self, code: &str, sentence: &str, remedy: Option<&str>) {
        match self.reasons.iter_mut().find(|r| r.code == code && r.sentence == sentence) {
            Some(r) => r.count += 1,
            None => self.reasons.push(dto::CountedReason {
                code: code.to_owned(),
                sentence: sentence.to_owned(),
                remedy: remedy.map(str::to_owned),
                count: 1,
            }),
        }
    }

    /// What the operator is told.
    pub(super) fn answer(mut self, preview_id: String) -> dto::ImportPreview {
        if self.fictional > 0 && self.fictional * 2 < self.rows {
            let count = self.fictional;
            let (code, sentence) = (Flag::Fictional.code().to_owned(), Flag::Fictional.sentence().to_owned());
            self.reasons.push(dto::CountedReason { code, sentence, remedy: None, count });
        }
        self.reasons.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
        dto::ImportPreview {
            preview_id,
            verdicts: RowVerdict::ALL
                .iter()
                .enumerate()
                .map(|(i, v)| dto::VerdictCount {
                    verdict: verdict_to_dto(*v),
                    count: self.verdicts.get(&i).copied().unwrap_or(0),
                })
                .collect(),
            proof_sentence: self.proof_sentence(),
            reasons: self.reasons,
            proven: self.proven,
            unproven: self.unproven,
            opted_out: self.opted_out,
            suppressed: self.suppressed,
            new_contacts: self.new_contacts,
            proven_new: self.proven_new,
            unproven_new: self.unproven_new,
            unproven_attestable: self.unproven_attestable,
            opted_out_new: self.opted_out_new,
            known: self.known,
            imported_before: None,
            imported_before_choice: None,
            first_rows: self.first_rows,
        }
    }

    fn proof_sentence(&self) -> String {
        let (Some(from), Some(to)) = (self.earliest, self.latest) else {
            return "No row proves that a person agreed: each needs a yes, a date, and where or to what wording."
                .to_owned();
        };
        let when = if day(from) == day(to) {
            format!("on {}", day(from))
        } else {
            format!("between {} and {}", day(from), day(to))
        };
        let what = if self.marketing == self.proven {
            if self.utility == 0 { "marketing" } else { "marketing and service notices" }.to_owned()
        } else {
            format!("messages, {} of them to marketing", self.marketing)
        };
        let rest = match self.unproven {
            0 => String::new(),
            1 => " One row proves nothing.".to_owned(),
            n => format!(" {n} rows prove nothing."),
        };
        let shows = if self.proven == 1 { "One row shows".to_owned() } else { format!("{} rows show", self.proven) };
        format!("{shows} that the person agreed to {what}, {when}.{rest}")
    }
}
