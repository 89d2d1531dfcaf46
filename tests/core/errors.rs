//! What an error says: what happened, to which task, and what to do next.

use crate::scenario::{dropped, reply, task, text, timed_out, Scenario, ID};
use serde_json::json;

#[test]
fn the_message_names_the_remedy() {
    let html = "<!DOCTYPE html><title>Comet</title>";
    let table = [
        (text(401, ""), "Check apiKey or COMETAPI_KEY"),
        (text(403, ""), "Check its rights"),
        (text(404, html), "Check baseURL (https://api.cometapi.com, no /v1)"),
        (text(301, ""), "Check baseURL (https://api.cometapi.com, no /v1)"),
        (text(0, ""), "the key is not sent on"),
        (text(429, ""), "Try again later."),
        (text(200, html), "before you submit it again"),
        (text(200, html), "Check baseURL (https://api.cometapi.com, no /v1)"),
        (dropped(), "Check the network"),
        (dropped(), "Failed to fetch"),
        (timed_out(), "timeoutMs"),
        (reply(200, &json!({"code": 4, "description": "bad mask"})), "bad mask"),
        (reply(200, &json!({"code": 24, "description": "no"})), "banned word"),
        (reply(200, &json!({"code": 23, "description": "no"})), "Try again later."),
    ];
    for (reply, part) in table {
        let run = Scenario::submit().always(reply);
        let message = run.error()["message"].as_str().unwrap();
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
}

#[test]
fn the_request_id_comes_from_a_header_or_the_message() {
    let body = |message: &str| reply(401, &json!({"error": {"message": message, "type": "comet_api_error"}}));
    let table = [
        (body("Invalid token (request id: 20260312abc)"), json!("20260312abc")),
        (body("无效的令牌 (request id: 20260312abc)"), json!("20260312abc")),
        (body("Invalid token (request id: inner)").header("x-request-id", "outer"), json!("outer")),
        (body("Invalid token (request id: inner)").header("x-oneapi-request-id", "one"), json!("one")),
        (body("m").header("x-request-id", "first").header("x-oneapi-request-id", "second"), json!("first")),
        (body("Invalid token"), json!(null)),
        (text(401, ""), json!(null)),
        (reply(401, &json!({"code": 4, "description": "d (request id: 7)"})), json!("7")),
    ];
    for (reply, expected) in table {
        let run = Scenario::fetch().run([reply]);
        assert_eq!(run.error()["requestId"], expected);
    }
}

#[test]
#[ignore = "BUG: ErrorBody::request_id takes all that follows `(request id: `, not only up to the bracket's end"]
fn the_request_id_ends_at_its_bracket() {
    for message in
        ["Invalid token (request id: 20260312abc). See the docs", "m (request id: 20260312abc) (request id: b)"]
    {
        let run = Scenario::fetch().run([reply(401, &json!({"error": {"message": message}}))]);
        assert_eq!(run.error()["requestId"], "20260312abc", "{message}");
    }
}

#[test]
fn the_body_is_kept_up_to_2000_bytes_of_whole_characters() {
    for (body, kept) in [("x".repeat(1999), 1999), ("x".repeat(2000), 2000), ("x".repeat(9000), 2000)] {
        let run = Scenario::fetch().run([text(401, &body)]);
        assert_eq!(run.error()["body"].as_str().unwrap().len(), kept);
    }
    let run = Scenario::fetch().run([text(401, &"图".repeat(1000))]);
    assert_eq!(run.error()["body"], "图".repeat(666));
    let run = Scenario::fetch().run([text(401, "")]);
    assert!(run.error()["body"].is_null());
}

#[test]
fn a_long_message_of_the_server_is_shortened_in_ours() {
    let run = Scenario::fetch().run([reply(401, &json!({"error": {"message": "图".repeat(5000)}}))]);
    assert!(run.error()["message"].as_str().unwrap().len() < 400);
}

#[test]
fn says_whether_the_same_call_can_be_made_again() {
    let passing = [
        (text(429, ""), "rate_limit"),
        (text(500, ""), "server"),
        (text(502, "<html>"), "server"),
        (text(503, ""), "server"),
        (text(504, ""), "server"),
        (text(524, ""), "server"),
        (dropped(), "connection"),
        (timed_out(), "request_timeout"),
    ];
    let ended = [
        (text(401, ""), "authentication"),
        (text(403, ""), "permission_denied"),
        (text(404, ""), "task_not_found"),
        (text(301, ""), "unexpected_response"),
        (reply(400, &json!({"code": 4, "description": "task_no_found "})), "task_not_found"),
        (reply(500, &json!({"error": {"code": "invalid_request", "message": "m"}})), "server"),
    ];
    for (reply, code) in passing {
        let run = Scenario::fetch().always(reply);
        assert_eq!((run.code(), run.sends.len()), (code, 3));
        assert_eq!(run.error()["retryable"], true, "{code}");
    }
    for (reply, code) in ended {
        let run = Scenario::fetch().always(reply);
        assert_eq!((run.code(), run.sends.len()), (code, 1));
        assert_eq!(run.error()["retryable"], false, "{code}");
    }
}

#[test]
fn says_how_long_the_server_wants_to_be_left_alone() {
    let run = Scenario::fetch().options(json!({"maxRetries": 0})).run([text(429, "").header("retry-after", "7")]);
    assert_eq!(run.error()["retryAfterMs"], 7000);
    let run = Scenario::fetch().options(json!({"maxRetries": 0})).run([text(429, "")]);
    assert!(run.error()["retryAfterMs"].is_null());
}

#[test]
fn a_failed_fetch_can_be_gone_on_with_as_a_wait() {
    let run = Scenario::fetch().run([text(401, "")]);
    assert_eq!(run.error()["taskId"], ID);
    let state = run.error()["state"].clone();
    assert_eq!(Scenario::poll().subject(state).run([task("SUCCESS", "100%")]).value()["id"], ID);
}

#[test]
fn a_fetch_is_tried_again_after_a_passing_fault() {
    let run = Scenario::fetch().run([text(502, "<html>"), dropped(), task("IN_PROGRESS", "5%")]);
    assert_eq!(run.value()["percent"], 5);
    assert_eq!(run.waits, [1_500.0, 2_500.0]);
    assert_eq!(run.sends[0].url, format!("https://api.cometapi.com/mj/task/{ID}/fetch"));
    assert_eq!((run.sends[0].body.as_str(), run.sends[0].timeout_ms), ("", 30_000.0));
}

#[test]
fn the_key_is_not_in_an_error() {
    for reply in [text(401, ""), text(500, ""), dropped(), timed_out()] {
        let run = Scenario::fetch().always(reply);
        assert!(!run.error().to_string().contains("sk-0123456789abcdef"));
    }
}
