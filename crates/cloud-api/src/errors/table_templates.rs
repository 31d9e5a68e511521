//! Templates: at send time, in management, in health checks (errors.md §6, §7).

use super::class::Backoff::Fixed;
use super::class::ErrorClass::{AccountStop, Fix, Wait};
use super::class::ErrorScope::{Account, Message, Template};
use super::table::ErrorEntry;

const fn e(
    code: i64,
    class: super::ErrorClass,
    scope: super::ErrorScope,
    sentence: &'static str,
    remedy: &'static str,
) -> ErrorEntry {
    ErrorEntry::new(code, class, scope, sentence, remedy)
}

const EDIT: &str = "Correct it in the template editor.";

pub(super) static ENTRIES: &[ErrorEntry] = &[
    // §6 at send time
    e(
        132_000,
        Fix,
        Template,
        "The number of values does not match the template's variables.",
        "Sync the templates and map the columns again.",
    ),
    e(
        132_001,
        AccountStop,
        Template,
        "There is no approved template of this name and language.",
        "Sync the templates; it may have been deleted, paused or not approved.",
    ),
    e(132_005, Fix, Message, "The text becomes too long with this person's values.", "Shorten the values of this row."),
    e(132_007, Fix, Template, "The template's content breaks a policy of Meta.", "Change the template."),
    e(132_008, Fix, Message, "A value does not fit the template's variable.", "Correct the value of this row."),
    e(
        132_012,
        Fix,
        Template,
        "A value has another format than the template wants.",
        "Check dates, amounts, media and buttons against the template.",
    ),
    e(
        132_015,
        AccountStop,
        Template,
        "The template is paused, or Meta's pacing dropped this message.",
        "A quality pause ends by itself; a pacing pause needs \"unpause\" in Templates.",
    ),
    e(
        132_016,
        AccountStop,
        Template,
        "The template is disabled.",
        "Make a new template, or edit this one and submit it again.",
    ),
    e(
        132_018,
        Fix,
        Template,
        "The template's values did not pass Meta's check.",
        "Read Meta's details beside it and correct the values.",
    ),
    e(132_068, AccountStop, Template, "The flow of this template is blocked.", "Correct the flow in WhatsApp Manager."),
    e(132_069, Wait, Template, "The flow is throttled to ten sends an hour.", "Wait an hour, and correct the flow.")
        .wait(Fixed { wait_s: 3600 }),
    e(
        141_002,
        AccountStop,
        Template,
        "The template is not approved.",
        "Wait for the review, or pick another template.",
    ),
    e(
        141_006,
        AccountStop,
        Account,
        "There is an error with the payment method.",
        "Add or repair the payment method in WhatsApp Manager.",
    ),
    e(
        141_010,
        AccountStop,
        Account,
        "The business is not verified or not eligible.",
        "Start or finish business verification in Meta's business settings.",
    ),
    e(
        141_014,
        AccountStop,
        Account,
        "The WhatsApp account is banned.",
        "Open Business Support Home at Meta to appeal.",
    ),
    // §7 management
    e(
        2_388_019,
        Fix,
        Account,
        "The account has reached its number of templates.",
        "Delete templates that are no longer used; verified businesses may have 6,000.",
    )
    .sub(),
    e(
        2_388_039,
        Fix,
        Template,
        "This template cannot be edited now.",
        "It is in review, or its edits for today or this month are used up.",
    )
    .sub(),
    e(2_388_040, Fix, Template, "A text of the template is too long.", EDIT).sub(),
    e(
        2_388_047,
        Fix,
        Template,
        "The header's format is not accepted.",
        "Leave line breaks, emoji and formatting marks out of the header.",
    )
    .sub(),
    e(
        2_388_072,
        Fix,
        Template,
        "The body's format is not accepted.",
        "Leave out tabs, more than two line breaks or four spaces in a row.",
    )
    .sub(),
    e(
        2_388_073,
        Fix,
        Template,
        "The footer's format is not accepted.",
        "Leave line breaks, emoji and variables out of the footer.",
    )
    .sub(),
    e(
        2_388_293,
        Fix,
        Template,
        "The template has too many variables for so short a text.",
        "Write more text around the variables, or use fewer.",
    )
    .sub(),
    e(
        2_388_299,
        Fix,
        Template,
        "A variable stands at the start or the end of the text.",
        "Put words before and after it.",
    )
    .sub(),
    e(
        2_388_023,
        Fix,
        Template,
        "A template of this name and language is being deleted.",
        "Use another name, or wait four weeks.",
    )
    .sub(),
    e(
        2_388_024,
        Fix,
        Template,
        "A template of this name and language exists already.",
        "Edit that one, or use another name.",
    )
    .sub(),
    e(
        200_005,
        Fix,
        Account,
        "Template insights are not available for this account.",
        "Accounts of businesses in the EU, UK and Japan have none.",
    ),
    e(200_006, Fix, Account, "Template insights cannot be switched off once they are on.", "Nothing to do."),
    e(
        200_007,
        Fix,
        Account,
        "Template insights are not switched on.",
        "Switch them on in Settings; this cannot be undone.",
    ),
    e(
        200_005,
        Fix,
        Account,
        "Template insights are not available for this account.",
        "Accounts of businesses in the EU, UK and Japan have none.",
    )
    .sub(),
    e(200_006, Fix, Account, "Template insights cannot be switched off once they are on.", "Nothing to do.").sub(),
    e(
        200_007,
        Fix,
        Account,
        "Template insights are not switched on.",
        "Switch them on in Settings; this cannot be undone.",
    )
    .sub(),
];
