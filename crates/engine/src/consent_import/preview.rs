//! Judging a whole file before anything is written.
//!
//! What stays in memory of a row are its verdict and a few marks (one byte) and, while the file is read, eight
//! bytes that recognise the same person on another row. Pages of rows are read again from the file.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use switchboard_bridge::dto;
use switchboard_domain::consent::{ConsentState, Purposes};
use switchboard_domain::import::{ColumnRole, Mapping, RowConsent, RowVerdict};
use switchboard_domain::phone::Region;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::consent_state;
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::{Connection, Store, StoreError};

use super::judging::{CHUNK_ROWS, Row, Sheet};
use super::source::Source;
use super::write::{adds_nothing, find, names_of};
use super::{ImportContext, ImportError, blocking, inspect};

/// Previews that are kept; older ones are forgotten and must be made again.
const KEPT: usize = 8;
/// Rows that come with the preview itself.
const FIRST_ROWS: u32 = 50;
/// Largest page of rows.
const PAGE_ROWS: u32 = 500;

const VERDICT: u8 = 0b0000_0111;
const UNPROVEN: u8 = 0b0000_1000;
const PROVEN: u8 = 0b0001_0000;

/// A preview that was made. It holds nothing of any person.
#[derive(Debug)]
pub(super) struct Preview {
    pub id: String,
    pub sheet: Sheet,
    marks: Vec<u8>,
    /// Rows on which somebody of an earlier row stands again.
    again: HashMap<u32, u32>,
}

static PREVIEWS: LazyLock<Mutex<VecDeque<Arc<Preview>>>> = LazyLock::new(Mutex::default);

pub(super) fn kept(id: &str) -> Result<Arc<Preview>, ImportError> {
    let kept = PREVIEWS.lock().unwrap_or_else(PoisonError::into_inner);
    kept.iter().find(|p| p.id == id).cloned().ok_or(ImportError::NoPreview)
}

/// Judges every row. Nothing is written.
///
/// # Errors
/// [`ImportError`].
pub async fn preview(
    context: &ImportContext,
    request: dto::ImportPreviewRequest,
) -> Result<dto::ImportPreview, ImportError> {
    let context = context.clone();
    blocking(move || {
        let mapping =
            Mapping::new(request.mapping.iter().map(|c| (c.index as usize, inspect::role_from_dto(c.role))).collect());
        let region = request.region.as_deref().and_then(Region::parse);
        let sheet = Sheet::open(Source::open(&PathBuf::from(&request.path))?, mapping, region, request.has_header)?;
        let id = uuid::Uuid::new_v4().to_string();
        let (preview, answer) = judge_file(&context, id, sheet)?;
        let mut kept = PREVIEWS.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back(Arc::new(preview));
        while kept.len() > KEPT {
            kept.pop_front();
        }
        Ok(answer)
    })
    .await
}

/// What is known of the people of some rows.
fn known_states(connection: &Connection, rows: &[Row]) -> Result<Vec<Option<ConsentState>>, StoreError> {
    rows.iter()
        .map(|row| {
            if row.judged.not_taken.is_some() {
                return Ok(None);
            }
            let keys = PersonKeys {
                phone: row.judged.phone.clone(),
                bsuid: row.judged.bsuid.clone(),
                ..PersonKeys::default()
            };
            match find(connection, &keys)? {
                Some(contact) => consent_state::get(connection, contact).map(Some),
                None => Ok(None),
            }
        })
        .collect()
}

fn judge_file(context: &ImportContext, id: String, sheet: Sheet) -> Result<(Preview, dto::ImportPreview), ImportError> {
    let now = context.store.clock().now();
    let mut rows = sheet.rows(now)?;
    let hasher = RandomState::new();
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let mut tally = Tally::default();
    let mut marks = Vec::new();
    let mut again = HashMap::new();
    loop {
        let chunk = rows.next_chunk(CHUNK_ROWS)?;
        if chunk.is_empty() {
            break;
        }
        let states = context.store.read_blocking(|c| known_states(c, &chunk))?;
        for (row, state) in chunk.iter().zip(states) {
            let number = u32::try_from(row.number).unwrap_or(u32::MAX);
            let earlier = person_key(row, &hasher).and_then(|k| match seen.entry(k) {
                std::collections::hash_map::Entry::Occupied(e) => Some(*e.get()),
                std::collections::hash_map::Entry::Vacant(e) => {
                    e.insert(number);
                    None
                }
            });
            if let Some(earlier) = earlier {
                again.insert(number, earlier);
            }
            let verdict = verdict_of(row, earlier.is_some(), state.as_ref());
            tally.count(row, verdict, earlier, state.as_ref());
            marks.push(mark(row, verdict));
            if tally.first_rows.len() < FIRST_ROWS as usize {
                tally.first_rows.push(shown(&sheet, row, verdict, earlier, state.as_ref()));
            }
        }
        context.report(&id, "reading", marks.len() as u64, None);
    }
    if marks.is_empty() {
        return Err(ImportError::Empty);
    }
    let answer = tally.answer(id.clone());
    marks.shrink_to_fit();
    Ok((Preview { id, sheet, marks, again }, answer))
}

/// Recognises one person on several rows of a file.
fn person_key(row: &Row, hasher: &RandomState) -> Option<u64> {
    if row.judged.not_taken.is_some() {
        return None;
    }
    match (&row.judged.phone, &row.judged.bsuid) {
        (Some(phone), _) => Some(hasher.hash_one(phone.canonical().as_str())),
        (None, Some(bsuid)) => Some(hasher.hash_one(bsuid.as_str())),
        (None, None) => None,
    }
}

fn verdict_of(row: &Row, earlier: bool, state: Option<&ConsentState>) -> RowVerdict {
    if let Some(why) = row.judged.not_taken {
        why.verdict()
    } else if earlier || state.is_some_and(|s| adds_nothing(&row.judged.consent, s)) {
        RowVerdict::Duplicate
    } else if row.judged.repaired.is_some() {
        RowVerdict::Repaired
    } else {
        RowVerdict::Accepted
    }
}

fn mark(row: &Row, verdict: RowVerdict) -> u8 {
    let word = RowVerdict::ALL.iter().position(|v| *v == verdict).and_then(|i| u8::try_from(i).ok()).unwrap_or(0);
    let proof = match (&row.judged.not_taken, &row.judged.consent) {
        (None, RowConsent::Unproven(_)) => UNPROVEN,
        (None, RowConsent::Proven { .. }) => PROVEN,
        _ => 0,
    };
    word | proof
}

#[derive(Default)]
struct Tally {
    verdicts: BTreeMap<usize, u64>,
    reasons: Vec<dto::CountedReason>,
    proven: u64,
    unproven: u64,
    opted_out: u64,
    suppressed: u64,
    new_contacts: u64,
    marketing: u64,
    earliest: Option<UnixMillis>,
    latest: Option<UnixMillis>,
    first_rows: Vec<dto::ImportRow>,
}

impl Tally {
    fn count(&mut self, row: &Row, verdict: RowVerdict, earlier: Option<u32>, state: Option<&ConsentState>) {
        let place = RowVerdict::ALL.iter().position(|v| *v == verdict).unwrap_or(0);
        *self.verdicts.entry(place).or_default() += 1;
        if let Some(why) = row.judged.not_taken {
            self.reason(why.code(), &why.sentence(), why.remedy());
            return;
        }
        if let Some(repaired) = row.judged.repaired {
            self.reason("repaired", repaired, None);
        }
        if earlier.is_some() {
            self.reason("same_person", "The same person stands on an earlier row; what both rows say counts.", None);
        } else if verdict == RowVerdict::Duplicate {
            self.reason("known_already", "Known already, with the same or newer evidence.", None);
        }
        match &row.judged.consent {
            RowConsent::Proven { given, purposes } => {
                self.proven += 1;
                if purposes.covers(switchboard_domain::template::Category::Marketing) {
                    self.marketing += 1;
                }
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

    fn answer(mut self, preview_id: String) -> dto::ImportPreview {
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
            "marketing and service notices".to_owned()
        } else {
            format!("messages, {} of them to marketing", self.marketing)
        };
        let rest = if self.unproven > 0 { format!(" {} rows prove nothing.", self.unproven) } else { String::new() };
        format!("{} rows show that the person agreed to {what}, {when}.{rest}", self.proven)
    }
}

fn forbidden(state: &ConsentState) -> Option<UnixMillis> {
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

const fn verdict_from_dto(v: dto::RowVerdict) -> RowVerdict {
    match v {
        dto::RowVerdict::Accepted => RowVerdict::Accepted,
        dto::RowVerdict::Repaired => RowVerdict::Repaired,
        dto::RowVerdict::Duplicate => RowVerdict::Duplicate,
        dto::RowVerdict::Quarantined => RowVerdict::Quarantined,
        dto::RowVerdict::Rejected => RowVerdict::Rejected,
    }
}

/// A row as the operator sees it.
fn shown(
    sheet: &Sheet,
    row: &Row,
    verdict: RowVerdict,
    earlier: Option<u32>,
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
        if let Some(first) = earlier {
            reasons.push(format!("The same person stands on row {first}; what both rows say counts."));
        } else if verdict == RowVerdict::Duplicate {
            reasons.push("Known already, with the same or newer evidence.".to_owned());
        }
        reasons.extend(row.judged.repaired.map(str::to_owned));
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

/// A page of judged rows.
///
/// # Errors
/// [`ImportError`].
pub async fn rows(store: &Store, request: dto::ImportRowsRequest) -> Result<dto::ImportRowsPage, ImportError> {
    let store = store.clone();
    blocking(move || {
        let preview = kept(&request.preview_id)?;
        let wanted = request.verdict.map(verdict_from_dto);
        let fits = |mark: u8| {
            let verdict = RowVerdict::ALL.get(usize::from(mark & VERDICT)).copied();
            wanted.is_none_or(|w| verdict == Some(w)) && (!request.unproven_only || mark & UNPROVEN != 0)
        };
        let mut total = 0u64;
        let mut page: Vec<u64> = Vec::new();
        for (i, _) in preview.marks.iter().enumerate().filter(|(_, m)| fits(**m)) {
            if total >= request.offset && page.len() < request.limit.min(PAGE_ROWS) as usize {
                page.push(i as u64 + 1);
            }
            total += 1;
        }
        let mut rows = preview.sheet.rows(store.clock().now())?;
        let mut out = Vec::with_capacity(page.len());
        for number in page {
            if !rows.skip_to(number.saturating_sub(1))? {
                return Err(ImportError::Changed);
            }
            let chunk = rows.next_chunk(1)?;
            let Some(row) = chunk.first() else { return Err(ImportError::Changed) };
            let state = store.read_blocking(|c| known_states(c, &chunk))?.into_iter().next().flatten();
            let mark = usize::try_from(number - 1).ok().and_then(|i| preview.marks.get(i)).copied().unwrap_or(0);
            let verdict = RowVerdict::ALL.get(usize::from(mark & VERDICT)).copied().unwrap_or(RowVerdict::Rejected);
            let earlier = u32::try_from(number).ok().and_then(|n| preview.again.get(&n)).copied();
            out.push(shown(&preview.sheet, row, verdict, earlier, state.as_ref()));
        }
        Ok(dto::ImportRowsPage { rows: out, total })
    })
    .await
}
