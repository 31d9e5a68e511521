//! The claim: one transaction that re-checks consent, template, campaign and account for each row, and writes the
//! attempts (P1, P2). A row that may not go is settled here with its reason; a campaign that may not go is paused.

use std::collections::HashMap;
use std::sync::Arc;

use switchboard_cloud_api::messages::{Endpoint, MarketingRoute, Recipient};
use switchboard_domain::campaign::CampaignState;
use switchboard_domain::consent::SendMode;
use switchboard_domain::ids::{AttemptId, Bsuid, CampaignId, ContactId, PhoneNumberId, TemplateId};
use switchboard_domain::phone::PhoneNumber;
use switchboard_domain::send::{MessageKind, OutboxState};
use switchboard_domain::template::Category;
use switchboard_domain::time::UnixMillis;
use switchboard_domain::window;
use switchboard_store::columns::{IdColumn, RowExt};
use switchboard_store::tables::campaigns::CampaignRow;
use switchboard_store::tables::consent_gate::GateSettings;
use switchboard_store::tables::outbox::QueuedRow;
use switchboard_store::tables::{account_stops, attempts, campaigns, consent_gate, outbox, spend, templates, threads};
use switchboard_store::{Connection, OptionalExtension, StoreError, WriteTx};

use super::message::{Claimed, TemplateSnapshot};
use super::purse::{Empty, Purse};
use super::rule::{self, CampaignRuling, Rules, Ruling};
use crate::pacing;
use crate::rates::Card;

/// People left out at once when a campaign comes to its end.
const END_CHUNK: u32 = 500;

/// Why a campaign is paused whose template wants other values than those that were frozen.
pub(crate) const TEMPLATE_CHANGED: (&str, &str) = (
    "template_changed",
    "Its template has other variables or files than when the audience was frozen, so nothing more is sent with the old \
     values. Cancel it and make a new campaign for those who have not got it.",
);

/// Reason word of a row that waits because the person was written to a moment ago (account.md §9).
const PAIR_RATE: &str = "pair_rate";
const PAIR_SENTENCE: &str = "Another message went to this person a moment ago; Meta allows one every six seconds.";

/// What a claim may take.
#[derive(Clone, Debug, Default)]
pub struct ClaimRequest {
    /// What time it is, where that is better known than by this machine's wall clock.
    pub at: Option<UnixMillis>,
    /// Free places in flight.
    pub places: u32,
    /// Messages that each number's pace allows now; a number that is not named is none of this account.
    pub tokens: HashMap<PhoneNumberId, u32>,
    /// Campaigns may go (we listen, and the day's limit is not used up): at most so many rows.
    pub campaign_rows: u32,
    /// Of those, marketing, where a share of the day's limit is kept for utility.
    pub marketing_rows: Option<u32>,
    /// People that each number may still reach today by the operator's own limits; absent = no limit.
    pub number_rows: HashMap<PhoneNumberId, u32>,
    /// How this account sends marketing.
    pub marketing: MarketingWay,
    /// Prices in force.
    pub card: Arc<Card>,
    /// What the operator set about the gate.
    pub gate: GateSettings,
}

/// How an account sends marketing templates (messages.md §11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MarketingWay {
    /// Which edge takes them.
    pub route: MarketingRoute,
    /// `/messages` takes none.
    pub strict: bool,
}

/// What a claim took and found.
#[derive(Debug, Default)]
pub struct ClaimResult {
    /// Rows to send now.
    pub claimed: Vec<Claimed>,
    /// Rows that were left out here.
    pub left_out: u32,
    /// Rows that a rule of the operator holds until later.
    pub held: u32,
    /// Campaigns that ended.
    pub finished: u32,
    /// Campaigns that were paused here.
    pub paused: u32,
    /// A campaign runs and has started.
    pub campaigns_running: bool,
    /// More may be claimable as soon as there is room.
    pub more: bool,
    /// When the next row that waits, or the start of a campaign, is due.
    pub next_due: Option<UnixMillis>,
}

impl ClaimResult {
    fn due(&mut self, at: Option<UnixMillis>) {
        self.next_due = match (self.next_due, at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}

/// Runs the claim. See the module.
///
/// # Errors
/// [`StoreError`]; nothing was claimed then.
pub fn claim(tx: &mut WriteTx<'_>, request: &ClaimRequest) -> Result<ClaimResult, StoreError> {
    let mut claim = Claim {
        request,
        now: request.at.unwrap_or(tx.now()),
        tokens: request.tokens.clone(),
        number_rows: request.number_rows.clone(),
        marketing_left: 0,
        templates: HashMap::new(),
        result: ClaimResult::default(),
    };
    claim.singles(tx)?;
    claim.campaigns(tx)?;
    Ok(claim.result)
}

struct Claim<'r> {
    request: &'r ClaimRequest,
    now: UnixMillis,
    tokens: HashMap<PhoneNumberId, u32>,
    number_rows: HashMap<PhoneNumberId, u32>,
    marketing_left: u32,
    templates: HashMap<TemplateId, Option<Arc<TemplateSnapshot>>>,
    result: ClaimResult,
}

/// What a campaign's rows are claimed under.
struct ByCampaign<'a> {
    row: &'a CampaignRow,
    template: &'a Arc<TemplateSnapshot>,
    rules: &'a mut Rules,
    purse: &'a mut Purse,
}

/// Why a row does not go.
struct LeftOut {
    state: OutboxState,
    code: String,
    sentence: String,
}

impl LeftOut {
    fn excluded(code: &str, sentence: &str) -> Self {
        Self { state: OutboxState::Excluded, code: code.to_owned(), sentence: sentence.to_owned() }
    }
}

impl Claim<'_> {
    fn places_left(&self) -> u32 {
        self.request.places.saturating_sub(u32::try_from(self.result.claimed.len()).unwrap_or(u32::MAX))
    }

    /// Replies, single templates and confirmations: first, and never held by listening, limits or pace.
    fn singles(&mut self, tx: &mut WriteTx<'_>) -> Result<(), StoreError> {
        let rows = outbox::queued(tx, None, self.now, self.places_left())?;
        for row in rows {
            self.take_row(tx, row, None)?;
        }
        self.result.due(outbox::next_not_before(tx, None)?);
        Ok(())
    }

    fn campaigns(&mut self, tx: &mut WriteTx<'_>) -> Result<(), StoreError> {
        let now = self.now;
        let running = campaigns::in_state(tx, CampaignState::Running)?;
        let mut started = Vec::with_capacity(running.len());
        for campaign in running {
            match campaign.starts_at {
                Some(at) if !has_come(&campaign, at, now, tx.now()) => self.result.due(Some(at)),
                _ if rule::starts(tx, &campaign, now)? => started.push(campaign),
                _ => self.result.paused += 1,
            }
        }
        self.result.campaigns_running = !started.is_empty();
        // What single templates took just now is no longer there for campaigns.
        let singles = self.result.claimed.iter().filter(|row| row.kind == MessageKind::Template).count();
        let mut rows_left = self.request.campaign_rows.saturating_sub(u32::try_from(singles).unwrap_or(u32::MAX));
        self.marketing_left =
            self.request.marketing_rows.unwrap_or(u32::MAX).saturating_sub(u32::try_from(singles).unwrap_or(u32::MAX));
        let mut waiting = u32::try_from(started.len()).unwrap_or(u32::MAX);
        for campaign in started {
            // Each of the campaigns that are left gets an equal share of what is left.
            let share = self.places_left().min(rows_left).div_ceil(waiting.max(1));
            waiting = waiting.saturating_sub(1);
            rows_left = rows_left.saturating_sub(self.one_campaign(tx, &campaign, share)?);
        }
        Ok(())
    }

    fn one_campaign(&mut self, tx: &mut WriteTx<'_>, campaign: &CampaignRow, share: u32) -> Result<u32, StoreError> {
        let id = campaign.campaign_id;
        let Some(number) = campaign.phone_number_id.clone() else {
            return self.pause(tx, id, "no_number", "This campaign has no sending number.");
        };
        if let Some(stop) = account_stops::holding(tx, &number)? {
            return self.pause(tx, id, "account_stop", &stop.sentence);
        }
        let template = match &campaign.template_id {
            Some(template_id) => self.template(tx, template_id)?,
            None => None,
        };
        let Some(template) = template.filter(|t| !t.removed) else {
            return self.pause(tx, id, "template_gone", "Its template is no longer there.");
        };
        if !template.is_sendable() {
            let sentence =
                format!("Its template is {} at Meta and cannot be sent.", template.status.to_ascii_lowercase());
            return self.pause(tx, id, "template_not_sendable", &sentence);
        }
        if campaign.category.as_deref().is_some_and(|c| c != template.category) {
            let sentence = format!("Meta changed the category of its template to {}.", template.category);
            return self.pause(tx, id, "template_category", &sentence);
        }
        if campaign.template_shape.as_deref().is_some_and(|shape| shape != template.components.shape()) {
            return self.pause(tx, id, TEMPLATE_CHANGED.0, TEMPLATE_CHANGED.1);
        }
        if campaign.template_hash.as_deref().is_some_and(|hash| hash != template.hash) {
            let sentence = "The text of its template was changed at Meta since it was launched.";
            return self.pause(tx, id, "template_changed", sentence);
        }
        let Some(tokens) = self.tokens.get(&number).copied() else {
            return self.pause(tx, id, "number_gone", "Its sending number is none of this account's.");
        };
        let category = template.category().unwrap_or(Category::Marketing);
        let mut rules = Rules::load(tx, category, campaign, self.now)?;
        match rules.of_campaign(campaign, self.now) {
            CampaignRuling::Go => {}
            CampaignRuling::ClosedUntil(opens) => {
                self.result.due(Some(opens));
                if campaigns::finish_if_empty(tx, id)? {
                    self.result.finished += 1;
                }
                return Ok(0);
            }
            CampaignRuling::Ended => return self.end(tx, id),
        }
        let by_operator = self.number_rows.get(&number).copied().unwrap_or(u32::MAX);
        let by_reserve = if category == Category::Marketing { self.marketing_left } else { u32::MAX };
        let take = share.min(tokens).min(by_operator).min(by_reserve);
        let rows = if take == 0 { Vec::new() } else { outbox::queued(tx, Some(id), self.now, take)? };
        let found = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let before = self.result.claimed.len();
        let mut purse = Purse::open(tx, self.now, campaign, &rules, &self.request.card, &template.category)?;
        for row in rows {
            let by = ByCampaign { row: campaign, template: &template, rules: &mut rules, purse: &mut purse };
            self.take_row(tx, row, Some(by))?;
            if let Some((code, sentence)) = purse.stop() {
                self.pause(tx, id, code, &sentence)?;
                break;
            }
        }
        let claimed = u32::try_from(self.result.claimed.len() - before).unwrap_or(u32::MAX);
        if let Some(left) = self.number_rows.get_mut(&number) {
            *left = left.saturating_sub(claimed);
        }
        if category == Category::Marketing {
            self.marketing_left = self.marketing_left.saturating_sub(claimed);
        }
        self.tokens.insert(number, tokens.saturating_sub(claimed));
        if found < take || take == 0 {
            let next = outbox::next_not_before(tx, Some(id))?;
            match next {
                Some(at) if at > self.now => self.result.due(Some(at)),
                // A limit of the day holds it: nothing to try again for before the next look.
                Some(_) if take == 0 && share.min(tokens) > 0 => {}
                Some(_) => self.result.more = true,
                None => {
                    if campaigns::finish_if_empty(tx, id)? {
                        self.result.finished += 1;
                    }
                }
            }
        } else {
            self.result.more = true;
        }
        if found > 0 {
            tx.touch("campaigns")?;
        }
        Ok(claimed)
    }

    /// Leaves who waits in a campaign that came to its end out, a chunk in each claim.
    fn end(&mut self, tx: &mut WriteTx<'_>, id: CampaignId) -> Result<u32, StoreError> {
        let (code, sentence) = rule::ENDED;
        let left = outbox::leave_out_rest_of_campaign(tx, id, code, sentence, END_CHUNK)?;
        self.result.left_out += u32::try_from(left).unwrap_or(u32::MAX);
        if left > 0 {
            self.result.more = true;
            tx.touch("campaigns")?;
        } else if campaigns::finish_if_empty(tx, id)? {
            self.result.finished += 1;
        }
        Ok(0)
    }

    fn pause(&mut self, tx: &mut WriteTx<'_>, id: CampaignId, code: &str, sentence: &str) -> Result<u32, StoreError> {
        if campaigns::pause(tx, id, code, sentence)? {
            self.result.paused += 1;
        }
        Ok(0)
    }

    fn template(&mut self, tx: &WriteTx<'_>, id: &TemplateId) -> Result<Option<Arc<TemplateSnapshot>>, StoreError> {
        if let Some(known) = self.templates.get(id) {
            return Ok(known.clone());
        }
        let read = templates::get(tx, id)?.map(|row| Arc::new(TemplateSnapshot::of(&row)));
        self.templates.insert(id.clone(), read.clone());
        Ok(read)
    }

    fn take_row(
        &mut self,
        tx: &mut WriteTx<'_>,
        row: QueuedRow,
        mut campaign: Option<ByCampaign<'_>>,
    ) -> Result<(), StoreError> {
        let template = match &campaign {
            Some(by) => Some(Arc::clone(by.template)),
            None => match (&row.template_id, row.kind) {
                (Some(id), MessageKind::Template) => self.template(tx, id)?,
                _ => None,
            },
        };
        let judged = self.judge(tx, &row, template.as_deref(), campaign.is_some())?;
        let Address { recipient, person, merged } = match judged {
            Ok(address) => address,
            Err(out) => {
                if outbox::leave_out(tx, row.outbox_id, out.state, &out.code, &out.sentence)? {
                    self.result.left_out += 1;
                    tx.touch(if campaign.is_some() { "campaigns" } else { "inbox" })?;
                }
                return Ok(());
            }
        };
        if let Some(by) = &mut campaign {
            match by.rules.of_row(tx, by.row, person, &recipient, self.now)? {
                Ruling::Go => {}
                Ruling::Hold { until, code, sentence } => {
                    if outbox::hold(tx, row.outbox_id, until, code, &sentence)? {
                        self.result.held += 1;
                    }
                    return Ok(());
                }
                Ruling::LeaveOut { code, sentence } => {
                    if outbox::leave_out(tx, row.outbox_id, OutboxState::Excluded, code, &sentence)? {
                        self.result.left_out += 1;
                    }
                    return Ok(());
                }
            }
        }
        let earlier = self.now.minus(pacing::PAIR_MEMORY);
        let earlier = attempts::to_person_since(tx, person, &row.phone_number_id, merged, earlier, row.outbox_id)?;
        if let Some(until) = pacing::pair_free_at(&earlier, campaign.is_none(), self.now) {
            if outbox::hold(tx, row.outbox_id, until, PAIR_RATE, PAIR_SENTENCE)? {
                self.result.held += 1;
                self.result.due(Some(until));
            }
            return Ok(());
        }
        let mut price = None;
        if let Some(by) = &mut campaign {
            match by.purse.take(&recipient) {
                Ok(micros) => price = micros,
                Err(Empty) => return Ok(()),
            }
        }
        let attempt_id = AttemptId::new(tx.now());
        if !outbox::claim(tx, row.outbox_id, attempt_id)? {
            return Ok(());
        }
        attempts::insert(tx, attempt_id, row.outbox_id, self.now)?;
        if let (Some(micros), Some(by)) = (price, &campaign) {
            spend::reserve(tx, row.outbox_id, micros, by.purse.month())?;
        }
        let known = row.endpoint.as_deref().and_then(Endpoint::parse);
        let by_category = template
            .as_ref()
            .map_or(Endpoint::Messages, |t| Endpoint::for_template(&t.category, self.request.marketing.route));
        self.result.claimed.push(Claimed {
            outbox_id: row.outbox_id,
            attempt_id,
            contact_id: row.contact_id,
            campaign_id: row.campaign_id,
            phone_number_id: row.phone_number_id,
            kind: row.kind,
            content: row.content,
            template,
            card_media: campaign.as_ref().map(|by| by.row.card_media.clone()).unwrap_or_default(),
            header_media: campaign.and_then(|by| by.row.header_media_id.clone()),
            recipient,
            tries_before: row.tries,
            endpoint: known.unwrap_or(by_category),
            rerouted: known.is_some(),
            strict: self.request.marketing.strict,
        });
        Ok(())
    }

    /// Consent, window and address of one row.
    fn judge(
        &self,
        tx: &WriteTx<'_>,
        row: &QueuedRow,
        template: Option<&TemplateSnapshot>,
        by_campaign: bool,
    ) -> Result<Result<Address, LeftOut>, StoreError> {
        match row.kind {
            MessageKind::Template => {
                let Some(template) = template.filter(|t| t.is_sendable()) else {
                    return Ok(Err(LeftOut::excluded(
                        "template_not_sendable",
                        "The template cannot be sent at the moment; look at its state in Templates.",
                    )));
                };
                // A category of a later platform is held to the strictest rules.
                let category = template.category().unwrap_or(Category::Marketing);
                let mode = if by_campaign { SendMode::Campaign } else { SendMode::OneToOne };
                let verdict = consent_gate::gate_in(tx, row.contact_id, category, self.now, mode, &self.request.gate)?;
                if let Err(no) = verdict {
                    return Ok(Err(LeftOut::excluded(no.reason.as_str(), &no.sentence())));
                }
            }
            MessageKind::Text | MessageKind::Media | MessageKind::OptOutConfirmation => {
                let wrote = threads::last_inbound_at(tx, row.contact_id)?;
                if !window::is_open(wrote, self.now) {
                    return Ok(Err(LeftOut::excluded(
                        "window_closed",
                        "The customer service window closed before this could leave; only a template may be sent.",
                    )));
                }
            }
        }
        let Some(address) = address(tx, row.contact_id)? else {
            let sentence = "Neither a phone number nor a WhatsApp user id is known.";
            return Ok(Err(LeftOut::excluded("no_address", sentence)));
        };
        if let Some(campaign) = row.campaign_id
            && address.merged
            && has_it_under_another_entry(tx, campaign, row, address.person)?
        {
            return Ok(Err(LeftOut {
                state: OutboxState::Cancelled,
                code: "merged".to_owned(),
                sentence: "This campaign's message was sent to the same person under another entry.".to_owned(),
            }));
        }
        Ok(Ok(address))
    }
}

/// Whether a campaign's start has come. A planned start is a moment of the world; the seconds in which a launch can be
/// undone are counted by the wall clock that the launch was written with, and end early if that clock is set back, so
/// that nothing waits for a day to come again.
fn has_come(campaign: &CampaignRow, starts: UnixMillis, now: UnixMillis, wall: UnixMillis) -> bool {
    let planned = campaign.operator_rules.schedule.is_some();
    let set_back = campaign.launched_at.is_some_and(|launched| wall < launched);
    starts <= now || (!planned && (starts <= wall || set_back))
}

/// Whether Meta took another row of the campaign for this person, or may have: two entries that turned out to be one
/// person while one of them was under way (P3). What Meta took and failed later counts too: it is no more sent again
/// under another entry than under its own (`outbox::queue_again`).
fn has_it_under_another_entry(
    connection: &Connection,
    campaign: CampaignId,
    row: &QueuedRow,
    person: ContactId,
) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM outbox o WHERE o.campaign_id = ?1 AND o.outbox_id <> ?2 \
             AND o.contact_id IN (SELECT ?3 UNION ALL SELECT contact_id FROM contacts WHERE merged_into = ?3) \
             AND (o.wamid IS NOT NULL OR o.state IN ('claimed', 'sending', 'accepted', 'held', 'unknown') \
             OR EXISTS (SELECT 1 FROM attempts a WHERE a.outbox_id = o.outbox_id AND (a.outcome IS NULL \
             OR a.outcome NOT IN ('refused', 'throttled', 'not_sent', 'suppressed'))))",
        )?
        .exists((campaign.bytes(), row.outbox_id.bytes(), person.bytes()))?)
}

/// Where a person is reached.
struct Address {
    recipient: Recipient,
    /// The entry that counts.
    person: ContactId,
    /// Other entries lead to it.
    merged: bool,
}

/// The number where one is known, else the user id (messages.md §3).
fn address(connection: &Connection, contact_id: ContactId) -> Result<Option<Address>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT p.phone, p.bsuid, p.contact_id, EXISTS (SELECT 1 FROM contacts o WHERE o.merged_into = p.contact_id) \
             FROM contacts c JOIN contacts p ON p.contact_id = COALESCE(c.merged_into, c.contact_id) \
             WHERE c.contact_id = ?1",
        )?
        .query_row([contact_id.bytes()], |r| {
            let (phone, bsuid): (Option<String>, Option<String>) = (r.get(0)?, r.get(1)?);
            Ok((phone, bsuid, r.id("contact_id")?, r.get(3)?))
        })
        .optional()?;
    let Some((phone, bsuid, person, merged)) = found else { return Ok(None) };
    let recipient = match (phone, bsuid) {
        (Some(phone), _) => Recipient::Phone(PhoneNumber::from_stored(phone)),
        (None, Some(bsuid)) => Recipient::Bsuid(Bsuid::new(bsuid)),
        (None, None) => return Ok(None),
    };
    Ok(Some(Address { recipient, person, merged }))
}
