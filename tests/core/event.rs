//! What `onEvent` is told: of each request, answer and pause, and nothing that is secret.

use crate::scenario::{
    answer, call, dropped, fetch, not_sent, ok, pending, poll, submit, task, with_headers, Scenario, CANARY, TASK,
};
use cometapi_midjourney::core::{Answer, Method};
use serde_json::{json, Value};

const ACCEPTED: &str = r#"{"code":1,"description":"ok","result":"1773314942177684"}"#;
const FETCH: &str = "https://api.cometapi.com/mj/task/1773314942177684/fetch";
const ACTION: &str = "https://api.cometapi.com/mj/submit/action";
const LIST: &str = "https://api.cometapi.com/mj/task/list-by-condition";

fn request(method: &str, url: &str) -> Value {
    json!({"type": "request", "method": method, "url": url})
}

fn response(method: &str, url: &str, elapsed: u32, status: u16) -> Value {
    json!({"type": "response", "method": method, "url": url, "elapsedMs": elapsed, "status": status})
}

#[test]
fn a_submit_that_is_refused_at_first_is_told_whole() {
    let log = submit().latency(250.0).run(&[answer(429, ""), ok(ACCEPTED)]);
    let expected = [
        request("POST", ACTION),
        response("POST", ACTION, 250, 429),
        json!({"type": "retry", "delayMs": 1_500}),
        request("POST", ACTION),
        response("POST", ACTION, 250, 200),
    ];
    assert_eq!(log.events, expected);
}

#[test]
fn a_wait_tells_pauses_and_those_after_a_fault_by_another_name() {
    let log = poll().run(&[pending(), answer(500, ""), task("SUCCESS")]);
    let expected = [
        json!({"type": "wait", "delayMs": 6_000}),
        request("GET", FETCH),
        response("GET", FETCH, 0, 200),
        json!({"type": "wait", "delayMs": 4_000}),
        request("GET", FETCH),
        response("GET", FETCH, 0, 500),
        json!({"type": "retry", "delayMs": 5_000}),
        request("GET", FETCH),
        response("GET", FETCH, 0, 200),
    ];
    assert_eq!(log.events, expected);
}

#[test]
fn why_there_was_no_answer_is_told() {
    let table = [(dropped(), "Failed to fetch"), (Answer::TimedOut, "timeout"), (not_sent(), "apiKey must be text.")];
    for (given, why) in table {
        let log = fetch().options(json!({"maxRetries": 0})).run(&[given]);
        assert_eq!((&log.events[1]["error"], log.events[1].get("status")), (&json!(why), None));
    }
}

#[test]
fn the_id_of_a_request_is_told() {
    let given = with_headers(200, ACCEPTED, json!({"x-oneapi-request-id": "r1"}));
    assert_eq!(submit().run(&[given]).events[1]["requestId"], "r1");
}

#[test]
fn a_list_that_is_refused_is_told_as_a_fallback_with_its_reason() {
    let log = call(Method::PollAllUntilDone, json!([TASK, TASK])).run_by(|request, _| {
        if request.url == LIST {
            answer(404, "<html>")
        } else {
            task("SUCCESS")
        }
    });
    let events: Vec<_> = log.events.iter().filter(|event| event["type"] != "wait").collect();
    let (asked, answered, fallback) = (events[0], events[1], events[2]);
    assert_eq!((asked, answered), (&request("POST", LIST), &response("POST", LIST, 0, 404)));
    assert_eq!((&fallback["type"], fallback.as_object().unwrap().len()), (&json!("fallback"), 2));
    assert!(fallback["reason"].as_str().unwrap().contains("HTTP 404"), "{fallback}");
    assert_eq!(events[3], &request("GET", FETCH));
}

#[test]
fn no_event_holds_a_key_a_header_or_a_body() {
    let secret = "to be kept";
    let picture = json!({"id": TASK, "buttons": [{"customId": "MJ::a::b", "label": "U1"}]});
    let calls: [Scenario; 6] = [
        submit(),
        poll(),
        call(Method::SubmitImagine, json!({"prompt": secret, "state": secret})),
        call(Method::ListTasks, json!([TASK])),
        call(Method::PollAllUntilDone, json!([TASK])),
        call(Method::Act, picture).options(json!({"button": "U1", "state": secret})),
    ];
    for scenario in calls {
        let client = json!({"apiKey": CANARY, "headers": {"x-own": secret}});
        let log = scenario.client(client).run(&[
            answer(429, ""),
            answer(503, &format!("{secret} {CANARY}")),
            answer(401, ""),
        ]);
        let text = json!(log.events).to_string();
        assert!(log.events.len() > 3 && !text.contains(secret) && !text.contains(CANARY), "{text}");
        let names = ["type", "method", "url", "elapsedMs", "status", "requestId", "error", "delayMs", "reason"];
        for event in &log.events {
            assert!(event.as_object().unwrap().keys().all(|name| names.contains(&name.as_str())), "{event}");
        }
    }
}
