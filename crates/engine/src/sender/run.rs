//! The loop around the sender's step: woken by a signal, by an answer, or when something is due.

use std::time::Duration;

use crate::Console;

use super::Sender;

/// The sender looks for work at least this often: another program may have written some.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A few answers are waited for before they are recorded, so that one sync pays for more than one row.
const COALESCE: Duration = Duration::from_millis(3);
/// Fewer finished sends than this wait a moment for company.
const COALESCE_BELOW: usize = 24;
/// Where the pace and not the machine is the limit, answers can wait longer for company: no send waits for them.
const COALESCE_PACED: Duration = Duration::from_millis(40);
/// After an error of the store.
const AFTER_ERROR: Duration = Duration::from_secs(2);
/// How often unknown sends are looked at for being unresolved.
const UNRESOLVED_EVERY: Duration = Duration::from_secs(600);

/// Sends until the console shuts down. Recovers first. At the end everything in flight gets its answer recorded.
pub async fn run(console: Console) {
    let mut sender = Sender::new(console.clone());
    let shutdown = console.shutdown().clone();
    loop {
        match sender.recover().await {
            Ok(0) => break,
            Ok(unknown) => {
                tracing::warn!(unknown, "sends were on their way when the last process ended");
                break;
            }
            Err(error) => tracing::error!(%error, "recovering open sends"),
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(AFTER_ERROR) => {}
        }
    }
    let mut unresolved = tokio::time::interval(UNRESOLVED_EVERY);
    while !shutdown.is_cancelled() {
        // Registered before the look at the queue, so that a signal in between is not lost.
        let woken = console.wakes().sender.notified();
        let wait = match sender.step(console.clock().now()).await {
            Ok(step) => {
                let due = step.due_in.unwrap_or(LOOK_EVERY).min(LOOK_EVERY);
                if step.waiting.is_some() { due.max(Duration::from_millis(100)) } else { due }
            }
            Err(error) => {
                tracing::error!(%error, "a step of the sender");
                AFTER_ERROR
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = woken => {}
            () = tokio::time::sleep(wait) => {}
            () = sender.some_answers() => {}
            _ = unresolved.tick() => name_unresolved(&console).await,
        }
    }
    if let Err(error) = sender.land().await {
        tracing::error!(%error, "recording the last sends");
    }
}

async fn name_unresolved(console: &Console) {
    let named = console.store().write(switchboard_store::Priority::Bulk, super::name_unresolved).await;
    if let Err::<_, switchboard_store::StoreError>(error) = named {
        tracing::warn!(%error, "naming unresolved sends");
    }
}

impl Sender {
    /// Whether more could be on its way than is.
    fn is_paced(&self) -> bool {
        self.flight.len() <= super::IN_FLIGHT / 2
    }

    /// Waits for answers: for the first, and a moment for company. For ever when none is awaited.
    async fn some_answers(&mut self) {
        let clock = std::sync::Arc::clone(self.console.clock());
        if !self.flight.has_done() && !self.flight.next(&clock).await {
            return std::future::pending().await;
        }
        let (company, enough) = if self.is_paced() { (COALESCE_PACED, usize::MAX) } else { (COALESCE, COALESCE_BELOW) };
        let company = tokio::time::sleep(company);
        tokio::pin!(company);
        while self.flight.done_len() < enough && self.flight.in_air() > 0 {
            tokio::select! {
                () = &mut company => return,
                _ = self.flight.next(&clock) => {}
            }
        }
    }
}
