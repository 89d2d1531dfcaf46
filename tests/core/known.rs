//! Rule 2: from the moment that a task is known, whatever ends the call says so.

use crate::json::{json_of, value_of};
use crate::scenario::{answer, call, ok, says, CUSTOM_ID, START, TASK};
use cometapi_midjourney::core::{start, Answer, Error, Machine, Memory, Method, Step};
use serde_json::{json, Value};

const NEW: &str = "1773315122000777";

fn no_key() -> Answer {
    Answer::NoKey(json_of(json!({"message": "the vault is closed"})))
}

fn machine(method: Method, subject: Value, options: Value) -> Box<dyn Machine> {
    let client = json_of(json!({"apiKey": "sk-0123456789"}));
    start(method, &client, &json_of(subject), &json_of(options), &Memory::new(), START)
        .unwrap_or_else(|error| panic!("{}", error.message))
}

fn picture() -> Value {
    json!({"id": TASK, "status": "SUCCESS", "buttons": [{"customId": CUSTOM_ID, "label": "U1"}]})
}

fn known(machine: &dyn Machine) -> Value {
    value_of(machine.known(START))
}

#[test]
fn a_key_that_cannot_be_had_after_the_submit_leaves_the_task_known() {
    let accepted = says(200, &json!({"code": 1, "description": "ok", "result": NEW}));
    let log = call(Method::Act, picture()).options(json!({"button": "U1"})).run(&[accepted, no_key()]);
    let error = log.error();
    assert_eq!((log.code(), &error["taskId"], &error["state"]["taskId"]), ("connection", &json!(NEW), &json!(NEW)));
    assert_eq!((&error["thrown"]["message"], &error["retryable"]), (&json!("the vault is closed"), &json!(true)));
}

#[test]
fn a_key_that_cannot_be_had_for_a_submit_is_not_uncertain() {
    let log = call(Method::SubmitImagine, json!({"prompt": "x"})).run(&[no_key()]);
    assert_eq!((log.code(), log.sent.len(), log.error().get("maybeAccepted")), ("connection", 1, None));
}

#[test]
fn many_waits_end_each_with_its_own_task() {
    let log = call(Method::PollAllUntilDone, json!([TASK, NEW])).run(&[no_key()]);
    let ids: Vec<_> = log.value().as_array().unwrap().iter().map(|one| &one["error"]["state"]["taskId"]).collect();
    assert_eq!(ids, [TASK, NEW]);
}

#[test]
fn what_is_known_follows_the_call() {
    let mut act = machine(Method::Act, picture(), json!({"button": "U1"}));
    assert_eq!(known(&*act), json!({"taskId": TASK}));
    assert!(matches!(act.step(START, 0.5), Step::Send(_)));
    act.answer(START, &ok(&format!(r#"{{"code":1,"result":"{NEW},{NEW}1"}}"#)));
    assert!(matches!(act.step(START, 0.5), Step::Submitted(_)));
    let both = json!([NEW, format!("{NEW}1")]);
    assert_eq!((&known(&*act)["taskId"], &known(&*act)["taskIds"]), (&json!(NEW), &both));
    assert!(matches!(act.step(START, 0.5), Step::Wait { .. }));
    assert_eq!((&known(&*act)["taskIds"], &known(&*act)["state"]["taskIds"]), (&both, &both));
    let all = machine(Method::PollAllUntilDone, json!([TASK, NEW]), json!({}));
    assert_eq!(known(&*all), json!({"taskIds": [TASK, NEW]}));
}

/// Should the module fail while the answer to a modal is out.
#[test]
fn an_answer_to_a_modal_that_is_out_stands_in_the_state() {
    let mut wait = machine(Method::PollUntilDone, json!(TASK), json!({"onModal": true, "initialDelayMs": 0}));
    assert!(matches!(wait.step(START, 0.5), Step::Send(_)));
    wait.answer(START, &says(200, &json!({"id": TASK, "status": "MODAL"})));
    assert!(matches!(wait.step(START, 0.5), Step::Report { .. }));
    assert!(matches!(wait.step(START, 0.5), Step::Ask { .. }));
    wait.answer(START, &Answer::Said(json_of(json!({"taskId": TASK, "prompt": "x"}))));
    assert!(known(&*wait)["state"].get("modalAt").is_none());
    assert!(matches!(wait.step(START, 0.5), Step::Send(_)));
    assert_eq!(known(&*wait)["state"]["modalAt"], START);
}

#[test]
fn a_function_of_the_options_that_fails_is_told_with_what_is_known() {
    let thrown = json_of(json!({"message": "no timers here"}));
    let wait = machine(Method::PollUntilDone, json!(TASK), json!({}));
    let error = value_of(Error::of_function("sleep", &thrown, wait.known(START)).into_json());
    assert_eq!(
        (&error["code"], &error["taskId"], &error["state"]["taskId"]),
        (&json!("internal"), &json!(TASK), &json!(TASK))
    );
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("sleep failed: no timers here") && message.contains("pollUntilDone(error.state)"),
        "{message}"
    );
}

#[test]
fn a_401_of_a_submit_is_asked_with_a_new_key_where_the_gateway_itself_refused_it() {
    let client = json!({"apiKey": {"is": "a function"}});
    let submit = |given: Answer| {
        let accepted = says(200, &json!({"code": 1, "description": "ok", "result": NEW}));
        call(Method::SubmitImagine, json!({"prompt": "x"})).client(client.clone()).run(&[given, accepted])
    };
    assert_eq!(submit(answer(401, r#"{"error":{"message":"Invalid token","type":"new_api_error"}}"#)).sent.len(), 2);
    for body in
        ["", "<html>", r#"{"code":1,"result":"1773315122000777"}"#, r#"{"error":{"message":"x"},"result":"17733"}"#]
    {
        let log = submit(answer(401, body));
        assert_eq!((log.code(), log.sent.len()), ("submit_uncertain", 1), "{body}");
    }
}
