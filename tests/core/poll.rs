use crate::scenario::{done, ok, pending, poll, task, TASK};
use serde_json::json;

#[test]
fn the_first_poll_is_after_two_seconds_then_ever_more_seldom() {
    let log = poll().options(json!({"maxPolls": 8})).run(&[pending()]);
    assert_eq!(log.waits, [2_000.0, 3_000.0, 4_500.0, 6_750.0, 10_125.0, 15_000.0, 15_000.0, 15_000.0]);
}

#[test]
fn waits_differ_by_a_tenth_either_way() {
    let waits = |random| poll().random(random).options(json!({"maxPolls": 3})).run(&[pending()]).waits;
    assert_eq!(waits(0.0), [1_800.0, 2_700.0, 4_050.0]);
    assert_eq!(waits(0.999_999), [2_199.0, 3_299.0, 4_949.0]);
}

#[test]
fn the_cadence_can_be_set() {
    let options = json!({"initialDelayMs": 0, "minDelayMs": 400, "maxDelayMs": 600, "maxPolls": 5});
    let log = poll().options(options).run(&[pending()]);
    assert_eq!(log.waits, [400.0, 600.0, 600.0, 600.0]);
}

#[test]
fn jitter_stays_within_what_was_set() {
    let options = json!({"initialDelayMs": 500, "minDelayMs": 500, "maxDelayMs": 500, "maxPolls": 4});
    for random in [0.0, 0.5, 0.999] {
        let log = poll().random(random).options(options.clone()).run(&[pending()]);
        assert!(log.waits[1..].iter().all(|ms| *ms == 500.0), "{:?}", log.waits);
    }
}

#[test]
fn success_and_modal_are_results() {
    for status in ["SUCCESS", "MODAL"] {
        let log = poll().run(&[pending(), task(status)]);
        assert_eq!((log.value()["status"].as_str(), log.sent.len()), (Some(status), 2));
    }
}

#[test]
fn a_failure_at_a_hundred_percent_is_a_failure() {
    let body = json!({"id": TASK, "status": "FAILURE", "progress": "100%", "failReason": "[Banned prompt detected] x"});
    let log = poll().run(&[ok(&body.to_string())]);
    assert_eq!(log.code(), "task_failed");
    assert_eq!(log.error()["failReason"], "[Banned prompt detected] x");
    assert_eq!(log.error()["task"]["status"], "FAILURE");
    assert!(log.message().contains(TASK) && log.message().contains("Banned"));
}

#[test]
fn failed_and_cancel_end_it_too() {
    for (status, given) in [("FAILED", "FAILURE"), ("failure", "FAILURE"), ("CANCEL", "CANCEL")] {
        let log = poll().run(&[task(status)]);
        assert_eq!((log.code(), log.error()["task"]["status"].as_str()), ("task_failed", Some(given)));
    }
}

#[test]
fn an_empty_or_unknown_status_waits_its_normal_turn() {
    let log = poll().run(&[task(""), task("PAUSED"), done()]);
    assert_eq!(log.sent, [2_000.0, 5_000.0, 9_500.0]);
    assert_eq!(log.reports[0]["status"], "NOT_START");
    assert_eq!((&log.reports[1]["status"], &log.reports[1]["rawStatus"]), (&json!("UNKNOWN"), &json!("PAUSED")));
}

#[test]
fn only_changes_are_reported() {
    let at = |progress: &str, rand: u32| {
        ok(&json!({"id": TASK, "status": "IN_PROGRESS", "progress": progress, "imageUrl": format!("u?rand={rand}")})
            .to_string())
    };
    let log = poll().run(&[at("10%", 1), at("10%", 2), at("60%", 3), at("40%", 4), done()]);
    let seen: Vec<_> = log.reports.iter().map(|task| task["percent"].as_f64().unwrap()).collect();
    assert_eq!(seen, [10.0, 60.0, 40.0, 100.0]);
}

#[test]
fn a_progress_that_is_a_number_changes_too() {
    let at = |n: u32| ok(&json!({"id": TASK, "status": "IN_PROGRESS", "progress": n}).to_string());
    let log = poll().run(&[at(10), at(10), at(20), done()]);
    let seen: Vec<_> = log.reports.iter().map(|task| task["progress"].as_str().unwrap().to_owned()).collect();
    assert_eq!(seen, ["10%", "20%", "100%"]);
}

#[test]
fn a_budget_of_polls_is_kept() {
    let log = poll().options(json!({"maxPolls": 3})).run(&[pending()]);
    assert_eq!((log.code(), log.sent.len(), log.waits.len()), ("poll_budget", 3, 3));
    assert_eq!((&log.error()["retryable"], &log.error()["state"]["polls"]), (&json!(true), &json!(3)));
    assert!(log.message().contains("pollUntilDone(error.state)"));
}

#[test]
fn a_task_can_be_given_in_each_of_its_forms() {
    let submit = json!({"kind": "submitted", "taskId": TASK, "code": 1, "description": "", "properties": {}});
    let task = json!({"id": TASK, "status": "IN_PROGRESS", "progress": ""});
    let state = json!({"v": 1, "taskId": TASK, "polls": 3, "delayMs": 4500});
    for subject in [json!(TASK), submit, task, state] {
        let log = poll().subject(subject).run(&[done()]);
        assert!(log.urls[0].contains(TASK));
    }
}
