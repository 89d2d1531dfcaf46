//! An error's body: its message a text of it, its request id a part of that.

#![no_main]

use cometapi_midjourney::api::{ErrorBody, Json};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let Some(json) = Json::parse(text) else {
        return;
    };
    // (But for a number that no double holds.)
    let Ok(value) = serde_json::from_str::<Value>(&json.stringify()) else {
        return;
    };
    let body = ErrorBody::read(&json);
    let places = [&value["error"], &value["error"]["message"], &value["description"], &value["message"]];
    let said = places.iter().find_map(|place| place.as_str().filter(|text| !text.is_empty()));
    assert_eq!(body.message, said.unwrap_or_default());
    if let Some(code) = value["code"].as_f64().filter(|code| (1e-290..1e290).contains(&code.abs())) {
        assert!((body.code - code).abs() <= code.abs() * 1e-13, "{} is not {code}", body.code);
    }
    let id = body.request_id();
    assert!(id.is_empty() || body.message.contains(&format!("(request id: {id})")));
    assert!(!id.contains(')'));
});
