//! A submit of which nobody can say whether it was accepted: never sent again, told as what it is.

use crate::scenario::{answer, dropped, ok, says, submit, with_headers, TASK};
use cometapi_midjourney::core::Answer;
use serde_json::{json, Value};

fn unclear() -> Vec<Answer> {
    let html = "<html>gateway</html>";
    let mut all = vec![dropped(), Answer::TimedOut];
    for status in [408, 500, 501, 502, 503, 504, 520, 524, 529] {
        for body in ["", html, r#"{"error":{"message":"busy","code":""}}"#] {
            all.push(answer(status, body));
        }
    }
    all.extend([
        answer(500, r#"{"error":{"message":"x","code":"invalid_request"}}"#),
        answer(502, r#"{"error":{"message":"x","code":"model_not_found"}}"#),
        answer(503, r#"{"error":"model_not_found"}"#),
        answer(503, r#"{"error":{"message":"model_not_found"}}"#),
        // The gateway could not reach its upstream.
        answer(400, r#"{"code":5,"description":"do_request_failed ","type":"upstream_error"}"#),
        answer(429, r#"{"code":1,"description":"ok","result":"7"}"#),
        answer(400, r#"{"code":"5","description":"read_response_body_failed ","type":"upstream_error"}"#),
        ok(r#"{"code":5,"description":"unmarshal_response_body_failed "}"#),
        answer(400, r#"{"code":5,"descr"#),
        answer(400, ""),
        answer(400, html),
        // No answer to a submit.
        ok(html),
        ok(""),
        ok("null"),
        ok("[]"),
        ok("{}"),
        ok("true"),
        ok("1773315122000777"),
        ok(r#"[{"code":1,"result":"7"}]"#),
        answer(204, ""),
        ok(r#"{"error":{"message":"x"}}"#),
        ok(r#"{"description":"ok","result":"7"}"#),
        ok(r#"{"code":null,"description":"ok","result":"7"}"#),
        ok(r#"{"code":0,"description":"ok","result":"7"}"#),
        // Cut off.
        ok(r#"{"code":1,"description":"ok","resu"#),
        ok(r#"{"code":1,"description":"ok","result":"1773315122000777""#),
    ]);
    // Accepted, but which task?
    for code in [1, 21, 22] {
        for result in [json!(""), json!(null), json!(false), json!({}), json!([]), json!(-1), json!(1.5)] {
            all.push(says(200, &json!({"code": code, "description": "ok", "result": result})));
        }
        all.push(says(200, &json!({"code": code, "description": "ok"})));
    }
    all
}

#[test]
fn there_is_one_post_whatever_the_retries() {
    for answer in unclear() {
        let log = submit().options(json!({"maxRetries": 9})).run(&[answer.clone(), ok(r#"{"code":1,"result":"7"}"#)]);
        assert_eq!((log.code(), log.sent.len(), log.waits.len()), ("submit_uncertain", 1, 0), "{answer:?}");
    }
}

#[test]
fn it_is_told_as_what_it_is_with_what_to_do() {
    for answer in unclear() {
        let log = submit().run(std::slice::from_ref(&answer));
        let error = log.error();
        assert_eq!((&error["maybeAccepted"], &error["retryable"]), (&json!(true), &json!(false)), "{answer:?}");
        assert_eq!(error["taskId"], TASK);
        // There is something to wait for where the answer holds an id.
        assert_eq!(error["state"].is_null(), error["taskIds"].is_null(), "{error}");
        let message = log.message();
        assert!(message.contains("may have been accepted") && message.contains("Look at your tasks"), "{message}");
        for promise in ["Try again", "no task was made", "nothing was done"] {
            assert!(!message.contains(promise), "{message}");
        }
    }
}

#[test]
fn its_cause_is_what_happened() {
    let table = [
        (dropped(), "connection", Value::Null),
        (Answer::TimedOut, "request_timeout", Value::Null),
        (answer(524, "<html>"), "server", json!(524)),
        (answer(400, r#"{"code":5,"description":"do_request_failed "}"#), "server", json!(400)),
        (ok("<html>"), "unexpected_response", json!(200)),
        (ok(r#"{"code":1,"resu"#), "unexpected_response", json!(200)),
    ];
    for (answer, code, status) in table {
        let log = submit().run(std::slice::from_ref(&answer));
        let error = log.error();
        assert_eq!((&error["cause"]["code"], &error["cause"]["status"]), (&json!(code), &status), "{answer:?}");
        assert_eq!(error["status"], status, "the submit's error has it, too");
        assert!(log.message().contains(error["cause"]["message"].as_str().unwrap()));
    }
}

#[test]
fn what_fetch_threw_is_kept() {
    assert_eq!(submit().run(&[dropped()]).error()["cause"]["thrown"]["message"], "Failed to fetch");
}

#[test]
fn its_request_id_and_body_are_kept_for_support() {
    let log = submit().run(&[with_headers(502, "<html>bad gateway</html>", json!({"x-request-id": "r9"}))]);
    assert_eq!((&log.error()["requestId"], &log.error()["body"]), (&json!("r9"), &json!("<html>bad gateway</html>")));
}

#[test]
fn a_retry_after_does_not_make_it_safe() {
    for status in [500, 502, 503, 504] {
        let log = submit().run(&[with_headers(status, "", json!({"retry-after": "1"}))]);
        assert_eq!((log.code(), log.sent.len()), ("submit_uncertain", 1));
    }
}

#[test]
fn after_a_plain_refusal_the_next_post_is_as_uncertain_as_the_first() {
    for answer in [dropped(), Answer::TimedOut, answer_500()] {
        let log = submit().run(&[answer_429(), answer]);
        assert_eq!((log.code(), log.sent.len()), ("submit_uncertain", 2));
    }
}

fn answer_429() -> Answer {
    answer(429, "")
}

fn answer_500() -> Answer {
    answer(500, "")
}

#[test]
fn an_accepting_code_with_a_4xx_is_neither_yes_nor_no() {
    for code in [1, 21, 22] {
        let log = submit().run(&[says(400, &json!({"code": code, "description": "ok", "result": "7"}))]);
        assert_eq!(log.code(), "submit_uncertain", "{code}");
    }
}
