//! Text, media, location, reaction, pin (messages.md §4).

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::{MediaId, WaMessageId};
use switchboard_domain::redact::Personal;

use crate::limits::{LimitError, at_most_chars, some_chars};

/// A plain text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// 1 to 4096 characters.
    pub body: Personal,
    /// Whether the first link is shown with a preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<bool>,
}

impl Text {
    pub(super) fn check(&self) -> Result<(), LimitError> {
        some_chars("text.body", self.body.expose(), 4096)
    }
}

/// Where the bytes of a medium are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaSource {
    /// Uploaded before; preferred, lives 30 days.
    Id(MediaId),
    /// A public URL that Meta fetches and keeps for ten minutes.
    Link(Personal),
}

/// A medium inside a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MediaRef {
    /// Id or link.
    #[serde(flatten)]
    pub source: MediaSource,
    /// ≤ 1024 characters; image, video and document only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<Personal>,
    /// Document only; the extension picks the icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<Personal>,
    /// Audio only: a voice note, which must be OGG with OPUS in mono.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<bool>,
}

impl MediaRef {
    /// By uploaded id.
    pub fn id(id: MediaId) -> Self {
        Self { source: MediaSource::Id(id), caption: None, filename: None, voice: None }
    }

    /// By public link.
    pub fn link(url: impl Into<String>) -> Self {
        Self { source: MediaSource::Link(Personal::new(url)), caption: None, filename: None, voice: None }
    }

    /// With a caption.
    pub fn with_caption(mut self, caption: impl Into<String>) -> Self {
        self.caption = Some(Personal::new(caption));
        self
    }

    /// With a file name.
    pub fn with_filename(mut self, name: impl Into<String>) -> Self {
        self.filename = Some(Personal::new(name));
        self
    }

    pub(super) fn check(&self, kind: &str) -> Result<(), LimitError> {
        match &self.source {
            MediaSource::Id(id) if id.as_str().is_empty() => {
                return Err(LimitError::new(format!("{kind}.id"), "is empty"));
            }
            MediaSource::Link(url) => some_chars(&format!("{kind}.link"), url.expose(), 2000)?,
            MediaSource::Id(_) => {}
        }
        if let Some(caption) = &self.caption {
            if matches!(kind, "audio" | "sticker") {
                return Err(LimitError::new(format!("{kind}.caption"), "is not allowed; this kind has no caption"));
            }
            at_most_chars(&format!("{kind}.caption"), caption.expose(), 1024)?;
        }
        if self.filename.is_some() && kind != "document" {
            return Err(LimitError::new(format!("{kind}.filename"), "is not allowed; only documents have a file name"));
        }
        if self.voice.is_some() && kind != "audio" {
            return Err(LimitError::new(format!("{kind}.voice"), "is not allowed; only audio can be a voice note"));
        }
        Ok(())
    }
}

/// A place. Coordinates are kept as JSON numbers or texts: Meta takes both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Degrees north.
    pub latitude: Degrees,
    /// Degrees east.
    pub longitude: Degrees,
    /// What the place is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Personal>,
}

/// A coordinate as a number, or as the text it was given in.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Degrees {
    /// A number.
    Number(f64),
    /// A text with a number in it.
    Text(String),
}

impl std::fmt::Debug for Degrees {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Degrees(hidden)")
    }
}

impl Degrees {
    /// The number, if it is one.
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Number(n) => Some(*n),
            Self::Text(t) => t.trim().parse().ok(),
        }
    }
}

impl Location {
    /// From degrees.
    pub fn new(latitude: f64, longitude: f64) -> Self {
        Self { latitude: Degrees::Number(latitude), longitude: Degrees::Number(longitude), name: None, address: None }
    }

    pub(super) fn check(&self) -> Result<(), LimitError> {
        let within = |field: &str, d: &Degrees, max: f64| match d.value() {
            Some(v) if v.abs() <= max => Ok(()),
            _ => Err(LimitError::new(field, format!("must be a number between -{max} and {max}"))),
        };
        within("location.latitude", &self.latitude, 90.0)?;
        within("location.longitude", &self.longitude, 180.0)
    }
}

/// An emoji on a message that a person sent us.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reaction {
    /// The person's message, at most 30 days old.
    pub message_id: WaMessageId,
    /// One emoji; empty removes the reaction.
    pub emoji: Personal,
}

impl Reaction {
    pub(super) fn check(&self) -> Result<(), LimitError> {
        if self.message_id.as_str().is_empty() {
            return Err(LimitError::new("reaction.message_id", "is empty"));
        }
        at_most_chars("reaction.emoji", self.emoji.expose(), 32)
    }
}

/// Pins or unpins a message in a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pin {
    /// `pin` or `unpin`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The message.
    pub message_id: WaMessageId,
    /// 1 to 30; needed for `pin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration_days: Option<u8>,
}

impl Pin {
    pub(super) fn check(&self) -> Result<(), LimitError> {
        match (self.kind.as_str(), self.expiration_days) {
            ("pin", Some(1..=30)) | ("unpin", None) => Ok(()),
            ("pin", _) => Err(LimitError::new("pin.expiration_days", "must be 1 to 30 for a pin")),
            ("unpin", Some(_)) => Err(LimitError::new("pin.expiration_days", "is not allowed for an unpin")),
            _ => Err(LimitError::new("pin.type", "must be pin or unpin")),
        }
    }
}
