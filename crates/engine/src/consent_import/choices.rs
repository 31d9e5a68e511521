//! What was decided about a file besides its columns' meaning, and how it is remembered for the next file of its kind.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use switchboard_bridge::dto;
use switchboard_domain::import::{ColumnRole, DateOrder, Mapping};
use switchboard_store::tables::imports::ImportRecord;

use super::source::ReadAs;

/// How a file is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Choices {
    pub read_as: ReadAs,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// A list of people who opted out.
    pub opt_outs: bool,
}

impl Choices {
    pub(super) fn of(request: &dto::ImportPreviewRequest) -> Self {
        Self {
            read_as: ReadAs { sheet: request.sheet.clone(), encoding: request.encoding.clone() },
            date_order: request.date_order.map(|o| match o {
                dto::DateOrder::DayFirst => DateOrder::DayFirst,
                dto::DateOrder::MonthFirst => DateOrder::MonthFirst,
            }),
            opt_outs: request.meaning == Some(dto::ImportMeaning::OptOuts),
        }
    }
}

/// Everything decided about one file, as it is kept with the import: what is needed to take it up again, to know the
/// same file again, and to read the next file with these columns the same way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Decisions {
    #[serde(flatten)]
    pub mapping: Mapping,
    #[serde(default)]
    pub choices: Choices,
    /// Names of columns with what they mean, and what recognises their set ([`columns_key`]). Empty without a header.
    #[serde(default)]
    pub by_header: Vec<(String, ColumnRole)>,
    #[serde(default)]
    pub columns_key: String,
}

impl Decisions {
    pub(super) fn of(mapping: &Mapping, choices: &Choices, headers: &[String]) -> Self {
        let by_header: Vec<(String, ColumnRole)> = headers
            .iter()
            .enumerate()
            .map(|(i, h)| (h.trim().to_owned(), mapping.role(i).unwrap_or(ColumnRole::Ignore)))
            .collect();
        Self {
            mapping: mapping.clone(),
            choices: choices.clone(),
            columns_key: if headers.is_empty() { String::new() } else { columns_key(headers) },
            by_header,
        }
    }

    pub(super) fn kept(record: &ImportRecord) -> Option<Self> {
        serde_json::from_str(&record.mapping).ok()
    }
}

/// Recognises a set of column names, whatever their order.
pub(super) fn columns_key(headers: &[String]) -> String {
    let names: BTreeSet<String> = headers.iter().map(|h| h.trim().to_lowercase()).filter(|h| !h.is_empty()).collect();
    let mut hash = Sha256::new();
    for name in names {
        hash.update(name.as_bytes());
        hash.update([0]);
    }
    hex::encode(hash.finalize())
}

/// The newest import of a file with these columns, and what they meant.
pub(super) fn remembered<'i>(before: &'i [ImportRecord], headers: &[String]) -> Option<(&'i ImportRecord, Decisions)> {
    if headers.is_empty() {
        return None;
    }
    let key = columns_key(headers);
    before
        .iter()
        .filter(|i| i.state != "cancelled" || i.cursor_row > 0)
        .find_map(|i| Decisions::kept(i).filter(|d| d.columns_key == key).map(|d| (i, d)))
}
