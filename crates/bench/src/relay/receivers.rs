//! What the relay is measured beside: its own work without storage, and the receiver that most people would write.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use anyhow::{Context, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use secrecy::SecretString;
use switchboard_relay::SignatureKeys;
use tempfile::TempDir;

use super::installed::{Running, first_line, private};
use super::load::{Bodies, Load, Outcome};

/// A receiver that runs.
pub struct Receiver {
    _running: Running,
    _folder: TempDir,
    url: String,
}

impl Receiver {
    /// Signature check, 200, nothing kept: `switchboard-bench ceiling`.
    pub fn ceiling(bodies: &Bodies) -> anyhow::Result<Self> {
        let own = std::env::current_exe().context("finding this program")?;
        Self::start(bodies, |folder| {
            let mut command = Command::new(own);
            command.arg("ceiling").arg(folder.join("app-secret"));
            command
        })
    }

    /// Express with better-sqlite3; none if it is not installed.
    pub fn express(bodies: &Bodies) -> anyhow::Result<Option<Self>> {
        let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("baselines/express-receiver");
        if !program.join("node_modules").exists() {
            return Ok(None);
        }
        Self::start(bodies, |folder| {
            let mut command = Command::new("node");
            command.arg(program.join("server.js"));
            for (name, file) in [("database", "db"), ("app-secret-file", "app-secret"), ("verify-token-file", "token")]
            {
                command.arg(format!("--{name}")).arg(folder.join(file));
            }
            command
        })
        .map(Some)
    }

    fn start(bodies: &Bodies, command: impl FnOnce(&Path) -> Command) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("switchboard-bench-").tempdir().context("making a folder")?;
        private(&folder.path().join("app-secret"), &bodies.app_secret)?;
        private(&folder.path().join("token"), &bodies.verify_token)?;
        let mut child = command(folder.path()).stdout(Stdio::piped()).spawn().context("starting a receiver")?;
        let url = first_line(&mut child);
        let running = Running(child);
        Ok(Self { _running: running, _folder: folder, url: url? })
    }

    /// Under the same load as the relay.
    pub fn measure(&self, bodies: &Bodies, connections: u32) -> anyhow::Result<Outcome> {
        Load::new(bodies, &self.url, connections).measure()
    }
}

/// The ceiling: serves until it is killed.
pub async fn ceiling(app_secret_file: &Path) -> anyhow::Result<()> {
    let secret = SecretString::from(std::fs::read_to_string(app_secret_file).context("the app secret")?);
    let keys = Arc::new(SignatureKeys::new(&secret, None));
    let app = Router::new().route("/hooks/{desk}", post(take)).with_state(keys);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.context("a port")?;
    let address = listener.local_addr().context("a port")?;
    ensure!(address.ip().is_loopback(), "the ceiling is for the loopback");
    println!("{}", serde_json::json!({"ready": true, "url": format!("http://{address}/hooks/bench")}));
    axum::serve(listener, app).await.context("serving")
}

async fn take(State(keys): State<Arc<SignatureKeys>>, headers: HeaderMap, body: Bytes) -> (StatusCode, &'static str) {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if keys.verify(signature, &body) {
        (StatusCode::OK, "stored\n")
    } else {
        (StatusCode::UNAUTHORIZED, "the signature does not fit\n")
    }
}
