//! Canaries: words that nobody else writes, looked for in every shape that a program might write them in.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};

/// A word under watch and the shapes it is looked for in.
struct Canary {
    what: String,
    shapes: Vec<(String, Vec<u8>)>,
}

/// Words under watch.
#[derive(Default)]
pub struct Canaries(Vec<Canary>);

impl Canaries {
    /// Watches for a text. `what` is what a finding calls it.
    pub fn watch(&mut self, what: &str, text: &str) {
        assert!(text.len() >= 8, "{what} is too short to be told from chance");
        let bytes = text.as_bytes();
        let mut shapes = vec![("plain".to_owned(), bytes.to_vec())];
        for (name, alphabet) in [("base64", alphabet::STANDARD), ("base64url", alphabet::URL_SAFE)] {
            let engine = GeneralPurpose::new(&alphabet, NO_PAD);
            for offset in 0..3 {
                shapes.push((format!("{name} at {offset}"), inside_base64(&engine, bytes, offset)));
            }
        }
        let hex: String = hex::encode(bytes);
        shapes.push(("HEX".to_owned(), hex.to_uppercase().into_bytes()));
        shapes.push(("hex".to_owned(), hex.into_bytes()));
        shapes.push(("UTF-16LE".to_owned(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()));
        shapes.push(("UTF-16BE".to_owned(), text.encode_utf16().flat_map(u16::to_be_bytes).collect()));
        shapes.push(("percent".to_owned(), percent(text).into_bytes()));
        shapes.push(("form".to_owned(), percent(text).replace("%20", "+").into_bytes()));
        self.0.push(Canary { what: what.to_owned(), shapes });
    }

    /// Watches for a phone number in E.164 as machines and as people write it.
    pub fn watch_number(&mut self, what: &str, e164: &str) {
        let digits = e164.trim_start_matches('+');
        self.watch(what, digits);
        let (area, exchange, line) = (&digits[1..4], &digits[4..7], &digits[7..]);
        for (between, end) in [(" ", " "), ("-", "-"), (" ", "-"), (".", ".")] {
            self.watch(&format!("{what} as read"), &format!("{area}{between}{exchange}{end}{line}"));
        }
        self.watch(&format!("{what} in brackets"), &format!("({area}) {exchange}-{line}"));
    }

    /// Watches for a key given in hex, as those digits and as the bytes they stand for.
    pub fn watch_key(&mut self, what: &str, digits: &str) {
        self.watch(what, digits);
        let bytes = hex::decode(digits).unwrap();
        let engine = GeneralPurpose::new(&alphabet::STANDARD, NO_PAD);
        let mut shapes = vec![("bytes".to_owned(), bytes.clone())];
        shapes.extend((0..3).map(|o| (format!("bytes in base64 at {o}"), inside_base64(&engine, &bytes, o))));
        self.0.push(Canary { what: what.to_owned(), shapes });
    }

    /// What is found in some bytes, and in which shape.
    pub fn found_in(&self, bytes: &[u8]) -> Vec<String> {
        self.0
            .iter()
            .flat_map(|canary| {
                let shapes = canary.shapes.iter().filter(|(_, shape)| holds(bytes, shape));
                shapes.map(|(name, _)| format!("{} ({name})", canary.what))
            })
            .collect()
    }

    /// What is found in the files below a folder, and how many were searched. Paths that end as `skip` says are left
    /// out.
    pub fn search_folder(&self, folder: &Path, skip: &[&str]) -> (Vec<String>, Vec<PathBuf>) {
        let mut files = Vec::new();
        below(folder, skip, &mut files);
        let mut findings = Vec::new();
        for file in &files {
            let place = file.strip_prefix(folder).unwrap_or(file);
            // Names are searched like contents.
            let mut found = self.found_in(place.to_string_lossy().as_bytes());
            found.extend(std::fs::read(file).map(|bytes| self.found_in(&bytes)).unwrap_or_default());
            findings.extend(found.into_iter().map(|what| format!("{}: {what}", place.display())));
        }
        (findings, files)
    }

    /// What a process shows everybody who may look at it: its arguments and its environment.
    pub fn search_process(&self, pid: u32) -> Vec<String> {
        let mut findings = Vec::new();
        for place in ["cmdline", "environ"] {
            let bytes = std::fs::read(format!("/proc/{pid}/{place}")).unwrap();
            assert!(!bytes.is_empty(), "/proc/{pid}/{place} tells nothing");
            findings.extend(self.found_in(&bytes).into_iter().map(|what| format!("/proc/{pid}/{place}: {what}")));
        }
        findings
    }
}

/// The letters that these bytes surely have inside a longer text in base64, `offset` bytes after a multiple of three.
fn inside_base64(engine: &GeneralPurpose, bytes: &[u8], offset: usize) -> Vec<u8> {
    let padded = [&vec![0; offset], bytes].concat();
    let letters = engine.encode(&padded);
    let first = [0, 2, 3][offset];
    let whole = padded.len() * 8 / 6;
    letters.as_bytes()[first..whole].to_vec()
}

fn percent(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn holds(bytes: &[u8], shape: &[u8]) -> bool {
    let Some(&first) = shape.first() else { return false };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|b| *b == first) {
        rest = &rest[at..];
        if rest.starts_with(shape) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

fn below(folder: &Path, skip: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if skip.iter().any(|s| path.ends_with(s)) {
            continue;
        }
        if path.is_dir() {
            below(&path, skip, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However a longer text around it is written, the word in it is found.
    #[test]
    fn a_word_is_found_in_every_shape_and_a_similar_one_is_not() {
        let word = "Zyxwindra Quéllmoor";
        let mut canaries = Canaries::default();
        canaries.watch("name", word);
        for before in ["", "a", "ab", "abc"] {
            let text = format!("{before}{word} and more");
            let standard = base64::engine::general_purpose::STANDARD.encode(&text);
            let written: Vec<Vec<u8>> = vec![
                text.clone().into_bytes(),
                standard.into_bytes(),
                hex::encode(&text).into_bytes(),
                text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                percent(&text).into_bytes(),
            ];
            for bytes in written {
                assert!(!canaries.found_in(&bytes).is_empty(), "{}", String::from_utf8_lossy(&bytes));
            }
        }
        assert!(canaries.found_in("Zyxwindra Quellmoor".as_bytes()).is_empty());
    }

    #[test]
    fn a_number_is_found_as_people_write_it() {
        let mut canaries = Canaries::default();
        canaries.watch_number("number", "+14165550177");
        for text in ["+1 416 555 0177", "+1 416-555-0177", "(416) 555-0177", "14165550177", "1.416.555.0177"] {
            assert!(!canaries.found_in(text.as_bytes()).is_empty(), "{text}");
        }
    }
}
