//! Tokens, accounts and numbers (account.md).
//!
//! ```no_run
//! use switchboard_cloud_api::{Client, account};
//! use switchboard_domain::ids::WabaId;
//!
//! # async fn example(client: &Client) -> Result<(), switchboard_cloud_api::CallError> {
//! for number in account::phone_numbers(client, &WabaId::new("200000000000002")).await? {
//!     println!("{:?}: {} messages a second", number.display_phone_number, number.messages_per_second());
//! }
//! let health = account::health_status(client, "100000000000001").await?;
//! println!("may send: {:?}", health.can_send_message);
//! # Ok(())
//! # }
//! ```

mod blocks;
mod number;
mod profile;
mod registration;
mod subscription;
mod token;
mod tools;
mod waba;

pub use blocks::{BlockResult, BlockWhom, BlockedUser, block, blocked, unblock};
pub use number::{
    HealthEntity, HealthError, HealthStatus, NumberStatus, PhoneNumberInfo, QualityRating, Throughput, health_status,
    phone_number, phone_numbers,
};
pub use profile::{
    OfficialAccount, OfficialAccountRequest, Profile, Username, delete_username, official_account, profile,
    request_official_account, set_profile, set_username, username, username_suggestions,
};
pub use registration::{
    CodeMethod, add_number, deregister, register, request_code, set_display_name, set_pin, verify_code,
};
pub use subscription::{SubscribedApp, WebhookOverride, subscribe_app, subscribed_apps, unsubscribe_app};
pub use token::{GranularScope, TokenInfo, debug_token};
pub use tools::{
    Command, ConversationalAutomation, HistoryEntry, HistoryEvent, QrLink, Settings, WabaSwitches,
    conversational_automation, delete_qr_link, message_history, message_history_events, qr_links,
    set_conversational_automation, set_number_override, set_settings, set_waba_switches, settings, write_qr_link,
};
pub use waba::{MessagingLimit, Waba, waba};
