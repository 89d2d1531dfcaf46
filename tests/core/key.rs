//! The key is seen by the API alone.

use crate::json::{json_of, value_of};
use crate::scenario::{answer, done, fetch, poll, submit, CANARY};
use cometapi_midjourney::core::{check_api_key, secret_of, without_key, Response};
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
        json!("\"sk-secret\""),
        json!("sk-\\secret"),
        json!(5),
        json!(true),
        json!({"secret": 1}),
        json!(null),
    ];
    for key in keys {
        let error = value_of(check_api_key(&json_of(key.clone())).expect_err(&key.to_string()).into_json());
        assert_eq!((&error["code"], &error["retryable"]), (&json!("invalid_argument"), &json!(false)));
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("apiKey") && !error.to_string().contains("cret"), "{message}");
    }
}

#[test]
fn a_key_is_taken_to_its_last_character() {
    for key in ["sk-0_9.~", "sk-!#$%&'()*+,/:;<=>?@[]^`{|}~", "k"] {
        assert_eq!(check_api_key(&json_of(json!(key))).unwrap(), key);
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
fn it_is_found_behind_the_escapes_of_json() {
    let key = "sk-0123/456789";
    for escaped in [r"sk-0123\/456789", r"sk\u002d0123\u002f456789"] {
        let body = ["{\"error\":\"no ", escaped, " \\n\"}"].concat();
        assert_eq!(without_key(body, key), r#"{"error":"no [key] \n"}"#);
    }
    assert_eq!(without_key(r"\ is no JSON, sk-0123/456789".into(), key), r"\ is no JSON, [key]");
    let long = r#"{"a":"\/","result":14001934816969359}"#;
    assert_eq!(without_key(long.into(), key), r#"{"a":"/","result":"14001934816969359"}"#);
}

#[test]
fn it_is_taken_out_of_the_id_of_a_request() {
    for header in ["x-request-id", "x-oneapi-request-id"] {
        let headers = json_of(json!({header: "of sk-0123456789"}));
        assert_eq!(Response::new(200, String::new(), headers, "sk-0123456789").request_id, "of [key]");
    }
}

#[test]
fn a_header_of_the_callers_own_holds_it_where_there_is_no_other() {
    let headers = |value: &str| json_of(json!({"authorization": value}));
    let table = [
        ("sk-0123456789", "Bearer sk-other", "sk-0123456789"),
        ("", "Bearer sk-0123456789", "sk-0123456789"),
        ("", "sk-0123456789", "sk-0123456789"),
        ("", "Bearer ", ""),
        ("", "", ""),
    ];
    for (key, header, secret) in table {
        assert_eq!(secret_of(key, &headers(header)), secret);
    }
    assert_eq!(secret_of("", &json_of(json!({}))), "");
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
        assert!(!format!("{log:?}").contains(CANARY));
    }
}
