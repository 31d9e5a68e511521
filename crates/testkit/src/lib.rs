//! For tests only: the real programs side by side on the loopback, and what must hold between them.
//!
//! The practice account is always a process of its own with a durable ledger, so that killing the console
//! never kills the truth. The console is `switchboard-cli run`, which can be killed with -9; the relay runs
//! in the test's own process and outlives both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "test support"
)]

pub mod canary;
pub mod counts;
pub mod database;
pub mod desk;
pub mod people;
pub mod programs;
pub mod seat;

pub use canary::Canaries;
pub use counts::{count, counted, nobody_twice};
pub use database::mark_newer;
pub use desk::{Desk, DeskOptions};
pub use people::{numbers, opt_in_list};
pub use seat::Seat;
