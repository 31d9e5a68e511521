//! Why a connection ended, and whether trying again can help.

use std::fmt;

/// WebSocket close codes of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseCode {
    /// 4001: the device was revoked.
    Revoked,
    /// 4002: the same device connected again; the newer connection stays.
    SameDeviceTwice,
    /// 4003: a message that the protocol does not allow.
    Protocol,
    /// 4004: a cursor or acknowledgement past the end of the relay's log.
    AckBeyondHead,
    /// 4005: the relay has no such desk.
    UnknownDesk,
    /// 4006: the device waits for a paired console to let it in.
    Pending,
}

impl CloseCode {
    /// The number on the wire.
    pub const fn code(self) -> u16 {
        match self {
            Self::Revoked => 4001,
            Self::SameDeviceTwice => 4002,
            Self::Protocol => 4003,
            Self::AckBeyondHead => 4004,
            Self::UnknownDesk => 4005,
            Self::Pending => 4006,
        }
    }

    /// Reads the number on the wire; `None` for codes that are not the protocol's own.
    pub const fn from_code(code: u16) -> Option<Self> {
        Some(match code {
            4001 => Self::Revoked,
            4002 => Self::SameDeviceTwice,
            4003 => Self::Protocol,
            4004 => Self::AckBeyondHead,
            4005 => Self::UnknownDesk,
            4006 => Self::Pending,
            _ => return None,
        })
    }
}

/// Why the console has no connection (any more).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloseReason {
    /// The relay closed with one of the protocol's codes.
    Refused(CloseCode),
    /// The relay did not accept the device token (HTTP 401).
    Unauthorized,
    /// The log at this address is not the one this console was paired with.
    AnotherLog,
    /// The relay's address answered, but not with our protocol; what it did, in words.
    NotARelay(String),
    /// Nothing was heard for [`crate::DEAD_AFTER`].
    Silent,
    /// This machine slept; what was heard before says nothing about now.
    Slept,
    /// The connection could not be made or broke; the system's words.
    Network(String),
    /// The relay sent something the protocol does not allow; what it was.
    Protocol(String),
    /// The relay is going down in an orderly way, or asked us to come back later.
    GoingAway,
}

impl CloseReason {
    /// True if connecting again by itself cannot help: someone has to look.
    pub const fn needs_operator(&self) -> bool {
        match self {
            Self::Unauthorized | Self::AnotherLog => true,
            Self::Refused(code) => !matches!(code, CloseCode::Protocol | CloseCode::Pending),
            Self::NotARelay(_)
            | Self::Silent
            | Self::Slept
            | Self::Network(_)
            | Self::Protocol(_)
            | Self::GoingAway => false,
        }
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(CloseCode::Revoked) => {
                f.write_str("this console was removed from the relay; pair it again to receive webhooks")
            }
            Self::Refused(CloseCode::SameDeviceTwice) => f.write_str(
                "another console connected with this console's identity, as a copied profile would; pair one of them anew",
            ),
            Self::Refused(CloseCode::Protocol) => {
                f.write_str("the relay did not understand this console; update the older of the two")
            }
            Self::Refused(CloseCode::AckBeyondHead) => f.write_str(
                "this console has read further than the relay's log goes, as after the relay was restored or replaced; pair it again",
            ),
            Self::Refused(CloseCode::UnknownDesk) => {
                f.write_str("the relay does not know this desk; check the desk's name and the relay's configuration")
            }
            Self::Refused(CloseCode::Pending) => f.write_str(
                "a console that is paired already must let this one in: compare the words there under Settings > Relay",
            ),
            Self::AnotherLog => f.write_str(
                "the relay's log is another one than this console was reading, as after the relay was set up anew; pair this console again",
            ),
            Self::Unauthorized => f.write_str("the relay did not accept this console's token; pair it again"),
            Self::NotARelay(what) => write!(f, "the address answers, but not as a relay ({what}); check the URL"),
            Self::Silent => f.write_str("nothing was heard from the relay for a minute; connecting again"),
            Self::Slept => f.write_str("this machine was asleep; connecting again"),
            Self::Network(what) => write!(f, "the relay cannot be reached ({what}); check the network and the relay"),
            Self::Protocol(what) => write!(f, "the relay sent something unexpected ({what}); connecting again"),
            Self::GoingAway => f.write_str("the relay is restarting; connecting again"),
        }
    }
}
