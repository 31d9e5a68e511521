//! A message element as it stands on the wire, and its way to [`Message`].

use serde::Deserialize;
use switchboard_domain::ids::{Bsuid, WaId, WaMessageId};
use switchboard_domain::redact::Personal;
use switchboard_domain::time::UnixMillis;

use super::event::UserRef;
use super::message::{
    ButtonTap, CallPermissionReply, Edit, FlowReply, Identity, InboundLocation, InboundMedia, InteractiveReply,
    ListOrButtonReply, Message, MessageContent, MessageContext, Order, ReactionIn, Referral, SystemNotice,
};
use crate::errors::GraphError;
use crate::lenient;
use crate::messages::ContactCard;

/// Every key of a message element; which ones are set depends on the type. Large parts are boxed: one of these
/// is made per element, and most of its keys stay empty.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wire {
    #[serde(deserialize_with = "lenient::id")]
    pub id: Option<WaMessageId>,
    #[serde(deserialize_with = "lenient::id")]
    from: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    from_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    from_parent_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    to: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    to_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    to_parent_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::secs")]
    timestamp: Option<UnixMillis>,
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    group_id: Option<String>,
    context: Option<MessageContext>,
    referral: Option<Box<Referral>>,
    #[serde(deserialize_with = "lenient::or_default")]
    errors: Vec<GraphError>,
    text: Option<WireText>,
    image: Option<Box<InboundMedia>>,
    video: Option<Box<InboundMedia>>,
    audio: Option<Box<InboundMedia>>,
    voice: Option<Box<InboundMedia>>,
    document: Option<Box<InboundMedia>>,
    sticker: Option<Box<InboundMedia>>,
    location: Option<Box<InboundLocation>>,
    contacts: Option<Vec<ContactCard>>,
    reaction: Option<ReactionIn>,
    button: Option<ButtonTap>,
    interactive: Option<Box<WireInteractive>>,
    order: Option<Box<Order>>,
    system: Option<Box<WireSystem>>,
    identity: Option<Identity>,
    unsupported: Option<WireUnsupported>,
    edit: Option<Box<WireEdit>>,
    revoke: Option<WireRevoke>,
    history_context: Option<WireHistoryContext>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireText {
    #[serde(deserialize_with = "lenient::text")]
    body: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireInteractive {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    button_reply: Option<ListOrButtonReply>,
    list_reply: Option<ListOrButtonReply>,
    nfm_reply: Option<FlowReply>,
    call_permission_reply: Option<CallPermissionReply>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireSystem {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient::id")]
    body: Option<Personal>,
    #[serde(deserialize_with = "lenient::id")]
    wa_id: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    new_wa_id: Option<WaId>,
    #[serde(deserialize_with = "lenient::id")]
    user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    parent_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    previous_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    previous_parent_user_id: Option<Bsuid>,
    #[serde(deserialize_with = "lenient::id")]
    customer: Option<WaId>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireUnsupported {
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireEdit {
    #[serde(deserialize_with = "lenient::id")]
    original_message_id: Option<WaMessageId>,
    message: Wire,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireRevoke {
    #[serde(deserialize_with = "lenient::id")]
    original_message_id: Option<WaMessageId>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireHistoryContext {
    #[serde(deserialize_with = "lenient::text")]
    status: Option<String>,
}

impl Wire {
    /// How far a past message had come.
    pub(super) fn history_status(&self) -> Option<String> {
        self.history_context.as_ref().and_then(|h| h.status.clone())
    }

    /// The message, unless it has no id: without one it cannot be kept apart from others.
    pub(super) fn into_message(mut self) -> Option<Message> {
        let id = self.id.take()?;
        let from = UserRef {
            wa_id: self.from.take(),
            user_id: self.from_user_id.take(),
            parent_user_id: self.from_parent_user_id.take(),
        };
        let to = UserRef {
            wa_id: self.to.take(),
            user_id: self.to_user_id.take(),
            parent_user_id: self.to_parent_user_id.take(),
        };
        let kind = self.kind.take().unwrap_or_else(|| self.kind_by_content().to_owned());
        let at = self.timestamp;
        let group_id = self.group_id.take().filter(|g| !g.is_empty());
        let context = self.context.take();
        let referral = self.referral.take();
        let errors = std::mem::take(&mut self.errors);
        let content = self.into_content(&kind);
        Some(Message { id, from, to, at, kind, content, context, referral, group_id, errors, contact: None })
    }

    /// For elements without `type`: the content that is there names it.
    fn kind_by_content(&self) -> &'static str {
        let present = [
            ("text", self.text.is_some()),
            ("image", self.image.is_some()),
            ("video", self.video.is_some()),
            ("audio", self.audio.is_some()),
            ("document", self.document.is_some()),
            ("sticker", self.sticker.is_some()),
            ("location", self.location.is_some()),
            ("contacts", self.contacts.is_some()),
            ("reaction", self.reaction.is_some()),
            ("button", self.button.is_some()),
            ("interactive", self.interactive.is_some()),
            ("order", self.order.is_some()),
            ("system", self.system.is_some()),
        ];
        present.iter().find(|(_, there)| *there).map_or("", |(kind, _)| kind)
    }

    fn into_content(self, kind: &str) -> MessageContent {
        use MessageContent as C;
        match kind {
            "text" => self.text.and_then(|t| t.body).map(Personal::new).map(C::Text),
            "image" => self.image.map(|m| C::Image(*m)),
            "video" => self.video.map(|m| C::Video(*m)),
            "audio" | "voice" => self.audio.or(self.voice).map(|m| C::Audio(*m)),
            "document" => self.document.map(|m| C::Document(*m)),
            "sticker" => self.sticker.map(|m| C::Sticker(*m)),
            "location" => self.location.map(|l| C::Location(*l)),
            "contacts" => Some(C::Contacts(self.contacts.unwrap_or_default())),
            "reaction" => self.reaction.map(C::Reaction),
            "button" => self.button.map(C::Button),
            "interactive" => self.interactive.map(|i| C::Interactive(Box::new(i.into_reply()))),
            "order" => self.order.map(C::Order),
            "system" => self.system.map(|s| C::System(Box::new(s.into_notice(self.identity)))),
            "edit" => self.edit.map(|e| C::Edit(Box::new(e.into_edit()))),
            "revoke" => self.revoke.map(|r| C::Revoke { original_message_id: r.original_message_id }),
            "media_placeholder" => Some(C::MediaPlaceholder),
            "request_welcome" => Some(C::RequestWelcome),
            "unsupported" | "unknown" | "ephemeral" => {
                Some(C::Unsupported { sub_type: self.unsupported.and_then(|u| u.kind) })
            }
            _ => None,
        }
        .unwrap_or(C::Other)
    }
}

impl WireInteractive {
    fn into_reply(self) -> InteractiveReply {
        let kind = self.kind.unwrap_or_default();
        if let Some(r) = self.button_reply {
            InteractiveReply::Button(r)
        } else if let Some(r) = self.list_reply {
            InteractiveReply::List(r)
        } else if let Some(r) = self.nfm_reply {
            InteractiveReply::Flow(r)
        } else if let Some(r) = self.call_permission_reply {
            InteractiveReply::CallPermission(r)
        } else {
            InteractiveReply::Other { kind }
        }
    }
}

impl WireSystem {
    fn into_notice(self, identity: Option<Identity>) -> SystemNotice {
        SystemNotice {
            kind: self.kind,
            body: self.body,
            new: UserRef {
                wa_id: self.wa_id.or(self.new_wa_id),
                user_id: self.user_id,
                parent_user_id: self.parent_user_id,
            },
            previous: UserRef {
                wa_id: self.customer,
                user_id: self.previous_user_id,
                parent_user_id: self.previous_parent_user_id,
            },
            identity,
        }
    }
}

impl WireEdit {
    fn into_edit(self) -> Edit {
        let mut message = self.message;
        let kind = message.kind.take().unwrap_or_default();
        let context = message.context.take();
        Edit { original_message_id: self.original_message_id, content: message.into_content(&kind), kind, context }
    }
}
