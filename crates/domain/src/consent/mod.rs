//! Who may be sent what: one set of rules for the claim, the import, the window's explanations and the tests.
//!
//! A person's consent is a list of events that is only ever added to ([`ConsentEvent`]). [`fold()`] turns the list
//! into the present state, whatever order the events were recorded in, and [`may_receive`] asks that state one
//! question. Nothing else in the program decides about consent.

mod event;
mod fold;
mod gate;

pub use event::{ConsentEvent, EventKind, Precision, Purposes, Via};
pub use fold::{ConsentState, Decided, OptIn, Summary, carried_over_by_merge, fold};
pub use gate::{
    FOLLOW_UP, GateContext, MayReceive, Reachability, Reason, SendMode, Verdict, WITHHELD_FOR, may_receive,
    withheld_for,
};
