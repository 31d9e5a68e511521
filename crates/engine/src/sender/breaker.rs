//! Stops a campaign whose sends fail one after the other: whatever the cause, the next would fail too, and each
//! unclear one is a person who may never be written to.

use std::collections::HashMap;

use switchboard_cloud_api::messages::SendOutcome;
use switchboard_domain::ids::CampaignId;
use switchboard_store::tables::campaigns;
use switchboard_store::{StoreError, WriteTx};

use super::flight::{Finished, Landed};
use super::record::reroute_of;

/// So many in a row are no coincidence.
const STREAK: u32 = 20;

/// Counts failures in a row per campaign.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    streaks: HashMap<CampaignId, u32>,
}

impl Breaker {
    /// Looks at what finished; the campaigns returned are to be paused.
    pub(super) fn look(&mut self, done: &[Finished]) -> Vec<(CampaignId, u32)> {
        let mut tripped = Vec::new();
        for f in done {
            let Some(campaign) = f.claimed.as_ref().and_then(|c| c.campaign_id) else { continue };
            // Goes the other way; that one decides.
            if let (Landed::Answered(SendOutcome::Refused { error }), Some(row)) = (&f.landed, &f.claimed)
                && error.graph().is_some_and(|e| reroute_of(row, e).is_some())
            {
                continue;
            }
            let failed = match &f.landed {
                Landed::Answered(SendOutcome::Accepted { .. }) => false,
                Landed::Answered(SendOutcome::Refused { .. } | SendOutcome::Unknown { .. }) | Landed::Lost => true,
                // Waits of their own (throttling, network) and opt-outs say nothing about the campaign.
                Landed::Answered(SendOutcome::Throttled { .. } | SendOutcome::NotSent { .. })
                | Landed::Suppressed(_) => continue,
            };
            let streak = self.streaks.entry(campaign).or_default();
            *streak = if failed { *streak + 1 } else { 0 };
            if *streak >= STREAK {
                *streak = 0;
                tripped.push((campaign, STREAK));
            }
        }
        tripped
    }
}

/// Pauses what tripped, in the transaction that records the failures.
///
/// # Errors
/// [`StoreError`].
pub(super) fn trip(tx: &mut WriteTx<'_>, tripped: &[(CampaignId, u32)]) -> Result<(), StoreError> {
    for (campaign, streak) in tripped {
        campaigns::pause(
            tx,
            *campaign,
            "failing",
            &format!("{streak} sends in a row failed; look at the reasons below before you resume."),
        )?;
    }
    Ok(())
}
