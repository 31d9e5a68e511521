//! `relay`: pairing, and the desk's consoles.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use switchboard_bridge::dto::{
    ById, CallbackLevel, Nothing, RelayApprove, RelayLink, RelayPair, RelayRename, RelaySender, RelayState,
    SecretInput, StatusAuditRun, WebhookSubscribe,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_engine::{Console, api, background};

use super::document;
use crate::arguments::{Pair, Relay, Subscribe};
use crate::session::{Session, secret_input, stdin};

/// How often it is looked whether sending was taken over.
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub(super) async fn run(session: &Session, command: Relay) -> Result<Value, UiError> {
    if let Relay::TakeOver { wait } = command {
        return take_over(session, Duration::from_secs(wait)).await;
    }
    let console = session.open(false).await?;
    match command {
        Relay::Pair(Pair { name, yes }) => {
            let link = stdin()?.trim().to_owned();
            let leads_to =
                api::relay_pairing_inspect(&console, RelayLink { link: SecretInput::new(link.as_str()) }).await?;
            if !yes {
                return Err(UiError::new(
                    UiErrorCode::WrongState,
                    format!(
                        "The link leads to the relay {}, desk {}, fingerprint {}.",
                        leads_to.url, leads_to.desk, leads_to.fingerprint
                    ),
                    "Compare the fingerprint with the one shown beside the link; if it is the same, run this again with --yes.",
                ));
            }
            document(&api::relay_pair(&console, RelayPair { link: SecretInput::new(link), name }).await?)
        }
        Relay::Status => document(&api::relay_status(&console, Nothing {}).await?),
        Relay::Leave => document(&api::relay_leave(&console, Nothing {}).await?),
        Relay::Devices => document(&api::relay_devices(&console, Nothing {}).await?),
        Relay::Link => document(&api::relay_new_link(&console, Nothing {}).await?),
        Relay::Approve(approve) => {
            let request = RelayApprove { id: approve.id, words: approve.words };
            document(&api::relay_device_approve(&console, request).await?)
        }
        Relay::Rename { id, name } => document(&api::relay_device_rename(&console, RelayRename { id, name }).await?),
        Relay::TakeOver { .. } => document(&api::relay_status(&console, Nothing {}).await?),
        Relay::Webhooks => document(&api::webhook_subscription_get(&console, Nothing {}).await?),
        Relay::Subscribe(subscribe) => document(&api::webhook_subscribe(&console, request(subscribe)?).await?),
        Relay::Audit { overdue_minutes } => {
            document(&api::status_audit_run(&console, StatusAuditRun { overdue_minutes }).await?)
        }
        Relay::Remove { id } => document(&api::relay_device_remove(&console, ById { id }).await?),
    }
}

/// Asks through whatever process holds the link; if none does, through a link of its own for as long as it takes.
async fn take_over(session: &Session, wait: Duration) -> Result<Value, UiError> {
    let console = match session.open(true).await {
        Err(error) if error.code == UiErrorCode::ProfileInUse => session.open(false).await?,
        other => other?,
    };
    background::start_listening(&console);
    let answer = taken_over(&console, wait).await;
    console.close().await;
    answer
}

async fn taken_over(console: &Console, wait: Duration) -> Result<Value, UiError> {
    let until = tokio::time::Instant::now() + wait;
    let mut asked = false;
    loop {
        let status = api::relay_status(console, Nothing {}).await?;
        let can_ask = match status.state {
            RelayState::NotConfigured | RelayState::Refused => return Err(stands_in_the_way(status.trouble)),
            RelayState::Connected => true,
            RelayState::CatchingUp | RelayState::Unreachable | RelayState::Waiting => !console.holds_role(),
        };
        if status.sender == RelaySender::Here {
            return document(&status);
        }
        if can_ask && !asked {
            asked = true;
            api::relay_take_over(console, Nothing {}).await?;
        }
        if tokio::time::Instant::now() >= until {
            return match asked {
                // Told, and under way: the status says so.
                true => document(&status),
                false => Err(stands_in_the_way(status.trouble)),
            };
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn stands_in_the_way(trouble: Option<String>) -> UiError {
    let why = trouble.unwrap_or_else(|| "This console is not connected to the relay.".to_owned());
    UiError::new(UiErrorCode::Relay, format!("Sending cannot be taken over. {why}"), "See `relay status`.")
}

fn request(subscribe: Subscribe) -> Result<WebhookSubscribe, UiError> {
    let level = match subscribe.level.as_str() {
        "app" => CallbackLevel::App,
        "account" => CallbackLevel::Account,
        "number" => CallbackLevel::Number,
        _ => {
            return Err(UiError::new(
                UiErrorCode::InvalidInput,
                "This is no level of a callback address.",
                "Use --level app, account or number.",
            ));
        }
    };
    let verify_token = match subscribe.verify_token_file.as_deref() {
        Some(file) if file == Path::new("-") => Some(secret_input(None)?),
        Some(file) => Some(secret_input(Some(file))?),
        None => None,
    };
    Ok(WebhookSubscribe { level, phone_number_id: subscribe.phone_number, verify_token })
}
