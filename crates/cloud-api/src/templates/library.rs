//! Meta's library of ready templates, and previews of authentication texts (templates.md §6, §7).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use switchboard_domain::ids::WabaId;

use super::life::Created;
use crate::client::{CallError, Client, Page};
use crate::lenient;
use crate::limits::{LimitError, some_chars};

/// Which library entries to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LibraryFilter {
    /// Words.
    pub search: Option<String>,
    /// `ORDER_MANAGEMENT`, ….
    pub topic: Option<String>,
    /// `ORDER_CONFIRMATION`, ….
    pub usecase: Option<String>,
    /// `E_COMMERCE`, `FINANCIAL_SERVICES`.
    pub industry: Option<String>,
    /// `en_US`.
    pub language: Option<String>,
    /// Exact name.
    pub name: Option<String>,
}

/// An entry of the library.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct LibraryTemplate {
    /// Its id.
    #[serde(deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its name, to create from.
    #[serde(deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Language.
    #[serde(deserialize_with = "lenient::text")]
    pub language: Option<String>,
    /// Category.
    #[serde(deserialize_with = "lenient::text")]
    pub category: Option<String>,
    /// Topic.
    #[serde(deserialize_with = "lenient::text")]
    pub topic: Option<String>,
    /// Use case.
    #[serde(deserialize_with = "lenient::text")]
    pub usecase: Option<String>,
    /// Industries.
    #[serde(deserialize_with = "lenient::or_default")]
    pub industry: Vec<String>,
    /// Header text.
    #[serde(deserialize_with = "lenient::text")]
    pub header: Option<String>,
    /// Body text.
    #[serde(deserialize_with = "lenient::text")]
    pub body: Option<String>,
    /// Samples of the variables.
    #[serde(deserialize_with = "lenient::or_default")]
    pub body_params: Vec<String>,
    /// Types that are checked when sending: `TEXT`, `AMOUNT`, `DATE`, ….
    #[serde(deserialize_with = "lenient::or_default")]
    pub body_param_types: Vec<String>,
    /// Buttons as received.
    #[serde(deserialize_with = "lenient::or_default")]
    pub buttons: Vec<Map<String, Value>>,
}

/// Browses the library, one page after a cursor.
///
/// # Errors
/// [`CallError`].
pub async fn browse_library(
    client: &Client,
    filter: &LibraryFilter,
    after: Option<&str>,
) -> Result<Page<LibraryTemplate>, CallError> {
    let texts = [
        ("search", &filter.search),
        ("topic", &filter.topic),
        ("usecase", &filter.usecase),
        ("industry", &filter.industry),
        ("language", &filter.language),
        ("name", &filter.name),
    ];
    let mut query: Vec<_> = texts.into_iter().filter_map(|(k, v)| v.clone().map(|v| (k, v))).collect();
    query.extend(after.map(|a| ("after", a.to_owned())));
    client.get("browsing the template library", &["message_template_library"], &query).await
}

/// A template made from the library.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FromLibrary {
    /// Our name for it.
    pub name: String,
    /// Its language.
    pub language: String,
    /// `UTILITY`.
    pub category: String,
    /// The library's name for it.
    pub library_template_name: String,
    /// Values for its buttons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub library_template_button_inputs: Vec<LibraryButtonInput>,
    /// Optional parts of its body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library_template_body_inputs: Option<LibraryBodyInputs>,
}

/// A value for a button.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type")]
pub enum LibraryButtonInput {
    /// A link.
    #[serde(rename = "URL")]
    Url {
        /// Link and sample.
        url: LibraryUrl,
    },
    /// A number.
    #[serde(rename = "PHONE_NUMBER")]
    PhoneNumber {
        /// With `+`.
        phone_number: String,
    },
}

/// A link of the library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LibraryUrl {
    /// With `{{1}}` at its end.
    pub base_url: String,
    /// A whole link.
    pub url_suffix_example: String,
}

/// Optional parts of a library template's body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LibraryBodyInputs {
    /// "… contact us at …".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add_contact_number: Option<bool>,
    /// "… learn more …".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add_learn_more_link: Option<bool>,
    /// "… do not share …".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add_security_recommendation: Option<bool>,
    /// "… track your package …".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add_track_package_link: Option<bool>,
    /// Minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_expiration_minutes: Option<u32>,
}

/// Creates a template from the library; uncustomised ones come back approved at once.
///
/// # Errors
/// [`CallError`].
pub async fn create_from_library(client: &Client, waba: &WabaId, from: &FromLibrary) -> Result<Created, CallError> {
    some_chars("name", &from.name, 512)?;
    some_chars("library_template_name", &from.library_template_name, 512)?;
    client.post("creating the template", &[waba.as_str(), "message_templates"], from).await
}

/// Which authentication texts to preview.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreviewRequest {
    /// Languages; empty is all.
    pub languages: Vec<String>,
    /// With the security sentence.
    pub add_security_recommendation: bool,
    /// 1 to 90.
    pub code_expiration_minutes: Option<u32>,
}

/// An authentication text.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct AuthenticationPreview {
    /// Body.
    #[serde(deserialize_with = "lenient::text")]
    pub body: Option<String>,
    /// Footer.
    #[serde(deserialize_with = "lenient::text")]
    pub footer: Option<String>,
    /// Language.
    #[serde(deserialize_with = "lenient::text")]
    pub language: Option<String>,
    /// Buttons as received.
    #[serde(deserialize_with = "lenient::or_default")]
    pub buttons: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
struct PreviewAnswer {
    #[serde(default = "Vec::new")]
    data: Vec<AuthenticationPreview>,
}

/// Shows what an authentication template will say.
///
/// # Errors
/// [`CallError`].
pub async fn authentication_previews(
    client: &Client,
    waba: &WabaId,
    request: &PreviewRequest,
) -> Result<Vec<AuthenticationPreview>, CallError> {
    if request.code_expiration_minutes.is_some_and(|m| !(1..=90).contains(&m)) {
        return Err(LimitError::new("code_expiration_minutes", "must be 1 to 90").into());
    }
    let mut query = vec![
        ("category", "AUTHENTICATION".to_owned()),
        ("add_security_recommendation", request.add_security_recommendation.to_string()),
        ("button_types", "OTP".to_owned()),
    ];
    if !request.languages.is_empty() {
        query.push(("languages", request.languages.join(",")));
    }
    query.extend(request.code_expiration_minutes.map(|m| ("code_expiration_minutes", m.to_string())));
    let path = [waba.as_str(), "message_template_previews"];
    Ok(client.get::<PreviewAnswer>("previewing the texts", &path, &query).await?.data)
}
