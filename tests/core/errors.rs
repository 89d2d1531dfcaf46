//! The record that becomes an error in the package: what is in it, and what is not.

use crate::json::json_of;
use crate::scenario::{answer, dropped, fetch, ok, pending, poll, says, submit, with_headers, Log, CANARY, TASK};
use cometapi_midjourney::core::{Answer, Code};
use serde_json::{json, Value};

/// One of every kind that an answer can bring about.
fn some() -> Vec<Log> {
    let failed = json!({"id": TASK, "status": "FAILURE", "progress": "100%", "failReason": "no"});
    vec![
        fetch().run(&[answer(401, "x")]),
        fetch().run(&[answer(403, "x")]),
        fetch().run(&[answer(404, "x")]),
        fetch().run(&[answer(429, "x")]),
        fetch().run(&[answer(500, "x")]),
        fetch().run(&[ok("<html>")]),
        fetch().run(&[dropped()]),
        fetch().run(&[Answer::TimedOut]),
        submit().run(&[ok(r#"{"code":4,"description":"x"}"#)]),
        submit().run(&[dropped()]),
        poll().run(&[says(200, &failed)]),
        poll().run(&[pending()]),
        poll().options(json!({"maxPolls": 1})).run(&[pending()]),
        poll().subject(json!({"v": 1})).run(&[pending()]),
        poll().subject(json!("")).run(&[pending()]),
    ]
}

#[test]
fn every_kind_has_a_code_a_message_and_says_whether_to_try_again() {
    let mut codes: Vec<_> = some().iter().map(|log| log.code().to_owned()).collect();
    for log in some() {
        assert!(log.message().len() > 20 && log.error()["retryable"].is_boolean(), "{:?}", log.error());
        assert!(log.message().ends_with('.'), "{}", log.message());
    }
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 15, "{codes:?}");
}

#[test]
fn every_one_of_them_names_its_task() {
    for log in some() {
        let has_task = !matches!(log.code(), "invalid_argument" | "state");
        assert_eq!(log.message().contains(TASK), has_task, "{}", log.message());
        assert_eq!(log.error()["taskId"] == TASK, has_task, "{}", log.message());
    }
}

#[test]
fn a_failure_without_words_is_told_without_brackets_for_them() {
    let log = fetch().run(&[Answer::Dropped(json_of(json!({})))]);
    assert!(log.message().contains("there was no connection. Check"), "{}", log.message());
}

#[test]
fn codes_are_words_in_lower_case() {
    use Code::*;
    let table = [
        (InvalidArgument, "invalid_argument"),
        (Authentication, "authentication"),
        (PermissionDenied, "permission_denied"),
        (RateLimit, "rate_limit"),
        (Server, "server"),
        (UnexpectedResponse, "unexpected_response"),
        (Connection, "connection"),
        (RequestTimeout, "request_timeout"),
        (SubmitRejected, "submit_rejected"),
        (SubmitUncertain, "submit_uncertain"),
        (TaskNotFound, "task_not_found"),
        (TaskFailed, "task_failed"),
        (PollTimeout, "poll_timeout"),
        (PollBudget, "poll_budget"),
        (State, "state"),
    ];
    for (code, word) in table {
        assert_eq!(code.word(), word);
    }
}

#[test]
fn only_what_can_be_made_again_as_it_is_is_retryable() {
    let again = ["rate_limit", "server", "connection", "request_timeout", "poll_timeout", "poll_budget"];
    for log in some() {
        assert_eq!(log.error()["retryable"], again.contains(&log.code()), "{}", log.code());
    }
}

#[test]
fn every_error_of_an_answer_has_its_status_and_body() {
    for status in [401, 403, 404, 429, 500, 503] {
        let log = fetch().run(&[answer(status, "the body")]);
        assert_eq!((&log.error()["status"], &log.error()["body"]), (&json!(status), &json!("the body")));
        assert!(log.message().contains(&format!("HTTP {status}")));
    }
}

#[test]
fn what_the_server_says_is_quoted_from_any_of_its_shapes() {
    let table = [
        r#"{"error":{"message":"it says so","type":"comet_api_error","param":"","code":""}}"#,
        r#"{"error":{"message":"it says so","code":null}}"#,
        r#"{"error":"it says so"}"#,
        r#"{"code":4,"description":"it says so ","type":"upstream_error"}"#,
        r#"{"message":"it says so"}"#,
        r#"{"error":{},"message":"it says so"}"#,
    ];
    for body in table {
        let log = fetch().run(&[answer(403, body)]);
        assert!(log.message().ends_with("(HTTP 403: it says so)."), "{}", log.message());
    }
}

#[test]
fn what_says_nothing_is_not_quoted() {
    for body in ["", "null", "<html>", "[]", r#"{"error":null}"#, r#"{"error":{"message":5}}"#, "{\"error\":{\"mess"] {
        let log = fetch().run(&[answer(403, body)]);
        assert!(log.message().ends_with("(HTTP 403)."), "{}", log.message());
    }
}

#[test]
fn the_request_id_comes_from_a_header_or_from_the_message() {
    let body = r#"{"error":{"message":"no (request id: 20260205ab). See (the docs)"}}"#;
    assert_eq!(fetch().run(&[answer(401, body)]).error()["requestId"], "20260205ab");
    for header in ["x-request-id", "x-oneapi-request-id"] {
        let log = fetch().run(&[with_headers(401, body, json!({header: "h1"}))]);
        assert_eq!(log.error()["requestId"], "h1");
    }
    let relay = r#"{"code":4,"description":"坏 (request id: ab)","type":"upstream_error"}"#;
    assert_eq!(submit().run(&[answer(400, relay)]).error()["requestId"], "ab");
    for none in ["", r#"{"error":{"message":"(request id: never ends"}}"#, r#"{"error":{"message":"(request id: )"}}"#]
    {
        assert_eq!(fetch().run(&[answer(401, none)]).error()["requestId"], Value::Null, "{none}");
    }
}

#[test]
fn long_texts_are_shortened_at_a_whole_character() {
    let log = fetch().run(&[answer(403, &"é".repeat(3_000))]);
    assert_eq!(log.error()["body"].as_str().unwrap(), "é".repeat(1_000));
    let log = fetch().run(&[says(403, &json!({"error": format!("x{}", "一".repeat(500))}))]);
    assert!(log.message().len() < 400, "{}", log.message());
}

#[test]
fn a_wish_of_the_server_is_on_whatever_error_it_came_with() {
    for status in [401, 403, 429, 500, 503] {
        let log =
            fetch().options(json!({"maxRetries": 0})).run(&[with_headers(status, "", json!({"retry-after": "7"}))]);
        assert_eq!(log.error()["retryAfterMs"], 7_000, "{status}");
    }
    assert_eq!(fetch().run(&[answer(429, "")]).error().get("retryAfterMs"), None);
}

#[test]
fn the_key_is_in_no_error() {
    for log in some() {
        assert!(!log.error().to_string().contains(CANARY));
    }
}
