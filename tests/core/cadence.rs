//! When a wait asks: the first look, what follows from the task's progress, what from its age, bounds and chance.

use crate::scenario::{call, done, dropped, ok, poll, says, task, Log, START, TASK};
use cometapi_midjourney::core::{Answer, Method};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{json, Value};

/// Under way, with this progress.
fn at(progress: &Value) -> Answer {
    says(200, &json!({"id": TASK, "status": "IN_PROGRESS", "progress": progress}))
}

/// Under way, and it does not say how far.
fn silent() -> Answer {
    at(&json!(""))
}

fn waits(random: &[f64], options: Value) -> Vec<f64> {
    poll().random(random).options(options).run(&[silent()]).waits
}

/// Without progress and chance.
const BY_AGE: [f64; 8] = [6_000.0, 4_000.0, 5_000.0, 7_500.0, 11_250.0, 15_000.0, 15_000.0, 15_000.0];

#[test]
fn the_first_look_is_after_six_seconds_then_ever_more_seldom() {
    assert_eq!(waits(&[0.5], json!({"maxPolls": 8})), BY_AGE);
}

#[test]
fn a_progress_that_tells_nothing_leaves_it_to_the_age() {
    for progress in [
        json!(null),
        json!("0%"),
        json!(0),
        json!(-7),
        json!("-7%"),
        json!("x%"),
        json!("100%"),
        json!(1e300),
        json!([]),
    ] {
        let log = poll().options(json!({"maxPolls": 8})).run(&[at(&progress)]);
        assert_eq!(log.waits, BY_AGE, "{progress}");
    }
}

#[test]
fn a_task_that_was_submitted_long_ago_is_looked_at_seldom() {
    let log = poll().submitted_ago(60_000.0).options(json!({"maxPolls": 3})).run(&[silent()]);
    assert_eq!(log.waits, [6_000.0, 15_000.0, 15_000.0]);
}

#[test]
fn a_clock_that_was_set_back_makes_no_look_denser() {
    let log = poll().submitted_ago(-3_600_000.0).options(json!({"maxPolls": 5})).run(&[silent()]);
    assert_eq!(log.waits, [6_000.0, 9_000.0, 13_500.0, 15_000.0, 15_000.0]);
}

/// A task that works evenly from one moment to another, ms after the start, seen through a gateway with such steps.
fn even(from: f64, to: f64, step: f64) -> Log {
    poll().submitted_ago(0.0).run_with(|_, ms| {
        let ms = (ms / step).floor() * step;
        match 100.0 * (ms - from) / (to - from) {
            percent if percent >= 100.0 => done(),
            percent if percent > 0.0 => at(&json!(format!("{}%", percent.floor()))),
            _ => says(200, &json!({"id": TASK, "status": "SUBMITTED", "progress": "0%"})),
        }
    })
}

#[test]
fn looks_are_dense_where_the_end_is_near() {
    for (from, to) in [(3_000.0, 50_000.0), (7_000.0, 61_000.0), (30_000.0, 95_000.0), (20_000.0, 300_000.0)] {
        let log = even(from, to, 1.0);
        let late = log.ended - to;
        assert!(late <= 5_000.0, "{late} ms late: {:?}", log.waits);
        assert_eq!(*log.waits.last().unwrap(), 4_000.0, "{:?}", log.waits);
        assert!(log.waits.iter().any(|ms| *ms > 8_000.0), "{:?}", log.waits);
    }
}

#[test]
fn they_are_seldom_where_it_is_far() {
    let log = poll().options(json!({"maxPolls": 3})).run(&[at(&json!("1%")), at(&json!("2%")), at(&json!("3%"))]);
    assert_eq!(log.waits[2], 15_000.0);
}

#[test]
fn a_gateway_that_changes_in_steps_is_left_alone_in_between() {
    let log = even(5_000.0, 80_000.0, 15_000.0);
    assert!(log.ended - 90_000.0 <= 9_000.0 && log.sent.len() <= 12, "{:?}", log.sent);
}

#[test]
fn the_rest_is_measured_by_what_was_seen() {
    // The work has begun between the looks at 6 and 10 s, at 8 s say; 20 % in 2 s leave 8 s, and 0.7 of them are waited.
    let log = poll().options(json!({"maxPolls": 3})).run(&[silent(), at(&json!("20%"))]);
    assert_eq!(log.waits, [6_000.0, 4_000.0, 5_600.0]);
}

#[test]
fn a_task_that_gets_no_further_is_looked_at_ever_more_seldom() {
    for progress in ["1%", "60%", "99%"] {
        let log = poll().options(json!({"maxPolls": 12})).run(&[at(&json!(progress))]);
        assert!(log.waits[2..].iter().all(|ms| *ms >= 5_400.0), "{progress}: {:?}", log.waits);
        assert!(log.waits[6..].iter().all(|ms| *ms >= 13_500.0), "{progress}: {:?}", log.waits);
    }
}

#[test]
fn a_progress_that_goes_back_is_not_believed() {
    let answers: Vec<_> = (1..=8).map(|turn| at(&json!(format!("{}%", 90 - 10 * turn)))).collect();
    let log = poll().options(json!({"maxPolls": 8})).run(&answers);
    // After the first, that has nothing before it.
    assert_eq!(log.waits, BY_AGE);
}

#[test]
fn a_fault_shows_nothing_and_waits_by_the_age() {
    let log = poll().options(json!({"maxPolls": 4})).run(&[at(&json!("50%")), at(&json!("60%")), dropped()]);
    assert_eq!(log.waits[3], 7_000.0, "it is 14 s old: {:?}", log.waits);
}

#[test]
fn the_tasks_own_times_change_nothing() {
    let times = [
        json!(null),
        json!(0),
        json!(-1),
        json!(START),
        json!(START + 20_000.0),
        json!(START - 9e11),
        json!(1e300),
        json!("soon"),
        json!({}),
    ];
    let run = |start: &Value, submit: &Value| {
        let answer = |progress: u32| json!({"id": TASK, "status": "IN_PROGRESS", "progress": progress, "startTime": start, "submitTime": submit});
        poll().run(&[answer(10), answer(40), answer(70), answer(90)].map(|task| says(200, &task))).waits
    };
    for start in &times {
        for submit in &times {
            assert_eq!(run(start, submit), run(&json!(null), &json!(null)), "{start} {submit}");
        }
    }
}

/// What a gateway may say of a progress.
fn progresses() -> impl Strategy<Value = Value> {
    let odd =
        [json!(null), json!(""), json!("NaN%"), json!("-1%"), json!("1e400%"), json!([]), json!(5e-324), json!("100%")];
    prop_oneof![3 => (0..=100_u32).prop_map(|percent| json!(format!("{percent}%"))), 1 => any::<f64>().prop_map(Value::from), 1 => select(odd.to_vec())]
}

fn turns() -> impl Strategy<Value = Option<(Value, f64)>> {
    prop_oneof![6 => (progresses(), any::<f64>()).prop_map(Some), 1 => Just(None)]
}

/// Each case is two whole waits. PROPTEST_CASES sets how many there are.
fn quarter() -> ProptestConfig {
    let whole = ProptestConfig::default();
    ProptestConfig { cases: whole.cases.div_ceil(4), ..whole }
}

proptest! {
    #![proptest_config(quarter())]

    /// Whatever a task says of itself, in one wait and in one that goes on, and whatever a state has.
    #[test]
    fn no_hint_breaks_the_bounds(
        turns in prop::collection::vec(turns(), 1..12),
        (shortest, longest) in select(vec![(4_000.0, 15_000.0), (1.0, 300.0), (500.0, 500.0), (9_000.0, 3_600_000.0)]),
        random in prop::collection::vec(0.0..=1.0_f64, 1..4),
        kept in prop::collection::vec(prop::option::of(any::<f64>()), 4),
    ) {
        let names = ["beganAt", "workedFrom", "percent", "percentAt"];
        let mut state = json!({"v": 1, "taskId": TASK, "seen": true, "polls": 3, "delayMs": 5_000});
        for (name, value) in names.iter().zip(&kept) {
            state[name] = json!(value);
        }
        let answers: Vec<_> = turns.iter().map(|turn| match turn {
            Some((progress, time)) => says(200, &json!({"id": TASK, "status": "IN_PROGRESS", "progress": progress, "startTime": time})),
            None => dropped(),
        }).collect();
        for subject in [json!(TASK), state] {
            let options = json!({"initialDelayMs": 0, "minDelayMs": shortest, "maxDelayMs": longest, "maxPolls": answers.len(), "maxConsecutiveErrors": 99, "timeoutMs": null});
            let log = poll().subject(subject).random(&random).options(options).run(&answers);
            assert!(log.waits.iter().all(|ms| (shortest..=longest).contains(ms)), "{:?}", log.waits);
            let next = log.error()["state"]["delayMs"].as_f64().unwrap();
            assert!((shortest..=longest).contains(&next), "{next}");
        }
    }
}

/// One look at a task that has got to 60 %, and when the next is due.
fn next_of(state: Value) -> f64 {
    let log = call(Method::PollOnce, state).run(&[at(&json!("60%"))]);
    log.value()["nextDelayMs"].as_f64().unwrap()
}

#[test]
fn a_wait_that_goes_on_knows_what_was_seen() {
    let seen = json!({"v": 1, "taskId": TASK, "polls": 3, "delayMs": 9_000, "workedFrom": START - 30_000.0, "percent": 50, "percentAt": START - 9_000.0});
    for name in ["submittedAt", "beganAt"] {
        let mut state = seen.clone();
        state[name] = json!(START - 36_000.0);
        // 60 % in 30 s leave 20.
        assert_eq!(next_of(state.clone()), 14_000.0);
        // It stands where it stood: 25 s for 60 % leave 16.6, of which 5 are over.
        state["percent"] = json!(60);
        state["percentAt"] = json!(START - 5_000.0);
        assert_eq!(next_of(state), (11_666.0 * 0.7_f64).floor());
    }
}

#[test]
fn each_look_hands_on_what_it_has_seen() {
    let (mut subject, mut delays) = (json!(TASK), Vec::new());
    for answer in [silent(), at(&json!("10%")), at(&json!("10%")), at(&json!("5%"))] {
        let log = call(Method::PollOnce, subject).run(&[answer]);
        subject = serde_json::from_str(&log.value()["state"].to_string()).unwrap();
        delays.push(["beganAt", "workedFrom", "percent"].map(|name| subject[name].as_f64()));
    }
    let start = Some(START);
    assert_eq!(delays[0], [start, start, None]);
    assert_eq!(delays[1..], [[start, start, Some(10.0)], [start, start, Some(10.0)], [start, start, Some(5.0)]]);
}

/// 0.1.0 kept no times in it.
#[test]
fn a_state_without_times_is_as_old_as_its_delay_says() {
    let state = |delay: u32| json!({"v": 1, "taskId": TASK, "polls": 5, "delayMs": delay});
    let next = |delay| call(Method::PollOnce, state(delay)).run(&[silent()]).value()["nextDelayMs"].as_f64().unwrap();
    assert_eq!([next(1_000), next(4_500), next(6_750), next(15_000)], [4_000.0, 4_500.0, 6_750.0, 15_000.0]);
}

#[test]
fn the_answer_to_a_modal_begins_anew() {
    let accepted = ok(r#"{"code":1,"description":"ok","result":"1773314942177684"}"#);
    let list = |progress: &str| says(200, &json!([{"id": TASK, "status": "IN_PROGRESS", "progress": progress}]));
    let log = poll()
        .submitted_ago(600_000.0)
        .options(json!({"onModal": true, "maxPolls": 4}))
        .says(&[json!({"taskId": TASK, "prompt": "x"})])
        .run(&[task("MODAL"), accepted, list("0%")]);
    assert_eq!(log.waits[1..], [6_000.0, 4_000.0, 5_000.0], "{log:?}");
}

#[test]
fn waits_differ_by_a_tenth_either_way() {
    let options = json!({"initialDelayMs": 40_000, "maxDelayMs": 1_000_000, "maxPolls": 2});
    assert_eq!(waits(&[0.0], options.clone()), [36_000.0, 16_200.0]);
    assert_eq!(waits(&[0.999_999], options.clone()), [43_999.0, 24_198.0]);
    assert_eq!(waits(&[1.0], options), [44_000.0, 24_200.0]);
}

#[test]
fn each_wait_has_a_jitter_of_its_own() {
    // One number a step: those of the steps that send are not used.
    let options = json!({"initialDelayMs": 10_000, "minDelayMs": 1, "maxPolls": 2});
    let log = poll().random(&[0.0, 0.7, 0.5, 0.7, 1.0]).options(options).run(&[task("UNHEARD")]);
    assert_eq!(log.waits.len(), 2);
    assert_ne!(log.waits[0] / 10_000.0, log.waits[1] / (log.waits[0] / 2.0));
}

#[test]
fn the_longest_wait_is_not_made_longer_by_jitter() {
    for random in [0.0, 0.5, 1.0] {
        let waits = waits(&[random], json!({"maxPolls": 30}));
        assert!(waits[6..].iter().all(|ms| (13_500.0..=15_000.0).contains(ms)), "{waits:?}");
    }
}

#[test]
fn the_shortest_wait_is_not_made_shorter_by_jitter() {
    assert_eq!(waits(&[0.0], json!({"maxPolls": 2}))[1], 4_000.0);
}

#[test]
fn the_first_wait_can_be_set() {
    assert_eq!(waits(&[0.5], json!({"initialDelayMs": 20_000, "maxPolls": 3})), [20_000.0, 10_000.0, 15_000.0]);
    assert_eq!(waits(&[0.5], json!({"initialDelayMs": 60_000, "maxPolls": 2})), [60_000.0, 15_000.0]);
    assert_eq!(waits(&[0.5], json!({"initialDelayMs": 10, "maxPolls": 3})), [10.0, 4_000.0, 4_000.0]);
}

#[test]
fn without_a_first_wait_it_asks_at_once() {
    let log = poll().options(json!({"initialDelayMs": 0})).run(&[done()]);
    assert_eq!((log.sent, log.waits), (vec![0.0], vec![]));
}

#[test]
fn shortest_and_longest_can_be_set() {
    let options = json!({"initialDelayMs": 0, "minDelayMs": 400, "maxDelayMs": 600, "maxPolls": 8});
    assert_eq!(waits(&[0.5], options), [400.0, 400.0, 400.0, 600.0, 600.0, 600.0, 600.0]);
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
    let bare = |status: &str| says(200, &json!({"id": TASK, "status": status}));
    let log = poll().run(&[bare(""), bare("PAUSED"), bare("???"), done()]);
    assert_eq!(log.sent, [6_000.0, 10_000.0, 15_000.0, 22_500.0]);
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
        assert_eq!(poll().options(options).run(&[silent()]).code(), "poll_budget");
    }
    let state = json!({"v": 1, "taskId": TASK, "polls": 1, "delayMs": 1e15});
    assert_eq!(poll().subject(state).options(json!({"maxPolls": 9})).run(&[silent()]).code(), "poll_budget");
}
