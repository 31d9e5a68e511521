//! What a rehearsal needs of the practice account: to look like the account that will send, to make trouble on purpose,
//! and to tell when everything that is due at a simulated time has happened.

use serde_json::{Map, Value, json};

use super::handle::{Control, ControlError};
use crate::faults::Fault;
use crate::model::compiled::Compiled;
use crate::model::template::{Template, save_document};

/// How another account looks where it matters for sending.
#[derive(Debug, Clone, Default)]
pub struct Likeness {
    /// ISO 4217.
    pub currency: Option<String>,
    /// `TIER_2K` …; `None` = unlimited.
    pub messaging_limit: Option<String>,
    /// People it reached in the last 24 hours.
    pub reached_24h: usize,
    /// `STANDARD`, `HIGH` ….
    pub throughput_level: Option<String>,
    /// Fields of its WABA node that decide how marketing is sent.
    pub waba_fields: Map<String, Value>,
}

/// A template as Meta approved it elsewhere.
#[derive(Debug, Clone)]
pub struct ApprovedTemplate {
    /// Its id, kept.
    pub id: String,
    /// Name.
    pub name: String,
    /// Language.
    pub language: String,
    /// `MARKETING`, `UTILITY` ….
    pub category: String,
    /// `POSITIONAL` or `NAMED`.
    pub parameter_format: String,
    /// Components as the API shows them.
    pub components: Vec<Value>,
}

impl Control {
    /// Makes the account look like another.
    ///
    /// # Errors
    /// [`ControlError::Storage`].
    pub async fn resemble(&self, likeness: Likeness) -> Result<(), ControlError> {
        let now = self.sim.clock.now_ms();
        let (account, numbers) = {
            let mut state = self.sim.state();
            state.account.messaging_limit = likeness.messaging_limit.unwrap_or_else(|| "TIER_UNLIMITED".to_owned());
            if let Some(currency) = likeness.currency {
                state.account.fields.insert("currency".into(), json!(currency));
            }
            state.account.fields.extend(likeness.waba_fields);
            if let Some(level) = likeness.throughput_level {
                for number in state.numbers.values_mut() {
                    number.fields.insert("throughput".into(), json!({ "level": level }));
                }
            }
            state.limits.reached.preload(likeness.reached_24h.min(1_000_000), now);
            (state.account.clone(), state.numbers.values().cloned().collect::<Vec<_>>())
        };
        Ok(self
            .sim
            .db
            .write(move |c| {
                save_document(c, "account", "account", &account)?;
                numbers.iter().try_for_each(|number| save_document(c, "number", &number.id, number))
            })
            .await?)
    }

    /// Adds a template that is approved already, under its own id.
    ///
    /// # Errors
    /// [`ControlError::Storage`].
    pub async fn add_approved_template(&self, approved: ApprovedTemplate) -> Result<(), ControlError> {
        let now = self.sim.clock.now_ms();
        let template = Template {
            id: approved.id,
            name: approved.name,
            language: approved.language,
            status: String::from("APPROVED"),
            category: approved.category.to_ascii_uppercase(),
            parameter_format: approved.parameter_format.to_ascii_uppercase(),
            components: approved.components,
            rejected_reason: None,
            quality: String::from("GREEN"),
            quality_since_ms: now,
            previous_category: None,
            correct_category: None,
            created_ms: now,
            used_ms: now,
            edits_ms: Vec::new(),
            pauses: 0,
            pause_kind: None,
            edited: false,
            touched_ms: now,
            before_archive: None,
            archived_ms: None,
            pacing_left: None,
            pacing_planned: false,
            feedback_sends: 0,
            feedback_bad: 0,
            extra: Map::new(),
            compiled: Compiled::default(),
        }
        .compile();
        self.sim.state().templates.put(template.clone());
        Ok(self.sim.db.write(move |c| template.save(c)).await?)
    }

    /// After so many more messages of a template, pacing holds the rest until feedback is in.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub fn hold_after(&self, template_id: &str, messages: u32) -> Result<(), ControlError> {
        let mut state = self.sim.state();
        let template = state.templates.get_mut(template_id).ok_or(ControlError::NotFound("template of that id"))?;
        template.pacing_left = Some(messages);
        Ok(())
    }

    /// Plans a fault, in the form of `POST faults`.
    ///
    /// # Errors
    /// [`ControlError::Invalid`].
    pub fn plan_fault(&self, fault: Value) -> Result<(), ControlError> {
        let fault: Fault = serde_json::from_value(fault).map_err(|e| ControlError::Invalid(e.to_string()))?;
        self.sim.state().faults.list.push(fault);
        Ok(())
    }

    /// How often each planned fault struck, by the word of its action.
    pub fn faults_struck(&self) -> Vec<(String, u64)> {
        let state = self.sim.state();
        let word = |value: Value| match value {
            Value::String(word) => word,
            Value::Object(map) => map.into_iter().next().map(|(word, n)| format!("{word} {n}")).unwrap_or_default(),
            _ => String::new(),
        };
        state.faults.list.iter().map(|f| (word(json!(f.action)), f.applied)).collect()
    }

    /// When the next thing happens by itself, simulated ms UTC.
    pub fn next_due_ms(&self) -> Option<i64> {
        self.sim.state().timers.peek().map(|timer| timer.0.due_ms)
    }

    /// Whether everything that is due has happened and was told to the callback.
    ///
    /// # Errors
    /// [`ControlError::Storage`].
    pub async fn is_settled(&self) -> Result<bool, ControlError> {
        let now = self.sim.clock.now_ms();
        if self.next_due_ms().is_some_and(|due| due <= now) {
            self.sim.crowd_wake.notify_one();
            return Ok(false);
        }
        let waiting: i64 = self
            .sim
            .db
            .read(move |c| {
                let sql = "SELECT count(*) FROM posts WHERE state = 'pending' AND next_attempt_ms <= ?1";
                c.query_row(sql, [now], |row| row.get(0))
            })
            .await?;
        if waiting > 0 {
            self.sim.post_wake.notify_one();
        }
        Ok(waiting == 0)
    }
}
