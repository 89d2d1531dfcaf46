//! A wait's deadline is wall clock.

use crate::scenario::{answer, done, dropped, pending, poll, task, with_headers, TASK};
use serde_json::json;

#[test]
fn the_default_deadline_is_fifteen_minutes_by_the_clock() {
    let log = poll().run(&[pending()]);
    assert_eq!(log.code(), "poll_timeout");
    assert!(log.ended <= 900_000.0 && log.ended > 897_000.0, "{}", log.ended);
}

#[test]
fn its_error_names_the_task_what_was_seen_and_how_to_go_on() {
    let log = poll().run(&[pending()]);
    for part in [TASK, "50%", "pollUntilDone(error.state)", "timeoutMs"] {
        assert!(log.message().contains(part), "{}", log.message());
    }
    let error = log.error();
    assert_eq!((&error["task"]["progress"], &error["retryable"]), (&json!("50%"), &json!(true)));
    assert_eq!((&error["taskId"], &error["state"]["taskId"]), (&json!(TASK), &json!(TASK)));
    assert_eq!(error["state"]["polls"], log.sent.len());
}

#[test]
fn the_last_poll_lands_just_before_it() {
    for timeout in [5_000.0, 20_000.0, 61_234.0, 120_000.0, 900_000.0] {
        for random in [0.0, 0.5, 0.999] {
            let log = poll().random(&[random]).options(json!({"timeoutMs": timeout})).run(&[pending()]);
            let last = *log.sent.last().unwrap();
            assert!(last < timeout && last >= timeout - 2_100.0, "{last} of {timeout}");
        }
    }
}

#[test]
fn a_short_one_still_polls_once() {
    for timeout in [1, 10, 400, 1_000, 2_000] {
        let log = poll().options(json!({"timeoutMs": timeout})).run(&[pending()]);
        assert_eq!((log.code(), log.sent.len()), ("poll_timeout", 1), "{timeout}");
        assert_eq!(poll().options(json!({"timeoutMs": timeout})).run(&[done()]).value()["status"], "SUCCESS");
    }
}

#[test]
fn a_request_may_not_outlive_it() {
    let log = poll().options(json!({"timeoutMs": 10_000})).latency(60_000.0).run(&[done()]);
    assert_eq!(log.timeouts, [5_000.0]);
    assert_eq!((log.code(), log.ended), ("poll_timeout", 10_000.0));
}

#[test]
fn every_requests_time_ends_with_it() {
    let log = poll().options(json!({"timeoutMs": 61_234})).latency(700.0).run(&[pending()]);
    for (sent, timeout) in log.sent.iter().zip(&log.timeouts) {
        assert!(*timeout > 0.0 && sent + timeout <= 61_234.0, "{log:?}");
    }
}

#[test]
fn slow_answers_are_part_of_it() {
    let log = poll().options(json!({"timeoutMs": 60_000})).latency(9_000.0).run(&[pending()]);
    assert_eq!(log.code(), "poll_timeout");
    assert!(log.ended <= 60_000.0, "{}", log.ended);
}

#[test]
fn a_late_answer_is_not_taken() {
    let log = poll().options(json!({"timeoutMs": 10_000})).latency(5_000.0).run(&[done()]);
    assert_eq!((log.code(), log.reports.len()), ("poll_timeout", 0));
    let log = poll().options(json!({"timeoutMs": 10_000})).latency(4_999.0).run(&[done()]);
    assert_eq!(log.value()["status"], "SUCCESS");
}

#[test]
fn a_machine_that_slept_an_hour_polls_once_and_then_decides() {
    for end in [done(), task("MODAL")] {
        let log = poll().jump(3_600_000.0).run(&[end]);
        assert_eq!((log.sent.len(), log.outcome().is_ok()), (1, true));
        assert_eq!(log.timeouts, [10_000.0]);
    }
    let table = [
        (pending(), "poll_timeout"),
        (task("NEW"), "poll_timeout"),
        (dropped(), "poll_timeout"),
        (answer(500, ""), "poll_timeout"),
        (with_headers(429, "", json!({"retry-after": "60"})), "poll_timeout"),
        (task("FAILURE"), "task_failed"),
        (answer(401, ""), "authentication"),
        (answer(404, ""), "task_not_found"),
    ];
    for (end, code) in table {
        let log = poll().jump(3_600_000.0).run(std::slice::from_ref(&end));
        assert_eq!((log.code(), log.sent.len()), (code, 1), "{end:?}");
    }
}

#[test]
fn a_poll_after_it_that_hangs_has_an_end_too() {
    let log = poll().jump(3_600_000.0).latency(1e9).run(&[done()]);
    assert_eq!((log.code(), log.sent.len()), ("poll_timeout", 1));
    assert_eq!(log.ended, 6_000.0 + 3_600_000.0 + 10_000.0);
}

#[test]
fn a_clock_that_is_set_back_does_not_end_it_early_or_make_it_hang() {
    let log = poll().jump(-3_600_000.0).options(json!({"timeoutMs": 60_000})).run(&[pending(), pending(), done()]);
    assert_eq!(log.value()["status"], "SUCCESS");
    let log = poll().jump(-3_600_000.0).options(json!({"timeoutMs": 60_000})).run(&[pending()]);
    assert_eq!(log.code(), "poll_timeout");
    assert!(log.waits.iter().all(|ms| *ms <= 15_000.0));
}

#[test]
fn null_means_none() {
    let log = poll().options(json!({"timeoutMs": null, "maxPolls": 1000})).run(&[pending()]);
    assert_eq!((log.code(), log.sent.len()), ("poll_budget", 1000));
    assert!(log.ended > 10_000_000.0);
    assert!(log.timeouts.iter().all(|ms| *ms == 30_000.0));
}

#[test]
fn without_one_a_sleep_of_an_hour_is_nothing() {
    let log = poll().jump(3_600_000.0).options(json!({"timeoutMs": null})).run(&[pending(), pending(), done()]);
    assert_eq!((log.sent.len(), log.timeouts[0]), (3, 30_000.0));
}

#[test]
fn no_wait_is_shorter_than_its_minimum_or_longer_than_what_is_left() {
    for timeout in (1_500..40_000).step_by(777) {
        for random in [0.0, 0.3, 0.999] {
            let log = poll().random(&[random]).options(json!({"timeoutMs": timeout})).run(&[pending()]);
            assert!(log.waits[1..].iter().all(|ms| *ms >= 4_000.0), "{:?}", log.waits);
            assert!(log.waits.iter().sum::<f64>() <= f64::from(timeout));
        }
    }
}

#[test]
fn what_the_caller_may_take_for_a_report_is_what_is_left() {
    let log = poll().options(json!({"timeoutMs": 10_000})).run(&[pending(), done()]);
    assert_eq!(log.lefts, [5_000.0, 1_000.0]);
    assert_eq!(poll().options(json!({"timeoutMs": null})).run(&[done()]).lefts, [f64::INFINITY]);
}

#[test]
fn the_faults_behind_a_time_out_are_its_cause() {
    let log = poll().options(json!({"timeoutMs": 10_000})).run(&[pending(), answer(503, "")]);
    assert_eq!((log.code(), &log.error()["cause"]["code"]), ("poll_timeout", &json!("server")));
    assert_eq!(poll().run(&[pending()]).error().get("cause"), None);
}
