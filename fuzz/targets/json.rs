//! The reader of JSON: what serde_json takes, and the same value; so is what it writes again.

#![no_main]

#[path = "../../tests/core/oracle.rs"]
mod oracle;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| oracle::compare(text));
