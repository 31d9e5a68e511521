//! The load: bodies signed beforehand, posted by `wrk`; and probes whose way to the console is timed.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;
use switchboard_relay_api::{ClientOptions, Payload, RelayClient, RelayEndpoint, RelayEvent, RelaySeq};
use tempfile::TempDir;

use super::installed::Installed;
use super::{MEASURED, WARM_UP};

/// Different bodies that the load goes through.
const BODIES: usize = 1_000;
/// Between two probes.
const PROBE_EVERY: Duration = Duration::from_millis(20);

/// Signed bodies, and the secret they are signed with.
pub struct Bodies {
    pub app_secret: String,
    pub verify_token: String,
    folder: TempDir,
}

/// A text message to us, padded to the size.
fn body(number: usize, bytes: usize) -> String {
    // Keys in Meta's order, which a tree of JSON would not keep.
    let make = |text: &str| {
        let entry = json!([{"id": "200000000000002", "changes": [{
        "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "14165550100", "phone_number_id": "100000000000001"},
            "contacts": [{"profile": {"name": "Ana Prova"}, "wa_id": "14165550123", "user_id": "CA.90000000000000000001"}],
            "messages": [{"from": "14165550123", "from_user_id": "CA.90000000000000000001",
                "id": format!("wamid.{number:040}"), "timestamp": "1795305601", "type": "text",
                "text": {"body": text}}],
        }}]}]);
        format!(r#"{{"object":"whatsapp_business_account","entry":{entry}}}"#)
    };
    let missing = bytes.saturating_sub(make("").len());
    make(&"word ".repeat(missing.div_ceil(5)).chars().take(missing).collect::<String>())
}

impl Bodies {
    /// Makes them and the script that posts them.
    pub fn make(bytes: usize) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("switchboard-bench-").tempdir().context("making a folder")?;
        let secret = || hex::encode(rand::random::<[u8; 16]>());
        let bodies = Self { app_secret: secret(), verify_token: secret(), folder };
        let mut lines = String::new();
        for number in 0..BODIES {
            let body = body(number, bytes);
            lines.push_str(&format!("{} {body}\n", bodies.sign(body.as_bytes())?));
        }
        std::fs::write(bodies.folder.path().join("bodies"), lines).context("writing the bodies")?;
        std::fs::write(bodies.script(), SCRIPT).context("writing the script")?;
        Ok(bodies)
    }

    fn script(&self) -> PathBuf {
        self.folder.path().join("post.lua")
    }

    /// The signature header of a body (webhooks.md §1).
    pub fn sign(&self, body: &[u8]) -> anyhow::Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.app_secret.as_bytes()).context("a key for signatures")?;
        mac.update(body);
        Ok(format!("sha256={}", hex::encode(mac.finalize().into_bytes())))
    }
}

/// Requests are put together before the clock starts.
const SCRIPT: &str = r#"
local requests, n = {}, 0
function init(args)
  for line in io.lines(args[1]) do
    local signature, body = line:match("^(%S+) (.*)$")
    n = n + 1
    requests[n] = wrk.format("POST", nil, {["Content-Type"] = "application/json", ["X-Hub-Signature-256"] = signature}, body)
  end
end
local at = 0
function request()
  at = at % n + 1
  return requests[at]
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"micros":%d,"refused":%d,"broken":%d,"p50_us":%d,"p99_us":%d}\n',
    summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"#;

#[derive(Deserialize)]
struct Told {
    requests: u64,
    micros: u64,
    refused: u64,
    broken: u64,
    p50_us: f64,
    p99_us: f64,
}

/// What a load gave.
pub struct Outcome {
    pub per_second: f64,
    pub answered: u64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// A load that can be run.
pub struct Load<'a> {
    bodies: &'a Bodies,
    url: String,
    connections: u32,
    seconds: Option<u64>,
}

impl<'a> Load<'a> {
    /// Posts the bodies there, over so many connections.
    pub fn new(bodies: &'a Bodies, url: &str, connections: u32) -> Self {
        Self { bodies, url: url.to_owned(), connections, seconds: None }
    }

    /// For so long, without a warm-up.
    pub fn lasting(mut self, seconds: u64) -> Self {
        self.seconds = Some(seconds);
        self
    }

    fn wrk(&self, seconds: u64) -> Command {
        let mut wrk = Command::new("wrk");
        wrk.args(["-t", "1", "-c", &self.connections.to_string(), "-d", &format!("{seconds}s"), "--timeout", "10s"])
            .arg("-s")
            .arg(self.bodies.script())
            .arg(&self.url)
            .arg("--")
            .arg(self.bodies.folder.path().join("bodies"));
        wrk
    }

    /// Begins and does not wait.
    pub fn spawn(&self) -> anyhow::Result<Child> {
        let seconds = self.seconds.unwrap_or(MEASURED.as_secs());
        self.wrk(seconds).stdout(Stdio::null()).spawn().context("starting wrk; is it installed?")
    }

    /// Runs it to the end. Every answer has to be a 200.
    pub fn measure(&self) -> anyhow::Result<Outcome> {
        if self.seconds.is_none() {
            self.run(WARM_UP.as_secs())?;
        }
        self.run(self.seconds.unwrap_or(MEASURED.as_secs()))
    }

    fn run(&self, seconds: u64) -> anyhow::Result<Outcome> {
        let output = self.wrk(seconds).output().context("starting wrk; is it installed?")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().find_map(|line| line.strip_prefix("RESULT ")).context("wrk told nothing")?;
        let told: Told = serde_json::from_str(line).context("what wrk told")?;
        ensure!(told.refused == 0 && told.broken == 0, "{} refused, {} broken", told.refused, told.broken);
        Ok(Outcome {
            per_second: told.requests as f64 / (told.micros as f64 / 1e6),
            answered: told.requests,
            p50_ms: told.p50_us / 1_000.0,
            p99_ms: told.p99_us / 1_000.0,
        })
    }
}

/// Posts so many bodies of their own, one after the other, and times each until the console holds it.
pub async fn probe(
    relay: &Installed,
    endpoint: &RelayEndpoint,
    bodies: &Bodies,
    count: usize,
) -> anyhow::Result<Vec<Duration>> {
    let http = reqwest::Client::builder().no_proxy().build().context("a client")?;
    let mut console = RelayClient::connect(endpoint, RelaySeq::new(0), &ClientOptions::default())
        .await
        .context("connecting the console")?;
    let url = relay.callback();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let mut probes = Vec::new();
    for number in 0..count {
        let body = body(1_000_000 + number, 600);
        let signature = bodies.sign(body.as_bytes())?;
        probes.push((body, signature));
    }
    let posting = tokio::spawn(async move {
        for (body, signature) in probes {
            tokio::time::sleep(PROBE_EVERY).await;
            drop(tell.send((body.clone(), Instant::now())));
            let request = http.post(&url).header("content-type", "application/json");
            let answer = request.header("X-Hub-Signature-256", signature).body(body).send().await;
            if let Err(error) = answer.and_then(reqwest::Response::error_for_status) {
                bail!("a probe: {error}");
            }
        }
        Ok(())
    });
    let mut sent: HashMap<Vec<u8>, Instant> = HashMap::new();
    let mut taken = Vec::new();
    while taken.len() < count {
        match console.next_event().await {
            RelayEvent::Batch(entries) => {
                let now = Instant::now();
                while let Ok((body, at)) = told.try_recv() {
                    sent.insert(body.into_bytes(), at);
                }
                for entry in &entries {
                    if let Payload::Webhook(webhook) = entry.open().context("opening an entry")?
                        && let Some(at) = sent.remove(webhook.body.as_slice())
                    {
                        taken.push(now.duration_since(at));
                    }
                }
                if let Some(last) = entries.last() {
                    console.ack(last.seq).await.map_err(|e| anyhow::anyhow!("acknowledging: {e}"))?;
                }
            }
            RelayEvent::Closed(reason) => bail!("the relay ended the connection: {reason}"),
            _ => {}
        }
    }
    posting.await.context("the probes")??;
    Ok(taken)
}
