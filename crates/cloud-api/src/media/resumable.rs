//! Resumable upload: gives a *handle* for template samples and the profile picture, never a media id for sending
//! (messages.md §12).

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::ExposeSecret;
use serde::Deserialize;
use switchboard_domain::ids::AppId;

use super::{MediaError, MediaKind, Sniffed, sniff};
use crate::client::{CallError, Client, with_query};
use crate::lenient;
use crate::limits::LimitError;

/// A handle such as `4::aW…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadHandle(pub String);

/// An upload that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct UploadSession {
    /// `upload:…`.
    pub id: String,
}

#[derive(Deserialize)]
struct Finished {
    h: String,
}

#[derive(Deserialize)]
struct Progress {
    #[serde(default, deserialize_with = "lenient::int")]
    file_offset: Option<i64>,
}

/// Begins an upload. JPEG, PNG, MP4 and PDF are accepted.
///
/// # Errors
/// [`CallError`].
pub async fn begin(client: &Client, app: &AppId, bytes: &[u8], filename: &str) -> Result<UploadSession, CallError> {
    let sniffed = accepted(bytes, filename)?;
    let query = [
        ("file_name", filename.to_owned()),
        ("file_length", bytes.len().to_string()),
        ("file_type", sniffed.mime.to_owned()),
    ];
    let url = with_query(client.url(&[app.as_str(), "uploads"]), &query);
    client.call("beginning the upload", client.request(Method::POST, url)).await
}

fn accepted(bytes: &[u8], filename: &str) -> Result<Sniffed, MediaError> {
    let sniffed = sniff(bytes, filename)?;
    match (sniffed.kind, sniffed.mime) {
        (MediaKind::Image, _) | (_, "video/mp4" | "application/pdf") => Ok(sniffed),
        (_, mime) => Err(MediaError::Type { found: mime.to_owned() }),
    }
}

/// Writes the bytes from `offset` on and gives the handle.
///
/// # Errors
/// [`CallError`]; after a broken connection ask [`offset`] and go on from there.
pub async fn write(
    client: &Client,
    session: &UploadSession,
    bytes: Bytes,
    offset: usize,
) -> Result<UploadHandle, CallError> {
    if offset > bytes.len() {
        return Err(LimitError::new("file_offset", "lies behind the end of the file").into());
    }
    let request = authorised(client, Method::POST, session)?
        .timeout(client.transfer_timeout())
        .header("file_offset", offset)
        .body(bytes.slice(offset..));
    Ok(UploadHandle(client.call::<Finished>("uploading the sample", request).await?.h))
}

/// How many bytes Meta has.
///
/// # Errors
/// [`CallError`].
pub async fn offset(client: &Client, session: &UploadSession) -> Result<usize, CallError> {
    let request = authorised(client, Method::GET, session)?;
    let progress: Progress = client.call("asking for the progress", request).await?;
    Ok(progress.file_offset.and_then(|n| usize::try_from(n).ok()).unwrap_or(0))
}

/// Uploads a sample in one go and resumes once if the connection breaks.
///
/// # Errors
/// [`CallError`].
pub async fn upload_sample(
    client: &Client,
    app: &AppId,
    bytes: Bytes,
    filename: &str,
) -> Result<UploadHandle, CallError> {
    let session = begin(client, app, &bytes, filename).await?;
    match write(client, &session, bytes.clone(), 0).await {
        Err(CallError::Transport(_)) => {
            let at = offset(client, &session).await?;
            write(client, &session, bytes, at).await
        }
        other => other,
    }
}

/// These calls want `OAuth`, not `Bearer`, and an id with its colon in the path.
fn authorised(client: &Client, method: Method, session: &UploadSession) -> Result<reqwest::RequestBuilder, CallError> {
    if !session.id.starts_with("upload:") {
        return Err(LimitError::new("upload id", "does not begin with upload:").into());
    }
    let mut value = HeaderValue::try_from(format!("OAuth {}", client.bearer().expose_secret()))
        .map_err(|_| LimitError::new("token", "cannot be written in a header"))?;
    value.set_sensitive(true);
    // The id carries its own query (`upload:…?sig=…`), so it is taken apart instead of encoded whole.
    let (path, query) = session.id.split_once('?').unwrap_or((&session.id, ""));
    let mut url = client.url(&[path]);
    url.set_query(Some(query).filter(|q| !q.is_empty()));
    let mut request = client.http().request(method, url).timeout(client.request_timeout());
    request = request.header(AUTHORIZATION, value);
    Ok(request)
}
