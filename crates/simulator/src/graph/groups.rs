//! Groups: made, shown, changed, left and deleted (webhooks.md §7.11, errors.md §9). What a call leads to is told by
//! webhook under the `request_id` it answered.

use std::sync::Arc;

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::error::{GraphError, webhook_error};
use super::free_form::{at_most, only_keys, required};
use super::number_write::product;
use super::{Call, Outcome, fields, unavailable};
use crate::clock::seconds;
use crate::model::account::Number;
use crate::model::group::{Group, PEOPLE_MAX};
use crate::webhooks::values::Update;
use crate::webhooks::{groups, queue};
use crate::world::{Sim, State};

const SUBJECT_MAX: usize = 128;
const DESCRIPTION_MAX: usize = 2048;
const FIELDS: &[&str] = &[
    "id",
    "messaging_product",
    "subject",
    "description",
    "creation_timestamp",
    "suspended",
    "total_participant_count",
    "participants",
    "join_approval_mode",
];

/// Groups are for numbers with an Official Business Account.
pub(super) fn eligible(state: &State, number: &str) -> Result<Number, GraphError> {
    let number = state.numbers.get(number).ok_or_else(|| GraphError::no_object("post", number))?;
    if number.fields.get("is_official_business_account").and_then(Value::as_bool) == Some(true) {
        return Ok(number.clone());
    }
    Err(GraphError::of(131_215, "Groups need an Official Business Account."))
}

fn request_id() -> String {
    format!("REQ.{}", hex::encode(rand::random::<[u8; 12]>()))
}

fn accepted(request: &str) -> Value {
    json!({"messaging_product": "whatsapp", "request_id": request})
}

/// Keeps a group as it is now and tells what happened.
pub(crate) async fn keep(sim: &Arc<Sim>, group: Group, updates: Vec<Update>, now_ms: i64) -> Result<(), GraphError> {
    sim.state().groups.insert(group.id.clone(), group.clone());
    let world = Arc::clone(sim);
    sim.db
        .write(move |c| {
            group.save(c)?;
            queue::enqueue(c, &world, updates, now_ms)
        })
        .await
        .map_err(|e| unavailable(&e))?;
    sim.post_wake.notify_one();
    Ok(())
}

fn texts(body: &Map<String, Value>) -> Result<(), GraphError> {
    for (key, most) in [("subject", SUBJECT_MAX), ("description", DESCRIPTION_MAX)] {
        if let Some(text) = body.get(key) {
            let text = text.as_str().ok_or_else(|| GraphError::new(100, format!("Param {key} must be a string.")))?;
            at_most(text.trim(), most, key)?;
        }
    }
    Ok(())
}

/// `POST /{phone-number-id}/groups`.
pub(super) async fn create(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let body = call.object()?;
    product(&body)?;
    let whole = Value::Object(body.clone());
    only_keys(&whole, &["messaging_product", "subject", "description", "join_approval_mode"], "groups")?;
    texts(&body)?;
    let subject = required(&whole, "subject", "groups")?.trim().to_owned();
    let approval = match body.get("join_approval_mode").and_then(Value::as_str) {
        None | Some("auto_approve") => false,
        Some("approval_required") => true,
        Some(other) => {
            return Err(GraphError::new(
                100,
                format!(
                    "Param join_approval_mode must be one of {{approval_required, auto_approve}} - got \"{other}\"."
                ),
            ));
        }
    };
    let (number, row) = {
        let state = sim.state();
        let lowest = state.groups.values().map(|g| g.row).min().unwrap_or(0);
        (eligible(&state, call.word(0))?, lowest.saturating_sub(1))
    };
    let id = {
        use base64::Engine;
        let name = format!("GROUP-{}", hex::encode_upper(rand::random::<[u8; 8]>()));
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(name)
    };
    let link = Group::fresh_link();
    let group = Group {
        id: id.clone(),
        row,
        phone_number_id: number.id.clone(),
        subject,
        description: body.get("description").and_then(Value::as_str).map(|d| d.trim().to_owned()),
        approval,
        link: Some(link.clone()),
        created_ms: call.now_ms,
        suspended: false,
        members: Vec::new(),
        requests: Vec::new(),
        last_inbound_ms: None,
        pinned: None,
    };
    let mut keys = json!({"subject": group.subject, "invite_link": link, "join_approval_mode": mode(&group)});
    if let (Some(description), Some(keys)) = (&group.description, keys.as_object_mut()) {
        keys.insert("description".into(), json!(description));
    }
    let request = request_id();
    let told = groups::event(&number, "group_lifecycle_update", "group_create", &id, Some(&request), keys, call.now_ms);
    keep(sim, group, vec![told], call.now_ms).await?;
    Ok(accepted(&request).into())
}

fn mode(group: &Group) -> &'static str {
    if group.approval { "approval_required" } else { "auto_approve" }
}

/// `GET /{phone-number-id}/groups`.
pub(super) fn list(sim: &Sim, call: &Call) -> Outcome {
    let state = sim.state();
    eligible(&state, call.word(0))?;
    let mut own: Vec<&Group> = state.groups.values().filter(|g| g.phone_number_id == call.word(0)).collect();
    own.sort_by_key(|g| std::cmp::Reverse(g.row));
    let items = own
        .into_iter()
        .map(|g| {
            let node = json!({"id": g.id, "subject": g.subject, "created_at": seconds(g.created_ms).to_string()});
            (g.id.clone(), node)
        })
        .collect();
    let mut page = fields::page(items, call, &sim.graph_url, 25)?;
    let listed = page.remove("data").unwrap_or_default();
    page.insert("data".into(), json!({"groups": listed}));
    Ok(Value::Object(page).into())
}

/// `/{group-id}` and what is below it.
pub(super) async fn serve(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let (group, number) = {
        let state = sim.state();
        let group =
            state.groups.get(call.word(0)).cloned().ok_or_else(|| GraphError::no_object("get", call.word(0)))?;
        let number = eligible(&state, &group.phone_number_id)?;
        (group, number)
    };
    match (&call.method, call.word(1)) {
        (&Method::GET, "") => show(sim, call, &group),
        (&Method::POST, "") => change(sim, call, group, &number).await,
        (&Method::DELETE, "") => delete(sim, call, &group, &number).await,
        (&Method::GET, "invite_link") => Ok(json!({"messaging_product": "whatsapp", "invite_link": group.link}).into()),
        (method @ (&Method::POST | &Method::DELETE), "invite_link") => link(sim, call, group, method).await,
        (&Method::GET, "join_requests") => requests(sim, call, &group),
        (&Method::POST, "join_requests") => decide(sim, call, group, &number, true).await,
        (&Method::DELETE, "join_requests") => decide(sim, call, group, &number, false).await,
        (&Method::DELETE, "participants") => remove(sim, call, group, &number).await,
        _ => {
            let words = call.path.iter().skip(1).map(String::as_str).collect::<Vec<_>>().join("/");
            Err(GraphError::new(2500, "").message(format!("Unknown path components: /{words}")))
        }
    }
}

fn show(sim: &Sim, call: &Call, group: &Group) -> Outcome {
    let people: Vec<Value> = {
        let state = sim.state();
        group.people(&state).iter().map(|c| Value::Object(groups::person(c, call.now_ms))).collect()
    };
    let node = json!({
        "id": group.id, "messaging_product": "whatsapp", "subject": group.subject, "description": group.description.as_deref().unwrap_or_default(),
        "creation_timestamp": seconds(group.created_ms), "suspended": group.suspended, "total_participant_count": people.len(),
        "participants": people, "join_approval_mode": mode(group),
    });
    let Value::Object(node) = node else { return Err(GraphError::no_object("get", &group.id)) };
    Ok(fields::pick(&node, call, FIELDS, &[], "WhatsAppGroup")?.into())
}

async fn change(sim: &Arc<Sim>, call: &Call, mut group: Group, number: &Number) -> Outcome {
    let body = call.object()?;
    product(&body)?;
    only_keys(&Value::Object(body.clone()), &["messaging_product", "subject", "description"], "group")?;
    texts(&body)?;
    let mut keys = Map::new();
    if let Some(subject) = body.get("subject").and_then(Value::as_str).map(str::trim).filter(|s| !s.is_empty()) {
        group.subject = subject.to_owned();
        keys.insert("group_subject".into(), json!({"text": subject, "update_successful": true}));
    }
    if let Some(description) = body.get("description").and_then(Value::as_str) {
        group.description = Some(description.trim().to_owned());
        keys.insert("group_description".into(), json!({"text": description.trim(), "update_successful": true}));
    }
    if keys.is_empty() {
        return Err(GraphError::new(100, "One of the parameters subject and description is required."));
    }
    let request = request_id();
    let kind = "group_settings_update";
    let told = groups::event(number, kind, kind, &group.id, Some(&request), Value::Object(keys), call.now_ms);
    keep(sim, group, vec![told], call.now_ms).await?;
    Ok(accepted(&request).into())
}

async fn delete(sim: &Arc<Sim>, call: &Call, group: &Group, number: &Number) -> Outcome {
    let request = request_id();
    let field = "group_lifecycle_update";
    let told = groups::event(number, field, "group_delete", &group.id, Some(&request), Value::Null, call.now_ms);
    sim.state().groups.remove(&group.id);
    let (world, id, now) = (Arc::clone(sim), group.id.clone(), call.now_ms);
    sim.db
        .write(move |c| {
            c.prepare_cached("DELETE FROM documents WHERE kind = 'group' AND id = ?1")?.execute([id])?;
            queue::enqueue(c, &world, vec![told], now)
        })
        .await
        .map_err(|e| unavailable(&e))?;
    sim.post_wake.notify_one();
    Ok(json!({"messaging_product": "whatsapp", "success": true, "request_id": request}).into())
}

async fn link(sim: &Arc<Sim>, call: &Call, mut group: Group, method: &Method) -> Outcome {
    product(&call.object()?)?;
    group.link = (*method == Method::POST).then(Group::fresh_link);
    let link = group.link.clone();
    keep(sim, group, Vec::new(), call.now_ms).await?;
    Ok(match link {
        Some(link) => json!({"messaging_product": "whatsapp", "invite_link": link}),
        None => json!({"messaging_product": "whatsapp", "success": "true"}),
    }
    .into())
}

fn requests(sim: &Sim, call: &Call, group: &Group) -> Outcome {
    let state = sim.state();
    let items = group
        .requests
        .iter()
        .filter_map(|asked| {
            let mut node = groups::person(state.people.get(asked.customer)?, call.now_ms);
            node.insert("join_request_id".into(), json!(asked.id));
            node.insert("creation_timestamp".into(), json!(seconds(asked.at_ms)));
            Some((asked.id.clone(), Value::Object(node)))
        })
        .collect();
    Ok(Value::Object(fields::page(items, call, &sim.graph_url, 25)?).into())
}

async fn decide(sim: &Arc<Sim>, call: &Call, mut group: Group, number: &Number, approve: bool) -> Outcome {
    let body = call.object()?;
    product(&body)?;
    let ids = super::template_write::list(body.get("join_requests"))
        .filter(|l| !l.is_empty())
        .ok_or_else(|| GraphError::new(100, "The parameter join_requests is required."))?;
    let (mut done, mut failed, mut updates) = (Vec::new(), Vec::new(), Vec::new());
    for id in ids.iter().filter_map(Value::as_str) {
        let Some(at) = group.requests.iter().position(|r| r.id == id) else {
            let error = webhook_error(131_213, "There is no join request of this id.");
            failed.push(json!({"join_request_id": id, "errors": [error]}));
            continue;
        };
        if approve && group.members.len() >= PEOPLE_MAX {
            let error = webhook_error(131_204, "The group has as many participants as it may have.");
            failed.push(json!({"join_request_id": id, "errors": [error]}));
            continue;
        }
        let asked = group.requests.remove(at);
        done.push(json!(id));
        if approve {
            group.members.push(asked.customer);
            if let Some(customer) = sim.state().people.get(asked.customer) {
                updates.push(groups::joined(number, &group, customer, call.now_ms));
            }
        }
    }
    keep(sim, group, updates, call.now_ms).await?;
    let key = if approve { "approved_join_requests" } else { "rejected_join_requests" };
    let mut answer = json!({"messaging_product": "whatsapp", "request_id": request_id(), key: done});
    if let (false, Some(answer)) = (failed.is_empty(), answer.as_object_mut()) {
        answer.insert("failed_join_requests".into(), json!(failed));
        answer.insert("errors".into(), json!([webhook_error(131_201, "Some join requests could not be decided.")]));
    }
    Ok(answer.into())
}

async fn remove(sim: &Arc<Sim>, call: &Call, mut group: Group, number: &Number) -> Outcome {
    let body = call.object()?;
    product(&body)?;
    let people = super::template_write::list(body.get("participants"))
        .filter(|l| !l.is_empty())
        .ok_or_else(|| GraphError::new(100, "The parameter participants is required."))?;
    if people.len() > PEOPLE_MAX {
        return Err(GraphError::of(131_204, format!("One request names up to {PEOPLE_MAX} participants.")));
    }
    let mut named: Vec<(String, Option<i64>)> = Vec::new();
    for one in &people {
        only_keys(one, &["user", "user_id"], "participants")?;
        let phone = one.get("user").and_then(Value::as_str);
        let input = match phone.or_else(|| one.get("user_id").and_then(Value::as_str)) {
            Some(input) => input.to_owned(),
            None => return Err(GraphError::missing("participants['user']")),
        };
        let key = phone.map_or_else(|| input.clone(), |p| p.chars().filter(char::is_ascii_digit).collect());
        let customer = sim.state().people.find(&key).map(|c| c.id);
        if named.iter().any(|(known, id)| *known == input || id.is_some() && *id == customer) {
            return Err(GraphError::of(131_202, "A participant is given twice."));
        }
        named.push((input, customer));
    }
    let (mut removed, mut failed) = (Vec::new(), Vec::new());
    for (input, customer) in named {
        match customer.filter(|id| group.members.contains(id)) {
            Some(id) => {
                group.members.retain(|member| *member != id);
                removed.push(json!({"input": input}));
            }
            None => failed.push(json!({"input": input,
                "errors": [webhook_error(131_212, "The user is not a participant of the group.")]})),
        }
    }
    let mut keys = json!({"initiated_by": "business", "removed_participants": removed});
    if let (false, Some(keys)) = (failed.is_empty(), keys.as_object_mut()) {
        keys.insert("failed_participants".into(), json!(failed));
        keys.insert("errors".into(), json!([webhook_error(131_201, "Some participants could not be removed.")]));
    }
    let request = request_id();
    let (field, kind) = ("group_participants_update", "group_participants_remove");
    let told = groups::event(number, field, kind, &group.id, Some(&request), keys, call.now_ms);
    keep(sim, group, vec![told], call.now_ms).await?;
    Ok(accepted(&request).into())
}
