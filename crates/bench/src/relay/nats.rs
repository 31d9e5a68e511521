//! The relay with its log in NATS JetStream, one server and three, beside the relay with its own file: the same bodies,
//! the same load, each alone on the machine.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tempfile::TempDir;

use super::installed::{Installed, Running, private};
use super::load::{Bodies, Load, Outcome};
use super::{POINTS, Point, plain};
use crate::figure::{Figure, Report};

/// How many servers a log is measured on.
const SIZES: [usize; 2] = [1, 3];

/// How long servers may take until they have chosen who leads.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// Where the server program is, if it is installed.
fn program() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let more = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    let mut found = std::env::split_paths(&folders).chain(more).map(|folder| folder.join("nats-server"));
    found.find(|path| path.is_file())
}

/// Servers on the loopback that keep one another's streams; end with this.
struct Cluster {
    urls: Vec<String>,
    servers: Vec<Running>,
    folder: TempDir,
}

fn free_port() -> anyhow::Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").context("a port for nats-server")?;
    Ok(listener.local_addr().context("a port for nats-server")?.port())
}

impl Cluster {
    fn start(program: &PathBuf, size: usize) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("switchboard-bench-").tempdir().context("making a folder")?;
        let ports = (0..size).map(|_| free_port()).collect::<anyhow::Result<Vec<_>>>()?;
        let routes = (0..size).map(|_| free_port()).collect::<anyhow::Result<Vec<_>>>()?;
        let list: Vec<String> = routes.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        let urls = ports.iter().map(|port| format!("nats://127.0.0.1:{port}")).collect();
        let mut cluster = Self { urls, servers: Vec::new(), folder };
        for (number, (port, route)) in ports.iter().zip(&routes).enumerate() {
            let store = cluster.folder.path().join(format!("store-{number}"));
            let mut text = format!(
                "listen: 127.0.0.1:{port}\nserver_name: bench-{number}\nmax_payload: 8MB\njetstream {{ store_dir: {store:?} }}\n"
            );
            if size > 1 {
                text +=
                    &format!("cluster {{ name: bench, listen: 127.0.0.1:{route}, routes: [{}] }}\n", list.join(", "));
            }
            let config = cluster.folder.path().join(format!("{number}.conf"));
            std::fs::write(&config, text).context("writing the configuration of nats-server")?;
            let log = std::fs::File::create(cluster.log(number)).context("the log of nats-server")?;
            let mut command = Command::new(program);
            command.arg("-c").arg(config).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
            cluster.servers.push(Running(command.spawn().context("starting nats-server")?));
        }
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    fn log(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("{number}.log"))
    }

    /// Until all answer, and several have chosen who places streams.
    fn wait_until_ready(&self) -> anyhow::Result<()> {
        let until = Instant::now() + READY_WITHIN;
        let said = |word: &str| {
            let says = |number| std::fs::read_to_string(self.log(number)).is_ok_and(|text| text.contains(word));
            (0..self.servers.len()).filter(|number| says(*number)).count()
        };
        let size = self.servers.len();
        while said("Server is ready") < size || (size > 1 && said("JetStream cluster new metadata leader") == 0) {
            if Instant::now() > until {
                bail!("nats-server does not come up: {}", std::fs::read_to_string(self.log(0)).unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// The relay's settings for it, with the key in a file of its own.
    fn section(&self) -> anyhow::Result<String> {
        let key = self.folder.path().join("key");
        if !key.exists() {
            private(&key, &hex::encode(rand::random::<[u8; 32]>()))?;
        }
        let replicas = self.servers.len();
        Ok(format!("\n[log]\nservers = {:?}\nreplicas = {replicas}\nkey = {{ file = {key:?} }}\n", self.urls))
    }
}

/// Measures and prints; says so where there is no server.
pub async fn run(report: &mut Report, runs: u32) -> anyhow::Result<()> {
    let Some(program) = program() else {
        eprintln!(
            "switchboard-bench: SKIPPED the relay on NATS JetStream: there is no nats-server on this machine (apt-get install nats-server)"
        );
        return Ok(());
    };
    for point in &POINTS {
        let mut embedded = Vec::new();
        let mut nats: [Vec<Outcome>; SIZES.len()] = Default::default();
        for _ in 0..runs {
            let bodies = Bodies::make(point.body_bytes)?;
            embedded.push(measure(&bodies, None, point).await?);
            for (size, into) in SIZES.iter().zip(&mut nats) {
                let cluster = Cluster::start(&program, *size)?;
                into.push(measure(&bodies, Some(&cluster), point).await?);
            }
        }
        for (size, outcomes) in SIZES.iter().zip(&nats) {
            print(report, point, *size, outcomes, &embedded);
        }
    }
    Ok(())
}

/// A relay of its own, set up and paired, under the load of that point.
async fn measure(bodies: &Bodies, log: Option<&Cluster>, point: &Point) -> anyhow::Result<Outcome> {
    let mut relay = Installed::new(bodies)?;
    if let Some(cluster) = log {
        relay.configure(&cluster.section()?)?;
    }
    relay.start()?;
    let console = relay.pair().await?;
    let outcome = Load::new(bodies, &relay.callback(), point.connections).measure()?;
    drop(console);
    relay.stop()?;
    Ok(outcome)
}

fn print(report: &mut Report, point: &Point, size: usize, outcomes: &[Outcome], embedded: &[Outcome]) {
    let case = format!("nats-servers={size} connections={} body={}", point.connections, point.body_bytes);
    let of = |outcomes: &[Outcome], pick: fn(&Outcome) -> f64| outcomes.iter().map(pick).collect::<Vec<_>>();
    let (rates, own) = (of(outcomes, |o| o.per_second), of(embedded, |o| o.per_second));
    let durability = "quorum";
    report.print(&Figure {
        baseline: Some(("embedded log", &own)),
        durability,
        ..plain(&case, "rate", "webhooks/s", &rates)
    });
    for (metric, values) in [("p50", of(outcomes, |o| o.p50_ms)), ("p99", of(outcomes, |o| o.p99_ms))] {
        report.print(&Figure { durability, ..plain(&case, metric, "ms", &values) });
    }
}
