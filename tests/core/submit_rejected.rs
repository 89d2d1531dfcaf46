//! A submit that the API refuses: no task was made.

use crate::scenario::{answer, ok, says, submit, TASK};
use serde_json::{json, Value};

#[test]
fn refusing_codes_end_it_after_one_post() {
    for code in [2, 3, 4, 6, 9, 20, 24, 25, 99, 255, 256, 300, -1] {
        let body = json!({"code": code, "description": "可能包含敏感词", "result": null, "properties": {}});
        let log = submit().options(json!({"maxRetries": 9})).run(&[says(200, &body)]);
        assert_eq!((log.code(), log.sent.len()), ("submit_rejected", 1), "{code}");
        assert_eq!(log.error()["submitCode"], code);
        assert_eq!(log.error()["description"], "可能包含敏感词");
        assert_eq!(log.error()["retryable"], false);
        assert_eq!((&log.error()["taskId"], log.error().get("maybeAccepted")), (&json!(TASK), None));
        assert!(log.message().contains("no task was made") && log.message().contains("可能包含敏感词"));
    }
}

#[test]
fn a_code_as_text_is_the_same_code() {
    for (code, given) in [("24", 24), ("4", 4), (" 9 ", 9)] {
        let log = submit().run(&[says(200, &json!({"code": code, "description": "x"}))]);
        assert_eq!((log.code(), &log.error()["submitCode"]), ("submit_rejected", &json!(given)));
    }
}

#[test]
fn a_result_beside_a_refusing_code_is_no_task() {
    let log = submit().run(&[says(200, &json!({"code": 9, "description": "x", "result": "1773315122000777"}))]);
    assert_eq!(log.code(), "submit_rejected");
}

#[test]
fn the_message_says_what_is_wrong() {
    let table = [
        (3, "no such task, or no provider is free"),
        (4, "a parameter is wrong"),
        (23, "too busy"),
        (24, "banned word"),
        (30, "too busy"),
    ];
    for (code, says_so) in table {
        let body = json!({"code": code, "description": "x"});
        let log = submit().options(json!({"maxRetries": 0})).run(&[says(200, &body)]);
        assert!(log.message().contains(says_so), "{}", log.message());
    }
}

#[test]
fn the_relays_refusals_are_rejections() {
    let descriptions = [
        "task_not_found ",
        "task_status_not_success ",
        "quota_not_enough ",
        "unknown_action:x",
        "custom_id_is_required ",
        "该任务所属渠道已被禁用",
    ];
    for description in descriptions {
        let body = json!({"code": 4, "description": description, "type": "upstream_error"});
        let log = submit().run(&[says(400, &body)]);
        assert_eq!((log.code(), log.sent.len()), ("submit_rejected", 1), "{description}");
        assert_eq!((&log.error()["submitCode"], &log.error()["status"]), (&json!(4), &json!(400)));
        assert_eq!(log.error()["description"], description);
        assert!(log.message().contains(description.trim()));
    }
}

#[test]
fn an_envelope_with_a_4xx_is_a_rejection_without_a_code() {
    for status in [400, 402, 422] {
        let body = json!({"error": {"message": "Invalid request (request id: 42)", "type": "x", "code": ""}});
        let log = submit().run(&[says(status, &body)]);
        assert_eq!((log.code(), log.sent.len()), ("submit_rejected", 1));
        assert_eq!((&log.error()["requestId"], log.error().get("submitCode")), (&json!("42"), None));
    }
}

#[test]
fn what_nothing_that_makes_tasks_has_heard_is_no_uncertainty() {
    let table = [
        (401, "authentication", "apiKey"),
        (403, "permission_denied", "rights"),
        (404, "unexpected_response", "Check baseURL"),
        (405, "unexpected_response", "Check baseURL"),
        (413, "unexpected_response", "Check baseURL"),
        (0, "unexpected_response", "Check baseURL"),
        (301, "unexpected_response", "Check baseURL"),
        (302, "unexpected_response", "Check baseURL"),
        (307, "unexpected_response", "Check baseURL"),
        (308, "unexpected_response", "Check baseURL"),
    ];
    for (status, code, remedy) in table {
        for body in ["<html>", "", r#"{"error":{"message":"no"}}"#] {
            let log = submit().run(&[answer(status, body)]);
            assert_eq!((log.code(), log.sent.len()), (code, 1), "{status}");
            assert!(log.message().contains(remedy), "{}", log.message());
            assert_eq!((&log.error()["taskId"], &log.error()["retryable"]), (&json!(TASK), &json!(false)));
        }
    }
}

#[test]
fn a_413_is_not_blamed_on_the_address() {
    let log = submit().run(&[answer(413, "<html>413 Request Entity Too Large</html>")]);
    assert_eq!(log.error()["status"], 413);
    assert_eq!(log.error().get("maybeAccepted"), None);
}

/// An upstream's way to say that the button's task is gone.
#[test]
fn a_404_with_a_code_is_a_rejection() {
    let body = json!({"code": 3, "description": "关联任务不存在或已失效", "result": null});
    let log = submit().run(&[says(404, &body)]);
    assert_eq!((log.code(), &log.error()["submitCode"]), ("submit_rejected", &json!(3)));
}

#[test]
fn a_rejection_has_no_state_to_poll() {
    let log = submit().run(&[ok(r#"{"code":4,"description":"x"}"#)]);
    assert_eq!(log.error()["state"], Value::Null);
}
