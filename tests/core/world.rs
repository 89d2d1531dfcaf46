//! A world made by chance round a call: how long answers take, and where the clock jumps. It drives the call's machine
//! and writes down all that happens.

use crate::json::{json_of, value_of};
use crate::scenario::{not_sent, START};
use crate::server::{givens, Given};
use cometapi_midjourney::core::{Answer, Machine, Step};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{json, Value};

/// What one request and the wait before it meet.
#[derive(Clone, Debug)]
pub struct Turn {
    pub given: Given,
    /// How long the answer takes, ms.
    latency: f64,
    /// How much more than asked the clock goes on in the wait before it, and while it is under way.
    jumps: [f64; 2],
    /// How much of what it may take for a report the caller takes, from 0 to 1.
    dawdle: f64,
}

#[derive(Clone, Debug)]
pub struct World {
    pub start: f64,
    /// The last of them comes again and again.
    pub turns: Vec<Turn>,
    random: Vec<f64>,
}

/// What happened, with the clock's time.
#[derive(Clone, Debug)]
pub enum Event {
    Sent { at: f64, timeout_ms: f64, url: String, body: String },
    Answered { at: f64, given: Given },
    Waited { at: f64, ms: f64, jump: f64 },
    Reported { at: f64, task: Value, left_ms: f64 },
    Ended { at: f64, result: Result<Value, Value> },
}

/// A call that has sent so many requests is looked at no further.
pub const MOST_REQUESTS: usize = 40;

impl World {
    /// One in which answers come at once and the clock is never set.
    pub fn calm(start: f64, givens: &[Given]) -> Self {
        let turns =
            givens.iter().map(|given| Turn { given: given.clone(), latency: 0.0, jumps: [0.0; 2], dawdle: 0.0 });
        Self { start, turns: turns.collect(), random: vec![0.5] }
    }

    /// All that happens, up to the end or the most requests.
    pub fn run(&self, mut machine: Box<dyn Machine>) -> Vec<Event> {
        let mut events = Vec::new();
        let mut now = self.start;
        let mut sent = 0;
        for turn in 0.. {
            let Turn { given, latency, jumps, dawdle } = &self.turns[sent.min(self.turns.len() - 1)];
            match machine.step(now, self.random[turn % self.random.len()]) {
                Step::Send(request) => {
                    if sent == MOST_REQUESTS {
                        break;
                    }
                    sent += 1;
                    let timeout_ms = request.timeout_ms;
                    events.push(Event::Sent { at: now, timeout_ms, url: request.url, body: request.body });
                    assert_eq!(machine.step(now, 0.5), Step::Idle, "one request at a time");
                    let given = if *latency > timeout_ms { Given::Silence } else { given.clone() };
                    let took = if matches!(given, Given::Silence) { timeout_ms } else { *latency };
                    now += took + jumps[1];
                    events.push(Event::Answered { at: now, given: given.clone() });
                    machine.answer(now, &given.answer());
                    machine.answer(now, &not_sent());
                }
                Step::Wait { ms, .. } => {
                    let jump = jumps[0];
                    events.push(Event::Waited { at: now, ms, jump });
                    now += ms + jump;
                }
                Step::Report { task, left_ms, .. } => {
                    events.push(Event::Reported { at: now, task: value_of(task), left_ms });
                    now += left_ms.min(100_000.0) * dawdle;
                }
                Step::Submitted(output) => assert!(!output.submitted.is_empty(), "a submit makes a task"),
                Step::Ask { task, .. } => {
                    let said = json!({"taskId": task.text("id"), "prompt": "x"});
                    machine.answer(now, &Answer::Said(json_of(said)));
                }
                Step::Settled { .. } | Step::Tell(_) => panic!("this is of one wait: {events:?}"),
                Step::Done(result) => {
                    let result =
                        result.map(|output| value_of(output.view)).map_err(|error| value_of(error.into_json()));
                    events.push(Event::Ended { at: now, result });
                    self.is_over(machine, now);
                    break;
                }
                Step::Idle => panic!("it has stopped without an end: {events:?}"),
            }
            assert!(turn < 4 * MOST_REQUESTS, "it goes round in circles: {events:?}");
        }
        events
    }

    /// Nothing comes after the end, whatever the clock says and whatever comes in.
    fn is_over(&self, mut machine: Box<dyn Machine>, now: f64) {
        for late in [0.0, 1.0, -1e7, 1e7, 1e12] {
            assert_eq!(machine.step(now + late, 0.5), Step::Idle, "nothing comes after the end");
            for answer in [self.turns[0].given.answer(), Answer::TimedOut] {
                machine.answer(now + late, &answer);
            }
            assert_eq!(machine.step(now + late, 0.5), Step::Idle, "an answer after the end changes nothing");
        }
    }
}

pub fn worlds(task_id: &str, new_id: &str) -> impl Strategy<Value = World> {
    let not_sent = prop_oneof![30 => Just(false), 1 => Just(true)];
    let turn = (givens(task_id, new_id), not_sent, latencies(), jumps(), jumps(), dawdles()).prop_map(
        |(given, not_sent, latency, wait, flight, dawdle)| Turn {
            given: if not_sent { Given::NotSent } else { given },
            latency,
            jumps: [wait, flight],
            dawdle,
        },
    );
    (prop::collection::vec(turn, 1..8), prop::collection::vec(0.0..1.0_f64, 1..5)).prop_map(|(turns, random)| World {
        start: START,
        turns,
        random,
    })
}

fn latencies() -> impl Strategy<Value = f64> {
    prop_oneof![3 => Just(0.0), 3 => 1.0..3_000.0_f64, 1 => 3_000.0..100_000.0_f64, 1 => Just(1e12)]
}

/// Mostly none, or a timer that is a little late. Now and then a machine that sleeps or a clock that is set.
fn jumps() -> impl Strategy<Value = f64> {
    prop_oneof![
        12 => Just(0.0),
        2 => 0.0..20.0_f64,
        1 => 1_000.0..10_000_000.0_f64,
        1 => select(&[-1.0, -5_000.0, -3_600_000.0, 14_400_000.0]),
    ]
}

fn dawdles() -> impl Strategy<Value = f64> {
    prop_oneof![6 => Just(0.0), 1 => 0.0..=1.0_f64]
}
