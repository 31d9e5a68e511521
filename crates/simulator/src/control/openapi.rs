//! The OpenAPI document of the control interface.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// `GET /practice/v1/openapi.json`; needs no token.
pub(crate) async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], include_str!("openapi.json")).into_response()
}
