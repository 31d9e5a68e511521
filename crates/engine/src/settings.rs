//! Operator settings: one JSON document per key, with the defaults here.

use switchboard_bridge::ChangeTag;
use switchboard_bridge::dto::{Density, OnClose, Settings, Theme};
use switchboard_store::tables::settings as table;
use switchboard_store::{Connection, Priority, Store, StoreError};

use crate::EngineError;

const KEY: &str = "operator";

/// What holds until the operator says otherwise.
pub fn defaults() -> Settings {
    Settings {
        theme: Theme::System,
        density: Density::Comfortable,
        zoom_percent: 100,
        language: "system".to_owned(),
        default_region: None,
        on_close: OnClose::Ask,
        notify_messages: true,
        max_send_rate: None,
        confirm_opt_out: false,
        opt_out_confirmation: "You will get no more messages from us. Reply START if you change your mind.".to_owned(),
        unreachable_hold_days: 30,
        test_phones: Vec::new(),
        shop_zone: None,
        cap_messages: None,
        cap_days: 7,
        quiet_hours: None,
        rules_for_utility: false,
        utility_reserve_percent: 10,
        month_budget: None,
    }
}

/// The settings as stored, JSON; `None` = nothing was ever set.
///
/// # Errors
/// [`StoreError`].
pub fn raw_in(connection: &Connection) -> Result<Option<String>, StoreError> {
    table::get(connection, KEY)
}

/// The settings in force, read inside any transaction. A value that a later version wrote and this one cannot
/// read falls back to the default of that field alone.
///
/// # Errors
/// [`StoreError`].
pub fn load_in(connection: &Connection) -> Result<Settings, StoreError> {
    let stored = table::all(connection)?.into_iter().find(|(k, _)| k == KEY).map(|(_, v)| v).unwrap_or_default();
    let mut merged = serde_json::to_value(defaults()).unwrap_or_default();
    if let (Some(into), Ok(serde_json::Value::Object(from))) =
        (merged.as_object_mut(), serde_json::from_str::<serde_json::Value>(&stored))
    {
        // All at once where every field can be read, which is nearly always.
        let mut whole = into.clone();
        whole.extend(from.clone());
        if let Ok(settings) = serde_json::from_value(serde_json::Value::Object(whole)) {
            return Ok(settings);
        }
        for (key, value) in from {
            let mut tried = into.clone();
            tried.insert(key, value);
            if serde_json::from_value::<Settings>(serde_json::Value::Object(tried.clone())).is_ok() {
                *into = tried;
            }
        }
    }
    Ok(serde_json::from_value(merged).unwrap_or_else(|_| defaults()))
}

/// The settings in force.
///
/// # Errors
/// [`EngineError::Store`].
pub async fn load(store: &Store) -> Result<Settings, EngineError> {
    Ok(store.read(load_in).await?)
}

/// Replaces the settings.
///
/// # Errors
/// [`EngineError::Store`].
pub async fn save(store: &Store, settings: Settings) -> Result<Settings, EngineError> {
    store
        .write(Priority::Claim, move |tx| {
            let json = serde_json::to_string(&settings).unwrap_or_default();
            table::put(tx, KEY, &json)?;
            tx.touch(ChangeTag::Settings.as_str())?;
            Ok::<_, EngineError>(settings)
        })
        .await
}
