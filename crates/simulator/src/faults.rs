//! Planned faults: a test says which request or webhook goes wrong, and how (interfaces.md).

use serde::{Deserialize, Serialize};

/// What a fault applies to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Match {
    /// Last path word (`messages`, `media`, `message_templates`, `debug_token` …), `webhook`, or `*`.
    pub(crate) endpoint: String,
    /// Phone with or without `+`, or BSUID.
    #[serde(default)]
    pub(crate) recipient: Option<String>,
    /// Only the n-th request that matches otherwise, from 1.
    #[serde(default)]
    pub(crate) nth: Option<u64>,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    /// The connection closes before anything is processed.
    DropBefore,
    /// The request is processed, then the connection closes without an answer.
    DropAfter,
    /// The answer comes late.
    Delay(i64),
    /// A bare HTTP status without an envelope, nothing processed.
    Http(u16),
    /// An error of errors.md by code, nothing processed.
    Code(i64),
    /// The connection is reset (TCP RST) after the request was processed.
    Reset,
    /// The webhook is delivered twice.
    WhDuplicate,
    /// The webhook is delivered after later ones.
    WhReorder,
    /// The webhook is never delivered.
    WhDrop,
}

impl Action {
    fn for_webhooks(&self) -> bool {
        matches!(self, Self::WhDuplicate | Self::WhReorder | Self::WhDrop)
    }
}

/// One planned fault.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    #[serde(rename = "match")]
    pub(crate) on: Match,
    pub(crate) action: Action,
    /// How often it applies; 0 is without end.
    #[serde(default = "once")]
    pub(crate) times: u64,
    #[serde(default)]
    seen: u64,
    #[serde(default)]
    pub(crate) applied: u64,
}

fn once() -> u64 {
    1
}

/// The fault plan.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) list: Vec<Fault>,
}

impl Faults {
    /// The fault for this request, if one is planned.
    pub(crate) fn take(&mut self, endpoint: &str, recipient: &[&str], webhook: bool) -> Option<Action> {
        for fault in &mut self.list {
            if fault.action.for_webhooks() != webhook {
                continue;
            }
            let place = fault.on.endpoint == "*" || fault.on.endpoint == endpoint;
            let person =
                fault.on.recipient.as_deref().is_none_or(|wanted| recipient.contains(&wanted.trim_start_matches('+')));
            if !place || !person || (fault.times > 0 && fault.applied >= fault.times) {
                continue;
            }
            fault.seen = fault.seen.saturating_add(1);
            if fault.on.nth.is_some_and(|nth| nth != fault.seen) {
                continue;
            }
            fault.applied = fault.applied.saturating_add(1);
            return Some(fault.action.clone());
        }
        None
    }

    /// Whether any webhook fault is planned: the common case skips looking.
    pub(crate) fn any_for_webhooks(&self) -> bool {
        self.list.iter().any(|f| f.action.for_webhooks() && (f.times == 0 || f.applied < f.times))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_fault_applies_to_its_match_and_as_often_as_told() {
        let fault: Fault = serde_json::from_str(
            r#"{"match":{"endpoint":"messages","recipient":"+14165550123","nth":2},"action":"drop_after","times":1}"#,
        )
        .unwrap();
        let mut faults = Faults { list: vec![fault] };
        assert_eq!(faults.take("messages", &["14165550100"], false), None);
        assert_eq!(faults.take("messages", &["14165550123"], false), None, "the first one passes");
        assert_eq!(faults.take("messages", &["14165550123"], false), Some(Action::DropAfter));
        assert_eq!(faults.take("messages", &["14165550123"], false), None, "once");
    }

    #[test]
    fn actions_with_a_value_carry_it() {
        let fault: Fault =
            serde_json::from_str(r#"{"match":{"endpoint":"*"},"action":{"http":503},"times":0}"#).unwrap();
        assert_eq!(fault.action, Action::Http(503));
    }
}
