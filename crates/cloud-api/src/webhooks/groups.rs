//! Groups (webhooks.md §7.11).

use serde::Deserialize;
use switchboard_domain::ids::{Bsuid, WaId};
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;

use crate::errors::GraphError;
use crate::lenient;

/// An element of `groups[]`, of any of the four group fields.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct GroupEvent {
    /// `group_create`, `group_participants_add`, `group_suspend`, ….
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// When.
    #[serde(deserialize_with = "lenient::secs")]
    pub timestamp: Option<UnixMillis>,
    /// Which group.
    #[serde(deserialize_with = "lenient::text")]
    pub group_id: Option<String>,
    /// The call of ours that this answers.
    #[serde(deserialize_with = "lenient::text")]
    pub request_id: Option<String>,
    /// Its subject, when created.
    #[serde(deserialize_with = "lenient::id")]
    pub subject: Option<Personal>,
    /// Its description, when created.
    #[serde(deserialize_with = "lenient::id")]
    pub description: Option<Personal>,
    /// Link to join.
    #[serde(deserialize_with = "lenient::id")]
    pub invite_link: Option<Personal>,
    /// `auto_approve` or `approval_required`.
    #[serde(deserialize_with = "lenient::text")]
    pub join_approval_mode: Option<String>,
    /// Why participants changed, or why somebody wants to join.
    #[serde(deserialize_with = "lenient::id")]
    pub reason: Option<Personal>,
    /// `business` or `participant`.
    #[serde(deserialize_with = "lenient::text")]
    pub initiated_by: Option<String>,
    /// A request to join.
    #[serde(deserialize_with = "lenient::text")]
    pub join_request_id: Option<String>,
    /// Who wants to join.
    #[serde(deserialize_with = "lenient::id")]
    pub wa_id: Option<WaId>,
    /// Who wants to join.
    #[serde(deserialize_with = "lenient::id")]
    pub user_id: Option<Bsuid>,
    /// Who came.
    #[serde(deserialize_with = "lenient::or_default")]
    pub added_participants: Vec<GroupParticipant>,
    /// Who went.
    #[serde(deserialize_with = "lenient::or_default")]
    pub removed_participants: Vec<GroupParticipant>,
    /// For whom it failed.
    #[serde(deserialize_with = "lenient::or_default")]
    pub failed_participants: Vec<GroupParticipant>,
    /// New picture.
    pub profile_picture: Option<GroupChange>,
    /// New subject.
    pub group_subject: Option<GroupChange>,
    /// New description.
    pub group_description: Option<GroupChange>,
    /// Why the whole failed.
    #[serde(deserialize_with = "lenient::or_default")]
    pub errors: Vec<GraphError>,
}

/// A participant.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct GroupParticipant {
    /// As we named them.
    #[serde(deserialize_with = "lenient::id")]
    pub input: Option<Personal>,
    /// Phone-based id.
    #[serde(deserialize_with = "lenient::id")]
    pub wa_id: Option<WaId>,
    /// Business-scoped id.
    #[serde(deserialize_with = "lenient::id")]
    pub user_id: Option<Bsuid>,
    /// Its parent.
    #[serde(deserialize_with = "lenient::id")]
    pub parent_user_id: Option<Bsuid>,
    /// Why it failed.
    #[serde(deserialize_with = "lenient::or_default")]
    pub errors: Vec<GraphError>,
}

/// A changed setting.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct GroupChange {
    /// The new text.
    #[serde(deserialize_with = "lenient::id")]
    pub text: Option<Personal>,
    /// Type of the new picture.
    #[serde(deserialize_with = "lenient::text")]
    pub mime_type: Option<String>,
    /// Checksum of the new picture.
    #[serde(deserialize_with = "lenient::text")]
    pub sha256: Option<String>,
    /// Whether it worked.
    #[serde(deserialize_with = "lenient::boolean")]
    pub update_successful: Option<bool>,
    /// Why not.
    #[serde(deserialize_with = "lenient::or_default")]
    pub errors: Vec<GraphError>,
}
