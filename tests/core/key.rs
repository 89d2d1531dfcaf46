//! The key is seen by the API alone.

use crate::scenario::{answer, done, fetch, poll, submit};
use cometapi_midjourney::api::Json;
use cometapi_midjourney::core::{check_api_key, without_key};
use serde_json::json;

#[test]
fn a_key_that_no_header_can_hold_is_refused_without_an_echo() {
    let keys = [
        json!(""),
        json!(" "),
        json!("sk-secret\n"),
        json!("\r\nsk-secret"),
        json!("sk secret"),
        json!(" sk-secret"),
        json!("sk-secret\0"),
        json!("sk-sécret"),
        json!("sk-secret…"),
        json!("“sk-secret”"),
        json!(5),
        json!(true),
        json!({"secret": 1}),
        json!(null),
    ];
    for key in keys {
        let error = check_api_key(&Json(key.clone())).expect_err(&key.to_string()).into_json().0;
        assert_eq!((&error["code"], &error["retryable"]), (&json!("invalid_argument"), &json!(false)));
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("apiKey") && !error.to_string().contains("cret"), "{message}");
    }
}

#[test]
fn a_key_is_taken_to_its_last_character() {
    for key in ["sk-0_9.~", "sk-!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~", "k"] {
        assert_eq!(check_api_key(&Json(json!(key))).unwrap(), key);
    }
}

#[test]
fn it_is_taken_out_of_what_comes_from_outside() {
    let key = "sk-0123456789";
    let table = [
        ("Bad key sk-0123456789 (sk-0123456789)", "Bad key [key] ([key])"),
        ("Bearer sk-0123456789", "Bearer [key]"),
        ("sk-0123456789", "[key]"),
        ("sk-012345678 is another", "sk-012345678 is another"),
        ("", ""),
    ];
    for (text, without) in table {
        assert_eq!(without_key(text.into(), key), without);
    }
}

#[test]
fn its_signs_are_no_pattern() {
    assert_eq!(without_key("a sk-$&.*(x)0 b".into(), "sk-$&.*(x)0"), "a [key] b");
    assert_eq!(without_key("sk-aaaaaaa".into(), "sk-......."), "sk-aaaaaaa");
}

#[test]
fn what_is_too_short_to_be_a_key_takes_nothing_out() {
    assert_eq!(without_key("short keys stay: ey".into(), "ey"), "short keys stay: ey");
    assert_eq!(without_key("none".into(), ""), "none");
}

#[test]
fn the_core_puts_it_nowhere() {
    for scenario in [submit(), fetch(), poll()] {
        let log = scenario.run(&[answer(500, ""), answer(401, ""), done()]);
        assert!(!format!("{log:?}").contains("sk-0123456789"));
    }
}
