//! The answer to "what do you hold about me?": a zip with one page to read, the same as JSON, one table for each kind of
//! record, the person's own files, and the sealed proof of their consent.

use std::io::{Cursor, Seek, Write};
use std::path::PathBuf;

use serde_json::{Value, json};
use switchboard_bridge::{UiError, UiErrorCode, dto};
use switchboard_domain::ids::ContactId;
use switchboard_store::tables::subject::{self, Holding};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::table_file::harmless;
use crate::{Console, EngineError, contacts, media, proof};

/// Collects and writes it.
///
/// # Errors
/// A sentence if there is no such person or the file cannot be written.
pub async fn export(console: &Console, request: dto::ContactExport) -> Result<dto::SavedFile, UiError> {
    let id = contacts::id_of(&request.id)?;
    let path = PathBuf::from(request.path.trim());
    if path.file_name().is_none() {
        return Err(UiError::new(UiErrorCode::InvalidInput, "There is no file to write to.", "Choose one."));
    }
    let person = contacts::get(console.store(), id).await?;
    let id = ContactId::parse(&person.row.id).unwrap_or(id);
    let (holdings, files) = console
        .store()
        .read(move |c| Ok::<_, EngineError>((subject::holdings(c, id)?, subject::files(c, id)?)))
        .await?;
    let proof = proof::of(console, id).await?;
    let mut zip = Archive::new();
    let made_at = console.clock().now().to_rfc3339();
    zip.add("everything.html", page(&person.row.name, &made_at, &holdings, &proof).as_bytes())?;
    zip.add("everything.json", &everything(&made_at, &holdings, &proof)?)?;
    for holding in holdings.iter().filter(|h| !h.rows.is_empty()) {
        zip.add(&format!("{}.csv", holding.name), &table(holding)?)?;
    }
    let sealed = serde_json::to_vec_pretty(&proof).map_err(|_| UiError::internal("writing an export"))?;
    zip.add("consent-proof.json", &sealed)?;
    for (nth, file) in files.into_iter().enumerate() {
        // One that cannot be opened is listed in files.csv all the same.
        if let Ok(opened) = media::open(console, file).await {
            zip.add(&format!("files/{:03}-{}", nth + 1, opened.file_name), &opened.bytes)?;
        }
    }
    let rows = holdings.iter().map(|h| h.rows.len() as u64).sum();
    let bytes = zip.finish()?;
    let written = path.clone();
    tokio::task::spawn_blocking(move || crate::table_file::write_whole(&written, &bytes))
        .await
        .map_err(|_| UiError::internal("writing an export"))??;
    Ok(dto::SavedFile { path: path.to_string_lossy().into_owned(), rows: Some(rows) })
}

fn everything(made_at: &str, holdings: &[Holding], proof: &Value) -> Result<Vec<u8>, UiError> {
    let mut all = json!({ "made_at": made_at });
    if let Some(map) = all.as_object_mut() {
        map.extend(holdings.iter().map(|h| (h.name.to_owned(), h.as_json())));
        map.insert("consent".to_owned(), proof.pointer("/proof/entries").cloned().unwrap_or_default());
        map.insert("may_receive".to_owned(), proof.pointer("/proof/may_receive").cloned().unwrap_or_default());
    }
    serde_json::to_vec_pretty(&all).map_err(|_| UiError::internal("writing an export"))
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(map) if map.is_empty() => String::new(),
        other => other.to_string(),
    }
}

fn table(holding: &Holding) -> Result<Vec<u8>, UiError> {
    let unwritten = |_| UiError::internal("writing an export");
    let mut out = csv::WriterBuilder::new().from_writer("\u{feff}".as_bytes().to_vec());
    out.write_record(&holding.columns).map_err(unwritten)?;
    for row in &holding.rows {
        out.write_record(row.iter().map(|v| harmless(&plain(v)))).map_err(unwritten)?;
    }
    out.into_inner().map_err(|_| UiError::internal("writing an export"))
}

/// One page without anything from elsewhere: it opens in any browser, years later.
fn page(name: &str, made_at: &str, holdings: &[Holding], proof: &Value) -> String {
    let mut html = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>{0}</title><style>\
         body{{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#181a1f}}\
         table{{border-collapse:collapse;width:100%;margin-bottom:2rem}}td,th{{text-align:start;vertical-align:top;\
         padding:.35rem .6rem;border-bottom:1px solid #dde1e8;overflow-wrap:anywhere}}th{{color:#5c626e;font-weight:600}}\
         </style></head><body><h1 dir=\"auto\">{0}</h1><p>Everything on record on {1} (all times in UTC).</p>",
        escaped(name),
        escaped(made_at)
    );
    for holding in holdings.iter().filter(|h| !h.rows.is_empty()) {
        html.push_str(&format!("<h2>{}</h2><table><thead><tr>", heading(holding.name)));
        for column in &holding.columns {
            html.push_str(&format!("<th scope=\"col\">{}</th>", heading(column)));
        }
        html.push_str("</tr></thead><tbody>");
        for row in &holding.rows {
            html.push_str("<tr>");
            for value in row {
                html.push_str(&format!("<td dir=\"auto\">{}</td>", escaped(&plain(value))));
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table>");
    }
    html.push_str("<h2>Consent</h2><ul>");
    for verdict in proof.pointer("/proof/may_receive").and_then(Value::as_array).into_iter().flatten() {
        html.push_str(&format!(
            "<li dir=\"auto\">{}</li>",
            escaped(&verdict.get("sentence").map(plain).unwrap_or_default())
        ));
    }
    html.push_str(
        "</ul><table><thead><tr><th scope=\"col\">When</th><th scope=\"col\">What</th><th scope=\"col\">Source</th>\
         <th scope=\"col\">Wording</th></tr></thead><tbody>",
    );
    for entry in proof.pointer("/proof/entries").and_then(Value::as_array).into_iter().flatten() {
        let at = |pointer: &str| escaped(&entry.pointer(pointer).map(plain).unwrap_or_default());
        html.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td dir=\"auto\">{}</td><td dir=\"auto\">{}</td></tr>",
            at("/at"),
            at("/sentence"),
            at("/evidence/source"),
            at("/wording/text")
        ));
    }
    html.push_str("</tbody></table></body></html>");
    html
}

fn heading(word: &str) -> String {
    let mut letters = word.trim_end_matches("_at").replace('_', " ").chars().collect::<Vec<_>>().into_iter();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

struct Archive<W: Write + Seek = Cursor<Vec<u8>>>(ZipWriter<W>);

impl Archive {
    fn new() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), UiError> {
        let unwritten = |_| UiError::internal("writing an export");
        self.0.start_file(name, SimpleFileOptions::default()).map_err(unwritten)?;
        self.0.write_all(bytes).map_err(|_| UiError::internal("writing an export"))
    }

    fn finish(self) -> Result<Vec<u8>, UiError> {
        Ok(self.0.finish().map_err(|_| UiError::internal("writing an export"))?.into_inner())
    }
}

#[cfg(test)]
#[path = "subject_access_tests.rs"]
mod tests;
