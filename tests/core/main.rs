//! The core, natively and under virtual time, through its public surface. One file for each thing that it decides.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod act;
mod batch;
mod batch_cost;
mod button;
mod cadence;
mod deadline;
mod errors;
mod event;
mod faults;
mod fetch;
mod ids;
mod imagine;
mod json;
mod json_text;
mod key;
mod known;
mod list;
mod modal;
mod mode;
mod not_found;
mod on_modal;
mod once;
mod options;
mod oracle;
mod params;
mod payloads;
mod poll;
mod presses;
mod properties;
mod readers;
mod recorded;
mod retry;
mod retry_after;
mod scenario;
mod server;
mod several;
mod state;
mod submit;
mod submit_rejected;
mod submit_uncertain;
mod task;
mod unsent;
mod webhook;
mod world;
