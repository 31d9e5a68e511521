//! The live count of an audience, beside everybody's: an address book of a million people with tags, columns, a
//! campaign that reached half of them and conversations with a tenth.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use switchboard_domain::audience::{
    Audience, CampaignPart, Condition, ConsentWord, Filter, Group, Item, Join, ValueTest, value_key,
};
use switchboard_domain::ids::{CampaignId, ContactId};
use switchboard_domain::template::Category;
use switchboard_domain::time::{Clock, UnixMillis};
use switchboard_engine::clock::SystemClock;
use switchboard_store::tables::audience::{self, AudienceQuery};
use switchboard_store::tables::consent_gate::{GateSettings, campaign_reason_sql};
use switchboard_store::{DbKey, OpenStore, Priority, Store, StoreError};

use crate::figure::{Aim, Figure, Report};

/// People written in one transaction.
const CHUNK: usize = 5_000;
/// A count should be there before one has looked for it.
const COUNT_MS: f64 = 1_000.0;
const DAY_MS: i64 = 86_400_000;

fn campaign() -> CampaignId {
    CampaignId::from_bytes([7; 16])
}

fn is(test: Condition) -> Item {
    Item { not: false, test }
}

fn is_not(test: Condition) -> Item {
    Item { not: true, test }
}

fn filter(join: Join, items: Vec<Item>) -> Audience {
    Audience::Filter { filter: Filter::new(Group { join, items }) }
}

fn tag(tag: &str) -> Condition {
    Condition::Tag { tags: vec![tag.to_owned()] }
}

fn city(name: &str) -> Condition {
    Condition::Attribute { name: "City".to_owned(), value: ValueTest::Is { values: vec![name.to_owned()] } }
}

fn cases() -> Vec<(&'static str, Audience)> {
    let of_campaign = |part| Condition::Campaign { campaign_id: campaign(), part };
    vec![
        ("everybody", Audience::Everybody),
        ("a tag of one in a hundred", filter(Join::All, vec![is(tag("Wholesale"))])),
        ("a column of one in five", filter(Join::All, vec![is(city("Oslo"))])),
        ("half of all, without a tag", filter(Join::All, vec![is(tag("Regular")), is_not(tag("Wholesale"))])),
        ("read and did not reply", filter(Join::All, vec![is(of_campaign(CampaignPart::ReadNotReplied))])),
        ("never contacted", filter(Join::All, vec![is_not(Condition::Contacted { within_days: None })])),
        (
            "nested: (city or wrote lately) and agreed, not contacted in 30 days",
            filter(
                Join::All,
                vec![
                    is(Condition::Group {
                        group: Group {
                            join: Join::Any,
                            items: vec![is(city("Oslo")), is(Condition::Wrote { within_days: Some(30) })],
                        },
                    }),
                    is(Condition::Consent { any_of: vec![ConsentWord::OptedIn] }),
                    is_not(Condition::Contacted { within_days: Some(30) }),
                ],
            ),
        ),
    ]
}

/// Measures and prints.
pub fn run(report: &mut Report, runs: u32, people: usize) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("making a folder")?;
    let store = Store::open(OpenStore {
        path: folder.path().join("console.db"),
        key: DbKey::new([7; 32]),
        clock: Arc::new(SystemClock::new()),
        readers: 1,
    })?;
    let began = Instant::now();
    fill(&store, people)?;
    eprintln!("switchboard-bench: {people} people written in {:.1} s", began.elapsed().as_secs_f64());
    let now = SystemClock::new().now();
    let head = format!("people={people}, ");
    for (case, audience) in cases() {
        let mut values = Vec::new();
        let mut found = 0;
        for _ in 0..runs {
            let began = Instant::now();
            found = store.read_blocking(|c| audience::count(c, &audience, now))?.people;
            values.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        report.print(&Figure {
            bench: "audience",
            case: &format!("{head}{case} ({found})"),
            metric: "count",
            unit: "ms",
            values: &values,
            baseline: None,
            aim: Aim::AtMost(COUNT_MS),
            rss_peak_mib: crate::memory::peak_mib(),
            durability: "full",
        });
    }
    let (_, nested) = cases().pop().context("a case")?;
    let reason_sql = campaign_reason_sql(Category::Marketing, now, &GateSettings::default());
    let query = AudienceQuery { audience: &nested, reason_sql: &reason_sql, until: now };
    let (mut longest_ms, mut cursor, mut all) = (0.0_f64, None, 0usize);
    let began = Instant::now();
    loop {
        let page = Instant::now();
        let (members, next) = store.read_blocking(|c| audience::audience_page(c, &query, cursor, 500))?;
        longest_ms = longest_ms.max(page.elapsed().as_secs_f64() * 1000.0);
        all += members.len();
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    let whole = began.elapsed().as_secs_f64();
    for (metric, unit, value, aim) in
        [("longest_page", "ms", longest_ms, Aim::AtMost(50.0)), ("gone_through", "s", whole, Aim::AtMost(20.0))]
    {
        report.print(&Figure {
            bench: "audience",
            case: &format!("{head}pages of the nested filter ({all})"),
            metric,
            unit,
            values: &[value],
            baseline: None,
            aim,
            rss_peak_mib: crate::memory::peak_mib(),
            durability: "full",
        });
    }
    Ok(())
}

fn fill(store: &Store, people: usize) -> anyhow::Result<()> {
    let now = SystemClock::new().now();
    let mut at = 0;
    while at < people {
        let to = people.min(at + CHUNK);
        store.write_blocking(Priority::Bulk, move |tx| {
            for n in at..to {
                write_one(tx, n, now)?;
            }
            Ok::<_, StoreError>(())
        })?;
        at = to;
    }
    Ok(())
}

fn write_one(tx: &rusqlite::Connection, n: usize, now: UnixMillis) -> Result<(), StoreError> {
    let order = u64::try_from(n).unwrap_or_default();
    let id = ContactId::in_order(now, order, [1, 2, 3, 4]);
    let ago = |n: usize, days: usize| now.as_ms() - i64::try_from(n % days).unwrap_or_default() * DAY_MS - 1;
    let city = ["Oslo", "Toronto", "Nairobi", "Lima", "Pune"].get(n % 5).copied().unwrap_or_default();
    let agreed = !n.is_multiple_of(10);
    tx.prepare_cached(
        "INSERT INTO contacts (contact_id, name, first_name, phone, display_name, search_text, consent, may_market, attributes, \
         created_at_ms, updated_at_ms) VALUES (?1, ?2, 'Person', ?3, ?2, ?2, ?4, ?5, ?6, ?7, ?7)",
    )?
    .execute(rusqlite::params![
        id.as_bytes(),
        format!("person {n}"),
        format!("+1416{n:07}"),
        if agreed { "opted_in" } else { "no_evidence" },
        agreed,
        format!(r#"{{"City":"{city}","Orders":"{}"}}"#, n % 40),
        ago(n, 400),
    ])?;
    let mut tag = tx.prepare_cached("INSERT INTO contact_tags (contact_id, tag_key, tag) VALUES (?1, ?2, ?3)")?;
    if n.is_multiple_of(2) {
        tag.execute((id.as_bytes(), value_key("Regular"), "Regular"))?;
    }
    if n.is_multiple_of(100) {
        tag.execute((id.as_bytes(), value_key("Wholesale"), "Wholesale"))?;
    }
    if n.is_multiple_of(2) {
        let at = ago(n / 2, 90);
        tx.prepare_cached(
            "INSERT INTO outbox (outbox_id, campaign_id, contact_id, phone_number_id, kind, category, state, delivery_rank, \
             accepted_at_ms, created_at_ms, updated_at_ms) \
             VALUES (?1, ?2, ?1, 'n', 'template', 'marketing', 'accepted', ?3, ?4, ?4, ?4)",
        )?
        .execute((id.as_bytes(), campaign().as_bytes(), n % 4, at))?;
    }
    if n.is_multiple_of(10) {
        tx.prepare_cached(
            "INSERT INTO threads (contact_id, phone_number_id, last_at_ms, last_inbound_at_ms) VALUES (?1, 'n', ?2, ?2)",
        )?
        .execute((id.as_bytes(), ago(n / 10, 120)))?;
    }
    Ok(())
}
