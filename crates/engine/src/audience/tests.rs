#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use switchboard_bridge::dto::{AudienceFilter, AudienceGroup, AudienceItem, AudienceJoin, AudienceTest};

use super::*;
use crate::sender::rig::Rig;

fn tagged(tag: &str) -> AudienceDto {
    AudienceDto {
        kind: AudienceKind::Filter,
        import_ids: Vec::new(),
        contact_ids: Vec::new(),
        filter: Some(AudienceFilter {
            v: 1,
            group: AudienceGroup {
                join: AudienceJoin::All,
                items: vec![AudienceItem { not: false, test: AudienceTest::Tag { tags: vec![tag.to_owned()] } }],
            },
        }),
    }
}

#[test]
fn a_filter_is_the_same_json_on_both_sides() {
    let filter = serde_json::json!({ "v": 1, "group": { "join": "any", "items": [
        { "not": true, "test": { "kind": "attribute", "name": "City", "value": { "op": "is", "values": ["Oslo"] } } },
        { "not": false, "test": { "kind": "attribute", "name": "City", "value": { "op": "present" } } },
        { "not": false, "test": { "kind": "attribute", "name": "City", "value": { "op": "contains", "text": "o" } } },
        { "not": false, "test": { "kind": "attribute", "name": "n", "value": { "op": "at_least", "number": "1" } } },
        { "not": false, "test": { "kind": "attribute", "name": "n", "value": { "op": "at_most", "number": "1" } } },
        { "not": false, "test": { "kind": "attribute", "name": "d", "value": { "op": "before", "day": "2026-01-01" } } },
        { "not": false, "test": { "kind": "attribute", "name": "d", "value": { "op": "since", "day": "2026-01-01" } } },
        { "not": false, "test": { "kind": "consent", "any_of": ["opted_in", "attested", "opted_out", "marketing_stopped", "to_decide", "no_evidence"] } },
        { "not": false, "test": { "kind": "import", "import_ids": ["01940000-0000-7000-8000-000000000001"] } },
        { "not": false, "test": { "kind": "list", "list_id": "01940000-0000-7000-8000-000000000001" } },
        { "not": false, "test": { "kind": "people", "contact_ids": ["01940000-0000-7000-8000-000000000001"] } },
        { "not": false, "test": { "kind": "campaign", "campaign_id": "01940000-0000-7000-8000-000000000001", "part": "read_not_replied" } },
        { "not": false, "test": { "kind": "contacted", "within_days": null } },
        { "not": false, "test": { "kind": "wrote", "within_days": 30 } },
        { "not": false, "test": { "kind": "added", "within_days": 7 } },
        { "not": false, "test": { "kind": "group", "group": { "join": "all", "items": [] } } }
    ] } });
    let audience = serde_json::json!({ "kind": "filter", "import_ids": [], "contact_ids": [], "filter": filter });
    let dto: AudienceDto = serde_json::from_value(audience.clone()).unwrap();
    let kept = read(&dto).unwrap();
    assert_eq!(serde_json::to_value(show(&kept)).unwrap(), audience);
    for part in switchboard_domain::audience::CampaignPart::ALL {
        let word = serde_json::to_value(part).unwrap();
        assert!(serde_json::from_value::<dto::CampaignPart>(word).is_ok(), "{part:?}");
    }
}

#[tokio::test]
async fn a_count_names_some_people_and_follows_the_tags() {
    let rig = Rig::new().await;
    let people = rig.people(12).await;
    rig.opt_out(people[0]).await;
    let ids = people[..5].iter().map(ToString::to_string).collect();
    tag(&rig.console, ContactTag { ids, tag: " Regular ".to_owned(), on: true }).await.unwrap();
    let counted = count(&rig.console, AudienceCountRequest { audience: tagged("regular"), some: 3 }).await.unwrap();
    assert_eq!((counted.people, counted.may_market, counted.some.len()), (5, 4, 3));
    assert_eq!(choices(&rig.console).await.unwrap().tags[0].tag, "Regular");
    tag(&rig.console, ContactTag { ids: vec![people[1].to_string()], tag: "regular".to_owned(), on: false })
        .await
        .unwrap();
    let counted = count(&rig.console, AudienceCountRequest { audience: tagged("regular"), some: 0 }).await.unwrap();
    assert_eq!((counted.people, counted.some.len()), (4, 0));
    let two = ContactTag { ids: vec![], tag: "a, b".to_owned(), on: true };
    assert_eq!(tag(&rig.console, two).await.unwrap_err().code, UiErrorCode::InvalidInput);
}

#[tokio::test]
async fn what_is_not_finished_is_said_and_counts_nobody() {
    let rig = Rig::new().await;
    rig.people(2).await;
    let counted = count(&rig.console, AudienceCountRequest { audience: tagged(" "), some: 3 }).await.unwrap();
    assert_eq!(counted.people, 0);
    assert_eq!(counted.problem.as_deref(), Some("A condition is not finished: which tag."));
}

#[tokio::test]
async fn an_uploaded_list_chooses_whom_we_know_and_adds_nobody() {
    let rig = Rig::new().await;
    let people = rig.people(5).await;
    let file = rig.dir.path().join("guests.csv");
    let known = [crate::sender::rig::phone(0), crate::sender::rig::phone(1), crate::sender::rig::phone(1)];
    let rows: String = known.iter().map(|n| format!("Guest,{n}\n")).collect();
    std::fs::write(&file, format!("Name,Phone\n{rows}Stranger,+15145550199\nNobody,not given\n")).unwrap();
    let request = AudienceListAdd { path: file.to_string_lossy().into_owned(), region: None };
    let list = add_list(&rig.console, request).await.unwrap();
    assert_eq!((list.rows, list.people, list.unknown, list.unreadable), (5, 2, 1, 1));
    let mut audience = tagged("x");
    if let Some(filter) = &mut audience.filter {
        filter.group.items[0].test = AudienceTest::List { list_id: list.id.clone() };
    }
    let counted = count(&rig.console, AudienceCountRequest { audience, some: 5 }).await.unwrap();
    assert_eq!(counted.people, 2);
    assert!(counted.some.iter().any(|p| p.contact_id == people[0].to_string()));
    assert_eq!(choices(&rig.console).await.unwrap().lists[0].file_name, "guests.csv");
    let page = AudienceCountRequest {
        audience: AudienceDto { kind: AudienceKind::Everybody, import_ids: vec![], contact_ids: vec![], filter: None },
        some: 0,
    };
    assert_eq!(count(&rig.console, page).await.unwrap().people, 5);
}
