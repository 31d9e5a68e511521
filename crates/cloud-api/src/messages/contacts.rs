//! Contact cards in a message, in both directions (messages.md §4, webhooks.md §4.4). Every key may be missing
//! when reading; writing needs the formatted name.

use serde::{Deserialize, Serialize};
use switchboard_domain::ids::WaId;
use switchboard_domain::redact::Personal;

use crate::lenient;
use crate::limits::{LimitError, some_chars};

macro_rules! card_part {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident $(as $key:literal)?),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name {
            $(
                $(#[$fdoc])*
                #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::id" $(, rename = $key)?)]
                pub $field: Option<Personal>,
            )+
        }
    };
}

card_part! {
    /// A person's name.
    ContactName {
        /// Required when writing.
        formatted_name,
        /// Given name.
        first_name,
        /// Family name.
        last_name,
        /// Middle name.
        middle_name,
        /// `Dr.` and the like.
        prefix,
        /// `Jr.` and the like.
        suffix,
    }
}

card_part! {
    /// A postal address.
    Address {
        /// Street and house.
        street,
        /// City.
        city,
        /// State or province.
        state,
        /// Postal code.
        zip,
        /// Country in words.
        country,
        /// ISO two-letter code.
        country_code,
        /// `HOME`, `WORK` or a label of its own.
        kind as "type",
    }
}

card_part! {
    /// An e-mail address.
    Email {
        /// The address.
        email,
        /// `HOME`, `WORK` or a label of its own.
        kind as "type",
    }
}

card_part! {
    /// A web address.
    UrlEntry {
        /// The address.
        url,
        /// `HOME`, `WORK` or a label of its own.
        kind as "type",
    }
}

card_part! {
    /// Where somebody works.
    Org {
        /// Company.
        company,
        /// Department.
        department,
        /// Role.
        title,
    }
}

/// A number on a card.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Phone {
    /// As written on the card.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::id")]
    pub phone: Option<Personal>,
    /// `CELL`, `Mobile` or a label of its own.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::id", rename = "type")]
    pub kind: Option<Personal>,
    /// Present when the number is on WhatsApp: gives "Message" instead of "Invite".
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::id")]
    pub wa_id: Option<WaId>,
}

/// One card.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactCard {
    /// Who it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<ContactName>,
    /// Numbers.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::or_default")]
    pub phones: Vec<Phone>,
    /// E-mail addresses.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::or_default")]
    pub emails: Vec<Email>,
    /// Web addresses.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::or_default")]
    pub urls: Vec<UrlEntry>,
    /// Postal addresses.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::or_default")]
    pub addresses: Vec<Address>,
    /// Employer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<Org>,
    /// `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::id")]
    pub birthday: Option<Personal>,
    /// Reading only: `contact_request` when the person answered our request with their own number, `other` for
    /// a chosen card. Only the former is the sender's own phone (webhooks.md §4.4).
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub origin: Option<String>,
    /// Reading only: the card as vCard.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::id")]
    pub vcard: Option<Personal>,
}

impl ContactCard {
    pub(super) fn check(&self) -> Result<(), LimitError> {
        let name = self.name.as_ref().and_then(|n| n.formatted_name.as_ref());
        match name {
            Some(name) => some_chars("contacts.name.formatted_name", name.expose(), 1024),
            None => Err(LimitError::new("contacts.name.formatted_name", "is missing")),
        }
    }
}
