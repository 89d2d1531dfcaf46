//! `parseTask`: a webhook's body, whatever it is.

use crate::json::{json_of, value_of};
use cometapi_midjourney::core::{look, Code};
use serde_json::{json, Value};

fn parse(payload: Value) -> Result<Value, Code> {
    look("parseTask", &json_of(payload), &json_of(Value::Null)).map(value_of).map_err(|error| error.code)
}

#[test]
fn a_body_is_a_task_as_text_and_parsed() {
    let body = json!({"id": "1773314942177684", "status": "IN_PROGRESS", "progress": "58%", "state": "job-42", "buttons": null});
    let from_text = parse(json!(body.to_string())).unwrap();
    assert_eq!(parse(body.clone()).unwrap(), from_text);
    assert_eq!((&from_text["percent"], &from_text["state"], &from_text["raw"]), (&json!(58), &json!("job-42"), &body));
}

#[test]
fn ids_in_text_are_exact_quoted_or_not() {
    for id in ["1773314942177684", "17733149421776840001", "9007199254740993"] {
        for shown in [id.to_owned(), format!("\"{id}\"")] {
            let text = format!(r#" {{"status":"SUCCESS","id":{shown}}} "#);
            assert_eq!(parse(json!(text)).unwrap()["id"], id);
        }
    }
}

#[test]
fn anything_else_is_an_unexpected_response() {
    let texts =
        ["", " ", "null", "{", "[]", "7", "\"x\"", "<html>", "undefined", r#"{"status":"SUCCESS"}"#, r#"{"id":"1"}"#];
    let values = [
        json!(null),
        json!(7),
        json!(true),
        json!([]),
        json!({}),
        json!({"id": "1"}),
        json!({"status": "SUCCESS"}),
        json!({"id": "", "status": "SUCCESS"}),
        json!({"id": {}, "status": "SUCCESS"}),
        json!({"error": {"message": "x"}}),
        json!([{"id": "1", "status": "SUCCESS"}]),
    ];
    for payload in texts.map(|text| json!(text)).into_iter().chain(values) {
        assert_eq!(parse(payload.clone()), Err(Code::UnexpectedResponse), "{payload}");
    }
}

#[test]
fn nothing_of_a_body_that_is_none_is_echoed() {
    let error = look("parseTask", &json_of(json!({"secret": "xyzzy"})), &json_of(Value::Null)).unwrap_err();
    assert!(!error.message.contains("xyzzy") && error.message.contains("as it was sent"), "{}", error.message);
}
