//! Ids as types, so that a mixed-up id does not compile.
//!
//! Our own rows carry a UUID v7 (sorted by time of birth, made without asking a database); Meta's ids
//! are opaque text kept as received. Ids that lead to a person hide themselves in `Debug`.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::UnixMillis;

macro_rules! own_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id, sorted after those born earlier (UUID v7).
            pub fn new(at: UnixMillis) -> Self {
                let random = switchboard_fault_points::id_bytes().unwrap_or_else(|| Uuid::new_v4().into_bytes());
                let mut tail = [0u8; 10];
                for (to, from) in tail.iter_mut().zip(random) {
                    *to = from;
                }
                Self::from_tail(at, tail)
            }

            /// One of many ids of the same millisecond, sorted by `order` (its lowest 42 bits count), with random
            /// bytes of the caller's: rows that arrive in this order append to their indexes instead of being
            /// strewn over them.
            pub fn in_order(at: UnixMillis, order: u64, random: [u8; 4]) -> Self {
                let [.., c0, c1, c2, c3, c4, c5] = (((order >> 30 & 0xfff) << 32) | (order & 0x3fff_ffff)).to_be_bytes();
                let [r0, r1, r2, r3] = random;
                Self::from_tail(at, [c0, c1, c2, c3, c4, c5, r0, r1, r2, r3])
            }

            fn from_tail(at: UnixMillis, tail: [u8; 10]) -> Self {
                let ms = u64::try_from(at.as_ms()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(ms, &tail).into_uuid())
            }

            /// From the 16 bytes kept in the store.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes to keep in the store.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Reads the hyphenated text form.
            ///
            /// # Errors
            /// [`BadId`] when the text is not a UUID.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                Uuid::try_parse(text).map(Self).map_err(|_| BadId { kind: stringify!($name) })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    )+};
}

macro_rules! meta_id {
    ($($(#[$doc:meta])* $name:ident $(: $personal:ident)?),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text as received.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text as received.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Takes the text out.
            pub fn into_inner(self) -> String {
                self.0
            }
        }

        meta_id!(@debug $name $($personal)?);
    )+};
    (@debug $name:ident personal) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({} bytes)", stringify!($name), self.0.len())
            }
        }
    };
    (@debug $name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.0)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// A text that is not the id it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("This is not an id: copy it as the list shows it.")]
pub struct BadId {
    /// Which kind of id was expected.
    pub kind: &'static str,
}

own_id! {
    /// A person we know, whatever their identifiers.
    ContactId,
    /// One entry of the consent ledger.
    ConsentEventId,
    /// One import of a list.
    ImportId,
    /// A campaign.
    CampaignId,
    /// A list of numbers that the operator uploaded to choose people by.
    AudienceListId,
    /// One row of the outbox: one message owed to one person.
    OutboxId,
    /// A price list of Meta's that the operator imported.
    RateCardId,
    /// One try to send an outbox row; travels as `biz_opaque_callback_data`.
    AttemptId,
    /// A message in a thread, ours or theirs.
    MessageId,
    /// A file in the media store.
    MediaFileId,
    /// One installed console; differs between a database and its copy elsewhere (P11).
    InstallId,
}

meta_id! {
    /// WhatsApp Business Account id (since 2026 also called Messaging Account id; account.md §4).
    WabaId,
    /// Id of a business phone number (not the number itself).
    PhoneNumberId,
    /// Meta app id.
    AppId,
    /// Template id at Meta; numeric text that may exceed 2^53 (webhooks.md §2.3).
    TemplateId,
    /// Media id at Meta: 30 days for uploads, 7 days for inbound (messages.md §12).
    MediaId,
    /// A desk at the relay.
    DeskId,
    /// A device paired with a desk.
    DeviceId,
    /// `wamid.…`, the join key of statuses. Opaque, and a number hides inside, so it never shows (webhooks.md §9).
    WaMessageId: personal,
    /// Business-scoped user id, `CC.` and up to 128 characters; one person in one portfolio (messages.md §3).
    Bsuid: personal,
    /// Meta's phone-based id of a user: digits without `+`, not always the number that was dialled (webhooks.md §9).
    WaId: personal,
}

/// Sequence number in a relay's log of one desk; starts at 1, gapless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RelaySeq(pub u64);

/// Sequence number in the store's change log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeSeq(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_id_survives_text_and_bytes() {
        let id = ContactId::new(UnixMillis::new(1_795_305_600_000));
        assert_eq!(ContactId::parse(&id.to_string()), Ok(id));
        assert_eq!(ContactId::from_bytes(*id.as_bytes()), id);
    }

    #[test]
    fn ids_born_later_sort_later() {
        let a = OutboxId::new(UnixMillis::new(1_000));
        let b = OutboxId::new(UnixMillis::new(2_000));
        assert!(a < b);
    }

    #[test]
    fn ids_made_in_order_sort_in_order_within_a_millisecond_and_between_two() {
        let at = |ms, order| ContactId::in_order(UnixMillis::new(ms), order, [0xff; 4]);
        let orders = [0, 1, 255, 256, 0x3fff_ffff, 0x4000_0000, 0x3ff_ffff_ffff];
        for (one, next) in orders.iter().zip(orders.iter().skip(1)) {
            assert!(at(1_000, *one) < at(1_000, *next), "{one:x} {next:x}");
        }
        assert!(at(1_000, 0x3ff_ffff_ffff) < at(1_001, 0));
        assert_ne!(at(1_000, 7), ContactId::in_order(UnixMillis::new(1_000), 7, [0; 4]));
    }

    #[test]
    fn an_id_that_leads_to_a_person_hides_in_debug() {
        let shown =
            format!("{:?} {:?} {:?}", WaId::new("14165550123"), Bsuid::new("CA.1"), WaMessageId::new("wamid.x"));
        assert!(!shown.contains("14165550123") && !shown.contains("CA.1") && !shown.contains("wamid.x"), "{shown}");
    }
}
