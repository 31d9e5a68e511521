//! The practice account as a process of its own, for tests and for curious people.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, ValueEnum};
use secrecy::SecretString;
use serde_json::json;
use switchboard_simulator::{Mode, Mood, SimulatorConfig};
use tokio_util::sync::CancellationToken;

/// What `--help` says about control; each path is described whole in openapi.json.
const CONTROL: &str = "\
Control, below /practice/v1, with the bearer of --control-token-file (openapi.json needs none):

  GET  openapi.json                     describes everything below
  GET  status                           PUT mode {mode, mood, speed, limits, batch_max}
  POST reset                            POST clock {advance_ms}
  PUT  callback {url}                   the app-level callback
  GET|POST customers                    {phone, name, username, hides_phone}
  GET  customers/{id}/conversation      what the person sees
  POST customers/{id}/messages          one of text, photo, media, tap, reaction, location, contacts,
                                        list_reply, raw (any messages[] element)
  POST customers/{id}/preferences       {value: stop|resume}, WhatsApp's own menu
  POST customers/{id}/open|block|play   reads the chat, blocks the business, is played by hand
  POST customers/{id}/identity          {phone}: a new number and user id
  POST customers/{id}/calls             {talked_s}: the person calls
  POST customers/{id}/agent             {leads}: Meta's agent leads the chat (standby, handovers)
  POST customers/{id}/echoes            {text, reply_to}: written on the Business app or by the agent
  POST messages/{wamid}/status          {status, code}: any status at once
  PUT  templates/{id}                   status, quality, category, correct_category, pacing_left
  PUT  numbers/{id}                     any field; POST numbers/{id}/coexistence {on, history}
  PUT  account                          messaging_limit, restriction, account_review, reached_24h, fields,
                                        closed_countries, direct_send
  GET  groups, PUT groups/{id}          {suspended}
  POST groups/{id}/participants         {customer, action: join|revoke|leave}
  POST groups/{id}/messages             {customer, text}
  POST|DELETE tokens                    a token of any scope and life; revokes one
  POST|DELETE faults                    {match: {endpoint, recipient, nth}, action, times}
  GET  ledger, ledger/summary           what was really accepted and what became of it
  GET|POST webhooks                     every POST with its attempts; delivers any payload
  GET  media/{id}, sample-list.csv

Faults: drop_before, drop_after, delay, http, code, reset (on an endpoint); wh_duplicate, wh_reorder, wh_drop
(on webhooks). In auto mode everything moves by itself: reviews, pacing, pauses, quality by complaints, the
messaging limit after half of it was used, throughput at 100,000 people, templates archived after 12 months and
deleted 28 days later. In explicit mode nothing does.";

/// Plays Meta's side of the WhatsApp Business Cloud API on the loopback: Graph under the
/// versions that answer today, signed webhooks, a crowd of made-up customers, and a durable practice ledger.
///
/// The first line on stdout is JSON: graph, control, waba_id, phone_number_id, app_id and the
/// files that hold the secrets. Control lives below /practice/v1 (openapi.json there describes it).
#[derive(Parser)]
#[command(version, after_long_help = CONTROL)]
struct Arguments {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Folder of the practice ledger and the throwaway secrets; created when missing.
    #[arg(long)]
    data_dir: PathBuf,
    /// Decides every fate, together with the recipient and the number of the message to them.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// File that holds the bearer token of the control interface; created (0600) when missing.
    #[arg(long)]
    control_token_file: PathBuf,
    /// App-level callback for webhooks; verified by the handshake before anything is delivered.
    #[arg(long)]
    callback: Option<url::Url>,
    /// File that holds the callback's verify token; drawn when absent.
    #[arg(long)]
    verify_token_file: Option<PathBuf>,
    /// File that holds the app secret that signs webhooks; drawn when absent.
    #[arg(long)]
    app_secret_file: Option<PathBuf>,
    /// auto: a crowd decides. explicit: nothing happens until control pokes it.
    #[arg(long, value_enum, default_value_t = ModeName::Auto)]
    mode: ModeName,
    /// How much trouble the crowd and the platform make.
    #[arg(long, value_enum, default_value_t = MoodName::Mild)]
    mood: MoodName,
    /// Crowd delays are divided by this.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Most updates in one webhook POST, 1 to 1000.
    #[arg(long, default_value_t = 1000)]
    batch: usize,
    /// Do not enforce throughput, pair rate and portfolio messaging limit.
    #[arg(long)]
    no_throughput_limit: bool,
    /// Start without the threads of customers who wrote earlier (explicit mode has none anyway).
    #[arg(long)]
    no_threads: bool,
    /// Start with the app not subscribed to the account.
    #[arg(long)]
    unsubscribed: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum ModeName {
    Auto,
    Explicit,
}

#[derive(Clone, Copy, ValueEnum)]
enum MoodName {
    Mild,
    Rough,
}

fn read_secret(path: &PathBuf) -> anyhow::Result<SecretString> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    Ok(SecretString::from(text.trim().to_owned()))
}

fn control_token(path: &PathBuf) -> anyhow::Result<SecretString> {
    if path.exists() {
        return read_secret(path);
    }
    let token = SimulatorConfig::new(".", 0).control_token;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).with_context(|| format!("creating {}", path.display()))?;
    file.write_all(secrecy::ExposeSecret::expose_secret(&token).as_bytes())
        .with_context(|| format!("writing {}", path.display()))?;
    Ok(token)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .init();
    let arguments = Arguments::parse();
    let mode = match arguments.mode {
        ModeName::Auto => Mode::Auto,
        ModeName::Explicit => Mode::Explicit,
    };
    let mut config = SimulatorConfig::new(&arguments.data_dir, arguments.seed);
    config.listen = arguments.listen;
    config.control_token = control_token(&arguments.control_token_file)?;
    config.callback = arguments.callback;
    config.verify_token = arguments.verify_token_file.as_ref().map(read_secret).transpose()?;
    config.app_secret = arguments.app_secret_file.as_ref().map(read_secret).transpose()?;
    config.mode = mode;
    config.mood = match arguments.mood {
        MoodName::Mild => Mood::Mild,
        MoodName::Rough => Mood::Rough,
    };
    config.speed = arguments.speed;
    config.batch_max = arguments.batch;
    config.limits = !arguments.no_throughput_limit;
    config.seed_threads = mode == Mode::Auto && !arguments.no_threads;
    config.subscribed = !arguments.unsubscribed;
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("listening on {}", config.listen))?;
    let stop = CancellationToken::new();
    let stopped = stop_signal()?;
    let running = switchboard_simulator::start(listener, config, stop.clone()).await?;
    let ready = json!({
        "v": 1, "ready": true, "graph": running.graph_url, "control": running.control_url, "waba_id": running.waba_id, "phone_number_id": running.phone_number_id,
        "phone_number": running.phone_number, "app_id": running.app_id, "business_id": running.business_id, "app_secret_file": running.app_secret_file,
        "access_token_file": running.access_token_file, "verify_token_file": running.verify_token_file,
    });
    {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{ready}").context("writing the ready line")?;
        out.flush().context("writing the ready line")?;
    }
    stopped.await;
    stop.cancel();
    running.wait().await;
    Ok(())
}

/// Waits for SIGTERM or SIGINT; listening starts when this is called, not when it is awaited, so
/// that a signal right after the ready line ends the process in order.
#[cfg(unix)]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listening for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
