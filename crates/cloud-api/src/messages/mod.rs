//! Sending messages: `POST /{phone-number-id}/messages` (messages.md) and what its answer means (errors.md §11).
//!
//! A send has two steps, so that the caller can look at suppression once more at the last moment:
//! [`prepare`] checks the limits and writes the body into memory; [`Prepared::send`] starts the request.

mod contacts;
mod interactive;
mod interactive_check;
mod outcome;
mod outgoing;
mod read;
mod simple;
mod template;

pub use contacts::{Address, ContactCard, ContactName, Email, Org, Phone, UrlEntry};
pub use interactive::{
    Action, AddressAction, AddressParameters, ButtonsAction, CallPermissionAction, CardAction, CarouselAction,
    CarouselCard, CatalogAction, CatalogParameters, CtaUrlAction, CtaUrlParameters, FlowAction, FlowActionPayload,
    FlowParameters, Header, Interactive, ListAction, ListRow, ListSection, LocationRequestAction, Parts, ProductAction,
    ProductItem, ProductListAction, ProductSection, QuickReply, Reply, ReplyButton, RequestContactAction, TextPart,
    VoiceCallAction, VoiceCallParameters,
};
pub use outcome::{AcceptedStatus, RefusedBecause, SendOutcome};
pub use outgoing::{Content, MarketingOptions, OutgoingMessage, ProductPolicy, Recipient};
pub use read::{MarkRead, mark_read};
pub use simple::{Location, MediaRef, MediaSource, Pin, Reaction, Text};
pub use template::{
    ButtonParameter, ButtonSubType, CarouselTemplateCard, CouponCode, Currency, DateTime, Language, LimitedTimeOffer,
    Parameter, ProductRef, TapTarget, TemplateComponent, TemplateMessage,
};

use reqwest::Method;
use switchboard_domain::ids::PhoneNumberId;

use crate::client::{Client, TransportError};
use crate::limits::LimitError;

/// Which edge of the number takes the message (messages.md §11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Endpoint {
    /// `/messages`.
    #[default]
    Messages,
    /// `/marketing_messages`: marketing templates only.
    MarketingMessages,
}

impl Endpoint {
    /// Where a template of this category goes, by its *latest* category and the account's state (messages.md §11):
    /// marketing templates by the Marketing Messages API where the account is onboarded or has closed `/messages`
    /// to them, everything else by `/messages`.
    pub fn for_template(category: &str, marketing: MarketingRoute) -> Self {
        match marketing {
            MarketingRoute::MarketingMessages if category.eq_ignore_ascii_case("MARKETING") => Self::MarketingMessages,
            _ => Self::Messages,
        }
    }

    /// The other way, when a confirmed refusal says that it is the right one: 131063 (marketing is closed on
    /// `/messages`), 131055 and 134100 (not a marketing template). Never after an unclear outcome.
    pub fn after_refusal(self, code: i64) -> Option<Self> {
        match (self, code) {
            (Self::Messages, 131_063) => Some(Self::MarketingMessages),
            (Self::MarketingMessages, 131_055 | 134_100) => Some(Self::Messages),
            _ => None,
        }
    }

    /// The edge's name.
    pub const fn as_str(self) -> &'static str {
        self.edge()
    }

    /// Reads that name back.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Messages, Self::MarketingMessages].into_iter().find(|e| e.edge() == text)
    }

    const fn edge(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::MarketingMessages => "marketing_messages",
        }
    }
}

/// How an account sends marketing templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum MarketingRoute {
    /// By `/messages` like everything else.
    #[default]
    CloudApi,
    /// By `/marketing_messages`.
    MarketingMessages,
}

/// A message that passed the limits and is ready to be written.
#[derive(Clone)]
pub struct Prepared {
    client: Client,
    number: PhoneNumberId,
    endpoint: Endpoint,
    body: bytes::Bytes,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared")
            .field("number", &self.number)
            .field("endpoint", &self.endpoint)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Checks a message against the documented limits and makes its body, without touching the network.
///
/// # Errors
/// [`LimitError`] names the field and the limit.
pub fn prepare(
    client: &Client,
    number: &PhoneNumberId,
    endpoint: Endpoint,
    message: &OutgoingMessage,
) -> Result<Prepared, LimitError> {
    message.check(endpoint)?;
    let body = serde_json::to_vec(message).map_err(|_| LimitError::new("message", "cannot be written as JSON"))?;
    Ok(Prepared { client: client.clone(), number: number.clone(), endpoint, body: body.into() })
}

impl Prepared {
    /// Starts the request and reads its answer. The last look at suppression belongs right before this call.
    pub async fn send(self) -> SendOutcome {
        let url = self.client.url(&[self.number.as_str(), self.endpoint.edge()]);
        let request = self
            .client
            .request(Method::POST, url)
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(self.body);
        match self.client.exchange(request).await {
            Ok(reply) => SendOutcome::read(reply.status.as_u16(), &reply.body, &reply.notes.usage),
            Err(TransportError::NotSent(why)) => SendOutcome::NotSent { why },
            Err(TransportError::Unknown(why)) => SendOutcome::Unknown { why, error: None },
        }
    }

    /// The JSON that would be written, for the send ledger.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// Checks and sends a message by `/messages`. A message that breaks a limit is `Refused` without a request.
pub async fn send(client: &Client, number: &PhoneNumberId, message: &OutgoingMessage) -> SendOutcome {
    send_by(client, number, Endpoint::Messages, message).await
}

/// The same by the endpoint of the caller's choice.
pub async fn send_by(
    client: &Client,
    number: &PhoneNumberId,
    endpoint: Endpoint,
    message: &OutgoingMessage,
) -> SendOutcome {
    match prepare(client, number, endpoint, message) {
        Ok(prepared) => prepared.send().await,
        Err(limit) => SendOutcome::Refused { error: RefusedBecause::Limit(limit) },
    }
}
