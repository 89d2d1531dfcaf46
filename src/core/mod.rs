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
//!   │              │               │
//!   ▼              └── step ◄──────┘
//! answer(now, what came back) ── step
//! ```
//!
//! | machine | rule | file |
//! |---|---|---|
//! | [`Call`] | one request: a submit, sent again only after a plain refusal; a read, after a passing fault | `call.rs` |
//! | [`Poll`] | GETs until the task has ended, time or patience is over | `poll.rs` |
//!
//! What an answer means is in `verdict.rs`; what a call may say in `config.rs`, `params.rs` and `target.rs`.
//!
//! ```
//! use cometapi_midjourney::api::Json;
//! use cometapi_midjourney::core::{Answer, Call, Config, Machine, Output, Place, Response, Step};
//!
//! let json = |text| Json::parse(text).unwrap();
//! let config = Config::read(&json("{}"), &json("{}"), Place { has_key: true, has_origin: false }).unwrap();
//! let params = json(r#"{"taskId": "1773314942177684", "customId": "MJ::JOB::upsample::1::6e2a"}"#);
//! let mut submit = Call::submit_action(&config, &params).unwrap();
//!
//! let now = 1_773_315_000_000;
//! let Step::Send(request) = submit.step(now, 0.5) else { unreachable!() };
//! assert_eq!(request.url, "https://api.cometapi.com/mj/submit/action");
//!
//! let body = r#"{"code": 1, "description": "Submit success", "result": "1773315122000777"}"#;
//! submit.answer(now, Answer::Response(Response { status: 200, body: body.into(), ..Response::default() }));
//! let Step::Done(Ok(Output::Submitted(result))) = submit.step(now, 0.5) else { unreachable!() };
//! assert_eq!(result.task_id, "1773315122000777");
//! ```

mod backoff;
mod call;
mod config;
mod error;
mod http;
mod params;
mod poll;
mod recent;
mod state;
mod submit;
mod target;
mod text;
mod verdict;

pub use call::Call;
pub use config::{check_api_key, Config, Place};
pub use error::{Code, Error};
pub use http::{without_key, Answer, Request, Response};
pub use poll::{Poll, PollInfo};
pub use recent::Recent;
pub use state::PollState;
pub use submit::{SubmitKind, SubmitResult};
pub use target::Target;
pub(crate) use text::digits;
use text::shorten;

use crate::api::Task;
use serde::Serialize;

/// A call under way.
pub trait Machine {
    /// What to do now. `now` is Unix time in ms; `random` is from 0 up to 1, for the jitter of waits.
    fn step(&mut self, now: u64, random: f64) -> Step;

    /// What became of the request that the last step wanted sent.
    fn answer(&mut self, now: u64, answer: Answer);
}

/// What a machine wants done.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)] // one at a time, never stored in numbers
pub enum Step {
    /// Send this, then hand in the answer.
    Send(Request),
    /// Let so many ms go by.
    Wait(u64),
    /// The task has changed: tell the caller.
    Report {
        /// As it is now.
        task: Task,
        /// How the wait goes.
        info: PollInfo,
        /// What the caller may take for it, ms; none where there is no deadline.
        left_ms: Option<u64>,
    },
    /// It is over; every step after says the same.
    Done(Result<Output, Error>),
}

/// What a call gives.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[allow(clippy::large_enum_variant)] // as above
pub enum Output {
    /// A submit was accepted.
    Submitted(SubmitResult),
    /// A task as last seen.
    Task(Task),
}
