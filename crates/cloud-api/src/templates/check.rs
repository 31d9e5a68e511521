//! What Meta is documented to refuse in a template (templates.md §1.2, §3–§6, §12), found before the wire.

use super::draft::{Button, Card, Component, Example, HeaderFormat, OtpType, TemplateDraft};
use super::variables::{self, Format};
use crate::limits::{LimitError, at_most_chars, count_within, some_chars};

impl TemplateDraft {
    /// Checks everything that the platform is documented to refuse.
    ///
    /// # Errors
    /// [`LimitError`] names the component and the rule.
    pub fn check(&self) -> Result<(), LimitError> {
        let ok = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        some_chars("name", &self.name, 512)?;
        if !self.name.chars().all(ok) {
            return Err(LimitError::new("name", "may have small letters a-z, digits and _ only"));
        }
        match (&self.language, &self.languages) {
            (Some(l), None) => some_chars("language", l, 16)?,
            (None, Some(list)) if !list.is_empty() => {}
            _ => return Err(LimitError::new("language", "is missing")),
        }
        let category = self.category.to_ascii_uppercase();
        if !matches!(category.as_str(), "MARKETING" | "UTILITY" | "AUTHENTICATION") {
            return Err(LimitError::new("category", "must be MARKETING, UTILITY or AUTHENTICATION"));
        }
        let format = match self.parameter_format.as_deref().map(str::to_ascii_uppercase).as_deref() {
            None | Some("POSITIONAL") => Format::Positional,
            Some("NAMED") => Format::Named,
            Some(_) => return Err(LimitError::new("parameter_format", "must be POSITIONAL or NAMED")),
        };
        self.check_ttl(&category)?;
        if !self.components.iter().any(|c| matches!(c, Component::Body { .. })) {
            return Err(LimitError::new("components", "have no body; it is required"));
        }
        for kind in [0, 1, 2, 3, 4, 5, 6] {
            if self.components.iter().filter(|c| c.ordinal() == kind).count() > 1 {
                return Err(LimitError::new("components", "have two of the same kind"));
            }
        }
        let offer = self.components.iter().any(|c| matches!(c, Component::LimitedTimeOffer { .. }));
        let product =
            self.components.iter().any(|c| matches!(c, Component::Header { format: HeaderFormat::Product, .. }));
        let body_max = if offer {
            600
        } else if product {
            160
        } else {
            1024
        };
        for component in &self.components {
            component.check(&category, format, body_max)?;
        }
        if offer && self.components.iter().any(|c| matches!(c, Component::Footer { .. })) {
            return Err(LimitError::new("components.footer", "is not allowed with a limited-time offer"));
        }
        Ok(())
    }

    /// Seconds per category (messages.md §10); -1 means 30 days for utility and authentication.
    fn check_ttl(&self, category: &str) -> Result<(), LimitError> {
        let Some(ttl) = self.message_send_ttl_seconds else { return Ok(()) };
        let (range, minus_one) = match category {
            "AUTHENTICATION" => (30..=900, true),
            "UTILITY" => (30..=43_200, true),
            _ => (43_200..=2_592_000, false),
        };
        if range.contains(&ttl) || (minus_one && ttl == -1) {
            return Ok(());
        }
        let problem = format!("must be {} to {} seconds for this category", range.start(), range.end());
        Err(LimitError::new("message_send_ttl_seconds", problem))
    }
}

impl Component {
    fn ordinal(&self) -> u8 {
        match self {
            Self::Header { .. } => 0,
            Self::Body { .. } => 1,
            Self::Footer { .. } => 2,
            Self::Buttons { .. } => 3,
            Self::LimitedTimeOffer { .. } => 4,
            Self::Carousel { .. } => 5,
            Self::CallPermissionRequest => 6,
        }
    }

    fn check(&self, category: &str, format: Format, body_max: usize) -> Result<(), LimitError> {
        let auth = category == "AUTHENTICATION";
        match self {
            Self::Header { format: HeaderFormat::Text, text, example } => {
                check_header(text.as_deref(), example.as_ref(), format)
            }
            Self::Header {
                format: HeaderFormat::Image | HeaderFormat::Video | HeaderFormat::Document | HeaderFormat::Gif,
                example,
                ..
            } => {
                let handles = example.as_ref().and_then(|e| e.header_handle.as_ref());
                match handles {
                    Some(h) if h.iter().any(|h| !h.is_empty()) => Ok(()),
                    _ => Err(LimitError::new(
                        "components.header.example.header_handle",
                        "is missing; upload a sample first",
                    )),
                }
            }
            Self::Header { format: HeaderFormat::Location, .. } if category != "UTILITY" && category != "MARKETING" => {
                Err(LimitError::new("components.header", "with a location is for utility and marketing only"))
            }
            Self::Header { .. } => Ok(()),
            Self::Body { text: None, .. } if auth => Ok(()),
            Self::Body { text: Some(_), .. } if auth => {
                Err(LimitError::new("components.body.text", "is Meta's own for authentication templates; leave it out"))
            }
            Self::Body { text, example, .. } => {
                check_body(text.as_deref().unwrap_or_default(), example.as_ref(), format, body_max)
            }
            Self::Footer { text, code_expiration_minutes } => {
                if code_expiration_minutes.is_some_and(|m| !(1..=90).contains(&m)) {
                    return Err(LimitError::new("components.footer.code_expiration_minutes", "must be 1 to 90"));
                }
                let Some(text) = text else { return Ok(()) };
                some_chars("components.footer.text", text, 60)?;
                if !variables::scan("components.footer.text", text)?.is_empty() {
                    return Err(LimitError::new("components.footer.text", "cannot have variables"));
                }
                no_breaks("components.footer.text", text)
            }
            Self::Buttons { buttons } => check_buttons(buttons, auth),
            Self::LimitedTimeOffer { limited_time_offer } => {
                if category != "MARKETING" {
                    return Err(LimitError::new("components.limited_time_offer", "is for marketing only"));
                }
                some_chars("components.limited_time_offer.text", &limited_time_offer.text, 16)
            }
            Self::Carousel { cards } => {
                if category != "MARKETING" {
                    return Err(LimitError::new("components.carousel", "is for marketing only"));
                }
                check_cards(cards, category, format)
            }
            Self::CallPermissionRequest if auth => {
                Err(LimitError::new("components.call_permission_request", "is for marketing and utility only"))
            }
            Self::CallPermissionRequest => Ok(()),
        }
    }
}

fn check_header(text: Option<&str>, example: Option<&Example>, format: Format) -> Result<(), LimitError> {
    const FIELD: &str = "components.header.text";
    let text = text.unwrap_or_default();
    some_chars(FIELD, text, 60)?;
    no_breaks(FIELD, text)?;
    let marked = |mark: &char| outside_braces(text).matches(*mark).count() > 1;
    if ['*', '_', '~', '`'].iter().any(marked) {
        return Err(LimitError::new(FIELD, "cannot have formatting marks (* _ ~ `)"));
    }
    let found = variables::check(FIELD, text, format)?;
    if found.len() > 1 {
        return Err(LimitError::new(FIELD, "has more than one variable"));
    }
    let samples = match format {
        Format::Positional => example.and_then(|e| e.header_text.as_ref()).map_or(0, Vec::len),
        Format::Named => named(example.and_then(|e| e.header_text_named_params.as_deref()), &found),
    };
    samples_fit("components.header.example", found.len(), samples)
}

/// The text without its variables, whose names may contain `_`.
fn outside_braces(text: &str) -> String {
    let mut parts = text.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once("}}").map_or(part, |(_, after)| after));
    }
    out
}

fn check_body(text: &str, example: Option<&Example>, format: Format, max: usize) -> Result<(), LimitError> {
    const FIELD: &str = "components.body.text";
    some_chars(FIELD, text, max)?;
    let found = variables::check(FIELD, text, format)?;
    let trimmed = text.trim();
    if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
        return Err(LimitError::new(FIELD, "starts or ends with a variable; put words around it"));
    }
    if text.contains("\n\n\n") || text.contains('\t') || text.contains("     ") {
        return Err(LimitError::new(FIELD, "has tabs, more than two line breaks or more than four spaces in a row"));
    }
    let samples = match format {
        Format::Positional => {
            example.and_then(|e| e.body_text.as_ref()).and_then(|rows| rows.first()).map_or(0, Vec::len)
        }
        Format::Named => named(example.and_then(|e| e.body_text_named_params.as_deref()), &found),
    };
    samples_fit("components.body.example", found.len(), samples)
}

/// How many of the named variables have a sample.
fn named(samples: Option<&[super::draft::NamedExample]>, found: &[String]) -> usize {
    let samples = samples.unwrap_or_default();
    found.iter().filter(|name| samples.iter().any(|s| s.param_name == **name && !s.example.is_empty())).count()
}

fn samples_fit(field: &str, variables: usize, samples: usize) -> Result<(), LimitError> {
    if variables == samples || (variables == 0 && samples == 0) {
        return Ok(());
    }
    Err(LimitError::new(field, format!("has {samples} samples for {variables} variables; each needs one")))
}

fn no_breaks(field: &str, text: &str) -> Result<(), LimitError> {
    if text.contains(['\n', '\r', '\t']) {
        return Err(LimitError::new(field, "cannot have line breaks or tabs"));
    }
    Ok(())
}

fn check_cards(cards: &[Card], category: &str, format: Format) -> Result<(), LimitError> {
    count_within("components.carousel.cards", cards.len(), 2, 10)?;
    let shape = |card: &Card| -> Vec<(u8, Vec<std::mem::Discriminant<Button>>)> {
        card.components
            .iter()
            .map(|c| {
                let buttons = match c {
                    Component::Buttons { buttons } => buttons.iter().map(std::mem::discriminant).collect(),
                    _ => Vec::new(),
                };
                (c.ordinal(), buttons)
            })
            .collect()
    };
    let first = cards.first().map(shape);
    for card in cards {
        if Some(shape(card)) != first {
            return Err(LimitError::new("components.carousel.cards", "must all have the same components and buttons"));
        }
        let header = card.components.iter().find_map(|c| match c {
            Component::Header { format, .. } => Some(format),
            _ => None,
        });
        if !matches!(header, Some(HeaderFormat::Image | HeaderFormat::Video | HeaderFormat::Product)) {
            return Err(LimitError::new("components.carousel.cards.header", "must be an image, a video or a product"));
        }
        for component in &card.components {
            if matches!(component, Component::Carousel { .. } | Component::LimitedTimeOffer { .. }) {
                return Err(LimitError::new("components.carousel.cards", "can have header, body and buttons only"));
            }
            if let Component::Buttons { buttons } = component {
                count_within("components.carousel.cards.buttons", buttons.len(), 1, 2)?;
            }
            component.check(category, format, 160).map_err(|e| e.under("carousel"))?;
        }
    }
    Ok(())
}

fn check_buttons(buttons: &[Button], auth: bool) -> Result<(), LimitError> {
    const FIELD: &str = "components.buttons";
    count_within(FIELD, buttons.len(), 1, 10)?;
    let limit = |what: &str, max: usize, is: fn(&Button) -> bool| {
        let n = buttons.iter().filter(|b| is(b)).count();
        if n > max {
            return Err(LimitError::new(FIELD, format!("have {n} {what} buttons; at most {max} are allowed")));
        }
        Ok(())
    };
    limit("URL", 2, |b| matches!(b, Button::Url { .. }))?;
    limit("phone number", 1, |b| matches!(b, Button::PhoneNumber { .. }))?;
    limit("copy code", 1, |b| matches!(b, Button::CopyCode { .. }))?;
    limit("flow", 1, |b| matches!(b, Button::Flow { .. }))?;
    limit("call", 1, |b| matches!(b, Button::VoiceCall { .. }))?;
    limit("contact info", 1, |b| matches!(b, Button::RequestContactInfo { .. }))?;
    limit("catalogue", 1, |b| matches!(b, Button::Catalog { .. }))?;
    limit("product list", 1, |b| matches!(b, Button::Mpm { .. }))?;
    let replies: Vec<bool> = buttons.iter().map(|b| matches!(b, Button::QuickReply { .. })).collect();
    let groups = replies.chunk_by(|a, b| a == b).filter(|g| g.first() == Some(&true)).count();
    if groups > 1 {
        return Err(LimitError::new(FIELD, "have quick replies in two places; they must stand together"));
    }
    for button in buttons {
        if auth != matches!(button, Button::Otp { .. }) {
            let problem =
                if auth { "must be a one-time code button" } else { "of this kind are for authentication only" };
            return Err(LimitError::new(FIELD, problem));
        }
        button.check()?;
    }
    Ok(())
}

impl Button {
    fn check(&self) -> Result<(), LimitError> {
        if let Some(label) = self.label() {
            some_chars("components.buttons.text", label, 25)?;
        }
        match self {
            Self::Url { url, example, .. } => {
                const FIELD: &str = "components.buttons.url";
                some_chars(FIELD, url, 2000)?;
                let found = variables::scan(FIELD, url)?;
                if found.len() > 1 || (found.len() == 1 && !url.trim_end().ends_with("}}")) {
                    return Err(LimitError::new(FIELD, "may have one variable, at its end"));
                }
                if !found.is_empty() && example.as_ref().and_then(|e| e.text()).is_none_or(str::is_empty) {
                    return Err(LimitError::new(
                        "components.buttons.example",
                        "is missing; the variable needs a sample",
                    ));
                }
                Ok(())
            }
            Self::PhoneNumber { phone_number, .. } => some_chars("components.buttons.phone_number", phone_number, 20),
            Self::CopyCode { example } => {
                let code = example.text().unwrap_or_default();
                some_chars("components.buttons.example", code, 20)?;
                if !code.chars().all(char::is_alphanumeric) {
                    return Err(LimitError::new("components.buttons.example", "may have letters and digits only"));
                }
                Ok(())
            }
            Self::Flow { flow_id, flow_name, flow_json, .. } => {
                let given = [flow_id, flow_name, flow_json].into_iter().filter(|f| f.is_some()).count();
                if given != 1 {
                    return Err(LimitError::new(
                        "components.buttons.flow_id",
                        "or flow_name or flow_json must be given, one of them",
                    ));
                }
                Ok(())
            }
            Self::RequestContactInfo { text: Some(text) } if text != "Share Contact Info" => {
                Err(LimitError::new("components.buttons.text", "must be \"Share Contact Info\" or left out"))
            }
            Self::Otp { otp_type, autofill_text, supported_apps, zero_tap_terms_accepted, .. } => {
                if let Some(text) = autofill_text {
                    at_most_chars("components.buttons.autofill_text", text, 25)?;
                }
                if *otp_type == OtpType::ZeroTap && *zero_tap_terms_accepted != Some(true) {
                    return Err(LimitError::new(
                        "components.buttons.zero_tap_terms_accepted",
                        "must be true for zero-tap",
                    ));
                }
                let apps = supported_apps.as_deref().unwrap_or_default();
                let needed = matches!(otp_type, OtpType::OneTap | OtpType::ZeroTap);
                count_within("components.buttons.supported_apps", apps.len(), usize::from(needed), 5)?;
                for app in apps {
                    some_chars("components.buttons.supported_apps.package_name", &app.package_name, 224)?;
                    if !app.package_name.contains('.') {
                        return Err(LimitError::new(
                            "components.buttons.supported_apps.package_name",
                            "needs two segments or more",
                        ));
                    }
                    if app.signature_hash.chars().count() != 11 {
                        return Err(LimitError::new(
                            "components.buttons.supported_apps.signature_hash",
                            "must have 11 characters",
                        ));
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
