//! What became of our messages. The states themselves are the sender's; here a status finds its way there.

use switchboard_cloud_api::webhooks::MessageStatus;
use switchboard_store::WriteTx;

use super::{Applied, InboundRules, NotApplied, people};
use crate::sender::{self, Settled};

/// Settles one status.
pub(super) fn apply(
    tx: &mut WriteTx<'_>,
    status: &MessageStatus,
    rules: &InboundRules,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    people::learn_from_status(tx, &rules.ledger, status)?;
    applied.sends |= matches!(sender::settle_status(tx, &rules.ledger, status)?, Settled::Changed(_));
    Ok(())
}
