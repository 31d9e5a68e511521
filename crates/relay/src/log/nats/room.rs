//! How much of its room a desk's log takes. The servers are asked now and then; between, what was appended is added.

use std::time::Duration;

use tokio::time::Instant;

use super::desk::DeskLog;

/// How long an answer is believed.
const ASK_EVERY: Duration = Duration::from_secs(2);

/// The room of one desk's log.
pub(super) struct Room {
    max_bytes: u64,
    used_bytes: u64,
    asked: Option<Instant>,
}

impl Room {
    pub(super) fn new(max_bytes: u64) -> Self {
        Self { max_bytes, used_bytes: 0, asked: None }
    }

    /// Whether nothing more is to be appended.
    pub(super) async fn is_full(&mut self, desk: &DeskLog) -> bool {
        if self.max_bytes == u64::MAX {
            return false;
        }
        let is_old = self.asked.is_none_or(|asked| asked.elapsed() >= ASK_EVERY);
        // Whether there is room again is looked at each time: that ends with a purge by any relay.
        if (is_old || self.used_bytes >= self.max_bytes)
            && let Ok(info) = desk.stream.get_info().await
        {
            self.used_bytes = info.state.bytes;
            self.asked = Some(Instant::now());
        }
        self.used_bytes >= self.max_bytes
    }

    /// So much was appended.
    pub(super) fn took(&mut self, bytes: usize) {
        self.used_bytes = self.used_bytes.saturating_add(bytes as u64);
    }
}
