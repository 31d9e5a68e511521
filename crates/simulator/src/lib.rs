//! The practice account: plays Meta's side of the WhatsApp Business Cloud API on the loopback.
//!
//! It answers the Graph API in the versions that answer today, validates by the documented rules, sends
//! signed webhooks, and keeps a durable practice ledger of what it really accepted. It imports
//! nothing of the console and follows the documentation on its own, so that a mistake in one is
//! caught by the other. Tests run it as a process of its own; practice mode runs it inside the app:
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use tokio_util::sync::CancellationToken;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let config = switchboard_simulator::SimulatorConfig::new("/tmp/practice", 7);
//! let stop = CancellationToken::new();
//! let running = switchboard_simulator::start(listener, config, stop.clone()).await?;
//! println!("{}", running.graph_url);
//! stop.cancel();
//! running.wait().await;
//! # Ok(()) }
//! ```

mod account_events;
mod clock;
mod config;
mod control;
mod crowd;
mod db;
mod faults;
mod graph;
mod ledger;
mod limits;
mod model;
mod phone;
mod review;
mod running;
mod secrets;
mod server;
mod shop;
mod upkeep;
mod webhooks;
mod world;

pub use config::{Mode, Mood, SimulatorConfig};
pub use control::handle::{Control, ControlError, CustomerCard, Medium, PhoneButton, PhoneLine};
pub use control::stage::{ApprovedTemplate, Likeness};
pub use running::{Running, start};
pub use shop::{SHOP_NAME, sample_list_csv};
