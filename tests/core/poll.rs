//! `pollUntilDone`: how a wait ends, and what is told on the way.

use crate::scenario::{answer, done, dropped, not_sent, pending, poll, says, task, START, TASK};
use cometapi_midjourney::core::Answer;
use serde_json::{json, Value};

fn at(progress: &Value, status: &str, image: &str) -> Answer {
    says(200, &json!({"id": TASK, "status": status, "progress": progress, "imageUrl": image}))
}

#[test]
fn it_asks_with_gets_for_the_same_task() {
    let log = poll().run(&[pending(), pending(), done()]);
    assert_eq!(log.urls, vec![format!("https://api.cometapi.com/mj/task/{TASK}/fetch"); 3]);
    assert!(log.bodies.iter().all(String::is_empty));
}

#[test]
fn success_and_modal_are_results() {
    for status in ["SUCCESS", "MODAL", "success"] {
        let log = poll().run(&[pending(), task(status)]);
        assert_eq!((log.value()["status"].as_str().unwrap(), log.sent.len()), (status.to_uppercase().as_str(), 2));
        assert_eq!(log.value()["id"], TASK);
    }
}

#[test]
fn a_success_is_one_at_any_percent() {
    for progress in [json!("0%"), json!(""), json!(null), json!("99%")] {
        assert_eq!(poll().run(&[at(&progress, "SUCCESS", "")]).value()["status"], "SUCCESS");
    }
}

#[test]
fn a_hundred_percent_is_no_success() {
    let log = poll().run(&[at(&json!("100%"), "IN_PROGRESS", "u"), at(&json!("100%"), "", "u"), done()]);
    assert_eq!(log.sent.len(), 3);
}

#[test]
fn a_failure_at_a_hundred_percent_is_a_failure() {
    let body = json!({"id": TASK, "status": "FAILURE", "progress": "100%", "failReason": "[Banned prompt detected] x"});
    let log = poll().run(&[says(200, &body)]);
    assert_eq!((log.code(), &log.error()["retryable"]), ("task_failed", &json!(false)));
    assert_eq!(log.error()["failReason"], "[Banned prompt detected] x");
    assert_eq!(log.error()["task"]["status"], "FAILURE");
    assert_eq!(log.error()["taskId"], TASK);
    assert!(log.message().contains(TASK) && log.message().contains("[Banned prompt detected] x"));
}

#[test]
fn failed_and_cancel_end_it_too() {
    for (status, given) in [("FAILED", "FAILURE"), ("failure", "FAILURE"), ("CANCEL", "CANCEL")] {
        let log = poll().run(&[task(status)]);
        assert_eq!((log.code(), log.error()["task"]["status"].as_str()), ("task_failed", Some(given)));
    }
    assert!(poll().run(&[task("CANCEL")]).message().contains("was cancelled"));
}

#[test]
fn a_failure_without_a_reason_says_so() {
    for reason in [json!(""), json!(null), json!(5)] {
        let log = poll().run(&[says(200, &json!({"id": TASK, "status": "FAILURE", "failReason": reason}))]);
        assert!(log.message().contains("does not say why"), "{}", log.message());
        assert_eq!(log.error().get("failReason"), None);
    }
}

#[test]
fn a_reason_is_quoted_in_any_language() {
    let log = poll().run(&[says(200, &json!({"id": TASK, "status": "FAILURE", "failReason": "任务超时"}))]);
    assert!(log.message().contains("任务超时"));
}

#[test]
fn only_changes_are_reported() {
    let table = [
        at(&json!("10%"), "IN_PROGRESS", "u?rand=1"),
        at(&json!("10%"), "IN_PROGRESS", "u?rand=2"),
        at(&json!("60%"), "IN_PROGRESS", "u?rand=3"),
        at(&json!("40%"), "IN_PROGRESS", "u?rand=4"),
        at(&json!("40%"), "IN_PROGRESS", "u?rand=5"),
        done(),
    ];
    let log = poll().run(&table);
    let seen: Vec<_> = log.reports.iter().map(|task| task["percent"].as_f64().unwrap()).collect();
    assert_eq!((seen, log.sent.len()), (vec![10.0, 60.0, 40.0, 100.0], 6));
}

#[test]
fn a_new_status_and_a_first_preview_are_changes() {
    let table = [
        at(&json!("0%"), "", ""),
        at(&json!("0%"), "SUBMITTED", ""),
        at(&json!("0%"), "IN_PROGRESS", ""),
        at(&json!("0%"), "IN_PROGRESS", "u?rand=1"),
        at(&json!("0%"), "IN_PROGRESS", "u?rand=2"),
        at(&json!("0%"), "MODAL", "u?rand=3"),
    ];
    let log = poll().run(&table);
    let seen: Vec<_> = log.reports.iter().map(|task| task["status"].as_str().unwrap()).collect();
    assert_eq!(seen, ["NOT_START", "SUBMITTED", "IN_PROGRESS", "IN_PROGRESS", "MODAL"]);
}

#[test]
fn an_unknown_status_is_reported_with_its_word() {
    let log = poll().run(&[task("PAUSED"), done()]);
    assert_eq!((&log.reports[0]["status"], &log.reports[0]["rawStatus"]), (&json!("UNKNOWN"), &json!("PAUSED")));
}

#[test]
fn a_progress_that_is_a_number_changes_too() {
    let table = [10, 10, 20].map(|n| at(&json!(n), "IN_PROGRESS", ""));
    let log = poll().run(&[table.to_vec(), vec![done()]].concat());
    let seen: Vec<_> = log.reports.iter().map(|task| task["progress"].as_str().unwrap()).collect();
    assert_eq!(seen, ["10%", "20%", "100%"]);
}

#[test]
fn the_end_is_reported_too() {
    let log = poll().run(&[done()]);
    assert_eq!(log.reports, [log.value().clone()]);
    assert_eq!(poll().run(&[task("FAILURE")]).reports[0]["status"], "FAILURE");
}

#[test]
fn what_is_told_beside_it_counts_polls_and_time() {
    let log = poll().run(&[dropped(), pending(), done()]);
    // The work has begun between the start and the look at 10 s: 50 % in 5 s leave 5, and 4 are the least.
    let state = |polls: u32, delay: u32, percent: u32, at: u64| {
        json!({"v": 1, "taskId": TASK, "seen": true, "polls": polls, "delayMs": delay, "beganAt": START as u64,
            "workedFrom": START as u64 + 5_000, "percent": percent, "percentAt": START as u64 + at})
    };
    let first = json!({"polls": 2, "elapsedMs": 10_000, "state": state(2, 4_000, 50, 10_000)});
    assert_eq!(log.infos[0], first);
    assert_eq!((&log.infos[1]["polls"], &log.infos[1]["elapsedMs"]), (&json!(3), &json!(14_000)));
}

#[test]
fn faults_are_not_reported() {
    assert_eq!(poll().run(&[pending(), dropped(), answer(500, ""), pending(), done()]).reports.len(), 2);
}

#[test]
fn a_budget_of_polls_is_kept() {
    for polls in [1, 3, 10] {
        let log = poll().options(json!({"maxPolls": polls})).run(&[pending()]);
        assert_eq!((log.code(), log.sent.len(), log.waits.len()), ("poll_budget", polls, polls));
        assert_eq!((&log.error()["retryable"], &log.error()["state"]["polls"]), (&json!(true), &json!(polls)));
        assert_eq!(log.error()["task"]["status"], "IN_PROGRESS");
        assert!(log.message().contains("pollUntilDone(error.state)") && log.message().contains("maxPolls"));
    }
}

#[test]
fn a_task_that_ends_at_the_last_poll_of_the_budget_has_ended() {
    let log = poll().options(json!({"maxPolls": 2})).run(&[pending(), done()]);
    assert_eq!(log.value()["status"], "SUCCESS");
}

#[test]
fn polls_that_failed_are_part_of_the_budget() {
    let log = poll().options(json!({"maxPolls": 3})).run(&[dropped()]);
    assert_eq!((log.code(), log.sent.len()), ("poll_budget", 3));
}

#[test]
fn a_task_can_be_given_in_each_of_its_forms() {
    let submit = json!({"kind": "submitted", "taskId": TASK, "code": 1, "description": "", "properties": {}});
    let seen = json!({"id": TASK, "status": "IN_PROGRESS", "progress": "", "percent": null, "buttons": [], "raw": {}});
    let state = json!({"v": 1, "taskId": TASK, "submittedAt": START, "polls": 3, "delayMs": 4500});
    for subject in [json!(TASK), submit, seen, state] {
        let log = poll().subject(subject).run(&[done()]);
        assert_eq!(log.urls, [format!("https://api.cometapi.com/mj/task/{TASK}/fetch")]);
    }
}

#[test]
fn a_key_that_cannot_be_used_ends_it_at_once() {
    let log = poll().run(&[not_sent()]);
    assert_eq!((log.code(), log.sent.len()), ("invalid_argument", 1));
    assert_eq!((&log.error()["taskId"], &log.error()["state"]["taskId"]), (&json!(TASK), &json!(TASK)));
}

#[test]
fn a_null_for_buttons_is_no_fault() {
    let body = json!({"id": TASK, "status": "SUCCESS", "progress": "100%", "buttons": null, "properties": null});
    assert_eq!(poll().run(&[says(200, &body)]).value()["buttons"], json!([]));
}

/// 37 s in the queue, then 102 s of work, the gateway looking every 15 s.
#[test]
fn a_real_trace_costs_few_requests() {
    let log = poll().run_with(|_, ms| match (ms / 15_000.0).floor() * 15_000.0 {
        seen if seen < 15_000.0 => task(""),
        seen if seen < 37_000.0 => task("SUBMITTED"),
        seen if seen < 139_000.0 => at(&json!(format!("{}%", (seen / 1_390.0).floor())), "IN_PROGRESS", "u"),
        _ => done(),
    });
    assert_eq!(log.value()["status"], "SUCCESS");
    assert!(log.sent.len() <= 15 && log.ended <= 165_000.0, "{log:?}");
}
