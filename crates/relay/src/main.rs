//! The program `switchboard-relay`: runs a relay, and adds desks to its configuration.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use switchboard_relay::LogEngine;
use switchboard_relay::config_file::ConfigFile;
use switchboard_relay::desk_add::{NewDesk, add_desk};
use switchboard_relay::desk_admin;
use switchboard_relay::desks::DeskStore;
use switchboard_relay::doctor::{self, Health};
use switchboard_relay::engine::open_desks;
use switchboard_relay_api::PairingLink;
use switchboard_relay_api::pairing::DeviceState;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

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
    Desk(DeskCommand),
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
    /// Check the configuration and its secrets, say what is wrong, and end.
    #[arg(long)]
    check_config: bool,
}

#[derive(Subcommand)]
enum DeskCommand {
    /// Add a desk: one business with one Meta app. A running relay takes it up when it is started again.
    ///
    /// Makes a verify token for Meta and prints what to enter there, and a link that lets the first console in. The app
    /// secret of your Meta app stays in a file that only you can read; it is never printed.
    Add(DeskAddArgs),
    /// Print a one-time link that lets a console in. Good for ten minutes; a running relay knows it at once.
    Link(DeskArgs),
    /// List the desk's consoles.
    Devices(DeskArgs),
    /// Remove a console: it reads nothing that comes after. A running relay cuts it off within a second.
    Revoke(DeskRevokeArgs),
}

#[derive(Args)]
struct DeskArgs {
    /// Name of the desk.
    name: String,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Args)]
struct DeskRevokeArgs {
    #[command(flatten)]
    desk: DeskArgs,
    /// The console's id, as `desk devices` lists it.
    device: String,
}

#[derive(Args)]
struct DeskAddArgs {
    /// Name of the desk, as it will stand in the callback URL.
    name: String,
    /// The configuration; made if it does not exist.
    #[arg(long, value_name = "FILE", default_value = "relay.toml")]
    config: PathBuf,
    /// Folder for the log. Needed when the configuration is made.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Folder for the secret files, outside the data folder [default: `secrets` beside the configuration].
    #[arg(long, value_name = "DIR")]
    secrets_dir: Option<PathBuf>,
    /// File that holds the app secret of your Meta app (readable by you alone), or `-` to read it from standard input
    /// into such a file.
    #[arg(long, value_name = "FILE")]
    app_secret_file: Option<PathBuf>,
    /// Address under which Meta reaches the relay, like https://relay.example.com.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

fn main() -> ExitCode {
    switchboard_crash::contain("switchboard-relay");
    let outcome = match Cli::parse().command {
        Command::Serve(args) => serve(args),
        Command::Desk(command) => desk(command),
        Command::Doctor(args) => doctor(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("switchboard-relay: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let file = args.config.read()?;
    let path = &args.config.config;
    let config = file.load(path)?;
    if args.check_config {
        let kept = match &config.log {
            LogEngine::Embedded => format!("log in {}", config.data_dir.display()),
            LogEngine::Nats(nats) => {
                format!("log in NATS at {}, {} replica(s)", nats.servers.join(", "), nats.replicas)
            }
        };
        println!("{}: {} desk(s), all secrets found, {kept}", path.display(), config.desks.len());
        return Ok(());
    }
    let listen = args.listen.unwrap_or(file.listen);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    runtime.block_on(async {
        let listener = TcpListener::bind(&listen).await.with_context(|| {
            format!("listening on {listen}; choose another address in the configuration or with --listen")
        })?;
        let relay = switchboard_relay::start(listener, config).await?;
        println!("{}", serde_json::json!({ "v": 1, "ready": true, "url": relay.url() }));
        stop_signal().await.context("waiting for a signal")?;
        tracing::info!("stopping");
        relay.stop().await.context("stopping")
    })
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
    for finding in &findings {
        let mark = match finding.health {
            Health::Good => "ok       ",
            Health::Attention => "attention",
            Health::Bad => "BAD      ",
        };
        println!("{mark}  {}: {}", finding.about, finding.text);
    }
    let bad = findings.iter().filter(|finding| finding.health == Health::Bad).count();
    if bad == 0 { Ok(()) } else { bail!("{bad} thing(s) are not in order") }
}

fn desk(command: DeskCommand) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the runtime")?;
    runtime.block_on(async {
        match command {
            DeskCommand::Add(args) => desk_add(args).await,
            DeskCommand::Link(args) => {
                let (file, store) = known_desk(&args).await?;
                let link = desk_admin::pairing_link(store.as_ref(), &file.base_url(), &args.name).await?;
                print_link(&link);
                Ok(())
            }
            DeskCommand::Devices(args) => {
                let (_, store) = known_desk(&args).await?;
                for device in desk_admin::devices(store.as_ref(), &args.name).await? {
                    let state = match device.state {
                        DeviceState::Active => "active",
                        DeviceState::Pending => "waiting to be let in",
                        DeviceState::Revoked => "removed",
                    };
                    println!("{}\t{state}\t{}", device.id, device.name);
                }
                Ok(())
            }
            DeskCommand::Revoke(args) => {
                let (_, store) = known_desk(&args.desk).await?;
                desk_admin::revoke(store.as_ref(), &args.desk.name, &args.device).await?;
                println!("{} is removed from desk {}.", args.device, args.desk.name);
                Ok(())
            }
        }
    })
}

/// The configuration, if it has the desk, and where the desks are kept.
async fn known_desk(args: &DeskArgs) -> anyhow::Result<(ConfigFile, Arc<dyn DeskStore>)> {
    let (file, path) = (args.config.read()?, &args.config.config);
    if !file.desks.iter().any(|desk| desk.id == args.name) {
        bail!("there is no desk {:?} in {}; `desk add` makes one", args.name, path.display());
    }
    let store = open_desks(&file.log_engine(path)?, &file.data_dir(path)).await?;
    Ok((file, store))
}

fn print_link(link: &PairingLink) {
    println!("Pairing link (good once, for ten minutes; hand it over privately):");
    println!("  {link}");
    println!("  fingerprint       {}", link.fingerprint());
}

async fn desk_add(args: DeskAddArgs) -> anyhow::Result<()> {
    let beside = args.config.parent().map(|folder| folder.join("secrets")).unwrap_or_else(|| PathBuf::from("secrets"));
    let from_stdin = args.app_secret_file.as_deref() == Some(std::path::Path::new("-"));
    let app_secret = if from_stdin { Some(read_secret()?) } else { None };
    let added = add_desk(&NewDesk {
        secrets_dir: args.secrets_dir.unwrap_or(beside),
        name: args.name.clone(),
        config: args.config.clone(),
        data_dir: args.data_dir,
        app_secret_file: args.app_secret_file.filter(|_| !from_stdin),
        app_secret,
        public_url: args.public_url,
    })?;
    println!("Desk {} is in {}.\n", args.name, args.config.display());
    println!("At Meta (App Dashboard > WhatsApp > Configuration):");
    println!("  callback URL      {}", added.callback_url);
    println!("  verify token      {}", added.verify_token.expose_secret());
    if added.app_secret_missing {
        println!("Still to do: put the app secret of your Meta app (App settings > Basic) into");
        println!("  {}", added.app_secret_file.display());
        println!("  and keep it to yourself: chmod 600 on it.");
    }
    println!("Start the relay (again): switchboard-relay serve --config {}\n", args.config.display());
    println!("On the console (Settings > Relay):");
    let link = async {
        let engine = ConfigFile::read(&args.config)?.log_engine(&args.config)?;
        let store = open_desks(&engine, &added.data_dir).await?;
        desk_admin::pairing_link(store.as_ref(), &added.base_url, &args.name).await
    };
    match link.await {
        Ok(link) => print_link(&link),
        Err(error) => println!("  no link yet: {error:#}"),
    }
    println!("A new link: switchboard-relay desk link {} --config {}", args.name, args.config.display());
    Ok(())
}

/// One line of standard input.
fn read_secret() -> anyhow::Result<SecretString> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("reading the app secret from standard input")?;
    let secret = SecretString::from(line.trim().to_owned());
    if secret.expose_secret().is_empty() {
        bail!("standard input held no app secret");
    }
    Ok(secret)
}
