//! What a campaign would do: read from the store in one snapshot, shared by review and launch so that what is
//! launched is what was reviewed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use switchboard_bridge::dto::{CampaignPlan, CostForecast, CountedReason, RecipientPreview};
use switchboard_domain::campaign::{
    CampaignState, Fillable, Unfillable, ValueSource, Values, faults_of_fixed, fill_values,
};
use switchboard_domain::ids::ContactId;
use switchboard_domain::money::parse_micros;
use switchboard_domain::rules::{FrequencyCap, NumberLimits, Place, QuietUntil, zone};
use switchboard_domain::template::{Category, Variable};
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::audience::{self, AudienceMember, AudienceQuery};
use switchboard_store::tables::campaigns::{self, CampaignRow};
use switchboard_store::tables::consent_gate::{self, GateSettings};
use switchboard_store::tables::phone_numbers::{self, OwnNumberRow};
use switchboard_store::tables::{
    account_stops, campaign_rules, foretold, number_limits, outbox, relay, sender_state, templates, threads,
};
use switchboard_store::{Connection, StoreError};

use super::draft::media_file;
use super::finish::{Group, Outcome, Run, simulate};
use super::forecast;
use super::previews::preview;
use super::show;
use crate::operator_rules::{self, NEVER_IN_HOURS, OperatorRules, QuietBook, place_of, time_in, zone_name, zones_or};
use crate::pacing;
use crate::rates;
use crate::sender::TemplateSnapshot;

/// People of an audience read at once.
const PAGE: usize = 1000;
/// Real recipients shown.
const PREVIEWS: usize = 3;
/// Above so many people the launch asks to type the number.
const TYPE_ABOVE: u64 = 100;

/// What a campaign would do now.
pub(super) struct Plan {
    pub row: CampaignRow,
    pub template: Option<TemplateSnapshot>,
    pub number: Option<OwnNumberRow>,
    pub audience: u64,
    pub will_receive: u64,
    pub excluded: Vec<CountedReason>,
    pub blockers: Vec<CountedReason>,
    pub warnings: Vec<CountedReason>,
    pub rate_per_second: f64,
    pub previews: Vec<RecipientPreview>,
    pub confirm_by_typing: bool,
    /// When the first message may leave.
    pub starts_at: UnixMillis,
    pub clocks_change: bool,
    pub zone: String,
    pub held: Vec<CountedReason>,
    pub finish: Outcome,
    pub cost: Option<CostForecast>,
    /// The values of the first recipient, and the template's own samples: for a test.
    pub first_values: Option<Values>,
    pub samples: BTreeMap<String, String>,
    rules: OperatorRules,
    by_place: HashMap<Place, u64>,
    by_market: BTreeMap<&'static str, u64>,
    /// Of those, people to whom the message is free if it leaves at the start.
    free_by_market: BTreeMap<&'static str, u64>,
    own_limits: NumberLimits,
}

pub(super) fn reason(code: &str, sentence: impl Into<String>, remedy: &str, count: u64) -> CountedReason {
    CountedReason {
        code: code.to_owned(),
        sentence: sentence.into(),
        remedy: (!remedy.is_empty()).then(|| remedy.to_owned()),
        count,
    }
}

/// The values of one person, or why they get nothing.
pub(super) fn values_of(
    member: &AudienceMember,
    template: &TemplateSnapshot,
    variables: &[Variable],
    row: &CampaignRow,
) -> Result<Values, Unfillable> {
    let attributes: BTreeMap<String, String> = match serde_json::from_str(&member.attributes) {
        Ok(serde_json::Value::Object(map)) => {
            map.into_iter().map(|(k, v)| (k, v.as_str().map_or_else(|| v.to_string(), str::to_owned))).collect()
        }
        _ => BTreeMap::new(),
    };
    let person = Fillable { name: &member.name, first_name: &member.first_name, attributes: &attributes };
    fill_values(&template.components, variables, &template.language, &row.rules, person)
}

/// Whether the draft says where a variable gets its value from.
fn is_decided(row: &CampaignRow, variable: &Variable) -> bool {
    let key = variable.key();
    row.rules.iter().any(|r| r.key == key && r.is_decided())
}

/// Variables that this draft can fill: what nobody has decided yet, or has decided wrongly for everybody, is a gap of the
/// draft, not of these people.
fn fillable(template: &TemplateSnapshot, row: &CampaignRow) -> Vec<Variable> {
    let faults = faults_of_fixed(&template.components, &row.rules);
    let mut variables = template.components.variables();
    variables.retain(|v| is_decided(row, v) && !faults.iter().any(|(wrong, _)| wrong.key() == v.key()));
    variables
}

/// When a draft would start if it were launched now, and whether the clocks change then.
pub(super) fn start_of(row: &CampaignRow, now: UnixMillis) -> (UnixMillis, bool) {
    match row.operator_rules.schedule.as_ref().map(|s| s.start.named()) {
        Some(Ok(named)) => (named.at, named.clocks_change),
        _ => (now, false),
    }
}

/// Judges everybody of a draft's audience, in the order of ids: their values, or the word of why they get nothing. The
/// operator's rules are judged as they will hold at the planned start.
pub(super) fn judge_audience(
    connection: &Connection,
    row: &CampaignRow,
    template: &TemplateSnapshot,
    now: UnixMillis,
    mut each: impl FnMut(&AudienceMember, Result<Values, String>),
) -> Result<(), StoreError> {
    judge_from(connection, row, template, now, None, |member, values| {
        each(member, values);
        ControlFlow::Continue(())
    })
}

/// The same from a person on, until the caller has enough.
pub(super) fn judge_from(
    connection: &Connection,
    row: &CampaignRow,
    template: &TemplateSnapshot,
    now: UnixMillis,
    after: Option<ContactId>,
    mut each: impl FnMut(&AudienceMember, Result<Values, String>) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    if crate::audience::problem(&row.audience).is_some() {
        return Ok(());
    }
    let category = template.category().unwrap_or(Category::Marketing);
    let gate = consent_gate::campaign_reason_sql(category, now, &GateSettings::default());
    let rules = OperatorRules::load(connection)?.for_category(category);
    let starts_at = start_of(row, now).0;
    let reason_sql = rules.reason_sql(&gate, &row.operator_rules, starts_at, row.campaign_id);
    let mut quiet = QuietBook::new(&rules, starts_at).within(row.operator_rules.window);
    let query = AudienceQuery { audience: &row.audience, reason_sql: &reason_sql, until: now };
    let variables = fillable(template, row);
    let mut cursor = after;
    loop {
        let (members, next) = audience::audience_page(connection, &query, cursor, PAGE)?;
        for member in &members {
            let values = match (&member.left_out, never_reached(&mut quiet, member)) {
                (Some(word), _) => Err(word.clone()),
                (None, Some(word)) => Err(word.to_owned()),
                (None, None) => values_of(member, template, &variables, row).map_err(|why| why.code().to_owned()),
            };
            if each(member, values).is_break() {
                return Ok(());
            }
        }
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(()),
        }
    }
}

/// Word of the rule by which a person's turn never comes.
pub(super) fn never_reached(quiet: &mut QuietBook, member: &AudienceMember) -> Option<&'static str> {
    if !quiet.is_on() {
        return None;
    }
    quiet.never_at(place_of(member.phone.as_deref(), member.bsuid.as_deref()))
}

/// The words of a reason that leaves people out.
pub(super) fn excluded_words(code: &str, category: Category) -> (String, Option<String>) {
    let value = match code {
        "missing_value" => Some((
            "A variable has no value for these people.",
            "Give the variable a fallback, or complete the list and import it again.",
        )),
        "unreadable_value" => Some((
            "A value of theirs cannot be read as the number or date that it should be.",
            "Choose \u{201c}as it is\u{201d} for that variable, or correct the list and import it again. Nothing is guessed.",
        )),
        "value_too_long" => Some((
            "With their values put in, a part of the message is longer than WhatsApp allows.",
            "Shorten the values in the list, or fill that variable with something shorter.",
        )),
        "bad_coupon_code" => Some((
            "Their coupon code has more than letters and digits, which WhatsApp does not allow.",
            "Correct the codes in the list and import it again.",
        )),
        _ => None,
    };
    if let Some((sentence, remedy)) = value {
        return (sentence.to_owned(), Some(remedy.to_owned()));
    }
    if let Some((sentence, remedy)) = operator_rules::words(code) {
        return (sentence.to_owned(), Some(remedy.to_owned()));
    }
    match consent_gate::reason_sentence(code, category) {
        Some((sentence, remedy)) => (sentence, remedy.map(str::to_owned)),
        None => (code.replace('_', " "), None),
    }
}

/// The portfolio's limit of people, as all its numbers repeat it.
fn portfolio_limit(connection: &Connection) -> Result<Option<u64>, StoreError> {
    let numbers = phone_numbers::list(connection)?;
    Ok(pacing::of_portfolio(numbers.iter().map(|n| n.messaging_limit.as_deref())))
}

/// Reads the plan. `None`: there is no such campaign.
pub(super) fn read(
    connection: &Connection,
    id: switchboard_domain::ids::CampaignId,
    now: UnixMillis,
    practice: bool,
    rate_override: Option<f64>,
) -> Result<Option<Plan>, StoreError> {
    let Some(row) = campaigns::get(connection, id)? else { return Ok(None) };
    let template = match &row.template_id {
        Some(t) => templates::get(connection, t)?.map(|t| (TemplateSnapshot::of(&t), t)),
        None => None,
    };
    let number = match &row.phone_number_id {
        Some(n) => phone_numbers::get(connection, n)?,
        None => None,
    };
    let settings = crate::settings::load_in(connection)?;
    let level = number.as_ref().map_or(pacing::STANDARD_PER_SECOND, pacing::level_of);
    let own_limits = match &row.phone_number_id {
        Some(n) => number_limits::get(connection, n)?,
        None => NumberLimits::default(),
    };
    let rate_per_second = pacing::of_number(practice, level, settings.max_send_rate, own_limits, rate_override);
    let (starts_at, clocks_change) = start_of(&row, now);
    let category = template.as_ref().and_then(|(t, _)| t.category()).unwrap_or(Category::Marketing);
    let rules = OperatorRules::of(&settings).for_category(category);
    let mut plan = Plan {
        starts_at,
        clocks_change,
        zone: row.operator_rules.schedule.as_ref().map_or_else(|| zone_name(&rules.shop), |s| s.start.zone.clone()),
        held: Vec::new(),
        finish: Outcome::default(),
        own_limits,
        cost: None,
        first_values: None,
        samples: template.as_ref().map(|(_, raw)| super::test_send::samples_of(raw)).unwrap_or_default(),
        rules,
        by_place: HashMap::new(),
        by_market: BTreeMap::new(),
        free_by_market: BTreeMap::new(),
        template: None,
        number,
        audience: 0,
        will_receive: 0,
        excluded: Vec::new(),
        blockers: Vec::new(),
        warnings: Vec::new(),
        rate_per_second,
        previews: Vec::new(),
        confirm_by_typing: false,
        row,
    };
    plan.template_blockers(template.as_ref().map(|(t, raw)| (t, raw.components.as_str())));
    if let Some((_, raw)) = &template
        && let Some(next) = raw.correct_category.as_deref().filter(|c| !c.eq_ignore_ascii_case(&raw.category))
    {
        plan.warnings.push(reason(
            "category_change",
            format!("Meta announced to make this template {}.", next.to_ascii_lowercase()),
            "A campaign is paused when that happens while it runs.",
            1,
        ));
    }
    plan.template = template.map(|(t, _)| t);
    plan.columns_still_there(connection)?;
    plan.count_people(connection, now)?;
    plan.account_blockers(connection, now)?;
    plan.when(now);
    plan.hold(connection)?;
    plan.simulate(connection, now, settings.utility_reserve_percent)?;
    plan.beside(connection, now)?;
    plan.price(connection, now)?;
    plan.confirm_by_typing = plan.will_receive > TYPE_ABOVE
        || plan.template.as_ref().is_some_and(|t| t.category() == Some(Category::Marketing));
    Ok(Some(plan))
}

impl Plan {
    /// A moment as people in the shop say it.
    pub(super) fn shop_time(&self, at: UnixMillis) -> String {
        self.rules.shop_time(at)
    }

    /// The start by the clock of the place for which it is planned.
    fn start_time(&self) -> String {
        let planned = self.row.operator_rules.schedule.as_ref().and_then(|s| zone(&s.start.zone));
        time_in(planned.as_ref().unwrap_or(&self.rules.shop), self.starts_at)
    }

    /// What the report sets beside the outcome.
    pub(super) fn foretold(&self) -> CampaignPlan {
        CampaignPlan {
            audience: self.audience,
            will_receive: self.will_receive,
            starts_at_ms: self.starts_at.as_ms(),
            finish_at_ms: self.finish.finish.map(UnixMillis::as_ms),
            cost_most: self.cost.as_ref().and_then(|c| c.most.clone()),
            cost_least: self.cost.as_ref().and_then(|c| c.least.clone()),
            currency: self.cost.as_ref().and_then(|c| c.currency.clone()),
        }
    }

    fn block(&mut self, code: &str, sentence: impl Into<String>, remedy: &str) {
        self.blockers.push(reason(code, sentence, remedy, 1));
    }

    fn template_blockers(&mut self, template: Option<(&TemplateSnapshot, &str)>) {
        let Some((template, raw)) = template else {
            let chosen = self.row.template_id.is_some();
            let sentence = if chosen { "The template is no longer there." } else { "No template is chosen yet." };
            return self.block("template", sentence, "Choose an approved template.");
        };
        if !template.is_sendable() {
            let status = if template.removed { "deleted".to_owned() } else { template.status.to_ascii_lowercase() };
            self.block(
                "template_not_sendable",
                format!("The template is {status} at Meta and cannot be sent."),
                "Choose another one, or wait until Meta approves it.",
            );
        }
        if template.category() == Some(Category::Authentication) {
            self.block(
                "template_authentication",
                "Codes are not for campaigns.",
                "Choose a marketing or utility template.",
            );
        }
        if let Some(what) = unsupported(template, raw) {
            self.block(
                "template_kind",
                format!("Campaigns cannot send templates with {what} yet."),
                "Choose another template.",
            );
        }
        for slot in template.components.media() {
            let what = match slot.key.strip_prefix("card").and_then(|rest| rest.strip_suffix(".media")) {
                Some(n) => format!("Card {} of the carousel", n.parse::<u32>().unwrap_or(0).saturating_add(1)),
                None => "The template's header".to_owned(),
            };
            match media_file(&self.row.rules, &slot.key) {
                None => self.block("header_media", format!("{what} needs a file."), "Choose the file to show."),
                Some(path) if !std::path::Path::new(path).is_file() => {
                    self.block(
                        "header_media",
                        format!("{what} has a file that is not there."),
                        "Choose the file again.",
                    );
                }
                Some(_) => {}
            }
        }
        for variable in template.components.variables() {
            if !is_decided(&self.row, &variable) {
                self.block(
                    "values",
                    format!("Nothing is chosen for {{{{{}}}}} in {}.", variable.name, variable.place.words()),
                    "Say where each variable gets its value from.",
                );
            }
        }
        for (variable, why) in faults_of_fixed(&template.components, &self.row.rules) {
            let what = match why {
                Unfillable::TooLong { limit, .. } => {
                    format!("is too long (limit {limit} characters with what is around it)")
                }
                _ => "has more than letters and digits".to_owned(),
            };
            self.block(
                "values",
                format!("The fixed text for {{{{{}}}}} in {} {what}.", variable.name, variable.place.words()),
                "Correct that text.",
            );
        }
    }

    /// A column that nobody has any more would leave everybody to their fallback: that is not what was meant.
    fn columns_still_there(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let wanted: Vec<String> = match &self.template {
            Some(template) => template.components.variables().iter().map(Variable::key).collect(),
            None => Vec::new(),
        };
        let mut gone: Vec<String> = Vec::new();
        for rule in self.row.rules.iter().filter(|r| wanted.contains(&r.key) && r.source == ValueSource::Attribute) {
            let name = &rule.value;
            if !name.trim().is_empty() && !gone.contains(name) && !audience::has_column(connection, name)? {
                gone.push(name.clone());
            }
        }
        for name in gone {
            self.block(
                "column_gone",
                format!("Nobody has a value in the column \u{201c}{name}\u{201d} (any more)."),
                "Choose another column, or import the list that has it.",
            );
        }
        Ok(())
    }

    fn count_people(&mut self, connection: &Connection, now: UnixMillis) -> Result<(), StoreError> {
        if self.row.audience.is_unset() {
            self.block("audience", "Nobody is chosen yet.", "Choose whom the campaign is for.");
            return Ok(());
        }
        if let Some(problem) = crate::audience::problem(&self.row.audience) {
            self.block(
                "audience",
                format!("The audience cannot be used. {problem}"),
                "Change it in the step Audience.",
            );
            return Ok(());
        }
        let Some(template) = self.template.take() else { return Ok(()) };
        let category = template.category().unwrap_or(Category::Marketing);
        let mut left_out: BTreeMap<String, u64> = BTreeMap::new();
        // What exactly is wrong with values, for the sentence of the reason.
        let mut wrong: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let variables = fillable(&template, &self.row);
        let free = self.free_people(connection, category)?;
        judge_audience(connection, &self.row, &template, now, |member, values| {
            self.audience += 1;
            match values {
                Ok(values) => {
                    self.will_receive += 1;
                    let (phone, bsuid) = (member.phone.as_deref(), member.bsuid.as_deref());
                    if self.rules.quiet.is_some() {
                        *self.by_place.entry(place_of(phone, bsuid)).or_default() += 1;
                    }
                    let market = rates::market_of(phone, bsuid);
                    *self.by_market.entry(market).or_default() += 1;
                    if free.contains(&member.contact_id) {
                        *self.free_by_market.entry(market).or_default() += 1;
                    }
                    if self.first_values.is_none() {
                        self.first_values = Some(values.clone());
                    }
                    if self.previews.len() < PREVIEWS {
                        self.previews.push(preview(&template, member, &values));
                    }
                }
                Err(code) => {
                    if matches!(code.as_str(), "unreadable_value" | "value_too_long")
                        && let Err(why) = values_of(member, &template, &variables, &self.row)
                    {
                        wrong.entry(code.clone()).or_default().insert(why.to_string());
                    }
                    *left_out.entry(code).or_default() += 1;
                }
            }
        })?;
        self.excluded = left_out
            .into_iter()
            .map(|(code, count)| {
                let (words, remedy) = excluded_words(&code, category);
                let named = wrong.remove(&code).map(|all| all.into_iter().collect::<Vec<_>>().join(" "));
                CountedReason { code, sentence: named.unwrap_or(words), remedy, count }
            })
            .collect();
        self.excluded = show::merged(std::mem::take(&mut self.excluded));
        if let Some(never) = self.excluded.iter().find(|r| r.code == NEVER_IN_HOURS) {
            let sentence = match never.count {
                1 => "One person can never be reached in the hours of this campaign: it is always within your quiet \
                      hours where they are."
                    .to_owned(),
                n => format!(
                    "{n} people can never be reached in the hours of this campaign: it is always within your quiet \
                     hours where they are."
                ),
            };
            let remedy = never.remedy.clone().unwrap_or_default();
            self.warnings.push(reason(NEVER_IN_HOURS, sentence, &remedy, never.count));
        }
        self.excluded.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
        if self.will_receive == 0 {
            let sentence = if self.audience == 0 {
                "There is nobody in this audience."
            } else {
                "Everybody in this audience is left out; the reasons stand beside."
            };
            self.block("nobody", sentence, "Choose other people, or import people with their consent.");
        }
        self.template = Some(template);
        Ok(())
    }

    /// To whom a template is free at the start: who is in a free entry window, and where Meta does not charge it who is
    /// in an open customer service window (pricing.md §1).
    fn free_people(&self, connection: &Connection, category: Category) -> Result<BTreeSet<ContactId>, StoreError> {
        let at = self.starts_at;
        let mut free = foretold::in_free_entry(connection, at)?;
        let charged = rates::Charged::on(rates::day_of(at, &self.rules.shop));
        if category == Category::Utility && !charged.utility_in_window {
            free.extend(threads::in_window(connection, at)?);
        }
        Ok(free)
    }

    fn account_blockers(&mut self, connection: &Connection, now: UnixMillis) -> Result<(), StoreError> {
        let number = self.number.as_ref().map(|n| (n.status.clone().unwrap_or_default(), n.quality_rating.clone()));
        match number {
            None if self.row.phone_number_id.is_none() => {
                self.block("number", "No sending number is chosen yet.", "Choose the number to send from.");
            }
            None => self.block("number", "The sending number is none of this account's.", "Choose another number."),
            Some((status, quality)) => {
                if !status.is_empty() && status != "CONNECTED" {
                    let word = status.to_ascii_lowercase().replace('_', " ");
                    let sentence = format!("The sending number is {word} at Meta.");
                    self.block("number_not_connected", sentence, "Check the number in Settings, Account.");
                }
                if quality.as_deref() == Some("RED") {
                    self.warnings.push(reason(
                        "quality_red",
                        "The number's quality rating is red: too many people block or report it.",
                        "Send less and to people who surely want it.",
                        1,
                    ));
                }
            }
        }
        for stop in account_stops::all_open(connection)? {
            if stop.phone_number_id.is_none() || stop.phone_number_id == self.row.phone_number_id {
                self.block("account_stop", stop.sentence, &stop.remedy);
            }
        }
        if relay::get(connection)?.is_none() {
            self.block(
                "relay_not_configured",
                "No relay is set up, so opt-outs would not be heard. \"Send without hearing opt-outs\" is not offered yet.",
                "Set up the relay in Settings, Relay.",
            );
        }
        let limit = portfolio_limit(connection)?;
        if let Some(limit) = limit {
            let reached = outbox::reached_since(connection, now.minus(std::time::Duration::from_secs(86_400)))?;
            let left = limit.saturating_sub(reached);
            if self.will_receive > left {
                self.warnings.push(reason(
                    "people_per_day",
                    format!("Meta allows {limit} people in 24 hours and at most {left} are left now; the rest waits."),
                    "The campaign goes on by itself when the limit allows it.",
                    self.will_receive - left,
                ));
            }
        }
        Ok(())
    }
}

impl Plan {
    /// A start or an end that lies behind.
    fn when(&mut self, now: UnixMillis) {
        if self.row.operator_rules.schedule.is_some() && self.starts_at <= now {
            self.block("schedule_past", "The planned start has passed.", "Choose a later time, or start it at once.");
        }
        if self.row.operator_rules.ends_at().is_some_and(|end| end <= self.starts_at) {
            self.block("ends_before_start", "The campaign ends before it starts.", "Choose a later end.");
        }
        if self.clocks_change {
            self.warnings.push(reason(
                "clocks_change",
                format!("The clocks change that night: it starts at {}.", self.start_time()),
                "Choose another time if that is not what you mean.",
                1,
            ));
        }
    }

    /// Counts who waits for the end of quiet hours at the start.
    fn hold(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let mut book = QuietBook::new(&self.rules, self.starts_at);
        let mut latest: Option<UnixMillis> = None;
        let mut held = 0;
        for (place, people) in &self.by_place {
            if let QuietUntil::Until(until) = book.at_place(*place) {
                held += people;
                latest = latest.max(Some(until));
            }
        }
        if let Some(latest) = latest {
            self.held.push(reason(
                "quiet_hours",
                format!(
                    "It is within your quiet hours where they are; their turn comes by {}.",
                    self.rules.shop_time(latest)
                ),
                "They are not left out.",
                held,
            ));
        }
        if let (Some(cap), true) = (self.rules.cap, self.row.operator_rules.ends.is_some()) {
            self.hold_by_cap(connection, cap)?;
        }
        Ok(())
    }

    /// With an end, people above the cap wait for their turn, if it comes before the end.
    fn hold_by_cap(&mut self, connection: &Connection, cap: FrequencyCap) -> Result<(), StoreError> {
        let Some(template) = &self.template else { return Ok(()) };
        let (at, ends) = (self.starts_at, self.row.operator_rules.ends_at());
        let mut people = Vec::new();
        judge_audience(connection, &self.row, template, at, |member, values| {
            if values.is_ok() {
                people.push(member.contact_id);
            }
        })?;
        let (mut later, mut never) = (0, 0);
        for contact in people {
            let sent = campaign_rules::capped_since(connection, contact, cap.since(at), self.rules.for_utility)?;
            match cap.allowed_at(&sent, at) {
                Some(until) if ends.is_some_and(|end| until < end) => later += 1,
                Some(_) => never += 1,
                None => {}
            }
        }
        if later > 0 {
            self.held.push(reason(
                campaign_rules::FREQUENCY_CAP,
                "They had as many messages lately as your frequency cap allows; their turn comes before the end.",
                "They are not left out.",
                later,
            ));
        }
        if never > 0 {
            self.held.push(reason(
                "frequency_cap_past_end",
                "They had as many messages lately as your frequency cap allows, and their turn would come after the end.",
                "Choose a later end, or they are left out.",
                never,
            ));
        }
        Ok(())
    }

    fn simulate(&mut self, connection: &Connection, now: UnixMillis, reserve_percent: u32) -> Result<(), StoreError> {
        let groups = if self.rules.quiet.is_some() {
            self.by_place
                .iter()
                .map(|(place, people)| Group { zones: zones_or(*place, &self.rules.shop), people: *people })
                .collect()
        } else {
            vec![Group { zones: Vec::new(), people: self.will_receive }]
        };
        let limit = portfolio_limit(connection)?;
        let marketing = self.template.as_ref().is_some_and(|t| t.category() != Some(Category::Utility));
        let people_per_day =
            limit.map(|limit| if marketing { pacing::without_reserve(limit, reserve_percent) } else { limit });
        let since = now.minus(std::time::Duration::from_secs(86_400));
        let used = match people_per_day {
            Some(_) => outbox::reached_by_hour(connection, since)?,
            None => Vec::new(),
        };
        let number_used = match &self.row.phone_number_id {
            Some(number) if self.own_limits.people_per_day(self.starts_at).is_some() => {
                number_limits::reached_by_hour(connection, number, since)?
            }
            _ => Vec::new(),
        };
        self.finish = simulate(Run {
            start: self.starts_at,
            per_second: self.rate_per_second,
            factor: if self.starts_at <= now { sender_state::get(connection)?.rate_factor } else { 1.0 },
            groups,
            quiet: self.rules.quiet,
            window: self.row.operator_rules.window.map(|window| (window, self.rules.shop.clone())),
            ends: self.row.operator_rules.ends_at(),
            people_per_day,
            used,
            number: self.own_limits,
            number_used,
        });
        Ok(())
    }

    /// Campaigns that send from the same number at that time share its pace, which the simulation does not know.
    fn beside(&mut self, connection: &Connection, now: UnixMillis) -> Result<(), StoreError> {
        let Some(number) = &self.row.phone_number_id else { return Ok(()) };
        let ours = self.starts_at..=self.finish.finish.unwrap_or(UnixMillis::new(i64::MAX));
        let soon = self.starts_at <= now.plus(std::time::Duration::from_secs(86_400));
        let mut others = 0;
        for other in campaigns::in_state(connection, CampaignState::Running)? {
            let meets = match other.starts_at {
                Some(at) if at > now => ours.contains(&at),
                _ => soon,
            };
            if meets
                && other.phone_number_id.as_ref() == Some(number)
                && outbox::has_queued(connection, other.campaign_id)?
            {
                others += 1;
            }
        }
        if others > 0 {
            let sentence = if others == 1 {
                "Another campaign sends from this number at that time, and they share its pace.".to_owned()
            } else {
                format!("{others} other campaigns send from this number at that time, and all share its pace.")
            };
            self.warnings.push(reason("others_send", sentence, "It will take longer than foretold here.", others));
        }
        Ok(())
    }

    fn price(&mut self, connection: &Connection, now: UnixMillis) -> Result<(), StoreError> {
        let category = self.template.as_ref().map(|t| t.category.clone()).unwrap_or_default();
        let people = forecast::People { by_market: &self.by_market, free: &self.free_by_market };
        let priced =
            forecast::price(connection, &self.row, &category, &people, self.starts_at.max(now), now, &self.rules)?;
        let unpriced: u64 = priced.forecast.lines.iter().filter(|l| l.rate.is_none()).map(|l| l.people).sum();
        let budget = self.row.operator_rules.budget_micros;
        let limited = budget.is_some() || priced.month_left.is_some();
        if unpriced > 0 && limited {
            self.block(
                "no_price",
                format!(
                    "A budget is set, but there is no price for {unpriced} of these people, so it could not be kept."
                ),
                "Import Meta's price list for your currency in Settings, Prices, or take the budget away.",
            );
        }
        let rates = priced.forecast.lines.iter().filter_map(|l| l.rate.as_deref().and_then(parse_micros));
        let cheapest = rates.min().unwrap_or_default();
        for (code, left, what, remedy) in [
            ("budget", budget, "The budget", "Raise the budget or choose fewer people."),
            (
                "month_budget",
                priced.month_left,
                "What is left of this month's budget",
                "Raise the month's budget in Settings, Prices, or choose fewer people.",
            ),
        ] {
            let (Some(left), Some(most)) = (left, priced.most) else { continue };
            if most <= left {
                continue;
            }
            match reached_by(left, most, cheapest, self.will_receive) {
                0 => self.block(code, format!("{what} does not reach for a single message."), remedy),
                reached => {
                    let sentence = format!(
                        "{what} reaches about {reached} of {}; it stops hard when it is used up.",
                        show::people(self.will_receive)
                    );
                    self.warnings.push(reason(code, sentence, remedy, self.will_receive.saturating_sub(reached)));
                }
            }
        }
        if limited && priced.forecast.card_is_demo && self.will_receive > 0 {
            self.warnings.push(reason(
                "demo_prices",
                "The budget is kept with demo prices, which may differ from Meta's.",
                "Import Meta's price list in Settings, Prices.",
                1,
            ));
        }
        let start = rates::day_of(self.starts_at, &self.rules.shop);
        if let Some(end) = priced.may_end.filter(|end| *end <= start && unpriced < self.will_receive) {
            self.warnings.push(reason(
                "old_prices",
                format!("The price list may end on {end}, before the planned start; prices may be others by then."),
                "Import Meta's newer price list in Settings, Prices, as soon as it is out.",
                1,
            ));
        }
        self.cost = Some(priced.forecast);
        Ok(())
    }
}

/// About how many of so many people an amount reaches, at what they cost on average.
fn reached_by(left: i64, most: i64, cheapest: i64, people: u64) -> u64 {
    if left < cheapest || most <= 0 {
        return 0;
    }
    let share = u128::from(people) * u128::from(left.unsigned_abs()) / u128::from(most.unsigned_abs());
    u64::try_from(share).unwrap_or(people).clamp(1, people.max(1))
}

/// A part of the template that a campaign cannot fill yet.
fn unsupported(template: &TemplateSnapshot, raw: &str) -> Option<&'static str> {
    let components: serde_json::Value = serde_json::from_str(raw).unwrap_or_default();
    let is_offer = |c: &serde_json::Value| {
        c.get("type").and_then(|t| t.as_str()).is_some_and(|t| t.eq_ignore_ascii_case("LIMITED_TIME_OFFER"))
    };
    if components.as_array().is_some_and(|all| all.iter().any(is_offer)) {
        return Some("a limited-time offer");
    }
    if matches!(template.components.header_format.as_deref(), Some("LOCATION" | "PRODUCT" | "GIF")) {
        return Some("this kind of header");
    }
    if template.components.cards.iter().any(|card| !matches!(card.header_format.as_deref(), Some("IMAGE" | "VIDEO"))) {
        return Some("product cards");
    }
    template.components.buttons.iter().find_map(|b| match b.kind.as_str() {
        "OTP" => Some("a one-time code"),
        "MPM" | "SPM" => Some("products"),
        _ => None,
    })
}
