//! The wasm side in real browsers: in pages and in workers, against the simulator over HTTP, from another origin.
//!
//! `cargo xtask test --only browser` starts the simulator and runs this file in each browser.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod abort;
mod host;
#[path = "../core/payloads.rs"]
mod payloads;
mod readers;
mod request;
mod support;
mod way;
