//! Templates that are the same as another, or nearly (templates.md §12).

use serde::{Deserialize, Serialize};
use switchboard_domain::text_fold::fold;

use crate::findings::{Findings, Rule};
use crate::view::{Kind, View};

/// Alike from here on.
const NEARLY: f64 = 0.93;
/// Shorter texts are alike by chance.
const CHARS: usize = 40;

/// Another template of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// Its body as written.
    pub body: String,
    /// Its footer, empty without one.
    #[serde(default)]
    pub footer: String,
}

pub(crate) fn check(view: &View<'_>, known: &[Known], findings: &mut Findings) {
    let (body, footer) = (view.text_of(Kind::Body), view.text_of(Kind::Footer));
    if body.trim().is_empty() {
        return;
    }
    let own = fold(&format!("{body} {footer}"));
    for other in known.iter().filter(|other| other.name != view.name || other.language != view.language) {
        if other.body.trim() == body.trim() && other.footer.trim() == footer.trim() {
            let what =
                format!("`{}` ({}) has the same body and footer. Meta refuses the second.", other.name, other.language);
            findings.add(Rule::Duplicate, "body", what);
            return;
        }
    }
    let long = own.chars().count();
    let twin = known.iter().find(|other| {
        let theirs = fold(&format!("{} {}", other.body, other.footer));
        // Lengths apart by more than the threshold cannot be alike: the costly comparison is skipped.
        let theirs_long = theirs.chars().count();
        let (less, more) = (long.min(theirs_long), long.max(theirs_long));
        other.language == view.language
            && other.name != view.name
            && less >= CHARS
            && less.saturating_mul(100) >= more.saturating_mul(93)
            && strsim::normalized_levenshtein(&own, &theirs) >= NEARLY
    });
    if let Some(twin) = twin {
        findings.add(
            Rule::NearDuplicate,
            "body",
            format!("`{}` says nearly the same. Could it be used instead?", twin.name),
        );
    }
}
