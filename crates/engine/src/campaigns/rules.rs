//! A campaign's rules on their way between a window and the store, and what is wrong with them.

use switchboard_bridge::dto::{
    CampaignRules as RulesDto, CampaignSchedule, Hours as HoursDto, LateKind, LocalMoment as MomentDto,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::money;
use switchboard_domain::rules::{CampaignRules, Hours, Late, LocalMoment, Schedule};

/// Days of "not written to lately" at most.
const MOST_DAYS: u32 = 365;

fn invalid(field: &str, message: impl Into<String>, remedy: &str) -> UiError {
    UiError::new(UiErrorCode::InvalidInput, message, remedy).with_details(serde_json::json!({ "field": field }))
}

/// A budget as typed; empty = none.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`].
pub fn budget_micros(text: Option<&str>) -> Result<Option<i64>, UiError> {
    let Some(text) = text.map(str::trim).filter(|t| !t.is_empty()) else { return Ok(None) };
    money::parse_micros(text).map(Some).ok_or_else(|| {
        invalid("budget", "This is not an amount.", "Write it with digits and at most one point, for example 50.00.")
    })
}

fn hours(dto: &HoursDto, field: &str) -> Result<Hours, UiError> {
    Hours { from_minute: dto.from_minute, to_minute: dto.to_minute }
        .check()
        .map_err(|e| invalid(field, format!("These hours cannot be used: {e}."), "Choose another beginning or end."))
}

fn moment(dto: &MomentDto, field: &str) -> Result<LocalMoment, UiError> {
    let moment = LocalMoment { local: dto.local.clone(), zone: dto.zone.clone() };
    moment.named().map_err(|e| {
        invalid(field, format!("{e}.").replacen("this", "This", 1), "Choose date, time and zone again.")
    })?;
    Ok(moment)
}

/// Checks what came from a window.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`] with `details.field`.
pub(super) fn rules(dto: &RulesDto) -> Result<CampaignRules, UiError> {
    if dto.not_written_days.is_some_and(|days| days == 0 || days > MOST_DAYS) {
        return Err(invalid("not_written_days", "This is not a number of days.", "Choose from 1 to 365 days."));
    }
    let schedule = match &dto.schedule {
        Some(s) => Some(Schedule {
            start: moment(&s.start, "schedule")?,
            late: match s.late {
                LateKind::Ask => Late::Ask,
                LateKind::Skip => Late::Skip,
                LateKind::Within => Late::Within { hours: s.late_hours.clamp(1, 72) },
            },
        }),
        None => None,
    };
    Ok(CampaignRules {
        schedule,
        window: dto.window.as_ref().map(|h| hours(h, "window")).transpose()?,
        ends: dto.ends.as_ref().map(|m| moment(m, "ends")).transpose()?,
        not_written_days: dto.not_written_days,
        not_in_conversation: dto.not_in_conversation,
        budget_micros: budget_micros(dto.budget.as_deref())?,
    })
}

fn moment_dto(moment: &LocalMoment) -> MomentDto {
    MomentDto { local: moment.local.clone(), zone: moment.zone.clone() }
}

/// The way back.
pub(super) fn rules_dto(rules: &CampaignRules) -> RulesDto {
    RulesDto {
        schedule: rules.schedule.as_ref().map(|s| {
            let (late, late_hours) = match s.late {
                Late::Ask => (LateKind::Ask, 3),
                Late::Skip => (LateKind::Skip, 3),
                Late::Within { hours } => (LateKind::Within, hours),
            };
            CampaignSchedule { start: moment_dto(&s.start), late, late_hours }
        }),
        window: rules.window.map(|h| HoursDto { from_minute: h.from_minute, to_minute: h.to_minute }),
        ends: rules.ends.as_ref().map(moment_dto),
        not_written_days: rules.not_written_days,
        not_in_conversation: rules.not_in_conversation,
        budget: rules.budget_micros.map(money::format_micros),
    }
}
