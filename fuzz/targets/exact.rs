//! Long integers become text; whatever else JSON holds stays as it is, and what is no JSON does not become any.

#![no_main]

use cometapi_midjourney::api::quote_long_integers;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let quoted = quote_long_integers(text);
    // Nothing is lost, and nothing but quotes is added.
    let mut rest = text.chars();
    let mut next = rest.next();
    for letter in quoted.chars() {
        if next == Some(letter) {
            next = rest.next();
        } else {
            assert_eq!(letter, '"');
        }
    }
    assert_eq!(next, None);
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return;
    };
    assert!(serde_json::from_str::<Value>(&quoted).is_ok_and(|read| is_same(&value, &read)), "{quoted}");
    // Once is enough.
    assert_eq!(quote_long_integers(&quoted), quoted);
});

/// But for text where a long integer was.
fn is_same(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Number(number), Value::String(digits)) => {
            let is_long = digits.len() >= 16 && digits.bytes().all(|byte| byte.is_ascii_digit());
            // (serde_json's doubles can be off by the last bit.)
            let number = number.as_f64().unwrap_or(f64::NAN);
            is_long && digits.parse().is_ok_and(|read: f64| (read - number).abs() <= number * 1e-15)
        }
        (Value::Number(number), same) => same.as_f64() == number.as_f64() && !is_long(number),
        (Value::Array(before), Value::Array(after)) => {
            before.len() == after.len() && before.iter().zip(after).all(|(before, after)| is_same(before, after))
        }
        (Value::Object(before), Value::Object(after)) => {
            before.len() == after.len()
                && before.iter().all(|(name, value)| after.get(name).is_some_and(|after| is_same(value, after)))
        }
        (before, after) => before == after,
    }
}

fn is_long(number: &serde_json::Number) -> bool {
    number.as_u64().is_some_and(|number| number >= 1_000_000_000_000_000)
}
