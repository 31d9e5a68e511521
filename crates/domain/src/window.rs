//! The customer service window: 24 hours from the user's last message or call (messages.md §1).

use std::time::Duration;

use crate::time::UnixMillis;

/// How long a customer service window (CSW) stays open after the user's last message.
pub const CUSTOMER_SERVICE_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// When the window that `last_inbound_at` opened closes.
pub fn closes_at(last_inbound_at: UnixMillis) -> UnixMillis {
    last_inbound_at.plus(CUSTOMER_SERVICE_WINDOW)
}

/// Whether free-form messages may be sent now.
pub fn is_open(last_inbound_at: Option<UnixMillis>, now: UnixMillis) -> bool {
    last_inbound_at.is_some_and(|t| now < closes_at(t))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_closes_to_the_millisecond_after_24_hours() {
        let wrote = UnixMillis::new(1_000);
        assert!(is_open(Some(wrote), UnixMillis::new(1_000 + 86_400_000 - 1)));
        assert!(!is_open(Some(wrote), UnixMillis::new(1_000 + 86_400_000)));
        assert!(!is_open(None, UnixMillis::new(5)));
    }
}
