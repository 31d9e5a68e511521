//! One life of a console process: opened over the run's folder, stepped by hand, ended in any way.

use std::path::Path;
use std::sync::{Arc, Mutex};

use switchboard_domain::ids::ContactId;
use switchboard_domain::time::Clock as _;
use switchboard_engine::profile::Profile;
use switchboard_engine::secrets::SecretStore;
use switchboard_engine::sender::{Sender, StepOutcome};
use switchboard_engine::{Console, EngineError, OpenConsole, campaigns, inbound, relay_pull};
use switchboard_relay_api::payload::encode_webhook;
use switchboard_relay_api::wire::RelaySeq;
use switchboard_relay_api::{Entry, EntryKind, Heard, Lease, LinkPhase, RelayState};
use switchboard_store::tables::ledger_chain::LedgerKey;
use switchboard_store::tables::relay;
use switchboard_store::{Priority, StoreError, WriteTx};

use super::clock::SimClock;
use super::hook::Hooks;
use super::meta::{Logged, Meta, Wire};
use super::rows::{self, Move};

/// The name of this console at the relay.
const DEVICE: &str = "till";

/// Steps of rows, and claims that ought not to have been.
pub type Seen = (Vec<Move>, Vec<String>);

/// A console process that runs.
pub struct Engine {
    pub console: Console,
    sender: Sender,
    hooks: Arc<Hooks>,
    meta: Arc<Mutex<Meta>>,
}

/// Opens the profile, with the engine role or as another program beside it.
pub async fn open(dir: &Path, clock: &Arc<SimClock>, want_role: bool) -> Result<Console, EngineError> {
    let profile = Profile::practice(dir).unwrap();
    let secrets = SecretStore::for_profile(&profile);
    Console::open(OpenConsole { profile, secrets, clock: clock.clone(), want_role }).await
}

/// Why a step did not end.
#[derive(Debug)]
pub enum Cut {
    /// The process died in it.
    Died,
    /// The store refused.
    Store(String),
}

async fn seen(console: &Console) -> Seen {
    let take = |tx: &mut WriteTx<'_>| Ok::<_, StoreError>((rows::take_moves(tx)?, rows::take_slips(tx)?));
    console.store().write(Priority::Bulk, take).await.unwrap_or_default()
}

impl Engine {
    /// A process starts: it takes the role and recovers before anything else.
    pub async fn start(dir: &Path, clock: &Arc<SimClock>, hooks: &Arc<Hooks>, meta: &Arc<Mutex<Meta>>) -> Self {
        let console = open(dir, clock, true).await.expect("the role is free and the profile opens");
        console.set_transport(Arc::new(Wire(Arc::clone(meta))));
        console.store().write(Priority::Bulk, rows::watch_moves).await.unwrap();
        hooks.born(console.store().clone(), LedgerKey::new(*console.keys().ledger()));
        let sender = Sender::new(console.clone());
        let unknown = sender.recover().await.unwrap();
        hooks.ticks.trace(&format!("a process starts; {unknown} sends were under way"));
        Self { console, sender, hooks: Arc::clone(hooks), meta: Arc::clone(meta) }
    }

    /// Everything in memory is gone; what the writer had begun is finished or not, as the disk has it.
    pub async fn end(self) -> Seen {
        self.hooks.gone();
        self.meta.lock().unwrap().forget_waiting();
        drop(self.sender);
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        // Least urgent, hence after whatever was queued.
        let seen = seen(&self.console).await;
        drop(self.console);
        seen
    }

    /// What SQLite saw since last asked.
    pub async fn seen(&self) -> Seen {
        seen(&self.console).await
    }

    pub fn ledger(&self) -> LedgerKey {
        LedgerKey::new(*self.console.keys().ledger())
    }

    /// Where this console is in the relay's log.
    pub async fn cursor(&self) -> u64 {
        self.console.store().read(relay::get).await.unwrap().map_or(0, |row| row.cursor.0)
    }

    /// What the link tells the sender: connected, and how far the relay's log goes; or away.
    pub fn hear(&self, clock: &SimClock, head: u64, cursor: u64, away: bool) {
        let heard = Heard { at: tokio::time::Instant::now(), wall_ms: clock.now().as_ms() };
        let state = self.console.relay_state();
        if away {
            state.send_if_modified(|s| {
                let Some(s) = s.as_mut().filter(|s| s.phase == LinkPhase::Connected) else { return false };
                s.phase = LinkPhase::Connecting;
                true
            });
            return;
        }
        let lease = Lease { term: 1, holder: DEVICE.to_owned(), granted: true, previous: String::new() };
        state.send_replace(Some(RelayState {
            phase: LinkPhase::Connected,
            head: Some(RelaySeq::new(head)),
            floor: Some(RelaySeq::new(1)),
            last_heard: Some(heard),
            clock_offset_ms: Some(-clock.wall_off_by()),
            lease: Some(lease),
            ..RelayState::new(DEVICE, RelaySeq::new(cursor))
        }));
    }

    /// The relay hands over entries; `from` may be before the cursor, as after a lost acknowledgement.
    pub async fn pull(&mut self, log: &[Logged], from: u64, to: u64) -> Result<(), Cut> {
        let entries: Vec<Entry> = (from..to)
            .map(|i| {
                let logged = &log[usize::try_from(i).unwrap()];
                Entry {
                    seq: RelaySeq::new(i + 1),
                    kind: EntryKind::Webhook,
                    received_ms: super::clock::BEGIN_MS + logged.received_ms,
                    epoch: 0,
                    nonce: Vec::new(),
                    sealed: encode_webhook(logged.body.as_bytes(), "sha256=00"),
                    note_id: Vec::new(),
                }
            })
            .collect();
        let rules = inbound::rules(&self.console).await;
        let hooks = Arc::clone(&self.hooks);
        let pulled = relay_pull::apply_entries(self.console.store(), entries, &rules, |_| {});
        tokio::select! {
            biased;
            () = hooks.death() => Err(Cut::Died),
            done = pulled => done.map_err(|e| Cut::Store(e.to_string())),
        }
    }

    /// One step of the launch and one of the sender.
    pub async fn step(&mut self) -> Result<StepOutcome, Cut> {
        let hooks = Arc::clone(&self.hooks);
        let now = self.console.clock().now();
        let (console, sender) = (&self.console, &mut self.sender);
        let both = async {
            campaigns::step(console).await.map_err(|e| Cut::Store(format!("{e:?}")))?;
            let stepped = sender.step(now).await.map_err(|e| Cut::Store(e.to_string()));
            // What was started is on the wire before time goes on.
            for _ in 0..6 {
                tokio::task::yield_now().await;
            }
            stepped
        };
        tokio::select! {
            biased;
            () = hooks.death() => Err(Cut::Died),
            done = both => done,
        }
    }

    /// Writes as the operator would.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut switchboard_store::WriteTx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.console.store().write(Priority::Claim, f).await
    }

    /// The person that an entry leads to now.
    pub async fn present(&self, contact: ContactId) -> ContactId {
        self.console
            .store()
            .read(move |c| switchboard_store::tables::contacts::present_id(c, contact))
            .await
            .unwrap()
            .unwrap_or(contact)
    }
}
