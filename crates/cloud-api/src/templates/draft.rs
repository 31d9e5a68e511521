//! A template as we write it (templates.md §1.2–§6). Reading the same types back is possible too, so that a
//! template can be edited from what Meta lists.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::open_enum::open_enum;

/// A new template.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TemplateDraft {
    /// `[a-z0-9_]`, ≤ 512; unique per account and language.
    pub name: String,
    /// `en_US`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Upsert only: several languages at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<String>>,
    /// `MARKETING`, `UTILITY`, `AUTHENTICATION`. Read the category of the answer: it may differ.
    pub category: String,
    /// `POSITIONAL` (default) or `NAMED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_format: Option<String>,
    /// Open set, such as `ORDER_STATUS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_category: Option<String>,
    /// How long Meta tries to deliver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_send_ttl_seconds: Option<i64>,
    /// Whether link clicks are not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cta_url_link_tracking_opted_out: Option<bool>,
    /// Creative optimisations (templates.md §11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degrees_of_freedom_spec: Option<Map<String, Value>>,
    /// Maximum price (beta).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optimization_spec: Option<Map<String, Value>>,
    /// Header, body, footer, buttons and so on. The body is required.
    pub components: Vec<Component>,
}

open_enum! {
    /// What a header holds.
    HeaderFormat {
        /// Text.
        Text = "TEXT",
        /// Picture.
        Image = "IMAGE",
        /// Film.
        Video = "VIDEO",
        /// File.
        Document = "DOCUMENT",
        /// Marketing Messages API only.
        Gif = "GIF",
        /// Place.
        Location = "LOCATION",
        /// Product.
        Product = "PRODUCT",
    }
}

/// A component of a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Component {
    /// Above the body.
    #[serde(rename = "HEADER", alias = "header")]
    Header {
        /// What it holds.
        format: HeaderFormat,
        /// ≤ 60 characters, at most one variable.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// Samples.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        example: Option<Example>,
    },
    /// The text. Authentication templates have none of their own.
    #[serde(rename = "BODY", alias = "body")]
    Body {
        /// ≤ 1024 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// Samples: one per variable.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        example: Option<Example>,
        /// Authentication: "For your security, do not share this code."
        #[serde(default, skip_serializing_if = "Option::is_none")]
        add_security_recommendation: Option<bool>,
    },
    /// Small print.
    #[serde(rename = "FOOTER", alias = "footer")]
    Footer {
        /// ≤ 60 characters, no variables.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// Authentication: 1 to 90.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code_expiration_minutes: Option<u32>,
    },
    /// At most ten.
    #[serde(rename = "BUTTONS", alias = "buttons")]
    Buttons {
        /// The buttons in order; quick replies stand together.
        buttons: Vec<Button>,
    },
    /// Marketing: an offer that ends.
    #[serde(rename = "LIMITED_TIME_OFFER", alias = "limited_time_offer")]
    LimitedTimeOffer {
        /// Its text.
        limited_time_offer: OfferText,
    },
    /// Marketing: two to ten cards.
    #[serde(rename = "CAROUSEL", alias = "carousel")]
    Carousel {
        /// The cards, all alike in shape.
        cards: Vec<Card>,
    },
    /// Marketing and utility: asks whether we may call.
    #[serde(rename = "call_permission_request", alias = "CALL_PERMISSION_REQUEST")]
    CallPermissionRequest,
}

/// A card of a carousel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Header, body, buttons.
    pub components: Vec<Component>,
}

/// Text of an offer that ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferText {
    /// ≤ 16 characters.
    pub text: String,
    /// Whether a countdown is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_expiration: Option<bool>,
}

/// Samples for variables and media (templates.md §2).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Header, positional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_text: Option<Vec<String>>,
    /// Header, named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_text_named_params: Option<Vec<NamedExample>>,
    /// Body, positional: a list with one list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_text: Option<Vec<Vec<String>>>,
    /// Body, named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_text_named_params: Option<Vec<NamedExample>>,
    /// Header medium: a handle of the resumable upload, never a media id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_handle: Option<Vec<String>>,
}

/// A sample for a named variable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedExample {
    /// The variable.
    pub param_name: String,
    /// Its sample.
    pub example: String,
}

open_enum! {
    /// How a one-time code reaches the app.
    OtpType {
        /// The person copies it.
        CopyCode = "COPY_CODE",
        /// A tap fills it in (Android).
        OneTap = "ONE_TAP",
        /// It fills itself in (Android).
        ZeroTap = "ZERO_TAP",
    }
}

/// An app that may receive one-time codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportedApp {
    /// ≤ 224 characters, two segments or more.
    pub package_name: String,
    /// Exactly 11 characters.
    pub signature_hash: String,
}

/// A sample of a button: one text, or a list with one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ButtonExample {
    /// One text.
    One(String),
    /// A list with one.
    List(Vec<String>),
}

impl ButtonExample {
    /// The sample itself.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::One(s) => Some(s),
            Self::List(l) => l.first().map(String::as_str),
        }
    }
}

/// A button of a template (templates.md §3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Button {
    /// Up to ten, together.
    #[serde(rename = "QUICK_REPLY", alias = "quick_reply")]
    QuickReply {
        /// ≤ 25.
        text: String,
    },
    /// Up to two.
    #[serde(rename = "URL", alias = "url")]
    Url {
        /// ≤ 25.
        text: String,
        /// ≤ 2000; one variable at most, at the end.
        url: String,
        /// Sample of the variable.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        example: Option<ButtonExample>,
    },
    /// One.
    #[serde(rename = "PHONE_NUMBER", alias = "phone_number")]
    PhoneNumber {
        /// ≤ 25.
        text: String,
        /// ≤ 20.
        phone_number: String,
    },
    /// One; the label is Meta's.
    #[serde(rename = "COPY_CODE", alias = "copy_code")]
    CopyCode {
        /// A sample coupon, ≤ 20, letters and digits.
        example: ButtonExample,
    },
    /// One.
    #[serde(rename = "FLOW", alias = "flow")]
    Flow {
        /// ≤ 25.
        text: String,
        /// One of id, name or JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        flow_id: Option<String>,
        /// One of id, name or JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        flow_name: Option<String>,
        /// One of id, name or JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        flow_json: Option<String>,
        /// `navigate` or `data_exchange`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        flow_action: Option<String>,
        /// First screen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        navigate_screen: Option<String>,
        /// `DOCUMENT`, `PROMOTION`, `REVIEW`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        icon: Option<String>,
    },
    /// One.
    #[serde(rename = "VOICE_CALL", alias = "voice_call")]
    VoiceCall {
        /// ≤ 25.
        text: String,
    },
    /// One; asks for the person's own number.
    #[serde(rename = "REQUEST_CONTACT_INFO", alias = "request_contact_info")]
    RequestContactInfo {
        /// Nothing, or exactly `Share Contact Info`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// One.
    #[serde(rename = "CATALOG", alias = "catalog")]
    Catalog {
        /// `View catalog`.
        text: String,
    },
    /// One.
    #[serde(rename = "MPM", alias = "mpm")]
    Mpm {
        /// `View items`.
        text: String,
    },
    /// One per product card.
    #[serde(rename = "SPM", alias = "spm")]
    Spm {
        /// `View`.
        text: String,
    },
    /// Authentication only; reads back as `URL`.
    #[serde(rename = "OTP", alias = "otp")]
    Otp {
        /// How the code travels.
        otp_type: OtpType,
        /// ≤ 25; Meta's words when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// ≤ 25.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        autofill_text: Option<String>,
        /// ≤ 5; needed for one-tap and zero-tap since v21.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        supported_apps: Option<Vec<SupportedApp>>,
        /// Must be true for zero-tap.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zero_tap_terms_accepted: Option<bool>,
    },
}

impl Button {
    /// The label, where it is ours to choose.
    pub fn label(&self) -> Option<&str> {
        match self {
            Self::QuickReply { text }
            | Self::Url { text, .. }
            | Self::PhoneNumber { text, .. }
            | Self::Flow { text, .. }
            | Self::VoiceCall { text }
            | Self::Catalog { text }
            | Self::Mpm { text }
            | Self::Spm { text } => Some(text),
            Self::RequestContactInfo { text } | Self::Otp { text, .. } => text.as_deref(),
            Self::CopyCode { .. } => None,
        }
    }
}
