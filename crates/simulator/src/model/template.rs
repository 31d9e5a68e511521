//! A template as the platform stores it (templates.md).

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::compiled::Compiled;

/// One template: a name in one language.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Template {
    /// Digits; an integer in webhooks.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) status: String,
    pub(crate) category: String,
    #[serde(default = "positional")]
    pub(crate) parameter_format: String,
    pub(crate) components: Vec<Value>,
    #[serde(default)]
    pub(crate) rejected_reason: Option<String>,
    #[serde(default = "unknown")]
    pub(crate) quality: String,
    #[serde(default)]
    pub(crate) quality_since_ms: i64,
    #[serde(default)]
    pub(crate) previous_category: Option<String>,
    #[serde(default)]
    pub(crate) correct_category: Option<String>,
    #[serde(default)]
    pub(crate) created_ms: i64,
    #[serde(default)]
    pub(crate) used_ms: i64,
    /// Times of edits while approved, for the quota (templates.md §1.3).
    #[serde(default)]
    pub(crate) edits_ms: Vec<i64>,
    /// How often it was paused for quality: the third time disables it.
    #[serde(default)]
    pub(crate) pauses: u32,
    /// Why it is paused: `quality` ends by itself, `pacing` only by `/unpause`.
    #[serde(default)]
    pub(crate) pause_kind: Option<String>,
    /// Changed since its last approval.
    #[serde(default)]
    pub(crate) edited: bool,
    /// Last edit or return from the archive.
    #[serde(default)]
    pub(crate) touched_ms: i64,
    /// Status before it was archived.
    #[serde(default)]
    pub(crate) before_archive: Option<String>,
    /// When it was archived; 28 days later it is deleted (templates.md §10).
    #[serde(default)]
    pub(crate) archived_ms: Option<i64>,
    /// Messages let through before pacing holds the rest; `None` is not paced.
    #[serde(default)]
    pub(crate) pacing_left: Option<u32>,
    /// The decision about held messages is on its way.
    #[serde(default)]
    pub(crate) pacing_planned: bool,
    /// Feedback of the crowd: sends that counted and complaints among them.
    #[serde(default)]
    pub(crate) feedback_sends: u32,
    #[serde(default)]
    pub(crate) feedback_bad: u32,
    /// Fields that are only stored and shown again.
    #[serde(default)]
    pub(crate) extra: Map<String, Value>,
    #[serde(skip)]
    pub(crate) compiled: Compiled,
}

fn positional() -> String {
    String::from("POSITIONAL")
}

fn unknown() -> String {
    String::from("UNKNOWN")
}

impl Template {
    /// A template without a name or content yet, with the state that every new one has. The caller fills in the rest.
    pub(crate) fn fresh(id: String, now_ms: i64) -> Self {
        Self {
            id,
            name: String::new(),
            language: String::new(),
            status: String::new(),
            category: String::new(),
            parameter_format: positional(),
            components: Vec::new(),
            rejected_reason: None,
            quality: unknown(),
            quality_since_ms: now_ms,
            previous_category: None,
            correct_category: None,
            created_ms: now_ms,
            used_ms: now_ms,
            edits_ms: Vec::new(),
            pauses: 0,
            pause_kind: None,
            edited: false,
            touched_ms: 0,
            before_archive: None,
            archived_ms: None,
            pacing_left: None,
            pacing_planned: false,
            feedback_sends: 0,
            feedback_bad: 0,
            extra: Map::new(),
            compiled: Compiled::default(),
        }
    }

    /// The form sends are checked against, from the components.
    pub(crate) fn compile(mut self) -> Self {
        self.compiled =
            Compiled::new(&self.components, self.parameter_format == "NAMED", self.category == "AUTHENTICATION");
        self
    }

    /// Last create, edit, send or return from the archive.
    pub(crate) fn active_ms(&self) -> i64 {
        self.created_ms.max(self.used_ms).max(self.touched_ms)
    }

    /// When it was made or last edited; `since` and `until` of the list go by it.
    pub(crate) fn changed_ms(&self) -> i64 {
        self.created_ms.max(self.touched_ms)
    }

    /// Puts it into the archive.
    pub(crate) fn archive(&mut self, now_ms: i64) {
        self.before_archive = Some(std::mem::replace(&mut self.status, String::from("ARCHIVED")));
        self.archived_ms = Some(now_ms);
    }

    /// Every field of the node; the caller filters (templates.md §1.1).
    pub(crate) fn node(&self) -> Map<String, Value> {
        let mut node = Map::new();
        let mut put = |key: &str, value: Value| {
            node.insert(key.to_owned(), value);
        };
        put("id", json!(self.id));
        put("name", json!(self.name));
        put("language", json!(self.language));
        put("status", json!(self.status));
        put("category", json!(self.category));
        put("parameter_format", json!(self.parameter_format));
        put("components", json!(self.components));
        put("rejected_reason", json!(self.rejected_reason.as_deref().unwrap_or("NONE")));
        put("quality_score", json!({"score": self.quality, "date": self.quality_since_ms.div_euclid(1000)}));
        if let Some(previous) = &self.previous_category {
            put("previous_category", json!(previous));
        }
        put("correct_category", json!(self.correct_category.as_deref().unwrap_or(&self.category)));
        put("cta_url_link_tracking_opted_out", json!(false));
        if self.category == "MARKETING" {
            put("sub_category", json!("CUSTOM"));
        }
        for (key, value) in &self.extra {
            put(key, value.clone());
        }
        node
    }

    /// The template id as webhooks carry it.
    pub(crate) fn numeric_id(&self) -> Value {
        self.id.parse::<u64>().map_or_else(|_| json!(self.id), |id| json!(id))
    }

    /// Writes the document.
    pub(crate) fn save(&self, connection: &Connection) -> rusqlite::Result<()> {
        save_document(connection, "template", &self.id, self)
    }
}

/// Writes one JSON document of the account.
pub(crate) fn save_document<T: Serialize>(
    connection: &Connection,
    kind: &str,
    id: &str,
    doc: &T,
) -> rusqlite::Result<()> {
    let text = serde_json::to_string(doc).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?;
    connection
        .prepare_cached("INSERT INTO documents(kind, id, doc) VALUES(?1,?2,?3) ON CONFLICT(kind, id) DO UPDATE SET doc=excluded.doc")?
        .execute(params![kind, id, text])?;
    Ok(())
}

/// Reads every document of a kind; one that cannot be read is skipped with a log line.
pub(crate) fn load_documents<T: serde::de::DeserializeOwned>(
    connection: &Connection,
    kind: &str,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = connection.prepare("SELECT doc FROM documents WHERE kind = ?1 ORDER BY id")?;
    let texts = statement.query_map([kind], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(texts
        .iter()
        .filter_map(|text| {
            serde_json::from_str(text)
                .inspect_err(|error| tracing::warn!(%kind, %error, "skipping an unreadable document"))
                .ok()
        })
        .collect())
}
