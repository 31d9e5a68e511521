//! A practice account, a client and a callback, in one process and on loopback ports.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use switchboard_simulator::{Mode, Running, SimulatorConfig};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// One POST as the callback got it.
pub struct Post {
    pub bytes: Bytes,
    pub signature: String,
}

impl Post {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// Every `(field, value)` in it.
    pub fn changes(&self) -> Vec<(String, Value)> {
        let body = self.json();
        let mut changes = Vec::new();
        for entry in body["entry"].as_array().unwrap() {
            for change in entry["changes"].as_array().unwrap() {
                changes.push((change["field"].as_str().unwrap().to_owned(), change["value"].clone()));
            }
        }
        changes
    }
}

struct Callback {
    posts: mpsc::UnboundedSender<Post>,
    /// Statuses to answer with before 200s begin.
    answers: std::sync::Mutex<Vec<u16>>,
}

pub struct World {
    pub sim: Running,
    pub http: reqwest::Client,
    pub posts: mpsc::UnboundedReceiver<Post>,
    pub stop: CancellationToken,
    pub hook_url: String,
    unread: std::collections::VecDeque<(String, Value)>,
    callback: Arc<Callback>,
}

/// Parts that a restart keeps.
pub struct Setup {
    pub mode: Mode,
    pub threads: bool,
    pub limits: bool,
    pub callback: bool,
    pub speed: f64,
}

impl Default for Setup {
    fn default() -> Self {
        Self { mode: Mode::Explicit, threads: false, limits: true, callback: true, speed: 1.0 }
    }
}

pub async fn world(setup: Setup) -> (World, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (open(dir.path(), setup).await, dir)
}

pub async fn explicit() -> (World, tempfile::TempDir) {
    world(Setup::default()).await
}

pub async fn open(dir: &std::path::Path, setup: Setup) -> World {
    let (posts, received) = mpsc::unbounded_channel();
    let callback = Arc::new(Callback { posts, answers: std::sync::Mutex::new(Vec::new()) });
    let hooks = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hook_url = format!("http://{}/hooks/practice", hooks.local_addr().unwrap());
    let router = Router::new()
        .route("/hooks/practice", axum::routing::get(handshake).post(receive))
        .with_state(Arc::clone(&callback));
    tokio::spawn(async move { axum::serve(hooks, router).await.unwrap() });
    let mut config = SimulatorConfig::new(dir, 7);
    config.mode = setup.mode;
    config.seed_threads = setup.threads;
    config.limits = setup.limits;
    config.speed = setup.speed;
    config.callback = setup.callback.then(|| hook_url.parse().unwrap());
    config.control_token = "control".to_owned().into();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stop = CancellationToken::new();
    let sim = switchboard_simulator::start(listener, config, stop.clone()).await.unwrap();
    World {
        sim,
        http: reqwest::Client::builder().no_proxy().build().unwrap(),
        posts: received,
        stop,
        hook_url,
        unread: std::collections::VecDeque::new(),
        callback,
    }
}

async fn handshake(Query(query): Query<std::collections::HashMap<String, String>>) -> String {
    query.get("hub.challenge").cloned().unwrap_or_default()
}

async fn receive(State(callback): State<Arc<Callback>>, headers: HeaderMap, bytes: Bytes) -> StatusCode {
    let answer = callback.answers.lock().unwrap().pop().unwrap_or(200);
    let signature = headers.get("x-hub-signature-256").unwrap().to_str().unwrap().to_owned();
    callback.posts.send(Post { bytes, signature }).unwrap();
    StatusCode::from_u16(answer).unwrap()
}

impl World {
    /// The next POSTs answer like this, last one first.
    pub fn answer_with(&self, statuses: &[u16]) {
        *self.callback.answers.lock().unwrap() = statuses.iter().rev().copied().collect();
    }

    /// The next POST; a minute without one fails the test.
    pub async fn post(&mut self) -> Post {
        tokio::time::timeout(Duration::from_secs(60), self.posts.recv())
            .await
            .expect("a webhook within a minute")
            .unwrap()
    }

    /// The next change of this field; others before it are skipped.
    pub async fn change(&mut self, field: &str) -> Value {
        loop {
            while let Some((found, value)) = self.unread.pop_front() {
                if found == field {
                    return value;
                }
            }
            let post = self.post().await;
            assert_eq!(post.signature, self.signature(&post.bytes), "signed over the exact bytes");
            self.unread.extend(post.changes());
        }
    }

    pub fn signature(&self, body: &[u8]) -> String {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(self.sim.app_secret.expose_secret().as_bytes()).unwrap();
        mac.update(body);
        format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}/v26.0/{path}", self.sim.graph_url)
    }

    pub async fn graph(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.http.request(method, self.url(path)).bearer_auth(self.sim.access_token.expose_secret());
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.graph(reqwest::Method::GET, path, None).await
    }

    pub async fn send(&self, body: Value) -> (u16, Value) {
        self.graph(reqwest::Method::POST, &format!("{}/messages", self.sim.phone_number_id), Some(body)).await
    }

    /// Sends these while the account's clock stands: what it allows in a second is then reached however slow the machine
    /// is.
    pub async fn send_at_once(&self, bodies: impl IntoIterator<Item = Value>) -> Vec<(u16, Value)> {
        let control = self.sim.control();
        let begun = std::time::Instant::now();
        let (mut answers, mut turned_back_ms) = (Vec::new(), 0);
        for body in bodies {
            let passed_ms = i64::try_from(begun.elapsed().as_millis()).unwrap() - turned_back_ms;
            control.advance(-passed_ms).await.unwrap();
            turned_back_ms += passed_ms;
            answers.push(self.send(body).await);
        }
        answers
    }

    pub async fn control(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let mut request = self.http.request(method, format!("{}/{path}", self.sim.control_url)).bearer_auth("control");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    pub async fn close(self) {
        self.stop.cancel();
        self.sim.wait().await;
    }
}

/// The `autumn_sale` template to one person.
pub fn sale(to: &str, correlation: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": to, "type": "template", "biz_opaque_callback_data": correlation,
        "template": {"name": "autumn_sale", "language": {"code": "en_US"}, "components": [{"type": "body", "parameters": [
            {"type": "text", "text": "Amélie"}, {"type": "text", "text": "20 %"}, {"type": "text", "text": "Sunday"}]}]}})
}

pub fn text(to: &str, body: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}})
}

pub fn code(answer: &(u16, Value)) -> i64 {
    answer.1["error"]["code"].as_i64().unwrap_or_default()
}
