//! `templates lint`: for people who write templates, and for pipelines that keep them in files.

use std::io::Read;

use serde_json::{Value, json};
use switchboard_bridge::UiError;
use switchboard_template_lint::{Finding, Known, Severity, lint};

use crate::output::{Answer, plain, usage};

/// More than all templates of an account.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// A template of a file.
struct Template {
    file: String,
    json: Value,
}

pub(super) fn run(files: &[String], strict: bool) -> Result<Answer, UiError> {
    let mut templates = Vec::new();
    for file in files {
        read(file, &mut templates)?;
    }
    let known: Vec<Known> = templates.iter().map(|template| known(&template.json)).collect();
    let found: Vec<Vec<Finding>> = templates.iter().map(|template| lint(&template.json, &known)).collect();
    let count = |severity: Severity| found.iter().flatten().filter(|f| f.severity() == severity).count();
    let (blocks, warns, advises) = (count(Severity::Blocks), count(Severity::Warns), count(Severity::Advises));
    let items: Vec<Value> = templates.iter().zip(&found).map(|(template, found)| item(template, found)).collect();
    let data = json!({"templates": items, "blocks": blocks, "warns": warns, "advises": advises});
    let mut answer = Answer::with_lines(data, lines(&templates, &found, blocks, warns));
    answer.found_a_no = blocks > 0 || (strict && warns > 0);
    Ok(answer)
}

/// Reads a file: one template, a list of them, or an answer with `data`.
fn read(file: &str, into: &mut Vec<Template>) -> Result<(), UiError> {
    let cannot = |what: &str| usage(format!("{file} {what}."), "Give templates as JSON files, or pipe one in with -.");
    let mut bytes = Vec::new();
    let outcome = if file == "-" {
        std::io::stdin().lock().take(MOST_BYTES).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|opened| opened.take(MOST_BYTES).read_to_end(&mut bytes))
    };
    outcome.map_err(|_| cannot("cannot be read"))?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let json: Value = serde_json::from_slice(text)
        .map_err(|e| cannot(&format!("is not JSON (line {}, column {})", e.line(), e.column())))?;
    let list = match json {
        Value::Array(list) => list,
        Value::Object(mut map) if map.get("data").is_some_and(Value::is_array) => match map.remove("data") {
            Some(Value::Array(list)) => list,
            _ => Vec::new(),
        },
        one => vec![one],
    };
    into.extend(list.into_iter().map(|json| Template { file: file.to_owned(), json }));
    Ok(())
}

fn known(template: &Value) -> Known {
    let text = |json: &Value, key: &str| json.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let of = |kind: &str| {
        let list = template.get("components").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let part = list.iter().find(|part| text(part, "type").eq_ignore_ascii_case(kind));
        part.map(|part| text(part, "text")).unwrap_or_default()
    };
    Known { name: text(template, "name"), language: text(template, "language"), body: of("body"), footer: of("footer") }
}

fn item(template: &Template, found: &[Finding]) -> Value {
    let findings: Vec<Value> = found
        .iter()
        .map(
            |f| json!({"rule": f.rule, "severity": f.severity(), "place": f.place, "message": f.message, "fix": f.fix}),
        )
        .collect();
    json!({
        "file": template.file,
        "name": template.json.get("name"),
        "language": template.json.get("language"),
        "findings": findings,
    })
}

fn lines(templates: &[Template], found: &[Vec<Finding>], blocks: usize, warns: usize) -> String {
    let mut out = String::new();
    for (template, found) in templates.iter().zip(found).filter(|(_, found)| !found.is_empty()) {
        let name = template.json.get("name").and_then(Value::as_str).unwrap_or("(no name)");
        let language = template.json.get("language").and_then(Value::as_str).unwrap_or("no language");
        out.push_str(&plain(&format!("{}: {name} ({language})", template.file)));
        out.push('\n');
        for finding in found {
            let word = match finding.severity() {
                Severity::Blocks => "blocks",
                Severity::Warns => "warns ",
                Severity::Advises => "advice",
            };
            let place = if finding.place.is_empty() { "the whole" } else { finding.place.as_str() };
            out.push_str(&plain(&format!("  {word}  {place}: {}  [{}]", finding.message, finding.rule.id())));
            out.push('\n');
        }
        out.push('\n');
    }
    let templates = templates.len();
    let plural = if templates == 1 { "" } else { "s" };
    out.push_str(&match (blocks, warns) {
        (0, 0) => format!("{templates} template{plural}, nothing that review is known to refuse.\n"),
        _ => format!("{templates} template{plural}: {blocks} that block, {warns} that warn.\n"),
    });
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    fn linted(text: &str, strict: bool) -> Answer {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.json");
        std::fs::write(&file, text).unwrap();
        run(&[file.to_str().unwrap().to_owned()], strict).unwrap()
    }

    const FINE: &str = r#"{"name":"order_ready","language":"en_US","category":"UTILITY",
        "components":[{"type":"BODY","text":"Your order is ready for collection at our counter today."}]}"#;

    #[test]
    fn a_fine_template_ends_well_and_a_faulty_one_does_not() {
        let answer = linted(FINE, true);
        assert!(!answer.found_a_no);
        assert_eq!(answer.lines.unwrap(), "1 template, nothing that review is known to refuse.\n");
        let answer = linted(&FINE.replace("Your order", "{{1}}, your order"), false);
        assert!(answer.found_a_no);
        assert!(answer.lines.unwrap().contains("[variable-at-edge]"));
        let rules: Vec<&Value> =
            answer.data["templates"][0]["findings"].as_array().unwrap().iter().map(|f| &f["rule"]).collect();
        assert_eq!(rules, ["variable-at-edge", "sample-missing"]);
    }

    #[test]
    fn warnings_count_when_asked() {
        let promoting = FINE.replace("today.", "today. 20 % off the next one.");
        assert!(!linted(&promoting, false).found_a_no);
        assert!(linted(&promoting, true).found_a_no);
    }

    #[test]
    fn templates_of_one_file_are_compared_with_each_other() {
        let twins = format!(r#"{{"data":[{FINE},{}]}}"#, FINE.replace("order_ready", "order_ready_2"));
        let answer = linted(&twins, false);
        assert!(answer.found_a_no);
        assert_eq!(answer.data["templates"][0]["findings"][0]["rule"], "duplicate");
    }

    #[test]
    fn hostile_names_cannot_steer_the_terminal() {
        let text = linted(&FINE.replace("order_ready", "a\\u001b[2J"), false).lines.unwrap();
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
}
