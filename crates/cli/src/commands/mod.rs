//! One function per noun; each calls [`switchboard_engine::api`] and shapes nothing but the request.

mod account;
mod audience;
mod campaign;
mod campaign_lines;
mod import;
mod inbox;
mod lint;
mod numbers;
mod people;
mod relay;
mod rights;
mod run;
mod settings;
mod webhook;

use serde::Serialize;
use serde_json::Value;
use switchboard_bridge::dto::{Nothing, TemplateListRequest};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_engine::api;

use crate::arguments::{Arguments, Command, Consent, Practice, Templates};
use crate::output::Answer;
use crate::session::Session;

/// Carries out the command.
pub(crate) async fn run(arguments: Arguments) -> Result<Answer, UiError> {
    // Reads what it is given and nothing else, so that it works before there is a profile.
    match arguments.command {
        Command::Webhook(command) => return webhook::run(command),
        Command::Templates(Templates::Lint { files, strict }) => return lint::run(&files, strict),
        Command::Consent(Consent::CheckProof { file }) => return rights::check_proof(&file),
        _ => {}
    }
    let session = Session::new(&arguments)?;
    match arguments.command {
        Command::Campaign(command) => campaign::run(&session, command).await,
        Command::Settings(command) => settings::settings(&session, command).await,
        command => of_a_profile(&session, command).await.map(Answer::from),
    }
}

async fn of_a_profile(session: &Session, command: Command) -> Result<Value, UiError> {
    match command {
        Command::Account(command) => account::run(session, command).await,
        Command::Templates(command) => templates(session, command).await,
        Command::Import(command) => import::run(session, command).await,
        Command::Contacts(command) => people::contacts(session, command).await,
        Command::Consent(command) => people::consent(session, command).await,
        Command::Suppression(command) => rights::suppression(session, command).await,
        Command::Campaign(command) => campaign::run(session, command).await.map(|answer| answer.data),
        Command::Rates(command) => settings::rates(session, command).await,
        Command::Numbers(command) => numbers::numbers(session, command).await,
        Command::Settings(command) => settings::settings(session, command).await.map(|answer| answer.data),
        Command::Inbox(command) => inbox::run(session, command).await,
        Command::Relay(command) => relay::run(session, command).await,
        Command::Webhook(command) => webhook::run(command).map(|answer| answer.data),
        Command::Run(options) => run::run(session, options).await,
        Command::Practice(Practice::Start { speed }) => run::practice(session, speed).await,
    }
}

async fn templates(session: &Session, command: Templates) -> Result<Value, UiError> {
    match command {
        Templates::Lint { files, strict } => lint::run(&files, strict).map(|answer| answer.data),
        Templates::Sync => document(&api::template_sync(&session.open(false).await?, Nothing {}).await?),
        Templates::List { search, sendable } => {
            let console = session.open(false).await?;
            let list = api::template_list(&console, TemplateListRequest { search, sendable_only: sendable }).await?;
            let total = u64::try_from(list.items.len()).unwrap_or(u64::MAX);
            Ok(crate::output::page(document(&list.items)?, 0, total))
        }
    }
}

/// A shape of the contract as JSON.
pub(crate) fn document<T: Serialize>(value: &T) -> Result<Value, UiError> {
    serde_json::to_value(value)
        .map_err(|_| UiError::new(UiErrorCode::Internal, "The answer could not be written.", "Report this."))
}
