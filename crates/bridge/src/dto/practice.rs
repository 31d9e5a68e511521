//! The practice account: the pretend phone and the practice ledger.

use super::Ticks;
use crate::macros::{shapes, words};

words! {
    /// How the crowd behaves.
    pub enum Mood {
        /// Friendly.
        Mild,
        /// Trouble of every kind.
        Rough,
    }
}

shapes! {
    /// Which customers to list on the pretend phone.
    pub struct PhoneCustomersRequest {
        /// Name or number.
        pub search: Option<String>,
        /// Customers wanted, at most 100.
        pub limit: u32,
    }

    /// A customer one can be.
    pub struct PhoneCustomer {
        /// Id at the practice account.
        pub id: String,
        /// Name.
        pub name: String,
        /// Number or username.
        pub address: String,
        /// Last line of the chat.
        pub last_line: Option<String>,
        /// When.
        pub last_at_ms: Option<i64>,
    }

    /// Customers, last active first.
    pub struct PhoneCustomers {
        /// Customers.
        pub items: Vec<PhoneCustomer>,
        /// Customers in all.
        pub total: u64,
    }

    /// One customer.
    pub struct PhoneById {
        /// As in [`PhoneCustomer::id`].
        pub customer_id: String,
    }

    /// A message as the customer sees it.
    pub struct PhoneMessage {
        /// Id at the practice account.
        pub id: String,
        /// Sent by the customer.
        pub from_customer: bool,
        /// Text.
        pub text: String,
        /// Text header.
        pub header: Option<String>,
        /// Footer.
        pub footer: Option<String>,
        /// Buttons that can be tapped.
        pub buttons: Vec<String>,
        /// A picture, as a `data:` address.
        pub image_data_url: Option<String>,
        /// Ticks, on the customer's own messages always read.
        pub ticks: Option<Ticks>,
        /// When.
        pub at_ms: i64,
    }

    /// A chat as the customer sees it.
    pub struct PhoneConversation {
        /// The customer.
        pub customer: PhoneCustomer,
        /// The business's name.
        pub business_name: String,
        /// Oldest first.
        pub messages: Vec<PhoneMessage>,
        /// The customer stopped marketing.
        pub marketing_stopped: bool,
        /// The customer blocked the business.
        pub blocked: bool,
    }

    /// Write as the customer.
    pub struct PhoneSend {
        /// The customer.
        pub customer_id: String,
        /// Text; or caption of the photo.
        pub text: String,
        /// Send a photo.
        pub photo: bool,
    }

    /// Tap a quick-reply button.
    pub struct PhoneTapButton {
        /// The customer.
        pub customer_id: String,
        /// The message.
        pub message_id: String,
        /// Button from 0.
        pub button: u32,
    }

    /// Stop or resume marketing in the chat menu.
    pub struct PhonePreference {
        /// The customer.
        pub customer_id: String,
        /// Stop, else resume.
        pub stop: bool,
    }

    /// Block or unblock the business.
    pub struct PhoneBlock {
        /// The customer.
        pub customer_id: String,
        /// Block, else unblock.
        pub block: bool,
    }

    /// How the practice account behaves.
    pub struct PracticeSettings {
        /// The crowd answers by itself.
        pub auto: bool,
        /// How.
        pub mood: Mood,
        /// How many times faster than life.
        pub speed: f64,
    }

    /// What the practice account really accepted and did (interfaces.md, Tour).
    #[derive(Default)]
    pub struct LedgerSummary {
        /// Messages accepted.
        pub sent: u64,
        /// Delivered.
        pub delivered: u64,
        /// Read.
        pub read: u64,
        /// People who replied.
        pub replied: u64,
        /// Failed.
        pub failed: u64,
        /// Withheld.
        pub withheld: u64,
        /// People who said stop.
        pub stopped: u64,
        /// People who got more than one message of one campaign. Must be 0.
        pub twice: u64,
    }
}
