//! Real NATS servers on the loopback, alone or as a cluster.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use switchboard_relay::nats::NatsConfig;
use tempfile::TempDir;

/// The operator's key in tests.
pub fn key() -> SecretString {
    SecretString::from("5b".repeat(32))
}

/// A server that ends with the test.
pub struct NatsServer {
    child: Option<Child>,
    port: u16,
    config: PathBuf,
    pub folder: TempDir,
}

/// Where the program is; says loudly that it is not there.
pub fn program() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let more = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    let found = std::env::split_paths(&folders).chain(more).map(|folder| folder.join("nats-server"));
    let found = found.into_iter().find(|path| path.is_file());
    if found.is_none() {
        eprintln!("SKIPPED: there is no nats-server on this machine; `apt-get install nats-server` (or `make setup`)");
    }
    found
}

/// A port that nobody has now.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl NatsServer {
    /// A server for itself; none if the program is not installed.
    pub fn start() -> Option<Self> {
        Self::start_with("max_payload: 8MB")
    }

    pub fn start_with(settings: &str) -> Option<Self> {
        let server = Self::new(settings, &free_port().to_string())?;
        server.wait_until_ready();
        Some(server)
    }

    /// A server without JetStream.
    pub fn start_plain() -> Option<Self> {
        let server = Self::configured("max_payload: 8MB", &free_port().to_string(), |_| String::new())?;
        server.wait_until_ready();
        Some(server)
    }

    fn new(settings: &str, port: &str) -> Option<Self> {
        Self::configured(settings, port, |store| format!("jetstream {{ store_dir: {:?} }}", store.to_str().unwrap()))
    }

    fn configured(settings: &str, port: &str, jetstream: impl FnOnce(&Path) -> String) -> Option<Self> {
        program()?;
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("nats.conf");
        let store = folder.path().join("store");
        let text = format!(
            "listen: 127.0.0.1:{port}\nserver_name: {}\n{settings}\n{}\n",
            folder.path().file_name().unwrap().to_string_lossy().trim_start_matches('.'),
            jetstream(&store)
        );
        std::fs::write(&config, text).unwrap();
        let mut server = Self { child: None, port: port.parse().unwrap(), config, folder };
        server.run();
        Some(server)
    }

    /// Starts it (again) on its folder.
    pub fn run(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.log_file()).unwrap();
        let child = Command::new(program().unwrap())
            .arg("-c")
            .arg(&self.config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
    }

    /// kill -9.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// SIGSTOP and SIGCONT: it keeps its connections and says nothing.
    pub fn pause(&self, is_paused: bool) {
        let signal = if is_paused { "-STOP" } else { "-CONT" };
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    pub fn log_file(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Answers, and JetStream is on. Waits for a real process, so by the real clock.
    pub fn wait_until_ready(&self) {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let said = std::fs::read_to_string(self.log_file()).unwrap_or_default();
            let is_open = std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok();
            if is_open && said.contains("Server is ready") {
                return;
            }
            assert!(Instant::now() < until, "nats-server does not come up: {said}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// A relay's settings for this server alone.
    pub fn settings(&self) -> NatsConfig {
        NatsConfig { replicas: 1, ..NatsConfig::new(vec![self.url()], key()) }
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Three servers.
pub struct NatsCluster {
    pub servers: Vec<NatsServer>,
}

impl NatsCluster {
    /// None if the program is not installed.
    pub fn start() -> Option<Self> {
        let routes: Vec<u16> = (0..3).map(|_| free_port()).collect();
        let list: Vec<String> = routes.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        let start = |route: &u16| {
            let cluster = format!(
                "max_payload: 8MB\ncluster {{ name: test, listen: 127.0.0.1:{route}, routes: [{}] }}",
                list.join(", ")
            );
            NatsServer::new(&cluster, &free_port().to_string())
        };
        let servers: Option<Vec<NatsServer>> = routes.iter().map(start).collect();
        let servers = servers?;
        servers.iter().for_each(NatsServer::wait_until_ready);
        let cluster = Self { servers };
        cluster.wait_for_leader();
        Some(cluster)
    }

    /// Until the three have chosen who places streams.
    fn wait_for_leader(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        let has_leader = |server: &NatsServer| {
            std::fs::read_to_string(server.log_file())
                .unwrap_or_default()
                .contains("JetStream cluster new metadata leader")
        };
        while !self.servers.iter().any(has_leader) {
            assert!(Instant::now() < until, "the servers choose no leader");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn urls(&self) -> Vec<String> {
        self.servers.iter().map(NatsServer::url).collect()
    }
}

/// The `[log]` section of a relay's configuration, with the key in a file of its own.
pub fn section(folder: &Path, servers: &[String], replicas: usize) -> String {
    let file = folder.join("nats-key");
    if !file.exists() {
        switchboard_relay::secret_source::write_private(&file, secrecy::ExposeSecret::expose_secret(&key())).unwrap();
    }
    format!("[log]\nservers = {servers:?}\nreplicas = {replicas}\nkey = {{ file = {:?} }}\n", file.to_str().unwrap())
}
