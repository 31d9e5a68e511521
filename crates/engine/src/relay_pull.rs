//! Keeps the link to the relay up and applies what comes, in order.
//!
//! Each transaction applies a few entries and moves the cursor with them; only then is the relay told. A console that
//! dies between the two is handed the entries again and passes over what it has. An entry that cannot be applied is
//! kept raw, and the cursor goes on (P4).

mod apply;
mod notes;
pub mod pairing;
mod status;
mod take_over;

use std::time::Duration;

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{RelayState, RelayStatus};
use switchboard_domain::ids::RelaySeq;
use switchboard_domain::time::UnixMillis;
use switchboard_relay_api::wire::RelaySeq as WireSeq;
use switchboard_relay_api::{ClientOptions, LeaseWish, RelayEvent, RelayLink};
use switchboard_store::tables::{relay, tasks};
use switchboard_store::{Priority, Store, StoreError};

pub use apply::{BatchOutcome, apply_entries, read_again};
pub use status::{Listener, status_of};

use crate::role::EngineRole;
use crate::{Console, EngineError};

/// Name on the page Diagnostics.
pub const TASK: &str = "relay_pull";
/// How often what the relay said of itself is written down, for other processes and the next start.
const KEEP_HEARD_EVERY: Duration = Duration::from_secs(60);
/// How often opt-outs for the desk's other consoles are looked for.
const LOOK_FOR_NOTES_EVERY: Duration = Duration::from_millis(250);
/// How often the sending lease is asked for while this console could have it.
const CLAIM_EVERY: Duration = Duration::from_secs(5);
/// How often a console without a relay looks whether another process of its profile paired it.
const LOOK_FOR_PAIRING_EVERY: Duration = Duration::from_secs(2);
/// Wait after the store refused a batch; the relay keeps it meanwhile.
const STORE_RETRY: Duration = Duration::from_secs(5);

/// How the relay stands.
///
/// # Errors
/// A store error's sentence.
pub async fn status(console: &Console) -> Result<RelayStatus, UiError> {
    let row = console.store().read(relay::get).await.map_err(EngineError::Store)?;
    let link = console.relay_state().borrow().clone();
    let listener = match console.holds_role() {
        true => Listener::Here,
        false if EngineRole::is_taken(console.profile()) => Listener::Elsewhere,
        false => Listener::Nobody,
    };
    let mut status = status_of(row.as_ref(), link.as_ref(), listener);
    let alarm = row.as_ref().and_then(|row| row.silence.as_deref());
    status.silence = alarm.and_then(|kept| crate::silence::sentence(kept, console.clock().now()));
    if status.state == RelayState::Waiting && listener == Listener::Nobody && pairing::was_let_in(console).await? {
        return Box::pin(self::status(console)).await;
    }
    if let (RelayState::Waiting, Some(row)) = (status.state, &row) {
        status.words = pairing::own_words(console, row).await;
    }
    Ok(status)
}

/// The task: one link after another until the console closes.
pub async fn run(console: Console) {
    match read_again(console.store(), &crate::inbound::rules(&console).await).await {
        Ok(0) => {}
        Ok(n) => tracing::info!(entries = n, "kept webhooks were read again"),
        Err(error) => tracing::warn!(%error, "reading kept webhooks again"),
    }
    while !console.shutdown().is_cancelled() {
        let signal = console.wakes().relay.notified();
        let wait = match connect(&console).await {
            Ok(Some((link, events))) => pull(&console, link, events).await,
            Ok(None) => {
                console.relay_state().send_if_modified(|state| state.take().is_some());
                Some(LOOK_FOR_PAIRING_EVERY)
            }
            Err(error) => {
                note(console.store(), console.clock().now(), &error.message, true).await;
                Some(STORE_RETRY)
            }
        };
        let pause = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = console.shutdown().cancelled() => return,
            () = signal => {}
            () = pause => {}
        }
    }
}

type Events = tokio::sync::mpsc::UnboundedReceiver<RelayEvent>;

/// Starts a link at the stored cursor; none if no relay is set up.
async fn connect(console: &Console) -> Result<Option<(RelayLink, Events)>, UiError> {
    if console.store().read(relay::get).await.map_err(EngineError::Store)?.is_none() {
        return Ok(None);
    }
    let (endpoint, row) = pairing::endpoint(console).await?;
    Ok(Some(RelayLink::start(endpoint, WireSeq::new(row.cursor.0), ClientOptions::default())))
}

/// Follows one link until it must be replaced. Returns how long to wait before the next one; none = at once.
async fn pull(console: &Console, link: RelayLink, mut events: Events) -> Option<Duration> {
    let mut state = link.state();
    let first = state.borrow_and_update().clone();
    console.relay_state().send_replace(Some(first.clone()));
    keep_link(console, &first).await;
    let mut taking_over = take_over::TakingOver::default();
    let mut kept_at: Option<UnixMillis> = None;
    let mut wishes = console.lease_wishes();
    wishes.mark_unchanged();
    let mut claims = tokio::time::interval(CLAIM_EVERY);
    claims.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut store_changes = console.store().changes().subscribe();
    store_changes.mark_changed();
    let mut looks = tokio::time::interval(LOOK_FOR_NOTES_EVERY);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut handed = std::collections::HashSet::new();
    let end = loop {
        tokio::select! {
            () = console.shutdown().cancelled() => break None,
            () = console.wakes().relay.notified() => break Some(Duration::ZERO),
            // A tick rather than every change: a campaign changes the store hundreds of times a second.
            _ = looks.tick() => if store_changes.has_changed().unwrap_or(false) {
                store_changes.mark_unchanged();
                if let Err(error) = notes::send(console.store(), &link, &mut handed).await {
                    tracing::warn!(%error, "looking for notes to the other consoles");
                }
                taking_over.look(console, &link).await;
            },
            changed = wishes.changed() => {
                if changed.is_err() { break None; }
                let wish = *wishes.borrow_and_update();
                if let Some(wish) = wish { link.lease(wish); }
            }
            _ = claims.tick() => {
                if is_paired_anew(console, &first.device).await {
                    break Some(Duration::ZERO);
                }
                claim_lease(console, &link).await;
                taking_over.look(console, &link).await;
            }
            changed = state.changed() => {
                if changed.is_err() { break Some(STORE_RETRY); }
                let now = state.borrow_and_update().clone();
                publish(console, now).await;
            }
            event = events.recv() => match event {
                None => break Some(STORE_RETRY),
                Some(RelayEvent::Batch(entries)) => {
                    let rules = crate::inbound::rules(console).await;
                    let acked = apply_entries(console.store(), entries, &rules, |outcome| {
                        link.ack(WireSeq::new(outcome.upto.0));
                        wake(console, outcome);
                    }).await;
                    if let Err(error) = acked {
                        // Nothing is lost: the relay keeps what was not acknowledged.
                        let text = format!("Webhooks could not be applied: {error}.");
                        tracing::error!(%error, "applying webhooks");
                        note(console.store(), console.clock().now(), &text, true).await;
                        break Some(STORE_RETRY);
                    }
                }
                Some(RelayEvent::EpochBegan) => {}
                Some(RelayEvent::Welcome { head, bad_signatures, reads_from, .. }) => {
                    begin_at(console, RelaySeq(reads_from.get())).await;
                    claim_lease(console, &link).await;
                    taking_over.connected_anew();
                    taking_over.look(console, &link).await;
                    keep_heard(console, RelaySeq(head.get()), bad_signatures).await;
                    kept_at = Some(console.clock().now());
                    note(console.store(), console.clock().now(), "Connected to the relay.", false).await;
                }
                Some(RelayEvent::HeartbeatHeard { head, bad_signatures, .. }) => {
                    let now = console.clock().now();
                    if kept_at.is_none_or(|at| now.since(at) >= KEEP_HEARD_EVERY) {
                        keep_heard(console, RelaySeq(head.get()), bad_signatures).await;
                        kept_at = Some(now);
                    }
                }
                Some(RelayEvent::Closed(reason)) => {
                    note(console.store(), console.clock().now(), &format!("Not connected: {reason}."), true).await;
                }
            }
        }
    };
    link.stop().await;
    let last = state.borrow().clone();
    console.relay_state().send_replace(Some(last));
    end
}

/// Whether another process of this profile gave up this console's place at the relay, or took another one.
async fn is_paired_anew(console: &Console, device: &str) -> bool {
    match console.store().read(relay::get).await {
        Ok(row) => row.is_none_or(|row| row.device.as_str() != device),
        Err(_) => false,
    }
}

/// Claims the sending lease if nobody holds it, or if it was promised to this console.
async fn claim_lease(console: &Console, link: &RelayLink) {
    let Ok(Some(row)) = console.store().read(relay::get).await else { return };
    let state = link.state().borrow().clone();
    let wants = match &state.lease {
        None => true,
        Some(lease) => !lease.granted && lease.holder == row.device.as_str(),
    };
    // Of a console that was removed nothing is known here; the relay knows, and refuses a claim otherwise.
    let may_be_free = state.lease.as_ref().is_some_and(|lease| lease.holder != row.device.as_str());
    if state.is_connected() && (wants || may_be_free) {
        link.lease(LeaseWish::Claim);
    }
}

/// Hands the link's state on; windows refetch when the phase changes or the backlog is gone.
async fn publish(console: &Console, now: switchboard_relay_api::RelayState) {
    let before = console.relay_state().send_replace(Some(now.clone()));
    let shows = |s: &switchboard_relay_api::RelayState| {
        (
            std::mem::discriminant(&s.phase),
            s.caught_up(),
            s.has_all_notes(),
            s.bad_signatures,
            s.refusing,
            s.lease.clone(),
        )
    };
    let differs = before.as_ref().is_none_or(|b| shows(b) != shows(&now));
    if !differs {
        return;
    }
    let device = now.device.clone();
    if before.as_ref().is_none_or(|b| status::kept(b, &device) != status::kept(&now, &device)) {
        keep_link(console, &now).await;
    }
    console.wakes().sender.notify_one();
}

fn wake(console: &Console, outcome: &BatchOutcome) {
    let applied = &outcome.applied;
    for message in &applied.messages {
        let arrived = crate::console::Arrived {
            contact_id: message.contact_id,
            name: message.name.clone(),
            text: message.line.clone(),
        };
        // Nobody listens on a machine without a window.
        drop(console.arrived().send(arrived));
    }
    if applied.sends {
        console.wakes().sender.notify_one();
    }
    if applied.media {
        console.wakes().media.notify_one();
    }
    if applied.templates {
        console.wakes().templates.notify_one();
    }
    if applied.account {
        console.wakes().account.notify_one();
    }
}

/// Entries up to here are not for this console: it was let in afterwards. They are never handed over, so that without
/// this it would look behind until the next one comes.
async fn begin_at(console: &Console, reads_from: RelaySeq) {
    let moved = console.store().write(Priority::Inbound, move |tx| relay::advance(tx, reads_from, 0, 0)).await;
    if let Err::<bool, StoreError>(error) = moved {
        tracing::warn!(%error, "beginning where this console was let in");
    }
}

/// Writes down how the link stands: windows refetch, and the profile's other processes know it too.
async fn keep_link(console: &Console, state: &switchboard_relay_api::RelayState) {
    let kept = status::kept(state, &state.device);
    let written = console.store().write(Priority::Inbound, move |tx| {
        relay::keep_link(tx, &kept)?;
        tx.touch("relay")
    });
    if let Err::<(), StoreError>(error) = written.await {
        tracing::warn!(%error, "telling windows about the relay");
    }
}

async fn keep_heard(console: &Console, head: RelaySeq, bad_signatures: u64) {
    let at = console.clock().now();
    let kept = console.store().write(Priority::Inbound, move |tx| relay::heard(tx, head, bad_signatures, at)).await;
    if let Err::<(), StoreError>(error) = kept {
        tracing::warn!(%error, "keeping what the relay said");
    }
}

async fn note(store: &Store, at: UnixMillis, text: &str, failed: bool) {
    let text = text.to_owned();
    let kept = store.write(Priority::Inbound, move |tx| tasks::record(tx, TASK, at, &text, failed)).await;
    if let Err::<(), StoreError>(error) = kept {
        tracing::warn!(%error, "recording the relay task");
    }
}
