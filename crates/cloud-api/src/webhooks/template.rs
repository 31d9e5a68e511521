//! Template webhooks (webhooks.md §7.1).

use serde::Deserialize;
use switchboard_domain::ids::TemplateId;
use switchboard_domain::time::UnixMillis;

use crate::lenient;
use crate::templates::TemplateStatus;

/// `en-US` and `en_US` both occur (webhooks.md §7.1).
fn language<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    Ok(lenient::text(d)?.map(|l| l.replace('-', "_")))
}

/// A template's status changed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct TemplateStatusUpdate {
    /// The new status.
    pub event: Option<TemplateStatus>,
    /// Which template.
    #[serde(rename = "message_template_id", deserialize_with = "lenient::id")]
    pub template_id: Option<TemplateId>,
    /// Its name; may be missing in older captures.
    #[serde(rename = "message_template_name", deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Its language, with `_`.
    #[serde(rename = "message_template_language", deserialize_with = "language")]
    pub language: Option<String>,
    /// Its category; may be missing in older captures.
    #[serde(rename = "message_template_category", deserialize_with = "lenient::text")]
    pub category: Option<String>,
    /// Why; `NONE` or absent where there is nothing to explain.
    #[serde(deserialize_with = "lenient::text")]
    pub reason: Option<String>,
    /// Why it was rejected, to be shown verbatim.
    pub rejection_info: Option<RejectionInfo>,
    /// Which pause or lock.
    pub other_info: Option<OtherInfo>,
    /// When it is disabled.
    pub disable_info: Option<DisableInfo>,
}

/// Only with `INVALID_FORMAT`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RejectionInfo {
    /// What is wrong.
    #[serde(deserialize_with = "lenient::text")]
    pub reason: Option<String>,
    /// What to do.
    #[serde(deserialize_with = "lenient::text")]
    pub recommendation: Option<String>,
}

/// Which pause or lock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct OtherInfo {
    /// `FIRST_PAUSE` (3 h), `SECOND_PAUSE` (6 h), `RATE_LIMITING_PAUSE`, `UNPAUSE`, `DISABLED`.
    #[serde(deserialize_with = "lenient::text")]
    pub title: Option<String>,
    /// In words.
    #[serde(deserialize_with = "lenient::text")]
    pub description: Option<String>,
}

/// When it is disabled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DisableInfo {
    /// A date in words or Unix seconds, as received.
    #[serde(deserialize_with = "lenient::text")]
    pub disable_date: Option<String>,
}

/// A template's quality changed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct TemplateQuality {
    /// Before.
    #[serde(deserialize_with = "lenient::text")]
    pub previous_quality_score: Option<String>,
    /// Now: `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    #[serde(deserialize_with = "lenient::text")]
    pub new_quality_score: Option<String>,
    /// Which template.
    #[serde(rename = "message_template_id", deserialize_with = "lenient::id")]
    pub template_id: Option<TemplateId>,
    /// Its name.
    #[serde(rename = "message_template_name", deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Its language, with `_`.
    #[serde(rename = "message_template_language", deserialize_with = "language")]
    pub language: Option<String>,
}

/// A template's content changed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct TemplateComponents {
    /// Which template.
    #[serde(rename = "message_template_id", deserialize_with = "lenient::id")]
    pub template_id: Option<TemplateId>,
    /// Its name.
    #[serde(rename = "message_template_name", deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Its language, with `_`.
    #[serde(rename = "message_template_language", deserialize_with = "language")]
    pub language: Option<String>,
    /// New header text.
    #[serde(rename = "message_template_title", deserialize_with = "lenient::text")]
    pub header: Option<String>,
    /// New body.
    #[serde(rename = "message_template_element", deserialize_with = "lenient::text")]
    pub body: Option<String>,
    /// New footer.
    #[serde(rename = "message_template_footer", deserialize_with = "lenient::text")]
    pub footer: Option<String>,
    /// New buttons.
    #[serde(rename = "message_template_buttons", deserialize_with = "lenient::or_default")]
    pub buttons: Vec<ComponentsButton>,
}

/// A button of the new content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ComponentsButton {
    /// `URL`, `PHONE_NUMBER`, `QUICK_REPLY`, ….
    #[serde(rename = "message_template_button_type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// Label.
    #[serde(rename = "message_template_button_text", deserialize_with = "lenient::text")]
    pub text: Option<String>,
    /// Link.
    #[serde(rename = "message_template_button_url", deserialize_with = "lenient::text")]
    pub url: Option<String>,
    /// Number.
    #[serde(rename = "message_template_button_phone_number", deserialize_with = "lenient::text")]
    pub phone_number: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CategoryWire {
    #[serde(deserialize_with = "lenient::id")]
    message_template_id: Option<TemplateId>,
    #[serde(deserialize_with = "lenient::text")]
    message_template_name: Option<String>,
    #[serde(deserialize_with = "language")]
    message_template_language: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    previous_category: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    new_category: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    correct_category: Option<String>,
    #[serde(deserialize_with = "lenient::secs")]
    category_update_timestamp: Option<UnixMillis>,
}

/// A template's category changed or is about to. In the impending form Meta's `new_category` is the *current*
/// one (webhooks.md §7.1); here the names say what they mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateCategoryUpdate {
    /// Which template.
    pub template_id: Option<TemplateId>,
    /// Its name.
    pub name: Option<String>,
    /// Its language, with `_`.
    pub language: Option<String>,
    /// The category before a completed change.
    pub previous: Option<String>,
    /// The category now.
    pub current: Option<String>,
    /// The category to come; `None` when the change is done.
    pub impending: Option<String>,
    /// When it comes, about a day later.
    pub impending_at: Option<UnixMillis>,
}

impl<'de> Deserialize<'de> for TemplateCategoryUpdate {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let w = CategoryWire::deserialize(d)?;
        Ok(Self {
            template_id: w.message_template_id,
            name: w.message_template_name,
            language: w.message_template_language,
            previous: w.previous_category,
            current: w.new_category,
            impending: w.correct_category,
            impending_at: w.category_update_timestamp,
        })
    }
}

/// Meta's classifier disagrees with a category; nothing changes yet.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct CorrectCategory {
    /// Which template.
    #[serde(rename = "message_template_id", deserialize_with = "lenient::id")]
    pub template_id: Option<TemplateId>,
    /// Its name.
    #[serde(rename = "message_template_name", deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Its language, with `_`.
    #[serde(rename = "message_template_language", deserialize_with = "language")]
    pub language: Option<String>,
    /// The category now.
    #[serde(deserialize_with = "lenient::text")]
    pub category: Option<String>,
    /// What the classifier thinks.
    #[serde(deserialize_with = "lenient::text")]
    pub correct_category: Option<String>,
}
