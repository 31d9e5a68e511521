//! Control of what people do in groups, and of their suspension (webhooks.md §4.14 and §7.11).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::given::Given;
use super::handle::{Control, ControlError};
use crate::clock::seconds;
use crate::crowd::inbound;
use crate::ledger::NewMessage;
use crate::model::account::Number;
use crate::model::customer::Customer;
use crate::model::group::{Group, JoinRequest, PEOPLE_MAX};
use crate::webhooks::values::{self, Update};
use crate::webhooks::{groups, queue};

type Answer = Result<Json<Value>, ControlError>;

fn found(control: &Control, id: &str) -> Result<(Group, Number), ControlError> {
    let state = control.sim.state();
    let group = state.groups.get(id).cloned().ok_or(ControlError::NotFound("group of that id"))?;
    let number = state.numbers.get(&group.phone_number_id).cloned().ok_or(ControlError::NotFound("phone number"))?;
    Ok((group, number))
}

fn person(control: &Control, key: &str) -> Result<Customer, ControlError> {
    let id = control.id_of(key)?;
    control.sim.state().people.get(id).cloned().ok_or(ControlError::NotFound("customer"))
}

async fn keep(
    control: &Control,
    group: Group,
    message: Option<NewMessage>,
    told: Vec<Update>,
) -> Result<(), ControlError> {
    control.sim.state().groups.insert(group.id.clone(), group.clone());
    let (sim, now) = (Arc::clone(&control.sim), control.sim.clock.now_ms());
    control
        .sim
        .db
        .write(move |c| {
            group.save(c)?;
            if let Some(message) = message {
                message.insert(c)?;
            }
            queue::enqueue(c, &sim, told, now)
        })
        .await?;
    control.sim.post_wake.notify_one();
    Ok(())
}

/// `GET groups`: every group with who is in it.
pub(crate) async fn list(State(control): State<Control>) -> Answer {
    let state = control.sim.state();
    let items: Vec<Value> = state.groups.values().map(|g| json!(g)).collect();
    Ok(Json(json!({"items": items})))
}

/// Whether Meta has suspended the group.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    suspended: bool,
}

/// `PUT groups/{id}`.
pub(crate) async fn put(
    State(control): State<Control>,
    Path(id): Path<String>,
    Given(change): Given<Change>,
) -> Answer {
    let (mut group, number) = found(&control, &id)?;
    group.suspended = change.suspended;
    let kind = if change.suspended { "group_suspend" } else { "group_suspend_cleared" };
    let now = control.sim.clock.now_ms();
    let told = groups::event(&number, "group_status_update", kind, &id, None, Value::Null, now);
    keep(&control, group, None, vec![told]).await?;
    Ok(Json(json!({"success": true})))
}

/// What somebody does with the invite link.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Move {
    /// Id, phone or user id.
    customer: String,
    action: Action,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    /// Follows the link: is in, or has asked to be let in.
    Join,
    /// Takes the request back.
    Revoke,
    /// Leaves.
    Leave,
}

/// `POST groups/{id}/participants`.
pub(crate) async fn participants(
    State(control): State<Control>,
    Path(id): Path<String>,
    Given(wanted): Given<Move>,
) -> Answer {
    let (mut group, number) = found(&control, &id)?;
    let customer = person(&control, &wanted.customer)?;
    let now = control.sim.clock.now_ms();
    let invalid = |why: &str| Err(ControlError::Invalid(why.to_owned()));
    let is_in = group.members.contains(&customer.id);
    let (mut answer, mut told) = (json!({"success": true}), Vec::new());
    match wanted.action {
        Action::Join if is_in => return invalid("the customer is in the group already"),
        Action::Join if group.link.is_none() => return invalid("the group has no invite link"),
        Action::Join if group.members.len() >= PEOPLE_MAX => return invalid("the group is full"),
        Action::Join if group.approval => {
            let asked = JoinRequest {
                id: format!("JOIN.{}", hex::encode(rand::random::<[u8; 8]>())),
                customer: customer.id,
                at_ms: now,
            };
            told.push(groups::request(&number, &group, &customer, &asked, false, now));
            answer = json!({"join_request_id": asked.id});
            group.requests.push(asked);
        }
        Action::Join => {
            group.members.push(customer.id);
            told.push(groups::joined(&number, &group, &customer, now));
        }
        Action::Revoke => {
            let Some(at) = group.requests.iter().position(|r| r.customer == customer.id) else {
                return invalid("the customer has not asked to be let in");
            };
            let asked = group.requests.remove(at);
            told.push(groups::request(&number, &group, &customer, &asked, true, now));
        }
        Action::Leave if !is_in => return invalid("the customer is not in the group"),
        Action::Leave => {
            group.members.retain(|member| *member != customer.id);
            let keys = json!({"initiated_by": "participant", "removed_participants": [groups::person(&customer, now)]});
            let (field, kind) = ("group_participants_update", "group_participants_remove");
            told.push(groups::event(&number, field, kind, &id, None, keys, now));
        }
    }
    keep(&control, group, None, told).await?;
    Ok(Json(answer))
}

/// What somebody writes in a group.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Writes {
    /// Id, phone or user id.
    customer: String,
    text: String,
}

/// `POST groups/{id}/messages`.
pub(crate) async fn write(
    State(control): State<Control>,
    Path(id): Path<String>,
    Given(wanted): Given<Writes>,
) -> Answer {
    let (mut group, number) = found(&control, &id)?;
    let customer = person(&control, &wanted.customer)?;
    if !group.members.contains(&customer.id) {
        return Err(ControlError::Invalid(String::from("the customer is not in the group")));
    }
    let now = control.sim.clock.now_ms();
    let wamid = inbound::wamid(&customer.wa_id, false);
    group.last_inbound_ms = Some(now);
    let element = Map::from_iter([
        (String::from("group_id"), json!(group.id)),
        (String::from("id"), json!(wamid)),
        (String::from("timestamp"), json!(seconds(now).to_string())),
        (String::from("type"), json!("text")),
        (String::from("text"), json!({"body": wanted.text})),
    ]);
    let told = values::incoming(&number, &customer, element, now);
    let message = NewMessage {
        wamid: wamid.clone(),
        inbound: true,
        at_ms: now,
        phone_number_id: number.id,
        customer: group.row,
        nth: 0,
        input: customer.wa_id,
        by_user_id: false,
        correlation: None,
        kind: String::from("text"),
        template: None,
        language: None,
        category: None,
        billing: None,
        content: json!({"body": wanted.text}).to_string(),
        reply_to: None,
        fate: None,
        held: false,
        plan: Vec::new(),
    };
    keep(&control, group, Some(message), vec![told]).await?;
    Ok(Json(json!({"wamid": wamid})))
}
