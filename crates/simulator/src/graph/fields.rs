//! The `fields` parameter and cursor paging, as Graph does them everywhere.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::Call;
use super::error::GraphError;

/// Field names of `a,b{c,d},e.limit(3)` at the top level.
pub(crate) fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0_i32;
    let mut current = String::new();
    for c in text.chars() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                names.push(std::mem::take(&mut current));
                continue;
            }
            _ => {}
        }
        if depth == 0 && !matches!(c, '}' | ')' | ']') {
            current.push(c);
        }
    }
    names.push(current);
    names
        .into_iter()
        .map(|n| n.trim().split('.').next().unwrap_or_default().to_owned())
        .filter(|n| !n.is_empty())
        .collect()
}

/// The asked-for part of a node; `known` names fields that exist but may be absent here.
pub(crate) fn pick(
    node: &Map<String, Value>,
    call: &Call,
    defaults: &[&str],
    known: &[&str],
    type_name: &str,
) -> Result<Value, GraphError> {
    let Some(asked) = call.query.get("fields").filter(|f| !f.trim().is_empty()) else {
        return Ok(Value::Object(
            node.iter()
                .filter(|(key, _)| defaults.contains(&key.as_str()))
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect(),
        ));
    };
    let mut picked = Map::new();
    for name in names(asked) {
        match node.get(&name) {
            Some(value) => {
                picked.insert(name, value.clone());
            }
            None if known.contains(&name.as_str()) => {}
            None => {
                return Err(GraphError::new(
                    100,
                    format!("Tried accessing nonexisting field ({name}) on node type ({type_name})"),
                ));
            }
        }
    }
    if let Some(id) = node.get("id") {
        picked.insert("id".into(), id.clone());
    }
    Ok(Value::Object(picked))
}

/// A cursor for a position in a list that changes: the key of the element it points at.
fn cursor(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("after:{key}"))
}

fn read_cursor(text: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?.strip_prefix("after:").map(str::to_owned)
}

/// One page of `items` (key, value) with Graph's `paging` object.
///
/// A cursor whose element has gone answers 131059, as for templates since v24 (templates.md §1.1).
pub(crate) fn page(
    items: Vec<(String, Value)>,
    call: &Call,
    graph_url: &str,
    default_limit: usize,
) -> Result<Map<String, Value>, GraphError> {
    let limit = match call.query.get("limit") {
        None => default_limit,
        Some(text) => text.parse::<usize>().ok().filter(|n| (1..=1000).contains(n)).ok_or_else(|| {
            GraphError::new(100, "Invalid parameter").details("limit must be a number from 1 to 1000.")
        })?,
    };
    let position = |param: &str| -> Result<Option<usize>, GraphError> {
        let Some(text) = call.query.get(param).filter(|t| !t.is_empty()) else { return Ok(None) };
        let key = read_cursor(text).ok_or_else(|| stale(param))?;
        items.iter().position(|(k, _)| *k == key).map(Some).ok_or_else(|| stale(param))
    };
    let (from, to) = match (position("after")?, position("before")?) {
        (Some(after), _) => (after.saturating_add(1), after.saturating_add(1).saturating_add(limit)),
        (None, Some(before)) => (before.saturating_sub(limit), before),
        (None, None) => (0, limit),
    };
    let total = items.len();
    let shown: Vec<(String, Value)> = items.into_iter().skip(from).take(to.saturating_sub(from)).collect();
    let mut answer = Map::new();
    if let (Some(first), Some(last)) = (shown.first(), shown.last()) {
        let after = cursor(&last.0);
        let mut paging = json!({"cursors": {"before": cursor(&first.0), "after": after}});
        if let Some(paging) = paging.as_object_mut() {
            if to < total {
                paging.insert("next".into(), json!(link(call, graph_url, limit, "after", &after)));
            }
            if from > 0 {
                paging.insert("previous".into(), json!(link(call, graph_url, limit, "before", &cursor(&first.0))));
            }
        }
        answer.insert("paging".into(), paging);
    }
    answer.insert("data".into(), Value::Array(shown.into_iter().map(|(_, v)| v).collect()));
    Ok(answer)
}

fn stale(param: &str) -> GraphError {
    GraphError::of(131_059, format!("The cursor in \"{param}\" is invalid or has expired. Start again without it."))
}

fn link(call: &Call, graph_url: &str, limit: usize, direction: &str, cursor: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in &call.query {
        if !matches!(key.as_str(), "after" | "before" | "limit" | "access_token") {
            query.append_pair(key, value);
        }
    }
    query.append_pair("limit", &limit.to_string()).append_pair(direction, cursor);
    format!("{graph_url}/{}/{}?{}", call.version, call.path.join("/"), query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_lists_may_nest() {
        assert_eq!(
            names("id, name{x,y},analytics.start(1).end(2), quality_score"),
            ["id", "name", "analytics", "quality_score"]
        );
    }
}
