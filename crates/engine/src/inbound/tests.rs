//! Events against a real store: what they leave behind, whatever their order and number.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use switchboard_cloud_api::webhooks::reader;
use switchboard_domain::ids::{CampaignId, ContactId, OutboxId, PhoneNumberId, RelaySeq};
use switchboard_domain::send::{MessageKind, OutboxState, SendContent};
use switchboard_domain::time::{Clock, UnixMillis};
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::{consent_state, messages, outbox, threads};
use switchboard_store::{DbKey, OpenStore, Priority, Store, StoreError};

use super::{Applied, Arrival, InboundRules, NotApplied, apply_event};

const NOW: i64 = 1_795_305_700_000;

struct StillClock(AtomicI64);

impl Clock for StillClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(self.0.load(Ordering::SeqCst))
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

pub(super) struct World {
    store: Store,
    rules: InboundRules,
    _dir: tempfile::TempDir,
}

/// The webhook samples of the shared folder; none, with a loud line, when it is not there.
pub(super) fn samples() -> Vec<(String, Value)> {
    let root = std::env::var_os("SWITCHBOARD_SHARED").map_or_else(
        || std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        std::path::PathBuf::from,
    );
    let dir = root.join("cloud-api/samples/webhooks");
    let Ok(files) = std::fs::read_dir(&dir) else {
        eprintln!("SKIPPED: the sample payloads are not at {}; set SWITCHBOARD_SHARED to run this", dir.display());
        return Vec::new();
    };
    let mut all: Vec<(String, Value)> = files
        .map(|f| f.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .map(|p| {
            let name = p.file_name().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_str(&std::fs::read_to_string(p).unwrap()).unwrap())
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

pub(super) fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let key = DbKey::new([7; 32]);
    let store = Store::open(OpenStore {
        path: dir.path().join("console.db"),
        key,
        clock: Arc::new(StillClock(AtomicI64::new(NOW))),
        readers: 1,
    })
    .unwrap();
    World { store, rules: InboundRules { ledger: LedgerKey::new([3; 32]), opt_out_confirmation: None }, _dir: dir }
}

impl World {
    /// Applies the events of a webhook; says what was not understood.
    pub(super) fn receive(&self, body: &Value) -> (Applied, Vec<String>) {
        let events = reader::read(body.to_string().as_bytes()).unwrap();
        assert!(!events.is_empty(), "{body}");
        let rules = self.rules.clone();
        self.store
            .write_blocking(Priority::Inbound, move |tx| {
                let arrival = Arrival { seq: RelaySeq(1), received_at: UnixMillis::new(NOW) };
                let mut applied = Applied::default();
                let mut not = Vec::new();
                for event in &events {
                    match apply_event(tx, event, arrival, &rules, &mut applied) {
                        Ok(()) => {}
                        Err(NotApplied::NotUnderstood(why) | NotApplied::Partly(why)) => not.push(why.into_owned()),
                        Err(NotApplied::Erased) => {}
                        Err(NotApplied::Store(error)) => return Err(error),
                    }
                }
                Ok::<_, StoreError>((applied, not))
            })
            .unwrap()
    }

    fn read<T>(&self, f: impl FnOnce(&switchboard_store::Connection) -> Result<T, StoreError>) -> T {
        self.store.read_blocking(f).unwrap()
    }

    fn only_contact(&self) -> ContactId {
        self.read(|c| threads::list(c, threads::Which::All, threads::Order::Newest, None, UnixMillis::new(NOW), 0, 10))
            .0[0]
            .contact_id
    }

    /// A marketing template that waits in the queue for this person.
    fn queue_marketing(&self, contact_id: ContactId, campaign: bool) -> OutboxId {
        let id = OutboxId::new(UnixMillis::new(NOW));
        let new = outbox::NewOutbox {
            outbox_id: id,
            campaign_id: campaign.then(|| CampaignId::new(UnixMillis::new(NOW))),
            contact_id,
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
        self.store.write_blocking(Priority::Bulk, move |tx| outbox::insert(tx, &new)).unwrap();
        id
    }

    fn state_of(&self, id: OutboxId) -> OutboxState {
        self.read(|c| outbox::by_id(c, id)).unwrap().state
    }
}

fn change(field: &str, value: Value) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "200", "time": 1_795_305_600,
        "changes": [{"field": field, "value": value}]}]})
}

fn wrote(message: Value) -> Value {
    change(
        "messages",
        json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "14165550100", "phone_number_id": "100"},
        "contacts": [{"profile": {"name": "Ana Prova"}, "wa_id": "14165550123", "user_id": "CA.1"}],
        "messages": [message]}),
    )
}

fn text(id: &str, at: i64, body: &str) -> Value {
    wrote(json!({"from": "14165550123", "from_user_id": "CA.1", "id": id, "timestamp": at.to_string(), "type": "text",
        "text": {"body": body}}))
}

fn preference(value: &str, at: i64) -> Value {
    change(
        "user_preferences",
        json!({"messaging_product": "whatsapp", "metadata": {"phone_number_id": "100"},
        "contacts": [{"wa_id": "14165550123", "user_id": "CA.1"}],
        "user_preferences": [{"wa_id": "14165550123", "user_id": "CA.1", "category": "marketing_messages",
            "value": value, "timestamp": at}]}),
    )
}

#[test]
fn a_message_stands_once_however_often_it_comes() {
    let world = world();
    let body = text("wamid.1", 1_795_305_601, "Is the blue one in stock?");
    let (first, _) = world.receive(&body);
    let (second, _) = world.receive(&body);
    assert_eq!((first.messages.len(), second.messages.len()), (1, 0));
    let contact = world.only_contact();
    let thread = world.read(|c| threads::get(c, contact)).unwrap();
    assert_eq!((thread.unread, thread.name.expose()), (1, "Ana Prova"));
    assert_eq!(thread.last_inbound_at, Some(UnixMillis::from_secs(1_795_305_601)));
}

#[test]
fn a_stop_opts_out_and_cancels_what_is_queued_in_one_transaction() {
    let world = world();
    world.receive(&text("wamid.1", 1_795_305_601, "hello"));
    let contact = world.only_contact();
    let queued = world.queue_marketing(contact, true);
    let (applied, _) = world.receive(&text("wamid.2", 1_795_305_602, "STOP"));
    assert!(applied.sends);
    assert_eq!(world.state_of(queued), OutboxState::Cancelled);
    assert!(world.read(|c| consent_state::get(c, contact)).opted_out.is_some());
    let page = world.read(|c| messages::page(c, contact, None, 10));
    assert!(page[0].opt_out && !page[1].opt_out);
}

#[test]
fn a_stop_from_somebody_without_a_number_is_honoured_too() {
    let world = world();
    let body = change(
        "messages",
        json!({"metadata": {"phone_number_id": "100"},
        "contacts": [{"profile": {"username": "@ana"}, "user_id": "CA.9"}],
        "messages": [{"from_user_id": "CA.9", "id": "wamid.9", "timestamp": "1795305601", "type": "text",
            "text": {"body": "unsubscribe"}}]}),
    );
    world.receive(&body);
    let contact = world.only_contact();
    assert!(world.read(|c| consent_state::get(c, contact)).opted_out.is_some());
}

#[test]
fn a_stop_is_honoured_though_nobody_says_which_number_it_went_to() {
    let w = world();
    w.receive(&text("wamid.1", 1_795_305_601, "Hi"));
    let contact = w.only_contact();
    let row = w.queue_marketing(contact, true);
    let message = json!({"from": "14165550123", "id": "wamid.2", "timestamp": "1795305602", "type": "text",
        "text": {"body": "STOP"}});
    let (_, not) = w.receive(&change("messages", json!({"messages": [message]})));
    assert_eq!(not, Vec::<String>::new(), "it stands in the chat they have");
    assert_eq!(w.state_of(row), OutboxState::Cancelled);

    // Of somebody without a chat there is nothing to show, but the opt-out holds.
    let stranger = json!({"from": "15145550110", "id": "wamid.3", "timestamp": "1795305603", "type": "text",
        "text": {"body": "STOP"}});
    let (_, not) = w.receive(&change("messages", json!({"messages": [stranger]})));
    assert_eq!(not, ["a message without the number it went to"]);
    let wa_id = switchboard_domain::ids::WaId::new("15145550110");
    let phone = switchboard_domain::phone::PhoneNumber::from_wa_id(&wa_id).unwrap();
    let who = w.read(|c| switchboard_store::tables::identifiers::find_phone(c, &phone).map(Option::unwrap));
    let state = w.read(|c| consent_state::get(c, who));
    assert!(state.opted_out.is_some(), "{state:?}");
}

#[test]
fn an_account_that_may_not_send_stops_its_campaigns() {
    let w = world();
    w.receive(&change(
        "account_update",
        json!({"event": "ACCOUNT_RESTRICTION",
        "restriction_info": [{"restriction_type": "RESTRICTED_ADD_PHONE_NUMBER_ACTION"}]}),
    ));
    assert_eq!(w.read(switchboard_store::tables::account_stops::all_open).len(), 0);
    let banned =
        change("account_update", json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}));
    w.receive(&banned);
    w.receive(&banned);
    let stops = w.read(switchboard_store::tables::account_stops::all_open);
    assert_eq!(stops.len(), 1, "one stop however often it is told");
}

#[test]
fn only_a_start_of_the_person_lifts_a_stop_and_a_resume_does_not() {
    let world = world();
    world.receive(&text("wamid.1", 1_795_305_601, "STOP"));
    let contact = world.only_contact();
    world.receive(&preference("resume", 1_795_305_610));
    assert!(world.read(|c| consent_state::get(c, contact)).opted_out.is_some(), "a resume never lifts a STOP");
    world.receive(&text("wamid.3", 1_795_305_620, "START"));
    assert!(world.read(|c| consent_state::get(c, contact)).opted_out.is_none());
}

#[test]
fn an_old_resume_never_beats_a_newer_stop_of_marketing() {
    let world = world();
    world.receive(&text("wamid.1", 1_795_305_600, "hello"));
    let contact = world.only_contact();
    let queued = world.queue_marketing(contact, true);
    world.receive(&preference("stop", 1_795_305_650));
    world.receive(&preference("resume", 1_795_305_640));
    assert!(world.read(|c| consent_state::get(c, contact)).marketing_stopped.is_some());
    assert_eq!(world.state_of(queued), OutboxState::Cancelled);
}

#[test]
fn a_resume_of_something_else_lifts_no_stop_of_marketing() {
    let world = world();
    world.receive(&text("wamid.1", 1_795_305_600, "hello"));
    let contact = world.only_contact();
    world.receive(&preference("stop", 1_795_305_650));
    let mut other = preference("resume", 1_795_305_660);
    other["entry"][0]["changes"][0]["value"]["user_preferences"][0]["category"] = json!("utility_messages");
    world.receive(&other);
    assert!(world.read(|c| consent_state::get(c, contact)).marketing_stopped.is_some());
}

#[test]
fn a_tap_on_a_stop_button_is_an_opt_out() {
    let world = world();
    world.receive(&wrote(json!({"context": {"from": "14165550100", "id": "wamid.out"}, "from": "14165550123",
        "from_user_id": "CA.1", "id": "wamid.5", "timestamp": "1795305601", "type": "button",
        "button": {"payload": "OPT_OUT", "text": "No more offers"}})));
    let contact = world.only_contact();
    assert!(world.read(|c| consent_state::get(c, contact)).opted_out.is_some());
}

#[test]
fn one_confirmation_is_queued_after_an_opt_out_if_it_is_switched_on() {
    let mut world = world();
    world.rules.opt_out_confirmation = Some("You will get no more messages.".to_owned());
    let body = text("wamid.1", 1_795_305_601, "STOP");
    world.receive(&body);
    world.receive(&body);
    let contact = world.only_contact();
    let page = world.read(|c| messages::page(c, contact, None, 10));
    let ours: Vec<_> = page.iter().filter(|m| !m.inbound).collect();
    assert_eq!(ours.len(), 1);
    assert_eq!(ours[0].text.expose(), "You will get no more messages.");
}

#[test]
fn an_edit_and_a_deletion_hold_whichever_comes_first() {
    let world = world();
    let edit = wrote(json!({"from": "14165550123", "from_user_id": "CA.1", "id": "wamid.e", "timestamp": "1795305605",
        "type": "edit", "edit": {"original_message_id": "wamid.1",
            "message": {"type": "text", "text": {"body": "to Lisbon?"}}}}));
    world.receive(&edit);
    world.receive(&text("wamid.1", 1_795_305_601, "to Porto?"));
    let contact = world.only_contact();
    assert_eq!(world.read(|c| messages::page(c, contact, None, 10))[0].text.expose(), "to Lisbon?");
    world.receive(&wrote(json!({"from": "14165550123", "from_user_id": "CA.1", "id": "wamid.r",
        "timestamp": "1795305606", "type": "revoke", "revoke": {"original_message_id": "wamid.1"}})));
    world.receive(&edit);
    assert!(world.read(|c| messages::page(c, contact, None, 10))[0].revoked, "a repeated edit brings nothing back");
}

#[test]
fn the_newest_reaction_wins_whatever_the_order() {
    let world = world();
    world.receive(&text("wamid.1", 1_795_305_601, "hello"));
    let react = |at: i64, emoji: Option<&str>| {
        wrote(json!({"from": "14165550123", "from_user_id": "CA.1", "id": format!("wamid.x{at}"),
            "timestamp": at.to_string(), "type": "reaction",
            "reaction": {"message_id": "wamid.1", "emoji": emoji}}))
    };
    world.receive(&react(1_795_305_610, Some("👍")));
    world.receive(&react(1_795_305_605, Some("😀")));
    let contact = world.only_contact();
    let shown = || world.read(|c| messages::page(c, contact, None, 10))[0].reaction.clone();
    assert_eq!(shown().as_deref(), Some("👍"));
    world.receive(&react(1_795_305_620, None));
    assert_eq!(shown(), None);
}

#[test]
fn a_photo_is_announced_to_be_fetched() {
    let world = world();
    let (applied, _) = world.receive(&wrote(json!({"from": "14165550123", "from_user_id": "CA.1", "id": "wamid.p",
        "timestamp": "1795305601", "type": "image",
        "image": {"id": "500", "mime_type": "image/jpeg", "sha256": "aGk=", "caption": "damaged box"}})));
    assert!(applied.media);
    let contact = world.only_contact();
    let page = world.read(|c| messages::page(c, contact, None, 10));
    assert_eq!(page[0].media.as_ref().unwrap().state, "fetching");
    assert_eq!(page[0].text.expose(), "damaged box");
    let due = world.read(|c| switchboard_store::tables::media_files::due(c, UnixMillis::new(NOW), 10));
    assert_eq!(due.len(), 1);
}

#[test]
fn a_person_who_changes_their_number_stays_the_same_person_and_opted_out() {
    let world = world();
    world.receive(&text("wamid.1", 1_795_305_601, "STOP"));
    let contact = world.only_contact();
    let system = change(
        "messages",
        json!({"metadata": {"phone_number_id": "100"},
        "messages": [{"from": "14165550123", "id": "wamid.s", "timestamp": "1795305650", "type": "system",
            "system": {"type": "user_changed_number", "body": "changed", "wa_id": "16045550145", "user_id": "CA.2",
                "previous_user_id": "CA.1"}}]}),
    );
    world.receive(&system);
    let later = change(
        "messages",
        json!({"metadata": {"phone_number_id": "100"},
        "contacts": [{"wa_id": "16045550145", "user_id": "CA.2"}],
        "messages": [{"from": "16045550145", "from_user_id": "CA.2", "id": "wamid.n", "timestamp": "1795305660",
            "type": "text", "text": {"body": "it is me"}}]}),
    );
    world.receive(&later);
    assert_eq!(world.only_contact(), contact);
    assert!(world.read(|c| consent_state::get(c, contact)).opted_out.is_some());
}

#[test]
fn what_is_not_known_says_so_and_costs_no_sibling() {
    let world = world();
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "200", "changes": [
        {"field": "a_field_of_tomorrow", "value": {"event": "X"}},
        text("wamid.1", 1_795_305_601, "hello")["entry"][0]["changes"][0].clone()]}]});
    let (applied, not) = world.receive(&body);
    assert_eq!((applied.messages.len(), not.len()), (1, 1));
}

#[test]
fn the_dashboards_test_button_makes_no_people() {
    let world = world();
    let mut body = text("wamid.1", 1_795_305_601, "this is a test");
    body["entry"][0]["id"] = json!("0");
    world.receive(&body);
    let total = world.read(switchboard_store::tables::figures::contacts);
    assert_eq!(total, 0);
}

#[test]
fn a_message_from_the_future_cannot_hold_the_window_open() {
    let world = world();
    world.receive(&text("wamid.1", 4_000_000_000, "hello"));
    let contact = world.only_contact();
    let thread = world.read(|c| threads::get(c, contact)).unwrap();
    assert_eq!(thread.last_inbound_at, Some(UnixMillis::new(NOW)));
}

#[test]
fn messages_of_one_second_stand_in_the_order_of_their_arrival() {
    let world = world();
    let second = NOW / 1000;
    let said = |i: usize, body: &str| {
        json!({"from": "14165550123", "id": format!("wamid.{i}"), "timestamp": second.to_string(), "type": "text",
            "text": {"body": body}})
    };
    let words = ["one", "two", "three", "four"];
    let sent: Vec<Value> = words.iter().enumerate().map(|(i, body)| said(i, body)).collect();
    world.receive(&change(
        "messages",
        json!({"metadata": {"phone_number_id": "100"}, "contacts": [{"wa_id": "14165550123", "user_id": "CA.1"}],
            "messages": sent}),
    ));
    let contact = world.only_contact();
    let page = world.read(|c| messages::page(c, contact, None, 10));
    let oldest_first: Vec<&str> = page.iter().rev().map(|m| m.text.expose()).collect();
    assert_eq!(oldest_first, words);
}
