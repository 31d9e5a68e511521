//! Typed client for the WhatsApp Business Cloud API, as documented in November 2026.
//!
//! Three parts, usable alone:
//!
//! - [`Client`] with [`messages`], [`media`], [`templates`] and [`account`]: strict in what it writes (limits
//!   are checked before the wire and named), lenient in what it reads (unknown enum values are kept);
//! - [`errors`]: Meta's codes as one table, from which the class, the back-off, the scope, the operator's
//!   sentence and "may this be repeated" follow;
//! - [`webhooks`]: the signature over the raw bytes and a reader that turns a payload into events and drops nothing.
//!
//! The crate knows no database and no clock. A send has five outcomes, and [`messages::SendOutcome::Unknown`]
//! is one of them: there is no idempotency key at Meta, so a lost answer is never "try again" by itself.
//!
//! ```no_run
//! use switchboard_cloud_api::{Client, ClientSettings, messages::{self, Content, OutgoingMessage, SendOutcome}};
//! use switchboard_domain::{ids::PhoneNumberId, phone::PhoneNumber};
//!
//! # async fn example(token: secrecy::SecretString) -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(&ClientSettings::default(), token)?;
//! let to = PhoneNumber::parse_in("+1 416 555 0123", None)?;
//! let message = OutgoingMessage::to_phone(to, Content::text("Your order is ready."));
//! match messages::send(&client, &PhoneNumberId::new("100000000000001"), &message).await {
//!     SendOutcome::Accepted { wamid, .. } => println!("accepted: {} bytes of id", wamid.as_str().len()),
//!     SendOutcome::NotSent { why } => println!("nothing was sent: {why}"),
//!     other => println!("not accepted: {other:?}"),
//! }
//! # Ok(())
//! # }
//! ```

pub mod account;
pub mod analytics;
pub mod client;
pub mod errors;
pub mod lenient;
pub mod limits;
pub mod media;
pub mod messages;
mod open_enum;
pub mod templates;
pub mod webhooks;

pub use client::{CallError, Client, ClientSettings};
pub use errors::{ErrorClass, GraphError};
pub use limits::LimitError;
