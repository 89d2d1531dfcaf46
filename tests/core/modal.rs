//! `submitModal`, and rule 8: after it MODAL of the same task is still under way for a minute.

use crate::scenario::{
    answer, call, done, dropped, ok, pending, poll, says, submit, task, with_headers, Scenario, START, TASK,
};
use cometapi_midjourney::core::{Answer, Method};
use serde_json::{json, Value};

const GOES_ON: &str = r#"{"code":1,"description":"提交成功","result":"1773314942177684","properties":{}}"#;

fn modal() -> Scenario {
    call(Method::SubmitModal, json!({"taskId": TASK, "prompt": "a boat"}))
}

#[test]
fn it_is_one_post_of_just_what_was_given() {
    let given = json!({"taskId": TASK, "prompt": "a boat", "maskBase64": "iVBORw0KGgo="});
    let log = modal().subject(given.clone()).run(&[ok(GOES_ON)]);
    assert_eq!(log.urls, ["https://api.cometapi.com/mj/submit/modal"]);
    assert_eq!((log.body(), log.timeouts, log.waits), (given, vec![75_000.0], vec![]));
    assert_eq!((&log.submitted[0]["kind"], &log.submitted[0]["taskId"]), (&json!("submitted"), &json!(TASK)));
}

#[test]
fn prompt_and_mask_are_sent_only_where_they_are_given() {
    let table = [
        (json!({"taskId": TASK}), json!({"taskId": TASK})),
        (json!({"taskId": TASK, "prompt": null, "maskBase64": null, "state": "x"}), json!({"taskId": TASK})),
        (json!({"taskId": TASK, "prompt": ""}), json!({"taskId": TASK, "prompt": ""})),
    ];
    for (given, sent) in table {
        assert_eq!(modal().subject(given).run(&[ok(GOES_ON)]).body(), sent);
    }
}

#[test]
fn bad_params_are_told_before_anything_is_sent() {
    let table = [
        (json!(null), "missing"),
        (json!({"prompt": "a boat"}), "missing"),
        (json!({"taskId": 7}), "must be text"),
        (json!({"taskId": "<task_id>"}), "placeholder"),
        (json!({"taskId": "1,2"}), "commas"),
        (json!({"taskId": TASK, "prompt": 5}), "prompt must be text"),
        (json!({"taskId": TASK, "maskBase64": {"size": 1}}), "maskBase64 must be text"),
    ];
    for (given, remedy) in table {
        let log = modal().subject(given).run(&[ok(GOES_ON)]);
        assert_eq!((log.code(), log.sent.len()), ("invalid_argument", 0));
        assert!(log.message().contains(remedy), "{} lacks {remedy}", log.message());
    }
}

#[test]
fn an_answer_without_an_id_means_the_same_task() {
    for body in [r#"{"code":1,"description":"ok"}"#, r#"{"code":1,"result":""}"#, r#"{"code":22,"result":null}"#] {
        let log = modal().run(&[ok(body)]);
        assert_eq!((&log.value()["taskId"], log.submitted.len()), (&json!(TASK), 1));
    }
    let new = r#"{"code":1,"description":"ok","result":1773315122000777}"#;
    assert_eq!(modal().run(&[ok(new)]).value()["taskId"], "1773315122000777");
}

#[test]
fn it_is_sent_again_only_after_a_plain_refusal() {
    let table = [
        (vec![answer(429, ""), ok(GOES_ON)], 2, None),
        (vec![ok(r#"{"code":23,"description":"full"}"#), ok(GOES_ON)], 2, None),
        (vec![answer(429, "")], 3, Some("rate_limit")),
        (vec![ok(r#"{"code":4,"description":"关联任务状态错误"}"#)], 1, Some("submit_rejected")),
        (vec![ok(r#"{"code":24,"description":"banned"}"#)], 1, Some("submit_rejected")),
        (vec![answer(401, "")], 1, Some("authentication")),
        (vec![dropped()], 1, Some("submit_uncertain")),
        (vec![Answer::TimedOut], 1, Some("submit_uncertain")),
        (vec![answer(500, "")], 1, Some("submit_uncertain")),
        (vec![answer(400, r#"{"code":5,"description":"do_request_failed"}"#)], 1, Some("submit_uncertain")),
        (vec![ok("")], 1, Some("submit_uncertain")),
        (vec![ok("<html>")], 1, Some("submit_uncertain")),
    ];
    for (answers, posts, code) in table {
        let log = modal().run(&answers);
        let found = log.outcome().as_ref().err().map(|error| error["code"].as_str().unwrap());
        assert_eq!((log.sent.len(), found), (posts, code), "{answers:?}");
        if let Err(error) = log.outcome() {
            assert_eq!(
                (&error["taskId"], error["retryable"] == json!(true)),
                (&json!(TASK), code == Some("rate_limit"))
            );
        }
    }
}

/// `/mj/submit/modal` has no such refusal as too early.
#[test]
fn what_an_action_would_be_told_too_early_is_a_refusal() {
    let log = modal().run(&[answer(400, r#"{"code":4,"description":"task_status_not_success "}"#)]);
    assert_eq!((log.code(), log.sent.len()), ("submit_rejected", 1));
}

/// Answers MODAL so long, then the end.
fn modal_until(ms: f64) -> impl FnMut(usize, f64) -> Answer {
    move |_, now| if now < ms { task("MODAL") } else { done() }
}

#[test]
fn right_after_it_a_modal_is_pending_for_each_form_of_target() {
    let submit = json!({"kind": "submitted", "taskId": TASK, "code": 1, "description": "", "properties": {}});
    let seen = json!({"id": TASK, "status": "MODAL", "progress": "", "percent": null, "buttons": [], "raw": {}});
    let state = json!({"v": 1, "taskId": TASK, "modalAt": START - 5_000.0, "polls": 1, "delayMs": 2_000});
    for subject in [json!(TASK), submit, seen] {
        let log = poll().subject(subject).modal_answered(TASK, 5_000.0).run_with(modal_until(30_000.0));
        assert_eq!((&log.value()["status"], log.sent.len() > 4), (&json!("SUCCESS"), true));
    }
    // In another worker, which remembers nothing.
    assert_eq!(poll().subject(state).run_with(modal_until(30_000.0)).value()["status"], "SUCCESS");
}

#[test]
fn a_minute_later_a_modal_is_a_result_again() {
    for ago in [0.0, 20_000.0, 57_500.0] {
        let log = poll().modal_answered(TASK, ago).run(&[task("MODAL")]);
        let last_but_one = log.sent[log.sent.len() - 2];
        assert_eq!(log.value()["status"], "MODAL");
        assert!(log.ended + ago >= 60_000.0 && last_but_one + ago < 60_000.0, "{ago}: {:?}", log.sent);
    }
    assert_eq!(poll().modal_answered(TASK, 60_000.0).run(&[task("MODAL")]).sent.len(), 1);
    assert_eq!(poll().modal_answered("1", 0.0).run(&[task("MODAL")]).sent.len(), 1, "of another task");
    assert_eq!(poll().submitted_ago(0.0).run(&[task("MODAL")]).sent.len(), 1, "an action's own modal is one");
}

#[test]
fn the_state_of_such_a_wait_knows_when() {
    let log = poll().modal_answered(TASK, 5_000.0).options(json!({"maxPolls": 1})).run(&[task("MODAL")]);
    let state = log.error()["state"].clone();
    assert_eq!(log.code(), "poll_budget");
    assert_eq!(state["modalAt"], START - 5_000.0);
    assert_eq!(log.infos[0]["state"], state);
    let again = poll().subject(state).run_with(modal_until(20_000.0));
    assert_eq!(again.value()["status"], "SUCCESS");
    assert_eq!(poll().options(json!({"maxPolls": 1})).run(&[pending()]).error()["state"].get("modalAt"), None);
}

#[test]
fn a_state_with_a_broken_time_is_borne() {
    for bad in [json!("x"), json!(-1), json!(1.5), json!({})] {
        let state = json!({"v": 1, "taskId": TASK, "modalAt": bad, "polls": 1, "delayMs": 1});
        let log = poll().subject(state).run(&[task("MODAL")]);
        assert!(log.outcome().is_ok() || log.code() == "state");
    }
}

#[test]
fn the_id_that_the_answer_gives_is_pending_too() {
    let new = "1773315122000777";
    let recent = poll().subject(json!(new)).modal_answered(new, 0.0);
    let reading = |status: &str| says(200, &json!({"id": new, "status": status}));
    assert_eq!(recent.run(&[reading("MODAL"), reading("SUCCESS")]).value()["status"], "SUCCESS");
}

#[test]
fn a_task_of_code_1_can_come_to_a_modal() {
    let body = r#"{"code":1,"description":"ok","result":"1773314942177684"}"#;
    let submitted = submit().run(&[ok(body)]).value().clone();
    let log = poll().subject(submitted).submitted_ago(0.0).run(&[pending(), task("MODAL")]);
    assert_eq!(log.value()["status"], "MODAL");
}

#[test]
fn its_request_id_is_handed_on() {
    let log = modal().run(&[with_headers(200, GOES_ON, json!({"x-request-id": "r1"}))]);
    assert_eq!(log.value()["requestId"], "r1");
    assert_eq!(log.value().get("modal"), None::<&Value>);
}
