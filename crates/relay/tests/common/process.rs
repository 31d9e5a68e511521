//! The real program with a configuration of its own, to be killed at will.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use switchboard_relay::config_file::ConfigFile;
use switchboard_relay::desk_admin;
use switchboard_relay::desks::DeskStore;
use switchboard_relay::engine::open_desks;
use switchboard_relay_api::RelayEndpoint;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::{APP_SECRET, VERIFY_TOKEN, pair_by};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_switchboard-relay");

/// A configuration with its secrets and its data folder.
pub struct Site {
    pub folder: TempDir,
    pub port: u16,
}

/// The program, running.
pub struct Process {
    pub child: Child,
    pub url: String,
}

fn private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

impl Site {
    /// `more` is TOML that stands before the desks.
    pub fn new(desks: &[String], more: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap(), port: super::nats::free_port() };
        private(&site.folder.path().join("app-secret"), APP_SECRET);
        private(&site.folder.path().join("verify-token"), VERIFY_TOKEN);
        let mut text = format!("listen = \"127.0.0.1:{}\"\ndata_dir = \"data\"\n{more}\n", site.port);
        for desk in desks {
            text += &format!(
                "[[desks]]\nid = {desk:?}\nverify_token = {{ file = \"verify-token\" }}\n\
                 app_secret = {{ file = \"app-secret\" }}\n"
            );
        }
        std::fs::write(site.config(), text).unwrap();
        site
    }

    pub fn config(&self) -> PathBuf {
        self.folder.path().join("relay.toml")
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Starts the program, and waits until it answers.
    pub async fn serve(&self) -> Process {
        self.serve_by(Command::new(PROGRAM)).await
    }

    /// As [`serve`](Self::serve), by a command that ends in running the program with the arguments it is given.
    pub async fn serve_by(&self, mut command: Command) -> Process {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let mut child = command
            .args(["serve", "--config"])
            .arg(self.config())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut line = String::new();
        let ready = BufReader::new(child.stdout.take().unwrap());
        let mut ready = ready;
        timeout(Duration::from_secs(120), ready.read_line(&mut line)).await.expect("it comes up").unwrap();
        assert!(line.contains("\"ready\":true"), "{line}; {}", self.said());
        Process { child, url: self.url() }
    }

    /// What the program said.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    pub async fn desks(&self) -> Arc<dyn DeskStore> {
        let file = ConfigFile::read(&self.config()).unwrap();
        open_desks(&file.log_engine(&self.config()).unwrap(), &file.data_dir(&self.config())).await.unwrap()
    }

    /// A console of a desk, let in by the operator's command. The program must be running.
    pub async fn pair(&self, store: &dyn DeskStore, desk: &str) -> RelayEndpoint {
        let link = desk_admin::pairing_link(store, &self.url(), desk).await.unwrap();
        pair_by(&link, "Front desk").await.0
    }
}

impl Process {
    /// kill -9.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGSTOP: it does nothing more.
    pub fn pause(&self) {
        let pid = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-STOP", &pid]).status().unwrap().success());
    }

    pub async fn metric(&self, http: &reqwest::Client, sample: &str) -> u64 {
        let text = http.get(format!("{}/metrics", self.url)).send().await.unwrap().text().await.unwrap();
        let line = text.lines().find(|line| line.starts_with(sample)).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }
}

/// Between `low` and `high`, differently each time.
pub fn random_ms(low: u64, high: u64) -> Duration {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).unwrap();
    Duration::from_millis(low + u64::from_le_bytes(bytes) % (high - low))
}

/// How often something is done in `make test`, and in `make test-long`.
pub fn rounds(short: usize, long: usize) -> usize {
    if std::env::var_os("SWITCHBOARD_LONG").is_some() { long } else { short }
}
