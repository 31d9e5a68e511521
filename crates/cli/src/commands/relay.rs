//! `relay`: pairing, and the desk's consoles.

use serde_json::Value;
use switchboard_bridge::dto::{ById, Nothing, RelayApprove, RelayLink, RelayPair, RelayRename, SecretInput};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_engine::api;

use super::document;
use crate::arguments::{Pair, Relay};
use crate::session::{Session, stdin};

pub(super) async fn run(session: &Session, command: Relay) -> Result<Value, UiError> {
    let console = session.open(false).await?;
    match command {
        Relay::Pair(Pair { name, yes }) => {
            let link = stdin()?.trim().to_owned();
            let leads_to =
                api::relay_pairing_inspect(&console, RelayLink { link: SecretInput::new(link.as_str()) }).await?;
            if !yes {
                return Err(UiError::new(
                    UiErrorCode::WrongState,
                    format!(
                        "The link leads to the relay {}, desk {}, fingerprint {}.",
                        leads_to.url, leads_to.desk, leads_to.fingerprint
                    ),
                    "Compare the fingerprint with the one shown beside the link; if it is the same, run this again with --yes.",
                ));
            }
            document(&api::relay_pair(&console, RelayPair { link: SecretInput::new(link), name }).await?)
        }
        Relay::Status => document(&api::relay_status(&console, Nothing {}).await?),
        Relay::Leave => document(&api::relay_leave(&console, Nothing {}).await?),
        Relay::Devices => document(&api::relay_devices(&console, Nothing {}).await?),
        Relay::Link => document(&api::relay_new_link(&console, Nothing {}).await?),
        Relay::Approve(approve) => {
            let request = RelayApprove { id: approve.id, words: approve.words };
            document(&api::relay_device_approve(&console, request).await?)
        }
        Relay::Rename { id, name } => document(&api::relay_device_rename(&console, RelayRename { id, name }).await?),
        Relay::Remove { id } => document(&api::relay_device_remove(&console, ById { id }).await?),
    }
}
