//! A submit that the API refuses: no task was made.

use crate::scenario::{answer, ok, says, submit, TASK};
use serde_json::{json, Value};

#[test]
fn refusing_codes_end_it_after_one_post() {
    for code in [2, 3, 4, 6, 9, 20, 24, 25, 99, 199, 300, 500, -1] {
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
fn an_id_beside_a_refusing_code_may_be_a_task() {
    for code in [3, 4, 9, 24, 99] {
        let body = json!({"code": code, "description": "x", "result": "1773315122000777"});
        let log = submit().run(&[says(200, &body)]);
        assert_eq!((log.code(), &log.error()["taskIds"]), ("submit_uncertain", &json!(["1773315122000777"])), "{code}");
    }
}

#[test]
fn a_full_queue_can_name_the_id_that_the_task_would_have_had() {
    for code in [23, 30] {
        let body = json!({"code": code, "description": "x", "result": "14001929738841620"});
        let log = submit().run(&[says(200, &body)]);
        assert_eq!((log.code(), log.sent.len()), ("submit_rejected", 3), "{code}");
    }
}

/// `api/gateway.md`: the relay has one code for what comes before its upstream was asked and after.
#[test]
fn a_refusal_after_the_upstream_accepted_is_uncertain() {
    for word in [
        "insert_midjourney_task_failed ",
        "copy_response_body_failed ",
        "close_response_body_failed ",
        "of_tomorrow ",
        "",
    ] {
        let body = json!({"code": 4, "description": word, "type": "upstream_error"});
        let log = submit().options(json!({"maxRetries": 9})).run(&[says(400, &body)]);
        assert_eq!((log.code(), log.sent.len()), ("submit_uncertain", 1), "{word}");
    }
    let log = submit().run(&[ok(r#"{"code":4,"description":"insert_midjourney_task_failed "}"#)]);
    assert_eq!(log.code(), "submit_uncertain", "whatever its type");
}

#[test]
fn an_overloaded_gateway_has_forwarded_nothing() {
    for part in ["cpu", "memory", "disk"] {
        let code = format!("system_{part}_overloaded");
        let body = json!({"error": {"message": "x", "type": "new_api_error", "param": "", "code": code}});
        let log = submit().run(&[says(503, &body), ok(r#"{"code":1,"result":"1773315122000777"}"#)]);
        assert_eq!((&log.value()["taskId"], log.sent.len()), (&json!("1773315122000777"), 2), "{code}");
    }
}

#[test]
fn the_gateways_words_have_their_own_remedies() {
    let table = [
        ("quota_not_enough ", "quota"),
        ("该任务所属渠道已被禁用 ", "switched off"),
        ("unknown_action:MJ::BOOKMARK::h", "does not take this button"),
        ("prompt_is_required ", "parameter is missing"),
        ("task_id_is_required ", "parameter is missing"),
        ("task_not_found ", "no such task"),
    ];
    for (word, remedy) in table {
        let log = submit().run(&[says(400, &json!({"code": 4, "description": word, "type": "upstream_error"}))]);
        assert!(log.code() == "submit_rejected" && log.message().contains(remedy), "{}", log.message());
        assert!(!log.message().contains("Take customId"), "{}", log.message());
    }
    let body = json!({"error": {"message": "Invalid request: unknown_action:MJ::BOOKMARK::h (request id: 1)", "type": "new_api_error", "code": ""}});
    let log = submit().run(&[says(400, &body)]);
    assert_eq!((log.code(), log.error().get("submitCode")), ("submit_rejected", None));
    assert!(log.message().contains("does not take this button"), "{}", log.message());
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

/// What nothing that makes tasks has heard: the gateway's own envelope, or what HTTP itself says was not carried out.
#[test]
fn what_was_plainly_not_heard_is_no_uncertainty() {
    let envelope = r#"{"error":{"message":"no"}}"#;
    let table = [
        (401, vec![envelope], "authentication", "apiKey"),
        (403, vec![envelope], "permission_denied", "rights"),
        (404, vec![envelope], "unexpected_response", "Check baseURL"),
        (405, vec![envelope, "<html>", ""], "unexpected_response", "Check baseURL"),
        (413, vec![envelope, "<html>", ""], "unexpected_response", "Check baseURL"),
        (301, vec![envelope, "<html>", ""], "unexpected_response", "Check baseURL"),
        (300, vec![envelope, "<html>", ""], "unexpected_response", "Check baseURL"),
        (302, vec![envelope, "<html>", ""], "unexpected_response", "Check baseURL"),
        (307, vec![envelope, "<html>", ""], "unexpected_response", "Check baseURL"),
        (308, vec![envelope, "<html>", ""], "unexpected_response", "Check baseURL"),
    ];
    for (status, bodies, code, remedy) in table {
        for body in bodies {
            let log = submit().run(&[answer(status, body)]);
            assert_eq!((log.code(), log.sent.len()), (code, 1), "{status}");
            assert!(log.message().contains(remedy), "{}", log.message());
            assert_eq!((&log.error()["taskId"], &log.error()["retryable"]), (&json!(TASK), &json!(false)));
        }
    }
}

/// An upstream's status passes through the gateway; a 303 says that it was carried out, and a page can't tell which
/// redirect a 0 is.
#[test]
fn a_status_that_is_not_the_gateways_own_word_is_uncertain() {
    for status in [401, 403, 404, 303, 0] {
        for body in ["", "<html>", "{}"] {
            let log = submit().run(&[answer(status, body)]);
            assert_eq!(
                (log.code(), &log.error()["maybeAccepted"]),
                ("submit_uncertain", &json!(true)),
                "{status} {body}"
            );
        }
    }
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
