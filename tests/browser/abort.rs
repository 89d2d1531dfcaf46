//! An abort ends a call wherever it is, with the signal's own reason, and leaves nothing behind.

use crate::support::{
    at, call, client, client_with_fetch, evaluate, json, outcome, picture, rejection, set, start_picture, QUICK, TASK,
};
use js_sys::{Array, Date};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// `{ signal }` that is aborted after so many ms with a reason.
fn aborting(ms: u32, reason: &JsValue) -> JsValue {
    let options = json("{}");
    set(&options, "reason", reason);
    set(&options, "ms", &ms.into());
    let start = "(() => { const c = new AbortController(); given.signal = c.signal;
        setTimeout(() => c.abort(given.reason), given.ms); return given; })()";
    evaluate(start, &options)
}

/// Reasons of every kind.
fn reasons() -> Vec<JsValue> {
    vec!["enough".into(), 7.into(), JsValue::FALSE, JsValue::NULL, json("{\"any\": 1}"), js_sys::Error::new("x").into()]
}

#[wasm_bindgen_test]
async fn an_aborted_signal_sends_nothing_and_gives_its_own_reason() {
    let client = client("{}");
    let sent = Array::new();
    set(&client, "fetch", &evaluate("() => { given.push(1); }", &sent));
    for reason in reasons() {
        let options = evaluate("({ signal: AbortSignal.abort(given) })", &reason);
        for method in ["fetchTask", "pollUntilDone"] {
            let thrown = rejection(method, &client, &TASK.into(), &options).await;
            assert!(js_sys::Object::is(&thrown, &reason));
        }
    }
    assert_eq!(sent.length(), 0);
}

#[wasm_bindgen_test]
async fn an_abort_ends_a_wait_at_once_and_nothing_is_sent_after() {
    let client = client("{}");
    let sent = Array::new();
    set(&client, "fetch", &evaluate("() => { given.push(1); }", &sent));
    for reason in reasons() {
        let began = Date::now();
        let options = aborting(20, &reason);
        let thrown = rejection("pollUntilDone", &client, &TASK.into(), &options).await;
        assert!(js_sys::Object::is(&thrown, &reason));
        assert!(Date::now() - began < 20.0 + 250.0, "it took {} ms", Date::now() - began);
    }
    assert_eq!(sent.length(), 0);
}

#[wasm_bindgen_test]
async fn an_abort_without_a_reason_is_the_platforms_own_error() {
    let options = evaluate("({ signal: AbortSignal.abort() })", &JsValue::NULL);
    let thrown = rejection("fetchTask", &client("{}"), &TASK.into(), &options).await;
    assert!(js_sys::Object::is(&thrown, &at(&at(&options, "signal"), "reason")));
    assert_eq!(at(&thrown, "name"), "AbortError");
}

#[wasm_bindgen_test]
async fn a_signals_time_out_is_no_fault_to_be_lived_through() {
    let client = client_with_fetch("{}", "() => new Promise(() => {})");
    let options = evaluate("({ signal: AbortSignal.timeout(20), initialDelayMs: 0 })", &JsValue::NULL);
    let thrown = rejection("pollUntilDone", &client, &TASK.into(), &options).await;
    assert_eq!(at(&thrown, "name"), "TimeoutError");
}

#[wasm_bindgen_test]
async fn an_abort_ends_a_fetch_that_does_not_listen() {
    let client = client_with_fetch("{}", "() => new Promise(() => {})");
    assert_eq!(rejection("fetchTask", &client, &"1".into(), &aborting(20, &7.into())).await, 7);
}

#[wasm_bindgen_test]
async fn an_abort_ends_a_body_that_never_comes() {
    let client = client_with_fetch("{}", "async () => new Response(new ReadableStream({}))");
    assert_eq!(rejection("fetchTask", &client, &"1".into(), &aborting(20, &7.into())).await, 7);
}

#[wasm_bindgen_test]
async fn an_abort_reaches_the_fetch_under_way_and_the_sleep() {
    let aborted = Array::new();
    let client = client("{}");
    let fetch = "(url, { signal }) => { signal.addEventListener('abort', () => given.push('fetch')); return new Promise(() => {}); }";
    set(&client, "fetch", &evaluate(fetch, &aborted));
    assert_eq!(rejection("fetchTask", &client, &"1".into(), &aborting(20, &7.into())).await, 7);
    let sleep = "(ms, signal) => { signal.addEventListener('abort', () => given.push('sleep')); return new Promise(() => {}); }";
    set(&client, "sleep", &evaluate(sleep, &aborted));
    assert_eq!(rejection("pollUntilDone", &client, &"1".into(), &aborting(20, &7.into())).await, 7);
    assert_eq!(aborted.join(" "), "fetch sleep");
}

#[wasm_bindgen_test]
async fn an_abort_ends_the_wait_for_a_key() {
    let client = client("{}");
    set(&client, "apiKey", &evaluate("() => new Promise(() => {})", &JsValue::NULL));
    assert_eq!(rejection("fetchTask", &client, &"1".into(), &aborting(20, &7.into())).await, 7);
}

#[wasm_bindgen_test]
async fn an_abort_from_within_on_progress_ends_the_wait_even_at_its_end() {
    let picture = picture().await;
    let options = "(() => { const c = new AbortController();
        return { initialDelayMs: 0, signal: c.signal, onProgress: () => c.abort('seen enough') }; })()";
    let options = evaluate(options, &JsValue::NULL);
    assert_eq!(rejection("pollUntilDone", &client("{}"), &at(&picture, "id"), &options).await, "seen enough");
}

/// A signal that counts its listeners.
fn watched() -> JsValue {
    let watched = "(() => { const controller = new AbortController(), { signal } = controller;
        const watched = { controller, signal, added: 0, removed: 0 };
        const { addEventListener, removeEventListener } = signal;
        signal.addEventListener = function (...given) { watched.added++; return addEventListener.apply(this, given); };
        signal.removeEventListener = function (...given) { watched.removed++; return removeEventListener.apply(this, given); };
        return watched; })()";
    evaluate(watched, &JsValue::NULL)
}

fn assert_no_listeners(watched: &JsValue) {
    let number = |name| at(watched, name).as_f64().unwrap();
    assert!(number("added") > 0.0);
    assert!((number("added") - number("removed")).abs() < 0.5, "{} and {}", number("added"), number("removed"));
}

#[wasm_bindgen_test]
async fn listeners_are_gone_from_the_signal_however_a_wait_ends() {
    let watched = watched();
    let options = json(QUICK);
    set(&options, "signal", &at(&watched, "signal"));
    outcome("pollUntilDone", &client("{}"), &start_picture().await, &options).await;
    assert_no_listeners(&watched);
    outcome("pollUntilDone", &client("{}"), &"1".into(), &options).await;
    outcome("fetchTask", &client(r#"{"apiKey": "sk-$wrong"}"#), &"1".into(), &options).await;
    assert_no_listeners(&watched);
    let thrower = client_with_fetch("{}", "() => { throw new TypeError('x'); }");
    set(&options, "maxConsecutiveErrors", &0.into());
    outcome("pollUntilDone", &thrower, &"1".into(), &options).await;
    assert_no_listeners(&watched);
    let hanging = client_with_fetch("{}", "() => new Promise(() => {})");
    let wait = call("pollUntilDone", &hanging, &"1".into(), &options);
    evaluate("setTimeout(() => given.abort('now'), 150)", &at(&watched, "controller"));
    assert_eq!(wait.await.unwrap_err(), "now");
    assert_no_listeners(&watched);
}

#[wasm_bindgen_test]
async fn many_waits_may_share_a_signal() {
    let watched = watched();
    let options = json("{}");
    set(&options, "signal", &at(&watched, "signal"));
    let waits: Vec<JsFuture> = (0..50).map(|_| call("pollUntilDone", &client("{}"), &"1".into(), &options)).collect();
    evaluate("setTimeout(() => given.abort('all'), 20)", &at(&watched, "controller"));
    for wait in waits {
        assert_eq!(wait.await.unwrap_err(), "all");
    }
    assert_no_listeners(&watched);
}
