//! The inbox against the practice account over real HTTP, a real relay and a real store: what a customer does on the
//! phone arrives, is answered, and a STOP is honoured at once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::Arc;
use std::time::Duration;

use switchboard_bridge::UiErrorCode;
use switchboard_bridge::dto::*;
use switchboard_domain::ids::MediaFileId;
use switchboard_engine::clock::SystemClock;
use switchboard_engine::profile::Profile;
use switchboard_engine::secrets::SecretStore;
use switchboard_engine::{Console, OpenConsole, api, background, media};
use switchboard_practice::{PracticeAccount, PracticeOptions, phone};

struct World {
    console: Console,
    practice: PracticeAccount,
    _dir: tempfile::TempDir,
}

async fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let profile = Profile::practice(dir.path()).unwrap();
    let secrets = SecretStore::for_profile(&profile);
    let practice = PracticeAccount::start(&profile, PracticeOptions::default()).await.unwrap();
    practice.set_mode(false, false, 100.0).await.unwrap();
    let console = Console::open(OpenConsole { profile, secrets, clock: Arc::new(SystemClock::new()), want_role: true })
        .await
        .unwrap();
    background::start(&console);
    practice.connect(&console).await.unwrap();
    World { console, practice, _dir: dir }
}

impl World {
    /// Asks again after every change until the answer is there; half a minute is longer than any of this takes.
    async fn until<T>(&self, what: &str, ask: impl AsyncFn(&Console) -> Option<T>) -> T {
        let mut changes = self.console.store().changes().subscribe();
        let waiting = async {
            loop {
                if let Some(found) = ask(&self.console).await {
                    return found;
                }
                // The link's state is no row of the store; look at least twice a second.
                let _ = tokio::time::timeout(Duration::from_millis(500), changes.changed()).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting).await.unwrap_or_else(|_| panic!("never: {what}"))
    }

    async fn write(&self, customer: &str, text: &str, photo: bool) {
        let send = PhoneSend { customer_id: customer.to_owned(), text: text.to_owned(), photo };
        phone::send(&self.practice, send).await.unwrap();
    }

    async fn row_with(&self, line: &str) -> ThreadRow {
        self.until(line, async |console| {
            let all = ThreadListRequest {
                filter: ThreadFilter::All,
                sort: ThreadSort::Newest,
                search: None,
                offset: 0,
                limit: 100,
            };
            let page = api::thread_list(console, all).await.unwrap();
            page.rows.into_iter().find(|r| r.last_line.contains(line))
        })
        .await
    }

    async fn thread(&self, contact: &str) -> ThreadDetail {
        let get = ThreadGet { contact_id: contact.to_owned(), before_ms: None, limit: 50 };
        api::thread_get(&self.console, get).await.unwrap()
    }

    async fn close(self) {
        self.console.close().await;
        self.practice.stop().await;
    }
}

fn reply(contact: &str, text: &str, key: &str) -> MessageReply {
    MessageReply {
        contact_id: contact.to_owned(),
        text: text.to_owned(),
        quote_message_id: None,
        idempotency_key: key.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_writes_is_answered_sends_a_photo_and_says_stop() {
    let world = world().await;
    let ask = PhoneCustomersRequest { search: None, limit: 5 };
    let customer = phone::customers(&world.practice, ask).await.unwrap().items.remove(0);

    world.write(&customer.id, "Is the blue one in stock?", false).await;
    let row = world.row_with("blue one in stock").await;
    assert!(row.unread >= 1 && row.window_closes_at_ms.is_some());
    let contact = row.contact_id;
    assert_eq!(world.thread(&contact).await.composer.mode, ComposerMode::Open);

    let first = api::message_reply(&world.console, reply(&contact, "Yes, it is.", "k1")).await.unwrap();
    let again = api::message_reply(&world.console, reply(&contact, "Yes, it is.", "k1")).await.unwrap();
    assert_eq!(first.id, again.id, "one press of the button is one message");
    let ticks = world
        .until("the answer accepted", async |_| {
            let thread = world.thread(&contact).await;
            let ours = thread.messages.iter().find(|m| m.id == first.id).and_then(|m| m.ticks);
            ours.filter(|t| *t != Ticks::Pending)
        })
        .await;
    assert!(matches!(ticks, Ticks::Accepted | Ticks::Sent | Ticks::Delivered | Ticks::Read), "{ticks:?}");
    assert_eq!(phone::ledger_summary(&world.practice).await.unwrap().sent, 1);
    api::thread_mark_read(&world.console, ById { id: contact.clone() }).await.unwrap();
    assert_eq!(world.thread(&contact).await.row.unread, 0);

    world.write(&customer.id, "the box is damaged", true).await;
    let photo = world
        .until("the photo", async |_| {
            let thread = world.thread(&contact).await;
            thread.messages.into_iter().find_map(|m| m.media).filter(|m| m.state == MediaState::Here)
        })
        .await;
    let media::Opened { mime_type: mime, bytes, .. } =
        media::open(&world.console, MediaFileId::parse(&photo.media_file_id).unwrap()).await.unwrap();
    assert!(mime.starts_with("image/") && !bytes.is_empty());

    world.write(&customer.id, "STOP", false).await;
    world.until("the opt-out", async |_| world.thread(&contact).await.row.opted_out.then_some(())).await;
    let thread = world.thread(&contact).await;
    assert!(thread.messages.last().unwrap().opt_out);
    assert_eq!(thread.composer.mode, ComposerMode::Open, "answering an open window stays possible");
    assert!(thread.composer.templates.iter().all(|v| v.may_receive == MayReceive::No));

    let list = TemplateListRequest { search: None, sendable_only: true };
    let template = world
        .until("the templates", async |console| {
            let list = api::template_list(console, list.clone()).await.unwrap();
            list.items.into_iter().find(|t| {
                t.category == "marketing" && !matches!(t.header_format.as_deref(), Some("IMAGE" | "VIDEO" | "DOCUMENT"))
            })
        })
        .await;
    let values =
        template.variables.iter().map(|name| Attribute { name: name.clone(), value: "x".to_owned() }).collect();
    let send = MessageSendTemplate {
        contact_id: contact.clone(),
        template_id: template.id,
        values,
        idempotency_key: "k2".to_owned(),
    };
    let refused = api::message_send_template(&world.console, send).await.unwrap_err();
    assert_eq!(refused.code, UiErrorCode::ConsentForbids, "{}", refused.message);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_practice_account_is_in_order_and_the_relay_is_heard() {
    let world = world().await;
    let relay = world
        .until("the relay", async |console| {
            let status = api::relay_status(console, Nothing {}).await.unwrap();
            (status.state == RelayState::Connected).then_some(status)
        })
        .await;
    assert_eq!(relay.behind, 0);
    let overview = api::account_recheck(&world.console, Nothing {}).await.unwrap();
    for key in ["app", "token", "waba", "number", "registration", "display_name", "relay"] {
        let step = overview.checklist.iter().find(|s| s.key == key).unwrap();
        assert_eq!(step.state, StepState::Done, "{key}: {}", step.detail);
    }
    let diagnostics = api::diagnostics_get(&world.console, Nothing {}).await.unwrap();
    assert_eq!(diagnostics.events_unknown, 0);
    assert!(
        diagnostics.tasks.iter().all(|t| !t.failed),
        "{:?}",
        diagnostics.tasks.iter().map(|t| t.last_result.clone()).collect::<Vec<_>>()
    );
    let today = api::today_get(&world.console, Nothing {}).await.unwrap();
    let trouble: Vec<_> = today.items.iter().filter(|i| i.severity == Severity::Trouble).map(|i| &i.text).collect();
    assert!(trouble.is_empty(), "{trouble:?}");
    let bar = api::status_bar_get(&world.console, Nothing {}).await.unwrap();
    assert!(bar.practice && bar.display_phone_number.is_some());
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_chat_begins_with_a_number_and_offers_templates_alone() {
    let world = world().await;
    let start = ChatStart { contact_id: None, phone: Some("+1 416 555 0199".to_owned()), name: Some("Ana".to_owned()) };
    let thread = api::chat_start(&world.console, start.clone()).await.unwrap();
    assert_eq!((thread.composer.mode, thread.phone.as_deref()), (ComposerMode::TemplateOnly, Some("+14165550199")));
    let contact = thread.row.contact_id;
    assert_eq!(api::chat_start(&world.console, start).await.unwrap().row.contact_id, contact);
    let closed = api::message_reply(&world.console, reply(&contact, "hello", "k")).await.unwrap_err();
    assert_eq!(closed.code, UiErrorCode::WindowClosed);
    let bad = ChatStart { contact_id: None, phone: Some("12".to_owned()), name: None };
    assert_eq!(api::chat_start(&world.console, bad).await.unwrap_err().code, UiErrorCode::InvalidInput);
    world.close().await;
}
