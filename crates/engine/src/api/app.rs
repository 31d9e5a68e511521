//! Settings, the change feed.

use switchboard_bridge::dto::{Changes, ChangesSince, Nothing, Settings};
use switchboard_bridge::{ChangeTag, UiError, UiErrorCode};
use switchboard_domain::ids::ChangeSeq;
use switchboard_domain::phone::{PhoneNumber, Region};
use switchboard_store::tables::changes;

use crate::{Console, EngineError, settings};

/// What the operator set.
///
/// # Errors
/// A store error's sentence.
pub async fn settings_get(console: &Console, _: Nothing) -> Result<Settings, UiError> {
    Ok(settings::load(console.store()).await?)
}

/// Replaces the settings after checking them.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`] with `details.field`.
pub async fn settings_update(console: &Console, mut request: Settings) -> Result<Settings, UiError> {
    let invalid = |field: &str, message: &str, remedy: &str| {
        UiError::new(UiErrorCode::InvalidInput, message, remedy).with_details(serde_json::json!({ "field": field }))
    };
    let region = match request.default_region.as_deref().map(str::trim).filter(|r| !r.is_empty()) {
        Some(text) => Some(Region::parse(text).ok_or_else(|| {
            invalid("default_region", "This is not a country code.", "Use two letters, for example CA.")
        })?),
        None => None,
    };
    request.default_region = region.map(|r| r.as_str().to_owned());
    let mut phones = Vec::with_capacity(request.test_phones.len());
    for phone in request.test_phones.iter().filter(|p| !p.trim().is_empty()) {
        let parsed = PhoneNumber::parse_in(phone, region).map_err(|e| {
            invalid("test_phones", &format!("A test phone cannot be used: {e}."), "Write it with + and country code.")
        })?;
        phones.push(parsed.as_e164().to_owned());
    }
    request.test_phones = phones;
    if request.max_send_rate == Some(0) {
        return Err(invalid(
            "max_send_rate",
            "A rate of zero sends nothing.",
            "Leave it empty, or pause the campaign.",
        ));
    }
    if request.opt_out_confirmation.chars().count() > 1_000 {
        return Err(invalid("opt_out_confirmation", "The confirmation is too long.", "Use at most 1,000 characters."));
    }
    let saved = settings::save(console.store(), request).await?;
    console.wakes().sender.notify_one();
    Ok(saved)
}

/// What changed after a sequence number.
///
/// # Errors
/// A store error's sentence.
pub async fn changes_since(console: &Console, request: ChangesSince) -> Result<Changes, UiError> {
    let since =
        console.store().read(move |c| changes::since(c, ChangeSeq(request.seq))).await.map_err(EngineError::Store)?;
    let unknown = since.tags.iter().any(|t| ChangeTag::parse(t).is_none());
    Ok(Changes {
        seq: since.newest.0,
        tags: since.tags.iter().filter_map(|t| ChangeTag::parse(t)).collect(),
        refetch_all: since.gap || unknown,
    })
}
