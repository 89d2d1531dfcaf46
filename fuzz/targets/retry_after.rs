//! `Retry-After`: a time that is not negative, or nothing; whole seconds exactly.

#![no_main]

use cometapi_midjourney::api::{retry_after_ms, Json};
use libfuzzer_sys::fuzz_target;
use serde_json::{json, Value};

const NOW: f64 = 1_773_315_000_000.0;

fuzz_target!(|text: &str| {
    let ms = retry_after_ms(&headers(json!({"retry-after": text})), NOW);
    assert!(ms.is_nan() || ms >= 0.0);
    if let Ok(seconds) = text.parse::<u32>() {
        assert_eq!(ms, f64::from(seconds) * 1000.0);
    }
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        assert!(ms.is_nan(), "a time without a digit: {ms}");
    }
    // The other header goes first where it is a number.
    assert_eq!(retry_after_ms(&headers(json!({"retry-after-ms": "250", "retry-after": text})), NOW), 250.0);
    let in_ms = retry_after_ms(&headers(json!({"retry-after-ms": text})), NOW);
    assert!(in_ms.is_nan() || in_ms >= 0.0);
});

fn headers(value: Value) -> Json {
    Json::parse(&value.to_string()).unwrap_or_default()
}
