//! `account connect|show`.

use serde_json::Value;
use switchboard_bridge::UiError;
use switchboard_bridge::dto::{AccountConnect, Nothing, ProfileKind};
use switchboard_engine::profile::Profile;
use switchboard_engine::{EngineError, api};

use super::document;
use crate::arguments::{Account, Connect};
use crate::session::{Session, secret_input};

pub(super) async fn run(session: &Session, command: Account) -> Result<Value, UiError> {
    match command {
        Account::Connect(connect) => self::connect(session, connect).await,
        Account::Show => document(&api::account_overview(&session.open(false).await?, Nothing {}).await?),
    }
}

/// Makes the profile only if the account connects.
async fn connect(session: &Session, connect: Connect) -> Result<Value, UiError> {
    let token = secret_input(connect.token_file.as_deref())?;
    let profile = Profile::create(&session.data_dir, &session.profile, ProfileKind::Real).map_err(EngineError::from)?;
    let connected = async {
        let console = session.open_as(profile.clone(), true).await?;
        let request = AccountConnect {
            profile: session.profile.clone(),
            token,
            waba_id: connect.waba,
            phone_number_id: connect.phone_number,
            graph_url: connect.graph_url,
            graph_version: connect.graph_version,
        };
        let overview = api::account_connect(&console, request).await;
        console.close().await;
        overview
    }
    .await;
    match connected {
        Ok(overview) => document(&overview),
        Err(error) => {
            profile.discard(&session.secrets(&profile)).await?;
            Err(error)
        }
    }
}
