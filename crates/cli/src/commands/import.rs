//! `import preview|commit`.

use serde_json::{Value, json};
use switchboard_bridge::dto::{
    Attestation, ById, ColumnMapping, ColumnRole, DateOrder, ImportColumn, ImportCommit as CommitRequest,
    ImportInspect, ImportMeaning, ImportPreview, ImportPreviewRequest, ImportRejectedSave, ImportSummary, Nothing,
    UnprovenChoice,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_engine::{Console, api};

use super::document;
use crate::arguments::{Import, ImportFile};
use crate::output::usage;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: Import) -> Result<Value, UiError> {
    match command {
        Import::Preview(file) => {
            let console = session.open(false).await?;
            let (inspection, preview) = preview(&console, file).await?;
            Ok(json!({ "file": inspection, "preview": document(&preview)? }))
        }
        Import::Commit(commit) => {
            let unproven: UnprovenChoice =
                serde_json::from_value(json!(commit.unproven.replace('-', "_"))).map_err(|_| {
                    usage("--unproven is not one of the choices.", "Use attest, without-marketing or leave.")
                })?;
            let attestation = match &commit.attestation {
                Some(path) => {
                    let text = std::fs::read_to_string(path)
                        .map_err(|_| usage("The attestation cannot be read.", "Check the path."))?;
                    let parsed: Attestation = serde_json::from_str(&text).map_err(|_| {
                        usage(
                            "The attestation is not complete.",
                            "It needs wording, place, date_from, date_to, purposes.",
                        )
                    })?;
                    Some(parsed)
                }
                None => None,
            };
            let console = session.open(false).await?;
            progress_to_stderr(&console);
            let (_, preview) = preview(&console, commit.file).await?;
            let request = CommitRequest { preview_id: preview.preview_id, unproven, attestation };
            let done = api::consent_import_commit(&console, request).await?;
            let mut data = document(&done)?;
            if done.already_imported
                && let Some(map) = data.as_object_mut()
            {
                map.insert("message".to_owned(), Value::String(already_imported(&done)));
            }
            Ok(data)
        }
        Import::List => {
            let console = session.open(false).await?;
            document(&api::consent_import_list(&console, Nothing {}).await?)
        }
        Import::Undo { id } => {
            let console = session.open(false).await?;
            progress_to_stderr(&console);
            document(&api::consent_import_undo(&console, ById { id }).await?)
        }
        Import::LeftOut { id, to } => {
            let console = session.open(false).await?;
            let path = to.map(|t| std::path::absolute(&t).unwrap_or(t).to_string_lossy().into_owned());
            document(&api::consent_import_rejected_save(&console, ImportRejectedSave { import_id: id, path }).await?)
        }
    }
}

fn already_imported(done: &ImportSummary) -> String {
    let day = jiff::Timestamp::from_millisecond(done.at_ms)
        .map(|t| t.to_zoned(jiff::tz::TimeZone::system()).strftime("%-d %B %Y at %H:%M").to_string())
        .unwrap_or_default();
    format!("This file was already imported on {day} with the same choices; nothing changed.")
}

/// What to type when no column was recognised as the one with the numbers.
fn without_a_phone_column(columns: &[ImportColumn]) -> UiError {
    let headers: Vec<&str> = columns.iter().map(|c| c.header.as_str()).collect();
    let digits = |c: &ImportColumn| c.samples.iter().map(|s| s.bytes().filter(u8::is_ascii_digit).count()).max();
    let likely = columns.iter().max_by_key(|c| digits(c)).map_or("HEADER", |c| c.header.as_str());
    UiError::new(
        UiErrorCode::InvalidInput,
        format!("No column was recognised as the phone number. The columns are: {}.", headers.join(", ")),
        format!("Name it with --column HEADER=phone, for example --column \"{likely}=phone\"."),
    )
    .with_details(json!({ "field": "mapping" }))
}

async fn preview(console: &Console, file: ImportFile) -> Result<(Value, ImportPreview), UiError> {
    let path = std::path::absolute(&file.file).unwrap_or(file.file).to_string_lossy().into_owned();
    let inspection = api::consent_import_inspect(
        console,
        ImportInspect { path: path.clone(), sheet: file.sheet.clone(), encoding: file.encoding.clone() },
    )
    .await?;
    let mut mapping: Vec<ColumnMapping> =
        inspection.columns.iter().map(|c| ColumnMapping { index: c.index, role: c.role }).collect();
    for given in &file.columns {
        let (header, role) = given
            .split_once('=')
            .ok_or_else(|| usage("--column wants HEADER=ROLE.", "For example --column Mobile=phone."))?;
        let role: ColumnRole = serde_json::from_value(json!(role)).map_err(|_| {
            usage(format!("{role} is not a role."), "Use phone, first_name, consent_at, opted_out, attribute …")
        })?;
        let index = inspection
            .columns
            .iter()
            .find(|c| c.header == header)
            .map(|c| c.index)
            .ok_or_else(|| usage(format!("There is no column {header}."), "Use a header of the file."))?;
        for column in mapping.iter_mut().filter(|c| c.index == index) {
            column.role = role;
        }
    }
    if !mapping.iter().any(|c| matches!(c.role, ColumnRole::Phone | ColumnRole::Bsuid)) {
        return Err(without_a_phone_column(&inspection.columns));
    }
    let request = ImportPreviewRequest {
        path,
        mapping,
        region: file.region.or_else(|| inspection.suggested_region.clone()),
        has_header: inspection.has_header,
        sheet: file.sheet,
        encoding: file.encoding,
        meaning: meaning(file.meaning.as_deref())?,
        date_order: date_order(file.dates.as_deref())?,
    };
    let preview = api::consent_import_preview(console, request).await?;
    Ok((document(&inspection)?, preview))
}

fn meaning(word: Option<&str>) -> Result<Option<ImportMeaning>, UiError> {
    match word {
        None => Ok(None),
        Some("people") => Ok(Some(ImportMeaning::People)),
        Some("opt-outs") => Ok(Some(ImportMeaning::OptOuts)),
        Some(_) => Err(usage("--meaning is not one of the choices.", "Use people or opt-outs.")),
    }
}

fn date_order(word: Option<&str>) -> Result<Option<DateOrder>, UiError> {
    match word {
        None => Ok(None),
        Some("day-first") => Ok(Some(DateOrder::DayFirst)),
        Some("month-first") => Ok(Some(DateOrder::MonthFirst)),
        Some(_) => Err(usage("--dates is not one of the choices.", "Use day-first or month-first.")),
    }
}

/// Progress as JSON lines on standard error.
pub(super) fn progress_to_stderr(console: &Console) {
    let mut steps = console.progress().subscribe();
    tokio::spawn(async move {
        while let Ok(step) = steps.recv().await {
            if let Ok(line) = serde_json::to_string(&step) {
                crate::output::progress(&line);
            }
        }
    });
}
