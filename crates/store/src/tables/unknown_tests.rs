#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use switchboard_domain::ids::PhoneNumberId;
use switchboard_domain::send::{MessageKind, OutboxState, SendContent};

use super::*;
use crate::tables::test_support::fixture;
use crate::tables::{attempts, outbox};

fn unknown_send(tx: &mut WriteTx<'_>, contact: ContactId) -> Result<OutboxId, StoreError> {
    let row = outbox::NewOutbox {
        outbox_id: OutboxId::new(tx.now()),
        campaign_id: None,
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
    };
    outbox::insert(tx, &row)?;
    let attempt = AttemptId::new(tx.now());
    outbox::claim(tx, row.outbox_id, attempt)?;
    attempts::insert(tx, attempt, row.outbox_id, tx.now())?;
    outbox::mark_unknown(tx, row.outbox_id, "timeout", "s")?;
    Ok(row.outbox_id)
}

#[test]
fn a_decision_moves_a_send_out_of_the_open_list_and_can_be_taken_back() {
    let f = fixture();
    let who = f.person("+14165550123", "Ana Prova");
    let (leave, not_sent) = f.write(move |tx, _| Ok((unknown_send(tx, who)?, unknown_send(tx, who)?)));
    f.write(move |tx, _| {
        assert!(decide(tx, leave, Decision::Leave)?);
        assert!(decide(tx, not_sent, Decision::NotSent)?);
        assert!(!decide(tx, not_sent, Decision::Leave)?, "once decided it has to be taken back first");
        Ok(())
    });
    f.read(|c| {
        assert_eq!((total(c, Which::Open, None)?, total(c, Which::Decided, None)?), (0, 2));
        let rows = list(c, Which::Decided, None, 0, 10)?;
        assert!(rows.iter().all(|r| r.name == "Ana Prova" && r.reason_code.as_deref() == Some("timeout")));
        assert_eq!(outbox::by_id(c, leave)?.unwrap().state, OutboxState::Unknown);
        assert_eq!(outbox::by_id(c, not_sent)?.unwrap().state, OutboxState::Cancelled);
        Ok(())
    });
    f.write(move |tx, _| {
        assert!(take_back(tx, not_sent)? && take_back(tx, leave)?);
        Ok(())
    });
    f.read(|c| {
        assert_eq!(total(c, Which::Open, None)?, 2);
        let row = outbox::by_id(c, not_sent)?.unwrap();
        assert_eq!((row.state, row.reason_code.as_deref()), (OutboxState::Unknown, Some("timeout")));
        Ok(())
    });
}

#[test]
fn what_was_cancelled_otherwise_is_never_brought_back() {
    let f = fixture();
    let who = f.person("+14165550123", "Ana Prova");
    f.write(move |tx, _| {
        let id = unknown_send(tx, who)?;
        tx.execute("UPDATE outbox SET state = 'cancelled', reason_code = 'opted_out'", [])?;
        assert!(!decide(tx, id, Decision::NotSent)?, "it is not unknown");
        assert!(!take_back(tx, id)?);
        assert_eq!(outbox::by_id(tx, id)?.unwrap().state, OutboxState::Cancelled);
        Ok(())
    });
}
