//! Samples: each variable and medium has one, and it looks like what will be sent (templates.md §2, §12).

use serde_json::Value;

use crate::findings::{Findings, Rule};
use crate::variables::names;
use crate::view::{Kind, Part, View};
use crate::words::{EMPTY_SAMPLES, NAME_SHAPES, Shape};

pub(crate) fn check(view: &View<'_>, findings: &mut Findings) {
    for part in view.all_parts() {
        match (part.kind, part.format().as_str()) {
            (Kind::Header, "IMAGE" | "VIDEO" | "DOCUMENT" | "GIF") => medium(part, findings),
            (Kind::Header, "TEXT") => text(part, view.named(), "header_text", findings),
            (Kind::Body, _) => text(part, view.named(), "body_text", findings),
            _ => {}
        }
    }
}

fn medium(part: &Part<'_>, findings: &mut Findings) {
    let handle = part.json.pointer("/example/header_handle").and_then(|list| list.get(0)).and_then(Value::as_str);
    match handle {
        Some(handle) if !handle.trim().is_empty() => {}
        _ => findings.add(
            Rule::SampleMissing,
            &part.place,
            "The header's medium has no sample. Upload one and put its handle into `example.header_handle`.",
        ),
    }
}

fn text(part: &Part<'_>, named: bool, key: &str, findings: &mut Findings) {
    let variables = names(part.text().unwrap_or_default());
    let samples = if named { named_samples(part.json, key) } else { numbered_samples(part.json, key) };
    for (i, variable) in variables.iter().enumerate() {
        let sample = match named {
            true => samples.iter().find(|(name, _)| name == variable).map(|(_, sample)| sample),
            false => samples.get(i).map(|(_, sample)| sample),
        };
        match sample {
            Some(sample) if !sample.trim().is_empty() => looks_right(part, variable, sample, named, findings),
            _ => findings.add(
                Rule::SampleMissing,
                &part.place,
                format!("`{{{{{variable}}}}}` has no sample. Review reads the template with its samples."),
            ),
        }
    }
    let surplus = samples.len().saturating_sub(variables.len());
    if surplus > 0 {
        findings.add(
            Rule::SampleSurplus,
            &part.place,
            format!("There are {} samples for {} variables.", samples.len(), variables.len()),
        );
    }
}

fn named_samples(json: &Value, key: &str) -> Vec<(String, String)> {
    let list = json.get("example").and_then(|e| e.get(format!("{key}_named_params"))).and_then(Value::as_array);
    let list = list.map(Vec::as_slice).unwrap_or_default();
    let text = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    list.iter().map(|entry| (text(entry, "param_name"), text(entry, "example"))).collect()
}

/// The body's are a list in a list, the header's a plain list.
fn numbered_samples(json: &Value, key: &str) -> Vec<(String, String)> {
    let Some(list) = json.get("example").and_then(|e| e.get(key)).and_then(Value::as_array) else { return Vec::new() };
    let row = match list.first() {
        Some(Value::Array(row)) => row,
        _ => list,
    };
    row.iter().map(|sample| (String::new(), sample.as_str().unwrap_or_default().to_owned())).collect()
}

fn looks_right(part: &Part<'_>, variable: &str, sample: &str, named: bool, findings: &mut Findings) {
    let folded = switchboard_domain::text_fold::fold(sample);
    let place = &part.place;
    let placeholder = sample.contains("{{")
        || EMPTY_SAMPLES.contains(&folded.as_str())
        || folded == switchboard_domain::text_fold::fold(&variable.replace('_', " "))
        || (folded.len() > 1
            && folded.chars().all(|c| folded.starts_with(c))
            && !folded.starts_with(|c: char| c.is_ascii_digit()));
    if placeholder {
        findings.add(
            Rule::SampleEmpty,
            place,
            format!("The sample of `{{{{{variable}}}}}` shows nothing. Write what a customer would read."),
        );
        return;
    }
    if let Some((_, shape)) = NAME_SHAPES.iter().find(|(name, _)| named && variable.split('_').any(|w| w == *name))
        && !fits(*shape, sample)
    {
        findings.add(
            Rule::SampleUnlike,
            place,
            format!("The sample of `{{{{{variable}}}}}` does not look like {}.", shape.words()),
        );
    }
    let digits = sample.chars().filter(char::is_ascii_digit).count();
    let mail = sample.contains('@') && sample.contains('.') && !sample.contains("example.");
    if (13..=19).contains(&digits) || mail {
        findings.add(
            Rule::SamplePersonal,
            place,
            format!(
                "The sample of `{{{{{variable}}}}}` looks like somebody's own data. Reviewers read samples: invent one."
            ),
        );
    }
}

fn fits(shape: Shape, sample: &str) -> bool {
    let digit = sample.chars().any(char::is_numeric);
    match shape {
        Shape::Number => digit,
        Shape::Date => digit || sample.chars().filter(|c| c.is_alphabetic()).count() >= 3,
        Shape::Link => sample.contains('.') || sample.contains('/'),
        Shape::Mail => sample.contains('@'),
        Shape::Person => sample.chars().any(char::is_alphabetic) && !digit,
    }
}
