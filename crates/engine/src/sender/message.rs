//! From an outbox row to what goes on the wire and what stands in the thread.

use std::collections::BTreeMap;
use std::sync::Arc;

use switchboard_cloud_api::messages::{
    ButtonParameter, ButtonSubType, CarouselTemplateCard, Content, Endpoint, Language, MarketingOptions, MediaRef,
    MediaSource, OutgoingMessage, Parameter, ProductPolicy, Recipient, TemplateComponent, TemplateMessage,
};
use switchboard_domain::ids::{
    AttemptId, CampaignId, ContactId, MediaId, OutboxId, PhoneNumberId, TemplateId, WaMessageId,
};
use switchboard_domain::redact::Personal;
use switchboard_domain::send::{MessageKind, SendContent};
use switchboard_domain::template::{Card, Category, Components, Place, Rendered};
use switchboard_store::tables::templates::TemplateRow;

/// What the sender needs of a template, read once per claim.
#[derive(Debug)]
pub struct TemplateSnapshot {
    /// Meta's id.
    pub template_id: TemplateId,
    /// Name.
    pub name: String,
    /// Language code.
    pub language: String,
    /// Latest category.
    pub category: String,
    /// Variables have names.
    pub named: bool,
    /// Status word.
    pub status: String,
    /// Gone at Meta.
    pub removed: bool,
    /// What it says.
    pub components: Components,
    /// The same as one word; see [`crate::templates::fingerprint`].
    pub hash: String,
}

impl TemplateSnapshot {
    /// Of a stored template.
    pub fn of(row: &TemplateRow) -> Self {
        let components = serde_json::from_str(&row.components).unwrap_or(serde_json::Value::Null);
        Self {
            template_id: row.template_id.clone(),
            name: row.name.clone(),
            language: row.language.clone(),
            category: row.category.to_ascii_lowercase(),
            named: row.parameter_format.eq_ignore_ascii_case("NAMED"),
            status: row.status.clone(),
            removed: row.removed_at.is_some(),
            components: Components::from_api(&components),
            hash: crate::templates::fingerprint(row),
        }
    }

    /// The category as the rules know it.
    pub fn category(&self) -> Option<Category> {
        Category::parse(&self.category)
    }

    /// Whether Meta takes it now.
    pub fn is_sendable(&self) -> bool {
        !self.removed && switchboard_domain::template::status_is_sendable(&self.status)
    }

    /// Whether it wants an uploaded medium in its header.
    pub fn header_medium(&self) -> Option<&str> {
        self.components.header_format.as_deref().filter(|f| matches!(*f, "IMAGE" | "VIDEO" | "DOCUMENT"))
    }
}

/// A row that was claimed, with everything that its request needs.
#[derive(Debug)]
pub struct Claimed {
    /// The row.
    pub outbox_id: OutboxId,
    /// The attempt written with the claim.
    pub attempt_id: AttemptId,
    /// The person.
    pub contact_id: ContactId,
    /// The campaign.
    pub campaign_id: Option<CampaignId>,
    /// Sending number.
    pub phone_number_id: PhoneNumberId,
    /// What it is.
    pub kind: MessageKind,
    /// What it says.
    pub content: SendContent,
    /// The template, for templates.
    pub template: Option<Arc<TemplateSnapshot>>,
    /// Header medium of the campaign.
    pub header_media: Option<MediaId>,
    /// Media of a carousel's cards, by key.
    pub card_media: BTreeMap<String, MediaId>,
    /// Whom it goes to.
    pub recipient: Recipient,
    /// Attempts before this one.
    pub tries_before: u32,
    /// Which edge takes it.
    pub endpoint: Endpoint,
    /// That edge was chosen because the other one refused it.
    pub rerouted: bool,
    /// `/messages` takes no marketing of this account, so that a fall-back to it would fail.
    pub strict: bool,
}

impl Claimed {
    /// Category as far as an opt-out matters: none for free-form replies and the confirmation of an opt-out.
    pub fn category(&self) -> Option<Category> {
        match self.kind {
            // A category of a later platform is held to the strictest rules.
            MessageKind::Template => {
                Some(self.template.as_ref().and_then(|t| t.category()).unwrap_or(Category::Marketing))
            }
            MessageKind::Text | MessageKind::Media | MessageKind::OptOutConfirmation => None,
        }
    }

    /// The message for the wire; its callback data is the attempt id, which every status brings back.
    pub fn outgoing(&self) -> OutgoingMessage {
        let content = match (self.kind, &self.template) {
            (MessageKind::Template, Some(template)) => {
                let medium =
                    self.content.media_id.clone().or_else(|| self.header_media.as_ref().map(|m| m.as_str().to_owned()));
                let cards =
                    if self.content.card_media.is_empty() { &self.card_media } else { &self.content.card_media };
                Content::Template(template_message(template, &self.content, medium, cards))
            }
            (MessageKind::Media, _) => media_content(&self.content),
            _ => Content::text(self.content.text.clone().unwrap_or_default()),
        };
        let message =
            OutgoingMessage::new(self.recipient.clone(), content).with_callback_data(self.attempt_id.to_string());
        let message = match self.endpoint {
            Endpoint::Messages => message,
            Endpoint::MarketingMessages => {
                let policy = if self.strict { ProductPolicy::Strict } else { ProductPolicy::CloudApiFallback };
                OutgoingMessage {
                    marketing: MarketingOptions { product_policy: Some(policy), ..MarketingOptions::default() },
                    ..message
                }
            }
        };
        match &self.content.reply_to {
            Some(wamid) => message.in_reply_to(WaMessageId::new(wamid.clone())),
            None => message,
        }
    }
}

fn media_ref(media_id: String, caption: Option<String>, file_name: Option<String>) -> MediaRef {
    MediaRef {
        source: MediaSource::Id(MediaId::new(media_id)),
        caption: caption.map(Personal::new),
        filename: file_name.map(Personal::new),
        voice: None,
    }
}

fn media_content(content: &SendContent) -> Content {
    let medium =
        media_ref(content.media_id.clone().unwrap_or_default(), content.text.clone(), content.file_name.clone());
    match content.media_kind.as_deref() {
        Some("image") => Content::Image(medium),
        Some("video") => Content::Video(medium),
        Some("audio") => Content::Audio(MediaRef { caption: None, filename: None, ..medium }),
        Some("sticker") => Content::Sticker(MediaRef { caption: None, filename: None, ..medium }),
        _ => Content::Document(medium),
    }
}

/// Values in the order of the template's placeholders; components without variables are left out (messages.md §8).
fn template_message(
    template: &TemplateSnapshot,
    content: &SendContent,
    medium: Option<String>,
    card_media: &BTreeMap<String, MediaId>,
) -> TemplateMessage {
    let mut header: Vec<Parameter> = Vec::new();
    let mut body: Vec<Parameter> = Vec::new();
    let mut buttons: Vec<TemplateComponent> = Vec::new();
    let mut cards = CardParts::of(template, card_media);
    for variable in template.components.variables() {
        let value = content.values.get(&variable.key()).cloned().unwrap_or_default();
        let parameter = |value: String| {
            if template.named { Parameter::named(variable.name.clone(), value) } else { Parameter::text(value) }
        };
        match variable.place {
            Place::Header => header.push(parameter(value)),
            Place::Body => body.push(parameter(value)),
            Place::Button(index) => buttons.push(url_button(index, value)),
            Place::Coupon(index) => buttons.push(TemplateComponent::Button {
                sub_type: ButtonSubType::CopyCode,
                index,
                parameters: vec![ButtonParameter::CouponCode { coupon_code: Personal::new(value) }],
            }),
            Place::CardBody(card) => {
                if let Some(parts) = cards.0.get_mut(usize::from(card)) {
                    parts.body.push(parameter(value));
                }
            }
            Place::CardButton(card, index) => {
                if let Some(parts) = cards.0.get_mut(usize::from(card)) {
                    parts.buttons.push(url_button(index, value));
                }
            }
        }
    }
    if let (Some(format), Some(medium)) = (template.header_medium(), medium) {
        header.push(medium_parameter(
            format,
            media_ref(medium, None, content.file_name.clone().filter(|_| format == "DOCUMENT")),
        ));
    }
    let mut components = Vec::with_capacity(2 + buttons.len());
    if !header.is_empty() {
        components.push(TemplateComponent::Header { parameters: header });
    }
    if !body.is_empty() {
        components.push(TemplateComponent::Body { parameters: body });
    }
    components.append(&mut buttons);
    components.extend(cards.into_component());
    TemplateMessage { name: template.name.clone(), language: Language::new(template.language.clone()), components }
}

fn url_button(index: u8, value: String) -> TemplateComponent {
    TemplateComponent::Button {
        sub_type: ButtonSubType::Url,
        index,
        parameters: vec![ButtonParameter::Text { text: Personal::new(value) }],
    }
}

fn medium_parameter(format: &str, medium: MediaRef) -> Parameter {
    match format {
        "IMAGE" => Parameter::Image { image: medium },
        "VIDEO" => Parameter::Video { video: medium },
        _ => Parameter::Document { document: medium },
    }
}

/// What each card of a carousel is filled with: every card is sent, in order, as many as were approved (templates.md §4).
struct CardParts(Vec<OneCard>);

#[derive(Default)]
struct OneCard {
    header: Vec<Parameter>,
    body: Vec<Parameter>,
    buttons: Vec<TemplateComponent>,
}

impl CardParts {
    fn of(template: &TemplateSnapshot, media: &BTreeMap<String, MediaId>) -> Self {
        let one = |(n, card): (usize, &Card)| {
            let medium = media.get(&format!("card{n}.media"));
            let format = card.header_format.as_deref().unwrap_or("IMAGE");
            let header = medium.map(|id| medium_parameter(format, media_ref(id.as_str().to_owned(), None, None)));
            OneCard { header: header.into_iter().collect(), ..OneCard::default() }
        };
        Self(template.components.cards.iter().enumerate().map(one).collect())
    }

    fn into_component(self) -> Option<TemplateComponent> {
        let cards: Vec<CarouselTemplateCard> = (0u8..)
            .zip(self.0)
            .map(|(card_index, mut card)| {
                let mut components = Vec::new();
                if !card.header.is_empty() {
                    components.push(TemplateComponent::Header { parameters: card.header });
                }
                if !card.body.is_empty() {
                    components.push(TemplateComponent::Body { parameters: card.body });
                }
                components.append(&mut card.buttons);
                CarouselTemplateCard { card_index, components }
            })
            .collect();
        (!cards.is_empty()).then_some(TemplateComponent::Carousel { cards })
    }
}

/// What the person reads, for the thread: text of the bubble and what it needs beyond the text.
pub fn shown(template: Option<&TemplateSnapshot>, content: &SendContent) -> (Personal, serde_json::Value) {
    match template {
        Some(template) => {
            let Rendered { header, body, footer, buttons, cards, .. } = template.components.render(&content.values);
            let beyond = serde_json::json!({
                "header": header, "footer": footer, "buttons": buttons, "cards": cards,
                "template": { "name": template.name, "language": template.language },
            });
            (Personal::new(body), beyond)
        }
        None => (Personal::new(content.text.clone().unwrap_or_default()), serde_json::json!({})),
    }
}
