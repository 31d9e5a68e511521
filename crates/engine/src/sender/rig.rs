//! A console with a real store against a server of the test's own, for the tests of sender and campaigns.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use switchboard_bridge::dto::{Audience, AudienceKind, CampaignDraft, CampaignLaunch, ValueSource, VariableValue};
use switchboard_domain::consent::{EventKind, Purposes, Via};
use switchboard_domain::ids::{CampaignId, ContactId, TemplateId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::time::{Clock, UnixMillis};
use switchboard_relay_api::{Lease, LinkPhase, RelaySeq, RelayState};
use switchboard_store::tables::consent_events::{self, NewEvent};
use switchboard_store::tables::contacts::Names;
use switchboard_store::tables::identifiers::PersonKeys;
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::outbox::{self, OutboxRow, StateCounts};
use switchboard_store::tables::people;
use switchboard_store::{Priority, StoreError, WriteTx};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::Sender;
use crate::campaigns::{self, Upkeep};
use crate::profile::Profile;
use crate::secrets::{SecretName, SecretStore};
use crate::{Console, OpenConsole};

pub(crate) const NUMBER: &str = "106540352242922";
pub(crate) const TEMPLATE: &str = "594425479261596";

pub(crate) struct MovedClock(AtomicI64);

impl Clock for MovedClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(self.0.load(Ordering::SeqCst))
    }
    fn monotonic(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.load(Ordering::SeqCst)).unwrap())
    }
}

/// What the server saw and how it answers.
#[derive(Default)]
pub(crate) struct Meta {
    pub requests: AtomicUsize,
    pub uploads: AtomicUsize,
    pub seen: Mutex<Vec<serde_json::Value>>,
    pub answers: Mutex<HashMap<String, (u16, String)>>,
    pub default_answer: Mutex<Option<(u16, String)>>,
}

pub(crate) fn accepted(wamid: &str) -> (u16, String) {
    (200, serde_json::json!({"messaging_product":"whatsapp","contacts":[{"input":"x","wa_id":"x"}],"messages":[{"id":wamid}]}).to_string())
}

pub(crate) fn envelope(status: u16, code: i64) -> (u16, String) {
    (
        status,
        serde_json::json!({"error":{"message":"m","type":"OAuthException","code":code,"fbtrace_id":"A"}}).to_string(),
    )
}

struct Answer(Arc<Meta>);

impl Respond for Answer {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        if request.url.path().ends_with("/media") {
            self.0.uploads.fetch_add(1, Ordering::SeqCst);
            return ResponseTemplate::new(200).set_body_string(r#"{"id":"777"}"#);
        }
        let n = self.0.requests.fetch_add(1, Ordering::SeqCst);
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let to = body.get("to").and_then(|t| t.as_str()).unwrap_or_default().to_owned();
        self.0.seen.lock().unwrap().push(body);
        let (status, text) = self
            .0
            .answers
            .lock()
            .unwrap()
            .get(&to)
            .cloned()
            .or_else(|| self.0.default_answer.lock().unwrap().clone())
            .unwrap_or_else(|| accepted(&format!("wamid.{n}")));
        ResponseTemplate::new(status).set_body_string(text)
    }
}

pub(crate) struct Rig {
    pub console: Console,
    pub clock: Arc<MovedClock>,
    pub meta: Arc<Meta>,
    pub dir: tempfile::TempDir,
    server: MockServer,
    relay_clock_ms: std::sync::Mutex<Option<i64>>,
}

impl Rig {
    pub async fn new() -> Self {
        let server = MockServer::start().await;
        let meta = Arc::new(Meta::default());
        Mock::given(method("POST")).respond_with(Answer(Arc::clone(&meta))).mount(&server).await;
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(MovedClock(AtomicI64::new(1_795_305_600_000)));
        let profile = Profile::practice(dir.path()).unwrap();
        let secrets = SecretStore::for_profile(&profile);
        secrets.put(SecretName::SystemUserToken, SecretString::from("EAAtest")).await.unwrap();
        let console = open(dir.path(), &clock).await;
        let uri = server.uri();
        console
            .store()
            .write(Priority::Bulk, move |tx| {
                tx.execute(
                    "INSERT INTO account (id, waba_id, graph_url, graph_version, default_phone_number_id, connected_at_ms, updated_at_ms) \
                     VALUES (1, 'waba', ?1, 'v26.0', ?2, 0, 0)",
                    (uri, NUMBER),
                )?;
                tx.execute(
                    "INSERT INTO phone_numbers (phone_number_id, waba_id, display_phone_number, status, updated_at_ms) \
                     VALUES (?1, 'waba', '+1 416 555 0100', 'CONNECTED', 0)",
                    [NUMBER],
                )?;
                tx.execute(
                    "INSERT INTO templates (template_id, waba_id, name, language, category, status, components, updated_at_ms, seen_at_ms) \
                     VALUES (?1, 'waba', 'offer', 'en_US', 'marketing', 'APPROVED', ?2, 0, 0)",
                    (TEMPLATE, r#"[{"type":"BODY","text":"Hello {{1}}, new tea is here."}]"#),
                )?;
                tx.execute("INSERT INTO relay (id, url, desk, device) VALUES (1, 'ws://127.0.0.1:1', 'd', 'c')", [])?;
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
        let rig = Self { console, clock, meta, dir, server, relay_clock_ms: std::sync::Mutex::default() };
        rig.listen();
        rig.console.set_rate_override(Some(100_000.0));
        rig
    }

    /// Meta answers this too.
    pub async fn also_answers(&self, mock: Mock) {
        mock.mount(&self.server).await;
    }

    /// Meta is at another address: nowhere, or where the test's server is.
    pub async fn move_meta(&self, reachable: bool) {
        let uri = if reachable {
            self.server.uri()
        } else {
            // A port that was free a moment ago.
            let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            format!("http://{}", free.local_addr().unwrap())
        };
        self.write(move |tx| Ok(tx.execute("UPDATE account SET graph_url = ?1", [uri])?)).await;
        self.console.reset_graph();
    }

    /// The relay was just heard and everything is applied.
    pub fn listen(&self) {
        let lease = Lease { term: 1, holder: "c".to_owned(), granted: true, previous: String::new() };
        self.console.relay_state().send_replace(Some(RelayState {
            phase: LinkPhase::Connected,
            head: Some(RelaySeq::new(5)),
            floor: Some(RelaySeq::new(1)),
            last_heard: Some(switchboard_relay_api::Heard {
                at: tokio::time::Instant::now(),
                wall_ms: self.clock.now().as_ms() + 1,
            }),
            lease: Some(lease),
            clock_offset_ms: *self.relay_clock_ms.lock().unwrap(),
            ..RelayState::new("c", RelaySeq::new(5))
        }));
    }

    /// The relay's clock is so far ahead of this machine's.
    pub fn relay_clock(&self, offset_ms: Option<i64>) {
        *self.relay_clock_ms.lock().unwrap() = offset_ms;
        self.listen();
    }

    pub fn advance(&self, by: Duration) {
        self.clock.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
        self.listen();
    }

    pub fn ledger(&self) -> LedgerKey {
        LedgerKey::new(*self.console.keys().ledger())
    }

    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut WriteTx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.console.store().write(Priority::Claim, f).await.unwrap()
    }

    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&switchboard_store::Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.console.store().read(f).await.unwrap()
    }

    /// Canadian people with an opt-in for marketing.
    pub async fn people(&self, n: u32) -> Vec<ContactId> {
        self.people_of((0..n).map(phone).collect()).await
    }

    /// One person with a number of one's choice.
    pub async fn person(&self, phone: &str) -> ContactId {
        self.people_of(vec![phone.to_owned()]).await[0]
    }

    async fn people_of(&self, phones: Vec<String>) -> Vec<ContactId> {
        let ledger = self.ledger();
        self.write(move |tx| {
            let mut ids = Vec::new();
            for (i, phone) in phones.into_iter().enumerate() {
                let phone = PhoneNumber::from_stored(phone);
                let names = Names { full: format!("Person {i}"), ..Names::default() };
                let who = people::resolve_in(tx, &ledger, &PersonKeys::of_phone(phone), &names)?.contact_id;
                let now = tx.now();
                let opt_in = NewEvent {
                    purposes: Purposes::MARKETING,
                    ..NewEvent::now(who, EventKind::OptIn, Via::Operator, now)
                };
                consent_events::append(tx, &ledger, &opt_in)?;
                ids.push(who);
            }
            Ok(ids)
        })
        .await
    }

    pub async fn opt_out(&self, who: ContactId) {
        let ledger = self.ledger();
        self.console
            .store()
            .write(Priority::OptOut, move |tx| {
                let now = tx.now();
                consent_events::append(tx, &ledger, &NewEvent::now(who, EventKind::OptOut, Via::Chat, now))?;
                outbox::cancel_queued_of_contact(tx, who, false, "opted_out", "Opted out.")?;
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
    }

    pub async fn draft(&self) -> CampaignId {
        let detail = campaigns::save(
            &self.console,
            CampaignDraft {
                id: None,
                name: "Tea".to_owned(),
                template_id: Some(TEMPLATE.to_owned()),
                phone_number_id: Some(NUMBER.to_owned()),
                audience: Audience {
                    kind: AudienceKind::Everybody,
                    import_ids: vec![],
                    contact_ids: vec![],
                    filter: None,
                },
                values: vec![VariableValue {
                    key: "body.1".to_owned(),
                    source: ValueSource::FirstName,
                    value: String::new(),
                    fallback: None,
                    format: None,
                }],
                rules: Default::default(),
            },
        )
        .await
        .unwrap();
        campaigns::parse_id(&detail.row.id).unwrap()
    }

    pub async fn press_launch(&self, id: CampaignId, key: &str) -> Result<(), switchboard_bridge::UiError> {
        let review = campaigns::review(&self.console, id).await.ok();
        campaigns::launch(
            &self.console,
            CampaignLaunch {
                id: id.to_string(),
                typed_number: review.map(|r| r.will_receive),
                template_hash: None,
                idempotency_key: key.to_owned(),
            },
        )
        .await
        .map(|_| ())
    }

    /// Writes the audience to the outbox.
    pub async fn enqueue(&self) {
        while campaigns::step(&self.console).await.unwrap() != Upkeep::Idle {}
    }

    /// A launched campaign whose ten seconds have passed.
    pub async fn launched(&self) -> CampaignId {
        let id = self.draft().await;
        self.press_launch(id, "press-1").await.unwrap();
        self.enqueue().await;
        self.advance(Duration::from_secs(11));
        id
    }

    pub async fn sender(&self) -> Sender {
        let mut sender = Sender::new(self.console.clone());
        sender.recover().await.unwrap();
        // The pace begins with a second of rest.
        sender.read_figures(self.clock.monotonic(), self.clock.now()).await.unwrap();
        self.advance(Duration::from_millis(1_100));
        sender
    }

    /// Steps until nothing more happens.
    pub async fn drive(&self, sender: &mut Sender) {
        let mut quiet = 0;
        while quiet < 2 {
            self.advance(Duration::from_millis(50));
            let step = sender.step(self.clock.now()).await.unwrap();
            let landed = sender.land().await.unwrap();
            quiet = if step.claimed == 0 && landed == 0 && step.recorded == 0 { quiet + 1 } else { 0 };
        }
    }

    /// The edges of the requests in order.
    pub async fn paths(&self) -> Vec<String> {
        let requests = self.server.received_requests().await.unwrap();
        requests.iter().map(|r| r.url.path().rsplit('/').next().unwrap_or_default().to_owned()).collect()
    }

    pub async fn counts(&self, id: CampaignId) -> StateCounts {
        self.read(move |c| outbox::counts(c, id)).await
    }

    pub async fn row_of(&self, id: CampaignId, who: ContactId) -> OutboxRow {
        self.read(move |c| {
            use switchboard_store::columns::{IdColumn, RowExt};
            let found = c.query_row(
                "SELECT outbox_id FROM outbox WHERE campaign_id = ?1 AND contact_id = ?2",
                (id.bytes(), who.bytes()),
                |r| r.id("outbox_id"),
            )?;
            Ok(outbox::by_id(c, found)?.unwrap())
        })
        .await
    }

    pub async fn attempt_outcomes(&self) -> Vec<Option<String>> {
        self.read(|c| {
            let mut s = c.prepare("SELECT outcome FROM attempts ORDER BY claimed_at_ms, attempt_id")?;
            Ok(s.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?)
        })
        .await
    }

    pub fn template() -> TemplateId {
        TemplateId::new(TEMPLATE)
    }
}

/// A number of the fictional range, made at run time.
pub(crate) fn phone(i: u32) -> String {
    let area = ["416", "604", "514", "403", "613"][(i / 100) as usize % 5];
    format!("+1{area}555{:04}", 100 + i % 100)
}

pub(crate) async fn open(dir: &std::path::Path, clock: &Arc<MovedClock>) -> Console {
    let profile = Profile::practice(dir).unwrap();
    let secrets = SecretStore::for_profile(&profile);
    Console::open(OpenConsole { profile, secrets, clock: clock.clone(), want_role: true }).await.unwrap()
}
