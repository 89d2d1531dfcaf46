//! The core, natively and under virtual time, through its public surface. One file for each thing that it decides.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod call;
mod deadline;
mod exact;
mod faults;
mod poll;
mod retry_after;
mod scenario;
mod state;
mod submit;
mod task;
mod wrong;
