use super::verdict::{self, Verdict};
use super::{Answer, Code, Config, Error, Machine, Output, Poll, Recent, Request, Response, Step, Target};
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
    /// Whose answer is due.
    asked: Vec<usize>,
    /// Whose caller is asked.
    asking: usize,
    /// One for all: tasks of one age stay together.
    random: f64,
    news: Option<Record>,
}

struct Item {
    poll: Poll,
    /// When it has something to do; the gathering may begin a little before.
    wake: f64,
    early: f64,
    /// What it wants sent.
    request: Option<Request>,
    /// The last list left it out.
    missing: bool,
    outcome: Option<Json>,
}

impl PollAll {
    /// Waits for `targets` with `PollAllOptions`.
    ///
    /// # Errors
    /// `InvalidArgument` or `State`, with the remedy: of the first target that is none.
    pub fn new(config: Config, targets: &Json, options: &Json, recent: &Recent, now: f64) -> Result<Self, Error> {
        let mut items = Vec::new();
        for at in 0..targets.items() {
            let target = Target::read(&targets.item(at), recent, now)?;
            let poll = Poll::new(config.clone(), target, options, now)?;
            items.push(Item { poll, wake: now, early: now, request: None, missing: false, outcome: None });
        }
        let mut wrong = None;
        let chunk = super::config::number(options, "chunkSize", 1.0, CHUNK, &mut wrong);
        wrong.map_or(Ok(()), Err)?;
        Ok(Self { config, items, chunk, alone: false, asked: Vec::new(), asking: 0, random: f64::NAN, news: None })
    }

    /// Asks for what is due: with a list, where that is worth it.
    fn send(&mut self) -> Option<Step> {
        let single = |item: &Item| item.request.is_some() && (self.alone || item.missing || is_submit(item));
        let due = |item: &Item| item.request.is_some();
        let mut asked: Vec<_> = (0..self.items.len()).filter(|&at| single(&self.items[at])).take(1).collect();
        if asked.is_empty() {
            asked = (0..self.items.len()).filter(|&at| due(&self.items[at])).take(self.chunk as usize).collect();
        }
        let first = self.items.get(*asked.first()?)?;
        let mut request = first.request.clone()?;
        if asked.len() > 1 {
            let ids = Json::list(asked.iter().map(|&at| Json::from(self.items[at].poll.task_id())));
            request = Request::list(&self.config, ids, request.timeout_ms);
        }
        self.asked = asked;
        Some(Step::Send(request))
    }

    fn settle(&mut self, at: usize, result: Result<Output, Error>) -> Step {
        let mut outcome = Record::new();
        match result {
            Ok(output) => outcome.set("value", output.view),
            Err(error) => outcome.set("error", error.into_json()),
        }
        let outcome: Json = outcome.into();
        self.items[at].outcome = Some(outcome.clone());
        Step::Settled { outcome, index: at as f64 }
    }
}

fn is_submit(item: &Item) -> bool {
    item.request.as_ref().is_some_and(|request| !request.body.is_empty())
}

impl Machine for PollAll {
    fn step(&mut self, now: f64, random: f64) -> Step {
        if !self.asked.is_empty() {
            return Step::Idle;
        }
        if self.random.is_nan() {
            self.random = random;
        }
        if let Some(event) = self.news.take() {
            return Step::Tell(event);
        }
        let is_open = |item: &&Item| item.outcome.is_none();
        let wake = self.items.iter().filter(is_open).map(|item| item.wake).fold(f64::INFINITY, f64::min);
        if wake > now {
            self.random = random;
            if wake.is_infinite() {
                let outcomes = self.items.iter().filter_map(|item| item.outcome.clone());
                return Step::Done(Ok(Output::of(Json::list(outcomes))));
            }
            return Step::Wait { ms: wake - now, again: false };
        }
        for at in 0..self.items.len() {
            let item = &mut self.items[at];
            if item.outcome.is_some() || item.request.is_some() || item.early > now {
                continue;
            }
            match item.poll.step(now, self.random) {
                Step::Send(request) => item.request = Some(request),
                Step::Wait { ms, .. } => {
                    item.wake = now + ms;
                    item.early = item.wake - ms * EARLY;
                }
                Step::Done(result) => return self.settle(at, result),
                step => {
                    self.asking = at;
                    return step;
                }
            }
        }
        // Where nothing is due after all, the time has come for another look at the clock.
        self.send().unwrap_or(Step::Wait { ms: 0.0, again: false })
    }

    fn answer(&mut self, now: f64, answer: Answer) {
        if matches!(answer, Answer::Said(_)) {
            return self.items[self.asking].poll.answer(now, answer);
        }
        let asked = std::mem::take(&mut self.asked);
        let is_list = asked.len() > 1;
        let verdict = if is_list { Some(verdict::of_list(answer.clone(), now)) } else { None };
        if let Some(Verdict::Ended(error)) = &verdict {
            if error.code != Code::Authentication {
                self.alone = true;
                let mut event = Record::new();
                event.set("type", "fallback");
                event.set("reason", error.message.as_str());
                self.news = Some(event);
                return;
            }
        }
        for at in asked {
            let item = &mut self.items[at];
            let mut own = answer.clone();
            if let Some(Verdict::List(tasks)) = &verdict {
                let id = item.poll.task_id();
                let found = (0..tasks.items()).map(|at| tasks.item(at)).find(|task| task.id("id") == id);
                item.missing = found.is_none();
                match (found, &mut own) {
                    (Some(task), Answer::Response(Response { body, .. })) => *body = task.stringify(),
                    _ => continue,
                }
            }
            item.missing = false;
            item.request = None;
            item.poll.answer(now, own);
        }
    }
}
