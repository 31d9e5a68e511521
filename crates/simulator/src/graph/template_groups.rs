//! Groups of templates, which analytics count together (templates.md §1; the parameters are those of Meta's SDK
//! description, the answers follow Graph's custom: no page shows them).

use std::sync::Arc;

use axum::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::error::GraphError;
use super::free_form::only_keys;
use super::template_write::{fresh_id, list as list_of, text};
use super::{Call, Outcome, fields, unavailable};
use crate::model::template::save_document;
use crate::world::{Sim, State};

/// Templates that belong together.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TemplateGroup {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    /// Template ids.
    pub(crate) templates: Vec<String>,
}

const FIELDS: &[&str] = &["id", "name", "description", "whatsapp_business_templates"];

impl TemplateGroup {
    fn node(&self) -> Map<String, Value> {
        let templates: Vec<Value> = self.templates.iter().map(|id| json!({"id": id})).collect();
        Map::from_iter([
            (String::from("id"), json!(self.id)),
            (String::from("name"), json!(self.name)),
            (String::from("description"), json!(self.description)),
            (String::from("whatsapp_business_templates"), json!({"data": templates})),
        ])
    }

    fn take(&mut self, state: &State, body: &Map<String, Value>) -> Result<(), GraphError> {
        only_keys(
            &Value::Object(body.clone()),
            &["name", "description", "whatsapp_business_templates"],
            "template_group",
        )?;
        if body.contains_key("name") {
            self.name = text(body, "name")?;
        }
        if body.contains_key("description") {
            self.description = text(body, "description")?;
        }
        if let Some(ids) = list_of(body.get("whatsapp_business_templates")) {
            let ids: Vec<String> =
                ids.iter().map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)).collect();
            if let Some(unknown) = ids.iter().find(|id| state.templates.get(id).is_none()) {
                return Err(GraphError::no_object("post", unknown));
            }
            self.templates = ids;
        }
        Ok(())
    }
}

/// `GET` and `POST /{waba}/template_groups`.
pub(super) async fn edge(sim: &Arc<Sim>, call: &Call) -> Outcome {
    if call.method == Method::GET {
        let state = sim.state();
        let mut groups: Vec<&TemplateGroup> = state.template_groups.values().collect();
        groups.sort_by(|a, b| a.id.cmp(&b.id));
        let mut items = Vec::with_capacity(groups.len());
        for group in groups {
            items.push((group.id.clone(), fields::pick(&group.node(), call, FIELDS, &[], "WhatsAppTemplateGroup")?));
        }
        return Ok(Value::Object(fields::page(items, call, &sim.graph_url, 25)?).into());
    }
    let body = call.object()?;
    for key in FIELDS.iter().skip(1) {
        if !body.contains_key(*key) {
            return Err(GraphError::new(100, format!("The parameter {key} is required.")));
        }
    }
    let mut group =
        TemplateGroup { id: fresh_id(), name: String::new(), description: String::new(), templates: Vec::new() };
    group.take(&sim.state(), &body)?;
    let id = group.id.clone();
    keep(sim, group).await?;
    Ok(json!({"id": id}).into())
}

/// `/{template-group-id}`.
pub(super) async fn node(sim: &Arc<Sim>, call: &Call) -> Outcome {
    let known = sim.state().template_groups.get(call.word(0)).cloned();
    let mut group = known.ok_or_else(|| GraphError::no_object(call.method.as_str(), call.word(0)))?;
    match call.method {
        Method::GET => Ok(fields::pick(&group.node(), call, FIELDS, &[], "WhatsAppTemplateGroup")?.into()),
        Method::POST => {
            let body = call.object()?;
            group.take(&sim.state(), &body)?;
            keep(sim, group).await?;
            Ok(json!({"success": true}).into())
        }
        Method::DELETE => {
            sim.state().template_groups.remove(&group.id);
            sim.db
                .write(move |c| {
                    c.prepare_cached("DELETE FROM documents WHERE kind = 'template_group' AND id = ?1")?
                        .execute([group.id])
                })
                .await
                .map_err(|e| unavailable(&e))?;
            Ok(json!({"success": true}).into())
        }
        _ => Err(GraphError::no_object(call.method.as_str(), call.word(0))),
    }
}

async fn keep(sim: &Arc<Sim>, group: TemplateGroup) -> Result<(), GraphError> {
    sim.state().template_groups.insert(group.id.clone(), group.clone());
    sim.db.write(move |c| save_document(c, "template_group", &group.id, &group)).await.map_err(|e| unavailable(&e))
}
