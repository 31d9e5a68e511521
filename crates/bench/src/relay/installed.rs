//! The relay program in a folder of its own, set up by its own commands.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use secrecy::SecretString;
use serde_json::Value;
use switchboard_relay_api::pairing::{DeskClient, PairingLink};
use switchboard_relay_api::{DeviceKey, RelayEndpoint};
use tempfile::TempDir;

use super::load::Bodies;

/// The desk's name.
const DESK: &str = "bench";

/// A program that was built beside this one.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("finding this program")?;
    let path = own.with_file_name(name);
    ensure!(path.exists(), "{} is not built; run it through scripts/bench.sh", path.display());
    Ok(path)
}

/// A file that only its owner reads.
pub fn private(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).context("writing a secret")?;
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).context("a private file")?;
    Ok(())
}

/// Ends a program that is still there.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The first line of a program's output: JSON with `url`.
pub fn first_line(child: &mut Child) -> anyhow::Result<String> {
    let out = child.stdout.take().context("no output")?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line).context("reading the first line")?;
    let line: Value = serde_json::from_str(&line).context("the first line is not JSON")?;
    Ok(line.get("url").and_then(Value::as_str).context("the first line names no url")?.to_owned())
}

/// A relay that was set up.
pub struct Installed {
    folder: TempDir,
    url: String,
    address: String,
    running: Option<Running>,
}

impl Installed {
    /// Sets up one desk.
    pub fn new(bodies: &Bodies) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("switchboard-bench-").tempdir().context("making a folder")?;
        private(&folder.path().join("app-secret"), &bodies.app_secret)?;
        // A port that is free now: pairing links and the console need the same one after a new start.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").context("a port for the relay")?;
        let address = listener.local_addr().context("a port for the relay")?.to_string();
        drop(listener);
        let relay = Self { folder, url: format!("http://{address}"), address, running: None };
        relay.command(&[
            "desk",
            "add",
            DESK,
            "--data-dir",
            "data",
            "--app-secret-file",
            "app-secret",
            "--public-url",
            &relay.url,
        ])?;
        Ok(relay)
    }

    /// Adds settings to its configuration.
    pub fn configure(&self, toml: &str) -> anyhow::Result<()> {
        let path = self.folder.path().join("relay.toml");
        let text = std::fs::read_to_string(&path).context("reading the relay's configuration")?;
        std::fs::write(&path, text + toml).context("changing the relay's configuration")
    }

    fn command(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = Command::new(program("switchboard-relay")?)
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .context("starting switchboard-relay")?;
        if !output.status.success() {
            bail!("switchboard-relay {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts it; how long until it said that it answers requests.
    pub fn start(&mut self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        let mut child = Command::new(program("switchboard-relay")?)
            .args(["serve", "--listen", &self.address])
            .env("RUST_LOG", "warn")
            .current_dir(self.folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting switchboard-relay")?;
        first_line(&mut child)?;
        self.running = Some(Running(child));
        Ok(began.elapsed())
    }

    /// Stops it in order and waits for its end.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        let Some(mut running) = self.running.take() else { return Ok(()) };
        let id = running.0.id().to_string();
        ensure!(Command::new("kill").args(["-TERM", &id]).status().context("kill")?.success(), "the relay was gone");
        running.0.wait().context("waiting for the relay")?;
        Ok(())
    }

    /// Where Meta posts.
    pub fn callback(&self) -> String {
        format!("{}/hooks/{DESK}", self.url)
    }

    /// Pairs a console, with the link that the operator would hand over.
    pub async fn pair(&self) -> anyhow::Result<RelayEndpoint> {
        let text = self.command(&["desk", "link", DESK])?;
        let link = text.split_whitespace().find(|word| word.starts_with("switchboard:")).context("no link")?;
        let link: PairingLink = link.parse().context("the link")?;
        let key = DeviceKey::generate().context("a device key")?;
        let answer = DeskClient::new(link.address()).context("a client")?.pair(&link, "Benchmark", &key).await?;
        let token = SecretString::from(answer.token.as_str());
        Ok(RelayEndpoint::new(link.address().clone(), &answer.device, token, key)?)
    }

    /// Resident memory now.
    pub fn memory_mib(&self) -> Option<f64> {
        let id = self.running.as_ref()?.0.id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
    }
}
