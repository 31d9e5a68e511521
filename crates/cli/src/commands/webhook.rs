//! `webhook explain`.

use std::path::Path;

use serde_json::{Map, Value, json};
use switchboard_bridge::UiError;
use switchboard_bridge::dto::{ExplainedEvent, WebhookExplanation};
use switchboard_domain::time::UnixMillis;
use switchboard_engine::inbound::explain::{explain, read_file, read_from};

use crate::arguments::Webhook;
use crate::output::{Answer, plain, usage};

/// Longest piece of raw JSON that is shown to people; machines get all of it.
const RAW_CHARS: usize = 400;

pub(super) fn run(command: Webhook) -> Result<Answer, UiError> {
    let Webhook::Explain { file } = command;
    let explanation = explain(&read(&file)?, usize::MAX).map_err(UiError::from)?;
    Ok(Answer::with_lines(document(&explanation), lines(&explanation)))
}

/// The bytes of the file or of standard input.
fn read(file: &str) -> Result<Vec<u8>, UiError> {
    if file != "-" {
        return read_file(Path::new(file))
            .map_err(|e| usage(e.message, "Check its path, or pipe the payload in with -."));
    }
    let mut bytes = Vec::new();
    read_from(std::io::stdin().lock(), &mut bytes)
        .map_err(|_| usage("Standard input cannot be read.", "Pipe the payload in."))?;
    Ok(bytes)
}

/// `data.events[]`; keys that say nothing are left out.
fn document(explanation: &WebhookExplanation) -> Value {
    let events: Vec<Value> = explanation.events.iter().map(event).collect();
    json!({
        "payloads": explanation.payloads,
        "total": explanation.total,
        "not_understood": explanation.unknown,
        "events": events,
    })
}

fn event(event: &ExplainedEvent) -> Value {
    let mut out = Map::new();
    out.insert("payload".to_owned(), json!(event.payload));
    out.insert("kind".to_owned(), json!(event.kind));
    out.insert("field".to_owned(), json!(event.field));
    out.insert("who".to_owned(), json!(event.who));
    out.insert("effect".to_owned(), json!(event.effect));
    let texts = [
        ("detail", &event.detail),
        ("waba_id", &event.waba_id),
        ("phone_number_id", &event.phone_number_id),
        ("reason", &event.reason),
    ];
    for (key, value) in texts {
        if let Some(value) = value {
            out.insert(key.to_owned(), json!(value));
        }
    }
    if let Some(at) = event.at_ms {
        out.insert("at_ms".to_owned(), json!(at));
    }
    if event.unknown {
        out.insert("unknown".to_owned(), json!(true));
        let text = event.raw.as_deref().unwrap_or_default();
        // As JSON where it is JSON that can be held as a tree, else as its text.
        out.insert("raw".to_owned(), serde_json::from_str(text).unwrap_or_else(|_| json!(text)));
    }
    Value::Object(out)
}

fn lines(explanation: &WebhookExplanation) -> String {
    let several = explanation.payloads > 1;
    let mut out = counted(explanation.total, "event", "events");
    if several {
        out.push_str(&format!(" in {} payloads", explanation.payloads));
    }
    match explanation.unknown {
        0 => out.push_str(", all understood\n"),
        n => out.push_str(&format!(", {n} not understood\n")),
    }
    for (i, event) in explanation.events.iter().enumerate() {
        let mark = if event.unknown { "?" } else { " " };
        let detail = event.detail.as_deref().filter(|d| !d.is_empty()).map(|d| format!(" {d}")).unwrap_or_default();
        let field = if event.field.is_empty() { "no field" } else { event.field.as_str() };
        let payload = if several { format!("  payload {}", event.payload) } else { String::new() };
        let at = event.at_ms.map(|ms| format!("  {}", UnixMillis::new(ms).to_rfc3339())).unwrap_or_default();
        let number = i.saturating_add(1);
        out.push_str(&format!("\n{mark}{number:>3}  "));
        push_plain(&mut out, &format!("{}{detail}  ({field}){payload}{at}", event.kind));
        for line in [&event.who, &event.effect] {
            push_plain(&mut out, &format!("      {line}"));
        }
        if let Some(reason) = &event.reason {
            push_plain(&mut out, &format!("      Not understood: {reason}"));
        }
        if let Some(raw) = &event.raw {
            push_plain(&mut out, &format!("      {}", shortened(raw)));
        }
    }
    out
}

fn counted(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

fn push_plain(out: &mut String, line: &str) {
    out.push_str(&plain(line));
    out.push('\n');
}

/// Not longer than a person reads.
fn shortened(raw: &str) -> String {
    match raw.char_indices().nth(RAW_CHARS).and_then(|(end, _)| raw.get(..end)) {
        Some(start) => format!("{start} …"),
        None => raw.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;

    const TWO: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"200","changes":[
        {"field":"messages","value":{"metadata":{"phone_number_id":"100"},
         "contacts":[{"profile":{"name":"Ana Prova"},"wa_id":"14165550123"}],
         "messages":[{"from":"14165550123","id":"wamid.1","timestamp":"1795305601","type":"text","text":{"body":"STOP"}}]}},
        {"field":"a_field_of_2027","value":{"at_ms":7,"x":1}}]}]}"#;

    #[test]
    fn machines_get_every_event_with_what_was_not_understood_as_it_came() {
        let out = crate::output::machine(document(&explain(TWO.as_bytes(), usize::MAX).unwrap()));
        let events = out["events"].as_array().unwrap();
        assert_eq!(events.len(), 2);
        assert_eq!(events[0]["kind"], "message");
        assert_eq!(events[0]["at"], "2026-11-22T00:00:01.000Z");
        assert!(events[0].get("unknown").is_none() && events[0].get("raw").is_none());
        assert_eq!(events[1]["unknown"], true);
        assert_eq!(events[1]["raw"], json!({"at_ms": 7, "x": 1}), "somebody else's keys are not translated");
    }

    #[test]
    fn people_read_who_and_what_line_by_line() {
        let text = lines(&explain(TWO.as_bytes(), usize::MAX).unwrap());
        assert!(text.starts_with("2 events, 1 not understood\n"), "{text}");
        assert!(text.contains("message text  (messages)  2026-11-22T00:00:01.000Z"), "{text}");
        assert!(text.contains("      Ana Prova, +14165550123\n"), "{text}");
        assert!(text.contains("Read as an opt-out"), "{text}");
        assert!(text.contains("?  2  unknown  (a_field_of_2027)"), "{text}");
    }

    #[test]
    fn a_strangers_name_cannot_steer_the_terminal() {
        let text = lines(&explain(TWO.replace("Ana Prova", "\\u001b[2JAna\\u202e").as_bytes(), usize::MAX).unwrap());
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
        assert!(text.contains("[2JAna"), "{text:?}");
    }
}
