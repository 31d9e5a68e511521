//! Analytics out of the practice ledger: messages, pricing, conversations and templates
//! (pricing.md §9). Figures are exact here; Meta's are approximate.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::params;
use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::{Call, Outcome, unavailable};
use crate::phone;
use crate::world::{Sim, State};

/// One ledger row as analytics count it.
struct Counted {
    at_s: i64,
    inbound: bool,
    template: bool,
    delivered: bool,
    category: String,
    billing: String,
    country: &'static str,
}

/// The arguments of `name.start(…).end(…).granularity(…)…` in a `fields` parameter.
fn arguments(fields: &str, name: &str) -> Option<BTreeMap<String, String>> {
    let at = fields.find(&format!("{name}."))?;
    let mut rest = fields.get(at.saturating_add(name.len())..)?;
    let mut found = BTreeMap::new();
    while let Some(after) = rest.strip_prefix('.') {
        let (key, tail) = after.split_once('(')?;
        let mut depth = 1_i32;
        let end = tail.char_indices().find_map(|(at, c)| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            (depth == 0).then_some(at)
        })?;
        found.insert(key.to_owned(), tail.get(..end)?.to_owned());
        rest = tail.get(end.saturating_add(1)..)?;
    }
    Some(found)
}

const NAMES: &[&str] = &["conversation_analytics", "pricing_analytics", "analytics"];

/// Whether a WABA read asks for analytics, in the field form or as an edge.
pub(super) fn wanted(call: &Call) -> Option<&'static str> {
    let edge = NAMES.iter().find(|n| call.word(1) == **n);
    let fields = call.query.get("fields").map_or("", String::as_str);
    edge.or_else(|| NAMES.iter().find(|n| fields.contains(&format!("{n}.")))).copied()
}

fn step(granularity: &str) -> Result<i64, GraphError> {
    match granularity {
        "HALF_HOUR" => Ok(1_800),
        "DAY" | "DAILY" => Ok(86_400),
        "MONTH" | "MONTHLY" => Ok(30 * 86_400),
        other => Err(GraphError::new(
            100,
            format!("Param granularity must be one of {{DAY, HALF_HOUR, MONTH}} - got \"{other}\"."),
        )),
    }
}

/// Answers `analytics`, `conversation_analytics` and `pricing_analytics`.
pub(super) async fn show(sim: &Arc<Sim>, call: &Call, name: &'static str) -> Outcome {
    let given = call
        .query
        .get("fields")
        .and_then(|f| arguments(f, name))
        .unwrap_or_else(|| call.query.iter().map(|(k, v)| (k.clone(), v.clone())).collect());
    let time = |key: &str| {
        given
            .get(key)
            .and_then(|t| t.parse::<i64>().ok())
            .ok_or_else(|| GraphError::new(100, format!("The parameter {key} is required.")))
    };
    let (start, end) = (time("start")?, time("end")?);
    let granularity = given.get("granularity").map_or("DAY", String::as_str).to_owned();
    let step = step(&granularity)?;
    let rows = rows(sim, start, end).await?;
    let id = sim.state().account.id.clone();
    let digits: Vec<String> = sim.state().numbers.values().map(|n| n.digits.clone()).collect();
    let number = digits.first().cloned().unwrap_or_default();
    let slot = |at: i64| at.div_euclid(step).saturating_mul(step);
    let body = if name == "analytics" {
        let mut points: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
        for row in rows.iter().filter(|r| !r.inbound) {
            let point = points.entry(slot(row.at_s)).or_default();
            point.0 = point.0.saturating_add(1);
            point.1 = point.1.saturating_add(u64::from(row.delivered));
        }
        let points: Vec<Value> = points.into_iter().map(|(at, (sent, delivered))| json!({"start": at, "end": at.saturating_add(step), "sent": sent, "delivered": delivered})).collect();
        json!({"phone_numbers": digits, "country_codes": [], "granularity": granularity, "data_points": points})
    } else {
        let dimensions = given.get("dimensions").map_or("", String::as_str).to_uppercase();
        let mut points: BTreeMap<(i64, String, String, String), u64> = BTreeMap::new();
        for row in rows.iter().filter(|r| !r.inbound && r.delivered) {
            let with = |dimension: &str, value: &str| {
                if dimensions.contains(dimension) { value.to_owned() } else { String::new() }
            };
            let key = (
                slot(row.at_s),
                with("CATEGORY", &row.category.to_uppercase()),
                with("TYPE", &row.billing.to_uppercase()),
                with("COUNTRY", row.country),
            );
            let count = points.entry(key).or_default();
            *count = count.saturating_add(1);
        }
        let prefix = if name == "pricing_analytics" { "pricing" } else { "conversation" };
        let volume = if name == "pricing_analytics" { "volume" } else { "conversation" };
        let points: Vec<Value> = points
            .into_iter()
            .map(|((at, category, kind, country), count)| {
                let mut point = json!({"start": at, "end": at.saturating_add(step), "phone_number": number, volume: count, "cost": 0});
                if let Some(point) = point.as_object_mut() {
                    for (key, value) in [(format!("{prefix}_category"), category), (format!("{prefix}_type"), kind), (String::from("country"), country)] {
                        if !value.is_empty() {
                            point.insert(key, json!(value));
                        }
                    }
                }
                point
            })
            .collect();
        json!({"data": [{"data_points": points}]})
    };
    if call.word(1) == name {
        return Ok(body.into());
    }
    let mut answer = Map::new();
    answer.insert(name.to_owned(), body);
    answer.insert("id".into(), json!(id));
    Ok(Value::Object(answer).into())
}

async fn rows(sim: &Arc<Sim>, start: i64, end: i64) -> Result<Vec<Counted>, GraphError> {
    sim.db
        .read(move |c| {
            c.prepare_cached(
                "SELECT m.at_ms / 1000, m.inbound, m.template IS NOT NULL, m.delivered_ms IS NOT NULL OR m.read_ms IS NOT NULL, coalesce(m.category, ''), coalesce(m.billing, ''), c.wa_id
                 FROM messages m JOIN customers c ON c.id = m.customer WHERE m.at_ms BETWEEN ?1 AND ?2",
            )?
            .query_map(params![start.saturating_mul(1000), end.saturating_mul(1000)], |row| {
                Ok(Counted {
                    at_s: row.get(0)?,
                    inbound: row.get(1)?,
                    template: row.get(2)?,
                    delivered: row.get(3)?,
                    category: row.get(4)?,
                    billing: row.get(5)?,
                    country: phone::country(&row.get::<_, String>(6)?),
                })
            })?
            .filter(|row| row.as_ref().map_or(true, |r| r.template || !r.inbound))
            .collect::<rusqlite::Result<Vec<_>>>()
        })
        .await
        .map_err(|e| unavailable(&e))
}

/// `GET /{waba}/template_analytics`.
pub(super) async fn templates(sim: &Arc<Sim>, call: &Call) -> Outcome {
    counted_by(sim, call, "template_ids", "template_id", |_, id| Some(vec![id.to_owned()])).await
}

/// `GET /{waba}/template_group_analytics`: the same, with the templates of a group counted together.
pub(super) async fn template_groups(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let members = |state: &State, id: &str| state.template_groups.get(id).map(|group| group.templates.clone());
    counted_by(sim, call, "template_group_ids", "template_group_id", members).await
}

async fn counted_by(
    sim: &Arc<Sim>,
    call: &Call,
    parameter: &str,
    label: &str,
    members: impl Fn(&State, &str) -> Option<Vec<String>>,
) -> Outcome {
    let asked = |key: &str| call.query.get(key).map_or("", String::as_str);
    if sim.state().account.fields.get("is_enabled_for_insights") != Some(&json!(true)) {
        return Err(GraphError::new(100, "Invalid parameter")
            .subcode(200_007)
            .user("Insights are not enabled", "Enable template insights for this account first."));
    }
    let ids: Vec<String> = asked(parameter)
        .trim_matches(['[', ']'])
        .split(',')
        .map(|w| w.trim().trim_matches('"').to_owned())
        .filter(|w| !w.is_empty())
        .collect();
    if ids.is_empty() || ids.len() > 10 {
        return Err(GraphError::new(100, format!("Param {parameter} must have 1 to 10 elements.")));
    }
    let (Ok(start), Ok(end)) = (asked("start").parse::<i64>(), asked("end").parse::<i64>()) else {
        return Err(GraphError::new(100, "The parameters start and end are required."));
    };
    if call.now_ms.div_euclid(1000).saturating_sub(start) > 91 * 86_400 {
        return Err(GraphError::new(100, "Template analytics go back 90 days."));
    }
    let mut points = Vec::new();
    for id in ids {
        let named: Option<Vec<(String, String)>> = {
            let state = sim.state();
            let named = |id: &String| state.templates.get(id).map(|t| (t.name.clone(), t.language.clone()));
            members(&state, &id).and_then(|ids| ids.iter().map(named).collect())
        };
        let named = named.ok_or_else(|| GraphError::no_object("get", &id))?;
        let mut days: BTreeMap<i64, (i64, i64, i64)> = BTreeMap::new();
        for (name, language) in named {
            for (day, sent, delivered, read) in daily(sim, name, language, start, end).await? {
                let sum = days.entry(day).or_default();
                sum.0 = sum.0.saturating_add(sent);
                sum.1 = sum.1.saturating_add(delivered);
                sum.2 = sum.2.saturating_add(read);
            }
        }
        points.extend(days.into_iter().map(|(day, (sent, delivered, read))| {
            let start = day.saturating_mul(86_400);
            json!({label: id, "start": start, "end": start.saturating_add(86_400), "sent": sent, "delivered": delivered, "read": read, "clicked": [],
                   "cost": [{"type": "amount_spent", "value": 0}]})
        }));
    }
    let product = if asked("product_type") == "MARKETING_MESSAGES_API_FOR_WHATSAPP" {
        "marketing_messages_api_for_whatsapp"
    } else {
        "cloud_api"
    };
    Ok(json!({"data": [{"granularity": "DAILY", "product_type": product, "data_points": points}], "paging": {"cursors": {"before": "MAZDZD", "after": "MjQZD"}}}).into())
}

/// Sent, delivered and read on each day, in days since 1970.
async fn daily(
    sim: &Arc<Sim>,
    name: String,
    language: String,
    start: i64,
    end: i64,
) -> Result<Vec<(i64, i64, i64, i64)>, GraphError> {
    sim
            .db
            .read(move |c| {
                c.prepare_cached(
                    "SELECT at_ms / 86400000, count(*), count(*) FILTER (WHERE delivered_ms IS NOT NULL OR read_ms IS NOT NULL), count(*) FILTER (WHERE read_ms IS NOT NULL)
                     FROM messages WHERE inbound = 0 AND template = ?1 AND language = ?2 AND at_ms BETWEEN ?3 AND ?4 GROUP BY 1 ORDER BY 1",
                )?
                .query_map(params![name, language, start.saturating_mul(1000), end.saturating_mul(1000)], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, row.get::<_, i64>(3)?))
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
            })
            .await
            .map_err(|e| unavailable(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_form_is_taken_apart() {
        let found = arguments(
            "id,pricing_analytics.start(1).end(2).dimensions([\"A\",\"B\"]).granularity(DAILY)",
            "pricing_analytics",
        )
        .unwrap_or_default();
        assert_eq!(found.get("start").map(String::as_str), Some("1"));
        assert_eq!(found.get("dimensions").map(String::as_str), Some("[\"A\",\"B\"]"));
        assert_eq!(found.get("granularity").map(String::as_str), Some("DAILY"));
    }
}
