//! `rates list|import|remove` and `settings show|set`.

use serde_json::Value;
use switchboard_bridge::UiError;
use switchboard_bridge::dto::{ById, Nothing, RateCardImport};
use switchboard_engine::api;

use super::document;
use crate::arguments::{Rates, Settings};
use crate::output::{Answer, usage};
use crate::session::Session;

pub(super) async fn rates(session: &Session, command: Rates) -> Result<Value, UiError> {
    let console = session.open(false).await?;
    let list = match command {
        Rates::List => api::rate_card_list(&console, Nothing {}).await?,
        Rates::Import { file, from } => {
            let path = std::path::absolute(&file).unwrap_or(file).to_string_lossy().into_owned();
            api::rate_card_import(&console, RateCardImport { path, effective_from: from }).await?
        }
        Rates::Remove { id } => api::rate_card_remove(&console, ById { id }).await?,
    };
    document(&list)
}

pub(super) async fn settings(session: &Session, command: Settings) -> Result<Answer, UiError> {
    let console = session.open(false).await?;
    let settings = api::settings_get(&console, Nothing {}).await?;
    let values = match command {
        Settings::Show => return Ok(shown(document(&settings)?)),
        Settings::Set { values } => values,
    };
    let mut changed = document(&settings)?;
    for pair in &values {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| usage("A setting is written NAME=VALUE.", "For example cap_messages=2."))?;
        let place = changed
            .get_mut(name)
            .ok_or_else(|| usage(format!("There is no setting {name}."), "`settings show` shows them all by name."))?;
        *place = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    }
    let changed = serde_json::from_value(changed)
        .map_err(|e| usage(format!("A value does not fit: {e}."), "`settings show` shows how each looks."))?;
    Ok(shown(document(&api::settings_update(&console, changed).await?)?))
}

/// Every setting by its name as `set` takes it, those without a value too.
fn shown(settings: Value) -> Answer {
    let mut lines = String::new();
    for (name, value) in settings.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        lines.push_str(&format!("{name}={text}\n"));
    }
    Answer::with_lines(settings, lines)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_setting_without_a_value_is_shown_by_name() {
        let answer = shown(json!({ "shop_zone": null, "cap_days": 7, "language": "system" }));
        let lines = answer.lines.unwrap_or_default();
        assert!(lines.contains("shop_zone=null\n") && lines.contains("cap_days=7\n"), "{lines}");
        assert!(lines.contains("language=system\n"), "{lines}");
    }
}
