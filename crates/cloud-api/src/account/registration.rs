//! Bringing a number into service: verify, register, PIN, display name (account.md §5).

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::{PhoneNumberId, WabaId};
use switchboard_domain::redact::Personal;

use crate::client::{CallError, Client};
use crate::limits::{LimitError, some_chars};

/// How a verification code reaches the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum CodeMethod {
    /// Text message.
    #[serde(rename = "SMS")]
    Sms,
    /// Call.
    #[serde(rename = "VOICE")]
    Voice,
}

#[derive(Serialize)]
struct Add<'a> {
    cc: &'a str,
    phone_number: &'a str,
    verified_name: &'a str,
}

#[derive(Deserialize)]
struct Added {
    id: PhoneNumberId,
}

/// Adds a number to an account; verify and register it next.
///
/// # Errors
/// [`CallError`]; code 100 when the portfolio may have no further number.
pub async fn add_number(
    client: &Client,
    waba: &WabaId,
    country_code: &str,
    national_number: &str,
    display_name: &str,
) -> Result<PhoneNumberId, CallError> {
    let digits = |field: &str, text: &str, max: usize| {
        if text.is_empty() || text.len() > max || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(LimitError::new(field, format!("must be 1 to {max} digits")));
        }
        Ok(())
    };
    digits("cc", country_code, 3)?;
    digits("phone_number", national_number, 15)?;
    some_chars("verified_name", display_name, 100)?;
    let body = Add { cc: country_code, phone_number: national_number, verified_name: display_name };
    Ok(client.post::<Added>("adding the number", &[waba.as_str(), "phone_numbers"], &body).await?.id)
}

#[derive(Serialize)]
struct RequestCode<'a> {
    code_method: CodeMethod,
    language: &'a str,
}

/// Asks for a verification code.
///
/// # Errors
/// [`CallError`]; 136024 with the reason in the subcode.
pub async fn request_code(
    client: &Client,
    number: &PhoneNumberId,
    method: CodeMethod,
    language: &str,
) -> Result<(), CallError> {
    let body = RequestCode { code_method: method, language };
    client.post_ok("asking for a code", &[number.as_str(), "request_code"], &body).await
}

#[derive(Serialize)]
struct VerifyCode<'a> {
    code: &'a str,
}

/// Enters the code. It travels in the body, not in the URL.
///
/// # Errors
/// [`CallError`].
pub async fn verify_code(client: &Client, number: &PhoneNumberId, code: &Personal) -> Result<(), CallError> {
    six_digits("code", code)?;
    let body = VerifyCode { code: code.expose() };
    client.post_ok("checking the code", &[number.as_str(), "verify_code"], &body).await
}

fn six_digits(field: &str, text: &Personal) -> Result<(), LimitError> {
    let ok = text.expose().len() == 6 && text.expose().bytes().all(|b| b.is_ascii_digit());
    if ok { Ok(()) } else { Err(LimitError::new(field, "must be six digits")) }
}

#[derive(Serialize)]
struct Register<'a> {
    messaging_product: &'static str,
    pin: &'a str,
}

/// Registers a number with its two-step PIN; ten times per 72 h at most. Not for coexistence numbers.
///
/// # Errors
/// [`CallError`]; 133005 for a wrong PIN, 133016 when registered too often.
pub async fn register(client: &Client, number: &PhoneNumberId, pin: &Personal) -> Result<(), CallError> {
    six_digits("pin", pin)?;
    let body = Register { messaging_product: "whatsapp", pin: pin.expose() };
    client.post_ok("registering the number", &[number.as_str(), "register"], &body).await
}

#[derive(Serialize)]
struct Nothing {}

/// Takes a number out of service.
///
/// # Errors
/// [`CallError`].
pub async fn deregister(client: &Client, number: &PhoneNumberId) -> Result<(), CallError> {
    client.post_ok("deregistering the number", &[number.as_str(), "deregister"], &Nothing {}).await
}

#[derive(Serialize)]
struct Pin<'a> {
    pin: &'a str,
}

/// Sets the two-step PIN. It cannot be switched off by API.
///
/// # Errors
/// [`CallError`].
pub async fn set_pin(client: &Client, number: &PhoneNumberId, pin: &Personal) -> Result<(), CallError> {
    six_digits("pin", pin)?;
    client.post_ok("setting the PIN", &[number.as_str()], &Pin { pin: pin.expose() }).await
}

#[derive(Serialize)]
struct DisplayName<'a> {
    new_display_name: &'a str,
}

/// Asks for another display name; Meta reviews it, and the number must be registered again afterwards.
///
/// # Errors
/// [`CallError`].
pub async fn set_display_name(client: &Client, number: &PhoneNumberId, name: &str) -> Result<(), CallError> {
    some_chars("new_display_name", name, 100)?;
    client.post_ok("changing the display name", &[number.as_str()], &DisplayName { new_display_name: name }).await
}
