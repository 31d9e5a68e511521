//! A lenient reading of the JSON that describes a template, with the pointer of every text for repairs.

use serde_json::Value;

/// A template as far as it can be read.
pub(crate) struct View<'a> {
    pub(crate) name: &'a str,
    pub(crate) language: &'a str,
    /// Upsert of authentication templates names several.
    pub(crate) has_languages: bool,
    /// In capitals; as written if it is no known word.
    pub(crate) category: String,
    pub(crate) parameter_format: Option<&'a str>,
    pub(crate) ttl: Option<&'a Value>,
    pub(crate) parts: Vec<Part<'a>>,
    /// How many components of a kind there are beyond the first.
    pub(crate) twice: Vec<String>,
    pub(crate) unknown: Vec<String>,
    pub(crate) cards: Option<Vec<Card<'a>>>,
    pub(crate) offer: Option<&'a Value>,
    pub(crate) call_permission: bool,
}

/// A card of a carousel.
pub(crate) struct Card<'a> {
    pub(crate) parts: Vec<Part<'a>>,
}

/// A component with a place of its own: header, body, footer or buttons.
pub(crate) struct Part<'a> {
    pub(crate) kind: Kind,
    /// How a finding names it: `body`, `cards[0].header`.
    pub(crate) place: String,
    /// JSON pointer of the component.
    pub(crate) pointer: String,
    pub(crate) json: &'a Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Header,
    Body,
    Footer,
    Buttons,
}

/// A button with its place.
pub(crate) struct Button<'a> {
    pub(crate) kind: String,
    pub(crate) place: String,
    pub(crate) pointer: String,
    pub(crate) json: &'a Value,
}

impl<'a> Part<'a> {
    pub(crate) fn text(&self) -> Option<&'a str> {
        self.json.get("text").and_then(Value::as_str)
    }

    pub(crate) fn text_pointer(&self) -> String {
        format!("{}/text", self.pointer)
    }

    /// Of a header: its format in capitals; `TEXT` where none is given but a text.
    pub(crate) fn format(&self) -> String {
        match self.json.get("format").and_then(Value::as_str) {
            Some(format) => format.to_ascii_uppercase(),
            None if self.text().is_some() => String::from("TEXT"),
            None => String::new(),
        }
    }

    pub(crate) fn buttons(&self) -> Vec<Button<'a>> {
        let list = self.json.get("buttons").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        list.iter()
            .enumerate()
            .map(|(i, json)| Button {
                kind: word(json, "type").unwrap_or_default().to_ascii_uppercase(),
                place: format!("{}[{i}]", self.place),
                pointer: format!("{}/buttons/{i}", self.pointer),
                json,
            })
            .collect()
    }
}

impl<'a> Button<'a> {
    pub(crate) fn word(&self, key: &str) -> Option<&'a str> {
        word(self.json, key)
    }

    /// The sample: a text, or a list with one.
    pub(crate) fn example(&self) -> Option<&'a str> {
        let example = self.json.get("example")?;
        example.as_str().or_else(|| example.get(0)?.as_str())
    }
}

impl<'a> View<'a> {
    pub(crate) fn read(draft: &'a Value) -> Option<Self> {
        let components = draft.get("components")?.as_array()?;
        let mut view = Self {
            name: word(draft, "name").unwrap_or_default(),
            language: word(draft, "language").unwrap_or_default(),
            has_languages: draft.get("languages").and_then(Value::as_array).is_some_and(|list| !list.is_empty()),
            category: word(draft, "category").unwrap_or_default().to_ascii_uppercase(),
            parameter_format: word(draft, "parameter_format"),
            ttl: draft.get("message_send_ttl_seconds").filter(|ttl| !ttl.is_null()),
            parts: Vec::new(),
            twice: Vec::new(),
            unknown: Vec::new(),
            cards: None,
            offer: None,
            call_permission: false,
        };
        let mut seen: Vec<String> = Vec::new();
        for (i, json) in components.iter().enumerate() {
            let kind = word(json, "type").unwrap_or_default().to_ascii_uppercase();
            if seen.contains(&kind) {
                view.twice.push(kind.clone());
            }
            match kind.as_str() {
                "CAROUSEL" => {
                    let list = json.get("cards").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                    view.cards = Some(list.iter().enumerate().map(|(n, card)| read_card(i, n, card)).collect());
                }
                "LIMITED_TIME_OFFER" => view.offer = Some(json.get("limited_time_offer").unwrap_or(json)),
                "CALL_PERMISSION_REQUEST" => view.call_permission = true,
                _ => match part_kind(&kind) {
                    Some((part, place)) => view.parts.push(Part {
                        kind: part,
                        place: place.to_owned(),
                        pointer: format!("/components/{i}"),
                        json,
                    }),
                    None => view.unknown.push(kind.clone()),
                },
            }
            seen.push(kind);
        }
        Some(view)
    }

    pub(crate) fn part(&self, kind: Kind) -> Option<&Part<'a>> {
        self.parts.iter().find(|part| part.kind == kind)
    }

    pub(crate) fn text_of(&self, kind: Kind) -> &'a str {
        self.part(kind).and_then(Part::text).unwrap_or_default()
    }

    /// Every part, those of the cards too.
    pub(crate) fn all_parts(&self) -> impl Iterator<Item = &Part<'a>> {
        self.parts.iter().chain(self.cards.iter().flatten().flat_map(|card| &card.parts))
    }

    /// Every button, those of the cards too.
    pub(crate) fn all_buttons(&self) -> Vec<Button<'a>> {
        self.all_parts().filter(|part| part.kind == Kind::Buttons).flat_map(Part::buttons).collect()
    }

    pub(crate) fn named(&self) -> bool {
        self.parameter_format.is_some_and(|format| format.eq_ignore_ascii_case("named"))
    }

    /// Everything that a person reads, line by line: header, body, footer, cards and labels.
    pub(crate) fn words(&self) -> String {
        let mut all = String::new();
        for text in self.all_parts().filter_map(Part::text) {
            all.push_str(text);
            all.push('\n');
        }
        if let Some(text) = self.offer.and_then(|offer| word(offer, "text")) {
            all.push_str(text);
            all.push('\n');
        }
        for button in self.all_buttons() {
            all.push_str(button.word("text").unwrap_or_default());
            all.push('\n');
        }
        all
    }
}

fn read_card(component: usize, number: usize, card: &Value) -> Card<'_> {
    let list = card.get("components").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let parts = list.iter().enumerate().filter_map(|(i, json)| {
        let (kind, place) = part_kind(&word(json, "type")?.to_ascii_uppercase())?;
        Some(Part {
            kind,
            place: format!("cards[{number}].{place}"),
            pointer: format!("/components/{component}/cards/{number}/components/{i}"),
            json,
        })
    });
    Card { parts: parts.collect() }
}

fn part_kind(kind: &str) -> Option<(Kind, &'static str)> {
    match kind {
        "HEADER" => Some((Kind::Header, "header")),
        "BODY" => Some((Kind::Body, "body")),
        "FOOTER" => Some((Kind::Footer, "footer")),
        "BUTTONS" => Some((Kind::Buttons, "buttons")),
        _ => None,
    }
}

pub(crate) fn word<'a>(json: &'a Value, key: &str) -> Option<&'a str> {
    json.get(key).and_then(Value::as_str)
}
