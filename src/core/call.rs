use super::params::{self, ActionBody};
use super::verdict::{self, ReadVerdict, SubmitVerdict};
use super::{backoff, Answer, Config, Error, Machine, Output, PollState, Request, Step};
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
    retries: u64,
    tries: u64,
    phase: Phase,
}

enum Phase {
    Ready,
    InFlight,
    Refused(Error),
    Done(Result<Output, Error>),
}

impl Call {
    /// `POST /mj/submit/action` from `SubmitActionParams`.
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn submit_action(config: &Config, params: &Json) -> Result<Self, Error> {
        let body = ActionBody::read(params)?;
        let request = Request {
            body: Some(Json::stringify(&body)),
            url: [&config.base_url, "/mj/submit/action"].concat(),
            timeout_ms: config.submit_timeout_ms,
        };
        Ok(Self::new(config, request, body.task_id))
    }

    /// `GET /mj/task/{id}/fetch`
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn fetch_task(config: &Config, task_id: &Json) -> Result<Self, Error> {
        let task_id = params::task_id(Some(task_id), "taskId")?;
        Ok(Self::new(config, Request::fetch(config, &task_id), task_id))
    }

    fn new(config: &Config, request: Request, task_id: String) -> Self {
        Self {
            task_id,
            request,
            retries: config.max_retries,
            tries: 0,
            phase: Phase::Ready,
        }
    }

    /// What the answer to a submit makes of it.
    fn after_submit(&self, answer: Answer, now: u64) -> Phase {
        match verdict::of_submit(answer, now) {
            SubmitVerdict::Accepted(result) => Phase::Done(Ok(Output::Submitted(result))),
            SubmitVerdict::Busy(error) => Phase::Refused(error.about(&self.task_id)),
            SubmitVerdict::Ended(error) => Phase::Done(Err(error.about(&self.task_id))),
        }
    }

    fn after_read(&self, answer: Answer, now: u64) -> Phase {
        let about = |error: Error| {
            let state = Some(PollState::new(self.task_id.clone(), None));
            Error {
                state,
                ..error.about(&self.task_id)
            }
        };
        match verdict::of_fetch(answer, &self.task_id, now) {
            ReadVerdict::Task(task) => Phase::Done(Ok(Output::Task(task))),
            ReadVerdict::Passing(error) => Phase::Refused(about(error)),
            ReadVerdict::NotFound(error) | ReadVerdict::Fatal(error) => Phase::Done(Err(about(error))),
        }
    }
}

impl Machine for Call {
    fn step(&mut self, _now: u64, random: f64) -> Step {
        if let Phase::Refused(error) = &self.phase {
            let wait = backoff::before_retry(self.tries, error.retry_after_ms, random);
            if self.tries < self.retries && wait <= self.request.timeout_ms {
                self.tries += 1;
                self.phase = Phase::Ready;
                return Step::Wait(wait);
            }
            self.phase = Phase::Done(Err(error.clone()));
        }
        if let Phase::Done(result) = &self.phase {
            return Step::Done(result.clone());
        }
        // In flight already: a step too many must not send it twice.
        if matches!(std::mem::replace(&mut self.phase, Phase::InFlight), Phase::InFlight) {
            return Step::Wait(0);
        }
        Step::Send(self.request.clone())
    }

    fn answer(&mut self, now: u64, answer: Answer) {
        self.phase = match self.request.body {
            Some(_) => self.after_submit(answer, now),
            None => self.after_read(answer, now),
        };
    }
}
