//! The same table is read by the module in `tests/browser`.

use crate::payloads::{Payload, LEFT_OUT_OF_ERRORS, LEFT_OUT_OF_VALUES, NOW, ODD_NUMBERS, PAYLOADS, TASK};
use crate::scenario::{self, fetch, submit, with_headers};
use serde_json::{json, Value};

fn check(payload: &Payload) {
    let answer = with_headers(payload.status, payload.body, serde_json::from_str(payload.headers).unwrap());
    let scenario = if payload.call == "submitAction" { submit() } else { fetch() };
    let log = scenario.options(json!({"maxRetries": 0})).run(&[answer]);
    let (mut outcome, left_out) = match log.outcome().clone() {
        Ok(value) => (value, LEFT_OUT_OF_VALUES),
        Err(error) => (error, LEFT_OUT_OF_ERRORS),
    };
    for name in left_out {
        outcome.as_object_mut().unwrap().remove(*name);
    }
    let expected: Value = serde_json::from_str(payload.outcome).unwrap();
    assert_eq!(outcome, expected, "{} {}", payload.status, payload.body);
    assert_eq!((scenario::TASK, scenario::START), (TASK, NOW));
}

#[test]
fn every_payload_comes_to_its_outcome() {
    PAYLOADS.iter().for_each(check);
}

#[test]
fn numbers_in_text_are_decimal_and_finite() {
    ODD_NUMBERS.iter().for_each(check);
}
