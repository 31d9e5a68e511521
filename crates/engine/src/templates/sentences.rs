//! Statuses, reasons and changes of templates in words (templates.md §8).

/// Why a template cannot be sent; none if it can.
pub fn unsendable(status: &str, reason: Option<&str>, removed: bool) -> Option<String> {
    if removed {
        return Some("The template was deleted at Meta.".to_owned());
    }
    let text = match status.to_ascii_uppercase().as_str() {
        "APPROVED" | "REINSTATED" | "FLAGGED" | "UNARCHIVED" => return None,
        "PENDING" => "Meta is reviewing the template; that takes up to 24 hours.",
        "REJECTED" => {
            return Some(match reason {
                Some(reason) => format!("Meta rejected the template: {}", rejection(reason)),
                None => "Meta rejected the template; edit it and submit it again.".to_owned(),
            });
        }
        "PAUSED" => match reason.map(str::to_ascii_uppercase).as_deref() {
            Some("FIRST_PAUSE") => "Meta paused the template for 3 hours, because people did not like it.",
            Some("SECOND_PAUSE") => "Meta paused the template for 6 hours, because people did not like it.",
            Some("RATE_LIMITING_PAUSE") => {
                "Meta paused the template while it was being tried out; it must be resumed by hand in WhatsApp Manager."
            }
            _ => "Meta paused the template, because of low quality or while trying it out.",
        },
        "DISABLED" => "Meta disabled the template after too many pauses; make a new one or edit it.",
        "IN_APPEAL" => "An appeal against the rejection is under way.",
        "LOCKED" => "Meta locked the template.",
        "LIMIT_EXCEEDED" => "The account has reached its number of templates.",
        "ARCHIVED" => "The template is archived; take it out of the archive first.",
        "PENDING_DELETION" | "DELETED" => "The template was deleted at Meta.",
        other => return Some(format!("Meta gives the template the status {other}, which this version does not know.")),
    };
    Some(text.to_owned())
}

/// A rejection reason as a sentence; Meta's own free text stays as it is.
pub fn rejection(reason: &str) -> String {
    match reason.to_ascii_uppercase().as_str() {
        "ABUSIVE_CONTENT" => "its content counts as abusive.".to_owned(),
        "INCORRECT_CATEGORY" => "its text belongs to another category.".to_owned(),
        "INVALID_FORMAT" => "its form is not allowed, for example a variable at the start or end.".to_owned(),
        "PROMOTIONAL" => "its text is promotional, which this category does not allow.".to_owned(),
        "SCAM" => "its content counts as misleading.".to_owned(),
        "TAG_CONTENT_MISMATCH" => "its text does not fit the chosen category or language.".to_owned(),
        "CATEGORY_NOT_AVAILABLE" => "its category is not available.".to_owned(),
        "" | "NONE" => "no reason was given.".to_owned(),
        _ => reason.to_owned(),
    }
}

/// A status change, for the history.
pub fn status_changed(status: &str, reason: Option<&str>) -> String {
    match status {
        "APPROVED" => "Approved by Meta.".to_owned(),
        "REINSTATED" => "Reinstated by Meta.".to_owned(),
        "UNARCHIVED" => "Taken out of the archive.".to_owned(),
        "FLAGGED" => "Flagged for low quality; it can still be sent.".to_owned(),
        other => unsendable(other, reason, false).unwrap_or_else(|| format!("Status {other}.")),
    }
}

/// A quality change, for the history.
pub fn quality_changed(from: Option<&str>, to: &str) -> String {
    match from {
        Some(from) => format!("Quality went from {} to {}.", quality(from), quality(to)),
        None => format!("Quality is {}.", quality(to)),
    }
}

fn quality(word: &str) -> &str {
    match word.to_ascii_uppercase().as_str() {
        "GREEN" => "high",
        "YELLOW" => "medium",
        "RED" => "low",
        "UNKNOWN" => "not yet known",
        _ => word,
    }
}

/// A category change that is done, for the history.
pub fn category_changed(from: Option<&str>, to: &str) -> String {
    match from {
        Some(from) => format!("Category changed from {} to {to}.", from.to_ascii_lowercase()),
        None => format!("Category changed to {to}."),
    }
}

/// A category change to come, for the history.
pub fn category_announced(current: &str, next: &str) -> String {
    format!("Meta will change the category from {current} to {next} in about a day.")
}

/// Meta's classifier disagrees, for the history.
pub fn category_doubted(correct: &str) -> String {
    format!("Meta thinks that the category should be {correct}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_that_cannot_be_sent_says_why() {
        for status in ["PENDING", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL", "LOCKED", "ARCHIVED", "DELETED", "NEW"]
        {
            assert!(unsendable(status, None, false).is_some_and(|s| s.ends_with('.')), "{status}");
        }
        for status in ["APPROVED", "flagged", "REINSTATED"] {
            assert_eq!(unsendable(status, None, false), None, "{status}");
        }
    }

    #[test]
    fn a_pause_says_how_long_it_lasts() {
        assert!(unsendable("PAUSED", Some("FIRST_PAUSE"), false).is_some_and(|s| s.contains("3 hours")));
    }
}
