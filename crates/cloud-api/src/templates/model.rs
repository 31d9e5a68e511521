//! A template as Meta reports it. Read leniently: unknown components and keys are kept as received.

use serde::Deserialize;
use serde_json::{Map, Value};
use switchboard_domain::ids::TemplateId;
use switchboard_domain::time::UnixMillis;

use crate::lenient;
use crate::open_enum::open_enum;

open_enum! {
    /// Where a template stands (templates.md §8). The webhook's `event` uses the same words.
    TemplateStatus {
        /// In review.
        Pending = "PENDING",
        /// Can be sent.
        Approved = "APPROVED",
        /// Refused; may be edited without limit.
        Rejected = "REJECTED",
        /// Paused for quality or by pacing.
        Paused = "PAUSED",
        /// Paused too often.
        Disabled = "DISABLED",
        /// Appeal filed.
        InAppeal = "IN_APPEAL",
        /// At risk; can still be sent.
        Flagged = "FLAGGED",
        /// Event after un-flagging; as approved.
        Reinstated = "REINSTATED",
        /// Locked.
        Locked = "LOCKED",
        /// The account has too many.
        LimitExceeded = "LIMIT_EXCEEDED",
        /// Unused for a year; deleted 28 days later.
        Archived = "ARCHIVED",
        /// Back from the archive.
        Unarchived = "UNARCHIVED",
        /// Deleted while messages are in flight.
        PendingDeletion = "PENDING_DELETION",
        /// Gone.
        Deleted = "DELETED",
    }
}

impl TemplateStatus {
    /// Whether a template with this status can be sent.
    pub fn is_sendable(&self) -> bool {
        switchboard_domain::template::status_is_sendable(self.as_str())
    }
}

/// `quality_score`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct QualityScore {
    /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    #[serde(deserialize_with = "lenient::text")]
    pub score: Option<String>,
    /// When it was computed.
    #[serde(deserialize_with = "lenient::secs")]
    pub date: Option<UnixMillis>,
    /// Why, if told.
    #[serde(deserialize_with = "lenient::or_default")]
    pub reasons: Vec<String>,
}

/// A template.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Template {
    /// Its id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: Option<TemplateId>,
    /// Its name.
    #[serde(deserialize_with = "text_or_empty")]
    pub name: String,
    /// `en_US`.
    #[serde(deserialize_with = "text_or_empty")]
    pub language: String,
    /// Where it stands.
    pub status: Option<TemplateStatus>,
    /// `MARKETING`, `UTILITY`, `AUTHENTICATION`.
    #[serde(deserialize_with = "lenient::text")]
    pub category: Option<String>,
    /// Meta's finer word.
    #[serde(deserialize_with = "lenient::text")]
    pub sub_category: Option<String>,
    /// The category before the last change.
    #[serde(deserialize_with = "lenient::text")]
    pub previous_category: Option<String>,
    /// The category it will get; differs from `category` while a change is scheduled (templates.md §5).
    #[serde(deserialize_with = "lenient::text")]
    pub correct_category: Option<String>,
    /// `NONE` on templates that were not rejected.
    #[serde(deserialize_with = "lenient::text")]
    pub rejected_reason: Option<String>,
    /// Quality.
    pub quality_score: Option<QualityScore>,
    /// `POSITIONAL` or `NAMED`.
    #[serde(deserialize_with = "lenient::text")]
    pub parameter_format: Option<String>,
    /// Header, body, footer, buttons, as received.
    #[serde(deserialize_with = "lenient::or_default")]
    pub components: Vec<Value>,
    /// How long Meta tries to deliver, in seconds.
    #[serde(deserialize_with = "lenient::int")]
    pub message_send_ttl_seconds: Option<i64>,
    /// Set on templates of Meta's library.
    #[serde(deserialize_with = "lenient::text")]
    pub library_template_name: Option<String>,
    /// Everything else, as received.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

fn text_or_empty<'de, D: serde::Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    Ok(lenient::text(d)?.unwrap_or_default())
}
