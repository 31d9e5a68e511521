//! What the shell tells the window without being asked: that something changed, how far long work has come, that a
//! message arrived.

use switchboard_bridge::dto::ChangesSince;
use switchboard_engine::{Console, api};
use tauri::{AppHandle, Emitter, Manager};
use tauri_plugin_notification::NotificationExt;
use tokio::sync::broadcast::error::RecvError;

/// How long changes are gathered before a window is told: a frame or two, so that a busy campaign does not flood it.
const GATHER: std::time::Duration = std::time::Duration::from_millis(100);

/// Follows a console until it closes.
pub(crate) fn forward(app: &AppHandle, console: &Console) {
    tauri::async_runtime::spawn(changes(app.clone(), console.clone()));
    tauri::async_runtime::spawn(progress(app.clone(), console.clone()));
    tauri::async_runtime::spawn(notifications(app.clone(), console.clone()));
}

async fn changes(app: AppHandle, console: Console) {
    let mut newest = console.store().changes().subscribe();
    let mut told = newest.borrow_and_update().0;
    loop {
        tokio::select! {
            () = console.shutdown().cancelled() => return,
            changed = newest.changed() => if changed.is_err() { return },
        }
        tokio::time::sleep(GATHER).await;
        newest.borrow_and_update();
        match api::changes_since(&console, ChangesSince { seq: told }).await {
            Ok(since) => {
                told = since.seq;
                if let Err(error) = app.emit("changes", since) {
                    tracing::warn!(%error, "telling the window of changes");
                }
            }
            Err(error) => tracing::warn!(code = ?error.code, "reading changes for the window"),
        }
    }
}

async fn progress(app: AppHandle, console: Console) {
    let mut steps = console.progress().subscribe();
    loop {
        let step = tokio::select! {
            () = console.shutdown().cancelled() => return,
            step = steps.recv() => step,
        };
        match step {
            Ok(step) => {
                if let Err(error) = app.emit("progress", step) {
                    tracing::warn!(%error, "telling the window of progress");
                }
            }
            // Only the newest step matters.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

async fn notifications(app: AppHandle, console: Console) {
    let mut arrivals = console.arrived().subscribe();
    loop {
        let arrived = tokio::select! {
            () = console.shutdown().cancelled() => return,
            arrived = arrivals.recv() => arrived,
        };
        match arrived {
            Ok(arrived) => {
                let looking = app.webview_windows().values().any(|w| w.is_focused().unwrap_or(false));
                let wanted = api::settings_get(&console, switchboard_bridge::dto::Nothing {})
                    .await
                    .is_ok_and(|s| s.notify_messages);
                if looking || !wanted {
                    continue;
                }
                let shown =
                    app.notification().builder().title(arrived.name.expose()).body(arrived.text.expose()).show();
                if let Err(error) = shown {
                    tracing::debug!(%error, "showing a notification");
                }
            }
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

/// Another profile is open now: the window reads everything anew.
pub(crate) fn tell_profile_changed(app: &AppHandle) {
    let all = switchboard_bridge::changes::Changes { seq: 0, tags: Vec::new(), refetch_all: true };
    if let Err(error) = app.emit("changes", all) {
        tracing::warn!(%error, "telling the window of a profile");
    }
}
