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
    /// The code that the button with this index copies.
    Coupon(u8),
    /// In the body of the card with this index.
    CardBody(u8),
    /// At the end of the URL of a card's button: card, button.
    CardButton(u8, u8),
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
    /// A key that names this variable within its template: `body.first_name`, `header.1`, `button0.1`,
    /// `button1.coupon_code`, `card0.body.1`, `card0.button1.1`.
    pub fn key(&self) -> String {
        match self.place {
            Place::Header => format!("header.{}", self.name),
            Place::Body => format!("body.{}", self.name),
            Place::Button(i) | Place::Coupon(i) => format!("button{i}.{}", self.name),
            Place::CardBody(card) => format!("card{card}.body.{}", self.name),
            Place::CardButton(card, i) => format!("card{card}.button{i}.{}", self.name),
        }
    }
}

/// Name of the variable that a copy-code button is.
pub const COUPON_CODE: &str = "coupon_code";

impl Place {
    /// Where it stands, as people say it.
    pub fn words(self) -> String {
        let nth = |i: u8| u16::from(i).saturating_add(1);
        match self {
            Self::Header => "the header".to_owned(),
            Self::Body => "the text".to_owned(),
            Self::Button(i) => format!("the address of button {}", nth(i)),
            Self::Coupon(i) => format!("the code of button {}", nth(i)),
            Self::CardBody(card) => format!("the text of card {}", nth(card)),
            Self::CardButton(card, i) => format!("the address of button {} of card {}", nth(i), nth(card)),
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
    /// Cards of a carousel, in order.
    #[serde(default)]
    pub cards: Vec<Card>,
}

/// A card of a carousel (templates.md §4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// `IMAGE`, `VIDEO`, or `PRODUCT`, which campaigns cannot send.
    pub header_format: Option<String>,
    /// Its text.
    pub body: String,
    /// Its buttons in order.
    pub buttons: Vec<Button>,
}

/// A file that a template wants: the medium of its header, or of a card's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaSlot {
    /// `header.media`, or `card0.media`.
    pub key: String,
    /// `IMAGE`, `VIDEO` or `DOCUMENT`.
    pub format: String,
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
                "BUTTONS" => out.buttons.extend(buttons(c)),
                "CAROUSEL" => {
                    for card in c.get("cards").and_then(|cards| cards.as_array()).into_iter().flatten() {
                        let inner = Self::from_api(card.get("components").unwrap_or(&serde_json::Value::Null));
                        out.cards.push(Card {
                            header_format: inner.header_format,
                            body: inner.body,
                            buttons: inner.buttons,
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
            let Ok(i) = u8::try_from(i) else { continue };
            match &b.url {
                Some(url) => add(Place::Button(i), url),
                // It has no braces; its code is always to be sent (messages.md §8).
                None if b.kind == "COPY_CODE" => add(Place::Coupon(i), "{{coupon_code}}"),
                None => {}
            }
        }
        for (n, card) in self.cards.iter().enumerate() {
            let Ok(n) = u8::try_from(n) else { continue };
            add(Place::CardBody(n), &card.body);
            for (i, b) in card.buttons.iter().enumerate() {
                if let (Some(url), Ok(i)) = (&b.url, u8::try_from(i)) {
                    add(Place::CardButton(n, i), url);
                }
            }
        }
        out
    }

    /// The files that a send must carry.
    pub fn media(&self) -> Vec<MediaSlot> {
        let is_file = |f: &&String| matches!(f.as_str(), "IMAGE" | "VIDEO" | "DOCUMENT");
        let header = self.header_format.as_ref().filter(is_file);
        let mut slots: Vec<MediaSlot> = header
            .map(|format| MediaSlot { key: "header.media".to_owned(), format: format.clone() })
            .into_iter()
            .collect();
        for (n, card) in self.cards.iter().enumerate() {
            slots.extend(
                card.header_format
                    .as_ref()
                    .filter(is_file)
                    .map(|format| MediaSlot { key: format!("card{n}.media"), format: format.clone() }),
            );
        }
        slots
    }

    /// What a send must fill, as one text: two templates with the same one take the same values. The words around the
    /// variables are no part of it.
    pub fn shape(&self) -> String {
        let mut parts: Vec<String> = self.variables().iter().map(Variable::key).collect();
        parts.extend(self.media().into_iter().map(|slot| format!("{}:{}", slot.key, slot.format)));
        parts.push(format!("cards:{}", self.cards.len()));
        parts.join(",")
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
            button_values: self
                .buttons
                .iter()
                .enumerate()
                .map(|(i, b)| button_value(b, &format!("button{i}"), values))
                .collect(),
            cards: self
                .cards
                .iter()
                .enumerate()
                .map(|(n, card)| RenderedCard {
                    body: fill(&card.body, |name| values.get(&format!("card{n}.body.{name}")).cloned()),
                    buttons: card.buttons.iter().map(|b| b.text.clone()).collect(),
                    button_values: card
                        .buttons
                        .iter()
                        .enumerate()
                        .map(|(i, b)| button_value(b, &format!("card{n}.button{i}"), values))
                        .collect(),
                })
                .collect(),
        }
    }
}

/// Where a button leads, or the code that it copies.
fn button_value(button: &Button, place: &str, values: &BTreeMap<String, String>) -> Option<String> {
    let at = |name: &str| values.get(&format!("{place}.{name}")).cloned();
    match &button.url {
        Some(url) => Some(fill(url, at)),
        None => at(COUPON_CODE),
    }
}

fn buttons(component: &serde_json::Value) -> Vec<Button> {
    let text = |v: &serde_json::Value, key: &str| v.get(key).and_then(|t| t.as_str()).map(str::to_owned);
    let list = component.get("buttons").and_then(|b| b.as_array());
    list.into_iter()
        .flatten()
        .map(|b| Button {
            kind: text(b, "type").unwrap_or_default().to_ascii_uppercase(),
            text: text(b, "text").unwrap_or_default(),
            url: text(b, "url"),
        })
        .collect()
}

/// A card with its values put in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct RenderedCard {
    /// Text.
    pub body: String,
    /// Button labels.
    pub buttons: Vec<String>,
    /// Where each leads.
    pub button_values: Vec<Option<String>>,
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
    /// Where each button leads, or the code that it copies; none for those without either.
    #[serde(default)]
    pub button_values: Vec<Option<String>>,
    /// Cards of a carousel.
    #[serde(default)]
    pub cards: Vec<RenderedCard>,
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
    fn coupon_codes_and_cards_have_variables_and_files_of_their_own() {
        let c = Components::from_api(&serde_json::json!([
            {"type": "BODY", "text": "Hi {{1}}"},
            {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "TEN"}]},
            {"type": "CAROUSEL", "cards": [
                {"components": [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "For {{1}}"},
                    {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"},
                        {"type": "URL", "text": "See", "url": "https://example.com/{{1}}"}]}]},
                {"components": [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "All"}]}]}
        ]));
        let keys: Vec<String> = c.variables().iter().map(Variable::key).collect();
        assert_eq!(keys, vec!["body.1", "button0.coupon_code", "card0.body.1", "card0.button1.1"]);
        let slots: Vec<String> = c.media().into_iter().map(|m| m.key).collect();
        assert_eq!(slots, vec!["card0.media", "card1.media"]);
        let values = BTreeMap::from([
            ("button0.coupon_code".to_owned(), "TEN".to_owned()),
            ("card0.body.1".to_owned(), "Ana".to_owned()),
            ("card0.button1.1".to_owned(), "42".to_owned()),
        ]);
        let shown = c.render(&values);
        assert_eq!(shown.button_values, vec![Some("TEN".to_owned())]);
        assert_eq!(shown.cards.first().map(|card| card.body.as_str()), Some("For Ana"));
        let second = shown.cards.first().and_then(|card| card.button_values.get(1).cloned().flatten());
        assert_eq!(second.as_deref(), Some("https://example.com/42"));
    }

    #[test]
    fn the_shape_knows_a_new_variable_and_not_a_new_word() {
        let of = |body: &str| Components { body: body.to_owned(), ..Components::default() }.shape();
        assert_eq!(of("Hi {{1}}"), of("Hello {{1}}!"));
        assert_ne!(of("Hi {{1}}"), of("Hi {{1}} {{2}}"));
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
