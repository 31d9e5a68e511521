// Written from crates/bridge by `make generate`; do not edit. CI fails when it is stale.

/**
 * The operator says that a step we cannot check is done, or takes that back.
 */
export type AccountConfirmStep = { 
/**
 * As in [`ChecklistStep::key`].
 */
key: string, 
/**
 * Done or not.
 */
done: boolean, };

/**
 * Checks token, WABA and number and only then saves.
 */
export type AccountConnect = { 
/**
 * Name of the new profile; a letter or digit first, then letters, digits, `-`, `_`.
 */
profile: string, 
/**
 * System User token; goes to the keychain.
 */
token: SecretInput, 
/**
 * WABA id.
 */
waba_id: string, 
/**
 * Phone number id.
 */
phone_number_id: string, 
/**
 * Another Graph host: only a loopback address is accepted.
 */
graph_url: string | null, 
/**
 * Graph version such as `v26.0`.
 */
graph_version: string | null, };

/**
 * Which accounts does this token reach? Nothing is saved.
 */
export type AccountDiscover = { 
/**
 * System User token.
 */
token: SecretInput, 
/**
 * WABA id, if the operator knows it (tokens without granular scopes do not tell).
 */
waba_id: string | null, 
/**
 * Another Graph host: only a loopback address (a practice account) is accepted.
 */
graph_url: string | null, };

/**
 * The connected account.
 */
export type AccountOverview = { 
/**
 * Profile name.
 */
profile: string, 
/**
 * WABA id.
 */
waba_id: string, 
/**
 * WABA name.
 */
waba_name: string | null, 
/**
 * Currency of the WABA.
 */
currency: string | null, 
/**
 * Own numbers.
 */
numbers: Array<OwnNumber>, 
/**
 * The number that sends by default.
 */
phone_number_id: string, 
/**
 * When the token ends; none = never.
 */
token_expires_at_ms: number | null, 
/**
 * All that Meta wants, in order.
 */
checklist: Array<ChecklistStep>, 
/**
 * Where Graph is and which version.
 */
graph: string, };

/**
 * A new token for the same account.
 */
export type AccountReplaceToken = { 
/**
 * System User token; goes to the keychain.
 */
token: SecretInput, };

/**
 * A date that can be read in two ways, with nothing in its column that tells.
 */
export type AmbiguousDate = { 
/**
 * As it is written.
 */
written: string, 
/**
 * With the day first, Unix milliseconds UTC.
 */
day_first_ms: number, 
/**
 * With the month first.
 */
month_first_ms: number, };

/**
 * What the window needs before it shows anything.
 */
export type AppStatus = { 
/**
 * Program version.
 */
version: string, 
/**
 * The open profile.
 */
profile: ProfileSummary | null, 
/**
 * Profiles on this machine.
 */
profiles: Array<ProfileSummary>, 
/**
 * Nothing was ever opened here: show the first start.
 */
first_start: boolean, 
/**
 * Whether this process holds the engine role of the open profile; if not, another one sends and listens.
 */
holds_engine_role: boolean, 
/**
 * A file given on the command line or dropped on the icon, waiting to be imported.
 */
pending_file: string | null, 
/**
 * A pairing link that the program was opened with, to be shown once and confirmed.
 */
pending_link: OfferedLink | null, 
/**
 * Something the operator must know about this start (a copied database, an unclean end), one sentence.
 */
notice: string | null, 
/**
 * The account that the start asked for is being opened.
 */
opening: boolean, 
/**
 * Why the account that the start asked for is not open.
 */
start_failure: UiError | null, 
/**
 * Sequence number of the change log at this moment.
 */
change_seq: number, };

/**
 * What the operator attests for rows without evidence. Kept as typed, always shown as "attested".
 */
export type Attestation = { 
/**
 * The wording people agreed to.
 */
wording: string, 
/**
 * Where (shop, form, event).
 */
place: string, 
/**
 * First day, ISO date.
 */
date_from: string, 
/**
 * Last day, ISO date.
 */
date_to: string, 
/**
 * `marketing`, `utility` or both.
 */
purposes: Array<string>, };

/**
 * A named value.
 */
export type Attribute = { 
/**
 * Name, as the column was called.
 */
name: string, 
/**
 * Value.
 */
value: string, };

/**
 * Whom a campaign is for.
 */
export type Audience = { 
/**
 * Kind.
 */
kind: AudienceKind, 
/**
 * Imports, for [`AudienceKind::Imports`].
 */
import_ids: Array<string>, 
/**
 * People, for [`AudienceKind::Contacts`].
 */
contact_ids: Array<string>, 
/**
 * The filter, for [`AudienceKind::Filter`].
 */
filter: AudienceFilter | null, };

/**
 * What an audience can be built from.
 */
export type AudienceChoices = { 
/**
 * Tags by name.
 */
tags: Array<TagCount>, 
/**
 * Columns that people came with.
 */
columns: Array<string>, 
/**
 * Uploaded lists, newest first.
 */
lists: Array<AudienceList>, };

/**
 * Asks for the values of a column.
 */
export type AudienceColumn = { 
/**
 * Its name.
 */
name: string, };

/**
 * How many people an audience has.
 */
export type AudienceCount = { 
/**
 * People.
 */
people: number, 
/**
 * Of those, who may get marketing as far as consent and country go.
 */
may_market: number, 
/**
 * Some of them, the newest first.
 */
some: Array<AudiencePerson>, 
/**
 * What is not finished or cannot be used, one sentence; the count is that of nobody then.
 */
problem: string | null, };

/**
 * Counts an audience.
 */
export type AudienceCountRequest = { 
/**
 * The audience.
 */
audience: Audience, 
/**
 * People shown by name, at most 20.
 */
some: number, };

/**
 * A filter with the version of its form, 1.
 */
export type AudienceFilter = { 
/**
 * The version.
 */
v: number, 
/**
 * The outermost group.
 */
group: AudienceGroup, };

/**
 * Conditions joined.
 */
export type AudienceGroup = { 
/**
 * How.
 */
join: AudienceJoin, 
/**
 * In order.
 */
items: Array<AudienceItem>, };

/**
 * One condition or group, as it is or turned around.
 */
export type AudienceItem = { 
/**
 * It must not hold.
 */
not: boolean, 
/**
 * What is asked.
 */
test: AudienceTest, };

/**
 * Whether all or any of a group's conditions must hold.
 */
export type AudienceJoin = "all" | "any";

/**
 * Which way an audience is given.
 */
export type AudienceKind = "everybody" | "imports" | "contacts" | "filter";

/**
 * A list that was uploaded to choose people by.
 */
export type AudienceList = { 
/**
 * Its id.
 */
id: string, 
/**
 * Name of the file.
 */
file_name: string, 
/**
 * Rows of the file.
 */
rows: number, 
/**
 * People of ours on it.
 */
people: number, 
/**
 * Numbers that nobody here has.
 */
unknown: number, 
/**
 * Rows without a number that can be read.
 */
unreadable: number, 
/**
 * When it was uploaded.
 */
at_ms: number, };

/**
 * Reads a file of numbers to choose people by. Nobody is added and nothing is proved by it.
 */
export type AudienceListAdd = { 
/**
 * The file.
 */
path: string, 
/**
 * Country of numbers without a code, ISO alpha-2.
 */
region: string | null, };

/**
 * A person of an audience.
 */
export type AudiencePerson = { 
/**
 * The person.
 */
contact_id: string, 
/**
 * Name.
 */
name: string, 
/**
 * Number or username.
 */
address: string, };

/**
 * One question about a person, or a group of them.
 */
export type AudienceTest = { "kind": "group", 
/**
 * What stands in them.
 */
group: AudienceGroup, } | { "kind": "tag", 
/**
 * The tags.
 */
tags: Array<string>, } | { "kind": "attribute", 
/**
 * Its name.
 */
name: string, 
/**
 * What is asked.
 */
value: AudienceValueTest, } | { "kind": "consent", 
/**
 * The words.
 */
any_of: Array<ConsentWord>, } | { "kind": "import", 
/**
 * The imports.
 */
import_ids: Array<string>, } | { "kind": "list", 
/**
 * The list.
 */
list_id: string, } | { "kind": "people", 
/**
 * The people.
 */
contact_ids: Array<string>, } | { "kind": "campaign", 
/**
 * The campaign.
 */
campaign_id: string, 
/**
 * What.
 */
part: CampaignPart, } | { "kind": "contacted", 
/**
 * In so many days; none = ever.
 */
within_days: number | null, } | { "kind": "wrote", 
/**
 * In so many days; none = ever.
 */
within_days: number | null, } | { "kind": "added", 
/**
 * In so many days.
 */
within_days: number, };

/**
 * What is asked about the value of a column.
 */
export type AudienceValueTest = { "op": "present", } | { "op": "is", 
/**
 * The values.
 */
values: Array<string>, } | { "op": "contains", 
/**
 * The text.
 */
text: string, } | { "op": "at_least", 
/**
 * The number, decimal text.
 */
number: string, } | { "op": "at_most", 
/**
 * The number, decimal text.
 */
number: string, } | { "op": "before", 
/**
 * The day, `2026-11-22`.
 */
day: string, } | { "op": "since", 
/**
 * The day, `2026-11-22`.
 */
day: string, };

/**
 * One thing by its id.
 */
export type ById = { 
/**
 * The id as a list showed it.
 */
id: string, };

/**
 * Where a callback address is set at Meta; the one nearest to the number counts.
 */
export type CallbackLevel = "app" | "account" | "number";

/**
 * What a campaign has cost, from the statuses of Meta: once per message, of what was delivered.
 */
export type CampaignCost = { 
/**
 * The account's currency.
 */
currency: string | null, 
/**
 * Of what was delivered and charged.
 */
actual: string, 
/**
 * Set aside for what is on its way and not yet known to be delivered.
 */
reserved: string, 
/**
 * The campaign's budget.
 */
budget: string | null, 
/**
 * Messages that were delivered and free.
 */
free: number, 
/**
 * Messages that were charged.
 */
charged: number, 
/**
 * Messages that were charged at a price that no rate card here has.
 */
unpriced: number, };

/**
 * The present states of a campaign's people: disjoint, and all but `audience` add up to it.
 */
export type CampaignCounts = { 
/**
 * Everybody.
 */
audience: number, 
/**
 * Not sent by us: our rules.
 */
excluded: number, 
/**
 * Waiting.
 */
queued: number, 
/**
 * On their way.
 */
sending: number, 
/**
 * Outcome unknown: Meta did not say whether it took them.
 */
unknown: number, 
/**
 * Held by pacing.
 */
held: number, 
/**
 * Accepted by Meta, no status yet.
 */
accepted: number, 
/**
 * One tick.
 */
sent: number, 
/**
 * Two ticks.
 */
delivered: number, 
/**
 * Read.
 */
read: number, 
/**
 * Failed.
 */
failed: number, 
/**
 * Held back by Meta.
 */
withheld: number, 
/**
 * Not sent by us: cancelled.
 */
cancelled: number, };

/**
 * One campaign.
 */
export type CampaignDetail = { 
/**
 * As in the list.
 */
row: CampaignRow, 
/**
 * As the wizard keeps it.
 */
draft: CampaignDraft, 
/**
 * Failures, refusals and withheld ones grouped, with the remedy.
 */
failures: Array<CountedReason>, 
/**
 * Who was left out and why.
 */
excluded: Array<CountedReason>, 
/**
 * Rate over time.
 */
rate: Array<RatePoint>, 
/**
 * Why nothing is being claimed right now although it runs ("waiting for the relay"), if so.
 */
stall: Stall | null, 
/**
 * Messages a second that Meta took lately, while it runs.
 */
per_second: number | null, 
/**
 * When the last message is likely to leave, at that pace; none = not known.
 */
done_at_ms: number | null, 
/**
 * Undo is possible now.
 */
can_undo: boolean, 
/**
 * What it has cost so far.
 */
cost: CampaignCost, };

/**
 * A draft as the wizard keeps it.
 */
export type CampaignDraft = { 
/**
 * None = new.
 */
id: string | null, 
/**
 * Name for the operator.
 */
name: string, 
/**
 * Template.
 */
template_id: string | null, 
/**
 * Sending number.
 */
phone_number_id: string | null, 
/**
 * Whom for.
 */
audience: Audience, 
/**
 * Values of the variables.
 */
values: Array<VariableValue>, 
/**
 * When it starts, in which hours it sends, whom it leaves out, what it may cost.
 */
rules: CampaignRules, };

/**
 * Launch a draft.
 */
export type CampaignLaunch = { 
/**
 * The campaign.
 */
id: string, 
/**
 * The number typed by the operator, where [`CampaignReview::confirm_by_typing`] asks for it.
 */
typed_number: number | null, 
/**
 * [`CampaignReview::template_hash`] as it was reviewed; none = the template as it is now.
 */
template_hash: string | null, 
/**
 * Made once per press of the button, so that a double click launches once.
 */
idempotency_key: string, };

/**
 * All campaigns, newest first.
 */
export type CampaignList = { 
/**
 * Campaigns.
 */
items: Array<CampaignRow>, };

/**
 * What became of a campaign for a person.
 */
export type CampaignPart = "included" | "sent" | "delivered" | "read" | "not_read" | "replied" | "read_not_replied" | "failed" | "withheld" | "left_out";

/**
 * What was foretold at the launch.
 */
export type CampaignPlan = { 
/**
 * People in the audience.
 */
audience: number, 
/**
 * People who would receive it.
 */
will_receive: number, 
/**
 * When it was to start.
 */
starts_at_ms: number, 
/**
 * When it was to be done; none = not before its end.
 */
finish_at_ms: number | null, 
/**
 * Cost at most.
 */
cost_most: string | null, 
/**
 * Cost at least.
 */
cost_least: string | null, 
/**
 * Currency of both.
 */
currency: string | null, };

/**
 * Everything that was checked before a launch.
 */
export type CampaignPreflight = { 
/**
 * The campaign.
 */
campaign_id: string, 
/**
 * When.
 */
checked_at_ms: number, 
/**
 * The worst of the checks.
 */
state: CheckState, 
/**
 * People who will receive it.
 */
will_receive: number, 
/**
 * What the template says, as a short word; the launch compares it.
 */
template_hash: string | null, 
/**
 * The checks, always the same ones in the same order.
 */
checks: Array<PreflightCheck>, };

/**
 * What real recipients will read.
 */
export type CampaignPreviews = { 
/**
 * Their messages.
 */
rows: Array<RecipientPreview>, 
/**
 * Where the next page begins; none = there is none.
 */
next: string | null, };

/**
 * Asks for the messages of real recipients, a page at a time.
 */
export type CampaignPreviewsRequest = { 
/**
 * The draft.
 */
id: string, 
/**
 * Where the page before ended; none = from the beginning.
 */
after: string | null, 
/**
 * Messages wanted, at most 20.
 */
limit: number, };

/**
 * Asks for the people behind a count.
 */
export type CampaignRecipientsRequest = { 
/**
 * The campaign.
 */
id: string, 
/**
 * A field name of [`CampaignCounts`], or none for all.
 */
state: string | null, 
/**
 * Only those with this reason code.
 */
reason: string | null, 
/**
 * First row, from 0.
 */
offset: number, 
/**
 * Rows wanted, at most 200.
 */
limit: number, };

/**
 * Saves a campaign's people with their states as a table.
 */
export type CampaignRecipientsSave = { 
/**
 * The campaign.
 */
id: string, 
/**
 * A field name of `CampaignCounts`; none = everybody.
 */
state: string | null, 
/**
 * Only those with this reason code.
 */
reason: string | null, 
/**
 * Full path; a file that is there is replaced.
 */
path: string, };

/**
 * Runs a rehearsal.
 */
export type CampaignRehearse = { 
/**
 * The campaign.
 */
id: string, 
/**
 * How much goes wrong.
 */
trouble: Trouble, };

/**
 * Everything about a launched campaign.
 */
export type CampaignReport = { 
/**
 * As in the list.
 */
row: CampaignRow, 
/**
 * When this was worked out.
 */
made_at_ms: number, 
/**
 * Sending number as people read it.
 */
from_display_phone_number: string, 
/**
 * What was foretold; none for campaigns of an older version.
 */
plan: CampaignPlan | null, 
/**
 * How far it came.
 */
reach: ReportReach, 
/**
 * Days in which a reply counts.
 */
reply_days: number, 
/**
 * Those days are not over for everybody.
 */
replies_may_come: boolean, 
/**
 * Cost.
 */
cost: CampaignCost, 
/**
 * Cost in detail.
 */
charges: Array<ReportCharge>, 
/**
 * What did not arrive and why.
 */
failures: Array<CountedReason>, 
/**
 * Who was left out and why.
 */
excluded: Array<CountedReason>, 
/**
 * What happened, oldest first.
 */
steps: Array<ReportStep>, 
/**
 * Over time, at most 60 stretches.
 */
intervals: Array<ReportInterval>, 
/**
 * Seconds from the first message to the last; none = nothing was sent.
 */
sending_seconds: number | null, };

/**
 * Asks for a report.
 */
export type CampaignReportRequest = { 
/**
 * The campaign.
 */
id: string, 
/**
 * Days after a message in which what the person writes counts as a reply, 1 to 30; none = 7.
 */
reply_days: number | null, };

/**
 * What will happen, before anything happens.
 */
export type CampaignReview = { 
/**
 * The campaign.
 */
campaign_id: string, 
/**
 * People in the audience.
 */
audience: number, 
/**
 * Of those, who will get it.
 */
will_receive: number, 
/**
 * Who is left out and why.
 */
excluded: Array<CountedReason>, 
/**
 * Why it cannot be launched; empty = it can.
 */
blockers: Array<CountedReason>, 
/**
 * Things to know that do not stop it.
 */
warnings: Array<CountedReason>, 
/**
 * Messages per second it will go at.
 */
rate_per_second: number, 
/**
 * Seconds until the last one is sent, at that rate.
 */
estimate_seconds: number, 
/**
 * When the first message leaves: the planned start, or now.
 */
starts_at_ms: number, 
/**
 * Where the planned start is meant: a zone of the tz database.
 */
zone: string, 
/**
 * In that night the clocks change so that the planned time does not exist or comes twice.
 */
clocks_change: boolean, 
/**
 * When the last message leaves, simulated with the pace, limits, windows and quiet hours that will hold; none =
 * not within the next 60 days, or the campaign ends first.
 */
finish_at_ms: number | null, 
/**
 * People whose turn does not come before the campaign's end or within those 60 days.
 */
not_in_time: number, 
/**
 * How many leave in each hour in which any does, as simulated.
 */
course: Array<CoursePoint>, 
/**
 * People whose turn comes later than the start, and what holds them until then.
 */
held: Array<CountedReason>, 
/**
 * What it will cost.
 */
cost: CostForecast, 
/**
 * Up to three real recipients.
 */
previews: Array<RecipientPreview>, 
/**
 * Sending number as people read it.
 */
from_display_phone_number: string, 
/**
 * The launch asks to type the number of people first.
 */
confirm_by_typing: boolean, 
/**
 * What the template says, as a short word; the launch compares it.
 */
template_hash: string | null, };

/**
 * A campaign in a list.
 */
export type CampaignRow = { 
/**
 * Our id.
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * State.
 */
state: CampaignStateDto, 
/**
 * Why it is paused, or who or what cancelled it.
 */
paused_reason: string | null, 
/**
 * Template name and language.
 */
template: string | null, 
/**
 * Category.
 */
category: string | null, 
/**
 * Counts.
 */
counts: CampaignCounts, 
/**
 * People who replied after it reached them.
 */
replied: number, 
/**
 * People who opted out after it reached them.
 */
opted_out: number, 
/**
 * When it was made.
 */
created_at_ms: number, 
/**
 * When it was launched.
 */
launched_at_ms: number | null, 
/**
 * When its first message may leave; until then the launch can be undone.
 */
starts_at_ms: number | null, 
/**
 * When it ended.
 */
finished_at_ms: number | null, 
/**
 * Nothing of it leaves before then: its start, its hours, or the quiet hours of everybody who waits.
 */
waits_until_at_ms: number | null, };

/**
 * What an operator sets for one campaign beyond its message.
 */
export type CampaignRules = { 
/**
 * Once, later; none = as soon as it is launched.
 */
schedule: CampaignSchedule | null, 
/**
 * It sends only in these hours, by the shop's clock.
 */
window: Hours | null, 
/**
 * Nothing leaves after this; who still waits is left out.
 */
ends: LocalMoment | null, 
/**
 * People to whom anything of ours left in so many days are left out.
 */
not_written_days: number | null, 
/**
 * People with an open conversation are left out.
 */
not_in_conversation: boolean, 
/**
 * What it may cost at most, decimal text in the account's currency.
 */
budget: string | null, };

/**
 * A start later than now.
 */
export type CampaignSchedule = { 
/**
 * The start.
 */
start: LocalMoment, 
/**
 * What if the computer was off then.
 */
late: LateKind, 
/**
 * Hours, for [`LateKind::Within`].
 */
late_hours: number, };

/**
 * Another budget for a campaign.
 */
export type CampaignSetBudget = { 
/**
 * The campaign.
 */
id: string, 
/**
 * Decimal text in the account's currency; none = no limit of its own.
 */
budget: string | null, };

/**
 * State of a campaign.
 */
export type CampaignStateDto = "draft" | "launching" | "running" | "paused" | "cancelled" | "done";

/**
 * Sends a campaign's message to the operator's own phones.
 */
export type CampaignTestSend = { 
/**
 * The campaign, a draft or not.
 */
id: string, 
/**
 * Which of the test phones, E.164.
 */
phones: Array<string>, 
/**
 * Made once per press of the button.
 */
idempotency_key: string, };

/**
 * A card of a carousel as a recipient will see it.
 */
export type CardPreview = { 
/**
 * Text.
 */
body: string, 
/**
 * Buttons.
 */
buttons: Array<string>, 
/**
 * Where each leads.
 */
button_values: Array<string | null>, };

/**
 * A part of the store that changed. Written in the same transaction as the change itself.
 */
export type ChangeTag = "account" | "templates" | "contacts" | "consent" | "imports" | "campaigns" | "inbox" | "relay" | "settings";

/**
 * Something changed up to this point in the change log.
 */
export type Changes = { 
/**
 * Sequence number of the newest change.
 */
seq: number, 
/**
 * What changed since the window's last number.
 */
tags: Array<ChangeTag>, 
/**
 * The log no longer reaches back to the window's number: refetch everything.
 */
refetch_all: boolean, };

/**
 * Asks for changes after a sequence number.
 */
export type ChangesSince = { 
/**
 * The window's newest number.
 */
seq: number, };

/**
 * Open a thread with a number or a person.
 */
export type ChatStart = { 
/**
 * The person, if known.
 */
contact_id: string | null, 
/**
 * Or a number as typed.
 */
phone: string | null, 
/**
 * Name for a new person.
 */
name: string | null, };

/**
 * How a check came out.
 */
export type CheckState = "good" | "attention" | "trouble" | "unchecked";

/**
 * What a check is about.
 */
export type CheckSubject = "template" | "values" | "people" | "number" | "account" | "listening" | "time" | "cost";

/**
 * One thing that Meta wants before messages flow.
 */
export type ChecklistStep = { 
/**
 * Stable word: `app`, `token`, `waba`, `number`, `registration`, `relay`, `webhook_fields`, `payment`, `verification`, `display_name`.
 */
key: string, 
/**
 * Title.
 */
title: string, 
/**
 * How it stands.
 */
state: StepState, 
/**
 * What was found, or what to do, in a sentence or two.
 */
detail: string, 
/**
 * Page at Meta where it is done.
 */
link: string | null, 
/**
 * When it was last checked or confirmed.
 */
checked_at_ms: number | null, };

/**
 * Columns as the operator decided, index and role.
 */
export type ColumnMapping = { 
/**
 * Position from 0.
 */
index: number, 
/**
 * Its role.
 */
role: ColumnRole, };

/**
 * What a column means.
 */
export type ColumnRole = "phone" | "other_phone" | "country" | "first_name" | "last_name" | "full_name" | "bsuid" | "username" | "consent_state" | "consent_question" | "other_consent" | "opted_out" | "consent_at" | "consent_source" | "consent_wording" | "consent_purpose" | "consent_language" | "consent_business" | "consent_confirmed" | "consent_ip" | "attribute" | "ignore";

/**
 * A value and how many people have it.
 */
export type ColumnValue = { 
/**
 * As somebody wrote it.
 */
value: string, 
/**
 * People.
 */
people: number, };

/**
 * The commonest values of a column.
 */
export type ColumnValues = { 
/**
 * Commonest first.
 */
values: Array<ColumnValue>, };

/**
 * What the composer offers and why.
 */
export type Composer = { 
/**
 * Mode.
 */
mode: ComposerMode, 
/**
 * The sentence above it: window, opt-out with its date, missing number.
 */
sentence: string, 
/**
 * Whether a template may be sent, per category.
 */
templates: Array<ConsentVerdict>, };

/**
 * What the composer offers.
 */
export type ComposerMode = "open" | "template_only" | "locked";

/**
 * One entry of a person's consent timeline.
 */
export type ConsentEntry = { 
/**
 * Id of the event.
 */
id: string, 
/**
 * When it happened.
 */
at_ms: number, 
/**
 * When it was recorded.
 */
recorded_at_ms: number, 
/**
 * `opt_in`, `attested`, `opt_out`, `marketing_stop`, `marketing_resume`, `probable_opt_out`, `not_an_opt_out`, ….
 */
kind: string, 
/**
 * One sentence.
 */
text: string, 
/**
 * Purposes it speaks of.
 */
purposes: Array<string>, 
/**
 * Where it came from: a form, a shop, the chat, the operator.
 */
source: string | null, 
/**
 * The wording.
 */
wording: string | null, 
/**
 * File and row, if imported.
 */
file: string | null, };

/**
 * Save the proof of a person's consent.
 */
export type ConsentProve = { 
/**
 * The person.
 */
id: string, 
/**
 * `csv` or `json`.
 */
format: string, 
/**
 * Full path; a file that is there is replaced.
 */
path: string, };

/**
 * What may be sent, and the event that decides.
 */
export type ConsentVerdict = { 
/**
 * Category asked about.
 */
category: string, 
/**
 * The answer.
 */
may_receive: MayReceive, 
/**
 * Stable word for the reason: `opted_in`, `attested`, `opted_out`, `marketing_stopped`, `no_evidence`, `us_marketing`, `erased`, `to_decide`, `blocked`, `withheld_recently`, `unreachable`.
 */
reason: string, 
/**
 * The sentence.
 */
sentence: string, 
/**
 * What would change it.
 */
remedy: string | null, 
/**
 * The deciding event.
 */
event_id: string | null, };

/**
 * Why may this person (not) get this?
 */
export type ConsentWhyRequest = { 
/**
 * The person.
 */
id: string, 
/**
 * Category.
 */
category: string, };

/**
 * The consent on record.
 */
export type ConsentWord = "opted_in" | "attested" | "opted_out" | "marketing_stopped" | "to_decide" | "no_evidence";

/**
 * One person.
 */
export type ContactDetail = { 
/**
 * As in the list.
 */
row: ContactRow, 
/**
 * Identifiers.
 */
identifiers: Array<Identifier>, 
/**
 * Attributes from imports, name and value.
 */
attributes: Array<Attribute>, 
/**
 * Tags by name.
 */
tags: Array<string>, 
/**
 * Consent, newest first.
 */
timeline: Array<ConsentEntry>, 
/**
 * Marketing, utility, authentication.
 */
may_receive: Array<ConsentVerdict>, 
/**
 * Probable opt-outs that wait for a decision.
 */
to_decide: Array<ConsentEntry>, 
/**
 * Messages exchanged.
 */
messages: number, };

/**
 * Erase a person.
 */
export type ContactErase = { 
/**
 * The person.
 */
id: string, 
/**
 * Their name, as it is shown.
 */
typed: string, 
/**
 * Why, kept as typed: it should name nobody.
 */
note: string, };

/**
 * Save everything that is on record about a person, as a zip.
 */
export type ContactExport = { 
/**
 * The person.
 */
id: string, 
/**
 * Full path; a file that is there is replaced.
 */
path: string, };

/**
 * Which people to list.
 */
export type ContactFilter = "all" | "marketing" | "opted_out" | "no_consent" | "to_decide";

/**
 * Which people to list.
 */
export type ContactListRequest = { 
/**
 * Name, number or username.
 */
search: string | null, 
/**
 * Which.
 */
filter: ContactFilter, 
/**
 * Only those of this import.
 */
import_id: string | null, 
/**
 * First row, from 0.
 */
offset: number, 
/**
 * Rows wanted, at most 200.
 */
limit: number, };

/**
 * Record a documented, dated opt-in of one person; it lifts an older opt-out.
 */
export type ContactOptIn = { 
/**
 * The person.
 */
id: string, 
/**
 * When they agreed.
 */
at_ms: number, 
/**
 * To what wording.
 */
wording: string, 
/**
 * Where: a form, a letter, a call.
 */
source: string, 
/**
 * `marketing`, `utility`; none = both.
 */
purposes: Array<string>, };

/**
 * Record an opt-out by the operator.
 */
export type ContactOptOut = { 
/**
 * The person.
 */
id: string, 
/**
 * How the operator knows ("asked by phone"), kept as typed.
 */
note: string, };

/**
 * A page of people.
 */
export type ContactPage = { 
/**
 * People.
 */
rows: Array<ContactRow>, 
/**
 * People in all under this filter.
 */
total: number, };

/**
 * A person in a list.
 */
export type ContactRow = { 
/**
 * Our id.
 */
id: string, 
/**
 * Name, or username, or number.
 */
name: string, 
/**
 * E.164, if known.
 */
phone: string | null, 
/**
 * Username without `@`, if known.
 */
username: string | null, 
/**
 * May get marketing now.
 */
marketing: MayReceive, 
/**
 * One word for the chip: `opted_in`, `attested`, `opted_out`, `marketing_stopped`, `to_decide`, `no_evidence`.
 */
consent: string, 
/**
 * When the consent that decides was given or withdrawn.
 */
consent_at_ms: number | null, 
/**
 * When the person was last heard of.
 */
last_activity_at_ms: number | null, };

/**
 * Puts a tag on people, or takes it off.
 */
export type ContactTag = { 
/**
 * The people.
 */
ids: Array<string>, 
/**
 * The tag.
 */
tag: string, 
/**
 * On, or off.
 */
on: boolean, };

/**
 * What a campaign will cost if every message is delivered.
 */
export type CostForecast = { 
/**
 * The account's currency; none = not known yet.
 */
currency: string | null, 
/**
 * By market, dearest first.
 */
lines: Array<CostLine>, 
/**
 * At most in all; none = there is no price for somebody.
 */
most: string | null, 
/**
 * At least in all, where volume tiers apply.
 */
least: string | null, 
/**
 * The rate card: since when it holds; none = there is none.
 */
card_from: string | null, 
/**
 * The card is demo data that came with the program.
 */
card_is_demo: boolean, 
/**
 * What has been spent or set aside this month, with its name, `2026-11`.
 */
month: string, 
/**
 * See `month`.
 */
month_spent: string, 
/**
 * The month's budget.
 */
month_budget: string | null, 
/**
 * The campaign's own budget.
 */
budget: string | null, 
/**
 * People to whom it is free if it leaves at the start, because their free entry window is open then (or where
 * Meta does not charge utility in it, the customer service window). Counted in `least` alone.
 */
free_people: number, 
/**
 * What their answers will provoke; none = that costs nothing.
 */
replies: ReplyForecast | null, };

/**
 * Cost of the people of one market.
 */
export type CostLine = { 
/**
 * Market as the rate card names it.
 */
market: string, 
/**
 * Category.
 */
category: string, 
/**
 * People.
 */
people: number, 
/**
 * Price of one message by the list; none = the card has none.
 */
rate: string | null, 
/**
 * At most, at the list price, if every message is delivered.
 */
most: string | null, 
/**
 * At least, if the lowest volume tier held for all of them; as `most` where no tiers apply.
 */
least: string | null, };

/**
 * One value on a table: what it is about and how often.
 */
export type CountedReason = { 
/**
 * Machine word.
 */
code: string, 
/**
 * The sentence a person reads.
 */
sentence: string, 
/**
 * What to do about it, if anything.
 */
remedy: string | null, 
/**
 * How many.
 */
count: number, };

/**
 * People of one hour.
 */
export type CoursePoint = { 
/**
 * When the hour begins.
 */
at_ms: number, 
/**
 * How many leave in it.
 */
people: number, };

/**
 * In which order day and month stand where a file does not tell.
 */
export type DateOrder = "day_first" | "month_first";

/**
 * How much room rows take.
 */
export type Density = "comfortable" | "compact";

/**
 * For the page Diagnostics.
 */
export type Diagnostics = { 
/**
 * Program version.
 */
version: string, 
/**
 * Schema version of the database.
 */
schema_version: number, 
/**
 * Folder of the profile.
 */
data_dir: string, 
/**
 * Folder of the logs.
 */
log_dir: string, 
/**
 * Where the secrets are: `keychain`, `file`, `practice`.
 */
secret_store: string, 
/**
 * Graph host and version in use.
 */
graph: string, 
/**
 * Background tasks.
 */
tasks: Array<TaskStatus>, 
/**
 * Webhook events applied.
 */
events_applied: number, 
/**
 * Webhook events kept raw because they were not understood.
 */
events_unknown: number, 
/**
 * Statuses that are overdue, and what Meta's message history told of them.
 */
audit: StatusAudit, 
/**
 * Difference between this machine's clock and Graph's `Date`, in ms, if known.
 */
clock_skew_ms: number | null, };

/**
 * Who wrote.
 */
export type Direction = "in" | "out";

/**
 * What a token is and reaches.
 */
export type DiscoveredAccounts = { 
/**
 * `SYSTEM_USER`, `USER` …
 */
token_type: string | null, 
/**
 * When it ends; none = never.
 */
expires_at_ms: number | null, 
/**
 * Scopes it lacks for our work.
 */
missing_scopes: Array<string>, 
/**
 * What it reaches. Empty: type the WABA id.
 */
numbers: Array<DiscoveredNumber>, };

/**
 * A WABA and number that a token reaches.
 */
export type DiscoveredNumber = { 
/**
 * WABA id.
 */
waba_id: string, 
/**
 * WABA name.
 */
waba_name: string | null, 
/**
 * Phone number id.
 */
phone_number_id: string, 
/**
 * The number as people read it.
 */
display_phone_number: string, 
/**
 * Name shown to customers.
 */
verified_name: string | null, 
/**
 * Number status, `CONNECTED` can send.
 */
status: string | null, };

/**
 * What an erasure took away.
 */
export type ErasureDone = { 
/**
 * Messages of both sides.
 */
messages: number, 
/**
 * Files.
 */
media: number, 
/**
 * Messages that waited and will not leave.
 */
waiting: number, 
/**
 * Entries of the consent ledger that lost their evidence.
 */
evidence: number, 
/**
 * Rows of imported lists and notices of Meta that named them.
 */
elsewhere: number, 
/**
 * Files that could not be removed yet; nobody can read them, and the next start tries again.
 */
files_left: number, };

/**
 * What an erasure would take away.
 */
export type ErasurePreview = { 
/**
 * The person.
 */
id: string, 
/**
 * Their name as it is shown, to be typed.
 */
name: string, 
/**
 * Numbers and user ids.
 */
identifiers: number, 
/**
 * Messages of both sides.
 */
messages: number, 
/**
 * Files that they sent.
 */
media: number, 
/**
 * Messages that wait to be sent to them.
 */
waiting: number, 
/**
 * Campaigns that they were in: their figures stay.
 */
campaigns: number, 
/**
 * Entries of the consent ledger: they stay and lose what they say about the person.
 */
entries: number, };

/**
 * One event of a webhook.
 */
export type ExplainedEvent = { 
/**
 * Which webhook it stood in, from 1.
 */
payload: number, 
/**
 * Stable word: `message`, `status`, `template_status`, … or `unknown`.
 */
kind: string, 
/**
 * The webhook field it came in.
 */
field: string, 
/**
 * A message's own type, a status word, a template's new status.
 */
detail: string | null, 
/**
 * Whom or what it concerns.
 */
who: string, 
/**
 * What the console would do.
 */
effect: string, 
/**
 * When it happened at Meta, if it says so.
 */
at_ms: number | null, 
/**
 * The WABA it came for.
 */
waba_id: string | null, 
/**
 * The own number it came for.
 */
phone_number_id: string | null, 
/**
 * Whether this version does not understand it.
 */
unknown: boolean, 
/**
 * What is not understood about it.
 */
reason: string | null, 
/**
 * Its JSON as received, where it is not understood.
 */
raw: string | null, };

/**
 * How a person's value is written.
 */
export type FormatKind = "as_is" | "capitalised" | "first_word" | "upper" | "number" | "currency" | "date_long" | "date_medium";

/**
 * Hours of every day, by the clock on the wall; they may go past midnight.
 */
export type Hours = { 
/**
 * Minute of the day at which they begin, 0 to 1439.
 */
from_minute: number, 
/**
 * Minute of the day at which they are over.
 */
to_minute: number, };

/**
 * One identifier.
 */
export type Identifier = { 
/**
 * `phone`, `wa_id`, `bsuid`, `username`.
 */
kind: string, 
/**
 * Its value.
 */
value: string, 
/**
 * Since when known.
 */
since_ms: number, };

/**
 * A column with what it seems to be.
 */
export type ImportColumn = { 
/**
 * Position from 0.
 */
index: number, 
/**
 * Header text, or `Column 3` if there is none.
 */
header: string, 
/**
 * Suggested role.
 */
role: ColumnRole, 
/**
 * First few values.
 */
samples: Array<string>, };

/**
 * Write it.
 */
export type ImportCommit = { 
/**
 * As in [`ImportPreview::preview_id`].
 */
preview_id: string, 
/**
 * Rows that prove nothing.
 */
unproven: UnprovenChoice, 
/**
 * Needed for [`UnprovenChoice::Attest`].
 */
attestation: Attestation | null, };

/**
 * Look at a file before anything is decided. Nothing is written.
 */
export type ImportInspect = { 
/**
 * Full path.
 */
path: string, 
/**
 * Sheet of a workbook; none = the one that looks most like a list of people.
 */
sheet: string | null, 
/**
 * Name of the encoding of a text; none = what it looks like.
 */
encoding: string | null, };

/**
 * What a file is.
 */
export type ImportInspection = { 
/**
 * Full path.
 */
path: string, 
/**
 * File name.
 */
file_name: string, 
/**
 * SHA-256 of the file, hex.
 */
sha256: string, 
/**
 * What it is.
 */
kind: ImportKind, 
/**
 * Size.
 */
size_bytes: number, 
/**
 * Records after the header.
 */
rows: number, 
/**
 * Encoding that was read.
 */
encoding: string, 
/**
 * Whether the bytes leave no other encoding; otherwise the names are worth a look.
 */
encoding_is_sure: boolean, 
/**
 * A few texts with letters beyond ASCII, as they were read.
 */
encoding_samples: Array<string>, 
/**
 * `,`, `;`, tab …; empty for what is no text.
 */
delimiter: string, 
/**
 * Sheets of a workbook.
 */
sheets: Array<ImportSheet>, 
/**
 * What was noticed about the file, one sentence each.
 */
notes: Array<string>, 
/**
 * Whether the first record is a header.
 */
has_header: boolean, 
/**
 * Columns.
 */
columns: Array<ImportColumn>, 
/**
 * "This looks like …", one sentence, if it was recognised.
 */
recognised_as: string | null, 
/**
 * Machine word of the tool that it comes from.
 */
recognised_word: string | null, 
/**
 * Which columns were understood as what, one sentence.
 */
understood: string, 
/**
 * Whether the list may be one of people or of opt-outs, so that somebody has to say which.
 */
asks_meaning: boolean, 
/**
 * The likelier of the two.
 */
suggested_meaning: ImportMeaning, 
/**
 * A consent date that can be read in two ways; how it is meant has to be said.
 */
ambiguous_date: AmbiguousDate | null, 
/**
 * This very file was imported before, at this time.
 */
imported_before_at_ms: number | null, 
/**
 * What that import did.
 */
imported_before: ImportSummary | null, 
/**
 * Country suggested for national numbers, ISO alpha-2.
 */
suggested_region: string | null, };

/**
 * What a file is.
 */
export type ImportKind = "text" | "workbook" | "vcard" | "json" | "archive";

/**
 * All imports, newest first.
 */
export type ImportList = { 
/**
 * Imports.
 */
items: Array<ImportSummary>, };

/**
 * What a list is.
 */
export type ImportMeaning = "people" | "opt_outs";

/**
 * A preview, kept until it is committed or replaced.
 */
export type ImportPreview = { 
/**
 * For the calls that follow.
 */
preview_id: string, 
/**
 * Rows by verdict.
 */
verdicts: Array<VerdictCount>, 
/**
 * Why rows are not plainly accepted, grouped.
 */
reasons: Array<CountedReason>, 
/**
 * Rows that carry a consent with wording or source and a date.
 */
proven: number, 
/**
 * Rows that would be taken but prove nothing.
 */
unproven: number, 
/**
 * Rows that say no, or carry an opt-out.
 */
opted_out: number, 
/**
 * People here already who opted out; an import never lifts that.
 */
suppressed: number, 
/**
 * People new here.
 */
new_contacts: number, 
/**
 * Rows whose consent is not on record yet in this or a newer form.
 */
proven_new: number, 
/**
 * Rows that prove nothing, of people who are new here.
 */
unproven_new: number, 
/**
 * Rows that prove nothing, of people for whom an attestation would add something.
 */
unproven_attestable: number, 
/**
 * Opt-outs and refusals that are not on record yet.
 */
opted_out_new: number, 
/**
 * Rows of people who are known already and about whom there is nothing new but perhaps names and fields.
 */
known: number, 
/**
 * This file with these columns was imported before: what that did. Importing it again with the same choice
 * about rows that prove nothing changes nothing.
 */
imported_before: ImportSummary | null, 
/**
 * What that choice was.
 */
imported_before_choice: UnprovenChoice | null, 
/**
 * What these rows prove, one sentence.
 */
proof_sentence: string, 
/**
 * First rows, see [`ImportRowsPage`].
 */
first_rows: Array<ImportRow>, };

/**
 * Judge every row. Nothing is written.
 */
export type ImportPreviewRequest = { 
/**
 * Full path.
 */
path: string, 
/**
 * What the columns mean.
 */
mapping: Array<ColumnMapping>, 
/**
 * Country for national numbers, ISO alpha-2.
 */
region: string | null, 
/**
 * Whether the first record is a header.
 */
has_header: boolean, 
/**
 * As in [`ImportInspect::sheet`].
 */
sheet: string | null, 
/**
 * As in [`ImportInspect::encoding`].
 */
encoding: string | null, 
/**
 * What the list is; needed where [`ImportInspection::asks_meaning`].
 */
meaning: ImportMeaning | null, 
/**
 * How dates are meant that can be read in two ways.
 */
date_order: DateOrder | null, };

/**
 * Save the rows that were not taken, in the original form with a reason column.
 */
export type ImportRejectedSave = { 
/**
 * The import.
 */
import_id: string, 
/**
 * Where to; none = beside the original, with `-left-out` in its name.
 */
path: string | null, };

/**
 * One row as judged.
 */
export type ImportRow = { 
/**
 * Record number in the file, header not counted, from 1.
 */
row: number, 
/**
 * The number as read, or as written if it is none.
 */
phone: string, 
/**
 * Name.
 */
name: string, 
/**
 * Verdict.
 */
verdict: RowVerdict, 
/**
 * Why, one sentence; empty for plainly accepted rows.
 */
reason: string, 
/**
 * What it proves, for example "marketing, web form, 3 May 2026", or that it proves nothing.
 */
consent: string, 
/**
 * Whether it proves consent.
 */
proven: boolean, };

/**
 * A page of rows.
 */
export type ImportRowsPage = { 
/**
 * Rows.
 */
rows: Array<ImportRow>, 
/**
 * Rows in all.
 */
total: number, };

/**
 * Asks for rows of a preview.
 */
export type ImportRowsRequest = { 
/**
 * As in [`ImportPreview::preview_id`].
 */
preview_id: string, 
/**
 * Only these.
 */
verdict: RowVerdict | null, 
/**
 * Only rows that prove nothing.
 */
unproven_only: boolean, 
/**
 * First row of the page, from 0.
 */
offset: number, 
/**
 * Rows wanted, at most 500.
 */
limit: number, };

/**
 * A sheet of a workbook.
 */
export type ImportSheet = { 
/**
 * Its name.
 */
name: string, 
/**
 * Hidden in the workbook.
 */
hidden: boolean, 
/**
 * Whether it is the one that is read.
 */
taken: boolean, };

/**
 * How an import stands.
 */
export type ImportState = "committing" | "committed" | "cancelled" | "interrupted" | "undoing" | "undone";

/**
 * What an import did.
 */
export type ImportSummary = { 
/**
 * The import.
 */
import_id: string, 
/**
 * How it stands.
 */
state: ImportState, 
/**
 * File name.
 */
file_name: string, 
/**
 * When.
 */
at_ms: number, 
/**
 * Rows by verdict.
 */
verdicts: Array<VerdictCount>, 
/**
 * People new here.
 */
contacts_added: number, 
/**
 * Consents recorded.
 */
consents_recorded: number, 
/**
 * Opt-outs recorded.
 */
opt_outs_recorded: number, 
/**
 * Rows not taken; they can be saved as a file.
 */
rows_left_out: number, 
/**
 * In the answer to a commit: this very file was imported before with the same choices, nothing changed now.
 */
already_imported: boolean, 
/**
 * Whether it can be taken back.
 */
can_undo: boolean, 
/**
 * What taking it back did.
 */
undone: ImportUndone | null, };

/**
 * What taking an import back did.
 */
export type ImportUndone = { 
/**
 * Entries of the consent ledger that count no more.
 */
entries: number, 
/**
 * People who were there because of the import alone, and are gone.
 */
people_removed: number, 
/**
 * People who stay: known before, written to, or changed since.
 */
people_kept: number, };

/**
 * A webhook that is kept as received, because something in it was not understood or has no use here yet.
 */
export type KeptEvent = { 
/**
 * Its id.
 */
id: string, 
/**
 * The webhook field, or `entry` for something that is no webhook.
 */
field: string, 
/**
 * Why it was kept.
 */
reason: string, 
/**
 * When the relay took it.
 */
received_at_ms: number, 
/**
 * How large it is.
 */
size_bytes: number, };

/**
 * What came.
 */
export type KeptEventText = { 
/**
 * The text; bytes that are no text show as replacement characters.
 */
text: string, };

/**
 * Webhooks kept as received.
 */
export type KeptEvents = { 
/**
 * The newest, newest first.
 */
items: Array<KeptEvent>, 
/**
 * How many there are.
 */
total: number, };

/**
 * What a scheduled campaign does if the computer was off at its start.
 */
export type LateKind = "ask" | "skip" | "within";

/**
 * The first entry that does not hold.
 */
export type LedgerBreak = { 
/**
 * Its number, or the number where one is missing.
 */
entry: number, 
/**
 * `altered`, `evidence_altered`, `evidence_removed`, `deleted`, `inserted`, `moved`, `tail_cut`, `end_forged`, `rewritten`.
 */
fault: string, 
/**
 * What was found.
 */
sentence: string, };

/**
 * What the practice account really accepted and did (interfaces.md, Tour).
 */
export type LedgerSummary = { 
/**
 * Messages accepted.
 */
sent: number, 
/**
 * Delivered.
 */
delivered: number, 
/**
 * Read.
 */
read: number, 
/**
 * People who replied.
 */
replied: number, 
/**
 * Failed.
 */
failed: number, 
/**
 * Withheld.
 */
withheld: number, 
/**
 * People who said stop.
 */
stopped: number, 
/**
 * People who got more than one message of one campaign. Must be 0.
 */
twice: number, };

/**
 * What a walk over the whole consent ledger found.
 */
export type LedgerVerification = { 
/**
 * Entries that hold, up to the first that does not.
 */
entries: number, 
/**
 * Every entry holds, and none is missing at the end.
 */
holds: boolean, 
/**
 * The walk was ended early; nothing is known then.
 */
cancelled: boolean, 
/**
 * The first entry that does not hold.
 */
broken: LedgerBreak | null, 
/**
 * Entries whose person was erased: they hold, and no longer say of whom they spoke.
 */
erased: number, 
/**
 * Hash of the newest entry, hex.
 */
head: string, 
/**
 * Newest entry that the keychain remembered before this walk.
 */
anchored_entry: number | null, 
/**
 * Why the keychain could not be asked.
 */
anchor_problem: string | null, 
/**
 * Short mark of the key that seals proofs from here.
 */
proof_mark: string, 
/**
 * When it was walked.
 */
verified_at_ms: number, 
/**
 * How long it took.
 */
took_ms: number, };

/**
 * A moment by the clock on the wall.
 */
export type LocalMoment = { 
/**
 * Date and time such as `2026-12-01T09:00`.
 */
local: string, 
/**
 * Zone of the tz database such as `America/Toronto`.
 */
zone: string, };

/**
 * What may be sent to a person in a category.
 */
export type MayReceive = "yes" | "no" | "one_to_one";

/**
 * Opens a message's file with the program that the system has for it.
 */
export type MediaOpen = { 
/**
 * As in [`MessageMedia::media_file_id`].
 */
media_file_id: string, 
/**
 * The operator was told that it may run a program and wants it all the same.
 */
even_a_program: boolean, };

/**
 * What came of it.
 */
export type MediaOpened = { 
/**
 * Whether it was handed to a program; if not, it may run one itself and nobody has confirmed that.
 */
opened: boolean, 
/**
 * Its safe name.
 */
file_name: string, };

/**
 * Saves a message's file where the operator chose.
 */
export type MediaSave = { 
/**
 * As in [`MessageMedia::media_file_id`].
 */
media_file_id: string, 
/**
 * Full path; a file that is there is replaced.
 */
path: string, };

/**
 * How a media file stands.
 */
export type MediaState = "fetching" | "here" | "retrying" | "lost";

/**
 * A file in a message.
 */
export type MessageMedia = { 
/**
 * For the address `media://localhost/<id>`.
 */
media_file_id: string, 
/**
 * `image`, `video`, `audio`, `document`, `sticker`.
 */
kind: string, 
/**
 * MIME type.
 */
mime_type: string | null, 
/**
 * File name, for documents, without what could deceive or harm.
 */
file_name: string | null, 
/**
 * A safe name to save it under.
 */
save_as: string, 
/**
 * How it stands.
 */
state: MediaState, };

/**
 * Answer inside the window.
 */
export type MessageReply = { 
/**
 * The person.
 */
contact_id: string, 
/**
 * Text, at most 4096 characters (messages.md §4).
 */
text: string, 
/**
 * Our id of the message it answers.
 */
quote_message_id: string | null, 
/**
 * Made once per press of the button.
 */
idempotency_key: string, };

/**
 * A template to one person.
 */
export type MessageSendTemplate = { 
/**
 * The person.
 */
contact_id: string, 
/**
 * The template.
 */
template_id: string, 
/**
 * Variable key and value.
 */
values: Array<Attribute>, 
/**
 * Made once per press of the button.
 */
idempotency_key: string, };

/**
 * How the crowd behaves.
 */
export type Mood = "mild" | "rough";

/**
 * No input, or no answer beyond "done".
 */
export type Nothing = Record<symbol, never>;

/**
 * Where one number's messages and statuses go.
 */
export type NumberCallback = { 
/**
 * The number.
 */
phone_number_id: string, 
/**
 * As people read it.
 */
display_phone_number: string, 
/**
 * Whose address counts.
 */
level: CallbackLevel | null, 
/**
 * That address.
 */
callback_url: string | null, 
/**
 * It is the relay's.
 */
is_relay: boolean, };

/**
 * All numbers of the account.
 */
export type NumberLimitsList = { 
/**
 * Numbers.
 */
items: Array<NumberLimitsRow>, };

/**
 * The operator's own lower limits of a number.
 */
export type NumberLimitsRow = { 
/**
 * The number.
 */
phone_number_id: string, 
/**
 * As people read it.
 */
display_phone_number: string, 
/**
 * Messages per second; none = as Meta allows.
 */
per_second: number | null, 
/**
 * People of campaigns per 24 hours; none = as Meta allows.
 */
per_day: number | null, 
/**
 * Warm-up.
 */
warm_up: WarmUpStages | null, 
/**
 * People to whom campaigns of this number sent in the last 24 hours, at least.
 */
reached: number, };

/**
 * Replaces the limits of a number.
 */
export type NumberLimitsSet = { 
/**
 * The number.
 */
phone_number_id: string, 
/**
 * Messages per second.
 */
per_second: number | null, 
/**
 * People of campaigns per 24 hours.
 */
per_day: number | null, 
/**
 * Warm-up; one with other stages than before begins now. `day_now` and `people_now` are not read.
 */
warm_up: WarmUpStages | null, };

/**
 * A pairing link that the system handed to the program.
 */
export type OfferedLink = { 
/**
 * The link: it holds a code that works once, no key.
 */
link: string, 
/**
 * Rises with every link that is opened, so that the window shows each once, the same one too.
 */
number: number, };

/**
 * What closing the window does while something runs.
 */
export type OnClose = "ask" | "tray" | "pause_and_quit";

/**
 * Decide a probable opt-out.
 */
export type OptOutDecide = { 
/**
 * The event, as in [`ContactDetail::to_decide`].
 */
event_id: string, 
/**
 * It was one.
 */
is_opt_out: boolean, 
/**
 * Why, kept as typed.
 */
note: string, };

/**
 * One of our own numbers.
 */
export type OwnNumber = { 
/**
 * Phone number id.
 */
phone_number_id: string, 
/**
 * The number as people read it.
 */
display_phone_number: string, 
/**
 * Name shown to customers.
 */
verified_name: string | null, 
/**
 * `GREEN`, `YELLOW`, `RED` …
 */
quality_rating: string | null, 
/**
 * `CONNECTED` can send.
 */
status: string | null, 
/**
 * Messages per second that Meta allows, in and out together.
 */
throughput_mps: number | null, 
/**
 * Messaging limit tier word.
 */
messaging_limit: string | null, };

/**
 * Block or unblock the business.
 */
export type PhoneBlock = { 
/**
 * The customer.
 */
customer_id: string, 
/**
 * Block, else unblock.
 */
block: boolean, };

/**
 * One customer.
 */
export type PhoneById = { 
/**
 * As in [`PhoneCustomer::id`].
 */
customer_id: string, };

/**
 * A chat as the customer sees it.
 */
export type PhoneConversation = { 
/**
 * The customer.
 */
customer: PhoneCustomer, 
/**
 * The business's name.
 */
business_name: string, 
/**
 * Oldest first.
 */
messages: Array<PhoneMessage>, 
/**
 * The customer stopped marketing.
 */
marketing_stopped: boolean, 
/**
 * The customer blocked the business.
 */
blocked: boolean, };

/**
 * A customer one can be.
 */
export type PhoneCustomer = { 
/**
 * Id at the practice account.
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * Number or username.
 */
address: string, 
/**
 * Last line of the chat.
 */
last_line: string | null, 
/**
 * When.
 */
last_at_ms: number | null, };

/**
 * Customers, last active first.
 */
export type PhoneCustomers = { 
/**
 * Customers.
 */
items: Array<PhoneCustomer>, 
/**
 * Customers in all.
 */
total: number, };

/**
 * Which customers to list on the pretend phone.
 */
export type PhoneCustomersRequest = { 
/**
 * Name or number.
 */
search: string | null, 
/**
 * Customers wanted, at most 100.
 */
limit: number, };

/**
 * A message as the customer sees it.
 */
export type PhoneMessage = { 
/**
 * Id at the practice account.
 */
id: string, 
/**
 * Sent by the customer.
 */
from_customer: boolean, 
/**
 * Text.
 */
text: string, 
/**
 * Text header.
 */
header: string | null, 
/**
 * Footer.
 */
footer: string | null, 
/**
 * Buttons that can be tapped.
 */
buttons: Array<string>, 
/**
 * A picture, as a `data:` address.
 */
image_data_url: string | null, 
/**
 * Ticks, on the customer's own messages always read.
 */
ticks: Ticks | null, 
/**
 * When.
 */
at_ms: number, };

/**
 * Stop or resume marketing in the chat menu.
 */
export type PhonePreference = { 
/**
 * The customer.
 */
customer_id: string, 
/**
 * Stop, else resume.
 */
stop: boolean, };

/**
 * Write as the customer.
 */
export type PhoneSend = { 
/**
 * The customer.
 */
customer_id: string, 
/**
 * Text; or caption of the photo.
 */
text: string, 
/**
 * Send a photo.
 */
photo: boolean, };

/**
 * Tap a quick-reply button.
 */
export type PhoneTapButton = { 
/**
 * The customer.
 */
customer_id: string, 
/**
 * The message.
 */
message_id: string, 
/**
 * Button from 0.
 */
button: number, };

/**
 * How the practice account behaves.
 */
export type PracticeSettings = { 
/**
 * The crowd answers by itself.
 */
auto: boolean, 
/**
 * How.
 */
mood: Mood, 
/**
 * How many times faster than life.
 */
speed: number, };

/**
 * One check.
 */
export type PreflightCheck = { 
/**
 * What about.
 */
subject: CheckSubject, 
/**
 * How it came out.
 */
state: CheckState, 
/**
 * The finding in one sentence.
 */
sentence: string, 
/**
 * What is wrong or good to know, each with its remedy.
 */
problems: Array<CountedReason>, };

/**
 * Practice or the real thing.
 */
export type ProfileKind = "practice" | "real";

/**
 * Opens a profile by name.
 */
export type ProfileOpen = { 
/**
 * As in [`ProfileSummary::name`].
 */
name: string, };

/**
 * A profile on this machine.
 */
export type ProfileSummary = { 
/**
 * Folder name and key of the profile.
 */
name: string, 
/**
 * Practice or real.
 */
kind: ProfileKind, 
/**
 * Business name as people see it, if known.
 */
business_name: string | null, 
/**
 * The sending number as people read it, if known.
 */
display_phone_number: string | null, };

/**
 * Copies contacts with their consent, never their practice outcomes, into the open profile.
 */
export type ProfileTakeContacts = { 
/**
 * The profile to take them from, for example `practice`.
 */
from: string, };

/**
 * How far a long task has come; sent as the event `progress` while it runs (P9).
 */
export type Progress = { 
/**
 * Which task, for example an import's or a campaign's id.
 */
job: string, 
/**
 * What is being counted: `reading`, `writing`, `enqueueing`.
 */
phase: string, 
/**
 * Units finished.
 */
done: number, 
/**
 * Units in all, if known.
 */
total: number | null, };

/**
 * A message that a message answers.
 */
export type QuotedMessage = { 
/**
 * Who wrote it.
 */
direction: Direction, 
/**
 * First words.
 */
text: string, };

/**
 * Imports a price list.
 */
export type RateCardImport = { 
/**
 * The file.
 */
path: string, 
/**
 * First day on which it holds, where the file does not say so.
 */
effective_from: string | null, };

/**
 * All price lists, newest first.
 */
export type RateCardList = { 
/**
 * Lists.
 */
items: Array<RateCardRow>, 
/**
 * What holds today.
 */
in_use: RateCardUse, 
/**
 * This month, `2026-11`.
 */
month: string, 
/**
 * What campaigns have spent or set aside in it, in the account's currency.
 */
month_spent: string, };

/**
 * A price list of Meta's that was imported.
 */
export type RateCardRow = { 
/**
 * Its id.
 */
id: string, 
/**
 * Prices by volume instead of list prices.
 */
tiers: boolean, 
/**
 * Its currency.
 */
currency: string, 
/**
 * First day on which it holds, `2026-10-01`.
 */
effective_from: string, 
/**
 * The file it came from.
 */
file_name: string, 
/**
 * When it was imported.
 */
imported_at_ms: number, 
/**
 * Markets in it.
 */
markets: number, 
/**
 * It is the one that holds today for this account.
 */
in_use: boolean, };

/**
 * The list prices that hold today.
 */
export type RateCardUse = { 
/**
 * The account's currency; none = not known yet.
 */
currency: string | null, 
/**
 * First day of the list; none = there is none for this currency.
 */
from: string | null, 
/**
 * Demo data that came with the program.
 */
demo: boolean, 
/**
 * Day on which Meta may change prices next.
 */
may_end: string | null, };

/**
 * A point of the rate curve.
 */
export type RatePoint = { 
/**
 * Start of the interval.
 */
at_ms: number, 
/**
 * Length of the interval.
 */
interval_ms: number, 
/**
 * Accepted by Meta in it.
 */
accepted: number, 
/**
 * Failed or refused in it.
 */
failed: number, };

/**
 * A page of people.
 */
export type RecipientPage = { 
/**
 * People.
 */
rows: Array<RecipientRow>, 
/**
 * People in all under this filter.
 */
total: number, };

/**
 * What one recipient will read.
 */
export type RecipientPreview = { 
/**
 * The person.
 */
contact_id: string, 
/**
 * Name.
 */
name: string, 
/**
 * Text header.
 */
header: string | null, 
/**
 * Body.
 */
body: string, 
/**
 * Footer.
 */
footer: string | null, 
/**
 * Buttons.
 */
buttons: Array<string>, 
/**
 * Where each button leads, or the code that it copies; none for those without either.
 */
button_values: Array<string | null>, 
/**
 * Cards of a carousel.
 */
cards: Array<CardPreview>, };

/**
 * One person of a campaign.
 */
export type RecipientRow = { 
/**
 * The person.
 */
contact_id: string, 
/**
 * Name.
 */
name: string, 
/**
 * E.164 or username.
 */
address: string, 
/**
 * A field name of [`CampaignCounts`].
 */
state: string, 
/**
 * Why, for excluded, failed, withheld, unknown, cancelled.
 */
reason: string | null, 
/**
 * Last change.
 */
at_ms: number, };

/**
 * What came of a rehearsal.
 */
export type Rehearsal = { 
/**
 * The campaign.
 */
campaign_id: string, 
/**
 * When it was run.
 */
at_ms: number, 
/**
 * How much went wrong.
 */
trouble: Trouble, 
/**
 * The campaign was changed since.
 */
outdated: boolean, 
/**
 * Currency of the costs.
 */
currency: string | null, 
/**
 * What was foretold.
 */
planned: RehearsalFigures, 
/**
 * What happened.
 */
rehearsed: RehearsalFigures, 
/**
 * Where everybody ended.
 */
counts: CampaignCounts, 
/**
 * People who answered.
 */
replied: number, 
/**
 * People who opted out.
 */
opted_out: number, 
/**
 * What did not arrive and why.
 */
failures: Array<CountedReason>, 
/**
 * Who was left out and why.
 */
excluded: Array<CountedReason>, 
/**
 * What the practice account did on purpose: throttled requests, duplicate webhooks ….
 */
obstacles: Array<CountedReason>, 
/**
 * Why the campaign was paused by itself, if it was.
 */
paused_reason: string | null, 
/**
 * Nobody got it twice by the practice account's own ledger.
 */
nobody_twice: boolean, 
/**
 * Seconds that the rehearsal itself took.
 */
took_seconds: number, };

/**
 * Plan or outcome, side by side.
 */
export type RehearsalFigures = { 
/**
 * People who (would) get it.
 */
people: number, 
/**
 * Seconds from the start to the last message; none = it would not be done.
 */
seconds: number | null, 
/**
 * Cost, decimal text; none = not known.
 */
cost: string | null, };

/**
 * The newest rehearsal of a campaign.
 */
export type RehearsalFound = { 
/**
 * None = never rehearsed.
 */
rehearsal: Rehearsal | null, };

/**
 * Lets a console in.
 */
export type RelayApprove = { 
/**
 * Its id.
 */
id: string, 
/**
 * The words that were compared.
 */
words: string, };

/**
 * A console of the desk.
 */
export type RelayDevice = { 
/**
 * Its id there.
 */
id: string, 
/**
 * What people call it.
 */
name: string, 
/**
 * How it stands.
 */
state: RelayDeviceState, 
/**
 * To be compared with the words it shows before it is let in; also names its key.
 */
words: string, 
/**
 * When it was introduced.
 */
paired_at_ms: number, 
/**
 * When it was last seen.
 */
seen_at_ms: number | null, 
/**
 * Connected now.
 */
is_connected: boolean, 
/**
 * This console.
 */
is_self: boolean, 
/**
 * It sends the desk's campaigns.
 */
is_sender: boolean, };

/**
 * How a console of the desk stands.
 */
export type RelayDeviceState = "pending" | "active" | "revoked";

/**
 * The desk's consoles.
 */
export type RelayDevices = { 
/**
 * In the order in which they came.
 */
items: Array<RelayDevice>, };

/**
 * A pairing link, as the relay or a paired console gave it.
 */
export type RelayLink = { 
/**
 * `switchboard://pair?…`; it holds a code that works once.
 */
link: SecretInput, };

/**
 * A link for a further console.
 */
export type RelayNewLink = { 
/**
 * To be opened there; works once.
 */
link: string, 
/**
 * Until when.
 */
expires_at_ms: number, 
/**
 * Shown there too.
 */
fingerprint: string, };

/**
 * Pairing, confirmed by the operator.
 */
export type RelayPair = { 
/**
 * As in [`RelayLink::link`].
 */
link: SecretInput, 
/**
 * What this computer is called among the desk's consoles.
 */
name: string, };

/**
 * What a pairing link leads to, to be confirmed before anything is sent there.
 */
export type RelayPairing = { 
/**
 * The relay.
 */
url: string, 
/**
 * The desk there.
 */
desk: string, 
/**
 * Compare with what the relay, or the console that made the link, shows beside it.
 */
fingerprint: string, 
/**
 * This profile is paired already; pairing again needs to leave that relay first.
 */
is_paired: boolean, };

/**
 * Gives a console another name.
 */
export type RelayRename = { 
/**
 * Its id.
 */
id: string, 
/**
 * The name.
 */
name: string, };

/**
 * Who sends the desk's campaigns.
 */
export type RelaySender = "nobody" | "here" | "elsewhere" | "changing_hands";

/**
 * How the relay is.
 */
export type RelayState = "not_configured" | "catching_up" | "connected" | "unreachable" | "refused" | "waiting";

/**
 * The relay as the status bar shows it.
 */
export type RelayStatus = { 
/**
 * How it is.
 */
state: RelayState, 
/**
 * Entries not yet applied here.
 */
behind: number, 
/**
 * When it was last heard.
 */
last_heard_at_ms: number | null, 
/**
 * Since when the state holds.
 */
since_ms: number | null, 
/**
 * Where.
 */
url: string | null, 
/**
 * Desk there.
 */
desk: string | null, 
/**
 * Newest sequence number applied here.
 */
cursor: number, 
/**
 * Newest sequence number there.
 */
head: number, 
/**
 * Webhooks it turned away for a bad signature; more than a few means the app secret changed.
 */
bad_signatures: number, 
/**
 * What is wrong and what to do, if anything.
 */
trouble: string | null, 
/**
 * The relay is heard, but has no room for webhooks; [`RelayStatus::trouble`] says what to do.
 */
refusing: boolean, 
/**
 * Nothing came for longer than is usual for this desk: what is missing and what to do.
 */
silence: string | null, 
/**
 * Who sends the desk's campaigns.
 */
sender: RelaySender, 
/**
 * This console asked to send from now on, and waits for it.
 */
taking_over: boolean, 
/**
 * Words to compare on the console that lets this one in.
 */
words: string | null, };

/**
 * What the answers to a campaign will cost: messages of ours inside the conversations that it opens.
 */
export type ReplyForecast = { 
/**
 * People who will answer.
 */
people: number, 
/**
 * Of a thousand people, how many answer.
 */
per_mille: number, 
/**
 * Messages that each of them gets, in tenths.
 */
messages_each_tenths: number, 
/**
 * Both are measured by what came of the campaigns of the last 90 days; otherwise they are assumed.
 */
measured: boolean, 
/**
 * Messages in all.
 */
messages: number, 
/**
 * Messages that are free per number and month.
 */
free_per_month: number, 
/**
 * Of those, what is left in the month of the start, at most: others may send from the number too.
 */
free_left: number, 
/**
 * Of the messages, how many are beyond the free ones.
 */
charged: number, 
/**
 * What those cost; none = there is no price for somebody.
 */
most: string | null, };

/**
 * How much was charged in which way, from the `pricing` of Meta's statuses.
 */
export type ReportCharge = { 
/**
 * `charged`, `free`, `unpriced`.
 */
kind: string, 
/**
 * Category that Meta charged.
 */
category: string, 
/**
 * Messages.
 */
messages: number, 
/**
 * Sum.
 */
amount: string, };

/**
 * A stretch of time in which things happened.
 */
export type ReportInterval = { 
/**
 * Its start.
 */
at_ms: number, 
/**
 * Its length.
 */
interval_ms: number, 
/**
 * Messages that Meta took in it.
 */
sent: number, 
/**
 * Messages that reached a phone.
 */
delivered: number, 
/**
 * Messages that were read.
 */
read: number, 
/**
 * Replies, of whatever number a person wrote.
 */
replies: number, };

/**
 * How many got how far: every number holds those of the next.
 */
export type ReportReach = { 
/**
 * Meta took it.
 */
sent: number, 
/**
 * On a phone.
 */
delivered: number, 
/**
 * Read, as far as people let that be seen.
 */
read: number, 
/**
 * People who wrote back in time.
 */
replied: number, 
/**
 * Of those, who answered to this very message.
 */
replied_to_it: number, 
/**
 * People who opted out or stopped marketing in time.
 */
opted_out: number, };

/**
 * One step of the timeline.
 */
export type ReportStep = { 
/**
 * When.
 */
at_ms: number, 
/**
 * `test`, `launched`, `undone`, `first_sent`, `last_sent`, `paused`, `resumed`, `retried`, `done`, `cancelled`.
 */
kind: string, 
/**
 * Why, for a pause or an end.
 */
reason: string | null, };

/**
 * What of a campaign's failures could be tried again.
 */
export type RetryGroup = { 
/**
 * Graph code or word of ours.
 */
code: string, 
/**
 * What happened.
 */
sentence: string, 
/**
 * People.
 */
count: number, 
/**
 * Whether the button takes them.
 */
retries: boolean, 
/**
 * Why, or why not.
 */
why: string, };

/**
 * What the button would do.
 */
export type RetryOffer = { 
/**
 * People whom it would try again.
 */
count: number, 
/**
 * Why it cannot be pressed now, if so.
 */
blocked: string | null, 
/**
 * All that did not arrive, by cause.
 */
groups: Array<RetryGroup>, };

/**
 * What a row is worth (import-formats.md).
 */
export type RowVerdict = "accepted" | "repaired" | "duplicate" | "quarantined" | "rejected";

/**
 * A file that was written, or is there to be read.
 */
export type SavedFile = { 
/**
 * Full path.
 */
path: string, 
/**
 * Rows in it, if it is a table.
 */
rows: number | null, };

/**
 * A secret on its way in. It can be handed in once and never comes back: it has no `Serialize`.
 */
export type SecretInput = string;

/**
 * What an operator can set. Kept per profile.
 */
export type Settings = { 
/**
 * Light or dark.
 */
theme: Theme, 
/**
 * Row height.
 */
density: Density, 
/**
 * Size of everything in the window, percent, 50 to 300.
 */
zoom_percent: number, 
/**
 * BCP 47 tag of the interface language, `system` to follow the system.
 */
language: string, 
/**
 * Country in which numbers without a country code are read, ISO alpha-2.
 */
default_region: string | null, 
/**
 * What closing the window does while something runs.
 */
on_close: OnClose, 
/**
 * Native notifications for new messages.
 */
notify_messages: boolean, 
/**
 * The operator's own ceiling, messages per second, below whatever Meta allows.
 */
max_send_rate: number | null, 
/**
 * Send one confirmation after an opt-out in the chat.
 */
confirm_opt_out: boolean, 
/**
 * Wording of that confirmation.
 */
opt_out_confirmation: string, 
/**
 * Days that a number that could not be reached (131026) is left out of campaigns.
 */
unreachable_hold_days: number, 
/**
 * The operator's own phones, E.164, for test sends.
 */
test_phones: Array<string>, 
/**
 * Where the shop is: a zone of the tz database such as `America/Toronto`; none = where this computer is.
 */
shop_zone: string | null, 
/**
 * At most so many marketing messages to one person, over all campaigns; none = no cap.
 */
cap_messages: number | null, 
/**
 * … in so many days.
 */
cap_days: number, 
/**
 * Hours in which campaigns write to nobody, by the recipient's clock.
 */
quiet_hours: Hours | null, 
/**
 * Cap and quiet hours hold for utility campaigns too.
 */
rules_for_utility: boolean, 
/**
 * Share of the portfolio's 24-hour limit that marketing campaigns leave to utility, percent.
 */
utility_reserve_percent: number, 
/**
 * What all campaigns may cost in a calendar month, decimal text in the account's currency; none = no limit.
 */
month_budget: string | null, };

/**
 * What kind of attention a line asks for.
 */
export type Severity = "calm" | "attention" | "trouble";

/**
 * Why a campaign that runs does not send at the moment.
 */
export type Stall = { 
/**
 * Machine word.
 */
code: string, 
/**
 * What it waits for.
 */
sentence: string, 
/**
 * What can be done, if anything.
 */
remedy: string | null, 
/**
 * Until when, if that is known.
 */
until_at_ms: number | null, };

/**
 * The audit of the missing, over the last 7 days.
 */
export type StatusAudit = { 
/**
 * Messages looked up in Meta's message history.
 */
looked_up: number, 
/**
 * Of those, messages with a status that never came by webhook.
 */
found: number, 
/**
 * Messages whose status is overdue now.
 */
overdue: number, 
/**
 * When the last look was.
 */
last_at_ms: number | null, };

/**
 * What one look came to.
 */
export type StatusAuditResult = { 
/**
 * Messages looked up.
 */
looked_up: number, 
/**
 * Of those, messages with a status that never came.
 */
found: number, 
/**
 * Messages that are overdue still.
 */
overdue: number, };

/**
 * Looks messages up now.
 */
export type StatusAuditRun = { 
/**
 * Minutes without a status that count as overdue; none = as in the background.
 */
overdue_minutes: number | null, };

/**
 * The line at the bottom of the window.
 */
export type StatusBar = { 
/**
 * Own number as people read it.
 */
display_phone_number: string | null, 
/**
 * `GREEN`, `YELLOW`, `RED`, `NA`, `UNKNOWN` or a word of a later platform.
 */
quality_rating: string | null, 
/**
 * People reached outside a window in the last 24 h by this profile: "at least", others may send too.
 */
limit_used: number, 
/**
 * The portfolio's messaging limit; none = unlimited or unknown.
 */
limit_max: number | null, 
/**
 * Messages accepted in the last second.
 */
sending_per_second: number, 
/**
 * Messages not yet sent in running campaigns.
 */
queued: number, 
/**
 * The relay.
 */
relay: RelayStatus, 
/**
 * Threads with unread messages.
 */
unread_threads: number, 
/**
 * Whether the account is practice.
 */
practice: boolean, };

/**
 * State of one step of the checklist.
 */
export type StepState = "done" | "todo" | "attention" | "confirm" | "unknown";

/**
 * Save everybody who opted out, as a table.
 */
export type SuppressionExport = { 
/**
 * Full path; a file that is there is replaced.
 */
path: string, };

/**
 * Read a list of people who opted out.
 */
export type SuppressionImport = { 
/**
 * Full path of a table or of one number a line.
 */
path: string, 
/**
 * Country in which national numbers are read, two letters.
 */
region: string | null, 
/**
 * Where the list comes from, kept as typed.
 */
note: string, };

/**
 * What a list of opt-outs did.
 */
export type SuppressionImported = { 
/**
 * People who are opted out now and were not before.
 */
added: number, 
/**
 * People who had opted out before.
 */
known: number, 
/**
 * Rows without a number that can be read.
 */
unreadable: number, };

/**
 * A tag and how many people carry it.
 */
export type TagCount = { 
/**
 * The tag.
 */
tag: string, 
/**
 * People.
 */
people: number, };

/**
 * What was taken along.
 */
export type TakenContacts = { 
/**
 * People new here.
 */
added: number, 
/**
 * People already here.
 */
known: number, };

/**
 * What a background task did last.
 */
export type TaskStatus = { 
/**
 * `sender`, `relay_pull`, `template_sync`, `media_fetch`, `housekeeping` ….
 */
name: string, 
/**
 * When it last ran.
 */
last_run_at_ms: number | null, 
/**
 * What came of it, one sentence without personal data.
 */
last_result: string | null, 
/**
 * Whether that was a failure.
 */
failed: boolean, };

/**
 * A button of a preview.
 */
export type TemplateButton = { 
/**
 * `QUICK_REPLY`, `URL` …
 */
kind: string, 
/**
 * Label.
 */
text: string, };

/**
 * A card of a carousel.
 */
export type TemplateCard = { 
/**
 * `IMAGE` or `VIDEO`.
 */
header_format: string | null, 
/**
 * Text with its placeholders.
 */
body: string, 
/**
 * Buttons in order.
 */
buttons: Array<TemplateButton>, };

/**
 * One template with its history.
 */
export type TemplateDetail = { 
/**
 * The template.
 */
template: TemplateRow, 
/**
 * Why it was rejected, if it was.
 */
rejected_reason: string | null, 
/**
 * Its components as Meta returned them, JSON text.
 */
components_json: string, 
/**
 * Newest first.
 */
history: Array<TemplateEvent>, };

/**
 * Something that happened to a template.
 */
export type TemplateEvent = { 
/**
 * When, at Meta.
 */
at_ms: number, 
/**
 * `status`, `quality`, `category`, `components`, `seen`.
 */
kind: string, 
/**
 * The sentence.
 */
text: string, };

/**
 * The gallery.
 */
export type TemplateList = { 
/**
 * Templates by name and language.
 */
items: Array<TemplateRow>, 
/**
 * When the list was last read from Meta.
 */
synced_at_ms: number | null, };

/**
 * Which templates to list.
 */
export type TemplateListRequest = { 
/**
 * Words in name or body.
 */
search: string | null, 
/**
 * Only those that can be sent now.
 */
sendable_only: boolean, };

/**
 * A file that a template wants.
 */
export type TemplateMedia = { 
/**
 * `header.media`, or `card0.media`.
 */
key: string, 
/**
 * `IMAGE`, `VIDEO` or `DOCUMENT`.
 */
format: string, };

/**
 * A template with what a preview needs.
 */
export type TemplateRow = { 
/**
 * Meta's id.
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * Language code such as `en_US`.
 */
language: string, 
/**
 * `marketing`, `utility`, `authentication` or a later word.
 */
category: string, 
/**
 * The category to come, if a change is announced.
 */
correct_category: string | null, 
/**
 * `APPROVED`, `PAUSED` …
 */
status: string, 
/**
 * Whether it can be sent now.
 */
sendable: boolean, 
/**
 * Why not, one sentence.
 */
unsendable_reason: string | null, 
/**
 * `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
 */
quality: string | null, 
/**
 * `TEXT`, `IMAGE` …
 */
header_format: string | null, 
/**
 * Text header with its placeholders.
 */
header_text: string | null, 
/**
 * Body with its placeholders.
 */
body: string, 
/**
 * Footer.
 */
footer: string | null, 
/**
 * Buttons in order.
 */
buttons: Array<TemplateButton>, 
/**
 * Keys of its variables: `body.1`, `header.name`, `button0.1`.
 */
variables: Array<string>, 
/**
 * Files that a send must carry.
 */
media: Array<TemplateMedia>, 
/**
 * Cards of a carousel, in order.
 */
cards: Array<TemplateCard>, 
/**
 * A sample for each variable, same order, empty if Meta keeps none.
 */
samples: Array<string>, 
/**
 * When the console last saw it change.
 */
updated_at_ms: number, };

/**
 * What a sync found.
 */
export type TemplateSyncResult = { 
/**
 * Templates at Meta.
 */
total: number, 
/**
 * New here.
 */
added: number, 
/**
 * Changed.
 */
changed: number, 
/**
 * Gone.
 */
removed: number, };

/**
 * One test phone and its newest test of a campaign.
 */
export type TestSend = { 
/**
 * E.164.
 */
phone: string, 
/**
 * The person behind it, once something was sent; opens the conversation.
 */
contact_id: string | null, 
/**
 * A field name of `CampaignCounts`; none = nothing was sent yet.
 */
state: string | null, 
/**
 * Why it did not arrive.
 */
reason: string | null, 
/**
 * When it was sent or last changed.
 */
at_ms: number | null, };

/**
 * The operator's phones, as in Settings.
 */
export type TestSends = { 
/**
 * Phones.
 */
items: Array<TestSend>, 
/**
 * Whose values the test shows: the first recipient; none = nobody would receive it, so the samples are shown.
 */
as_for: string | null, };

/**
 * Light or dark.
 */
export type Theme = "system" | "light" | "dark";

/**
 * A thread.
 */
export type ThreadDetail = { 
/**
 * As in the list.
 */
row: ThreadRow, 
/**
 * E.164, if known.
 */
phone: string | null, 
/**
 * Oldest first.
 */
messages: Array<ThreadMessage>, 
/**
 * Older ones exist.
 */
has_older: boolean, 
/**
 * The composer.
 */
composer: Composer, };

/**
 * Which threads.
 */
export type ThreadFilter = "all" | "unread" | "open";

/**
 * One thread.
 */
export type ThreadGet = { 
/**
 * The person.
 */
contact_id: string, 
/**
 * Messages before this time; none = the newest.
 */
before_ms: number | null, 
/**
 * Messages wanted, at most 200.
 */
limit: number, };

/**
 * Which threads to list.
 */
export type ThreadListRequest = { 
/**
 * Which.
 */
filter: ThreadFilter, 
/**
 * Order.
 */
sort: ThreadSort, 
/**
 * Name or text.
 */
search: string | null, 
/**
 * First row, from 0.
 */
offset: number, 
/**
 * Rows wanted, at most 200.
 */
limit: number, };

/**
 * One message.
 */
export type ThreadMessage = { 
/**
 * Our id.
 */
id: string, 
/**
 * Who wrote.
 */
direction: Direction, 
/**
 * `text`, `image`, `template`, `button`, `reaction`, `unsupported` …
 */
kind: string, 
/**
 * Text, caption, or a sentence about what cannot be shown.
 */
text: string, 
/**
 * Text header, for templates.
 */
header: string | null, 
/**
 * Footer, for templates.
 */
footer: string | null, 
/**
 * Buttons, for templates.
 */
buttons: Array<string>, 
/**
 * File.
 */
media: MessageMedia | null, 
/**
 * What it answers.
 */
quoted: QuotedMessage | null, 
/**
 * The customer's reaction to it.
 */
reaction: string | null, 
/**
 * Ticks, for ours.
 */
ticks: Ticks | null, 
/**
 * Why it failed, in plain words.
 */
failure: string | null, 
/**
 * Campaign it belongs to.
 */
campaign: string | null, 
/**
 * When.
 */
at_ms: number, 
/**
 * This message was read as an opt-out.
 */
opt_out: boolean, };

/**
 * A page of threads.
 */
export type ThreadPage = { 
/**
 * Threads.
 */
rows: Array<ThreadRow>, 
/**
 * Threads in all under this filter.
 */
total: number, };

/**
 * A thread in the list.
 */
export type ThreadRow = { 
/**
 * The person; a thread is the conversation with one person.
 */
contact_id: string, 
/**
 * Name, or username, or number.
 */
name: string, 
/**
 * First words of the last message.
 */
last_line: string, 
/**
 * Who wrote it.
 */
last_direction: Direction, 
/**
 * Ticks, if it was us.
 */
last_ticks: Ticks | null, 
/**
 * When.
 */
last_at_ms: number, 
/**
 * Unread messages.
 */
unread: number, 
/**
 * When the window closes; none or past = closed.
 */
window_closes_at_ms: number | null, 
/**
 * The person opted out.
 */
opted_out: boolean, };

/**
 * In which order.
 */
export type ThreadSort = "newest" | "closing_soonest";

/**
 * The ticks under our messages; they never go back.
 */
export type Ticks = "pending" | "accepted" | "held" | "sent" | "delivered" | "read" | "failed" | "unknown";

/**
 * Answers "does anything need me?".
 */
export type Today = { 
/**
 * Lines, most urgent first; empty means nothing is wrong.
 */
items: Array<TodayItem>, 
/**
 * Campaigns that run or are paused.
 */
running: Array<CampaignRow>, 
/**
 * Messages of ours that Meta accepted since midnight yesterday until midnight today, in local time.
 */
yesterday_sent: number, 
/**
 * Of those, delivered.
 */
yesterday_delivered: number, 
/**
 * Of those, read.
 */
yesterday_read: number, 
/**
 * People who wrote to us in that time.
 */
yesterday_replied: number, 
/**
 * The same four since midnight today.
 */
today_sent: number, 
/**
 * Delivered since midnight today.
 */
today_delivered: number, 
/**
 * Read since midnight today.
 */
today_read: number, 
/**
 * People who wrote since midnight today.
 */
today_replied: number, 
/**
 * People in the address book at all.
 */
contacts: number, };

/**
 * One line of Today, with its one action.
 */
export type TodayItem = { 
/**
 * Stable word for the kind of line, `paused_campaign`, `relay_silent`, `opt_out_to_decide` ….
 */
kind: string, 
/**
 * How urgent.
 */
severity: Severity, 
/**
 * The sentence.
 */
text: string, 
/**
 * Label of its action.
 */
action: string, 
/**
 * Where the action leads.
 */
target: TodayTarget, 
/**
 * Which one, if the target is one thing.
 */
target_id: string | null, 
/**
 * How many things the line speaks of.
 */
count: number, };

/**
 * Where a line of Today leads.
 */
export type TodayTarget = "inbox_waiting" | "inbox_closing" | "campaign" | "templates" | "contact" | "account" | "relay" | "import" | "unknown_sends";

/**
 * How much goes wrong in a rehearsal.
 */
export type Trouble = "none" | "some" | "much";

/**
 * An error as a person reads it.
 */
export type UiError = { 
/**
 * For the program.
 */
code: UiErrorCode, 
/**
 * What was attempted and what happened, one sentence without personal data.
 */
message: string, 
/**
 * What to do next, one sentence.
 */
remedy: string, 
/**
 * Whether the same call may succeed later without anybody changing anything.
 */
retryable: boolean, 
/**
 * Structured details for the code, `null` if none.
 */
details: Record<string, unknown> | null, };

/**
 * What kind of trouble; the window matches on this and never on text.
 */
export type UiErrorCode = "invalid_input" | "not_found" | "wrong_state" | "no_profile" | "profile_in_use" | "keychain" | "token_rejected" | "token_scope" | "account_not_found" | "graph_unreachable" | "graph_refused" | "relay" | "launch_refused" | "consent_forbids" | "window_closed" | "import_file" | "disk" | "newer_database" | "copied_database" | "database" | "practice_only" | "cancelled" | "internal";

/**
 * What an operator decides about an unknown send.
 */
export type UnknownDecision = "leave" | "not_sent" | "take_back";

/**
 * Which unknown sends are listed.
 */
export type UnknownFilter = "open" | "decided";

/**
 * Asks for sends whose outcome is unknown, oldest first.
 */
export type UnknownListRequest = { 
/**
 * Which.
 */
filter: UnknownFilter, 
/**
 * Only those of one campaign.
 */
campaign_id: string | null, 
/**
 * First row, from 0.
 */
offset: number, 
/**
 * Rows wanted, at most 200.
 */
limit: number, };

/**
 * A page of them.
 */
export type UnknownPage = { 
/**
 * Sends.
 */
rows: Array<UnknownSend>, 
/**
 * How many under this filter.
 */
total: number, 
/**
 * How many wait for a status or a decision.
 */
open: number, 
/**
 * How many were decided here.
 */
decided: number, 
/**
 * When the relay, which brings the statuses, was last heard.
 */
relay_heard_at_ms: number | null, 
/**
 * Webhooks that the relay still holds for this console.
 */
relay_behind: number, };

/**
 * A send whose outcome is unknown.
 */
export type UnknownSend = { 
/**
 * The message.
 */
id: string, 
/**
 * The person.
 */
contact_id: string, 
/**
 * Name.
 */
name: string, 
/**
 * E.164 or username.
 */
address: string, 
/**
 * The campaign, for a campaign's message.
 */
campaign_id: string | null, 
/**
 * Its name.
 */
campaign_name: string | null, 
/**
 * Template name, for a template.
 */
template: string | null, 
/**
 * `template`, `text`, `media`, `opt_out_confirmation`.
 */
kind: string, 
/**
 * How often it was tried.
 */
tries: number, 
/**
 * When the request was started.
 */
attempted_at_ms: number, 
/**
 * When it was clear that its outcome is unclear.
 */
noticed_at_ms: number | null, 
/**
 * Word for what went wrong: `timeout`, `connection_broken`, `server_error`, `interrupted` …, or a Graph code.
 */
cause: string, 
/**
 * What went wrong, one clause without personal data.
 */
detail: string, 
/**
 * Graph code of the answer, if there was one.
 */
graph_code: number | null, 
/**
 * The person wrote to us after it.
 */
person_wrote_at_ms: number | null, 
/**
 * Another message of ours reached their phone after it.
 */
other_reached_at_ms: number | null, 
/**
 * Until then a status may still come; after that it is called unresolved.
 */
waits_until_at_ms: number, 
/**
 * No status came in time.
 */
unresolved: boolean, 
/**
 * What was decided.
 */
decision: UnknownDecision | null, 
/**
 * When.
 */
decided_at_ms: number | null, };

/**
 * Decides about unknown sends. Sends nothing.
 */
export type UnknownSettle = { 
/**
 * The messages, as a list showed them; at most 1,000.
 */
ids: Array<string>, 
/**
 * What is decided.
 */
decision: UnknownDecision, };

/**
 * What a decision came to.
 */
export type UnknownSettled = { 
/**
 * Messages that it was about.
 */
settled: number, 
/**
 * Messages that were no longer unknown: a status came first, or they were decided already.
 */
passed_over: number, };

/**
 * What to do with rows that prove nothing.
 */
export type UnprovenChoice = "attest" | "without_marketing" | "leave";

/**
 * How a value is written, in which language and currency.
 */
export type ValueFormat = { 
/**
 * How.
 */
kind: FormatKind, 
/**
 * Language code such as `de`; none = the template's.
 */
language: string | null, 
/**
 * ISO 4217, for amounts.
 */
currency: string | null, };

/**
 * Where a variable's value comes from.
 */
export type ValueSource = "first_name" | "full_name" | "attribute" | "fixed";

/**
 * How one variable is filled.
 */
export type VariableValue = { 
/**
 * As in `TemplateRow.variables`, or in `TemplateRow.media` (value = a file path).
 */
key: string, 
/**
 * From where.
 */
source: ValueSource, 
/**
 * Attribute name, or the fixed text.
 */
value: string, 
/**
 * Used where a person has no value. Without it such a person is left out.
 */
fallback: string | null, 
/**
 * How a person's value is written; none = as it is.
 */
format: ValueFormat | null, };

/**
 * How many rows got a verdict.
 */
export type VerdictCount = { 
/**
 * The verdict.
 */
verdict: RowVerdict, 
/**
 * Rows.
 */
count: number, };

/**
 * Stages of a number that is warming up: more people from day to day.
 */
export type WarmUpStages = { 
/**
 * People on the first day.
 */
first_day: number, 
/**
 * Each day so many percent of the day before: 200 doubles.
 */
percent: number, 
/**
 * Days that it takes.
 */
days: number, 
/**
 * The day that it is on, from 1; none = it is over.
 */
day_now: number | null, 
/**
 * People on this day.
 */
people_now: number | null, };

/**
 * Asks what a webhook says and what the console would do.
 */
export type WebhookExplain = { 
/**
 * The payload: one webhook, a list of them, or one after the other.
 */
text: string | null, 
/**
 * A file with it, instead.
 */
path: string | null, 
/**
 * Events wanted at most; all are counted.
 */
limit: number, };

/**
 * What webhooks say.
 */
export type WebhookExplanation = { 
/**
 * Webhooks that were read.
 */
payloads: number, 
/**
 * Events in them.
 */
total: number, 
/**
 * Of those, not understood.
 */
unknown: number, 
/**
 * The events, in order.
 */
events: Array<ExplainedEvent>, };

/**
 * Subscribes the app to the account, or sets or removes an address nearer to the number.
 */
export type WebhookSubscribe = { 
/**
 * `app` subscribes the app and removes an address of the account's own; the others set the relay's address.
 */
level: CallbackLevel, 
/**
 * Which number, for `number`; none = the one that sends by default.
 */
phone_number_id: string | null, 
/**
 * The desk's verify token as the relay printed it. Without one the address of that level is removed.
 */
verify_token: SecretInput | null, };

/**
 * Where Meta sends this account's webhooks.
 */
export type WebhookSubscription = { 
/**
 * Where they should go: the paired relay; none without one.
 */
callback_url: string | null, 
/**
 * The app of the token.
 */
app_id: string | null, 
/**
 * Its name.
 */
app_name: string | null, 
/**
 * The WABA sends its webhooks to that app.
 */
is_subscribed: boolean, 
/**
 * Each of the account's numbers.
 */
numbers: Array<NumberCallback>, 
/**
 * Fields that always go to the app's own address, whatever is set nearer to the number: they are chosen, and
 * that address is set, in the App Dashboard.
 */
dashboard_fields: Array<string>, 
/**
 * Fields that follow an address of the account's or the number's own.
 */
override_fields: Array<string>, 
/**
 * The page of the App Dashboard.
 */
dashboard_link: string, 
/**
 * What is to be done, a sentence each; empty = nothing that can be seen from here.
 */
to_do: Array<string>, };

/**
 * The operator's answer when the window closes while something runs.
 */
export type WindowCloseDecide = { 
/**
 * What to do.
 */
choice: OnClose, 
/**
 * Do not ask again.
 */
remember: boolean, };

/**
 * A part of the window could not be drawn. Carries no personal data: names of our own components only.
 */
export type WindowFault = { 
/**
 * The kind of screen, for example `/contacts/$contactId`.
 */
place: string, 
/**
 * Name of the error's type.
 */
error: string, 
/**
 * Which components were being drawn.
 */
components: string, };

/** Every command with what it takes and what it answers. */
export interface Commands {
  app_status: { request: Nothing; response: AppStatus };
  practice_open: { request: Nothing; response: AppStatus };
  profile_open: { request: ProfileOpen; response: AppStatus };
  profile_take_contacts: { request: ProfileTakeContacts; response: TakenContacts };
  settings_get: { request: Nothing; response: Settings };
  settings_update: { request: Settings; response: Settings };
  changes_since: { request: ChangesSince; response: Changes };
  today_get: { request: Nothing; response: Today };
  status_bar_get: { request: Nothing; response: StatusBar };
  diagnostics_get: { request: Nothing; response: Diagnostics };
  webhook_explain: { request: WebhookExplain; response: WebhookExplanation };
  kept_event_list: { request: Nothing; response: KeptEvents };
  kept_event_get: { request: ById; response: KeptEventText };
  account_discover: { request: AccountDiscover; response: DiscoveredAccounts };
  account_connect: { request: AccountConnect; response: AccountOverview };
  account_overview: { request: Nothing; response: AccountOverview };
  account_recheck: { request: Nothing; response: AccountOverview };
  account_replace_token: { request: AccountReplaceToken; response: AccountOverview };
  account_confirm_step: { request: AccountConfirmStep; response: AccountOverview };
  relay_status: { request: Nothing; response: RelayStatus };
  relay_pairing_inspect: { request: RelayLink; response: RelayPairing };
  relay_pair: { request: RelayPair; response: RelayStatus };
  relay_leave: { request: Nothing; response: RelayStatus };
  relay_devices: { request: Nothing; response: RelayDevices };
  relay_new_link: { request: Nothing; response: RelayNewLink };
  relay_device_approve: { request: RelayApprove; response: RelayDevices };
  relay_device_rename: { request: RelayRename; response: RelayDevices };
  relay_device_remove: { request: ById; response: RelayDevices };
  relay_take_over: { request: Nothing; response: RelayStatus };
  webhook_subscription_get: { request: Nothing; response: WebhookSubscription };
  webhook_subscribe: { request: WebhookSubscribe; response: WebhookSubscription };
  status_audit_run: { request: StatusAuditRun; response: StatusAuditResult };
  template_list: { request: TemplateListRequest; response: TemplateList };
  template_get: { request: ById; response: TemplateDetail };
  template_sync: { request: Nothing; response: TemplateSyncResult };
  consent_import_inspect: { request: ImportInspect; response: ImportInspection };
  consent_import_preview: { request: ImportPreviewRequest; response: ImportPreview };
  consent_import_rows: { request: ImportRowsRequest; response: ImportRowsPage };
  consent_import_commit: { request: ImportCommit; response: ImportSummary };
  consent_import_cancel: { request: ById; response: ImportSummary };
  consent_import_undo: { request: ById; response: ImportSummary };
  consent_import_list: { request: Nothing; response: ImportList };
  consent_import_rejected_save: { request: ImportRejectedSave; response: SavedFile };
  sample_list_path: { request: Nothing; response: SavedFile };
  contact_list: { request: ContactListRequest; response: ContactPage };
  contact_get: { request: ById; response: ContactDetail };
  contact_tag: { request: ContactTag; response: Nothing };
  contact_opt_out: { request: ContactOptOut; response: ContactDetail };
  consent_why: { request: ConsentWhyRequest; response: ConsentVerdict };
  opt_out_decide: { request: OptOutDecide; response: ContactDetail };
  contact_erase_preview: { request: ById; response: ErasurePreview };
  contact_erase: { request: ContactErase; response: ErasureDone };
  consent_prove: { request: ConsentProve; response: SavedFile };
  contact_export: { request: ContactExport; response: SavedFile };
  contact_opt_in: { request: ContactOptIn; response: ContactDetail };
  suppression_export: { request: SuppressionExport; response: SavedFile };
  suppression_import: { request: SuppressionImport; response: SuppressionImported };
  consent_verify: { request: Nothing; response: LedgerVerification };
  consent_verify_cancel: { request: Nothing; response: Nothing };
  campaign_list: { request: Nothing; response: CampaignList };
  campaign_draft_save: { request: CampaignDraft; response: CampaignDetail };
  campaign_draft_delete: { request: ById; response: Nothing };
  campaign_review: { request: ById; response: CampaignReview };
  campaign_preflight: { request: ById; response: CampaignPreflight };
  campaign_test_send: { request: CampaignTestSend; response: TestSends };
  campaign_test_list: { request: ById; response: TestSends };
  campaign_rehearse: { request: CampaignRehearse; response: Rehearsal };
  campaign_rehearse_cancel: { request: ById; response: Nothing };
  campaign_rehearsal_get: { request: ById; response: RehearsalFound };
  campaign_previews: { request: CampaignPreviewsRequest; response: CampaignPreviews };
  campaign_launch: { request: CampaignLaunch; response: CampaignDetail };
  campaign_undo_launch: { request: ById; response: CampaignDetail };
  campaign_get: { request: ById; response: CampaignDetail };
  campaign_recipients: { request: CampaignRecipientsRequest; response: RecipientPage };
  audience_count: { request: AudienceCountRequest; response: AudienceCount };
  audience_choices: { request: Nothing; response: AudienceChoices };
  audience_column_values: { request: AudienceColumn; response: ColumnValues };
  audience_list_add: { request: AudienceListAdd; response: AudienceList };
  campaign_pause: { request: ById; response: CampaignDetail };
  campaign_resume: { request: ById; response: CampaignDetail };
  campaign_cancel: { request: ById; response: CampaignDetail };
  campaign_set_budget: { request: CampaignSetBudget; response: CampaignDetail };
  campaign_report: { request: CampaignReportRequest; response: CampaignReport };
  campaign_recipients_save: { request: CampaignRecipientsSave; response: SavedFile };
  campaign_retry_offer: { request: ById; response: RetryOffer };
  campaign_retry: { request: ById; response: CampaignDetail };
  rate_card_list: { request: Nothing; response: RateCardList };
  rate_card_import: { request: RateCardImport; response: RateCardList };
  rate_card_remove: { request: ById; response: RateCardList };
  number_limits_list: { request: Nothing; response: NumberLimitsList };
  number_limits_set: { request: NumberLimitsSet; response: NumberLimitsList };
  unknown_list: { request: UnknownListRequest; response: UnknownPage };
  unknown_settle: { request: UnknownSettle; response: UnknownSettled };
  thread_list: { request: ThreadListRequest; response: ThreadPage };
  thread_get: { request: ThreadGet; response: ThreadDetail };
  thread_mark_read: { request: ById; response: Nothing };
  message_reply: { request: MessageReply; response: ThreadMessage };
  message_send_template: { request: MessageSendTemplate; response: ThreadMessage };
  chat_start: { request: ChatStart; response: ThreadDetail };
  media_open: { request: MediaOpen; response: MediaOpened };
  media_save: { request: MediaSave; response: SavedFile };
  phone_customers: { request: PhoneCustomersRequest; response: PhoneCustomers };
  phone_conversation: { request: PhoneById; response: PhoneConversation };
  phone_send: { request: PhoneSend; response: PhoneConversation };
  phone_tap_button: { request: PhoneTapButton; response: PhoneConversation };
  phone_preference: { request: PhonePreference; response: PhoneConversation };
  phone_block: { request: PhoneBlock; response: PhoneConversation };
  practice_settings_get: { request: Nothing; response: PracticeSettings };
  practice_settings_update: { request: PracticeSettings; response: PracticeSettings };
  practice_ledger_summary: { request: Nothing; response: LedgerSummary };
  window_close_decide: { request: WindowCloseDecide; response: Nothing };
  window_fault_note: { request: WindowFault; response: Nothing };
}

export type CommandName = keyof Commands;
