//! The store of desks by itself.

use std::time::Duration;

use futures::future::join_all;
use switchboard_relay::desks::{DeskRecord, DesksError, EpochRecord, WrappedKey, change};
use tokio::time::timeout;

use crate::common::DESK;
use crate::{Fixture, OTHER, close};

fn epoch(epoch: u64) -> EpochRecord {
    let keys = vec![WrappedKey { device: "console-1".to_owned(), wrapped: "00".to_owned() }];
    EpochRecord { epoch, roster: 1, keys }
}

pub async fn a_record_is_replaced_only_if_nobody_else_was_faster(f: Fixture) {
    let desks = f.open().await.desks;
    assert_eq!(desks.load(DESK).await.unwrap(), None);
    let record = DeskRecord::fresh().unwrap();
    let first = desks.replace(DESK, record.clone(), None).await.unwrap();
    assert_eq!(desks.replace(DESK, record.clone(), None).await, Err(DesksError::Conflict));
    let second = desks.replace(DESK, DeskRecord { roster: 2, ..record.clone() }, Some(first)).await.unwrap();
    assert!(second > first);
    assert_eq!(desks.replace(DESK, record, Some(first)).await, Err(DesksError::Conflict));
    let (found, revision) = desks.load(DESK).await.unwrap().unwrap();
    assert_eq!((found.roster, revision), (2, second));
    assert_eq!(desks.load(OTHER).await.unwrap(), None, "another desk is another one");
}

pub async fn of_many_changes_at_once_none_is_lost(f: Fixture) {
    let desks = f.open().await.desks;
    let one = || {
        change(desks.as_ref(), DESK, |record| {
            record.roster += 1;
            Ok::<_, DesksError>(())
        })
    };
    for changed in join_all((0..10).map(|_| one())).await {
        changed.unwrap();
    }
    assert_eq!(desks.load(DESK).await.unwrap().unwrap().0.roster, 10);
}

pub async fn changes_are_told(f: Fixture) {
    let desks = f.open().await.desks;
    let mut changes = desks.changes();
    changes.mark_unchanged();
    desks.replace(DESK, DeskRecord::fresh().unwrap(), None).await.unwrap();
    timeout(Duration::from_secs(5), changes.changed()).await.expect("told").unwrap();
}

pub async fn epoch_numbers_are_given_once(f: Fixture) {
    let desks = f.open().await.desks;
    assert_eq!(desks.last_epoch(DESK).await, Ok(0));
    for number in 1..=3 {
        desks.add_epoch(DESK, epoch(number)).await.unwrap();
    }
    assert_eq!(desks.add_epoch(DESK, epoch(2)).await, Err(DesksError::Conflict));
    assert_eq!(desks.last_epoch(DESK).await, Ok(3));
    assert_eq!(desks.epoch(DESK, 2).await, Ok(Some(epoch(2))));
    assert_eq!(desks.epoch(DESK, 4).await, Ok(None));
    assert_eq!(desks.last_epoch(OTHER).await, Ok(0));
}

pub async fn what_was_changed_is_there_after_opening_again(f: Fixture) {
    let engine = f.open().await;
    let record = DeskRecord::fresh().unwrap();
    engine.desks.replace(DESK, record.clone(), None).await.unwrap();
    engine.desks.add_epoch(DESK, epoch(1)).await.unwrap();
    close(engine).await;
    let desks = f.open().await.desks;
    assert_eq!(desks.load(DESK).await.unwrap().unwrap().0, record);
    assert_eq!((desks.last_epoch(DESK).await, desks.epoch(DESK, 1).await), (Ok(1), Ok(Some(epoch(1)))));
}
