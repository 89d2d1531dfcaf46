use super::config::Renewal;
use super::error::known;
use super::submit::states;
use super::verdict::{self, Verdict};
use super::{
    cadence, params, Answer, ApiMemory, Config, Error, Machine, Method, Output, PollState, Purpose, Request, Step,
};
use crate::api::{Json, Record};

/// One request, and another only where that is safe: for a submit after a plain refusal (429, code 23 or 30, no
/// channel) or where nothing was sent, for a read after a passing fault. Within `maxRetries`, and never waiting longer
/// than `timeoutMs`.
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
    memory: ApiMemory,
    request: Request,
    retries: f64,
    tries: f64,
    renewal: Renewal,
    /// How long a button that was pressed too early is left alone before it is pressed again: each time.
    too_early_ms: std::slice::Iter<'static, f64>,
    /// What was remembered of the task's modal before this answer to it went out.
    modal_before: f64,
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
    pub fn submit(method: Method, config: &Config, memory: &ApiMemory, params: &Json) -> Result<Self, Error> {
        Self::submit_with(method, config, memory, params, params)
    }

    /// The same, with what can be left out of the params in another place.
    pub(super) fn submit_with(
        method: Method,
        config: &Config,
        memory: &ApiMemory,
        params: &Json,
        more: &Json,
    ) -> Result<Self, Error> {
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
            purpose: Purpose::Submit,
        };
        Ok(Self::new(method, config, memory, request, task_id))
    }

    /// Presses a button that was pressed too early again, after a while.
    #[must_use]
    pub fn patient(self) -> Self {
        Self { too_early_ms: cadence::TOO_EARLY_MS.iter(), ..self }
    }

    /// `GET /mj/task/{id}/fetch`
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn fetch_task(config: &Config, memory: &ApiMemory, task_id: &Json) -> Result<Self, Error> {
        let task_id = params::task_id(task_id, "taskId")?;
        Ok(Self::new(Method::FetchTask, config, memory, Request::fetch(config, &task_id), task_id))
    }

    /// `POST /mj/task/list-by-condition`
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn list_tasks(config: &Config, memory: &ApiMemory, task_ids: &Json) -> Result<Self, Error> {
        for id in task_ids.each() {
            params::task_id(id, "Each of taskIds")?;
        }
        if task_ids.items() == 0 {
            return Err(Error::invalid(&["taskIds must be a list of ids, and not empty."]));
        }
        let request = Request::list(config, task_ids.clone());
        Ok(Self::new(Method::ListTasks, config, memory, request, String::new()))
    }

    fn new(method: Method, config: &Config, memory: &ApiMemory, request: Request, task_id: String) -> Self {
        Self {
            method,
            task_id,
            memory: memory.clone(),
            request,
            retries: config.max_retries,
            tries: 0.0,
            renewal: config.renewal.clone(),
            too_early_ms: [].iter(),
            modal_before: f64::NAN,
            phase: Phase::Due,
        }
    }

    /// A modal counts as answered from the moment that its answer goes out: what becomes of it may never be heard, after
    /// an abort, say. A plain refusal takes that back.
    fn remember_modal(&mut self, now: f64) {
        if self.method == Method::SubmitModal {
            self.modal_before = self.memory.modal_at(&self.task_id);
            self.memory.set_modal_at(&self.task_id, now);
        }
    }

    fn forget_modal(&self) {
        if self.method == Method::SubmitModal {
            self.memory.set_modal_at(&self.task_id, self.modal_before);
        }
    }

    fn remember(&self, output: &Output, now: f64) {
        for id in &output.submitted {
            if output.is_old {
                self.memory.saw(id);
            } else {
                self.memory.submitted(id, now);
            }
            // Under an id of its own it is another task, whose modal nobody has answered.
            if output.modal == *id {
                self.memory.set_modal_at(id, now);
            }
        }
    }

    fn about(&self, error: Error) -> Error {
        match self.method {
            // A read can be gone on with as a wait.
            Method::FetchTask => error.with_state(&PollState::new(self.task_id.clone(), f64::NAN), None),
            _ => error.about(&self.task_id),
        }
    }
}

impl Machine for Call {
    fn step(&mut self, now: f64, random: f64) -> Step {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Due => {
                self.phase = Phase::InFlight;
                self.remember_modal(now);
                Step::Send(self.request.clone())
            }
            Phase::Refused(error) => {
                let wait = cadence::before_retry(self.tries, error.retry_after_ms, random);
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
        if self.renewal.after(verdict::refuses_key(answer, self.method)) {
            self.forget_modal();
            self.phase = Phase::Due;
            return;
        }
        let verdict = match self.method {
            Method::FetchTask => verdict::of_fetch(answer, &self.task_id, now),
            Method::ListTasks => verdict::of_list(answer, now),
            submit => verdict::of_submit(answer, submit, &self.task_id, now),
        };
        self.phase = match verdict {
            Verdict::Accepted(output) => {
                self.remember(&output, now);
                Phase::Accepted(output)
            }
            Verdict::List(rows, _) => {
                rows.iter().for_each(|row| self.memory.saw(&row.task.id));
                Phase::Ended(Ok(Output::of(Json::list(rows.iter().map(|row| row.task.view.clone())))))
            }
            Verdict::Task(row, _) => {
                self.memory.saw(&row.task.id);
                Phase::Ended(Ok(Output::of(row.task.view)))
            }
            Verdict::NotFound(mut error) if self.memory.get(&self.task_id).is_some() => {
                error.retryable = true;
                Phase::Refused(self.about(error))
            }
            Verdict::Again(error) => {
                self.forget_modal();
                Phase::Refused(self.about(error))
            }
            Verdict::TooEarly(mut error) => {
                let later = self.too_early_ms.next();
                error.retry_after_ms = later.copied().unwrap_or(error.retry_after_ms);
                let error = self.about(error);
                if later.is_some() {
                    Phase::Refused(error)
                } else {
                    Phase::Ended(Err(error))
                }
            }
            Verdict::NotFound(error) | Verdict::Ended(error) => {
                if !error.maybe_accepted() {
                    self.forget_modal();
                }
                Phase::Ended(Err(self.about(error)))
            }
        };
    }

    fn known(&self, now: f64) -> Record {
        if let Phase::Accepted(output) | Phase::Ended(Ok(output)) = &self.phase {
            return known(&states(&output.submitted, now));
        }
        let mut record = Record::new();
        record.set_text("taskId", &self.task_id);
        record
    }
}
