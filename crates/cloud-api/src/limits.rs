//! Limits checked before the wire (messages.md §13, templates.md §3): the error names the field and the limit,
//! so that a person can mend it without asking Meta.

/// A value that the platform is documented to refuse. Names the field and the limit, never the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct LimitError {
    /// Path of the field in the request, as Meta spells it: `interactive.action.buttons`.
    pub field: String,
    /// What is wrong and what is allowed: `has 1100 characters; at most 1024 are allowed`.
    pub problem: String,
}

impl LimitError {
    /// For a rule that is neither a length nor a count.
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }

    /// Puts the field under the name of what contains it.
    pub(crate) fn under(mut self, parent: &str) -> Self {
        self.field = format!("{parent}.{}", self.field);
        self
    }
}

/// At most `max` characters.
pub(crate) fn at_most_chars(field: &str, text: &str, max: usize) -> Result<(), LimitError> {
    // A text of at most `max` bytes cannot have more characters.
    if text.len() <= max {
        return Ok(());
    }
    let n = text.chars().count();
    if n > max {
        return Err(LimitError::new(field, format!("has {n} characters; at most {max} are allowed")));
    }
    Ok(())
}

/// Between 1 and `max` characters, not only blanks.
pub(crate) fn some_chars(field: &str, text: &str, max: usize) -> Result<(), LimitError> {
    if text.trim().is_empty() {
        return Err(LimitError::new(field, "is empty"));
    }
    at_most_chars(field, text, max)
}

/// A number of entries within bounds.
pub(crate) fn count_within(field: &str, n: usize, min: usize, max: usize) -> Result<(), LimitError> {
    if n < min || n > max {
        let allowed = if min == max {
            format!("exactly {max} must be given")
        } else if min == 0 {
            format!("at most {max} are allowed")
        } else {
            format!("{min} to {max} are allowed")
        };
        return Err(LimitError::new(field, format!("has {n} entries; {allowed}")));
    }
    Ok(())
}

/// All different.
pub(crate) fn all_different<'a>(field: &str, items: impl IntoIterator<Item = &'a str>) -> Result<(), LimitError> {
    let mut seen = std::collections::HashSet::new();
    for item in items {
        if !seen.insert(item) {
            return Err(LimitError::new(field, "contains the same value twice; each must differ"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(at_most_chars("text.body", &"ä".repeat(4096), 4096), Ok(()));
        let e = at_most_chars("text.body", &"ä".repeat(4097), 4096);
        assert_eq!(e.map_err(|e| e.to_string()), Err("text.body has 4097 characters; at most 4096 are allowed".into()));
    }
}
