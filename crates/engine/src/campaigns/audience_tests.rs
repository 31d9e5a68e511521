//! Audiences and values of campaigns, from the draft to the wire: what is frozen, who is left out and why, and that
//! nothing is sent by guess.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::atomic::Ordering;
use std::time::Duration;

use switchboard_bridge::dto::{
    Audience, AudienceFilter, AudienceGroup, AudienceItem, AudienceJoin, AudienceKind, AudienceTest, CampaignDraft,
    CampaignPart, CampaignPreviewsRequest, CampaignRecipientsSave, CampaignStateDto, ContactTag, FormatKind,
    ValueFormat, ValueSource, VariableValue,
};
use switchboard_domain::ids::{CampaignId, ContactId};

use super::*;
use crate::sender::rig::Rig;

fn filter(items: Vec<AudienceItem>) -> Audience {
    Audience {
        kind: AudienceKind::Filter,
        import_ids: Vec::new(),
        contact_ids: Vec::new(),
        filter: Some(AudienceFilter { v: 1, group: AudienceGroup { join: AudienceJoin::All, items } }),
    }
}

fn is(test: AudienceTest) -> AudienceItem {
    AudienceItem { not: false, test }
}

fn tagged(tag: &str) -> AudienceItem {
    is(AudienceTest::Tag { tags: vec![tag.to_owned()] })
}

async fn tag(rig: &Rig, who: &[ContactId], tag: &str, on: bool) {
    let ids = who.iter().map(ToString::to_string).collect();
    crate::audience::tag(&rig.console, ContactTag { ids, tag: tag.to_owned(), on }).await.unwrap();
}

async fn attribute(rig: &Rig, who: ContactId, json: &'static str) {
    rig.write(move |tx| {
        Ok(tx.execute("UPDATE contacts SET attributes = ?2 WHERE contact_id = ?1", (who.as_bytes(), json))?)
    })
    .await;
}

async fn template(rig: &Rig, components: &'static str) {
    rig.write(move |tx| Ok(tx.execute("UPDATE templates SET components = ?1", [components])?)).await;
}

async fn change(rig: &Rig, id: CampaignId, change: impl FnOnce(&mut CampaignDraft)) {
    let mut draft = get(&rig.console, id).await.unwrap().draft;
    change(&mut draft);
    save(&rig.console, draft).await.unwrap();
}

fn from_column(key: &str, column: &str, format: Option<ValueFormat>) -> VariableValue {
    VariableValue {
        key: key.to_owned(),
        source: ValueSource::Attribute,
        value: column.to_owned(),
        fallback: None,
        format,
    }
}

fn format(kind: FormatKind, currency: Option<&str>) -> Option<ValueFormat> {
    Some(ValueFormat { kind, language: None, currency: currency.map(str::to_owned) })
}

async fn launch_now(rig: &Rig, id: CampaignId) {
    rig.press_launch(id, "press-1").await.unwrap();
    rig.enqueue().await;
    rig.advance(Duration::from_secs(11));
}

#[tokio::test]
async fn a_filtered_audience_gets_it_and_nobody_else_and_a_later_change_changes_nothing() {
    let rig = Rig::new().await;
    let people = rig.people(30).await;
    tag(&rig, &people[..12], "Regular", true).await;
    rig.opt_out(people[0]).await;
    let id = rig.draft().await;
    change(&rig, id, |d| d.audience = filter(vec![tagged("Regular")])).await;
    let seen = review(&rig.console, id).await.unwrap();
    assert_eq!((seen.audience, seen.will_receive), (12, 11));
    launch_now(&rig, id).await;
    // What is frozen stays: who loses the tag still gets it, with the name of then; who gets it now does not.
    tag(&rig, &people[1..2], "Regular", false).await;
    tag(&rig, &people[20..], "Regular", true).await;
    rig.write(|tx| Ok(tx.execute("UPDATE contacts SET name = 'Changed', first_name = 'Changed'", [])?)).await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let counts = rig.counts(id).await;
    assert_eq!((counts.audience(), counts.accepted, counts.excluded), (12, 11, 1));
    for body in rig.meta.seen.lock().unwrap().iter() {
        assert_eq!(body["template"]["components"][0]["parameters"][0]["text"], "Person");
    }
}

#[tokio::test]
async fn the_next_campaign_goes_to_those_who_took_the_last_one_in_some_way() {
    let rig = Rig::new().await;
    let people = rig.people(6).await;
    let first = rig.launched().await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let (a, b) = (people[0], people[1]);
    rig.write(move |tx| {
        tx.execute("UPDATE outbox SET delivery_rank = 3 WHERE contact_id IN (?1, ?2)", (a.as_bytes(), b.as_bytes()))?;
        tx.execute(
            "INSERT INTO threads (contact_id, phone_number_id, last_at_ms, last_inbound_at_ms) VALUES (?1, 'n', ?2, ?2) \
             ON CONFLICT (contact_id) DO UPDATE SET last_inbound_at_ms = ?2",
            (b.as_bytes(), tx.now().as_ms()),
        )?;
        Ok(())
    })
    .await;
    let id = rig.draft().await;
    let part = |part| is(AudienceTest::Campaign { campaign_id: first.to_string(), part });
    for (part_of_it, people) in [
        (CampaignPart::Included, 6),
        (CampaignPart::Read, 2),
        (CampaignPart::Replied, 1),
        (CampaignPart::ReadNotReplied, 1),
        (CampaignPart::Failed, 0),
    ] {
        change(&rig, id, |d| d.audience = filter(vec![part(part_of_it)])).await;
        assert_eq!(review(&rig.console, id).await.unwrap().audience, people, "{part_of_it:?}");
    }
    change(&rig, id, |d| {
        d.audience = filter(vec![AudienceItem { not: true, test: AudienceTest::Contacted { within_days: None } }]);
    })
    .await;
    let nobody = review(&rig.console, id).await.unwrap();
    assert_eq!(nobody.audience, 0);
    assert!(nobody.blockers.iter().any(|b| b.code == "nobody"));
    assert_eq!(rig.press_launch(id, "press-2").await.unwrap_err().code, UiErrorCode::LaunchRefused);
}

#[tokio::test]
async fn an_unfinished_condition_blocks_the_launch_with_its_sentence() {
    let rig = Rig::new().await;
    rig.people(2).await;
    let id = rig.draft().await;
    change(&rig, id, |d| d.audience = filter(vec![tagged("x"), is(AudienceTest::Tag { tags: vec![] })])).await;
    let blockers = review(&rig.console, id).await.unwrap().blockers;
    assert!(blockers.iter().any(|b| b.sentence.contains("which tag")), "{blockers:?}");
    assert!(rig.press_launch(id, "press-1").await.is_err());
}

#[tokio::test]
async fn values_are_written_in_the_templates_language_and_who_cannot_be_filled_is_left_out_with_the_reason() {
    let rig = Rig::new().await;
    let people = rig.people(4).await;
    template(&rig, r#"[{"type":"BODY","text":"{{1}}: {{2}} until {{3}}"},{"type":"FOOTER","text":"Stop: STOP"}]"#)
        .await;
    rig.write(|tx| Ok(tx.execute("UPDATE templates SET language = 'de'", [])?)).await;
    attribute(&rig, people[0], r#"{"Total":"1234.5","Day":"2026-12-24","Note":"kurz"}"#).await;
    attribute(&rig, people[1], r#"{"Total":"about ten","Day":"2026-12-24","Note":"kurz"}"#).await;
    attribute(&rig, people[2], r#"{"Day":"2026-12-24","Note":"kurz"}"#).await;
    let long: &'static str =
        Box::leak(format!(r#"{{"Total":"1","Day":"2026-12-24","Note":"{}"}}"#, "x".repeat(1100)).into_boxed_str());
    attribute(&rig, people[3], long).await;
    let id = rig.draft().await;
    change(&rig, id, |d| {
        d.values = vec![
            from_column("body.1", "Note", None),
            from_column("body.2", "Total", format(FormatKind::Currency, Some("EUR"))),
            from_column("body.3", "Day", format(FormatKind::DateLong, None)),
        ];
    })
    .await;
    let seen = review(&rig.console, id).await.unwrap();
    assert_eq!(seen.will_receive, 1);
    let mut why: Vec<&str> = seen.excluded.iter().map(|r| r.code.as_str()).collect();
    why.sort_unstable();
    assert_eq!(why, ["missing_value", "unreadable_value", "value_too_long"]);
    let said = |code: &str| seen.excluded.iter().find(|r| r.code == code).unwrap().sentence.clone();
    assert_eq!(said("unreadable_value"), "The value for {{2}} in the text cannot be read as a number.");
    assert!(said("value_too_long").contains("is too long (limit 1024"), "{}", said("value_too_long"));
    assert_eq!(seen.previews[0].body, "kurz: 1.234,50 € until 24. Dezember 2026");
    launch_now(&rig, id).await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let texts: Vec<String> = rig.meta.seen.lock().unwrap()[0]["template"]["components"][0]["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["text"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(texts, ["kurz", "1.234,50 €", "24. Dezember 2026"]);
    let file = rig.dir.path().join("left-out.csv");
    let saved = save_recipients(
        &rig.console,
        CampaignRecipientsSave {
            id: id.to_string(),
            state: Some("excluded".to_owned()),
            reason: None,
            path: file.to_string_lossy().into_owned(),
        },
    )
    .await
    .unwrap();
    assert_eq!(saved.rows, Some(3));
    let table = std::fs::read_to_string(&file).unwrap();
    assert!(
        table.contains("cannot be read as a number") && table.contains("There is no value for {{2}} in the text."),
        "{table}"
    );
}

#[tokio::test]
async fn a_fixed_text_that_is_too_long_is_a_fault_of_the_text_and_of_nobody_else() {
    let rig = Rig::new().await;
    rig.people(2).await;
    template(&rig, r#"[{"type":"BODY","text":"News: {{1}}."},{"type":"FOOTER","text":"Stop: STOP"}]"#).await;
    let id = rig.draft().await;
    change(&rig, id, |d| {
        d.values[0].source = ValueSource::Fixed;
        d.values[0].value = "x".repeat(1_100);
    })
    .await;
    let seen = review(&rig.console, id).await.unwrap();
    assert_eq!((seen.will_receive, seen.excluded.len()), (2, 0));
    let blocker = seen.blockers.iter().find(|b| b.code == "values").unwrap();
    assert!(
        blocker.sentence.starts_with("The fixed text for {{1}} in the text is too long (limit 1024"),
        "{blocker:?}"
    );
}

#[tokio::test]
async fn a_value_twice_or_for_nothing_and_a_field_that_the_kind_does_not_use_are_refused() {
    let rig = Rig::new().await;
    let id = rig.draft().await;
    let draft = get(&rig.console, id).await.unwrap().draft;
    let mut twice = draft.clone();
    twice.values.push(draft.values[0].clone());
    assert!(save(&rig.console, twice).await.unwrap_err().message.contains("same variable"));
    let mut stranger = CampaignDraft { id: None, ..draft.clone() };
    stranger.values[0].key = "body.7".to_owned();
    let refused = save(&rig.console, stranger).await.unwrap_err();
    assert!(refused.message.contains("does not have") && refused.remedy.contains("body.1"), "{refused:?}");
    let mut idle = draft;
    idle.audience.import_ids = vec!["x".to_owned()];
    let refused = save(&rig.console, idle).await.unwrap_err();
    assert!(refused.message.contains("everybody does not use import_ids"), "{refused:?}");
}

#[tokio::test]
async fn previews_of_real_recipients_go_on_page_by_page() {
    let rig = Rig::new().await;
    let people = rig.people(7).await;
    rig.opt_out(people[2]).await;
    let id = rig.draft().await;
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let request = CampaignPreviewsRequest { id: id.to_string(), after, limit: 3 };
        let page = previews(&rig.console, request).await.unwrap();
        assert!(page.rows.len() <= 3 && !page.rows.is_empty());
        seen.extend(page.rows.iter().map(|r| r.contact_id.clone()));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let mut wanted: Vec<String> = people.iter().filter(|p| **p != people[2]).map(ToString::to_string).collect();
    wanted.sort_unstable();
    assert_eq!(seen, wanted);
}

#[tokio::test]
async fn a_column_that_nobody_has_any_more_blocks_even_with_a_fallback() {
    let rig = Rig::new().await;
    let people = rig.people(2).await;
    attribute(&rig, people[0], r#"{"City":"Oslo"}"#).await;
    let id = rig.draft().await;
    change(&rig, id, |d| {
        d.values =
            vec![VariableValue { fallback: Some("your town".to_owned()), ..from_column("body.1", "City", None) }];
    })
    .await;
    assert!(review(&rig.console, id).await.unwrap().blockers.is_empty());
    attribute(&rig, people[0], "{}").await;
    let blockers = review(&rig.console, id).await.unwrap().blockers;
    assert_eq!(blockers[0].code, "column_gone");
    assert!(blockers[0].sentence.contains("City"));
    assert_eq!(rig.press_launch(id, "press-1").await.unwrap_err().code, UiErrorCode::LaunchRefused);
}

#[tokio::test]
async fn a_template_whose_variables_changed_since_the_freeze_stops_its_campaign() {
    for before_freezing in [true, false] {
        let rig = Rig::new().await;
        rig.people(3).await;
        let id = rig.draft().await;
        rig.press_launch(id, "press-1").await.unwrap();
        if !before_freezing {
            rig.enqueue().await;
        }
        template(&rig, r#"[{"type":"BODY","text":"Hello {{1}}, see {{2}}."}]"#).await;
        rig.enqueue().await;
        rig.advance(Duration::from_secs(11));
        let mut sender = rig.sender().await;
        rig.drive(&mut sender).await;
        let detail = get(&rig.console, id).await.unwrap();
        assert_eq!(detail.row.state, CampaignStateDto::Paused);
        assert!(
            detail.row.paused_reason.unwrap().contains("other variables or files than when the audience was frozen")
        );
        assert_eq!(detail.stall.unwrap().remedy, None, "the sentence says to cancel; nothing beside it says to resume");
        let resumed = resume(&rig.console, id).await.unwrap_err();
        assert!(resumed.message.contains("asks for other values than those chosen at the launch"), "{resumed:?}");
        let offer = retry_offer(&rig.console, id).await.unwrap();
        assert!(offer.count == 0 && offer.blocked.unwrap().contains("other values"));
        rig.enqueue().await;
        rig.drive(&mut sender).await;
        assert_eq!(get(&rig.console, id).await.unwrap().row.state, CampaignStateDto::Paused, "it stays so");
        assert_eq!(rig.meta.requests.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn a_person_who_is_deleted_or_erased_in_mid_campaign_gets_nothing() {
    let rig = Rig::new().await;
    let people = rig.people(4).await;
    let id = rig.launched().await;
    let (gone, erased) = (people[0], people[1]);
    rig.write(move |tx| {
        tx.execute("DELETE FROM contacts WHERE contact_id = ?1", [gone.as_bytes()])?;
        tx.execute(
            "UPDATE contacts SET erased_at_ms = 1, phone = NULL, bsuid = NULL, attributes = '{}' WHERE contact_id = ?1",
            [erased.as_bytes()],
        )?;
        Ok(())
    })
    .await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let counts = rig.counts(id).await;
    assert_eq!((counts.accepted, counts.excluded, counts.audience()), (2, 2, 4));
    let detail = get(&rig.console, id).await.unwrap();
    assert_eq!(detail.row.state, CampaignStateDto::Done);
    assert!(detail.excluded.iter().all(|r| !r.sentence.is_empty()), "{:?}", detail.excluded);
}

#[tokio::test]
async fn a_coupon_and_the_cards_of_a_carousel_stand_in_the_request() {
    let rig = Rig::new().await;
    rig.people(1).await;
    template(
        &rig,
        r#"[{"type":"BODY","text":"Hello {{1}}."},
            {"type":"BUTTONS","buttons":[{"type":"COPY_CODE","text":"Copy"}]},
            {"type":"CAROUSEL","cards":[
              {"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"For {{1}}"},
                {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Yes"},{"type":"URL","text":"See","url":"https://example.com/{{1}}"}]}]},
              {"components":[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"All"},
                {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Yes"},{"type":"URL","text":"See","url":"https://example.com/all"}]}]}]}]"#,
    )
    .await;
    let id = rig.draft().await;
    let codes: Vec<String> = review(&rig.console, id).await.unwrap().blockers.into_iter().map(|b| b.code).collect();
    assert_eq!(codes, ["header_media", "header_media", "values", "values", "values"]);
    let png = rig.dir.path().join("rye.png");
    std::fs::write(&png, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0").unwrap();
    let fixed = |key: &str, value: &str| VariableValue { source: ValueSource::Fixed, ..from_column(key, value, None) };
    let path = png.to_string_lossy().into_owned();
    change(&rig, id, |d| {
        d.values.extend([
            fixed("button0.coupon_code", "RYE10"),
            fixed("card0.body.1", "you"),
            fixed("card0.button1.1", "rye & oats"),
            fixed("card0.media", &path),
            fixed("card1.media", &path),
        ]);
    })
    .await;
    let seen = review(&rig.console, id).await.unwrap();
    assert!(seen.blockers.is_empty(), "{:?}", seen.blockers);
    assert_eq!(seen.previews[0].button_values[0].as_deref(), Some("RYE10"));
    assert_eq!(seen.previews[0].cards[0].button_values[1].as_deref(), Some("https://example.com/rye%20&%20oats"));
    launch_now(&rig, id).await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    assert_eq!(rig.meta.uploads.load(Ordering::SeqCst), 1, "the same file once");
    let sent = rig.meta.seen.lock().unwrap()[0]["template"]["components"].clone();
    assert_eq!(sent[1]["sub_type"], "copy_code");
    assert_eq!(sent[1]["parameters"][0]["coupon_code"], "RYE10");
    let cards = sent[2]["cards"].as_array().unwrap();
    assert_eq!(cards.len(), 2, "as many as were approved");
    assert_eq!(cards[0]["components"][0]["parameters"][0]["image"]["id"], "777");
    assert_eq!(cards[0]["components"][1]["parameters"][0]["text"], "you");
    assert_eq!(cards[0]["components"][2]["index"], 1);
    assert_eq!(
        cards[1]["components"].as_array().unwrap().len(),
        1,
        "a card without variables carries its picture alone"
    );
}
