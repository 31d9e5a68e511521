#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use switchboard_domain::consent::{Decided, OptIn};
use switchboard_domain::ids::ConsentEventId;

use super::super::test_support::fixture;
use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// The set-based condition is a second writing of the rules, so every combination is held against the first.
    #[test]
    fn the_condition_over_many_equals_the_gate_for_one(
        people in proptest::collection::vec((0u16..2048, any::<bool>(), 0..3i64, 0..3i64), 1..40), us_allowed in any::<bool>()
    ) {
        let f = fixture();
        let now = f.store.clock().now();
        let by = Decided { event: ConsentEventId::from_bytes([1; 16]), at: now };
        for (i, (bits, attested, unreachable, withheld)) in people.iter().copied().enumerate() {
            let set = move |b: u16| bits & (1 << b) != 0;
            let id = ContactId::from_bytes([u8::try_from(i).unwrap(); 16]);
            let state = ConsentState {
                marketing: set(0).then_some(OptIn { by, attested }),
                utility: set(1).then_some(OptIn { by, attested: !attested }),
                declined: (set(2) && !set(0)).then_some(by),
                opted_out: (set(3) && set(10)).then_some(by),
                marketing_stopped: (set(4) && set(10)).then_some(by),
                probable_opt_out: (set(5) && set(10)).then_some(by),
                blocked: (set(6) && set(10)).then_some(by),
                erased: (set(7) && set(10)).then_some(by),
                last_event_at: Some(now),
            };
            let hour = 3_600_000;
            f.write(move |tx, _| {
                tx.execute(
                    "INSERT INTO contacts (contact_id, phone, bsuid, is_us, created_at_ms, updated_at_ms) VALUES (?1, ?2, ?3, ?4, 0, 0)",
                    rusqlite::params![id.bytes(), (!set(8)).then_some("+1"), set(9).then_some("CA.1"), set(2) && attested],
                )?;
                if bits != 0 {
                    consent_state::put(tx, id, &state)?;
                }
                if unreachable + withheld > 0 {
                    tx.execute(
                        "INSERT INTO reachability (contact_id, unreachable_until_ms, withheld_until_ms) VALUES (?1, ?2, ?3)",
                        rusqlite::params![
                            id.bytes(),
                            (unreachable > 0).then_some(now.as_ms() + (unreachable - 1) * hour),
                            (withheld > 0).then_some(now.as_ms() + (withheld - 1) * hour)
                        ],
                    )?;
                }
                Ok(())
            });
        }
        let settings = GateSettings { us_marketing_allowed: us_allowed, ..GateSettings::default() };
        for category in [Category::Marketing, Category::Utility, Category::Authentication] {
            let sql = format!(
                "SELECT c.contact_id, {} AS reason FROM contacts c {CAMPAIGN_JOINS}",
                campaign_reason_sql(category, now, &settings)
            );
            let rows: Vec<(ContactId, Option<String>)> = f.read(|c| {
                let mut s = c.prepare(&sql)?;
                let rows = s.query_map([], |r| Ok((r.id("contact_id")?, r.get("reason")?)))?.collect::<Result<_, _>>()?;
                Ok(rows)
            });
            prop_assert_eq!(rows.len(), people.len());
            for (id, word) in rows {
                let v = f.read(|c| verdict(c, id, category, now, &settings));
                // A campaign does not follow up what somebody wrote; without threads here both say the same.
                let want = (!v.allows(SendMode::Campaign)).then(|| v.reason.as_str().to_owned());
                prop_assert_eq!(&word, &want);
                if let Some(word) = word {
                    prop_assert!(reason_sentence(&word, category).is_some());
                }
            }
        }
    }
}
