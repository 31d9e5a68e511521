#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use switchboard_domain::consent::{Precision, Summary};
use switchboard_domain::ids::{Bsuid, WaId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::template::Category;

use super::super::test_support::{Fixture, fixture};
use super::super::{consent_gate, suppression};
use super::*;

fn keys(phone: Option<&str>, wa_id: Option<&str>, bsuid: Option<&str>) -> PersonKeys {
    PersonKeys {
        phone: phone.map(PhoneNumber::from_stored),
        wa_id: wa_id.map(WaId::new),
        bsuid: bsuid.map(Bsuid::new),
        username: None,
    }
}

fn resolve(f: &Fixture, k: PersonKeys) -> Resolved {
    f.write(move |tx, key| resolve_in(tx, key, &k, &Names::default()))
}

fn record(f: &Fixture, who: ContactId, kind: EventKind, via: Via) {
    f.pass(std::time::Duration::from_secs(1));
    f.write(move |tx, key| {
        let at = tx.now();
        consent_events::append(tx, key, &NewEvent::now(who, kind, via, at))
    });
}

#[test]
fn every_spelling_of_a_number_finds_the_same_person() {
    let f = fixture();
    for (a, b) in [
        ("+5511987654321", "551187654321"),
        ("+551187654322", "5511987654322"),
        ("+525512345678", "5215512345678"),
        ("+5215512345679", "525512345679"),
        ("+5491123456789", "541123456789"),
        ("+14165550123", "14165550123"),
    ] {
        let first = resolve(&f, keys(Some(a), None, None));
        assert!(first.created, "{a}");
        let again = resolve(&f, keys(None, Some(b), None));
        assert_eq!((again.contact_id, again.created), (first.contact_id, false), "{a} {b}");
    }
}

#[test]
fn a_person_without_a_number_is_a_normal_person() {
    let f = fixture();
    let a = resolve(&f, keys(None, None, Some("CA.abc")));
    assert!(a.created);
    assert_eq!(resolve(&f, keys(None, None, Some("CA.abc"))).contact_id, a.contact_id);
    let known = f.read(|c| contacts::get(c, a.contact_id)).unwrap();
    assert_eq!((known.bsuid.as_deref(), known.phone), (Some("CA.abc"), None));
    assert_eq!(known.display_name, "WhatsApp user");
}

#[test]
fn a_number_that_changed_moves_along_with_its_person() {
    let f = fixture();
    let a = resolve(&f, keys(None, Some("14165550123"), Some("CA.abc")));
    let b = resolve(&f, keys(None, Some("16045550145"), Some("CA.abc")));
    assert_eq!(a.contact_id, b.contact_id);
    let now = f.read(|c| contacts::get(c, a.contact_id)).unwrap();
    assert_eq!(now.phone.as_deref(), Some("+16045550145"));
    assert_eq!(
        resolve(&f, keys(Some("+14165550123"), None, None)).contact_id,
        a.contact_id,
        "the old one still leads here"
    );
}

#[test]
fn whatsapps_own_spelling_of_a_known_number_is_no_second_number() {
    let f = fixture();
    let a = resolve(&f, keys(Some("+5511987654321"), None, None));
    resolve(&f, keys(None, Some("551187654321"), None));
    let kinds: Vec<String> = f.read(|c| identifiers::of_contact(c, a.contact_id)).into_iter().map(|i| i.kind).collect();
    assert_eq!(kinds, ["wa_id", "phone"]);
    assert_eq!(f.read(|c| contacts::get(c, a.contact_id)).unwrap().phone.as_deref(), Some("+5511987654321"));
}

#[test]
fn a_number_and_a_user_id_in_one_webhook_become_one_person_and_the_stop_holds() {
    let f = fixture();
    let by_phone = resolve(&f, keys(Some("+14165550123"), None, None)).contact_id;
    let by_bsuid = resolve(&f, keys(None, None, Some("CA.abc"))).contact_id;
    record(&f, by_bsuid, EventKind::OptOut, Via::Chat);
    // The other entry agreed later: in one row that would lift the stop of whom we did not know to be the same.
    record(&f, by_phone, EventKind::OptIn, Via::Chat);
    let both = resolve(&f, keys(Some("+14165550123"), None, Some("CA.abc")));
    assert_eq!((both.contact_id, both.merged), (by_phone, Some(by_bsuid)));
    for id in [by_phone, by_bsuid] {
        let look = f.read(|c| suppression::check(c, id, Some(Category::Utility)));
        assert!(look.suppressed.is_some(), "the stop holds under either id");
    }
    assert_eq!(f.read(|c| contacts::get(c, by_bsuid)).unwrap().contact_id, by_phone);
    assert_eq!(f.read(|c| contacts::get(c, by_phone)).unwrap().consent, Summary::OptedOut.as_str());
    assert!(f.read(consent_state::differing).is_empty());
    let key = f.key.clone();
    assert!(f.read(|c| super::super::ledger_verify::verify(c, &key, None)).broken.is_none());
}

#[test]
fn merged_people_are_owed_one_message_per_campaign() {
    let f = fixture();
    let a = resolve(&f, keys(Some("+14165550123"), None, None)).contact_id;
    let b = resolve(&f, keys(None, None, Some("CA.abc"))).contact_id;
    f.write(move |tx, _| {
        for (i, (who, campaign)) in [(a, 1u8), (b, 1), (b, 2)].into_iter().enumerate() {
            tx.execute(
                "INSERT INTO outbox (outbox_id, campaign_id, contact_id, phone_number_id, kind, state, created_at_ms, updated_at_ms)
                 VALUES (?1, ?2, ?3, '1', 'template', 'queued', 0, 0)",
                rusqlite::params![[u8::try_from(i).unwrap(); 16], [campaign; 16], who.bytes()],
            )?;
        }
        Ok(())
    });
    resolve(&f, keys(Some("+14165550123"), None, Some("CA.abc")));
    let rows: Vec<(u8, String)> = f.read(|c| {
        let mut s = c.prepare("SELECT outbox_id, state FROM outbox ORDER BY outbox_id")?;
        let rows = s.query_map([], |r| Ok((r.get::<_, [u8; 16]>(0)?[0], r.get(1)?)))?.collect::<Result<_, _>>()?;
        Ok(rows)
    });
    assert_eq!(rows, vec![(0, "queued".to_owned()), (1, "cancelled".to_owned()), (2, "queued".to_owned())]);
}

#[test]
fn a_stop_is_recorded_once_however_often_its_webhook_comes() {
    let f = fixture();
    let who = f.person("+14165550123", "Ana");
    for want in [true, false, false] {
        let recorded = f.write(move |tx, key| {
            let event = NewEvent {
                dedupe_key: Some("wamid.1".to_owned()),
                ..NewEvent::now(who, EventKind::OptOut, Via::Chat, tx.now())
            };
            consent_events::append(tx, key, &event)
        });
        assert_eq!(recorded.is_some(), want);
    }
    assert_eq!(f.read(|c| consent_events::timeline(c, who)).len(), 1);
}

#[test]
fn the_gate_answers_on_the_store_what_the_rules_say() {
    let f = fixture();
    let who = f.person("+14165550123", "Ana");
    let settings = consent_gate::GateSettings::default();
    let now = f.store.clock().now();
    let ask = |c| f.read(|conn| consent_gate::verdict(conn, who, c, now, &settings));
    assert_eq!(ask(Category::Marketing).reason, switchboard_domain::consent::Reason::NoEvidence);
    record(&f, who, EventKind::OptIn, Via::Operator);
    assert_eq!(ask(Category::Marketing).may_receive, switchboard_domain::consent::MayReceive::Yes);
    record(&f, who, EventKind::MarketingStop, Via::Platform);
    assert_eq!(ask(Category::Marketing).reason, switchboard_domain::consent::Reason::MarketingStopped);
    assert_eq!(ask(Category::Utility).may_receive, switchboard_domain::consent::MayReceive::Yes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_stored_state_is_always_the_fold_of_the_ledger(
        steps in proptest::collection::vec((0..3usize, 0..EventKind::ALL.len(), 0..Via::ALL.len(), 0..Precision::ALL.len(), 0i64..10), 1..14),
        merge_at in 0..14usize,
    ) {
        let f = fixture();
        let people = [f.person("+14165550101", "A"), f.person("+14165550102", "B"), f.person("+14165550103", "C")];
        for (i, (who, kind, via, precision, ago)) in steps.into_iter().enumerate() {
            if i == merge_at {
                let (a, b) = (people[0], people[1]);
                f.write(move |tx, key| merge(tx, key, a, b));
            }
            let contact = people[who];
            f.pass(std::time::Duration::from_millis(1));
            f.write(move |tx, key| {
                let at = tx.now().minus(std::time::Duration::from_secs(3600 * u64::try_from(ago).unwrap()));
                let event = NewEvent {
                    precision: Precision::ALL[precision],
                    ..NewEvent::now(contact, EventKind::ALL[kind], Via::ALL[via], at)
                };
                consent_events::append(tx, key, &event)
            });
        }
        prop_assert!(f.read(consent_state::differing).is_empty());
        prop_assert_eq!(f.write(|tx, _| rebuild_consent(tx)), 0);
        let key = f.key.clone();
        prop_assert!(f.read(|c| super::super::ledger_verify::verify(c, &key, None)).broken.is_none());
    }
}
