//! Campaigns: draft, review, launch, live view. What a person may write by hand refuses a field that it does not know: a
//! budget with a slip in its name must not become a campaign without one.

use super::{Audience, CountedReason, Stall};
use crate::macros::{shapes, words};

words! {
    /// State of a campaign.
    pub enum CampaignStateDto {
        /// Being put together.
        Draft,
        /// Audience being enqueued.
        Launching,
        /// Sending.
        Running,
        /// Paused, with a reason.
        Paused,
        /// Ended by the operator.
        Cancelled,
        /// Nothing left to send.
        Done,
    }

    /// What a scheduled campaign does if the computer was off at its start.
    pub enum LateKind {
        /// It waits and asks.
        Ask,
        /// It is not sent.
        Skip,
        /// It is sent if it is less than some hours late, and asks otherwise.
        Within,
    }

    /// Where a variable's value comes from.
    pub enum ValueSource {
        /// First name of the person.
        FirstName,
        /// Whole name.
        FullName,
        /// An attribute from an import.
        Attribute,
        /// The same text for everybody.
        Fixed,
    }

    /// How a person's value is written.
    pub enum FormatKind {
        /// As it stands in the list.
        AsIs,
        /// Each word with a capital letter.
        Capitalised,
        /// The first word alone, with a capital letter.
        FirstWord,
        /// In capital letters.
        Upper,
        /// A number as a language writes it.
        Number,
        /// An amount of money as a language writes it.
        Currency,
        /// A date with the month in words.
        DateLong,
        /// A short date.
        DateMedium,
    }
}

shapes! {
    /// How a value is written, in which language and currency.
    #[serde(deny_unknown_fields)]
    pub struct ValueFormat {
        /// How.
        pub kind: FormatKind,
        /// Language code such as `de`; none = the template's.
        #[serde(default)]
        pub language: Option<String>,
        /// ISO 4217, for amounts.
        #[serde(default)]
        pub currency: Option<String>,
    }

    /// How one variable is filled.
    #[serde(deny_unknown_fields)]
    pub struct VariableValue {
        /// As in `TemplateRow.variables`, or in `TemplateRow.media` (value = a file path).
        pub key: String,
        /// From where.
        pub source: ValueSource,
        /// Attribute name, or the fixed text.
        pub value: String,
        /// Used where a person has no value. Without it such a person is left out.
        pub fallback: Option<String>,
        /// How a person's value is written; none = as it is.
        #[serde(default)]
        pub format: Option<ValueFormat>,
    }

    /// Hours of every day, by the clock on the wall; they may go past midnight.
    #[serde(deny_unknown_fields)]
    pub struct Hours {
        /// Minute of the day at which they begin, 0 to 1439.
        pub from_minute: u16,
        /// Minute of the day at which they are over.
        pub to_minute: u16,
    }

    /// A moment by the clock on the wall.
    #[serde(deny_unknown_fields)]
    pub struct LocalMoment {
        /// Date and time such as `2026-12-01T09:00`.
        pub local: String,
        /// Zone of the tz database such as `America/Toronto`.
        pub zone: String,
    }

    /// A start later than now.
    #[serde(deny_unknown_fields)]
    pub struct CampaignSchedule {
        /// The start.
        pub start: LocalMoment,
        /// What if the computer was off then.
        pub late: LateKind,
        /// Hours, for [`LateKind::Within`].
        pub late_hours: u32,
    }

    /// What an operator sets for one campaign beyond its message.
    #[derive(Default)]
    #[serde(deny_unknown_fields)]
    pub struct CampaignRules {
        /// Once, later; none = as soon as it is launched.
        #[serde(default)]
        pub schedule: Option<CampaignSchedule>,
        /// It sends only in these hours, by the shop's clock.
        #[serde(default)]
        pub window: Option<Hours>,
        /// Nothing leaves after this; who still waits is left out.
        #[serde(default)]
        pub ends: Option<LocalMoment>,
        /// People to whom anything of ours left in so many days are left out.
        #[serde(default)]
        pub not_written_days: Option<u32>,
        /// People with an open conversation are left out.
        #[serde(default)]
        pub not_in_conversation: bool,
        /// What it may cost at most, decimal text in the account's currency.
        #[serde(default)]
        pub budget: Option<String>,
    }

    /// A draft as the wizard keeps it.
    #[serde(deny_unknown_fields)]
    pub struct CampaignDraft {
        /// None = new.
        pub id: Option<String>,
        /// Name for the operator.
        pub name: String,
        /// Template.
        pub template_id: Option<String>,
        /// Sending number.
        pub phone_number_id: Option<String>,
        /// Whom for.
        pub audience: Audience,
        /// Values of the variables.
        pub values: Vec<VariableValue>,
        /// When it starts, in which hours it sends, whom it leaves out, what it may cost.
        #[serde(default)]
        pub rules: CampaignRules,
    }

    /// What one recipient will read.
    pub struct RecipientPreview {
        /// The person.
        pub contact_id: String,
        /// Name.
        pub name: String,
        /// Text header.
        pub header: Option<String>,
        /// Body.
        pub body: String,
        /// Footer.
        pub footer: Option<String>,
        /// Buttons.
        pub buttons: Vec<String>,
        /// Where each button leads, or the code that it copies; none for those without either.
        pub button_values: Vec<Option<String>>,
        /// Cards of a carousel.
        pub cards: Vec<CardPreview>,
    }

    /// A card of a carousel as a recipient will see it.
    pub struct CardPreview {
        /// Text.
        pub body: String,
        /// Buttons.
        pub buttons: Vec<String>,
        /// Where each leads.
        pub button_values: Vec<Option<String>>,
    }

    /// Asks for the messages of real recipients, a page at a time.
    pub struct CampaignPreviewsRequest {
        /// The draft.
        pub id: String,
        /// Where the page before ended; none = from the beginning.
        pub after: Option<String>,
        /// Messages wanted, at most 20.
        pub limit: u32,
    }

    /// What real recipients will read.
    pub struct CampaignPreviews {
        /// Their messages.
        pub rows: Vec<RecipientPreview>,
        /// Where the next page begins; none = there is none.
        pub next: Option<String>,
    }

    /// Cost of the people of one market.
    pub struct CostLine {
        /// Market as the rate card names it.
        pub market: String,
        /// Category.
        pub category: String,
        /// People.
        pub people: u64,
        /// Price of one message by the list; none = the card has none.
        pub rate: Option<String>,
        /// At most, at the list price, if every message is delivered.
        pub most: Option<String>,
        /// At least, if the lowest volume tier held for all of them; as `most` where no tiers apply.
        pub least: Option<String>,
    }

    /// People of one hour.
    pub struct CoursePoint {
        /// When the hour begins.
        pub at_ms: i64,
        /// How many leave in it.
        pub people: u64,
    }

    /// What the answers to a campaign will cost: messages of ours inside the conversations that it opens.
    pub struct ReplyForecast {
        /// People who will answer.
        pub people: u64,
        /// Of a thousand people, how many answer.
        pub per_mille: u32,
        /// Messages that each of them gets, in tenths.
        pub messages_each_tenths: u32,
        /// Both are measured by what came of the campaigns of the last 90 days; otherwise they are assumed.
        pub measured: bool,
        /// Messages in all.
        pub messages: u64,
        /// Messages that are free per number and month.
        pub free_per_month: u64,
        /// Of those, what is left in the month of the start, at most: others may send from the number too.
        pub free_left: u64,
        /// Of the messages, how many are beyond the free ones.
        pub charged: u64,
        /// What those cost; none = there is no price for somebody.
        pub most: Option<String>,
    }

    /// What a campaign will cost if every message is delivered.
    pub struct CostForecast {
        /// The account's currency; none = not known yet.
        pub currency: Option<String>,
        /// By market, dearest first.
        pub lines: Vec<CostLine>,
        /// At most in all; none = there is no price for somebody.
        pub most: Option<String>,
        /// At least in all, where volume tiers apply.
        pub least: Option<String>,
        /// The rate card: since when it holds; none = there is none.
        pub card_from: Option<String>,
        /// The card is demo data that came with the program.
        pub card_is_demo: bool,
        /// What has been spent or set aside this month, with its name, `2026-11`.
        pub month: String,
        /// See `month`.
        pub month_spent: String,
        /// The month's budget.
        pub month_budget: Option<String>,
        /// The campaign's own budget.
        pub budget: Option<String>,
        /// People to whom it is free if it leaves at the start, because their free entry window is open then (or where
        /// Meta does not charge utility in it, the customer service window). Counted in `least` alone.
        pub free_people: u64,
        /// What their answers will provoke; none = that costs nothing.
        pub replies: Option<ReplyForecast>,
    }

    /// What a campaign has cost, from the statuses of Meta: once per message, of what was delivered.
    pub struct CampaignCost {
        /// The account's currency.
        pub currency: Option<String>,
        /// Of what was delivered and charged.
        pub actual: String,
        /// Set aside for what is on its way and not yet known to be delivered.
        pub reserved: String,
        /// The campaign's budget.
        pub budget: Option<String>,
        /// Messages that were delivered and free.
        pub free: u64,
        /// Messages that were charged.
        pub charged: u64,
        /// Messages that were charged at a price that no rate card here has.
        pub unpriced: u64,
    }

    /// What will happen, before anything happens.
    pub struct CampaignReview {
        /// The campaign.
        pub campaign_id: String,
        /// People in the audience.
        pub audience: u64,
        /// Of those, who will get it.
        pub will_receive: u64,
        /// Who is left out and why.
        pub excluded: Vec<CountedReason>,
        /// Why it cannot be launched; empty = it can.
        pub blockers: Vec<CountedReason>,
        /// Things to know that do not stop it.
        pub warnings: Vec<CountedReason>,
        /// Messages per second it will go at.
        pub rate_per_second: f64,
        /// Seconds until the last one is sent, at that rate.
        pub estimate_seconds: u64,
        /// When the first message leaves: the planned start, or now.
        pub starts_at_ms: i64,
        /// Where the planned start is meant: a zone of the tz database.
        pub zone: String,
        /// In that night the clocks change so that the planned time does not exist or comes twice.
        pub clocks_change: bool,
        /// When the last message leaves, simulated with the pace, limits, windows and quiet hours that will hold; none =
        /// not within the next 60 days, or the campaign ends first.
        pub finish_at_ms: Option<i64>,
        /// People whose turn does not come before the campaign's end or within those 60 days.
        pub not_in_time: u64,
        /// How many leave in each hour in which any does, as simulated.
        pub course: Vec<CoursePoint>,
        /// People whose turn comes later than the start, and what holds them until then.
        pub held: Vec<CountedReason>,
        /// What it will cost.
        pub cost: CostForecast,
        /// Up to three real recipients.
        pub previews: Vec<RecipientPreview>,
        /// Sending number as people read it.
        pub from_display_phone_number: String,
        /// The launch asks to type the number of people first.
        pub confirm_by_typing: bool,
        /// What the template says, as a short word; the launch compares it.
        pub template_hash: Option<String>,
    }

    /// Launch a draft.
    pub struct CampaignLaunch {
        /// The campaign.
        pub id: String,
        /// The number typed by the operator, where [`CampaignReview::confirm_by_typing`] asks for it.
        pub typed_number: Option<u64>,
        /// [`CampaignReview::template_hash`] as it was reviewed; none = the template as it is now.
        #[serde(default)]
        pub template_hash: Option<String>,
        /// Made once per press of the button, so that a double click launches once.
        pub idempotency_key: String,
    }

    /// The present states of a campaign's people: disjoint, and all but `audience` add up to it.
    #[derive(Default)]
    pub struct CampaignCounts {
        /// Everybody.
        pub audience: u64,
        /// Not sent by us: our rules.
        pub excluded: u64,
        /// Waiting.
        pub queued: u64,
        /// On their way.
        pub sending: u64,
        /// Outcome unknown: Meta did not say whether it took them.
        pub unknown: u64,
        /// Held by pacing.
        pub held: u64,
        /// Accepted by Meta, no status yet.
        pub accepted: u64,
        /// One tick.
        pub sent: u64,
        /// Two ticks.
        pub delivered: u64,
        /// Read.
        pub read: u64,
        /// Failed.
        pub failed: u64,
        /// Held back by Meta.
        pub withheld: u64,
        /// Not sent by us: cancelled.
        pub cancelled: u64,
    }

    /// A campaign in a list.
    pub struct CampaignRow {
        /// Our id.
        pub id: String,
        /// Name.
        pub name: String,
        /// State.
        pub state: CampaignStateDto,
        /// Why it is paused, or who or what cancelled it.
        pub paused_reason: Option<String>,
        /// Template name and language.
        pub template: Option<String>,
        /// Category.
        pub category: Option<String>,
        /// Counts.
        pub counts: CampaignCounts,
        /// People who replied after it reached them.
        pub replied: u64,
        /// People who opted out after it reached them.
        pub opted_out: u64,
        /// When it was made.
        pub created_at_ms: i64,
        /// When it was launched.
        pub launched_at_ms: Option<i64>,
        /// When its first message may leave; until then the launch can be undone.
        pub starts_at_ms: Option<i64>,
        /// When it ended.
        pub finished_at_ms: Option<i64>,
        /// Nothing of it leaves before then: its start, its hours, or the quiet hours of everybody who waits.
        pub waits_until_at_ms: Option<i64>,
    }

    /// A point of the rate curve.
    pub struct RatePoint {
        /// Start of the interval.
        pub at_ms: i64,
        /// Length of the interval.
        pub interval_ms: u64,
        /// Accepted by Meta in it.
        pub accepted: u64,
        /// Failed or refused in it.
        pub failed: u64,
    }

    /// One campaign.
    pub struct CampaignDetail {
        /// As in the list.
        pub row: CampaignRow,
        /// As the wizard keeps it.
        pub draft: CampaignDraft,
        /// Failures, refusals and withheld ones grouped, with the remedy.
        pub failures: Vec<CountedReason>,
        /// Who was left out and why.
        pub excluded: Vec<CountedReason>,
        /// Rate over time.
        pub rate: Vec<RatePoint>,
        /// Why nothing is being claimed right now although it runs ("waiting for the relay"), if so.
        pub stall: Option<Stall>,
        /// Messages a second that Meta took lately, while it runs.
        pub per_second: Option<f64>,
        /// When the last message is likely to leave, at that pace; none = not known.
        pub done_at_ms: Option<i64>,
        /// Undo is possible now.
        pub can_undo: bool,
        /// What it has cost so far.
        pub cost: CampaignCost,
    }

    /// All campaigns, newest first.
    pub struct CampaignList {
        /// Campaigns.
        pub items: Vec<CampaignRow>,
    }

    /// Asks for the people behind a count.
    pub struct CampaignRecipientsRequest {
        /// The campaign.
        pub id: String,
        /// A field name of [`CampaignCounts`], or none for all.
        pub state: Option<String>,
        /// Only those with this reason code.
        pub reason: Option<String>,
        /// First row, from 0.
        pub offset: u64,
        /// Rows wanted, at most 200.
        pub limit: u32,
    }

    /// One person of a campaign.
    pub struct RecipientRow {
        /// The person.
        pub contact_id: String,
        /// Name.
        pub name: String,
        /// E.164 or username.
        pub address: String,
        /// A field name of [`CampaignCounts`].
        pub state: String,
        /// Why, for excluded, failed, withheld, unknown, cancelled.
        pub reason: Option<String>,
        /// Last change.
        pub at_ms: i64,
    }

    /// A page of people.
    pub struct RecipientPage {
        /// People.
        pub rows: Vec<RecipientRow>,
        /// People in all under this filter.
        pub total: u64,
    }
}
