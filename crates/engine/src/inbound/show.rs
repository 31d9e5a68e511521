//! What a message of a person looks like in the thread: kind, words, and what the bubble needs beyond them.

use serde_json::{Value, json};
use switchboard_cloud_api::webhooks::{InteractiveReply, Message, MessageContent};
use switchboard_domain::redact::Personal;

/// A message as the store keeps it.
pub struct Shown {
    /// Word for the bubble.
    pub kind: String,
    /// Text, caption, or label.
    pub text: Personal,
    /// What the bubble needs beyond the text.
    pub content: Value,
}

impl Shown {
    /// Keeps what came with a message of a type that this version does not know.
    pub fn keep_raw(&mut self, raw: Value) {
        set(&mut self.content, "raw", raw);
    }
}

/// Reads a message for the thread.
pub fn show(message: &Message) -> Shown {
    let mut shown = of_content(&message.content, &message.kind);
    if let Some(context) = &message.context
        && (context.forwarded == Some(true) || context.frequently_forwarded == Some(true))
    {
        set(&mut shown.content, "forwarded", json!(true));
    }
    if let Some(referral) = &message.referral {
        set(&mut shown.content, "ad", json!({"headline": referral.headline, "url": referral.source_url}));
    }
    shown
}

fn set(content: &mut Value, key: &str, value: Value) {
    if let Value::Object(map) = content {
        map.insert(key.to_owned(), value);
    }
}

fn of_content(content: &MessageContent, kind: &str) -> Shown {
    let words = || content.text().unwrap_or_default().to_owned();
    let (kind, text, extra) = match content {
        MessageContent::Text(_) => ("text", words(), json!({})),
        MessageContent::Image(_) => ("image", words(), json!({})),
        MessageContent::Video(_) => ("video", words(), json!({})),
        MessageContent::Audio(m) => ("audio", String::new(), json!({"voice": m.voice.unwrap_or(false)})),
        MessageContent::Document(_) => ("document", words(), json!({})),
        MessageContent::Sticker(_) => ("sticker", String::new(), json!({})),
        MessageContent::Location(place) => {
            let parts = [place.name.as_ref(), place.address.as_ref()];
            let named: Vec<&str> = parts.into_iter().flatten().map(Personal::expose).collect();
            let text = match (named.is_empty(), place.latitude, place.longitude) {
                (true, Some(lat), Some(lon)) => format!("{lat:.5}, {lon:.5}"),
                _ => named.join(", "),
            };
            ("location", text, json!({"latitude": place.latitude, "longitude": place.longitude}))
        }
        MessageContent::Contacts(cards) => {
            let lines: Vec<String> = cards
                .iter()
                .map(|card| {
                    let name = card.name.as_ref().and_then(|n| n.formatted_name.as_ref()).map(Personal::expose);
                    let phones: Vec<&str> =
                        card.phones.iter().filter_map(|p| p.phone.as_ref()).map(Personal::expose).collect();
                    [name.unwrap_or_default(), &phones.join(", ")]
                        .into_iter()
                        .filter(|s| !s.is_empty())
                        .collect::<Vec<_>>()
                        .join(": ")
                })
                .collect();
            ("contacts", lines.join("\n"), json!({"cards": cards.len()}))
        }
        MessageContent::Button(_) => ("button", words(), json!({})),
        MessageContent::Interactive(reply) => match &**reply {
            InteractiveReply::CallPermission(p) => {
                let yes = p.response.as_deref() == Some("accept");
                let text = if yes { "Allowed calls from us." } else { "Declined calls from us." };
                ("interactive", text.to_owned(), json!({}))
            }
            _ => ("interactive", words(), json!({})),
        },
        MessageContent::Order(order) => {
            let lines: Vec<String> = order
                .product_items
                .iter()
                .map(|item| {
                    let what = item.product_retailer_id.as_deref().unwrap_or("?");
                    format!("{} × {what}", item.quantity.unwrap_or(1.0))
                })
                .collect();
            let text = std::iter::once(words()).filter(|w| !w.is_empty()).chain(lines).collect::<Vec<_>>().join("\n");
            ("order", text, json!({"items": order.product_items.len()}))
        }
        MessageContent::MediaPlaceholder => ("media_placeholder", String::new(), json!({})),
        MessageContent::Unsupported { sub_type } => ("unsupported", String::new(), json!({"sub_type": sub_type})),
        _ => ("unsupported", String::new(), json!({"sub_type": kind})),
    };
    Shown { kind: kind.to_owned(), text: Personal::new(text), content: extra }
}

/// What the list of threads shows of a message: its words, else what it is.
pub fn line(kind: &str, text: &str) -> String {
    let what = match kind {
        "image" => "Photo",
        "video" => "Video",
        "audio" => "Voice message",
        "document" => "Document",
        "sticker" => "Sticker",
        "location" => "Location",
        "contacts" => "Contact card",
        "order" => "Order",
        "unsupported" => "Message that cannot be shown here",
        "media_placeholder" => "File from the phone's history",
        _ => "",
    };
    let first = text.lines().next().unwrap_or_default().trim();
    match (what.is_empty(), first.is_empty()) {
        (true, _) => first.to_owned(),
        (false, true) => what.to_owned(),
        (false, false) => format!("{what}: {first}"),
    }
}

/// The sentence in place of a message whose content the API does not hand over (webhooks.md §4.12).
pub fn unsupported_sentence(sub_type: Option<&str>) -> String {
    let what = match sub_type {
        Some("poll_creation" | "poll_update") => "A poll",
        Some("gif") => "A GIF",
        Some("view_once" | "ephemeral") => "A message to be seen once",
        Some("edit") => "A changed message",
        Some("list" | "interactive" | "hsm" | "product" | "order") => "A message with buttons",
        Some("location") => "A live location",
        Some("group_invite") => "An invitation to a group",
        _ => "A message of a kind",
    };
    format!("{what} that WhatsApp does not hand over to programs. Ask the person to write it, or look at their phone.")
}
