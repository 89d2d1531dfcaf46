use super::cadence::{self, Pace, LAST_POLL_MS, LATE_POLL_MS, LONGEST_TIMER_MS, TIMEOUT_MS};
use super::config::number;
use super::error::known;
use super::event::fallback;
use super::submit::states;
use super::verdict::{self, Verdict};
use super::{Answer, ApiMemory, Call, Code, Config, Error, Machine, Method, Output, PollState};
use super::{Request, Step};
use crate::api::{digits, Json, Record, Row, Status, Task};

const MAX_CONSECUTIVE_ERRORS: f64 = 5.0;

/// Asks for a task until it has ended, or until time, requests or patience are used up. Where the task asks for more
/// (`MODAL`), it can ask the caller, submit and go on.
///
/// Once a modal was answered, the gateway holds two rows under one id: that of the action reads `MODAL` until the end, that
/// of the answer goes on. So such a task is looked at by the list, which gives both, and its `MODAL` is stale until a look
/// shows none.
///
/// ```text
///  new ─► Wait ─► Send (fetch; list, once a modal was answered) ─► answer ─► Report, where the task has changed
///           ▲                │
///           │                ├─► pending, or a passing fault (five in a row at most) ─┐
///           │                ├─► Ask ─► Call (answer the modal) ─► Wait …             │
///           │                ├─► Done(Ok)   SUCCESS, MODAL                            │
///           │                └─► Done(Err)  FAILURE, CANCEL, a fatal answer           │
///           │                                                                         │
///           └──── its pace, ±10 %, Retry-After ◄──────────────────────────────────────┤
///                                                    Done(Err)  deadline, maxPolls ◄──┘
/// ```
pub struct Poll {
    config: Config,
    memory: ApiMemory,
    options: Options,
    state: PollState,
    /// The answer to a modal: it goes on first.
    modal: Option<Call>,
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
    /// For `onEvent`.
    event: Option<Record>,
    /// A modal of the task was answered once: the list is asked, whatever was seen since.
    by_list: bool,
    /// The last list left the task out: the next look is a fetch.
    left_out: bool,
    /// The poll under way was sent after the deadline, by a machine that had slept.
    late: bool,
    phase: Phase,
}

enum Phase {
    /// Before the first poll.
    Start(f64),
    /// The next step sends.
    Due,
    InFlight(Look),
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

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// `GET /mj/task/{id}/fetch`
    Fetch,
    /// `POST /mj/task/list-by-condition`
    List,
}

/// `PollOptions`, checked.
#[derive(Clone, Copy)]
pub(super) struct Options {
    timeout_ms: f64,
    /// NaN where the caller does not say.
    first_delay_ms: f64,
    /// Before the first poll of a wait that goes on, where the caller does not say.
    resumed_delay_ms: f64,
    /// Ends after one poll, whatever it says.
    pub(super) once: bool,
    /// The caller answers modals.
    asks: bool,
    max_polls: f64,
    min_delay_ms: f64,
    max_delay_ms: f64,
    max_errors: f64,
}

impl Options {
    /// # Errors
    /// `InvalidArgument`, with the remedy.
    pub(super) fn read(options: &Json) -> Result<Self, Error> {
        let mut wrong = None;
        let mut number = |name, least, otherwise| number(options, name, least, otherwise, &mut wrong);
        // Whole ms, as a state has them, and none that a timer can't take.
        let mut delay = |name, least, otherwise| number(name, least, otherwise).ceil().min(LONGEST_TIMER_MS);
        let max_delay_ms = delay("maxDelayMs", 1.0, cadence::MAX_MS);
        let min_delay_ms = delay("minDelayMs", 1.0, cadence::MIN_MS).min(max_delay_ms);
        let first_delay_ms = if options.has("initialDelayMs") { delay("initialDelayMs", 0.0, 0.0) } else { f64::NAN };
        let no_timeout = if options.is_null_at("timeoutMs") { f64::INFINITY } else { TIMEOUT_MS };
        let options = Self {
            timeout_ms: number("timeoutMs", 1.0, no_timeout),
            first_delay_ms,
            resumed_delay_ms: if options.has("minDelayMs") { min_delay_ms } else { cadence::RESUMED_MS },
            once: false,
            asks: options.has("onModal"),
            max_polls: number("maxPolls", 1.0, f64::INFINITY),
            min_delay_ms,
            max_delay_ms,
            max_errors: number("maxConsecutiveErrors", 0.0, MAX_CONSECUTIVE_ERRORS),
        };
        wrong.map_or(Ok(options), Err)
    }

    /// Before the first poll of a task, or of one that has been waited for already.
    fn first_delay(&self, resumed: bool) -> f64 {
        match (self.first_delay_ms.is_nan(), resumed) {
            (false, _) => self.first_delay_ms,
            (true, true) => self.resumed_delay_ms,
            (true, false) => cadence::FIRST_MS,
        }
    }
}

impl Poll {
    /// Waits for a task: `resumed` where it has been waited for already.
    pub(super) fn new(
        config: Config,
        memory: ApiMemory,
        mut state: PollState,
        options: Options,
        resumed: bool,
        now: f64,
    ) -> Self {
        let Options { once, .. } = options;
        let first_delay_ms = options.first_delay(resumed);
        let before = if resumed && state.polls > 0.0 { state.delay_ms } else { 0.0 };
        state.pace.begin(state.submitted_at, before, now);
        if !resumed {
            state.delay_ms = first_delay_ms;
        }
        let by_list = !state.modal_at.is_nan();
        Self {
            config,
            memory,
            state,
            modal: None,
            started: now,
            deadline: if once { f64::INFINITY } else { now + options.timeout_ms },
            polls: 0.0,
            faults: 0.0,
            last_fault: None,
            asked_ms: 0.0,
            task: None,
            news: false,
            event: None,
            by_list,
            left_out: false,
            late: false,
            phase: if once { Phase::Due } else { Phase::Start(first_delay_ms) },
            options,
        }
    }

    /// The waits for several tasks that came of the answer to a modal, within the deadline of the wait that it came in.
    pub(super) fn split(&self, task_ids: &[String], now: f64) -> impl Iterator<Item = Self> + '_ {
        states(task_ids, now).into_iter().map(|state| {
            let mut poll =
                Self::new(self.config.clone(), self.memory.clone(), state, self.options, false, self.started);
            poll.note_modal();
            poll
        })
    }

    /// What is waited for.
    pub(super) fn task_id(&self) -> &str {
        &self.state.task_id
    }

    /// What it can be gone on with.
    pub(super) fn state(&self) -> &PollState {
        &self.state
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

    /// A modal of the task was answered, in this wait or by another client of the process: its `MODAL` is stale.
    fn note_modal(&mut self) {
        if self.state.modal_at.is_nan() {
            self.state.modal_at = self.memory.modal_at(&self.state.task_id);
        }
        self.by_list |= !self.state.modal_at.is_nan();
    }

    /// Goes on after the answer to a modal.
    fn proceed(&mut self, result: Result<Output, Error>, now: f64) {
        let output = match result {
            Ok(output) => output,
            Err(error) => {
                // It may have been answered: a wait that goes on must not take what is stale for another modal.
                self.note_modal();
                // What it may have made under another id is waited for by its own state.
                let is_other = error.details.get("taskIds").each().any(|id| id.as_str() != self.state.task_id);
                self.phase = if is_other {
                    let mut error = error.about(&self.state.task_id);
                    error.details.set("task", self.view());
                    Phase::Ended(Err(error))
                } else {
                    self.fail(error)
                };
                return;
            }
        };
        if let Some(id) = output.submitted.first().filter(|id| **id != self.state.task_id) {
            self.state = PollState { no_list: self.state.no_list, ..PollState::new(id.clone(), now) };
        }
        // The work begins with the answer.
        self.state.pace = Pace::from(now);
        self.state.delay_ms = self.options.first_delay(false);
        self.note_modal();
        self.phase = Phase::Start(self.state.delay_ms);
    }

    fn left(&self, now: f64) -> f64 {
        (self.deadline - now).max(0.0)
    }

    /// What the deadline leaves for a pause, so that one more poll can be answered in time.
    fn left_for_pause(&self, now: f64) -> f64 {
        let whole = self.left(self.started);
        (self.left(now) - LAST_POLL_MS.min(whole / 4.0)).max(0.0)
    }

    /// Whether the API has, or had, this task: that it says otherwise passes. (A gateway whose database is away does.)
    fn is_known(&self) -> bool {
        self.state.seen
            || !self.state.submitted_at.is_nan()
            || !self.state.modal_at.is_nan()
            || self.memory.get(&self.state.task_id).is_some()
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

    fn succeed(&self) -> Phase {
        let task = self.view();
        Phase::Ended(Ok(Output::of(if self.options.once { self.poll_step(task, f64::NAN) } else { task })))
    }

    fn poll_step(&self, task: Json, next_delay_ms: f64) -> Json {
        poll_step(std::slice::from_ref(&self.state), task, next_delay_ms)
    }

    fn time_out(&mut self, now: f64) -> Phase {
        let seconds = digits((now - self.started) / 1000.0);
        let mut error = self.still_under_way(Code::PollTimeout, &["within ", &seconds, " s"]);
        error.say(&[" Or give a longer timeoutMs."]);
        self.blame_last_fault(&mut error);
        self.fail(error)
    }

    fn out_of_polls(&self) -> Phase {
        self.fail(self.still_under_way(Code::PollBudget, &["within the ", &digits(self.polls), " polls of maxPolls"]))
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
        let delay = cadence::jitter(self.state.delay_ms, random).max(min_delay_ms).min(max_delay_ms);
        Ok(cadence::before_deadline(delay, left, [min_delay_ms, max_delay_ms]).max(asked).min(left))
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
            let times = digits(self.faults);
            fault.say(&[" So it went ", &times, " times in a row: go on with pollUntilDone(error.state)."]);
            return Some(self.fail(fault));
        }
        self.last_fault = Some(fault);
        None
    }

    fn see(&mut self, Row { task, has_modal }: Row, asked_ms: f64) -> Option<Phase> {
        self.faults = 0.0;
        self.asked_ms = asked_ms.max(0.0);
        self.last_fault = None;
        self.state.seen = true;
        if has_modal {
            self.memory.saw(&self.state.task_id);
            self.note_modal();
        } else {
            // Another status was seen: should it read MODAL again, that is another modal. (And the task is known by it.)
            self.state.modal_at = f64::NAN;
            self.memory.set_modal_at(&self.state.task_id, f64::NAN);
        }
        let is_stale = task.status == Status::Modal && !self.state.modal_at.is_nan();
        // A stale MODAL is no news: who is told of it might answer it again.
        self.news = !is_stale && self.task.as_ref().is_none_or(|before| task.differs_from(before));
        let status = task.status;
        self.task = Some(task);
        let how = match status {
            Status::Modal if is_stale => return None,
            Status::Modal if self.options.asks => return Some(Phase::Ask),
            Status::Success | Status::Modal => return Some(self.succeed()),
            Status::Failure | Status::Cancel if self.options.once => return Some(self.succeed()),
            Status::Failure => " failed: ",
            Status::Cancel => " was cancelled: ",
            Status::NotStart | Status::Submitted | Status::InProgress | Status::Unknown => return None,
        };
        let view = self.view();
        let reason = view.text("failReason");
        let why = if reason.is_empty() { "the API does not say why" } else { reason };
        let mut error = Error::new(Code::TaskFailed, &["Task ", &self.state.task_id, how, why, ". Submit it anew."]);
        error.details.set_text("failReason", reason);
        Some(self.fail(error))
    }

    /// What the caller answers to a modal: `SubmitModalParams`, or null to have the task as the result.
    fn hear(&mut self, said: &Json) {
        self.note_modal();
        self.phase = if !self.state.modal_at.is_nan() {
            // Another client has answered it while this one was thinking.
            Phase::Pending
        } else if said.is_null() {
            self.succeed()
        } else {
            match Call::submit(Method::SubmitModal, &self.config, &self.memory, said) {
                Ok(call) => {
                    self.modal = Some(call);
                    Phase::Pending
                }
                Err(error) => self.fail(error),
            }
        };
    }

    /// What is to be asked for next.
    fn next_look(&self) -> Look {
        if self.by_list && !self.state.no_list && !self.left_out {
            Look::List
        } else {
            Look::Fetch
        }
    }

    fn request(&self, look: Look) -> Request {
        match look {
            Look::Fetch => Request::fetch(&self.config, &self.state.task_id),
            Look::List => {
                let id = Json::from(&*self.state.task_id);
                Request::list(&self.config, Json::list(std::iter::once(id)))
            }
        }
    }

    /// Takes the answer to a request for this task alone, which was not sent by this machine; or to its own modal.
    pub(super) fn answer_alone(&mut self, now: f64, answer: &Answer) {
        match &mut self.modal {
            Some(call) => call.answer(now, answer),
            None => self.take(Look::Fetch, now, answer),
        }
    }

    /// Takes an answer to a look at this task alone.
    pub(super) fn take(&mut self, look: Look, now: f64, answer: &Answer) {
        let is_refused = verdict::refuses_key(answer, Method::FetchTask);
        if self.config.renewal.after(is_refused) && !self.options.once && self.polls < self.options.max_polls {
            self.phase = Phase::Due;
            return;
        }
        if look == Look::Fetch {
            self.left_out = false;
            let verdict = verdict::of_fetch(answer, &self.state.task_id, now);
            return self.deliver(verdict, now);
        }
        let verdict = verdict::of_list(answer, now);
        if let Some(error) = verdict.no_list() {
            self.state.no_list = true;
            self.event = Some(fallback(&error.message));
            return self.ask_alone(false, now);
        }
        match verdict {
            Verdict::List(rows, asked_ms) => match rows.get(&self.state.task_id) {
                Some(row) => self.deliver(Verdict::Task(row.clone(), asked_ms), now),
                None => self.ask_alone(true, now),
            },
            verdict => {
                // A list that is in trouble says nothing of a fetch.
                self.left_out = matches!(verdict, Verdict::Again(_));
                self.deliver(verdict, now);
            }
        }
    }

    /// The list did not tell: the task is fetched at once, where another request may go out.
    fn ask_alone(&mut self, left_out: bool, now: f64) {
        self.left_out = left_out;
        if self.polls < self.options.max_polls && self.left(now) > 0.0 {
            self.phase = Phase::Due;
        } else {
            self.deliver(Verdict::NotFound(verdict::left_out(&self.state.task_id)), now);
        }
    }

    /// Takes what a look came to.
    pub(super) fn deliver(&mut self, verdict: Verdict, now: f64) {
        let bounds = [self.options.min_delay_ms, self.options.max_delay_ms];
        let percent = match &verdict {
            Verdict::Task(row, _) => Some(row.task.percent),
            _ => None,
        };
        self.state.delay_ms =
            self.state.pace.next_delay(percent, self.state.submitted_at, self.state.delay_ms, now, bounds);
        let ended = if !self.late && self.left(now) <= 0.0 {
            Some(self.time_out(now))
        } else {
            match verdict {
                Verdict::Task(row, asked_ms) => self.see(row, asked_ms),
                Verdict::NotFound(mut fault) if self.is_known() => {
                    fault.retryable = true;
                    self.suffer(fault)
                }
                Verdict::Again(fault) => self.suffer(fault),
                // Of other calls.
                Verdict::Accepted(_) | Verdict::List(..) => None,
                Verdict::NotFound(error) | Verdict::TooEarly(error) | Verdict::Ended(error) => Some(self.fail(error)),
            }
        };
        self.phase = ended.unwrap_or(Phase::Pending);
    }
}

/// `PollStep`; it is done where there is no next delay.
pub(super) fn poll_step(states: &[PollState], task: Json, next_delay_ms: f64) -> Json {
    let mut step = Record::new();
    step.set("done", next_delay_ms.is_nan());
    step.set("task", task);
    step.set("state", PollState::all_to_json(states));
    step.set_number("nextDelayMs", next_delay_ms);
    step.into()
}

impl Machine for Poll {
    fn step(&mut self, now: f64, random: f64) -> Step {
        if let Some(mut call) = self.modal.take() {
            match call.step(now, random) {
                Step::Done(result) => self.proceed(result, now),
                step => {
                    self.modal = Some(call);
                    return step;
                }
            }
        }
        if let Some(event) = self.event.take() {
            return Step::Tell(event);
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
            Phase::Start(delay) => {
                let (delay, left) = (cadence::jitter(delay, random), self.left_for_pause(now));
                // One that the caller has set is kept.
                let is_free = self.options.first_delay_ms.is_nan();
                let bounds = [self.options.min_delay_ms, delay];
                Ok(if is_free { cadence::before_deadline(delay, left, bounds) } else { delay }.min(left))
            }
            Phase::Pending => self.pause(now, random),
            Phase::Ask => {
                self.phase = Phase::Asked;
                return Step::Ask { task: self.view(), left_ms: self.left(now) };
            }
            Phase::Asked => Err(self.time_out(now)),
            Phase::Due => Ok(0.0),
            Phase::InFlight(look) => {
                self.phase = Phase::InFlight(look);
                return Step::Idle;
            }
            over => Err(over),
        };
        match wait {
            Ok(wait) if wait <= 0.0 => {
                self.late = self.left(now) <= 0.0;
                self.polls += 1.0;
                self.state.polls += 1.0;
                let look = self.next_look();
                self.phase = Phase::InFlight(look);
                let mut request = self.request(look);
                request.timeout_ms = request.timeout_ms.min(self.left_to_ask(now));
                Step::Send(request)
            }
            Ok(ms) if self.options.once => Step::Done(Ok(Output::of(self.poll_step(self.view(), ms)))),
            Ok(ms) => {
                self.phase = Phase::Due;
                Step::Wait { ms: ms.min(LONGEST_TIMER_MS), again: self.faults > 0.0 }
            }
            Err(Phase::Ended(result)) => Step::Done(result),
            Err(_) => Step::Idle,
        }
    }

    fn answer(&mut self, now: f64, answer: &Answer) {
        if let Some(call) = &mut self.modal {
            return call.answer(now, answer);
        }
        match (&self.phase, answer) {
            (Phase::Asked, Answer::Said(said)) => self.hear(said),
            (Phase::InFlight(look), _) => self.take(*look, now, answer),
            _ => {}
        }
    }

    fn known(&self, _now: f64) -> Record {
        let mut state = self.state.clone();
        // While the answer to a modal is out.
        if self.modal.is_some() && state.modal_at.is_nan() {
            state.modal_at = self.memory.modal_at(&state.task_id);
        }
        known(std::slice::from_ref(&state))
    }
}
