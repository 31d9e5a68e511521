//! The configuration, looked at without running: everything that is wrong with it, each with what to do.
//!
//! `serve --check-config` prints it, `serve` refuses to start on it, and the doctor begins with it.

use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::path::Path;

use crate::config::{DeskConfig, LogEngine, RelayConfig, is_like_an_app_secret};
use crate::config_file::ConfigFile;
use crate::finding::Finding;
use crate::nats::NatsConfig;
use crate::owner::refuse_root_elsewhere;
use crate::public_url::{Reach, check_public_url};
use crate::tls;

/// What a look at the configuration gave.
pub struct Checked {
    /// What was found; what is in order is told in one line only.
    pub findings: Vec<Finding>,
    /// What a relay would run with; none if it cannot be put together. Something else may be bad all the same.
    pub config: Option<RelayConfig>,
}

/// Looks at everything that can be looked at without running. `path` is the file's own.
pub fn check(path: &Path, file: &ConfigFile) -> Checked {
    let mut findings = Vec::new();
    let config = match file.load_all(path) {
        Ok(config) => Some(config),
        Err(problems) => {
            findings.extend(problems.iter().map(|problem| Finding::bad("configuration", problem.to_string())));
            None
        }
    };
    findings.extend(listen(&file.listen));
    findings.extend(public_address(file.public_url.as_deref()));
    if let Some(tls) = file.tls_config(path) {
        findings.extend(tls::look(&tls, public_host(file).as_deref()));
    }
    if let Some(config) = &config {
        findings.extend(config.desks.iter().flat_map(app_secrets));
        findings.extend(kept(config));
    }
    if let Some(config) = &config {
        findings.insert(0, Finding::good("configuration", in_short(config)));
    }
    Checked { findings, config }
}

/// What the relay would run with, in a few words.
fn in_short(config: &RelayConfig) -> String {
    let kept = match &config.log {
        LogEngine::Embedded => format!("log in {}", config.data_dir.display()),
        LogEngine::Nats(nats) => format!("log in NATS at {}, {} replica(s)", nats.servers.join(", "), nats.replicas),
    };
    format!("{} desk(s), all secrets found, {kept}", config.desks.len())
}

fn listen(address: &str) -> Option<Finding> {
    const ABOUT: &str = "listen";
    let wrong = |what: &str| {
        Some(Finding::bad(ABOUT, format!("{address:?} {what}; write an address and a port, like 127.0.0.1:8085")))
    };
    let has_port = address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    if !has_port {
        return wrong("is no address with a port from 0 to 65535");
    }
    let Ok(found) = address.to_socket_addrs() else { return wrong("is no address of this machine that can be found") };
    let found: Vec<SocketAddr> = found.collect();
    // A datagram socket without a port of its own: asks whether the address is here, and takes nothing from a relay
    // that runs.
    if !found.iter().any(|address| UdpSocket::bind((address.ip(), 0)).is_ok()) {
        return wrong("is no address of this machine");
    }
    None
}

fn public_address(url: Option<&str>) -> Option<Finding> {
    const ABOUT: &str = "public address";
    match url.map(check_public_url) {
        None => Some(Finding::attention(
            ABOUT,
            "public_url is not set: neither the callback URL nor pairing links can be right; set it to https://…",
        )),
        Some(Ok(Reach::Everybody)) => None,
        Some(Ok(Reach::ThisMachine)) => Some(Finding::attention(
            ABOUT,
            "public_url leads to this machine only: Meta cannot reach it. Good for trying out; set it to https://… then",
        )),
        Some(Err(error)) => Some(Finding::bad(ABOUT, format!("public_url: {error}"))),
    }
}

fn public_host(file: &ConfigFile) -> Option<String> {
    let url = reqwest::Url::parse(file.public_url.as_deref()?).ok()?;
    url.host_str().map(str::to_owned)
}

/// An empty secret is refused long before; another one that is not like Meta's may be meant, for trying out.
fn app_secrets(desk: &DeskConfig) -> Vec<Finding> {
    let secrets = [("app secret", Some(&desk.app_secret)), ("previous app secret", desk.previous_app_secret.as_ref())];
    let unlike = secrets.into_iter().filter(|(_, secret)| secret.is_some_and(|secret| !is_like_an_app_secret(secret)));
    unlike.map(|(what, _)| Finding::attention(format!("{what} of {}", desk.id), UNLIKE_AN_APP_SECRET)).collect()
}

/// For an app secret that cannot be one of Meta's.
const UNLIKE_AN_APP_SECRET: &str = "it is not like Meta's, which are 32 hexadecimal digits: every event of Meta would be answered 401. Copy it again from \
     App settings > Basic, unless this is for trying out";

/// Whether the folder, or what is beside it, can be what it has to be.
fn kept(config: &RelayConfig) -> Option<Finding> {
    match &config.log {
        LogEngine::Embedded => {
            const ABOUT: &str = "data folder";
            let folder = &config.data_dir;
            if folder.exists() && !folder.is_dir() {
                let text = format!("{} is no folder; name one with data_dir", folder.display());
                return Some(Finding::bad(ABOUT, text));
            }
            refuse_root_elsewhere([folder.as_path()]).err().map(|e| Finding::bad(ABOUT, e.to_string()))
        }
        LogEngine::Nats(NatsConfig { ca: Some(ca), .. }) => {
            tls::authorities(ca).err().map(|e| Finding::bad("log.ca", e.to_string()))
        }
        LogEngine::Nats(_) => None,
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
