//! A whole desk: practice account, relay, a connected console's profile, and the command line on it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use serde_json::{Value, json};
use switchboard_relay::{DeskConfig, RelayConfig, RunningRelay};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::programs::{Running, envelope, program, start};

/// How the practice account starts.
pub struct DeskOptions {
    /// The crowd acts by itself.
    pub auto: bool,
    /// How many times faster than life.
    pub speed: f64,
    /// Meta's limits on the practice account's side.
    pub limits: bool,
    /// Changes to the relay's configuration.
    pub relay: fn(&mut RelayConfig),
}

impl Default for DeskOptions {
    fn default() -> Self {
        Self { auto: true, speed: 500.0, limits: false, relay: |_| {} }
    }
}

/// Everything of one business on the loopback.
pub struct Desk {
    dir: TempDir,
    simulator: Running,
    relay: Option<RunningRelay>,
    /// First line of the simulator.
    pub account: Value,
    control_token: String,
    http: reqwest::Client,
}

/// A limit of the operator's own, far below the level of the number: what is under way at a kill is then a handful.
pub(crate) const SEND_SLOWLY: &[&str] = &["settings", "set", "max_send_rate=20"];

impl Desk {
    /// Starts practice account and relay and connects the profile `shop` through the command line.
    pub async fn open(options: DeskOptions) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let at = |name: &str| dir.path().join(name);
        let secret = || hex::encode(rand::random::<[u8; 16]>());
        let (app_secret, verify_token) = (secret(), secret());
        for (name, text) in [("app-secret", &app_secret), ("verify-token", &verify_token)] {
            std::fs::write(at(name), text).expect("a secret file");
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let config = DeskConfig {
            id: "shop".to_owned(),
            verify_token: SecretString::from(verify_token),
            app_secret: SecretString::from(app_secret),
            previous_app_secret: None,
        };
        let mut config = RelayConfig::new(at("relay"), vec![config]);
        (options.relay)(&mut config);
        let relay = switchboard_relay::start(listener, config).await.expect("a relay");

        let mut command = Command::new(program("switchboard-simulator"));
        command
            .args(["--seed", "7", "--no-threads", "--mode", if options.auto { "auto" } else { "explicit" }])
            .args(["--speed", &options.speed.to_string(), "--callback", &relay.callback_url("shop")])
            .args(["--control-token-file".as_ref(), at("control-token").as_os_str()])
            .args(["--app-secret-file".as_ref(), at("app-secret").as_os_str()])
            .args(["--verify-token-file".as_ref(), at("verify-token").as_os_str()])
            .args(["--data-dir".as_ref(), at("simulator").as_os_str()]);
        if !options.limits {
            command.arg("--no-throughput-limit");
        }
        let simulator = start(command, dir.path(), "simulator");
        let account = first_line(&at("simulator.out")).await;
        let control_token = std::fs::read_to_string(at("control-token")).expect("the control token").trim().to_owned();
        let desk = Self { simulator, relay: Some(relay), account, control_token, http: reqwest::Client::new(), dir };
        desk.connect().await;
        desk
    }

    /// What connects a console to the account.
    pub(crate) fn connect_arguments(&self) -> Vec<String> {
        let token_file = self.text("access_token_file");
        let number = ["--phone-number", self.text("phone_number_id"), "--graph-url", self.text("graph")];
        let mut arguments = vec!["account", "connect", "--waba", self.text("waba_id"), "--token-file", token_file];
        arguments.extend(number);
        arguments.into_iter().map(str::to_owned).collect()
    }

    async fn connect(&self) {
        let connected = self.cli_ok(&self.connect_arguments().iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(connected["waba_id"], self.account["waba_id"]);
        let link = self.relay.as_ref().expect("a relay").pairing_link("shop").await.expect("a pairing link");
        let paired = self.cli_run(&["relay", "pair", "--name", "Front desk", "--yes"], &link.to_string());
        assert_eq!(paired["ok"], true, "{paired}");
        self.cli_ok(&["templates", "sync"]);
        self.cli_ok(SEND_SLOWLY);
    }

    fn text(&self, key: &str) -> &str {
        self.account[key].as_str().expect("a text of the first line")
    }

    /// A path in the desk's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The folder of everything.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A command of `switchboard-cli` on this profile, not yet run.
    pub fn cli(&self) -> Command {
        self.cli_as("shop")
    }

    /// A command of `switchboard-cli` on another profile of the same data folder.
    pub fn cli_as(&self, profile: &str) -> Command {
        let mut command = Command::new(program("switchboard-cli"));
        command
            .args(["--json", "--profile", profile])
            .arg("--data-dir")
            .arg(self.path("data"))
            .arg("--secrets")
            .arg(format!("file:{}", self.path("secrets.json").display()));
        command
    }

    /// Runs a command; its envelope.
    pub fn cli_run(&self, arguments: &[&str], input: &str) -> Value {
        Self::run_with(self.cli(), arguments, input)
    }

    /// Runs a prepared command; its envelope.
    pub fn run_with(mut command: Command, arguments: &[&str], input: &str) -> Value {
        let mut child = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command line");
        child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("writing to it");
        envelope(&child.wait_with_output().expect("its output"))
    }

    /// Runs a command that must succeed; its data.
    pub fn cli_ok(&self, arguments: &[&str]) -> Value {
        let answer = self.cli_run(arguments, "");
        assert_eq!(answer["ok"], true, "{arguments:?}: {answer}");
        answer["data"].clone()
    }

    /// Starts the console's engine: `switchboard-cli run`.
    pub fn run_console(&self, name: &str) -> Running {
        self.run_console_with(name, &[])
    }

    /// The same with variables in its environment.
    pub fn run_console_with(&self, name: &str, variables: &[(&str, &str)]) -> Running {
        let mut command = self.cli();
        command.arg("run").envs(variables.iter().copied());
        start(command, self.dir(), name)
    }

    /// Ends the relay of this process, to go on as a program of its own at the same address and over the same log:
    /// see [`Desk::run_relay`]. Its address.
    pub async fn hand_over_relay(&mut self) -> String {
        let relay = self.relay.take().expect("a relay");
        let address = relay.url().trim_start_matches("http://").to_owned();
        relay.stop().await.expect("the relay stops");
        for name in ["app-secret", "verify-token"] {
            make_private(&self.path(name));
        }
        let config = "data_dir = \"relay\"\n\n[[desks]]\nid = \"shop\"\n\
                      verify_token = { file = \"verify-token\" }\napp_secret = { file = \"app-secret\" }\n";
        std::fs::write(self.path("relay.toml"), config).expect("the relay's configuration");
        address
    }

    /// Starts the relay as a program, and waits until it listens.
    pub async fn run_relay(&self, name: &str, address: &str, variables: &[(&str, &str)]) -> Running {
        let mut command = Command::new(program("switchboard-relay"));
        command.args(["serve", "--listen", address]).envs(variables.iter().copied()).current_dir(self.dir());
        let running = start(command, self.dir(), name);
        let line = first_line(&self.path(&format!("{name}.out"))).await;
        assert_eq!(line["ready"], true, "{line}");
        running
    }

    /// Whether some process holds the engine role.
    pub fn role_is_taken(&self) -> bool {
        let lock = std::fs::File::options().write(true).open(self.path("data/profiles/shop/engine.lock"));
        lock.is_ok_and(|file| file.try_lock().is_err())
    }

    /// Runs the engine until nothing is left to do; the reason.
    pub fn run_until_idle(&self) -> Value {
        self.cli_ok(&["run", "--until-idle", "--settle", "2"])
    }

    /// Imports an opt-in list.
    pub fn import(&self, csv: &str) -> Value {
        let file = self.path("list.csv");
        std::fs::write(&file, csv).expect("the list");
        self.cli_ok(&["import", "commit", &file.to_string_lossy()])
    }

    /// Makes and launches a campaign to everybody with the template of that name; its id.
    pub fn launch(&self, template: &str, people: usize) -> String {
        let templates = self.cli_ok(&["templates", "list", "--sendable"]);
        let chosen = templates["items"]
            .as_array()
            .and_then(|l| l.iter().find(|t| t["name"] == template))
            .unwrap_or_else(|| panic!("no template {template}"));
        let values: Vec<Value> = chosen["variables"]
            .as_array()
            .expect("variables")
            .iter()
            .map(|key| json!({ "key": key, "source": "first_name", "value": "", "fallback": "there" }))
            .collect();
        let draft = json!({
            "id": null, "name": "A campaign", "template_id": chosen["id"], "phone_number_id": self.account["phone_number_id"],
            "audience": { "kind": "everybody", "import_ids": [], "contact_ids": [] }, "values": values,
        });
        let made = self.cli_run(&["campaign", "create", "-"], &draft.to_string());
        let id = made["data"]["id"].as_str().unwrap_or_else(|| panic!("no draft: {made}")).to_owned();
        self.cli_ok(&["campaign", "launch", &id, "--people", &people.to_string()]);
        id
    }

    /// The counts of a campaign.
    pub fn counts(&self, campaign: &str) -> Value {
        self.cli_ok(&["campaign", "status", campaign])["counts"].clone()
    }

    /// Asks until the answer satisfies, for at most a minute: these are real processes.
    pub async fn until<T>(&self, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = look().await {
                return found;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "waited a minute for {what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// A call to the practice account's control.
    pub async fn control(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}/{path}", self.text("control"));
        let mut request = self.http.request(method, url).bearer_auth(&self.control_token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("control answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.expect("control answers in JSON")
    }

    /// What the practice account really accepted.
    pub async fn ledger(&self) -> Vec<Value> {
        let mut all = Vec::new();
        let mut after = 0;
        loop {
            let page = self.control(reqwest::Method::GET, &format!("ledger?after={after}"), None).await;
            let items = page["items"].as_array().cloned().unwrap_or_default();
            let Some(last) = items.last() else { return all };
            after = last["seq"].as_i64().expect("a sequence");
            all.extend(items);
        }
    }

    /// The customer with this number writes a text.
    pub async fn customer_writes(&self, number: &str, text: &str) {
        let made = self
            .control(reqwest::Method::POST, "customers", Some(json!({ "phone": number, "name": "Ana Prova" })))
            .await;
        let id = made["id"].as_i64().unwrap_or_else(|| panic!("no customer: {made}"));
        self.control(reqwest::Method::POST, &format!("customers/{id}/messages"), Some(json!({ "text": text }))).await;
    }

    /// The first console's database, for looking into it.
    pub fn database(&self) -> rusqlite::Connection {
        crate::database::open(&self.path("data/profiles/shop/console.db"), &self.path("secrets.json"))
            .expect("the console's database")
    }

    /// The relay, for looking at its log.
    pub fn relay(&self) -> &RunningRelay {
        self.relay.as_ref().expect("a relay")
    }

    /// Process id of the practice account.
    pub fn simulator_id(&self) -> u32 {
        self.simulator.0.id()
    }

    /// Kills the practice account, as when Meta cannot be reached.
    pub fn kill_simulator(&mut self) {
        self.simulator.kill();
    }
}

/// Secret files are for their owner alone.
fn make_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("a secret file");
    }
    #[cfg(not(unix))]
    let _ = path;
}

async fn first_line(path: &Path) -> Value {
    let began = Instant::now();
    loop {
        if let Ok(text) = std::fs::read_to_string(path)
            && let Some((line, _)) = text.split_once('\n')
        {
            return serde_json::from_str(line).expect("the first line is JSON");
        }
        assert!(began.elapsed() < Duration::from_secs(30), "the practice account did not start");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
