//! Closing the window while something runs: go on in the tray, or pause and quit. Asked once.

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{ById, CampaignStateDto, Nothing, OnClose, WindowCloseDecide};
use switchboard_engine::api;
use tauri::{AppHandle, Emitter, Manager, Window, WindowEvent};

use crate::state::AppState;

/// Looks at what runs before the window may close.
pub(crate) fn on_window_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else { return };
    api.prevent_close();
    let app = window.app_handle().clone();
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        let running = running(&app).await;
        let choice = on_close_setting(&app).await;
        match (running, choice) {
            (0, _) | (_, OnClose::PauseAndQuit) => quit(&app).await,
            (_, OnClose::Tray) => hide(&window),
            (count, OnClose::Ask) => {
                if app.emit("close-requested", serde_json::json!({ "running": count })).is_err() {
                    hide(&window);
                }
            }
        }
    });
}

/// Carries out the operator's answer.
pub(crate) async fn decide(app: &AppHandle, request: WindowCloseDecide) -> Result<Nothing, UiError> {
    if request.remember
        && let Ok(console) = app.state::<AppState>().console()
    {
        let mut settings = api::settings_get(&console, Nothing {}).await?;
        settings.on_close = request.choice;
        api::settings_update(&console, settings).await?;
    }
    match request.choice {
        OnClose::PauseAndQuit => pause_and_quit(app.clone()),
        OnClose::Tray => {
            for window in app.webview_windows().values() {
                if let Err(error) = window.hide() {
                    tracing::warn!(%error, "hiding the window");
                }
            }
        }
        OnClose::Ask => {}
    }
    Ok(Nothing {})
}

/// Pauses what runs, closes the profile in order and ends the program.
pub(crate) fn pause_and_quit(app: AppHandle) {
    tauri::async_runtime::spawn(async move {
        if let Ok(console) = app.state::<AppState>().console()
            && console.holds_role()
            && let Ok(list) = api::campaign_list(&console, Nothing {}).await
        {
            for row in list.items.iter().filter(|r| is_running(r.state)) {
                if let Err(error) = api::campaign_pause(&console, ById { id: row.id.clone() }).await {
                    tracing::warn!(code = ?error.code, "pausing before the end");
                }
            }
        }
        quit(&app).await;
    });
}

async fn quit(app: &AppHandle) {
    let state = app.state::<AppState>();
    state.close_current().await;
    crate::received::forget_copies(state.data_dir());
    app.exit(0);
}

fn hide(window: &Window) {
    if let Err(error) = window.hide() {
        tracing::warn!(%error, "hiding the window");
    }
}

fn is_running(state: CampaignStateDto) -> bool {
    matches!(state, CampaignStateDto::Running | CampaignStateDto::Launching)
}

/// Campaigns that this process is sending.
async fn running(app: &AppHandle) -> usize {
    let Ok(console) = app.state::<AppState>().console() else { return 0 };
    if !console.holds_role() {
        return 0;
    }
    api::campaign_list(&console, Nothing {})
        .await
        .map_or(0, |list| list.items.iter().filter(|r| is_running(r.state)).count())
}

async fn on_close_setting(app: &AppHandle) -> OnClose {
    let Ok(console) = app.state::<AppState>().console() else { return OnClose::PauseAndQuit };
    api::settings_get(&console, Nothing {}).await.map_or(OnClose::Ask, |s| s.on_close)
}
