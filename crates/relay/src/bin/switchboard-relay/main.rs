//! The program `switchboard-relay`: runs a relay, and adds desks to its configuration.

mod desk;
mod say;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};
use switchboard_relay::check::{Checked, check};
use switchboard_relay::config_file::ConfigFile;
use switchboard_relay::doctor;
use switchboard_relay::finding::{Finding, Health};
use switchboard_relay::owner::refuse_root_elsewhere;
use switchboard_relay::{LogEngine, RelayConfig};
use tokio::net::TcpListener;

/// Requests allocate on one thread and free on another; this allocator is made for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Receives a business's WhatsApp webhooks while its consoles sleep, keeps them durably, and hands them on in order.
///
/// Start with `switchboard-relay desk add NAME`, put the app secret of your Meta app into the file it names, then
/// `switchboard-relay serve`. Meta needs to reach the callback URL over https: put the relay behind a web server that
/// ends TLS and passes /hooks/ and /v1/ on.
#[derive(Parser)]
#[command(name = "switchboard-relay", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the relay until it is told to stop (SIGTERM or Ctrl-C).
    ///
    /// The first line on stdout is JSON and comes once requests are answered: {"v":1,"ready":true,"url":"…"}. Logs go
    /// to stderr (level by RUST_LOG) and hold no payloads, tokens or numbers.
    Serve(ServeArgs),
    /// Look at everything that is set up, talk to the running relay as Meta would, and say what to do where it is not right.
    ///
    /// Ends with 0 if all is green.
    Doctor(ConfigArgs),
    /// Manage the desks of the configuration.
    #[command(subcommand)]
    Desk(desk::DeskCommand),
}

#[derive(Args)]
struct ConfigArgs {
    /// The configuration (TOML).
    #[arg(long, value_name = "FILE", default_value = "relay.toml")]
    config: PathBuf,
    /// Keep the log in the NATS JetStream cluster at this address (several: separated by commas) instead of where the
    /// configuration says. The key and everything else come from the configuration's [log] section.
    #[arg(long, value_name = "nats://HOST:PORT")]
    log: Option<String>,
}

impl ConfigArgs {
    fn read(&self) -> anyhow::Result<ConfigFile> {
        let mut file = ConfigFile::read(&self.config)?;
        if let Some(address) = &self.log {
            file.use_log(&self.config, address)?;
        }
        Ok(file)
    }
}

#[derive(Args)]
struct ServeArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Listen here instead of where the configuration says; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Check the configuration, its secrets, certificates and addresses, say everything that is wrong, and end.
    #[arg(long)]
    check_config: bool,
}

fn main() -> ExitCode {
    switchboard_crash::contain("switchboard-relay");
    let outcome = match Cli::parse().command {
        Command::Serve(args) => serve(args),
        Command::Desk(command) => desk::run(command),
        Command::Doctor(args) => doctor(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<say::NobodyReads>() => ExitCode::SUCCESS,
        Err(error) => {
            say::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn serve(args: ServeArgs) -> anyhow::Result<()> {
    say::log();
    let mut file = args.config.read()?;
    if let Some(listen) = args.listen {
        file.listen = listen;
    }
    let checked = check(&args.config.config, &file);
    if args.check_config {
        return tell(&checked.findings);
    }
    let config = usable(checked)?;
    refuse_root_elsewhere(written_by(&config))?;
    let listen = file.listen;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    runtime.block_on(async {
        let listener = TcpListener::bind(&listen).await.with_context(|| {
            format!("cannot listen on {listen}; choose another address in the configuration or with --listen")
        })?;
        let relay = switchboard_relay::start(listener, config).await?;
        // Whoever started it may not read it.
        drop(say::lines(&serde_json::json!({ "v": 1, "ready": true, "url": relay.url() }).to_string()));
        stop_signal().await.context("waiting for a signal")?;
        tracing::info!("stopping");
        relay.stop().await.context("stopping")
    })
}

/// The configuration to run with. What should be looked at goes to the log; what keeps the relay from running is said
/// as a whole.
fn usable(checked: Checked) -> anyhow::Result<RelayConfig> {
    let of = |health| checked.findings.iter().filter(move |finding: &&Finding| finding.health == health);
    for finding in of(Health::Attention) {
        tracing::warn!("{}: {}", finding.about, finding.text);
    }
    let bad: Vec<String> = of(Health::Bad).map(|finding| format!("{}: {}", finding.about, finding.text)).collect();
    match checked.config {
        Some(config) if bad.is_empty() => Ok(config),
        _ => bail!("{}", bad.join("\nswitchboard-relay: ")),
    }
}

/// The folders that a running relay writes to.
fn written_by(config: &RelayConfig) -> Vec<&std::path::Path> {
    use switchboard_relay::tls::CertificateSource;
    let data_dir = matches!(config.log, LogEngine::Embedded).then_some(config.data_dir.as_path());
    let acme = config.tls.as_ref().and_then(|tls| match &tls.source {
        CertificateSource::Acme(acme) => Some(acme.cache_dir.as_path()),
        CertificateSource::Files { .. } => None,
    });
    data_dir.into_iter().chain(acme).collect()
}

#[cfg(unix)]
async fn stop_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

#[cfg(not(unix))]
async fn stop_signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

fn doctor(args: &ConfigArgs) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the runtime")?;
    let findings = runtime.block_on(async { doctor::examine(&args.config, args.read()).await });
    tell(&findings)
}

/// Prints what was found. An error if something is bad.
fn tell(findings: &[Finding]) -> anyhow::Result<()> {
    let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
    say::lines(&text.join("\n"))?;
    let bad = findings.iter().filter(|finding| finding.is_bad()).count();
    if bad == 0 { Ok(()) } else { bail!("{bad} thing(s) are not in order") }
}
