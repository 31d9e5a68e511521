//! Listing templates by cursor (templates.md §1.1). An expired cursor (131059) restarts the walk; pages are
//! never fetched by the URL that Graph offers.

use std::collections::HashSet;

use serde::Deserialize;
use switchboard_domain::ids::WabaId;

use super::model::Template;
use crate::client::{CallError, Client, Page};
use crate::lenient;

pub(super) const FIELDS: &str = "id,name,language,status,category,sub_category,previous_category,correct_category,\
rejected_reason,quality_score,parameter_format,components,message_send_ttl_seconds,library_template_name";

/// How often an expired cursor restarts the walk before it is reported.
const MAX_RESTARTS: u32 = 3;

/// Which templates to list. Empty lists everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateFilter {
    /// Name, or part of it.
    pub name: Option<String>,
    /// Text, or part of it.
    pub content: Option<String>,
    /// Either.
    pub name_or_content: Option<String>,
    /// Categories.
    pub category: Vec<String>,
    /// Languages.
    pub language: Vec<String>,
    /// Statuses.
    pub status: Vec<String>,
    /// Quality scores.
    pub quality_score: Vec<String>,
    /// Changed since, Unix seconds.
    pub since: Option<i64>,
    /// Changed until, Unix seconds.
    pub until: Option<i64>,
    /// `AUTO_GENERATED` for Direct Send's.
    pub source: Option<String>,
}

impl TemplateFilter {
    fn query(&self) -> Vec<(&'static str, String)> {
        let mut q = Vec::new();
        let texts = [
            ("name", &self.name),
            ("content", &self.content),
            ("name_or_content", &self.name_or_content),
            ("source", &self.source),
        ];
        q.extend(texts.into_iter().filter_map(|(k, v)| v.clone().map(|v| (k, v))));
        let lists = [
            ("category", &self.category),
            ("language", &self.language),
            ("status", &self.status),
            ("quality_score", &self.quality_score),
        ];
        for (key, values) in lists {
            if !values.is_empty() {
                q.push((key, serde_json::Value::from(values.clone()).to_string()));
            }
        }
        q.extend(
            [("since", self.since), ("until", self.until)]
                .into_iter()
                .filter_map(|(k, v)| v.map(|v| (k, v.to_string()))),
        );
        q
    }
}

/// One page, of at most `limit` templates, after a cursor.
///
/// # Errors
/// [`CallError`]; 131059 when the cursor has expired.
pub async fn list_page(
    client: &Client,
    waba: &WabaId,
    filter: &TemplateFilter,
    limit: u32,
    after: Option<&str>,
) -> Result<Page<Template>, CallError> {
    let mut query = filter.query();
    query.push(("fields", FIELDS.to_owned()));
    query.push(("limit", limit.to_string()));
    if let Some(after) = after {
        query.push(("after", after.to_owned()));
    }
    client.get("listing the templates", &[waba.as_str(), "message_templates"], &query).await
}

/// All templates that match, each once, over all pages.
///
/// # Errors
/// [`CallError`]; 131059 only when the list keeps changing under the walk.
pub async fn list(client: &Client, waba: &WabaId, filter: &TemplateFilter) -> Result<Vec<Template>, CallError> {
    let mut restarts = 0;
    'walk: loop {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut after: Option<String> = None;
        loop {
            let page = match list_page(client, waba, filter, 250, after.as_deref()).await {
                Err(e) if e.graph().is_some_and(|g| g.code == 131_059) && restarts < MAX_RESTARTS => {
                    restarts += 1;
                    continue 'walk;
                }
                other => other?,
            };
            let next = page.next_cursor().map(str::to_owned);
            let before = found.len();
            for template in page.data {
                let key = template
                    .id
                    .clone()
                    .map_or_else(|| format!("{}/{}", template.name, template.language), |id| id.as_str().to_owned());
                if seen.insert(key) {
                    found.push(template);
                }
            }
            // A page that brings nothing new ends the walk, so that a cursor that leads to itself cannot hold us.
            match next {
                Some(cursor) if found.len() > before => after = Some(cursor),
                _ => return Ok(found),
            }
        }
    }
}

/// Counts of the account (`summary`): the only way to learn the real cap of 250 or 6000.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TemplateSummary {
    /// Templates that match.
    #[serde(deserialize_with = "lenient::int")]
    pub total_count: Option<i64>,
    /// Templates of the account.
    #[serde(deserialize_with = "lenient::int")]
    pub message_template_count: Option<i64>,
    /// How many it may have.
    #[serde(deserialize_with = "lenient::int")]
    pub message_template_limit: Option<i64>,
    /// Whether all languages are there.
    #[serde(deserialize_with = "lenient::boolean")]
    pub are_translations_complete: Option<bool>,
}

#[derive(Deserialize)]
struct SummaryAnswer {
    #[serde(default, deserialize_with = "lenient::or_default")]
    summary: TemplateSummary,
}

/// Reads the counts.
///
/// # Errors
/// [`CallError`].
pub async fn summary(client: &Client, waba: &WabaId) -> Result<TemplateSummary, CallError> {
    let query = [
        ("summary", "total_count,message_template_count,message_template_limit,are_translations_complete".to_owned()),
        ("limit", "1".to_owned()),
        ("fields", "id".to_owned()),
    ];
    let answer: SummaryAnswer =
        client.get("counting the templates", &[waba.as_str(), "message_templates"], &query).await?;
    Ok(answer.summary)
}
