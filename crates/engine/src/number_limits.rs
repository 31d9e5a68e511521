//! The operator's own lower limits of sending numbers, and the warm-up of new ones, as Settings shows them. They are kept
//! by the sender ([`crate::sender`]) inside every claim of a campaign.

use std::time::Duration;

use switchboard_bridge::dto::{NumberLimitsList, NumberLimitsRow, NumberLimitsSet, WarmUpStages};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::ids::PhoneNumberId;
use switchboard_domain::rules::{NumberLimits, WarmUp};
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::{number_limits, phone_numbers};
use switchboard_store::{Connection, Priority, StoreError};

use crate::{Console, EngineError};

const DAY: Duration = Duration::from_secs(86_400);

fn read(connection: &Connection, now: UnixMillis) -> Result<NumberLimitsList, StoreError> {
    let mut items = Vec::new();
    for row in phone_numbers::list(connection)? {
        let limits = number_limits::get(connection, &row.phone_number_id)?;
        items.push(NumberLimitsRow {
            reached: number_limits::reached_since(connection, &row.phone_number_id, now.minus(DAY))?,
            phone_number_id: row.phone_number_id.as_str().to_owned(),
            display_phone_number: row.display_phone_number,
            per_second: limits.per_second,
            per_day: limits.per_day,
            warm_up: limits.warm_up.map(|w| {
                let (day_now, people_now) = w.stage(now).unzip();
                WarmUpStages { first_day: w.first_day, percent: w.percent, days: w.days, day_now, people_now }
            }),
        });
    }
    Ok(NumberLimitsList { items })
}

/// The limits of all numbers.
///
/// # Errors
/// A store error's sentence.
pub async fn list(console: &Console) -> Result<NumberLimitsList, UiError> {
    let now = console.clock().now();
    Ok(console.store().read(move |c| read(c, now)).await.map_err(EngineError::Store)?)
}

/// Replaces the limits of one number.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`] with `details.field`, [`UiErrorCode::NotFound`].
pub async fn set(console: &Console, request: NumberLimitsSet) -> Result<NumberLimitsList, UiError> {
    let invalid = |field: &str, message: &str, remedy: &str| {
        UiError::new(UiErrorCode::InvalidInput, message, remedy).with_details(serde_json::json!({ "field": field }))
    };
    if request.per_second == Some(0) || request.per_day == Some(0) {
        return Err(invalid("per_second", "A limit of zero sends nothing.", "Leave it empty, or pause the campaign."));
    }
    if let Some(w) = &request.warm_up
        && (w.first_day == 0 || !(100..=1000).contains(&w.percent) || !(1..=60).contains(&w.days))
    {
        return Err(invalid(
            "warm_up",
            "These stages cannot be used.",
            "Begin with at least one person, grow by 100 to 1,000 percent a day, for 1 to 60 days.",
        ));
    }
    let number = PhoneNumberId::new(request.phone_number_id.clone());
    let found = console
        .store()
        .write(Priority::Claim, move |tx| {
            if phone_numbers::get(tx, &number)?.is_none() {
                return Ok(false);
            }
            let before = number_limits::get(tx, &number)?.warm_up;
            let warm_up = request.warm_up.map(|w| match before {
                Some(b) if (b.first_day, b.percent, b.days) == (w.first_day, w.percent, w.days) => b,
                _ => WarmUp { from: tx.now(), first_day: w.first_day, percent: w.percent, days: w.days },
            });
            let limits = NumberLimits { per_second: request.per_second, per_day: request.per_day, warm_up };
            number_limits::put(tx, &number, &limits)?;
            Ok::<_, EngineError>(true)
        })
        .await?;
    if !found {
        return Err(UiError::new(
            UiErrorCode::NotFound,
            "This number is none of the account's.",
            "Choose one from the list.",
        ));
    }
    console.wakes().sender.notify_one();
    list(console).await
}
