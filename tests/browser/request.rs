//! What `fetch` is called with, and that the key goes nowhere else.

use crate::support::{
    at, client, client_with_fetch, error, evaluate, json, none, set, submit_params, text, value, CANARY, TASK,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

/// Keeps what `fetch` is called with in its client.
const KEEPING: &str = "async (url, init) => { given.url = url; given.init = init;
    return new Response('{\"code\":1,\"result\":\"1\",\"id\":\"1\",\"status\":\"SUCCESS\"}'); }";

fn keeping(options: &str) -> JsValue {
    let client = client(options);
    set(&client, "fetch", &evaluate(KEEPING, &client));
    client
}

fn header(client: &JsValue, name: &str) -> JsValue {
    evaluate(&["new Headers(given.init.headers).get('", name, "')"].concat(), client)
}

#[wasm_bindgen_test]
async fn a_read_is_a_get_past_every_cache_without_cookies_and_follows_no_redirect() {
    let client = keeping("{}");
    value("fetchTask", &client, &"1".into(), &none()).await;
    assert!(text(&client, "url").ends_with("/mj/task/1/fetch"));
    let init = at(&client, "init");
    assert!(at(&init, "method").is_undefined() || at(&init, "method") == "GET");
    assert!(at(&init, "body").is_undefined());
    for (name, value) in [("cache", "no-store"), ("credentials", "omit"), ("redirect", "manual")] {
        assert_eq!(at(&init, name), value, "{name}");
    }
    assert_eq!(header(&client, "authorization"), ["Bearer ", CANARY].concat());
    assert_eq!(evaluate("given.init.signal instanceof AbortSignal", &client), true);
}

#[wasm_bindgen_test]
async fn a_submit_is_a_post_of_json() {
    let client = keeping("{}");
    value("submitAction", &client, &submit_params(), &none()).await;
    let init = at(&client, "init");
    assert_eq!(at(&init, "method"), "POST");
    assert_eq!(header(&client, "content-type"), "application/json");
    assert_eq!(at(&json(&text(&init, "body")), "customId"), "MJ::JOB::upsample::1::6e2a");
}

#[wasm_bindgen_test]
async fn the_callers_headers_go_along_and_a_proxy_needs_no_key() {
    let client = keeping(r#"{"headers": {"x-tenant": "7"}}"#);
    value("fetchTask", &client, &"1".into(), &none()).await;
    assert_eq!(header(&client, "x-tenant"), "7");
    let client = keeping(r#"{"apiKey": null, "baseURL": "/api/mj"}"#);
    value("fetchTask", &client, &"1".into(), &none()).await;
    assert_eq!(text(&client, "url"), "/api/mj/mj/task/1/fetch");
    assert!(header(&client, "authorization").is_null());
    // It is the page's own server.
    assert_eq!(at(&at(&client, "init"), "credentials"), "same-origin");
}

#[wasm_bindgen_test]
async fn the_key_is_in_no_error() {
    let echoes = [
        "async (url, init) => new Response('{\"error\":{\"message\":\"bad ' + new Headers(init.headers).get('authorization') + '\"}}', { status: 403 })",
        "async (url, init) => { throw Object.assign(new TypeError('no ' + new Headers(init.headers).get('authorization')), { init }); }",
        "async (url, init) => { const e = new TypeError('no'); e.self = e; e.init = init; throw e; }",
    ];
    for echo in echoes {
        let client = client_with_fetch(r#"{"maxRetries": 0}"#, echo);
        for (method, subject) in [("fetchTask", TASK.into()), ("submitAction", submit_params())] {
            let error = error(method, &client, &subject, &none()).await;
            let text = js_sys::JSON::stringify(&error).unwrap().as_string().unwrap();
            assert!(!text.contains(CANARY), "{text}");
        }
    }
}

#[wasm_bindgen_test]
async fn a_redirect_is_refused_and_not_followed() {
    // What a browser shows of a redirect that it was told not to follow.
    let hidden = "async () => ({ status: 0, type: 'opaqueredirect', headers: new Headers(), text: async () => '' })";
    let client = client_with_fetch("{}", hidden);
    let read = error("fetchTask", &client, &TASK.into(), &none()).await;
    assert_eq!(text(&read, "code"), "unexpected_response");
    // It can be a 303, which says that the submit was carried out.
    let submit = error("submitAction", &client, &submit_params(), &none()).await;
    assert_eq!(text(&submit, "code"), "submit_uncertain");
    for error in [read, submit] {
        assert!(text(&error, "message").contains("redirects"));
    }
}
