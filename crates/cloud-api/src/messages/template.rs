//! Template messages: name, language and a value for every variable (messages.md §8).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use switchboard_domain::redact::Personal;

use super::interactive::ProductSection;
use super::simple::{Location, MediaRef};
use crate::limits::{LimitError, at_most_chars, count_within, some_chars};

/// `template` of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TemplateMessage {
    /// Name of an approved template of this number's WABA.
    pub name: String,
    /// Its language.
    pub language: Language,
    /// Values for its variables; components without variables are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<TemplateComponent>,
}

/// A template's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// `en_US`.
    pub code: String,
    /// `deterministic` in old samples; optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

impl Language {
    /// By code.
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), policy: None }
    }
}

/// Values for one component.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TemplateComponent {
    /// Text variable, medium, location or product.
    Header {
        /// One parameter.
        parameters: Vec<Parameter>,
    },
    /// Text variables in order (positional) or by name.
    Body {
        /// One per variable.
        parameters: Vec<Parameter>,
    },
    /// One button's value.
    Button {
        /// What kind of button.
        sub_type: ButtonSubType,
        /// Counts all buttons of the template from 0.
        #[serde(deserialize_with = "button_index")]
        index: u8,
        /// The value; empty for buttons that take none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        parameters: Vec<ButtonParameter>,
    },
    /// When the offer ends.
    LimitedTimeOffer {
        /// One parameter.
        parameters: Vec<LimitedTimeOffer>,
    },
    /// Values per card.
    Carousel {
        /// As many as were approved.
        cards: Vec<CarouselTemplateCard>,
    },
    /// What a tap on the message opens (fully verified accounts).
    TapTargetConfiguration {
        /// One parameter.
        parameters: Vec<TapTarget>,
    },
}

/// Meta writes the index as a text in some samples and as a number in others.
fn button_index<'de, D: serde::Deserializer<'de>>(d: D) -> Result<u8, D::Error> {
    let n = crate::lenient::int(d)?;
    n.and_then(|n| u8::try_from(n).ok()).ok_or_else(|| serde::de::Error::custom("the button index is not 0 to 255"))
}

/// A card of a carousel template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CarouselTemplateCard {
    /// From 0.
    pub card_index: u8,
    /// Header, body, buttons.
    pub components: Vec<TemplateComponent>,
}

/// A value for a header or body variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Parameter {
    /// Text.
    Text {
        /// The value.
        text: Personal,
        /// Only for templates with named variables.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parameter_name: Option<String>,
    },
    /// An amount, shown in the person's locale.
    Currency {
        /// The amount.
        currency: Currency,
    },
    /// A moment; only the fallback text is shown.
    DateTime {
        /// The text.
        date_time: DateTime,
    },
    /// Header medium.
    Image {
        /// The medium.
        image: MediaRef,
    },
    /// Header medium.
    Video {
        /// The medium.
        video: MediaRef,
    },
    /// Header medium of the Marketing Messages API.
    Gif {
        /// The medium.
        gif: MediaRef,
    },
    /// Header medium; a file name is allowed.
    Document {
        /// The medium.
        document: MediaRef,
    },
    /// Header place.
    Location {
        /// The place.
        location: Location,
    },
    /// Header product.
    Product {
        /// The product.
        product: ProductRef,
    },
}

impl Parameter {
    /// A positional text value.
    pub fn text(value: impl Into<String>) -> Self {
        Self::Text { text: Personal::new(value), parameter_name: None }
    }

    /// A named text value.
    pub fn named(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Text { text: Personal::new(value), parameter_name: Some(name.into()) }
    }

    fn check(&self, place: &str) -> Result<(), LimitError> {
        match self {
            Self::Text { text, .. } => {
                // Meta refuses an empty value (131008) and one too long for any template (messages.md §8).
                some_chars(&format!("template.{place}.text"), text.expose(), 32_768)
            }
            Self::Currency { currency } => {
                some_chars(&format!("template.{place}.currency.fallback_value"), currency.fallback_value.expose(), 1024)
            }
            Self::DateTime { date_time } => some_chars(
                &format!("template.{place}.date_time.fallback_value"),
                date_time.fallback_value.expose(),
                1024,
            ),
            Self::Image { image } => image.check("image").map_err(|e| e.under("template.header")),
            Self::Video { video } => video.check("video").map_err(|e| e.under("template.header")),
            Self::Gif { gif } => gif.check("gif").map_err(|e| e.under("template.header")),
            Self::Document { document } => document.check("document").map_err(|e| e.under("template.header")),
            Self::Location { location } => location.check().map_err(|e| e.under("template.header")),
            Self::Product { .. } => Ok(()),
        }
    }
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Currency {
    /// Shown when the client cannot format the amount.
    pub fallback_value: Personal,
    /// ISO 4217.
    pub code: String,
    /// Amount × 1000.
    pub amount_1000: i64,
}

/// A moment in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DateTime {
    /// The text that is shown.
    pub fallback_value: Personal,
    /// Calendar parts of old samples; Meta ignores them.
    #[serde(flatten)]
    pub parts: Map<String, Value>,
}

/// A product of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductRef {
    /// The product.
    pub product_retailer_id: String,
    /// Its catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalog_id: Option<String>,
}

/// What kind of button a value belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonSubType {
    /// Payload that returns in the webhook.
    QuickReply,
    /// Suffix of the URL; also one-time codes.
    Url,
    /// Coupon code.
    CopyCode,
    /// Flow token and data.
    Flow,
    /// Thumbnail of the catalogue.
    Catalog,
    /// Products of the list.
    Mpm,
    /// Product of a card.
    Spm,
    /// Lifetime and payload of a call button.
    VoiceCall,
    /// Order details (payments).
    OrderDetails,
}

/// A coupon code: at most 20 characters, 15 to be safe (templates.md §3).
pub type CouponCode = Personal;

/// A value for a button.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ButtonParameter {
    /// Returns in the webhook when tapped.
    Payload {
        /// The payload.
        payload: Personal,
    },
    /// URL suffix or one-time code.
    Text {
        /// The value.
        text: Personal,
    },
    /// Coupon.
    CouponCode {
        /// The code.
        coupon_code: CouponCode,
    },
    /// Flow, catalogue or product list.
    Action {
        /// What the button opens.
        action: ActionParameter,
    },
    /// How long a call button works.
    TtlMinutes {
        /// Minutes.
        ttl_minutes: u32,
    },
}

/// `action` of a button value. Which keys belong together depends on the button's kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ActionParameter {
    /// Flow: our token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_token: Option<String>,
    /// Flow: first screen's data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_action_data: Option<Map<String, Value>>,
    /// Catalogue and product list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_product_retailer_id: Option<String>,
    /// Product list: ≤ 30 products in ≤ 10 sections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sections: Option<Vec<ProductSection>>,
}

/// When an offer ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LimitedTimeOffer {
    /// The only kind.
    LimitedTimeOffer {
        /// The moment.
        limited_time_offer: OfferEnd,
    },
}

/// The end of an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferEnd {
    /// Unix milliseconds.
    pub expiration_time_ms: i64,
}

/// What a tap on the message opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TapTarget {
    /// The only kind.
    TapTargetConfiguration {
        /// One target.
        tap_target_configuration: Vec<TapTargetEntry>,
    },
}

/// One target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TapTargetEntry {
    /// Where it leads.
    pub url: String,
    /// What it is called.
    pub title: String,
}

impl TemplateMessage {
    /// A template without variables.
    pub fn new(name: impl Into<String>, language: impl Into<String>) -> Self {
        Self { name: name.into(), language: Language::new(language), components: Vec::new() }
    }

    /// With values for the body.
    pub fn with_body(mut self, parameters: Vec<Parameter>) -> Self {
        self.components.push(TemplateComponent::Body { parameters });
        self
    }

    /// With a value for the header.
    pub fn with_header(mut self, parameter: Parameter) -> Self {
        self.components.push(TemplateComponent::Header { parameters: vec![parameter] });
        self
    }

    /// With a value for the button at `index`.
    pub fn with_button(mut self, sub_type: ButtonSubType, index: u8, parameter: ButtonParameter) -> Self {
        self.components.push(TemplateComponent::Button { sub_type, index, parameters: vec![parameter] });
        self
    }

    pub(super) fn check(&self) -> Result<(), LimitError> {
        some_chars("template.name", &self.name, 512)?;
        some_chars("template.language.code", &self.language.code, 16)?;
        self.components.iter().try_for_each(|c| c.check(false))
    }
}

impl TemplateComponent {
    fn check(&self, in_card: bool) -> Result<(), LimitError> {
        match self {
            Self::Header { parameters } => {
                count_within("template.header.parameters", parameters.len(), 1, 1)?;
                parameters.iter().try_for_each(|p| p.check("header"))
            }
            Self::Body { parameters } => {
                parameters.iter().try_for_each(|p| p.check("body"))?;
                let named = parameters.iter().filter(|p| matches!(p, Parameter::Text { parameter_name: Some(_), .. }));
                if !matches!(named.count(), 0)
                    && parameters.iter().any(|p| !matches!(p, Parameter::Text { parameter_name: Some(_), .. }))
                {
                    return Err(LimitError::new("template.body.parameters", "mixes named and positional values"));
                }
                Ok(())
            }
            Self::Button { parameters, .. } => parameters.iter().try_for_each(ButtonParameter::check),
            Self::LimitedTimeOffer { parameters } => {
                count_within("template.limited_time_offer.parameters", parameters.len(), 1, 1)
            }
            Self::Carousel { .. } if in_card => Err(LimitError::new("template.carousel", "cannot stand inside a card")),
            Self::Carousel { cards } => {
                count_within("template.carousel.cards", cards.len(), 2, 10)?;
                for (at, card) in cards.iter().enumerate() {
                    if usize::from(card.card_index) != at {
                        return Err(LimitError::new(
                            "template.carousel.cards.card_index",
                            "must count from 0 in order",
                        ));
                    }
                    card.components.iter().try_for_each(|c| c.check(true))?;
                }
                Ok(())
            }
            Self::TapTargetConfiguration { parameters } => {
                count_within("template.tap_target_configuration.parameters", parameters.len(), 1, 1)
            }
        }
    }
}

impl ButtonParameter {
    fn check(&self) -> Result<(), LimitError> {
        match self {
            Self::Payload { payload } => at_most_chars("template.button.payload", payload.expose(), 256),
            Self::Text { text } => some_chars("template.button.text", text.expose(), 2000),
            Self::CouponCode { coupon_code } => {
                some_chars("template.button.coupon_code", coupon_code.expose(), 20)?;
                if !coupon_code.expose().chars().all(char::is_alphanumeric) {
                    return Err(LimitError::new("template.button.coupon_code", "may have letters and digits only"));
                }
                Ok(())
            }
            Self::Action { action } => {
                let Some(sections) = &action.sections else { return Ok(()) };
                count_within("template.button.action.sections", sections.len(), 1, 10)?;
                let products = sections.iter().map(|s| s.product_items.len()).sum();
                count_within("template.button.action.sections.product_items", products, 1, 30)
            }
            Self::TtlMinutes { ttl_minutes: 1..=43_200 } => Ok(()),
            Self::TtlMinutes { .. } => Err(LimitError::new("template.button.ttl_minutes", "must be 1 to 43200")),
        }
    }
}
