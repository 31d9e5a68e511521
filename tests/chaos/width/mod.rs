//! Width runs: one seed, one world, every promise checked at its end.

mod calm;
mod check;
mod clock;
mod engine;
mod hook;
mod limits;
mod meta;
mod plan;
mod restored;
mod rows;
mod rules;
mod run;
mod steps;
mod suite;
mod troubles;
mod webhooks;
mod world;
