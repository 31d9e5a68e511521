//! `consent check-proof`, `suppression export|import`.

use std::path::Path;

use serde_json::Value;
use switchboard_bridge::dto::{SuppressionExport, SuppressionImport};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_engine::{api, proof};

use super::document;
use super::people::full;
use crate::arguments::Suppression;
use crate::output::{Answer, plain, usage};
use crate::session::Session;

pub(super) async fn suppression(session: &Session, command: Suppression) -> Result<Value, UiError> {
    let console = session.open(false).await?;
    match command {
        Suppression::Export { out } => {
            document(&api::suppression_export(&console, SuppressionExport { path: full(&out) }).await?)
        }
        Suppression::Import { file, region, note } => {
            document(&api::suppression_import(&console, SuppressionImport { path: full(&file), region, note }).await?)
        }
    }
}

/// Reads the file and nothing else: it may be another business's.
pub(super) fn check_proof(file: &Path) -> Result<Answer, UiError> {
    let bytes = std::fs::read(file).map_err(|_| usage("The file cannot be read.", "Check its path."))?;
    let Some(found) = proof::check(&bytes) else {
        return Err(UiError::new(
            UiErrorCode::InvalidInput,
            "This file is no proof of consent, or it was saved anew by another program.",
            "Check the file as it was handed over.",
        ));
    };
    let mut lines = String::new();
    lines.push_str(if found.holds { "The proof holds.\n" } else { "The proof does NOT hold.\n" });
    for problem in &found.problems {
        lines.push_str(&format!("  {problem}\n"));
    }
    let business = if found.business.is_empty() { "the business".to_owned() } else { plain(&found.business) };
    if let Some(mark) = &found.mark {
        lines.push_str(&format!("Sealed with the key {mark}: compare it with the mark that {business} shows.\n"));
    }
    lines.push_str(&format!(
        "Made {}, {} entries, the evidence of {} of them opened; the ledger had {} entries then.\n",
        plain(&found.made_at),
        found.entries,
        found.opened,
        found.ledger_entries
    ));
    if found.practice {
        lines.push_str("It speaks of a practice account, where nobody is real.\n");
    }
    for sentence in &found.may_receive {
        lines.push_str(&format!("  {}\n", plain(sentence)));
    }
    let mut answer = Answer::with_lines(document(&found)?, lines);
    answer.found_a_no = !found.holds;
    Ok(answer)
}
