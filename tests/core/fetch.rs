//! `fetchTask`: one look at a task.

use crate::scenario::{answer, dropped, fetch, not_sent, ok, pending, says, task, TASK};
use cometapi_midjourney::core::Answer;
use serde_json::json;

#[test]
fn it_is_one_get() {
    let log = fetch().run(&[pending()]);
    assert_eq!(log.urls, [format!("https://api.cometapi.com/mj/task/{TASK}/fetch")]);
    assert_eq!((log.bodies, log.timeouts, log.waits), (vec![String::new()], vec![30_000.0], vec![]));
}

#[test]
fn a_task_of_any_status_is_a_result() {
    for status in ["", "NOT_START", "SUBMITTED", "IN_PROGRESS", "SUCCESS", "MODAL", "FAILURE", "CANCEL", "NEW"] {
        assert!(fetch().run(&[task(status)]).outcome().is_ok(), "{status}");
    }
}

#[test]
fn after_the_retries_the_fault_is_told_with_what_to_do() {
    let table = [
        (dropped(), "connection", "network", true),
        (Answer::TimedOut, "request_timeout", "timeoutMs", true),
        (answer(429, ""), "rate_limit", "Try again later", true),
        (answer(503, ""), "server", "Try again later", true),
        (answer(400, r#"{"code":5,"description":"do_request_failed "}"#), "server", "Try again later", true),
        (ok("<!doctype html>"), "unexpected_response", "Check baseURL", false),
        (ok("{\"sta"), "unexpected_response", "Check baseURL", false),
    ];
    for (fault, code, remedy, retryable) in table {
        let log = fetch().run(std::slice::from_ref(&fault));
        assert_eq!((log.code(), log.sent.len()), (code, 3), "{fault:?}");
        assert!(log.message().contains(remedy), "{}", log.message());
        assert_eq!(log.error()["retryable"], retryable);
        assert_eq!((&log.error()["taskId"], &log.error()["state"]["taskId"]), (&json!(TASK), &json!(TASK)));
    }
}

#[test]
fn what_will_not_pass_ends_it_at_once() {
    let table = [
        (answer(401, r#"{"error":{"message":"bad key"}}"#), "authentication", "apiKey"),
        (answer(403, ""), "permission_denied", "rights"),
        (answer(301, ""), "unexpected_response", "redirects"),
        (answer(307, "<html>"), "unexpected_response", "redirects"),
        (answer(0, ""), "unexpected_response", "redirects"),
        (answer(400, r#"{"error":{"message":"odd"}}"#), "unexpected_response", "odd"),
        (answer(405, "<html>"), "unexpected_response", "Check baseURL"),
        (answer(500, r#"{"error":{"message":"x","code":"invalid_request"}}"#), "server", "x"),
        (not_sent(), "invalid_argument", "apiKey"),
    ];
    for (fatal, code, says_so) in table {
        let log = fetch().run(std::slice::from_ref(&fatal));
        assert_eq!((log.code(), log.sent.len()), (code, 1), "{fatal:?}");
        assert!(log.message().contains(says_so), "{}", log.message());
        assert_eq!((&log.error()["retryable"], &log.error()["taskId"]), (&json!(false), &json!(TASK)));
    }
}

#[test]
fn html_in_place_of_a_task_is_named_with_the_likely_cause() {
    for (status, body) in [(200, "<!DOCTYPE html>"), (200, "\n <html>"), (405, "<html>")] {
        let log = fetch().run(&[answer(status, body)]);
        assert!(log.message().contains("web page") && log.message().contains("/v1"), "{}", log.message());
    }
}

#[test]
fn a_404_that_is_a_web_page_is_a_wrong_address() {
    let log = fetch().run(&[answer(404, "<html>404 Not Found</html>")]);
    assert_eq!(log.code(), "unexpected_response");
    assert!(log.message().contains("Check baseURL"));
}

#[test]
fn a_wrong_task_is_no_answer() {
    let other = says(200, &json!({"id": "1773314942177685", "status": "SUCCESS"}));
    let log = fetch().run(&[other]);
    assert_eq!((log.code(), log.sent.len()), ("unexpected_response", 3));
    assert!(log.message().contains("not the one that was asked for"));
}

#[test]
fn a_task_without_an_id_is_the_one_that_was_asked_for() {
    for id in [json!(""), json!(null), json!({})] {
        assert_eq!(fetch().run(&[says(200, &json!({"id": id, "status": "SUCCESS"}))]).value()["id"], TASK);
    }
    assert_eq!(fetch().run(&[says(200, &json!({"status": "SUCCESS"}))]).value()["id"], TASK);
}
