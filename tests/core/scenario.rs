//! Drives a machine in virtual time and writes down what it did.

use cometapi_midjourney::api::Json;
use cometapi_midjourney::core::{start, Answer, Method, Recent, Response, Step};
use serde_json::{json, Value};

/// Unix ms at which every scenario starts.
pub const START: f64 = 1_773_315_000_000.0;
pub const TASK: &str = "1773314942177684";

/// A call in virtual time: answers cost no time, waits all of theirs.
pub struct Scenario {
    pub method: Method,
    pub client: Value,
    pub subject: Value,
    pub options: Value,
    pub recent: Recent,
    pub random: f64,
    /// How long each answer takes, ms.
    pub latency: f64,
    /// How much longer than asked the first wait takes: a machine that sleeps.
    pub oversleeps: f64,
}

/// What became of a call.
#[derive(Debug)]
pub struct Log {
    /// When each request went out, ms after the start.
    pub sent: Vec<f64>,
    pub urls: Vec<String>,
    pub bodies: Vec<String>,
    pub timeouts: Vec<f64>,
    pub waits: Vec<f64>,
    /// The tasks that were reported.
    pub reports: Vec<Value>,
    /// `Ok(view)` or `Err(error as the caller sees it)`.
    pub outcome: Result<Value, Value>,
    pub ended: f64,
}

impl Log {
    pub fn error(&self) -> &Value {
        self.outcome.as_ref().expect_err("it should have failed")
    }

    pub fn value(&self) -> &Value {
        self.outcome.as_ref().expect("it should have succeeded")
    }

    pub fn code(&self) -> &str {
        self.error()["code"].as_str().unwrap()
    }

    pub fn message(&self) -> &str {
        self.error()["message"].as_str().unwrap()
    }
}

pub fn submit() -> Scenario {
    let subject = json!({"taskId": TASK, "customId": "MJ::JOB::upsample::1::6e2a"});
    Scenario::new(Method::SubmitAction, subject)
}

pub fn fetch() -> Scenario {
    Scenario::new(Method::FetchTask, json!(TASK))
}

pub fn poll() -> Scenario {
    Scenario::new(Method::PollUntilDone, json!(TASK))
}

impl Scenario {
    fn new(method: Method, subject: Value) -> Self {
        Self {
            method,
            client: json!({"apiKey": "sk-0123456789"}),
            subject,
            options: json!({}),
            recent: Recent::new(),
            random: 0.5,
            latency: 0.0,
            oversleeps: 0.0,
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

    pub fn random(mut self, random: f64) -> Self {
        self.random = random;
        self
    }

    /// The task was submitted by this client so long before the start.
    pub fn submitted_ago(mut self, ms: f64) -> Self {
        self.recent.add(TASK.into(), START - ms);
        self
    }

    /// Runs it with these answers, the last of them again and again.
    pub fn run(self, answers: &[Answer]) -> Log {
        self.run_with(|at, _| answers[at.min(answers.len() - 1)].clone())
    }

    /// Runs it with an answer for each request: its number, and ms after the start.
    pub fn run_with(mut self, mut answer: impl FnMut(usize, f64) -> Answer) -> Log {
        let mut now = START;
        let mut log = Log {
            sent: vec![],
            urls: vec![],
            bodies: vec![],
            timeouts: vec![],
            waits: vec![],
            reports: vec![],
            outcome: Ok(Value::Null),
            ended: 0.0,
        };
        let (client, subject, options) = (Json(self.client), Json(self.subject), Json(self.options));
        let mut machine = match start(self.method, &client, &subject, &options, &self.recent, now) {
            Ok(machine) => machine,
            Err(error) => {
                log.outcome = Err(error.into_json().0);
                return log;
            }
        };
        for _ in 0..100_000 {
            match machine.step(now, self.random) {
                Step::Send(request) => {
                    log.sent.push(now - START);
                    log.urls.push(request.url);
                    log.bodies.push(request.body);
                    log.timeouts.push(request.timeout_ms);
                    let given = answer(log.sent.len() - 1, now - START);
                    now += if self.latency > request.timeout_ms { request.timeout_ms } else { self.latency };
                    let given = if self.latency > request.timeout_ms { Answer::TimedOut } else { given };
                    machine.answer(now, given);
                }
                Step::Wait(ms) => {
                    log.waits.push(ms);
                    now += ms + std::mem::take(&mut self.oversleeps);
                }
                Step::Report { task, .. } => log.reports.push(task.0),
                Step::Done(result) => {
                    log.outcome = result.map(|output| output.view.0).map_err(|error| error.into_json().0);
                    log.ended = now - START;
                    assert_eq!(machine.step(now, 0.5), Step::Idle, "nothing comes after the end");
                    machine.answer(now, ok("{}"));
                    assert_eq!(machine.step(now, 0.5), Step::Idle, "an answer after the end changes nothing");
                    return log;
                }
                Step::Idle => panic!("it has stopped without an end: {log:?}"),
            }
        }
        panic!("it does not end");
    }
}

pub fn answer(status: u16, body: &str) -> Answer {
    with_headers(status, body, json!({}))
}

pub fn with_headers(status: u16, body: &str, headers: Value) -> Answer {
    Answer::Response(Response { status, body: body.into(), headers: Json(headers) })
}

pub fn ok(body: &str) -> Answer {
    answer(200, body)
}

pub fn dropped() -> Answer {
    Answer::Dropped(Json(json!({"message": "Failed to fetch"})))
}

/// A task of this status.
pub fn task(status: &str) -> Answer {
    ok(&json!({"id": TASK, "status": status, "progress": "50%"}).to_string())
}

pub fn pending() -> Answer {
    task("IN_PROGRESS")
}

pub fn done() -> Answer {
    ok(&json!({"id": TASK, "status": "SUCCESS", "progress": "100%", "imageUrl": "https://x/y"}).to_string())
}
