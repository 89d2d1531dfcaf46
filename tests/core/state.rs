use crate::scenario::{done, dropped, pending, poll, submit, Log, START, TASK};
use serde_json::{json, Value};

fn state(log: &Log) -> Value {
    serde_json::from_str(&log.error()["state"].to_string()).unwrap()
}

#[test]
fn a_wait_goes_on_from_the_state_of_its_error() {
    let ended = [
        poll().options(json!({"timeoutMs": 5000})).run(&[pending()]),
        poll().options(json!({"maxPolls": 2})).run(&[pending()]),
        poll().run(&[dropped()]),
    ];
    for first in ended {
        let polls = first.sent.len();
        let second = poll().subject(state(&first)).options(json!({"maxPolls": 1})).run(&[pending()]);
        assert_eq!(second.error()["state"]["polls"], polls + 1);
        let third = poll().subject(state(&second)).run(&[done()]);
        assert_eq!((third.value()["status"].as_str(), third.sent.len()), (Some("SUCCESS"), 1));
        assert!(third.bodies.iter().all(String::is_empty), "no second submit");
    }
}

#[test]
fn a_resumed_wait_polls_soon_and_keeps_its_cadence() {
    let saved = json!({"v": 1, "taskId": TASK, "polls": 5, "delayMs": 15000});
    let log = poll().subject(saved).options(json!({"maxPolls": 2})).run(&[pending()]);
    assert_eq!(log.waits, [1_000.0, 15_000.0]);
}

#[test]
fn it_is_small_and_holds_no_key_no_address_and_no_header() {
    let log = poll().submitted_ago(5.0).options(json!({"maxPolls": 1})).run(&[pending()]);
    let text = state(&log).to_string();
    assert!(text.len() < 200, "{text}");
    assert!(!text.contains("sk-") && !text.contains("http"));
    assert_eq!(state(&log)["submittedAt"], START - 5.0);
}

#[test]
fn what_is_no_state_is_refused_without_an_echo() {
    let whole = json!({"v": 1, "taskId": TASK, "polls": 5, "delayMs": 1});
    let mut broken = vec![json!({"v": 2, "secret": "xyzzy"}), json!({"v": "1"}), json!({"v": 1, "xyzzy": 1})];
    broken.push(json!({"v": 2, "taskId": TASK, "polls": 5, "delayMs": 1}));
    for name in ["taskId", "polls", "delayMs"] {
        for bad in [Value::Null, json!("xyzzy/../"), json!(-1), json!(1.5), json!({})] {
            let mut state = whole.clone();
            state[name] = bad;
            broken.push(state);
        }
    }
    let mut state = whole;
    state["submittedAt"] = json!("yesterday");
    broken.push(state);
    for state in broken {
        let log = poll().subject(state.clone()).run(&[done()]);
        assert_eq!((log.code(), log.sent.len()), ("state", 0), "{state}");
        assert!(!log.message().contains("xyzzy"));
    }
}

#[test]
fn a_submits_error_has_no_state_to_poll() {
    assert_eq!(submit().run(&[dropped()]).error()["state"], Value::Null);
}
