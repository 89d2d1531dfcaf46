//! `submitModal`, and rule 8: after it MODAL of the same task is stale until another status was seen, however long.

use crate::json::json_of;
use crate::scenario::{
    answer, call, done, dropped, not_sent, ok, pending, poll, says, submit, task, with_headers, Scenario, API, START,
    TASK,
};
use cometapi_midjourney::core::{start, Answer, Memory, Method, Step};
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
        (vec![answer(401, r#"{"error":{"message":"no"}}"#)], 1, Some("authentication")),
        (vec![answer(401, "")], 1, Some("submit_uncertain")),
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
fn however_long_ago_a_modal_was_answered_it_is_stale() {
    for ago in [0.0, 59_000.0, 61_000.0, 86_400_000.0] {
        let log = poll().modal_answered(TASK, ago).run_with(modal_until(600_000.0));
        assert_eq!((&log.value()["status"], log.asked.len()), (&json!("SUCCESS"), 0), "{ago}");
        assert_eq!(log.reports.len(), 1, "a stale MODAL is no news");
    }
    let log = poll().modal_answered(TASK, 0.0).run(&[task("MODAL")]);
    assert_eq!((log.code(), log.error()["state"].get("modalAt").is_some()), ("poll_timeout", true));
    assert_eq!(poll().modal_answered("1", 0.0).run(&[task("MODAL")]).sent.len(), 1, "of another task");
    assert_eq!(poll().submitted_ago(0.0).run(&[task("MODAL")]).sent.len(), 1, "an action's own modal is one");
}

/// The clock has no say.
#[test]
fn a_clock_that_jumps_makes_no_modal_of_a_stale_one() {
    let log = poll().modal_answered(TASK, 0.0).jump(61_000.0).run_with(modal_until(200_000.0));
    assert_eq!(log.value()["status"], "SUCCESS");
}

#[test]
fn of_another_clients_api_it_is_not() {
    let client = json!({"apiKey": "sk-0123456789", "baseURL": "https://other.test"});
    let log = poll().client(client).modal_answered(TASK, 0.0).run(&[task("MODAL")]);
    assert_eq!(log.value()["status"], "MODAL");
}

#[test]
fn another_status_makes_the_next_modal_a_new_one() {
    let memory = Memory::new();
    memory.of_api(API).set_modal_at(TASK, START);
    let log = poll().memory(&memory).run(&[task("MODAL"), task("MODAL"), pending(), task("MODAL")]);
    assert_eq!(log.value()["status"], "MODAL");
    assert!(memory.of_api(API).modal_at(TASK).is_nan(), "for every client of the process");
    assert_eq!(poll().memory(&memory).run(&[task("MODAL")]).sent.len(), 1);
}

#[test]
fn a_button_that_makes_the_task_anew_opens_a_new_modal() {
    let memory = Memory::new();
    memory.of_api(API).set_modal_at(TASK, START);
    let press = json!({"taskId": "1773314942177001", "customId": "MJ::Inpaint::1::h::SOLO"});
    let existing = format!(r#"{{"code":21,"result":"{TASK}","properties":{{"status":"IN_PROGRESS"}}}}"#);
    call(Method::SubmitAction, press.clone()).memory(&memory).run(&[ok(&existing)]);
    assert!(!memory.of_api(API).modal_at(TASK).is_nan(), "it was there before");
    let opened = format!(r#"{{"code":21,"result":"{TASK}","properties":{{"remix":true}}}}"#);
    call(Method::SubmitAction, press).memory(&memory).run(&[ok(&opened)]);
    assert_eq!(poll().memory(&memory).run(&[task("MODAL")]).value()["status"], "MODAL");
}

/// What a real gateway answered (`tests/gateway`): two rows of one id.
fn rows(rows: &[(&str, &str)]) -> Answer {
    let rows = rows.iter().map(|(status, progress)| json!({"id": TASK, "status": status, "progress": progress}));
    says(200, &rows.collect::<Vec<_>>().into())
}

#[test]
fn such_a_task_is_looked_at_by_the_list_of_whose_rows_the_furthest_counts() {
    let answers = [
        rows(&[("MODAL", "0%"), ("SUBMITTED", "0%")]),
        rows(&[("MODAL", "0%"), ("IN_PROGRESS", "30%")]),
        rows(&[("IN_PROGRESS", "68%"), ("MODAL", "0%")]),
        rows(&[("MODAL", "0%"), ("SUCCESS", "100%")]),
    ];
    let log = poll().modal_answered(TASK, 0.0).run(&answers);
    assert!(log.urls.iter().all(|url| url.ends_with("/mj/task/list-by-condition")), "{:?}", log.urls);
    assert_eq!(log.body(), json!({"ids": [TASK]}));
    let seen: Vec<_> = log.reports.iter().map(|task| task["status"].as_str().unwrap()).collect();
    assert_eq!(seen, ["SUBMITTED", "IN_PROGRESS", "IN_PROGRESS", "SUCCESS"]);
}

/// As long as the old row is there, a fetch would read it.
#[test]
fn while_a_row_reads_modal_it_stays_stale() {
    let log = poll()
        .modal_answered(TASK, 0.0)
        .options(json!({"maxPolls": 1}))
        .run(&[rows(&[("MODAL", "0%"), ("IN_PROGRESS", "30%")])]);
    let state = log.error()["state"].clone();
    assert!(state.get("modalAt").is_some(), "{state}");
    let log = poll().subject(state).run(&[rows(&[("MODAL", "0%")]), rows(&[("SUCCESS", "100%")])]);
    assert_eq!((&log.value()["status"], log.asked.len()), (&json!("SUCCESS"), 0));
}

#[test]
fn where_no_list_is_served_a_fetch_alone_must_do() {
    let wait = || poll().modal_answered(TASK, 0.0);
    for refused in [answer(404, ""), ok("<html>"), answer(405, "{}"), task("MODAL")] {
        let log = wait().run_by(|request, ms| match request.body.is_empty() {
            false => refused.clone(),
            true if ms < 100_000.0 => task("MODAL"),
            true => done(),
        });
        let lists = log.bodies.iter().filter(|body| !body.is_empty()).count();
        assert_eq!((&log.value()["status"], lists), (&json!("SUCCESS"), 1), "{refused:?}");
        assert_eq!(log.events.iter().filter(|event| event["type"] == "fallback").count(), 1);
        assert_eq!(log.sent[0], log.sent[1], "at once");
    }
    let log = wait().options(json!({"maxPolls": 2})).run_by(|request, _| match request.body.is_empty() {
        false => answer(404, ""),
        true => task("MODAL"),
    });
    assert_eq!((log.code(), &log.error()["state"]["noList"]), ("poll_budget", &json!(true)));
    let log = poll().subject(log.error()["state"].clone()).run(&[task("MODAL"), done()]);
    assert!(log.bodies.iter().all(String::is_empty), "a wait that goes on knows it");
}

#[test]
fn a_list_that_leaves_it_out_is_followed_by_a_fetch() {
    let log = poll().modal_answered(TASK, 0.0).run_by(|request, _| match request.body.is_empty() {
        false => ok("[]"),
        true => done(),
    });
    assert_eq!((&log.value()["status"], log.sent.len()), (&json!("SUCCESS"), 2));
    let blip = poll().modal_answered(TASK, 0.0).run_by(|request, ms| match (request.body.is_empty(), ms < 10_000.0) {
        (_, false) => rows(&[("SUCCESS", "100%")]),
        (false, true) => ok("[]"),
        (true, true) => answer(400, r#"{"code":4,"description":"task_no_found "}"#),
    });
    assert_eq!(blip.value()["status"], "SUCCESS", "one blip of a database ends no wait");
}

#[test]
fn many_waits_read_the_rows_alike() {
    let other = "1773314942177685";
    let log = call(Method::PollAllUntilDone, json!([TASK, other])).modal_answered(TASK, 0.0).run_with(|_, ms| {
        let status = if ms < 50_000.0 { "IN_PROGRESS" } else { "SUCCESS" };
        says(
            200,
            &json!([
                {"id": TASK, "status": "MODAL", "progress": "0%"},
                {"id": other, "status": status, "progress": "9%"},
                {"id": TASK, "status": status, "progress": "9%"},
            ]),
        )
    });
    let statuses: Vec<_> = log.value().as_array().unwrap().iter().map(|one| &one["value"]["status"]).collect();
    assert_eq!(statuses, ["SUCCESS", "SUCCESS"]);
    let listed = call(Method::ListTasks, json!([TASK])).run(&[rows(&[("MODAL", "0%"), ("SUBMITTED", "0%")])]);
    assert_eq!((listed.value().as_array().unwrap().len(), &listed.value()[0]["status"]), (1, &json!("SUBMITTED")));
}

/// An abort, a trap, a tab that is closed: nobody hears what became of the answer.
#[test]
fn from_the_moment_that_its_answer_goes_out_a_modal_counts_as_answered() {
    let memory = Memory::new();
    let (client, params) =
        (json_of(json!({"apiKey": "sk-0123456789"})), json_of(json!({"taskId": TASK, "prompt": "x"})));
    let nothing = json_of(Value::Null);
    let mut machine = start(Method::SubmitModal, &client, &params, &nothing, &memory, START).unwrap();
    assert!(memory.of_api(API).modal_at(TASK).is_nan());
    assert!(matches!(machine.step(START, 0.5), Step::Send(_)));
    drop(machine);
    assert_eq!(memory.of_api(API).modal_at(TASK), START);
}

#[test]
fn a_plain_refusal_takes_that_back_and_an_uncertain_end_does_not() {
    let table = [
        (ok(r#"{"code":24,"description":"x"}"#), false),
        (answer(429, ""), false),
        (answer(401, r#"{"error":{"message":"no"}}"#), false),
        (not_sent(), false),
        (answer(500, ""), true),
        (dropped(), true),
        (Answer::TimedOut, true),
        (answer(400, r#"{"code":4,"description":"insert_midjourney_task_failed ","type":"upstream_error"}"#), true),
        (ok(GOES_ON), true),
    ];
    for (given, is_answered) in table {
        let memory = Memory::new();
        modal().memory(&memory).options(json!({"maxRetries": 0})).run(std::slice::from_ref(&given));
        assert_eq!(!memory.of_api(API).modal_at(TASK).is_nan(), is_answered, "{given:?}");
    }
}

#[test]
fn the_state_of_such_a_wait_knows_when() {
    let log = poll().modal_answered(TASK, 5_000.0).options(json!({"maxPolls": 2})).run(&[task("MODAL")]);
    let state = log.error()["state"].clone();
    assert_eq!(log.code(), "poll_budget");
    assert_eq!(state["modalAt"], START - 5_000.0);
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
fn an_answer_that_names_a_task_elsewhere_is_not_the_same_task() {
    for body in [
        json!({"code": 1, "taskId": "1773315122000777"}),
        json!({"code": 1, "result": "", "data": {"id": "1773315122000777"}}),
    ] {
        let log = modal().run(&[says(200, &body)]);
        assert_eq!((log.code(), &log.error()["taskIds"]), ("submit_uncertain", &json!(["1773315122000777"])), "{body}");
    }
    let echo = json!({"code": 1, "taskId": TASK});
    assert_eq!(modal().run(&[says(200, &echo)]).value()["taskId"], TASK);
}

/// One gateway has one name in the memory of the process.
#[test]
fn an_address_is_the_same_however_it_is_written() {
    for base_url in ["https://API.test", "https://api.test:443", "https://api.test/."] {
        let memory = Memory::new();
        memory.of_api("https://api.test").set_modal_at(TASK, START);
        assert!(!memory.of_api(base_url).modal_at(TASK).is_nan(), "{base_url}");
        assert!(memory.of_api("https://api.test:8443").modal_at(TASK).is_nan());
    }
}

/// Where lists are in trouble, and fetches are not.
#[test]
fn a_list_that_is_in_trouble_is_followed_by_a_fetch() {
    let log = poll().modal_answered(TASK, 0.0).run_by(|request, ms| match request.body.is_empty() {
        false => answer(500, ""),
        true if ms < 100_000.0 => task("MODAL"),
        true => done(),
    });
    assert_eq!((&log.value()["status"], log.asked.len()), (&json!("SUCCESS"), 0));
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
