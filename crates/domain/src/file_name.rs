//! Names of files that strangers send: made harmless before a person sees them or a disk keeps them.
//!
//! A name may carry folders, characters that a file system refuses, or marks that turn the reading order so that a
//! program looks like a picture. What is opened is decided by the ending alone, so the ending stays as it was written.

/// Longest name that every file system takes with room to spare, in bytes of UTF-8.
const LONGEST_BYTES: usize = 120;

/// Names that Windows keeps for devices, whatever ending follows.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Endings whose opening may run what the file says: programs, scripts, installers, links to programs, pages that run
/// scripts, and documents with macros.
const PROGRAMS: [&str; 74] = [
    "action",
    "ade",
    "adp",
    "apk",
    "app",
    "appimage",
    "appref-ms",
    "bash",
    "bat",
    "bin",
    "chm",
    "cmd",
    "com",
    "command",
    "cpl",
    "csh",
    "deb",
    "desktop",
    "dmg",
    "docm",
    "dotm",
    "exe",
    "fish",
    "flatpakref",
    "gadget",
    "hta",
    "htm",
    "html",
    "img",
    "inf",
    "ins",
    "iso",
    "jar",
    "jnlp",
    "js",
    "jse",
    "ksh",
    "library-ms",
    "lnk",
    "mht",
    "mhtml",
    "mjs",
    "msc",
    "msi",
    "msix",
    "msp",
    "one",
    "osx",
    "pif",
    "pkg",
    "pl",
    "potm",
    "ppam",
    "ppsm",
    "pptm",
    "ps1",
    "py",
    "rb",
    "reg",
    "rpm",
    "run",
    "scf",
    "scpt",
    "scr",
    "sh",
    "svg",
    "url",
    "vb",
    "vbe",
    "vbs",
    "workflow",
    "wsf",
    "xlam",
    "xlsm",
];

/// A name under which a received file can be kept on any system, with an ending. `kind` is the message's word for it
/// (`image`, `document` …) and stands in where no name was given.
pub fn safe_file_name(given: Option<&str>, mime_type: Option<&str>, kind: &str) -> String {
    let last = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !deceives(*c)).map(|c| if refused(c) { '_' } else { c }).collect();
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let (stem, ending) = match clean.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && !ending.is_empty() && ending.chars().count() <= 12 => {
            (stem, ending.to_owned())
        }
        _ => (clean, ending_of(mime_type, kind).to_owned()),
    };
    let stem = if stem.trim().is_empty() { kind_word(kind) } else { stem };
    let first = stem.split('.').next().unwrap_or_default().trim().to_lowercase();
    let guard = if DEVICES.contains(&first.as_str()) { "_" } else { "" };
    let room = LONGEST_BYTES.saturating_sub(ending.len()).saturating_sub(2);
    let mut name = String::from(guard);
    for letter in stem.chars() {
        if name.len().saturating_add(letter.len_utf8()) > room {
            break;
        }
        name.push(letter);
    }
    format!("{}.{ending}", name.trim_end_matches(|c: char| c == '.' || c.is_whitespace()))
}

/// Whether opening a file of this name may run what it says.
pub fn may_run(file_name: &str) -> bool {
    let ending = file_name.rsplit_once('.').map(|(_, e)| e.trim().to_lowercase()).unwrap_or_default();
    PROGRAMS.contains(&ending.as_str())
}

/// Marks without a width, and those that turn the order of reading.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// What some file system refuses.
fn refused(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

fn kind_word(kind: &str) -> &'static str {
    match kind {
        "image" => "photo",
        "video" => "video",
        "audio" | "voice" => "audio",
        "sticker" => "sticker",
        _ => "document",
    }
}

/// Endings for what WhatsApp carries (messages.md §12).
fn ending_of(mime_type: Option<&str>, kind: &str) -> &'static str {
    match mime_type.unwrap_or_default().split(';').next().unwrap_or_default().trim() {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "video/mp4" => "mp4",
        "video/3gpp" => "3gp",
        "audio/aac" => "aac",
        "audio/amr" => "amr",
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        "audio/ogg" => "ogg",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        "text/csv" => "csv",
        "application/msword" => "doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.ms-excel" => "xls",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "application/vnd.ms-powerpoint" => "ppt",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => "pptx",
        _ => match kind {
            "image" => "jpg",
            "video" => "mp4",
            "audio" | "voice" => "ogg",
            "sticker" => "webp",
            _ => "bin",
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn document(name: &str) -> String {
        safe_file_name(Some(name), Some("application/pdf"), "document")
    }

    #[test]
    fn a_plain_name_stays_as_it_is() {
        assert_eq!(document("Rechnung März 2026.pdf"), "Rechnung März 2026.pdf");
        assert_eq!(document("archive.tar.gz"), "archive.tar.gz");
    }

    #[test]
    fn folders_devices_and_refused_characters_are_taken_away() {
        assert_eq!(document("../../.ssh/authorized_keys"), "authorized_keys.pdf");
        assert_eq!(document("C:\\Windows\\evil.txt"), "evil.txt");
        assert_eq!(document("a<b>:c?.txt"), "a_b__c_.txt");
        assert_eq!(document("con.txt"), "_con.txt");
        assert_eq!(document(".bashrc"), "bashrc.pdf");
        assert_eq!(document("trailing. . ."), "trailing.pdf");
    }

    #[test]
    fn a_program_cannot_look_like_a_picture() {
        // Shown, this reads "photo_exe.jpg"; what opens it goes by the true ending.
        let name = document("photo_\u{202e}gpj.exe");
        assert_eq!(name, "photo_gpj.exe");
        assert!(may_run(&name));
    }

    #[test]
    fn files_without_a_name_get_one_that_says_what_they_are() {
        assert_eq!(safe_file_name(None, Some("image/png"), "image"), "photo.png");
        assert_eq!(safe_file_name(Some("  "), Some("audio/ogg; codecs=opus"), "audio"), "audio.ogg");
        assert_eq!(safe_file_name(None, None, "document"), "document.bin");
    }

    #[test]
    fn what_runs_is_known_whatever_its_letters() {
        for name in ["a.EXE", "a.Sh", "x.desktop", "page.html", "sheet.xlsm", "document.bin"] {
            assert!(may_run(name), "{name}");
        }
        for name in ["a.pdf", "photo.jpg", "list.csv", "exe", "a.docx"] {
            assert!(!may_run(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_name_becomes_one_that_a_disk_takes(name in any::<String>(), kind in "[a-z]{0,8}") {
            let safe = safe_file_name(Some(&name), None, &kind);
            prop_assert!(safe.len() <= LONGEST_BYTES && safe.contains('.') && !safe.starts_with('.'));
            prop_assert!(!safe.chars().any(|c| refused(c) || deceives(c) || matches!(c, '/' | '\\')));
            prop_assert!(!safe.ends_with(['.', ' ']));
            prop_assert_eq!(&safe_file_name(Some(&safe), None, &kind), &safe, "a safe name is left alone");
        }
    }
}
