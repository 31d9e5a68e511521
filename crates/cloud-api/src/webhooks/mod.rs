//! Webhooks: is it Meta's ([`signature`]), and what does it say ([`reader`])?
//!
//! The reader loops all three levels (a POST may carry 1000 updates of several accounts), gives one [`Event`]
//! per update, and drops nothing: what it does not know becomes [`EventBody::Unknown`] with its raw JSON, and a
//! bad element never costs its siblings (webhooks.md §10).
//!
//! ```
//! use switchboard_cloud_api::webhooks::{EventBody, reader};
//!
//! let body = br#"{"object":"whatsapp_business_account","entry":[{"id":"200000000000002","changes":[
//!   {"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"phone_number_id":"1"},
//!    "messages":[{"from":"14165550123","id":"wamid.x","timestamp":"1795305601","type":"text","text":{"body":"Hi"}}]}}]}]}"#;
//! let events = reader::read(body)?;
//! assert!(matches!(&events[0].body, EventBody::Message(m) if m.text() == Some("Hi")));
//! # Ok::<(), switchboard_cloud_api::webhooks::ReadError>(())
//! ```

mod account;
mod calls;
mod event;
mod groups;
mod history;
mod message;
mod message_wire;
mod others;
pub mod reader;
mod salvage;
pub mod signature;
mod sink;
mod status;
mod template;
mod value;

pub use account::{
    AccountAlert, AccountReview, AccountSettings, AccountUpdate, BusinessCapability, BusinessUsername, PhoneNumberName,
    PhoneNumberQuality, Security, VolumeTier,
};
pub use calls::{Call, CallMedia, CallSession, CallStatus};
pub use event::{Envelope, Event, EventBody, RawJson, UnknownReason, UserRef, WebhookContact};
pub use groups::{GroupChange, GroupEvent, GroupParticipant};
pub use message::{
    ButtonTap, CallPermissionReply, Edit, FlowReply, HistoryMessage, HistoryThread, Identity, InboundLocation,
    InboundMedia, InteractiveReply, ListOrButtonReply, Message, MessageContent, MessageContext, Order, OrderItem,
    ReactionIn, Referral, ReferredProduct, SystemNotice,
};
pub use others::{
    AgentEcho, AutomaticEvent, ContactSync, FlowEvent, Handover, HistoryChunk, PartnerSolution, PaymentConfiguration,
    PreferenceValue, TrackingEvent, UserAction, UserIdUpdate, UserPreference,
};
pub use reader::{MAX_BODY_BYTES, MAX_EVENTS, ReadError};
pub use status::{Conversation, MessageStatus, PaymentStatus, Pricing, StatusKind};
pub use template::{
    ComponentsButton, CorrectCategory, TemplateCategoryUpdate, TemplateComponents, TemplateQuality,
    TemplateStatusUpdate,
};
