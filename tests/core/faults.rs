//! Reads forgive: what a wait lives through, and what ends it at once.

use crate::scenario::{answer, done, dropped, ok, pending, poll, says, with_headers, TASK};
use cometapi_midjourney::core::Answer;
use serde_json::{json, Value};

fn wrong_id() -> Answer {
    ok(r#"{"id":"9999999999999999","status":"SUCCESS","progress":"100%"}"#)
}

fn passing() -> Vec<Answer> {
    let mut all: Vec<_> = [408, 429, 500, 501, 502, 503, 504, 520, 524].map(|status| answer(status, "<html>")).into();
    all.extend([
        dropped(),
        Answer::TimedOut,
        answer(429, ""),
        answer(503, r#"{"error":{"message":"x","code":"model_not_found"}}"#),
        answer(400, r#"{"code":5,"description":"do_request_failed ","type":"upstream_error"}"#),
        ok("<html>"),
        ok(r#"{"id": "17"#),
        ok(r#"{"hello": 1}"#),
        ok("5"),
        wrong_id(),
    ]);
    all
}

#[test]
fn five_faults_in_a_row_pass() {
    for fault in passing() {
        let mut answers = vec![fault.clone(); 5];
        answers.push(done());
        let log = poll().run(&answers);
        assert_eq!((&log.value()["status"], log.sent.len()), (&json!("SUCCESS"), 6), "{fault:?}");
    }
    let mixed = [dropped(), answer(500, ""), ok("<html>"), wrong_id(), Answer::TimedOut, done()];
    assert_eq!(poll().run(&mixed).value()["status"], "SUCCESS");
}

#[test]
fn the_sixth_ends_it_with_all_of_them_behind_it() {
    for fault in passing() {
        let log = poll().run(std::slice::from_ref(&fault));
        assert_eq!(log.sent.len(), 6, "{fault:?}");
        let mut chain = log.error();
        for _ in 0..5 {
            chain = &chain["cause"];
            assert_eq!(chain["code"], log.code(), "{chain}");
        }
        assert_eq!(chain["cause"], Value::Null);
        assert_eq!((&log.error()["taskId"], &log.error()["state"]["taskId"]), (&json!(TASK), &json!(TASK)));
        for part in ["6 times in a row", TASK, "pollUntilDone(error.state)"] {
            assert!(log.message().contains(part), "{}", log.message());
        }
    }
}

#[test]
fn the_chain_is_in_order_the_newest_first() {
    let faults = [500, 501, 502, 503, 504, 520].map(|status| answer(status, ""));
    let log = poll().run(&faults);
    let mut statuses = vec![];
    let mut error = log.error();
    while !error.is_null() {
        statuses.push(error["status"].as_u64().unwrap());
        error = &error["cause"];
    }
    assert_eq!(statuses, [520, 504, 503, 502, 501, 500]);
}

#[test]
fn how_many_are_lived_through_can_be_set() {
    for most in [0, 1, 9] {
        let log = poll().options(json!({"maxConsecutiveErrors": most})).run(&[dropped()]);
        assert_eq!((log.code(), log.sent.len()), ("connection", most + 1));
    }
}

#[test]
fn a_success_resets_the_count_and_the_chain() {
    let mut answers = vec![];
    for _ in 0..3 {
        answers.extend(vec![dropped(); 5]);
        answers.push(pending());
    }
    answers.push(done());
    assert_eq!(poll().options(json!({"timeoutMs": null})).run(&answers).sent.len(), 19);
    let log = poll().options(json!({"maxConsecutiveErrors": 1})).run(&[dropped(), pending(), dropped()]);
    let causes = [&log.error()["cause"]["code"], &log.error()["cause"]["cause"]];
    assert_eq!((causes, log.sent.len()), ([&json!("connection"), &Value::Null], 4));
}

#[test]
fn faults_wait_their_turn_as_polls_do() {
    let log = poll().run(&[dropped()]);
    assert_eq!(log.waits, [6_000.0, 4_000.0, 5_000.0, 7_500.0, 11_250.0, 15_000.0]);
}

#[test]
fn fatal_answers_end_it_at_once() {
    let table = [
        (answer(401, ""), "authentication"),
        (answer(403, ""), "permission_denied"),
        (answer(302, ""), "unexpected_response"),
        (answer(0, ""), "unexpected_response"),
        (answer(400, r#"{"error":{"message":"odd"}}"#), "unexpected_response"),
        (answer(500, r#"{"error":{"code":"invalid_request","message":"x"}}"#), "server"),
    ];
    for (fatal, code) in table {
        for ago in [1.0, 60_000.0] {
            let log = poll().submitted_ago(ago).run(&[pending(), fatal.clone()]);
            assert_eq!((log.code(), log.sent.len()), (code, 2));
            let error = log.error();
            assert_eq!((&error["task"]["status"], &error["retryable"]), (&json!("IN_PROGRESS"), &json!(false)));
            assert_eq!((&error["taskId"], &error["state"]["polls"]), (&json!(TASK), &json!(2)));
        }
    }
}

#[test]
fn an_answer_about_another_task_is_not_taken() {
    let log = poll().run(&[wrong_id(), done()]);
    assert_eq!((&log.value()["id"], log.reports.len()), (&json!(TASK), 1));
    let failed = says(200, &json!({"id": "1", "status": "FAILURE"}));
    assert_eq!(poll().run(&[failed, done()]).value()["status"], "SUCCESS");
}

#[test]
fn a_servers_wish_lengthens_the_next_wait_alone() {
    let wish = with_headers(429, "", json!({"retry-after": "10"}));
    let silent = says(200, &json!({"id": TASK, "status": "IN_PROGRESS"}));
    let log = poll().run(&[wish, silent, done()]);
    assert_eq!(log.waits, [6_000.0, 10_000.0, 8_000.0]);
}
