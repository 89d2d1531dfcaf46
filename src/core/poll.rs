use super::config::number;
use super::verdict::{self, ReadVerdict};
use super::{backoff, digits, Answer, Code, Config, Error, Machine, Output, PollState, Request, Step, Target};
use crate::api::{Json, Status, Task};
use serde::Serialize;

const TIMEOUT_MS: u64 = 900_000;
const INITIAL_DELAY_MS: u64 = 2_000;
const MIN_DELAY_MS: u64 = 1_000;
const MAX_DELAY_MS: u64 = 15_000;
const MAX_CONSECUTIVE_ERRORS: u64 = 5;
/// The last poll goes out so long before the deadline, for its answer to be in time.
const LAST_POLL_MS: u64 = 1_000;
/// A machine that slept past the deadline polls once more; that answer may take so long.
const LATE_POLL_MS: u64 = 10_000;
/// So long after its submit a task may be unknown: the gateway looks at its upstream every 15 s.
const FRESH_MS: u64 = 15_000;
/// The longest that timers take. Longer ones fire at once.
const LONGEST_TIMER_MS: u64 = i32::MAX as u64;

/// Asks for a task until it has ended, or until time, requests or patience are used up.
///
/// ```text
///  new ─► Wait ─► Send ─► answer ─► Report, where the task has changed
///           ▲                │
///           │                ├─► pending, or a passing fault (five in a row at most) ─┐
///           │                ├─► Done(Ok)   SUCCESS, MODAL                            │
///           │                └─► Done(Err)  FAILURE, CANCEL, a fatal answer           │
///           │                                                                         │
///           └──── ×1.5, ±10 %, Retry-After ◄──────────────────────────────────────────┤
///                                                    Done(Err)  deadline, maxPolls ◄──┘
/// ```
pub struct Poll {
    options: Options,
    state: PollState,
    request: Request,
    started: u64,
    deadline: Option<u64>,
    /// Polls of this wait; `state.polls` counts those of earlier waits, too.
    polls: u64,
    /// Passing faults in a row.
    faults: u64,
    last_fault: Option<Error>,
    /// As last seen.
    task: Option<Task>,
    /// The caller has not been told of `task`.
    news: bool,
    /// The poll under way was sent after the deadline, by a machine that had slept.
    late: bool,
    phase: Phase,
}

enum Phase {
    /// Before the first poll.
    Start(u64),
    /// The next step sends.
    Due,
    InFlight,
    /// Answered; the task has not ended.
    Pending,
    Done(Result<Output, Error>),
}

/// What `onProgress` is told beside the task.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PollInfo {
    /// Polls of this wait so far.
    pub polls: u64,
    /// Since the wait began.
    pub elapsed_ms: u64,
}

struct Options {
    max_polls: Option<u64>,
    min_delay_ms: u64,
    max_delay_ms: u64,
    max_errors: u64,
}

impl Poll {
    /// Waits for a task with `PollOptions`.
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn new(config: &Config, target: Target, options: &Json, now: u64) -> Result<Self, Error> {
        let timeout = match options.is_null_at("timeoutMs") {
            true => None,
            false => Some(number(options, "timeoutMs", 1)?.unwrap_or(TIMEOUT_MS)),
        };
        let max_delay_ms = number(options, "maxDelayMs", 1)?.unwrap_or(MAX_DELAY_MS);
        let min_delay_ms = number(options, "minDelayMs", 1)?
            .unwrap_or(MIN_DELAY_MS)
            .min(max_delay_ms);
        let first_delay = match number(options, "initialDelayMs", 0)? {
            Some(ms) => ms,
            None if target.resumed => min_delay_ms,
            None => INITIAL_DELAY_MS,
        };
        let mut state = target.state;
        if !target.resumed {
            state.delay_ms = first_delay;
        }
        Ok(Self {
            options: Options {
                max_polls: number(options, "maxPolls", 1)?,
                min_delay_ms,
                max_delay_ms,
                max_errors: number(options, "maxConsecutiveErrors", 0)?.unwrap_or(MAX_CONSECUTIVE_ERRORS),
            },
            request: Request::fetch(config, &state.task_id),
            state,
            started: now,
            deadline: timeout.map(|ms| now.saturating_add(ms)),
            polls: 0,
            faults: 0,
            last_fault: None,
            task: None,
            news: false,
            late: false,
            phase: Phase::Start(first_delay),
        })
    }

    fn left(&self, now: u64) -> u64 {
        self.deadline.map_or(u64::MAX, |deadline| deadline.saturating_sub(now))
    }

    /// What the deadline leaves for a pause, so that one more poll can be answered in time.
    fn left_for_pause(&self, now: u64) -> u64 {
        let whole = self.left(self.started);
        self.left(now).saturating_sub(LAST_POLL_MS.min(whole / 4))
    }

    fn is_fresh(&self, now: u64) -> bool {
        self.state
            .submitted_at
            .is_some_and(|at| now.saturating_sub(at) < FRESH_MS)
    }

    fn fail(&self, error: Error) -> Phase {
        Phase::Done(Err(Error {
            task: self.task.clone().map(Box::new),
            state: Some(self.state.clone()),
            ..error.about(&self.state.task_id)
        }))
    }

    fn time_out(&mut self, now: u64) -> Phase {
        let seconds = digits(now.saturating_sub(self.started) / 1000);
        let seen = match &self.task {
            Some(task) => [" It was last seen at ", &task.progress, "."].concat(),
            None => String::new(),
        };
        let mut error = Error::new(
            Code::PollTimeout,
            &[
                "Task ",
                &self.state.task_id,
                " has not ended within ",
                &seconds,
                " s.",
                &seen,
                " It may still: go on with pollUntilDone(error.state), or give a longer timeoutMs.",
            ],
        );
        error.cause = self.last_fault.take().map(Box::new);
        self.fail(error)
    }

    fn out_of_polls(&mut self) -> Phase {
        let message = [
            "Task ",
            &self.state.task_id,
            " has not ended after the ",
            &digits(self.polls),
            " polls of maxPolls. It may still: go on with pollUntilDone(error.state).",
        ];
        let error = Error::new(Code::PollBudget, &message);
        self.fail(error)
    }

    /// Before the next poll: as long as the server asks for, and never past the deadline; none where it is over.
    fn pause(&mut self, now: u64, random: f64) -> Result<u64, Phase> {
        let Options {
            max_polls,
            min_delay_ms,
            max_delay_ms,
            ..
        } = self.options;
        let left = self.left_for_pause(now);
        if self.late || left < min_delay_ms {
            return Err(self.time_out(now));
        }
        if max_polls == Some(self.polls) {
            return Err(self.out_of_polls());
        }
        // Without a deadline nothing else bounds what a server can ask for.
        let longest = if self.deadline.is_some() { left } else { TIMEOUT_MS };
        let asked = self
            .last_fault
            .as_ref()
            .and_then(|fault| fault.retry_after_ms)
            .unwrap_or(0);
        let delay = backoff::jitter(self.state.delay_ms, random).clamp(min_delay_ms, max_delay_ms);
        Ok(delay.max(asked.min(longest)).min(left))
    }

    /// A fault that may pass ends the wait only where too many came in a row. Each is the cause of the next.
    fn suffer(&mut self, mut fault: Error) -> Option<Phase> {
        self.faults += 1;
        if let Some(before) = self.last_fault.take() {
            fault.cause = Some(Box::new(before));
        }
        if self.faults > self.options.max_errors {
            let count = digits(self.faults);
            fault.message = [
                "Asking for task ",
                &self.state.task_id,
                " failed ",
                &count,
                " times in a row; go on with pollUntilDone(error.state). The last time: ",
                &fault.message,
            ]
            .concat();
            return Some(self.fail(fault));
        }
        self.last_fault = Some(fault);
        None
    }

    fn see(&mut self, task: Task) -> Option<Phase> {
        self.faults = 0;
        self.last_fault = None;
        self.news = self.task.as_ref().is_none_or(|before| task.differs_from(before));
        let status = task.status;
        self.task = Some(task.clone());
        match status {
            Status::Success | Status::Modal => Some(Phase::Done(Ok(Output::Task(task)))),
            Status::Failure | Status::Cancel => {
                let how = if status == Status::Failure {
                    " failed"
                } else {
                    " was cancelled"
                };
                let reason = task.fail_reason.clone();
                let why = match &reason {
                    Some(reason) => [": ", reason].concat(),
                    None => ", and the API does not say why.".into(),
                };
                let mut error = Error::new(Code::TaskFailed, &["Task ", &task.id, how, &why]);
                error.fail_reason = reason;
                Some(self.fail(error))
            }
            _ => None,
        }
    }
}

impl Machine for Poll {
    fn step(&mut self, now: u64, random: f64) -> Step {
        if let Some(task) = self.task.as_ref().filter(|_| self.news) {
            self.news = false;
            let info = PollInfo {
                polls: self.polls,
                elapsed_ms: now.saturating_sub(self.started),
            };
            let left_ms = self.deadline.map(|_| self.left(now));
            return Step::Report {
                task: task.clone(),
                info,
                left_ms,
            };
        }
        let wait = match &self.phase {
            Phase::Start(delay) => Ok(backoff::jitter(*delay, random).min(self.left_for_pause(now))),
            Phase::Pending => self.pause(now, random),
            Phase::Due => Ok(0),
            Phase::InFlight => return Step::Wait(0),
            Phase::Done(result) => return Step::Done(result.clone()),
        };
        match wait {
            Err(over) => {
                self.phase = over;
                self.step(now, random)
            }
            Ok(0) => {
                let left = self.left(now);
                self.late = left == 0;
                self.polls += 1;
                self.state.polls += 1;
                self.phase = Phase::InFlight;
                let longest = if self.late { LATE_POLL_MS } else { left };
                Step::Send(Request {
                    timeout_ms: self.request.timeout_ms.min(longest),
                    ..self.request.clone()
                })
            }
            Ok(ms) => {
                self.phase = Phase::Due;
                Step::Wait(ms.min(LONGEST_TIMER_MS))
            }
        }
    }

    fn answer(&mut self, now: u64, answer: Answer) {
        let Options {
            min_delay_ms,
            max_delay_ms,
            ..
        } = self.options;
        self.state.delay_ms = (self.state.delay_ms.saturating_mul(3) / 2).clamp(min_delay_ms, max_delay_ms);
        let over = if !self.late && self.left(now) == 0 {
            Some(self.time_out(now))
        } else {
            match verdict::of_fetch(answer, &self.state.task_id, now) {
                ReadVerdict::Task(task) => self.see(task),
                ReadVerdict::NotFound(fault) if self.is_fresh(now) => self.suffer(fault),
                ReadVerdict::Passing(fault) => self.suffer(fault),
                ReadVerdict::NotFound(error) | ReadVerdict::Fatal(error) => Some(self.fail(error)),
            }
        };
        self.phase = over.unwrap_or(Phase::Pending);
    }
}
