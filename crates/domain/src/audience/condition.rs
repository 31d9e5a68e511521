//! What can be asked about a person.

use serde::{Deserialize, Serialize};

use super::Group;
use crate::ids::{AudienceListId, CampaignId, ContactId, ImportId};
use crate::send::words;

words! {
    /// What became of a campaign for a person.
    CampaignPart {
        /// They were in its audience, whatever came of it.
        Included = "included",
        /// Meta took the message for them.
        Sent = "sent",
        /// It reached a device.
        Delivered = "delivered",
        /// They opened it (as far as they show that).
        Read = "read",
        /// It reached a device and was not opened as far as is known.
        NotRead = "not_read",
        /// They wrote to us after it.
        Replied = "replied",
        /// They opened it and did not write to us after it.
        ReadNotReplied = "read_not_replied",
        /// Meta refused it, or it could not be delivered.
        Failed = "failed",
        /// Meta held it back.
        Withheld = "withheld",
        /// Our rules left them out.
        LeftOut = "left_out",
    }
}

words! {
    /// The consent on record, in the word that lists show.
    ConsentWord {
        /// Agreed, with evidence.
        OptedIn = "opted_in",
        /// Agreed by the operator's word.
        Attested = "attested",
        /// Opted out of everything.
        OptedOut = "opted_out",
        /// Stopped marketing.
        MarketingStopped = "marketing_stopped",
        /// Something like an opt-out waits for a decision.
        ToDecide = "to_decide",
        /// Nothing shows that they agreed.
        NoEvidence = "no_evidence",
    }
}

/// What is asked about the value of a column. Texts are compared without regard to case and spacing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum ValueTest {
    /// There is one.
    Present,
    /// It is one of these.
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Condition {
    /// Conditions in brackets.
    Group {
        /// What stands in them.
        group: Group,
    },
    /// They carry one of these tags.
    Tag {
        /// The tags.
        tags: Vec<String>,
    },
    /// A column of a list that they came with.
    Attribute {
        /// Name of the column as it was called.
        name: String,
        /// What is asked about its value.
        value: ValueTest,
    },
    /// Their consent is one of these.
    Consent {
        /// The words.
        any_of: Vec<ConsentWord>,
    },
    /// They came with, or stand in, one of these imports.
    Import {
        /// The imports.
        import_ids: Vec<ImportId>,
    },
    /// They stand on a list that was uploaded to choose people by.
    List {
        /// The list.
        list_id: AudienceListId,
    },
    /// They are among these.
    People {
        /// The people.
        contact_ids: Vec<ContactId>,
    },
    /// What became of a campaign for them.
    Campaign {
        /// The campaign.
        campaign_id: CampaignId,
        /// What.
        part: CampaignPart,
    },
    /// Anything of ours left to them, or may have.
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
