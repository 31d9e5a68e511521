//! Meta's own OpenAPI description (v23.0), and what of an answer it does not allow or does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jsonschema::Draft;
use serde_json::{Map, Value, json};

/// The description, with `#/…` references.
pub struct Spec {
    document: Value,
}

/// One way in which an answer is not as described.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    pub operation: String,
    pub status: u16,
    /// Where in the answer; positions in lists are `*`.
    pub at: String,
    /// The keyword of the schema that does not hold, or `undeclared` for a key that the schema does not know.
    pub problem: String,
}

impl Spec {
    /// The description from the shared folder; `None`, with a loud line, when it is not there.
    pub fn load() -> Option<Self> {
        let root = std::env::var_os("SWITCHBOARD_SHARED")
            .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
        let path = root.join("cloud-api/spec/business-messaging-api_v23.0.yaml");
        let Ok(text) = std::fs::read_to_string(&path) else {
            eprintln!("SKIPPED: Meta's OpenAPI is not at {}; set SWITCHBOARD_SHARED to run this", path.display());
            return None;
        };
        let mut document: Value = serde_yaml_ng::from_str(&text).expect("the description is YAML");
        allow_null(&mut document);
        Some(Self { document })
    }

    /// Every operation as `GET /{Phone-Number-ID}/settings`, without the version.
    pub fn operations(&self) -> BTreeSet<String> {
        let paths = self.document["paths"].as_object().unwrap();
        let mut all = BTreeSet::new();
        for (path, item) in paths {
            for method in ["get", "post", "put", "delete"] {
                if item.get(method).is_some() {
                    all.insert(format!("{} {}", method.to_uppercase(), path.trim_start_matches("/{Version}")));
                }
            }
        }
        all
    }

    /// The schema of an answer; `None` where the description has none for this status.
    fn answer_schema(&self, operation: &str, status: u16) -> Option<&Value> {
        let (method, path) = operation.split_once(' ').unwrap();
        let item = &self.document["paths"][format!("/{{Version}}{path}")][method.to_lowercase()];
        assert!(item.is_object(), "{operation} is not in the description");
        let response = self.resolve(item["responses"].get(status.to_string())?);
        response["content"].as_object()?.values().find_map(|media| media.get("schema"))
    }

    fn resolve<'a>(&'a self, mut node: &'a Value) -> &'a Value {
        while let Some(reference) = node.get("$ref").and_then(Value::as_str) {
            node = self.document.pointer(reference.trim_start_matches('#')).expect("references lead somewhere");
        }
        node
    }

    /// Everything about an answer that the description does not allow or does not know.
    pub fn differences(&self, operation: &str, status: u16, answer: &Value) -> BTreeSet<Difference> {
        let mut found = BTreeSet::new();
        let difference = |at: String, problem: String| Difference {
            operation: operation.to_owned(),
            status,
            at: starred(&at),
            problem,
        };
        let Some(schema) = self.answer_schema(operation, status) else {
            found.insert(difference(String::new(), "no schema".to_owned()));
            return found;
        };
        self.held_against(schema, answer, &mut |at, problem| {
            found.insert(difference(at, problem));
        });
        found
    }

    /// The same of a refusal. Where the operation describes no refusal of this status, the description's general one holds.
    pub fn refusal_differences(&self, operation: &str, status: u16, answer: &Value) -> BTreeSet<Difference> {
        let general = json!({"$ref": "#/components/schemas/GraphAPIError"});
        let schema =
            if self.describes(operation) { self.answer_schema(operation, status) } else { None }.unwrap_or(&general);
        let mut found = BTreeSet::new();
        self.held_against(schema, answer, &mut |at, problem| {
            found.insert(Difference { operation: operation.to_owned(), status, at: starred(&at), problem });
        });
        found
    }

    /// Whether the operation is in the description.
    pub fn describes(&self, operation: &str) -> bool {
        self.operations().contains(operation)
    }

    /// Whether the operation describes an answer of this status.
    pub fn describes_status(&self, operation: &str, status: u16) -> bool {
        self.describes(operation) && self.answer_schema(operation, status).is_some()
    }

    fn held_against(&self, schema: &Value, answer: &Value, found: &mut dyn FnMut(String, String)) {
        // References go from the root of the document, so the schema is given its components.
        let whole = json!({"allOf": [schema], "components": self.document["components"]});
        let validator =
            jsonschema::options().with_draft(Draft::Draft202012).build(&whole).expect("the schema itself is valid");
        for error in validator.iter_errors(answer) {
            let keyword = error.kind().keyword().to_owned();
            let problem = match error.kind() {
                jsonschema::error::ValidationErrorKind::Required { property } => {
                    format!("required {}", property.as_str().unwrap_or_default())
                }
                _ => keyword,
            };
            found(error.instance_path().as_str().to_owned(), problem);
        }
        let mut undeclared = Vec::new();
        self.undeclared(&[schema], answer, String::new(), &mut undeclared);
        for at in undeclared {
            found(at, "undeclared".to_owned());
        }
    }

    /// Keys of an answer that no schema at their place names. Where nothing is named, anything goes.
    fn undeclared(&self, schemas: &[&Value], answer: &Value, at: String, out: &mut Vec<String>) {
        let mut properties: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        let mut items: Vec<&Value> = Vec::new();
        let mut open = false;
        let mut stack: Vec<&Value> = schemas.to_vec();
        let mut steps = 0;
        while let Some(schema) = stack.pop() {
            steps += 1;
            assert!(steps < 10_000, "a schema refers to itself");
            let schema = self.resolve(schema);
            for word in ["allOf", "oneOf", "anyOf"] {
                stack.extend(schema.get(word).and_then(Value::as_array).into_iter().flatten());
            }
            for (key, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
                properties.entry(key).or_default().push(property);
            }
            items.extend(schema.get("items"));
            open |= matches!(schema.get("additionalProperties"), Some(Value::Bool(true) | Value::Object(_)));
        }
        match answer {
            Value::Object(map) if !properties.is_empty() && !open => {
                for (key, value) in map {
                    let here = format!("{at}/{key}");
                    match properties.get(key.as_str()) {
                        Some(known) => self.undeclared(known, value, here, out),
                        None => out.push(here),
                    }
                }
            }
            Value::Array(list) if !items.is_empty() => {
                for value in list {
                    self.undeclared(&items, value, format!("{at}/*"), out);
                }
            }
            _ => {}
        }
    }
}

/// `nullable` of OpenAPI 3.0, which stands in places of this 3.1 document, as JSON Schema says it.
fn allow_null(node: &mut Value) {
    match node {
        Value::Object(map) => {
            if map.remove("nullable") == Some(Value::Bool(true))
                && let Some(kind) = map.get("type").cloned().filter(Value::is_string)
            {
                map.insert("type".to_owned(), json!([kind, "null"]));
            }
            map.values_mut().for_each(allow_null);
        }
        Value::Array(list) => list.iter_mut().for_each(allow_null),
        _ => {}
    }
}

fn starred(at: &str) -> String {
    at.split('/')
        .map(|word| if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) { "*" } else { word })
        .collect::<Vec<_>>()
        .join("/")
}

/// The differences that newer facts explain, each with its reason: the one file of exceptions.
pub struct Explained {
    list: Vec<(Difference, String)>,
    not_played: Map<String, Value>,
}

impl Explained {
    /// Reads `openapi_differences.json` beside this file.
    pub fn load() -> Self {
        let file: Value = serde_json::from_str(include_str!("openapi_differences.json")).unwrap();
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let list = file["differences"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                let difference = Difference {
                    operation: text(entry, "operation"),
                    status: u16::try_from(entry["status"].as_u64().unwrap()).unwrap(),
                    at: text(entry, "at"),
                    problem: text(entry, "problem"),
                };
                let reason = text(entry, "reason");
                assert!(reason.len() > 15 && reason.ends_with('.'), "{difference:?} has no reason");
                (difference, reason)
            })
            .collect();
        Self { list, not_played: file["not_played"].as_object().unwrap().clone() }
    }

    /// The operations that we do not play, each with its reason.
    pub fn not_played(&self) -> BTreeSet<String> {
        for (operation, reason) in &self.not_played {
            assert!(reason.as_str().is_some_and(|r| r.len() > 15 && r.ends_with('.')), "{operation} has no reason");
        }
        self.not_played.keys().cloned().collect()
    }

    /// What differs and is not explained, and what is explained and does not differ (any more).
    pub fn compare(&self, found: &BTreeSet<Difference>) -> (Vec<Difference>, Vec<Difference>) {
        let explained: BTreeSet<Difference> = self.list.iter().map(|(difference, _)| difference.clone()).collect();
        assert_eq!(explained.len(), self.list.len(), "a difference is explained twice");
        // `*` as operation stands for all of them, status 0 for all refusals.
        let covers = |reason: &Difference, one: &Difference| {
            (reason.operation == "*" || reason.operation == one.operation)
                && (reason.status == one.status || reason.status == 0 && one.status >= 400)
                && (&reason.at, &reason.problem) == (&one.at, &one.problem)
        };
        let unexplained = found.iter().filter(|one| !explained.iter().any(|e| covers(e, one)));
        let stale = explained.iter().filter(|reason| !found.iter().any(|one| covers(reason, one)));
        (unexplained.cloned().collect(), stale.cloned().collect())
    }
}
