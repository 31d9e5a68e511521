//! Audiences as a window and the command line build them: what there is to choose from, how many people it would be,
//! and the tags and lists that people are chosen by.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use switchboard_bridge::dto::{
    self, Audience as AudienceDto, AudienceChoices, AudienceCount, AudienceCountRequest, AudienceKind, AudienceList,
    AudienceListAdd, AudiencePerson, ColumnValue, ColumnValues, ContactTag, Nothing,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::audience::{Audience, Filter, tags_in};
use switchboard_domain::ids::ContactId;
use switchboard_domain::phone::Region;
use switchboard_store::tables::{audience, contacts};
use switchboard_store::{Connection, Priority, StoreError};

use crate::{Console, EngineError, consent_import};

/// Tags, columns and values offered at most.
const MOST_TAGS: u32 = 500;
const MOST_COLUMNS: usize = 200;
const MOST_VALUES: u32 = 50;
/// People named beside a count at most.
const MOST_SOME: u32 = 20;
/// People tagged with one command at most.
const MOST_TAGGED: usize = 10_000;
/// Steps of the database between two looks at whether a count is still wanted: some tenths of a millisecond.
const LOOK_EVERY: i32 = 20_000;

fn invalid(field: &str, message: impl Into<String>, remedy: &str) -> UiError {
    UiError::new(UiErrorCode::InvalidInput, message, remedy).with_details(serde_json::json!({ "field": field }))
}

/// Numbers the counts of a console: a newer one ends an older one that is still under way.
#[derive(Clone, Debug, Default)]
pub struct CountTurns(Arc<AtomicU64>);

/// An audience as a window gave it.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`] with `details.field` = `audience`.
pub fn read(dto: &AudienceDto) -> Result<Audience, UiError> {
    fn ids<T, E>(
        texts: &[String],
        parse: impl Fn(&str) -> Result<T, E>,
        what: &str,
        list: &str,
    ) -> Result<Vec<T>, UiError> {
        texts.iter().map(|id| parse(id)).collect::<Result<_, _>>().map_err(|_| {
            invalid(
                "audience",
                format!("One of the {what} does not exist."),
                &format!("Choose the {what} from the {list}."),
            )
        })
    }
    use switchboard_domain::ids::ImportId;
    refuse_idle_fields(dto)?;
    Ok(match dto.kind {
        AudienceKind::Everybody => Audience::Everybody,
        AudienceKind::Imports => {
            Audience::Imports { import_ids: ids(&dto.import_ids, ImportId::parse, "imports", "list")? }
        }
        AudienceKind::Contacts => {
            Audience::Contacts { contact_ids: ids(&dto.contact_ids, ContactId::parse, "people", "list")? }
        }
        AudienceKind::Filter => Audience::Filter {
            filter: match &dto.filter {
                Some(filter) => read_filter(filter)?,
                None => Filter::new(switchboard_domain::audience::Group::default()),
            },
        },
    })
}

/// A field that the kind does not use was meant to narrow the audience down: taking everybody instead would be a guess.
fn refuse_idle_fields(dto: &AudienceDto) -> Result<(), UiError> {
    let kind = match dto.kind {
        AudienceKind::Everybody => "everybody",
        AudienceKind::Imports => "imports",
        AudienceKind::Contacts => "contacts",
        AudienceKind::Filter => "filter",
    };
    for (field, given, used) in [
        ("import_ids", !dto.import_ids.is_empty(), dto.kind == AudienceKind::Imports),
        ("contact_ids", !dto.contact_ids.is_empty(), dto.kind == AudienceKind::Contacts),
        ("filter", dto.filter.is_some(), dto.kind == AudienceKind::Filter),
    ] {
        if given && !used {
            return Err(invalid(
                "audience",
                format!("An audience of the kind {kind} does not use {field}, but {field} is given."),
                &format!("Take {field} away, or choose the kind that uses it."),
            ));
        }
    }
    Ok(())
}

/// The same JSON on both sides; what a window cannot have meant is an id that is none.
fn read_filter(dto: &dto::AudienceFilter) -> Result<Filter, UiError> {
    serde_json::to_value(dto).and_then(serde_json::from_value).map_err(|_| {
        invalid("audience", "A condition of the audience names something that does not exist.", "Choose it again.")
    })
}

/// The way back.
pub fn show(audience: &Audience) -> AudienceDto {
    let empty = |kind| AudienceDto { kind, import_ids: Vec::new(), contact_ids: Vec::new(), filter: None };
    match audience {
        Audience::Everybody => empty(AudienceKind::Everybody),
        Audience::Imports { import_ids } => AudienceDto {
            import_ids: import_ids.iter().map(ToString::to_string).collect(),
            ..empty(AudienceKind::Imports)
        },
        Audience::Contacts { contact_ids } => AudienceDto {
            contact_ids: contact_ids.iter().map(ToString::to_string).collect(),
            ..empty(AudienceKind::Contacts)
        },
        Audience::Filter { filter } => AudienceDto {
            filter: serde_json::to_value(filter).and_then(serde_json::from_value).ok(),
            ..empty(AudienceKind::Filter)
        },
    }
}

/// What is not finished in an audience, one sentence.
pub fn problem(audience: &Audience) -> Option<String> {
    let Audience::Filter { filter } = audience else { return None };
    filter.check().err().map(|problem| {
        let text = problem.to_string();
        let mut letters = text.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        format!("{first}{}.", letters.as_str())
    })
}

/// Counts an audience. A newer count ends this one.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`], [`UiErrorCode::Cancelled`] when a newer count was asked for.
pub async fn count(console: &Console, request: AudienceCountRequest) -> Result<AudienceCount, UiError> {
    let audience = read(&request.audience)?;
    if let Some(problem) = problem(&audience) {
        return Ok(AudienceCount { people: 0, may_market: 0, some: Vec::new(), problem: Some(problem) });
    }
    let now = console.clock().now();
    let turns = console.count_turns().0.clone();
    let turn = turns.fetch_add(1, Ordering::SeqCst) + 1;
    let outdated = move || turns.load(Ordering::SeqCst) != turn;
    let some = request.some.min(MOST_SOME);
    let counted = console
        .store()
        .read(move |c| {
            let still = outdated.clone();
            c.progress_handler(LOOK_EVERY, Some(still)).map_err(StoreError::from)?;
            let counted = count_in(c, &audience, now, some);
            // The connection is lent to others afterwards.
            c.progress_handler(0, None::<fn() -> bool>).map_err(StoreError::from)?;
            match counted {
                Err(_) if outdated() => Err(EngineError::from(UiError::new(
                    UiErrorCode::Cancelled,
                    "A newer count took the place of this one.",
                    "Nothing is to be done.",
                ))),
                other => Ok(other?),
            }
        })
        .await?;
    Ok(counted)
}

fn count_in(
    c: &Connection,
    audience: &Audience,
    now: switchboard_domain::time::UnixMillis,
    some: u32,
) -> Result<AudienceCount, StoreError> {
    let counted = audience::count(c, audience, now)?;
    let mut people = Vec::new();
    if some > 0 && counted.people > 0 {
        for id in audience::some(c, audience, now, some)? {
            let Some(person) = contacts::get(c, id)? else { continue };
            people.push(AudiencePerson {
                contact_id: id.to_string(),
                name: person.display_name,
                address: person.phone.or(person.username).unwrap_or_default(),
            });
        }
    }
    Ok(AudienceCount { people: counted.people, may_market: counted.may_market, some: people, problem: None })
}

fn list_dto(list: audience::AudienceList) -> AudienceList {
    AudienceList {
        id: list.list_id.to_string(),
        file_name: list.file_name,
        rows: list.rows,
        people: list.people,
        unknown: list.unknown,
        unreadable: list.unreadable,
        at_ms: list.created_at.as_ms(),
    }
}

/// What an audience can be built from.
///
/// # Errors
/// A store error's sentence.
pub async fn choices(console: &Console) -> Result<AudienceChoices, UiError> {
    Ok(console
        .store()
        .read(|c| {
            Ok::<_, EngineError>(AudienceChoices {
                tags: audience::tags(c, MOST_TAGS)?
                    .into_iter()
                    .map(|t| dto::TagCount { tag: t.tag, people: t.people })
                    .collect(),
                columns: audience::columns(c, MOST_COLUMNS)?,
                lists: audience::lists(c)?.into_iter().map(list_dto).collect(),
            })
        })
        .await?)
}

/// The commonest values of a column.
///
/// # Errors
/// A store error's sentence.
pub async fn column_values(console: &Console, name: String) -> Result<ColumnValues, UiError> {
    let values =
        console.store().read(move |c| Ok::<_, EngineError>(audience::column_values(c, &name, MOST_VALUES)?)).await?;
    Ok(ColumnValues { values: values.into_iter().map(|(value, people)| ColumnValue { value, people }).collect() })
}

/// Reads a file of numbers to choose people by.
///
/// # Errors
/// A sentence about the file.
pub async fn add_list(console: &Console, request: AudienceListAdd) -> Result<AudienceList, UiError> {
    let region = match request.region.as_deref().map(str::trim).filter(|r| !r.is_empty()) {
        None => None,
        Some(text) => Some(
            Region::parse(text)
                .ok_or_else(|| invalid("region", "There is no such country.", "Name it by two letters, such as CA."))?,
        ),
    };
    let list = consent_import::keep_number_list(console.store(), PathBuf::from(request.path), region).await?;
    Ok(list_dto(list))
}

/// Puts a tag on people, or takes it off.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`] with `details.field`.
pub async fn tag(console: &Console, request: ContactTag) -> Result<Nothing, UiError> {
    let ids = request
        .ids
        .iter()
        .map(|id| ContactId::parse(id.trim()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| invalid("ids", "One of the people does not exist.", "Choose them from the list."))?;
    if ids.len() > MOST_TAGGED {
        return Err(invalid("ids", "These are too many people for one step.", "Tag at most 10,000 at a time."));
    }
    let tags = tags_in(&request.tag);
    let [tag] = tags.as_slice() else {
        return Err(invalid(
            "tag",
            "This is not one tag.",
            "Use one short word or name without commas, semicolons or bars.",
        ));
    };
    let (tag, on) = (tag.clone(), request.on);
    for chunk in ids.chunks(500).map(<[ContactId]>::to_vec).collect::<Vec<_>>() {
        let tag = tag.clone();
        console
            .store()
            .write(Priority::Inbound, move |tx| {
                for id in chunk {
                    let Some(person) = contacts::present_id(tx, id)? else { continue };
                    if on {
                        audience::add_tag(tx, person, &tag)?;
                    } else {
                        audience::remove_tag(tx, person, &tag)?;
                    }
                }
                Ok::<_, EngineError>(())
            })
            .await?;
    }
    Ok(Nothing {})
}

#[cfg(test)]
mod tests;
