//! When a wait asks: the first pause, how pauses grow, their jitter.

use crate::scenario::{done, pending, poll, task, TASK};
use serde_json::{json, Value};

fn waits(random: &[f64], options: Value) -> Vec<f64> {
    poll().random(random).options(options).run(&[pending()]).waits
}

#[test]
fn the_first_poll_is_after_two_seconds_then_ever_more_seldom() {
    let expected = [2_000.0, 3_000.0, 4_500.0, 6_750.0, 10_125.0, 15_000.0, 15_000.0, 15_000.0];
    assert_eq!(waits(&[0.5], json!({"maxPolls": 8})), expected);
}

#[test]
fn waits_differ_by_a_tenth_either_way() {
    assert_eq!(waits(&[0.0], json!({"maxPolls": 3})), [1_800.0, 2_700.0, 4_050.0]);
    assert_eq!(waits(&[0.999_999], json!({"maxPolls": 3})), [2_199.0, 3_299.0, 4_949.0]);
    assert_eq!(waits(&[1.0], json!({"maxPolls": 3})), [2_200.0, 3_300.0, 4_950.0]);
}

#[test]
fn jitter_does_not_add_up() {
    let options = json!({"maxPolls": 6, "maxDelayMs": 1_000_000});
    for (random, factor) in [(0.0, 0.9), (0.999_999, 1.1)] {
        let waits = waits(&[random], options.clone());
        for (at, wait) in waits.iter().enumerate() {
            let plain = 2_000.0 * 1.5_f64.powi(i32::try_from(at).unwrap());
            assert!((wait / plain - factor).abs() < 0.002, "{waits:?}");
        }
    }
}

#[test]
fn each_wait_has_a_jitter_of_its_own() {
    // One number a step: those of the steps that send are not used.
    let log = poll().random(&[0.0, 0.7, 0.5, 0.7, 1.0]).options(json!({"maxPolls": 2})).run(&[task("UNHEARD")]);
    assert_eq!(log.waits.len(), 2);
    assert_ne!(log.waits[0] / 2_000.0, log.waits[1] / 3_000.0);
}

#[test]
fn the_longest_wait_is_not_made_longer_by_jitter() {
    for random in [0.0, 0.5, 1.0] {
        let waits = waits(&[random], json!({"maxPolls": 30}));
        assert!(waits[6..].iter().all(|ms| (13_500.0..=15_000.0).contains(ms)), "{waits:?}");
    }
}

#[test]
fn the_first_wait_can_be_set() {
    assert_eq!(waits(&[0.5], json!({"initialDelayMs": 5_000, "maxPolls": 3})), [5_000.0, 7_500.0, 11_250.0]);
    assert_eq!(waits(&[0.5], json!({"initialDelayMs": 60_000, "maxPolls": 2})), [60_000.0, 15_000.0]);
    assert_eq!(waits(&[0.5], json!({"initialDelayMs": 10, "maxPolls": 3})), [10.0, 1_000.0, 1_500.0]);
}

#[test]
fn without_a_first_wait_it_asks_at_once() {
    let log = poll().options(json!({"initialDelayMs": 0})).run(&[done()]);
    assert_eq!((log.sent, log.waits), (vec![0.0], vec![]));
}

#[test]
fn shortest_and_longest_can_be_set() {
    let options = json!({"initialDelayMs": 0, "minDelayMs": 400, "maxDelayMs": 600, "maxPolls": 5});
    assert_eq!(waits(&[0.5], options), [400.0, 600.0, 600.0, 600.0]);
    assert_eq!(waits(&[0.5], json!({"maxDelayMs": 30_000, "maxPolls": 9}))[7..], [30_000.0, 30_000.0]);
}

#[test]
fn jitter_stays_within_what_was_set() {
    let options = json!({"initialDelayMs": 500, "minDelayMs": 500, "maxDelayMs": 500, "maxPolls": 4});
    for random in [0.0, 0.5, 0.999] {
        let waits = waits(&[random], options.clone());
        assert!(waits[1..].iter().all(|ms| *ms == 500.0), "{waits:?}");
    }
}

#[test]
fn a_longest_below_the_shortest_wins() {
    assert_eq!(waits(&[0.5], json!({"maxDelayMs": 300, "maxPolls": 3}))[1..], [300.0, 300.0]);
    assert_eq!(waits(&[0.5], json!({"minDelayMs": 9_000, "maxDelayMs": 300, "maxPolls": 3}))[1..], [300.0, 300.0]);
}

#[test]
fn an_unknown_or_empty_status_waits_its_normal_turn() {
    let log = poll().run(&[task(""), task("PAUSED"), task("???"), done()]);
    assert_eq!(log.sent, [2_000.0, 5_000.0, 9_500.0, 16_250.0]);
}

#[test]
fn no_timer_is_longer_than_timers_take() {
    // Scenario checks each wait against 2^31-1.
    for options in [
        json!({"timeoutMs": null, "initialDelayMs": 1e12, "maxPolls": 2}),
        json!({"timeoutMs": null, "minDelayMs": 1e13, "maxDelayMs": 1e15, "maxPolls": 3}),
        json!({"timeoutMs": 1e15, "minDelayMs": 1e13, "maxDelayMs": 1e15, "maxPolls": 3}),
        json!({"timeoutMs": 1e15, "initialDelayMs": 1e14, "maxPolls": 1}),
    ] {
        assert_eq!(poll().options(options).run(&[pending()]).code(), "poll_budget");
    }
    let state = json!({"v": 1, "taskId": TASK, "polls": 1, "delayMs": 1e15});
    assert_eq!(poll().subject(state).options(json!({"maxPolls": 9})).run(&[pending()]).code(), "poll_budget");
}
