//! What a column means, by its header and its first values, and which tool a file comes from.

use serde::{Deserialize, Serialize};

use crate::phone::PhoneNumber;
use crate::send::words;
use crate::text_fold::fold;

use super::words::{Said, mentions_opting_out, said};

words! {
    /// The meaning of a column.
    ColumnRole {
        /// The phone number.
        Phone = "phone",
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
        /// Kept for template variables.
        Attribute = "attribute",
        /// Left out.
        Ignore = "ignore",
    }
}

/// Which column plays which role; several columns may be attributes or tell of opt-outs, every other role has one.
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

    /// Whether people can be recognised at all.
    pub fn names_a_person(&self) -> bool {
        self.column(ColumnRole::Phone).is_some() || self.column(ColumnRole::Bsuid).is_some()
    }
}

/// Header words of each role, folded, in several languages; the whole header must be one of them.
#[rustfmt::skip]
const HEADERS: &[(ColumnRole, &[&str])] = &[
    (
        ColumnRole::Phone,
        &[
            "phone", "phone number", "phonenumber", "phone no", "mobile", "mobile number", "mobile phone",
            "mobile phone number", "cell", "cell phone", "cellphone", "msisdn", "whatsapp", "whatsapp number",
            "whatsapp phone", "whatsapp phone number", "wa id", "number", "tel", "telephone", "billing phone",
            "default address phone", "phone 1 value", "telefon", "telefonnummer", "handy", "handynummer",
            "mobilnummer", "mobiltelefon", "rufnummer", "telefono", "numero de telefono", "celular", "movil",
            "telefono movil", "telefone", "numero de telefone", "telemovel", "portable", "numero de telephone",
            "telephone mobile", "numero", "cellulare", "numero di telefono", "mobiel", "mobiele telefoon",
            "telefoonnummer", "telefonszam", "telefon numarası", "телефон", "номер телефона", "номер", "мобильный",
            "رقم الهاتف", "الهاتف", "טלפון", "फोन", "फ़ोन नंबर", "मोबाइल", "nomor telepon", "no hp", "电话", "手机",
            "手机号", "電話番号", "携帯電話", "전화번호", "휴대폰",
        ],
    ),
    (
        ColumnRole::Country,
        &[
            "country", "country code", "countrycode", "default address country code", "billing country", "land",
            "landercode", "landerkurzel", "pais", "pays", "paese", "landcode", "страна", "国家",
        ],
    ),
    (
        ColumnRole::FirstName,
        &[
            "first name", "firstname", "given name", "forename", "vorname", "nombre", "prenom", "primeiro nome",
            "nome proprio", "voornaam", "imie", "имя", "الاسم الاول", "fname", "first",
        ],
    ),
    (
        ColumnRole::LastName,
        &[
            "last name", "lastname", "surname", "family name", "nachname", "apellido", "apellidos", "nom",
            "nom de famille", "sobrenome", "cognome", "achternaam", "nazwisko", "фамилия", "lname", "last",
        ],
    ),
    (
        ColumnRole::FullName,
        &[
            "name", "full name", "fullname", "customer name", "contact name", "display name", "profile name", "kunde",
            "kundenname", "nome", "nome completo", "nombre completo", "nom complet", "naam", "nombre y apellidos",
            "фио", "الاسم", "नाम", "姓名", "名前", "氏名", "이름", "customer", "client", "cliente",
        ],
    ),
    (ColumnRole::Bsuid, &["bsuid", "user id", "whatsapp user id", "business scoped user id"]),
    (ColumnRole::Username, &["username", "whatsapp username", "user name"]),
    (
        ColumnRole::ConsentState,
        &[
            "consent", "opt in", "optin", "opted in", "whatsapp opt in", "whatsapp optin", "opt in status",
            "whatsapp consent", "accepts whatsapp marketing", "accepts whatsapp", "consent status", "marketing consent",
            "subscribed", "subscription state", "agreed", "permission", "einwilligung", "zustimmung", "einverstanden",
            "consentimiento", "consentimento", "acepta", "aceita", "consentement", "accepte", "consenso", "toestemming",
            "zgoda", "согласие", "whatsapp marketing consent",
            "whatsapp subscription", "opt in whatsapp", "optin whatsapp",
        ],
    ),
    (
        ColumnRole::OptedOut,
        &[
            "unsubscribed", "unsubscribe", "unsub", "opted out", "opt out", "optout", "optedout", "has opted out",
            "is opted out", "is unsubscribed", "opt out status", "opted out status", "whatsapp opt out",
            "whatsapp optout", "whatsapp opted out", "whatsapp unsubscribed", "marketing opt out", "marketing optout",
            "marketing opted out", "opt out marketing", "opted out of marketing", "opted out of whatsapp", "stop",
            "stopped", "do not contact", "do not message", "dnc", "suppressed", "blocklisted", "blacklisted",
            "opted out at", "opted out on", "opt out at", "opt out date", "optout date", "opt out time",
            "opt out timestamp", "opt out reason", "unsubscribed at", "unsubscribed on", "unsubscribe date",
            "unsubscribe time", "unsub time", "unsub date", "date unsubscribed", "abgemeldet", "abgemeldet am",
            "abmeldung", "widerrufen", "widerruf", "desabonne", "desinscrit", "desinscription", "desabonnement",
            "dado de baja", "baja", "fecha de baja", "descadastrado", "disiscritto", "uitgeschreven", "afgemeld",
            "wypisany", "отписан", "отписался", "отписка",
        ],
    ),
    (
        ColumnRole::ConsentAt,
        &[
            "opt in date", "optin date", "opt in time", "optin time", "opted in at", "opt in at", "consent date",
            "consent at", "consent time", "consented at", "consent timestamp", "date of consent", "subscribed at",
            "subscription date", "signup date", "sign up date", "agreed at", "agreed on", "optin timestamp",
            "opt in timestamp", "einwilligung am", "datum der einwilligung", "einwilligungsdatum", "anmeldedatum",
            "fecha de consentimiento", "fecha consentimiento", "fecha de alta", "data do consentimento",
            "data consentimento", "date de consentement", "date consentement", "date d inscription",
            "data del consenso", "data consenso", "datum toestemming", "data zgody", "дата согласия", "created time",
            "whatsapp opt in date", "whatsapp opt in at", "consent given at", "updated at", "date",
        ],
    ),
    (
        ColumnRole::ConsentSource,
        &[
            "source", "opt in source", "optin source", "consent source", "opt in method", "optin method",
            "collected from", "collected via", "captured via", "channel", "form", "form name", "signup source",
            "quelle", "herkunft", "formular", "fuente", "origen", "fonte", "origem", "origine", "provenance", "bron",
            "zrodlo", "источник", "source location", "where", "consent method", "via", "original source", "place",
        ],
    ),
    (
        ColumnRole::ConsentWording,
        &[
            "wording", "consent wording", "consent text", "opt in text", "optin text", "opt in wording",
            "consent language", "agreement", "statement", "einwilligungstext", "wortlaut", "texto",
            "texto del consentimiento", "texto do consentimento", "texte du consentement", "testo del consenso",
            "legal text", "disclosure", "consent statement", "checkbox text",
        ],
    ),
    (
        ColumnRole::ConsentPurpose,
        &[
            "purpose", "purposes", "consent purpose", "opt in purpose", "consent type", "consent for", "zweck",
            "proposito", "finalidad", "finalidade", "finalite", "scopo", "doel", "cel", "цель", "topic", "topics",
        ],
    ),
];

/// Headers of columns that look like consent and are none for WhatsApp, or are secrets and noise of a tool.
const NOT_OURS: &[&str] = &["email", "e mail", "sms", "mail", "telefax", "fax", "password", "session", "ip", "tax"];

/// Headers that may mean consent or anything else (an order, a province): their values decide.
const AMBIGUOUS_STATES: &[&str] = &[
    "status",
    "state",
    "subscription",
    "subscription status",
    "marketing status",
    "contact status",
    "subscriber status",
];

/// Headers of dates that may be of anything; beside an opt-out they say nothing of an opt-in.
const ANY_DATE: &[&str] = &["date", "updated at", "created time", "subscription date"];

fn folded_header(header: &str) -> String {
    fold(&header.replace(['_', '-'], " "))
}

/// Whether a date column is one of consent only because nothing else in the file is.
pub fn is_any_date(header: &str) -> bool {
    ANY_DATE.contains(&folded_header(header).as_str())
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
    if speaks_of_consent && NOT_OURS.iter().any(|w| folded.contains(w)) {
        return ColumnRole::Ignore;
    }
    // Who left an e-mail list did not opt out here; who stayed did not agree here.
    if other_channel && (mentions_opting_out(&folded) || tell_a_subscription(samples)) {
        return ColumnRole::Ignore;
    }
    if speaks_of_consent {
        let dated = ["date", "time", "at", "on", "timestamp", "datum", "fecha", "data"].iter().any(|w| has(w));
        if dated {
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

/// Which tool's export this is, by the set of its headers (import-formats.md), as one sentence.
pub fn recognise(headers: &[String]) -> Option<&'static str> {
    let has = |name: &str| headers.iter().any(|h| h.trim().trim_start_matches('\u{feff}').eq_ignore_ascii_case(name));
    let all = |names: &[&str]| names.iter().all(|n| has(n));
    if all(&["Accepts WhatsApp Marketing", "First Name"]) {
        Some(
            "This looks like a Shopify customer export with WhatsApp consent; it has no date, so it proves nothing by itself.",
        )
    } else if all(&["First Name", "Last Name", "Total Spent", "Total Orders"]) {
        Some("This looks like a Shopify customer export. Its e-mail and SMS consent does not allow WhatsApp messages.")
    } else if all(&["MEMBER_RATING", "OPTIN_TIME", "LEID"]) {
        Some(
            "This looks like a Mailchimp audience export. Its opt-ins are for e-mail and do not allow WhatsApp messages.",
        )
    } else if has("Klaviyo ID") || all(&["$consent", "Email"]) {
        Some("This looks like a Klaviyo export. E-mail and SMS consent does not allow WhatsApp messages.")
    } else if has("Record ID") || has("Record ID - Contact") || has("Legal basis for processing contact's data") {
        Some("This looks like a HubSpot contact export. A legal basis in it is not an opt-in for WhatsApp.")
    } else if all(&["form_id", "created_time", "phone_number"]) {
        Some("This looks like leads from Meta lead ads; the form's own consent question counts.")
    } else if all(&["Phone 1 - Value"]) {
        Some("This looks like Google Contacts. An address book is not consent.")
    } else if all(&["subscription_group_id", "subscription_state"]) {
        Some("This looks like a Braze subscription export.")
    } else if all(&["date_of_consent", "sender_id"]) {
        Some("This looks like Twilio consent records, which are about SMS.")
    } else if has("billing_phone") {
        Some("This looks like a WooCommerce customer export.")
    } else if all(&["phone", "consent_at", "consent_source", "consent_wording"]) {
        Some("This looks like an opt-in list: it says who agreed, when, where and to what words.")
    } else {
        None
    }
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
    #[case("Accepts Email Marketing", ColumnRole::Ignore)]
    #[case("Accepts SMS Marketing", ColumnRole::Ignore)]
    #[case("SMS Consent", ColumnRole::Ignore)]
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
    #[case("Email status", &["subscribed", "unsubscribed"], ColumnRole::Ignore)]
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

    #[test]
    fn exports_are_recognised_by_the_set_of_their_headers() {
        let h = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert!(
            recognise(&h(&["Tags", "Total Orders", "First Name", "Total Spent", "Last Name"]))
                .is_some_and(|s| s.contains("Shopify"))
        );
        assert!(recognise(&h(&["phone", "name", "consent_at", "consent_source", "consent_wording"])).is_some());
        assert!(recognise(&h(&["phone", "name"])).is_none());
    }
}
