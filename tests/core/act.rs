//! `act`: a button of a task is pressed by its name, and what comes of it is waited for.

use crate::scenario::{answer, call, dropped, ok, says, task, Scenario, START, TASK};
use cometapi_midjourney::core::{Answer, Method};
use serde_json::{json, Value};

const NEW: &str = "1773315122000777";
const ACCEPTED: &str = r#"{"code":1,"description":"ok","result":"1773315122000777","properties":{}}"#;
const TOO_EARLY: &str = r#"{"code":4,"description":"task_status_not_success ","type":"upstream_error"}"#;

fn button(custom_id: &str, label: &str, emoji: &str) -> Value {
    json!({"customId": custom_id, "label": label, "emoji": emoji, "type": 2, "style": 2})
}

/// As `fetchTask` gives it.
fn picture(hash: &str) -> Value {
    json!({"id": TASK, "status": "SUCCESS", "progress": "100%", "percent": 100, "properties": {}, "raw": {}, "buttons": [
        button(&format!("MJ::JOB::upsample::1::{hash}"), "U1", ""),
        button(&format!("MJ::JOB::reroll::0::{hash}::SOLO"), "", "🔄"),
        button(&format!("MJ::Inpaint::1::{hash}::SOLO"), "Vary (Region)", "🖌️"),
    ]})
}

fn act(options: Value) -> Scenario {
    call(Method::Act, picture("aaa")).options(options)
}

fn child(status: &str) -> Answer {
    says(200, &json!({"id": NEW, "status": status, "progress": "50%"}))
}

#[test]
fn the_button_of_that_name_goes_out_and_its_task_is_waited_for() {
    let log = act(json!({"button": "U1"})).run(&[ok(ACCEPTED), child("IN_PROGRESS"), child("SUCCESS")]);
    assert_eq!(log.body(), json!({"taskId": TASK, "customId": "MJ::JOB::upsample::1::aaa"}));
    assert_eq!(log.urls[0], "https://api.cometapi.com/mj/submit/action");
    assert!(log.urls[1..].iter().all(|url| *url == format!("https://api.cometapi.com/mj/task/{NEW}/fetch")));
    assert_eq!((&log.value()["id"], &log.value()["status"]), (&json!(NEW), &json!("SUCCESS")));
}

#[test]
fn state_and_flags_go_with_it_only_where_they_are_given() {
    let given = json!({"button": "reroll", "state": "job 1", "enableRemix": false, "chooseSameChannel": true});
    let log = act(given).run(&[ok(ACCEPTED), child("SUCCESS")]);
    let customs = "MJ::JOB::reroll::0::aaa::SOLO";
    let sent =
        json!({"taskId": TASK, "customId": customs, "state": "job 1", "enableRemix": false, "chooseSameChannel": true});
    assert_eq!(log.body(), sent);
    let wrong = act(json!({"button": "U1", "enableRemix": "yes"})).run(&[ok(ACCEPTED)]);
    assert_eq!((wrong.code(), wrong.sent.len()), ("invalid_argument", 0));
}

#[test]
fn the_caller_has_the_new_id_before_the_first_poll() {
    let log = act(json!({"button": "U1"})).run(&[ok(ACCEPTED), child("SUCCESS")]);
    assert_eq!(log.steps, ["send", "submitted", "wait", "send", "report", "done"]);
    assert_eq!((&log.submitted[0]["taskId"], &log.submitted[0]["kind"]), (&json!(NEW), &json!("submitted")));
}

#[test]
fn a_button_that_the_task_does_not_have_stays_here_and_the_others_are_listed() {
    let foreign = button("MJ::JOB::upsample::1::bbb", "U1", "");
    let selectors = [
        json!("U2"),
        json!("MJ::JOB::upsample::1::bbb"),
        foreign,
        json!({"kind": "upscale", "index": 2}),
        json!({"kind": "pan_left"}),
        json!(""),
        json!(null),
        json!({}),
        json!(5),
    ];
    for selector in selectors {
        let log = act(json!({"button": selector})).run(&[ok(ACCEPTED)]);
        assert_eq!((log.code(), log.sent.len(), &log.error()["taskId"]), ("invalid_argument", 0, &json!(TASK)));
        assert!(log.message().contains("U1, 🔄, Vary (Region)"), "{selector}: {}", log.message());
    }
}

#[test]
fn a_task_that_has_no_button_yet_says_so() {
    let pending = json!({"id": TASK, "status": "IN_PROGRESS", "buttons": []});
    let log = call(Method::Act, pending).options(json!({"button": "U1"})).run(&[ok(ACCEPTED)]);
    assert!(log.sent.is_empty() && log.message().contains("only a finished task has some"), "{}", log.message());
}

#[test]
fn what_is_no_task_is_told_before_anything_is_sent() {
    for task in
        [json!(null), json!(TASK), json!({}), json!({"id": 7}), json!({"id": "a/b"}), json!({"id": "<task_id>"})]
    {
        let log = call(Method::Act, task).options(json!({"button": "U1", "refresh": true})).run(&[ok(ACCEPTED)]);
        assert_eq!((log.code(), log.sent.len()), ("invalid_argument", 0));
    }
}

#[test]
fn with_refresh_it_looks_at_the_task_first_and_presses_what_is_there_now() {
    let log = act(json!({"button": "U1", "refresh": true})).run(&[
        says(200, &picture("bbb")),
        ok(ACCEPTED),
        child("SUCCESS"),
    ]);
    assert_eq!(log.urls[0], format!("https://api.cometapi.com/mj/task/{TASK}/fetch"));
    assert!(log.bodies[1].contains("MJ::JOB::upsample::1::bbb"), "{}", log.bodies[1]);
    assert_eq!((log.reports.len(), &log.value()["id"]), (1, &json!(NEW)));
}

#[test]
fn with_refresh_a_button_that_is_gone_stays_here() {
    let options = json!({"button": "MJ::JOB::upsample::1::aaa", "refresh": true});
    let log = act(options).run(&[says(200, &picture("bbb"))]);
    assert_eq!((log.code(), log.sent.len()), ("invalid_argument", 1));
    assert!(log.message().contains("U1, 🔄, Vary (Region)"));
}

#[test]
fn a_refresh_is_a_read_that_forgives() {
    let answers = [dropped(), answer(500, ""), says(200, &picture("bbb")), ok(ACCEPTED), child("SUCCESS")];
    assert_eq!(act(json!({"button": "U1", "refresh": true})).run(&answers).value()["id"], NEW);
    // The caller has seen the task: that it is not there passes, too.
    let log = act(json!({"button": "U1", "refresh": true})).run(&[answer(404, "")]);
    assert_eq!((log.code(), log.sent.len(), &log.error()["retryable"]), ("task_not_found", 3, &json!(true)));
}

#[test]
fn a_button_that_is_pressed_too_early_is_pressed_again_after_15_s() {
    for status in [400, 200] {
        let log = act(json!({"button": "U1"})).run(&[answer(status, TOO_EARLY), ok(ACCEPTED), child("SUCCESS")]);
        assert_eq!((log.sent[..2].to_vec(), &log.value()["id"]), (vec![0.0, 15_000.0], &json!(NEW)));
        assert_eq!(log.bodies[0], log.bodies[1]);
    }
}

#[test]
fn it_is_pressed_once_more_30_s_later_and_then_no_more() {
    let log = act(json!({"button": "U1"})).run(&[answer(400, TOO_EARLY)]);
    assert_eq!((log.code(), &log.error()["submitCode"]), ("submit_rejected", &json!(4)));
    assert_eq!(log.sent, [0.0, 15_000.0, 45_000.0]);
    assert!(log.message().contains("Try again in half a minute"), "{}", log.message());
}

#[test]
fn submit_action_is_not_so_patient() {
    let press = json!({"taskId": TASK, "customId": "MJ::JOB::upsample::1::aaa"});
    let log = call(Method::SubmitAction, press).run(&[answer(400, TOO_EARLY), ok(ACCEPTED)]);
    assert_eq!((log.code(), log.sent.len()), ("submit_rejected", 1));
}

#[test]
fn another_refusal_of_code_4_is_one() {
    let log = act(json!({"button": "U1"})).run(&[answer(400, r#"{"code":4,"description":"quota_not_enough "}"#)]);
    assert_eq!((log.code(), log.sent.len()), ("submit_rejected", 1));
    assert!(log.message().contains("quota is used up") && !log.message().contains("customId"), "{}", log.message());
}

#[test]
fn a_press_of_which_nobody_knows_is_not_repeated() {
    for lost in [dropped(), Answer::TimedOut, answer(502, "<html>"), answer(400, r#"{"code":5}"#)] {
        let log = act(json!({"button": "U1"})).run(&[lost]);
        assert_eq!((log.code(), log.sent.len(), &log.error()["taskId"]), ("submit_uncertain", 1, &json!(TASK)));
    }
}

#[test]
fn code_21_opens_a_modal_or_means_the_task_that_is_there() {
    let modal = format!(r#"{{"code":21,"description":"x","result":"{NEW}","properties":{{"remix":true}}}}"#);
    let log = act(json!({"button": "Vary (Region)"})).run(&[ok(&modal), child("MODAL")]);
    assert_eq!((&log.submitted[0]["kind"], &log.value()["status"]), (&json!("modal"), &json!("MODAL")));
    let there = format!(r#"{{"code":21,"description":"x","result":"{NEW}","properties":{{"status":"SUCCESS"}}}}"#);
    let log = act(json!({"button": "U1"})).run(&[ok(&there), child("SUCCESS")]);
    assert_eq!((&log.submitted[0]["kind"], &log.value()["status"]), (&json!("existing"), &json!("SUCCESS")));
    let queued = format!(r#"{{"code":22,"description":"x","result":{NEW},"properties":{{"numberOfQueues":3}}}}"#);
    assert_eq!(act(json!({"button": "U1"})).run(&[ok(&queued), child("SUCCESS")]).submitted[0]["kind"], "queued");
}

#[test]
fn a_modal_can_be_answered_on_the_way() {
    let modal = format!(r#"{{"code":21,"description":"x","result":"{NEW}"}}"#);
    let said = json!({"taskId": NEW, "prompt": "a boat", "maskBase64": "iVBORw0KGgo="});
    let options = json!({"button": "vary region", "onModal": true});
    let answers = [ok(&modal), child("MODAL"), ok(ACCEPTED), child("MODAL"), child("SUCCESS")];
    let log = act(options).says(&[said]).run(&answers);
    assert_eq!((&log.value()["status"], log.submitted.len()), (&json!("SUCCESS"), 2));
    assert_eq!(log.urls[2], "https://api.cometapi.com/mj/submit/modal");
}

#[test]
fn the_deadline_counts_from_the_submit() {
    let options = json!({"button": "U1", "timeoutMs": 20_000});
    let log = act(options).latency(5_000.0).run(&[answer(400, TOO_EARLY), ok(ACCEPTED), child("IN_PROGRESS")]);
    // Asked at 0 s and 20 s, answered at 25 s.
    assert_eq!((log.code(), &log.error()["taskId"]), ("poll_timeout", &json!(NEW)));
    assert!((43_000.0..=45_000.0).contains(&log.ended), "{}", log.ended);
    assert_eq!(log.error()["state"]["submittedAt"], START + 25_000.0);
    assert!(log.infos[0]["elapsedMs"].as_f64().unwrap() < 12_000.0);
}

#[test]
fn a_new_task_that_is_not_known_yet_is_waited_for() {
    let log = act(json!({"button": "U1"})).run(&[ok(ACCEPTED), answer(404, ""), ok("null"), child("SUCCESS")]);
    assert_eq!((&log.value()["status"], log.sent.len()), (&json!("SUCCESS"), 4));
}

#[test]
fn every_error_after_the_submit_says_how_to_go_on() {
    let options = json!({"button": "U1", "maxPolls": 6});
    for bad in [child("FAILURE"), child("IN_PROGRESS"), answer(401, ""), answer(403, ""), dropped()] {
        let log = act(options.clone()).run(&[ok(ACCEPTED), bad]);
        assert_eq!((&log.error()["taskId"], &log.error()["state"]["taskId"]), (&json!(NEW), &json!(NEW)));
    }
}

#[test]
fn a_bad_option_of_the_wait_is_told_before_anything_is_sent() {
    for options in [json!({"button": "U1", "timeoutMs": 0}), json!({"button": "U1", "maxPolls": "x"})] {
        let log = act(options).run(&[ok(ACCEPTED)]);
        assert_eq!((log.code(), log.sent.len()), ("invalid_argument", 0));
    }
    assert_eq!(act(json!({"button": "U1"})).run(&[ok(ACCEPTED), task("SUCCESS"), child("SUCCESS")]).sent.len(), 3);
}
