//! A task that the gateway does not know: an error at once for an id that nothing is known of, a passing fault for a task
//! whose submit is known, or that was seen (a gateway whose database is away says the same).

use crate::scenario::{answer, done, fetch, ok, pending, poll, says, START, TASK};
use cometapi_midjourney::core::{Answer, Memory};
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
        for scenario in [fetch(), poll()] {
            let log = scenario.run(std::slice::from_ref(&missing));
            assert_eq!((log.code(), log.sent.len()), ("task_not_found", 1), "{missing:?}");
            assert_eq!((&log.error()["taskId"], &log.error()["retryable"]), (&json!(TASK), &json!(false)));
            assert_eq!(log.error()["state"]["taskId"], TASK);
            assert!(log.message().contains(TASK) && log.message().contains("Check the id and the key"));
        }
    }
}

#[test]
fn a_task_whose_submit_is_known_may_be_unknown_however_old_it_is() {
    for missing in shapes() {
        for ago in [1_000.0, 15_000.0, 86_400_000.0] {
            let log = poll().submitted_ago(ago).run(&[missing.clone(), missing.clone(), done()]);
            assert_eq!((log.sent.len(), &log.value()["status"]), (3, &json!("SUCCESS")), "{missing:?}");
        }
    }
}

#[test]
fn a_fetch_of_such_a_task_is_made_again() {
    let log = fetch().submitted_ago(1_000.0).run(&[answer(404, ""), done()]);
    assert_eq!((&log.value()["status"], log.sent.len()), (&json!("SUCCESS"), 2));
    let log = fetch().submitted_ago(1_000.0).run(&[answer(404, "")]);
    assert_eq!((log.code(), log.sent.len(), &log.error()["retryable"]), ("task_not_found", 3, &json!(true)));
}

/// G3: a gateway whose database is away for a moment.
#[test]
fn a_task_that_was_seen_may_be_unknown_for_a_while() {
    for missing in shapes() {
        let mut answers = vec![pending()];
        answers.extend(vec![missing.clone(); 5]);
        answers.push(done());
        assert_eq!(poll().run(&answers).value()["status"], "SUCCESS", "{missing:?}");
        answers.insert(1, missing);
        let log = poll().run(&answers);
        assert_eq!((log.code(), &log.error()["task"]["progress"]), ("task_not_found", &json!("50%")));
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
fn a_task_that_was_fetched_was_seen() {
    let seen = json!({"id": TASK, "status": "IN_PROGRESS", "progress": ""});
    assert_eq!(poll().subject(seen).run(&[answer(404, ""), done()]).sent.len(), 2);
    let memory = Memory::new();
    fetch().memory(&memory).run(&[pending()]);
    assert_eq!(poll().memory(&memory).run(&[answer(404, ""), done()]).sent.len(), 2, "by another call of the process");
}

#[test]
fn what_this_client_remembers_wins_over_the_moment_of_the_wait() {
    let old = json!({"kind": "submitted", "taskId": TASK});
    let log = poll().submitted_ago(14_000.0).subject(old).options(json!({"maxPolls": 1})).run(&[pending()]);
    assert_eq!(log.error()["state"]["submittedAt"], START - 14_000.0);
}

#[test]
fn it_is_forgiven_five_times_in_a_row() {
    let log = poll().submitted_ago(0.0).run(&[answer(404, "")]);
    assert_eq!(log.code(), "task_not_found");
    assert_eq!(log.sent, [6_000.0, 10_000.0, 15_000.0, 22_500.0, 33_750.0, 48_750.0]);
    let once = poll().submitted_ago(0.0).options(json!({"maxConsecutiveErrors": 0})).run(&[answer(404, "")]);
    assert_eq!(once.sent.len(), 1);
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
fn a_wait_that_is_gone_on_with_remembers_what_is_known() {
    let state = json!({"v": 1, "taskId": TASK, "polls": 1, "delayMs": 1000});
    let with = |name: &str, value| {
        let mut state = state.clone();
        state[name] = value;
        state
    };
    assert_eq!(poll().subject(with("submittedAt", json!(START - 9e7))).run(&[answer(404, ""), done()]).sent.len(), 2);
    assert_eq!(poll().subject(with("seen", json!(true))).run(&[answer(404, ""), done()]).sent.len(), 2);
    assert_eq!(poll().subject(state.clone()).run(&[answer(404, ""), done()]).code(), "task_not_found");
    let seen = poll().options(json!({"maxPolls": 1})).run(&[pending()]).error()["state"].clone();
    assert_eq!(poll().subject(seen).run(&[answer(404, ""), done()]).sent.len(), 2);
}

#[test]
fn a_task_is_one_whatever_its_description_says() {
    let body = json!({"id": TASK, "status": "FAILURE", "description": "task_not_found", "failReason": "x"});
    assert_eq!(poll().run(&[says(200, &body)]).code(), "task_failed");
}
