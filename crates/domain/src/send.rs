//! The life of one message owed to one person: the outbox row's state and the delivery rank (P5).
//!
//! Two machines, because they are about different things: the outbox row says what *we* did, the rank
//! says how far Meta brought it. Both only move forward, and every guarded update in the store asks here.

use serde::{Deserialize, Serialize};

/// Declares a closed set of words that the store keeps as text.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word the store and machine output use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads that word back.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// State of an outbox row. Back to `Queued` only from what is on its way, and only when nothing was processed
    /// or a documented refusal is safe to repeat (P3; errors.md §11). From `Unknown` to `Cancelled` only by an
    /// operator who treats it as not sent; that alone can be taken back, by them or by a status (`unknown` in store).
    /// From `Refused` or `Withheld` to `Queued` only by an operator who tries again, and only where every attempt ended
    /// in a refusal at the door (`outbox::queue_again` in store).
    OutboxState {
        /// Waiting to be claimed.
        Queued = "queued",
        /// Claimed in a transaction that wrote its attempt. A claim is never larger than the free places in
        /// flight, so the request starts at once: claimed means on its way, and after a crash it may have left.
        Claimed = "claimed",
        /// The start of the request was written down too. Not needed while claims are that small.
        Sending = "sending",
        /// Meta answered 200 with a wamid.
        Accepted = "accepted",
        /// Accepted, but pacing holds it (`held_for_quality_assessment`, messages.md §2). Never re-sent.
        Held = "held",
        /// Meta refused it for good.
        Refused = "refused",
        /// Held back by Meta: 131049, 130472, or dropped by pacing (errors.md §10).
        Withheld = "withheld",
        /// We do not know whether Meta took it; settled only by a webhook with the attempt id (P3).
        Unknown = "unknown",
        /// Not sent by us: cancelled by the operator or an opt-out before it left.
        Cancelled = "cancelled",
        /// Not sent by us: our rules left this person out.
        Excluded = "excluded",
    }
}

impl OutboxState {
    /// Whether nothing of ours will change this row any more (a webhook may still settle `Unknown` and `Held`).
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Queued | Self::Claimed | Self::Sending)
    }

    /// Whether the machine allows this step.
    pub const fn may_become(self, next: Self) -> bool {
        use OutboxState as S;
        matches!(
            (self, next),
            (S::Queued, S::Claimed | S::Cancelled | S::Excluded)
                | (S::Claimed, S::Sending | S::Cancelled | S::Excluded)
                | (S::Claimed | S::Sending, S::Accepted | S::Held | S::Refused | S::Withheld | S::Unknown | S::Queued)
                | (S::Unknown, S::Accepted | S::Held | S::Refused | S::Withheld | S::Cancelled)
                | (S::Held, S::Accepted | S::Refused | S::Withheld)
                | (S::Accepted, S::Refused | S::Withheld)
        )
    }
}

words! {
    /// How far Meta brought a message. Ordered by [`DeliveryRank::rank`].
    DeliveryRank {
        /// On WhatsApp's servers: one tick.
        Sent = "sent",
        /// On a device: two ticks.
        Delivered = "delivered",
        /// Opened with read receipts on.
        Read = "read",
        /// A voice message was played.
        Played = "played",
    }
}

impl DeliveryRank {
    /// Larger is further (webhooks.md §5.2). `failed` is no rank: it never overrides `delivered`.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Sent => 1,
            Self::Delivered => 2,
            Self::Read => 3,
            Self::Played => 4,
        }
    }

    /// From the stored number.
    pub const fn from_rank(rank: u8) -> Option<Self> {
        match rank {
            1 => Some(Self::Sent),
            2 => Some(Self::Delivered),
            3 => Some(Self::Read),
            4 => Some(Self::Played),
            _ => None,
        }
    }
}

words! {
    /// What an outbox row is.
    MessageKind {
        /// An approved template.
        Template = "template",
        /// Plain text inside the customer service window.
        Text = "text",
        /// A file inside the customer service window.
        Media = "media",
        /// The one confirmation after an opt-out.
        OptOutConfirmation = "opt_out_confirmation",
    }
}

words! {
    /// What became of one attempt.
    AttemptOutcome {
        /// 200 with a wamid.
        Accepted = "accepted",
        /// Accepted, held by pacing.
        Held = "held",
        /// Refused for good.
        Refused = "refused",
        /// Refused before processing by a limit that passes.
        Throttled = "throttled",
        /// Certainly not processed.
        NotSent = "not_sent",
        /// May have been accepted.
        Unknown = "unknown",
        /// An opt-out came between claim and request: nothing was written.
        Suppressed = "suppressed",
    }
}

/// What an outbox row says, as JSON in its `content` column.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendContent {
    /// Values of a template, keyed by [`crate::template::Variable::key`].
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub values: std::collections::BTreeMap<String, String>,
    /// Text, or the caption of a medium.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Uploaded medium: of a media message, or of a single template's header. A campaign keeps its header's
    /// medium once, with the campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_id: Option<String>,
    /// Uploaded media of a carousel's cards of a single template, by key.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub card_media: std::collections::BTreeMap<String, crate::ids::MediaId>,
    /// `image`, `video`, `audio`, `document`, `sticker`, for a media message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_kind: Option<String>,
    /// Name of a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// wamid of the message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
}

impl std::fmt::Debug for SendContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SendContent({} values)", self.values.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_read_back_as_themselves() {
        for s in OutboxState::ALL {
            assert_eq!(OutboxState::parse(s.as_str()), Some(*s));
        }
    }

    #[test]
    fn nothing_that_may_have_left_goes_back_to_the_queue() {
        for s in OutboxState::ALL {
            let back = s.may_become(OutboxState::Queued);
            assert_eq!(back, matches!(s, OutboxState::Claimed | OutboxState::Sending), "{s:?}");
        }
    }

    proptest! {
        #[test]
        fn a_walk_through_the_machine_is_accepted_at_most_once(steps in proptest::collection::vec(0usize..10, 0..60)) {
            let mut state = OutboxState::Queued;
            let mut left_accepted = false;
            for i in steps {
                let Some(next) = OutboxState::ALL.get(i).copied() else { continue };
                if state.may_become(next) {
                    if state == OutboxState::Accepted { left_accepted = true; }
                    prop_assert!(!(left_accepted && next == OutboxState::Accepted));
                    state = next;
                }
            }
        }
    }
}
