//! Scalars that Meta writes now as a string, now as a number (webhooks.md §2.3): one reader for all of them.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};

struct Number;

impl Visitor<'_> for Number {
    type Value = Option<i64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, or a text of digits")
    }
    fn visit_i64<E: Error>(self, v: i64) -> Result<Self::Value, E> {
        Ok(Some(v))
    }
    fn visit_u64<E: Error>(self, v: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(v).ok())
    }
    fn visit_f64<E: Error>(self, v: f64) -> Result<Self::Value, E> {
        // Only whole numbers within ±2^53 pass, so nothing is cut off.
        Ok((v.fract() == 0.0 && v.abs() < 9.0e15).then_some(v as i64))
    }
    fn visit_str<E: Error>(self, v: &str) -> Result<Self::Value, E> {
        Ok(v.trim().parse().ok())
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// A whole number from a number or a text of digits; `None` for anything else that is a scalar.
///
/// # Errors
/// When the value is an object or an array.
pub fn int<'de, D: Deserializer<'de>>(d: D) -> Result<Option<i64>, D::Error> {
    d.deserialize_any(Number)
}

struct Words;

impl Visitor<'_> for Words {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }
    fn visit_str<E: Error>(self, v: &str) -> Result<Self::Value, E> {
        Ok(Some(v.to_owned()))
    }
    fn visit_string<E: Error>(self, v: String) -> Result<Self::Value, E> {
        Ok(Some(v))
    }
    fn visit_i64<E: Error>(self, v: i64) -> Result<Self::Value, E> {
        Ok(Some(v.to_string()))
    }
    fn visit_u64<E: Error>(self, v: u64) -> Result<Self::Value, E> {
        Ok(Some(v.to_string()))
    }
    fn visit_f64<E: Error>(self, v: f64) -> Result<Self::Value, E> {
        // A whole number beyond 64 bits has lost digits by now: no id is better than a wrong one.
        Ok((v.fract() != 0.0 || v.abs() < 9.0e15).then(|| v.to_string()))
    }
    fn visit_bool<E: Error>(self, v: bool) -> Result<Self::Value, E> {
        Ok(Some(v.to_string()))
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// A text from a text, number or boolean; `null` is absent.
///
/// # Errors
/// When the value is an object or an array.
pub fn text<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    d.deserialize_any(Words)
}

/// An id kept as text, whether it came as a text or as an integer (may exceed 2^53: never through a float).
///
/// # Errors
/// When the value is an object or an array.
pub fn id<'de, D: Deserializer<'de>, T: FromText>(d: D) -> Result<Option<T>, D::Error> {
    Ok(d.deserialize_any(Words)?.filter(|s| !s.is_empty()).map(T::from_text))
}

/// What [`id`] can make.
pub trait FromText {
    /// Wraps the text as received.
    fn from_text(text: String) -> Self;
}

macro_rules! from_text {
    ($($t:ident),+) => {$(
        impl FromText for switchboard_domain::ids::$t {
            fn from_text(text: String) -> Self { Self::new(text) }
        }
    )+};
}
from_text!(WabaId, PhoneNumberId, AppId, TemplateId, MediaId, WaMessageId, Bsuid, WaId);

impl FromText for String {
    fn from_text(text: String) -> Self {
        text
    }
}

impl FromText for switchboard_domain::redact::Personal {
    fn from_text(text: String) -> Self {
        Self::new(text)
    }
}

/// From here on a number of a moment cannot be seconds (the year 5138) and is read as milliseconds, as some relays of
/// webhooks write them; read as seconds it would outrank everything that ever comes after it.
const SURELY_MS: i64 = 100_000_000_000;

/// A moment from Unix seconds, as a text or a number. Before 1970 there is none.
///
/// # Errors
/// When the value is an object or an array.
pub fn secs<'de, D: Deserializer<'de>>(d: D) -> Result<Option<switchboard_domain::time::UnixMillis>, D::Error> {
    Ok(int(d)?.and_then(moment))
}

/// The same from the text of a scalar.
pub fn secs_of(text: &str) -> Option<switchboard_domain::time::UnixMillis> {
    text.trim().parse().ok().and_then(moment)
}

fn moment(n: i64) -> Option<switchboard_domain::time::UnixMillis> {
    use switchboard_domain::time::UnixMillis;
    (n >= 0).then(|| if n >= SURELY_MS { UnixMillis::new(n) } else { UnixMillis::from_secs(n) })
}

/// A yes/no that may come as `"true"`.
///
/// # Errors
/// When the value is an object or an array.
pub fn boolean<'de, D: Deserializer<'de>>(d: D) -> Result<Option<bool>, D::Error> {
    Ok(text(d)?.and_then(|s| match s.as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }))
}

/// A number that may come as a text.
///
/// # Errors
/// When the value is an object or an array.
pub fn float<'de, D: Deserializer<'de>>(d: D) -> Result<Option<f64>, D::Error> {
    Ok(text(d)?.and_then(|s| s.trim().parse().ok()).filter(|f: &f64| f.is_finite()))
}

/// `null` reads as the default, for lists and objects.
///
/// # Errors
/// When the value is not what `T` reads.
pub fn or_default<'de, D: Deserializer<'de>, T: Default + serde::Deserialize<'de>>(d: D) -> Result<T, D::Error> {
    Ok(<Option<T> as serde::Deserialize>::deserialize(d)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use serde::Deserialize;
    use switchboard_domain::ids::TemplateId;
    use switchboard_domain::time::UnixMillis;

    #[derive(Deserialize)]
    struct Row {
        #[serde(default, deserialize_with = "super::secs")]
        at: Option<UnixMillis>,
        #[serde(default, deserialize_with = "super::id")]
        id: Option<TemplateId>,
    }

    #[test]
    fn times_and_ids_read_from_strings_and_integers_without_losing_digits() {
        let a: Row = serde_json::from_str(r#"{"at":"1795305600","id":18446744073709551615}"#).unwrap();
        let b: Row = serde_json::from_str(r#"{"at":1795305600,"id":"18446744073709551615"}"#).unwrap();
        assert_eq!(a.at, Some(UnixMillis::new(1_795_305_600_000)));
        assert_eq!(a.at, b.at);
        assert_eq!(a.id, b.id);
        assert_eq!(a.id.unwrap().as_str(), "18446744073709551615");
    }

    #[test]
    fn a_moment_in_milliseconds_is_not_taken_for_seconds_and_none_lies_before_1970() {
        let a: Row = serde_json::from_str(r#"{"at":"1795305600123"}"#).unwrap();
        assert_eq!(a.at, Some(UnixMillis::new(1_795_305_600_123)));
        let b: Row = serde_json::from_str(r#"{"at":-5}"#).unwrap();
        assert_eq!(b.at, None);
    }

    #[test]
    fn nonsense_scalars_are_absent_and_absent_ones_too() {
        let a: Row = serde_json::from_str(r#"{"at":"soon","id":null}"#).unwrap();
        assert!(a.at.is_none() && a.id.is_none());
        let b: Row = serde_json::from_str("{}").unwrap();
        assert!(b.at.is_none() && b.id.is_none());
    }
}
