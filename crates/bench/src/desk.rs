//! A desk to measure at: the practice account as a process of its own, a relay, and a console with a fresh
//! encrypted store that is connected to both.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail, ensure};
use secrecy::SecretString;
use serde_json::Value;
use switchboard_bridge::UiError;
use switchboard_bridge::dto::{
    AccountConnect, Audience, AudienceKind, ById, CampaignDraft, CampaignLaunch, ColumnMapping, ImportCommit,
    ImportInspect, ImportPreviewRequest, Nothing, RelayPair, SecretInput, TemplateListRequest, TemplateRow,
    UnprovenChoice, ValueSource, VariableValue,
};
use switchboard_engine::clock::SystemClock;
use switchboard_engine::profile::{PRACTICE, Profile};
use switchboard_engine::secrets::SecretStore;
use switchboard_engine::{Console, OpenConsole, api, background};
use switchboard_relay::{DeskConfig, RelayConfig, RunningRelay};
use switchboard_store::StoreError;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Desk and device at the relay.
const DESK: &str = "bench";
/// How long anything may take to start or to settle.
const PATIENCE: Duration = Duration::from_secs(120);

/// An error that people read as one sentence.
pub fn plain(error: UiError) -> anyhow::Error {
    anyhow!("{} {}", error.message, error.remedy)
}

/// A console on a fresh profile of the practice kind under `dir`.
pub async fn open_console(dir: &Path) -> anyhow::Result<Console> {
    let profile = Profile::practice(&dir.join("data")).context("making a profile")?;
    let secrets = SecretStore::File { path: dir.join("secrets.json") };
    Console::open(OpenConsole { profile, secrets, clock: Arc::new(SystemClock::new()), want_role: true })
        .await
        .context("opening the profile")
}

/// Imports a list as the window does; how long looking at it took, and writing it.
pub async fn import(console: &Console, list: &Path, rows: usize) -> anyhow::Result<(Duration, Duration)> {
    let path = list.to_string_lossy().into_owned();
    let began = Instant::now();
    let seen = api::consent_import_inspect(console, ImportInspect { path: path.clone(), sheet: None, encoding: None })
        .await
        .map_err(plain)?;
    let mapping = seen.columns.iter().map(|c| ColumnMapping { index: c.index, role: c.role }).collect();
    let request = ImportPreviewRequest {
        path,
        mapping,
        region: None,
        has_header: seen.has_header,
        sheet: None,
        encoding: None,
        meaning: None,
        date_order: None,
    };
    let preview = api::consent_import_preview(console, request).await.map_err(plain)?;
    let looked = began.elapsed();
    let began = Instant::now();
    let commit = ImportCommit { preview_id: preview.preview_id, unproven: UnprovenChoice::Leave, attestation: None };
    let done = api::consent_import_commit(console, commit).await.map_err(plain)?;
    let wrote = began.elapsed();
    ensure!(
        done.contacts_added == rows as u64 && done.consents_recorded == rows as u64,
        "the import took {} people and {} consents of {rows}",
        done.contacts_added,
        done.consents_recorded
    );
    Ok((looked, wrote))
}

/// Ends the process with the desk.
struct Simulator(Child);

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Everything of one business on the loopback.
pub struct Desk {
    /// The console.
    pub console: Console,
    /// Signs webhooks.
    pub app_secret: String,
    /// Where webhooks go.
    pub callback: String,
    /// First line of the practice account.
    account: Value,
    relay: RunningRelay,
    dir: TempDir,
    _simulator: Simulator,
}

impl Desk {
    /// Starts everything, connects the console, reads the templates.
    pub async fn open() -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("switchboard-bench-").tempdir().context("making a folder")?;
        let at = |name: &str| dir.path().join(name);
        let secret = || hex::encode(rand::random::<[u8; 16]>());
        let (app_secret, verify_token) = (secret(), secret());
        for (name, text) in [("app-secret", &app_secret), ("verify-token", &verify_token)] {
            std::fs::write(at(name), text).context("writing a secret")?;
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.context("a port for the relay")?;
        let desk = DeskConfig {
            id: DESK.to_owned(),
            verify_token: SecretString::from(verify_token),
            app_secret: SecretString::from(app_secret.clone()),
            previous_app_secret: None,
        };
        let relay =
            switchboard_relay::start(listener, RelayConfig::new(at("relay"), vec![desk])).await.context("the relay")?;
        let callback = relay.callback_url(DESK);
        let simulator = start_simulator(dir.path(), &callback)?;
        let account = first_line(&at("simulator.out")).await?;
        let console = open_console(dir.path()).await?;
        let desk = Self { console, app_secret, callback, account, relay, dir, _simulator: simulator };
        desk.connect().await?;
        Ok(desk)
    }

    async fn connect(&self) -> anyhow::Result<()> {
        api::account_connect(
            &self.console,
            AccountConnect {
                profile: PRACTICE.to_owned(),
                token: SecretInput::new(self.access_token()?.as_str()),
                waba_id: self.text("waba_id")?.to_owned(),
                phone_number_id: self.text("phone_number_id")?.to_owned(),
                graph_url: Some(self.text("graph")?.to_owned()),
                graph_version: None,
            },
        )
        .await
        .map_err(plain)?;
        let link = self.relay.pairing_link(DESK).await.context("a pairing link")?.to_string();
        api::relay_pair(&self.console, RelayPair { link: SecretInput::new(link), name: "Benchmark".to_owned() })
            .await
            .map_err(plain)?;
        api::template_sync(&self.console, Nothing {}).await.map_err(plain)?;
        // The rate of a practice account is what its host can do; the benchmark asks for exactly that.
        self.console.set_rate_override(Some(1e6));
        background::start(&self.console);
        Ok(())
    }

    /// A text of the practice account's first line.
    pub fn text(&self, key: &str) -> anyhow::Result<&str> {
        self.account.get(key).and_then(Value::as_str).with_context(|| format!("the practice account names no {key}"))
    }

    /// The token that Graph takes.
    pub fn access_token(&self) -> anyhow::Result<String> {
        let path = self.text("access_token_file")?;
        Ok(std::fs::read_to_string(path).context("reading the access token")?.trim().to_owned())
    }

    /// A path in the desk's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Imports that many people.
    pub async fn import_people(&self, people: usize) -> anyhow::Result<()> {
        let list = self.path("people.csv");
        crate::people::write_list(&list, people)?;
        import(&self.console, &list, people).await.map(drop)
    }

    /// A template of the shop with text variables only.
    pub async fn template(&self) -> anyhow::Result<TemplateRow> {
        let request = TemplateListRequest { search: None, sendable_only: true };
        let templates = api::template_list(&self.console, request).await.map_err(plain)?;
        templates
            .items
            .into_iter()
            .find(|t| {
                t.category == "marketing"
                    && t.header_format.as_deref().is_none_or(|f| f == "TEXT")
                    && t.variables.iter().any(|v| v.starts_with("body."))
                    && t.variables.iter().all(|v| !v.starts_with("button"))
            })
            .context("the shop has no marketing template with a variable")
    }

    /// Makes and launches a campaign to everybody; its id.
    pub async fn launch(&self, template: &TemplateRow) -> anyhow::Result<String> {
        let values = template
            .variables
            .iter()
            .map(|key| VariableValue {
                key: key.clone(),
                source: ValueSource::FirstName,
                value: String::new(),
                fallback: Some("there".to_owned()),
                format: None,
            })
            .collect();
        let draft = CampaignDraft {
            id: None,
            name: "Benchmark".to_owned(),
            template_id: Some(template.id.clone()),
            phone_number_id: Some(self.text("phone_number_id")?.to_owned()),
            audience: Audience {
                kind: AudienceKind::Everybody,
                import_ids: Vec::new(),
                contact_ids: Vec::new(),
                filter: None,
            },
            values,
            rules: Default::default(),
        };
        let id = api::campaign_draft_save(&self.console, draft).await.map_err(plain)?.row.id;
        let review = api::campaign_review(&self.console, ById { id: id.clone() }).await.map_err(plain)?;
        let launch = CampaignLaunch {
            id: id.clone(),
            typed_number: Some(review.will_receive),
            template_hash: review.template_hash.clone(),
            idempotency_key: hex::encode(rand::random::<[u8; 16]>()),
        };
        api::campaign_launch(&self.console, launch).await.map_err(plain)?;
        Ok(id)
    }

    /// Waits until the only campaign is done.
    pub async fn until_done(&self, people: usize) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            // One row: the look must not take from what is measured.
            let (state, reason): (String, Option<String>) = self
                .console
                .store()
                .read(|c| {
                    c.query_row("SELECT state, paused_reason FROM campaigns", [], |r| Ok((r.get(0)?, r.get(1)?)))
                        .map_err(StoreError::from)
                })
                .await?;
            match state.as_str() {
                "done" => break,
                "paused" | "cancelled" => bail!("the campaign is {state}: {}", reason.unwrap_or_default()),
                _ if began.elapsed() > PATIENCE => bail!("the campaign is still {state} after {PATIENCE:?}"),
                _ => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
        let accepted: u64 = self
            .console
            .store()
            .read(|c| {
                c.query_row("SELECT COUNT(*) FROM outbox WHERE state = 'accepted'", [], |r| r.get(0))
                    .map_err(StoreError::from)
            })
            .await?;
        ensure!(accepted == people as u64, "{accepted} of {people} messages were accepted");
        Ok(())
    }

    /// Waits until everything in the relay's log is applied.
    pub async fn until_applied(&self) -> anyhow::Result<()> {
        let head = self.relay.log().extent(DESK).map_err(|e| anyhow!("{e}"))?.head.get();
        let began = Instant::now();
        loop {
            let row = self.console.store().read(switchboard_store::tables::relay::get).await?;
            if row.is_some_and(|r| r.cursor.0 >= head) {
                return Ok(());
            }
            ensure!(began.elapsed() < PATIENCE, "webhooks were not applied within {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Stops in order.
    pub async fn close(self) -> anyhow::Result<()> {
        self.console.close().await;
        self.relay.stop().await.context("stopping the relay")
    }
}

fn start_simulator(dir: &Path, callback: &str) -> anyhow::Result<Simulator> {
    let here = std::env::current_exe().context("the program's own path")?;
    let program = here.with_file_name(format!("switchboard-simulator{}", std::env::consts::EXE_SUFFIX));
    ensure!(program.exists(), "{} is not built; `make bench` builds it", program.display());
    let file = |name: &str| std::fs::File::create(dir.join(name)).context("a file for the practice account's output");
    let child = Command::new(program)
        .args(["--seed", "7", "--mode", "explicit", "--no-throughput-limit", "--callback", callback])
        .args(["--data-dir".as_ref(), dir.join("simulator").as_os_str()])
        .args(["--control-token-file".as_ref(), dir.join("control-token").as_os_str()])
        .args(["--app-secret-file".as_ref(), dir.join("app-secret").as_os_str()])
        .args(["--verify-token-file".as_ref(), dir.join("verify-token").as_os_str()])
        .stdin(Stdio::null())
        .stdout(file("simulator.out")?)
        .stderr(file("simulator.err")?)
        .spawn()
        .context("starting the practice account")?;
    Ok(Simulator(child))
}

async fn first_line(path: &Path) -> anyhow::Result<Value> {
    let began = Instant::now();
    loop {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if let Some((line, _)) = text.split_once('\n') {
            return serde_json::from_str(line).context("the practice account's first line");
        }
        ensure!(began.elapsed() < PATIENCE, "the practice account did not start");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
