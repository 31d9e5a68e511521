#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use switchboard_domain::audience::{
    CampaignFacts, CampaignPart, Condition, ConsentWord, Facts, Filter, Group, Item, Join, ValueTest, tag_key,
};
use switchboard_domain::ids::{AudienceListId, CampaignId, ImportId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::send::OutboxState;
use switchboard_domain::template::Category;

use super::*;
use crate::tables::consent_gate::{self, GateSettings};
use crate::tables::contacts::Names;
use crate::tables::identifiers::PersonKeys;
use crate::tables::people;
use crate::tables::test_support::fixture;
use crate::{StoreError, WriteTx};

const NOW: UnixMillis = UnixMillis::new(1_795_305_600_000);
const DAY: i64 = 86_400_000;
const TAGS: &[&str] = &["VIP", "Early bird", "Café"];
const COLUMNS: &[&str] = &["City", "Orders", "Last order"];
const VALUES: &[&str] =
    &["Toronto", " toronto", "Oslo", "12", "3,50", "1.234", "2026-08-01", "05/06/2026", "24 Dec 2026", "A+", " "];
const STATES: &[OutboxState] = OutboxState::ALL;

fn campaign(n: u8) -> CampaignId {
    CampaignId::from_bytes([n; 16])
}

fn import(n: u8) -> ImportId {
    ImportId::from_bytes([n; 16])
}

fn list(n: u8) -> AudienceListId {
    AudienceListId::from_bytes([n; 16])
}

fn person_id(n: usize) -> ContactId {
    ContactId::from_bytes([u8::try_from(n).unwrap() + 1; 16])
}

fn ago() -> impl Strategy<Value = UnixMillis> {
    // Edges of whole days and of Meta's whole seconds among them.
    prop_oneof![0..40 * DAY, (0i64..40).prop_map(|d| d * DAY), (0i64..3).prop_map(|d| d * DAY + 1000)]
        .prop_map(|ms| UnixMillis::new(NOW.as_ms() - ms))
}

type Sent = BTreeMap<u8, (OutboxState, u8, UnixMillis, bool)>;

fn someone() -> impl Strategy<Value = (Facts, Sent)> {
    let sent = prop::collection::btree_map(1u8..4, (select(STATES), 0u8..5, ago(), any::<bool>()), 0..3);
    (
        subsequence(TAGS, 0..=2),
        prop::collection::btree_map(
            select(COLUMNS).prop_map(str::to_owned),
            select(VALUES).prop_map(str::to_owned),
            0..3,
        ),
        select(ConsentWord::ALL),
        prop::collection::btree_set(1u8..3, 0..2),
        prop::collection::btree_set(1u8..3, 0..2),
        sent,
        prop::option::of(ago()),
        ago(),
    )
        .prop_map(|(tags, attributes, consent, imports, lists, sent, wrote_at, added_at)| {
            let taken = |state: OutboxState, failed_later: bool| {
                matches!(state, OutboxState::Accepted | OutboxState::Held)
                    || (state == OutboxState::Refused && failed_later)
            };
            let open = |s: OutboxState| {
                matches!(s, OutboxState::Claimed | OutboxState::Sending | OutboxState::Unknown | OutboxState::Held)
            };
            let facts = Facts {
                contact_id: ContactId::from_bytes([0; 16]),
                tags: tags.iter().map(|t| tag_key(t)).collect(),
                attributes,
                consent,
                imports: imports.into_iter().map(import).collect(),
                lists: lists.into_iter().map(list).collect(),
                campaigns: sent
                    .iter()
                    .map(|(n, (state, rank, at, later))| {
                        let accepted_at = taken(*state, *later).then_some(*at);
                        (campaign(*n), CampaignFacts { state: *state, rank: *rank, accepted_at })
                    })
                    .collect(),
                contacted_at: sent
                    .values()
                    .filter(|(s, _, _, l)| taken(*s, *l) || open(*s))
                    .map(|(_, _, at, _)| *at)
                    .max(),
                wrote_at,
                added_at,
            };
            (facts, sent)
        })
}

fn condition() -> impl Strategy<Value = Condition> {
    let text = || select(VALUES).prop_filter("a value", |v| !v.trim().is_empty()).prop_map(str::to_owned);
    let number = || select(&["3.5", "12", "-1"][..]).prop_map(str::to_owned);
    let day = || select(&["2026-08-01", "2026-12-24", "2026-09-09"][..]).prop_map(str::to_owned);
    let value = prop_oneof![
        Just(ValueTest::Present),
        prop::collection::vec(text(), 1..3).prop_map(|values| ValueTest::Is { values }),
        select(&["OR", "o", "12", "é"][..]).prop_map(|t| ValueTest::Contains { text: t.to_owned() }),
        number().prop_map(|number| ValueTest::AtLeast { number }),
        number().prop_map(|number| ValueTest::AtMost { number }),
        day().prop_map(|day| ValueTest::Before { day }),
        day().prop_map(|day| ValueTest::Since { day }),
    ];
    let days = || prop::option::of(1u32..40);
    prop_oneof![
        subsequence(&["vip", "EARLY  BIRD", "café", "nobody's"][..], 1..=2)
            .prop_map(|tags| Condition::Tag { tags: tags.into_iter().map(str::to_owned).collect() }),
        (select(COLUMNS), value).prop_map(|(name, value)| Condition::Attribute { name: name.to_owned(), value }),
        subsequence(ConsentWord::ALL, 1..=3).prop_map(|any_of| Condition::Consent { any_of }),
        prop::collection::vec((1u8..4).prop_map(import), 1..3).prop_map(|import_ids| Condition::Import { import_ids }),
        (1u8..4).prop_map(|n| Condition::List { list_id: list(n) }),
        prop::collection::vec((0usize..14).prop_map(person_id), 1..4)
            .prop_map(|contact_ids| Condition::People { contact_ids }),
        (1u8..5, select(CampaignPart::ALL))
            .prop_map(|(n, part)| Condition::Campaign { campaign_id: campaign(n), part }),
        days().prop_map(|within_days| Condition::Contacted { within_days }),
        days().prop_map(|within_days| Condition::Wrote { within_days }),
        (1u32..40).prop_map(|within_days| Condition::Added { within_days }),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let item = |test: BoxedStrategy<Condition>| (any::<bool>(), test).prop_map(|(not, test)| Item { not, test });
    let group = move |inner: BoxedStrategy<Condition>| {
        (any::<bool>(), prop::collection::vec(item(inner), 0..4))
            .prop_map(|(any, items)| Group { join: if any { Join::Any } else { Join::All }, items })
    };
    let tree = condition().boxed().prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![group(inner).prop_map(|group| Condition::Group { group }), condition()].boxed()
    });
    group(tree.boxed()).prop_map(Filter::new)
}

fn write(tx: &mut WriteTx<'_>, id: ContactId, facts: &Facts, sent: &Sent) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO contacts (contact_id, attributes, consent, created_at_ms, updated_at_ms) VALUES (?1, ?2, ?3, ?4, ?4)",
        (
            id.bytes(),
            serde_json::to_string(&facts.attributes).unwrap(),
            facts.consent.as_str(),
            facts.added_at.as_ms(),
        ),
    )?;
    for tag in &facts.tags {
        add_tag(tx, id, tag)?;
    }
    for import in &facts.imports {
        tx.execute("INSERT INTO import_contacts VALUES (?1, ?2, 1)", (import.bytes(), id.bytes()))?;
    }
    for list in &facts.lists {
        add_to_list(tx, *list, &[id])?;
    }
    if let Some(at) = facts.wrote_at {
        tx.execute(
            "INSERT INTO threads (contact_id, phone_number_id, last_at_ms, last_inbound_at_ms) VALUES (?1, 'n', ?2, ?2)",
            (id.bytes(), at.as_ms()),
        )?;
    }
    for (n, (state, rank, at, _)) in sent {
        let accepted = facts.campaigns[&campaign(*n)].accepted_at.map(UnixMillis::as_ms);
        let mut row = *id.as_bytes();
        row[0] = *n;
        tx.execute(
            "INSERT INTO outbox (outbox_id, campaign_id, contact_id, phone_number_id, kind, state, delivery_rank, \
             accepted_at_ms, created_at_ms, updated_at_ms) VALUES (?1, ?2, ?3, 'n', 'template', ?4, ?5, ?6, ?7, ?7)",
            rusqlite::params![row, campaign(*n).bytes(), id.bytes(), state.as_str(), rank, accepted, at.as_ms()],
        )?;
    }
    Ok(())
}

/// Everybody for whom SQL says that the filter holds, in one form.
fn found(c: &Connection, filter: &Filter, form: Form) -> BTreeSet<ContactId> {
    let Compiled { sql, bind } = compile(filter, NOW, form, 1);
    let mut statement = c.prepare(&format!("SELECT c.contact_id FROM contacts c WHERE {PRESENT} AND {sql}")).unwrap();
    let rows = statement.query_map(params_from_iter(bind), |r| r.id("contact_id")).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn paged(c: &Connection, filter: &Filter) -> BTreeSet<ContactId> {
    let audience = Audience::Filter { filter: filter.clone() };
    let reason_sql = consent_gate::campaign_reason_sql(Category::Marketing, NOW, &GateSettings::default());
    let query = AudienceQuery { audience: &audience, reason_sql: &reason_sql, until: NOW };
    let mut all = BTreeSet::new();
    let mut cursor = None;
    loop {
        let (members, next) = audience_page(c, &query, cursor, 3).unwrap();
        for member in members {
            assert!(all.insert(member.contact_id), "nobody comes twice");
        }
        match next {
            Some(next) => cursor = Some(next),
            None => return all,
        }
    }
}

#[test]
fn sql_means_what_the_filter_means() {
    let f = fixture();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(400));
    runner
        .run(&(prop::collection::vec(someone(), 1..14), filter()), |(people, filter)| {
            let mut holds = BTreeSet::new();
            let people: Vec<(Facts, Sent)> = people
                .into_iter()
                .enumerate()
                .map(|(n, (facts, sent))| (Facts { contact_id: person_id(n), ..facts }, sent))
                .collect();
            for (facts, _) in &people {
                if filter.holds(facts, NOW) {
                    holds.insert(facts.contact_id);
                }
            }
            let asked = filter.clone();
            let (as_set, as_probe, counted, in_pages) = f
                .store
                .write_blocking(crate::Priority::Bulk, move |tx| {
                    for (facts, sent) in &people {
                        write(tx, facts.contact_id, facts, sent)?;
                    }
                    let seen = (
                        found(tx, &asked, Form::Set),
                        found(tx, &asked, Form::Probe),
                        count(tx, &Audience::Filter { filter: asked.clone() }, NOW)?,
                        paged(tx, &asked),
                    );
                    for table in
                        ["contacts", "contact_tags", "audience_list_members", "import_contacts", "threads", "outbox"]
                    {
                        tx.execute(&format!("DELETE FROM {table}"), [])?;
                    }
                    let left: u64 = tx.query_row("SELECT COUNT(*) FROM contact_values", [], |r| r.get(0))?;
                    assert_eq!(left, 0, "values go with their people");
                    Ok::<_, StoreError>(seen)
                })
                .unwrap();
            prop_assert_eq!(&as_set, &holds);
            prop_assert_eq!(&as_probe, &holds);
            prop_assert_eq!(counted.people, holds.len() as u64);
            prop_assert_eq!(&in_pages, &holds);
            Ok(())
        })
        .unwrap();
}

fn tagged(tag: &str) -> Audience {
    let test = Condition::Tag { tags: vec![tag.to_owned()] };
    Audience::Filter { filter: Filter::new(Group { join: Join::All, items: vec![Item { not: false, test }] }) }
}

#[test]
fn two_entries_that_become_one_person_are_one_person_of_an_audience() {
    let f = fixture();
    let a = f.person("+14165550123", "Ana Prova");
    let b = f.person("+16045550145", "Ana P");
    f.write(move |tx, key| {
        add_tag(tx, a, "Regular")?;
        add_tag(tx, b, "regular")?;
        add_tag(tx, b, "Early bird")?;
        add_to_list(tx, list(1), &[a, b])?;
        people::merge(tx, key, a, b)
    });
    f.read(|c| {
        assert_eq!(tags_of(c, a)?, vec!["Early bird", "Regular"]);
        assert_eq!(count(c, &tagged("regular"), NOW)?.people, 1);
        assert_eq!(count(c, &Audience::Contacts { contact_ids: vec![a, b] }, NOW)?.people, 1);
        assert_eq!(
            tags(c, 10)?,
            vec![
                TagCount { tag: "Early bird".to_owned(), people: 1 },
                TagCount { tag: "Regular".to_owned(), people: 1 },
            ]
        );
        Ok(())
    });
}

#[test]
fn a_column_of_tags_puts_them_on_people_and_columns_can_be_looked_through() {
    let f = fixture();
    let keys = PersonKeys::of_phone(PhoneNumber::from_stored("+14165550123"));
    let who = f.person("+14165550123", "Ana Prova");
    f.write(move |tx, _| {
        let attributes = r#"{"City":"Toronto","Tags":"VIP, Early bird"}"#;
        crate::tables::contacts::learn(tx, who, &Names::default(), &keys, Some(attributes), false)
    });
    f.read(|c| {
        assert_eq!(tags_of(c, who)?, vec!["Early bird", "VIP"]);
        assert_eq!(columns(c, 10)?, vec!["City", "Tags"]);
        assert_eq!(column_values(c, "City", 10)?, vec![("Toronto".to_owned(), 1)]);
        Ok(())
    });
    f.write(move |tx, _| remove_tag(tx, who, "vip"));
    f.write(move |tx, _| Ok(tx.execute("UPDATE contacts SET attributes = '{\"City\":\"Oslo\"}'", [])?));
    f.read(|c| {
        assert_eq!(tags_of(c, who)?, vec!["Early bird"]);
        assert_eq!(column_values(c, "City", 10)?, vec![("Oslo".to_owned(), 1)]);
        assert_eq!(columns(c, 10)?, vec!["City"]);
        Ok(())
    });
    f.write(move |tx, _| Ok(tx.execute("UPDATE contacts SET attributes = '{}', erased_at_ms = 1", [])?));
    f.read(|c| {
        assert_eq!((columns(c, 10)?.len(), tags(c, 10)?.len()), (0, 0), "nothing of an erased person stays");
        Ok(())
    });
}
