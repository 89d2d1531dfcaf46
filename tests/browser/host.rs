//! The caller's own functions: used, called without a `this`, and what they throw is theirs.

use crate::support::{
    at, call, canonical, client, client_with_fetch, error, evaluate, json, none, outcome, rejection, set,
    start_picture, submit_params, text, value, QUICK, TASK,
};
use js_sys::Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn the_callers_own_functions_are_called_without_a_this() {
    let client = client("{}");
    let used = evaluate(
        "(() => { const used = {};
           const strict = (name, give) => { given[name] = function (...args) {
             used[name] = this === undefined; return give(...args); }; };
           strict('now', () => Date.now()); strict('random', () => 0.5);
           strict('sleep', async () => {}); strict('fetch', (...args) => fetch(...args));
           strict('apiKey', async () => 'sk-from-a-function'); return used; })()",
        &client,
    );
    let options = json(r#"{"maxPolls": 2}"#);
    set(&options, "onProgress", &evaluate("function () { given.onProgress = this === undefined; }", &used));
    outcome("pollUntilDone", &client, &start_picture().await, &options).await;
    for name in ["now", "random", "sleep", "fetch", "apiKey", "onProgress"] {
        assert_eq!(at(&used, name), true, "{name}");
    }
}

#[wasm_bindgen_test]
async fn hours_go_by_at_once_with_a_sleep_and_a_clock_of_the_callers() {
    let client = client("{}");
    let clock = json(r#"{"now": 1773315000000, "slept": []}"#);
    set(&client, "now", &evaluate("() => given.now", &clock));
    set(&client, "random", &evaluate("() => 0.5", &JsValue::NULL));
    let sleep = "async (ms, signal) => { given.slept.push(ms); given.now += ms; given.signal = signal instanceof AbortSignal; }";
    set(&client, "sleep", &evaluate(sleep, &clock));
    // No other test submits that task: its age counts from here.
    let fetch = "async () => new Response('{\"id\":\"90\",\"status\":\"SUBMITTED\"}')";
    set(&client, "fetch", &evaluate(fetch, &JsValue::NULL));
    let error = error("pollUntilDone", &client, &"90".into(), &json(r#"{"timeoutMs": 7200000}"#)).await;
    assert_eq!(text(&error, "code"), "poll_timeout");
    let slept = Array::from(&at(&clock, "slept"));
    assert_eq!(slept.slice(0, 6).join(" "), "6000 4000 5000 7500 11250 15000");
    assert!(slept.length() > 400);
    assert_eq!(at(&clock, "signal"), true);
}

#[wasm_bindgen_test]
async fn the_key_is_asked_for_before_each_request() {
    let client = client("{}");
    let state = json(r#"{"keys": ["sk-first-one", "sk-second-one"], "seen": []}"#);
    set(&client, "apiKey", &evaluate("async () => given.keys.shift()", &state));
    set(&client, "sleep", &evaluate("async () => {}", &JsValue::NULL));
    let fetch = "async (url, init) => { given.seen.push(new Headers(init.headers).get('authorization'));
        return new Response(given.seen.length > 1 ? '{\"id\":\"1\",\"status\":\"SUCCESS\"}' : '', { status: given.seen.length > 1 ? 200 : 503 }); }";
    set(&client, "fetch", &evaluate(fetch, &state));
    value("fetchTask", &client, &"1".into(), &none()).await;
    assert_eq!(Array::from(&at(&state, "seen")).join(", "), "Bearer sk-first-one, Bearer sk-second-one");
}

#[wasm_bindgen_test]
async fn what_a_function_that_the_client_stands_on_throws_is_behind_an_error_that_knows_the_task() {
    for name in ["now", "random", "sleep", "apiKey"] {
        let client = client("{}");
        for how in ["() => { throw given; }", "async () => { throw given; }"] {
            if how.starts_with("async") && (name == "now" || name == "random") {
                continue;
            }
            let thrown = evaluate("new RangeError('mine')", &JsValue::NULL);
            set(&client, name, &evaluate(how, &thrown));
            let options = json(if name == "apiKey" { r#"{"initialDelayMs": 0}"# } else { "{}" });
            let error = error("pollUntilDone", &client, &TASK.into(), &options).await;
            assert_eq!(text(&error, "code"), if name == "apiKey" { "connection" } else { "internal" }, "{name}");
            assert!(text(&error, "message").starts_with(&format!("The function {name} failed")), "{name}");
            // The clock is looked at before anything of the call is known.
            assert!(name == "now" || text(&error, "taskId") == TASK, "{name}");
            // The package makes an error of these words.
            let said = at(&error, "thrown");
            assert_eq!((text(&said, "name"), text(&said, "message")), ("RangeError".into(), "mine".into()), "{name}");
        }
    }
}

#[wasm_bindgen_test]
async fn what_on_progress_throws_ends_the_wait_as_it_is() {
    for how in ["() => { throw given; }", "async () => { throw given; }"] {
        let thrown = json("{\"mine\": true}");
        let options = json(QUICK);
        set(&options, "onProgress", &evaluate(how, &thrown));
        let reason = rejection("pollUntilDone", &client("{}"), &start_picture().await, &options).await;
        assert!(js_sys::Object::is(&reason, &thrown));
    }
}

#[wasm_bindgen_test]
async fn an_on_progress_that_never_ends_does_not_hold_the_deadline() {
    let options = json(r#"{"initialDelayMs": 0, "timeoutMs": 600}"#);
    set(&options, "onProgress", &evaluate("() => new Promise(() => {})", &JsValue::NULL));
    let client = client_with_fetch("{}", "async () => new Response('{\"id\":\"1\",\"status\":\"SUBMITTED\"}')");
    let error = error("pollUntilDone", &client, &"1".into(), &options).await;
    assert_eq!(text(&error, "code"), "poll_timeout");
}

#[wasm_bindgen_test]
async fn a_fetch_that_never_settles_and_does_not_listen_times_out() {
    for fetch in ["() => new Promise(() => {})", "async () => new Response(new ReadableStream({}))"] {
        let client = client_with_fetch(r#"{"timeoutMs": 20, "maxRetries": 0}"#, fetch);
        let error = error("fetchTask", &client, &"1".into(), &none()).await;
        assert_eq!(text(&error, "code"), "request_timeout");
        let uncertain = outcome("submitAction", &client, &submit_params(), &none()).await;
        assert_eq!(text(&at(&uncertain, "error"), "code"), "submit_uncertain");
    }
}

#[wasm_bindgen_test]
async fn a_waits_deadline_ends_the_request_in_flight() {
    let client = client_with_fetch("{}", "() => new Promise(() => {})");
    let options = json(r#"{"initialDelayMs": 0, "timeoutMs": 60}"#);
    let wait = call("pollUntilDone", &client, &"1".into(), &options);
    assert_eq!(text(&at(&wait.await.unwrap(), "error"), "code"), "poll_timeout");
}

#[wasm_bindgen_test]
async fn a_response_of_another_making_will_do() {
    let fetch = "async () => ({ status: 200, headers: new Headers({ 'x-request-id': 'r' }), text: async () => '{\"id\":\"1\",\"status\":\"SUCCESS\"}' })";
    let done = value("fetchTask", &client_with_fetch("{}", fetch), &"1".into(), &none()).await;
    assert_eq!(text(&done, "status"), "SUCCESS");
}

#[wasm_bindgen_test]
async fn a_response_that_throws_or_is_none_is_an_answer_that_was_dropped() {
    let fetches = [
        "async () => ({ get status() { throw new Error('no status'); }, headers: new Headers(), text: async () => '{}' })",
        "async () => ({ status: 200, get headers() { throw new Error('no headers'); }, text: async () => '{}' })",
        "async () => ({ status: 200, headers: { get() { throw new Error('no header'); } }, text: async () => '{}' })",
        "async () => ({ status: 200, headers: new Headers(), text() { throw new Error('no text'); } })",
        "async () => ({ status: 200, headers: new Headers(), get text() { throw new Error('no text'); } })",
        "async () => ({ status: 200, headers: new Headers() })",
        "async () => ({ status: 200n, headers: new Headers(), text: async () => '{}' })",
        "async () => ({ headers: new Headers(), text: async () => '{}' })",
        "async () => ({ status: 200, headers: undefined, text: async () => '{}' })",
        "async () => undefined",
        "async () => 5",
    ];
    for fetch in fetches {
        let client = client_with_fetch(r#"{"maxRetries": 0}"#, fetch);
        let read = error("fetchTask", &client, &TASK.into(), &none()).await;
        assert_eq!(text(&read, "code"), "connection", "{fetch}");
        let submit = error("submitAction", &client, &submit_params(), &none()).await;
        assert_eq!(text(&submit, "code"), "submit_uncertain", "{fetch}");
    }
    // The module has lived through all of it.
    let fetch = "async () => new Response('{\"id\":\"1\",\"status\":\"SUCCESS\"}')";
    assert_eq!(
        text(&value("fetchTask", &client_with_fetch("{}", fetch), &"1".into(), &none()).await, "status"),
        "SUCCESS"
    );
}

#[wasm_bindgen_test]
async fn a_signal_is_aborted_only_where_the_work_has_not_come_to_its_end() {
    let client = client("{}");
    let seen = evaluate("[]", &JsValue::NULL);
    let fetch = "async (url, { signal }) => { given.push(signal);
        return new Response('{\"id\":\"1\",\"status\":\"SUCCESS\"}'); }";
    set(&client, "fetch", &evaluate(fetch, &seen));
    value("fetchTask", &client, &"1".into(), &none()).await;
    let fetch = "async (url, { signal }) => { given.push(signal); return new Response(new ReadableStream({})); }";
    set(&client, "fetch", &evaluate(fetch, &seen));
    error("fetchTask", &client, &"1".into(), &json(r#"{"timeoutMs": 20, "maxRetries": 0}"#)).await;
    assert_eq!(evaluate("given.map(({ aborted }) => aborted).join()", &seen), "false,true");
}

#[wasm_bindgen_test]
async fn a_long_text_stays_in_javascript_and_goes_out_whole() {
    let client = client("{}");
    let fetch =
        "async (url, init) => { given.body = init.body; return new Response('{\"code\":1,\"result\":\"77\"}'); }";
    set(&client, "fetch", &evaluate(fetch, &client));
    let params = json(r#"{"taskId": "1773314942177684", "prompt": "ä and 🚀, \"quoted\""}"#);
    set(&params, "maskBase64", &evaluate("'iVBORw0KGgo' + 'A'.repeat(1e6)", &JsValue::NULL));
    value("submitModal", &client, &params, &none()).await;
    assert_eq!(canonical(&json(&text(&client, "body"))), canonical(&params));
}
