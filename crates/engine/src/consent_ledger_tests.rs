#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use switchboard_bridge::dto;
use switchboard_domain::consent::Purposes;
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::template::Category;
use switchboard_domain::time::SharedClock;
use switchboard_store::tables::contacts::Names;
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::people;
use switchboard_store::{DbKey, OpenStore};

use super::*;
use crate::clock::SystemClock;
use crate::ledger_check::{Watch, walk};
use crate::{contacts as pages, take_contacts};

struct Rig {
    store: Store,
    key: LedgerKey,
    _dir: tempfile::TempDir,
}

fn rig() -> Rig {
    let dir = tempfile::tempdir().unwrap();
    let key = DbKey::new([5; 32]);
    let clock: SharedClock = std::sync::Arc::new(SystemClock::new());
    let store =
        Store::open(OpenStore { path: dir.path().join("console.db"), key: key.clone(), clock, readers: 2 }).unwrap();
    Rig { store, key: LedgerKey::derive(&key), _dir: dir }
}

impl Rig {
    fn person(&self, e164: &str, name: &str) -> ContactId {
        let key = self.key.clone();
        let keys = PersonKeys::of_phone(PhoneNumber::from_stored(e164));
        let names = Names::of_full(name);
        self.store
            .write_blocking(Priority::Bulk, move |tx| people::resolve_in(tx, &key, &keys, &names))
            .unwrap()
            .contact_id
    }

    fn record(&self, who: ContactId, kind: EventKind, via: Via, ago: Duration) -> ConsentEventId {
        let key = self.key.clone();
        self.store
            .write_blocking(Priority::OptOut, move |tx| {
                let event = NewEvent::now(who, kind, via, tx.now().minus(ago));
                record_in(tx, &key, &event)
            })
            .unwrap()
            .unwrap()
            .0
    }

    /// Queues one marketing and one utility template.
    fn queue(&self, who: ContactId) {
        self.store
            .write_blocking(Priority::Bulk, move |tx| {
                for (n, category) in [(1u8, "marketing"), (2, "utility")] {
                    tx.execute(
                        "INSERT INTO outbox (outbox_id, campaign_id, contact_id, phone_number_id, kind, category, state, created_at_ms, updated_at_ms)
                         VALUES (?1, ?2, ?3, '1', 'template', ?4, 'queued', 0, 0)",
                        ([n; 16], [n; 16], who.as_bytes(), category),
                    )?;
                }
                Ok::<_, StoreError>(())
            })
            .unwrap();
    }

    fn queued(&self) -> Vec<String> {
        self.store
            .read_blocking(|c| {
                let mut s = c.prepare("SELECT category FROM outbox WHERE state = 'queued' ORDER BY category")?;
                let rows = s.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?;
                Ok::<Vec<String>, StoreError>(rows)
            })
            .unwrap()
    }
}

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn an_opt_out_cancels_everything_queued_in_its_own_transaction() {
    let rig = rig();
    let who = rig.person("+14165550123", "Ana");
    rig.queue(who);
    opt_out(&rig.store, &rig.key, who, "asked at the counter".to_owned(), Via::Operator).await.unwrap();
    assert!(rig.queued().is_empty());
    let page = pages::get(&rig.store, who).await.unwrap();
    assert_eq!(page.row.consent, "opted_out");
    assert!(page.may_receive.iter().all(|v| v.may_receive == dto::MayReceive::No && v.reason == "opted_out"));
    assert!(page.timeline[0].text.contains("asked at the counter"));
    let why = pages::why(&rig.store, who, Category::Utility).await.unwrap();
    assert_eq!(why.event_id.as_deref(), Some(page.timeline[0].id.as_str()));
    assert!(why.remedy.is_some());
}

#[tokio::test]
async fn a_stop_by_whatsapps_own_menu_cancels_marketing_alone() {
    let rig = rig();
    let who = rig.person("+14165550123", "Ana");
    rig.queue(who);
    rig.record(who, EventKind::MarketingStop, Via::Platform, Duration::ZERO);
    assert_eq!(rig.queued(), ["utility"]);
}

#[tokio::test]
async fn an_old_opt_out_that_the_person_has_lifted_since_cancels_nothing() {
    let rig = rig();
    let who = rig.person("+14165550123", "Ana");
    rig.record(who, EventKind::OptIn, Via::Chat, DAY);
    rig.queue(who);
    rig.record(who, EventKind::OptOut, Via::Chat, DAY * 2);
    assert_eq!(rig.queued().len(), 2);
}

#[tokio::test]
async fn a_probable_opt_out_waits_and_both_decisions_stay_on_record() {
    let rig = rig();
    let who = rig.person("+14165550123", "Ana");
    rig.record(who, EventKind::OptIn, Via::Operator, DAY);
    let first = rig.record(who, EventKind::ProbableOptOut, Via::Chat, Duration::ZERO);
    let page = pages::get(&rig.store, who).await.unwrap();
    assert_eq!((page.row.consent.as_str(), page.to_decide.len()), ("to_decide", 1));

    decide(&rig.store, &rig.key, first, false, "asked about an order".to_owned()).await.unwrap();
    let page = pages::get(&rig.store, who).await.unwrap();
    assert_eq!((page.row.consent.as_str(), page.to_decide.len(), page.timeline.len()), ("opted_in", 0, 3));
    let twice = decide(&rig.store, &rig.key, first, true, String::new()).await.unwrap_err();
    assert_eq!(UiError::from(twice).code, UiErrorCode::WrongState);

    let second = rig.record(who, EventKind::ProbableOptOut, Via::Chat, Duration::ZERO);
    decide(&rig.store, &rig.key, second, true, String::new()).await.unwrap();
    assert_eq!(pages::get(&rig.store, who).await.unwrap().row.consent, "opted_out");
    assert_eq!(walk(&rig.store, &rig.key, None, &Watch::default()).await.unwrap().unwrap().broken, None);
}

#[tokio::test]
async fn only_a_documented_opt_in_of_one_person_lifts_an_opt_out() {
    let rig = rig();
    let who = rig.person("+14165550123", "Ana");
    rig.record(who, EventKind::OptOut, Via::Chat, DAY * 2);
    let given = OperatorOptIn {
        contact_id: who,
        at: rig.store.clock().now().minus(DAY),
        wording: String::new(),
        source: "counter".to_owned(),
        purposes: Purposes::GENERAL,
    };
    let refused = opt_in(&rig.store, &rig.key, given.clone()).await.unwrap_err();
    assert_eq!(UiError::from(refused).code, UiErrorCode::InvalidInput);
    opt_in(&rig.store, &rig.key, OperatorOptIn { wording: "I want messages again.".to_owned(), ..given })
        .await
        .unwrap();
    let page = pages::get(&rig.store, who).await.unwrap();
    assert_eq!(page.row.consent, "opted_in");
    assert_eq!(page.timeline[0].wording.as_deref(), Some("I want messages again."));
}

#[tokio::test]
async fn unknown_ids_get_a_sentence() {
    let rig = rig();
    let nobody = ContactId::new(rig.store.clock().now());
    let error = UiError::from(opt_out(&rig.store, &rig.key, nobody, String::new(), Via::Cli).await.unwrap_err());
    assert_eq!(error.code, UiErrorCode::NotFound);
    assert!(pages::id_of("no id").is_err());
}

#[tokio::test]
async fn lists_filter_by_what_people_may_get() {
    let rig = rig();
    let yes = rig.person("+14165550101", "Ana");
    let us = rig.person("+12125550102", "Ben");
    let out = rig.person("+14165550103", "Cleo");
    rig.person("+14165550104", "Dan");
    rig.record(yes, EventKind::OptIn, Via::Operator, DAY);
    rig.record(us, EventKind::OptIn, Via::Operator, DAY);
    rig.record(out, EventKind::OptOut, Via::Chat, DAY);
    let names = |filter, search: Option<&str>| {
        let request = dto::ContactListRequest {
            search: search.map(str::to_owned),
            filter,
            import_id: None,
            offset: 0,
            limit: 50,
        };
        let store = rig.store.clone();
        async move {
            let page = pages::list(&store, request).await.unwrap();
            assert_eq!(page.total, page.rows.len() as u64);
            page.rows.into_iter().map(|r| r.name).collect::<Vec<_>>()
        }
    };
    assert_eq!(names(dto::ContactFilter::All, None).await, ["Ana", "Ben", "Cleo", "Dan"]);
    assert_eq!(names(dto::ContactFilter::Marketing, None).await, ["Ana"]);
    assert_eq!(names(dto::ContactFilter::OptedOut, None).await, ["Cleo"]);
    assert_eq!(names(dto::ContactFilter::NoConsent, None).await, ["Dan"]);
    assert_eq!(names(dto::ContactFilter::All, Some("555 010")).await.len(), 4);
    assert_eq!(names(dto::ContactFilter::OptedOut, Some("cle")).await, ["Cleo"]);
}

#[tokio::test]
async fn people_are_taken_along_with_their_consent_but_not_what_the_practice_account_played() {
    let practice = rig();
    let real = rig();
    let agreed = practice.person("+14165550101", "Ana");
    let asked_out = practice.person("+14165550102", "Ben");
    let played = practice.person("+14165550103", "Cleo");
    practice.record(agreed, EventKind::OptIn, Via::Import, DAY);
    practice.record(asked_out, EventKind::OptOut, Via::Operator, DAY);
    practice.record(played, EventKind::OptIn, Via::Import, DAY * 2);
    practice.record(played, EventKind::OptOut, Via::Chat, DAY);
    practice.record(agreed, EventKind::MarketingStop, Via::Platform, DAY / 2);
    let stood = real.person("+14165550101", "Ana");
    real.record(stood, EventKind::OptOut, Via::Chat, DAY * 9);

    let taken = take_contacts::take(&real.store, &real.key, &practice.store, true).await.unwrap();
    assert_eq!((taken.added, taken.known), (2, 1));
    let request = dto::ContactListRequest {
        search: None,
        filter: dto::ContactFilter::All,
        import_id: None,
        offset: 0,
        limit: 50,
    };
    let state: Vec<(String, String)> =
        pages::list(&real.store, request).await.unwrap().rows.into_iter().map(|r| (r.name, r.consent)).collect();
    let want = [("Ana", "opted_out"), ("Ben", "opted_out"), ("Cleo", "opted_in")];
    assert_eq!(state, want.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let again = take_contacts::take(&real.store, &real.key, &practice.store, true).await.unwrap();
    assert_eq!((again.added, again.known), (0, 3));
    let cleo = pages::list(
        &real.store,
        dto::ContactListRequest {
            search: Some("cleo".to_owned()),
            filter: dto::ContactFilter::All,
            import_id: None,
            offset: 0,
            limit: 1,
        },
    )
    .await
    .unwrap();
    let cleo = pages::get(&real.store, pages::id_of(&cleo.rows[0].id).unwrap()).await.unwrap();
    assert_eq!(cleo.timeline.len(), 1, "taking along twice records once");
    assert_eq!(walk(&real.store, &real.key, None, &Watch::default()).await.unwrap().unwrap().broken, None);
}

#[tokio::test]
async fn an_opt_out_holds_although_the_clock_was_set_back_before_the_opt_in() {
    let rig = rig();
    let who = rig.person("+14165550123", "Ana Prova");
    // The opt-in was recorded a day "later" than it is now: somebody set the clock back.
    let key = rig.key.clone();
    rig.store
        .write_blocking(Priority::Claim, move |tx| {
            let later = tx.now().plus(Duration::from_secs(86_400));
            record_in(tx, &key, &NewEvent::now(who, EventKind::OptIn, Via::Operator, later)).map(drop)
        })
        .unwrap();
    opt_out(&rig.store, &rig.key, who, String::new(), Via::Operator).await.unwrap();
    let verdict = pages::why(&rig.store, who, Category::Marketing).await.unwrap();
    assert_ne!(verdict.may_receive, dto::MayReceive::Yes);
    assert_eq!(verdict.reason, "opted_out");
}
