//! Authorisation, integrity, throttling and sending (errors.md §2–§5, §9 groups).

use super::class::Backoff::{Exponential, Fixed, Operator};
use super::class::ErrorClass::{AccountStop, Fix, Never, Transient, Wait};
use super::class::ErrorScope::{Account, Message, Number, Pair, Recipient, Template};
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

/// 100 stands for many faults; two of its meanings are told apart by the details (errors.md §5).
pub(super) fn parameter_entry(details: Option<&str>) -> Option<&'static ErrorEntry> {
    details.filter(|d| d.to_ascii_lowercase().contains("direct send")).map(|_| &DIRECT_SEND_NOT_ENABLED)
}

static DIRECT_SEND_NOT_ENABLED: ErrorEntry =
    e(100, Fix, Account, "Direct Send is not enabled for this account.", "Send an approved template instead.");

const NEW_TOKEN: &str = "Paste a new System User token in Settings.";
const SCOPES: &str = "Check the token's scopes and that the system user is assigned to this app and WhatsApp account.";
const HEALTH: &str = "Open Business Support Home at Meta to see the decision and to appeal.";
const RATE: super::Backoff = Exponential { first_s: 1, factor: 2, cap_s: 60 };

pub(super) static ENTRIES: &[ErrorEntry] = &[
    // §2 Authorisation
    e(0, AccountStop, Account, "Meta could not authenticate the access token.", NEW_TOKEN),
    e(3, AccountStop, Account, "The app lacks a capability or permission for this.", SCOPES),
    e(10, AccountStop, Account, "A permission was not granted or has been removed.", SCOPES),
    e(104, AccountStop, Account, "Meta received no access token.", NEW_TOKEN),
    e(190, AccountStop, Account, "The access token has expired or is invalid.", NEW_TOKEN),
    e(200, AccountStop, Account, "The token's system user has no access to this asset.", SCOPES),
    e(803, Fix, Account, "Meta knows no object with this id.", "Check the account and number ids in Settings."),
    e(2500, AccountStop, Account, "Meta wants an active access token for this.", NEW_TOKEN),
    // §3 Integrity
    e(
        368,
        AccountStop,
        Account,
        "Meta has restricted or disabled this WhatsApp account for a policy violation.",
        HEALTH,
    ),
    e(
        130_497,
        Never,
        Recipient,
        "This business may not message people in that country.",
        "Leave this country out of the audience.",
    ),
    e(
        131_031,
        AccountStop,
        Account,
        "The account is locked, or a security detail such as the PIN does not match.",
        "Look at the account's health in Settings, and check the two-step PIN.",
    ),
    e(
        131_064,
        AccountStop,
        Account,
        "Meta limits this account because templates were put into the wrong category.",
        "Correct the categories; Meta lifts the limit by itself after its period.",
    ),
    e(139_200, AccountStop, Account, "Direct Send is restricted for this account.", "Send approved templates instead."),
    // §4 Throttling
    e(
        4,
        Transient,
        Account,
        "The app has used up its calls to Meta for now.",
        "Calls go on by themselves when the budget returns, within an hour.",
    )
    .repeatable(Exponential { first_s: 60, factor: 2, cap_s: 3600 }),
    e(
        80_007,
        Transient,
        Account,
        "The account has used up its management calls for now.",
        "Calls go on by themselves within an hour.",
    )
    .repeatable(Exponential { first_s: 60, factor: 2, cap_s: 3600 }),
    e(
        130_429,
        Transient,
        Number,
        "The number's throughput is used up for this second.",
        "Sending slows down and goes on by itself.",
    )
    .repeatable(RATE),
    e(
        131_048,
        AccountStop,
        Number,
        "Meta holds this number back because too many people block or report it.",
        "Pause, look at the quality rating and the template; go on hours or days later with fewer people.",
    )
    .repeatable(Operator),
    e(
        131_056,
        Transient,
        Pair,
        "Too many messages to this one person in a short time.",
        "This person's message waits; others go on.",
    )
    .repeatable(Exponential { first_s: 1, factor: 4, cap_s: 4096 }),
    e(
        133_016,
        Wait,
        Number,
        "The number was registered or deregistered too often.",
        "Wait 72 hours before the next registration.",
    )
    .wait(Fixed { wait_s: 72 * 3600 }),
    e(613, Transient, Number, "Calls of this kind come too fast.", "They go on by themselves after a pause.")
        .repeatable(RATE),
    // §5 Sending
    e(
        1,
        Transient,
        Message,
        "Meta could not tell what went wrong with this request.",
        "Wait for this message's status; see metastatus.com.",
    )
    .unclear(Exponential { first_s: 5, factor: 2, cap_s: 60 }),
    e(
        2,
        Transient,
        Account,
        "Meta's service is down or overloaded.",
        "Wait for this message's status; see metastatus.com.",
    )
    .unclear(Exponential { first_s: 5, factor: 2, cap_s: 300 }),
    e(33, Fix, Number, "The number id does not exist or was deleted.", "Check the number in Settings."),
    e(
        100,
        Fix,
        Message,
        "A parameter is not supported, misspelt, or an id is wrong.",
        "Read Meta's details beside it and correct the message or template values.",
    ),
    e(130_403, Never, Recipient, "You have blocked this person.", "Unblock the person first."),
    e(
        130_472,
        Never,
        Message,
        "Meta withheld this message: the person is in its marketing experiment.",
        "Nothing to do; do not send it again.",
    ),
    e(
        131_000,
        Transient,
        Message,
        "Meta failed for an unknown reason.",
        "Wait for this message's status; if it stays, give the trace to Meta's support.",
    )
    .unclear(Exponential { first_s: 5, factor: 2, cap_s: 60 }),
    e(
        131_005,
        AccountStop,
        Account,
        "Meta denies access.",
        "Check the token's scopes, asset assignments, and terms that wait for acceptance.",
    ),
    e(131_008, Fix, Message, "A required parameter is missing.", "Fill in every variable of the template."),
    e(
        131_009,
        Fix,
        Message,
        "A parameter has a value that Meta does not accept.",
        "Read Meta's details beside it and correct the value.",
    ),
    e(
        131_016,
        Transient,
        Account,
        "A service at Meta is unavailable.",
        "Wait for this message's status; see metastatus.com.",
    )
    .unclear(Exponential { first_s: 5, factor: 2, cap_s: 300 }),
    e(131_021, Fix, Recipient, "The recipient is the sending number itself.", "Leave this number out."),
    e(
        131_026,
        Never,
        Recipient,
        "WhatsApp cannot deliver to this person.",
        "The number may not be on WhatsApp or its app is too old; use another channel.",
    ),
    e(
        131_030,
        Fix,
        Recipient,
        "A test number may only write to numbers on its list.",
        "Add the recipient to the test number's list at Meta.",
    ),
    e(
        131_035,
        Transient,
        Account,
        "Meta could not deliver webhook data in time.",
        "Check that the relay is reachable.",
    ),
    e(
        131_037,
        AccountStop,
        Number,
        "This 555 number needs an approved display name.",
        "Have the display name approved in WhatsApp Manager.",
    ),
    e(
        131_042,
        AccountStop,
        Account,
        "There is a problem with the account's payment.",
        "Add or repair the payment method in WhatsApp Manager.",
    ),
    e(
        131_044,
        AccountStop,
        Account,
        "There is a problem with the payment for calls.",
        "Repair the payment method in WhatsApp Manager.",
    ),
    e(131_045, AccountStop, Number, "The number is not registered properly.", "Register the number in Settings."),
    e(
        131_047,
        Fix,
        Recipient,
        "The customer service window of this person is closed.",
        "Send an approved template instead.",
    ),
    e(
        131_049,
        Wait,
        Recipient,
        "Meta withheld this message to keep the person from getting too much marketing.",
        "Do not repeat it within 24 hours; better leave it.",
    )
    .wait(Fixed { wait_s: 24 * 3600 }),
    e(
        131_050,
        Never,
        Recipient,
        "This person has stopped marketing messages from you.",
        "The contact is suppressed for marketing until the person resumes it.",
    ),
    e(131_051, Fix, Message, "This type of message is not supported.", "Send it as another type."),
    e(
        131_052,
        Never,
        Message,
        "The media a person sent could not be downloaded.",
        "Ask the person to send it again, below 100 MB.",
    ),
    e(
        131_053,
        Fix,
        Message,
        "The media could not be processed.",
        "Check that the file is of the type it says and within the size limit.",
    ),
    e(
        131_055,
        Fix,
        Template,
        "The Marketing Messages API takes marketing templates only.",
        "The template's category changed; sync the templates and send again.",
    ),
    e(
        131_057,
        Transient,
        Number,
        "The number is in maintenance while Meta raises its throughput.",
        "Sending goes on by itself in some minutes.",
    )
    .repeatable(Fixed { wait_s: 60 }),
    e(131_059, Fix, Message, "The list changed while it was being read.", "Read it again from the start."),
    e(
        131_060,
        Never,
        Message,
        "The content of this message is not available here.",
        "Look at it on the phone that has the number.",
    ),
    e(
        131_062,
        Fix,
        Recipient,
        "This kind of message needs the person's phone number.",
        "Ask for the number, or use another template; codes cannot go to a user id.",
    ),
    e(
        131_063,
        Fix,
        Template,
        "This account sends marketing templates through the Marketing Messages API only.",
        "Send again by that way.",
    ),
    e(
        134_011,
        AccountStop,
        Account,
        "The WhatsApp Payments terms wait for acceptance.",
        "Accept the terms in WhatsApp Manager.",
    ),
    e(
        134_100,
        Fix,
        Template,
        "The Marketing Messages API takes marketing templates only.",
        "Send this template by the ordinary way.",
    ),
    e(134_101, Wait, Template, "Meta is still preparing this template for marketing.", "Try again in ten minutes.")
        .wait(Fixed { wait_s: 600 }),
    e(
        134_102,
        AccountStop,
        Account,
        "Template or account is not available for the Marketing Messages API.",
        "Check the onboarding status of the account.",
    ),
    e(
        134_103,
        Fix,
        Template,
        "The Marketing Messages API refused this for a reason that Meta does not document.",
        "Read Meta's details beside it.",
    ),
    e(
        135_000,
        Fix,
        Message,
        "Meta refused a parameter without saying which.",
        "Read Meta's details beside it and check the message.",
    ),
    e(
        137_000,
        Never,
        Recipient,
        "The person's identity key has changed.",
        "Confirm with the person over another channel before sending again.",
    ),
    e(
        470,
        Fix,
        Recipient,
        "The customer service window of this person is closed.",
        "Send an approved template instead.",
    ),
    e(
        1026,
        Never,
        Recipient,
        "WhatsApp cannot deliver to this person.",
        "The number may not be on WhatsApp; use another channel.",
    ),
    e(130_501, Fix, Message, "This type of message is not supported.", "Look at it on the phone."),
    e(
        2_593_109,
        Never,
        Account,
        "The business did not share its chat history.",
        "Nothing to do; new messages arrive as usual.",
    ),
    // §9 Groups
    e(131_020, Fix, Message, "The group has only one member.", "Wait until somebody has joined."),
    e(131_041, Fix, Message, "Meta knows no such group.", "Check the group."),
    e(131_201, Fix, Message, "The group change succeeded only in part.", "See which participants failed."),
    e(131_202, Fix, Message, "A participant is named twice.", "Name each participant once."),
    e(131_204, Fix, Message, "The group has too many participants.", "Remove some participants first."),
    e(131_207, Never, Message, "The group is suspended.", "Nothing can be sent until Meta lifts the suspension."),
    e(131_208, Transient, Number, "Group calls come too fast.", "Try again later.").repeatable(RATE),
    e(131_209, Fix, Message, "The group picture could not be used.", "Use a square JPEG."),
    e(131_210, Fix, Message, "The group picture could not be used.", "Use a square JPEG."),
    e(131_211, Fix, Number, "The number has reached its number of groups.", "Delete a group first."),
    e(131_212, Fix, Recipient, "This person is not in the group.", "Check the participants."),
    e(131_213, Fix, Recipient, "There is no such request to join.", "Read the requests again."),
    e(
        131_214,
        AccountStop,
        Number,
        "Meta stopped this number from creating groups: too much marketing in open windows.",
        "Send marketing as templates only.",
    ),
    e(131_215, Fix, Number, "The number is not eligible for groups.", "Groups need an Official Business Account."),
];
