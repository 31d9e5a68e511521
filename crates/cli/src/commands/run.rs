//! `run` and `practice start`: the engine without a window.

use std::time::Duration;

use serde_json::{Value, json};
use switchboard_bridge::dto::{CampaignRow, CampaignStateDto, Nothing, RelayState};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_engine::profile::Profile;
use switchboard_engine::{Console, EngineError, api, background};
use switchboard_practice::{PracticeAccount, PracticeOptions};

use super::document;
use crate::arguments::Run;
use crate::session::Session;

/// How often idleness is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub(super) async fn run(session: &Session, options: Run) -> Result<Value, UiError> {
    let console = session.open(true).await?;
    let practice = if console.profile().is_practice() {
        Some(start_practice(&console, PracticeOptions::from_env()).await?)
    } else {
        None
    };
    if let Some(rate) = options.practice_rate {
        console.set_rate_override(Some(rate));
    }
    background::start(&console);
    let reason = if options.until_idle {
        tokio::select! {
            reason = until_idle(&console, Duration::from_secs(options.settle)) => reason?,
            () = stopped() => "stopped".to_owned(),
        }
    } else {
        stopped().await;
        "stopped".to_owned()
    };
    let campaigns = api::campaign_list(&console, Nothing {}).await?;
    console.close().await;
    if let Some(practice) = practice {
        practice.stop().await;
    }
    Ok(json!({ "idle_reason": reason, "campaigns": document(&campaigns.items)? }))
}

pub(super) async fn practice(session: &Session, speed: Option<f64>) -> Result<Value, UiError> {
    let profile = Profile::practice(&session.data_dir).map_err(EngineError::from)?;
    let console = session.open_as(profile, true).await?;
    let mut options = PracticeOptions::from_env();
    if let Some(speed) = speed {
        options.speed = speed;
    }
    let account = start_practice(&console, options).await?;
    background::start(&console);
    let ready = json!({ "v": 1, "ready": true, "graph": account.graph_url(), "control": account.control_url() });
    crate::output::progress(&ready.to_string());
    stopped().await;
    console.close().await;
    account.stop().await;
    Ok(json!({ "stopped": true }))
}

async fn start_practice(console: &Console, options: PracticeOptions) -> Result<PracticeAccount, UiError> {
    let account = PracticeAccount::start(console.profile(), options).await.map_err(|error| {
        tracing::error!(error = format!("{error:#}"), "starting practice");
        UiError::new(
            UiErrorCode::Internal,
            "The practice account could not be started.",
            "Check that the practice folder is writable and no other Switchboard has it open.",
        )
    })?;
    account.connect(console).await?;
    Ok(account)
}

/// Waits until nothing can be claimed and the relay has nothing waiting, for as long as `settle`.
async fn until_idle(console: &Console, settle: Duration) -> Result<String, UiError> {
    let mut idle_since: Option<tokio::time::Instant> = None;
    loop {
        let campaigns = api::campaign_list(console, Nothing {}).await?.items;
        let relay = api::relay_status(console, Nothing {}).await?;
        let relay_waits = relay.state == RelayState::CatchingUp || relay.behind > 0;
        let busy = relay_waits || campaigns.iter().any(is_busy);
        if busy {
            idle_since = None;
        } else {
            let since = *idle_since.get_or_insert_with(tokio::time::Instant::now);
            if since.elapsed() >= settle {
                return Ok(reason(&campaigns).to_owned());
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn is_busy(row: &CampaignRow) -> bool {
    match row.state {
        CampaignStateDto::Launching => true,
        CampaignStateDto::Running => {
            (row.counts.queued > 0 && row.waits_until_at_ms.is_none()) || row.counts.sending > 0
        }
        _ => row.counts.sending > 0,
    }
}

fn reason(campaigns: &[CampaignRow]) -> &'static str {
    if campaigns.iter().any(|c| c.state == CampaignStateDto::Paused) {
        "paused"
    } else if campaigns.iter().any(|c| c.waits_until_at_ms.is_some()) {
        "limit_until"
    } else if campaigns.iter().any(|c| c.counts.accepted > 0 || c.counts.held > 0 || c.counts.unknown > 0) {
        "awaiting_status"
    } else {
        "done"
    }
}

/// Ctrl-C or SIGTERM.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
