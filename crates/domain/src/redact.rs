//! Values that must not show in logs, errors or `Debug`: names, texts, numbers of people.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A piece of personal data (a name, a message text, a raw row). `Debug` shows only its length, there
/// is no `Display`; whoever needs the content asks for it by name with [`Personal::expose`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(String);

impl Personal {
    /// Wraps a text that belongs to a person.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the store, the wire and the window; never for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Takes the text out.
    pub fn into_inner(self) -> String {
        self.0
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Personal({} bytes)", self.0.len())
    }
}
