//! What people see of the business: profile, username, blue tick (account.md §5, §6; messages.md §3).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use switchboard_domain::ids::PhoneNumberId;

use crate::client::{CallError, Client};
use crate::lenient;
use crate::limits::{LimitError, at_most_chars, count_within, some_chars};

/// The business profile. Absent keys are not changed by a write.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// 1 to 139 characters.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub about: Option<String>,
    /// ≤ 256.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub address: Option<String>,
    /// ≤ 512 at most; 256 by Meta's field page.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub description: Option<String>,
    /// ≤ 128.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub email: Option<String>,
    /// At most two, ≤ 256 each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub websites: Option<Vec<String>>,
    /// `RETAIL`, `HOTEL`, ….
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub vertical: Option<String>,
    /// Read only.
    #[serde(skip_serializing, deserialize_with = "lenient::text")]
    pub profile_picture_url: Option<String>,
    /// Write only: a handle of the resumable upload.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub profile_picture_handle: Option<String>,
    /// Whatever else came along.
    #[serde(flatten, skip_serializing)]
    pub rest: Map<String, Value>,
}

impl Profile {
    fn check(&self) -> Result<(), LimitError> {
        if let Some(v) = &self.about {
            some_chars("about", v, 139)?;
        }
        let texts =
            [("address", &self.address, 256), ("description", &self.description, 512), ("email", &self.email, 128)];
        for (field, value, max) in texts {
            if let Some(v) = value {
                at_most_chars(field, v, max)?;
            }
        }
        if let Some(sites) = &self.websites {
            count_within("websites", sites.len(), 0, 2)?;
            sites.iter().try_for_each(|s| some_chars("websites", s, 256))?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Profiles {
    #[serde(default = "Vec::new")]
    data: Vec<Profile>,
}

#[derive(Serialize)]
struct WriteProfile<'a> {
    messaging_product: &'static str,
    #[serde(flatten)]
    profile: &'a Profile,
}

const FIELDS: &str = "about,address,description,email,profile_picture_url,websites,vertical";

/// Reads the profile.
///
/// # Errors
/// [`CallError`].
pub async fn profile(client: &Client, number: &PhoneNumberId) -> Result<Profile, CallError> {
    let path = [number.as_str(), "whatsapp_business_profile"];
    let answer: Profiles = client.get("reading the profile", &path, &[("fields", FIELDS.to_owned())]).await?;
    Ok(answer.data.into_iter().next().unwrap_or_default())
}

/// Changes the profile.
///
/// # Errors
/// [`CallError`].
pub async fn set_profile(client: &Client, number: &PhoneNumberId, profile: &Profile) -> Result<(), CallError> {
    profile.check()?;
    let body = WriteProfile { messaging_product: "whatsapp", profile };
    client.post_ok("changing the profile", &[number.as_str(), "whatsapp_business_profile"], &body).await
}

/// The number's username.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Username {
    /// The name; absent when there is none.
    #[serde(deserialize_with = "lenient::text")]
    pub username: Option<String>,
    /// `approved` or `reserved`.
    #[serde(deserialize_with = "lenient::text")]
    pub status: Option<String>,
}

/// Reads the username.
///
/// # Errors
/// [`CallError`].
pub async fn username(client: &Client, number: &PhoneNumberId) -> Result<Username, CallError> {
    client.get("reading the username", &[number.as_str(), "username"], &[]).await
}

#[derive(Serialize)]
struct WriteUsername<'a> {
    username: &'a str,
    transfer_action: &'static str,
}

/// Claims a username; `force_transfer` takes it from another number of the portfolio (147005).
///
/// # Errors
/// [`CallError`]; 147001 to 147005.
pub async fn set_username(
    client: &Client,
    number: &PhoneNumberId,
    username: &str,
    force_transfer: bool,
) -> Result<Username, CallError> {
    check_username(username)?;
    let body = WriteUsername { username, transfer_action: if force_transfer { "force_transfer" } else { "none" } };
    client.post("claiming the username", &[number.as_str(), "username"], &body).await
}

/// Gives the username up.
///
/// # Errors
/// [`CallError`].
pub async fn delete_username(client: &Client, number: &PhoneNumberId) -> Result<(), CallError> {
    client.delete_ok("giving the username up", &[number.as_str(), "username"], &[]).await
}

#[derive(Deserialize)]
struct Suggestions {
    #[serde(default = "Vec::new")]
    data: Vec<Value>,
}

/// Meta's suggestions, as texts.
///
/// # Errors
/// [`CallError`].
pub async fn username_suggestions(client: &Client, number: &PhoneNumberId) -> Result<Vec<String>, CallError> {
    let path = [number.as_str(), "username_suggestions"];
    let answer: Suggestions = client.get("asking for usernames", &path, &[]).await?;
    // The element's shape is not documented: a text, an object with one, or a list of either.
    fn collect(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::String(s) => into.push(s.clone()),
            Value::Array(list) => list.iter().for_each(|v| collect(v, into)),
            Value::Object(o) => o.values().for_each(|v| collect(v, into)),
            _ => {}
        }
    }
    let mut names = Vec::new();
    answer.data.iter().for_each(|v| collect(v, &mut names));
    Ok(names)
}

/// 3 to 35 of `a-z 0-9 . _`, a letter, no dot at the ends or doubled, no leading `www`, nothing like a domain.
fn check_username(name: &str) -> Result<(), LimitError> {
    let wrong = |problem: &str| Err(LimitError::new("username", problem));
    let n = name.chars().count();
    if !(3..=35).contains(&n) {
        return wrong("must have 3 to 35 characters");
    }
    let lower = name.to_ascii_lowercase();
    if !lower.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '_') {
        return wrong("may have letters a-z, digits, dot and _ only");
    }
    if !lower.chars().any(|c| c.is_ascii_lowercase()) {
        return wrong("needs a letter");
    }
    if lower.starts_with('.') || lower.ends_with('.') || lower.contains("..") {
        return wrong("cannot begin or end with a dot or have two in a row");
    }
    if lower.starts_with("www") {
        return wrong("cannot begin with www");
    }
    let ending = lower.rsplit_once('.').map(|(_, e)| e);
    if ending.is_some_and(|e| matches!(e, "com" | "net" | "org" | "io" | "co" | "biz" | "info" | "html" | "app")) {
        return wrong("cannot end like a web address");
    }
    Ok(())
}

/// Application for the blue tick (account.md §6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OfficialAccountRequest {
    /// Anything that helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_supporting_information: Option<String>,
    /// The business' site.
    pub business_website_url: String,
    /// The brand above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_business_or_brand: Option<String>,
    /// Where it mostly works.
    pub primary_country_of_operation: String,
    /// In which language.
    pub primary_language: String,
    /// Press and the like, at most five.
    pub supporting_links: Vec<String>,
}

/// Applies for the blue tick; success means submitted only.
///
/// # Errors
/// [`CallError`].
pub async fn request_official_account(
    client: &Client,
    number: &PhoneNumberId,
    request: &OfficialAccountRequest,
) -> Result<(), CallError> {
    count_within("supporting_links", request.supporting_links.len(), 0, 5)?;
    some_chars("business_website_url", &request.business_website_url, 2000)?;
    client.post_ok("applying for the blue tick", &[number.as_str(), "official_business_account"], request).await
}

/// Where the application stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct OfficialAccount {
    /// `NOT_STARTED`, `PENDING`, `APPROVED`, `REJECTED`, ….
    #[serde(deserialize_with = "lenient::text")]
    pub oba_status: Option<String>,
    /// In words.
    #[serde(deserialize_with = "lenient::text")]
    pub status_message: Option<String>,
}

#[derive(Deserialize)]
struct OfficialAnswer {
    #[serde(default, deserialize_with = "lenient::or_default")]
    official_business_account: OfficialAccount,
}

/// Reads where the application stands.
///
/// # Errors
/// [`CallError`].
pub async fn official_account(client: &Client, number: &PhoneNumberId) -> Result<OfficialAccount, CallError> {
    let query = [("fields", "official_business_account".to_owned())];
    let answer: OfficialAnswer = client.get("reading the blue tick", &[number.as_str()], &query).await?;
    Ok(answer.official_business_account)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("example.shop", true)]
    #[case("ab", false)]
    #[case("123.456", false)]
    #[case(".shop", false)]
    #[case("my..shop", false)]
    #[case("www_shop", false)]
    #[case("shop.com", false)]
    #[case("größe", false)]
    fn usernames_follow_the_documented_form(#[case] name: &str, #[case] ok: bool) {
        assert_eq!(check_username(name).is_ok(), ok, "{name}");
    }
}
