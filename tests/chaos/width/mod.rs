//! Width runs: one seed, one world, every promise checked at its end.

mod check;
mod clock;
mod engine;
mod hook;
mod meta;
mod plan;
mod rows;
mod run;
mod suite;
mod webhooks;
mod world;
