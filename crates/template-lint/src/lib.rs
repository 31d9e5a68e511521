//! Finds what the review of a message template would refuse, before it is submitted (templates.md §3–§6, §12).
//!
//! A rejection costs a day, so that everything that can be known beforehand is said while the operator still writes.
//! What the platform's documentation confirms *blocks*; what only experience says *warns*; what makes a better message
//! is *advice*. The linter reads the JSON that is sent to Meta, however broken, so that the same code serves the
//! editor, the command line and a build pipeline. It needs no network and no account.
//!
//! ```
//! use serde_json::json;
//! let draft = json!({
//!     "name": "order_shipped", "language": "en_US", "category": "UTILITY",
//!     "components": [{"type": "BODY", "text": "{{1}} is on its way."}]
//! });
//! let findings = switchboard_template_lint::lint(&draft, &[]);
//! assert!(findings.iter().any(|f| f.rule.id() == "variable-at-edge"));
//! ```

mod authentication;
mod buttons;
mod category;
mod findings;
mod samples;
mod special;
mod style;
mod text;
mod twins;
mod variables;
mod view;
mod whole;
mod words;

use serde_json::Value;

pub use findings::{Finding, Rule, Severity, apply};
pub use twins::Known;

use findings::Findings;
use view::View;

/// The categories that a template may ask for, with `AUTHENTICATION` apart: its text is Meta's own.
const AUTHENTICATION: &str = "AUTHENTICATION";

/// Everything there is to say about a template, the gravest first and else in reading order.
///
/// `draft` is the body of `POST /{waba}/message_templates` or what `GET` returns for a template. `known` are the
/// account's other templates, for what may not stand twice; without them that rule is silent.
pub fn lint(draft: &Value, known: &[Known]) -> Vec<Finding> {
    let mut findings = Findings::default();
    let Some(view) = View::read(draft) else {
        findings.add(Rule::NotATemplate, "", "This is not a template: a JSON object with `components` is expected.");
        return findings.sorted();
    };
    whole::check(&view, &mut findings);
    if view.category == AUTHENTICATION {
        authentication::check(&view, &mut findings);
        buttons::check(&view, &mut findings);
        return findings.sorted();
    }
    text::check(&view, &mut findings);
    variables::check(&view, &mut findings);
    samples::check(&view, &mut findings);
    buttons::check(&view, &mut findings);
    special::check(&view, &mut findings);
    category::check(&view, &mut findings);
    style::check(&view, &mut findings);
    twins::check(&view, known, &mut findings);
    findings.sorted()
}

/// Whether Meta would refuse it as it is: something blocks.
pub fn blocks(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity() == Severity::Blocks)
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;
