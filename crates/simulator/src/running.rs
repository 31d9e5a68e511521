//! Starting and stopping a practice account.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use rusqlite::Connection;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::SimulatorConfig;
use crate::control::handle::Control;
use crate::db::Db;
use crate::faults::Faults;
use crate::graph::template_groups::TemplateGroup;
use crate::limits::Limits;
use crate::model::account::{Account, Callback, Number, TokenInfo};
use crate::model::customer::Customer;
use crate::model::group::Group;
use crate::model::template::{Template, load_documents, save_document};
use crate::world::{Parts, People, Settings, Sim, State, Templates, Timer, What};
use crate::{control, crowd, secrets, server, shop, upkeep, webhooks};

/// A practice account that runs until its token is cancelled.
#[derive(Debug)]
pub struct Running {
    /// Base of the Graph API, without version: `http://127.0.0.1:PORT`.
    pub graph_url: String,
    /// Base of the control interface: `http://127.0.0.1:PORT/practice/v1`.
    pub control_url: String,
    /// The account's id.
    pub waba_id: String,
    /// Its phone number's id.
    pub phone_number_id: String,
    /// The number itself, digits with country code.
    pub phone_number: String,
    /// The app whose secret signs webhooks.
    pub app_id: String,
    /// The business portfolio.
    pub business_id: String,
    /// Signs webhooks.
    pub app_secret: SecretString,
    /// Expected by the callback's handshake.
    pub verify_token: SecretString,
    /// A System User token with both WhatsApp scopes that never expires.
    pub access_token: SecretString,
    /// File of mode 0600 that holds the app secret.
    pub app_secret_file: PathBuf,
    /// File of mode 0600 that holds the verify token.
    pub verify_token_file: PathBuf,
    /// File of mode 0600 that holds the access token.
    pub access_token_file: PathBuf,
    sim: Arc<Sim>,
    tasks: TaskTracker,
}

impl Running {
    /// The handle to steer it.
    pub fn control(&self) -> Control {
        Control { sim: Arc::clone(&self.sim) }
    }

    /// Waits until everything has ended and is on disk; cancel the shutdown token first.
    pub async fn wait(self) {
        self.tasks.wait().await;
        self.sim.db.close().await;
    }
}

/// Starts a practice account on a bound listener inside the running tokio runtime.
///
/// # Errors
/// The data folder cannot be used, or the ledger in it cannot be read.
pub async fn start(
    listener: TcpListener,
    config: SimulatorConfig,
    shutdown: CancellationToken,
) -> anyhow::Result<Running> {
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("creating the practice folder {}", config.data_dir.display()))?;
    let address = listener.local_addr().context("reading the listening address")?;
    let graph_url = format!("http://{address}");
    let dir = &config.data_dir;
    let (app_secret, app_secret_file) =
        secrets::keep(dir, "app-secret", config.app_secret.as_ref(), || hex::encode(rand::random::<[u8; 16]>()))?;
    let (verify_token, verify_token_file) =
        secrets::keep(dir, "verify-token", config.verify_token.as_ref(), || secrets::random_token("verify-"))?;
    let (access_token, access_token_file) = secrets::keep(dir, "access-token", None, || secrets::random_token("EAAP"))?;
    let db = Arc::new(if config.in_memory { Db::in_memory()? } else { Db::open(dir)? });
    let loaded = load(&db, &config, &access_token)?;
    let first = loaded.first;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(16)
        .build()
        .context("preparing the webhook client")?;
    let sim = Arc::new(Sim::new(Parts {
        seed: config.seed,
        graph_url: graph_url.clone(),
        app_secret: app_secret.clone(),
        verify_token: verify_token.clone(),
        control_token: config.control_token.clone(),
        seed_threads: config.seed_threads,
        clock: Clock::new(loaded.advanced_ms),
        db: Arc::clone(&db),
        http,
        state: loaded.state,
    }));
    if first {
        let (world, now) = (Arc::clone(&sim), sim.clock.now_ms());
        db.write(move |c| open_shop(c, &world, now)).await?;
    } else {
        remember(&sim).await?;
    }
    let (waba_id, app_id, business_id, phone_number_id, phone_number) = {
        let state = sim.state();
        let number = state
            .numbers
            .values()
            .min_by(|a, b| a.id.cmp(&b.id))
            .map(|n| (n.id.clone(), n.digits.clone()))
            .unwrap_or_default();
        (state.account.id.clone(), state.account.app_id.clone(), state.account.business_id.clone(), number.0, number.1)
    };
    let tasks = TaskTracker::new();
    let router = control::http::router(Arc::clone(&sim));
    tasks.spawn(server::run(Arc::clone(&sim), router, listener, shutdown.clone()));
    tasks.spawn(crowd::task::run(Arc::clone(&sim), shutdown.clone()));
    tasks.spawn(webhooks::deliver::run(Arc::clone(&sim), shutdown));
    tasks.close();
    Ok(Running {
        control_url: format!("{graph_url}/practice/v1"),
        graph_url,
        waba_id,
        phone_number_id,
        phone_number,
        app_id,
        business_id,
        app_secret,
        verify_token,
        access_token,
        app_secret_file,
        verify_token_file,
        access_token_file,
        sim,
        tasks,
    })
}

struct Loaded {
    state: State,
    advanced_ms: i64,
    first: bool,
}

fn load(db: &Db, config: &SimulatorConfig, access_token: &SecretString) -> anyhow::Result<Loaded> {
    let (
        advanced,
        accounts,
        numbers,
        templates,
        deleted,
        customers,
        tokens,
        media,
        agent_leads,
        handles,
        groups,
        template_groups,
    ) = db
        .read_now(|c| {
            let advanced: Option<String> =
                c.query_row("SELECT max(value) FROM settings WHERE key = 'advanced_ms'", [], |row| row.get(0))?;
            let media: Vec<(String, i64)> = c
                .prepare("SELECT id, expires_ms FROM media")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            let tokens: Vec<(String, String)> = c
                .prepare("SELECT id, doc FROM documents WHERE kind = 'token'")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok((
                advanced,
                load_documents::<Account>(c, "account")?,
                load_documents::<Number>(c, "number")?,
                load_documents::<Template>(c, "template")?,
                load_documents::<(String, i64)>(c, "deleted_name")?,
                Customer::load_all(c)?,
                tokens,
                media,
                load_documents::<i64>(c, "agent_leads")?,
                load_documents::<String>(c, "handle")?,
                load_documents::<Group>(c, "group")?,
                load_documents::<TemplateGroup>(c, "template_group")?,
            ))
        })
        .context("reading the practice ledger")?;
    let first = accounts.is_empty();
    let (fresh_account, fresh_number) = shop::account(config.seed, config.subscribed, config.limits);
    let mut account = accounts.into_iter().next().unwrap_or(fresh_account);
    if let Some(url) = &config.callback {
        account.app_callback = Some(Callback { url: url.to_string(), verified: false });
    }
    let callback_verified = account.app_callback.as_ref().is_some_and(|callback| callback.verified);
    let numbers = if first { vec![fresh_number] } else { numbers };
    let mut known: std::collections::HashMap<[u8; 32], TokenInfo> = tokens
        .iter()
        .filter_map(|(id, doc)| {
            Some((<[u8; 32]>::try_from(hex::decode(id).ok()?).ok()?, serde_json::from_str(doc).ok()?))
        })
        .collect();
    known.entry(crate::graph::token_hash(access_token.expose_secret())).or_insert_with(|| TokenInfo {
        scopes: ["whatsapp_business_management", "whatsapp_business_messaging"].map(String::from).to_vec(),
        issued_ms: 1_777_600_000_000,
        expires_ms: None,
        revoked: false,
        target_ids: Vec::new(),
    });
    let state = State {
        settings: Settings {
            mode: config.mode,
            mood: config.mood,
            speed: if config.speed > 0.0 { config.speed } else { 1.0 },
            limits: config.limits,
            batch_max: config.batch_max.clamp(1, 1000),
            hurried: config.hurried,
        },
        account,
        numbers: numbers.into_iter().map(|n| (n.id.clone(), n)).collect(),
        templates: Templates::new(templates.into_iter().map(Template::compile)),
        people: People::new(customers),
        deleted_names: deleted.into_iter().collect(),
        tokens: known,
        media: media.into_iter().collect(),
        handles: handles.into_iter().collect(),
        groups: groups.into_iter().map(|g| (g.id.clone(), g)).collect(),
        template_groups: template_groups.into_iter().map(|g| (g.id.clone(), g)).collect(),
        faults: Faults::default(),
        limits: Limits::default(),
        agent_leads: agent_leads.into_iter().collect(),
        timers: std::collections::BinaryHeap::new(),
        callback_verified,
    };
    Ok(Loaded { state, advanced_ms: advanced.and_then(|a| a.parse().ok()).unwrap_or(0), first })
}

/// Writes a new shop and makes memory agree with it: first start and reset.
pub(crate) fn open_shop(connection: &Connection, sim: &Sim, now_ms: i64) -> rusqlite::Result<()> {
    let templates = shop::templates(sim.seed, now_ms);
    let (subscribed, limits) = {
        let state = sim.state();
        (state.account.subscribed, state.settings.limits)
    };
    let (mut account, number) = shop::account(sim.seed, subscribed, limits);
    for template in &templates {
        template.save(connection)?;
    }
    {
        let mut state = sim.state();
        account.app_callback = state.account.app_callback.take();
        account.app_fields = state.account.app_fields.take();
        save_document(connection, "account", "account", &account)?;
        save_document(connection, "number", &number.id, &number)?;
        state.account = account;
        state.numbers = std::iter::once((number.id.clone(), number)).collect();
        state.templates = Templates::new(templates);
        state.people = People::new(Vec::new());
        state.media.clear();
        state.handles.clear();
        state.groups.clear();
        state.template_groups.clear();
        state.faults = Faults::default();
        state.limits = Limits::default();
        state.agent_leads.clear();
        state.timers.clear();
    }
    let daily = upkeep::plan_daily(connection, now_ms)?;
    sim.schedule([daily]);
    if sim.seed_threads {
        shop::write_threads(connection, sim, now_ms)?;
    }
    Ok(())
}

/// Picks up where the last run ended: planned steps, account timers, people reached in 24 h.
async fn remember(sim: &Arc<Sim>) -> anyhow::Result<()> {
    let since = sim.clock.now_ms().saturating_sub(86_400_000);
    let (planned, account, reached) = sim
        .db
        .read(move |c| {
            let mut timers = Vec::new();
            let mut statement = c.prepare("SELECT seq, plan, plan_pos, base_ms FROM messages WHERE plan_pos IS NOT NULL")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let plan: Option<String> = row.get(1)?;
                let steps: Vec<crowd::fate::Step> = plan.and_then(|p| serde_json::from_str(&p).ok()).unwrap_or_default();
                let at = usize::try_from(row.get::<_, i64>(2)?).unwrap_or(usize::MAX);
                if let Some(step) = steps.get(at) {
                    timers.push(Timer { due_ms: row.get::<_, i64>(3)?.saturating_add(step.after_ms), what: What::Message(row.get(0)?) });
                }
            }
            let account: Vec<(i64, i64)> = c.prepare("SELECT id, due_ms FROM timers")?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
            let reached: Vec<(i64, i64)> = c
                .prepare("SELECT customer, min(at_ms) FROM messages WHERE inbound = 0 AND template IS NOT NULL AND at_ms > ?1 GROUP BY customer ORDER BY 2")?
                .query_map([since], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok((timers, account, reached))
        })
        .await?;
    {
        let mut state = sim.state();
        for (customer, at) in reached {
            state.limits.reached.admit(customer, at, None);
        }
    }
    sim.schedule(planned);
    sim.schedule(account.into_iter().map(|(id, due_ms)| Timer { due_ms, what: What::Account(id) }));
    Ok(())
}
