//! Templates as the console needs them: category, status, components, variables and the text a person sees.
//!
//! Lenient by design: enums are open at Meta's side, so unknown words are kept (templates.md §8).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a template may be used for and what it costs (templates.md §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Promotion, news, anything not clearly one of the others.
    Marketing,
    /// About something the person did or asked for.
    Utility,
    /// One-time codes.
    Authentication,
}

impl Category {
    /// Reads Meta's word in any case.
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "marketing" => Some(Self::Marketing),
            "utility" => Some(Self::Utility),
            "authentication" => Some(Self::Authentication),
            _ => None,
        }
    }

    /// The word of the store and machine output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::Utility => "utility",
            Self::Authentication => "authentication",
        }
    }
}

/// Whether a template with this status can be sent: only `APPROVED`, `REINSTATED` (its event) and, still, `FLAGGED` (templates.md §8).
pub fn status_is_sendable(status: &str) -> bool {
    matches!(status.to_ascii_uppercase().as_str(), "APPROVED" | "REINSTATED" | "FLAGGED" | "UNARCHIVED")
}

/// Where a variable stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the text header.
    Header,
    /// In the body.
    Body,
    /// At the end of the URL of the button with this index.
    Button(u8),
}

/// One variable of a template: `{{1}}` or `{{first_name}}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Variable {
    /// Where it stands.
    pub place: Place,
    /// What stands between the braces, `1` or `first_name`.
    pub name: String,
}

impl Variable {
    /// A key that names this variable within its template: `body.first_name`, `header.1`, `button0.1`.
    pub fn key(&self) -> String {
        match self.place {
            Place::Header => format!("header.{}", self.name),
            Place::Body => format!("body.{}", self.name),
            Place::Button(i) => format!("button{i}.{}", self.name),
        }
    }
}

/// The variables of a text in order of appearance, each once (templates.md §2).
pub fn variables_in(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((inside, tail)) = after.split_once("}}") else { break };
        let name = inside.trim();
        if !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !found.iter().any(|f| f == name)
        {
            found.push(name.to_owned());
        }
        rest = tail;
    }
    found
}

/// The text with its variables replaced; a variable without a value stays as it is written.
pub fn fill(text: &str, value_of: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        match after.split_once("}}") {
            Some((inside, tail)) => {
                match value_of(inside.trim()) {
                    Some(v) => out.push_str(&v),
                    None => {
                        out.push_str("{{");
                        out.push_str(inside);
                        out.push_str("}}");
                    }
                }
                rest = tail;
            }
            None => {
                out.push_str("{{");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The components of a template as Meta returns them, read leniently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Components {
    /// Format of the header (`TEXT`, `IMAGE`, `VIDEO`, `DOCUMENT`, `LOCATION` …), if there is one.
    pub header_format: Option<String>,
    /// Text of a text header.
    pub header_text: Option<String>,
    /// The body; required by Meta.
    pub body: String,
    /// The footer.
    pub footer: Option<String>,
    /// Buttons in order.
    pub buttons: Vec<Button>,
}

/// A button of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// `QUICK_REPLY`, `URL`, `PHONE_NUMBER`, `COPY_CODE`, `OTP` …
    pub kind: String,
    /// The label.
    pub text: String,
    /// For `URL`: the address, with `{{1}}` at its end if it varies.
    pub url: Option<String>,
}

impl Components {
    /// Reads the `components` array of the template API. What is not understood is left out of this view;
    /// the store keeps the raw array beside it.
    pub fn from_api(components: &serde_json::Value) -> Self {
        let text = |v: &serde_json::Value, key: &str| v.get(key).and_then(|t| t.as_str()).map(str::to_owned);
        let mut out = Self::default();
        for c in components.as_array().into_iter().flatten() {
            match text(c, "type").unwrap_or_default().to_ascii_uppercase().as_str() {
                "HEADER" => {
                    out.header_format = text(c, "format").map(|f| f.to_ascii_uppercase());
                    out.header_text = text(c, "text");
                }
                "BODY" => out.body = text(c, "text").unwrap_or_default(),
                "FOOTER" => out.footer = text(c, "text"),
                "BUTTONS" => {
                    for b in c.get("buttons").and_then(|b| b.as_array()).into_iter().flatten() {
                        out.buttons.push(Button {
                            kind: text(b, "type").unwrap_or_default().to_ascii_uppercase(),
                            text: text(b, "text").unwrap_or_default(),
                            url: text(b, "url"),
                        });
                    }
                }
                _ => {}
            }
        }
        out
    }

    /// Every variable that a send must fill, in the order of the request's components.
    pub fn variables(&self) -> Vec<Variable> {
        let mut out = Vec::new();
        let mut add = |place: Place, text: &str| {
            out.extend(variables_in(text).into_iter().map(|name| Variable { place, name }));
        };
        if let Some(t) = &self.header_text {
            add(Place::Header, t);
        }
        add(Place::Body, &self.body);
        for (i, b) in self.buttons.iter().enumerate() {
            if let (Some(url), Ok(i)) = (&b.url, u8::try_from(i)) {
                add(Place::Button(i), url);
            }
        }
        out
    }

    /// The header, body and footer as the person reads them, for the thread and the preview.
    /// `values` is keyed by [`Variable::key`].
    pub fn render(&self, values: &BTreeMap<String, String>) -> Rendered {
        let at = |place: &'static str| move |name: &str| values.get(&format!("{place}.{name}")).cloned();
        Rendered {
            header: self.header_text.as_deref().map(|t| fill(t, at("header"))),
            body: fill(&self.body, at("body")),
            footer: self.footer.clone(),
            buttons: self.buttons.iter().map(|b| b.text.clone()).collect(),
        }
    }
}

/// A template with its values put in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Rendered {
    /// Text header.
    pub header: Option<String>,
    /// Body.
    pub body: String,
    /// Footer.
    pub footer: Option<String>,
    /// Button labels.
    pub buttons: Vec<String>,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rendered({} bytes)", self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn variables_come_in_order_and_once() {
        assert_eq!(variables_in("Hi {{name}}, {{ 2 }} for {{name}} {{}} {{bad name}}"), vec!["name", "2"]);
    }

    #[test]
    fn a_missing_value_leaves_the_placeholder_readable() {
        assert_eq!(fill("Hi {{a}} and {{b}}", |n| (n == "a").then(|| "Ana".to_owned())), "Hi Ana and {{b}}");
    }

    #[test]
    fn components_of_the_api_give_the_variables_of_header_body_and_url() {
        let c = Components::from_api(&serde_json::json!([
            {"type": "HEADER", "format": "TEXT", "text": "For {{1}}"},
            {"type": "body", "text": "Hello {{1}}, order {{2}}."},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Stop"}, {"type": "URL", "text": "See", "url": "https://example.com/{{1}}"}]}
        ]));
        let keys: Vec<String> = c.variables().iter().map(Variable::key).collect();
        assert_eq!(keys, vec!["header.1", "body.1", "body.2", "button1.1"]);
    }

    proptest! {
        #[test]
        fn filling_any_text_with_nothing_changes_nothing(text in "\\PC{0,80}") {
            prop_assert_eq!(fill(&text, |_| None), text);
        }
    }
}
