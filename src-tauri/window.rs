//! The window and the tray.

use std::path::Path;

use tauri::menu::{Menu, MenuItem};
use tauri::tray::{TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Emitter, Manager, WebviewUrl, WebviewWindowBuilder};

use crate::arguments::{Arguments, Asked, is_pairing_link};
use crate::state::AppState;

const MAIN: &str = "main";

/// Whether there is anything to open a window on. GTK would end the program without a word of help.
pub(crate) fn has_display() -> bool {
    let named = |variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || ["DISPLAY", "WAYLAND_DISPLAY"].into_iter().any(named)
}

/// WebKitGTK draws nothing through DMABUF on machines without a GPU; the user's own setting always wins.
pub(crate) fn prepare_webview() {
    #[cfg(target_os = "linux")]
    {
        let has_render_node = std::fs::read_dir("/dev/dri")
            .map(|d| d.flatten().any(|e| e.file_name().to_string_lossy().starts_with("renderD")))
            .unwrap_or(false);
        if !has_render_node && std::env::var_os("WEBKIT_DISABLE_DMABUF_RENDERER").is_none() {
            // Only the environment of a child can be set safely at this point, so the program starts itself anew once.
            restart_with("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        }
    }
}

#[cfg(target_os = "linux")]
fn restart_with(name: &str, value: &str) {
    use std::os::unix::process::CommandExt;
    let Ok(program) = std::env::current_exe() else { return };
    let error = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(name, value).exec();
    tracing::warn!(%error, "starting anew without DMABUF");
}

/// Opens the main window.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Switchboard")
        .inner_size(1280.0, 820.0)
        .min_inner_size(480.0, 400.0)
        .build()?;
    Ok(())
}

/// Brings the window forward, opening it again if it was closed to the tray.
pub(crate) fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else {
        if let Err(error) = open(app) {
            tracing::error!(%error, "opening the window again");
        }
        return;
    };
    let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "bringing the window forward");
    }
}

/// A pairing link was opened: Settings shows where it leads. Nothing is sent there before somebody confirms.
pub(crate) fn take_link(app: &AppHandle, link: &str) {
    if !is_pairing_link(link) {
        return;
    }
    app.state::<AppState>().offer_link(link);
    // The window asks for its status anew, and finds the link there.
    crate::events::tell_profile_changed(app);
}

/// A second start hands its file or link over and brings the first window forward.
pub(crate) fn second_start(app: &AppHandle, argv: &[String], cwd: &str) {
    let Asked::Run(asked) = Arguments::read(argv.iter().skip(1).cloned()) else { return show(app) };
    if let Some(link) = asked.link {
        take_link(app, &link);
    }
    if let Some(file) = asked.file {
        let path = Path::new(cwd).join(file);
        app.state::<AppState>().offer_file(&path);
        let told = app.emit("open-file", serde_json::json!({ "path": path.to_string_lossy() }));
        if let Err(error) = told {
            tracing::warn!(%error, "handing a file to the window");
        }
    }
    show(app);
}

/// The tray, from which the window comes back.
pub(crate) fn tray(app: &AppHandle) -> tauri::Result<()> {
    let show_item = MenuItem::with_id(app, "show", "Show Switchboard", true, None::<&str>)?;
    let quit_item = MenuItem::with_id(app, "quit", "Pause campaigns and quit", true, None::<&str>)?;
    let menu = Menu::with_items(app, &[&show_item, &quit_item])?;
    let mut tray = TrayIconBuilder::with_id("main").tooltip("Switchboard").menu(&menu);
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    let built = tray
        .on_menu_event(|app, event| match event.id().as_ref() {
            "show" => show(app),
            "quit" => crate::close::pause_and_quit(app.clone()),
            _ => {}
        })
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::DoubleClick { .. } = event {
                show(icon.app_handle());
            }
        })
        .build(app);
    // A desktop without a tray still has a window; closing it then quits.
    if let Err(error) = built {
        tracing::warn!(%error, "no tray on this desktop");
    }
    Ok(())
}
