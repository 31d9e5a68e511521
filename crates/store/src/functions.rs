//! Functions of ours that SQL may call, the same in every connection: comparing forms of what audiences are chosen by.
//! The triggers that keep `contact_values` and `contact_tags` use them, so that what is looked up was made by the code
//! that compares in memory (`domain::audience`).

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use switchboard_domain::audience::{day_of, number_of, tag_key, tags_in, value_key};

use crate::StoreError;

/// They read nothing but their arguments, so a trigger may call them although the schema is not trusted.
const PURE: FunctionFlags =
    FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC).union(FunctionFlags::SQLITE_INNOCUOUS);

/// Columns of lists that hold tags, in comparing form.
const TAG_COLUMNS: &[&str] =
    &["tags", "tag", "labels", "label", "etiquetas", "étiquettes", "schlagworte", "schlagwörter"];

fn text(context: &Context<'_>, index: usize) -> String {
    match context.get_raw(index) {
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        ValueRef::Integer(n) => n.to_string(),
        ValueRef::Real(n) => n.to_string(),
        ValueRef::Null | ValueRef::Blob(_) => String::new(),
    }
}

pub(crate) fn register(connection: &Connection) -> Result<(), StoreError> {
    connection.create_scalar_function("value_key", 1, PURE, |c| Ok(value_key(&text(c, 0))))?;
    connection.create_scalar_function("tag_key", 1, PURE, |c| Ok(tag_key(&text(c, 0))))?;
    connection.create_scalar_function("value_number", 1, PURE, |c| Ok(number_of(&text(c, 0))))?;
    connection.create_scalar_function("value_day", 1, PURE, |c| Ok(day_of(&text(c, 0))))?;
    connection.create_scalar_function("cell_tags", 2, PURE, |c| {
        let tags =
            if TAG_COLUMNS.contains(&value_key(&text(c, 0)).as_str()) { tags_in(&text(c, 1)) } else { Vec::new() };
        Ok(serde_json::Value::from(tags).to_string())
    })?;
    Ok(())
}
