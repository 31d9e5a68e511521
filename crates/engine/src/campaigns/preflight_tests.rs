#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use serde_json::json;
use switchboard_bridge::UiErrorCode;
use switchboard_bridge::dto::{CampaignLaunch, CampaignTestSend};
use switchboard_domain::consent::{EventKind, Via};
use switchboard_domain::phone::PhoneNumber;
use switchboard_store::tables::campaign_rules;
use switchboard_store::tables::consent_events::{self, NewEvent};
use wiremock::matchers::{method, path_regex, query_param};
use wiremock::{Mock, ResponseTemplate};

use super::*;
use crate::campaigns;
use crate::sender::rig::{NUMBER, Rig, TEMPLATE};

const OWN_PHONE: &str = "+14165550199";

fn of(found: &CampaignPreflight, subject: CheckSubject) -> &PreflightCheck {
    found.checks.iter().find(|c| c.subject == subject).unwrap()
}

/// Meta answers for a node's health, and with the template's text.
async fn meta_says(rig: &Rig, number_health: serde_json::Value, text: &str) {
    let health = |node: &str, body: serde_json::Value| {
        Mock::given(method("GET"))
            .and(path_regex(format!("/{node}$")))
            .and(query_param("fields", "health_status"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "id": node, "health_status": body })))
    };
    let well = json!({ "can_send_message": "AVAILABLE", "entities": [] });
    rig.also_answers(health(NUMBER, number_health)).await;
    rig.also_answers(health("waba", well.clone())).await;
    rig.also_answers(health(TEMPLATE, well)).await;
    let template = json!({ "id": TEMPLATE, "name": "offer", "language": "en_US", "status": "APPROVED",
        "category": "MARKETING", "components": [{ "type": "BODY", "text": text }] });
    rig.also_answers(
        Mock::given(method("GET"))
            .and(path_regex(format!("/{TEMPLATE}$")))
            .respond_with(ResponseTemplate::new(200).set_body_json(template)),
    )
    .await;
}

const TEXT: &str = "Hello {{1}}, new tea is here.";

#[tokio::test]
async fn a_draft_in_order_is_green_all_over() {
    let rig = Rig::new().await;
    rig.people(3).await;
    meta_says(&rig, json!({ "can_send_message": "AVAILABLE", "entities": [] }), TEXT).await;
    let id = rig.draft().await;
    let found = preflight(&rig.console, id).await.unwrap();
    let not_good: Vec<_> = found.checks.iter().filter(|c| c.state != CheckState::Good).collect();
    // The rig's account has no currency, hence no prices; that is not asked of it here.
    assert!(not_good.iter().all(|c| c.subject == CheckSubject::Cost), "{:?}", found.checks[0].sentence);
    assert_eq!(found.checks.len(), 8, "always the same checks");
    assert!(of(&found, CheckSubject::Template).sentence.contains("approved it as marketing"));
}

#[tokio::test]
async fn what_meta_says_about_the_number_is_shown_with_its_remedy_and_stops_the_launch() {
    let rig = Rig::new().await;
    rig.people(1).await;
    let blocked = json!({ "can_send_message": "BLOCKED", "entities": [
        { "entity_type": "PHONE_NUMBER", "id": NUMBER, "can_send_message": "BLOCKED", "errors": [
            { "error_code": 141_000, "error_description": "The number is not registered.", "possible_solution": "Register it." }] },
        { "entity_type": "BUSINESS", "id": "9", "can_send_message": "LIMITED", "additional_info": ["Verify the business."] },
        { "entity_type": "APP", "id": "4", "can_send_message": "BLOCKED" }] });
    meta_says(&rig, blocked, TEXT).await;
    let found = preflight(&rig.console, rig.draft().await).await.unwrap();
    let number = of(&found, CheckSubject::Number);
    assert_eq!((found.state, number.state), (CheckState::Trouble, CheckState::Trouble));
    assert_eq!(number.sentence, "The number is not registered.");
    assert_eq!(number.problems[0].remedy.as_deref(), Some("Register it."));
    let account = of(&found, CheckSubject::Account);
    assert_eq!(account.problems.len(), 2, "the business and the app belong to the account");
    assert!(account.problems.iter().any(|p| p.sentence == "Verify the business."));
    assert!(account.problems.iter().any(|p| p.sentence.contains("the app, without saying why")));
}

#[tokio::test]
async fn what_could_not_be_checked_is_neither_green_nor_red() {
    let rig = Rig::new().await;
    rig.people(1).await;
    let id = rig.draft().await;
    rig.move_meta(false).await;
    let found = preflight(&rig.console, id).await.unwrap();
    for subject in [CheckSubject::Template, CheckSubject::Number, CheckSubject::Account] {
        assert_eq!(of(&found, subject).state, CheckState::Unchecked, "{subject:?}");
    }
    assert_ne!(found.state, CheckState::Trouble);
}

#[tokio::test]
async fn a_template_that_was_edited_at_meta_is_not_launched_as_it_was_reviewed() {
    let rig = Rig::new().await;
    rig.people(1).await;
    let id = rig.draft().await;
    let reviewed = campaigns::review(&rig.console, id).await.unwrap().template_hash;
    meta_says(&rig, json!({ "entities": [] }), "Goodbye {{1}}.").await;
    let found = preflight(&rig.console, id).await.unwrap();
    assert_ne!(found.template_hash, reviewed, "the look at Meta brought our copy up to date");
    let launch = |template_hash| CampaignLaunch {
        id: id.to_string(),
        typed_number: Some(1),
        template_hash,
        idempotency_key: "press".to_owned(),
    };
    let refused = campaigns::launch(&rig.console, launch(reviewed)).await.unwrap_err();
    assert_eq!(refused.code, UiErrorCode::LaunchRefused);
    assert!(refused.message.contains("changed at Meta"), "{}", refused.message);
    campaigns::launch(&rig.console, launch(found.template_hash)).await.unwrap();
}

#[tokio::test]
async fn a_text_that_changes_after_the_launch_pauses_the_campaign_until_the_operator_has_read_it() {
    let rig = Rig::new().await;
    rig.people(2).await;
    let id = rig.launched().await;
    let edit =
        |text: &'static str| rig.write(move |tx| Ok(tx.execute("UPDATE templates SET components = ?1", [text])?));
    edit(r#"[{"type":"BODY","text":"Dear {{1}}, other tea is here."}]"#).await;
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let detail = campaigns::get(&rig.console, id).await.unwrap();
    assert_eq!(detail.stall.as_ref().unwrap().code, "template_changed");
    assert_eq!(detail.row.counts.queued, 2, "nothing left with words that nobody had seen");
    edit(r#"[{"type":"BODY","text":"Dear {{1}}, {{2}} is here."}]"#).await;
    let refused = campaigns::resume(&rig.console, id).await.unwrap_err();
    assert!(refused.message.contains("other values"), "{}", refused.message);
    edit(r#"[{"type":"BODY","text":"Dear {{1}}, other tea is here."}]"#).await;
    campaigns::resume(&rig.console, id).await.unwrap();
    rig.drive(&mut sender).await;
    assert_eq!(rig.counts(id).await.accepted, 2);
}

async fn register_own_phone(rig: &Rig) {
    let mut settings = crate::settings::load(rig.console.store()).await.unwrap();
    settings.test_phones = vec![OWN_PHONE.to_owned()];
    crate::settings::save(rig.console.store(), settings).await.unwrap();
}

fn test_to(id: CampaignId, phone: &str) -> CampaignTestSend {
    CampaignTestSend { id: id.to_string(), phones: vec![phone.to_owned()], idempotency_key: "t1".to_owned() }
}

#[tokio::test]
async fn a_test_goes_to_ones_own_phone_alone_with_the_values_of_the_first_recipient_and_counts_for_no_cap() {
    let rig = Rig::new().await;
    rig.people(2).await;
    register_own_phone(&rig).await;
    let id = rig.draft().await;
    let stranger = campaigns::test_send(&rig.console, test_to(id, "+14165550123")).await.unwrap_err();
    assert_eq!(stranger.code, UiErrorCode::InvalidInput);

    campaigns::test_send(&rig.console, test_to(id, OWN_PHONE)).await.unwrap();
    campaigns::test_send(&rig.console, test_to(id, OWN_PHONE)).await.unwrap();
    let mut sender = rig.sender().await;
    rig.drive(&mut sender).await;
    let seen = rig.meta.seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 1, "one press sends once");
    assert_eq!(seen[0]["to"], OWN_PHONE);
    assert!(seen[0].to_string().contains("Person"), "{}", seen[0]);
    let tests = campaigns::test_list(&rig.console, id).await.unwrap();
    assert_eq!(tests.items[0].state.as_deref(), Some("accepted"));
    let contact = switchboard_domain::ids::ContactId::parse(tests.items[0].contact_id.as_ref().unwrap()).unwrap();
    let counted = rig
        .read(move |c| campaign_rules::capped_since(c, contact, switchboard_domain::time::UnixMillis::new(0), true))
        .await;
    assert!(counted.is_empty(), "a test counts for no cap");
    assert_eq!(rig.counts(id).await.audience(), 0, "and is none of the campaign's messages");
}

#[tokio::test]
async fn no_test_goes_to_a_phone_whose_owner_opted_out() {
    let rig = Rig::new().await;
    rig.people(1).await;
    register_own_phone(&rig).await;
    let id = rig.draft().await;
    campaigns::test_send(&rig.console, test_to(id, OWN_PHONE)).await.unwrap();
    let ledger = rig.ledger();
    rig.write(move |tx| {
        let phone = PhoneNumber::from_stored(OWN_PHONE.to_owned());
        let who = switchboard_store::tables::identifiers::find_phone(tx, &phone)?.unwrap();
        let now = tx.now();
        consent_events::append(tx, &ledger, &NewEvent::now(who, EventKind::OptOut, Via::Chat, now))
    })
    .await;
    let again = CampaignTestSend { idempotency_key: "t2".to_owned(), ..test_to(id, OWN_PHONE) };
    let refused = campaigns::test_send(&rig.console, again).await.unwrap_err();
    assert_eq!(refused.code, UiErrorCode::ConsentForbids);
    assert!(!refused.message.contains("5550199"), "no number in an error: {}", refused.message);
}
