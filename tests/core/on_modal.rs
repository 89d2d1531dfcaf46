//! `onModal`: the caller answers a task that asks for more, and the wait goes on.

use crate::json::json_of;
use crate::scenario::{answer, done, dropped, ok, pending, poll, says, task, Log, Scenario, API, START, TASK};
use cometapi_midjourney::core::{start, Answer, Memory, Method, Request, Step};
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
    log.urls.iter().filter(|url| url.ends_with("/mj/submit/modal")).count()
}

/// MODAL until a modal was submitted, and for so many polls after it.
fn served(submit: Answer, stale: usize) -> impl FnMut(&Request, f64) -> Answer {
    let mut polls_since: Option<usize> = None;
    move |request, _| {
        if request.url.ends_with("/mj/submit/modal") {
            polls_since = Some(0);
            return submit.clone();
        }
        let is_list = !request.body.is_empty();
        let id = match is_list {
            true => serde_json::from_str::<Value>(&request.body).unwrap()["ids"][0].as_str().unwrap().to_owned(),
            false => request.url.rsplit('/').nth(1).unwrap().to_owned(),
        };
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
        let task = json!({"id": id, "status": status, "progress": "0%"});
        says(200, &if is_list { json!([task]) } else { task })
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
    let log = asking().says(&[more()]).run_by(served(body, 0));
    assert_eq!(log.value()["id"], NEW);
    assert!(log.urls[2..].iter().all(|url| url.ends_with(&format!("/mj/task/{NEW}/fetch"))), "{:?}", log.urls);
}

#[test]
fn a_stale_modal_after_it_is_not_asked_about_again() {
    let log = asking().says(&[more()]).run_by(served(ok(SAME), 4));
    assert_eq!((log.asked.len(), posts(&log), &log.value()["status"]), (1, 1, &json!("SUCCESS")));
}

#[test]
fn it_is_asked_once_an_answer_however_long_the_modal_reads_so() {
    let log = asking().says(&[more(), more()]).run_by(served(ok(SAME), 1_000));
    assert_eq!((log.code(), log.asked.len(), posts(&log)), ("poll_timeout", 1, 1));
    assert!(log.error()["state"].get("modalAt").is_some());
}

/// The clock jumps a minute in the pause after the answer.
#[test]
fn a_clock_that_jumps_asks_no_second_time() {
    let log = asking().options(json!({"onModal": true, "initialDelayMs": 0})).says(&[more(), more()]).jump(61_000.0);
    let log = log.run_by(served(ok(SAME), 3));
    assert_eq!((&log.value()["status"], log.asked.len(), posts(&log)), (&json!("SUCCESS"), 1, 1));
}

#[test]
fn another_modal_after_another_status_is_asked_about() {
    let mut looks = 0;
    let log = asking().says(&[more(), more()]).run_by(|request, _| {
        if request.url.ends_with("/mj/submit/modal") {
            return ok(SAME);
        }
        looks += 1;
        let status = ["MODAL", "MODAL", "IN_PROGRESS", "MODAL", "MODAL", "SUCCESS"][looks - 1];
        let task = json!({"id": TASK, "status": status, "progress": "0%"});
        says(200, &if request.body.is_empty() { task } else { json!([task]) })
    });
    assert_eq!((&log.value()["status"], log.asked.len(), posts(&log)), (&json!("SUCCESS"), 2, 2));
}

/// Two waits of one process ask at the same time; the other one's answer is out when this one's comes.
#[test]
fn what_another_client_has_answered_meanwhile_is_not_answered_again() {
    let memory = Memory::new();
    let client = json_of(json!({"apiKey": "sk-0123456789"}));
    let (id, options) = (json_of(json!(TASK)), json_of(json!({"onModal": true, "initialDelayMs": 0})));
    let mut wait = start(Method::PollUntilDone, &client, &id, &options, &memory, START).unwrap();
    assert!(matches!(wait.step(START, 0.5), Step::Send(_)));
    wait.answer(START, &task("MODAL"));
    assert!(matches!(wait.step(START, 0.5), Step::Report { .. }));
    assert!(matches!(wait.step(START, 0.5), Step::Ask { .. }));
    memory.of_api(API).set_modal_at(TASK, START);
    wait.answer(START, &Answer::Said(json_of(more())));
    assert!(matches!(wait.step(START, 0.5), Step::Wait { .. }), "it goes on waiting");
}

#[test]
fn a_modal_that_makes_several_tasks_is_waited_for_in_all_of_them() {
    let several = says(200, &json!({"code": 1, "description": "ok", "result": format!("{NEW},{NEW}1")}));
    let log = asking().says(&[more()]).run_by(|request, _| match request.url.rsplit('/').next() {
        Some("modal") => several.clone(),
        Some("fetch") => task("MODAL"),
        _ => says(200, &json!([{"id": NEW, "status": "SUCCESS"}, {"id": format!("{NEW}1"), "status": "SUCCESS"}])),
    });
    assert_eq!((&log.value()["id"], &log.value()["siblings"][0]["id"]), (&json!(NEW), &json!(format!("{NEW}1"))));
}

/// Nobody has answered that one's.
#[test]
fn a_modal_of_the_task_that_a_modal_made_is_asked_about() {
    let body = says(200, &json!({"code": 21, "description": "ok", "result": NEW}));
    let log = asking().says(&[more(), json!(null)]).run_by(served(body, 9));
    assert_eq!((log.asked.len(), &log.value()["id"], &log.value()["status"]), (2, &json!(NEW), &json!("MODAL")));
}

#[test]
fn an_uncertain_answer_that_names_another_task_has_the_state_of_that() {
    let body = says(200, &json!({"code": 9, "description": "x", "result": NEW}));
    let log = asking().says(&[more()]).run_by(served(body, 0));
    let error = log.error();
    assert_eq!((log.code(), &error["taskId"], &error["taskIds"]), ("submit_uncertain", &json!(TASK), &json!([NEW])));
    assert_eq!((&error["state"]["taskId"], &error["task"]["id"]), (&json!(NEW), &json!(TASK)));
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
        assert_eq!(error["state"]["modalAt"], START + log.sent[1], "when the answer went out");
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
        _ => task("MODAL"),
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
