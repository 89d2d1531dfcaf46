//! A task that the gateway does not know: forgiven in the first seconds after its submit, an error at any other time.

use crate::scenario::{answer, done, fetch, ok, pending, poll, says, TASK};
use cometapi_midjourney::core::Answer;
use serde_json::json;

fn shapes() -> Vec<Answer> {
    vec![
        answer(400, r#"{"code":4,"description":"task_no_found ","type":"upstream_error"}"#),
        answer(400, r#"{"code":"4","description":"task_not_found","type":"upstream_error"}"#),
        answer(400, r#"{"code":5,"description":"task_no_found ","type":"upstream_error"}"#),
        answer(400, r#"{"error":"midjourney_task_not_found"}"#),
        answer(404, ""),
        answer(404, r#"{"code":3,"description":"x"}"#),
        answer(204, ""),
        ok(""),
        ok(" \n"),
        ok("null"),
        ok("{}"),
        ok("[]"),
        ok(r#"{"code":4,"description":"task_no_found "}"#),
    ]
}

#[test]
fn every_shape_is_the_same_error_at_once() {
    for missing in shapes() {
        for scenario in [fetch(), poll(), poll().submitted_ago(15_000.0), poll().submitted_ago(60_000.0)] {
            let log = scenario.run(std::slice::from_ref(&missing));
            assert_eq!((log.code(), log.sent.len()), ("task_not_found", 1), "{missing:?}");
            assert_eq!((&log.error()["taskId"], &log.error()["retryable"]), (&json!(TASK), &json!(false)));
            assert_eq!(log.error()["state"]["taskId"], TASK);
            assert!(log.message().contains(TASK) && log.message().contains("Check the id and the key"));
        }
    }
}

#[test]
fn right_after_its_submit_a_task_may_be_unknown() {
    for missing in shapes() {
        let log = poll().submitted_ago(1_000.0).run(&[missing.clone(), missing.clone(), done()]);
        assert_eq!((log.sent.len(), &log.value()["status"]), (3, &json!("SUCCESS")), "{missing:?}");
    }
}

#[test]
fn a_submits_result_from_elsewhere_is_taken_for_a_fresh_one() {
    for kind in ["submitted", "queued", "modal", "existing"] {
        let fresh = json!({"kind": kind, "taskId": TASK, "code": 1, "description": "", "properties": {}});
        assert_eq!(poll().subject(fresh).run(&[answer(404, ""), done()]).sent.len(), 2, "{kind}");
    }
}

#[test]
fn a_task_that_was_fetched_is_not_a_fresh_one() {
    let seen = json!({"id": TASK, "status": "IN_PROGRESS", "progress": ""});
    assert_eq!(poll().subject(seen).run(&[answer(404, ""), done()]).code(), "task_not_found");
}

#[test]
fn what_this_client_remembers_wins_over_the_moment_of_the_wait() {
    let old = json!({"kind": "submitted", "taskId": TASK});
    assert_eq!(poll().submitted_ago(14_000.0).subject(old).run(&[answer(404, ""), done()]).code(), "task_not_found");
}

#[test]
fn it_is_forgiven_for_fifteen_seconds_by_the_clock() {
    let log = poll().submitted_ago(0.0).run(&[answer(404, "")]);
    assert_eq!((log.code(), &log.sent[..]), ("task_not_found", &[2_000.0, 5_000.0, 9_500.0, 16_250.0][..]));
    let log = poll().submitted_ago(12_999.0).run(&[answer(404, ""), done()]);
    assert_eq!(log.sent.len(), 2);
    let log = poll().submitted_ago(13_000.0).run(&[answer(404, ""), done()]);
    assert_eq!(log.code(), "task_not_found");
}

#[test]
fn many_submits_at_once_are_all_remembered() {
    let mut scenario = poll().submitted_ago(1_000.0);
    for other in 0..1_000 {
        scenario = scenario.also_submitted(&other.to_string(), 0.0);
    }
    assert_eq!(scenario.run(&[answer(404, ""), done()]).sent.len(), 2);
}

#[test]
fn anothers_submit_is_no_excuse() {
    let log = poll().also_submitted("1773314942177685", 0.0).run(&[answer(404, ""), done()]);
    assert_eq!(log.code(), "task_not_found");
}

#[test]
fn the_last_of_two_submits_with_one_id_counts() {
    let log = poll().submitted_ago(14_000.0).also_submitted(TASK, 500.0).run(&[answer(404, ""), done()]);
    assert_eq!(log.sent.len(), 2);
}

#[test]
fn a_wait_that_is_gone_on_with_remembers_its_submit() {
    let state = |ago: f64| json!({"v": 1, "taskId": TASK, "submittedAt": crate::scenario::START - ago, "polls": 1, "delayMs": 1000});
    assert_eq!(poll().subject(state(2_000.0)).run(&[answer(404, ""), done()]).sent.len(), 2);
    assert_eq!(poll().subject(state(20_000.0)).run(&[answer(404, ""), done()]).code(), "task_not_found");
}

#[test]
fn a_task_that_was_there_and_is_gone_keeps_what_was_seen() {
    let log = poll().run(&[pending(), answer(404, "")]);
    assert_eq!((log.code(), &log.error()["task"]["progress"]), ("task_not_found", &json!("50%")));
}

#[test]
fn a_task_is_one_whatever_its_description_says() {
    let body = json!({"id": TASK, "status": "FAILURE", "description": "task_not_found", "failReason": "x"});
    assert_eq!(poll().run(&[says(200, &body)]).code(), "task_failed");
}
