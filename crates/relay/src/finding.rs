//! What a look at the relay found, in a line each: how it is, and what to do where it is not right.

/// How a look went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// In order.
    Good,
    /// Works, but should be looked at.
    Attention,
    /// Does not work.
    Bad,
}

/// One line of the doctor, or of `--check-config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub about: String,
    /// How it is.
    pub health: Health,
    /// What was found, and what to do.
    pub text: String,
}

impl Finding {
    pub(crate) fn good(about: impl Into<String>, text: impl Into<String>) -> Self {
        Self { about: about.into(), health: Health::Good, text: text.into() }
    }

    pub(crate) fn attention(about: impl Into<String>, text: impl Into<String>) -> Self {
        Self { health: Health::Attention, ..Self::good(about, text) }
    }

    pub(crate) fn bad(about: impl Into<String>, text: impl Into<String>) -> Self {
        Self { health: Health::Bad, ..Self::good(about, text) }
    }

    /// True for what keeps the relay from working.
    pub fn is_bad(&self) -> bool {
        self.health == Health::Bad
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = match self.health {
            Health::Good => "ok       ",
            Health::Attention => "attention",
            Health::Bad => "BAD      ",
        };
        write!(f, "{mark}  {}: {}", self.about, self.text)
    }
}
