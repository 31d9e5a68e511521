//! Whom a campaign is for, as a window builds it: a tree of conditions with a live count, and what there is to choose
//! from. The JSON of a filter is the same as `switchboard_domain::audience` keeps; a test holds them together.

use crate::macros::{shapes, words};

words! {
    /// Which way an audience is given.
    pub enum AudienceKind {
        /// Everybody in the address book.
        Everybody,
        /// The people of some imports.
        Imports,
        /// Chosen people.
        Contacts,
        /// Those for whom a filter holds.
        Filter,
    }

    /// Whether all or any of a group's conditions must hold.
    pub enum AudienceJoin {
        /// All of them.
        All,
        /// At least one.
        Any,
    }

    /// What became of a campaign for a person.
    pub enum CampaignPart {
        /// They were in its audience.
        Included,
        /// Meta took the message for them.
        Sent,
        /// It reached a device.
        Delivered,
        /// They opened it.
        Read,
        /// It reached a device and was not opened.
        NotRead,
        /// They wrote to us after it.
        Replied,
        /// They opened it and did not write to us after it.
        ReadNotReplied,
        /// Refused, or could not be delivered.
        Failed,
        /// Held back by Meta.
        Withheld,
        /// Our rules left them out.
        LeftOut,
    }

    /// The consent on record.
    pub enum ConsentWord {
        /// Agreed, with evidence.
        OptedIn,
        /// Agreed by the operator's word.
        Attested,
        /// Opted out.
        OptedOut,
        /// Stopped marketing.
        MarketingStopped,
        /// Waits for a decision.
        ToDecide,
        /// Nothing shows it.
        NoEvidence,
    }
}

/// What is asked about the value of a column.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
#[serde(tag = "op", rename_all = "snake_case")]
#[serde(deny_unknown_fields)]
pub enum AudienceValueTest {
    /// There is one. With braces, because serde lets a word without them have any fields.
    Present {},
    /// It is one of these, without regard to case.
    Is {
        /// The values.
        values: Vec<String>,
    },
    /// This occurs in it.
    Contains {
        /// The text.
        text: String,
    },
    /// It is a number of at least this.
    AtLeast {
        /// The number, decimal text.
        number: String,
    },
    /// It is a number of at most this.
    AtMost {
        /// The number, decimal text.
        number: String,
    },
    /// It is a date before this one.
    Before {
        /// The day, `2026-11-22`.
        day: String,
    },
    /// It is this date or a later one.
    Since {
        /// The day, `2026-11-22`.
        day: String,
    },
}

/// One question about a person, or a group of them.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[serde(deny_unknown_fields)]
pub enum AudienceTest {
    /// Conditions in brackets.
    Group {
        /// What stands in them.
        group: AudienceGroup,
    },
    /// They carry one of these tags.
    Tag {
        /// The tags.
        tags: Vec<String>,
    },
    /// A column that they came with.
    Attribute {
        /// Its name.
        name: String,
        /// What is asked.
        value: AudienceValueTest,
    },
    /// Their consent is one of these.
    Consent {
        /// The words.
        any_of: Vec<ConsentWord>,
    },
    /// They came with one of these imports.
    Import {
        /// The imports.
        import_ids: Vec<String>,
    },
    /// They stand on an uploaded list.
    List {
        /// The list.
        list_id: String,
    },
    /// They are among these.
    People {
        /// The people.
        contact_ids: Vec<String>,
    },
    /// What became of a campaign for them.
    Campaign {
        /// The campaign.
        campaign_id: String,
        /// What.
        part: CampaignPart,
    },
    /// Anything of ours left to them.
    Contacted {
        /// In so many days; none = ever.
        within_days: Option<u32>,
    },
    /// They wrote to us.
    Wrote {
        /// In so many days; none = ever.
        within_days: Option<u32>,
    },
    /// They became known here.
    Added {
        /// In so many days.
        within_days: u32,
    },
}

shapes! {
    /// One condition or group, as it is or turned around.
    #[serde(deny_unknown_fields)]
    pub struct AudienceItem {
        /// It must not hold.
        #[serde(default)]
        pub not: bool,
        /// What is asked.
        pub test: AudienceTest,
    }

    /// Conditions joined.
    #[serde(deny_unknown_fields)]
    pub struct AudienceGroup {
        /// How.
        pub join: AudienceJoin,
        /// In order.
        pub items: Vec<AudienceItem>,
    }

    /// A filter with the version of its form, 1.
    #[serde(deny_unknown_fields)]
    pub struct AudienceFilter {
        /// The version.
        pub v: u32,
        /// The outermost group.
        pub group: AudienceGroup,
    }

    /// Whom a campaign is for.
    #[serde(deny_unknown_fields)]
    pub struct Audience {
        /// Kind.
        pub kind: AudienceKind,
        /// Imports, for [`AudienceKind::Imports`].
        #[serde(default)]
        pub import_ids: Vec<String>,
        /// People, for [`AudienceKind::Contacts`].
        #[serde(default)]
        pub contact_ids: Vec<String>,
        /// The filter, for [`AudienceKind::Filter`].
        #[serde(default)]
        pub filter: Option<AudienceFilter>,
    }

    /// Counts an audience.
    #[serde(deny_unknown_fields)]
    pub struct AudienceCountRequest {
        /// The audience.
        pub audience: Audience,
        /// People shown by name, at most 20.
        pub some: u32,
    }

    /// A person of an audience.
    pub struct AudiencePerson {
        /// The person.
        pub contact_id: String,
        /// Name.
        pub name: String,
        /// Number or username.
        pub address: String,
    }

    /// How many people an audience has.
    pub struct AudienceCount {
        /// People.
        pub people: u64,
        /// Of those, who may get marketing as far as consent and country go.
        pub may_market: u64,
        /// Some of them, the newest first.
        pub some: Vec<AudiencePerson>,
        /// What is not finished or cannot be used, one sentence; the count is that of nobody then.
        pub problem: Option<String>,
    }

    /// A tag and how many people carry it.
    pub struct TagCount {
        /// The tag.
        pub tag: String,
        /// People.
        pub people: u64,
    }

    /// A list that was uploaded to choose people by.
    pub struct AudienceList {
        /// Its id.
        pub id: String,
        /// Name of the file.
        pub file_name: String,
        /// Rows of the file.
        pub rows: u64,
        /// People of ours on it.
        pub people: u64,
        /// Numbers that nobody here has.
        pub unknown: u64,
        /// Rows without a number that can be read.
        pub unreadable: u64,
        /// When it was uploaded.
        pub at_ms: i64,
    }

    /// What an audience can be built from.
    pub struct AudienceChoices {
        /// Tags by name.
        pub tags: Vec<TagCount>,
        /// Columns that people came with.
        pub columns: Vec<String>,
        /// Uploaded lists, newest first.
        pub lists: Vec<AudienceList>,
    }

    /// Asks for the values of a column.
    pub struct AudienceColumn {
        /// Its name.
        pub name: String,
    }

    /// A value and how many people have it.
    pub struct ColumnValue {
        /// As somebody wrote it.
        pub value: String,
        /// People.
        pub people: u64,
    }

    /// The commonest values of a column.
    pub struct ColumnValues {
        /// Commonest first.
        pub values: Vec<ColumnValue>,
    }

    /// Reads a file of numbers to choose people by. Nobody is added and nothing is proved by it.
    pub struct AudienceListAdd {
        /// The file.
        pub path: String,
        /// Country of numbers without a code, ISO alpha-2.
        pub region: Option<String>,
    }

    /// Puts a tag on people, or takes it off.
    pub struct ContactTag {
        /// The people.
        pub ids: Vec<String>,
        /// The tag.
        pub tag: String,
        /// On, or off.
        pub on: bool,
    }
}
