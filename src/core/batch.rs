use super::config::number;
use super::event::fallback;
use super::poll::{poll_step, Look, Options};
use super::verdict::{self, Verdict};
use super::Target;
use super::{
    outcome, Answer, ApiMemory, Code, Config, Error, Machine, Output, Poll, PollState, Purpose, Request, Step,
};
use crate::api::{Json, Record};

/// Ids in one request; so many tasks cost what one does.
const CHUNK: f64 = 100.0;

/// Waits for many tasks, each a [`Poll`] with its own deadline, faults and end, but asks for all that are due with one
/// `POST /mj/task/list-by-condition`. A task that its answer leaves out is asked for by itself; where the route is
/// refused, every task is, one after the other.
///
/// A target is one task, or the several that one submit made: it has settled once all of them have.
///
/// ```text
///  new ─► Wait ─► Send(list) ─► answer ─► each Poll: Report, Settled ─► Wait …  ─► Done, once all have settled
///                     │  ▲
///                     ▼  └─ Send(fetch), for those that it left out
///                  Tell, where it is refused: from then on Send(fetch) alone
/// ```
pub struct PollAll {
    config: Config,
    memory: ApiMemory,
    /// Of each target, once it has settled.
    results: Vec<Option<Result<Output, Error>>>,
    items: Vec<Item>,
    chunk: f64,
    /// The list route is refused.
    alone: bool,
    /// What is asked for is a list.
    listed: bool,
    /// Each task is looked at once alone (`pollOnce`).
    once: bool,
    /// Whose caller is asked.
    asking: usize,
    /// One for all: tasks of one age stay together.
    random: f64,
    /// When the last wait was over. A clock that stands still, or is set back, makes it no longer.
    until: f64,
    /// The time since then went by with requests.
    busy: bool,
    news: Option<Record>,
    over: bool,
}

struct Item {
    poll: Poll,
    /// The place of its target.
    target: usize,
    phase: Phase,
    /// When it has something to do.
    wake: f64,
    /// From when on it may go along with others, where their request has room: that costs nothing more.
    early: f64,
    /// It waits since something failed.
    again: bool,
    /// How it has ended.
    result: Option<Result<Output, Error>>,
}

#[derive(PartialEq)]
enum Phase {
    /// Has something to do at `wake`.
    Waits,
    /// Is to be asked for.
    Due,
    /// Is to be asked for by itself: the last list left it out.
    Missing,
    /// Its answer is due.
    Asked,
    Settled,
}

impl PollAll {
    /// Waits for `targets` with `PollAllOptions`.
    ///
    /// # Errors
    /// `InvalidArgument` or `State`, with the remedy: of the first target that is none.
    pub fn new(config: Config, memory: ApiMemory, targets: &Json, options: &Json, now: f64) -> Result<Self, Error> {
        let mut wrong = None;
        let chunk = number(options, "chunkSize", 1.0, CHUNK, &mut wrong);
        if targets.items() == 0 && !targets.is_empty_list() {
            wrong = Some(Error::invalid(&["targets must be a list."]));
        }
        if let Some(error) = wrong {
            return Err(error);
        }
        let mut all = Self::empty(config, memory, chunk);
        let options = Options::read(options)?;
        for target in targets.each() {
            let target = Target::read(target, &all.memory, now)?;
            all.add(target, options, now);
        }
        Ok(all)
    }

    /// Waits for the tasks of one target.
    pub(super) fn of_one(config: Config, memory: ApiMemory, target: Target, options: Options, now: f64) -> Self {
        let mut all = Self::empty(config, memory, CHUNK);
        all.once = options.once;
        all.add(target, options, now);
        all
    }

    /// Goes on with the waits for the tasks of one target.
    pub(super) fn of_polls(config: Config, memory: ApiMemory, polls: Vec<Poll>, now: f64) -> Self {
        let mut all = Self::empty(config, memory, CHUNK);
        all.results.push(None);
        all.items.extend(polls.into_iter().map(|poll| Item::new(poll, 0, now)));
        all
    }

    fn empty(config: Config, memory: ApiMemory, chunk: f64) -> Self {
        let (random, until) = (f64::NAN, f64::NEG_INFINITY);
        let (results, items, news) = (Vec::new(), Vec::new(), None);
        let (alone, listed, once, busy, over) = (false, false, false, false, false);
        Self { config, memory, results, items, chunk, alone, listed, once, asking: 0, random, until, busy, news, over }
    }

    fn add(&mut self, Target { states, resumed }: Target, options: Options, now: f64) {
        let target = self.results.len();
        self.results.push(None);
        for state in states {
            let poll = Poll::new(self.config.clone(), self.memory.clone(), state, options, resumed, now);
            self.items.push(Item::new(poll, target, now));
        }
    }

    /// What all waits can be gone on with.
    pub(super) fn states(&self) -> Vec<PollState> {
        self.items.iter().map(|item| item.poll.state().clone()).collect()
    }

    /// What its one target came to.
    pub(super) fn into_result(mut self) -> Result<Output, Error> {
        let result = self.results.first_mut().and_then(Option::take);
        result.unwrap_or_else(|| Ok(Output::of(Json::null())))
    }

    fn of_target(&self, target: usize) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.target == target)
    }

    fn states_of(&self, target: usize) -> Vec<PollState> {
        self.of_target(target).map(|item| item.poll.state().clone()).collect()
    }

    /// What became of a target whose tasks have all ended: the first one's task, and the others as its `siblings`. A
    /// sibling may have failed as a task; whatever else ends the wait for one of them ends it for all, and says how to go on
    /// with all.
    fn result_of(&mut self, target: usize) -> Result<Output, Error> {
        let states = self.states_of(target);
        let its = self.items.iter_mut().filter(|item| item.target == target);
        let mut results: Vec<_> = its.filter_map(|item| item.result.take()).collect();
        if results.len() == 1 {
            return results.remove(0);
        }
        let is_broken = |result: &Result<_, Error>| result.as_ref().is_err_and(|error| error.code != Code::TaskFailed);
        let is_failed = results.first().is_some_and(Result::is_err);
        // A task that is not over goes before one that failed: there is something to go on with.
        let broken = results.iter().position(is_broken).or(is_failed.then_some(0));
        let first = results.remove(broken.unwrap_or_default());
        let tasks = results.iter().map(|result| match result {
            Ok(output) if self.once => output.view.at("task"),
            Ok(output) => &output.view,
            Err(error) => error.details.get("task"),
        });
        let siblings = Json::list(tasks.filter(|task| !task.is_null()).cloned());
        let mut output = match first {
            Ok(output) => output,
            Err(error) => {
                let mut error = error.with_states(&states, None);
                error.details.set("siblings", siblings);
                return Err(error);
            }
        };
        if !self.once {
            output.view.put("siblings", siblings);
            return Ok(output);
        }
        let steps = results.iter().flatten().chain(std::iter::once(&output));
        let next = steps.map(|step| step.view.number("nextDelayMs")).fold(f64::NAN, f64::min);
        let mut task = output.view.at("task").clone();
        task.put("siblings", siblings);
        Ok(Output::of(poll_step(&states, task, next)))
    }

    /// Asks for what is due: with a list, where that is worth it. None where nothing is.
    fn send(&mut self, now: f64) -> Option<Step> {
        let is_alone = |item: &&mut Item| item.phase == Phase::Missing || self.alone && item.phase == Phase::Due;
        let single = self.items.iter_mut().find(is_alone);
        self.listed = single.is_none();
        let mut left = f64::INFINITY;
        let mut request = if let Some(item) = single {
            left = item.ask(now);
            Request::fetch(&self.config, item.poll.task_id())
        } else {
            let mut ids = Vec::new();
            for item in self.items.iter_mut().filter(|item| item.phase == Phase::Due).take(self.chunk as usize) {
                left = left.min(item.ask(now));
                ids.push(Json::from(item.poll.task_id()));
            }
            if ids.is_empty() {
                return None;
            }
            Request::list(&self.config, Json::list(ids.into_iter()))
        };
        request.timeout_ms = request.timeout_ms.min(left);
        Some(Step::Send(request))
    }

    /// Lets others go along with what is due, as many as its lists have room for: the soonest first.
    fn take_along(&mut self, time: f64) {
        let is_due = |item: &&Item| match item.phase {
            Phase::Due => true,
            Phase::Waits => item.wake.is_finite() && item.wake <= time,
            _ => false,
        };
        let due = self.items.iter().filter(is_due).count() as f64;
        let chunk = self.chunk.min(self.items.len() as f64).floor();
        let room = (due / chunk).ceil() * chunk - due;
        if self.alone || room < 1.0 {
            return;
        }
        let may = |item: &&mut Item| item.phase == Phase::Waits && item.early <= time && item.wake > time;
        let mut others: Vec<_> = self.items.iter_mut().filter(may).collect();
        others.sort_unstable_by(|a, b| a.wake.total_cmp(&b.wake));
        others.into_iter().take(room as usize).for_each(|item| item.wake = time);
    }

    /// A modal's answer can make several tasks: they are waited for in the place of the one.
    fn split(&mut self, at: usize, task_ids: &[String], now: f64) {
        let Some(item) = self.items.get(at) else { return };
        let target = item.target;
        let mut polls = item.poll.split(task_ids, now).map(|poll| Item::new(poll, target, now));
        let (Some(first), rest) = (polls.next(), polls.collect::<Vec<_>>()) else { return };
        self.items[at] = first;
        self.items.extend(rest);
    }
}

impl Item {
    fn new(poll: Poll, target: usize, now: f64) -> Self {
        Self { poll, target, phase: Phase::Waits, wake: now, early: now, again: false, result: None }
    }

    /// Gives how long the request may take, ms.
    fn ask(&mut self, now: f64) -> f64 {
        self.phase = Phase::Asked;
        self.poll.left_to_ask(now)
    }

    /// Hands its poll what it was waiting for.
    fn have(&mut self, give: impl FnOnce(&mut Poll)) {
        self.phase = Phase::Waits;
        self.wake = f64::NEG_INFINITY;
        self.early = self.wake;
        give(&mut self.poll);
    }
}

impl Machine for PollAll {
    fn step(&mut self, now: f64, random: f64) -> Step {
        if self.over {
            return Step::Idle;
        }
        if let Some(event) = self.news.take() {
            return Step::Tell(event);
        }
        if self.random.is_nan() {
            self.random = random;
        }
        let time = now.max(self.until);
        loop {
            let mut wake = f64::INFINITY;
            let mut again = false;
            for item in &mut self.items {
                match item.phase {
                    Phase::Asked => return Step::Idle,
                    Phase::Settled => continue,
                    // Its time went by while others were asked for.
                    Phase::Due | Phase::Missing if item.poll.left_to_ask(now) <= 0.0 => {
                        item.have(|poll| poll.take(Look::Fetch, now, &Answer::TimedOut));
                    }
                    _ => {}
                }
                wake = wake.min(item.wake);
                again |= item.again;
            }
            if wake.is_infinite() && wake > 0.0 {
                self.over = true;
                let results = self.results.iter().flatten().cloned();
                let outcomes = results.map(|result| outcome(result.map(|output| output.view)));
                return Step::Done(Ok(Output::of(Json::list(outcomes))));
            }
            if wake > time {
                self.random = random;
                self.until = wake;
                self.busy = false;
                return Step::Wait { ms: wake - time, again };
            }
            self.take_along(time);
            let mut ended = None;
            for at in 0..self.items.len() {
                let Some(item) = self.items.get_mut(at) else { break };
                if item.phase != Phase::Waits || item.wake > time {
                    continue;
                }
                if self.busy {
                    item.poll.expire(now);
                }
                match item.poll.step(now, self.random) {
                    Step::Send(request) if request.purpose == Purpose::Read => item.phase = Phase::Due,
                    Step::Wait { ms, again } => {
                        item.wake = time + ms;
                        item.early = time + if again { ms } else { ms.min(item.poll.pace()) };
                        item.again = again;
                    }
                    Step::Done(result) => {
                        item.phase = Phase::Settled;
                        item.result = Some(result);
                        ended = Some(item.target);
                        break;
                    }
                    Step::Report { task, mut info, left_ms } => {
                        let target = item.target;
                        info.put("state", PollState::all_to_json(&self.states_of(target)));
                        return Step::Report { task, info, left_ms };
                    }
                    step => {
                        self.asking = at;
                        if matches!(step, Step::Send(_)) {
                            // The answer to a modal.
                            item.phase = Phase::Asked;
                            self.listed = false;
                        }
                        if let Step::Submitted(output) = &step {
                            if output.submitted.len() > 1 {
                                self.split(at, &output.submitted, now);
                            }
                        }
                        return step;
                    }
                }
            }
            let Some(target) = ended else {
                match self.send(now) {
                    Some(step) => return step,
                    None => continue,
                }
            };
            if self.of_target(target).all(|item| item.phase == Phase::Settled) {
                let result = self.result_of(target);
                self.results[target] = Some(result.clone());
                let outcome = outcome(result.map(|output| output.view));
                return Step::Settled { outcome, index: target as f64 };
            }
        }
    }

    fn answer(&mut self, now: f64, answer: &Answer) {
        if matches!(answer, Answer::Said(_)) {
            if let Some(item) = self.items.get_mut(self.asking) {
                item.poll.answer(now, answer);
            }
            return;
        }
        self.busy = true;
        let verdict = std::mem::take(&mut self.listed).then(|| verdict::of_list(answer, now));
        if let Some(error) = verdict.as_ref().and_then(Verdict::no_list) {
            self.alone = true;
            self.news = Some(fallback(&error.message));
        }
        for item in self.items.iter_mut().filter(|item| item.phase == Phase::Asked) {
            if self.news.is_some() {
                item.phase = Phase::Due;
            } else if let Some(Verdict::List(rows, asked_ms)) = &verdict {
                match rows.get(item.poll.task_id()) {
                    Some(row) => {
                        let task = Verdict::Task(row.clone(), *asked_ms);
                        item.have(|poll| poll.deliver(task, now));
                    }
                    // One request, and no more.
                    None if self.once => {
                        let missing = Verdict::NotFound(verdict::left_out(item.poll.task_id()));
                        item.have(|poll| poll.deliver(missing, now));
                    }
                    None => item.phase = Phase::Missing,
                }
            } else {
                item.have(|poll| poll.answer_alone(now, answer));
            }
        }
    }

    fn known(&self, _now: f64) -> Record {
        let mut known = Record::new();
        known.set("taskIds", Json::texts(self.items.iter().map(|item| item.poll.task_id())));
        known
    }
}
