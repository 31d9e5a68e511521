//! The outbox: one message owed to one person. Together with the attempts it is the send ledger.
//!
//! Every step is a guarded update: the states that may be left stand in the `WHERE`, and the row count says
//! whether the step happened, so that nothing moves backwards whatever order events come in (P5). The guards
//! follow [`switchboard_domain::send::OutboxState::may_become`].

mod lifecycle;
mod reads;
mod retry;
mod rows;

pub use lifecycle::{
    Refusal, accept, back_to_queue, cancel_queued_of_campaign, cancel_queued_of_contact, claim, delete_of_campaign,
    hold, insert, leave_out, leave_out_rest_of_campaign, mark_unknown, mark_unresolved, raise_rank, refuse, reroute,
};
pub use reads::{
    PersonOfCampaign, ReasonCount, RecipientFilter, RecipientInFull, StateCounts, all_wait_for, answered, by_attempt,
    by_id, by_idempotency_key, by_wamid, counts, first_reached_since, for_each_recipient, has_open, has_queued,
    next_not_before, next_waiting, opted_out_after, queued, reached_by_hour, reached_since, reasons, recipients,
    recipients_total, sample_queued,
};
pub use retry::{FailedGroup, failed_groups, queue_again};
pub use rows::{NewOutbox, OutboxRow, QueuedRow};

#[cfg(test)]
mod tests;
