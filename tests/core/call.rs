use crate::scenario::{answer, done, dropped, fetch, ok, pending, with_headers, TASK};
use cometapi_midjourney::core::Answer;
use serde_json::json;

#[test]
fn a_task_is_fetched_with_one_get() {
    let log = fetch().run(&[pending()]);
    assert_eq!(log.urls, [format!("https://api.cometapi.com/mj/task/{TASK}/fetch")]);
    assert_eq!((log.bodies[0].as_str(), log.timeouts[0]), ("", 30_000.0));
    assert_eq!(log.value()["status"], "IN_PROGRESS");
}

#[test]
fn a_passing_fault_is_tried_again() {
    for fault in [dropped(), Answer::TimedOut, answer(429, ""), answer(500, ""), answer(502, "<html>"), ok("{\"sta")] {
        let log = fetch().run(&[fault.clone(), done()]);
        assert_eq!((log.sent.len(), &log.value()["status"]), (2, &json!("SUCCESS")), "{fault:?}");
    }
}

#[test]
fn after_the_retries_the_fault_is_told_with_what_to_do() {
    let table = [
        (dropped(), "connection", "network"),
        (Answer::TimedOut, "request_timeout", "timeoutMs"),
        (answer(429, ""), "rate_limit", "Try again later"),
        (answer(503, ""), "server", "Try again later"),
        (ok("<!doctype html>"), "unexpected_response", "Check baseURL"),
        (ok("{\"sta"), "unexpected_response", "Check baseURL"),
    ];
    for (fault, code, remedy) in table {
        let log = fetch().run(std::slice::from_ref(&fault));
        assert_eq!((log.code(), log.sent.len()), (code, 3), "{fault:?}");
        assert!(log.message().contains(remedy), "{}", log.message());
        assert_eq!(log.error()["taskId"], TASK);
        assert_eq!(log.error()["state"]["taskId"], TASK);
    }
}

#[test]
fn what_will_not_pass_ends_it_at_once() {
    let table = [
        (answer(401, r#"{"error":{"message":"bad key"}}"#), "authentication"),
        (answer(403, ""), "permission_denied"),
        (answer(301, ""), "unexpected_response"),
        (answer(0, ""), "unexpected_response"),
        (answer(400, r#"{"error":{"message":"odd"}}"#), "unexpected_response"),
        (answer(500, r#"{"error":{"message":"x","code":"invalid_request"}}"#), "server"),
        (answer(400, r#"{"code":4,"description":"task_no_found ","type":"upstream_error"}"#), "task_not_found"),
        (answer(404, ""), "task_not_found"),
        (answer(204, ""), "task_not_found"),
        (ok("null"), "task_not_found"),
    ];
    for (fatal, code) in table {
        let log = fetch().run(std::slice::from_ref(&fatal));
        assert_eq!((log.code(), log.sent.len()), (code, 1), "{fatal:?}");
        assert_eq!(log.error()["retryable"], false);
    }
}

#[test]
fn the_request_id_comes_from_a_header_or_from_the_message() {
    let body = r#"{"error":{"message":"no (request id: 20260205ab)"}}"#;
    assert_eq!(fetch().run(&[answer(401, body)]).error()["requestId"], "20260205ab");
    for header in ["x-request-id", "x-oneapi-request-id"] {
        let log = fetch().run(&[with_headers(401, body, json!({header: "h1"}))]);
        assert_eq!(log.error()["requestId"], "h1");
    }
    assert_eq!(fetch().run(&[answer(401, "")]).error()["requestId"], json!(null));
}

#[test]
fn the_request_id_ends_at_its_bracket() {
    let log = fetch().run(&[answer(401, r#"{"error":{"message":"no (request id: ab12). See (the docs)"}}"#)]);
    assert_eq!(log.error()["requestId"], "ab12");
}

#[test]
fn a_long_body_is_shortened_at_a_whole_character() {
    let log = fetch().run(&[answer(403, &"é".repeat(3_000))]);
    assert_eq!(log.error()["body"].as_str().unwrap(), "é".repeat(1_000));
}

#[test]
fn the_calls_options_win_over_the_clients() {
    let client = json!({"apiKey": "k", "timeoutMs": 9, "maxRetries": 7});
    let log =
        fetch().client(client.clone()).options(json!({"timeoutMs": 5000, "maxRetries": 0})).run(&[answer(500, "")]);
    assert_eq!((log.sent.len(), log.timeouts[0]), (1, 5000.0));
    let log = fetch().client(client).options(json!({"maxRetries": 0})).run(&[answer(500, "")]);
    assert_eq!(log.timeouts[0], 9.0);
}
