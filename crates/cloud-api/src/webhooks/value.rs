//! The parts of a `value`, found in one pass without building a tree: each element stays a slice of the body
//! until it is read once, by the type that fits it.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use switchboard_domain::ids::PhoneNumberId;

use crate::lenient;

/// An array as a list of slices. Anything but an array is remembered as such, so that it can be kept raw.
#[derive(Default)]
pub(super) struct RawList<'a> {
    pub items: Vec<&'a RawValue>,
    pub is_not_a_list: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for RawList<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = RawList<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element::<&'de RawValue>()? {
                    items.push(item);
                }
                Ok(RawList { items, is_not_a_list: false })
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(RawList { items: Vec::new(), is_not_a_list: true })
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(RawList::default())
            }
            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(RawList { items: Vec::new(), is_not_a_list: true })
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(RawList { items: Vec::new(), is_not_a_list: true })
            }
            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(RawList { items: Vec::new(), is_not_a_list: true })
            }
            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(RawList { items: Vec::new(), is_not_a_list: true })
            }
            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(RawList { items: Vec::new(), is_not_a_list: true })
            }
        }
        d.deserialize_any(List)
    }
}

/// An object as its keys and slices.
pub(super) struct Object<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// Takes a key out.
    pub(super) fn take(&mut self, key: &str) -> Option<&'a RawValue> {
        let at = self.0.iter().position(|(k, _)| k == key)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Takes a key out if it is a scalar.
    pub(super) fn take_text(&mut self, key: &str) -> Option<String> {
        let at = self.0.iter().position(|(k, _)| k == key)?;
        let (_, raw) = self.0.get(at)?;
        let text = lenient::text(&mut serde_json::Deserializer::from_str(raw.get())).ok()?;
        self.0.swap_remove(at);
        text
    }

    /// Takes a key out as a list.
    pub(super) fn take_list(&mut self, key: &str) -> Option<RawList<'a>> {
        serde_json::from_str(self.take(key)?.get()).ok()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                    keys.push((key.0, value));
                }
                Ok(Object(keys))
            }
        }
        d.deserialize_map(Keys)
    }
}

/// `value.metadata`, as it stands as a rule.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Metadata {
    #[serde(deserialize_with = "lenient::text")]
    pub display_phone_number: Option<String>,
    #[serde(deserialize_with = "lenient::id")]
    pub phone_number_id: Option<PhoneNumberId>,
}

/// A `value` (or `value.standby`) of the fields that carry arrays.
#[derive(Default)]
pub(super) struct Parts<'a> {
    pub metadata: Option<&'a RawValue>,
    pub contacts: RawList<'a>,
    /// Arrays whose elements become events, by key, in order of appearance.
    pub lists: Vec<(Cow<'a, str>, RawList<'a>)>,
    /// `value.standby`.
    pub standby: Option<&'a RawValue>,
    /// Keys we have no reader for.
    pub others: Vec<(Cow<'a, str>, &'a RawValue)>,
}

/// Keys whose arrays are read element by element.
const LISTS: [&str; 13] = [
    "messages",
    "statuses",
    "errors",
    "user_actions",
    "message_echoes",
    "history",
    "state_sync",
    "calls",
    "groups",
    "user_preferences",
    "user_id_update",
    "automatic_events",
    "events",
];

impl<'de: 'a, 'a> Deserialize<'de> for Parts<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Value;
        impl<'de> Visitor<'de> for Value {
            type Value = Parts<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut parts = Parts::default();
                while let Some(key) = map.next_key::<Key<'de>>()? {
                    match key.0.as_ref() {
                        "messaging_product" => {
                            map.next_value::<IgnoredAny>()?;
                        }
                        "metadata" => parts.metadata = Some(map.next_value()?),
                        "contacts" => parts.contacts = map.next_value()?,
                        "standby" => parts.standby = Some(map.next_value()?),
                        name if LISTS.contains(&name) => parts.lists.push((key.0, map.next_value()?)),
                        _ => parts.others.push((key.0, map.next_value()?)),
                    }
                }
                Ok(parts)
            }
        }
        d.deserialize_map(Value)
    }
}

/// A key, borrowed unless it is escaped.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Cow<'de, str>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(v))
            }
            fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(v.to_owned()))
            }
        }
        d.deserialize_str(Text).map(Key)
    }
}
