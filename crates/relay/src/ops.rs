//! For whoever operates the relay: health, readiness, figures, and the upkeep that runs beside the requests.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use switchboard_relay_api::RelaySeq;
use tokio::time::{MissedTickBehavior, interval};

use crate::desk::Desk;
use crate::desks::Seat;
use crate::log::Age;
use crate::server::Relay;

type ReadCounter = fn(&Desk) -> u64;

/// `GET /healthz`: the process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: events are taken. 503 while the log is full or failing, with the reason.
pub(crate) async fn readyz(State(relay): State<Arc<Relay>>) -> Response {
    match relay.log.health() {
        Ok(()) => "ready\n".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

/// `GET /metrics`: Prometheus text. Names of desks and devices only; nothing of any event.
pub(crate) async fn metrics(State(relay): State<Arc<Relay>>) -> Response {
    let mut page = Page::default();
    let mut desks: Vec<&Arc<Desk>> = relay.desks.values().collect();
    desks.sort_by(|a, b| a.name.cmp(&b.name));
    let counters: [(&str, &str, ReadCounter); 13] = [
        ("accepted_total", "Events stored and answered 200", |d| d.counters.accepted.load(Ordering::Relaxed)),
        ("bad_signatures_total", "Events refused for their signature", |d| {
            d.counters.bad_signatures.load(Ordering::Relaxed)
        }),
        ("turned_away_total", "Events refused for their signature beyond the rate at which they are answered", |d| {
            d.counters.turned_away.load(Ordering::Relaxed)
        }),
        ("no_certificate_total", "Events refused because they came without Meta's client certificate", |d| {
            d.counters.no_certificate.load(Ordering::Relaxed)
        }),
        ("unpaired_total", "Events answered 503 because no console is paired", |d| {
            d.counters.unpaired.load(Ordering::Relaxed)
        }),
        ("notes_stale_total", "Notes to be sealed again, for another set of consoles", |d| {
            d.counters.notes_stale.load(Ordering::Relaxed)
        }),
        ("foreign_total", "Events of other products, ignored", |d| d.counters.foreign.load(Ordering::Relaxed)),
        ("full_total", "Events answered 503", |d| d.counters.unavailable.load(Ordering::Relaxed)),
        ("too_large_total", "Events answered 413", |d| d.counters.too_large.load(Ordering::Relaxed)),
        ("unsupported_total", "Events answered 415", |d| d.counters.unsupported.load(Ordering::Relaxed)),
        ("handshakes_total", "Handshakes answered", |d| d.counters.handshakes.load(Ordering::Relaxed)),
        ("handshakes_refused_total", "Handshakes refused", |d| d.counters.handshakes_refused.load(Ordering::Relaxed)),
        ("notes_total", "Notes of consoles stored", |d| d.counters.notes.load(Ordering::Relaxed)),
    ];
    for (name, help, read) in counters {
        page.family(name, "counter", help);
        for desk in &desks {
            page.sample(name, &[("desk", &desk.name)], read(desk));
        }
    }
    page.family("consoles_connected", "gauge", "Consoles connected now");
    for desk in &desks {
        page.sample("consoles_connected", &[("desk", &desk.name)], desk.connected() as u64);
    }
    page.family("head", "gauge", "Last entry of the log");
    for desk in &desks {
        page.sample("head", &[("desk", &desk.name)], relay.log.extent(&desk.name).map_or(0, |e| e.head.get()));
    }
    page.family("floor", "gauge", "First entry still kept");
    for desk in &desks {
        page.sample("floor", &[("desk", &desk.name)], relay.log.extent(&desk.name).map_or(0, |e| e.floor.get()));
    }
    page.family("acked", "gauge", "Last entry a device has committed");
    for desk in &desks {
        for cursor in relay.log.cursors(&desk.name).await.unwrap_or_default() {
            page.sample("acked", &[("desk", &desk.name), ("device", &cursor.device)], cursor.acked.get());
        }
    }
    page.family("connections_refused_total", "counter", "Connections beyond the limit");
    page.sample("connections_refused_total", &[], relay.refused_connections.load(Ordering::Relaxed));
    page.family("log_damaged_total", "counter", "Reads that met an entry on a damaged page");
    page.sample("log_damaged_total", &[], relay.log.damaged());
    page.family("log_commits_total", "counter", "Commits of the log, one sync each");
    page.sample("log_commits_total", &[], relay.log.commits());
    page.family("log_writable", "gauge", "1 while events can be stored");
    page.sample("log_writable", &[], u64::from(relay.log.health().is_ok()));
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], page.text).into_response()
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "# HELP switchboard_relay_{name} {help}.\n# TYPE switchboard_relay_{name} {kind}");
    }

    /// Labels hold names that [`switchboard_relay_api::endpoint::is_name`] allowed: nothing to escape.
    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: u64) {
        let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}=\"{value}\"")).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.text, "switchboard_relay_{name}{labels} {value}");
    }
}

/// A device that was not seen for this long holds no entries back.
const FORGOTTEN_AFTER_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Drops old entries that everyone has read, and saves the count of refused signatures, until the relay stops.
pub(crate) async fn upkeep(relay: Arc<Relay>) {
    let mut ticks = interval(relay.limits.purge_every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = relay.stopping.cancelled() => return,
            _ = ticks.tick() => {}
        }
        for desk in relay.desks.values() {
            if let Err(error) = purge(&relay, desk).await {
                tracing::warn!(desk = desk.name, %error, "old entries not dropped; trying again later");
            }
            keep_bad_signatures(&relay, desk).await;
        }
    }
}

/// Adds the signatures that were refused here since the last time to those that all relays know of.
pub(crate) async fn keep_bad_signatures(relay: &Relay, desk: &Desk) {
    let more = desk.counters.bad_signatures_unkept.swap(0, Ordering::Relaxed);
    if more == 0 && !relay.log.is_shared() {
        return;
    }
    match relay.log.add_bad_signatures(&desk.name, more).await {
        Ok(total) => {
            let unkept = desk.counters.bad_signatures_unkept.load(Ordering::Relaxed);
            desk.counters.bad_signatures.fetch_max(total.saturating_add(unkept), Ordering::Relaxed);
        }
        Err(error) => {
            desk.counters.bad_signatures_unkept.fetch_add(more, Ordering::Relaxed);
            tracing::warn!(desk = desk.name, %error, "count of refused signatures not saved");
        }
    }
}

async fn purge(relay: &Relay, desk: &Desk) -> Result<(), crate::log::LogError> {
    let keep_ms = i64::try_from(relay.limits.keep_at_least.as_millis()).unwrap_or(i64::MAX);
    // Of what the clocks say, what keeps more.
    let now_ms = relay.now_ms().min(relay.clock.wall_ms());
    let age = Age { before_ms: now_ms.saturating_sub(keep_ms), now_ms };
    let upto = read_by_all(relay, desk).await?;
    let mut total = 0;
    while !relay.stopping.is_cancelled() {
        let dropped = relay.log.purge(&desk.name, upto, age).await?;
        if dropped == 0 {
            break;
        }
        total += dropped;
    }
    if total > 0 {
        tracing::info!(desk = desk.name, entries = total, "old entries dropped");
    }
    Ok(())
}

/// Up to where every console has read that was seen within a month. With no such console everything may go (once it is
/// old enough): whoever comes back then is told of the gap.
async fn read_by_all(relay: &Relay, desk: &Desk) -> Result<RelaySeq, crate::log::LogError> {
    let cursors = relay.log.cursors(&desk.name).await?;
    let now_ms = relay.now_ms();
    let record = desk.record();
    let mut upto = relay.log.extent(&desk.name)?.head;
    for device in record.active() {
        let cursor = cursors.iter().find(|cursor| cursor.device == device.id);
        let seen_ms = cursor.map_or(device.paired_ms, |cursor| cursor.seen_ms.max(device.paired_ms));
        if now_ms.saturating_sub(seen_ms) < FORGOTTEN_AFTER_MS {
            let acked = cursor.map_or(RelaySeq::START, |cursor| cursor.acked);
            upto = upto.min(acked.max(device.reads_from));
        }
    }
    Ok(upto)
}

/// Follows changes to desks that somebody else made: the relay's own commands, or another relay of the same desks.
pub(crate) async fn follow_desks(relay: Arc<Relay>, mut changes: tokio::sync::watch::Receiver<u64>) {
    loop {
        tokio::select! {
            () = relay.stopping.cancelled() => return,
            changed = changes.changed() => if changed.is_err() { return },
        }
        for desk in relay.desks.values() {
            if let Err(error) = desk.look_again().await {
                tracing::error!(desk = desk.name, %error, "a changed desk could not be read");
            }
        }
    }
}

/// Ends connections of devices that have connected to another relay meanwhile.
pub(crate) async fn follow_seats(relay: Arc<Relay>, mut seats: tokio::sync::broadcast::Receiver<Seat>) {
    loop {
        let seat = tokio::select! {
            () = relay.stopping.cancelled() => return,
            seat = seats.recv() => seat,
        };
        match seat {
            Ok(seat) => {
                if let Some(desk) = relay.desk(&seat.desk) {
                    desk.give_up_seat(&seat.device);
                }
            }
            // A device that stays connected twice reads everything twice, and applies it once.
            Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
            Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
        }
    }
}
