//! Tokens, accounts and numbers (account.md).

mod number;
mod subscription;
mod token;
mod waba;

pub use number::{
    HealthEntity, HealthError, HealthStatus, NumberStatus, PhoneNumberInfo, QualityRating, Throughput, health_status,
    phone_number, phone_numbers,
};
pub use subscription::{SubscribedApp, WebhookOverride, subscribe_app, subscribed_apps, unsubscribe_app};
pub use token::{GranularScope, TokenInfo, debug_token};
pub use waba::{MessagingLimit, Waba, waba};
