//! The rarer template calls: authentication previews and upsert, comparison, archive, unpause,
//! migration (templates.md §1, §6, §10, §13 and §14).

use std::sync::Arc;

use rusqlite::params;
use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::template_write::{authentication, drafted, keep, list, room};
use super::{Call, Outcome, unavailable};
use crate::control::account::status_update;
use crate::model::template::Template;
use crate::review::languages;
use crate::world::Sim;

/// `GET /{waba}/message_template_previews`.
pub(super) fn previews(call: &Call) -> Outcome {
    let asked = |key: &str| call.query.get(key).map_or("", String::as_str);
    if !asked("category").eq_ignore_ascii_case("AUTHENTICATION") {
        return Err(GraphError::new(100, "Param category must be AUTHENTICATION."));
    }
    let languages: Vec<String> = if asked("languages").is_empty() {
        vec![String::from("en_US"), String::from("fr_CA"), String::from("es")]
    } else {
        asked("languages").trim_matches(['[', ']']).split(',').map(|l| l.trim().trim_matches('"').to_owned()).collect()
    };
    let mut parts =
        vec![json!({"type": "BODY", "add_security_recommendation": asked("add_security_recommendation") == "true"})];
    if let Ok(minutes) = asked("code_expiration_minutes").parse::<i64>() {
        parts.push(json!({"type": "FOOTER", "code_expiration_minutes": minutes}));
    }
    let parts = authentication(&parts);
    let words = |at: usize| parts.get(at).and_then(|p| p.get("text")).cloned();
    let data: Vec<Value> = languages
        .iter()
        .map(|language| {
            let mut preview = json!({"body": words(0), "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code", "autofill_text": "Autofill"}], "language": language});
            if let (Some(footer), Some(preview)) = (words(1), preview.as_object_mut()) {
                preview.insert("footer".into(), footer);
            }
            preview
        })
        .collect();
    Ok(json!({"data": data}).into())
}

/// `POST /{waba}/upsert_message_templates`: one authentication template in many languages.
pub(super) async fn upsert(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let body = call.object()?;
    if !body.get("category").and_then(Value::as_str).is_some_and(|c| c.eq_ignore_ascii_case("AUTHENTICATION")) {
        return Err(GraphError::new(100, "Param category must be AUTHENTICATION."));
    }
    let wanted = list(body.get("languages"))
        .filter(|l| !l.is_empty())
        .ok_or_else(|| GraphError::new(100, "The parameter languages is required."))?;
    let mut data = Vec::new();
    let mut drafts = Vec::new();
    for language in wanted.iter().filter_map(Value::as_str) {
        if !languages::supported(language) {
            return Err(GraphError::new(100, format!("Param languages has an unsupported language \"{language}\".")));
        }
        let state = sim.state();
        let mut draft = drafted(&state, &body, language, call.now_ms)?;
        match state.templates.named(&draft.name, language) {
            Some(known) => draft.id.clone_from(&known.id),
            None => room(&state, &draft.name, language, call.now_ms)?,
        }
        draft.status = String::from("APPROVED");
        data.push(json!({"id": draft.id, "status": draft.status, "language": language}));
        drafts.push(draft);
    }
    for draft in drafts {
        keep(sim, draft, Vec::new(), call.now_ms).await?;
    }
    Ok(json!({"data": data}).into())
}

/// `POST /{template-id}/unpause`: ends a pacing pause; a quality pause ends by itself.
pub(super) async fn unpause(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let template = {
        let mut state = sim.state();
        let template =
            state.templates.get_mut(call.word(0)).ok_or_else(|| GraphError::no_object("post", call.word(0)))?;
        if template.status != "PAUSED" {
            return Ok(json!({"success": false, "reason": "The template is not paused."}).into());
        }
        if template.pause_kind.as_deref() == Some("quality") {
            return Ok(json!({"success": false, "reason": "The template is paused for low quality and will be resumed automatically."}).into());
        }
        template.status = String::from("APPROVED");
        template.pause_kind = None;
        template.pacing_left = None;
        template.clone()
    };
    let update = status_update(&template, None);
    keep(sim, template, vec![update], call.now_ms).await?;
    Ok(json!({"success": true}).into())
}

/// `POST /{waba}/message_templates/archive` and `/unarchive`.
pub(super) async fn archive(sim: &Arc<Sim>, call: &Call, archive: bool) -> Outcome {
    let body = call.object()?;
    let ids = match body.get("hsm_ids") {
        Some(Value::String(text)) => text.split(',').map(|w| w.trim().to_owned()).collect(),
        Some(Value::Array(list)) => {
            list.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect::<Vec<String>>()
        }
        _ => return Err(GraphError::new(100, "The parameter hsm_ids is required.")),
    };
    if ids.len() > 100 {
        return Err(GraphError::new(100, "Param hsm_ids may have at most 100 elements."));
    }
    let (mut done, mut failed, mut changed) = (Vec::new(), Map::new(), Vec::new());
    {
        let mut state = sim.state();
        for id in ids {
            let Some(template) = state.templates.get_mut(&id) else {
                failed.insert(id, json!("Template not found"));
                continue;
            };
            match archived(template, archive, call.now_ms) {
                Ok(()) => {
                    let mut shown = template.clone();
                    if !archive {
                        shown.status = String::from("UNARCHIVED");
                    }
                    changed.push((template.clone(), status_update(&shown, None)));
                    done.push(json!(id));
                }
                Err(why) => {
                    failed.insert(id, json!(why));
                }
            }
        }
    }
    for (template, update) in changed {
        // Back to a pending review only if it was pending before.
        keep(sim, template, vec![update], call.now_ms).await?;
    }
    let key = if archive { "archived_templates" } else { "unarchived_templates" };
    Ok(json!({key: done, "failed_templates": failed}).into())
}

fn archived(template: &mut Template, archive: bool, now_ms: i64) -> Result<(), &'static str> {
    match (archive, template.status.as_str()) {
        (true, "ARCHIVED") => Err("Template is archived already"),
        (true, "DISABLED" | "PENDING") => Err("Template cannot be archived in its status"),
        (true, _) => {
            template.archive(now_ms);
            Ok(())
        }
        (false, "ARCHIVED") => {
            template.status = template.before_archive.take().unwrap_or_else(|| String::from("APPROVED"));
            (template.touched_ms, template.archived_ms) = (now_ms, None);
            Ok(())
        }
        (false, _) => Err("Template is not archived"),
    }
}

/// `GET /{template-id}/compare`: two templates, each sent 1000 times, over a documented window.
pub(super) async fn compare(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let asked = |key: &str| call.query.get(key).map_or("", String::as_str);
    let ids: Vec<String> = asked("template_ids")
        .trim_matches(['[', ']'])
        .split(',')
        .map(|w| w.trim().trim_matches('"').to_owned())
        .filter(|w| !w.is_empty())
        .collect();
    let [other] = ids.as_slice() else {
        return Err(GraphError::new(100, "Param template_ids must have exactly one element."));
    };
    let (start, end): (i64, i64) = (asked("start").parse().unwrap_or(0), asked("end").parse().unwrap_or(0));
    if !matches!(end.saturating_sub(start), 604_800 | 2_592_000 | 5_184_000 | 7_776_000) {
        return Err(GraphError::new(100, "The window must be 7, 30, 60 or 90 days."));
    }
    let pair: Vec<(String, String, String, u32)> = {
        let state = sim.state();
        [call.word(0), other.as_str()]
            .iter()
            .map(|id| {
                state.templates.get(id).map(|t| (t.id.clone(), t.name.clone(), t.language.clone(), t.feedback_bad))
            })
            .collect::<Option<_>>()
            .ok_or_else(|| GraphError::no_object("get", other))?
    };
    let mut rows = Vec::new();
    for (id, name, language, bad) in pair {
        let sends = sim
            .db
            .read(move |c| {
                c.query_row(
                    "SELECT count(*) FROM messages WHERE inbound = 0 AND template = ?1 AND language = ?2 AND at_ms BETWEEN ?3 AND ?4",
                    params![name, language, start.saturating_mul(1000), end.saturating_mul(1000)],
                    |row| row.get::<_, i64>(0),
                )
            })
            .await
            .map_err(|e| unavailable(&e))?;
        if sends < 1000 {
            return Err(GraphError::new(100, "Both templates must have been sent at least 1000 times in the window."));
        }
        rows.push((id, sends, i64::from(bad).saturating_mul(1_000_000).checked_div(sends).unwrap_or(0)));
    }
    let mut by_rate = rows.clone();
    by_rate.sort_by_key(|(_, _, rate)| *rate);
    Ok(json!({"data": [
        {"metric": "BLOCK_RATE", "type": "RELATIVE", "order_by_relative_metric": by_rate.iter().map(|r| &r.0).collect::<Vec<_>>()},
        {"metric": "MESSAGE_SENDS", "type": "NUMBER_VALUES", "number_values": rows.iter().map(|r| json!({"key": r.0, "value": r.1})).collect::<Vec<_>>()},
        {"metric": "TOP_BLOCK_REASON", "type": "STRING_VALUES", "string_values": rows.iter().map(|r| json!({"key": r.0, "value": "NO_REASON_GIVEN"})).collect::<Vec<_>>()},
    ]})
    .into())
}

/// `POST /{waba}/migrate_message_templates`: the practice portfolio has one account, so nothing
/// can come from another.
pub(super) fn migrate(sim: &Sim, call: &Call) -> Outcome {
    let body = call.object()?;
    let source = body
        .get("source_waba_id")
        .and_then(Value::as_str)
        .ok_or_else(|| GraphError::new(100, "The parameter source_waba_id is required."))?;
    if sim.state().account.id == source {
        return Err(GraphError::new(100, "source_waba_id and the destination are the same account."));
    }
    if body.get("count").and_then(super::template_write::number).is_some_and(|n| n > 500) {
        return Err(GraphError::new(100, "Param count must be at most 500."));
    }
    Err(GraphError::no_object("post", source))
}
