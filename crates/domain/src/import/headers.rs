//! Names under which columns stand, in the languages of our users.

use super::columns::ColumnRole;

/// Header words of each role, folded, in several languages; the whole header must be one of them.
#[rustfmt::skip]
pub(super) const HEADERS: &[(ColumnRole, &[&str])] = &[
    (
        ColumnRole::Phone,
        &[
            "phone", "phone number", "phonenumber", "phone no", "mobile", "mobile number", "mobile phone",
            "mobile phone number", "cell", "cell phone", "cellphone", "msisdn", "whatsapp", "whatsapp number",
            "whatsapp phone", "whatsapp phone number", "whatsapp nummer", "whatsapp nr", "wa id", "number", "tel", "tel nr",
            "telephone", "billing phone", "phone 1 value", "mobil", "handy nr", "mobilnr", "mobilfunknummer", "telefon nr",
            "telefone celular", "tel mobile", "tel portable", "numero whatsapp", "whatsapp numero", "telefon", "telefonnummer", "handy", "handynummer",
            "mobilnummer", "mobiltelefon", "rufnummer", "telefono", "numero de telefono", "celular", "movil",
            "telefono movil", "telefone", "numero de telefone", "telemovel", "portable", "numero de telephone",
            "telephone mobile", "numero", "cellulare", "numero di telefono", "mobiel", "mobiele telefoon",
            "telefoonnummer", "telefonszam", "telefon numarası", "телефон", "номер телефона", "номер", "мобильный",
            "رقم الهاتف", "الهاتف", "טלפון", "फोन", "फ़ोन नंबर", "मोबाइल", "nomor telepon", "no hp", "电话", "手机",
            "手机号", "電話番号", "携帯電話", "전화번호", "휴대폰",
        ],
    ),
    (
        ColumnRole::OtherPhone,
        &[
            "phone 2", "phone 3", "phone 4", "phone2", "phone 2 value", "phone 3 value", "phone 4 value", "home phone",
            "home phone 2", "business phone", "business phone 2", "work phone", "other phone", "second phone",
            "alternative phone", "alternate phone", "landline", "default address phone", "shipping phone", "primary phone",
            "company main phone", "car phone", "festnetz", "festnetznummer", "telefon privat", "telefon privat 2",
            "telefon geschaftlich", "telefon geschaftlich 2", "telefon 2", "telefono 2", "telefono fijo",
            "telefono particular", "telefono del trabajo", "telephone fixe", "telephone 2", "telephone domicile",
            "telephone bureau", "telefono casa", "telefono ufficio", "telefone residencial", "telefone comercial",
        ],
    ),
    (
        ColumnRole::ConsentLanguage,
        &["consent language", "wording language", "opt in language", "sprache der einwilligung", "consent locale"],
    ),
    (
        ColumnRole::ConsentBusiness,
        &["business name shown", "business name", "consent business", "opt in business", "sender name shown"],
    ),
    (
        ColumnRole::ConsentConfirmed,
        &[
            "double opt in", "double optin", "double opt in at", "double opt in date", "doi", "doi date", "confirmed at",
            "confirm time", "consent confirmed at", "opt in confirmed at", "bestatigt am", "double opt in am",
        ],
    ),
    (ColumnRole::ConsentIp, &["consent ip", "opt in ip", "optin ip", "ip", "ip address", "ip adresse", "adresse ip"]),
    (
        ColumnRole::Country,
        &[
            "country", "country code", "countrycode", "default address country code", "billing country", "land",
            "country code iso", "country region", "country iso", "dial code", "dialling code", "dialing code",
            "calling code", "vorwahl land", "landesvorwahl", "landercode", "landerkurzel", "pais", "pays", "paese", "landcode", "страна", "国家",
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
            "kundenname", "nome", "nome completo", "nombre completo", "nom complet", "naam", "vollstandiger name", "volledige naam", "nome e cognome", "imie i nazwisko", "полное имя", "nombre y apellidos",
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
            "whatsapp subscription", "opt in whatsapp", "optin whatsapp", "allow broadcast", "marketing opt in",
            "marketing optin", "whatsapp einwilligung", "einwilligung whatsapp", "whatsapp ok", "whatsapp erlaubt",
            "accord whatsapp", "consentimiento whatsapp", "consenso whatsapp", "consentimento whatsapp",
            "whatsapp marketing opt in",
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
            "agreement", "statement", "einwilligungstext", "wortlaut", "texto",
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
pub(super) const NOT_OURS: &[&str] =
    &["email", "e mail", "sms", "mail", "telefax", "fax", "password", "session", "session tokens", "user pass", "tax"];

/// Headers that may mean consent or anything else (an order, a province): their values decide.
pub(super) const AMBIGUOUS_STATES: &[&str] = &[
    "status",
    "state",
    "subscription",
    "subscription status",
    "marketing status",
    "contact status",
    "subscriber status",
];

/// Headers of dates that may be of anything; beside an opt-out they say nothing of an opt-in.
pub(super) const ANY_DATE: &[&str] = &["date", "updated at", "created time", "subscription date"];
