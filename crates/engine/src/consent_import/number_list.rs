//! A file of numbers to choose people by: nothing is proved by it and nobody is added, so every row is only looked up.

use std::path::PathBuf;

use switchboard_domain::ids::{AudienceListId, ContactId};
use switchboard_domain::import::{ColumnRole, guess_role};
use switchboard_domain::phone::{PhoneNumber, Region};
use switchboard_store::tables::audience::{self, AudienceList};
use switchboard_store::tables::identifiers;
use switchboard_store::{Priority, Store, StoreError};

use super::source::{ReadAs, Source, has_header};
use super::{ImportError, blocking};

/// Rows looked up and written at once.
const CHUNK: usize = 1_000;
/// Rows in which the column of the numbers is looked for.
const SAMPLE_ROWS: usize = 200;

/// Reads a list, looks its numbers up and keeps who was found.
///
/// # Errors
/// [`ImportError`] with a sentence about the file.
pub async fn keep_number_list(
    store: &Store,
    path: PathBuf,
    region: Option<Region>,
) -> Result<AudienceList, ImportError> {
    let store = store.clone();
    blocking(move || keep(&store, &path, region)).await
}

fn keep(store: &Store, path: &std::path::Path, region: Option<Region>) -> Result<AudienceList, ImportError> {
    let source = Source::open(path, &ReadAs::default())?;
    let (column, has_header) = number_column(&source, region)?;
    let mut records = source.records()?;
    let mut record = csv::StringRecord::new();
    if has_header {
        records.read(&mut record)?;
    }
    let mut list = AudienceList {
        list_id: AudienceListId::new(store.clock().now()),
        file_name: source.file_name(),
        rows: 0,
        people: 0,
        unknown: 0,
        unreadable: 0,
        created_at: store.clock().now(),
    };
    let mut found: Vec<ContactId> = Vec::new();
    let mut numbers: Vec<PhoneNumber> = Vec::new();
    loop {
        let more = records.read(&mut record)?;
        if more {
            list.rows += 1;
            match record.get(column).map(|cell| PhoneNumber::parse_in(cell, region)) {
                Some(Ok(number)) => numbers.push(number),
                _ => list.unreadable += 1,
            }
        }
        if numbers.len() >= CHUNK || (!more && !numbers.is_empty()) {
            let chunk = std::mem::take(&mut numbers);
            let known = store.read_blocking(|c| {
                chunk.iter().map(|n| identifiers::find_phone(c, n)).collect::<Result<Vec<_>, StoreError>>()
            })?;
            list.unknown += u64::try_from(known.iter().filter(|k| k.is_none()).count()).unwrap_or_default();
            found.extend(known.into_iter().flatten());
        }
        if !more {
            break;
        }
    }
    if list.rows == list.unreadable {
        return Err(ImportError::NoPhoneColumn);
    }
    found.sort_unstable();
    found.dedup();
    list.people = u64::try_from(found.len()).unwrap_or(u64::MAX);
    // The people first: a list is only seen once it is whole.
    for chunk in found.chunks(CHUNK) {
        let (chunk, id) = (chunk.to_vec(), list.list_id);
        store.write_blocking(Priority::Bulk, move |tx| audience::add_to_list(tx, id, &chunk))?;
    }
    let whole = list.clone();
    store.write_blocking(Priority::Bulk, move |tx| audience::create_list(tx, &whole))?;
    Ok(list)
}

/// The column in which the numbers stand, and whether the first row names the columns.
fn number_column(source: &Source, region: Option<Region>) -> Result<(usize, bool), ImportError> {
    let mut records = source.records()?;
    let mut record = csv::StringRecord::new();
    if !records.read(&mut record)? {
        return Err(ImportError::Empty);
    }
    let first: Vec<String> = record.iter().map(str::to_owned).collect();
    let has_header = has_header(&first);
    let mut rows: Vec<Vec<String>> = if has_header { Vec::new() } else { vec![first.clone()] };
    while rows.len() < SAMPLE_ROWS && records.read(&mut record)? {
        rows.push(record.iter().map(str::to_owned).collect());
    }
    let cells = |column: usize| -> Vec<String> { rows.iter().filter_map(|r| r.get(column).cloned()).collect() };
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let by_name = (0..width).find(|column| {
        let header = first.get(*column).filter(|_| has_header).map_or("", String::as_str);
        guess_role(header, &cells(*column)) == ColumnRole::Phone
    });
    let numbers = |column: &usize| cells(*column).iter().filter(|c| PhoneNumber::parse_in(c, region).is_ok()).count();
    let column = by_name.or_else(|| (0..width).max_by_key(numbers).filter(|c| numbers(c) > 0));
    column.map(|c| (c, has_header)).ok_or(ImportError::NoPhoneColumn)
}
