//! Elements of which one part is not as documented: the rest is read all the same, so that a STOP is not lost to an
//! odd key beside it. Only what the plain way refused comes here.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

/// Most parts of one element that are set aside; beyond, it is no such element.
const MOST_PARTS: usize = 32;

/// An element, and the places of it that could not be read.
pub(super) struct Salvaged<W> {
    pub wire: W,
    /// `context`, `errors[0]`, …; empty if all that was wrong were halves of characters.
    pub odd: Vec<String>,
}

/// Reads what can be read.
pub(super) fn read<W: DeserializeOwned>(raw: &str) -> Option<Salvaged<W>> {
    let text = whole_characters(raw);
    if let Cow::Owned(text) = &text
        && let Ok(wire) = serde_json::from_str(text)
    {
        return Some(Salvaged { wire, odd: Vec::new() });
    }
    let mut tree: Value = serde_json::from_str(&text).ok()?;
    bare_text(&mut tree);
    let mut odd = Vec::new();
    loop {
        // By reference: the tree is still needed for the next try.
        let error = match serde_path_to_error::deserialize::<_, W>(&tree) {
            Ok(wire) => return Some(Salvaged { wire, odd }),
            Err(error) => error,
        };
        let at = error.path().to_string();
        if odd.len() >= MOST_PARTS || !set_aside(&mut tree, error.path().iter()) {
            return None;
        }
        odd.push(at);
    }
}

/// A text that stands as such where an object with a body is documented. Words are the one part whose loss could
/// cost a person their STOP.
fn bare_text(tree: &mut Value) {
    if let Some(text) = tree.get_mut("text").filter(|t| t.is_string()) {
        let body = text.take();
        *text = serde_json::json!({ "body": body });
    }
}

/// Takes the deepest part that the path reaches out of the tree; false if there is none but the root.
fn set_aside<'p>(tree: &mut Value, path: impl Iterator<Item = &'p Segment>) -> bool {
    let mut at = tree;
    let mut rest = path.peekable();
    while let Some(segment) = rest.next() {
        let last = rest.peek().is_none();
        at = match (segment, at) {
            (Segment::Map { key }, Value::Object(object)) if last => return object.remove(key).is_some(),
            (Segment::Seq { index }, Value::Array(list)) if last => {
                let there = *index < list.len();
                if there {
                    list.remove(*index);
                }
                return there;
            }
            (Segment::Map { key }, Value::Object(object)) => match object.get_mut(key) {
                Some(next) => next,
                None => return false,
            },
            (Segment::Seq { index }, Value::Array(list)) => match list.get_mut(*index) {
                Some(next) => next,
                None => return false,
            },
            _ => return false,
        };
    }
    false
}

/// Text in which every escaped half of a character without its other half (JSON allows it, Unicode does not) is
/// U+FFFD; borrowed if there is none.
pub(super) fn whole_characters(json: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = json.get(at..).and_then(|rest| rest.find('\\')) {
        let escape = at.saturating_add(found);
        let next = escape.saturating_add(6);
        at = match unit(json, escape) {
            Some(0xd800..=0xdbff) if matches!(unit(json, next), Some(0xdc00..=0xdfff)) => next.saturating_add(6),
            Some(0xd800..=0xdfff) => {
                out.push_str(json.get(copied..escape).unwrap_or_default());
                out.push_str("\\ufffd");
                copied = next;
                next
            }
            Some(_) => next,
            // Any other escape: the backslash and one character, which may be a backslash itself.
            None => escape.saturating_add(2),
        };
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    out.push_str(json.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// The UTF-16 unit of a `\uXXXX` at this place.
fn unit(json: &str, at: usize) -> Option<u16> {
    let digits = json.get(at..)?.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#""caf\u00e9 \ud83d\ude00""#, r#""caf\u00e9 \ud83d\ude00""#)]
    #[case(r#""a \ud83d b""#, r#""a \ufffd b""#)]
    #[case(r#""a \ude00\ud83d""#, r#""a \ufffd\ufffd""#)]
    #[case(r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#)]
    #[case(r#""a backslash \\ud83d""#, r#""a backslash \\ud83d""#)]
    #[case(r#""three \\\ud83d""#, r#""three \\\ufffd""#)]
    fn only_lone_halves_of_characters_are_replaced(#[case] json: &str, #[case] want: &str) {
        assert_eq!(whole_characters(json), want);
    }

    proptest! {
        #[test]
        fn any_string_of_json_can_be_read_afterwards(
            parts in prop::collection::vec(prop::sample::select(vec![
                "\\\\", "\\\"", "\\n", "\\ud83d", "\\uDE00", "\\u0041", "x", "é", "\\/"]), 0..12),
        ) {
            let json = format!("\"{}\"", parts.concat());
            prop_assert!(serde_json::from_str::<String>(&whole_characters(&json)).is_ok());
        }
    }
}
