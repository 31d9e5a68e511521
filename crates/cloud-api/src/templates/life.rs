//! Creating, editing, deleting, and the rest of a template's life (templates.md §1, §10, §13, §14).

use std::collections::BTreeMap;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use switchboard_domain::ids::{TemplateId, WabaId};

use super::draft::{Component, TemplateDraft};
use super::model::{Template, TemplateStatus};
use crate::client::{CallError, Client, with_query};
use crate::lenient;
use crate::limits::{LimitError, count_within};

/// The answer to a creation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Created {
    /// The new template.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Option<TemplateId>,
    /// `PENDING`, `APPROVED` or `REJECTED`.
    pub status: Option<TemplateStatus>,
    /// May already differ from what was asked.
    #[serde(deserialize_with = "lenient::text")]
    pub category: Option<String>,
}

/// Creates a template.
///
/// # Errors
/// [`CallError::Limit`] for what is documented to be refused; else as any call, with the reason in the subcode
/// (errors.md §7).
pub async fn create(client: &Client, waba: &WabaId, draft: &TemplateDraft) -> Result<Created, CallError> {
    draft.check()?;
    if draft.languages.is_some() {
        return Err(LimitError::new("languages", "belongs to the upsert of authentication templates").into());
    }
    client.post("creating the template", &[waba.as_str(), "message_templates"], draft).await
}

/// Reads one template with all its fields.
///
/// # Errors
/// [`CallError`].
pub async fn get(client: &Client, id: &TemplateId) -> Result<Template, CallError> {
    client.get("reading the template", &[id.as_str()], &[("fields", super::list::FIELDS.to_owned())]).await
}

/// What may be changed. An edit replaces all components; approved templates go back to review, so take them as
/// unsendable until `APPROVED` is read again (templates.md §12).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TemplateEdit {
    /// Not for approved templates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The whole new content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<Component>>,
    /// New lifetime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_send_ttl_seconds: Option<i64>,
    /// Whether link clicks are not counted; send the current category with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cta_url_link_tracking_opted_out: Option<bool>,
    /// Creative optimisations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degrees_of_freedom_spec: Option<Map<String, Value>>,
    /// Maximum price; only on templates made with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optimization_spec: Option<Map<String, Value>>,
}

/// Edits a template.
///
/// # Errors
/// [`CallError`]; subcode 2388039 when its status or quota forbids it.
pub async fn edit(client: &Client, id: &TemplateId, edit: &TemplateEdit) -> Result<(), CallError> {
    if *edit == TemplateEdit::default() {
        return Err(LimitError::new("edit", "changes nothing").into());
    }
    client.post_ok("editing the template", &[id.as_str()], edit).await
}

/// What to delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeleteWhat {
    /// All languages of a name.
    Name(String),
    /// One template; Meta wants its name with it.
    One(TemplateId, String),
    /// Up to 100 at once.
    Many(Vec<TemplateId>),
}

/// Deletes templates. A name can be used again 30 days after an approved template of it was deleted.
///
/// # Errors
/// [`CallError`].
pub async fn delete(client: &Client, waba: &WabaId, what: &DeleteWhat) -> Result<(), CallError> {
    let query = match what {
        DeleteWhat::Name(name) => vec![("name", name.clone())],
        DeleteWhat::One(id, name) => vec![("hsm_id", id.as_str().to_owned()), ("name", name.clone())],
        DeleteWhat::Many(ids) => {
            count_within("hsm_ids", ids.len(), 1, 100)?;
            let ids: Vec<&str> = ids.iter().map(TemplateId::as_str).collect();
            vec![("hsm_ids", Value::from(ids).to_string())]
        }
    };
    client.delete_ok("deleting the template", &[waba.as_str(), "message_templates"], &query).await
}

/// The answer to an unpause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Unpaused {
    /// Whether it worked.
    pub success: bool,
    /// Why not.
    #[serde(deserialize_with = "lenient::text")]
    pub reason: Option<String>,
}

#[derive(Serialize)]
struct Nothing {}

/// Resumes a paused template. A pacing pause never ends by itself.
///
/// # Errors
/// [`CallError`].
pub async fn unpause(client: &Client, id: &TemplateId) -> Result<Unpaused, CallError> {
    client.post("unpausing the template", &[id.as_str(), "unpause"], &Nothing {}).await
}

/// What was archived or brought back, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Archived {
    /// Done.
    #[serde(alias = "archived_templates", alias = "unarchived_templates", deserialize_with = "ids")]
    pub done: Vec<TemplateId>,
    /// Not done, with Meta's reason.
    #[serde(rename = "failed_templates", deserialize_with = "lenient::or_default")]
    pub failed: BTreeMap<String, Value>,
}

fn ids<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Vec<TemplateId>, D::Error> {
    let list: Vec<Value> = lenient::or_default(d)?;
    Ok(list.into_iter().map(|v| TemplateId::new(v.as_str().map_or_else(|| v.to_string(), str::to_owned))).collect())
}

#[derive(Serialize)]
struct HsmIds {
    hsm_ids: String,
}

async fn archival(
    client: &Client,
    waba: &WabaId,
    ids: &[TemplateId],
    edge: &'static str,
) -> Result<Archived, CallError> {
    count_within("hsm_ids", ids.len(), 1, 100)?;
    let joined = ids.iter().map(TemplateId::as_str).collect::<Vec<_>>().join(",");
    let url = client.api_url(&[waba.as_str(), "message_templates", edge]);
    let request = client.request(Method::POST, url).json(&HsmIds { hsm_ids: joined });
    client.call("archiving templates", request).await
}

/// Archives templates; Meta deletes archived ones after 28 days.
///
/// # Errors
/// [`CallError`].
pub async fn archive(client: &Client, waba: &WabaId, ids: &[TemplateId]) -> Result<Archived, CallError> {
    archival(client, waba, ids, "archive").await
}

/// Brings templates back with their earlier status.
///
/// # Errors
/// [`CallError`].
pub async fn unarchive(client: &Client, waba: &WabaId, ids: &[TemplateId]) -> Result<Archived, CallError> {
    archival(client, waba, ids, "unarchive").await
}

/// One template of an upsert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Upserted {
    /// The template.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Option<TemplateId>,
    /// Its status.
    pub status: Option<TemplateStatus>,
    /// Its language.
    #[serde(deserialize_with = "lenient::text")]
    pub language: Option<String>,
}

#[derive(Deserialize)]
struct UpsertAnswer {
    #[serde(default = "Vec::new")]
    data: Vec<Upserted>,
}

/// Creates or updates an authentication template in several languages at once (`languages`, without `text` and
/// `autofill_text`).
///
/// # Errors
/// [`CallError`].
pub async fn upsert_authentication(
    client: &Client,
    waba: &WabaId,
    draft: &TemplateDraft,
) -> Result<Vec<Upserted>, CallError> {
    draft.check()?;
    if draft.languages.is_none() || !draft.category.eq_ignore_ascii_case("AUTHENTICATION") {
        return Err(LimitError::new("languages", "must be given, for an authentication template").into());
    }
    let path = [waba.as_str(), "upsert_message_templates"];
    Ok(client.post::<UpsertAnswer>("writing the templates", &path, draft).await?.data)
}

/// Window of a comparison, back from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i64)]
pub enum CompareWindow {
    /// 7 days.
    Week = 604_800,
    /// 30 days.
    Month = 2_592_000,
    /// 60 days.
    TwoMonths = 5_184_000,
    /// 90 days.
    Quarter = 7_776_000,
}

/// One line of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Comparison {
    /// `BLOCK_RATE`, `MESSAGE_SENDS`, `TOP_BLOCK_REASON`.
    #[serde(deserialize_with = "lenient::text")]
    pub metric: Option<String>,
    /// Template ids, lowest block rate first.
    #[serde(deserialize_with = "ids")]
    pub order_by_relative_metric: Vec<TemplateId>,
    /// Numbers per template.
    #[serde(deserialize_with = "lenient::or_default")]
    pub number_values: Vec<MetricValue>,
    /// Words per template.
    #[serde(deserialize_with = "lenient::or_default")]
    pub string_values: Vec<MetricValue>,
}

/// A value of one template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct MetricValue {
    /// The template.
    #[serde(deserialize_with = "lenient::id")]
    pub key: Option<TemplateId>,
    /// The value.
    #[serde(deserialize_with = "lenient::text")]
    pub value: Option<String>,
}

#[derive(Deserialize)]
struct CompareAnswer {
    #[serde(default = "Vec::new")]
    data: Vec<Comparison>,
}

/// Compares two templates of one account, each sent at least 1000 times, over one of four windows that end at
/// `now_s` (Unix seconds).
///
/// # Errors
/// [`CallError`].
pub async fn compare(
    client: &Client,
    one: &TemplateId,
    other: &TemplateId,
    window: CompareWindow,
    now_s: i64,
) -> Result<Vec<Comparison>, CallError> {
    let query = [
        ("template_ids", Value::from(vec![other.as_str()]).to_string()),
        ("start", now_s.saturating_sub(window as i64).to_string()),
        ("end", now_s.to_string()),
    ];
    Ok(client.get::<CompareAnswer>("comparing the templates", &[one.as_str(), "compare"], &query).await?.data)
}

/// What was copied from another account, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Migrated {
    /// Copied.
    #[serde(rename = "migrated_templates", deserialize_with = "ids")]
    pub done: Vec<TemplateId>,
    /// Not copied, with Meta's reason.
    #[serde(rename = "failed_templates", deserialize_with = "lenient::or_default")]
    pub failed: BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct MigrateBody<'a> {
    source_waba_id: &'a WabaId,
    page_number: u32,
    count: u32,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    template_ids: &'a [TemplateId],
}

/// Copies templates from another account of the same business; only approved ones of good quality go.
///
/// # Errors
/// [`CallError`].
pub async fn migrate(
    client: &Client,
    destination: &WabaId,
    source: &WabaId,
    page_number: u32,
    template_ids: &[TemplateId],
) -> Result<Migrated, CallError> {
    count_within("template_ids", template_ids.len(), 0, 500)?;
    let body = MigrateBody { source_waba_id: source, page_number, count: 500, template_ids };
    client.post("copying templates", &[destination.as_str(), "migrate_message_templates"], &body).await
}

/// A URL of the template node with query, for the switch that travels in the query (templates.md §11).
///
/// # Errors
/// [`CallError`].
pub async fn set_click_tracking(
    client: &Client,
    id: &TemplateId,
    opted_out: bool,
    current_category: &str,
) -> Result<(), CallError> {
    let query = [("cta_url_link_tracking_opted_out", opted_out.to_string()), ("category", current_category.to_owned())];
    let url = with_query(client.url(&[id.as_str()]), &query);
    let answer: crate::client::Success =
        client.call("switching click tracking", client.request(Method::POST, url)).await?;
    answer.check("switching click tracking")
}
