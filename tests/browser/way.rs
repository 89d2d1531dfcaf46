//! The whole way over real HTTP, and what ends it.

use crate::support::{
    at, call, client, client_with_fetch, error, evaluate, items, json, none, picture, promise, rejection, set,
    start_picture, submit_params, text, value, QUICK, TASK,
};
use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_button_is_pressed_and_its_task_waited_for() {
    let picture = picture().await;
    let params = none();
    set(&params, "taskId", &at(&picture, "id"));
    set(&params, "customId", &at(&items(&at(&picture, "buttons"))[0], "customId"));

    let submitted = value("submitAction", &client("{}"), &params, &none()).await;
    assert_eq!(text(&submitted, "kind"), "submitted");
    assert_ne!(text(&submitted, "taskId"), text(&picture, "id"));

    let done = value("pollUntilDone", &client("{}"), &submitted, &json(QUICK)).await;
    assert_eq!(text(&done, "status"), "SUCCESS");
    assert_eq!(text(&done, "id"), text(&submitted, "taskId"));
    assert_eq!(text(&done, "action"), "UPSCALE");
    assert!(text(&done, "imageUrl").starts_with("http"));
}

#[wasm_bindgen_test]
async fn progress_is_told_from_pending_to_done() {
    let options = json(QUICK);
    let seen = Array::new();
    set(&options, "onProgress", &evaluate("(task, info) => { given.push({ ...task, ...info }); }", &seen));
    value("pollUntilDone", &client("{}"), &start_picture().await, &options).await;
    let seen = seen.to_vec();
    assert!(seen.len() > 2, "{}", seen.len());
    assert_eq!(text(&seen[seen.len() - 1], "status"), "SUCCESS");
    let number = |value: &JsValue, name: &str| at(value, name).as_f64().unwrap();
    assert!(seen.windows(2).all(|two| number(&two[0], "polls") < number(&two[1], "polls")));
    assert!(seen.windows(2).all(|two| number(&two[0], "elapsedMs") < number(&two[1], "elapsedMs")));
}

#[wasm_bindgen_test]
async fn a_wrong_key_is_an_error_of_ours() {
    let error = error("fetchTask", &client(r#"{"apiKey": "sk-$wrong"}"#), &TASK.into(), &none()).await;
    assert_eq!(text(&error, "code"), "authentication");
    assert_eq!(at(&error, "status"), 401);
    assert!(text(&error, "message").contains("apiKey"));
    assert!(!text(&error, "requestId").is_empty());
}

#[wasm_bindgen_test]
async fn bad_input_is_told_and_nothing_is_sent() {
    let client = client_with_fetch("{}", "() => { throw 'sent'; }");
    for subject in [JsValue::UNDEFINED, JsValue::NULL, JsValue::from(7), "<task_id>".into(), none(), "a/b".into()] {
        for method in ["fetchTask", "pollUntilDone", "submitAction"] {
            let error = error(method, &client, &subject, &JsValue::UNDEFINED).await;
            assert_eq!(text(&error, "code"), "invalid_argument");
        }
    }
    let wrong = crate::support::client(r#"{"apiKey": "sk secret"}"#);
    let error = error("fetchTask", &wrong, &TASK.into(), &none()).await;
    assert_eq!(text(&error, "code"), "invalid_argument");
    assert!(!text(&error, "message").contains("secret"));
}

#[wasm_bindgen_test]
async fn a_dropped_submit_is_uncertain_sent_once_and_keeps_what_fetch_threw() {
    let client = client("{}");
    let sent = Array::new();
    set(&client, "fetch", &evaluate("async () => { given.push(1); throw new TypeError('cut off'); }", &sent));
    let error = error("submitAction", &client, &submit_params(), &none()).await;
    assert_eq!(text(&error, "code"), "submit_uncertain");
    assert_eq!(at(&error, "maybeAccepted"), true);
    assert_eq!(text(&at(&at(&error, "cause"), "thrown"), "message"), "cut off");
    assert_eq!(sent.length(), 1);
}

#[wasm_bindgen_test]
async fn a_server_that_is_not_there_is_a_failed_connection() {
    let client = client(r#"{"baseURL": "http://127.0.0.1:1", "maxRetries": 0}"#);
    let error = error("fetchTask", &client, &TASK.into(), &none()).await;
    assert_eq!(text(&error, "code"), "connection");
    assert_eq!(text(&error, "taskId"), TASK);
}

#[wasm_bindgen_test]
async fn two_hundred_waits_run_side_by_side() {
    let started = start_picture().await;
    let client = client("{}");
    let waits = Array::new();
    for _ in 0..200 {
        waits.push(&promise("pollUntilDone", &client, &started, &json(QUICK)));
    }
    let all = JsFuture::from(Promise::all(&waits)).await.unwrap();
    assert_eq!(items(&all).len(), 200);
    assert!(items(&all).iter().all(|outcome| text(&at(outcome, "value"), "status") == "SUCCESS"));
}

#[wasm_bindgen_test]
async fn a_wait_goes_on_from_the_state_of_its_error() {
    let options = json(r#"{"initialDelayMs": 0, "maxPolls": 1}"#);
    let error = error("pollUntilDone", &client("{}"), &start_picture().await, &options).await;
    assert_eq!(text(&error, "code"), "poll_budget");
    let saved = json(&js_sys::JSON::stringify(&at(&error, "state")).unwrap().as_string().unwrap());
    let done = value("pollUntilDone", &client("{}"), &saved, &json(QUICK)).await;
    assert_eq!(text(&done, "id"), text(&error, "taskId"));
}

/// The gateway waits up to 60 s for its upstream.
#[wasm_bindgen_test]
async fn a_task_may_be_unknown_right_after_a_slow_submit() {
    let client = client("{}");
    let clock = none();
    set(&clock, "now", &1_773_315_000_000_f64.into());
    set(&clock, "turn", &0.into());
    set(&client, "now", &evaluate("() => given.now", &clock));
    set(&client, "sleep", &evaluate("async (ms) => { given.now += ms; }", &clock));
    let fetch = "async () => { switch (given.turn++) {
        case 0: given.now += 20_000; return new Response('{\"code\":1,\"result\":\"77\"}');
        case 1: return new Response('{\"code\":4,\"description\":\"task_no_found \"}', { status: 400 });
        default: return new Response('{\"id\":\"77\",\"status\":\"SUCCESS\"}'); } }";
    set(&client, "fetch", &evaluate(fetch, &clock));
    let submitted = value("submitAction", &client, &submit_params(), &none()).await;
    let done = value("pollUntilDone", &client, &submitted, &none()).await;
    assert_eq!(text(&done, "status"), "SUCCESS");
}

#[wasm_bindgen_test]
async fn calls_of_one_client_do_not_disturb_each_other() {
    let client = client("{}");
    let failing = call("fetchTask", &client, &"1".into(), &none());
    let options = evaluate("({ signal: AbortSignal.abort('mine') })", &JsValue::NULL);
    let reason = rejection("fetchTask", &client, &TASK.into(), &options).await;
    let done = value("pollUntilDone", &client, &start_picture().await, &json(QUICK)).await;
    assert_eq!(reason, "mine");
    assert_eq!(text(&done, "status"), "SUCCESS");
    assert_eq!(text(&at(&failing.await.unwrap(), "error"), "code"), "task_not_found");
}
