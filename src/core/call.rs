use super::config::Renewal;
use super::verdict::{self, Verdict};
use super::{backoff, params, Answer, Config, Error, Machine, Method, Output, PollState, Request, Step};
use crate::api::{Json, Task};

/// The gateway looks at its upstream so often: then it knows what it did not.
const TOO_EARLY_MS: f64 = 15_000.0;

/// One request, and another only where that is safe: for a submit after a plain refusal (429, code 23 or 30, no
/// channel), for a read after a passing fault. Within `maxRetries`, and never waiting longer than `timeoutMs`.
///
/// ```text
///           ┌────────── Wait ◄─────────┐ safe to send again
///           ▼                          │
///  new ─► Send ─► answer ─────────────►┤
///                                      └─► Submitted ─► Done
/// ```
pub struct Call {
    method: Method,
    /// The task that the call is about; a submit's is the one whose button is pressed, or that asked for more.
    task_id: String,
    request: Request,
    retries: f64,
    tries: f64,
    renewal: Renewal,
    /// A button that was pressed too early is pressed once more.
    patient: bool,
    phase: Phase,
}

enum Phase {
    /// The next step sends.
    Due,
    InFlight,
    Refused(Error),
    Accepted(Output),
    Ended(Result<Output, Error>),
    /// The caller has the result.
    Over,
}

impl Call {
    /// `POST /mj/submit/…` from `SubmitActionParams`, `SubmitModalParams`, `SubmitImagineParams`.
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn submit(method: Method, config: &Config, params: &Json) -> Result<Self, Error> {
        Self::submit_with(method, config, params, params)
    }

    /// The same, with what can be left out of the params in another place.
    pub(super) fn submit_with(method: Method, config: &Config, params: &Json, more: &Json) -> Result<Self, Error> {
        let (task_id, body) = params::body(method, params, more)?;
        let route = match method {
            Method::SubmitModal => "/mj/submit/modal",
            Method::SubmitImagine => "/mj/submit/imagine",
            _ => "/mj/submit/action",
        };
        let request = Request {
            url: config.route(&[&config.mode_prefix, route]),
            body: Json::from(body).stringify(),
            timeout_ms: config.submit_timeout_ms,
        };
        Ok(Self::new(method, config, request, task_id))
    }

    /// Presses a button that was pressed too early once more, after a while.
    #[must_use]
    pub fn patient(self) -> Self {
        Self { patient: true, ..self }
    }

    /// `GET /mj/task/{id}/fetch`
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn fetch_task(config: &Config, task_id: &Json) -> Result<Self, Error> {
        let task_id = params::task_id(task_id, "taskId")?;
        Ok(Self::new(Method::FetchTask, config, Request::fetch(config, &task_id), task_id))
    }

    /// `POST /mj/task/list-by-condition`
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn list_tasks(config: &Config, task_ids: &Json) -> Result<Self, Error> {
        for id in task_ids.each() {
            params::task_id(&id, "Each of taskIds")?;
        }
        if task_ids.items() == 0 {
            return Err(Error::invalid(&["taskIds must be a list of ids, and not empty."]));
        }
        let request = Request { body: Request::ids(task_ids.clone()), ..Request::list(config) };
        Ok(Self::new(Method::ListTasks, config, request, String::new()))
    }

    fn new(method: Method, config: &Config, request: Request, task_id: String) -> Self {
        let retries = config.max_retries;
        let renewal = config.renewal.clone();
        Self { method, task_id, request, retries, tries: 0.0, renewal, patient: false, phase: Phase::Due }
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
                Step::Wait { ms: wait, again: true }
            }
            Phase::Accepted(output) => {
                self.phase = Phase::Ended(Ok(output.clone()));
                Step::Submitted(output)
            }
            Phase::Ended(result) => Step::Done(result),
            Phase::InFlight => {
                self.phase = Phase::InFlight;
                Step::Idle
            }
            Phase::Over => Step::Idle,
        }
    }

    fn answer(&mut self, now: f64, answer: &Answer) {
        if !matches!(self.phase, Phase::InFlight) {
            return;
        }
        if self.renewal.after(answer) {
            self.phase = Phase::Due;
            return;
        }
        let is_fetch = self.method == Method::FetchTask;
        let verdict = match self.method {
            Method::FetchTask => verdict::of_fetch(answer, &self.task_id, now),
            Method::ListTasks => verdict::of_list(answer, now),
            submit => verdict::of_submit(answer, submit, &self.task_id, now),
        };
        let about = |error: Error| match is_fetch {
            // A read can be gone on with as a wait.
            true => error.with_state(&PollState::new(self.task_id.clone(), f64::NAN), None),
            false => error.about(&self.task_id),
        };
        self.phase = match verdict {
            Verdict::Accepted(output) => Phase::Accepted(output),
            Verdict::List(tasks) => {
                let tasks = tasks.each().filter_map(|task| Task::read(&task, ""));
                Phase::Ended(Ok(Output::of(Json::list(tasks.map(|task| task.view)))))
            }
            Verdict::Task(task, _) => Phase::Ended(Ok(Output::of(task.view))),
            Verdict::Again(error) => Phase::Refused(about(error)),
            Verdict::TooEarly(mut error) if self.patient => {
                self.patient = false;
                error.retry_after_ms = TOO_EARLY_MS;
                Phase::Refused(about(error))
            }
            Verdict::TooEarly(error) | Verdict::NotFound(error) | Verdict::Ended(error) => {
                Phase::Ended(Err(about(error)))
            }
        };
    }
}
