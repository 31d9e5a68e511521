//! Judging a whole file before anything is written.
//!
//! What stays in memory of a row are its verdict and a few marks (one byte) and, while the file is read, eight
//! bytes that recognise the same person on another row. Pages of rows are read again from the file.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use switchboard_bridge::dto;
use switchboard_domain::consent::ConsentState;
use switchboard_domain::import::{Mapping, RowConsent, RowVerdict};
use switchboard_domain::phone::Region;
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::{consent_state, imports};
use switchboard_store::{Connection, Store, StoreError};

use super::choices::{Choices, Decisions};
use super::judging::{CHUNK_ROWS, Row, Sheet};
use super::roles::role_from_dto;
use super::shown::{shown, verdict_from_dto};
use super::source::Source;
use super::tally::Tally;
use super::twice::{Says, Twice};
use super::write::{adds_nothing, find};
use super::{ImportContext, ImportError, blocking, commit, inspect, summary};

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
    /// Rows on which somebody of an earlier row stands again: that row, and which of them decides.
    again: HashMap<u32, (u32, Twice)>,
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
        let mapping = Mapping::new(request.mapping.iter().map(|c| (c.index as usize, role_from_dto(c.role))).collect());
        let region = request.region.as_deref().and_then(Region::parse);
        let choices = Choices::of(&request);
        let source = Source::open(&PathBuf::from(&request.path), &choices.read_as)?;
        let sheet = Sheet::open(source, mapping, region, request.has_header, choices)?;
        if request.meaning.is_none() && inspect::asks_meaning(&sheet) {
            return Err(ImportError::MeaningUnknown);
        }
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
    let mut seen: HashMap<u64, (u32, Says)> = HashMap::new();
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
            let says = Says::of(&row.judged.consent);
            let earlier = person_key(row, &hasher).and_then(|k| match seen.entry(k) {
                Entry::Occupied(mut e) => {
                    let (first, so_far) = *e.get();
                    let (both, told) = so_far.and(says);
                    e.insert((first, both));
                    Some((first, told))
                }
                Entry::Vacant(e) => {
                    e.insert((number, says));
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
    let mut answer = tally.answer(id.clone());
    let decisions = sheet.decisions();
    let before = context.store.read_blocking(|c| imports::by_sha256(c, &sheet.source.sha256))?;
    if let Some(done) = before.iter().find(|i| {
        i.state == "committed"
            && i.region.as_deref() == sheet.region.as_ref().map(switchboard_domain::phone::Region::as_str)
            && Decisions::kept(i).is_some_and(|d| d.mapping == decisions.mapping && d.choices == decisions.choices)
    }) {
        answer.imported_before = Some(summary::shown(done));
        answer.imported_before_choice = commit::choice_of(done);
    }
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
