//! Drives a machine in virtual time and writes down what it did. All that these tests know of the core's shapes is
//! in this file.

use crate::json::{arguments_of, json_of, value_of};
use cometapi_midjourney::core::{of_answer, of_step, start, Answer, Error, Memory, Method, Request, Response, Step};
use serde_json::{json, Value};

/// Unix ms at which every scenario starts: Thu, 12 Mar 2026 11:30:00 GMT.
pub const START: f64 = 1_773_315_000_000.0;
/// In no test's output, nor anywhere else that a core writes to.
pub const CANARY: &str = include_str!("../support/canary.txt");
pub const TASK: &str = "1773314942177684";
pub const CUSTOM_ID: &str = "MJ::JOB::upsample::1::6e2a";

/// A call in virtual time: answers take `latency`, waits all of theirs.
pub struct Scenario {
    method: Method,
    client: Value,
    subject: Value,
    options: Value,
    /// What the process remembers.
    memory: Memory,
    /// Handed in one a step, again and again.
    random: Vec<f64>,
    latency: f64,
    /// What the caller says when it is asked.
    said: Vec<Value>,
    /// The clock's jump in the first wait, ms.
    jump: f64,
}

/// What became of a call.
#[derive(Debug, Default)]
pub struct Log {
    /// When each request went out, ms after the start.
    pub sent: Vec<f64>,
    pub urls: Vec<String>,
    pub bodies: Vec<String>,
    pub timeouts: Vec<f64>,
    pub waits: Vec<f64>,
    /// Of each wait: whether something had failed.
    pub again: Vec<bool>,
    /// The results of submits, as they were told.
    pub submitted: Vec<Value>,
    /// The tasks that the caller was asked about.
    pub asked: Vec<Value>,
    /// The tasks that were reported.
    pub reports: Vec<Value>,
    /// What came beside each.
    pub infos: Vec<Value>,
    /// How long the caller may take for each, ms.
    pub lefts: Vec<f64>,
    /// The waits of several that have ended: of which target, and how.
    pub settled: Vec<(usize, Value)>,
    /// When each of them did, ms after the start.
    pub settled_at: Vec<f64>,
    /// What `onEvent` is told.
    pub events: Vec<Value>,
    /// The kinds of steps, in their order.
    pub steps: Vec<&'static str>,
    /// `Ok(view)` or `Err(error as the caller sees it)`.
    outcome: Option<Result<Value, Value>>,
    /// When it ended, ms after the start.
    pub ended: f64,
}

impl Log {
    pub fn outcome(&self) -> &Result<Value, Value> {
        self.outcome.as_ref().expect("it should have ended")
    }

    pub fn error(&self) -> &Value {
        self.outcome().as_ref().expect_err("it should have failed")
    }

    pub fn value(&self) -> &Value {
        self.outcome().as_ref().expect("it should have succeeded")
    }

    pub fn code(&self) -> &str {
        self.error()["code"].as_str().unwrap()
    }

    pub fn message(&self) -> &str {
        self.error()["message"].as_str().unwrap()
    }

    /// The body of a POST.
    pub fn body(&self) -> Value {
        serde_json::from_str(&self.bodies[0]).unwrap()
    }
}

/// The API's address.
pub const API: &str = "https://api.cometapi.com";

pub fn submit() -> Scenario {
    Scenario::new(Method::SubmitAction, json!({"taskId": TASK, "customId": CUSTOM_ID}))
}

pub fn fetch() -> Scenario {
    Scenario::new(Method::FetchTask, json!(TASK))
}

pub fn poll() -> Scenario {
    Scenario::new(Method::PollUntilDone, json!(TASK))
}

/// Of any call.
pub fn call(method: Method, subject: Value) -> Scenario {
    Scenario::new(method, subject)
}

impl Scenario {
    fn new(method: Method, subject: Value) -> Self {
        Self {
            method,
            client: json!({"apiKey": CANARY}),
            subject,
            options: json!({}),
            memory: Memory::new(),
            random: vec![0.5],
            latency: 0.0,
            said: Vec::new(),
            jump: 0.0,
        }
    }

    pub fn options(mut self, options: Value) -> Self {
        self.options = options;
        self
    }

    pub fn client(mut self, client: Value) -> Self {
        self.client = client;
        self
    }

    pub fn subject(mut self, subject: Value) -> Self {
        self.subject = subject;
        self
    }

    pub fn random(mut self, random: &[f64]) -> Self {
        self.random = random.to_vec();
        self
    }

    /// How long each answer takes, ms.
    pub fn latency(mut self, ms: f64) -> Self {
        self.latency = ms;
        self
    }

    /// What the caller says to each modal; past their end it says nothing until its time is up.
    pub fn says(mut self, said: &[Value]) -> Self {
        self.said = said.to_vec();
        self
    }

    /// The first wait takes so much longer than asked: a machine that sleeps, or a clock that is set.
    pub fn jump(mut self, ms: f64) -> Self {
        self.jump = ms;
        self
    }

    /// This client has submitted the task so long before the start.
    pub fn submitted_ago(self, ms: f64) -> Self {
        self.also_submitted(TASK, ms)
    }

    pub fn also_submitted(self, id: &str, ago: f64) -> Self {
        self.memory.of_api(API).submitted(id, START - ago);
        self
    }

    /// In a process that remembers this.
    pub fn memory(mut self, memory: &Memory) -> Self {
        self.memory = memory.clone();
        self
    }

    /// This client has answered the modal of a task so long before the start.
    pub fn modal_answered(self, id: &str, ago: f64) -> Self {
        self.memory.of_api(API).submitted(id, START - ago);
        self.memory.of_api(API).set_modal_at(id, START - ago);
        self
    }

    /// Runs it with these answers, the last of them again and again.
    pub fn run(self, answers: &[Answer]) -> Log {
        self.run_with(|turn, _| answers[turn.min(answers.len() - 1)].clone())
    }

    /// Runs it with an answer for each request: its turn from 0, and ms after the start.
    pub fn run_with(self, mut answer: impl FnMut(usize, f64) -> Answer) -> Log {
        let mut turn = 0;
        self.run_by(|_, ms| {
            turn += 1;
            answer(turn - 1, ms)
        })
    }

    /// Runs it with an answer for each request, by what it asks for, and ms after the start.
    pub fn run_by(mut self, mut answer: impl FnMut(&Request, f64) -> Answer) -> Log {
        let mut now = START;
        let mut log = Log::default();
        let (client, subject, options) =
            (arguments_of(self.client), arguments_of(self.subject), arguments_of(self.options));
        let mut machine = match start(self.method, &client, &subject, &options, &self.memory, now) {
            Ok(machine) => machine,
            Err(error) => {
                log.outcome = Some(Err(value_of(error.into_json())));
                return log;
            }
        };
        for turn in 0..100_000 {
            let step = machine.step(now, self.random[turn % self.random.len()]);
            log.events.extend(of_step(&step).map(value_of));
            log.steps.push(name_of(&step));
            match step {
                Step::Send(request) => {
                    log.sent.push(now - START);
                    log.urls.push(request.url.clone());
                    log.bodies.push(request.body.clone());
                    log.timeouts.push(request.timeout_ms);
                    assert_eq!(machine.step(now, 0.5), Step::Idle, "one request at a time");
                    let mut given = answer(&request, now - START);
                    let takes = if given == Answer::TimedOut { f64::INFINITY } else { self.latency };
                    if takes > request.timeout_ms {
                        given = Answer::TimedOut;
                    }
                    let took = takes.min(request.timeout_ms);
                    now += took;
                    log.events.push(value_of(of_answer(&request, &given, took)));
                    machine.answer(now, &given);
                    machine.answer(now, &answer_to_nothing());
                }
                Step::Wait { ms, again } => {
                    log.again.push(again);
                    assert!((0.0..=2_147_483_647.0).contains(&ms), "no timer takes {ms}");
                    log.waits.push(ms);
                    now += ms + if ms > 0.0 { std::mem::take(&mut self.jump) } else { 0.0 };
                }
                Step::Report { task, info, left_ms } => {
                    log.reports.push(value_of(task));
                    log.infos.push(value_of(info));
                    log.lefts.push(left_ms);
                }
                Step::Submitted(output) => log.submitted.push(value_of(output.view)),
                Step::Ask { task, left_ms } => {
                    log.asked.push(value_of(task));
                    if self.said.is_empty() {
                        assert!(left_ms.is_finite(), "nobody knows what to say");
                        now += left_ms;
                    } else {
                        machine.answer(now, &Answer::Said(json_of(self.said.remove(0))));
                    }
                }
                Step::Settled { outcome, index } => {
                    log.settled.push((index as usize, value_of(outcome)));
                    log.settled_at.push(now - START);
                }
                Step::Tell(_) => {}
                Step::Done(result) => {
                    log.outcome =
                        Some(result.map(|output| value_of(output.view)).map_err(|error| value_of(error.into_json())));
                    log.ended = now - START;
                    assert_eq!(machine.step(now, 0.5), Step::Idle, "nothing comes after the end");
                    machine.answer(now, &answer_to_nothing());
                    assert_eq!(machine.step(now, 0.5), Step::Idle, "an answer after the end changes nothing");
                    return log;
                }
                Step::Idle => panic!("it has stopped without an end: {log:?}"),
            }
        }
        panic!("it does not end: {} requests", log.sent.len());
    }
}

fn name_of(step: &Step) -> &'static str {
    match step {
        Step::Send(_) => "send",
        Step::Wait { .. } => "wait",
        Step::Report { .. } => "report",
        Step::Ask { .. } => "ask",
        Step::Submitted(_) => "submitted",
        Step::Settled { .. } => "settled",
        Step::Tell(_) => "tell",
        Step::Done(_) => "done",
        Step::Idle => "idle",
    }
}

/// Would change an outcome if a machine took it.
fn answer_to_nothing() -> Answer {
    answer(403, "not asked for")
}

pub fn answer(status: u16, body: &str) -> Answer {
    with_headers(status, body, json!({}))
}

pub fn with_headers(status: u16, body: &str, headers: Value) -> Answer {
    Answer::Response(Response::new(status, body.into(), json_of(headers), ""))
}

pub fn ok(body: &str) -> Answer {
    answer(200, body)
}

/// With a JSON body.
pub fn says(status: u16, body: &Value) -> Answer {
    answer(status, &body.to_string())
}

pub fn dropped() -> Answer {
    let said = "Failed to fetch";
    Answer::Dropped(json_of(json!({"message": said, "thrown": {"message": said}})))
}

/// The caller's key can't be used: what `web` says then.
pub fn not_sent() -> Answer {
    Answer::NotSent(Error::invalid(&["apiKey must be text."]))
}

/// A task of this status.
pub fn task(status: &str) -> Answer {
    says(200, &json!({"id": TASK, "status": status, "progress": "50%"}))
}

pub fn pending() -> Answer {
    task("IN_PROGRESS")
}

pub fn done() -> Answer {
    says(200, &json!({"id": TASK, "status": "SUCCESS", "progress": "100%", "imageUrl": "https://x/y"}))
}
