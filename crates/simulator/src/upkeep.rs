//! What the platform does to an account over time: templates nobody uses are archived and then deleted
//! (templates.md §10), and a number that reaches many people becomes faster (account.md §9).

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::account_events::{self, AccountEvent};
use crate::config::Mode;
use crate::control::account::status_update;
use crate::model::template::{Template, save_document};
use crate::webhooks::values::{self, Update};
use crate::world::{Sim, State, Timer};

const DAY_MS: i64 = 86_400_000;
/// Twelve months without activity.
const IDLE_MS: i64 = 365 * DAY_MS;
/// How long an archived template is kept.
const ARCHIVED_MS: i64 = 28 * DAY_MS;
/// Unique people in 24 hours that make a number faster.
const MANY_PEOPLE: usize = 100_000;
/// How long the change takes; sends get 131057 meanwhile.
const UPGRADE_MS: i64 = 40_000;

/// Plans the next daily look.
pub(crate) fn plan_daily(connection: &Connection, now_ms: i64) -> rusqlite::Result<Timer> {
    account_events::plan(connection, now_ms.saturating_add(DAY_MS), &AccountEvent::Upkeep)
}

/// The daily look at all templates. Nothing happens by itself in explicit mode.
pub(crate) fn daily(
    connection: &Connection,
    sim: &Sim,
    now_ms: i64,
    updates: &mut Vec<Update>,
) -> rusqlite::Result<Timer> {
    let (archived, deleted) = {
        let mut state = sim.state();
        let on = state.settings.mode == Mode::Auto
            && state.account.fields.get("template_auto_archival_enabled") != Some(&Value::Bool(false));
        if on { pass(&mut state, now_ms, updates) } else { (Vec::new(), Vec::new()) }
    };
    for template in archived {
        template.save(connection)?;
    }
    for template in deleted {
        connection
            .prepare_cached("DELETE FROM documents WHERE kind = 'template' AND id = ?1")?
            .execute([&template.id])?;
        save_document(connection, "deleted_name", &template.name, &(&template.name, now_ms))?;
    }
    plan_daily(connection, now_ms)
}

fn pass(state: &mut State, now_ms: i64, updates: &mut Vec<Update>) -> (Vec<Template>, Vec<Template>) {
    let all: Vec<Template> = state.templates.sorted().into_iter().cloned().collect();
    let (mut archived, mut deleted) = (Vec::new(), Vec::new());
    for mut template in all {
        if template.status == "ARCHIVED" {
            let since = template.archived_ms.unwrap_or(now_ms);
            if now_ms.saturating_sub(since) >= ARCHIVED_MS {
                state.templates.remove(&template.id);
                state.deleted_names.insert(template.name.clone(), now_ms);
                template.status = String::from("DELETED");
                updates.push(status_update(&template, None));
                deleted.push(template);
            }
        } else if now_ms.saturating_sub(template.active_ms()) >= IDLE_MS
            && !matches!(template.status.as_str(), "PENDING" | "DISABLED")
        {
            template.archive(now_ms);
            updates.push(status_update(&template, None));
            state.templates.put(template.clone());
            archived.push(template);
        }
    }
    (archived, deleted)
}

/// Whether a number has now reached so many people that it becomes faster; if so it is in maintenance until the
/// returned event.
pub(crate) fn faster(state: &mut State, number: &str, now_ms: i64) -> Option<(i64, AccountEvent)> {
    let unlimited = state.account.messaging_cap().is_none();
    if !unlimited || state.settings.mode != Mode::Auto || state.limits.reached.used() < MANY_PEOPLE {
        return None;
    }
    let due_ms = now_ms.saturating_add(state.settings.scaled(UPGRADE_MS));
    let number = state.numbers.get_mut(number)?;
    if number.upgrading || number.throughput_per_s() != 80 || number.text("quality_rating") == "RED" {
        return None;
    }
    number.upgrading = true;
    Some((due_ms, AccountEvent::ThroughputUpgrade { number: number.id.clone() }))
}

/// The number is faster from now on.
pub(crate) fn upgrade(connection: &Connection, sim: &Sim, id: &str, updates: &mut Vec<Update>) -> rusqlite::Result<()> {
    let number = {
        let mut state = sim.state();
        let limit = state.account.messaging_limit.clone();
        let Some(number) = state.numbers.get_mut(id) else { return Ok(()) };
        number.upgrading = false;
        number.fields.insert("throughput".into(), json!({"level": "HIGH"}));
        updates.push(values::account(
            "phone_number_quality_update",
            json!({"display_phone_number": number.digits, "event": "THROUGHPUT_UPGRADE", "max_daily_conversations_per_business": limit}),
        ));
        number.clone()
    };
    save_document(connection, "number", id, &number)
}
