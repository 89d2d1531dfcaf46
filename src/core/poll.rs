use super::backoff::LONGEST_TIMER_MS;
use super::config::number;
use super::recent::{FRESH_MS, STALE_MODAL_MS};
use super::verdict::{self, Verdict};
use super::{backoff, find_button, params, Answer, Call, Code, Config, Error, Machine, Method, Output, PollState};
use super::{Request, Step, Target};
use crate::api::{Json, Record, Status, Task};

const TIMEOUT_MS: f64 = 900_000.0;
const INITIAL_DELAY_MS: f64 = 2_000.0;
const MIN_DELAY_MS: f64 = 1_000.0;
const MAX_DELAY_MS: f64 = 15_000.0;
const MAX_CONSECUTIVE_ERRORS: f64 = 5.0;
/// The last poll goes out so long before the deadline, for its answer to be in time.
const LAST_POLL_MS: f64 = 1_000.0;
/// A machine that slept past the deadline polls once more; that answer may take so long.
const LATE_POLL_MS: f64 = 10_000.0;

/// Asks for a task until it has ended, or until time, requests or patience are used up. Before that it can press the
/// button that makes the task; where the task asks for more (`MODAL`), it can ask the caller, submit and go on.
///
/// ```text
///  act ─► Call (fetch the task anew) ─► Call (press the button) ─┐
///                                                                ▼
///  new ─► Wait ─► Send ─► answer ─► Report, where the task has changed
///           ▲                │
///           │                ├─► pending, or a passing fault (five in a row at most) ─┐
///           │                ├─► Ask ─► Call (answer the modal) ─► Wait …             │
///           │                ├─► Done(Ok)   SUCCESS, MODAL                            │
///           │                └─► Done(Err)  FAILURE, CANCEL, a fatal answer           │
///           │                                                                         │
///           └──── ×1.5, ±10 %, Retry-After ◄──────────────────────────────────────────┤
///                                                    Done(Err)  deadline, maxPolls ◄──┘
/// ```
pub struct Poll {
    config: Config,
    options: Options,
    state: PollState,
    /// A submit, or a look at the task before it: it goes on first.
    call: Option<Call>,
    /// The button to press, and how; null once it is pressed.
    press: Json,
    started: f64,
    /// Infinite where there is none.
    deadline: f64,
    /// Polls of this wait; `state.polls` counts those of earlier waits, too.
    polls: f64,
    /// Passing faults in a row.
    faults: f64,
    last_fault: Option<Error>,
    /// How long the last answer asked to be left alone, ms.
    asked_ms: f64,
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
    Start(f64),
    /// The next step sends.
    Due,
    InFlight,
    /// The task asks for more.
    Ask,
    /// The caller is asked; the next step comes only where no answer did.
    Asked,
    /// Answered; the task has not ended.
    Pending,
    Ended(Result<Output, Error>),
    /// The caller has the result.
    Over,
}

struct Options {
    timeout_ms: f64,
    first_delay_ms: f64,
    /// Ends after one poll, whatever it says.
    once: bool,
    /// The caller answers modals.
    asks: bool,
    max_polls: f64,
    min_delay_ms: f64,
    max_delay_ms: f64,
    max_errors: f64,
}

impl Poll {
    /// Waits for a task with `PollOptions`.
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub fn new(config: Config, target: Target, options: &Json, now: f64) -> Result<Self, Error> {
        let mut wrong = None;
        let mut number = |name, least, otherwise| number(options, name, least, otherwise, &mut wrong);
        // Whole ms, as a state has them, and none that a timer can't take.
        let mut delay = |name, least, otherwise| number(name, least, otherwise).ceil().min(LONGEST_TIMER_MS);
        let max_delay_ms = delay("maxDelayMs", 1.0, MAX_DELAY_MS);
        let min_delay_ms = delay("minDelayMs", 1.0, MIN_DELAY_MS).min(max_delay_ms);
        let first_delay_ms = delay("initialDelayMs", 0.0, if target.resumed { min_delay_ms } else { INITIAL_DELAY_MS });
        let no_timeout = if options.is_null_at("timeoutMs") { f64::INFINITY } else { TIMEOUT_MS };
        let options = Options {
            timeout_ms: number("timeoutMs", 1.0, no_timeout),
            first_delay_ms,
            once: false,
            asks: options.has("onModal"),
            max_polls: number("maxPolls", 1.0, f64::INFINITY),
            min_delay_ms,
            max_delay_ms,
            max_errors: number("maxConsecutiveErrors", 0.0, MAX_CONSECUTIVE_ERRORS),
        };
        if let Some(error) = wrong {
            return Err(error);
        }
        let mut state = target.state;
        if !target.resumed {
            state.delay_ms = first_delay_ms;
        }
        Ok(Self {
            config,
            state,
            call: None,
            press: Json::null(),
            started: now,
            deadline: now + options.timeout_ms,
            polls: 0.0,
            faults: 0.0,
            last_fault: None,
            asked_ms: 0.0,
            task: None,
            news: false,
            late: false,
            phase: Phase::Start(first_delay_ms),
            options,
        })
    }

    /// What is waited for.
    pub(super) fn task_id(&self) -> &str {
        &self.state.task_id
    }

    /// How long a request that goes out now may take, ms.
    pub(super) fn left_to_ask(&self, now: f64) -> f64 {
        if self.late {
            LATE_POLL_MS
        } else {
            self.left(now)
        }
    }

    /// Ends a wait whose time went by while others were asked for: no late poll, as for a machine that slept.
    pub(super) fn expire(&mut self, now: f64) {
        if self.left(now) <= 0.0 && matches!(self.phase, Phase::Due) {
            self.phase = self.time_out(now);
        }
    }

    /// After how long it may be polled again where that costs nothing, ms: not before its first time, nor before the
    /// server wants it.
    pub(super) fn pace(&self) -> f64 {
        if self.polls > 0.0 && self.asked_ms <= 0.0 {
            self.options.min_delay_ms
        } else {
            f64::INFINITY
        }
    }

    /// Polls once, at once, and says what to do next instead of doing it (`PollStep`).
    #[must_use]
    pub fn once(mut self) -> Self {
        self.options.once = true;
        self.deadline = f64::INFINITY;
        self.phase = Phase::Due;
        self
    }

    /// Presses a button of a task and waits for what comes of it, with `ActOptions` and the `ButtonSelector` as their
    /// `button`.
    ///
    /// # Errors
    /// `InvalidArgument`, with the remedy: a button that the task does not have, too.
    pub fn act(config: Config, task: &Json, options: &Json, now: f64) -> Result<Self, Error> {
        let id = params::task_id(&task.at("id"), "The id of the task")?;
        let target = Target { state: PollState::new(id, f64::NAN), resumed: false };
        let mut poll = Self::new(config, target, options, now)?;
        poll.press = options.clone();
        poll.call = Some(match options.at("refresh").is_true() {
            true => Call::fetch_task(&poll.config, &task.at("id"))?,
            false => poll.press(task)?,
        });
        Ok(poll)
    }

    fn press(&mut self, task: &Json) -> Result<Call, Error> {
        let options = std::mem::replace(&mut self.press, Json::null());
        let button = find_button(task, &options.at("button"))?;
        let mut params = Record::new();
        params.set("taskId", task.at("id"));
        params.set("customId", button.at("customId"));
        Ok(Call::submit_with(Method::SubmitAction, &self.config, &params.into(), &options)?.patient())
    }

    /// Goes on after a [`Call`] of its own.
    fn proceed(&mut self, result: Result<Output, Error>, now: f64) -> Result<(), Error> {
        let output = match result {
            Ok(output) => output,
            // Before a wait there is nothing to go on with.
            Err(error) if self.task.is_none() => return Err(error),
            Err(error) => {
                if error.code == Code::SubmitUncertain {
                    // It may have been answered: a wait that goes on must not take what is stale for another modal.
                    self.state.modal_at = now.floor();
                }
                return Err(self.of_wait(error));
            }
        };
        if output.submitted.is_empty() {
            self.call = Some(self.press(&output.view)?);
            return Ok(());
        }
        params::task_id(&output.submitted.as_str().into(), "The id of the new task")?;
        self.state = PollState {
            modal_at: if output.modal.is_empty() { f64::NAN } else { now.floor() },
            delay_ms: self.options.first_delay_ms,
            ..PollState::new(output.submitted, now)
        };
        // What comes of a modal is within the time of the wait that it came in.
        if self.task.is_none() {
            self.started = now;
            self.deadline = now + self.options.timeout_ms;
        }
        self.phase = Phase::Start(self.options.first_delay_ms);
        Ok(())
    }

    fn left(&self, now: f64) -> f64 {
        (self.deadline - now).max(0.0)
    }

    /// What the deadline leaves for a pause, so that one more poll can be answered in time.
    fn left_for_pause(&self, now: f64) -> f64 {
        let whole = self.left(self.started);
        (self.left(now) - LAST_POLL_MS.min(whole / 4.0)).max(0.0)
    }

    fn is_fresh(&self, now: f64) -> bool {
        now - self.state.submitted_at < FRESH_MS
    }

    fn of_wait(&self, error: Error) -> Error {
        error.with_state(&self.state, self.task.as_ref().map(|task| &task.view))
    }

    fn fail(&self, error: Error) -> Phase {
        Phase::Ended(Err(self.of_wait(error)))
    }

    /// The task as last seen; null where none was.
    fn view(&self) -> Json {
        self.task.as_ref().map_or_else(Json::null, |task| task.view.clone())
    }

    fn succeed(&self, task: &Json) -> Phase {
        Phase::Ended(Ok(Output::of(if self.options.once { self.single(task, f64::NAN) } else { task.clone() })))
    }

    /// `PollStep`; it is done where there is no next delay.
    fn single(&self, task: &Json, next_delay_ms: f64) -> Json {
        let mut step = Record::new();
        step.set("done", next_delay_ms.is_nan());
        step.set("task", task.clone());
        step.set("state", self.state.to_json());
        step.set_number("nextDelayMs", next_delay_ms);
        step.into()
    }

    fn time_out(&mut self, now: f64) -> Phase {
        let seconds = Json::digits((now - self.started) / 1000.0);
        let mut error = self.still_under_way(Code::PollTimeout, &["within ", &seconds, " s"]);
        error.say(&[" Or give a longer timeoutMs."]);
        self.blame_last_fault(&mut error);
        self.fail(error)
    }

    fn out_of_polls(&self) -> Phase {
        self.fail(
            self.still_under_way(Code::PollBudget, &["within the ", &Json::digits(self.polls), " polls of maxPolls"]),
        )
    }

    fn still_under_way(&self, code: Code, within: &[&str]) -> Error {
        let mut error = Error::new(code, &["Task ", &self.state.task_id, " has not ended "]);
        error.say(within);
        if let Some(task) = self.task.as_ref().filter(|task| !task.progress.is_empty()) {
            error.say(&["; it was last seen at ", &task.progress]);
        }
        error.say(&[". It may still: go on with pollUntilDone(error.state)."]);
        error
    }

    /// Before the next poll: as long as the server asks for, and never past the deadline; none where it is over.
    fn pause(&mut self, now: f64, random: f64) -> Result<f64, Phase> {
        let Options { max_polls, min_delay_ms, max_delay_ms, .. } = self.options;
        let left = self.left_for_pause(now);
        if left < min_delay_ms {
            return Err(self.time_out(now));
        }
        if self.polls >= max_polls {
            return Err(self.out_of_polls());
        }
        // Without a deadline nothing else bounds what a server can ask for.
        let asked = self.asked_ms.min(if self.deadline.is_finite() { left } else { TIMEOUT_MS });
        let delay = backoff::jitter(self.state.delay_ms, random).max(min_delay_ms).min(max_delay_ms);
        Ok(delay.max(asked).min(left))
    }

    fn blame_last_fault(&mut self, error: &mut Error) {
        if let Some(fault) = self.last_fault.take() {
            error.details.set("cause", fault.into_json());
        }
    }

    /// A fault that may pass ends the wait only where too many came in a row. Each is the cause of the next.
    fn suffer(&mut self, mut fault: Error) -> Option<Phase> {
        self.faults += 1.0;
        self.asked_ms = fault.retry_after_ms.max(0.0);
        self.blame_last_fault(&mut fault);
        if self.options.once {
            fault.retryable = true;
            return Some(self.fail(fault));
        }
        if self.faults > self.options.max_errors {
            let times = Json::digits(self.faults);
            fault.say(&[" So it went ", &times, " times in a row: go on with pollUntilDone(error.state)."]);
            return Some(self.fail(fault));
        }
        self.last_fault = Some(fault);
        None
    }

    fn see(&mut self, task: Task, asked_ms: f64, now: f64) -> Option<Phase> {
        self.faults = 0.0;
        self.asked_ms = asked_ms.max(0.0);
        self.last_fault = None;
        self.news = self.task.as_ref().is_none_or(|before| task.differs_from(before));
        let (status, view) = (task.status, task.view.clone());
        self.task = Some(task);
        let how = match status {
            Status::Modal if now - self.state.modal_at < STALE_MODAL_MS => return None,
            Status::Modal if self.options.asks => return Some(Phase::Ask),
            Status::Success | Status::Modal => return Some(self.succeed(&view)),
            Status::Failure | Status::Cancel if self.options.once => return Some(self.succeed(&view)),
            Status::Failure => " failed: ",
            Status::Cancel => " was cancelled: ",
            _ => return None,
        };
        let reason = view.text("failReason");
        let why = if reason.is_empty() { "the API does not say why" } else { &reason };
        let mut error = Error::new(Code::TaskFailed, &["Task ", &self.state.task_id, how, why, ". Submit it anew."]);
        error.details.set_text("failReason", &reason);
        Some(self.fail(error))
    }
}

impl Poll {
    /// What the caller answers to a modal: `SubmitModalParams`, or null to have the task as the result.
    fn hear(&mut self, said: &Json) {
        if said.is_null() {
            self.phase = self.succeed(&self.view());
            return;
        }
        match Call::submit(Method::SubmitModal, &self.config, said) {
            Ok(call) => self.call = Some(call),
            Err(error) => self.phase = self.fail(error),
        }
    }
}

impl Machine for Poll {
    fn step(&mut self, now: f64, random: f64) -> Step {
        while let Some(mut call) = self.call.take() {
            match call.step(now, random) {
                Step::Done(result) => {
                    if let Err(error) = self.proceed(result, now) {
                        self.phase = Phase::Over;
                        return Step::Done(Err(error));
                    }
                }
                step => {
                    self.call = Some(call);
                    return step;
                }
            }
        }
        if let Some(task) = self.task.as_ref().filter(|_| self.news) {
            self.news = false;
            let mut info = Record::new();
            info.set("polls", self.polls);
            info.set("elapsedMs", now - self.started);
            info.set("state", self.state.to_json());
            return Step::Report { task: task.view.clone(), info: info.into(), left_ms: self.left(now) };
        }
        let wait = match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Start(delay) => Ok(backoff::jitter(delay, random).min(self.left_for_pause(now))),
            Phase::Pending => self.pause(now, random),
            Phase::Ask => {
                self.phase = Phase::Asked;
                return Step::Ask { task: self.view(), left_ms: self.left(now) };
            }
            Phase::Asked => Err(self.time_out(now)),
            Phase::Due => Ok(0.0),
            Phase::InFlight => {
                self.phase = Phase::InFlight;
                return Step::Idle;
            }
            over => Err(over),
        };
        match wait {
            Ok(wait) if wait <= 0.0 => {
                self.late = self.left(now) <= 0.0;
                self.polls += 1.0;
                self.state.polls += 1.0;
                self.phase = Phase::InFlight;
                let mut request = Request::fetch(&self.config, &self.state.task_id);
                request.timeout_ms = request.timeout_ms.min(self.left_to_ask(now));
                Step::Send(request)
            }
            Ok(ms) if self.options.once => Step::Done(Ok(Output::of(self.single(&self.view(), ms)))),
            Ok(ms) => {
                self.phase = Phase::Due;
                Step::Wait { ms: ms.min(LONGEST_TIMER_MS), again: self.faults > 0.0 }
            }
            Err(Phase::Ended(result)) => Step::Done(result),
            Err(_) => Step::Idle,
        }
    }

    fn answer(&mut self, now: f64, answer: &Answer) {
        if let Some(call) = &mut self.call {
            return call.answer(now, answer);
        }
        if let (Phase::Asked, Answer::Said(said)) = (&self.phase, answer) {
            return self.hear(said);
        }
        if !matches!(self.phase, Phase::InFlight) {
            return;
        }
        let Options { min_delay_ms, max_delay_ms, max_polls, once, .. } = self.options;
        if self.config.renewal.after(answer) && !once && self.polls < max_polls {
            self.phase = Phase::Due;
            return;
        }
        self.state.delay_ms = (self.state.delay_ms * 1.5).floor().max(min_delay_ms).min(max_delay_ms);
        let ended = if !self.late && self.left(now) <= 0.0 {
            Some(self.time_out(now))
        } else {
            match verdict::of_fetch(answer, &self.state.task_id, now) {
                Verdict::Task(task, asked_ms) => self.see(task, asked_ms, now),
                Verdict::NotFound(fault) if self.is_fresh(now) => self.suffer(fault),
                Verdict::Again(fault) => self.suffer(fault),
                // Of other calls.
                Verdict::Accepted(_) | Verdict::List(_) => None,
                Verdict::NotFound(error) | Verdict::TooEarly(error) | Verdict::Ended(error) => Some(self.fail(error)),
            }
        };
        self.phase = ended.unwrap_or(Phase::Pending);
    }
}
