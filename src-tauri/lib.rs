//! The shell: decode, call, encode. No SQL, no HTTP.
//!
//! It opens the window and the tray, holds the open profile (`state`), carries commands to the engine
//! (`commands`) and changes, progress and notifications back (`events`). Everything else is the engine's.

mod arguments;
mod close;
mod commands;
mod events;
mod logging;
mod media;
mod received;
mod state;
mod window;

use std::process::ExitCode;

use tauri::Manager;
use tauri_plugin_deep_link::DeepLinkExt;

use crate::arguments::{Arguments, Asked};
use crate::state::AppState;

/// Runs the program until its window and tray are gone.
pub fn main() -> ExitCode {
    switchboard_crash::contain("switchboard");
    let arguments = match Arguments::from_env() {
        Asked::Run(arguments) => arguments,
        Asked::Say(text) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Asked::Refuse(text) => {
            eprintln!("{text}");
            return ExitCode::from(2);
        }
    };
    let data_dir = match arguments.data_dir() {
        Ok(dir) => dir,
        Err(text) => {
            eprintln!("{text}");
            return ExitCode::FAILURE;
        }
    };
    if !window::has_display() {
        eprintln!("There is no display to open a window on. Without one, use switchboard-cli.");
        return ExitCode::FAILURE;
    }
    let _log = logging::start(&data_dir);
    window::prepare_webview();
    match run(arguments, data_dir) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            eprintln!("Switchboard could not open its window: {error}. Without a display, use switchboard-cli.");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments, data_dir: std::path::PathBuf) -> tauri::Result<()> {
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, argv, cwd| window::second_start(app, &argv, &cwd)))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .register_asynchronous_uri_scheme_protocol("media", media::serve)
        .invoke_handler(commands::handler())
        .setup(move |app| {
            received::forget_copies(&data_dir);
            app.manage(AppState::new(app.handle().clone(), data_dir, &arguments));
            // Where the system sends links to the running program instead of starting it again with them.
            let handle = app.handle().clone();
            app.deep_link().on_open_url(move |event| {
                for url in event.urls() {
                    window::take_link(&handle, url.as_str());
                }
            });
            window::open(app.handle())?;
            window::tray(app.handle())?;
            state::open_at_start(app.handle().clone(), arguments.practice);
            Ok(())
        })
        .on_window_event(close::on_window_event)
        .build(tauri::generate_context!())?;
    app.run(|handle, event| {
        if let tauri::RunEvent::ExitRequested { api, code, .. } = event
            && code.is_none()
        {
            // The last window closed; the tray goes on unless the operator chose to quit.
            api.prevent_exit();
            let _ = handle;
        }
    });
    Ok(())
}
