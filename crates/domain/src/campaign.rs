//! A campaign's own life; the life of each of its messages is in [`crate::send`].

use serde::{Deserialize, Serialize};

use crate::send::words;

words! {
    /// State of a campaign.
    CampaignState {
        /// Being put together; nothing is owed to anybody.
        Draft = "draft",
        /// Launched by the operator; its audience is being written to the outbox.
        Launching = "launching",
        /// Its rows may be claimed.
        Running = "running",
        /// Paused by the operator or by a rule, with the reason; what is in flight is finished.
        Paused = "paused",
        /// Ended by the operator; what was not claimed is cancelled.
        Cancelled = "cancelled",
        /// Nothing is left to claim.
        Done = "done",
    }
}

impl CampaignState {
    /// Whether the machine allows this step.
    pub const fn may_become(self, next: Self) -> bool {
        use CampaignState as S;
        matches!(
            (self, next),
            (S::Draft, S::Launching | S::Cancelled)
                | (S::Launching, S::Running | S::Paused | S::Cancelled)
                | (S::Running, S::Paused | S::Cancelled | S::Done)
                | (S::Paused, S::Running | S::Launching | S::Cancelled)
        )
    }
}
