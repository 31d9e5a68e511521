//! `switchboard-relay desk …`: adds desks, makes links, lists and removes consoles.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use switchboard_relay::LogEngine;
use switchboard_relay::check::check;
use switchboard_relay::config_file::ConfigFile;
use switchboard_relay::desk_add::{AddedDesk, NewDesk, add_desk};
use switchboard_relay::desk_admin;
use switchboard_relay::desks::DeskStore;
use switchboard_relay::engine::open_desks;
use switchboard_relay::finding::Health;
use switchboard_relay::owner::refuse_root_elsewhere;
use switchboard_relay_api::PairingLink;
use switchboard_relay_api::pairing::DeviceState;

use crate::ConfigArgs;
use crate::say;

#[derive(Subcommand)]
pub enum DeskCommand {
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
pub struct DeskArgs {
    /// Name of the desk.
    name: String,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Args)]
pub struct DeskRevokeArgs {
    #[command(flatten)]
    desk: DeskArgs,
    /// The console's id, as `desk devices` lists it.
    device: String,
}

#[derive(Args)]
pub struct DeskAddArgs {
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

/// Does what was asked.
///
/// # Errors
/// What went wrong, in a sentence for the person who asked.
pub fn run(command: DeskCommand) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the runtime")?;
    runtime.block_on(async {
        match command {
            DeskCommand::Add(args) => add(args).await,
            DeskCommand::Link(args) => {
                let (file, store) = known_desk(&args).await?;
                let link = desk_admin::pairing_link(store.as_ref(), &file.base_url(), &args.name).await?;
                say::lines(&link_lines(&link))
            }
            DeskCommand::Devices(args) => {
                let (_, store) = known_desk(&args).await?;
                let devices = desk_admin::devices(store.as_ref(), &args.name).await?;
                let lines: Vec<String> = devices
                    .iter()
                    .map(|device| {
                        let state = match device.state {
                            DeviceState::Active => "active",
                            DeviceState::Pending => "waiting to be let in",
                            DeviceState::Revoked => "removed",
                        };
                        format!("{}\t{state}\t{}", device.id, device.name)
                    })
                    .collect();
                if lines.is_empty() {
                    return say::lines(&format!(
                        "No console is paired with desk {0}; `desk link {0}` makes a link.",
                        args.name
                    ));
                }
                say::lines(&lines.join("\n"))
            }
            DeskCommand::Revoke(args) => {
                let (_, store) = known_desk(&args.desk).await?;
                desk_admin::revoke(store.as_ref(), &args.desk.name, &args.device).await?;
                say::lines(&format!("{} is removed from desk {}.", args.device, args.desk.name))
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
    let engine = file.log_engine(path)?;
    let store = open(&engine, &file.data_dir(path)).await?;
    Ok((file, store))
}

/// The desks; never as root in another user's folder.
async fn open(engine: &LogEngine, data_dir: &Path) -> anyhow::Result<Arc<dyn DeskStore>> {
    if matches!(engine, LogEngine::Embedded) {
        refuse_root_elsewhere([data_dir])?;
    }
    Ok(open_desks(engine, data_dir).await?)
}

fn link_lines(link: &PairingLink) -> String {
    let here = if link.address().is_loopback() {
        "\n  This link works on this machine only: the configuration names no public_url that leads here from elsewhere."
    } else {
        ""
    };
    format!(
        "Pairing link (good once, for ten minutes; hand it over privately):\n  {link}\n  fingerprint       {}{here}",
        link.fingerprint()
    )
}

async fn add(args: DeskAddArgs) -> anyhow::Result<()> {
    let beside = args.config.parent().map(|folder| folder.join("secrets")).unwrap_or_else(|| PathBuf::from("secrets"));
    let from_stdin = args.app_secret_file.as_deref() == Some(Path::new("-"));
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
    let link = first_link(&args.config, &args.name, &added).await;
    let (name, config) = (&args.name, args.config.display());
    say::lines(&format!(
        "Desk {name} is in {config}.\n\n\
         At Meta (App Dashboard > WhatsApp > Configuration):\n  \
           callback URL      {}\n  \
           verify token      {}",
        added.callback_url,
        added.verify_token.expose_secret()
    ))?;
    for line in still_to_do(&args.config, &added)? {
        say::lines(&line)?;
    }
    say::lines(&format!(
        "\nStart the relay (again): switchboard-relay serve --config {config}\n\nOn the console (Settings > Relay):"
    ))?;
    say::lines(&link.unwrap_or_else(|error| format!("  no link yet: {}", say::sentence(&error))))?;
    say::lines(&format!("A new link: switchboard-relay desk link {name} --config {config}"))
}

async fn first_link(config: &Path, name: &str, added: &AddedDesk) -> anyhow::Result<String> {
    let engine = ConfigFile::read(config)?.log_engine(config)?;
    let store = open(&engine, &added.data_dir).await?;
    Ok(link_lines(&desk_admin::pairing_link(store.as_ref(), &added.base_url, name).await?))
}

/// What keeps Meta from delivering: an app secret that is missing or not like one, an address that nobody can reach.
fn still_to_do(config: &Path, added: &AddedDesk) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    if added.app_secret_missing {
        lines.push(format!(
            "Still to do: put the app secret of your Meta app (App settings > Basic) into\n  {}\n  \
             and keep it to yourself: chmod 600 on it.",
            added.app_secret_file.display()
        ));
    }
    let findings = check(config, &ConfigFile::read(config)?).findings;
    let looked_at = findings.iter().filter(|finding| finding.health == Health::Attention);
    lines.extend(looked_at.map(|finding| format!("Look at this: {}: {}", finding.about, finding.text)));
    Ok(lines)
}

/// One line of standard input.
fn read_secret() -> anyhow::Result<SecretString> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .context("the app secret cannot be read from standard input; give it as one line of text")?;
    let secret = SecretString::from(line.trim().to_owned());
    if secret.expose_secret().is_empty() {
        bail!("standard input held no app secret; copy it from App settings > Basic and give it as one line");
    }
    Ok(secret)
}
