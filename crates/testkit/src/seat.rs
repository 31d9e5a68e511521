//! One console of a desk: its own data folder, secrets and processes.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::desk::{Desk, SEND_SLOWLY};
use crate::programs::{Running, program, start};

/// A further console of a [`Desk`]. The first is the desk's own.
pub struct Seat<'a> {
    desk: &'a Desk,
    name: String,
}

impl Desk {
    /// A further console, connected to the same account and introduced to the relay: what pairing answered. It waits
    /// to be let in, and nothing of it runs.
    pub fn introduce_console(&self, name: &str) -> (Seat<'_>, Value) {
        let seat = Seat { desk: self, name: name.to_owned() };
        seat.ok(&self.connect_arguments().iter().map(String::as_str).collect::<Vec<_>>());
        seat.ok(&["templates", "sync"]);
        seat.ok(SEND_SLOWLY);
        let link = self.cli_ok(&["relay", "link"])["link"].as_str().expect("a link").to_owned();
        let paired = seat.run(&["relay", "pair", "--name", name, "--yes"], &link);
        assert_eq!(paired["ok"], true, "{paired}");
        (seat, paired["data"].clone())
    }

    /// Lets the one console in that waits and shows these words, by the first console's command line.
    pub fn let_in(&self, words: &str) {
        let devices = self.cli_ok(&["relay", "devices"]);
        let pending = devices["items"].as_array().expect("consoles").iter().find(|d| d["state"] == "pending");
        let pending = pending.unwrap_or_else(|| panic!("nobody waits: {devices}"));
        assert_eq!(pending["words"], words, "both show the same words");
        self.cli_ok(&["relay", "approve", pending["id"].as_str().expect("an id"), "--words", words]);
    }

    /// A further console: connected to the same account and let in by the first one after comparing words, both through
    /// the command line. Its engine runs from then on.
    pub async fn second_console(&self, name: &str) -> (Seat<'_>, Running) {
        let (seat, _) = self.introduce_console(name);
        let running = seat.start();
        let shown = self
            .until("the words of the further console", async || {
                seat.ok(&["relay", "status"])["words"].as_str().map(str::to_owned)
            })
            .await;
        self.let_in(&shown);
        self.until("the further console to be let in", async || {
            (seat.ok(&["relay", "status"])["state"] == "connected").then_some(())
        })
        .await;
        (seat, running)
    }
}

impl Seat<'_> {
    fn path(&self, what: &str) -> PathBuf {
        self.desk.path(&format!("{what}-{}", self.name))
    }

    fn cli(&self) -> Command {
        let mut command = Command::new(program("switchboard-cli"));
        command.args(["--json", "--profile", "shop"]).arg("--data-dir").arg(self.path("data"));
        command.arg("--secrets").arg(format!("file:{}", self.path("secrets").display()));
        command
    }

    /// Runs a command; its envelope.
    pub fn run(&self, arguments: &[&str], input: &str) -> Value {
        Desk::run_with(self.cli(), arguments, input)
    }

    /// Runs a command that must succeed; its data.
    pub fn ok(&self, arguments: &[&str]) -> Value {
        let answer = self.run(arguments, "");
        assert_eq!(answer["ok"], true, "{arguments:?}: {answer}");
        answer["data"].clone()
    }

    /// Starts its engine.
    pub fn start(&self) -> Running {
        let mut command = self.cli();
        command.arg("run");
        start(command, self.desk.dir(), &self.name)
    }

    /// Imports an opt-in list.
    pub fn import(&self, csv: &str) {
        let file = self.path("list.csv");
        std::fs::write(&file, csv).expect("the list");
        self.ok(&["import", "commit", &file.to_string_lossy()]);
    }

    /// One of its secrets, as a thief of the machine would have it.
    pub fn secret(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.path("secrets")).expect("its secrets");
        let all: Value = serde_json::from_str(&text).expect("JSON");
        all[name].as_str().unwrap_or_else(|| panic!("no secret {name}")).to_owned()
    }
}
