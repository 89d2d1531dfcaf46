//! The wasm side in real browsers: in pages and in workers, against the simulator over HTTP, from another origin.
//!
//! `cargo xtask test --only browser` starts the simulator and runs this file in each browser.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use cometapi_midjourney::api::{quote_long_integers, Json, Task};
use js_sys::{Array, Promise, Reflect};
use support::{at, client, evaluate, json, outcome, rejection, seed_picture, text};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// Polls without the two seconds' pause that people get.
const QUICK: &str = r#"{"initialDelayMs": 100, "minDelayMs": 100, "maxDelayMs": 200}"#;

#[wasm_bindgen_test]
async fn a_button_is_pressed_and_its_task_waited_for() {
    let picture = seed_picture().await;
    let buttons = at(&at(&picture, "raw"), "buttons");
    let params = json("{}");
    Reflect::set(&params, &"taskId".into(), &at(&picture, "id")).unwrap();
    Reflect::set(&params, &"customId".into(), &at(&Array::from(&buttons).get(0), "customId")).unwrap();

    let submitted = at(&outcome("submitAction", &client("{}"), &params, &json("{}")).await, "value");
    assert_eq!(text(&submitted, "kind"), "submitted");
    assert_ne!(text(&submitted, "taskId"), text(&picture, "id"));

    let done = at(&outcome("pollUntilDone", &client("{}"), &submitted, &json(QUICK)).await, "value");
    assert_eq!(text(&done, "status"), "SUCCESS");
    assert_eq!(text(&done, "id"), text(&submitted, "taskId"));
    assert_eq!(text(&done, "action"), "UPSCALE");
    assert!(text(&done, "imageUrl").starts_with("http"));
}

#[wasm_bindgen_test]
async fn progress_is_told_from_pending_to_done() {
    let started = support::start_picture().await;
    let options = json(QUICK);
    let seen = Array::new();
    let tell = evaluate("seen => (task, info) => { seen.push(task.status); }").call1(&JsValue::NULL, &seen).unwrap();
    Reflect::set(&options, &"onProgress".into(), &tell).unwrap();
    outcome("pollUntilDone", &client("{}"), &started, &options).await;
    assert!(seen.length() > 1, "{seen:?}");
    assert_eq!(seen.get(seen.length() - 1), "SUCCESS");
}

#[wasm_bindgen_test]
async fn a_wrong_key_is_an_error_of_ours() {
    let client = client(r#"{"apiKey": "sk-$wrong"}"#);
    let error = at(&outcome("fetchTask", &client, &"1773314942177684".into(), &json("{}")).await, "error");
    assert_eq!(text(&error, "code"), "authentication");
    assert_eq!(at(&error, "status"), 401);
    assert!(text(&error, "message").contains("apiKey"));
    assert!(!text(&error, "requestId").is_empty());
}

#[wasm_bindgen_test]
async fn an_aborted_signal_sends_nothing_and_gives_its_own_reason() {
    let client = client("{}");
    let sent = support::counting_fetch(&client);
    let options = evaluate("() => ({ signal: AbortSignal.abort('changed my mind') })").call0(&JsValue::NULL).unwrap();
    let reason = rejection("fetchTask", &client, &"1773314942177684".into(), &options).await;
    assert_eq!(reason, "changed my mind");
    assert_eq!(sent(), 0);
}

#[wasm_bindgen_test]
async fn an_abort_ends_a_wait_with_its_own_reason() {
    let options = evaluate(
        "() => { const c = new AbortController(); setTimeout(() => c.abort('enough'), 20); return { signal: c.signal }; }",
    );
    let options = options.call0(&JsValue::NULL).unwrap();
    let reason = rejection("pollUntilDone", &client("{}"), &"1773314942177684".into(), &options).await;
    assert_eq!(reason, "enough");
}

#[wasm_bindgen_test]
async fn an_abort_ends_a_fetch_that_does_not_listen() {
    let client = client("{}");
    Reflect::set(&client, &"fetch".into(), &evaluate("() => new Promise(() => {})")).unwrap();
    let options = evaluate(
        "() => { const c = new AbortController(); setTimeout(() => c.abort(7), 20); return { signal: c.signal }; }",
    );
    let options = options.call0(&JsValue::NULL).unwrap();
    assert_eq!(rejection("fetchTask", &client, &"1".into(), &options).await, 7);
}

#[wasm_bindgen_test]
async fn a_fetch_that_never_settles_times_out() {
    let client = client(r#"{"timeoutMs": 20, "maxRetries": 0}"#);
    Reflect::set(&client, &"fetch".into(), &evaluate("() => new Promise(() => {})")).unwrap();
    let error = at(&outcome("fetchTask", &client, &"1".into(), &json("{}")).await, "error");
    assert_eq!(text(&error, "code"), "request_timeout");
}

#[wasm_bindgen_test]
async fn the_callers_own_functions_are_called_without_a_this() {
    let client = client("{}");
    let used = evaluate(
        "function (client) { 'use strict'; const used = {}; const real = client.fetch ?? fetch;
           const strict = (name, give) => { client[name] = function (...given) {
             used[name] = this === undefined; return give(...given); }; };
           strict('now', () => Date.now()); strict('random', () => 0.5);
           strict('sleep', async () => {}); strict('fetch', (...given) => real(...given));
           strict('apiKey', async () => 'sk-from-a-function'); return used; }",
    );
    let used = used.call1(&JsValue::NULL, &client).unwrap();
    let started = support::start_picture().await;
    let options = json(r#"{"maxPolls": 2}"#);
    outcome("pollUntilDone", &client, &started, &options).await;
    for name in ["now", "random", "sleep", "fetch", "apiKey"] {
        assert_eq!(at(&used, name), true, "{name}");
    }
}

#[wasm_bindgen_test]
async fn what_on_progress_throws_ends_the_wait_as_it_is() {
    let started = support::start_picture().await;
    let options = json(QUICK);
    let thrower = evaluate("() => { throw 'stop it'; }");
    Reflect::set(&options, &"onProgress".into(), &thrower).unwrap();
    assert_eq!(rejection("pollUntilDone", &client("{}"), &started, &options).await, "stop it");
}

#[wasm_bindgen_test]
async fn an_abort_from_within_on_progress_ends_the_wait_even_at_its_end() {
    let picture = seed_picture().await;
    let options = evaluate(
        "() => { const c = new AbortController();
           return { initialDelayMs: 0, signal: c.signal, onProgress: () => c.abort('seen enough') }; }",
    );
    let options = options.call0(&JsValue::NULL).unwrap();
    assert_eq!(rejection("pollUntilDone", &client("{}"), &at(&picture, "id"), &options).await, "seen enough");
}

#[wasm_bindgen_test]
async fn a_dropped_submit_is_uncertain_and_keeps_what_fetch_threw() {
    let client = client("{}");
    let thrower = evaluate("async () => { throw new TypeError('cut off'); }");
    Reflect::set(&client, &"fetch".into(), &thrower).unwrap();
    let params = json(r#"{"taskId": "1773314942177684", "customId": "MJ::JOB::upsample::1::6e2a"}"#);
    let error = at(&outcome("submitAction", &client, &params, &json("{}")).await, "error");
    assert_eq!(text(&error, "code"), "submit_uncertain");
    assert_eq!(at(&error, "maybeAccepted"), true);
    assert_eq!(text(&at(&at(&error, "cause"), "thrown"), "message"), "cut off");
}

#[wasm_bindgen_test]
async fn listeners_are_gone_from_the_signal_when_a_wait_ends() {
    let watched = evaluate(
        "() => { const { signal } = new AbortController(); let n = 0;
           const add = signal.addEventListener, remove = signal.removeEventListener;
           signal.addEventListener = function (...given) { n++; return add.apply(this, given); };
           signal.removeEventListener = function (...given) { n--; return remove.apply(this, given); };
           return { signal, count: () => n }; }",
    );
    let watched = watched.call0(&JsValue::NULL).unwrap();
    let started = support::start_picture().await;
    let options = json(QUICK);
    Reflect::set(&options, &"signal".into(), &at(&watched, "signal")).unwrap();
    outcome("pollUntilDone", &client("{}"), &started, &options).await;
    let count: js_sys::Function = at(&watched, "count").unchecked_into();
    assert_eq!(count.call0(&JsValue::NULL).unwrap(), 0);
}

#[wasm_bindgen_test]
async fn two_hundred_waits_run_side_by_side() {
    let started = support::start_picture().await;
    let client = client("{}");
    let waits = Array::new();
    for _ in 0..200 {
        waits.push(&cometapi_midjourney::web::call("pollUntilDone", client.clone(), started.clone(), json(QUICK)));
    }
    let all = Array::from(&JsFuture::from(Promise::all(&waits)).await.unwrap());
    assert!(all.iter().all(|outcome| text(&at(&outcome, "value"), "status") == "SUCCESS"));
}

#[wasm_bindgen_test]
fn long_integers_survive_the_platforms_own_parser() {
    let read = |body: &str| Json::parse(&quote_long_integers(body)).unwrap().id("result");
    assert_eq!(read(r#"{"result":14001934816969359}"#), "14001934816969359");
    assert_eq!(read(r#"{"result": 12345678901234567890, "a": "1\"2"}"#), "12345678901234567890");
    assert_eq!(read(r#"{"result":"0741798445574458"}"#), "0741798445574458");
    assert_eq!(read(r#"{"result":1773314942}"#), "1773314942");
}

#[wasm_bindgen_test]
fn what_is_no_task_is_read_as_none() {
    for text in ["null", "5", "\"text\"", "true", "[]", "{}", r#"{"id":"1"}"#] {
        assert!(Task::read(&Json::parse(text).unwrap(), "1").is_none(), "{text}");
    }
    assert!(Task::read(&Json::null(), "1").is_none());
    assert!(Task::read(&Json(JsValue::UNDEFINED), "1").is_none());
}

#[wasm_bindgen_test]
fn a_task_is_read_as_natively() {
    let body = r#"{"id":1773314942177684,"status":"weird","progress":"58%","buttons":[{"customId":null,"label":"Web","emoji":null,"type":2,"style":5}],"submitTime":1773314942177,"startTime":0,"properties":null,"prompt":""}"#;
    let task = Task::read(&Json::parse(&quote_long_integers(body)).unwrap(), "").unwrap();
    let expected = json(
        r#"{"id":"1773314942177684","status":"UNKNOWN","rawStatus":"weird","progress":"58%","percent":58,
            "buttons":[{"customId":"","label":"Web","emoji":"","type":2,"style":5}],"submitTime":1773314942177,
            "properties":{},"raw":{"id":"1773314942177684","status":"weird","progress":"58%",
            "buttons":[{"customId":null,"label":"Web","emoji":null,"type":2,"style":5}],
            "submitTime":1773314942177,"startTime":0,"properties":null,"prompt":""}}"#,
    );
    let written = |value: &JsValue| js_sys::JSON::stringify(value).unwrap();
    assert_eq!(written(&task.view.0), written(&expected));
}
