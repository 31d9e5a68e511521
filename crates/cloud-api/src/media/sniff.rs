//! What a file is, from its bytes: a wrong MIME type is the commonest cause of 131053 (messages.md §12).

use base64::Engine as _;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::MediaError;

/// Kinds with their own size limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// ≤ 5 MB.
    Image,
    /// ≤ 16 MB.
    Video,
    /// ≤ 16 MB.
    Audio,
    /// ≤ 100 MB.
    Document,
    /// ≤ 100 KB static, 500 KB animated.
    Sticker,
}

impl MediaKind {
    /// The word of the message type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sniffed {
    /// The kind, which decides the message type.
    pub kind: MediaKind,
    /// The MIME type to declare.
    pub mime: &'static str,
}

const KB: usize = 1024;
const MB: usize = 1024 * KB;

/// Finds out what a file is and checks its size.
///
/// # Errors
/// [`MediaError::Empty`], [`MediaError::Type`], [`MediaError::TooLarge`].
pub fn sniff(bytes: &[u8], filename: &str) -> Result<Sniffed, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    let found = infer::get(bytes).map(|t| t.mime_type());
    let sniffed = match found {
        Some(mime) => known(mime, bytes, filename).ok_or_else(|| MediaError::Type { found: mime.to_owned() })?,
        None => unmarked(bytes, filename)?,
    };
    let max_bytes = match (sniffed.kind, sniffed.mime) {
        (MediaKind::Image, _) => 5 * MB,
        (MediaKind::Video | MediaKind::Audio, _) => 16 * MB,
        (MediaKind::Document, _) => 100 * MB,
        (MediaKind::Sticker, _) if is_animated_webp(bytes) => 500 * KB,
        (MediaKind::Sticker, _) => 100 * KB,
    };
    if bytes.len() > max_bytes {
        return Err(MediaError::TooLarge { kind: sniffed.kind.as_str(), size_bytes: bytes.len(), max_bytes });
    }
    Ok(sniffed)
}

fn known(mime: &str, bytes: &[u8], filename: &str) -> Option<Sniffed> {
    use MediaKind::{Audio, Document, Image, Sticker, Video};
    let (kind, mime) = match mime {
        "image/jpeg" => (Image, "image/jpeg"),
        "image/png" => (Image, "image/png"),
        "image/webp" => (Sticker, "image/webp"),
        "video/mp4" | "video/x-m4v" | "video/quicktime" if is_audio_mp4(bytes) => (Audio, "audio/mp4"),
        "video/mp4" | "video/x-m4v" if bytes.get(8..11) == Some(b"3gp") => (Video, "video/3gpp"),
        "video/mp4" | "video/x-m4v" => (Video, "video/mp4"),
        "video/3gpp" => (Video, "video/3gpp"),
        "audio/aac" => (Audio, "audio/aac"),
        "audio/amr" => (Audio, "audio/amr"),
        "audio/mpeg" => (Audio, "audio/mpeg"),
        "audio/mp4" | "audio/m4a" | "audio/x-m4a" => (Audio, "audio/mp4"),
        "audio/ogg" | "audio/opus" | "application/ogg" => (Audio, "audio/ogg"),
        "application/pdf" => (Document, "application/pdf"),
        "application/msword" => (Document, "application/msword"),
        "application/vnd.ms-excel" => (Document, "application/vnd.ms-excel"),
        "application/vnd.ms-powerpoint" => (Document, "application/vnd.ms-powerpoint"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => {
            (Document, "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
        }
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => {
            (Document, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        }
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => {
            (Document, "application/vnd.openxmlformats-officedocument.presentationml.presentation")
        }
        // Containers that carry Office files; the name tells which.
        "application/zip" | "application/x-ole-storage" => return office_by_name(filename),
        // Text that happens to look like a script or markup is still text.
        m if m.starts_with("text/") => (Document, "text/plain"),
        _ => return None,
    };
    Some(Sniffed { kind, mime })
}

fn office_by_name(filename: &str) -> Option<Sniffed> {
    let extension = filename.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let mime = match extension.as_str() {
        "doc" => "application/msword",
        "xls" => "application/vnd.ms-excel",
        "ppt" => "application/vnd.ms-powerpoint",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _ => return None,
    };
    Some(Sniffed { kind: MediaKind::Document, mime })
}

/// Bytes without a signature: text if they read as text, else nothing we can send.
fn unmarked(bytes: &[u8], filename: &str) -> Result<Sniffed, MediaError> {
    let head = bytes.get(..8 * KB).unwrap_or(bytes);
    let readable = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character cut in two at the end of the head is still text.
        Err(e) => e.error_len().is_none(),
    };
    if readable && !head.contains(&0) {
        return Ok(Sniffed { kind: MediaKind::Document, mime: "text/plain" });
    }
    let extension = filename.rsplit_once('.').map_or("no extension", |(_, e)| e);
    let shown: String = extension.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    Err(MediaError::Type { found: format!("unknown bytes, {shown}") })
}

/// The brand of an MP4 that has sound only.
fn is_audio_mp4(bytes: &[u8]) -> bool {
    matches!(bytes.get(8..12), Some(b"M4A " | b"M4B " | b"F4A " | b"F4B "))
}

/// Extended WebP with the animation flag.
fn is_animated_webp(bytes: &[u8]) -> bool {
    bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 0x02 != 0)
}

/// Whether the bytes have the announced SHA-256, which Meta writes in base64 or hex (webhooks.md §4.2). An
/// announcement in neither form says nothing.
pub(super) fn checksum_matches(bytes: &[u8], announced: &str) -> bool {
    let announced = announced.trim();
    let expected = hex::decode(announced)
        .ok()
        .filter(|b| b.len() == 32)
        .or_else(|| base64::engine::general_purpose::STANDARD.decode(announced).ok().filter(|b| b.len() == 32));
    let Some(expected) = expected else { return true };
    Sha256::digest(bytes).as_slice().ct_eq(&expected).into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(b"\xFF\xD8\xFF\xE0aaaaaaaaaaaa", "a.png", MediaKind::Image, "image/jpeg")]
    #[case(b"\x89PNG\r\n\x1a\naaaaaaaa", "a.jpg", MediaKind::Image, "image/png")]
    #[case(b"%PDF-1.7 aaaaaaaaaaaaaaa", "list.csv", MediaKind::Document, "application/pdf")]
    #[case(b"name,phone\nAna,1\n", "list.csv", MediaKind::Document, "text/plain")]
    #[case(b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2", "a.mp4", MediaKind::Video, "video/mp4")]
    #[case(b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00isomiso2", "a.m4a", MediaKind::Audio, "audio/mp4")]
    #[case(b"OggS\x00\x02aaaaaaaaaaaaaaaaaaaaaaOpusHead", "a.ogg", MediaKind::Audio, "audio/ogg")]
    #[case(b"RIFF\x10\x00\x00\x00WEBPVP8 aaaa", "a.webp", MediaKind::Sticker, "image/webp")]
    fn the_bytes_decide_not_the_name(
        #[case] bytes: &[u8],
        #[case] name: &str,
        #[case] kind: MediaKind,
        #[case] mime: &'static str,
    ) {
        assert_eq!(sniff(bytes, name), Ok(Sniffed { kind, mime }));
    }

    #[rstest]
    #[case(b"", "a.png")]
    #[case(b"MZ\x90\x00\x03\x00\x00\x00", "a.pdf")]
    #[case(b"\x00\x01\x02\x03", "a.pdf")]
    #[case(b"GIF89aaaaaaaaa", "a.gif")]
    #[case(b"PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a.zip")]
    fn what_cannot_be_sent_is_refused_before_the_wire(#[case] bytes: &[u8], #[case] name: &str) {
        assert!(sniff(bytes, name).is_err());
    }

    #[test]
    fn a_picture_above_five_megabytes_is_refused_with_both_sizes() {
        let mut bytes = b"\xFF\xD8\xFF\xE0".to_vec();
        bytes.resize(5 * MB + 1, 0);
        let e = sniff(&bytes, "a.jpg").unwrap_err().to_string();
        assert_eq!(e, "the image has 5242881 bytes; at most 5242880 are allowed");
    }

    #[test]
    fn a_checksum_is_compared_in_base64_and_hex_and_nonsense_says_nothing() {
        let hex = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        assert!(checksum_matches(b"hello", hex));
        assert!(checksum_matches(b"hello", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="));
        assert!(!checksum_matches(b"hullo", hex));
        assert!(checksum_matches(b"hullo", "EXAMPLE"));
    }
}
