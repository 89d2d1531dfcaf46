//! Everything that decides: what to send, what an answer means, when to ask again, when to stop.
//!
//! Sans-IO: a [`Machine`] is told the time and what came back, and says what to do next. It has no clock, no
//! network and no JavaScript, so hours of waiting are tested in microseconds.
//!
//! ```text
//!            step(now, random)
//!                  │
//!   ┌──────────────┼───────────────┬────────────────┐
//!   ▼              ▼               ▼                ▼
//! Send(request)  Wait(ms)     Report(task)      Done(result)
//! Ask(task)        │          Submitted(id)
//!   │              └── step ◄──────┘
//!   ▼
//! answer(now, what came back) ── step
//! ```
//!
//! | machine | rule | file |
//! |---|---|---|
//! | [`Call`] | one request: a submit, sent again only after a plain refusal; a read, after a passing fault | `call.rs` |
//! | [`Poll`] | looks until the task has ended, time or patience is over; answers its modal | `poll.rs` |
//! | [`PollAll`] | many of these waits, with one request for all that are due | `batch.rs` |
//! | [`Act`] | a button's submit, then the wait for what it made: one task, or several | `act.rs` |
//!
//! When to ask again is in `cadence.rs`. What an answer means is in `verdict.rs`, which answers refuse a submit plainly in `refusal.rs`, what
//! `fetch` threw in `unsent.rs`; what the process knows of
//! tasks in `memory.rs`; what a call may say in `config.rs`, `params.rs` and `target.rs`; which button
//! is meant in `button.rs`.
//!
//! ```
//! use cometapi_midjourney::api::Json;
//! use cometapi_midjourney::core::{Answer, Call, Config, Machine, Memory, Method, Response, Step};
//!
//! let json = |text| Json::parse(text).unwrap();
//! let config = Config::read(&json(r#"{"apiKey": "sk-…"}"#), &json("{}")).unwrap();
//! let params = json(r#"{"taskId": "1773314942177684", "customId": "MJ::JOB::upsample::1::6e2a"}"#);
//! let memory = Memory::new().of_api(&config.base_url);
//! let mut submit = Call::submit(Method::SubmitAction, &config, &memory, &params).unwrap();
//!
//! let now = 1_773_315_000_000.0;
//! let Step::Send(request) = submit.step(now, 0.5) else { unreachable!() };
//! assert_eq!(request.url, "https://api.cometapi.com/mj/submit/action");
//!
//! let body = r#"{"code": 1, "description": "Submit success", "result": 1773315122000777}"#;
//! submit.answer(now, &Answer::Response(Response::new(200, body.into(), json("{}"), "")));
//! let Step::Submitted(result) = submit.step(now, 0.5) else { unreachable!() };
//! assert_eq!(result.view.text("taskId"), "1773315122000777");
//! ```

mod act;
mod address;
mod batch;
mod button;
mod cadence;
mod call;
mod config;
mod error;
mod event;
mod http;
mod look;
mod memory;
mod params;
mod poll;
mod refusal;
mod secret;
mod start;
mod state;
mod submit;
mod target;
mod unsent;
mod verdict;

pub use act::Act;
pub use batch::PollAll;
pub use button::{find_button, parse_custom_id};
pub use cadence::Pace;
pub use call::Call;
pub use config::Config;
pub use error::{outcome, Code, Error};
pub use event::{of_answer, of_step};
pub use http::{Answer, Platform, Purpose, Request, Resends, Response};
pub use look::look;
pub use memory::{ApiMemory, Known, Memory, MemoryStore, MOST_REMEMBERED};
pub use poll::Poll;
pub use secret::{check_api_key, cleaned, secret_of, without_key};
pub use start::{start, Method};
pub use state::PollState;
pub use target::Target;
pub use unsent::{dropped, unsent};

use crate::api::{Json, Record};

/// A call under way.
pub trait Machine {
    /// What to do now. `now` is Unix time in ms; `random` is from 0 up to 1, for the jitter of waits.
    fn step(&mut self, now: f64, random: f64) -> Step;

    /// What became of what the last step wanted sent, or asked.
    fn answer(&mut self, now: f64, answer: &Answer);

    /// What is known of the tasks of the call: `taskId`, `taskIds`, `state`. An error that ends it from outside (the
    /// module fails, or the caller's clock) says so.
    fn known(&self, now: f64) -> Record;
}

/// What a machine wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Send this, then hand in the answer.
    Send(Request),
    /// Let so many ms go by.
    Wait {
        /// How long.
        ms: f64,
        /// Since something failed.
        again: bool,
    },
    /// The task has changed: tell the caller.
    Report {
        /// The task as it is now.
        task: Json,
        /// `PollInfo`
        info: Json,
        /// What the caller may take for it, ms; infinite where there is no deadline.
        left_ms: f64,
    },
    /// The task asks for more (`MODAL`): ask the caller, then hand in what was said.
    Ask {
        /// The task.
        task: Json,
        /// What the caller may take for it, ms; infinite where there is no deadline.
        left_ms: f64,
    },
    /// A submit was accepted: remember it, and tell the caller.
    Submitted(Output),
    /// One of several waits has ended: tell the caller.
    Settled {
        /// `{ value }` or `{ error }`
        outcome: Json,
        /// Of its target.
        index: f64,
    },
    /// Tell `onEvent`.
    Tell(Record),
    /// It is over.
    Done(Result<Output, Error>),
    /// Nothing: the answer to the last request is due, or all is over.
    Idle,
}

/// What a call gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// As the caller gets it: a `SubmitResult`, a `Task`.
    pub view: Json,
    /// The new tasks of a submit; none for anything else.
    pub submitted: Vec<String>,
    /// The task whose modal the submit answered; empty for anything else.
    pub modal: String,
    /// The submit made nothing: its task was there before.
    pub is_old: bool,
}

impl Output {
    /// What is no submit's.
    #[must_use]
    pub const fn of(view: Json) -> Self {
        Self { view, submitted: Vec::new(), modal: String::new(), is_old: false }
    }
}
