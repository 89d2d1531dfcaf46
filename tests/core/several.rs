//! Rule 2: one submit can make several tasks, which are all paid for. All are waited for, and none is lost.

use crate::scenario::{answer, call, ok, poll, says, Log, Scenario, START, TASK};
use cometapi_midjourney::core::{Answer, Method, Request};
use serde_json::{json, Value};

const IDS: [&str; 3] = ["1773315122000777", "1773315122000778", "1773315122000779"];

fn picture() -> Value {
    json!({"id": TASK, "status": "SUCCESS", "buttons": [{"customId": "MJ::Job::PicReader::all", "label": "Imagine all"}]})
}

fn act() -> Scenario {
    call(Method::Act, picture()).options(json!({"button": "Imagine all"}))
}

/// A gateway whose submit makes all of them, and that says of each what `status` does: none where it does not know it.
fn gateway(status: impl Fn(&str, f64) -> Option<&'static str>) -> impl FnMut(&Request, f64) -> Answer {
    move |request, ms| {
        let task = |id: &str| status(id, ms).map(|status| json!({"id": id, "status": status, "progress": "9%"}));
        match request.url.rsplit('/').next().unwrap() {
            "action" => says(200, &json!({"code": 1, "description": "ok", "result": IDS.join(",")})),
            "fetch" => match task(request.url.rsplit('/').nth(1).unwrap()) {
                Some(task) => says(200, &task),
                None => answer(400, r#"{"code":4,"description":"task_no_found "}"#),
            },
            _ => {
                let body: Value = serde_json::from_str(&request.body).unwrap();
                let ids = body["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap());
                says(200, &ids.filter_map(task).collect())
            }
        }
    }
}

fn ids_of(tasks: &Value) -> Vec<&str> {
    tasks.as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap()).collect()
}

fn all_known(log: &Log) {
    let error = log.error();
    assert_eq!((&error["taskId"], &error["taskIds"]), (&json!(IDS[0]), &json!(IDS)));
    assert_eq!((&error["state"]["taskId"], &error["state"]["taskIds"]), (&json!(IDS[0]), &json!(IDS)));
    assert!(error["state"].to_string().len() < 1_000);
}

#[test]
fn act_waits_for_all_and_gives_the_first_with_the_others_beside_it() {
    let log = act().run_by(gateway(|id, ms| {
        let end = [30_000.0, 10_000.0, 60_000.0][IDS.iter().position(|known| *known == id).unwrap()];
        Some(if ms < end { "IN_PROGRESS" } else { "SUCCESS" })
    }));
    assert_eq!((&log.value()["id"], ids_of(&log.value()["siblings"])), (&json!(IDS[0]), IDS[1..].to_vec()));
    assert!(log.ended >= 60_000.0);
    assert_eq!(log.submitted[0]["taskIds"], json!(IDS));
    assert_eq!(log.urls.iter().filter(|url| url.ends_with("/action")).count(), 1);
    // One request for all of them.
    assert!(log.urls[1..].iter().all(|url| url.ends_with("/list-by-condition")), "{:?}", log.urls);
    assert!(log.infos.iter().all(|info| info["state"]["taskIds"] == json!(IDS)));
}

#[test]
fn a_result_and_a_state_of_several_are_waited_for_alike() {
    let result = json!({"kind": "submitted", "taskId": IDS[0], "taskIds": IDS, "code": 1});
    let state = json!({"v": 1, "taskId": IDS[0], "taskIds": IDS, "submittedAt": START, "polls": 1, "delayMs": 2_000});
    // As 0.1.0 saved it.
    let old = json!({"v": 1, "taskId": IDS.join(","), "submittedAt": START, "polls": 0, "delayMs": 0});
    for target in [result, state, old] {
        let log = poll().subject(target.clone()).run_by(gateway(|_, _| Some("SUCCESS")));
        assert_eq!((&log.value()["id"], ids_of(&log.value()["siblings"])), (&json!(IDS[0]), IDS[1..].to_vec()));
        let log = call(Method::PollAllUntilDone, json!([TASK, target])).run_by(gateway(|_, _| Some("SUCCESS")));
        assert_eq!(ids_of(&log.value()[1]["value"]["siblings"]), IDS[1..].to_vec());
        assert_eq!((log.value()[0]["value"].get("siblings"), log.settled.len()), (None, 2));
    }
}

#[test]
fn a_sibling_that_failed_is_one_of_them() {
    let log = act().run_by(gateway(|id, _| Some(if id == IDS[1] { "FAILURE" } else { "SUCCESS" })));
    let statuses: Vec<_> = log.value()["siblings"].as_array().unwrap().iter().map(|task| &task["status"]).collect();
    assert_eq!(statuses, ["FAILURE", "SUCCESS"]);
}

#[test]
fn what_ends_the_wait_for_one_says_how_to_go_on_with_all() {
    let failed = act().run_by(gateway(|id, _| Some(if id == IDS[0] { "FAILURE" } else { "SUCCESS" })));
    all_known(&failed);
    assert_eq!((failed.code(), ids_of(&failed.error()["siblings"])), ("task_failed", IDS[1..].to_vec()));
    let late = act().run_by(gateway(|id, _| Some(if id == IDS[2] { "IN_PROGRESS" } else { "SUCCESS" })));
    all_known(&late);
    assert_eq!((late.code(), ids_of(&late.error()["siblings"])), ("poll_timeout", vec![IDS[0], IDS[1]]));
    let log = poll().subject(late.error()["state"].clone()).run_by(gateway(|_, _| Some("SUCCESS")));
    assert_eq!(ids_of(&log.value()["siblings"]), IDS[1..].to_vec());
    let lost = act().run_by(gateway(|id, _| (id != IDS[1]).then_some("SUCCESS")));
    all_known(&lost);
    assert_eq!(lost.code(), "task_not_found");
}

#[test]
fn one_of_them_whose_modal_was_answered_is_told_from_the_others() {
    let state = json!({"v": 1, "taskId": IDS[0], "taskIds": IDS, "modalAt": START, "modalOf": [IDS[1]], "polls": 1, "delayMs": 2_000});
    let log = poll()
        .subject(state)
        .run_by(gateway(|id, ms| Some(if id != IDS[1] || ms < 60_000.0 { "MODAL" } else { "SUCCESS" })));
    assert_eq!((&log.value()["status"], &log.value()["siblings"][0]["status"]), (&json!("MODAL"), &json!("SUCCESS")));
}

#[test]
fn poll_once_asks_for_all_with_one_request() {
    let result = json!({"kind": "submitted", "taskId": IDS[0], "taskIds": IDS, "code": 1});
    let once = |target: Value| call(Method::PollOnce, target);
    let log = once(result).run_by(gateway(|id, _| Some(if id == IDS[0] { "SUCCESS" } else { "IN_PROGRESS" })));
    let step = log.value();
    assert_eq!((log.sent.len(), &step["done"], &step["task"]["status"]), (1, &json!(false), &json!("SUCCESS")));
    assert_eq!((ids_of(&step["task"]["siblings"]), step["nextDelayMs"].as_f64()), (IDS[1..].to_vec(), Some(4_000.0)));
    let log = once(step["state"].clone()).run_by(gateway(|_, _| Some("SUCCESS")));
    assert_eq!((&log.value()["done"], log.value().get("nextDelayMs")), (&json!(true), None));
    let log = once(step["state"].clone()).run(&[ok("[]")]);
    assert_eq!((log.code(), log.sent.len(), &log.error()["retryable"]), ("task_not_found", 1, &json!(true)));
    all_known(&log);
}

#[test]
fn a_state_whose_ids_are_none_is_no_state() {
    for ids in [json!([]), json!([IDS[1]]), json!([IDS[0], "a/b"]), json!([IDS[0], 7]), json!("x"), json!([IDS[0], ""])]
    {
        let state = json!({"v": 1, "taskId": IDS[0], "taskIds": ids, "polls": 1, "delayMs": 2_000});
        assert_eq!(poll().subject(state).run(&[ok("[]")]).code(), "state", "{ids}");
    }
}
