//! `switchboard-relay doctor`: looks at what is set up and says in a line each what is right, and what to do where not.
//!
//! It talks to the running relay as Meta would: handshake, a signed event of a foreign kind (which is answered and not
//! stored), both at the listening address and at the public one.

use std::path::Path;
use std::time::Duration;

use secrecy::ExposeSecret;

use crate::check::{Checked, check};
use crate::config::{DeskConfig, LogEngine, RelayConfig, system_time_ms};
use crate::config_file::ConfigFile;
use crate::desks::DeskStore;
use crate::engine::{self, open_desks};
use crate::finding::Finding;
use crate::nats::{self, NatsConfig};
use crate::owner::refuse_root_elsewhere;
use crate::public_url::check_public_url;
use crate::signature::sign;

/// Less free space than this is named, in bytes.
const FREE_BYTES: u64 = 1024 * 1024 * 1024;

/// A clock that is off by more than this is named: pairing codes and retention go by it.
const CLOCK_OFF_MS: i64 = 60_000;

/// Looks at everything. `path` is the configuration's, `file` what was read there.
pub async fn examine(path: &Path, file: anyhow::Result<ConfigFile>) -> Vec<Finding> {
    let file = match file {
        Ok(file) => file,
        Err(error) => return vec![Finding::bad("configuration", error.to_string())],
    };
    let Checked { mut findings, config } = check(path, &file);
    let Some(config) = config else {
        return findings;
    };
    let is_embedded = matches!(config.log, LogEngine::Embedded);
    // As root it would make files that the relay cannot write; the rest can be looked at all the same.
    let is_elsewhere = is_embedded && refuse_root_elsewhere([config.data_dir.as_path()]).is_err();
    match &config.log {
        LogEngine::Embedded if is_elsewhere => {}
        LogEngine::Embedded => findings.push(disk(&config.data_dir)),
        LogEngine::Nats(nats) => findings.extend(log_in_nats(nats, &config).await),
    }
    findings.extend(reach(&file, &config).await);
    if is_elsewhere {
        return findings;
    }
    match open_desks(&config.log, &config.data_dir).await {
        Ok(store) => {
            for desk in &config.desks {
                findings.push(consoles(store.as_ref(), desk).await);
            }
        }
        Err(error) => findings.push(Finding::bad("consoles", error.to_string())),
    }
    findings
}

/// Whether the servers answer and take what a webhook may need, and whether every desk's stream has all its replicas.
async fn log_in_nats(nats: &NatsConfig, config: &RelayConfig) -> Vec<Finding> {
    const ABOUT: &str = "log in NATS";
    let names: Vec<&str> = config.desks.iter().map(|desk| desk.id.as_str()).collect();
    match nats::examine(nats, &names, engine::largest_message_bytes(config)).await {
        Ok(streams) => {
            let mut findings =
                vec![Finding::good(ABOUT, format!("{} answers, JetStream is on", nats.servers.join(", ")))];
            for stream in streams {
                let about = format!("{ABOUT}, {}", stream.desk);
                let (current, wanted) = (stream.current, nats.replicas);
                findings.push(match stream.leader {
                    None if stream.is_missing => {
                        Finding::attention(about, "there is no stream yet; the relay makes it at its next start")
                    }
                    None => Finding::bad(
                        about,
                        "the stream has no leader: events are answered 503. Start the servers that are down",
                    ),
                    Some(_) if current < wanted => Finding::attention(
                        about,
                        format!("{current} of {wanted} replicas are up to date; start the servers that are down"),
                    ),
                    Some(leader) => Finding::good(about, format!("{current} replica(s) up to date, led by {leader}")),
                });
            }
            findings
        }
        Err(error) => vec![Finding::bad(ABOUT, error.to_string())],
    }
}

fn disk(data_dir: &Path) -> Finding {
    let probe = data_dir.join("doctor.probe");
    let written = std::fs::create_dir_all(data_dir).and_then(|()| {
        let mut file = std::fs::File::create(&probe)?;
        std::io::Write::write_all(&mut file, b"probe")?;
        file.sync_all()
    });
    let removed = std::fs::remove_file(&probe);
    if let Err(error) = written.and(removed) {
        return Finding::bad(
            "disk",
            format!(
                "{} cannot be written ({error}); run the doctor as the relay's own user, and check owner and space",
                data_dir.display()
            ),
        );
    }
    match free_bytes(data_dir) {
        Some(free) if free < FREE_BYTES => Finding::attention(
            "disk",
            format!("{} MiB are free under {}; a full disk answers 503", free / (1024 * 1024), data_dir.display()),
        ),
        Some(free) => Finding::good("disk", format!("writable, {} MiB free", free / (1024 * 1024))),
        None => Finding::good("disk", "writable"),
    }
}

/// Space that is left, by `df`: the standard library does not tell.
fn free_bytes(folder: &Path) -> Option<u64> {
    let output = std::process::Command::new("df").args(["-Pk"]).arg(folder).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kib: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    kib.checked_mul(1024)
}

async fn reach(file: &ConfigFile, config: &RelayConfig) -> Vec<Finding> {
    let mut findings = Vec::new();
    let own = if config.tls.is_some() {
        // The certificate is for the public name; the handshake below goes there.
        None
    } else {
        Some(format!("http://{}", file.listen))
    };
    // One that cannot be one was told by the look at the configuration.
    let public = file.public_url.as_deref().filter(|url| check_public_url(url).is_ok());
    let public = public.map(|url| url.trim_end_matches('/').to_owned());
    for (about, base) in [("own address", own), ("public address", public)] {
        let Some(base) = base else { continue };
        let http = match reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .build()
        {
            Ok(http) => http,
            Err(error) => {
                findings.push(Finding::bad(about, format!("no HTTP client: {error}")));
                continue;
            }
        };
        findings.push(clock(&http, about, &base).await);
        for desk in &config.desks {
            findings.push(handshake(&http, about, &base, desk).await);
            findings.push(event(&http, about, &base, desk).await);
        }
    }
    findings
}

/// Answers at all, and with the right time.
async fn clock(http: &reqwest::Client, about: &str, base: &str) -> Finding {
    let answer = match http.get(format!("{base}/readyz")).send().await {
        Ok(answer) => answer,
        Err(error) => {
            return Finding::bad(about, format!("{base} does not answer ({}); is the relay running?", root(&error)));
        }
    };
    if answer.status().as_u16() == 503 {
        let reason = answer.text().await.unwrap_or_default();
        return Finding::bad(about, format!("the relay takes no events: {}", reason.trim()));
    }
    if !answer.status().is_success() {
        let status = answer.status().as_u16();
        return Finding::bad(
            about,
            format!("{base} answers, but not as a relay (HTTP {status}); check the web server"),
        );
    }
    let told = answer.headers().get("date").and_then(|value| value.to_str().ok()).and_then(parse_http_date_ms);
    match told.map(|told| system_time_ms().saturating_sub(told)) {
        Some(off) if off.saturating_abs() > CLOCK_OFF_MS => {
            Finding::attention(about, format!("the clock is off by {} s against {base}; set up time sync", off / 1_000))
        }
        _ => Finding::good(about, format!("{base} answers")),
    }
}

fn parse_http_date_ms(text: &str) -> Option<i64> {
    let at = httpdate::parse_http_date(text).ok()?;
    let since = at.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

async fn handshake(http: &reqwest::Client, about: &str, base: &str, desk: &DeskConfig) -> Finding {
    const CHALLENGE: &str = "1158201444";
    let about = format!("{about}, handshake of {}", desk.id);
    let query = [
        ("hub.mode", "subscribe"),
        ("hub.challenge", CHALLENGE),
        ("hub.verify_token", desk.verify_token.expose_secret()),
    ];
    let url = match reqwest::Url::parse_with_params(&format!("{base}/hooks/{}", desk.id), query) {
        Ok(url) => url,
        Err(error) => return Finding::bad(about, format!("the callback URL is none: {error}")),
    };
    match http.get(url).send().await {
        Ok(answer) if answer.status().as_u16() == 200 => match answer.text().await {
            Ok(body) if body == CHALLENGE => Finding::good(about, format!("callback URL {base}/hooks/{}", desk.id)),
            _ => Finding::bad(about, "the challenge does not come back unchanged; does a web server rewrite answers?"),
        },
        Ok(answer) => Finding::bad(
            about,
            format!(
                "HTTP {}; does the web server pass /hooks/ on, and was the relay restarted?",
                answer.status().as_u16()
            ),
        ),
        // The address itself is named by the line before; the query holds the token and is not shown.
        Err(error) => Finding::bad(about, format!("no answer ({})", root(&error))),
    }
}

/// A signed event that concerns nobody: checked like any other, answered, not stored.
async fn event(http: &reqwest::Client, about: &str, base: &str, desk: &DeskConfig) -> Finding {
    let about = format!("{about}, events of {}", desk.id);
    const BODY: &str = r#"{"object":"switchboard_doctor","entry":[],"t":"\u00e4"}"#;
    let request = http
        .post(format!("{base}/hooks/{}", desk.id))
        .header("content-type", "application/json")
        .header("X-Hub-Signature-256", sign(&desk.app_secret, BODY.as_bytes()))
        .body(BODY);
    match request.send().await {
        Ok(answer) => match answer.status().as_u16() {
            200 => Finding::good(about, "a signed event is accepted"),
            401 => Finding::bad(
                about,
                "the signature of the app secret is refused; does a web server change bodies, or was the relay not restarted?",
            ),
            403 => Finding::attention(about, "events are taken with Meta's client certificate only, as configured"),
            413 => Finding::bad(about, "the web server's body limit is too small; Meta sends up to 3 MB"),
            status => Finding::bad(about, format!("HTTP {status}")),
        },
        Err(error) => Finding::bad(about, format!("no answer ({})", root(&error))),
    }
}

async fn consoles(store: &dyn DeskStore, desk: &DeskConfig) -> Finding {
    let about = format!("consoles of {}", desk.id);
    match store.load(&desk.id).await {
        Ok(Some((record, _))) if record.active().next().is_some() => {
            Finding::good(about, format!("{} paired", record.active().count()))
        }
        Ok(_) => Finding::attention(
            about,
            format!("none is paired: events are answered 503. Run: switchboard-relay desk link {}", desk.id),
        ),
        Err(error) => Finding::bad(about, error.to_string()),
    }
}

/// The innermost cause, without addresses.
fn root(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}
