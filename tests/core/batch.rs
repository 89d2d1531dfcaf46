//! `pollAllUntilDone`: many waits at the cost of one, each of which settles by itself.

use crate::scenario::{answer, call, dropped, ok, says, Log, Scenario, START};
use cometapi_midjourney::core::{Answer, Method, Request};
use serde_json::{json, Value};

fn all(targets: &[Value]) -> Scenario {
    call(Method::PollAllUntilDone, json!(targets))
}

/// So many targets, by their bare ids.
fn ids(count: usize) -> Vec<Value> {
    (0..count).map(|at| json!(id(at))).collect()
}

fn id(at: usize) -> String {
    format!("1773314942177{at:03}")
}

/// The ids that a request asks for, and whether by a list.
fn asked(request: &Request) -> (bool, Vec<String>) {
    if request.body.is_empty() {
        return (false, vec![request.url.rsplit('/').nth(1).unwrap().to_owned()]);
    }
    assert!(request.url.ends_with("/mj/task/list-by-condition"));
    let body: Value = serde_json::from_str(&request.body).unwrap();
    let ids = body["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned());
    (true, ids.collect())
}

/// A gateway with a task for each id: `status(id, ms)`, or none where it does not know it.
fn gateway(status: impl Fn(&str, f64) -> Option<&'static str>) -> impl FnMut(&Request, f64) -> Answer {
    move |request, ms| {
        let (is_list, ids) = asked(request);
        let tasks = ids
            .iter()
            .filter_map(|id| status(id, ms).map(|status| json!({"id": id, "status": status, "progress": "50%"})));
        let tasks: Vec<_> = tasks.collect();
        match (is_list, tasks.first()) {
            (true, _) => says(200, &json!(tasks)),
            (_, Some(task)) => says(200, task),
            _ => answer(400, r#"{"code":4,"description":"task_no_found "}"#),
        }
    }
}

fn pending_until(end: f64) -> impl Fn(&str, f64) -> Option<&'static str> {
    move |_, ms| Some(if ms < end { "IN_PROGRESS" } else { "SUCCESS" })
}

fn lists(log: &Log) -> usize {
    log.bodies.iter().filter(|body| !body.is_empty()).count()
}

/// The ids in each request's body.
fn ids_in(body: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(body).unwrap();
    body["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn outcomes(log: &Log) -> Vec<String> {
    let words = log.value().as_array().unwrap().iter().map(|one| match one.get("value") {
        Some(task) => task["status"].as_str().unwrap().to_owned(),
        None => one["error"]["code"].as_str().unwrap().to_owned(),
    });
    words.collect()
}

#[test]
fn one_list_asks_for_all_that_are_due() {
    let log = all(&ids(3)).run_by(gateway(pending_until(7_000.0)));
    assert_eq!(log.urls, vec!["https://api.cometapi.com/mj/task/list-by-condition"; 2]);
    assert_eq!(ids_in(&log.bodies[0]), [id(0), id(1), id(2)]);
    assert_eq!((log.sent.clone(), log.timeouts.clone()), (vec![6_000.0, 10_000.0], vec![30_000.0; 2]));
    assert_eq!(outcomes(&log), vec!["SUCCESS"; 3]);
}

#[test]
fn a_single_target_is_asked_for_like_any_other() {
    let log = all(&ids(1)).run_by(gateway(pending_until(7_000.0)));
    assert_eq!((log.sent.clone(), outcomes(&log)), (vec![6_000.0, 10_000.0], vec!["SUCCESS".to_owned()]));
}

#[test]
fn no_targets_are_no_results() {
    let log = all(&[]).run(&[answer(500, "")]);
    assert_eq!((log.value(), log.sent.len()), (&json!([]), 0));
}

#[test]
fn what_is_no_list_is_told() {
    for subject in [json!(null), json!("1773314942177000"), json!({"0": "1"}), json!(5)] {
        let log = call(Method::PollAllUntilDone, subject).run(&[answer(500, "")]);
        assert_eq!(log.outcome().as_ref().map_err(|error| error["code"].clone()), Err(json!("invalid_argument")));
    }
}

#[test]
fn a_target_that_is_none_is_told_before_anything_is_sent() {
    for bad in [json!(""), json!(7), json!(null), json!({"v": 2}), json!("a/b")] {
        let log = all(&[json!(id(0)), bad]).run(&[answer(500, "")]);
        assert!(matches!(log.code(), "invalid_argument" | "state") && log.sent.is_empty());
    }
    for chunk in [json!(0), json!(-1), json!("x")] {
        let log = all(&ids(2)).options(json!({"chunkSize": chunk})).run(&[answer(500, "")]);
        assert_eq!((log.code(), log.sent.len()), ("invalid_argument", 0));
    }
}

#[test]
fn targets_of_every_form_go_into_one_list() {
    let targets = [
        json!(id(0)),
        json!({"kind": "submitted", "taskId": id(1), "code": 1, "description": "", "properties": {}}),
        json!({"id": id(2), "status": "SUBMITTED", "progress": "", "buttons": [], "raw": {}}),
    ];
    let log = all(&targets).run_by(gateway(pending_until(0.0)));
    assert_eq!(log.bodies.iter().map(|body| ids_in(body).len()).collect::<Vec<_>>(), [3]);
}

#[test]
fn each_settles_by_itself_in_the_order_of_the_targets() {
    let log = all(&ids(4)).run_by(gateway(|id, ms| {
        Some(match (id.as_bytes()[id.len() - 1], ms) {
            (b'0', ..20_000.0) => "IN_PROGRESS",
            (b'1', ..7_000.0) => "SUBMITTED",
            (b'1', _) => "MODAL",
            (b'2', ..12_000.0) => "IN_PROGRESS",
            (b'2', _) => "FAILURE",
            _ => "SUCCESS",
        })
    }));
    assert_eq!(outcomes(&log), ["SUCCESS", "MODAL", "task_failed", "SUCCESS"]);
    assert_eq!(log.settled.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [3, 1, 2, 0]);
    for (index, outcome) in &log.settled {
        assert_eq!(*outcome, log.value()[index]);
    }
    assert_eq!(log.value()[2]["error"]["taskId"], id(2));
    // Who has ended is asked for no more.
    assert!(!log.bodies.last().unwrap().contains(&id(3)), "{:?}", log.bodies);
}

#[test]
fn each_reports_only_its_changes() {
    let log = all(&ids(2)).run_by(gateway(|id, ms| {
        Some(match id.ends_with('0') {
            true if ms < 7_000.0 => "SUBMITTED",
            _ if ms < 12_000.0 => "IN_PROGRESS",
            _ => "SUCCESS",
        })
    }));
    let of = |at: usize| log.reports.iter().filter(|task| task["id"] == id(at)).count();
    assert_eq!((of(0), of(1)), (3, 2));
    assert_eq!(log.infos.iter().filter(|info| info["state"]["taskId"] == id(0)).count(), 3);
}

#[test]
fn the_same_task_twice_gives_two_results() {
    let log = all(&[json!(id(0)), json!(id(0))]).run_by(gateway(pending_until(4_000.0)));
    assert_eq!(outcomes(&log), ["SUCCESS", "SUCCESS"]);
}

#[test]
fn chunks_are_as_large_as_they_may_be() {
    for (size, expected) in [(json!(2), vec![2, 2, 1]), (json!(5), vec![5]), (json!(1e9), vec![5])] {
        let log = all(&ids(5)).options(json!({"chunkSize": size})).run_by(gateway(pending_until(0.0)));
        let sizes = log.bodies.iter().map(|body| if body.is_empty() { 1 } else { ids_in(body).len() });
        assert_eq!(sizes.collect::<Vec<_>>(), expected);
    }
    let log = all(&ids(250)).run_by(gateway(pending_until(0.0)));
    assert_eq!(log.bodies.iter().map(|body| ids_in(body).len()).collect::<Vec<_>>(), [100, 100, 50]);
}

#[test]
fn an_id_that_an_answer_leaves_out_is_fetched_by_itself() {
    // Only the single route knows the second one.
    let log = all(&ids(3)).run_by(|request, _| {
        let (is_list, ids) = asked(request);
        let known = ids.iter().filter(|one| !is_list || **one != id(1));
        let tasks: Vec<_> = known.map(|id| json!({"id": id, "status": "SUCCESS"})).collect();
        if is_list {
            says(200, &json!(tasks))
        } else {
            says(200, &tasks[0])
        }
    });
    assert_eq!((outcomes(&log), lists(&log), log.sent.len()), (vec!["SUCCESS".to_owned(); 3], 1, 2));
    assert!(log.urls[1].contains(&id(1)));
    assert!(log.events.iter().all(|event| event["type"] != "fallback"));
}

#[test]
fn an_id_that_nobody_knows_settles_as_not_found_and_the_others_go_on() {
    let log =
        all(&ids(3)).run_by(gateway(|one, ms| (one != id(1)).then_some(if ms < 9_000.0 { "" } else { "SUCCESS" })));
    assert_eq!(outcomes(&log), ["SUCCESS", "task_not_found", "SUCCESS"]);
    assert_eq!(log.settled[0].0, 1);
    let nobody = all(&ids(3)).run(&[ok("[]"), answer(404, "")]);
    assert_eq!(outcomes(&nobody), vec!["task_not_found"; 3]);
}

#[test]
fn a_fresh_task_may_be_unknown_for_a_while() {
    let log = all(&ids(2))
        .also_submitted(&id(0), 0.0)
        .also_submitted(&id(1), 0.0)
        .run_by(gateway(|_, ms| (ms > 8_000.0).then_some("SUCCESS")));
    assert_eq!(outcomes(&log), vec!["SUCCESS"; 2]);
}

#[test]
fn ids_of_any_length_are_found_quoted_or_not() {
    let targets = [json!("1773314942177684"), json!("17733149421776840001")];
    let log = all(&targets).run(&[ok(
        r#"[null,7,{"status":"SUCCESS"},{"id":17733149421776840001,"status":"SUCCESS"},{"id":1773314942177684,"status":"MODAL"}]"#,
    )]);
    assert_eq!((outcomes(&log), log.sent.len()), (vec!["MODAL".to_owned(), "SUCCESS".to_owned()], 1));
    assert_eq!(log.value()[1]["value"]["raw"]["id"], "17733149421776840001");
}

#[test]
fn where_the_list_is_refused_singles_go_on_and_that_is_told_once() {
    for refused in [
        answer(404, r#"{"error":{"message":"no route"}}"#),
        answer(404, "<html>"),
        answer(200, "<!doctype html>"),
        answer(403, ""),
        answer(405, ""),
        answer(301, ""),
        answer(400, r#"{"code":4,"description":"bind_request_body_failed "}"#),
        ok(r#"{"code":1}"#),
    ] {
        let mut singles = gateway(pending_until(7_000.0));
        let log =
            all(&ids(3)).run_by(|request, ms| if asked(request).0 { refused.clone() } else { singles(request, ms) });
        assert_eq!((outcomes(&log), lists(&log)), (vec!["SUCCESS".to_owned(); 3], 1), "{refused:?}");
        let told: Vec<_> = log.events.iter().filter(|event| event["type"] == "fallback").collect();
        assert!(told.len() == 1 && !told[0]["reason"].as_str().unwrap().is_empty());
        // At once, and nothing of it counts as a fault.
        assert_eq!(log.sent[..4], [6_000.0; 4]);
    }
}

#[test]
fn a_passing_fault_of_a_list_is_one_of_each() {
    for fault in [dropped(), answer(500, ""), answer(502, "<html>"), answer(429, ""), ok("[{\"id\":"), Answer::TimedOut]
    {
        let log = all(&ids(3)).run(std::slice::from_ref(&fault));
        assert_eq!(log.sent.len(), 6, "{fault:?}");
        let errors: Vec<_> = log.value().as_array().unwrap().iter().map(|one| &one["error"]).collect();
        assert!(errors.iter().enumerate().all(|(at, error)| error["state"]["taskId"] == id(at)), "{fault:?}");
        let mut good = gateway(pending_until(0.0));
        let mut turn = 0;
        let log = all(&ids(3)).run_by(|request, ms| {
            turn += 1;
            if turn <= 5 {
                fault.clone()
            } else {
                good(request, ms)
            }
        });
        assert_eq!((outcomes(&log), lists(&log)), (vec!["SUCCESS".to_owned(); 3], 6), "{fault:?}");
    }
}

#[test]
fn a_key_that_is_refused_ends_all() {
    let log = all(&ids(3)).run(&[answer(401, r#"{"error":{"message":"Invalid token"}}"#)]);
    assert_eq!((outcomes(&log), log.sent.len()), (vec!["authentication".to_owned(); 3], 1));
    for one in log.value().as_array().unwrap() {
        assert!(one["error"]["state"].is_object());
    }
}

#[test]
fn a_deadline_ends_all_with_states() {
    let log = all(&ids(3)).options(json!({"timeoutMs": 20_000})).run_by(gateway(pending_until(1e9)));
    assert_eq!(outcomes(&log), vec!["poll_timeout"; 3]);
    assert!((18_000.0..=20_000.0).contains(&log.ended), "{}", log.ended);
    assert_eq!(log.value()[2]["error"]["state"]["taskId"], id(2));
    let budget = all(&ids(3)).options(json!({"maxPolls": 2})).run_by(gateway(pending_until(1e9)));
    assert_eq!((outcomes(&budget), budget.sent.len()), (vec!["poll_budget".to_owned(); 3], 2));
}

#[test]
fn a_modal_can_be_answered_among_them() {
    let mut answered = false;
    let log = all(&ids(3)).options(json!({"onModal": true})).says(&[json!({"taskId": id(1), "prompt": "x"})]).run_by(
        |request, ms| {
            if request.url.ends_with("/mj/submit/modal") {
                answered = true;
                return says(200, &json!({"code": 1, "description": "", "result": id(1)}));
            }
            let status = if answered { "SUCCESS" } else { "MODAL" };
            gateway(|one, _| Some(if one == id(1) { status } else { "SUCCESS" }))(request, ms)
        },
    );
    assert_eq!((outcomes(&log), log.asked.len(), log.submitted.len()), (vec!["SUCCESS".to_owned(); 3], 1, 1));
}

#[test]
fn each_knows_of_its_own_submit() {
    let log = all(&ids(2))
        .modal_answered(&id(0), 0.0)
        .run_by(gateway(|_, ms| Some(if ms < 8_000.0 { "MODAL" } else { "SUCCESS" })));
    assert_eq!(outcomes(&log), ["SUCCESS", "MODAL"]);
    let known = all(&ids(2))
        .also_submitted(&id(0), 1_000.0)
        .options(json!({"maxPolls": 1}))
        .run_by(gateway(pending_until(9e9)));
    assert_eq!(known.value()[0]["error"]["state"]["submittedAt"], START - 1_000.0);
}
