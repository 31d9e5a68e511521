//! Preflight and report as people read them on a terminal.

use switchboard_bridge::dto::{
    CampaignPreflight, CampaignReport, CheckState, CheckSubject, CountedReason, Rehearsal, ReportStep,
};
use switchboard_domain::time::UnixMillis;

/// The checklist, a line for each check and its problems below it.
pub(super) fn preflight(found: &CampaignPreflight) -> String {
    let mut out = String::new();
    for check in &found.checks {
        line(&mut out, &format!("{:<10} {:<10} {}", word(check.state), subject(check.subject), check.sentence));
        for problem in &check.problems {
            if problem.sentence != check.sentence {
                line(&mut out, &format!("{:<21} {}", "", problem.sentence));
            }
            if let Some(remedy) = &problem.remedy {
                line(&mut out, &format!("{:<21} → {remedy}", ""));
            }
        }
    }
    line(
        &mut out,
        &match found.state {
            CheckState::Trouble => "\nIt cannot be launched like this.".to_owned(),
            CheckState::Good => format!("\nIt can be launched to {}.", people(found.will_receive)),
            _ => format!("\nIt can be launched to {}; read the remarks first.", people(found.will_receive)),
        },
    );
    out
}

fn people(count: u64) -> String {
    if count == 1 { "one person".to_owned() } else { format!("{count} people") }
}

const fn word(state: CheckState) -> &'static str {
    match state {
        CheckState::Good => "ok",
        CheckState::Attention => "attention",
        CheckState::Trouble => "STOP",
        CheckState::Unchecked => "unchecked",
    }
}

const fn subject(subject: CheckSubject) -> &'static str {
    match subject {
        CheckSubject::Template => "template",
        CheckSubject::Values => "values",
        CheckSubject::People => "people",
        CheckSubject::Number => "number",
        CheckSubject::Account => "account",
        CheckSubject::Listening => "opt-outs",
        CheckSubject::Time => "time",
        CheckSubject::Cost => "cost",
    }
}

/// The report, shortest words first.
pub(super) fn report(found: &CampaignReport) -> String {
    let mut out = String::new();
    let reach = &found.reach;
    line(&mut out, &format!("{} ({})", found.row.name, found.row.template.as_deref().unwrap_or_default()));
    line(&mut out, &format!("from {}", found.from_display_phone_number));
    line(&mut out, "");
    let share = |part: u64, whole: u64| {
        if whole == 0 { String::new() } else { format!("  {:.1} %", part as f64 * 100.0 / whole as f64) }
    };
    for (name, count, share) in [
        ("sent", reach.sent, String::new()),
        ("delivered", reach.delivered, share(reach.delivered, reach.sent)),
        ("read", reach.read, share(reach.read, reach.delivered)),
        ("replied", reach.replied, share(reach.replied, reach.delivered)),
        ("opted out", reach.opted_out, share(reach.opted_out, reach.delivered)),
        ("failed", found.row.counts.failed, String::new()),
        ("held back", found.row.counts.withheld + found.row.counts.held, String::new()),
        ("unknown", found.row.counts.unknown, String::new()),
        ("not sent", found.row.counts.excluded + found.row.counts.cancelled, String::new()),
    ] {
        line(&mut out, &format!("{name:<12} {count:>9}{share}"));
    }
    if found.replies_may_come {
        line(&mut out, &format!("replies count for {} days; more may come", found.reply_days));
    }
    let currency = found.cost.currency.as_deref().unwrap_or_default();
    line(&mut out, &format!("\ncost         {} {currency}, set aside {}", found.cost.actual, found.cost.reserved));
    if let Some(plan) = &found.plan {
        let most = plan.cost_most.as_deref().unwrap_or("not known");
        line(&mut out, &format!("foretold     {} people, at most {most} {currency}", plan.will_receive));
    }
    reasons(&mut out, "What did not arrive", &found.failures);
    reasons(&mut out, "Not sent by us", &found.excluded);
    line(&mut out, "\nTimeline");
    for ReportStep { at_ms, kind, reason } in &found.steps {
        let reason = reason.as_deref().map(|r| format!(": {r}")).unwrap_or_default();
        line(&mut out, &format!("  {}  {}{reason}", UnixMillis::new(*at_ms), kind.replace('_', " ")));
    }
    out
}

/// Planned and rehearsed, side by side.
pub(super) fn rehearsal(found: &Rehearsal) -> String {
    let mut out = String::new();
    let currency = found.currency.as_deref().unwrap_or_default();
    let time = |seconds: Option<u64>| seconds.map_or_else(|| "-".to_owned(), |s| format!("{s} s"));
    let cost = |cost: &Option<String>| cost.as_ref().map_or_else(|| "-".to_owned(), |c| format!("{c} {currency}"));
    let (planned, came) = (&found.planned, &found.rehearsed);
    for (name, planned, came) in [
        ("", "planned".to_owned(), "rehearsed".to_owned()),
        ("people", planned.people.to_string(), came.people.to_string()),
        ("duration", time(planned.seconds), time(came.seconds)),
        ("cost", cost(&planned.cost), cost(&came.cost)),
    ] {
        line(&mut out, &format!("{name:<12} {planned:>18} {came:>18}"));
    }
    let c = &found.counts;
    for (name, count) in [
        ("delivered", c.delivered + c.read),
        ("read", c.read),
        ("replied", found.replied),
        ("opted out", found.opted_out),
        ("failed", c.failed),
        ("held back", c.withheld + c.held),
        ("unknown", c.unknown),
        ("not sent", c.excluded + c.cancelled + c.queued),
    ] {
        line(&mut out, &format!("{name:<12} {:>18} {count:>18}", ""));
    }
    reasons(&mut out, "What went wrong", &found.failures);
    reasons(&mut out, "Obstacles on the way", &found.obstacles);
    if let Some(why) = &found.paused_reason {
        line(&mut out, &format!("\nThe campaign was paused: {why}"));
    }
    let twice = if found.nobody_twice { "Nobody got it twice." } else { "SOMEBODY GOT IT TWICE: report this." };
    line(&mut out, &format!("\n{twice} Nothing left this computer."));
    out
}

fn reasons(out: &mut String, title: &str, reasons: &[CountedReason]) {
    if reasons.is_empty() {
        return;
    }
    line(out, &format!("\n{title}"));
    for reason in reasons {
        line(out, &format!("{:>9}  {}", reason.count, reason.sentence));
        if let Some(remedy) = &reason.remedy {
            line(out, &format!("{:>9}  → {remedy}", ""));
        }
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}
