//! Media: upload, resolve, download, delete (messages.md §12). Types are sniffed from the bytes and limits
//! checked before the wire; the bearer follows a media URL only to Meta's own hosts.
//!
//! ```no_run
//! use switchboard_cloud_api::{Client, media};
//! use switchboard_domain::ids::PhoneNumberId;
//!
//! # async fn example(client: &Client, picture: bytes::Bytes) -> Result<(), switchboard_cloud_api::CallError> {
//! let number = PhoneNumberId::new("100000000000001");
//! let (id, sniffed) = media::upload(client, &number, picture, "board.jpg").await?;
//! println!("uploaded as {}, by its bytes a {}", id.as_str(), sniffed.mime);
//! let (_, bytes) = media::download(client, &id, Some(&number)).await?;
//! assert!(!bytes.is_empty());
//! # Ok(())
//! # }
//! ```

pub mod resumable;
mod sniff;

pub use sniff::{MediaKind, Sniffed, sniff};

use bytes::Bytes;
use reqwest::Method;
use secrecy::ExposeSecret;
use serde::Deserialize;
use switchboard_domain::ids::{MediaId, PhoneNumberId};
use switchboard_domain::redact::Personal;

use crate::client::{CallError, Client, TransportError, UnknownWhy};
use crate::lenient;

/// Inbound media above this size never arrive (messages.md §12).
pub const MAX_DOWNLOAD_BYTES: usize = 100 * 1024 * 1024;

/// Why a medium cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// Not one of the types the platform takes.
    #[error(
        "files of this type ({found}) cannot be sent; images are JPEG or PNG, video MP4 or 3GPP, audio AAC, AMR, MP3, M4A or OGG, documents PDF, text or Office files"
    )]
    Type {
        /// What the bytes look like.
        found: String,
    },
    /// Larger than the platform takes.
    #[error("the {kind} has {size_bytes} bytes; at most {max_bytes} are allowed")]
    TooLarge {
        /// What it is.
        kind: &'static str,
        /// How large it is.
        size_bytes: usize,
        /// How large it may be.
        max_bytes: usize,
    },
    /// No bytes.
    #[error("the file is empty")]
    Empty,
    /// The download URL has expired (5 minutes): resolve the id again.
    #[error("the download address has expired; it is asked for anew")]
    UrlExpired,
    /// What arrived is not what Meta announced.
    #[error("the file arrived damaged: its checksum differs from the announced one")]
    Checksum,
}

#[derive(Deserialize)]
struct Uploaded {
    id: MediaId,
}

/// Uploads a file and gives its media id, good for 30 days. The type is sniffed from the bytes; `filename` helps
/// only to tell text and Office documents apart.
///
/// # Errors
/// [`CallError::Media`] before the wire for a type or size that the platform refuses; else as any call. Safe
/// to repeat: an unused id costs nothing.
pub async fn upload(
    client: &Client,
    number: &PhoneNumberId,
    bytes: Bytes,
    filename: &str,
) -> Result<(MediaId, Sniffed), CallError> {
    let sniffed = sniff(&bytes, filename)?;
    let size_bytes = bytes.len() as u64;
    let part = reqwest::multipart::Part::stream_with_length(bytes, size_bytes)
        .file_name(filename.to_owned())
        .mime_str(sniffed.mime)
        .map_err(|_| MediaError::Type { found: sniffed.mime.to_owned() })?;
    let form = reqwest::multipart::Form::new()
        .text("messaging_product", "whatsapp")
        .text("type", sniffed.mime)
        .part("file", part);
    let request = client
        .request(Method::POST, client.url(&[number.as_str(), "media"]))
        .timeout(client.transfer_timeout())
        .multipart(form);
    let uploaded: Uploaded = client.call("uploading the file", request).await?;
    Ok((uploaded.id, sniffed))
}

/// Where a medium can be fetched, for five minutes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct MediaInfo {
    /// The address; checked against the allow-list when it is used.
    pub url: Personal,
    /// As the sender's client said; may carry parameters (`audio/ogg; codecs=opus`).
    #[serde(default, deserialize_with = "lenient::text")]
    pub mime_type: Option<String>,
    /// Base64 or hex.
    #[serde(default, deserialize_with = "lenient::text")]
    pub sha256: Option<String>,
    /// Size in bytes.
    #[serde(default, deserialize_with = "lenient::int", rename = "file_size")]
    pub size_bytes: Option<i64>,
    /// Its id.
    #[serde(default, deserialize_with = "lenient::id")]
    pub id: Option<MediaId>,
}

/// Asks where a medium can be fetched.
///
/// # Errors
/// [`CallError`]; code 100 when the id has expired (uploads 30 days, inbound 7).
pub async fn resolve(client: &Client, id: &MediaId, number: Option<&PhoneNumberId>) -> Result<MediaInfo, CallError> {
    client.get("looking the file up", &[id.as_str()], &of_number(number)).await
}

fn of_number(number: Option<&PhoneNumberId>) -> Vec<(&'static str, String)> {
    number.map(|n| ("phone_number_id", n.as_str().to_owned())).into_iter().collect()
}

/// Fetches the bytes of a resolved medium and compares the checksum where one was announced.
///
/// # Errors
/// [`CallError::Host`] when the address leads elsewhere than to Meta; [`MediaError::UrlExpired`] when it is too
/// old; [`MediaError::Checksum`] and [`MediaError::TooLarge`]; else as any call.
pub async fn fetch(client: &Client, info: &MediaInfo) -> Result<Bytes, CallError> {
    let url = client.origin().check_media_url(info.url.expose())?;
    let response = client
        .http()
        .get(url)
        .bearer_auth(client.bearer().expose_secret())
        .timeout(client.transfer_timeout())
        .send()
        .await
        .map_err(|e| CallError::Transport(crate::client::transport_error(&e)))?;
    let status = response.status();
    if status == reqwest::StatusCode::NOT_FOUND || status == reqwest::StatusCode::GONE {
        return Err(MediaError::UrlExpired.into());
    }
    if status.is_redirection() {
        return Err(TransportError::Unknown(UnknownWhy::Redirect(status.as_u16())).into());
    }
    if !status.is_success() {
        let body = crate::client::read_body(response, 1024 * 1024).await?;
        return Err(crate::errors::GraphError::read(status.as_u16(), &body)
            .map_or(TransportError::Unknown(UnknownWhy::ServerError(status.as_u16())).into(), |e| {
                CallError::Graph(Box::new(e))
            }));
    }
    if let Some(size) = response.content_length().and_then(|n| usize::try_from(n).ok())
        && size > MAX_DOWNLOAD_BYTES
    {
        return Err(MediaError::TooLarge { kind: "file", size_bytes: size, max_bytes: MAX_DOWNLOAD_BYTES }.into());
    }
    let bytes = crate::client::read_body(response, MAX_DOWNLOAD_BYTES).await?;
    match &info.sha256 {
        Some(announced) if !sniff::checksum_matches(&bytes, announced) => Err(MediaError::Checksum.into()),
        _ => Ok(bytes),
    }
}

/// Resolves and fetches a medium by id; an address that expired between the two is asked for once more.
///
/// # Errors
/// As [`resolve`] and [`fetch`].
pub async fn download(
    client: &Client,
    id: &MediaId,
    number: Option<&PhoneNumberId>,
) -> Result<(MediaInfo, Bytes), CallError> {
    let info = resolve(client, id, number).await?;
    match fetch(client, &info).await {
        Err(CallError::Media(MediaError::UrlExpired)) => {
            let info = resolve(client, id, number).await?;
            let bytes = fetch(client, &info).await?;
            Ok((info, bytes))
        }
        other => other.map(|bytes| (info, bytes)),
    }
}

/// Deletes a medium at Meta.
///
/// # Errors
/// [`CallError`].
pub async fn delete(client: &Client, id: &MediaId, number: Option<&PhoneNumberId>) -> Result<(), CallError> {
    client.delete_ok("deleting the file", &[id.as_str()], &of_number(number)).await
}
