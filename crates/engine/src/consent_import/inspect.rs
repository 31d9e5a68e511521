//! A first look at a file: what it is, which columns it has, whether it was imported before.

use std::path::PathBuf;

use switchboard_bridge::dto;
use switchboard_domain::import::{ColumnRole, guess_role, recognise};
use switchboard_domain::phone::PhoneNumber;
use switchboard_store::Store;
use switchboard_store::tables::imports;

use super::judging::header_name;
use super::source::Source;
use super::{ImportError, blocking};

const SAMPLES: usize = 5;

/// Looks at a file. Nothing is written.
///
/// # Errors
/// [`ImportError`] with a sentence for whoever chose the file.
pub async fn inspect(store: &Store, path: PathBuf) -> Result<dto::ImportInspection, ImportError> {
    let store = store.clone();
    blocking(move || {
        let source = Source::open(&path)?;
        let before = store.read_blocking(|c| imports::by_sha256(c, &source.sha256))?;
        let imported_before_at_ms =
            before.iter().find(|i| i.state == "committed").map(|i| i.finished_at.unwrap_or(i.created_at).as_ms());
        look(&source, imported_before_at_ms)
    })
    .await
}

fn look(source: &Source, imported_before_at_ms: Option<i64>) -> Result<dto::ImportInspection, ImportError> {
    let mut records = source.records()?;
    let mut record = csv::StringRecord::new();
    if !records.read(&mut record)? {
        return Err(ImportError::Empty);
    }
    let first: Vec<String> = record.iter().map(str::to_owned).collect();
    let has_header = Source::has_header(&first);
    let headers = if has_header { first.clone() } else { Vec::new() };
    let mut samples: Vec<Vec<String>> = Vec::new();
    let mut rows = 0u64;
    let mut take = |cells: &csv::StringRecord| {
        for (i, cell) in cells.iter().enumerate().take(super::source::MOST_CELLS) {
            if samples.len() <= i {
                samples.resize_with(i.saturating_add(1), Vec::new);
            }
            if let Some(column) = samples.get_mut(i).filter(|c| c.len() < SAMPLES && !cell.trim().is_empty()) {
                column.push(cell.chars().take(80).collect());
            }
        }
    };
    if !has_header {
        take(&record);
        rows = 1;
    }
    while records.read(&mut record)? {
        if rows < 200 {
            take(&record);
        }
        rows = rows.saturating_add(1);
    }
    let width = headers.len().max(samples.len());
    samples.resize_with(width, Vec::new);
    let mut taken: Vec<ColumnRole> = Vec::new();
    let mut columns = Vec::with_capacity(width);
    for (index, samples) in samples.into_iter().enumerate() {
        let header = header_name(&headers, index);
        let mut role = guess_role(&header, &samples);
        // Every role but "attribute" belongs to one column: the first that fits.
        if !matches!(role, ColumnRole::Attribute | ColumnRole::Ignore) && taken.contains(&role) {
            role = ColumnRole::Attribute;
        }
        taken.push(role);
        columns.push(dto::ImportColumn {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            header,
            role: role_to_dto(role),
            samples,
        });
    }
    Ok(dto::ImportInspection {
        path: source.path.to_string_lossy().into_owned(),
        file_name: source.file_name(),
        sha256: source.sha256.clone(),
        size_bytes: source.size_bytes,
        rows,
        encoding: source.encoding.name().to_owned(),
        delimiter: char::from(source.delimiter).to_string(),
        has_header,
        recognised_as: recognise(&headers).map(str::to_owned),
        imported_before_at_ms,
        suggested_region: suggested_region(&columns),
        columns,
    })
}

/// The country of most whole numbers in the samples, for those without a country code.
fn suggested_region(columns: &[dto::ImportColumn]) -> Option<String> {
    let phones = columns.iter().find(|c| c.role == dto::ColumnRole::Phone)?;
    let regions: Vec<String> = phones
        .samples
        .iter()
        .filter_map(|s| PhoneNumber::parse_in(s, None).ok()?.region().map(|r| r.as_str().to_owned()))
        .collect();
    let most = regions.iter().max_by_key(|r| regions.iter().filter(|o| o == r).count())?;
    Some(most.clone())
}

pub(super) const fn role_to_dto(role: ColumnRole) -> dto::ColumnRole {
    use dto::ColumnRole as D;
    match role {
        ColumnRole::Phone => D::Phone,
        ColumnRole::Country => D::Country,
        ColumnRole::FirstName => D::FirstName,
        ColumnRole::LastName => D::LastName,
        ColumnRole::FullName => D::FullName,
        ColumnRole::Bsuid => D::Bsuid,
        ColumnRole::Username => D::Username,
        ColumnRole::ConsentState => D::ConsentState,
        ColumnRole::ConsentAt => D::ConsentAt,
        ColumnRole::ConsentSource => D::ConsentSource,
        ColumnRole::ConsentWording => D::ConsentWording,
        ColumnRole::ConsentPurpose => D::ConsentPurpose,
        ColumnRole::Attribute => D::Attribute,
        ColumnRole::Ignore => D::Ignore,
    }
}

pub(super) const fn role_from_dto(role: dto::ColumnRole) -> ColumnRole {
    use dto::ColumnRole as D;
    match role {
        D::Phone => ColumnRole::Phone,
        D::Country => ColumnRole::Country,
        D::FirstName => ColumnRole::FirstName,
        D::LastName => ColumnRole::LastName,
        D::FullName => ColumnRole::FullName,
        D::Bsuid => ColumnRole::Bsuid,
        D::Username => ColumnRole::Username,
        D::ConsentState => ColumnRole::ConsentState,
        D::ConsentAt => ColumnRole::ConsentAt,
        D::ConsentSource => ColumnRole::ConsentSource,
        D::ConsentWording => ColumnRole::ConsentWording,
        D::ConsentPurpose => ColumnRole::ConsentPurpose,
        D::Attribute => ColumnRole::Attribute,
        D::Ignore => ColumnRole::Ignore,
    }
}
