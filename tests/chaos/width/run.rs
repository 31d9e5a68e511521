//! A run: the world of a seed from its first moment to its rest, and what was found.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use secrecy::SecretString;
use switchboard_domain::ids::CampaignId;
use switchboard_engine::EngineError;
use switchboard_engine::profile::{Profile, ProfileError};
use switchboard_engine::secrets::{SecretName, SecretStore};

use super::check;
use super::clock::SimClock;
use super::engine::{self, Engine};
use super::hook::{Hooks, Stored, Ticks};
use super::meta::{About, Arrival, Logged, Meta};
use super::plan::{Dice, Plan, STREAM_MS, Trouble};
use super::rows::Move;
use super::troubles::Later;
use super::webhooks;
use super::world::{self, Human};

/// A run that is not at rest by then never will be.
const MOST_STEPS: u32 = 6_000;

/// What a run came to.
#[derive(Debug)]
pub struct Report {
    pub seed: u64,
    pub breaches: Vec<String>,
    pub faults: BTreeMap<&'static str, u64>,
    pub points: BTreeMap<&'static str, u64>,
    pub trace: String,
    pub steps: u32,
    pub requests: usize,
    pub accepted: usize,
}

/// What the checks look at beside the store.
pub struct Facts {
    pub plan: Plan,
    pub humans: Vec<Human>,
    pub ledger: Vec<Arrival>,
    pub log: Vec<Logged>,
    pub stored: Vec<Stored>,
    pub moves: Vec<Move>,
    /// Claims that ought not to have been, as SQLite saw them.
    pub slips: Vec<String>,
    /// When each message of the stream came in, by Meta's clock.
    pub came_in_ms: Vec<i64>,
    /// Launched campaigns, with how many people each was owed to.
    pub launched: Vec<(CampaignId, i64)>,
    pub merges: i64,
}

impl Facts {
    /// Messages that a webhook called failed.
    pub fn failed(&self) -> BTreeSet<&str> {
        let told = self.log.iter().filter_map(|l| match &l.about {
            About::Status { wamid, word: "failed", .. } => Some(wamid.as_str()),
            _ => None,
        });
        told.collect()
    }
}

pub(super) struct Run {
    pub(super) seed: u64,
    pub(super) dice: Dice,
    pub(super) clock: Arc<SimClock>,
    pub(super) ticks: Arc<Ticks>,
    pub(super) hooks: Arc<Hooks>,
    pub(super) meta: Arc<Mutex<Meta>>,
    pub(super) dir: tempfile::TempDir,
    pub(super) engine: Option<Engine>,
    /// When the process is started again.
    pub(super) starts_at_ms: i64,
    pub(super) away_ms: i64,
    pub(super) troubles: VecDeque<(i64, Trouble)>,
    pub(super) later: Vec<(i64, Later)>,
    pub(super) relay_away_until_ms: i64,
    /// When the console first heard of each entry of the relay's log, by its own monotonic clock.
    pub(super) announced_ms: Vec<i64>,
    pub(super) cursor: u64,
    pub(super) faults: BTreeMap<&'static str, u64>,
    pub(super) breaches: Vec<String>,
    pub(super) facts: Facts,
    pub(super) keys: u64,
    pub(super) calm: bool,
    /// When the operator looks after the campaigns again.
    pub(super) looks_at_ms: i64,
    pub(super) left_paused: Vec<CampaignId>,
    pub(super) writes: u64,
}

/// A folder in memory where the machine has one: a run syncs hundreds of times.
pub(super) fn folder() -> tempfile::TempDir {
    let fast = std::path::Path::new("/dev/shm");
    let builder = || {
        let mut b = tempfile::Builder::new();
        b.prefix("switchboard-chaos.");
        b
    };
    builder().tempdir_in(fast).or_else(|_| builder().tempdir()).unwrap()
}

/// Runs a seed in this process.
pub fn run(seed: u64, loud: bool) -> Report {
    alone(seed, loud, Run::go)
}

/// Does something with a run, one at a time: fault points and ids are the process's.
pub(super) fn alone<T, F: Future<Output = T>>(seed: u64, loud: bool, what: impl FnOnce(Run) -> F) -> T {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    switchboard_fault_points::seed_ids(Some(seed));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        // Reads go after each other, in the order in which they were asked for.
        .max_blocking_threads(1)
        .build()
        .unwrap();
    let done = runtime.block_on(async {
        let ticks = Arc::new(Ticks::new(loud));
        let hooks = Arc::new(Hooks::new(Arc::clone(&ticks)));
        let for_hook = Arc::clone(&hooks);
        let guard = switchboard_fault_points::install(move |point| Arc::clone(&for_hook).at(point));
        let done = what(Run::new(seed, ticks, hooks)).await;
        drop(guard);
        done
    });
    switchboard_fault_points::seed_ids(None);
    done
}

impl Run {
    fn new(seed: u64, ticks: Arc<Ticks>, hooks: Arc<Hooks>) -> Self {
        let plan = Plan::of(seed);
        let clock = Arc::new(SimClock::default());
        let mut meta = Meta::new(seed, Arc::clone(&clock), Arc::clone(&ticks));
        meta.send_trouble = plan.send_trouble;
        meta.category = if plan.marketing { "marketing" } else { "utility" };
        meta.webhook_trouble = plan.webhook_trouble;
        ticks.trace(&format!("{plan:?}"));
        Self {
            seed,
            dice: Dice::of(seed, "run"),
            clock,
            ticks,
            hooks,
            meta: Arc::new(Mutex::new(meta)),
            dir: folder(),
            engine: None,
            starts_at_ms: 0,
            away_ms: 0,
            troubles: plan.troubles.iter().copied().collect(),
            later: Vec::new(),
            relay_away_until_ms: 0,
            announced_ms: Vec::new(),
            cursor: 0,
            faults: BTreeMap::new(),
            breaches: Vec::new(),
            facts: Facts {
                plan,
                humans: Vec::new(),
                ledger: Vec::new(),
                log: Vec::new(),
                stored: Vec::new(),
                moves: Vec::new(),
                slips: Vec::new(),
                came_in_ms: Vec::new(),
                launched: Vec::new(),
                merges: 0,
            },
            keys: 0,
            calm: false,
            looks_at_ms: 0,
            left_paused: Vec::new(),
            writes: 0,
        }
    }

    pub(super) fn breach(&mut self, what: impl Into<String>) {
        let what = what.into();
        self.ticks.trace(&format!("BREACH {what}"));
        self.breaches.push(what);
    }

    async fn go(mut self) -> Report {
        self.begin().await;
        let steps = self.live().await;
        self.finish(steps).await
    }

    /// People and a campaign are there.
    pub(super) async fn begin(&mut self) {
        let profile = Profile::practice(self.dir.path()).unwrap();
        let secrets = SecretStore::for_profile(&profile);
        secrets.put(SecretName::SystemUserToken, SecretString::from("EAAtest")).await.unwrap();
        self.clock.advance(self.facts.plan.begins_ms, true);
        self.start().await;
        let engine = self.engine.as_ref().unwrap();
        self.facts.humans = world::furnish(&engine.console, &self.facts.plan).await;
        let humans = self.facts.humans.iter().enumerate();
        self.hooks.know(humans.flat_map(|(h, who)| who.entries.iter().enumerate().map(move |(e, id)| (h, e, *id))));
        self.people_write();
        self.launch().await;
    }

    pub(super) async fn start(&mut self) {
        if self.dice.per_mille(300) {
            self.second_start().await;
        }
        let engine = Engine::start(self.dir.path(), &self.clock, &self.hooks, &self.meta).await;
        self.engine = Some(engine);
        self.read_cursor().await;
    }

    /// While a process holds the role no other gets it; a free role is taken and given back.
    pub(super) async fn second_start(&mut self) {
        *self.faults.entry("two_starts").or_default() += 1;
        let second = engine::open(self.dir.path(), &self.clock, true).await;
        match (second, self.engine.is_some()) {
            (Ok(console), true) => {
                drop(console);
                self.breach("two processes hold the engine role");
            }
            (Ok(console), false) => drop(console),
            (Err(EngineError::Profile(ProfileError::InUse { .. })), true) => {}
            (Err(error), held) => self.breach(format!("a second start (held: {held}) ended with {error}")),
        }
    }

    pub(super) async fn launch(&mut self) {
        let Some(engine) = &self.engine else { return };
        self.keys += 1;
        let owed = world::audience(&engine.console).await;
        // Each campaign goes from another number; they share the portfolio's limit.
        let number = webhooks::NUMBERS[self.facts.launched.len() % self.facts.plan.numbers];
        let rules = self.facts.plan.rules.of_campaign();
        match world::launch(&engine.console, &format!("press-{}", self.keys), number, rules).await {
            Ok(id) => {
                self.ticks.trace("launched");
                self.facts.launched.push((id, owed));
            }
            Err(sentence) => self.ticks.trace(&format!("not launched: {sentence}")),
        }
    }

    /// Messages come in all the while, evenly, as many each second as the plan says.
    fn people_write(&mut self) {
        let plan = &self.facts.plan;
        let mut meta = self.meta.lock().unwrap();
        for i in 0..plan.inbound_per_second * STREAM_MS / 1000 {
            let at_ms = plan.begins_ms + i * 1000 / plan.inbound_per_second;
            let human = usize::try_from(i).unwrap() % plan.people;
            let wamid = format!("wamid.stream.{}.{i}", self.seed);
            let unix_ms = super::clock::BEGIN_MS + at_ms;
            let body = webhooks::text(&wamid, Some(&self.facts.humans[human].wa_id), None, unix_ms, "Is it green tea?");
            meta.deliver_surely(at_ms + 60, &body, &About::Message { wamid, human, is_stop: false });
            self.facts.came_in_ms.push(at_ms);
        }
    }

    /// Time goes on until everything is at rest. Returns the number of steps.
    async fn live(&mut self) -> u32 {
        let mut dt_ms = 50;
        let mut still = 0;
        for steps in 1..MOST_STEPS {
            self.pass(dt_ms, true).await;
            self.follow_plan().await;
            let before = (self.cursor, self.meta.lock().unwrap().ledger.len());
            let outcome = self.step_engine().await;
            if self.calm {
                self.resume_all().await;
            }
            let (due, log_len, requests) = {
                let meta = self.meta.lock().unwrap();
                (meta.next_due_ms(), u64::try_from(meta.log.len()).unwrap(), meta.ledger.len())
            };
            let now_ms = self.clock.world_ms();
            let moved = outcome.is_some_and(|o| !o.is_idle()) || before != (self.cursor, requests);
            still = if moved { 0 } else { still + 1 };
            let planned = self.troubles.front().map(|t| t.0).into_iter().chain(self.later.iter().map(|l| l.0)).min();
            if planned.is_none() && !self.calm {
                self.calm_down().await;
            }
            if self.calm && due.is_none() && self.cursor == log_len && self.engine.is_some() && self.at_rest().await {
                return steps;
            }
            let next = [due, planned, self.engine.is_none().then_some(self.starts_at_ms)];
            let next_ms = next.into_iter().flatten().min().map_or(i64::MAX, |at| (at - now_ms).max(1));
            dt_ms = if moved || still < 3 {
                self.dice.range(10, 160).min(next_ms.max(10))
            } else {
                (dt_ms * 2).clamp(100, 3_600_000).min(next_ms)
            };
        }
        self.breach("it did not come to rest");
        MOST_STEPS
    }

    async fn finish(mut self, steps: u32) -> Report {
        let engine = self.engine.take();
        if let Some(engine) = engine {
            let seen = engine.seen().await;
            self.take(seen);
            {
                let meta = self.meta.lock().unwrap();
                self.facts.ledger.clone_from(&meta.ledger);
                self.facts.log.clone_from(&meta.log);
                for (fault, n) in &meta.faults {
                    *self.faults.entry(fault).or_default() += n;
                }
            }
            self.facts.stored = self.hooks.stored();
            let found = check::all(&engine, &self.facts).await;
            for breach in found {
                self.breach(breach);
            }
            drop(engine.end().await);
        }
        let (points, done) = self.hooks.counts();
        for (fault, n) in done {
            *self.faults.entry(fault).or_default() += n;
        }
        Report {
            seed: self.seed,
            breaches: self.breaches,
            faults: self.faults,
            points,
            trace: self.ticks.hash(),
            steps,
            requests: self.facts.ledger.len(),
            accepted: self.facts.ledger.iter().filter(|a| a.wamid.is_some()).count(),
        }
    }
}
