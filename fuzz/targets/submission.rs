//! A submission: its code no other one, its task's id exact.

#![no_main]

use cometapi_midjourney::api::{quote_long_integers, Json, Submission};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let Some(json) = Json::parse(&quote_long_integers(text)) else {
        return;
    };
    let submission = Submission::read(&json);
    match &json.0["code"] {
        Value::Number(code) => {
            // A number that is no code of a byte is never taken for one of those that accept.
            let code = code.as_f64().unwrap_or(f64::NAN);
            let is_code = (0.0..=255.0).contains(&code) && code.trunc() == code;
            assert_eq!(f64::from(submission.code), if is_code { code } else { 255.0 });
        }
        Value::String(code) => {
            if let Ok(number) = code.parse::<u8>() {
                assert_eq!(submission.code, number);
            }
        }
        _ => assert_eq!(submission.code, 0),
    }
    match &json.0["result"] {
        Value::String(id) => assert_eq!(submission.result, *id),
        Value::Number(id) if id.is_u64() => assert_eq!(submission.result, id.to_string()),
        Value::Number(id) => assert!(!id.is_i64() || submission.result.is_empty(), "no id is negative"),
        _ => assert!(submission.result.is_empty()),
    }
});
