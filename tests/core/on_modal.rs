//! `onModal`: the caller answers a task that asks for more, and the wait goes on.

use crate::scenario::{answer, done, dropped, ok, pending, poll, says, task, Log, Scenario, START, TASK};
use cometapi_midjourney::core::{Answer, Request};
use serde_json::{json, Value};

const NEW: &str = "1773315122000777";
const SAME: &str = r#"{"code":1,"description":"ok","result":""}"#;

fn asking() -> Scenario {
    poll().options(json!({"onModal": true}))
}

fn more() -> Value {
    json!({"taskId": TASK, "prompt": "a boat --zoom 2"})
}

fn posts(log: &Log) -> usize {
    log.bodies.iter().filter(|body| !body.is_empty()).count()
}

/// MODAL until a modal was submitted, and for so many polls after it.
fn served(submit: Answer, stale: usize) -> impl FnMut(&Request, f64) -> Answer {
    let mut polls_since: Option<usize> = None;
    move |request, _| {
        if !request.body.is_empty() {
            polls_since = Some(0);
            return submit.clone();
        }
        let id = request.url.rsplit('/').nth(1).unwrap().to_owned();
        let status = match &mut polls_since {
            None => "MODAL",
            Some(polls) => {
                *polls += 1;
                if *polls > stale {
                    "SUCCESS"
                } else {
                    "MODAL"
                }
            }
        };
        says(200, &json!({"id": id, "status": status, "progress": "0%"}))
    }
}

#[test]
fn what_it_says_is_submitted_and_the_wait_goes_on() {
    let log = asking().says(&[more()]).run_by(served(ok(SAME), 0));
    assert_eq!((&log.value()["status"], &log.value()["id"]), (&json!("SUCCESS"), &json!(TASK)));
    assert_eq!((log.asked.len(), &log.asked[0]["status"], posts(&log)), (1, &json!("MODAL"), 1));
    assert_eq!(log.urls[1], "https://api.cometapi.com/mj/submit/modal");
    assert_eq!(serde_json::from_str::<Value>(&log.bodies[1]).unwrap(), more());
    let expected = ["wait", "send", "report", "ask", "send", "submitted", "wait", "send", "report", "done"];
    assert_eq!(log.steps, expected);
}

#[test]
fn it_goes_on_with_the_id_that_the_modal_gave() {
    let body = says(200, &json!({"code": 1, "description": "ok", "result": NEW}));
    let log = asking().says(&[more()]).run_by(served(body, 1));
    assert_eq!(log.value()["id"], NEW);
    assert!(log.urls[2..].iter().all(|url| url.ends_with(&format!("/mj/task/{NEW}/fetch"))), "{:?}", log.urls);
}

#[test]
fn a_stale_modal_after_it_is_not_asked_about_again() {
    let log = asking().says(&[more()]).run_by(served(ok(SAME), 4));
    assert_eq!((log.asked.len(), posts(&log), &log.value()["status"]), (1, 1, &json!("SUCCESS")));
}

#[test]
fn a_modal_that_is_there_a_minute_later_is_another_question() {
    let log = asking().says(&[more(), json!(null)]).run_by(served(ok(SAME), 1_000));
    assert!(log.ended > 62_000.0 && posts(&log) == 1, "{log:?}");
    assert_eq!(log.asked.len(), 2);
}

#[test]
fn null_makes_the_task_the_result() {
    let log = asking().says(&[json!(null)]).run(&[pending(), task("MODAL")]);
    assert_eq!((&log.value()["status"], log.sent.len(), posts(&log)), (&json!("MODAL"), 2, 0));
}

#[test]
fn without_it_nobody_is_asked() {
    let log = poll().options(json!({"onModal": null})).run(&[task("MODAL")]);
    assert_eq!((log.asked.len(), &log.value()["status"]), (0, &json!("MODAL")));
}

#[test]
fn params_that_are_none_end_it_with_a_state_and_nothing_is_sent() {
    for said in [json!({}), json!("a boat"), json!(true), json!([]), json!({"taskId": TASK, "prompt": 5})] {
        let log = asking().says(&[said]).run(&[task("MODAL")]);
        assert_eq!((log.code(), posts(&log)), ("invalid_argument", 0));
        let error = log.error();
        assert_eq!((&error["taskId"], &error["task"]["status"]), (&json!(TASK), &json!("MODAL")));
        assert_eq!((&error["state"]["polls"], error["state"].get("modalAt")), (&json!(1), None));
        // It can be asked anew at once.
        assert_eq!(asking().subject(error["state"].clone()).says(&[json!(null)]).run(&[task("MODAL")]).asked.len(), 1);
    }
}

#[test]
fn a_submit_of_which_nobody_knows_keeps_a_state_that_is_not_asked_again() {
    for lost in [dropped(), Answer::TimedOut, answer(500, ""), answer(400, r#"{"code":5,"description":"x"}"#), ok("")] {
        let log = asking().says(&[more()]).run_by(served(lost, 0));
        let error = log.error();
        assert_eq!((log.code(), posts(&log)), ("submit_uncertain", 1));
        assert_eq!((&error["maybeAccepted"], &error["taskId"]), (&json!(true), &json!(TASK)));
        assert_eq!(error["state"]["modalAt"], START + log.ended);
        let again =
            asking().subject(error["state"].clone()).run_with(
                |_, ms| {
                    if ms < 20_000.0 {
                        task("MODAL")
                    } else {
                        done()
                    }
                },
            );
        assert_eq!((&again.value()["status"], again.asked.len(), posts(&again)), (&json!("SUCCESS"), 0, 0));
    }
}

#[test]
fn a_plain_refusal_is_sent_again_and_then_told_with_a_state() {
    let log = asking().says(&[more()]).run_with(|turn, _| if turn == 0 { task("MODAL") } else { answer(429, "") });
    assert_eq!((log.code(), posts(&log), &log.error()["state"]["taskId"]), ("rate_limit", 3, &json!(TASK)));
    let mut turn = 0;
    let mut server = served(ok(SAME), 0);
    let log = asking().says(&[more()]).run_by(|request, ms| {
        turn += 1;
        if turn == 2 {
            answer(429, "")
        } else {
            server(request, ms)
        }
    });
    assert_eq!((&log.value()["status"], posts(&log)), (&json!("SUCCESS"), 2));
}

#[test]
fn what_was_plainly_refused_can_be_asked_anew_at_once() {
    for no in [r#"{"code":4,"description":"zoom"}"#, r#"{"code":24,"description":"banned"}"#] {
        let log = asking().says(&[more()]).run_by(served(ok(no), 0));
        assert_eq!((log.code(), log.error()["state"].get("modalAt")), ("submit_rejected", None));
        let again = asking().subject(log.error()["state"].clone()).says(&[json!(null)]).run(&[task("MODAL")]);
        assert_eq!(again.sent.len(), 1);
    }
}

#[test]
fn a_refused_modal_keeps_the_task_and_a_state() {
    let log = asking().says(&[more()]).run_by(served(ok(r#"{"code":24,"description":"banned"}"#), 0));
    assert_eq!((log.code(), &log.error()["taskId"]), ("submit_rejected", &json!(TASK)));
    assert_eq!((&log.error()["task"]["status"], &log.error()["state"]["taskId"]), (&json!("MODAL"), &json!(TASK)));
}

#[test]
fn all_of_it_is_within_the_deadline_of_the_wait() {
    let options = json!({"onModal": true, "timeoutMs": 30_000});
    let log = poll().options(options.clone()).says(&[more()]).run_with(|turn, _| match turn {
        0 => task("MODAL"),
        1 => ok(SAME),
        _ => pending(),
    });
    assert_eq!((log.code(), log.error()["state"].get("modalAt").is_some()), ("poll_timeout", true));
    assert!((28_000.0..=30_000.0).contains(&log.ended), "{}", log.ended);
    // Who says nothing in time has the deadline, too.
    let log = poll().options(options).run(&[task("MODAL")]);
    assert_eq!((log.code(), log.ended, posts(&log)), ("poll_timeout", 30_000.0, 0));
    assert_eq!(log.error()["state"]["taskId"], TASK);
}

#[test]
fn its_polls_go_on_counting_against_the_budget() {
    let log = poll().options(json!({"onModal": true, "maxPolls": 3})).says(&[more()]).run_with(|turn, _| match turn {
        0 => task("MODAL"),
        1 => ok(SAME),
        _ => pending(),
    });
    assert_eq!((log.code(), log.sent.len()), ("poll_budget", 4));
}
