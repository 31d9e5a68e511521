//! Delivers queued POSTs: signed, retried with a growing pause for up to seven days, several at
//! a time so that order is as little promised as Meta promises it (webhooks.md §1.4 to §1.6).

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use rusqlite::params;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{handshake, serialise};
use crate::world::Sim;

const WEEK_MS: i64 = 7 * 86_400_000;
/// POSTs read from the queue at once; bounds memory at about this many bodies.
const ROUND: i64 = 32;
const PARALLEL: usize = 6;

/// Pause before the next attempt after `attempts` failures.
fn pause_ms(attempts: i64) -> i64 {
    const STEPS: [i64; 10] = [0, 1_000, 3_000, 10_000, 30_000, 60_000, 300_000, 900_000, 1_800_000, 3_600_000];
    usize::try_from(attempts.saturating_sub(1)).ok().and_then(|at| STEPS.get(at)).copied().unwrap_or(3_600_000)
}

struct Post {
    id: i64,
    created_ms: i64,
    field: String,
    phone_number_id: Option<String>,
    body: Vec<u8>,
    attempts: i64,
    log: String,
}

/// Runs until told to stop.
pub(crate) async fn run(sim: Arc<Sim>, stop: CancellationToken) {
    loop {
        let worked = if ready(&sim).await {
            match round(&sim).await {
                Ok(worked) => worked,
                Err(error) => {
                    tracing::error!(%error, "webhook queue");
                    false
                }
            }
        } else {
            false
        };
        if stop.is_cancelled() {
            return;
        }
        if !worked {
            tokio::select! {
                () = stop.cancelled() => return,
                () = sim.post_wake.notified() => {}
                () = tokio::time::sleep(Duration::from_millis(500)) => {}
            }
        }
    }
}

/// Whether there is a verified callback; tries the handshake of a configured one.
async fn ready(sim: &Arc<Sim>) -> bool {
    let (callback, verified, overridden) = {
        let state = sim.state();
        let overridden =
            state.account.override_callback.is_some() || state.numbers.values().any(|n| n.override_callback.is_some());
        (state.account.app_callback.clone(), state.callback_verified, overridden)
    };
    let Some(callback) = callback else { return overridden };
    if verified {
        return true;
    }
    match handshake::verify(&sim.http, &callback.url, sim.verify_token.expose_secret()).await {
        Ok(()) => {
            sim.state().callback_verified = true;
            true
        }
        Err(reason) => {
            tracing::warn!(%reason, "the callback did not pass the handshake; trying again");
            overridden
        }
    }
}

async fn round(sim: &Arc<Sim>) -> anyhow::Result<bool> {
    let now = sim.clock.now_ms();
    let due = sim
        .db
        .read(move |c| {
            c.prepare_cached("SELECT id, created_ms, field, phone_number_id, body, attempts, log FROM posts WHERE state = 'pending' AND next_attempt_ms <= ?1 ORDER BY next_attempt_ms, id LIMIT ?2")?
                .query_map(params![now, ROUND], |row| {
                    Ok(Post {
                        id: row.get(0)?,
                        created_ms: row.get(1)?,
                        field: row.get(2)?,
                        phone_number_id: row.get(3)?,
                        body: row.get::<_, Option<Vec<u8>>>(4)?.unwrap_or_default(),
                        attempts: row.get(5)?,
                        log: row.get(6)?,
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        })
        .await?;
    let mut worked = false;
    let mut attempts = futures::stream::iter(due.into_iter().map(|post| attempt(sim, post))).buffer_unordered(PARALLEL);
    while let Some(outcome) = attempts.next().await {
        worked |= outcome?;
    }
    Ok(worked)
}

/// Where a POST of this field goes: number, then account, then app (webhooks.md §1.7).
fn target(sim: &Sim, field: &str, phone_number_id: Option<&str>) -> Option<String> {
    const OVERRIDABLE: &[&str] = &[
        "messages",
        "message_echoes",
        "calls",
        "consumer_profile",
        "messaging_handovers",
        "group_lifecycle_update",
        "group_participants_update",
        "group_settings_update",
        "group_status_update",
        "smb_message_echoes",
        "smb_app_state_sync",
        "history",
        "account_settings_update",
    ];
    let state = sim.state();
    if OVERRIDABLE.contains(&field) {
        let number = phone_number_id.and_then(|id| state.numbers.get(id)).and_then(|n| n.override_callback.as_ref());
        if let Some(callback) = number.or(state.account.override_callback.as_ref()) {
            return Some(callback.url.clone());
        }
    }
    state.account.app_callback.as_ref().filter(|_| state.callback_verified).map(|c| c.url.clone())
}

async fn attempt(sim: &Arc<Sim>, post: Post) -> anyhow::Result<bool> {
    let Some(url) = target(sim, &post.field, post.phone_number_id.as_deref()) else { return Ok(false) };
    let started = Instant::now();
    let signature = serialise::signature(sim.app_secret.expose_secret(), &post.body);
    let answer = sim
        .http
        .post(&url)
        .header("Content-Type", "application/json")
        .header("User-Agent", "facebookexternalua")
        .header("X-Hub-Signature-256", signature)
        .timeout(Duration::from_secs(10))
        .body(post.body)
        .send()
        .await;
    let (status, error) = match answer {
        Ok(answer) => {
            let status = answer.status().as_u16();
            // Read the body so that the connection can be used again.
            let _ = answer.bytes().await;
            (Some(status), None)
        }
        Err(error) if error.is_timeout() => (None, Some("timeout")),
        Err(error) if error.is_connect() => (None, Some("could not connect")),
        Err(_) => (None, Some("the connection broke")),
    };
    let now = sim.clock.now_ms();
    let attempts = post.attempts.saturating_add(1);
    let mut log: Vec<Value> = serde_json::from_str(&post.log).unwrap_or_default();
    if log.len() < 50 {
        log.push(json!({"at_ms": now, "status": status, "error": error, "took_ms": u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)}));
    }
    let log = Value::Array(log).to_string();
    let (state, next) = if status == Some(200) {
        ("delivered", now)
    } else if now.saturating_sub(post.created_ms) > WEEK_MS {
        ("given_up", now)
    } else {
        ("pending", now.saturating_add(sim.state().settings.scaled(pause_ms(attempts))))
    };
    let id = post.id;
    sim.db
        .write(move |c| {
            c.prepare_cached("UPDATE posts SET state = ?2, attempts = ?3, next_attempt_ms = ?4, log = ?5, answered_ms = CASE WHEN ?2 = 'delivered' THEN ?6 END WHERE id = ?1")?
                .execute(params![id, state, attempts, next, log, now])?;
            Ok(())
        })
        .await?;
    Ok(true)
}
