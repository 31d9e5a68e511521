//! JSON: one object for each person, in lines (NDJSON), in an array, or inside the answer of a shop system's API.
//!
//! Objects within objects become columns with dots in their names (`whatsAppMarketingConsent.state`), as far down as
//! exports go.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::super::ImportError;
use super::made::Made;
use super::text::{Decoding, TextShape};
use super::{LONGEST_RECORD_BYTES, MOST_CELLS, damaged};

/// Objects within objects that are followed.
const DEEPEST: usize = 5;
/// Names under which answers of APIs keep their lists.
const CONTAINERS: [&str; 12] = [
    "data",
    "customers",
    "customer",
    "edges",
    "node",
    "nodes",
    "contacts",
    "items",
    "results",
    "records",
    "people",
    "subscribers",
];

/// What the objects of a file have in common.
#[derive(Clone)]
pub(super) struct Shape {
    text: TextShape,
    is_array: bool,
    /// Every line is a value of its own, so that a broken one is one record and not the end.
    in_lines: bool,
    columns: Vec<String>,
}

impl std::fmt::Debug for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shape").field("columns", &self.columns.len()).finish_non_exhaustive()
    }
}

impl Shape {
    /// Reads the file once for its columns; `None` if it is no JSON after all.
    pub(super) fn find(path: &Path, text: &TextShape) -> Result<Option<Self>, ImportError> {
        let is_array = text.head_text.trim_start().starts_with('[');
        let in_lines = !is_array && first_line_is_whole(path, text)?;
        let mut shape = Self { text: text.clone(), is_array, in_lines, columns: Vec::new() };
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut columns: Vec<String> = Vec::new();
        let mut people = 0u64;
        let read = shape.each_person(path, &mut |person| {
            people += 1;
            flat(person, "", 0, &mut |name, _| {
                if columns.len() < MOST_CELLS && !places.contains_key(name) {
                    places.insert(name.to_owned(), columns.len());
                    columns.push(name.to_owned());
                }
            });
            true
        });
        match read {
            // Not one object: a table whose first cell begins with a bracket.
            Err(_) if people == 0 => Ok(None),
            Err(e) => Err(e),
            Ok(()) if columns.is_empty() => Err(ImportError::Empty),
            Ok(()) => {
                shape.columns = columns;
                Ok(Some(shape))
            }
        }
    }

    fn each_person(&self, path: &Path, each: &mut dyn FnMut(&Map<String, Value>) -> bool) -> Result<(), ImportError> {
        let file = File::open(path).map_err(ImportError::Unreadable)?;
        let input = BufReader::new(Unlimited(Decoding::new(BufReader::new(file), self.text.encoding)));
        if self.is_array {
            let mut reader = serde_json::Deserializer::from_reader(input);
            return EachOf(each).deserialize(&mut reader).map(|_| ()).or_else(stopped);
        }
        if self.in_lines {
            return each_line(input, each);
        }
        for value in serde_json::Deserializer::from_reader(input).into_iter::<Value>() {
            let value = value.map_err(|_| broken())?;
            if !people_in(&value, 0, each) {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// The people as records, with a header.
pub(super) fn records(path: &Path, shape: Arc<Shape>) -> Result<Made, ImportError> {
    let path = path.to_owned();
    Made::by(move |push| {
        if !push.row(shape.columns.iter().map(String::as_str)) {
            return Ok(());
        }
        let places: HashMap<&str, usize> = shape.columns.iter().enumerate().map(|(i, c)| (c.as_str(), i)).collect();
        let mut cells = vec![String::new(); shape.columns.len()];
        shape.each_person(&path, &mut |person| {
            cells.iter_mut().for_each(String::clear);
            flat(person, "", 0, &mut |name, value| {
                if let Some(cell) = places.get(name).and_then(|i| cells.get_mut(*i)) {
                    *cell = value;
                }
            });
            push.row(cells.iter().map(String::as_str))
        })
    })
}

fn first_line_is_whole(path: &Path, text: &TextShape) -> Result<bool, ImportError> {
    let file = File::open(path).map_err(ImportError::Unreadable)?;
    let input = BufReader::new(Decoding::new(BufReader::new(file), text.encoding));
    let mut line = String::new();
    let read = input.take(LONGEST_RECORD_BYTES as u64).read_line(&mut line);
    Ok(read.is_ok() && serde_json::from_str::<Map<String, Value>>(line.trim_start_matches('\u{feff}')).is_ok())
}

fn each_line(input: impl BufRead, each: &mut dyn FnMut(&Map<String, Value>) -> bool) -> Result<(), ImportError> {
    let mut input = input.take(0);
    let mut line = Vec::new();
    loop {
        line.clear();
        input.set_limit(LONGEST_RECORD_BYTES as u64);
        if input.read_until(b'\n', &mut line).map_err(ImportError::Unreadable)? == 0 {
            return Ok(());
        }
        if line.len() >= LONGEST_RECORD_BYTES {
            return Err(damaged("one line goes on for more than 8 MiB"));
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim().trim_start_matches('\u{feff}');
        if text.is_empty() {
            continue;
        }
        let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
        if !people_in(&value, 0, each) {
            return Ok(());
        }
    }
}

fn broken() -> ImportError {
    damaged("what begins as JSON does not go on as JSON")
}

/// Calls `each` with every person in a value; `false` when it has enough.
fn people_in(value: &Value, depth: usize, each: &mut dyn FnMut(&Map<String, Value>) -> bool) -> bool {
    match value {
        Value::Array(all) => all.iter().all(|v| people_in(v, depth, each)),
        Value::Object(map) => {
            // The answer of an API: nothing in it but a list, whatever it is called.
            let inner: Vec<&Value> = CONTAINERS
                .iter()
                .filter_map(|name| map.get(*name))
                .filter(|v| matches!(v, Value::Object(_) | Value::Array(_)))
                .collect();
            if depth < DEEPEST && !inner.is_empty() && !map.keys().any(|k| k.to_ascii_lowercase().contains("phone")) {
                return inner.into_iter().all(|v| people_in(v, depth + 1, each));
            }
            each(map)
        }
        // A word or a number among people is a record that names nobody.
        Value::Null => true,
        other => {
            let mut map = Map::new();
            map.insert("value".to_owned(), other.clone());
            each(&map)
        }
    }
}

/// Calls `each` with the name and text of every value in an object.
fn flat(map: &Map<String, Value>, above: &str, depth: usize, each: &mut dyn FnMut(&str, String)) {
    for (key, value) in map {
        let name = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        match value {
            Value::Object(inner) if depth < DEEPEST => flat(inner, &name, depth + 1, each),
            Value::Array(all) if all.iter().all(|v| !v.is_object() && !v.is_array()) => {
                each(&name, all.iter().map(word).collect::<Vec<_>>().join(", "));
            }
            other => each(&name, word(other)),
        }
    }
}

fn word(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

/// Streams the elements of an array.
struct EachOf<'a>(&'a mut dyn FnMut(&Map<String, Value>) -> bool);

/// What ends the reading early without being a fault.
const ENOUGH: &str = "enough was read";

fn stopped(error: serde_json::Error) -> Result<(), ImportError> {
    if error.to_string().starts_with(ENOUGH) { Ok(()) } else { Err(broken()) }
}

impl<'de> DeserializeSeed<'de> for EachOf<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for EachOf<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of people")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(value) = seq.next_element::<Value>()? {
            if !people_in(&value, 0, self.0) {
                return Err(serde::de::Error::custom(ENOUGH));
            }
        }
        Ok(())
    }
}

/// A whole answer of an API is one record of text; only objects within it are held.
struct Unlimited<R>(Decoding<R>);

impl<R: Read> Read for Unlimited<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.0.begin_record();
        self.0.read(buf)
    }
}
