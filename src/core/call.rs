use super::verdict::{self, Verdict};
use super::{backoff, params, Answer, Config, Error, Machine, Output, PollState, Request, Step};
use crate::api::Json;

/// One request, and another only where that is safe: for a submit after a plain refusal (429, code 23 or 30, no
/// channel), for a read after a passing fault. Within `maxRetries`, and never waiting longer than `timeoutMs`.
///
/// ```text
///           ┌────────── Wait ◄─────────┐ safe to send again
///           ▼                          │
///  new ─► Send ─► answer ─────────────►┤
///                                      └─► Done
/// ```
pub struct Call {
    /// The task that the call is about; a submit's is the one whose button is pressed.
    task_id: String,
    request: Request,
    retries: f64,
    tries: f64,
    phase: Phase,
}

enum Phase {
    /// The next step sends.
    Due,
    InFlight,
    Refused(Error),
    Ended(Result<Output, Error>),
    /// The caller has the result.
    Over,
}

impl Call {
    /// `POST /mj/submit/action` from `SubmitActionParams`.
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn submit_action(config: &Config, params: &Json) -> Result<Self, Error> {
        let (task_id, body) = params::action(params)?;
        let request = Request {
            url: config.route(&["/mj/submit/action"]),
            body: Json::from(body).stringify(),
            timeout_ms: config.submit_timeout_ms,
        };
        Ok(Self::new(config, request, task_id))
    }

    /// `GET /mj/task/{id}/fetch`
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn fetch_task(config: &Config, task_id: &Json) -> Result<Self, Error> {
        let task_id = params::task_id(task_id, "taskId")?;
        Ok(Self::new(config, Request::fetch(config, &task_id), task_id))
    }

    fn new(config: &Config, request: Request, task_id: String) -> Self {
        Self { task_id, request, retries: config.max_retries, tries: 0.0, phase: Phase::Due }
    }
}

impl Machine for Call {
    fn step(&mut self, _now: f64, random: f64) -> Step {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Due => {
                self.phase = Phase::InFlight;
                Step::Send(self.request.clone())
            }
            Phase::Refused(error) => {
                let wait = backoff::before_retry(self.tries, error.retry_after_ms, random);
                if self.tries >= self.retries || wait > self.request.timeout_ms {
                    return Step::Done(Err(error));
                }
                self.tries += 1.0;
                self.phase = Phase::Due;
                Step::Wait(wait)
            }
            Phase::Ended(result) => Step::Done(result),
            Phase::InFlight => {
                self.phase = Phase::InFlight;
                Step::Idle
            }
            Phase::Over => Step::Idle,
        }
    }

    fn answer(&mut self, now: f64, answer: Answer) {
        if !matches!(self.phase, Phase::InFlight) {
            return;
        }
        let is_submit = !self.request.body.is_empty();
        let verdict = match is_submit {
            true => verdict::of_submit(answer, &self.task_id, now),
            false => verdict::of_fetch(answer, &self.task_id, now),
        };
        let about = |error: Error| match is_submit {
            true => error.about(&self.task_id),
            // A read can be gone on with as a wait.
            false => error.with_state(&PollState::new(self.task_id.clone(), f64::NAN), None),
        };
        self.phase = match verdict {
            Verdict::Accepted(output) => Phase::Ended(Ok(output)),
            Verdict::Task(task, _) => Phase::Ended(Ok(Output { view: task.view, submitted: String::new() })),
            Verdict::Again(error) => Phase::Refused(about(error)),
            Verdict::NotFound(error) | Verdict::Ended(error) => Phase::Ended(Err(about(error))),
        };
    }
}
