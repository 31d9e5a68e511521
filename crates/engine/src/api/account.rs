//! Connecting an account and its checklist.

use switchboard_bridge::UiError;
use switchboard_bridge::dto::{
    AccountConfirmStep, AccountConnect, AccountDiscover, AccountOverview, AccountReplaceToken, DiscoveredAccounts,
    Nothing,
};

use crate::{Console, account};

/// Which accounts does this token reach? Needs no open profile and saves nothing.
///
/// # Errors
/// `TokenRejected`, `AccountNotFound`, `GraphUnreachable`, `InvalidInput`.
pub async fn account_discover(request: AccountDiscover) -> Result<DiscoveredAccounts, UiError> {
    account::discover::discover(request).await
}

/// The connected account as stored.
///
/// # Errors
/// `NoProfile`.
pub async fn account_overview(console: &Console, _: Nothing) -> Result<AccountOverview, UiError> {
    account::overview::overview(console).await
}

/// Reads everything again, and counts what stopped the account as repaired.
///
/// # Errors
/// As [`account::recheck::recheck_by_operator`].
pub async fn account_recheck(console: &Console, _: Nothing) -> Result<AccountOverview, UiError> {
    account::recheck::recheck_by_operator(console).await
}

/// A new token for the same account.
///
/// # Errors
/// As [`account::recheck::replace_token`].
pub async fn account_replace_token(
    console: &Console,
    request: AccountReplaceToken,
) -> Result<AccountOverview, UiError> {
    account::recheck::replace_token(console, request).await
}

/// The operator confirms a step that cannot be checked.
///
/// # Errors
/// As [`account::recheck::confirm_step`].
pub async fn account_confirm_step(console: &Console, request: AccountConfirmStep) -> Result<AccountOverview, UiError> {
    account::recheck::confirm_step(console, request).await
}

/// Checks token, WABA and number and only then saves them into the open profile; then the rest of the checklist.
///
/// # Errors
/// What is wrong with token, WABA or number; the keychain's sentence. Nothing is saved then.
pub async fn account_connect(console: &Console, request: AccountConnect) -> Result<AccountOverview, UiError> {
    account::connect::connect(console, request).await
}
