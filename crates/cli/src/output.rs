//! The one document on standard output: machines get the versioned envelope, people get lines.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use serde_json::{Map, Value, json};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::time::UnixMillis;

/// Keys whose numbers may pass 2^53 in another reader's language; they travel as text.
const TEXT_NUMBERS: &[&str] = &["cursor", "head", "seq", "change_seq"];

/// What a command answers.
pub(crate) struct Answer {
    /// For machines, and for people where there are no lines of their own.
    pub(crate) data: Value,
    /// Lines for people.
    pub(crate) lines: Option<String>,
    /// The command did what it was asked, and what it found is a no: exit status 1.
    pub(crate) found_a_no: bool,
}

impl From<Value> for Answer {
    fn from(data: Value) -> Self {
        Self { data, lines: None, found_a_no: false }
    }
}

impl Answer {
    /// With lines for people.
    pub(crate) fn with_lines(data: Value, lines: String) -> Self {
        Self { data, lines: Some(lines), found_a_no: false }
    }

    const fn exit(found_a_no: bool) -> ExitCode {
        if found_a_no { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

/// Prints the answer and says how the process ends.
pub(crate) fn print(command: &str, result: Result<Answer, UiError>, as_json: bool) -> ExitCode {
    let (document, code) = match result {
        Ok(Answer { lines: Some(lines), found_a_no, .. }) if !as_json => {
            return out(&lines).unwrap_or_else(|| Answer::exit(found_a_no));
        }
        Ok(Answer { data, found_a_no, .. }) => {
            let document = json!({ "v": 1, "ok": true, "command": command, "data": machine(data) });
            (document, Answer::exit(found_a_no))
        }
        Err(error) => {
            let code = if error.code == UiErrorCode::InvalidInput && error.details.get("usage").is_some() {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            };
            (json!({ "v": 1, "ok": false, "command": command, "error": error }), code)
        }
    };
    let trouble = if as_json { out(&format!("{document}\n")) } else { people(&document) };
    trouble.unwrap_or(code)
}

/// Writes to standard output; how the process ends if that is not possible. A reader that has gone (`… | head`) wanted
/// no more: what was asked is done all the same.
fn out(text: &str) -> Option<ExitCode> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            progress(&format!("Standard output cannot be written ({error}).\nCheck where it goes."));
            Some(ExitCode::FAILURE)
        }
        _ => None,
    }
}

/// A line beside the document, on standard error; nothing if nobody reads it.
pub(crate) fn progress(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

/// Times become RFC 3339 under `*_at`, pages become `{"items":[],"next":null}`, large numbers become text.
pub(crate) fn machine(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(machine).collect()),
        Value::Object(map) => {
            let mut out = Map::new();
            for (key, value) in map {
                if key == "raw" {
                    // Somebody else's JSON stays as it came.
                    out.insert(key, value);
                } else if let Some(stem) = key
                    .strip_suffix("_at_ms")
                    .map(|s| format!("{s}_at"))
                    .or_else(|| (key == "at_ms" || key == "since_ms").then(|| key.trim_end_matches("_ms").to_owned()))
                {
                    let text = value.as_i64().map(|ms| Value::String(UnixMillis::new(ms).to_rfc3339()));
                    out.insert(stem, text.unwrap_or(Value::Null));
                } else if TEXT_NUMBERS.contains(&key.as_str()) && value.is_u64() {
                    out.insert(key, Value::String(value.to_string()));
                } else {
                    out.insert(key, machine(value));
                }
            }
            Value::Object(out)
        }
        other => other,
    }
}

/// A page of rows as the envelope's list; `next` is where the next page starts.
pub(crate) fn page(rows: Value, after: u64, total: u64) -> Value {
    let count = rows.as_array().map_or(0, |r| u64::try_from(r.len()).unwrap_or(u64::MAX));
    let reached = after.saturating_add(count);
    let next = if count > 0 && reached < total { Value::String(reached.to_string()) } else { Value::Null };
    json!({ "items": rows, "next": next, "total": total })
}

/// A line without what would steer a terminal: a stranger wrote it.
pub(crate) fn plain(line: &str) -> String {
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    line.chars().map(|c| if steers(c) { ' ' } else { c }).collect()
}

fn people(document: &Value) -> Option<ExitCode> {
    if let Some(error) = document.get("error") {
        let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
        progress(&format!("{}\n{}", text("message"), text("remedy")));
        return None;
    }
    let mut lines = String::new();
    if let Some(data) = document.get("data") {
        write_value(&mut lines, data, 0);
    }
    out(&lines)
}

fn write_value(out: &mut String, value: &Value, depth: usize) {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::Null => {}
                    Value::Array(items) if items.is_empty() => {}
                    Value::Object(_) | Value::Array(_) => {
                        out.push_str(&format!("{pad}{}\n", label(key)));
                        write_value(out, value, depth.saturating_add(1));
                    }
                    plain => out.push_str(&format!("{pad}{}: {}\n", label(key), shown(plain))),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                if item.is_object() {
                    write_value(out, item, depth);
                    out.push('\n');
                } else {
                    out.push_str(&format!("{pad}{}\n", shown(item)));
                }
            }
        }
        plain => out.push_str(&format!("{pad}{}\n", shown(plain))),
    }
}

/// A key as people read it; the window says the same.
fn label(key: &str) -> String {
    match key {
        "unknown" => "outcome unknown".to_owned(),
        _ => key.replace('_', " "),
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A mistake in how the command was used: exit status 2.
pub(crate) fn usage(message: impl Into<String>, remedy: &str) -> UiError {
    UiError::new(UiErrorCode::InvalidInput, message, remedy).with_details(json!({ "usage": true }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_become_rfc3339_and_large_numbers_text() {
        let out = machine(
            json!({ "created_at_ms": 1_795_305_600_007_i64, "seen_at_ms": null, "head": 7, "n": 3, "rows": [{ "at_ms": 0 }] }),
        );
        assert_eq!(
            out,
            json!({ "created_at": "2026-11-22T00:00:00.007Z", "seen_at": null, "head": "7", "n": 3, "rows": [{ "at": "1970-01-01T00:00:00.000Z" }] })
        );
    }

    #[test]
    fn people_read_the_words_of_the_window() {
        let mut lines = String::new();
        write_value(&mut lines, &json!({ "counts": { "unknown": 2 }, "read_at": null }), 0);
        assert_eq!(lines, "counts\n  outcome unknown: 2\n");
    }

    #[test]
    fn a_page_says_where_the_next_one_starts() {
        assert_eq!(page(json!([1, 2]), 4, 9).get("next"), Some(&json!("6")));
        assert_eq!(page(json!([1, 2]), 7, 9).get("next"), Some(&Value::Null));
    }
}
