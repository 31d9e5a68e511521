//! A first look at a file: what it is, which columns it has, whether it was imported before.

use std::collections::BTreeSet;
use std::path::PathBuf;

use switchboard_bridge::dto;
use switchboard_domain::import::{ColumnRole, guess_role, is_any_date, recognise, values_decide};
use switchboard_domain::phone::PhoneNumber;
use switchboard_store::Store;
use switchboard_store::tables::imports;

use super::judging::header_name;
use super::source::Source;
use super::{ImportError, blocking};

/// First values shown of a column.
const SAMPLES: usize = 5;
/// Rows in which they are looked for.
const SAMPLE_ROWS: u64 = 200;
/// Longest value shown or compared.
const SAMPLE_CHARS: usize = 80;
/// Different values kept of a column whose values decide what it means; one with more holds no answers.
const MOST_ANSWERS: usize = 64;

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

/// The different values of a column over the whole file, as many as decide about it.
#[derive(Default)]
struct Answers {
    different: BTreeSet<String>,
    too_many: bool,
}

impl Answers {
    fn see(&mut self, cell: &str) {
        let cell = cell.trim();
        if self.too_many || cell.is_empty() || self.different.contains(cell) {
            return;
        }
        self.too_many = self.different.len() >= MOST_ANSWERS || cell.chars().count() > SAMPLE_CHARS;
        if !self.too_many {
            self.different.insert(cell.to_owned());
        }
    }

    /// The role that they give the column.
    fn role(self, header: &str) -> ColumnRole {
        let mut different: Vec<String> = self.different.into_iter().collect();
        if self.too_many {
            // A value that is no answer stands for all those that were not kept.
            different.push("…".to_owned());
        }
        guess_role(header, &different)
    }
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
    let mut answers: Vec<Option<Answers>> = headers.iter().map(|h| values_decide(h).then(Answers::default)).collect();
    let mut take = |cells: &csv::StringRecord, early: bool| {
        for (answers, cell) in answers.iter_mut().zip(cells) {
            if let Some(answers) = answers {
                answers.see(cell);
            }
        }
        for (i, cell) in cells.iter().enumerate().take(super::source::MOST_CELLS).filter(|_| early) {
            if samples.len() <= i {
                samples.resize_with(i.saturating_add(1), Vec::new);
            }
            if let Some(column) = samples.get_mut(i).filter(|c| c.len() < SAMPLES && !cell.trim().is_empty()) {
                column.push(cell.chars().take(SAMPLE_CHARS).collect());
            }
        }
    };
    if !has_header {
        take(&record, true);
        rows = 1;
    }
    while records.read(&mut record)? {
        take(&record, rows < SAMPLE_ROWS);
        rows = rows.saturating_add(1);
    }
    let width = headers.len().max(samples.len());
    samples.resize_with(width, Vec::new);
    let mut taken: Vec<ColumnRole> = Vec::new();
    let mut columns = Vec::with_capacity(width);
    for (index, samples) in samples.into_iter().enumerate() {
        let header = header_name(&headers, index);
        let mut role = match answers.get_mut(index).and_then(Option::take) {
            Some(answers) => answers.role(&header),
            None => guess_role(&header, &samples),
        };
        // Most roles belong to one column: the first that fits.
        if !matches!(role, ColumnRole::Attribute | ColumnRole::Ignore | ColumnRole::OptedOut) && taken.contains(&role) {
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
    // Beside an opt-out and no word of an opt-in, a date without a name is not that of an opt-in.
    if taken.contains(&ColumnRole::OptedOut) && !taken.contains(&ColumnRole::ConsentState) {
        for column in columns.iter_mut().filter(|c| c.role == dto::ColumnRole::ConsentAt && is_any_date(&c.header)) {
            column.role = dto::ColumnRole::Attribute;
        }
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
        ColumnRole::OptedOut => D::OptedOut,
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
        D::OptedOut => ColumnRole::OptedOut,
        D::ConsentAt => ColumnRole::ConsentAt,
        D::ConsentSource => ColumnRole::ConsentSource,
        D::ConsentWording => ColumnRole::ConsentWording,
        D::ConsentPurpose => ColumnRole::ConsentPurpose,
        D::Attribute => ColumnRole::Attribute,
        D::Ignore => ColumnRole::Ignore,
    }
}
