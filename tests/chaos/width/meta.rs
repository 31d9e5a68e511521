//! The in-memory Meta: takes requests, decides by the seed what becomes of each, and keeps the ledger of the truth.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use switchboard_cloud_api::client::{Carried, NotSentWhy, Transport, TransportError, UnknownWhy};
use tokio::sync::oneshot;

use super::clock::SimClock;
use super::hook::Ticks;
use super::plan::Dice;
use super::webhooks::{self, Status};

/// A request that reached Meta's door, or would have.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub n: u64,
    /// Place of the last look at suppression before it.
    pub look: u64,
    /// Place of the last claim before it.
    pub claim: u64,
    pub at_ms: i64,
    /// The sending number.
    pub number: String,
    /// What became of it.
    pub verdict: &'static str,
    /// Number without plus, or user id.
    pub to: String,
    pub correlation: String,
    pub is_template: bool,
    /// The message, if Meta took it.
    pub wamid: Option<String>,
}

enum Reply {
    Body(u16, Value),
    Fail(TransportError),
}

struct Awaited {
    n: u64,
    due_ms: i64,
    reply: Reply,
    to: oneshot::Sender<Reply>,
}

/// A webhook on its way to the relay.
struct OnItsWay {
    due_ms: i64,
    n: u64,
    body: String,
    about: About,
}

/// What a webhook says, for the check at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    Status { wamid: String, word: &'static str, names_attempt: bool },
    Message { wamid: String, human: usize, is_stop: bool },
    PreferenceStop { human: usize },
    Other,
}

/// An entry of the relay's log.
#[derive(Clone, Debug)]
pub struct Logged {
    pub received_ms: i64,
    pub body: String,
    pub about: About,
}

/// What is wrong at the moment.
#[derive(Default)]
pub struct Weather {
    /// A code for every send until then.
    pub throttle: Option<(i64, i64)>,
    pub no_network_until_ms: i64,
    pub server_errors_until_ms: i64,
    pub token_revoked: bool,
    pub template_paused: bool,
    pub number_restricted: bool,
}

pub struct Meta {
    seed: u64,
    clock: Arc<SimClock>,
    ticks: Arc<Ticks>,
    pub weather: Weather,
    pub send_trouble: i64,
    pub webhook_trouble: i64,
    /// Under which its templates are billed.
    pub category: &'static str,
    pub ledger: Vec<Arrival>,
    pub log: Vec<Logged>,
    pub faults: BTreeMap<&'static str, u64>,
    requests_of: HashMap<String, u64>,
    awaited: Vec<Awaited>,
    on_their_way: Vec<OnItsWay>,
    made: u64,
    /// Answers handed over and not yet taken.
    released: u64,
    taken: u64,
}

/// The transport of one console process.
pub struct Wire(pub Arc<Mutex<Meta>>);

impl Transport for Wire {
    fn carry(&self, request: reqwest::Request) -> Carried {
        let awaited = self.0.lock().unwrap().take(&request);
        let meta = Arc::clone(&self.0);
        Box::pin(async move {
            let answered = awaited.await;
            meta.lock().unwrap().taken += 1;
            match answered {
                Ok(Reply::Body(status, body)) => {
                    let response = http::Response::builder().status(status).body(body.to_string()).unwrap();
                    Ok(reqwest::Response::from(response))
                }
                Ok(Reply::Fail(error)) => Err(error),
                Err(_) => Err(TransportError::Unknown(UnknownWhy::Broken)),
            }
        })
    }
}

fn envelope(status: u16, code: i64) -> Reply {
    Reply::Body(
        status,
        json!({ "error": { "message": "m", "type": "OAuthException", "code": code, "fbtrace_id": "A" } }),
    )
}

impl Meta {
    pub fn new(seed: u64, clock: Arc<SimClock>, ticks: Arc<Ticks>) -> Self {
        Self {
            seed,
            clock,
            ticks,
            weather: Weather::default(),
            send_trouble: 0,
            webhook_trouble: 0,
            category: "marketing",
            ledger: Vec::new(),
            log: Vec::new(),
            faults: BTreeMap::new(),
            requests_of: HashMap::new(),
            awaited: Vec::new(),
            on_their_way: Vec::new(),
            made: 0,
            released: 0,
            taken: 0,
        }
    }

    fn count(&mut self, fault: &'static str) {
        *self.faults.entry(fault).or_default() += 1;
    }

    /// A request arrives: decided at once, answered later.
    fn take(&mut self, request: &reqwest::Request) -> oneshot::Receiver<Reply> {
        let bytes = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let body: Value = serde_json::from_slice(bytes).unwrap();
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        let to = if body["to"].is_string() { text("to").trim_start_matches('+').to_owned() } else { text("recipient") };
        let nth = self.requests_of.entry(to.clone()).or_default();
        *nth += 1;
        // A person's fate does not depend on when others are written to.
        let dice = &mut Dice::of(self.seed, &format!("{to}/{nth}"));
        let n = u64::try_from(self.ledger.len()).unwrap();
        let now_ms = self.clock.world_ms();
        let (verdict, takes, reply, after_ms) = self.decide(dice, n, now_ms);
        let wamid = takes.then(|| format!("wamid.{}.{n}", self.seed));
        // `/v26.0/{number}/messages`
        let number = request.url().path_segments().and_then(|mut s| s.nth(1)).unwrap_or_default().to_owned();
        let arrival = Arrival {
            number,
            verdict,
            n,
            look: self.ticks.last_look(),
            claim: self.ticks.last_claim(),
            at_ms: now_ms,
            to,
            correlation: text("biz_opaque_callback_data"),
            is_template: body["type"] == "template",
            wamid,
        };
        self.ticks.next();
        self.ticks.trace(&format!("arrival {n} {} {verdict}", arrival.to));
        if verdict != "accepted" {
            self.count(verdict);
        }
        self.plan_statuses(dice, &arrival, verdict == "held");
        self.ledger.push(arrival);
        let (sender, receiver) = oneshot::channel();
        self.awaited.push(Awaited { n, due_ms: now_ms + after_ms, reply, to: sender });
        receiver
    }

    /// What becomes of a request: word, whether Meta took it, the answer, and when it comes.
    fn decide(&self, d: &mut Dice, n: u64, now_ms: i64) -> (&'static str, bool, Reply, i64) {
        let soon = d.range(20, 400);
        let took = |extra: Value| {
            let mut message = json!({ "id": format!("wamid.{}.{n}", self.seed) });
            if let (Some(into), Some(from)) = (message.as_object_mut(), extra.as_object()) {
                into.extend(from.clone());
            }
            Reply::Body(
                200,
                json!({ "messaging_product": "whatsapp", "contacts": [{ "input": "x" }], "messages": [message] }),
            )
        };
        let broken = || Reply::Fail(TransportError::Unknown(UnknownWhy::Broken));
        let timeout = || Reply::Fail(TransportError::Unknown(UnknownWhy::Timeout));
        let w = &self.weather;
        if now_ms < w.no_network_until_ms {
            return ("not_connected", false, Reply::Fail(TransportError::NotSent(NotSentWhy::Connect)), 5);
        }
        if now_ms < w.server_errors_until_ms {
            let reply = if d.per_mille(500) { Reply::Body(502, json!("<html>")) } else { envelope(500, 131_000) };
            return if d.per_mille(500) {
                ("server_error_taken", true, reply, soon)
            } else {
                ("server_error_not_taken", false, reply, soon)
            };
        }
        if w.token_revoked {
            return ("token_refused", false, envelope(401, 190), soon);
        }
        if w.number_restricted {
            return ("account_restricted", false, envelope(403, 131_031), soon);
        }
        if w.template_paused {
            return ("template_refused", false, envelope(400, 132_015), soon);
        }
        if let Some((code, until_ms)) = w.throttle
            && now_ms < until_ms
        {
            let status = if matches!(code, 131_057 | 133_004) { 503 } else { 400 };
            // The operator lets it go on, and may do so at once.
            let verdict = if code == 131_048 { "restricted_for_spam" } else { "throttled" };
            return (verdict, false, envelope(status, code), soon);
        }
        if !d.per_mille(self.send_trouble) {
            return ("accepted", true, took(json!({})), soon);
        }
        match d.range(0, 14) {
            0 => ("dropped_before", false, broken(), soon),
            1 => ("dropped_after", true, broken(), soon),
            2 => ("timeout_taken", true, timeout(), 30_000),
            3 => ("timeout_not_taken", false, timeout(), 30_000),
            4 => ("reset_after", true, broken(), 1),
            5 => ("unreadable_answer", true, Reply::Body(200, json!("<html>")), soon),
            6 => ("turned_away", false, Reply::Fail(TransportError::NotSent(NotSentWhy::TurnedAway)), 3),
            7 => ("throttled_once", false, envelope(400, d.pick(&[130_429, 131_056, 4])), soon),
            8 => ("held", true, took(json!({ "message_status": "held_for_quality_assessment" })), soon),
            9 => ("slow_answer", true, took(json!({})), d.range(2_000, 29_000)),
            10 => ("unreachable", false, envelope(400, 131_026), soon),
            11 => ("withheld", false, envelope(400, d.pick(&[131_049, 130_472])), soon),
            12 => ("stopped_marketing", false, envelope(400, 131_050), soon),
            _ => ("redirect", d.per_mille(500), Reply::Body(302, json!({})), soon),
        }
    }

    /// What Meta will tell about a message it took.
    fn plan_statuses(&mut self, d: &mut Dice, arrival: &Arrival, held: bool) {
        let Some(wamid) = arrival.wamid.clone() else { return };
        let mut at = arrival.at_ms + d.range(30, 3_000) + if held { d.range(20_000, 200_000) } else { 0 };
        let fails = d.per_mille(if held { 300 } else { 60 });
        let mut words: Vec<(&'static str, Option<i64>)> = Vec::new();
        if fails {
            let code = if held { 132_015 } else { d.pick(&[131_026, 131_049, 131_050, 131_053]) };
            words.push(("failed", Some(code)));
        } else {
            words.push(("sent", None));
            if d.per_mille(900) {
                words.push(("delivered", None));
            }
            if d.per_mille(500) {
                words.push(("read", None));
            }
        }
        for (word, code) in words {
            at += d.range(1, 4_000);
            if d.per_mille(self.webhook_trouble / 5) {
                self.count("webhook_missing");
                continue;
            }
            let names_attempt = !d.per_mille(self.webhook_trouble / 6);
            let body = webhooks::status(&Status {
                wamid: &wamid,
                number: &arrival.number,
                category: self.category,
                word,
                at_ms: super::clock::BEGIN_MS + at,
                recipient: &arrival.to,
                correlation: names_attempt.then_some(arrival.correlation.as_str()),
                code,
            });
            let about = About::Status { wamid: wamid.clone(), word, names_attempt };
            self.deliver(d, at, &body, &about);
        }
    }

    /// Sends a webhook to the relay: in time, late, before its elders, or twice.
    pub fn deliver(&mut self, d: &mut Dice, at_ms: i64, body: &Value, about: &About) {
        let mut due_ms = at_ms + d.range(5, 300);
        if d.per_mille(self.webhook_trouble / 4) {
            self.count("webhook_late");
            due_ms += d.pick(&[3_000, 40_000, 900_000, 7_200_000]);
        }
        let mut dues = vec![due_ms];
        if d.per_mille(self.webhook_trouble / 3) {
            self.count("webhook_twice");
            dues.push(due_ms + d.pick(&[1, 500, 60_000]));
        }
        for due_ms in dues {
            self.made += 1;
            self.on_their_way.push(OnItsWay { due_ms, n: self.made, body: body.to_string(), about: about.clone() });
        }
    }

    /// Sends a webhook to the relay without any trouble.
    pub fn deliver_surely(&mut self, due_ms: i64, body: &Value, about: &About) {
        self.made += 1;
        self.on_their_way.push(OnItsWay { due_ms, n: self.made, body: body.to_string(), about: about.clone() });
    }

    /// What is due now: webhooks reach the relay, answers the console. Returns how many answers were let go.
    pub fn tick(&mut self) {
        let now_ms = self.clock.world_ms();
        let (mut due, later): (Vec<_>, Vec<_>) = self.on_their_way.drain(..).partition(|w| w.due_ms <= now_ms);
        self.on_their_way = later;
        due.sort_by_key(|w| (w.due_ms, w.n));
        for webhook in due {
            self.log.push(Logged { received_ms: now_ms, body: webhook.body, about: webhook.about });
        }
        let (mut due, later): (Vec<_>, Vec<_>) = self.awaited.drain(..).partition(|a| a.due_ms <= now_ms);
        self.awaited = later;
        due.sort_by_key(|a| (a.due_ms, a.n));
        for answer in due {
            // A console that died does not take its answer.
            if answer.to.send(answer.reply).is_ok() {
                self.released += 1;
            }
        }
    }

    /// Answers that were let go and not yet read by the console.
    pub fn untaken(&self) -> u64 {
        self.released - self.taken
    }

    /// The process is gone, and with it whoever waited.
    pub fn forget_waiting(&mut self) {
        self.awaited.clear();
        self.released = 0;
        self.taken = 0;
    }

    /// When something is due next.
    pub fn next_due_ms(&self) -> Option<i64> {
        let answers = self.awaited.iter().map(|a| a.due_ms);
        answers.chain(self.on_their_way.iter().map(|w| w.due_ms)).min()
    }
}
