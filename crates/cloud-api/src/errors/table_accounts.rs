//! Registration, numbers, accounts, blocking, usernames (errors.md §8, §9).

use super::class::Backoff::{Exponential, Fixed};
use super::class::ErrorClass::{AccountStop, Fix, Transient, Wait};
use super::class::ErrorScope::{Account, Number, Recipient};
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

const MIGRATE: &str = "Read Meta's own text beside it; it names the step that is missing.";
// Meta lists these eight together: not found, not enabled, placeholder, terms, https (errors.md §8).
const SIGN_UP_WRONG: &str = "The sign-up link is unknown, not enabled, or its text, terms or address are not in order.";
const SIGN_UP: &str = "Read Meta's own text beside it, and correct the sign-up link in WhatsApp Manager.";

pub(super) static ENTRIES: &[ErrorEntry] = &[
    e(
        133_000,
        Fix,
        Number,
        "An earlier deregistration did not finish.",
        "Deregister the number again, then register it.",
    ),
    e(133_004, Transient, Number, "Meta's registration server is busy.", "Try again in a few minutes.")
        .repeatable(Exponential { first_s: 5, factor: 2, cap_s: 300 }),
    e(
        133_005,
        Fix,
        Number,
        "The two-step PIN is wrong.",
        "Enter the number's six-digit PIN, or reset it in WhatsApp Manager.",
    ),
    e(133_006, Fix, Number, "The number must be verified first.", "Request a code for the number and enter it."),
    e(133_008, Wait, Number, "The PIN was guessed wrong too often.", "Wait as long as Meta's details say.")
        .wait(Fixed { wait_s: 3600 }),
    e(133_009, Wait, Number, "The PIN was entered too fast again.", "Wait as long as Meta's details say.")
        .wait(Fixed { wait_s: 3600 }),
    e(
        133_010,
        AccountStop,
        Number,
        "The number is not registered with the Cloud API.",
        "Register the number in Settings.",
    ),
    e(133_015, Wait, Number, "The number was deleted just now and is not free yet.", "Try again in five minutes.")
        .wait(Fixed { wait_s: 300 }),
    e(
        136_024,
        Wait,
        Number,
        "The verification code could not be sent or checked.",
        "Read Meta's own text beside it and wait before trying again.",
    )
    .wait(Fixed { wait_s: 3600 }),
    e(2_388_001, Fix, Number, "The number cannot be moved to this account.", MIGRATE).sub(),
    e(2_388_012, Fix, Number, "The number cannot be moved to this account.", MIGRATE).sub(),
    e(2_388_091, Wait, Number, "The verification code could not be sent.", "Wait before asking for another code.")
        .sub()
        .wait(Fixed { wait_s: 3600 }),
    e(
        2_388_093,
        Fix,
        Number,
        "The verification code could not be used.",
        "Ask for a new code and enter it as received.",
    )
    .sub(),
    e(2_388_103, Fix, Number, "The number cannot be moved to this account.", MIGRATE).sub(),
    e(2_494_100, Transient, Number, "Meta is in maintenance for this number.", "Try again in a few minutes.")
        .sub()
        .wait(Exponential { first_s: 60, factor: 2, cap_s: 3600 }),
    e(
        2_593_079,
        Fix,
        Account,
        "This belongs to an account model that Meta has ended.",
        "Connect the account directly.",
    )
    .sub(),
    e(
        2_593_085,
        Fix,
        Account,
        "This belongs to an account model that Meta has ended.",
        "Connect the account directly.",
    )
    .sub(),
    e(2_593_107, Wait, Number, "The chat history was asked for too often.", "It can be asked for once per onboarding.")
        .sub(),
    e(
        2_593_108,
        Fix,
        Number,
        "The chat history can be asked for within 24 hours of onboarding only.",
        "Onboard the number again.",
    )
    .sub(),
    e(2_593_107, Wait, Number, "The chat history was asked for too often.", "It can be asked for once per onboarding."),
    e(
        2_593_108,
        Fix,
        Number,
        "The chat history can be asked for within 24 hours of onboarding only.",
        "Onboard the number again.",
    ),
    e(1_752_041, Fix, Account, "The invitation to the Marketing Messages API was already sent.", "Nothing to do.")
        .sub(),
    e(1_752_041, Fix, Account, "The invitation to the Marketing Messages API was already sent.", "Nothing to do."),
    e(2_494_164, Fix, Account, SIGN_UP_WRONG, SIGN_UP).sub(),
    e(2_494_165, Fix, Account, SIGN_UP_WRONG, SIGN_UP).sub(),
    e(2_494_166, Fix, Account, SIGN_UP_WRONG, SIGN_UP).sub(),
    e(2_494_167, Fix, Account, SIGN_UP_WRONG, SIGN_UP).sub(),
    e(2_494_168, Fix, Account, SIGN_UP_WRONG, SIGN_UP).sub(),
    e(2_494_176, Fix, Account, SIGN_UP_WRONG, SIGN_UP).sub(),
    e(2_494_177, Fix, Account, SIGN_UP_WRONG, SIGN_UP).sub(),
    e(2_494_179, Fix, Account, SIGN_UP_WRONG, SIGN_UP).sub(),
    e(
        147_001,
        Fix,
        Number,
        "This username is taken or not available.",
        "Choose another, or one of Meta's suggestions.",
    ),
    e(
        147_002,
        Fix,
        Account,
        "The business needs a higher messaging limit for a username.",
        "Raise the limit first, for instance by business verification.",
    ),
    e(
        147_003,
        Fix,
        Number,
        "This username belongs to a Facebook Page that is not linked.",
        "Link the Page to the business first.",
    ),
    e(
        147_004,
        Fix,
        Number,
        "This username belongs to an Instagram account that is not linked.",
        "Link the Instagram account first.",
    ),
    e(147_005, Fix, Number, "Another number of this business uses this username.", "Transfer it to this number."),
    // §9 Block users
    e(
        139_100,
        Fix,
        Recipient,
        "Some people could not be blocked.",
        "Only people who wrote within the last 24 hours can be blocked.",
    ),
    e(139_101, Fix, Number, "The block list is full.", "It holds 64,000 people; unblock some first."),
    e(139_102, Transient, Number, "The block list changed while it was being read.", "Read it again from the start.")
        .wait(Fixed { wait_s: 1 }),
    e(139_103, Transient, Number, "Meta failed to change the block list.", "Try again.").wait(Exponential {
        first_s: 1,
        factor: 2,
        cap_s: 60,
    }),
];
