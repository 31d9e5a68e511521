//! Enums that Meta may extend at any time: known words are variants, unknown ones are kept as text.

/// Declares an open set of words. Reading ignores case and treats `-` and spaces as `_`; what is not known
/// is kept verbatim in `Other`, and what is known is written in Meta's documented spelling.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
            /// A word that is not documented (yet), as received.
            Other(String),
        }

        impl $name {
            /// Every documented value.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// Reads a word; unknown ones are kept.
            pub fn parse(text: &str) -> Self {
                $(if $crate::open_enum::same_word(text, $text) { return Self::$variant; })+
                Self::Other(text.to_owned())
            }

            /// The word in Meta's spelling, or as received.
            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $text,)+ Self::Other(s) => s }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self { Self::parse(text) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_str(self.as_str()) }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                struct Words;
                impl serde::de::Visitor<'_> for Words {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("a word") }
                    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<$name, E> { Ok($name::parse(v)) }
                    fn visit_i64<E: serde::de::Error>(self, v: i64) -> Result<$name, E> { Ok($name::Other(v.to_string())) }
                    fn visit_u64<E: serde::de::Error>(self, v: u64) -> Result<$name, E> { Ok($name::Other(v.to_string())) }
                    fn visit_bool<E: serde::de::Error>(self, v: bool) -> Result<$name, E> { Ok($name::Other(v.to_string())) }
                }
                d.deserialize_any(Words)
            }
        }
    };
}
pub(crate) use open_enum;

/// Equal but for case and the `-`/`_`/space that Meta mixes (`authentication-international`, pricing.md §5).
pub(crate) fn same_word(a: &str, b: &str) -> bool {
    let plain = |c: u8| match c.to_ascii_uppercase() {
        b'-' | b' ' => b'_',
        other => other,
    };
    a.len() == b.len() && a.bytes().map(plain).eq(b.bytes().map(plain))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    open_enum! {
        /// A test set.
        Light {
            /// Go.
            Green = "GREEN",
            /// Nearly international.
            AuthInternational = "authentication_international",
        }
    }

    #[test]
    fn words_read_in_any_case_and_unknown_ones_are_kept() {
        assert!(Light::KNOWN.iter().all(|w| Light::parse(w.as_str()) == *w));
        assert_eq!(Light::parse("green"), Light::Green);
        assert_eq!(Light::parse("authentication-international"), Light::AuthInternational);
        assert_eq!(Light::parse("Mauve"), Light::Other("Mauve".to_owned()));
        assert_eq!(serde_json::from_str::<Light>("\"Mauve\"").unwrap().as_str(), "Mauve");
        assert_eq!(serde_json::from_str::<Light>("7").unwrap().as_str(), "7");
        assert_eq!(serde_json::to_string(&Light::Green).unwrap(), "\"GREEN\"");
    }
}
