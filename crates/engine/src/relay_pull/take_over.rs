//! Taking the sending lease over, asked for by whichever process the operator used.
//!
//! The wish is in the store, so that the command line can ask while a window holds the link, and so that it outlives a
//! reconnect. It is told once per connection: somebody who takes over in turn is not fought with.

use std::time::Duration;

use switchboard_relay_api::{LeaseWish, RelayLink};
use switchboard_store::tables::relay;
use switchboard_store::{Priority, StoreError};

use crate::Console;

/// A wish that could not be fulfilled for so long is given up. Longer than the four minutes after which a relay hands
/// over without the console that held the lease.
const GIVE_UP_AFTER: Duration = Duration::from_secs(15 * 60);

/// What was told on the connection at hand.
#[derive(Debug, Default)]
pub(super) struct TakingOver {
    told: bool,
}

impl TakingOver {
    /// What was told before a reconnect may be lost.
    pub(super) fn connected_anew(&mut self) {
        self.told = false;
    }

    /// Tells the relay the wish, or forgets it once it is fulfilled or too old.
    pub(super) async fn look(&mut self, console: &Console, link: &RelayLink) {
        let Ok(Some(row)) = console.store().read(relay::get).await else { return };
        let Some(asked_at) = row.take_over_asked_at else {
            self.told = false;
            return;
        };
        let state = link.state().borrow().clone();
        let is_ours = state.lease.as_ref().is_some_and(|lease| lease.is_for(row.device.as_str()));
        if is_ours || console.clock().now().since(asked_at) > GIVE_UP_AFTER {
            let forgotten = console.store().write(Priority::Inbound, |tx| {
                relay::ask_take_over(tx, None)?;
                tx.touch("relay")
            });
            if let Err::<(), StoreError>(error) = forgotten.await {
                tracing::warn!(%error, "forgetting that sending was to be taken over");
            }
        } else if state.is_connected() && !self.told {
            self.told = true;
            link.lease(LeaseWish::TakeOver);
        }
    }
}
