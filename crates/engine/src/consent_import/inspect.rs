//! A first look at a file: what it is, which columns it has, whether it was imported before.

use std::collections::BTreeSet;
use std::path::PathBuf;

use switchboard_bridge::dto;
use switchboard_domain::import::{
    ColumnRole, DateColumn, guess_role, is_any_date, mentions_opting_out, recognise, roles_of, values_decide,
};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::time::UnixMillis;
use switchboard_store::Store;
use switchboard_store::tables::imports::{self, ImportRecord};

use super::choices::remembered;
use super::judging::{Sheet, header_name};
use super::roles::role_to_dto;
use super::shown::day;
use super::source::{MOST_CELLS, ReadAs, Source, has_header};
use super::{ImportError, blocking, summary};

/// First values shown of a column.
const SAMPLES: usize = 5;
/// Rows in which they are looked for.
const SAMPLE_ROWS: u64 = 200;
/// Longest value shown or compared.
const SAMPLE_CHARS: usize = 80;
/// Texts beyond ASCII that are shown.
const LETTERS: usize = 3;
/// Different values kept of a column whose values decide what it means; one with more holds no answers.
const MOST_ANSWERS: usize = 64;

/// Looks at a file. Nothing is written.
///
/// # Errors
/// [`ImportError`] with a sentence for whoever chose the file.
pub async fn inspect(store: &Store, request: dto::ImportInspect) -> Result<dto::ImportInspection, ImportError> {
    let store = store.clone();
    blocking(move || {
        let read_as = ReadAs { sheet: request.sheet, encoding: request.encoding };
        let source = Source::open(&PathBuf::from(request.path), &read_as)?;
        let before = store.read_blocking(imports::list)?;
        look(&source, &before, store.clock().now())
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

    /// What is to be looked at.
    fn values(self) -> Vec<String> {
        let mut different: Vec<String> = self.different.into_iter().collect();
        if self.too_many {
            // A value that is no answer stands for all those that were not kept.
            different.push("…".to_owned());
        }
        different
    }
}

/// What one pass over the file finds.
#[derive(Default)]
struct Seen {
    headers: Vec<String>,
    has_header: bool,
    rows: u64,
    samples: Vec<Vec<String>>,
    answers: Vec<Option<Answers>>,
    /// Texts beyond ASCII, as they were decoded.
    letters: Vec<String>,
    /// By column: how it writes dates, and the first that has two readings by itself.
    dates: Vec<(DateColumn, Option<String>)>,
}

impl Seen {
    fn of(source: &Source, now: UnixMillis) -> Result<Self, ImportError> {
        let mut records = source.records()?;
        let mut record = csv::StringRecord::new();
        if !records.read(&mut record)? {
            return Err(ImportError::Empty);
        }
        let first: Vec<String> = record.iter().map(str::to_owned).collect();
        let mut seen = Self { has_header: has_header(&first), ..Self::default() };
        if seen.has_header {
            seen.headers = first;
            seen.answers = seen.headers.iter().map(|h| values_decide(h).then(Answers::default)).collect();
            let dated = |h: &String| matches!(guess_role(h, &[]), ColumnRole::ConsentAt);
            seen.dates = seen.headers.iter().map(|h| (DateColumn::default(), dated(h).then(String::new))).collect();
        } else {
            seen.take(&record, now);
        }
        while records.read(&mut record)? {
            seen.take(&record, now);
        }
        Ok(seen)
    }

    fn take(&mut self, record: &csv::StringRecord, now: UnixMillis) {
        let early = self.rows < SAMPLE_ROWS;
        self.rows = self.rows.saturating_add(1);
        for (answers, cell) in self.answers.iter_mut().zip(record) {
            if let Some(answers) = answers {
                answers.see(cell);
            }
        }
        for ((dates, doubtful), cell) in self.dates.iter_mut().zip(record) {
            if let Some(doubtful) = doubtful {
                dates.see(cell);
                if doubtful.is_empty() && DateColumn::default().two_readings(cell, now).is_some() {
                    *doubtful = cell.trim().to_owned();
                }
            }
        }
        if !early {
            return;
        }
        for (i, cell) in record.iter().enumerate().take(MOST_CELLS) {
            if self.samples.len() <= i {
                self.samples.resize_with(i.saturating_add(1), Vec::new);
            }
            if let Some(column) = self.samples.get_mut(i).filter(|c| c.len() < SAMPLES && !cell.trim().is_empty()) {
                column.push(cell.chars().take(SAMPLE_CHARS).collect());
            }
            if !cell.is_ascii() && self.letters.len() < LETTERS && cell.chars().any(char::is_alphabetic) {
                let text: String = cell.trim().chars().take(SAMPLE_CHARS).collect();
                if !self.letters.contains(&text) {
                    self.letters.push(text);
                }
            }
        }
    }
}

fn look(source: &Source, before: &[ImportRecord], now: UnixMillis) -> Result<dto::ImportInspection, ImportError> {
    let Seen { mut headers, has_header, rows, mut samples, answers, letters, dates } = Seen::of(source, now)?;
    let named = headers.len();
    let width = named.max(samples.len());
    samples.resize_with(width, Vec::new);
    headers = (0..width).map(|i| header_name(&headers, i)).collect();
    let original = headers.get(..named).unwrap_or_default();
    let export = recognise(original);
    let remembered = remembered(before, original).map(|(import, decisions)| {
        let at = import.finished_at.unwrap_or(import.created_at);
        (format!("You imported a list with these columns on {} ({}).", day(at), import.file_name), decisions)
    });
    // Where values decide, all different ones are looked at; elsewhere the first.
    let looked_at: Vec<Vec<String>> = samples
        .iter()
        .zip(answers.into_iter().chain(std::iter::repeat_with(|| None)))
        .map(|(samples, answers)| answers.map_or_else(|| samples.clone(), Answers::values))
        .collect();
    let mut roles = roles_of(export, &headers, &looked_at);
    settle(&mut roles, &headers);
    if let Some((_, decisions)) = &remembered {
        for (role, header) in roles.iter_mut().zip(&headers) {
            if let Some((_, kept)) = decisions.by_header.iter().find(|(name, _)| name == header.trim()) {
                *role = *kept;
            }
        }
    }
    let numbers_only = is_list_of_numbers(&roles, width);
    let told_by_name = headers.first().is_some_and(|h| {
        numbers_only && (matches!(guess_role(h, &[]), ColumnRole::OptedOut) || mentions_opting_out(h))
    });
    let named_so = mentions_opting_out(&source.file_name().replace(['_', '-', '.'], " "));
    let columns: Vec<dto::ImportColumn> = headers
        .iter()
        .zip(&roles)
        .zip(samples)
        .enumerate()
        .map(|(index, ((header, role), samples))| dto::ImportColumn {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            header: header.clone(),
            role: role_to_dto(*role),
            samples,
        })
        .collect();
    let (encoding, encoding_is_sure) = source.encoding();
    let done = before.iter().find(|i| i.sha256 == source.sha256 && i.state == "committed");
    let understood = understood(&headers, &roles);
    // A table of nobody's export explains itself when its header names the numbers and something about consent or names.
    let by_itself =
        (has_header && roles.iter().filter(|r| tells(**r)).count() >= 2 && roles.contains(&ColumnRole::Phone))
            .then(|| "This is not an export we know, but the names of its columns say what they mean.".to_owned());
    Ok(dto::ImportInspection {
        path: source.path.to_string_lossy().into_owned(),
        file_name: source.file_name(),
        sha256: source.sha256.clone(),
        size_bytes: source.size_bytes,
        kind: match source.kind() {
            "workbook" => dto::ImportKind::Workbook,
            "vcard" => dto::ImportKind::Vcard,
            "json" => dto::ImportKind::Json,
            "archive" => dto::ImportKind::Archive,
            _ => dto::ImportKind::Text,
        },
        rows,
        encoding: encoding.to_owned(),
        encoding_is_sure,
        encoding_samples: letters,
        delimiter: source.delimiter(),
        sheets: source
            .sheets()
            .iter()
            .filter(|s| s.table)
            .map(|s| dto::ImportSheet { name: s.name.clone(), hidden: s.hidden, taken: s.taken })
            .collect(),
        notes: source.notes.clone(),
        has_header,
        recognised_as: export
            .map(|e| e.sentence.to_owned())
            .or_else(|| remembered.as_ref().map(|(sentence, _)| sentence.clone()))
            .or(by_itself),
        recognised_word: export.map(|e| e.word.to_owned()),
        understood,
        asks_meaning: numbers_only,
        suggested_meaning: if told_by_name || (numbers_only && named_so) {
            dto::ImportMeaning::OptOuts
        } else {
            dto::ImportMeaning::People
        },
        ambiguous_date: roles.iter().position(|r| *r == ColumnRole::ConsentAt).and_then(|i| {
            let (dates, doubtful) = dates.get(i)?;
            let written = doubtful.as_ref().filter(|d| !d.is_empty())?;
            let (day_first, month_first) = dates.two_readings(written, now)?;
            Some(dto::AmbiguousDate {
                written: written.clone(),
                day_first_ms: day_first.at.as_ms(),
                month_first_ms: month_first.at.as_ms(),
            })
        }),
        imported_before_at_ms: done.map(|i| i.finished_at.unwrap_or(i.created_at).as_ms()),
        imported_before: done.map(summary::shown),
        suggested_region: suggested_region(&columns),
        columns,
    })
}

/// One column for each role that has one, and no date of anything taken for that of an opt-in.
fn settle(roles: &mut [ColumnRole], headers: &[String]) {
    let mut taken: Vec<ColumnRole> = Vec::new();
    for role in roles.iter_mut() {
        if !role.may_repeat() && taken.contains(role) {
            *role = if *role == ColumnRole::Phone { ColumnRole::OtherPhone } else { ColumnRole::Attribute };
        }
        taken.push(*role);
    }
    // Without a column that says yes, a date without a name is not the day of an opt-in.
    let says_yes = [ColumnRole::ConsentState, ColumnRole::ConsentQuestion].iter().any(|r| taken.contains(r));
    if !says_yes {
        for (role, header) in roles.iter_mut().zip(headers) {
            if *role == ColumnRole::ConsentAt && is_any_date(header) {
                *role = ColumnRole::Attribute;
            }
        }
    }
    // The only column, and it holds numbers: whatever its name says, these are the people.
    if let ([role @ (ColumnRole::Attribute | ColumnRole::OptedOut | ColumnRole::OtherPhone)], true) =
        (&mut *roles, headers.len() == 1)
    {
        *role = ColumnRole::Phone;
    }
    // Numbers under a word such as "unsubscribed", with nothing else that could be a number.
    if !roles.contains(&ColumnRole::Phone)
        && let Some(index) = headers.iter().position(|h| matches!(guess_role(h, &[]), ColumnRole::OptedOut))
        && let Some(role) = roles.get_mut(index).filter(|r| **r == ColumnRole::Attribute)
    {
        *role = ColumnRole::Phone;
    }
}

/// Whether a file names people and says nothing else about them.
fn is_list_of_numbers(roles: &[ColumnRole], width: usize) -> bool {
    let names_people = roles.iter().any(|r| matches!(r, ColumnRole::Phone | ColumnRole::Bsuid));
    names_people && width == 1
}

/// The same of a file whose columns are decided.
pub(super) fn asks_meaning(sheet: &Sheet) -> bool {
    let width = if sheet.has_header { sheet.headers.len() } else { sheet.mapping.width() };
    width == 1 && sheet.mapping.names_a_person()
}

/// Whether a role says something by which a file explains itself.
const fn tells(role: ColumnRole) -> bool {
    !matches!(role, ColumnRole::Attribute | ColumnRole::Ignore)
}

/// Which columns were understood as what, one sentence for somebody who never saw a header row.
fn understood(headers: &[String], roles: &[ColumnRole]) -> String {
    let of = |role: ColumnRole| {
        let names: Vec<String> =
            headers.iter().zip(roles).filter(|(_, r)| **r == role).map(|(h, _)| format!("“{h}”")).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let mut parts = Vec::new();
    for (role, what) in [
        (ColumnRole::Phone, "the number"),
        (ColumnRole::OtherPhone, "a second number"),
        (ColumnRole::FullName, "the name"),
        (ColumnRole::FirstName, "the first name"),
        (ColumnRole::LastName, "the last name"),
        (ColumnRole::ConsentState, "whether they agreed"),
        (ColumnRole::ConsentQuestion, "whether they agreed"),
        (ColumnRole::ConsentAt, "when"),
        (ColumnRole::ConsentSource, "where"),
        (ColumnRole::ConsentWording, "to what words"),
        (ColumnRole::ConsentPurpose, "for what"),
        (ColumnRole::OptedOut, "who opted out"),
        (ColumnRole::OtherConsent, "consent for e-mail or SMS"),
    ] {
        if let Some(names) = of(role) {
            parts.push(format!("{what} from {names}"));
        }
    }
    if parts.is_empty() { String::new() } else { format!("Taken: {}.", parts.join("; ")) }
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
