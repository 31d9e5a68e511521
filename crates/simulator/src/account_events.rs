//! What happens to the account by itself: reviews that end, pauses that run out, pacing that is
//! decided, quality that moves with how the crowd reacts (templates.md §8 and §9).

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::clock::seconds;
use crate::config::Mode;
use crate::control::account::status_update;
use crate::crowd::fate::Step;
use crate::crowd::task;
use crate::ledger::{self, Stored};
use crate::model::template::{Template, save_document};
use crate::review::verdict::{self, Verdict};
use crate::upkeep;
use crate::webhooks::values::{self, Update};
use crate::world::{Sim, State, Timer, What};

/// Hours a quality pause lasts, by how often the template was paused; the third time disables it.
const PAUSES: [(i64, &str); 2] = [(3, "FIRST_PAUSE"), (6, "SECOND_PAUSE")];
const HOUR_MS: i64 = 3_600_000;
/// Sends before quality says anything.
const QUALITY_MIN_SENDS: u32 = 20;
/// Marketing sends a new template may make before pacing holds the rest (unpublished by Meta).
pub(crate) const PACED_SENDS: u32 = 500;

/// A planned change of the account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum AccountEvent {
    /// The review of a new or edited template ends.
    Review { template: String },
    /// A quality pause runs out.
    Unpause { template: String },
    /// Meta decides about held messages.
    Pacing { template: String },
    /// An announced category change takes effect.
    Recategorise { template: String, category: String },
    /// A display name was reviewed.
    NameReview { number: String, name: String },
    /// A request for the blue tick was decided.
    OfficialReview { number: String },
    /// The messaging limit goes up a level.
    LimitUpgrade,
    /// A number that reached many people is faster from now on.
    ThroughputUpgrade { number: String },
    /// The daily look at templates nobody uses.
    Upkeep,
}

/// Keeps an event for `due_ms`.
pub(crate) fn plan(connection: &Connection, due_ms: i64, event: &AccountEvent) -> rusqlite::Result<Timer> {
    let text = serde_json::to_string(event).unwrap_or_default();
    connection.prepare_cached("INSERT INTO timers(due_ms, what) VALUES(?1, ?2)")?.execute(params![due_ms, text])?;
    Ok(Timer { due_ms, what: What::Account(connection.last_insert_rowid()) })
}

/// Handles a due row of `timers`.
pub(crate) fn fire(
    connection: &Connection,
    sim: &Sim,
    id: i64,
    now_ms: i64,
    updates: &mut Vec<Update>,
) -> rusqlite::Result<Vec<Timer>> {
    let what: Option<String> =
        connection.query_row("SELECT what FROM timers WHERE id = ?1", [id], |row| row.get(0)).optional()?;
    connection.execute("DELETE FROM timers WHERE id = ?1", [id])?;
    let Some(event) = what.and_then(|w| serde_json::from_str(&w).ok()) else { return Ok(Vec::new()) };
    match event {
        AccountEvent::Review { template } => review(connection, sim, &template, now_ms, updates)?,
        AccountEvent::Unpause { template } => unpause(connection, sim, &template, now_ms, updates)?,
        AccountEvent::Pacing { template } => return pacing(connection, sim, &template, now_ms, updates),
        AccountEvent::Recategorise { template, category } => {
            recategorise(connection, sim, &template, &category, updates)?
        }
        AccountEvent::NameReview { number, name } => name_review(connection, sim, &number, &name, updates)?,
        AccountEvent::OfficialReview { number } => official_review(connection, sim, &number, updates)?,
        AccountEvent::LimitUpgrade => limit_upgrade(connection, sim, updates)?,
        AccountEvent::ThroughputUpgrade { number } => upkeep::upgrade(connection, sim, &number, updates)?,
        AccountEvent::Upkeep => return Ok(vec![upkeep::daily(connection, sim, now_ms, updates)?]),
    }
    Ok(Vec::new())
}

fn change(
    connection: &Connection,
    sim: &Sim,
    id: &str,
    how: impl FnOnce(&mut Template) -> Option<Update>,
    updates: &mut Vec<Update>,
) -> rusqlite::Result<()> {
    let (template, update) = {
        let mut state = sim.state();
        let Some(template) = state.templates.get_mut(id) else { return Ok(()) };
        let update = how(template);
        (template.clone(), update)
    };
    updates.extend(update);
    template.save(connection)
}

fn info(title: &str, description: &str) -> Map<String, Value> {
    let mut extra = Map::new();
    extra.insert("other_info".into(), json!({"title": title, "description": description}));
    extra
}

fn review(
    connection: &Connection,
    sim: &Sim,
    id: &str,
    now_ms: i64,
    updates: &mut Vec<Update>,
) -> rusqlite::Result<()> {
    let mut new_texts = None;
    change(
        connection,
        sim,
        id,
        |template| {
            if template.status != "PENDING" {
                return None;
            }
            match verdict::decide(&template.category, &template.components) {
                Verdict::Approved => {
                    template.status = String::from("APPROVED");
                    template.rejected_reason = None;
                    template.quality_since_ms = now_ms;
                    template.pacing_left = (template.category == "MARKETING").then_some(PACED_SENDS);
                    if std::mem::take(&mut template.edited) {
                        new_texts = Some(components_update(template));
                    }
                    Some(status_update(template, None))
                }
                Verdict::Rejected { reason, info } => {
                    template.status = String::from("REJECTED");
                    template.rejected_reason = Some(reason.to_owned());
                    let extra = info.map(|(why, advice)| {
                        let mut extra = Map::new();
                        extra.insert("rejection_info".into(), json!({"reason": why, "recommendation": advice}));
                        extra
                    });
                    Some(status_update(template, extra.as_ref()))
                }
            }
        },
        updates,
    )?;
    updates.extend(new_texts);
    Ok(())
}

/// The whole new content of an edited template (webhooks.md §7.1).
fn components_update(template: &Template) -> Update {
    let mut value = json!({"message_template_id": template.numeric_id(), "message_template_name": template.name,
        "message_template_language": template.language});
    let text = |part: &Value| part.get("text").cloned().unwrap_or_default();
    for component in &template.components {
        let Some(map) = value.as_object_mut() else { break };
        match component.get("type").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase().as_str() {
            "HEADER" if component.get("text").is_some() => {
                map.insert("message_template_title".into(), text(component));
            }
            "BODY" => {
                map.insert("message_template_element".into(), text(component));
            }
            "FOOTER" => {
                map.insert("message_template_footer".into(), text(component));
            }
            "BUTTONS" => {
                let buttons = component.get("buttons").and_then(Value::as_array).cloned().unwrap_or_default();
                map.insert("message_template_buttons".into(), buttons.iter().map(button_update).collect());
            }
            _ => {}
        }
    }
    values::account("message_template_components_update", value)
}

fn button_update(button: &Value) -> Value {
    let mut map = Map::new();
    for (from, to) in [
        ("type", "message_template_button_type"),
        ("text", "message_template_button_text"),
        ("url", "message_template_button_url"),
        ("phone_number", "message_template_button_phone_number"),
    ] {
        if let Some(part) = button.get(from) {
            map.insert(to.to_owned(), part.clone());
        }
    }
    Value::Object(map)
}

fn unpause(
    connection: &Connection,
    sim: &Sim,
    id: &str,
    now_ms: i64,
    updates: &mut Vec<Update>,
) -> rusqlite::Result<()> {
    change(
        connection,
        sim,
        id,
        |template| {
            if template.status != "PAUSED" || template.pause_kind.as_deref() != Some("quality") {
                return None;
            }
            template.status = String::from("APPROVED");
            template.pause_kind = None;
            template.quality = String::from("YELLOW");
            template.quality_since_ms = now_ms;
            Some(status_update(template, Some(&info("UNPAUSE", "The pause has ended."))))
        },
        updates,
    )
}

/// Good feedback releases what is held, bad feedback drops it and pauses the template for good.
fn pacing(
    connection: &Connection,
    sim: &Sim,
    id: &str,
    now_ms: i64,
    updates: &mut Vec<Update>,
) -> rusqlite::Result<Vec<Timer>> {
    let Some(template) = sim.state().templates.get(id).cloned() else { return Ok(Vec::new()) };
    let held = ledger::held(connection, &template.name, &template.language)?;
    let good = template.feedback_bad.saturating_mul(20) <= template.feedback_sends;
    let mut timers = Vec::new();
    if good {
        for message in &held {
            connection.prepare_cached("UPDATE messages SET held = 0, base_ms = ?2, plan_pos = CASE WHEN plan IS NULL THEN NULL ELSE 0 END WHERE seq = ?1")?.execute(params![message.seq, now_ms])?;
            let first: Option<Step> = message
                .plan
                .as_deref()
                .and_then(|p| serde_json::from_str::<Vec<Step>>(p).ok())
                .and_then(|steps| steps.into_iter().next());
            timers.extend(
                first.map(|step| Timer {
                    due_ms: now_ms.saturating_add(step.after_ms),
                    what: What::Message(message.seq),
                }),
            );
        }
    } else {
        for mut message in held {
            task::status(connection, sim, &mut message, "failed", now_ms, Some(132_015), updates)?;
        }
    }
    change(
        connection,
        sim,
        id,
        |template| {
            template.pacing_left = None;
            template.pacing_planned = false;
            if good {
                let previous = std::mem::replace(&mut template.quality, String::from("GREEN"));
                template.quality_since_ms = now_ms;
                return (previous != "GREEN").then(|| quality_update(template, &previous));
            }
            template.status = String::from("PAUSED");
            template.pause_kind = Some(String::from("pacing"));
            Some(status_update(
                template,
                Some(&info("RATE_LIMITING_PAUSE", "Paused because of early feedback while messages were held.")),
            ))
        },
        updates,
    )?;
    Ok(timers)
}

fn quality_update(template: &Template, previous: &str) -> Update {
    values::account(
        "message_template_quality_update",
        json!({"previous_quality_score": previous, "new_quality_score": template.quality, "message_template_id": template.numeric_id(),
               "message_template_name": template.name, "message_template_language": template.language}),
    )
}

fn recategorise(
    connection: &Connection,
    sim: &Sim,
    id: &str,
    category: &str,
    updates: &mut Vec<Update>,
) -> rusqlite::Result<()> {
    change(
        connection,
        sim,
        id,
        |template| {
            if template.correct_category.as_deref() != Some(category) {
                return None;
            }
            let previous = std::mem::replace(&mut template.category, category.to_owned());
            template.correct_category = None;
            template.previous_category = Some(previous.clone());
            Some(values::account(
                "template_category_update",
                json!({"message_template_id": template.numeric_id(), "message_template_name": template.name, "message_template_language": template.language,
                       "previous_category": previous, "new_category": category}),
            ))
        },
        updates,
    )
}

/// The impending form of a category change; the caller plans [`AccountEvent::Recategorise`].
pub(crate) fn impending(template: &Template, correct: &str, at_ms: i64) -> Update {
    values::account(
        "template_category_update",
        json!({"message_template_id": template.numeric_id(), "message_template_name": template.name, "message_template_language": template.language,
               "correct_category": correct, "new_category": template.category, "category_update_timestamp": seconds(at_ms)}),
    )
}

/// Counts a complaint about the message against its template and number.
pub(crate) fn feedback(
    connection: &Connection,
    sim: &Sim,
    message: &Stored,
    at_ms: i64,
    updates: &mut Vec<Update>,
) -> rusqlite::Result<Vec<Timer>> {
    let (Some(name), Some(language)) = (&message.template, &message.language) else { return Ok(Vec::new()) };
    let mut state = sim.state();
    let scaled = |hours: i64| state.settings.scaled(hours.saturating_mul(HOUR_MS));
    let pauses = PAUSES.map(|(hours, title)| (hours, title, scaled(hours)));
    let Some(id) = state.templates.named(name, language).map(|t| t.id.clone()) else { return Ok(Vec::new()) };
    let Some(template) = state.templates.get_mut(&id) else { return Ok(Vec::new()) };
    template.feedback_bad = template.feedback_bad.saturating_add(1);
    let mut timer = None;
    let score = score(template.feedback_sends, template.feedback_bad);
    if let Some(score) = score.filter(|s| *s != template.quality) {
        let previous = std::mem::replace(&mut template.quality, score.to_owned());
        template.quality_since_ms = at_ms;
        updates.push(quality_update(template, &previous));
        if score == "RED" {
            timer = pause(template, &pauses, at_ms, updates);
        }
    }
    let template = template.clone();
    let number = number_quality(&mut state, &message.phone_number_id);
    drop(state);
    template.save(connection)?;
    if let Some(number) = number {
        save_document(connection, "number", &number.id, &number)?;
    }
    match timer {
        Some(due_ms) => Ok(vec![plan(connection, due_ms, &AccountEvent::Unpause { template: id })?]),
        None => Ok(Vec::new()),
    }
}

fn score(sends: u32, bad: u32) -> Option<&'static str> {
    if sends < QUALITY_MIN_SENDS {
        return None;
    }
    let permille = bad.saturating_mul(1000).checked_div(sends).unwrap_or(0);
    Some(match permille {
        0..=25 => "GREEN",
        26..=70 => "YELLOW",
        _ => "RED",
    })
}

/// Pauses for 3 h, then 6 h, then disables; says when a pause ends.
fn pause(template: &mut Template, pauses: &[(i64, &str, i64)], now_ms: i64, updates: &mut Vec<Update>) -> Option<i64> {
    let step = pauses.get(usize::try_from(template.pauses).unwrap_or(usize::MAX)).copied();
    template.pauses = template.pauses.saturating_add(1);
    (template.feedback_bad, template.feedback_sends) = (0, 0);
    if let Some((hours, title, lasts_ms)) = step {
        template.status = String::from("PAUSED");
        template.pause_kind = Some(String::from("quality"));
        updates.push(status_update(
            template,
            Some(&info(title, &format!("Paused for {hours} hours because of low quality."))),
        ));
        return Some(now_ms.saturating_add(lasts_ms));
    }
    template.status = String::from("DISABLED");
    let mut extra = Map::new();
    extra.insert("disable_info".into(), json!({"disable_date": text_date(now_ms)}));
    updates.push(status_update(template, Some(&extra)));
    None
}

/// `November 22, 2026`.
fn text_date(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |at| at.strftime("%B %-d, %Y").to_string())
}

fn number_quality(state: &mut State, id: &str) -> Option<crate::model::account::Number> {
    let (sends, bad) = state
        .templates
        .sorted()
        .iter()
        .fold((0_u32, 0_u32), |(s, b), t| (s.saturating_add(t.feedback_sends), b.saturating_add(t.feedback_bad)));
    let score = score(sends, bad)?;
    let number = state.numbers.get_mut(id)?;
    if number.text("quality_rating") == score {
        return None;
    }
    number.fields.insert("quality_rating".into(), json!(score));
    number.fields.insert("quality_score".into(), json!({"score": score}));
    Some(number.clone())
}

fn number_change(
    connection: &Connection,
    sim: &Sim,
    id: &str,
    how: impl FnOnce(&mut crate::model::account::Number) -> Option<Update>,
    updates: &mut Vec<Update>,
) -> rusqlite::Result<()> {
    let (number, update) = {
        let mut state = sim.state();
        let Some(number) = state.numbers.get_mut(id) else { return Ok(()) };
        let update = how(number);
        (number.clone(), update)
    };
    updates.extend(update);
    save_document(connection, "number", id, &number)
}

fn name_review(
    connection: &Connection,
    sim: &Sim,
    id: &str,
    name: &str,
    updates: &mut Vec<Update>,
) -> rusqlite::Result<()> {
    let bad = name.chars().count() < 3
        || name.contains("!!")
        || name.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    number_change(
        connection,
        sim,
        id,
        |number| {
            number.fields.remove("new_display_name");
            number.fields.insert("new_name_status".into(), json!(if bad { "DECLINED" } else { "APPROVED" }));
            if !bad {
                number.fields.insert("verified_name".into(), json!(name));
                number.fields.insert("name_status".into(), json!("APPROVED"));
            }
            Some(values::account(
                "phone_number_name_update",
                json!({"display_phone_number": number.digits, "decision": if bad { "REJECTED" } else { "APPROVED" }, "requested_verified_name": name,
                       "rejection_reason": if bad { json!("NAME_FORMAT_UNACCEPTABLE") } else { Value::Null }}),
            ))
        },
        updates,
    )
}

fn official_review(connection: &Connection, sim: &Sim, id: &str, updates: &mut Vec<Update>) -> rusqlite::Result<()> {
    number_change(
        connection,
        sim,
        id,
        |number| {
            number.fields.insert(
                "official_business_account".into(),
                json!({"oba_status": "REJECTED", "status_message": "The business is not notable enough yet."}),
            );
            Some(values::account(
                "account_alerts",
                json!({"entity_type": "PHONE_NUMBER", "entity_id": number.id, "alert_info": {"alert_severity": "INFORMATIONAL", "alert_status": "NONE",
                       "alert_type": "OBA_REJECTED", "alert_description": "The request for an official business account was declined."}}),
            ))
        },
        updates,
    )
}

fn limit_upgrade(connection: &Connection, sim: &Sim, updates: &mut Vec<Update>) -> rusqlite::Result<()> {
    let account = {
        let mut state = sim.state();
        state.limits.upgrade_planned = false;
        let green = state.numbers.values().all(|n| n.text("quality_rating") == "GREEN");
        let next = match state.account.messaging_limit.as_str() {
            "TIER_250" => "TIER_2K",
            "TIER_2K" => "TIER_10K",
            "TIER_10K" => "TIER_100K",
            "TIER_100K" => "TIER_UNLIMITED",
            _ => return Ok(()),
        };
        if !green {
            return Ok(());
        }
        state.account.messaging_limit = next.to_owned();
        state.account.clone()
    };
    let cap = account.messaging_cap().map_or_else(|| json!(account.messaging_limit), |cap| json!(cap));
    updates.push(values::account(
        "business_capability_update",
        json!({"max_daily_conversations_per_business": cap, "max_phone_numbers_per_business": 20}),
    ));
    save_document(connection, "account", "account", &account)
}

/// Plans a review with a delay drawn for the template; nothing is planned in explicit mode.
pub(crate) fn plan_review(
    connection: &Connection,
    sim: &Sim,
    template: &Template,
    now_ms: i64,
) -> rusqlite::Result<Option<Timer>> {
    let (mode, delay) = {
        let state = sim.state();
        let edits = u64::try_from(template.edits_ms.len()).unwrap_or(0);
        let mut draw = crate::crowd::draw::Draw::new(sim.seed, "review", &template.name, edits);
        (state.settings.mode, state.settings.scaled(draw.delay(45_000, 0.8, 900_000)))
    };
    if mode == Mode::Explicit {
        return Ok(None);
    }
    plan(connection, now_ms.saturating_add(delay), &AccountEvent::Review { template: template.id.clone() }).map(Some)
}
