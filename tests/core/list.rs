//! `listTasks`: several tasks with one request.

use crate::scenario::{answer, call, dropped, ok, says, Scenario, TASK};
use cometapi_midjourney::core::{Answer, Method};
use serde_json::{json, Value};

const OTHER: &str = "17733149421776840001";

fn list(ids: Value) -> Scenario {
    call(Method::ListTasks, ids)
}

#[test]
fn it_is_one_post_of_the_ids() {
    let log = list(json!([TASK, OTHER])).run(&[ok("[]")]);
    assert_eq!(log.urls, ["https://api.cometapi.com/mj/task/list-by-condition"]);
    assert_eq!((log.body(), log.timeouts.clone()), (json!({"ids": [TASK, OTHER]}), vec![30_000.0]));
    assert_eq!((log.value(), log.waits.len()), (&json!([]), 0));
}

#[test]
fn the_tasks_are_given_as_a_fetch_gives_them_in_the_order_that_they_came() {
    let body = r#"[{"id":17733149421776840001,"status":"IN_PROGRESS","progress":"58%"},null,7,{"a":1},
        {"id":"1773314942177684","status":"FAILED","failReason":"x","buttons":null}]"#;
    let log = list(json!([TASK, OTHER])).run(&[ok(body)]);
    let tasks = log.value().as_array().unwrap();
    assert_eq!(tasks.iter().map(|task| &task["id"]).collect::<Vec<_>>(), [OTHER, TASK]);
    assert_eq!((&tasks[0]["percent"], &tasks[0]["raw"]["id"]), (&json!(58), &json!(OTHER)));
    assert_eq!((&tasks[1]["status"], &tasks[1]["buttons"]), (&json!("FAILURE"), &json!([])));
}

#[test]
fn where_none_is_known_there_are_none() {
    for body in ["[]", " [ ] ", "null", ""] {
        assert_eq!(list(json!([TASK])).run(&[ok(body)]).value(), &json!([]));
    }
}

#[test]
fn what_is_no_list_of_ids_is_told_before_anything_is_sent() {
    let table = [
        (json!(null), "list"),
        (json!(TASK), "list"),
        (json!({}), "list"),
        (json!([]), "not empty"),
        (json!([TASK, ""]), "Each of taskIds is missing or empty"),
        (json!([TASK, 1_773_314_942_177_684_i64]), "must be text"),
        (json!(["<task_id>"]), "placeholder"),
        (json!([format!("{TASK},{OTHER}")]), "commas"),
        (json!([null]), "missing"),
        (json!([[TASK]]), "missing"),
    ];
    for (ids, remedy) in table {
        let log = list(ids.clone()).run(&[ok("[]")]);
        assert_eq!((log.code(), log.sent.len()), ("invalid_argument", 0), "{ids}");
        assert!(log.message().contains(remedy), "{} lacks {remedy}", log.message());
    }
}

#[test]
fn it_is_a_read_that_is_sent_again_after_a_passing_fault() {
    for fault in [dropped(), Answer::TimedOut, answer(429, ""), answer(500, ""), answer(524, "<html>"), ok("[{\"id\":")]
    {
        let log = list(json!([TASK])).run(&[fault.clone(), fault.clone(), ok("[]")]);
        assert_eq!((log.sent.len(), log.value()), (3, &json!([])), "{fault:?}");
        let log = list(json!([TASK])).run(std::slice::from_ref(&fault));
        assert_eq!(log.sent.len(), 3, "{fault:?}");
        assert!(log.message().starts_with("Asking for tasks failed: "), "{}", log.message());
        let log = list(json!([TASK])).options(json!({"maxRetries": 0})).run(&[fault]);
        assert_eq!(log.sent.len(), 1);
    }
}

#[test]
fn what_does_not_pass_ends_it_at_once() {
    let table = [
        (answer(401, ""), "authentication"),
        (answer(403, ""), "permission_denied"),
        (answer(404, ""), "unexpected_response"),
        (answer(301, ""), "unexpected_response"),
        (ok("<html>"), "unexpected_response"),
        (ok(r#"{"code":4}"#), "unexpected_response"),
        (answer(400, r#"{"code":4,"description":"bind_request_body_failed "}"#), "unexpected_response"),
    ];
    for (given, code) in table {
        let log = list(json!([TASK])).run(std::slice::from_ref(&given));
        assert_eq!((log.code(), log.sent.len(), &log.error()["retryable"]), (code, 1, &json!(false)), "{given:?}");
        assert_eq!(log.error().get("state"), None);
    }
}

#[test]
fn it_goes_on_the_plain_path_in_every_mode() {
    let client = json!({"apiKey": "sk-0123456789", "mode": "turbo"});
    let log = list(json!([TASK])).client(client).run(&[says(200, &json!([]))]);
    assert_eq!(log.urls, ["https://api.cometapi.com/mj/task/list-by-condition"]);
}
