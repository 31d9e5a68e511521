//! Template components read once, in the form that checking and rendering a send needs.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

/// A text with its variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) raw: String,
    /// Names without braces: sorted numbers for positional templates, order of appearance for named.
    pub(crate) vars: Vec<String>,
}

impl Text {
    /// Finds the `{{variables}}` of a text.
    pub(crate) fn new(raw: &str, named: bool) -> Self {
        let mut vars: Vec<String> = Vec::new();
        for name in variables(raw) {
            if !vars.contains(&name) {
                vars.push(name);
            }
        }
        if !named {
            vars.sort_by_key(|v| v.parse::<u32>().unwrap_or(u32::MAX));
        }
        Self { raw: raw.to_owned(), vars }
    }

    /// The text with every variable replaced; a missing one stays visible.
    pub(crate) fn fill(&self, values: &HashMap<String, String>) -> String {
        let mut out = String::with_capacity(self.raw.len().saturating_add(64));
        let mut rest = self.raw.as_str();
        while let Some((before, after)) = rest.split_once("{{") {
            out.push_str(before);
            let Some((name, tail)) = after.split_once("}}") else {
                out.push_str("{{");
                rest = after;
                continue;
            };
            match values.get(name.trim()) {
                Some(value) => out.push_str(value),
                None => {
                    out.push_str("{{");
                    out.push_str(name);
                    out.push_str("}}");
                }
            }
            rest = tail;
        }
        out.push_str(rest);
        out
    }
}

/// Names between double braces, in order of appearance.
pub(crate) fn variables(raw: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = raw;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else { break };
        found.push(name.trim().to_owned());
        rest = tail;
    }
    found
}

/// What stands above the body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Header {
    /// Nothing.
    #[default]
    None,
    /// A line of text.
    Text(Text),
    /// `image`, `video`, `document` or `gif`.
    Media(String),
    /// A place, given at send time.
    Location,
    /// A catalogue product, given at send time.
    Product,
}

/// One button.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Button {
    /// Upper-case kind as in templates.md §3.
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) url: Option<Text>,
    pub(crate) phone: Option<String>,
}

/// Body parts shared by whole templates and carousel cards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) header: Header,
    pub(crate) body: Text,
    pub(crate) buttons: Vec<Button>,
}

/// A template ready to be checked against.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Compiled {
    pub(crate) named: bool,
    /// Carries a one-time code, twice: in the body and in its button, which reads back as URL.
    pub(crate) one_time_code: bool,
    pub(crate) main: Part,
    pub(crate) footer: Option<String>,
    /// Limited-time offer text and whether it expires.
    pub(crate) offer: Option<(String, bool)>,
    pub(crate) cards: Vec<Part>,
}

impl Compiled {
    pub(crate) fn new(components: &[Value], named: bool, authentication: bool) -> Self {
        let mut compiled =
            Self { named, one_time_code: authentication, main: part(components, named), ..Self::default() };
        for component in components {
            match kind_of(component).as_str() {
                "FOOTER" => compiled.footer = footer(component),
                "LIMITED_TIME_OFFER" => {
                    let offer = component.get("limited_time_offer").unwrap_or(component);
                    let expires = offer.get("has_expiration").and_then(Value::as_bool).unwrap_or(false);
                    compiled.offer = Some((text_of(offer).to_owned(), expires));
                }
                "CAROUSEL" => {
                    let cards = component.get("cards").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                    compiled.cards = cards
                        .iter()
                        .map(|card| {
                            part(
                                card.get("components").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default(),
                                named,
                            )
                        })
                        .collect();
                }
                _ => {}
            }
        }
        if authentication && compiled.main.body.vars.is_empty() {
            compiled.main.body = Text::new("*{{1}}* is your verification code.", false);
            if let Some(button) = compiled.main.buttons.first_mut() {
                button.url =
                    Some(Text::new("https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}", false));
            }
        }
        compiled
    }

    /// Labels of quick replies, for the crowd to tap on.
    pub(crate) fn quick_replies(&self) -> impl Iterator<Item = &str> {
        self.main.buttons.iter().filter(|b| b.kind == "QUICK_REPLY").map(|b| b.text.as_str())
    }
}

fn footer(component: &Value) -> Option<String> {
    if let Some(minutes) = component.get("code_expiration_minutes").and_then(Value::as_i64) {
        return Some(format!("This code expires in {minutes} minutes."));
    }
    component.get("text").and_then(Value::as_str).map(str::to_owned)
}

/// The component's type in upper case.
pub(crate) fn kind_of(component: &Value) -> String {
    component.get("type").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase()
}

fn text_of(value: &Value) -> &str {
    value.get("text").and_then(Value::as_str).unwrap_or_default()
}

fn part(components: &[Value], named: bool) -> Part {
    let mut part = Part::default();
    for component in components {
        match kind_of(component).as_str() {
            "HEADER" => {
                part.header = match component
                    .get("format")
                    .and_then(Value::as_str)
                    .unwrap_or("TEXT")
                    .to_ascii_uppercase()
                    .as_str()
                {
                    "TEXT" => Header::Text(Text::new(text_of(component), named)),
                    "LOCATION" => Header::Location,
                    "PRODUCT" => Header::Product,
                    media => Header::Media(media.to_ascii_lowercase()),
                };
            }
            "BODY" => part.body = Text::new(text_of(component), named),
            "BUTTONS" => {
                let buttons = component.get("buttons").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                part.buttons = buttons.iter().map(button).collect();
            }
            _ => {}
        }
    }
    part
}

fn button(value: &Value) -> Button {
    let kind = kind_of(value);
    let label = match kind.as_str() {
        "COPY_CODE" => "Copy offer code",
        "CATALOG" => "View catalog",
        "MPM" => "View items",
        "SPM" => "View",
        "OTP" => "Copy code",
        "REQUEST_CONTACT_INFO" => "Share Contact Info",
        _ => "",
    };
    let text = text_of(value);
    Button {
        text: if text.is_empty() { label.to_owned() } else { text.to_owned() },
        url: value.get("url").and_then(Value::as_str).map(|url| Text::new(url, false)),
        phone: value.get("phone_number").and_then(Value::as_str).map(str::to_owned),
        kind,
    }
}

/// What the customer sees of a button.
pub(crate) fn button_view(button: &Button, url: Option<String>, payload: Option<&str>) -> Value {
    let mut view = Map::new();
    view.insert("type".into(), json!(button.kind));
    view.insert("text".into(), json!(button.text));
    if let Some(url) = url {
        view.insert("url".into(), json!(url));
    }
    if let Some(phone) = &button.phone {
        view.insert("phone_number".into(), json!(phone));
    }
    if button.kind == "QUICK_REPLY" {
        view.insert("payload".into(), json!(payload.unwrap_or(&button.text)));
    }
    Value::Object(view)
}
