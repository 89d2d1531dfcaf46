//! An error's body: its message a text of it, its request id a part of that.

#![no_main]

use cometapi_midjourney::api::{quote_long_integers, ErrorBody, Json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some(json) = Json::parse(&quote_long_integers(text)) else {
        return;
    };
    let body = ErrorBody::read(&json);
    let value = &json.0;
    let places = [&value["error"], &value["error"]["message"], &value["description"], &value["message"]];
    let said = places.iter().find_map(|place| place.as_str().filter(|text| !text.is_empty()));
    assert_eq!(body.message, said.unwrap_or_default());
    if let Some(code) = value["code"].as_f64() {
        assert_eq!(body.code, code);
    }
    let id = body.request_id();
    assert!(id.is_empty() || body.message.contains(&format!("(request id: {id})")));
    assert!(!id.contains(')'));
});
