use crate::scenario::{done, pending, poll};
use serde_json::json;

#[test]
fn the_default_deadline_is_fifteen_minutes_by_the_clock() {
    let log = poll().run(&[pending()]);
    assert_eq!(log.code(), "poll_timeout");
    assert!(log.ended <= 900_000.0 && log.ended > 897_000.0, "{}", log.ended);
    assert!(log.message().contains("pollUntilDone(error.state)"));
    assert_eq!(log.error()["task"]["progress"], "50%");
}

#[test]
fn the_last_poll_lands_just_before_it() {
    for timeout in [5_000.0, 20_000.0, 61_234.0, 900_000.0] {
        let log = poll().options(json!({"timeoutMs": timeout})).run(&[pending()]);
        let last = *log.sent.last().unwrap();
        assert!(last < timeout && last >= timeout - 2_100.0, "{last} of {timeout}");
    }
}

#[test]
fn a_short_one_still_polls_once() {
    let log = poll().options(json!({"timeoutMs": 400})).run(&[pending()]);
    assert_eq!(log.sent, [300.0]);
    assert_eq!(poll().options(json!({"timeoutMs": 400})).run(&[done()]).value()["status"], "SUCCESS");
}

#[test]
fn a_request_may_not_outlive_it() {
    let mut scenario = poll().options(json!({"timeoutMs": 10_000}));
    scenario.latency = 60_000.0;
    let log = scenario.run(&[done()]);
    assert_eq!(log.timeouts, [8_000.0]);
    assert_eq!((log.code(), log.ended), ("poll_timeout", 10_000.0));
}

#[test]
fn a_late_answer_is_not_taken() {
    let mut scenario = poll().options(json!({"timeoutMs": 10_000}));
    scenario.latency = 8_000.0;
    assert_eq!(scenario.run(&[done()]).code(), "poll_timeout");
}

#[test]
fn a_machine_that_slept_polls_once_and_then_decides() {
    let mut scenario = poll();
    scenario.oversleeps = 3_600_000.0;
    let log = scenario.run(&[done()]);
    assert_eq!((log.sent.len(), &log.value()["status"]), (1, &json!("SUCCESS")));
    let mut scenario = poll();
    scenario.oversleeps = 3_600_000.0;
    let log = scenario.run(&[pending()]);
    assert_eq!((log.sent.len(), log.code()), (1, "poll_timeout"));
    assert_eq!(log.timeouts, [10_000.0]);
}

#[test]
fn null_means_none() {
    let log = poll().options(json!({"timeoutMs": null, "maxPolls": 1000})).run(&[pending()]);
    assert_eq!(log.sent.len(), 1000);
    assert!(log.ended > 10_000_000.0);
}

#[test]
fn no_wait_is_shorter_than_its_minimum_or_longer_than_what_is_left() {
    for timeout in (1_500..40_000).step_by(777) {
        for random in [0.0, 0.3, 0.999] {
            let log = poll().random(random).options(json!({"timeoutMs": timeout})).run(&[pending()]);
            assert!(log.waits[1..].iter().all(|ms| *ms >= 1_000.0), "{:?}", log.waits);
            assert!(log.waits.iter().sum::<f64>() <= f64::from(timeout));
        }
    }
}
