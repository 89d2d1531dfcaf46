use super::config::number;
use super::verdict::{self, Verdict};
use super::{outcome, Answer, Code, Config, Error, Machine, Output, Poll, Recent, Request, Response, Step, Target};
use crate::api::{Json, Record};

/// Ids in one request; so many tasks cost what one does.
const CHUNK: f64 = 100.0;
/// What is due within this part of its own wait goes along with what is due now: the jitter is as large.
const EARLY: f64 = 0.1;

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
    news: Option<Record>,
}

struct Item {
    poll: Poll,
    phase: Phase,
    /// When it has something to do; the gathering may begin a little before.
    wake: f64,
    early: f64,
    /// How long its request may take, ms.
    timeout_ms: f64,
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
        if let Some(error) = wrong {
            return Err(error);
        }
        let mut items = Vec::new();
        for at in 0..targets.items() {
            let target = Target::read(&targets.item(at), recent, now)?;
            let poll = Poll::new(config.clone(), target, options, now)?;
            let outcome = Json::null();
            items.push(Item { poll, phase: Phase::Waits, wake: now, early: now, timeout_ms: 0.0, outcome });
        }
        Ok(Self { config, items, chunk, alone: false, listed: false, asking: 0, random: f64::NAN, news: None })
    }

    fn send(&mut self) -> Step {
        let is_alone = |item: &&mut Item| item.phase == Phase::Missing || self.alone && item.phase == Phase::Due;
        let single = self.items.iter_mut().find(is_alone);
        self.listed = single.is_none();
        let mut request = Request::default();
        if let Some(item) = single {
            item.phase = Phase::Asked;
            request = Request::fetch(&self.config, item.poll.task_id());
            request.timeout_ms = item.timeout_ms;
        } else {
            let mut ids = Vec::new();
            for item in &mut self.items {
                if item.phase == Phase::Due && (ids.len() as f64) < self.chunk {
                    item.phase = Phase::Asked;
                    request.timeout_ms = item.timeout_ms;
                    ids.push(Json::from(item.poll.task_id()));
                }
            }
            if ids.is_empty() {
                // A wait that has begun anew: on to the next look at the clock.
                return Step::Wait { ms: 0.0, again: false };
            }
            request = Request::list(&self.config, Json::list(ids.into_iter()), request.timeout_ms);
        }
        Step::Send(request)
    }
}

impl Machine for PollAll {
    fn step(&mut self, now: f64, random: f64) -> Step {
        if let Some(event) = self.news.take() {
            return Step::Tell(event);
        }
        let mut wake = f64::INFINITY;
        for item in &self.items {
            match item.phase {
                Phase::Asked => return Step::Idle,
                Phase::Settled => {}
                _ => wake = wake.min(item.wake),
            }
        }
        if wake > now || self.random.is_nan() {
            self.random = random;
        }
        if wake.is_infinite() {
            return Step::Done(Ok(Output::of(Json::list(self.items.iter().map(|item| item.outcome.clone())))));
        }
        if wake > now {
            return Step::Wait { ms: wake - now, again: false };
        }
        for (at, item) in self.items.iter_mut().enumerate() {
            if item.phase != Phase::Waits || item.early > now {
                continue;
            }
            match item.poll.step(now, self.random) {
                Step::Send(request) if request.body.is_empty() => {
                    item.phase = Phase::Due;
                    item.timeout_ms = request.timeout_ms;
                }
                Step::Wait { ms, .. } => {
                    item.wake = now + ms;
                    item.early = item.wake - ms * EARLY;
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
        self.send()
    }

    fn answer(&mut self, now: f64, answer: &Answer) {
        if matches!(answer, Answer::Said(_)) {
            return self.items[self.asking].poll.answer(now, answer);
        }
        let verdict = if self.listed { Some(verdict::of_list(answer, now)) } else { None };
        if let Some(Verdict::Ended(error)) = &verdict {
            if error.code != Code::Authentication {
                self.alone = true;
                let mut event = Record::new();
                event.set("type", "fallback");
                event.set("reason", error.message.as_str());
                self.news = Some(event);
            }
        }
        for item in self.items.iter_mut().filter(|item| item.phase == Phase::Asked) {
            item.phase = Phase::Waits;
            if self.news.is_some() {
                item.phase = Phase::Due;
            } else if let (Some(Verdict::List(tasks)), Answer::Response(response)) = (&verdict, answer) {
                let found =
                    (0..tasks.items()).map(|at| tasks.item(at)).find(|task| task.id("id") == item.poll.task_id());
                match found {
                    Some(task) => {
                        let (headers, request_id) = (response.headers.clone(), String::new());
                        let own = Response { status: 200, body: task.stringify(), headers, request_id };
                        item.poll.answer(now, &Answer::Response(own));
                    }
                    None => item.phase = Phase::Missing,
                }
            } else {
                item.poll.answer(now, answer);
            }
        }
    }
}
