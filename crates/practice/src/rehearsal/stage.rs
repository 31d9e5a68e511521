//! The stage of one rehearsal: practice account, console and clock, moved from event to event.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use switchboard_bridge::UiError;
use switchboard_bridge::dto::{CountedReason, Trouble};
use switchboard_domain::time::{Clock, UnixMillis};
use switchboard_engine::campaigns::rehearsal::{Place, Script};
use switchboard_engine::campaigns::{self, Upkeep};
use switchboard_engine::profile::Profile;
use switchboard_engine::secrets::SecretStore;
use switchboard_engine::sender::{Sender, Waiting};
use switchboard_engine::{Console, EngineError, OpenConsole};
use switchboard_relay_api::{Heard, Lease, LinkPhase, RelaySeq, RelayState};
use switchboard_simulator::{ApprovedTemplate, Control, Likeness, Mood, Running, SimulatorConfig};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::obstacle;
use super::webhooks::Inbox;

/// The name of the rehearsing console at its relay, which is a pretence.
const DEVICE: &str = "rehearsal";
/// Simulated time in which the sender may do what it does in one step of life.
const STEP: Duration = Duration::from_millis(200);
/// So many messages of one step mean that the places in flight were used up, not the pace.
const FULL_STEP: u32 = 100;
/// Without a known time the clock goes on this far.
const GROPE: Duration = Duration::from_secs(30);
/// What a wait for the 24-hour limit is looked at again after.
const LONG_WAIT: Duration = Duration::from_secs(600);
/// Simulated time after which a rehearsal is over whatever is left: the forecast looks no further.
const LONGEST: Duration = Duration::from_secs(61 * 86_400);
/// Simulated time in which messages are delivered, read and answered after the last one has left.
const AFTERWARDS: Duration = Duration::from_secs(24 * 3600);
/// Steps of that time: people who answer within one of them travel together.
const AFTERWARDS_STEP: Duration = Duration::from_secs(120);
/// Real time that the practice account gets for what is due.
const PATIENCE: Duration = Duration::from_secs(20);
/// Looks at whether it is done, this far apart.
const LOOK_EVERY: Duration = Duration::from_millis(3);
/// Beats in a row without ears: something is broken.
const DEAF_BEATS: u32 = 200;

/// One clock for both, so that what happens there and what is claimed here agree.
struct StageClock {
    control: Control,
    begin_ms: i64,
}

impl Clock for StageClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(self.control.now_ms())
    }

    fn monotonic(&self) -> Duration {
        let since = self.control.now_ms().saturating_sub(self.begin_ms);
        Duration::from_millis(u64::try_from(since).unwrap_or(0))
    }
}

/// Whether there is more to play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// There may be.
    More,
    /// The longest time that a rehearsal looks ahead is over.
    Over,
}

/// See the module.
pub(super) struct Stage {
    profile: Profile,
    console: Console,
    sender: Sender,
    simulator: Running,
    control: Control,
    inbox: Inbox,
    place: Place,
    stop: CancellationToken,
    begin: UnixMillis,
    deaf_beats: u32,
}

fn broken(what: &str) -> impl Fn(anyhow::Error) -> UiError + '_ {
    move |error| {
        tracing::error!(error = format!("{error:#}"), what, "a rehearsal");
        UiError::internal(what)
    }
}

impl Stage {
    /// Sets everything up. Keys are drawn anew and are in memory alone.
    pub(super) async fn open(real: &Console, script: &Script, trouble: Trouble) -> Result<Self, UiError> {
        let folder = hex::encode(random::<8>()?);
        let profile = real.profile().for_rehearsal(&folder).map_err(EngineError::from)?;
        let opened = Self::open_in(&profile, script, trouble).await;
        if opened.is_err()
            && let Err(error) = profile.remove()
        {
            tracing::warn!(%error, "removing a rehearsal that did not start");
        }
        opened
    }

    async fn open_in(profile: &Profile, script: &Script, trouble: Trouble) -> Result<Self, UiError> {
        let failed = broken("starting the rehearsal");
        let stop = CancellationToken::new();
        // The same campaign meets the same fates, whenever it is rehearsed.
        let seed = script.campaign_id.as_bytes().iter().fold(7u64, |all, b| all.rotate_left(9) ^ u64::from(*b));
        let mut config = SimulatorConfig::new(profile.dir().join("practice-account"), seed);
        config.in_memory = true;
        config.hurried = true;
        config.seed_threads = false;
        config.mood = match trouble {
            Trouble::None => Mood::Calm,
            Trouble::Some => Mood::Mild,
            Trouble::Much => Mood::Rough,
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|e| failed(e.into()))?;
        let simulator = switchboard_simulator::start(listener, config, stop.clone()).await.map_err(&failed)?;
        let control = simulator.control();
        dress(&control, script).await?;
        let (inbox, callback) = Inbox::open(simulator.app_secret.clone(), simulator.verify_token.clone(), stop.clone())
            .await
            .map_err(&failed)?;
        control.set_callback(Some(&callback)).await.map_err(|e| failed(e.into()))?;
        let secrets = json!({
            "database_key": hex::encode(random::<32>()?),
            "system_user_token": simulator.access_token.expose_secret(),
        });
        let secrets = SecretStore::given(secrets.to_string().as_bytes()).map_err(EngineError::from)?;
        let clock = Arc::new(StageClock { control: control.clone(), begin_ms: control.now_ms() });
        let open = OpenConsole { profile: profile.clone(), secrets, clock, want_role: true };
        let console = Console::open(open).await?;
        let place = Place {
            graph_url: simulator.graph_url.clone(),
            waba_id: simulator.waba_id.clone(),
            phone_number_id: simulator.phone_number_id.clone(),
        };
        Ok(Self {
            begin: console.clock().now(),
            sender: Sender::new(console.clone()),
            profile: profile.clone(),
            console,
            simulator,
            control,
            inbox,
            place,
            stop,
            deaf_beats: 0,
        })
    }

    pub(super) const fn console(&self) -> &Console {
        &self.console
    }

    pub(super) const fn place(&self) -> &Place {
        &self.place
    }

    /// Plans what goes wrong beyond what the crowd does by itself.
    pub(super) fn make_trouble(&self, trouble: Trouble, script: &Script) -> Result<(), UiError> {
        let failed = broken("planning the trouble");
        let people = script.will_receive;
        let throttle =
            |nth: u64| json!({ "match": { "endpoint": "*", "nth": nth.max(1) }, "action": { "code": 130_429 } });
        let twice =
            |times: u64| json!({ "match": { "endpoint": "webhook" }, "action": "wh_duplicate", "times": times });
        let late = |times: u64| json!({ "match": { "endpoint": "webhook" }, "action": "wh_reorder", "times": times });
        let faults = match trouble {
            Trouble::None => Vec::new(),
            Trouble::Some => vec![throttle(people / 3), throttle(people * 2 / 3), twice(3), late(2)],
            Trouble::Much => vec![throttle(people / 5), throttle(people / 2), twice(40), late(40)],
        };
        for fault in faults {
            self.control.plan_fault(fault).map_err(|e| failed(e.into()))?;
        }
        if trouble == Trouble::Much {
            let before = u32::try_from(people * 3 / 4).unwrap_or(u32::MAX);
            self.control.hold_after(script.template.template_id.as_str(), before).map_err(|e| failed(e.into()))?;
        }
        Ok(())
    }

    /// What of that struck and is not in the console's ledger.
    pub(super) fn obstacles(&self) -> Vec<CountedReason> {
        self.control
            .faults_struck()
            .into_iter()
            .filter(|(_, times)| *times > 0)
            .filter_map(|(word, times)| match word.as_str() {
                "wh_duplicate" => Some(obstacle("wh_duplicate", "Webhooks came twice.", times)),
                "wh_reorder" => Some(obstacle("wh_reorder", "Webhooks came out of order.", times)),
                _ => None,
            })
            .collect()
    }

    /// The pretended relay was heard just now and everything is applied.
    fn hear(&self) {
        let head = RelaySeq::new(self.inbox.head());
        let lease = Lease { term: 1, holder: DEVICE.to_owned(), granted: true, previous: String::new() };
        self.console.relay_state().send_replace(Some(RelayState {
            phase: LinkPhase::Connected,
            head: Some(head),
            floor: Some(RelaySeq::new(1)),
            last_heard: Some(Heard {
                at: tokio::time::Instant::now(),
                wall_ms: self.console.clock().now().as_ms().saturating_add(1),
            }),
            lease: Some(lease),
            ..RelayState::new(DEVICE, head)
        }));
    }

    /// One step of the launch and the sender, then time goes on to what is next.
    pub(super) async fn beat(&mut self) -> Result<Beat, UiError> {
        while campaigns::step(&self.console).await? != Upkeep::Idle {}
        self.inbox.apply(&self.console).await?;
        self.hear();
        let now = self.console.clock().now();
        let step = self.sender.step(now).await.map_err(EngineError::Store)?;
        self.sender.land().await.map_err(EngineError::Store)?;
        if matches!(step.waiting, Some(Waiting::Deaf(_) | Waiting::NoToken)) {
            self.deaf_beats += 1;
            if self.deaf_beats > DEAF_BEATS {
                return Err(UiError::internal("rehearsing: the stage does not hear itself"));
            }
        } else {
            self.deaf_beats = 0;
        }
        let by = match (step.claimed, step.waiting, step.due_in) {
            (claimed, _, due) if claimed >= FULL_STEP => due.unwrap_or_default(),
            (1.., _, due) => due.unwrap_or(STEP).max(STEP),
            (0, Some(Waiting::PeoplePerDay(..) | Waiting::MarketingShare(..)), _) => LONG_WAIT,
            (0, Some(_), due) => due.unwrap_or(GROPE).clamp(STEP, GROPE),
            (0, None, due) => due.unwrap_or(STEP).max(STEP),
        };
        self.advance(by).await?;
        let over = self.console.clock().now().since(self.begin) > LONGEST;
        Ok(if over { Beat::Over } else { Beat::More })
    }

    async fn advance(&self, by: Duration) -> Result<(), UiError> {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        if ms > 0 {
            self.control.advance(ms).await.map_err(|e| broken("moving the clock")(e.into()))?;
        }
        Ok(())
    }

    /// Lets what was sent be delivered, read and answered.
    pub(super) async fn settle(&mut self, stop: &CancellationToken) -> Result<(), UiError> {
        self.calm_down().await?;
        let until = self.console.clock().now().plus(AFTERWARDS);
        while !stop.is_cancelled() {
            let now = self.console.clock().now();
            let due = self.control.next_due_ms().map(UnixMillis::new).filter(|due| *due < until);
            let Some(due) = due else { break };
            self.advance(due.since(now).max(AFTERWARDS_STEP)).await?;
            self.calm_down().await?;
            self.hear();
            // Opt-outs have cancelled what waited; a campaign that can end now does.
            self.sender.step(self.console.clock().now()).await.map_err(EngineError::Store)?;
            self.sender.land().await.map_err(EngineError::Store)?;
        }
        self.calm_down().await
    }

    /// Waits until everything that is due has happened and was applied: two quiet looks in a row.
    async fn calm_down(&mut self) -> Result<(), UiError> {
        let began = tokio::time::Instant::now();
        let mut quiet = 0;
        while quiet < 2 && began.elapsed() < PATIENCE {
            let settled = self.control.is_settled().await.map_err(|e| broken("watching the stage")(e.into()))?;
            let applied = self.inbox.apply(&self.console).await?;
            quiet = if settled && applied == 0 { quiet + 1 } else { 0 };
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    /// The practice account's own ledger in numbers.
    pub(super) async fn summary(&self) -> Result<Value, UiError> {
        self.control.summary().await.map_err(|e| broken("reading the practice ledger")(e.into()))
    }

    /// Ends everything and removes what was on disk.
    pub(super) async fn close(self) {
        let Self { profile, console, sender, simulator, control, inbox, stop, .. } = self;
        drop((sender, inbox, control));
        console.close().await;
        drop(console);
        stop.cancel();
        simulator.wait().await;
        if let Err(error) = profile.remove() {
            tracing::warn!(%error, "removing a rehearsal; it goes when this profile is opened next");
        }
    }
}

/// Makes the practice account look like the one that will send.
async fn dress(control: &Control, script: &Script) -> Result<(), UiError> {
    let failed = broken("dressing the stage");
    let node: Map<String, Value> = serde_json::from_str(&script.raw_waba).unwrap_or_default();
    let marketing = ["marketing_messages_onboarding_status", "disable_marketing_messages_on_cloud_api"];
    let waba_fields = node.into_iter().filter(|(key, _)| marketing.contains(&key.as_str())).collect();
    let likeness = Likeness {
        currency: script.currency.clone(),
        messaging_limit: script.messaging_limit.clone(),
        reached_24h: usize::try_from(script.reached_24h).unwrap_or(usize::MAX),
        throughput_level: script.throughput_level.clone(),
        waba_fields,
    };
    control.resemble(likeness).await.map_err(|e| failed(e.into()))?;
    let components: Value = serde_json::from_str(&script.template.components).unwrap_or_default();
    let template = ApprovedTemplate {
        id: script.template.template_id.as_str().to_owned(),
        name: script.template.name.clone(),
        language: script.template.language.clone(),
        category: script.template.category.clone(),
        parameter_format: script.template.parameter_format.clone(),
        components: components.as_array().cloned().unwrap_or_default(),
    };
    control.add_approved_template(template).await.map_err(|e| failed(e.into()))
}

fn random<const N: usize>() -> Result<[u8; N], UiError> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(|_| UiError::internal("the system gives no random numbers"))?;
    Ok(bytes)
}
