//! `media://localhost/<id>`: shows a kept media file without the web view keeping it.

use switchboard_domain::ids::MediaFileId;
use switchboard_engine::media::Opened;
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::state::AppState;

/// Answers one request of the web view.
pub(crate) fn serve<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().clone();
    let id = request.uri().path().trim_start_matches('/').to_owned();
    tauri::async_runtime::spawn(async move {
        let state = app.state::<AppState>();
        let found = match (state.console(), MediaFileId::parse(&id)) {
            (Ok(console), Ok(id)) => switchboard_engine::media::open(&console, id).await.ok(),
            _ => None,
        };
        responder.respond(answer(found));
    });
}

fn answer(found: Option<Opened>) -> Response<Vec<u8>> {
    let (status, mime, bytes) = match found {
        Some(file) => (StatusCode::OK, file.mime_type, file.bytes),
        None => (StatusCode::NOT_FOUND, "text/plain".to_owned(), Vec::new()),
    };
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, mime)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox")
        .body(bytes)
        .unwrap_or_else(|_| Response::new(Vec::new()))
}
