//! An audience gone through in the order of ids, a page at a time, with what a message is filled with and who is left
//! out. Launch and review read these pages; each is short, whatever the audience.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use switchboard_domain::audience::{Audience, Filter};
use switchboard_domain::ids::{ContactId, ImportId};
use switchboard_domain::time::UnixMillis;

use super::sql::{Form, compile};
use crate::StoreError;
use crate::columns::{IdColumn, RowExt};
use crate::tables::consent_gate;

/// People that a page of a filtered audience looks at, at most: one for whom few are chosen is short, too.
const LOOKED_AT: usize = 5_000;

/// A person of an audience, with what a message may be filled with.
#[derive(Clone)]
pub struct AudienceMember {
    /// The person (the surviving entry of merged ones).
    pub contact_id: ContactId,
    /// Whole name.
    pub name: String,
    /// First name, if known apart.
    pub first_name: String,
    /// Attributes, JSON object of texts.
    pub attributes: String,
    /// E.164, where it is known.
    pub phone: Option<String>,
    /// Business-scoped user id, where it is known.
    pub bsuid: Option<String>,
    /// Word of the rule that leaves this person out; none = may get it.
    pub left_out: Option<String>,
}

/// How an audience is read.
pub struct AudienceQuery<'a> {
    /// Whom for.
    pub audience: &'a Audience,
    /// From [`consent_gate::campaign_reason_sql`]: who is left out.
    pub reason_sql: &'a str,
    /// People who came later are not in it: the audience is that of the launch.
    pub until: UnixMillis,
}

/// The next members of an audience after a cursor, in the order of ids, and the cursor after them (`None` at the
/// end). Merged entries lead to the person who is left; erased people are in no audience.
///
/// # Errors
/// [`StoreError`].
pub fn audience_page(
    connection: &Connection,
    query: &AudienceQuery<'_>,
    after: Option<ContactId>,
    limit: usize,
) -> Result<(Vec<AudienceMember>, Option<ContactId>), StoreError> {
    let ids = match query.audience {
        Audience::Everybody => return everybody_after(connection, query, after, limit),
        Audience::Filter { filter } => return filtered_after(connection, query, filter, after, limit),
        Audience::Imports { import_ids } => imported_after(connection, import_ids, after, limit)?,
        Audience::Contacts { contact_ids } => {
            let mut ids: Vec<ContactId> = contact_ids.iter().copied().filter(|id| Some(*id) > after).collect();
            ids.sort_unstable();
            ids.dedup();
            ids.truncate(limit);
            ids
        }
    };
    let cursor = ids.last().copied();
    let mut members = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(member) = member(connection, query, id)? {
            members.push(member);
        }
    }
    Ok((members, cursor))
}

fn member_row(r: &Row<'_>) -> rusqlite::Result<AudienceMember> {
    Ok(AudienceMember {
        contact_id: r.id("contact_id")?,
        name: r.get(1)?,
        first_name: r.get(2)?,
        attributes: r.get(3)?,
        left_out: r.get(4)?,
        phone: r.get(5)?,
        bsuid: r.get(6)?,
    })
}

fn everybody_after(
    connection: &Connection,
    query: &AudienceQuery<'_>,
    after: Option<ContactId>,
    limit: usize,
) -> Result<(Vec<AudienceMember>, Option<ContactId>), StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT c.contact_id AS contact_id, c.name, c.first_name, c.attributes, {}, c.phone, c.bsuid FROM contacts c {} \
         WHERE c.contact_id > ?1 AND c.merged_into IS NULL AND c.erased_at_ms IS NULL AND c.created_at_ms <= ?2 \
         ORDER BY c.contact_id LIMIT ?3",
        query.reason_sql,
        consent_gate::CAMPAIGN_JOINS
    ))?;
    let after = after.map_or([0u8; 16], |c| *c.as_bytes());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let members =
        statement.query_map((after, query.until.as_ms(), limit), member_row)?.collect::<Result<Vec<_>, _>>()?;
    let cursor = members.last().map(|m| m.contact_id);
    Ok((members, cursor))
}

/// The people of the next stretch of ids for whom the filter holds. Where few do, the page is short or empty and the
/// cursor goes on all the same.
fn filtered_after(
    connection: &Connection,
    query: &AudienceQuery<'_>,
    filter: &Filter,
    after: Option<ContactId>,
    limit: usize,
) -> Result<(Vec<AudienceMember>, Option<ContactId>), StoreError> {
    let after = after.map_or([0u8; 16], |c| *c.as_bytes());
    let stretch = i64::try_from(LOOKED_AT.saturating_sub(1)).unwrap_or(i64::MAX);
    let end: Option<ContactId> = connection
        .prepare_cached("SELECT contact_id FROM contacts WHERE contact_id > ?1 ORDER BY contact_id LIMIT 1 OFFSET ?2")?
        .query_row((after, stretch), |r| r.id("contact_id"))
        .optional()?;
    let holds = compile(filter, query.until, Form::Probe, 5);
    let mut statement = connection.prepare_cached(&format!(
        "SELECT c.contact_id AS contact_id, c.name, c.first_name, c.attributes, {}, c.phone, c.bsuid FROM contacts c {} \
         WHERE c.contact_id > ?1 AND c.contact_id <= ?2 AND c.merged_into IS NULL AND c.erased_at_ms IS NULL \
         AND c.created_at_ms <= ?3 AND {} ORDER BY c.contact_id LIMIT ?4",
        query.reason_sql,
        consent_gate::CAMPAIGN_JOINS,
        holds.sql
    ))?;
    let mut bind: Vec<Value> = vec![
        after.to_vec().into(),
        end.map_or([0xff_u8; 16], |c| *c.as_bytes()).to_vec().into(),
        query.until.as_ms().into(),
        i64::try_from(limit).unwrap_or(i64::MAX).into(),
    ];
    bind.extend(holds.bind);
    let members = statement.query_map(params_from_iter(bind), member_row)?.collect::<Result<Vec<_>, _>>()?;
    let cursor = if members.len() == limit { members.last().map(|m| m.contact_id) } else { end };
    Ok((members, cursor))
}

/// The first `limit` of each import, merged: one index range per import whatever their size.
fn imported_after(
    connection: &Connection,
    imports: &[ImportId],
    after: Option<ContactId>,
    limit: usize,
) -> Result<Vec<ContactId>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT contact_id FROM import_contacts WHERE import_id = ?1 AND contact_id > ?2 ORDER BY contact_id LIMIT ?3",
    )?;
    let after = after.map_or([0u8; 16], |c| *c.as_bytes());
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut ids: Vec<ContactId> = Vec::new();
    for import in imports {
        for id in statement.query_map((import.bytes(), after, most), |r| r.id("contact_id"))? {
            ids.push(id?);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(limit);
    Ok(ids)
}

/// Follows merges to the person who is left; `None` for an erased or vanished one.
fn member(
    connection: &Connection,
    query: &AudienceQuery<'_>,
    id: ContactId,
) -> Result<Option<AudienceMember>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT c.contact_id AS contact_id, c.name, c.first_name, c.attributes, {}, c.phone, c.bsuid, c.merged_into AS merged_into, \
         c.erased_at_ms AS erased_at_ms FROM contacts c {} WHERE c.contact_id = ?1",
        query.reason_sql,
        consent_gate::CAMPAIGN_JOINS
    ))?;
    let mut id = id;
    // A merge chain is short; the bound keeps a damaged one from turning in circles.
    for _ in 0..16 {
        let found = statement
            .query_row([id.bytes()], |r| {
                Ok((member_row(r)?, r.id_opt::<ContactId>("merged_into")?, r.ms_opt("erased_at_ms")?))
            })
            .optional()?;
        match found {
            None | Some((_, _, Some(_))) => return Ok(None),
            Some((member, None, None)) => return Ok(Some(member)),
            Some((_, Some(into), None)) => id = into,
        }
    }
    Ok(None)
}
