//! The module reads as the native build does in `tests/core`: the same table, with 32 bits to an address and 64 kB of stack.

use crate::payloads::{Payload, LEFT_OUT_OF_ERRORS, LEFT_OUT_OF_VALUES, NOW, ODD_NUMBERS, PAYLOADS, TASK};
use crate::support::{at, canonical, client, evaluate, json, outcome, set, submit_params, TASK as ASKED};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

async fn check(payload: &Payload) {
    // An answer means something else of a task that the process knows.
    evaluate("globalThis[Symbol.for('cometapi-midjourney.memory')]?.clear()", &JsValue::NULL);
    let client = client(r#"{"maxRetries": 0}"#);
    let answer = json("{}");
    set(&answer, "body", &payload.body.into());
    set(&answer, "status", &payload.status.into());
    set(&answer, "headers", &json(payload.headers));
    set(&client, "fetch", &evaluate("async () => new Response(given.body, given)", &answer));
    set(&client, "now", &evaluate("() => given", &NOW.into()));
    let subject = if payload.call == "submitAction" { submit_params() } else { TASK.into() };
    let outcome = outcome(payload.call, &client, &subject, &json("{}")).await;
    let (given, left_out) = match at(&outcome, "error") {
        error if error.is_undefined() => (at(&outcome, "value"), LEFT_OUT_OF_VALUES),
        error => (error, LEFT_OUT_OF_ERRORS),
    };
    for name in left_out {
        Reflect::delete_property(given.unchecked_ref::<js_sys::Object>(), &(*name).into()).unwrap();
    }
    assert_eq!(canonical(&given), canonical(&json(payload.outcome)), "{} {}", payload.status, payload.body);
    assert_eq!(TASK, ASKED);
}

#[wasm_bindgen_test]
async fn every_payload_comes_to_its_outcome() {
    for payload in PAYLOADS {
        check(payload).await;
    }
}

#[wasm_bindgen_test]
async fn numbers_in_text_are_decimal_and_finite() {
    for payload in ODD_NUMBERS {
        check(payload).await;
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_cannot_be_taken_for_a_task_is_none() {
    for body in ["5", "\"text\"", "true", "[1]", r#"{"id":"1773314942177684"}"#, "<html>", "{"] {
        check(&Payload {
            call: "fetchTask",
            status: 200,
            headers: "{}",
            body,
            outcome: r#"{"code":"unexpected_response","retryable":false,"status":200,"taskId":"1773314942177684"}"#,
        })
        .await;
    }
}

#[wasm_bindgen_test]
async fn an_answer_nested_without_end_is_none_and_ends_nothing() {
    for open in ["[", "{\"a\":", "{\"buttons\":["] {
        let body = open.repeat(100_000);
        check(&Payload {
            call: "fetchTask",
            status: 200,
            headers: "{}",
            body: Box::leak(body.into_boxed_str()),
            outcome: r#"{"code":"unexpected_response","retryable":false,"status":200,"taskId":"1773314942177684"}"#,
        })
        .await;
    }
}
