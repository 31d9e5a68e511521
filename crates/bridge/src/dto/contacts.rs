//! People: identifiers, consent timeline, what they may receive and why.

use crate::macros::{shapes, words};

words! {
    /// What may be sent to a person in a category.
    pub enum MayReceive {
        /// Yes.
        Yes,
        /// No: our rules forbid it.
        No,
        /// Not by campaign, one to one only.
        OneToOne,
    }

    /// Which people to list.
    pub enum ContactFilter {
        /// All.
        All,
        /// May get marketing.
        Marketing,
        /// Opted out.
        OptedOut,
        /// No evidence of consent.
        NoConsent,
        /// A probable opt-out waits for a decision.
        ToDecide,
    }
}

shapes! {
    /// Which people to list.
    pub struct ContactListRequest {
        /// Name, number or username.
        pub search: Option<String>,
        /// Which.
        pub filter: ContactFilter,
        /// Only those of this import.
        pub import_id: Option<String>,
        /// First row, from 0.
        pub offset: u64,
        /// Rows wanted, at most 200.
        pub limit: u32,
    }

    /// A person in a list.
    pub struct ContactRow {
        /// Our id.
        pub id: String,
        /// Name, or username, or number.
        pub name: String,
        /// E.164, if known.
        pub phone: Option<String>,
        /// Username without `@`, if known.
        pub username: Option<String>,
        /// May get marketing now.
        pub marketing: MayReceive,
        /// One word for the chip: `opted_in`, `attested`, `opted_out`, `marketing_stopped`, `to_decide`, `no_evidence`.
        pub consent: String,
        /// When the consent that decides was given or withdrawn.
        pub consent_at_ms: Option<i64>,
        /// When the person was last heard of.
        pub last_activity_at_ms: Option<i64>,
    }

    /// A page of people.
    pub struct ContactPage {
        /// People.
        pub rows: Vec<ContactRow>,
        /// People in all under this filter.
        pub total: u64,
    }

    /// One identifier.
    pub struct Identifier {
        /// `phone`, `wa_id`, `bsuid`, `username`.
        pub kind: String,
        /// Its value.
        pub value: String,
        /// Since when known.
        pub since_ms: i64,
    }

    /// One entry of a person's consent timeline.
    pub struct ConsentEntry {
        /// Id of the event.
        pub id: String,
        /// When it happened.
        pub at_ms: i64,
        /// When it was recorded.
        pub recorded_at_ms: i64,
        /// `opt_in`, `attested`, `opt_out`, `marketing_stop`, `marketing_resume`, `probable_opt_out`, `not_an_opt_out`, ….
        pub kind: String,
        /// One sentence.
        pub text: String,
        /// Purposes it speaks of.
        pub purposes: Vec<String>,
        /// Where it came from: a form, a shop, the chat, the operator.
        pub source: Option<String>,
        /// The wording.
        pub wording: Option<String>,
        /// File and row, if imported.
        pub file: Option<String>,
    }

    /// What may be sent, and the event that decides.
    pub struct ConsentVerdict {
        /// Category asked about.
        pub category: String,
        /// The answer.
        pub may_receive: MayReceive,
        /// Stable word for the reason: `opted_in`, `attested`, `opted_out`, `marketing_stopped`, `no_evidence`, `us_marketing`, `erased`, `to_decide`, `blocked`, `withheld_recently`, `unreachable`.
        pub reason: String,
        /// The sentence.
        pub sentence: String,
        /// What would change it.
        pub remedy: Option<String>,
        /// The deciding event.
        pub event_id: Option<String>,
    }

    /// One person.
    pub struct ContactDetail {
        /// As in the list.
        pub row: ContactRow,
        /// Identifiers.
        pub identifiers: Vec<Identifier>,
        /// Attributes from imports, name and value.
        pub attributes: Vec<Attribute>,
        /// Tags by name.
        pub tags: Vec<String>,
        /// Consent, newest first.
        pub timeline: Vec<ConsentEntry>,
        /// Marketing, utility, authentication.
        pub may_receive: Vec<ConsentVerdict>,
        /// Probable opt-outs that wait for a decision.
        pub to_decide: Vec<ConsentEntry>,
        /// Messages exchanged.
        pub messages: u64,
    }

    /// A named value.
    pub struct Attribute {
        /// Name, as the column was called.
        pub name: String,
        /// Value.
        pub value: String,
    }

    /// Record an opt-out by the operator.
    pub struct ContactOptOut {
        /// The person.
        pub id: String,
        /// How the operator knows ("asked by phone"), kept as typed.
        pub note: String,
    }

    /// Why may this person (not) get this?
    pub struct ConsentWhyRequest {
        /// The person.
        pub id: String,
        /// Category.
        pub category: String,
    }

    /// Decide a probable opt-out.
    pub struct OptOutDecide {
        /// The event, as in [`ContactDetail::to_decide`].
        pub event_id: String,
        /// It was one.
        pub is_opt_out: bool,
        /// Why, kept as typed.
        pub note: String,
    }
}
