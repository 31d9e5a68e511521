//! Statuses of sent messages: posted to the relay's callback, kept in its log, pulled and applied to the store.
//!
//! The subject's time goes from the first POST until the console's cursor stands at the head of the log: signature,
//! durable append, WebSocket, reading, and a transaction per batch that moves the delivery rank of each message.
//! The baseline is the webhook reader alone on the same bodies.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, ensure};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use switchboard_cloud_api::webhooks::reader;
use switchboard_store::StoreError;

use crate::desk::Desk;
use crate::figure::{Aim, Figure, Report};

/// Updates of one body, Meta's limit (webhooks.md §1).
const UPDATES: usize = 1_000;
/// Bodies on their way at the same time.
const POSTS_AT_ONCE: usize = 4;
/// What happens to each message, in order.
const STATUSES: [&str; 3] = ["sent", "delivered", "read"];

/// A message that was accepted.
struct Sent {
    wamid: String,
    attempt: String,
    digits: String,
}

/// Measures and prints.
pub async fn run(report: &mut Report, runs: u32, events: usize) -> anyhow::Result<()> {
    let each = (events / STATUSES.len()).max(1);
    let people = each * runs as usize;
    let desk = Desk::open().await?;
    desk.import_people(people).await?;
    let template = desk.template().await?;
    desk.launch(&template).await?;
    desk.until_done(people).await?;
    let sent = sent_messages(&desk).await?;
    let http = reqwest::Client::builder().no_proxy().build().context("a client")?;
    let (mut subject, mut baseline) = (Vec::new(), Vec::new());
    for part in sent.chunks(each) {
        let bodies = bodies(&desk, part)?;
        let count = (part.len() * STATUSES.len()) as f64;
        let began = Instant::now();
        let mut read = 0;
        for (body, _) in &bodies {
            read += black_box(reader::read(black_box(body))?).len();
        }
        baseline.push(count / began.elapsed().as_secs_f64());
        ensure!(read == part.len() * STATUSES.len(), "the reader found {read} events");

        let began = Instant::now();
        for few in bodies.chunks(POSTS_AT_ONCE) {
            let posts = few.iter().map(|(body, signature)| post(&http, &desk.callback, body, signature));
            futures::future::try_join_all(posts).await?;
        }
        desk.until_applied().await?;
        subject.push(count / began.elapsed().as_secs_f64());
    }
    let read: u64 = desk
        .console
        .store()
        .read(|c| {
            c.query_row("SELECT COUNT(*) FROM outbox WHERE read_at_ms IS NOT NULL", [], |r| r.get(0))
                .map_err(StoreError::from)
        })
        .await?;
    ensure!(read == people as u64, "{read} of {people} messages were read");
    let rss_peak_mib = crate::memory::peak_mib();
    desk.close().await?;
    report.print(&Figure {
        bench: "ingest",
        case: &format!("statuses={} batch={UPDATES}", each * STATUSES.len()),
        metric: "rate",
        unit: "events/s",
        values: &subject,
        baseline: Some(("webhook_reader", &baseline)),
        aim: Aim::None,
        rss_peak_mib,
        durability: "full",
    });
    Ok(())
}

async fn sent_messages(desk: &Desk) -> anyhow::Result<Vec<Sent>> {
    let rows: Vec<(String, [u8; 16], String)> = desk
        .console
        .store()
        .read(|c| {
            let mut all = c.prepare(
                "SELECT o.wamid, o.last_attempt_id, p.phone FROM outbox o JOIN contacts p USING (contact_id) \
                 WHERE o.wamid IS NOT NULL ORDER BY o.outbox_id",
            )?;
            let rows = all.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
            rows.collect::<Result<_, _>>().map_err(StoreError::from)
        })
        .await?;
    rows.into_iter()
        .map(|(wamid, attempt, phone)| {
            let attempt = switchboard_domain::ids::AttemptId::from_bytes(attempt).to_string();
            Ok(Sent { wamid, attempt, digits: phone.trim_start_matches('+').to_owned() })
        })
        .collect()
}

/// Signed bodies with the statuses of these messages: first every "sent", then every "delivered", then every "read".
fn bodies(desk: &Desk, sent: &[Sent]) -> anyhow::Result<Vec<(Vec<u8>, String)>> {
    let (waba, number) = (desk.text("waba_id")?, desk.text("phone_number_id")?);
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let changes: Vec<Value> = STATUSES
        .iter()
        .zip(0u64..)
        .flat_map(|(status, later)| sent.iter().map(move |message| (status, later, message)))
        .map(|(status, later, message)| {
            json!({ "field": "messages", "value": {
                "messaging_product": "whatsapp",
                "metadata": { "display_phone_number": "14165550100", "phone_number_id": number },
                "statuses": [{
                    "id": message.wamid, "status": status, "timestamp": (seconds + later).to_string(),
                    "recipient_id": message.digits, "biz_opaque_callback_data": message.attempt,
                    "pricing": { "billable": true, "pricing_model": "PMP", "type": "regular", "category": "marketing" },
                }],
            }})
        })
        .collect();
    changes
        .chunks(UPDATES)
        .map(|changes| {
            let body = serde_json::to_vec(&json!({
                "object": "whatsapp_business_account",
                "entry": [{ "id": waba, "time": seconds, "changes": changes }],
            }))?;
            let signature = signature(&desk.app_secret, &body)?;
            Ok((body, signature))
        })
        .collect()
}

/// The header with which Meta signs a body (webhooks.md §1).
pub fn signature(app_secret: &str, body: &[u8]) -> anyhow::Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()).context("a key for signatures")?;
    mac.update(body);
    Ok(format!("sha256={}", hex::encode(mac.finalize().into_bytes())))
}

/// Posts a signed webhook to the relay.
pub async fn post(http: &reqwest::Client, callback: &str, body: &[u8], signature: &str) -> anyhow::Result<()> {
    let answer = http
        .post(callback)
        .header("content-type", "application/json")
        .header("x-hub-signature-256", signature)
        .body(body.to_vec())
        .send()
        .await
        .context("posting a webhook")?;
    ensure!(answer.status().is_success(), "the relay answered {}", answer.status());
    Ok(())
}
