//! The two clients that most people would send a campaign with, as scripts (`baselines/`): same template, same practice
//! account, same concurrency, and nothing kept.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde::Deserialize;

use crate::desk::Desk;
use crate::people::phone;

/// People that a script writes to: it is slower, and its rate does not depend on how many there are.
const PEOPLE: usize = 5_000;

/// One of them.
#[derive(Clone, Copy)]
pub enum Sdk {
    /// npm `@kapso/whatsapp-cloud-api`.
    Kapso,
    /// PyPI `pywa`, asynchronous.
    Pywa,
}

#[derive(Deserialize)]
struct Done {
    sent: usize,
    per_second: f64,
}

impl Sdk {
    /// Messages per second; none if it is not installed (`scripts/bench.sh setup`).
    pub fn measure(self, desk: &Desk, people: usize, concurrency: usize) -> anyhow::Result<Option<f64>> {
        let Some((program, script)) = self.installed() else { return Ok(None) };
        let people = people.min(PEOPLE);
        let numbers = desk.path("numbers");
        std::fs::write(&numbers, (0..people).map(|i| format!("{}\n", phone(i))).collect::<String>())
            .context("writing the numbers")?;
        let output = Command::new(program)
            .arg(script)
            .args(["--graph", desk.text("graph")?, "--number", desk.text("phone_number_id")?])
            .arg("--token-file")
            .arg(Path::new(desk.text("access_token_file")?))
            .arg("--numbers")
            .arg(&numbers)
            .args(["--concurrency", &concurrency.to_string()])
            .stderr(Stdio::inherit())
            .output()
            .context("starting a foreign client")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let done: Done = serde_json::from_str(text.lines().last().unwrap_or_default()).context("what it told")?;
        ensure!(done.sent == people, "a foreign client sent {} of {people}", done.sent);
        Ok(Some(done.per_second))
    }

    fn installed(self) -> Option<(OsString, PathBuf)> {
        let folder = |name: &str| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("baselines").join(name);
        match self {
            Self::Kapso => {
                let folder = folder("kapso-sender");
                folder.join("node_modules").exists().then(|| ("node".into(), folder.join("send.js")))
            }
            Self::Pywa => {
                let python = std::env::var_os("SWITCHBOARD_BASELINE_PYTHON")?;
                Path::new(&python).exists().then(|| (python, folder("pywa-sender").join("send.py")))
            }
        }
    }
}
