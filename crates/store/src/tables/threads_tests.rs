//! The list of conversations: what it shows, in which order, and what stays out of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use switchboard_domain::ids::{CampaignId, OutboxId};
use switchboard_domain::send::{MessageKind, OutboxState, SendContent};

use super::*;
use crate::tables::messages::{self, NewMessage};
use crate::tables::outbox;
use crate::tables::test_support::{Fixture, fixture};

const HOUR: i64 = 3_600_000;
const NOW: i64 = 1_795_305_600_000;

fn put(f: &Fixture, contact: ContactId, words: &'static str, ms: i64, inbound: bool, outbox_id: Option<OutboxId>) {
    f.write(move |tx, _| {
        let number = PhoneNumberId::new("100");
        let id = MessageId::new(UnixMillis::new(ms));
        let (text, content) = (Personal::new(words), serde_json::json!({}));
        messages::insert(
            tx,
            &NewMessage {
                id,
                contact_id: contact,
                phone_number_id: &number,
                inbound,
                kind: "text",
                text: &text,
                content: &content,
                wamid: None,
                context_wamid: None,
                outbox_id,
                media_file_id: None,
                opt_out: false,
                at: UnixMillis::new(ms),
            },
        )?;
        note_message(
            tx,
            &ThreadMessage {
                contact_id: contact,
                phone_number_id: &number,
                message_id: id,
                inbound,
                line: words,
                at: UnixMillis::new(ms),
                opens_window: inbound,
                unread: inbound,
            },
        )
    });
}

fn names(f: &Fixture, which: Which, order: Order, search: Option<&str>) -> (Vec<String>, u64) {
    let (rows, total) = f.read(|c| list(c, which, order, search, UnixMillis::new(NOW), 0, 10));
    (rows.into_iter().map(|t| t.name.into_inner()).collect(), total)
}

#[test]
fn the_list_goes_by_activity_or_by_the_window_that_closes_first() {
    let f = fixture();
    let [ana, ben, cleo] = [("+14165550101", "Ana"), ("+14165550102", "Ben"), ("+14165550103", "Cleo")]
        .map(|(phone, name)| f.person(phone, name));
    put(&f, ana, "a", NOW - 30 * HOUR, true, None);
    put(&f, ben, "b", NOW - 20 * HOUR, true, None);
    put(&f, cleo, "c", NOW - HOUR, true, None);
    assert_eq!(names(&f, Which::All, Order::Newest, None).0, ["Cleo", "Ben", "Ana"]);
    assert_eq!(names(&f, Which::All, Order::ClosingSoonest, None).0, ["Ben", "Cleo", "Ana"], "closed ones last");
    assert_eq!(names(&f, Which::Open, Order::Newest, None), (vec!["Cleo".to_owned(), "Ben".to_owned()], 2));
}

#[test]
fn a_message_that_comes_late_changes_neither_last_line_nor_order() {
    let f = fixture();
    let ana = f.person("+14165550101", "Ana");
    put(&f, ana, "newer", NOW - HOUR, true, None);
    put(&f, ana, "older", NOW - 2 * HOUR, true, None);
    let thread = f.read(|c| get(c, ana)).unwrap();
    assert_eq!((thread.last_line.expose(), thread.unread), ("newer", 2));
    assert_eq!(thread.last_inbound_at, Some(UnixMillis::new(NOW - HOUR)));
    f.write(move |tx, _| mark_read(tx, ana));
    assert_eq!(names(&f, Which::Unread, Order::Newest, None).1, 0);
}

#[test]
fn people_whom_only_a_campaign_wrote_are_found_by_search_and_listed_once_they_answer() {
    let f = fixture();
    let ana = f.person("+14165550101", "Ana");
    let id = OutboxId::new(UnixMillis::new(NOW));
    let new = outbox::NewOutbox {
        outbox_id: id,
        campaign_id: Some(CampaignId::new(UnixMillis::new(NOW))),
        contact_id: ana,
        phone_number_id: PhoneNumberId::new("100"),
        kind: MessageKind::Template,
        category: Some("marketing".to_owned()),
        template_id: None,
        content: SendContent::default(),
        state: OutboxState::Queued,
        reason: None,
        not_before: UnixMillis::new(0),
        idempotency_key: None,
    };
    f.write(move |tx, _| outbox::insert(tx, &new));
    put(&f, ana, "Sale!", NOW - HOUR, false, Some(id));
    assert_eq!(names(&f, Which::All, Order::Newest, None).1, 0);
    assert_eq!(names(&f, Which::All, Order::Newest, Some("ana")).1, 1);
    assert_eq!(names(&f, Which::All, Order::Newest, Some("ÁNA")).1, 1, "names are folded, and so is the search");
    put(&f, ana, "How much?", NOW, true, None);
    assert_eq!(names(&f, Which::All, Order::Newest, None).1, 1);
    assert_eq!(names(&f, Which::All, Order::Newest, Some("how much")).1, 1);
    for sign in ["100%", "%", "_"] {
        assert_eq!(names(&f, Which::All, Order::Newest, Some(sign)).1, 0, "a search is text, no pattern: {sign}");
    }
}
