//! What a column means, by its header and its first values, and which tool a file comes from.

use serde::{Deserialize, Serialize};

use crate::consent::Purposes;
use crate::phone::PhoneNumber;
use crate::send::words;
use crate::text_fold::fold;

use super::headers::{AMBIGUOUS_STATES, ANY_DATE, HEADERS, NOT_OURS};
use super::words::{Said, mentions_opting_out, said};

words! {
    /// The meaning of a column.
    ColumnRole {
        /// The phone number.
        Phone = "phone",
        /// Another number of the same person, for when the first is missing or cannot have WhatsApp.
        OtherPhone = "other_phone",
        /// Country of a national number.
        Country = "country",
        /// First name.
        FirstName = "first_name",
        /// Last name.
        LastName = "last_name",
        /// Whole name.
        FullName = "full_name",
        /// Business-scoped user id.
        Bsuid = "bsuid",
        /// Username.
        Username = "username",
        /// Whether the person agreed.
        ConsentState = "consent_state",
        /// A question of a form about agreeing; the header is the wording, the cell the answer.
        ConsentQuestion = "consent_question",
        /// Consent to e-mail or SMS, or a legal basis: never consent to WhatsApp messages.
        OtherConsent = "other_consent",
        /// Whether the person opted out: a yes here is an opt-out, a no proves nothing.
        OptedOut = "opted_out",
        /// When.
        ConsentAt = "consent_at",
        /// Where.
        ConsentSource = "consent_source",
        /// To what wording.
        ConsentWording = "consent_wording",
        /// For what.
        ConsentPurpose = "consent_purpose",
        /// In what language the wording was shown.
        ConsentLanguage = "consent_language",
        /// Which business was named to the person.
        ConsentBusiness = "consent_business",
        /// That, or when, the person confirmed a second time (double opt-in).
        ConsentConfirmed = "consent_confirmed",
        /// From which network address the person agreed.
        ConsentIp = "consent_ip",
        /// Kept for template variables.
        Attribute = "attribute",
        /// Left out.
        Ignore = "ignore",
    }
}

impl ColumnRole {
    /// Whether several columns of a file may have this role.
    pub const fn may_repeat(self) -> bool {
        matches!(self, Self::Attribute | Self::Ignore | Self::OptedOut | Self::OtherPhone | Self::OtherConsent)
    }
}

/// Which column plays which role; some roles may stand on several columns ([`ColumnRole::may_repeat`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    columns: Vec<(usize, ColumnRole)>,
}

impl Mapping {
    /// From pairs of position and role. The first column of a role wins.
    pub fn new(columns: Vec<(usize, ColumnRole)>) -> Self {
        Self { columns }
    }

    /// The column of a role.
    pub fn column(&self, role: ColumnRole) -> Option<usize> {
        self.columns.iter().find(|(_, r)| *r == role).map(|(i, _)| *i)
    }

    /// All columns of a role.
    pub fn columns(&self, role: ColumnRole) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().filter(move |(_, r)| *r == role).map(|(i, _)| *i)
    }

    /// The columns kept as attributes.
    pub fn attributes(&self) -> impl Iterator<Item = usize> + '_ {
        self.columns(ColumnRole::Attribute)
    }

    /// The role of a column, if it was given one.
    pub fn role(&self, index: usize) -> Option<ColumnRole> {
        self.columns.iter().find(|(i, _)| *i == index).map(|(_, r)| *r)
    }

    /// How many columns were given a role.
    pub const fn width(&self) -> usize {
        self.columns.len()
    }

    /// Whether people can be recognised at all.
    pub fn names_a_person(&self) -> bool {
        self.column(ColumnRole::Phone).is_some() || self.column(ColumnRole::Bsuid).is_some()
    }
}

fn folded_header(header: &str) -> String {
    fold(&header.replace(['_', '-'], " "))
}

/// Whether a date column is one of consent only because nothing else in the file is.
pub fn is_any_date(header: &str) -> bool {
    ANY_DATE.contains(&folded_header(header).as_str())
}

/// Whether a form's question asks for consent to messages.
pub(super) fn speaks_of_whatsapp_consent(header: &str) -> bool {
    let folded = folded_header(header);
    let asks = [
        "agree",
        "consent",
        "want",
        "receive",
        "send",
        "contact me",
        "may we",
        "subscribe",
        "einwillig",
        "zustimm",
        "mochte",
        "erhalten",
        "senden",
        "acepto",
        "acepta",
        "deseo",
        "recibir",
        "quiero",
        "aceito",
        "quero",
        "receber",
        "j accepte",
        "accepte",
        "souhait",
        "recevoir",
        "acconsento",
        "ricevere",
        "desidero",
        "toestemming",
        "ontvangen",
        "zgad",
    ];
    folded.contains("whatsapp") && asks.iter().any(|w| folded.contains(w))
}

/// What a yes under this header is for: a header that speaks of marketing names that and nothing else
/// (consent-rules.md, evidence allows the purposes it names).
pub fn purposes_named(header: &str) -> Purposes {
    let folded = folded_header(header);
    let marketing =
        ["marketing", "werbung", "werbe", "publicidad", "publicidade", "publicitaire", "pubblicita", "reclame"];
    if marketing.iter().any(|w| folded.contains(w)) { Purposes::MARKETING } else { Purposes::GENERAL }
}

/// Whether the role of a column depends on what stands in it: then all its different values should be looked at.
pub fn values_decide(header: &str) -> bool {
    let folded = folded_header(header);
    AMBIGUOUS_STATES.contains(&folded.as_str()) || speaks_of_consent(&folded) || speaks_of_another_channel(&folded)
}

fn speaks_of_consent(folded: &str) -> bool {
    let has = |w: &&str| folded.split(' ').any(|word| word == *w);
    ["consent", "optin", "accepts", "subscribed", "einwilligung", "consentement"].iter().any(has)
        || folded.contains("opt in")
}

fn speaks_of_another_channel(folded: &str) -> bool {
    let has = |w: &str| folded.split(' ').any(|word| word == w);
    ["email", "mail", "sms", "newsletter"].iter().any(|w| has(w)) || folded.contains("e mail")
}

/// Whether every value is a word about a subscription. Short ones do not count: `ON` is Ontario as well as a yes.
fn tell_a_subscription(samples: &[String]) -> bool {
    let mut filled = samples.iter().map(|s| s.trim()).filter(|s| !s.is_empty()).peekable();
    filled.peek().is_some()
        && filled.all(|s| s.chars().count() > 3 && !matches!(said(&s.replace('_', " ")), Said::Unclear))
}

/// Suggests the role of a column from its header and what stands in it: its first values, or, where
/// [`values_decide`], every different one.
pub fn guess_role(header: &str, samples: &[String]) -> ColumnRole {
    let folded = folded_header(header);
    if let Some((role, _)) = HEADERS.iter().find(|(_, names)| names.iter().any(|n| fold(n) == folded)) {
        // A list of numbers under the word "unsubscribed" is a list of people, not of answers.
        let longer_than_a_date = |s: &String| s.chars().filter(char::is_ascii_digit).count() > 8;
        let people = looks_like_numbers(samples) && samples.iter().any(longer_than_a_date);
        return if *role == ColumnRole::OptedOut && people { ColumnRole::Attribute } else { *role };
    }
    let words: Vec<&str> = folded.split(' ').collect();
    let has = |w: &str| words.contains(&w);
    if AMBIGUOUS_STATES.contains(&folded.as_str()) {
        return if tell_a_subscription(samples) { ColumnRole::ConsentState } else { ColumnRole::Attribute };
    }
    let speaks_of_consent = speaks_of_consent(&folded);
    let other_channel = speaks_of_another_channel(&folded);
    // Who left an e-mail list did not opt out here; who stayed did not agree here.
    if other_channel && mentions_opting_out(&folded) {
        return ColumnRole::Ignore;
    }
    if other_channel && (speaks_of_consent || tell_a_subscription(samples)) {
        return if is_about_time(&folded) { ColumnRole::Attribute } else { ColumnRole::OtherConsent };
    }
    if speaks_of_consent && NOT_OURS.iter().any(|w| words.contains(w)) {
        return ColumnRole::Ignore;
    }
    if looks_serialised(samples) {
        return ColumnRole::Ignore;
    }
    if speaks_of_consent {
        if is_about_time(&folded) {
            return ColumnRole::ConsentAt;
        }
        if has("source") || has("method") || has("via") {
            return ColumnRole::ConsentSource;
        }
        if has("text") || has("wording") {
            return ColumnRole::ConsentWording;
        }
        let filled: Vec<&String> = samples.iter().filter(|s| !s.trim().is_empty()).collect();
        if !filled.is_empty() && filled.iter().all(|s| !matches!(said(s), Said::Unclear)) {
            return ColumnRole::ConsentState;
        }
        return ColumnRole::Attribute;
    }
    if (has("phone") || has("mobile") || has("whatsapp") || folded.contains("telefon")) && looks_like_numbers(samples) {
        return ColumnRole::Phone;
    }
    if folded.is_empty() || folded.starts_with("column ") {
        return if looks_like_numbers(samples) { ColumnRole::Phone } else { ColumnRole::Attribute };
    }
    if NOT_OURS.contains(&folded.as_str()) { ColumnRole::Ignore } else { ColumnRole::Attribute }
}

/// Whether most values of a column read as international numbers.
fn looks_like_numbers(samples: &[String]) -> bool {
    let filled: Vec<&String> = samples.iter().filter(|s| !s.trim().is_empty()).collect();
    let numbers = filled
        .iter()
        .filter(|s| {
            let digits = s.chars().filter(char::is_ascii_digit).count();
            PhoneNumber::parse_in(s, None).is_ok()
                || ((8..=15).contains(&digits) && s.chars().all(|c| c.is_ascii_digit() || " +-()./'=\"".contains(c)))
        })
        .count();
    !filled.is_empty() && numbers * 2 > filled.len()
}

fn is_about_time(folded: &str) -> bool {
    let words = ["date", "time", "at", "on", "timestamp", "datum", "am", "fecha", "data"];
    folded.split(' ').any(|word| words.contains(&word))
}

/// What PHP keeps of sessions and rights: nothing for people, and secrets among it.
fn looks_serialised(samples: &[String]) -> bool {
    let filled: Vec<&String> = samples.iter().filter(|s| !s.trim().is_empty()).collect();
    let is = |s: &&String| {
        let mut parts = s.trim().splitn(3, ':');
        matches!((parts.next(), parts.next(), parts.next()), (Some("a" | "O"), Some(n), Some(rest))
            if n.bytes().all(|b| b.is_ascii_digit()) && (rest.starts_with('{') || rest.starts_with('"')))
    };
    !filled.is_empty() && filled.iter().all(is)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Phone", ColumnRole::Phone)]
    #[case("\u{feff}phone", ColumnRole::Phone)]
    #[case("WhatsApp-Nummer Telefon", ColumnRole::Phone)]
    #[case("Vorname", ColumnRole::FirstName)]
    #[case("Prénom", ColumnRole::FirstName)]
    #[case("opted_in_at", ColumnRole::ConsentAt)]
    #[case("Opt-in Date", ColumnRole::ConsentAt)]
    #[case("consent_source", ColumnRole::ConsentSource)]
    #[case("Consent Text", ColumnRole::ConsentWording)]
    #[case("Accepts WhatsApp Marketing", ColumnRole::ConsentState)]
    #[case("Accepts Email Marketing", ColumnRole::OtherConsent)]
    #[case("Accepts SMS Marketing", ColumnRole::OtherConsent)]
    #[case("SMS Consent", ColumnRole::OtherConsent)]
    #[case("Email Opt Out", ColumnRole::Ignore)]
    #[case("Unsubscribed from newsletter", ColumnRole::Ignore)]
    #[case("Favourite colour", ColumnRole::Attribute)]
    fn headers_tell_the_role(#[case] header: &str, #[case] want: ColumnRole) {
        assert_eq!(guess_role(header, &["+14165550123".to_owned()]), want);
    }

    #[rstest]
    #[case("status", &["subscribed", "unsubscribed"], ColumnRole::ConsentState)]
    #[case("Status", &["subscribed", "", "never_subscribed"], ColumnRole::ConsentState)]
    #[case("Subscription Status", &["opted out"], ColumnRole::ConsentState)]
    #[case("status", &["shipped", "subscribed"], ColumnRole::Attribute)]
    #[case("State", &["ON", "ON"], ColumnRole::Attribute)]
    #[case("state", &[], ColumnRole::Attribute)]
    #[case("Unsubscribed", &["yes", "no"], ColumnRole::OptedOut)]
    #[case("unsubscribed", &["unsubscribed", ""], ColumnRole::OptedOut)]
    #[case("Opted out", &["TRUE", "FALSE"], ColumnRole::OptedOut)]
    #[case("marketing_opt_out", &["false"], ColumnRole::OptedOut)]
    #[case("Opted-out at", &["2026-05-03"], ColumnRole::OptedOut)]
    #[case("Abgemeldet", &[], ColumnRole::OptedOut)]
    #[case("STOP", &["+14165550123", "+16045550145"], ColumnRole::Attribute)]
    #[case("Email status", &["subscribed", "unsubscribed"], ColumnRole::OtherConsent)]
    #[case("Email status", &["bounced", "unsubscribed"], ColumnRole::Attribute)]
    fn a_status_speaks_of_consent_when_all_its_values_do(
        #[case] header: &str,
        #[case] values: &[&str],
        #[case] want: ColumnRole,
    ) {
        let values: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
        assert_eq!(guess_role(header, &values), want);
    }

    #[test]
    fn a_column_without_a_header_is_read_by_its_values() {
        assert_eq!(guess_role("Column 1", &["+14165550123".into(), "+16045550145".into()]), ColumnRole::Phone);
        assert_eq!(guess_role("Column 2", &["Ana".into(), "Ben".into()]), ColumnRole::Attribute);
    }
}
