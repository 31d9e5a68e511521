#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use proptest::prelude::*;
use switchboard_domain::ids::{AttemptId, CampaignId, ContactId, OutboxId, PhoneNumberId, WaMessageId};
use switchboard_domain::send::{DeliveryRank, MessageKind, OutboxState, SendContent};
use switchboard_domain::time::UnixMillis;

use super::*;
use crate::columns::IdColumn;
use crate::tables::test_support::fixture;
use crate::{StoreError, WriteTx};

const AT: UnixMillis = UnixMillis::new(1_795_305_600_000);

fn new_row(campaign: Option<CampaignId>, contact: ContactId) -> NewOutbox {
    NewOutbox {
        outbox_id: OutboxId::new(AT),
        campaign_id: campaign,
        contact_id: contact,
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

fn force(tx: &WriteTx<'_>, id: OutboxId, state: OutboxState) -> Result<(), StoreError> {
    tx.execute("UPDATE outbox SET state = ?2 WHERE outbox_id = ?1", (id.bytes(), state.as_str()))?;
    Ok(())
}

/// The step that leads to a state.
fn step_to(tx: &mut WriteTx<'_>, id: OutboxId, to: OutboxState) -> Result<bool, StoreError> {
    let wamid = WaMessageId::new("wamid.A");
    let refusal = |to| Refusal { to, code: "1", sentence: "s", at: AT, wamid: None };
    match to {
        OutboxState::Queued => back_to_queue(tx, id, AT, "c", "s"),
        OutboxState::Claimed => claim(tx, id, AttemptId::new(AT)),
        OutboxState::Accepted => accept(tx, id, &wamid, false, AT),
        OutboxState::Held => accept(tx, id, &wamid, true, AT),
        OutboxState::Refused | OutboxState::Withheld => refuse(tx, id, &refusal(to)),
        OutboxState::Unknown => mark_unknown(tx, id, "c", "s"),
        OutboxState::Cancelled => Ok(leave_out(tx, id, to, "c", "s")?
            || crate::tables::unknown::decide(tx, id, crate::tables::unknown::Decision::NotSent)?),
        OutboxState::Excluded => leave_out(tx, id, to, "c", "s"),
        OutboxState::Sending => Ok(false),
    }
}

#[test]
fn every_step_follows_the_machine_of_the_domain() {
    let f = fixture();
    f.write(|tx, _| {
        for from in OutboxState::ALL {
            for to in OutboxState::ALL.iter().filter(|s| **s != OutboxState::Sending) {
                let row = new_row(None, ContactId::new(AT));
                insert(tx, &row)?;
                force(tx, row.outbox_id, *from)?;
                let moved = step_to(tx, row.outbox_id, *to)?;
                assert_eq!(moved, from.may_become(*to), "{from:?} -> {to:?}");
                tx.execute("DELETE FROM outbox", [])?;
            }
        }
        Ok(())
    });
}

#[test]
fn one_person_stands_once_in_a_campaign_and_one_press_once_in_the_outbox() {
    let f = fixture();
    f.write(|tx, _| {
        let (campaign, contact) = (CampaignId::new(AT), ContactId::new(AT));
        assert!(insert(tx, &new_row(Some(campaign), contact))?);
        assert!(!insert(tx, &new_row(Some(campaign), contact))?);
        assert!(insert(tx, &new_row(Some(CampaignId::new(AT)), contact))?);
        let pressed = NewOutbox { idempotency_key: Some("k".to_owned()), ..new_row(None, contact) };
        assert!(insert(tx, &pressed)?);
        assert!(!insert(tx, &NewOutbox { outbox_id: OutboxId::new(AT), ..pressed })?);
        Ok(())
    });
}

#[test]
fn an_opt_out_cancels_queued_templates_and_a_marketing_stop_only_marketing() {
    let f = fixture();
    f.write(|tx, _| {
        let contact = ContactId::new(AT);
        let row =
            |kind, category: &str| NewOutbox { kind, category: Some(category.to_owned()), ..new_row(None, contact) };
        for row in
            [row(MessageKind::Template, "marketing"), row(MessageKind::Template, "utility"), row(MessageKind::Text, "")]
        {
            insert(tx, &row)?;
        }
        assert_eq!(cancel_queued_of_contact(tx, contact, true, "c", "s")?, 1);
        assert_eq!(cancel_queued_of_contact(tx, contact, false, "c", "s")?, 1);
        assert_eq!(cancel_queued_of_contact(tx, contact, false, "c", "s")?, 0, "a reply stays");
        Ok(())
    });
}

#[test]
fn the_questions_over_many_rows_use_their_index() {
    let f = fixture();
    let plan = |sql: &'static str| {
        f.read(move |c| {
            let mut s = c.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let lines: Vec<String> = s.query_map([], |r| r.get(3))?.collect::<Result<_, _>>()?;
            Ok(lines.join("; "))
        })
    };
    let claimable = plan(
        "SELECT * FROM outbox WHERE state = 'queued' AND campaign_id IS x'00' AND not_before_ms <= 5 \
         ORDER BY not_before_ms, outbox_id LIMIT 5",
    );
    assert!(claimable.contains("outbox_claimable") && !claimable.contains("TEMP B-TREE"), "{claimable}");
    let singles = plan(
        "SELECT * FROM outbox WHERE state = 'queued' AND campaign_id IS NULL AND not_before_ms <= 5 \
         ORDER BY not_before_ms, outbox_id LIMIT 5",
    );
    assert!(singles.contains("outbox_claimable") && !singles.contains("TEMP B-TREE"), "{singles}");
    let counts = plan(
        "SELECT state, delivery_rank, COUNT(*) FROM outbox WHERE campaign_id = x'00' GROUP BY state, delivery_rank",
    );
    assert!(counts.contains("COVERING INDEX outbox_counts"), "{counts}");
    let open = plan("SELECT 1 FROM outbox WHERE state IN ('claimed', 'sending') AND campaign_id = x'00' LIMIT 1");
    assert!(open.contains("outbox_open") || open.contains("outbox_counts"), "{open}");
    let overdue = plan(
        "SELECT * FROM outbox o LEFT JOIN message_audits a ON a.outbox_id = o.outbox_id \
         WHERE o.state = 'accepted' AND o.delivery_rank < 2 AND o.wamid IS NOT NULL AND o.accepted_at_ms >= 1 \
         AND o.accepted_at_ms < 9 ORDER BY o.delivery_rank, o.accepted_at_ms LIMIT 5",
    );
    assert!(overdue.contains("outbox_undelivered"), "{overdue}");
}

fn ranks() -> impl Strategy<Value = Vec<(usize, i64)>> {
    proptest::collection::vec((0usize..4, 0i64..1000), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn whatever_the_order_of_statuses_the_rank_is_their_maximum(statuses in ranks()) {
        let f = fixture();
        let expected = statuses.iter().map(|(i, _)| DeliveryRank::ALL[*i].rank()).max().unwrap();
        let got = f.write(move |tx, _| {
            let row = new_row(None, ContactId::new(AT));
            insert(tx, &row)?;
            force(tx, row.outbox_id, OutboxState::Accepted)?;
            for (i, at) in &statuses {
                raise_rank(tx, row.outbox_id, DeliveryRank::ALL[*i], UnixMillis::new(*at), None)?;
            }
            for (i, at) in &statuses {
                assert!(!raise_rank(tx, row.outbox_id, DeliveryRank::ALL[*i], UnixMillis::new(*at), None)?, "a repeat");
            }
            Ok(by_id(tx, row.outbox_id)?.unwrap().delivery_rank)
        });
        prop_assert_eq!(got, expected);
    }
}

#[test]
fn counts_of_a_campaign_are_disjoint_and_equal_to_recounting() {
    let f = fixture();
    let campaign = CampaignId::new(AT);
    let counts = f.write(move |tx, _| {
        for (i, state) in OutboxState::ALL.iter().cycle().take(57).enumerate() {
            let row = new_row(Some(campaign), ContactId::new(AT));
            insert(tx, &row)?;
            force(tx, row.outbox_id, *state)?;
            tx.execute(
                "UPDATE outbox SET delivery_rank = ?2 WHERE outbox_id = ?1",
                (row.outbox_id.bytes(), i64::try_from(i % 5).unwrap()),
            )?;
        }
        counts(tx, campaign)
    });
    assert_eq!(counts.audience(), 57);
    let total = f.read(move |c| recipients_total(c, campaign, RecipientFilter::default()));
    assert_eq!(total, 57);
}
