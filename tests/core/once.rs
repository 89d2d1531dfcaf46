//! `pollOnce`: one request, no wait, and what to do next.

use crate::scenario::{
    answer, call, done, dropped, not_sent, ok, pending, says, task, with_headers, Log, Scenario, START, TASK,
};
use cometapi_midjourney::core::{Answer, Method};
use serde_json::{json, Value};

fn once() -> Scenario {
    call(Method::PollOnce, json!(TASK))
}

/// As it comes back from storage.
fn stored(value: &Value) -> Value {
    serde_json::from_str(&value.to_string()).unwrap()
}

fn state(log: &Log) -> Value {
    stored(&match log.outcome() {
        Ok(step) => step["state"].clone(),
        Err(error) => error["state"].clone(),
    })
}

#[test]
fn every_answer_costs_exactly_one_request_and_no_wait() {
    let answers = [
        pending(),
        done(),
        task("MODAL"),
        task("FAILURE"),
        task("CANCEL"),
        task(""),
        task("PAUSED"),
        dropped(),
        Answer::TimedOut,
        not_sent(),
        answer(401, ""),
        answer(403, ""),
        answer(404, ""),
        answer(429, ""),
        answer(500, ""),
        answer(503, "<html>"),
        ok("<html>"),
        ok(""),
        ok("null"),
        ok("{\"id\":"),
        answer(301, ""),
        with_headers(429, "", json!({"retry-after": "7"})),
    ];
    for given in answers {
        for scenario in [once(), once().submitted_ago(0.0), once().options(json!({"maxRetries": 9}))] {
            let log = scenario.run(std::slice::from_ref(&given));
            assert_eq!((log.sent.clone(), log.waits.len()), (vec![0.0], 0), "{given:?}");
            assert_eq!(log.urls, [format!("https://api.cometapi.com/mj/task/{TASK}/fetch")]);
            assert_eq!(state(&log)["taskId"], TASK, "{given:?}");
            assert_eq!(state(&log)["polls"], 1);
        }
    }
}

#[test]
fn a_task_that_goes_no_further_is_done() {
    for (word, status) in [
        ("SUCCESS", "SUCCESS"),
        ("MODAL", "MODAL"),
        ("FAILURE", "FAILURE"),
        ("FAILED", "FAILURE"),
        ("CANCEL", "CANCEL"),
    ] {
        let log = once().run(&[task(word)]);
        let step = log.value();
        assert_eq!((&step["done"], &step["task"]["status"]), (&json!(true), &json!(status)));
        assert_eq!((step.get("nextDelayMs"), &step["state"]["taskId"]), (None, &json!(TASK)));
    }
}

#[test]
fn one_that_does_is_not_and_says_when_to_come_back() {
    for (word, status) in
        [("", "NOT_START"), ("SUBMITTED", "SUBMITTED"), ("IN_PROGRESS", "IN_PROGRESS"), ("X", "UNKNOWN")]
    {
        let log = once().run(&[task(word)]);
        let step = log.value();
        assert_eq!((&step["done"], &step["task"]["status"]), (&json!(false), &json!(status)));
        assert_eq!((&step["nextDelayMs"], step.as_object().unwrap().len()), (&json!(4_000), 4));
    }
}

/// A state, so many ms after it was saved.
fn later(mut state: Value, ms: f64) -> Value {
    for name in ["beganAt", "workedFrom", "percentAt"] {
        if let Some(time) = state[name].as_f64() {
            state[name] = json!(time - ms);
        }
    }
    state
}

#[test]
fn a_loop_of_them_is_a_wait_with_its_cadence() {
    let mut subject = json!(TASK);
    let mut delays = Vec::new();
    for turn in 1..=8 {
        let log = once().subject(subject).run(&[says(200, &json!({"id": TASK, "status": "IN_PROGRESS"}))]);
        let delay = log.value()["nextDelayMs"].as_f64().unwrap();
        delays.push(delay);
        subject = later(state(&log), delay);
        assert_eq!(subject["polls"], turn);
    }
    assert_eq!(delays, [4_000.0, 4_000.0, 4_000.0, 6_000.0, 9_000.0, 13_500.0, 15_000.0, 15_000.0]);
    let end = once().subject(subject).run(&[done()]);
    assert_eq!((&end.value()["done"], &end.value()["state"]["polls"]), (&json!(true), &json!(9)));
}

#[test]
fn delays_differ_by_chance() {
    let old = json!({"v": 1, "taskId": TASK, "submittedAt": START - 20_000.0, "polls": 3, "delayMs": 5_000});
    let delay = |random: f64| {
        let log = once().subject(old.clone()).random(&[random]).run(&[task("UNHEARD")]);
        log.value()["nextDelayMs"].as_f64().unwrap()
    };
    // 50 % in 10 s leave 10, of which 7 are waited.
    assert_eq!((delay(0.0), delay(1.0)), (6_300.0, 7_700.0));
}

#[test]
fn a_server_that_asks_for_time_gets_it() {
    let body = r#"{"id":"1773314942177684","status":"SUBMITTED"}"#;
    let log = once().run(&[with_headers(200, body, json!({"retry-after": "40"}))]);
    assert_eq!(log.value()["nextDelayMs"], 40_000);
    let log = once().run(&[with_headers(200, body, json!({"retry-after": "1000000000"}))]);
    assert!(log.value()["nextDelayMs"].as_f64().unwrap() <= 900_000.0);
    let log = once().run(&[with_headers(429, "", json!({"retry-after": "40"}))]);
    assert_eq!((log.code(), &log.error()["retryAfterMs"]), ("rate_limit", &json!(40_000)));
}

#[test]
fn its_errors_say_how_to_come_back() {
    let table = [
        (dropped(), "connection", true),
        (Answer::TimedOut, "request_timeout", true),
        (answer(429, ""), "rate_limit", true),
        (answer(500, ""), "server", true),
        (answer(401, ""), "authentication", false),
        (answer(403, ""), "permission_denied", false),
        (answer(404, ""), "task_not_found", false),
        (answer(500, r#"{"error":{"code":"invalid_request","message":"x"}}"#), "server", false),
    ];
    for (given, code, retryable) in table {
        let log = once().run(&[given]);
        assert_eq!((log.code(), &log.error()["retryable"]), (code, &json!(retryable)));
        assert_eq!(once().subject(state(&log)).run(&[done()]).value()["done"], true);
    }
}

#[test]
fn whatever_a_wait_lives_through_has_hope() {
    for given in [answer(404, ""), ok("null"), answer(400, r#"{"code":4,"description":"task_no_found "}"#)] {
        assert_eq!(once().submitted_ago(1_000.0).run(&[given]).error()["retryable"], true, "not known yet");
    }
    for given in [ok("{\"id\":"), ok("<html>"), ok(r#"{"id":"1","status":"SUCCESS"}"#)] {
        assert_eq!(once().run(std::slice::from_ref(&given)).error()["retryable"], true, "{given:?}");
    }
}

#[test]
fn a_stale_modal_is_not_done() {
    let log = once().modal_answered(TASK, 5_000.0).run(&[task("MODAL")]);
    assert_eq!((&log.value()["done"], &log.value()["task"]["status"]), (&json!(false), &json!("MODAL")));
    assert_eq!(log.value()["state"]["modalAt"], START - 5_000.0);
    let again = once().subject(state(&log)).run(&[task("MODAL")]);
    assert_eq!(again.value()["done"], false);
    let old = json!({"v": 1, "taskId": TASK, "modalAt": START - 86_400_000.0, "polls": 1, "delayMs": 1});
    assert_eq!(once().subject(old).run(&[task("MODAL")]).value()["done"], false);
}

#[test]
fn it_takes_each_form_of_target_and_goes_on_as_a_wait() {
    let submit = json!({"kind": "submitted", "taskId": TASK, "code": 1, "description": "", "properties": {}});
    let seen = json!({"id": TASK, "status": "IN_PROGRESS", "progress": "", "percent": null, "buttons": [], "raw": {}});
    for subject in [submit.clone(), seen] {
        assert_eq!(once().subject(subject).run(&[pending()]).value()["done"], false);
    }
    assert_eq!(state(&once().subject(submit).run(&[pending()]))["submittedAt"], START);
    let wait = call(Method::PollUntilDone, state(&once().run(&[pending()]))).run(&[done()]);
    assert_eq!((&wait.value()["status"], wait.sent.clone()), (&json!("SUCCESS"), vec![1_000.0]));
}

#[test]
fn its_request_may_take_as_long_as_any_read() {
    assert_eq!(once().run(&[pending()]).timeouts, [30_000.0]);
    assert_eq!(once().options(json!({"timeoutMs": 5_000})).run(&[pending()]).timeouts, [5_000.0]);
    let log = once().options(json!({"timeoutMs": null})).run(&[pending()]);
    assert_eq!(log.timeouts, [30_000.0]);
}

#[test]
fn options_of_a_wait_mean_nothing_here() {
    let log = once().options(json!({"maxPolls": 0, "onModal": true, "initialDelayMs": 9_000})).run(&[task("MODAL")]);
    assert_eq!((&log.value()["done"], log.asked.len(), log.sent.clone()), (&json!(true), 0, vec![0.0]));
}

#[test]
fn bad_targets_are_told_before_anything_is_sent() {
    for (subject, code) in [(json!(""), "invalid_argument"), (json!(7), "invalid_argument"), (json!({"v": 2}), "state")]
    {
        let log = once().subject(subject).run(&[done()]);
        assert_eq!((log.code(), log.sent.len()), (code, 0));
    }
}
