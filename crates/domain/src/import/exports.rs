//! Which tool a file comes from, by the set of its headers (import-formats.md §1), and what its columns are worth.
//!
//! Consent in most exports is about e-mail or SMS and proves nothing for WhatsApp; each export says so in one sentence.

use super::columns::{ColumnRole, guess_role, speaks_of_whatsapp_consent};
use super::words::{Said, said};
use ColumnRole as R;

/// An export that is known.
#[derive(Debug)]
pub struct Export {
    /// Word of it.
    pub word: &'static str,
    /// What it is and what it proves, in one or two sentences.
    pub sentence: &'static str,
    /// Headers that must all be there.
    all: &'static [&'static str],
    /// Of each of these groups one must be there.
    any: &'static [&'static [&'static str]],
    /// The headers are these and no others.
    only: bool,
    /// Columns with numbers, the first that holds any being the one.
    phones: &'static [&'static str],
    /// What other columns mean; those not named here are read by their header.
    roles: &'static [(&'static str, ColumnRole)],
    /// Leads: a column may be the form's question about consent, and without one nobody agreed.
    is_leads: bool,
}

const EXPORT: Export =
    Export { word: "", sentence: "", all: &[], any: &[], only: false, phones: &[], roles: &[], is_leads: false };

#[rustfmt::skip]
const SHOPIFY_ROLES: &[(&str, ColumnRole)] = &[
    ("Accepts WhatsApp Marketing", R::ConsentState), ("Accepts Email Marketing", R::OtherConsent),
    ("Accepts SMS Marketing", R::OtherConsent), ("Accepts Marketing", R::OtherConsent), ("Customer ID", R::Attribute),
    ("Default Address Country Code", R::Country), ("Country Code", R::Country), ("Country", R::Attribute),
    ("Default Address Company", R::Attribute), ("Company", R::Attribute), ("Tax Exempt", R::Ignore), ("Note", R::Attribute),
];
const SHOPIFY_PHONES: &[&str] = &["Phone", "Default Address Phone"];

#[rustfmt::skip]
const MAILCHIMP_ROLES: &[(&str, ColumnRole)] = &[
    ("MEMBER_RATING", R::Ignore), ("OPTIN_TIME", R::OtherConsent), ("OPTIN_IP", R::Ignore), ("CONFIRM_TIME", R::Ignore),
    ("CONFIRM_IP", R::Ignore), ("LATITUDE", R::Ignore), ("LONGITUDE", R::Ignore), ("GMTOFF", R::Ignore),
    ("DSTOFF", R::Ignore), ("TIMEZONE", R::Ignore), ("CC", R::Ignore), ("REGION", R::Ignore), ("LAST_CHANGED", R::Ignore),
    ("LEID", R::Ignore), ("EUID", R::Ignore), ("UNSUB_TIME", R::OptedOut), ("UNSUB_CAMPAIGN_TITLE", R::Ignore),
    ("UNSUB_CAMPAIGN_ID", R::Ignore), ("UNSUB_REASON", R::Ignore), ("UNSUB_REASON_OTHER", R::Ignore),
    ("CLEAN_TIME", R::Ignore), ("CLEAN_CAMPAIGN_TITLE", R::Ignore), ("CLEAN_CAMPAIGN_ID", R::Ignore),
    ("Mailchimp status", R::OtherConsent), ("Mailchimp unsubscribed", R::OptedOut),
];

/// From the most telling to the least: the first that fits is the one.
#[rustfmt::skip]
static EXPORTS: &[Export] = &[
    Export {
        word: "switchboard",
        sentence: "This looks like an opt-in list: it says who agreed, when, where and to what words.",
        all: &["phone", "consent_at", "consent_source", "consent_wording"], ..EXPORT
    },
    Export {
        word: "shopify_whatsapp",
        sentence: "This looks like a Shopify customer export with WhatsApp consent. It has no date, so a yes in it proves nothing by itself; Shopify's API has the date.",
        all: &["First Name", "Last Name", "Accepts WhatsApp Marketing"], phones: SHOPIFY_PHONES, roles: SHOPIFY_ROLES, ..EXPORT
    },
    Export {
        word: "shopify",
        sentence: "This looks like a Shopify customer export. Its consent is about e-mail and SMS and does not allow WhatsApp messages.",
        all: &["First Name", "Last Name", "Total Spent", "Total Orders"], any: &[&["Accepts Email Marketing", "Accepts SMS Marketing"]],
        phones: SHOPIFY_PHONES, roles: SHOPIFY_ROLES, ..EXPORT
    },
    Export {
        word: "shopify_older",
        sentence: "This looks like an older Shopify customer export. “Accepts Marketing” in it is about e-mail and does not allow WhatsApp messages.",
        all: &["First Name", "Last Name", "Total Spent", "Total Orders"], phones: SHOPIFY_PHONES, roles: SHOPIFY_ROLES, ..EXPORT
    },
    Export {
        word: "mailchimp",
        sentence: "This looks like a Mailchimp audience. Its opt-ins are for e-mail and do not allow WhatsApp messages; who unsubscribed there is left alone here too.",
        all: &["Email Address", "LEID"], any: &[&["MEMBER_RATING", "OPTIN_TIME", "UNSUB_TIME", "CLEAN_TIME"]],
        phones: &["Phone Number", "Phone", "SMS Phone Number"], roles: MAILCHIMP_ROLES, ..EXPORT
    },
    Export {
        word: "klaviyo",
        sentence: "This looks like a Klaviyo list. Consent to e-mail and SMS in it does not allow WhatsApp messages.",
        all: &["Email"], any: &[&["Klaviyo ID", "$consent"]], phones: &["Phone Number", "Phone"],
        roles: &[("$consent", R::OtherConsent), ("Klaviyo ID", R::Ignore), ("$consent_timestamp", R::Attribute), ("$source", R::Attribute)], ..EXPORT
    },
    Export {
        word: "braze",
        sentence: "This looks like a Braze subscription group. It counts only if the group is one for WhatsApp, and without a date a yes in it proves nothing.",
        all: &["subscription_group_id", "subscription_state"], phones: &["phone"],
        roles: &[("subscription_state", R::ConsentState), ("subscription_group_id", R::ConsentSource), ("external_id", R::Attribute)], ..EXPORT
    },
    Export {
        word: "hubspot",
        sentence: "This looks like a HubSpot contact export. A legal basis or the marketing status in it is not an opt-in for WhatsApp messages.",
        any: &[&["Record ID", "Record ID - Contact", "Legal basis for processing contact's data"],
               &["Phone Number", "Mobile Phone Number", "WhatsApp Phone Number", "Lead Status", "Contact owner", "Marketing contact status"]],
        phones: &["WhatsApp Phone Number", "Mobile Phone Number", "Phone Number"],
        roles: &[("Legal basis for processing contact's data", R::OtherConsent), ("Marketing contact status", R::Ignore),
                 ("Create Date", R::Attribute), ("Last Activity Date", R::Attribute), ("Original Source", R::Attribute),
                 ("Record ID", R::Attribute), ("Record ID - Contact", R::Attribute), ("Country/Region", R::Country),
                 ("Lead Status", R::Attribute), ("Contact owner", R::Attribute)], ..EXPORT
    },
    Export {
        word: "google_contacts",
        sentence: "This looks like Google Contacts. An address book says nothing about consent.",
        any: &[&["Phone 1 - Value"], &["Phone 1 - Label", "Phone 1 - Type", "Group Membership", "Labels"]],
        phones: &["Phone 1 - Value", "Phone 2 - Value", "Phone 3 - Value", "Phone 4 - Value"],
        roles: &[("Name", R::FullName), ("Given Name", R::FirstName), ("Family Name", R::LastName), ("Photo", R::Ignore),
                 ("Phone 1 - Label", R::Ignore), ("Phone 2 - Label", R::Ignore), ("Phone 3 - Label", R::Ignore),
                 ("Phone 1 - Type", R::Ignore), ("Phone 2 - Type", R::Ignore), ("Phone 3 - Type", R::Ignore)], ..EXPORT
    },
    Export {
        word: "outlook",
        sentence: "This looks like contacts from Outlook. An address book says nothing about consent.",
        any: &[&["E-mail Address", "E-Mail-Adresse", "Adresse de messagerie", "Dirección de correo electrónico"],
               &["Mobile Phone", "Home Phone", "Business Phone", "Mobiltelefon", "Telefon privat", "Telefon geschäftlich", "Tél. mobile", "Téléphone mobile", "Teléfono móvil"],
               &["First Name", "Vorname", "Prénom", "Nombre"]],
        phones: &["Mobile Phone", "Mobiltelefon", "Tél. mobile", "Téléphone mobile", "Teléfono móvil", "Home Phone", "Telefon privat", "Business Phone", "Telefon geschäftlich", "Primary Phone"], ..EXPORT
    },
    Export {
        word: "meta_lead_ads",
        sentence: "These look like leads from Meta lead ads. What counts is the form's own question about consent; without one, a lead is not an opt-in.",
        all: &["form_id", "created_time"], any: &[&["ad_id", "form_name", "platform", "campaign_id"]],
        phones: &["phone_number", "telefone", "telefono", "teléfono", "telefonnummer", "numéro_de_téléphone", "número_de_telefone", "work_phone_number"],
        roles: &[("id", R::Ignore), ("ad_id", R::Ignore), ("adset_id", R::Ignore), ("campaign_id", R::Ignore), ("is_organic", R::Ignore),
                 ("created_time", R::ConsentAt), ("form_name", R::ConsentSource), ("form_id", R::Attribute), ("ad_name", R::Attribute),
                 ("adset_name", R::Ignore), ("campaign_name", R::Attribute), ("platform", R::Attribute), ("lead_status", R::Attribute)],
        is_leads: true, ..EXPORT
    },
    Export {
        word: "twilio",
        sentence: "These look like Twilio consent records. They are about SMS and do not allow WhatsApp messages.",
        all: &["contact_id", "sender_id", "date_of_consent"], phones: &["contact_id"],
        roles: &[("status", R::OtherConsent), ("date_of_consent", R::Attribute), ("source", R::Attribute), ("sender_id", R::Attribute), ("correlation_id", R::Ignore)], ..EXPORT
    },
    Export {
        word: "listmonk",
        sentence: "This looks like a listmonk export. Its status is about e-mail; the numbers are taken from the attributes.",
        all: &["email", "name", "attributes"], phones: &["attributes"],
        roles: &[("status", R::OtherConsent), ("uuid", R::Ignore), ("created_at", R::Ignore), ("updated_at", R::Ignore), ("email", R::Attribute)], ..EXPORT
    },
    Export {
        word: "woocommerce_analytics",
        sentence: "This looks like WooCommerce's customer report, which has no phone numbers. Export the orders, or use a customer export plugin, and import that file.",
        all: &["Name", "Username", "Last Active", "Orders", "AOV"], roles: &[("Username", R::Attribute), ("Sign Up", R::Attribute)], ..EXPORT
    },
    Export {
        word: "woocommerce",
        sentence: "This looks like a WooCommerce customer export. It says nothing about consent.",
        any: &[&["billing_phone", "BillingPhone"]], phones: &["billing_phone", "BillingPhone", "shipping_phone", "ShippingPhone"],
        roles: &[("billing_country", R::Country), ("BillingCountry", R::Country), ("user_pass", R::Ignore), ("session_tokens", R::Ignore),
                 ("user_login", R::Ignore), ("user_registered", R::Attribute), ("date_registered", R::Attribute), ("customer_id", R::Attribute), ("ID", R::Attribute),
                 ("billing_first_name", R::FirstName), ("billing_last_name", R::LastName)], ..EXPORT
    },
    Export {
        word: "whatomate",
        sentence: "This looks like a Whatomate list. It says who opted out, but nothing about who agreed.",
        all: &["Phone Number", "Profile Name"], phones: &["Phone Number"], ..EXPORT
    },
    Export {
        word: "whatomate",
        sentence: "This looks like a Whatomate campaign list. It says nothing about consent.",
        all: &["name", "param1"], any: &[&["phone", "phone_number", "mobile", "number"]], phones: &["phone", "phone_number", "mobile", "number"], ..EXPORT
    },
    Export {
        word: "wacrm",
        sentence: "This looks like a wacrm contact list. It says nothing about consent.",
        all: &["phone", "name", "email", "company", "tags"], only: true, phones: &["phone"], ..EXPORT
    },
    Export {
        word: "wapikit",
        sentence: "This looks like a WapiKit contact list. It says nothing about consent.",
        all: &["Name", "Phone", "Attributes"], only: true, phones: &["Phone"], ..EXPORT
    },
    Export {
        word: "chatwoot",
        sentence: "This looks like contacts from Chatwoot. An address book says nothing about consent.",
        all: &["id", "name", "email", "phone_number"], phones: &["phone_number"], roles: &[("id", R::Attribute)], ..EXPORT
    },
    Export {
        word: "broadcast_tool",
        sentence: "This looks like contacts of a broadcast tool (WATI, Gallabox and the like). “Allow broadcast” is a setting of that tool and no proof that anybody agreed.",
        any: &[&["Allow Broadcast", "AllowBroadcast", "Marketing opt-in", "Opted In"], &["Phone", "phone_no", "PhoneNumber", "WhatsApp Number"], &["Name", "CountryCode", "Country Code"]],
        phones: &["Phone", "phone_no", "PhoneNumber", "WhatsApp Number"],
        roles: &[("Allow Broadcast", R::ConsentState), ("AllowBroadcast", R::ConsentState), ("CountryCode", R::Country)], ..EXPORT
    },
    Export {
        word: "vcard",
        sentence: "This is an address book of vCards. It says nothing about consent.",
        all: &["Full name", "Mobile phone", "Phone 2", "Phone 3", "Categories"], phones: &["Mobile phone", "Phone 2", "Phone 3"], ..EXPORT
    },
];

static SHOPIFY_API: Export = Export {
    word: "shopify_api",
    sentence: "These look like customers from Shopify's API with their WhatsApp consent: it says who agreed, when and where, and counts as proof.",
    ..EXPORT
};

fn bare(header: &str) -> String {
    header.trim().trim_start_matches('\u{feff}').trim_matches('"').to_lowercase()
}

/// Which export this is.
pub fn recognise(headers: &[String]) -> Option<&'static Export> {
    let have: Vec<String> = headers.iter().map(|h| bare(h)).filter(|h| !h.is_empty()).collect();
    if is_shopify_consent(&have) {
        return Some(&SHOPIFY_API);
    }
    let has = |name: &&str| {
        let name = name.to_lowercase();
        have.contains(&name)
    };
    EXPORTS.iter().find(|e| {
        e.all.iter().all(&has)
            && e.any.iter().all(|group| group.iter().any(&has))
            && (!e.only || have.len() == e.all.len())
    })
}

/// Whether the fields of `CustomerWhatsAppMarketingConsent` are there, by themselves or inside a customer.
fn is_shopify_consent(have: &[String]) -> bool {
    let within = |suffix: &str| {
        have.iter().any(|h| h == suffix || (h.contains("whatsapp") && h.rsplit('.').next() == Some(suffix)))
    };
    within("optinlevel") && within("state") && within("updatedat")
}

/// What the columns of a file mean, as far as its export and their headers and values tell. `values` gives what is to
/// be looked at of a column.
pub fn roles_of(export: Option<&'static Export>, headers: &[String], values: &[Vec<String>]) -> Vec<ColumnRole> {
    let none: Vec<String> = Vec::new();
    let of = |index: usize| values.get(index).unwrap_or(&none);
    let named = |export: &Export, header: &str| {
        let header = bare(header);
        export.roles.iter().find(|(name, _)| name.to_lowercase() == header).map(|(_, role)| *role)
    };
    let phones: &[&str] = export.map_or(&[], |e| e.phones);
    let place = |header: &str| phones.iter().position(|p| p.to_lowercase() == bare(header));
    let is_filled = |index: usize| of(index).iter().any(|v| !v.trim().is_empty());
    // The first of the export's columns with numbers that holds any; if none does, the first.
    let main = (0..headers.len())
        .filter_map(|i| headers.get(i).and_then(|h| place(h)).map(|rank| (!is_filled(i), rank, i)))
        .min()
        .map(|(_, _, i)| i);
    let mut roles: Vec<ColumnRole> = headers
        .iter()
        .enumerate()
        .map(|(index, header)| match export {
            Some(_) if main == Some(index) => R::Phone,
            Some(_) if place(header).is_some() => R::OtherPhone,
            Some(e) if e.word == SHOPIFY_API.word => shopify_role(header, of(index)),
            Some(e) if named(e, header).is_some() => named(e, header).unwrap_or(R::Attribute),
            Some(e) if e.is_leads && is_question(header, of(index)) => R::ConsentQuestion,
            Some(_) if main.is_some() => match guess_role(header, of(index)) {
                R::Phone => R::OtherPhone,
                other => other,
            },
            _ => guess_role(header, of(index)),
        })
        .collect();
    if export.is_some_and(|e| e.is_leads) && !roles.contains(&R::ConsentQuestion) && !roles.contains(&R::ConsentState) {
        // The day of the lead is not the day of an opt-in that nobody asked for.
        for role in roles.iter_mut().filter(|r| matches!(r, R::ConsentAt | R::ConsentSource)) {
            *role = R::Attribute;
        }
    }
    roles
}

/// Shopify's own field names, at whatever depth.
fn shopify_role(header: &str, values: &[String]) -> ColumnRole {
    let bare = bare(header);
    let leaf = bare.rsplit('.').next().unwrap_or_default();
    let other_channel = bare.contains("sms") || bare.contains("email");
    match leaf {
        "state" | "marketingstate" if other_channel => R::OtherConsent,
        _ if other_channel && bare.contains("consent") => R::Ignore,
        "state" => R::ConsentState,
        "updatedat" | "consentupdatedat" => R::ConsentAt,
        "collectedfrom" => R::ConsentSource,
        "optinlevel" => R::ConsentConfirmed,
        "phone" | "phonenumber" => R::Phone,
        "firstname" => R::FirstName,
        "lastname" => R::LastName,
        "displayname" => R::FullName,
        "countrycodev2" | "countrycode" => R::Country,
        _ => match guess_role(header, values) {
            // Nothing else of the customer's speaks of consent.
            R::ConsentState | R::ConsentAt | R::ConsentSource => R::Attribute,
            role => role,
        },
    }
}

/// A form's question about messages, answered with yes or no: its header is what people read.
fn is_question(header: &str, values: &[String]) -> bool {
    let mut filled = values.iter().map(|v| v.trim()).filter(|v| !v.is_empty()).peekable();
    speaks_of_whatsapp_consent(header)
        && filled.peek().is_some()
        && filled.all(|v| v.starts_with("<test lead") || !matches!(said(&v.replace('_', " ")), Said::Unclear))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn h(names: &[&str]) -> Vec<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn exports_are_recognised_by_the_set_of_their_headers() {
        let word = |names: &[&str]| recognise(&h(names)).map(|e| e.word);
        assert_eq!(word(&["Tags", "Total Orders", "First Name", "Total Spent", "Last Name"]), Some("shopify_older"));
        assert_eq!(word(&["phone", "name", "consent_at", "consent_source", "consent_wording"]), Some("switchboard"));
        assert_eq!(word(&["phone", "name"]), None);
        assert_eq!(word(&["phone", "name", "email", "company", "tags"]), Some("wacrm"));
        assert_eq!(word(&["phone", "name", "email", "company", "tags", "consent"]), None);
    }

    #[test]
    fn a_lead_without_a_question_about_consent_is_no_opt_in() {
        let headers = h(&["id", "created_time", "form_id", "form_name", "platform", "phone_number", "full_name"]);
        let roles = roles_of(recognise(&headers), &headers, &[]);
        assert!(!roles.contains(&R::ConsentAt) && roles.contains(&R::Phone));
        let mut asked = headers.clone();
        asked.push("may_we_send_you_offers_by_whatsapp?".to_owned());
        let mut values = vec![Vec::new(); asked.len()];
        *values.last_mut().unwrap_or(&mut Vec::new()) = h(&["yes", "no"]);
        let roles = roles_of(recognise(&asked), &asked, &values);
        assert_eq!(roles.last(), Some(&R::ConsentQuestion));
        assert!(roles.contains(&R::ConsentAt) && roles.contains(&R::ConsentSource));
    }
}
