//! The sending lease: which console of a desk may send, and how it changes hands.

use minicbor::{Decode, Decoder, Encode, Encoder};

/// Which console of the desk may send campaigns. Exactly one may; the others receive, reply and write opt-outs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Lease {
    /// Rises with every change of holder.
    #[n(0)]
    pub term: u64,
    /// Device that holds it, or gets it once `granted`.
    #[n(1)]
    pub holder: String,
    /// False while the holder before has sends in flight and has not let go: nobody claims then.
    #[n(2)]
    pub granted: bool,
    /// Device that held it before; empty for the first.
    #[n(3)]
    #[cbor(default)]
    pub previous: String,
}

impl Lease {
    /// True if this device may claim sends.
    pub fn is_for(&self, device: &str) -> bool {
        self.granted && self.holder == device
    }

    /// True if this device has to let go.
    pub fn waits_for(&self, device: &str) -> bool {
        !self.granted && self.previous == device
    }

    /// True if this says more than `other`: a later term, or the same one granted meanwhile.
    pub fn is_newer_than(&self, other: &Self) -> bool {
        (self.term, self.granted) > (other.term, other.granted)
    }
}

/// What a console wants of the sending lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseWish {
    /// To hold it if nobody does, or if it was promised and the holder before is gone.
    Claim,
    /// To have it from whoever holds it. The operator asked for this.
    TakeOver,
    /// To let go: nothing is in flight any more.
    LetGo,
    /// A wish of a newer console.
    Other(u8),
}

impl LeaseWish {
    /// The number on the wire.
    pub const fn code(self) -> u8 {
        match self {
            Self::Claim => 1,
            Self::TakeOver => 2,
            Self::LetGo => 3,
            Self::Other(code) => code,
        }
    }

    /// Reads the number on the wire; never fails.
    pub const fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Claim,
            2 => Self::TakeOver,
            3 => Self::LetGo,
            other => Self::Other(other),
        }
    }
}

impl<C> Encode<C> for LeaseWish {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.code())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for LeaseWish {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(Self::from_code(d.u8()?))
    }
}

/// Console → relay: a wish about the sending lease. What comes of it is an entry of kind
/// [`EntryKind::Lease`](super::EntryKind::Lease).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LeaseRequest {
    /// What is wanted.
    #[n(0)]
    pub wish: LeaseWish,
    /// For [`LeaseWish::LetGo`], the term that is let go for; otherwise the last term the console knows.
    #[n(1)]
    pub term: u64,
}
