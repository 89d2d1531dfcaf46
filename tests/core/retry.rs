//! What is sent again: a submit only after a plain refusal, a read after a passing fault.

use crate::scenario::{answer, done, dropped, fetch, ok, submit, with_headers};
use cometapi_midjourney::core::Answer;
use serde_json::json;

const ACCEPTED: &str = r#"{"code":1,"description":"ok","result":"1773315122000777"}"#;

fn refusals() -> Vec<Answer> {
    vec![
        answer(429, ""),
        answer(429, "<html>slow down</html>"),
        answer(429, r#"{"error":{"message":"Rate limit","type":"x","code":""}}"#),
        answer(429, r#"{"code":30,"description":"当前分组负载已饱和","type":"upstream_error"}"#),
        ok(r#"{"code":23,"description":"Queue is full","result":"1"}"#),
        ok(r#"{"code":"23","description":"队列已满","result":null}"#),
        ok(r#"{"code":30,"description":"saturated"}"#),
        answer(400, r#"{"code":30,"description":"saturated"}"#),
        answer(503, r#"{"error":{"message":"no channel (distributor) (request id: 1)","code":"model_not_found"}}"#),
    ]
}

#[test]
fn a_plainly_refused_submit_is_sent_again() {
    for refusal in refusals() {
        let log = submit().run(&[refusal.clone(), refusal.clone(), ok(ACCEPTED)]);
        assert_eq!((log.sent.len(), &log.value()["taskId"]), (3, &json!("1773315122000777")), "{refusal:?}");
        assert!(log.bodies.iter().all(|body| *body == log.bodies[0]));
    }
}

#[test]
fn never_oftener_than_max_retries() {
    for refusal in refusals() {
        for (retries, sent) in [(0, 1), (1, 2), (2, 3), (5, 6)] {
            let log = submit().options(json!({"maxRetries": retries})).run(std::slice::from_ref(&refusal));
            assert_eq!(log.sent.len(), sent, "{refusal:?}");
            assert_eq!(log.error()["retryable"], true);
            assert_eq!(log.error().get("maybeAccepted"), None);
            assert!(log.message().contains("Try again later"), "{}", log.message());
        }
        assert_eq!(submit().run(std::slice::from_ref(&refusal)).sent.len(), 3, "two is the default");
    }
}

#[test]
fn the_last_refusal_is_the_error() {
    let codes: Vec<_> = refusals().into_iter().map(|refusal| submit().run(&[refusal]).code().to_owned()).collect();
    let limit = "rate_limit";
    let rejected = "submit_rejected";
    assert_eq!(codes, [limit, limit, limit, limit, rejected, rejected, rejected, rejected, "server"]);
    let saturated = submit().run(&refusals()[3..4]);
    assert_eq!((&saturated.error()["submitCode"], &saturated.error()["status"]), (&json!(30), &json!(429)));
}

#[test]
fn another_refusal_ends_it() {
    let log = submit().run(&[answer(429, ""), ok(r#"{"code":24,"description":"banned"}"#)]);
    assert_eq!((log.code(), log.sent.len()), ("submit_rejected", 2));
}

#[test]
fn waits_double_up_to_thirty_seconds_with_up_to_a_second_on_top() {
    let waits =
        |random: f64| submit().random(&[random]).options(json!({"maxRetries": 7})).run(&[answer(429, "")]).waits;
    assert_eq!(waits(0.0), [1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0, 30_000.0, 30_000.0]);
    assert_eq!(waits(0.5)[..3], [1_500.0, 2_500.0, 4_500.0]);
    assert_eq!(waits(0.999)[5..], [30_999.0, 30_999.0]);
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
fn a_short_wish_does_not_shorten_the_wait() {
    let log = submit().run(&[with_headers(429, "", json!({"retry-after": "0"})), ok(ACCEPTED)]);
    assert_eq!(log.waits, [1_500.0]);
}

#[test]
fn a_wait_longer_than_the_calls_time_is_not_begun() {
    for (timeout, sent) in [(8_999, 1), (9_000, 2)] {
        let refusal = with_headers(429, "", json!({"retry-after": "9"}));
        let log = submit().options(json!({"timeoutMs": timeout})).run(&[refusal, ok(ACCEPTED)]);
        assert_eq!(log.sent.len(), sent, "{timeout}");
    }
    let log = submit().run(&[with_headers(429, "", json!({"retry-after": "1000000000"}))]);
    assert_eq!((log.code(), log.sent.len()), ("rate_limit", 1));
    assert_eq!(log.error()["retryAfterMs"], json!(1_000_000_000_000_i64));
}

#[test]
fn a_read_is_sent_again_after_any_passing_fault() {
    let faults = [
        dropped(),
        Answer::TimedOut,
        answer(408, ""),
        answer(429, ""),
        answer(500, ""),
        answer(502, "<html>"),
        answer(503, ""),
        answer(504, ""),
        answer(524, "<html>"),
        answer(400, r#"{"code":5,"description":"do_request_failed "}"#),
        ok("<html>"),
        ok("{\"sta"),
        ok(r#"{"hello":1}"#),
    ];
    for fault in faults {
        let log = fetch().run(&[fault.clone(), fault.clone(), done()]);
        assert_eq!((log.sent.len(), &log.value()["status"]), (3, &json!("SUCCESS")), "{fault:?}");
        assert_eq!(log.waits, [1_500.0, 2_500.0]);
        let log = fetch().options(json!({"maxRetries": 1})).run(std::slice::from_ref(&fault));
        assert_eq!(log.sent.len(), 2);
    }
}
