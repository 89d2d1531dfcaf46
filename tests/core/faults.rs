use crate::scenario::{answer, done, dropped, ok, pending, poll, task, with_headers, TASK};
use cometapi_midjourney::core::Answer;
use serde_json::{json, Value};

fn wrong_id() -> Answer {
    ok(r#"{"id":"9999999999999999","status":"SUCCESS","progress":"100%"}"#)
}

fn passing() -> Vec<Answer> {
    vec![
        dropped(),
        Answer::TimedOut,
        answer(429, ""),
        answer(500, ""),
        answer(502, "<html>"),
        answer(524, ""),
        ok("<html>"),
        ok(r#"{"id": "17"#),
        ok(r#"{"hello": 1}"#),
        answer(400, r#"{"code":5,"description":"do_request_failed ","type":"upstream_error"}"#),
        wrong_id(),
    ]
}

#[test]
fn five_faults_in_a_row_pass() {
    for fault in passing() {
        let mut answers = vec![fault.clone(); 5];
        answers.push(done());
        let log = poll().run(&answers);
        assert_eq!(log.value()["status"], "SUCCESS", "{fault:?}");
    }
}

#[test]
fn the_sixth_ends_it_with_all_of_them_behind_it() {
    for fault in passing() {
        let log = poll().run(std::slice::from_ref(&fault));
        assert_eq!(log.sent.len(), 6, "{fault:?}");
        let mut chain = log.error();
        for _ in 0..5 {
            chain = &chain["cause"];
            assert!(chain["code"].is_string(), "{chain}");
        }
        assert_eq!(chain["cause"], Value::Null);
        assert_eq!(log.error()["state"]["taskId"], TASK);
        assert!(log.message().contains("6 times in a row"));
    }
}

#[test]
fn how_many_are_lived_through_can_be_set() {
    let log = poll().options(json!({"maxConsecutiveErrors": 0})).run(&[dropped()]);
    assert_eq!((log.code(), log.sent.len()), ("connection", 1));
}

#[test]
fn a_success_resets_the_count() {
    let mut answers = vec![];
    for _ in 0..3 {
        answers.extend(vec![dropped(); 5]);
        answers.push(pending());
    }
    answers.push(done());
    assert_eq!(poll().options(json!({"timeoutMs": null})).run(&answers).sent.len(), 19);
}

#[test]
fn fatal_answers_end_it_at_once() {
    let table = [
        (answer(401, ""), "authentication"),
        (answer(403, ""), "permission_denied"),
        (answer(302, ""), "unexpected_response"),
        (answer(500, r#"{"error":{"code":"invalid_request","message":"x"}}"#), "server"),
    ];
    for (fatal, code) in table {
        let log = poll().run(&[pending(), fatal]);
        assert_eq!((log.code(), log.sent.len()), (code, 2));
        assert_eq!(log.error()["task"]["status"], "IN_PROGRESS");
    }
}

fn not_found() -> Vec<Answer> {
    vec![
        answer(400, r#"{"code":4,"description":"task_no_found ","type":"upstream_error"}"#),
        answer(400, r#"{"code":5,"description":"task_no_found ","type":"upstream_error"}"#),
        answer(404, "<html>"),
        answer(204, ""),
        ok(""),
        ok("null"),
    ]
}

#[test]
fn right_after_its_submit_a_task_may_be_unknown() {
    for missing in not_found() {
        let log = poll().submitted_ago(1_000.0).run(&[missing.clone(), missing.clone(), done()]);
        assert_eq!(log.sent.len(), 3, "{missing:?}");
        let fresh = json!({"kind": "queued", "taskId": TASK});
        assert_eq!(poll().subject(fresh).run(&[missing, done()]).sent.len(), 2);
    }
}

#[test]
fn many_submits_at_once_are_all_remembered() {
    let mut scenario = poll().submitted_ago(1_000.0);
    for other in 0..1_000 {
        scenario.recent.add(other.to_string(), crate::scenario::START);
    }
    assert_eq!(scenario.run(&[answer(404, ""), done()]).sent.len(), 2);
}

#[test]
fn later_or_of_another_an_unknown_task_is_an_error_at_once() {
    for missing in not_found() {
        let log = poll().submitted_ago(60_000.0).run(std::slice::from_ref(&missing));
        assert_eq!((log.code(), log.sent.len()), ("task_not_found", 1), "{missing:?}");
        let log = poll().run(std::slice::from_ref(&missing));
        assert_eq!((log.code(), log.sent.len()), ("task_not_found", 1));
        assert!(log.message().contains(TASK));
    }
}

#[test]
fn an_answer_about_another_task_is_not_taken() {
    let log = poll().run(&[wrong_id(), done()]);
    assert_eq!(log.value()["id"], TASK);
    assert_eq!(log.reports.len(), 1);
}

#[test]
fn a_null_for_buttons_is_no_fault() {
    let body = json!({"id": TASK, "status": "SUCCESS", "progress": "100%", "buttons": null, "properties": null});
    assert_eq!(poll().run(&[ok(&body.to_string())]).value()["buttons"], json!([]));
    assert_eq!(poll().run(&[task("SUCCESS")]).sent.len(), 1);
}

#[test]
fn a_servers_wish_lengthens_the_next_wait() {
    let log = poll().run(&[with_headers(429, "", json!({"retry-after": "40"})), done()]);
    assert_eq!(log.waits, [2_000.0, 40_000.0]);
}
