#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use switchboard_domain::ids::{AttemptId, ContactId, PhoneNumberId};
use switchboard_domain::send::{MessageKind, OutboxState, SendContent};
use switchboard_domain::time::UnixMillis;

use super::*;
use crate::tables::outbox;
use crate::tables::test_support::fixture;

const AT: UnixMillis = UnixMillis::new(1_795_305_600_000);

fn row(campaign: Option<CampaignId>) -> outbox::NewOutbox {
    outbox::NewOutbox {
        outbox_id: OutboxId::new(AT),
        campaign_id: campaign,
        contact_id: ContactId::new(AT),
        phone_number_id: PhoneNumberId::new("1"),
        kind: MessageKind::Template,
        category: Some("marketing".to_owned()),
        template_id: None,
        content: SendContent::default(),
        state: OutboxState::Queued,
        reason: None,
        not_before: UnixMillis::default(),
        idempotency_key: None,
    }
}

fn recount(connection: &Connection, id: CampaignId) -> Result<Spend, StoreError> {
    Ok(connection.query_row(
        "SELECT COALESCE(SUM(reserved_micros), 0), COALESCE(SUM(cost_micros), 0), \
         COALESCE(SUM(cost_kind IS 'charged'), 0), COALESCE(SUM(cost_kind IS 'free'), 0), \
         COALESCE(SUM(cost_kind IS 'unpriced'), 0) FROM outbox WHERE campaign_id = ?1",
        [id.bytes()],
        read,
    )?)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    /// Whatever happens to messages in whatever order, the sums are those of a recount.
    #[test]
    fn the_sums_are_always_those_of_a_recount(steps in proptest::collection::vec((0usize..4, 0u8..9, 1i64..90_000), 1..60)) {
        let f = fixture();
        let id = CampaignId::new(AT);
        let (sums, counted) = f.write(move |tx, _| {
            let rows: Vec<_> = (0..4).map(|_| row(Some(id))).collect();
            for r in &rows {
                outbox::insert(tx, r)?;
            }
            for (which, step, micros) in steps {
                let r = rows[which].outbox_id;
                match step {
                    0 => drop(outbox::claim(tx, r, AttemptId::new(AT))?),
                    1 => reserve(tx, r, micros, "2026-11")?,
                    2 => drop(outbox::back_to_queue(tx, r, AT, "c", "s")?),
                    3 => drop(outbox::leave_out(tx, r, OutboxState::Cancelled, "c", "s")?),
                    4 => drop(outbox::mark_unknown(tx, r, "c", "s")?),
                    5 => drop(settle(tx, r, Cost::Charged(micros), "2026-12")?),
                    6 => drop(settle(tx, r, Cost::Free, "2026-11")?),
                    7 => drop(settle(tx, r, Cost::Unpriced, "2026-12")?),
                    _ => drop(outbox::refuse(tx, r, &outbox::Refusal { to: OutboxState::Refused, code: "1", sentence: "s", at: AT, wamid: None })?),
                }
            }
            Ok((of_campaign(tx, id)?, recount(tx, id)?))
        });
        prop_assert_eq!(sums, counted);
    }
}

#[test]
fn a_message_that_did_not_leave_is_no_longer_set_aside_and_one_cost_is_settled_once() {
    let f = fixture();
    let id = CampaignId::new(AT);
    f.write(move |tx, _| {
        let (a, b) = (row(Some(id)), row(Some(id)));
        for r in [&a, &b] {
            outbox::insert(tx, r)?;
            outbox::claim(tx, r.outbox_id, AttemptId::new(AT))?;
            reserve(tx, r.outbox_id, 61_800, "2026-11")?;
        }
        assert_eq!(of_campaign(tx, id)?.reserved_micros, 123_600);
        outbox::back_to_queue(tx, a.outbox_id, AT, "c", "s")?;
        assert_eq!(of_campaign(tx, id)?.reserved_micros, 61_800);
        assert!(settle(tx, b.outbox_id, Cost::Charged(60_000), "2026-11")?);
        assert!(!settle(tx, b.outbox_id, Cost::Charged(60_000), "2026-11")?);
        let spend = of_month(tx, "2026-11")?;
        assert_eq!((spend.reserved_micros, spend.actual_micros, spend.charged), (0, 60_000, 1));
        Ok(())
    });
}
