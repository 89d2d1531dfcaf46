//! Midjourney through CometAPI, for web pages and edge workers: the Rust side of the npm package
//! `cometapi-midjourney`.
//!
//! | module | what is in it |
//! |---|---|
//! | [`api`] | what travels on the wire, read tolerantly |
//! | [`core`] | everything that decides, sans-IO, tested natively under virtual time |
//! | `web` | wasm32 only: drives the core with `fetch`, timers and `AbortSignal`, and exports it to JavaScript |
//!
//! In scope: starting a task's follow-up actions and waiting for tasks, without paying twice, hanging, losing a
//! task or leaking the key. Out of scope: other CometAPI models, and an HTTP client for native programs (the core
//! can be driven by any).

pub mod api;
pub mod core;
mod text;
#[cfg(target_arch = "wasm32")]
pub mod web;
