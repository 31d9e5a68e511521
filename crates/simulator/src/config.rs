//! What a practice account is started with.

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

/// Who decides what happens to a message after it was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A believable crowd: every message gets its fate drawn from the seed.
    Auto,
    /// Nothing happens by itself; a test pokes each event through the control interface.
    Explicit,
}

/// How much trouble the crowd and the platform make in [`Mode::Auto`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mood {
    /// Nothing goes wrong: everybody is reached, nobody minds.
    Calm,
    /// Mostly delivered and read, a few failures, a rare STOP.
    Mild,
    /// Many failures, withheld messages, throttling, server errors and delays.
    Rough,
}

/// Settings of one practice account. Several may run side by side in one process.
#[derive(Debug, Clone)]
pub struct SimulatorConfig {
    /// Where the binary listens; [`crate::start`] is handed a bound listener and does not read it.
    pub listen: SocketAddr,
    /// Folder of the practice ledger, the shop and the throwaway secrets. Created when missing.
    pub data_dir: PathBuf,
    /// Decides every fate together with the recipient and the number of the message to them.
    pub seed: u64,
    /// Bearer of the control interface below `/practice/v1`.
    pub control_token: SecretString,
    /// The app-level callback; `None` queues webhooks until one is configured by control.
    pub callback: Option<Url>,
    /// The token of the verification handshake; generated and kept in `data_dir` when absent.
    pub verify_token: Option<SecretString>,
    /// The app secret that signs webhooks; generated and kept in `data_dir` when absent.
    pub app_secret: Option<SecretString>,
    /// Auto or explicit.
    pub mode: Mode,
    /// Mild or rough.
    pub mood: Mood,
    /// Crowd delays are divided by this; 1.0 is life-like, 60.0 makes a minute a second.
    pub speed: f64,
    /// Enforce throughput, pair rate and portfolio messaging limit (account.md §9).
    pub limits: bool,
    /// Most updates in one webhook POST, 1 to 1000 (webhooks.md §1.6).
    pub batch_max: usize,
    /// Deliver a few messages of customers who wrote earlier, on the very first start.
    pub seed_threads: bool,
    /// Whether the account starts with the app subscribed to it (webhooks.md §1.7).
    pub subscribed: bool,
    /// The practice ledger is kept in memory and nothing of it on disk: for rehearsals with real people's numbers.
    pub in_memory: bool,
    /// Time is moved by [`crate::Control::advance`]: what would take real time, such as a slow answer, takes none.
    pub hurried: bool,
}

impl SimulatorConfig {
    /// A mild crowd at life-like speed with all limits on and a freshly drawn control token.
    pub fn new(data_dir: impl Into<PathBuf>, seed: u64) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: data_dir.into(),
            seed,
            control_token: SecretString::from(crate::secrets::random_token("practice")),
            callback: None,
            verify_token: None,
            app_secret: None,
            mode: Mode::Auto,
            mood: Mood::Mild,
            speed: 1.0,
            limits: true,
            batch_max: 1000,
            seed_threads: true,
            subscribed: true,
            in_memory: false,
            hurried: false,
        }
    }
}
