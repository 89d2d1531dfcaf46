use js_sys::{Array, Function, Promise, Reflect, JSON};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Another origin than the tests' page.
pub const CANARY: &str = include_str!("../support/canary.txt");
const SIMULATOR: &str = match option_env!("SIMULATOR_URL") {
    Some(url) => url,
    None => "http://127.0.0.1:38917",
};

/// Polls without the six seconds' pause that people get.
pub const QUICK: &str = r#"{"initialDelayMs": 30, "minDelayMs": 30, "maxDelayMs": 60}"#;

pub const TASK: &str = "1773314942177684";

pub fn json(text: &str) -> JsValue {
    JSON::parse(text).unwrap()
}

pub fn none() -> JsValue {
    json("{}")
}

pub fn at(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap()
}

pub fn text(value: &JsValue, name: &str) -> String {
    at(value, name).as_string().unwrap_or_default()
}

pub fn set(value: &JsValue, name: &str, member: &JsValue) {
    Reflect::set(value, &name.into(), member).unwrap();
}

/// What a JavaScript expression comes to; `given` is in it by that name.
pub fn evaluate(expression: &str, given: &JsValue) -> JsValue {
    let body = ["'use strict'; return (", expression, "\n);"].concat();
    Function::new_with_args("given", &body).call1(&JsValue::NULL, given).unwrap()
}

/// The same, where it is a promise.
pub async fn settle(expression: &str, given: &JsValue) -> JsValue {
    JsFuture::from(Promise::resolve(&evaluate(expression, given))).await.unwrap()
}

/// Sorted by name, so that two values with the same members have the same text.
pub fn canonical(value: &JsValue) -> String {
    let sort = "JSON.stringify(given, (_, value) => value && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)) : value)";
    evaluate(sort, value).as_string().unwrap()
}

/// `ClientOptions` for the simulator, with a key and what is given.
pub fn client(options: &str) -> JsValue {
    let client = json(options);
    for (name, value) in [("baseURL", SIMULATOR), ("apiKey", CANARY)] {
        if at(&client, name).is_undefined() {
            set(&client, name, &value.into());
        }
    }
    client
}

/// A client whose `fetch` is this expression.
pub fn client_with_fetch(options: &str, fetch: &str) -> JsValue {
    let client = client(options);
    set(&client, "fetch", &evaluate(fetch, &JsValue::NULL));
    client
}

/// What comes before a call of the module, in JavaScript.
const HOST: &str = include_str!("host.js");

/// A call's promise of `{ value }` or `{ error }`.
pub fn promise(method: &str, client: &JsValue, subject: &JsValue, options: &JsValue) -> Promise {
    let call = evaluate(HOST, &Array::of3(client, subject, options));
    let host = at(&call, "host").unchecked_into();
    let outcome = cometapi_midjourney::web::call(method, &text(&call, "text"), host);
    evaluate("given.then((text) => JSON.parse(text))", &outcome).unchecked_into()
}

pub fn call(method: &str, client: &JsValue, subject: &JsValue, options: &JsValue) -> JsFuture {
    promise(method, client, subject, options).into()
}

/// What a call comes to: `{ value }` or `{ error }`.
pub async fn outcome(method: &str, client: &JsValue, subject: &JsValue, options: &JsValue) -> JsValue {
    call(method, client, subject, options).await.expect("it rejects only with what is the caller's")
}

pub async fn value(method: &str, client: &JsValue, subject: &JsValue, options: &JsValue) -> JsValue {
    let outcome = outcome(method, client, subject, options).await;
    let value = at(&outcome, "value");
    assert!(!value.is_undefined(), "{}", canonical(&outcome));
    value
}

pub async fn error(method: &str, client: &JsValue, subject: &JsValue, options: &JsValue) -> JsValue {
    let outcome = outcome(method, client, subject, options).await;
    let error = at(&outcome, "error");
    assert!(!error.is_undefined(), "{}", canonical(&outcome));
    error
}

/// What a call rejects with.
pub async fn rejection(method: &str, client: &JsValue, subject: &JsValue, options: &JsValue) -> JsValue {
    call(method, client, subject, options).await.expect_err("it should not resolve")
}

pub fn submit_params() -> JsValue {
    json(r#"{"taskId": "1773314942177684", "customId": "MJ::JOB::upsample::1::6e2a"}"#)
}

/// The answer to a new picture's submit, as a `SubmitResult`: this version has no submitImagine yet.
pub async fn start_picture() -> JsValue {
    let post = "fetch(given[0] + '/mj/submit/imagine', { method: 'POST',
           headers: { authorization: 'Bearer ' + given[1], 'content-type': 'application/json' },
           body: JSON.stringify({ prompt: 'a lighthouse' }) })
         .then((response) => response.text())
         .then((text) => ({ kind: 'submitted', taskId: JSON.parse(text).result }))";
    settle(post, &Array::of2(&SIMULATOR.into(), &CANARY.into())).await
}

/// A finished picture.
pub async fn picture() -> JsValue {
    value("pollUntilDone", &client("{}"), &start_picture().await, &json(QUICK)).await
}

pub fn items(list: &JsValue) -> Vec<JsValue> {
    Array::from(list).to_vec()
}
