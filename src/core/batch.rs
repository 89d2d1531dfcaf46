use super::config::number;
use super::verdict::{self, Verdict};
use super::{outcome, Answer, Code, Config, Error, Machine, Output, Poll, Recent, Request, Response, Step, Target};
use crate::api::{Json, Record};

/// Ids in one request; so many tasks cost what one does.
const CHUNK: f64 = 100.0;

/// Waits for many tasks, each a [`Poll`] with its own deadline, faults and end, but asks for all that are due with one
/// `POST /mj/task/list-by-condition`. A task that its answer leaves out is asked for by itself; where the route is
/// refused, every task is, one after the other.
///
/// ```text
///  new ─► Wait ─► Send(list) ─► answer ─► each Poll: Report, Settled ─► Wait …  ─► Done, once all have settled
///                     │  ▲
///                     ▼  └─ Send(fetch), for those that it left out
///                  Tell, where it is refused: from then on Send(fetch) alone
/// ```
pub struct PollAll {
    config: Config,
    items: Vec<Item>,
    chunk: f64,
    /// The list route is refused.
    alone: bool,
    /// What is asked for is a list.
    listed: bool,
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
    phase: Phase,
    /// When it has something to do.
    wake: f64,
    /// From when on it may go along with another: what is asked for in one request costs nothing more.
    early: f64,
    /// It waits since something failed.
    again: bool,
    /// `{ value }` or `{ error }`
    outcome: Json,
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
    pub fn new(config: Config, targets: &Json, options: &Json, recent: &Recent, now: f64) -> Result<Self, Error> {
        let mut wrong = None;
        let chunk = number(options, "chunkSize", 1.0, CHUNK, &mut wrong);
        if targets.items() == 0 && targets.stringify() != "[]" {
            wrong = Some(Error::invalid(&["targets must be a list."]));
        }
        if let Some(error) = wrong {
            return Err(error);
        }
        let mut items = Vec::new();
        for target in targets.each() {
            let target = Target::read(&target, recent, now)?;
            let poll = Poll::new(config.clone(), target, options, now)?;
            let outcome = Json::null();
            items.push(Item { poll, phase: Phase::Waits, wake: now, early: now, again: false, outcome });
        }
        let (random, until) = (f64::NAN, f64::NEG_INFINITY);
        let (alone, listed, busy, over) = (false, false, false, false);
        Ok(Self { config, items, chunk, alone, listed, asking: 0, random, until, busy, news: None, over })
    }

    /// Asks for what is due: with a list, where that is worth it. None where nothing is.
    fn send(&mut self, now: f64) -> Option<Step> {
        let is_alone = |item: &&mut Item| item.phase == Phase::Missing || self.alone && item.phase == Phase::Due;
        let single = self.items.iter_mut().find(is_alone);
        self.listed = single.is_none();
        let mut request;
        if let Some(item) = single {
            request = Request::fetch(&self.config, item.poll.task_id());
            item.ask(&mut request, now);
        } else {
            let mut ids = Vec::new();
            request = Request::list(&self.config);
            for item in self.items.iter_mut().filter(|item| item.phase == Phase::Due).take(self.chunk as usize) {
                item.ask(&mut request, now);
                ids.push(Json::from(item.poll.task_id()));
            }
            if ids.is_empty() {
                return None;
            }
            request.body = Request::ids(Json::list(ids.into_iter()));
        }
        Some(Step::Send(request))
    }
}

impl Item {
    fn ask(&mut self, request: &mut Request, now: f64) {
        self.phase = Phase::Asked;
        request.timeout_ms = request.timeout_ms.min(self.poll.left_to_ask(now));
    }

    fn have(&mut self, now: f64, answer: &Answer) {
        self.phase = Phase::Waits;
        self.wake = f64::NEG_INFINITY;
        self.early = self.wake;
        self.poll.answer(now, answer);
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
                        item.have(now, &Answer::TimedOut);
                    }
                    _ => {}
                }
                wake = wake.min(item.wake);
                again |= item.again;
            }
            if wake.is_infinite() && wake > 0.0 {
                self.over = true;
                return Step::Done(Ok(Output::of(Json::list(self.items.iter().map(|item| item.outcome.clone())))));
            }
            if wake > time {
                self.random = random;
                self.until = wake;
                self.busy = false;
                return Step::Wait { ms: wake - time, again };
            }
            for (at, item) in self.items.iter_mut().enumerate() {
                if item.phase != Phase::Waits || item.early > time {
                    continue;
                }
                if self.busy {
                    item.poll.expire(now);
                }
                match item.poll.step(now, self.random) {
                    Step::Send(request) if request.body.is_empty() => item.phase = Phase::Due,
                    Step::Wait { ms, again } => {
                        item.wake = time + ms;
                        item.early = time + if again { ms } else { ms.min(item.poll.pace()) };
                        item.again = again;
                    }
                    Step::Done(result) => {
                        item.phase = Phase::Settled;
                        item.outcome = outcome(result.map(|output| output.view));
                        return Step::Settled { outcome: item.outcome.clone(), index: at as f64 };
                    }
                    step => {
                        self.asking = at;
                        if matches!(step, Step::Send(_)) {
                            // The answer to a modal.
                            item.phase = Phase::Asked;
                            self.listed = false;
                        }
                        return step;
                    }
                }
            }
            if let Some(step) = self.send(now) {
                return step;
            }
        }
    }

    fn answer(&mut self, now: f64, answer: &Answer) {
        if matches!(answer, Answer::Said(_)) {
            return self.items[self.asking].poll.answer(now, answer);
        }
        self.busy = true;
        let verdict = std::mem::take(&mut self.listed).then(|| verdict::of_list(answer, now));
        if let Some(Verdict::Ended(error)) = &verdict {
            if !matches!(error.code, Code::Authentication | Code::InvalidArgument) {
                self.alone = true;
                let mut event = Record::new();
                event.set("type", "fallback");
                event.set("reason", error.message.as_str());
                self.news = Some(event);
            }
        }
        for item in self.items.iter_mut().filter(|item| item.phase == Phase::Asked) {
            if self.news.is_some() {
                item.phase = Phase::Due;
            } else if let (Some(Verdict::List(tasks)), Answer::Response(response)) = (&verdict, answer) {
                match tasks.each().find(|task| task.id("id") == item.poll.task_id()) {
                    Some(task) => {
                        let (headers, request_id) = (response.headers.clone(), String::new());
                        let own = Response { status: 200, body: task.stringify(), headers, request_id };
                        item.have(now, &Answer::Response(own));
                    }
                    None => item.phase = Phase::Missing,
                }
            } else {
                item.have(now, answer);
            }
        }
    }
}
