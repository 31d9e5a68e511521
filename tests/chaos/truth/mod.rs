//! Truth runs: the real programs, real sockets, and kills at named points.
//!
//! The point and the hit come from the environment of the program, which says so on stderr and kills itself with
//! SIGKILL. The practice account is a process of its own that nothing kills: its ledger is the truth.

mod kills;
mod truth_check;
