use crate::scenario::{answer, dropped, ok, submit, with_headers, TASK};
use cometapi_midjourney::core::Answer;
use serde_json::json;

const ACCEPTED: &str =
    r#"{"code":1,"description":"提交成功","result":"1773315122000777","properties":{"discordInstanceId":"5e6c"}}"#;

#[test]
fn a_submit_is_one_post_of_just_what_was_given() {
    let log = submit().run(&[ok(ACCEPTED)]);
    assert_eq!(log.urls, ["https://api.cometapi.com/mj/submit/action"]);
    let body: serde_json::Value = serde_json::from_str(&log.bodies[0]).unwrap();
    assert_eq!(body, json!({"taskId": TASK, "customId": "MJ::JOB::upsample::1::6e2a"}));
    assert_eq!(log.timeouts, [75_000.0]);
}

#[test]
fn the_options_of_an_action_are_sent_as_they_are() {
    let given =
        json!({"taskId": TASK, "customId": "MJ::a", "state": "", "enableRemix": false, "chooseSameChannel": true});
    let log = submit().subject(given.clone()).run(&[ok(ACCEPTED)]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&log.bodies[0]).unwrap(), given);
}

#[test]
fn accepted_codes_say_how_it_goes_on() {
    let table = [
        (r#"{"code":1,"description":"ok","result":"7","properties":null}"#, "submitted", 1),
        (r#"{"code":"1","description":"ok","result":"7"}"#, "submitted", 1),
        (r#"{"code":22,"description":"排队中","result":"7","properties":{"numberOfQueues":1}}"#, "queued", 22),
        (
            r#"{"code":21,"description":"Waiting for window confirm","result":"7","properties":{"remix":true}}"#,
            "modal",
            21,
        ),
        (
            r#"{"code":21,"description":"exists","result":"7","properties":{"status":"SUCCESS","imageUrl":"u"}}"#,
            "existing",
            21,
        ),
    ];
    for (body, kind, code) in table {
        let log = submit().run(&[ok(body)]);
        let value = log.value();
        assert_eq!((value["kind"].as_str(), value["taskId"].as_str()), (Some(kind), Some("7")), "{body}");
        assert_eq!(value["code"], code);
        assert!(value["properties"].is_object());
    }
}

#[test]
fn the_three_submissions_of_the_documents_are_read() {
    let table = [
        (ACCEPTED, "1773315122000777"),
        (r#"{"code":1,"description":"Submission successful","result":1773314942177684,"properties":{}}"#, TASK),
        (
            r#"{"code":21,"description":"Waiting for window confirm","result":"1773315122000777","properties":{"finalPrompt":"a","remix":true}}"#,
            "1773315122000777",
        ),
    ];
    for (body, id) in table {
        assert_eq!(submit().run(&[ok(body)]).value()["taskId"], id);
    }
}

#[test]
fn an_unquoted_id_of_up_to_twenty_digits_is_exact() {
    for id in ["1773314942177684", "14001934816969359", "12345678901234567890"] {
        let log = submit().run(&[ok(&format!(r#"{{"code":1,"description":"","result":{id}}}"#))]);
        assert_eq!(log.value()["taskId"], id);
    }
}

#[test]
fn refusing_codes_end_it_after_one_post() {
    for code in [2, 3, 4, 9, 24, 99, 300] {
        let body = json!({"code": code, "description": "可能包含敏感词", "result": null, "properties": {}}).to_string();
        let log = submit().run(&[ok(&body)]);
        assert_eq!((log.code(), log.sent.len()), ("submit_rejected", 1), "{code}");
        assert_eq!(log.error()["submitCode"], code);
        assert_eq!(log.error()["description"], "可能包含敏感词");
        assert_eq!(log.error()["retryable"], false);
        assert_eq!(log.error()["taskId"], TASK);
        assert!(log.message().contains("no task was made"));
    }
}

#[test]
fn the_relays_refusal_is_a_rejection() {
    let log = submit().run(&[answer(400, r#"{"code":4,"description":"task_not_found ","type":"upstream_error"}"#)]);
    assert_eq!((log.code(), log.sent.len()), ("submit_rejected", 1));
    assert_eq!((&log.error()["submitCode"], &log.error()["status"]), (&json!(4), &json!(400)));
    assert!(log.message().contains("task_not_found"));
}

#[test]
fn an_envelope_with_400_is_a_rejection_without_a_code() {
    let log = submit()
        .run(&[answer(400, r#"{"error":{"message":"Invalid request (request id: 42)","type":"x","code":""}}"#)]);
    assert_eq!((log.code(), log.sent.len()), ("submit_rejected", 1));
    assert_eq!(log.error()["requestId"], "42");
    assert_eq!(log.error()["submitCode"], json!(null));
}

#[test]
fn a_plain_refusal_is_tried_again_within_max_retries() {
    let refusals = [
        answer(429, ""),
        answer(429, r#"{"code":30,"description":"saturated","type":"upstream_error"}"#),
        ok(r#"{"code":23,"description":"Queue is full","result":"1"}"#),
        ok(r#"{"code":30,"description":"saturated"}"#),
        answer(503, r#"{"error":{"message":"no channel (distributor)","code":"model_not_found"}}"#),
    ];
    for refusal in refusals {
        let log = submit().run(&[refusal.clone(), refusal.clone(), ok(ACCEPTED)]);
        assert_eq!(log.sent.len(), 3, "{refusal:?}");
        assert_eq!(log.waits, [1_500.0, 2_500.0]);
        assert!(log.outcome.is_ok());
        let log = submit().options(json!({"maxRetries": 1})).run(std::slice::from_ref(&refusal));
        assert_eq!(log.sent.len(), 2);
        assert_eq!(log.error()["retryable"], true);
        assert!(["rate_limit", "submit_rejected", "server"].contains(&log.code()));
    }
}

#[test]
fn a_wait_longer_than_the_calls_time_is_not_begun() {
    let log = submit().run(&[with_headers(429, "", json!({"retry-after": "1000000000"}))]);
    assert_eq!((log.code(), log.sent.len()), ("rate_limit", 1));
    assert_eq!(log.error()["retryAfterMs"], 1e12 as i64);
}

#[test]
fn a_servers_wish_is_heeded_on_every_refusal() {
    let table = [
        (503, r#"{"error":{"message":"x","code":"model_not_found"}}"#),
        (429, ""),
        (200, r#"{"code":23,"description":"Queue is full"}"#),
    ];
    for (status, body) in table {
        let log = submit().run(&[with_headers(status, body, json!({"retry-after": "9"})), ok(ACCEPTED)]);
        assert_eq!(log.waits, [9_000.0], "{status}");
    }
}

#[test]
fn what_is_not_plainly_refused_is_uncertain_and_never_sent_again() {
    let html = "<html>gateway</html>";
    let unclear = [
        dropped(),
        Answer::TimedOut,
        answer(500, ""),
        answer(500, r#"{"error":{"message":"x","code":"invalid_request"}}"#),
        answer(502, html),
        answer(503, html),
        answer(504, html),
        answer(524, html),
        answer(400, r#"{"code":5,"description":"do_request_failed ","type":"upstream_error"}"#),
        answer(400, r#"{"code":5,"descr"#),
        answer(408, ""),
        answer(408, r#"{"error":{"message":"request timeout"}}"#),
        ok(html),
        ok(r#"{"code":1,"description":"ok","resu"#),
        ok(r#"{"code":1,"description":"ok","result":""}"#),
        ok(r#"{"code":22,"description":"ok"}"#),
        ok(""),
        ok("null"),
        ok("[]"),
    ];
    for answer in unclear {
        let log = submit().options(json!({"maxRetries": 9})).run(std::slice::from_ref(&answer));
        assert_eq!((log.code(), log.sent.len()), ("submit_uncertain", 1), "{answer:?}");
        assert_eq!(log.error()["maybeAccepted"], true);
        assert_eq!(log.error()["retryable"], false);
        assert!(log.error()["cause"]["code"].is_string());
        assert!(log.message().contains("Look at your tasks"));
        let message = log.message();
        assert!(!message.contains("Try again") && !message.contains("no task was made"), "{message}");
    }
}

#[test]
fn what_nothing_has_heard_of_is_no_uncertainty() {
    let table = [
        (401, "authentication"),
        (403, "permission_denied"),
        (404, "unexpected_response"),
        (405, "unexpected_response"),
        (413, "unexpected_response"),
        (0, "unexpected_response"),
        (301, "unexpected_response"),
        (307, "unexpected_response"),
    ];
    for (status, code) in table {
        let log = submit().run(&[answer(status, "<html>")]);
        assert_eq!((log.code(), log.sent.len()), (code, 1), "{status}");
        assert_eq!(log.error()["taskId"], TASK);
    }
}
