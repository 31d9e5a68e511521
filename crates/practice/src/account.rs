//! Starting the practice account and connecting the practice profile to it.

use std::path::Path;

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};
use switchboard_bridge::dto::{AccountConnect, Nothing, RelayPair, SecretInput};
use switchboard_engine::Console;
use switchboard_engine::profile::{PRACTICE, Profile, make_private_dir};
use switchboard_engine::relay_pull::pairing;
use switchboard_relay::secret_source::write_private;
use switchboard_relay::{DeskConfig, RelayConfig, RunningRelay};
use switchboard_simulator::{Control, Mode, Mood, Running, SimulatorConfig};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const DESK: &str = "practice";
/// What this console is called at its own relay.
const CONSOLE_NAME: &str = "This computer";
/// Decides every fate together with the recipient; fixed, so that practice is the same everywhere.
const SEED: u64 = 20_261_122;

/// How the practice account behaves at its start.
#[derive(Clone, Copy, Debug)]
pub struct PracticeOptions {
    /// How many times faster than life the crowd acts.
    pub speed: f64,
    /// Enforce Meta's limits (throughput, pair rate, messaging limit).
    pub limits: bool,
}

impl Default for PracticeOptions {
    /// Ten times faster than life: a first campaign is delivered, read and answered within a minute or two.
    fn default() -> Self {
        Self { speed: 10.0, limits: true }
    }
}

impl PracticeOptions {
    /// The defaults, with `SWITCHBOARD_PRACTICE_SPEED` if it is set to a number above zero.
    pub fn from_env() -> Self {
        let speed = std::env::var("SWITCHBOARD_PRACTICE_SPEED")
            .ok()
            .and_then(|s| s.parse::<f64>().ok())
            .filter(|s| s.is_finite() && *s > 0.0);
        speed.map_or_else(Self::default, |speed| Self { speed, ..Self::default() })
    }
}

/// The running practice account.
pub struct PracticeAccount {
    simulator: Running,
    relay: RunningRelay,
    stop: CancellationToken,
}

impl std::fmt::Debug for PracticeAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PracticeAccount").field("graph_url", &self.simulator.graph_url).finish_non_exhaustive()
    }
}

impl PracticeAccount {
    /// Starts the relay, then the simulator, then points the one at the other (with Meta's own handshake).
    ///
    /// # Errors
    /// No loopback port, or the practice folder cannot be used.
    pub async fn start(profile: &Profile, options: PracticeOptions) -> anyhow::Result<Self> {
        let dir = profile.practice_dir();
        make_private_dir(&dir).context("making the practice folder")?;
        let app_secret = kept_secret(&dir, "app-secret")?;
        let verify_token = kept_secret(&dir, "verify-token")?;

        let relay_listener = loopback().await?;
        let relay = switchboard_relay::start(
            relay_listener,
            RelayConfig::new(
                dir.join("relay"),
                vec![DeskConfig {
                    id: DESK.to_owned(),
                    verify_token: verify_token.clone(),
                    app_secret: app_secret.clone(),
                    previous_app_secret: None,
                }],
            ),
        )
        .await
        .context("starting the practice relay")?;

        let stop = CancellationToken::new();
        let mut config = SimulatorConfig::new(dir.join("simulator"), SEED);
        config.app_secret = Some(app_secret);
        config.verify_token = Some(verify_token);
        config.speed = options.speed;
        config.limits = options.limits;
        let simulator = switchboard_simulator::start(loopback().await?, config, stop.clone())
            .await
            .context("starting the practice account")?;
        let account = Self { simulator, relay, stop };
        account
            .control()
            .set_callback(Some(&account.relay.callback_url(DESK)))
            .await
            .context("pointing the practice account at its relay")?;
        Ok(account)
    }

    /// Connects the practice profile: the same calls that a real account goes through. Ports differ at every start,
    /// so this runs at every start.
    ///
    /// # Errors
    /// Whatever connecting reports.
    pub async fn connect(&self, console: &Console) -> Result<(), switchboard_bridge::UiError> {
        switchboard_engine::api::account_connect(
            console,
            AccountConnect {
                profile: PRACTICE.to_owned(),
                token: SecretInput::new(self.simulator.access_token.expose_secret()),
                waba_id: self.simulator.waba_id.clone(),
                phone_number_id: self.simulator.phone_number_id.clone(),
                graph_url: Some(self.simulator.graph_url.clone()),
                graph_version: None,
            },
        )
        .await?;
        self.pair(console).await
    }

    /// Pairs the practice profile with its own relay as any console with any relay, once; at later starts the relay is
    /// found at its new port. A relay that was set up anew meanwhile is paired with anew.
    async fn pair(&self, console: &Console) -> Result<(), switchboard_bridge::UiError> {
        let failed = |e: switchboard_relay::RelayError| switchboard_bridge::UiError::internal(&e.to_string());
        pairing::relocate(console, &self.relay.url()).await?;
        let known = match switchboard_engine::api::relay_devices(console, Nothing {}).await {
            Ok(devices) => devices.items.iter().any(|device| device.is_self),
            Err(_) => false,
        };
        if known {
            return Ok(());
        }
        pairing::forget(console).await?;
        let link = self.relay.pairing_link(DESK).await.map_err(failed)?.to_string();
        let pair = RelayPair { link: SecretInput::new(link), name: CONSOLE_NAME.to_owned() };
        switchboard_engine::api::relay_pair(console, pair).await?;
        Ok(())
    }

    /// Steers the practice account.
    pub fn control(&self) -> Control {
        self.simulator.control()
    }

    /// Base of its Graph API, without version.
    pub fn graph_url(&self) -> &str {
        &self.simulator.graph_url
    }

    /// Base of its control interface.
    pub fn control_url(&self) -> &str {
        &self.simulator.control_url
    }

    /// Sets who decides and how fast.
    ///
    /// # Errors
    /// [`switchboard_simulator::ControlError`].
    pub async fn set_mode(
        &self,
        auto: bool,
        rough: bool,
        speed: f64,
    ) -> Result<(), switchboard_simulator::ControlError> {
        let mode = if auto { Mode::Auto } else { Mode::Explicit };
        let mood = if rough { Mood::Rough } else { Mood::Mild };
        self.control().set_mode(Some(mode), Some(mood), Some(speed), None).await
    }

    /// Stops the simulator, then the relay, so that what was already on its way is still taken.
    pub async fn stop(self) {
        self.stop.cancel();
        self.simulator.wait().await;
        if let Err(error) = self.relay.stop().await {
            tracing::warn!(%error, "stopping the practice relay");
        }
    }
}

async fn loopback() -> anyhow::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", 0)).await.context("opening a port on the loopback for practice")
}

/// A throwaway secret of the practice account, made once and kept in its folder with mode 0600.
fn kept_secret(dir: &Path, name: &str) -> anyhow::Result<SecretString> {
    let path = dir.join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) if !text.trim().is_empty() => Ok(SecretString::from(text.trim().to_owned())),
        _ => {
            let mut bytes = [0u8; 24];
            getrandom::fill(&mut bytes).map_err(|e| anyhow::anyhow!("the system gives no random numbers: {e}"))?;
            let secret = hex::encode(bytes);
            write_private(&path, &secret).context("keeping a practice secret")?;
            Ok(SecretString::from(secret))
        }
    }
}
