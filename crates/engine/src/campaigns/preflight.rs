//! The checklist before a launch: what the plan says, and what Meta says at this moment about number, account, app and
//! template. Reading the template here also brings our copy up to date, so that review and launch speak of the same.

use std::time::Duration;

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{CampaignPreflight, CheckState, CheckSubject, CountedReason, PreflightCheck};
use switchboard_cloud_api::account::{HealthEntity, HealthStatus, health_status};
use switchboard_cloud_api::client::CallError;
use switchboard_cloud_api::errors::look_up_code;
use switchboard_domain::ids::{CampaignId, TemplateId};
use switchboard_relay_api::LinkPhase;
use switchboard_store::tables::{account, campaigns, templates};

use super::not_found;
use super::plan::{Plan, reason};
use super::review::plan_of_draft;
use super::show;
use crate::{Console, EngineError, template_sync};

/// Meta gets this long for each of the four questions.
const ASK_FOR: Duration = Duration::from_secs(8);

/// What Meta said.
#[derive(Default)]
struct Answers {
    /// Health of number, account and template; `Err`: why it is not known.
    number: Option<Result<HealthStatus, String>>,
    account: Option<Result<HealthStatus, String>>,
    template: Option<Result<HealthStatus, String>>,
    /// Category before the template was read again.
    category_before: Option<String>,
    /// Why the template could not be read again.
    not_read: Option<String>,
}

/// Checks everything that can be checked before a launch.
///
/// # Errors
/// [`switchboard_bridge::UiErrorCode::NotFound`], [`switchboard_bridge::UiErrorCode::WrongState`] for a campaign that
/// was launched. Meta's silence is a finding, not an error.
pub async fn preflight(console: &Console, id: CampaignId) -> Result<CampaignPreflight, UiError> {
    let answers = ask_meta(console, id).await?;
    let plan = plan_of_draft(console, id).await?;
    let checked_at_ms = console.clock().now().as_ms();
    let checks = checks(console, &plan, &answers);
    let state = checks.iter().map(|c| c.state).max_by_key(|s| weight(*s)).unwrap_or(CheckState::Good);
    Ok(CampaignPreflight {
        campaign_id: id.to_string(),
        checked_at_ms,
        state,
        will_receive: plan.will_receive,
        template_hash: plan.template.as_ref().map(|t| t.hash.clone()),
        checks,
    })
}

const fn weight(state: CheckState) -> u8 {
    match state {
        CheckState::Good => 0,
        CheckState::Unchecked => 1,
        CheckState::Attention => 2,
        CheckState::Trouble => 3,
    }
}

async fn ask_meta(console: &Console, id: CampaignId) -> Result<Answers, UiError> {
    let (row, account, before) = console
        .store()
        .read(move |c| {
            let row = campaigns::get(c, id)?.ok_or_else(not_found)?;
            let before = match &row.template_id {
                Some(template) => templates::get(c, template)?.filter(|t| t.removed_at.is_none()),
                None => None,
            };
            Ok::<_, EngineError>((row, account::get(c)?, before))
        })
        .await?;
    let Ok(client) = console.graph().await else { return Ok(Answers::default()) };
    let health = async |node: Option<String>| match node {
        Some(node) => Some(in_time(health_status(&client, &node)).await),
        None => None,
    };
    let read = async |template: Option<&TemplateId>| match template {
        Some(template) => match tokio::time::timeout(ASK_FOR, template_sync::read_one(console, template)).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.message),
            Err(_) => Some(SILENT.to_owned()),
        },
        None => None,
    };
    let known = before.as_ref().map(|t| t.template_id.clone());
    let (number, of_account, template, not_read) = futures::join!(
        health(row.phone_number_id.as_ref().map(|n| n.as_str().to_owned())),
        health(account.map(|a| a.waba_id.as_str().to_owned())),
        health(known.as_ref().map(|t| t.as_str().to_owned())),
        read(known.as_ref()),
    );
    Ok(Answers { number, account: of_account, template, category_before: before.map(|t| t.category), not_read })
}

const SILENT: &str = "Meta did not answer in time.";

async fn in_time(asked: impl Future<Output = Result<HealthStatus, CallError>>) -> Result<HealthStatus, String> {
    match tokio::time::timeout(ASK_FOR, asked).await {
        Ok(Ok(health)) => Ok(health),
        Ok(Err(error)) => Err(UiError::from(EngineError::Graph(error)).message),
        Err(_) => Err(SILENT.to_owned()),
    }
}

/// The subject of a word of the plan.
fn subject_of(code: &str) -> CheckSubject {
    match code {
        "template" | "template_not_sendable" | "template_authentication" | "template_kind" | "category_change" => {
            CheckSubject::Template
        }
        "values" | "header_media" | "column_gone" => CheckSubject::Values,
        "number" | "number_not_connected" | "quality_red" => CheckSubject::Number,
        "account_stop" | "token" => CheckSubject::Account,
        "relay_not_configured" => CheckSubject::Listening,
        "people_per_day" | "others_send" | "schedule_past" | "ends_before_start" | "clocks_change"
        | "never_in_hours" => CheckSubject::Time,
        "no_price" | "budget" | "month_budget" | "demo_prices" | "old_prices" => CheckSubject::Cost,
        // Values are the wizard's third step; everything else that a plan can say is about people.
        other if other.starts_with("value") => CheckSubject::Values,
        _ => CheckSubject::People,
    }
}

struct Check {
    subject: CheckSubject,
    state: CheckState,
    good: String,
    problems: Vec<CountedReason>,
}

impl Check {
    fn new(subject: CheckSubject, good: impl Into<String>) -> Self {
        Self { subject, state: CheckState::Good, good: good.into(), problems: Vec::new() }
    }

    fn found(&mut self, state: CheckState, problem: CountedReason) {
        if weight(state) > weight(self.state) {
            self.state = state;
        }
        if !self.problems.iter().any(|p| p.code == problem.code && p.sentence == problem.sentence) {
            self.problems.push(problem);
        }
    }

    fn done(self) -> PreflightCheck {
        let sentence = match (self.state, self.problems.first()) {
            (CheckState::Good, _) | (_, None) => self.good,
            (_, Some(first)) => first.sentence.clone(),
        };
        PreflightCheck { subject: self.subject, state: self.state, sentence, problems: self.problems }
    }
}

fn checks(console: &Console, plan: &Plan, answers: &Answers) -> Vec<PreflightCheck> {
    let mut all = [
        template_check(plan, answers),
        Check::new(CheckSubject::Values, values_sentence(plan)),
        people_check(plan),
        Check::new(CheckSubject::Number, number_sentence(plan)),
        Check::new(CheckSubject::Account, "Account, business and app may send."),
        listening_check(console),
        Check::new(CheckSubject::Time, time_sentence(plan)),
        Check::new(CheckSubject::Cost, cost_sentence(plan)),
    ];
    let mut put = |state: CheckState, subject: CheckSubject, problem: CountedReason| {
        if let Some(check) = all.iter_mut().find(|c| c.subject == subject) {
            check.found(state, problem);
        }
    };
    for problem in &plan.blockers {
        put(CheckState::Trouble, subject_of(&problem.code), problem.clone());
    }
    for problem in &plan.warnings {
        put(CheckState::Attention, subject_of(&problem.code), problem.clone());
    }
    for (subject, asked) in [
        (CheckSubject::Number, &answers.number),
        (CheckSubject::Account, &answers.account),
        (CheckSubject::Template, &answers.template),
    ] {
        match asked {
            None => {}
            Some(Err(why)) => {
                let remedy = "Check again; what could not be checked may still be in order.";
                put(CheckState::Unchecked, subject, reason("not_checked", why.clone(), remedy, 1));
            }
            Some(Ok(health)) => {
                for (subject, state, problem) in ailments(health, subject) {
                    put(state, subject, problem);
                }
            }
        }
    }
    all.into_iter().map(Check::done).collect()
}

/// What Meta says is wrong (account.md §8): an entity's errors, or its remarks where it is not plainly available.
fn ailments(health: &HealthStatus, asked: CheckSubject) -> Vec<(CheckSubject, CheckState, CountedReason)> {
    let mut found = Vec::new();
    for entity in &health.entities {
        let word = entity.can_send_message.as_deref().unwrap_or_default();
        let state = match word {
            "BLOCKED" => CheckState::Trouble,
            "LIMITED" => CheckState::Attention,
            _ if !entity.errors.is_empty() => CheckState::Attention,
            _ => continue,
        };
        let (subject, name) = who(entity, asked);
        for error in &entity.errors {
            let known = error.error_code.and_then(look_up_code);
            let meta = error.error_description.clone().filter(|d| !d.is_empty());
            let sentence = meta.or_else(|| known.map(|k| k.sentence.to_owned()));
            let remedy = error.possible_solution.clone().filter(|s| !s.is_empty());
            let remedy = remedy.or_else(|| known.map(|k| k.remedy.to_owned())).unwrap_or_default();
            let code = error.error_code.map_or_else(|| "health".to_owned(), |c| c.to_string());
            let sentence = sentence.unwrap_or_else(|| format!("Meta reports a fault of {name}."));
            found.push((subject, state, reason(&code, sentence, &remedy, 1)));
        }
        for remark in entity.additional_info.iter().filter(|r| !r.is_empty()) {
            found.push((subject, state, reason("health_remark", remark.clone(), "", 1)));
        }
        if entity.errors.is_empty() && entity.additional_info.is_empty() {
            let word = if state == CheckState::Trouble { "blocks" } else { "limits" };
            let sentence = format!("Meta {word} sending because of {name}, without saying why.");
            found.push((subject, state, reason("health", sentence, "Look into WhatsApp Manager.", 1)));
        }
    }
    found
}

/// Where an entity belongs, and what people call it.
fn who(entity: &HealthEntity, asked: CheckSubject) -> (CheckSubject, &'static str) {
    match entity.entity_type.as_deref() {
        Some("PHONE_NUMBER") => (CheckSubject::Number, "the sending number"),
        Some("MESSAGE_TEMPLATE") => (CheckSubject::Template, "the template"),
        Some("WABA") => (CheckSubject::Account, "the WhatsApp account"),
        Some("BUSINESS") => (CheckSubject::Account, "the business portfolio"),
        Some("APP") => (CheckSubject::Account, "the app"),
        _ => (asked, "something it does not name"),
    }
}

fn template_check(plan: &Plan, answers: &Answers) -> Check {
    let Some(template) = &plan.template else { return Check::new(CheckSubject::Template, "") };
    let mut check = Check::new(
        CheckSubject::Template,
        match answers.not_read {
            None => format!("Meta approved it as {}, and its texts are those you see.", template.category),
            Some(_) => format!("Approved as {} when it was last read.", template.category),
        },
    );
    if let Some(before) = answers.category_before.as_deref()
        && before != template.category
    {
        let sentence = format!("Meta changed its category from {before} to {}.", template.category);
        let remedy = "Consent and price go by the new one; the numbers here already do.";
        check.found(CheckState::Attention, reason("category_changed", sentence, remedy, 1));
    }
    if let Some(why) = &answers.not_read {
        let remedy = "Check again; what could not be checked may still be in order.";
        check.found(CheckState::Unchecked, reason("not_checked", why.clone(), remedy, 1));
    }
    check
}

fn people_check(plan: &Plan) -> Check {
    let left_out = plan.audience.saturating_sub(plan.will_receive);
    let mut good = match (plan.will_receive, left_out) {
        (1, 0) => "The one person in the audience may be written to.".to_owned(),
        (n, 0) => format!("All {n} people in the audience may be written to."),
        (1, out) => format!("One person gets it; {out} are left out, each with a reason."),
        (n, out) => format!("{n} people get it; {out} are left out, each with a reason."),
    };
    if let Some(us) = plan.excluded.iter().find(|r| r.code == "us_marketing") {
        good.push_str(&format!(
            " Of those, {} have numbers of the United States: Meta delivers no marketing there.",
            us.count
        ));
    }
    Check::new(CheckSubject::People, good)
}

fn values_sentence(plan: &Plan) -> String {
    let wrong = ["missing_value", "unreadable_value", "value_too_long", "bad_coupon_code"];
    let left_out: Vec<String> = plan
        .excluded
        .iter()
        .filter(|r| wrong.contains(&r.code.as_str()))
        .map(|r| {
            let who = show::people(r.count);
            let are = if r.count == 1 { "is" } else { "are" };
            format!("{who} {are} left out: {}", r.sentence)
        })
        .collect();
    let variables = plan.template.as_ref().map_or(0, |t| t.components.variables().len());
    match (variables, left_out.is_empty()) {
        (0, _) => "The template has nothing to fill in.".to_owned(),
        (_, true) => "Every variable has a value for everybody.".to_owned(),
        (_, false) => left_out.join(" "),
    }
}

fn number_sentence(plan: &Plan) -> String {
    let Some(number) = &plan.number else { return String::new() };
    let quality = match number.quality_rating.as_deref() {
        Some("GREEN") => ", its quality rating is good",
        Some("YELLOW") => ", its quality rating is medium",
        _ => "",
    };
    format!("{} is connected{quality}.", number.display_phone_number)
}

fn listening_check(console: &Console) -> Check {
    let mut check = Check::new(CheckSubject::Listening, "The relay is connected: opt-outs are heard at once.");
    if !console.holds_role() {
        check.good = "Opt-outs are heard by the Switchboard that sends.".to_owned();
        return check;
    }
    let connected =
        console.relay_state().borrow().as_ref().is_some_and(|link| matches!(link.phase, LinkPhase::Connected));
    if !connected {
        check.found(
            CheckState::Attention,
            reason(
                "relay_away",
                "The relay is not connected at the moment; campaigns wait until opt-outs are heard again.",
                "See Settings, Relay.",
                1,
            ),
        );
    }
    check
}

fn time_sentence(plan: &Plan) -> String {
    match plan.finish.finish {
        Some(at) => format!("The last message leaves by {}.", plan.shop_time(at)),
        None if plan.will_receive == 0 => "There is nobody to send to yet.".to_owned(),
        None => format!("{} people would not get their turn in time.", plan.finish.left),
    }
}

fn cost_sentence(plan: &Plan) -> String {
    let Some(cost) = &plan.cost else { return String::new() };
    match (&cost.most, &cost.currency) {
        (Some(most), Some(currency)) => format!("At most {most} {currency}, if every message is delivered."),
        _ => "There is no price list for this account's currency, so the cost is not known.".to_owned(),
    }
}

#[cfg(test)]
#[path = "preflight_tests.rs"]
mod tests;
