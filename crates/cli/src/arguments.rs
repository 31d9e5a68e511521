//! What can be said on the command line (interfaces.md, CLI).

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Operator console for the WhatsApp Business Cloud API, without a window.
#[derive(Debug, Parser)]
#[command(name = "switchboard-cli", version, propagate_version = true)]
pub(crate) struct Arguments {
    /// Where profiles are kept; by default the platform's folder for application data.
    #[arg(long, global = true, env = "SWITCHBOARD_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Which profile.
    #[arg(long, global = true, default_value = "practice")]
    pub(crate) profile: String,
    /// One JSON document on standard output.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Where secrets are: `keychain`, `file:PATH` (mode 0600) or `fd:N`.
    #[arg(long, global = true, value_name = "STORE")]
    pub(crate) secrets: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The connected account.
    #[command(subcommand)]
    Account(Account),
    /// Templates.
    #[command(subcommand)]
    Templates(Templates),
    /// Opt-in lists.
    #[command(subcommand)]
    Import(Import),
    /// People.
    #[command(subcommand)]
    Contacts(Contacts),
    /// Consent of one person.
    #[command(subcommand)]
    Consent(Consent),
    /// Everybody who opted out.
    #[command(subcommand)]
    Suppression(Suppression),
    /// Campaigns.
    #[command(subcommand)]
    Campaign(Campaign),
    /// Meta's price lists.
    #[command(subcommand)]
    Rates(Rates),
    /// Limits of your own for sending numbers.
    #[command(subcommand)]
    Numbers(Numbers),
    /// What the operator set: caps, quiet hours, budgets ….
    #[command(subcommand)]
    Settings(Settings),
    /// Conversations.
    #[command(subcommand)]
    Inbox(Inbox),
    /// The relay.
    #[command(subcommand)]
    Relay(Relay),
    /// Webhooks as Meta posts them.
    #[command(subcommand)]
    Webhook(Webhook),
    /// Holds the engine role: pulls, claims and sends until stopped.
    Run(Run),
    /// The practice account without a window.
    #[command(subcommand)]
    Practice(Practice),
}

impl Command {
    /// The name in the output document, `noun.verb`.
    pub(crate) fn name(&self) -> String {
        let (noun, verb) = match self {
            Self::Account(c) => (
                "account",
                match c {
                    Account::Connect(_) => "connect",
                    Account::Show => "show",
                },
            ),
            Self::Templates(c) => (
                "templates",
                match c {
                    Templates::Sync => "sync",
                    Templates::List { .. } => "list",
                    Templates::Lint { .. } => "lint",
                },
            ),
            Self::Import(c) => (
                "import",
                match c {
                    Import::Preview(_) => "preview",
                    Import::Commit(_) => "commit",
                    Import::List => "list",
                    Import::Undo { .. } => "undo",
                    Import::LeftOut { .. } => "left-out",
                },
            ),
            Self::Contacts(c) => (
                "contacts",
                match c {
                    Contacts::List { .. } => "list",
                    Contacts::Show { .. } => "show",
                    Contacts::Tag { .. } => "tag",
                    Contacts::Untag { .. } => "untag",
                    Contacts::Erase { .. } => "erase",
                    Contacts::Export { .. } => "export",
                },
            ),
            Self::Consent(c) => (
                "consent",
                match c {
                    Consent::OptOut { .. } => "opt-out",
                    Consent::Show { .. } => "show",
                    Consent::Why { .. } => "why",
                    Consent::Verify => "verify",
                    Consent::Prove { .. } => "prove",
                    Consent::CheckProof { .. } => "check-proof",
                    Consent::OptIn { .. } => "opt-in",
                },
            ),
            Self::Suppression(c) => (
                "suppression",
                match c {
                    Suppression::Export { .. } => "export",
                    Suppression::Import { .. } => "import",
                },
            ),
            Self::Campaign(c) => (
                "campaign",
                match c {
                    Campaign::Create(_) => "create",
                    Campaign::Count(_) => "count",
                    Campaign::Choices { .. } => "choices",
                    Campaign::ListAdd { .. } => "list-add",
                    Campaign::People(_) => "people",
                    Campaign::List => "list",
                    Campaign::Review { .. } => "review",
                    Campaign::Preflight { .. } => "preflight",
                    Campaign::Test { .. } => "test",
                    Campaign::Rehearse { .. } => "rehearse",
                    Campaign::Launch { .. } => "launch",
                    Campaign::Status { .. } => "status",
                    Campaign::Pause { .. } => "pause",
                    Campaign::Resume { .. } => "resume",
                    Campaign::Cancel { .. } => "cancel",
                    Campaign::Report { .. } => "report",
                    Campaign::Retry { .. } => "retry",
                    Campaign::Budget { .. } => "budget",
                    Campaign::Unknown(Unknown::List { .. }) => "unknown.list",
                    Campaign::Unknown(Unknown::Settle { .. }) => "unknown.settle",
                },
            ),
            Self::Rates(c) => (
                "rates",
                match c {
                    Rates::List => "list",
                    Rates::Import { .. } => "import",
                    Rates::Remove { .. } => "remove",
                },
            ),
            Self::Numbers(c) => (
                "numbers",
                match c {
                    Numbers::List => "list",
                    Numbers::Limit(_) => "limit",
                },
            ),
            Self::Settings(c) => (
                "settings",
                match c {
                    Settings::Show => "show",
                    Settings::Set { .. } => "set",
                },
            ),
            Self::Inbox(c) => (
                "inbox",
                match c {
                    Inbox::List { .. } => "list",
                    Inbox::Show { .. } => "show",
                    Inbox::Reply { .. } => "reply",
                },
            ),
            Self::Relay(c) => (
                "relay",
                match c {
                    Relay::Pair(_) => "pair",
                    Relay::Status => "status",
                    Relay::Leave => "leave",
                    Relay::Devices => "devices",
                    Relay::Link => "link",
                    Relay::Approve(_) => "approve",
                    Relay::Rename { .. } => "rename",
                    Relay::Remove { .. } => "remove",
                    Relay::TakeOver { .. } => "take-over",
                    Relay::Webhooks => "webhooks",
                    Relay::Subscribe(_) => "subscribe",
                    Relay::Audit { .. } => "audit",
                },
            ),
            Self::Webhook(Webhook::Explain { .. }) => ("webhook", "explain"),
            Self::Run(_) => return "run".to_owned(),
            Self::Practice(Practice::Start { .. }) => ("practice", "start"),
        };
        format!("{noun}.{verb}")
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Checks token, WABA and number, then saves them in a new profile.
    Connect(Connect),
    /// Shows the account and the checklist of what Meta wants.
    Show,
}

#[derive(Debug, Args)]
pub(crate) struct Connect {
    /// WABA id.
    #[arg(long)]
    pub(crate) waba: String,
    /// Phone number id.
    #[arg(long)]
    pub(crate) phone_number: String,
    /// File that holds the System User token; without it the token is read from standard input.
    #[arg(long)]
    pub(crate) token_file: Option<PathBuf>,
    /// Another Graph address; only the loopback is accepted.
    #[arg(long)]
    pub(crate) graph_url: Option<String>,
    /// Graph version such as v26.0.
    #[arg(long)]
    pub(crate) graph_version: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Templates {
    /// Reads all templates from Meta.
    Sync,
    /// Lists them.
    List {
        /// Words in name or body.
        #[arg(long)]
        search: Option<String>,
        /// Only those that can be sent now.
        #[arg(long)]
        sendable: bool,
    },
    /// Says what review would refuse, before anything is submitted. Needs no profile and no network. Exit status 1 if
    /// something blocks.
    Lint {
        /// Templates as JSON, `-` for standard input: one, a list of them, or an answer of Meta's with `data`. Templates
        /// of one call are also compared with each other.
        #[arg(required = true)]
        files: Vec<String>,
        /// Warnings count too: exit status 1.
        #[arg(long)]
        strict: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Judges every row; writes nothing.
    Preview(ImportFile),
    /// Writes it.
    Commit(ImportCommit),
    /// All imports, newest first.
    List,
    /// Takes back everything that an import recorded; what was recorded or sent since stays.
    Undo {
        /// Id of the import.
        id: String,
    },
    /// Saves the rows that were not taken, in their form, with a reason column.
    LeftOut {
        /// Id of the import.
        id: String,
        /// Where to; without it beside the original.
        #[arg(long)]
        to: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ImportFile {
    /// The file.
    pub(crate) file: PathBuf,
    /// Country in which national numbers are read, two letters.
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// Roles of columns where the suggestion is wrong, `HEADER=ROLE`; roles as in the preview.
    #[arg(long = "column", value_name = "HEADER=ROLE")]
    pub(crate) columns: Vec<String>,
    /// Sheet of a workbook, where the people do not stand on the one that is chosen.
    #[arg(long)]
    pub(crate) sheet: Option<String>,
    /// Encoding of a text, where names come out wrong, for example windows-1252.
    #[arg(long)]
    pub(crate) encoding: Option<String>,
    /// What a list of nothing but numbers is: `people` or `opt-outs`.
    #[arg(long)]
    pub(crate) meaning: Option<String>,
    /// How dates such as 03/04/2026 are meant, where the file does not tell: `day-first` or `month-first`.
    #[arg(long)]
    pub(crate) dates: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportCommit {
    #[command(flatten)]
    pub(crate) file: ImportFile,
    /// Rows that prove nothing: `attest`, `without-marketing` or `leave`.
    #[arg(long, default_value = "leave")]
    pub(crate) unproven: String,
    /// JSON file with wording, place, date_from, date_to, purposes, for `--unproven attest`.
    #[arg(long)]
    pub(crate) attestation: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Contacts {
    /// Lists people.
    List {
        /// all, marketing, opted-out, no-consent, to-decide.
        #[arg(long, default_value = "all")]
        filter: String,
        /// Words on standard input are searched for.
        #[arg(long)]
        search_stdin: bool,
        /// Where a previous list ended.
        #[arg(long, default_value_t = 0)]
        after: u64,
        /// People wanted, at most 200.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Shows one person.
    Show {
        /// The id, or `-` for a phone number on standard input.
        id: String,
    },
    /// Puts a tag on a person.
    Tag {
        /// The id, or `-` for a phone number on standard input.
        id: String,
        /// The tag.
        tag: String,
    },
    /// Writes everything that is on record about a person: a page to read, JSON, tables, their files, the proof.
    Export {
        /// The id, or `-` for a phone number on standard input.
        id: String,
        /// The zip.
        #[arg(long)]
        out: PathBuf,
    },
    /// Erases a person: their data go, a mark without a name stays so that no list brings them back. Without --yes it
    /// only says what would go.
    Erase {
        /// The id, or `-` for a phone number on standard input.
        id: String,
        /// Do it. There is no way back.
        #[arg(long)]
        yes: bool,
        /// Why, without naming anybody.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Takes a tag off a person.
    Untag {
        /// The id, or `-` for a phone number on standard input.
        id: String,
        /// The tag.
        tag: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Consent {
    /// Records an opt-out from everything.
    OptOut {
        /// The person's id, or `-` for a phone number on standard input.
        id: String,
        /// How you know.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Shows the timeline.
    Show {
        /// The person's id, or `-` for a phone number on standard input.
        id: String,
    },
    /// Writes the sealed proof of one person's consent.
    Prove {
        /// The person's id, or `-` for a phone number on standard input.
        id: String,
        /// csv, json.
        #[arg(long, default_value = "json")]
        format: String,
        /// The file.
        #[arg(long)]
        out: PathBuf,
    },
    /// Checks a proof, of any business: reads the file and nothing else. Ends with 1 if it does not hold.
    CheckProof {
        /// The file, in any of its formats.
        file: PathBuf,
    },
    /// Records a documented, dated opt-in of one person; it lifts an older opt-out.
    OptIn {
        /// The person's id, or `-` for a phone number on standard input.
        id: String,
        /// When they agreed, RFC 3339.
        #[arg(long)]
        at: String,
        /// To what wording.
        #[arg(long)]
        wording: String,
        /// Where.
        #[arg(long)]
        source: String,
        /// marketing, utility; none = both.
        #[arg(long)]
        purpose: Vec<String>,
    },
    /// Walks the whole consent ledger and names the first entry that does not hold; ends with 1 if there is one.
    Verify,
    /// Says whether a category may be sent, and which event decides.
    Why {
        /// The person's id, or `-` for a phone number on standard input.
        id: String,
        /// marketing, utility, authentication.
        #[arg(long, default_value = "marketing")]
        category: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Suppression {
    /// Writes them as a table.
    Export {
        /// The file.
        #[arg(long)]
        out: PathBuf,
    },
    /// Reads a list of numbers that opted out elsewhere: no template goes to them any more, and no import lifts that.
    Import {
        /// The file.
        file: PathBuf,
        /// Country in which national numbers are read, two letters.
        #[arg(long)]
        region: Option<String>,
        /// Where the list comes from.
        #[arg(long, default_value = "")]
        note: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Campaign {
    /// Makes a draft from a JSON document (`-` for standard input), shaped like the window's draft.
    Create(CampaignFile),
    /// Counts an audience without making anything.
    Count(AudienceFlags),
    /// Lists tags, columns and uploaded lists that an audience can be built from; with a column, its values.
    Choices {
        /// A column whose commonest values are listed.
        #[arg(long)]
        column: Option<String>,
    },
    /// Reads a file of numbers to choose people by; adds nobody and proves nothing.
    ListAdd {
        /// The file.
        file: PathBuf,
        /// Country in which national numbers are read, two letters.
        #[arg(long)]
        region: Option<String>,
    },
    /// Lists the people behind a count: of a draft as they would be, of a launched campaign as they are.
    People(CampaignPeople),
    /// Lists campaigns.
    List,
    /// Says what would happen.
    Review {
        /// The campaign.
        id: String,
    },
    /// Checks everything that can be checked before a launch, with Meta's word of this moment. Exit status 0: it may be
    /// launched; 1: something stands against it.
    Preflight {
        /// The campaign.
        id: String,
    },
    /// Shows your test phones (Settings, Sending) with their newest test of a draft, or sends them its message.
    Test {
        /// The campaign.
        id: String,
        /// Sends it now, to all of them.
        #[arg(long)]
        send: bool,
        /// Sends it to those on standard input alone, one on each line.
        #[arg(long, conflicts_with = "send")]
        send_to_stdin: bool,
        /// Makes a repeated call send once; by default every call sends.
        #[arg(long)]
        key: Option<String>,
    },
    /// Runs a draft on a practice account of its own, with its real audience; nothing leaves this computer. The figures
    /// stand beside the plan. Exit status 1: it paused by itself.
    Rehearse {
        /// The campaign.
        id: String,
        /// How much goes wrong.
        #[arg(long, value_enum, default_value_t = TroubleAs::Some)]
        trouble: TroubleAs,
    },
    /// Launches a draft.
    Launch {
        /// The campaign.
        id: String,
        /// The number of people, where the review asks for it.
        #[arg(long)]
        people: Option<u64>,
        /// `template_hash` as review or preflight showed it: refused if the template says something else by now.
        #[arg(long, value_name = "HASH")]
        template: Option<String>,
        /// Makes a repeated call launch once; by default the campaign's id.
        #[arg(long)]
        key: Option<String>,
    },
    /// Shows states and counts.
    Status {
        /// The campaign.
        id: String,
    },
    /// Finishes what is in flight and claims nothing more.
    Pause {
        /// The campaign.
        id: String,
    },
    /// Goes on.
    Resume {
        /// The campaign.
        id: String,
    },
    /// Ends it; who was not sent to is marked cancelled.
    Cancel {
        /// The campaign.
        id: String,
    },
    /// What became of it, beside what was foretold: rates, replies, cost, failures, timeline.
    Report {
        /// The campaign.
        id: String,
        /// Days after its message in which what a person writes counts as a reply.
        #[arg(long, default_value_t = 7)]
        reply_days: u32,
        /// Saves its people with their states as a table (CSV) in this file, besides.
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        /// Only people of this state in the table, by the names of the counts.
        #[arg(long, requires = "csv")]
        state: Option<String>,
    },
    /// Tries again what is safe to try again; says of the rest why not.
    Retry {
        /// The campaign.
        id: String,
        /// Only shows what it would do.
        #[arg(long)]
        dry_run: bool,
    },
    /// Gives it another budget; it does not resume by itself.
    Budget {
        /// The campaign.
        id: String,
        /// Amount in the account's currency, or `none`.
        amount: String,
    },
    /// Sends whose outcome is unknown.
    #[command(subcommand)]
    Unknown(Unknown),
}

/// Whom a campaign is for. Several flags together mean that all of them hold.
#[derive(Debug, Default, Args)]
pub(crate) struct AudienceFlags {
    /// JSON file with the audience (`-` for standard input): `{"kind":"filter","filter":{"v":1,"group":{…}}}`.
    #[arg(long, conflicts_with_all = ["everybody", "import", "tag", "not_tag"])]
    pub(crate) audience: Option<String>,
    /// Everybody in the address book.
    #[arg(long, conflicts_with_all = ["import", "tag", "not_tag"])]
    pub(crate) everybody: bool,
    /// People of this import; several mean any of them.
    #[arg(long, value_name = "ID")]
    pub(crate) import: Vec<String>,
    /// People with this tag; several mean any of them.
    #[arg(long)]
    pub(crate) tag: Vec<String>,
    /// And without this tag.
    #[arg(long)]
    pub(crate) not_tag: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CampaignPeople {
    /// The campaign.
    pub(crate) id: String,
    /// A count of the campaign, such as `excluded`, `queued`, `read`; all without it.
    #[arg(long)]
    pub(crate) state: Option<String>,
    /// Only those with this reason code.
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// Where a previous list ended.
    #[arg(long, default_value_t = 0)]
    pub(crate) after: u64,
    /// People wanted, at most 200.
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: u32,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Rates {
    /// Lists the price lists and says which holds today.
    List,
    /// Imports one as Meta offers it for download.
    Import {
        /// The CSV file.
        file: PathBuf,
        /// First day on which it holds, where the file does not say so.
        #[arg(long)]
        from: Option<String>,
    },
    /// Removes one.
    Remove {
        /// Its id.
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Numbers {
    /// Lists the account's numbers with the limits of your own and how many people their campaigns reached in 24 hours.
    List,
    /// Changes the limits of one number. What is not named stays; `none` takes a limit away.
    Limit(NumberLimit),
}

#[derive(Debug, Args)]
pub(crate) struct NumberLimit {
    /// Id of the number, as `list` shows it.
    pub(crate) id: String,
    /// Messages per second, or `none`.
    #[arg(long, value_name = "N|none")]
    pub(crate) per_second: Option<String>,
    /// People of campaigns per 24 hours, or `none`.
    #[arg(long, value_name = "N|none")]
    pub(crate) per_day: Option<String>,
    /// Few people on the first day and more from day to day: people of the first day, growth per day in percent (200 =
    /// twice as many), days. Another warm-up than before begins now.
    #[arg(long, value_name = "FIRST,PERCENT,DAYS|none")]
    pub(crate) warm_up: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Settings {
    /// Shows them.
    Show,
    /// Changes some of them, by the names that `show` shows.
    Set {
        /// `NAME=VALUE`; the value as JSON, or as plain text.
        #[arg(required = true)]
        values: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Unknown {
    /// Lists them with their evidence, of campaigns and conversations alike.
    List {
        /// Only those of one campaign.
        #[arg(long)]
        campaign: Option<String>,
        /// Those decided earlier instead of those that wait.
        #[arg(long)]
        decided: bool,
        /// Where a previous list ended.
        #[arg(long, default_value_t = 0)]
        after: u64,
        /// Sends wanted, at most 200.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Decides about them. Sends nothing; a status from Meta still settles what was decided.
    Settle {
        /// The messages, as `unknown list` shows them.
        #[arg(required = true)]
        ids: Vec<String>,
        /// `leave` (counts as if it had arrived), `not-sent` (counts as never sent: who writes to the person again may
        /// reach them twice) or `take-back`.
        #[arg(long = "as", value_enum)]
        decision: UnknownAs,
    },
}

/// How much goes wrong in a rehearsal.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum TroubleAs {
    /// Nothing.
    None,
    /// As on a good day.
    Some,
    /// As on a bad day.
    Much,
}

/// What is decided about unknown sends.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum UnknownAs {
    /// It stays unknown and counts as if it had arrived.
    Leave,
    /// It counts as never sent.
    NotSent,
    /// Takes an earlier decision back.
    TakeBack,
}

#[derive(Debug, Args)]
pub(crate) struct CampaignFile {
    /// JSON file, or `-`.
    pub(crate) file: String,
    #[command(flatten)]
    pub(crate) audience: AudienceFlags,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Inbox {
    /// Lists conversations.
    List {
        /// all, unread, open.
        #[arg(long, default_value = "all")]
        filter: String,
        /// Where a previous list ended.
        #[arg(long, default_value_t = 0)]
        after: u64,
        /// Conversations wanted, at most 200.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Shows one conversation.
    Show {
        /// The person's id, or `-` for a phone number on standard input.
        id: String,
    },
    /// Answers inside the window; the text comes on standard input.
    Reply {
        /// The person's id.
        id: String,
        /// Makes a repeated call send once.
        #[arg(long)]
        key: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Relay {
    /// Pairs this profile with a relay; the pairing link comes on standard input. Shows first where it leads.
    Pair(Pair),
    /// Shows how it is.
    Status,
    /// Leaves the relay, so that another one can be paired.
    Leave,
    /// Lists the desk's consoles.
    Devices,
    /// Makes a link for a further console of the desk.
    Link,
    /// Lets a console in, after its words were compared.
    Approve(Approve),
    /// Gives a console of the desk another name.
    Rename {
        /// Its id.
        id: String,
        /// The name.
        name: String,
    },
    /// Removes a console of the desk: it reads nothing that comes after.
    Remove {
        /// Its id.
        id: String,
    },
    /// Makes this console the one that sends the desk's campaigns; waits until the other one has answers for what it
    /// had on its way.
    TakeOver {
        /// Seconds to wait; the wish stands for a quarter of an hour.
        #[arg(long, default_value_t = 60)]
        wait: u64,
    },
    /// Shows where Meta sends the account's webhooks, and what is to be done.
    Webhooks,
    /// Subscribes the app to the account, or sets the relay's address nearer to the number.
    Subscribe(Subscribe),
    /// Compares messages whose status is overdue with Meta's message history.
    Audit {
        /// Minutes without a status that count as overdue; by default 15 without any, a day without delivery.
        #[arg(long)]
        overdue_minutes: Option<u32>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Subscribe {
    /// Where the address is set: `app` (subscribes, and removes one of the account's own), `account`, `number`.
    #[arg(long, default_value = "app")]
    pub(crate) level: String,
    /// File with the desk's verify token, or `-`; without it the address of that level is removed.
    #[arg(long)]
    pub(crate) verify_token_file: Option<PathBuf>,
    /// Which number, for `--level number`; by default the one that sends.
    #[arg(long)]
    pub(crate) phone_number: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// Its id, as `relay devices` lists it.
    pub(crate) id: String,
    /// The words that the console shows, six of them.
    #[arg(long)]
    pub(crate) words: String,
}

#[derive(Debug, Args)]
pub(crate) struct Pair {
    /// What this machine is called among the desk's consoles.
    #[arg(long, default_value = "Command line")]
    pub(crate) name: String,
    /// The relay, desk and fingerprint that were shown are the right ones: pair.
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Webhook {
    /// Says what a payload contains: its events, whom they concern, what the console would do, and what it does not
    /// understand. Needs no profile and changes nothing.
    Explain {
        /// The payload, or `-` for standard input: one webhook, a JSON list of them, or one after the other.
        file: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// End when nothing can be claimed and the relay has nothing waiting.
    #[arg(long)]
    pub(crate) until_idle: bool,
    /// Seconds that it must stay idle.
    #[arg(long, default_value_t = 2)]
    pub(crate) settle: u64,
    /// Messages per second on the practice account, above its own limit.
    #[arg(long)]
    pub(crate) practice_rate: Option<f64>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Practice {
    /// Starts the practice account and this console on it, until stopped.
    Start {
        /// How many times faster than life the crowd acts.
        #[arg(long)]
        speed: Option<f64>,
    },
}
