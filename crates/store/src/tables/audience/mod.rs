//! Who is in an audience: counted, listed, gone through a page at a time.

mod lists;
mod page;
mod sql;
mod tags;
mod values;

pub use lists::{AudienceList, add_to_list, create_list, list_of, lists};
pub use page::{AudienceMember, AudienceQuery, audience_page};
pub use sql::{Compiled, Form, compile};
pub use tags::{TagCount, add_tag, remove_tag, tags, tags_of};
pub use values::{column_values, columns, has_column};

use rusqlite::{Connection, params_from_iter};
use switchboard_domain::audience::Audience;
use switchboard_domain::ids::ContactId;
use switchboard_domain::time::UnixMillis;

use crate::StoreError;
use crate::columns::{IdColumn, RowExt};

/// How many people an audience has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AudienceCount {
    /// People.
    pub people: u64,
    /// Of those, who may get marketing as far as consent and country go.
    pub may_market: u64,
}

/// Entries that stand for a person of today.
const PRESENT: &str = "c.merged_into IS NULL AND c.erased_at_ms IS NULL";

/// The people of an audience as a condition on `contacts c`.
fn condition(audience: &Audience, now: UnixMillis, form: Form) -> Compiled {
    let in_table = |table: &str, column: &str, ids: Vec<Vec<u8>>| {
        let marks: Vec<String> = (1..=ids.len()).map(|n| format!("?{n}")).collect();
        Compiled {
            sql: format!(
                "c.contact_id IN (SELECT COALESCE(p.merged_into, p.contact_id) FROM {table} x \
                 JOIN contacts p ON p.contact_id = x.contact_id WHERE x.{column} IN ({}))",
                marks.join(", ")
            ),
            bind: ids.into_iter().map(Into::into).collect(),
        }
    };
    match audience {
        Audience::Everybody => Compiled { sql: "1".to_owned(), bind: Vec::new() },
        Audience::Imports { import_ids } => {
            in_table("import_contacts", "import_id", import_ids.iter().map(|i| i.bytes().to_vec()).collect())
        }
        Audience::Contacts { contact_ids } => {
            in_table("contacts", "contact_id", contact_ids.iter().map(|i| i.bytes().to_vec()).collect())
        }
        Audience::Filter { filter } => compile(filter, now, form, 1),
    }
}

/// Counts an audience as it is at a moment.
///
/// # Errors
/// [`StoreError`].
pub fn count(connection: &Connection, audience: &Audience, now: UnixMillis) -> Result<AudienceCount, StoreError> {
    let Compiled { sql, bind } = condition(audience, now, Form::Set);
    let sql = format!("SELECT COUNT(*), COALESCE(SUM(c.may_market), 0) FROM contacts c WHERE {PRESENT} AND {sql}");
    Ok(connection
        .prepare_cached(&sql)?
        .query_row(params_from_iter(bind), |r| Ok(AudienceCount { people: r.get(0)?, may_market: r.get(1)? }))?)
}

/// A few people of an audience, the newest first.
///
/// # Errors
/// [`StoreError`].
pub fn some(
    connection: &Connection,
    audience: &Audience,
    now: UnixMillis,
    at_most: u32,
) -> Result<Vec<ContactId>, StoreError> {
    let Compiled { sql, bind } = condition(audience, now, Form::Probe);
    let sql = format!(
        "SELECT c.contact_id FROM contacts c WHERE {PRESENT} AND {sql} ORDER BY c.contact_id DESC LIMIT {at_most}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(bind), |r| r.id("contact_id"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests;
