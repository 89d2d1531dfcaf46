//! What a wait can be gone on with: after an error, a reload, in another worker.

use crate::scenario::{answer, done, dropped, pending, poll, says, submit, task, Log, START, TASK};
use serde_json::{json, Value};

/// As it comes back from storage.
fn state(log: &Log) -> Value {
    serde_json::from_str(&log.error()["state"].to_string()).unwrap()
}

#[test]
fn a_wait_goes_on_from_the_state_of_any_of_its_errors() {
    let ended = [
        poll().options(json!({"timeoutMs": 5000})).run(&[pending()]),
        poll().options(json!({"maxPolls": 2})).run(&[pending()]),
        poll().run(&[dropped()]),
        poll().run(&[answer(401, "")]),
        poll().run(&[answer(404, "")]),
        poll().run(&[task("FAILURE")]),
    ];
    for first in ended {
        let polls = first.sent.len();
        let second = poll().subject(state(&first)).options(json!({"maxPolls": 1})).run(&[pending()]);
        assert_eq!(second.error()["state"]["polls"], polls + 1);
        let third = poll().subject(state(&second)).run(&[done()]);
        assert_eq!((third.value()["status"].as_str(), third.sent.len()), (Some("SUCCESS"), 1));
        assert!(third.bodies.iter().all(String::is_empty), "no second submit");
    }
}

#[test]
fn it_comes_back_as_it_was_saved() {
    let saved = json!({"v": 1, "taskId": TASK, "submittedAt": START - 9_000.0, "polls": 7, "delayMs": 4500});
    let log = poll().subject(saved).options(json!({"maxPolls": 1})).run(&[pending()]);
    let expected = json!({"v": 1, "taskId": TASK, "submittedAt": 1_773_314_991_000_i64, "seen": true, "polls": 8, "delayMs": 4000,
        "workedFrom": START as u64 - 4_000, "percent": 50, "percentAt": START as u64 + 1_000});
    // 9 s old, and 1 s older at the look: the work has begun in between.
    assert_eq!(state(&log), expected);
}

#[test]
fn a_resumed_wait_polls_soon_and_keeps_its_cadence() {
    let silent = [says(200, &json!({"id": TASK, "status": "IN_PROGRESS"}))];
    let saved = json!({"v": 1, "taskId": TASK, "polls": 5, "delayMs": 15000});
    let log = poll().subject(saved.clone()).options(json!({"maxPolls": 2})).run(&silent);
    assert_eq!(log.waits, [1_000.0, 15_000.0]);
    let log = poll().subject(saved.clone()).options(json!({"maxPolls": 2, "initialDelayMs": 7_000})).run(&silent);
    assert_eq!(log.waits, [7_000.0, 15_000.0]);
    let log = poll().subject(saved).options(json!({"maxPolls": 1, "minDelayMs": 9_000})).run(&silent);
    assert_eq!(log.waits, [9_000.0]);
}

#[test]
fn a_resumed_wait_has_a_deadline_and_a_budget_of_its_own() {
    let saved = json!({"v": 1, "taskId": TASK, "submittedAt": START - 3_600_000.0, "polls": 500, "delayMs": 15000});
    let log = poll().subject(saved.clone()).run(&[pending()]);
    assert!(log.code() == "poll_timeout" && log.ended > 897_000.0);
    assert_eq!(poll().subject(saved).options(json!({"maxPolls": 3})).run(&[pending()]).sent.len(), 3);
}

#[test]
fn it_is_small_and_holds_no_key_no_address_and_no_header() {
    let log = poll().submitted_ago(5.0).options(json!({"maxPolls": 1})).run(&[pending()]);
    let text = state(&log).to_string();
    assert!(text.len() < 200, "{text}");
    assert!(!text.contains("sk-") && !text.contains("http"));
    assert_eq!(state(&log)["submittedAt"], START - 5.0);
    assert_eq!(poll().run(&[answer(401, "")]).error()["state"].get("submittedAt"), None, "nobody knows");
}

#[test]
fn what_is_no_state_is_refused_without_an_echo() {
    let whole = json!({"v": 1, "taskId": TASK, "submittedAt": START, "polls": 5, "delayMs": 1});
    let mut broken = vec![
        json!({"v": 1}),
        json!({"v": 1, "xyzzy": 1}),
        json!({"v": 2, "secret": "xyzzy"}),
        json!({"v": 0, "taskId": TASK, "polls": 5, "delayMs": 1}),
        json!({"v": 2, "taskId": TASK, "polls": 5, "delayMs": 1}),
        json!({"v": "1", "taskId": TASK, "polls": 5, "delayMs": 1}),
        json!({"v": true, "taskId": TASK, "polls": 5, "delayMs": 1}),
        json!({"v": [1], "taskId": TASK, "polls": 5, "delayMs": 1}),
    ];
    for name in ["taskId", "polls", "delayMs"] {
        let mut cut = whole.clone();
        cut.as_object_mut().unwrap().remove(name);
        broken.push(cut);
        for bad in [Value::Null, json!("xyzzy/../"), json!(-1), json!(1.5), json!({}), json!(1e300), json!(true)] {
            let mut state = whole.clone();
            state[name] = bad;
            broken.push(state);
        }
    }
    for bad in [json!("yesterday"), json!(-5), json!(1.5), json!({})] {
        let mut state = whole.clone();
        state["submittedAt"] = bad;
        broken.push(state);
    }
    for state in broken {
        let log = poll().subject(state.clone()).run(&[done()]);
        assert_eq!((log.code(), log.sent.len()), ("state", 0), "{state}");
        assert!(!log.message().contains("xyzzy") && log.message().contains("pollUntilDone(taskId)"));
        assert_eq!(log.error()["retryable"], false);
    }
}

#[test]
fn members_of_tomorrow_are_no_trouble() {
    let saved = json!({"v": 1, "taskId": TASK, "polls": 5, "delayMs": 1, "submittedAt": null, "new": {"a": 1}});
    assert_eq!(poll().subject(saved).run(&[done()]).value()["status"], "SUCCESS");
}

#[test]
fn a_submits_error_has_no_state_to_poll() {
    assert_eq!(submit().run(&[dropped()]).error()["state"], Value::Null);
}
