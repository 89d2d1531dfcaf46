use super::{Code, Error, Pace};
use crate::api::{is_id, split_ids, Json, Record};

const VERSION: f64 = 1.0;

/// What a wait for one task can be gone on with. Several of them, of one submit, are one [`PollState`] in JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct PollState {
    /// The task.
    pub task_id: String,
    /// When it was submitted, Unix ms; NaN where that is not known.
    pub submitted_at: f64,
    /// The API has shown the task: should it say that there is none, that passes.
    pub seen: bool,
    /// When a modal of it was answered, or may have been, Unix ms: as long as no other status was seen, it can still read
    /// MODAL. NaN where none was.
    pub modal_at: f64,
    /// The API refuses to list tasks.
    pub no_list: bool,
    /// How often it was asked for.
    pub polls: f64,
    /// The wait before the next poll, ms, without jitter.
    pub delay_ms: f64,
    /// How it gets on: what the waits after that follow from.
    pub pace: Pace,
}

impl PollState {
    /// The state of a wait that has not begun.
    #[must_use]
    pub fn new(task_id: String, submitted_at: f64) -> Self {
        // A caller's clock may count parts of a ms; a state is of whole ones.
        let submitted_at = submitted_at.floor();
        let (modal_at, pace) = (f64::NAN, Pace::NEW);
        Self { task_id, submitted_at, seen: false, modal_at, no_list: false, polls: 0.0, delay_ms: 0.0, pace }
    }

    /// As it is saved: after an error, a reload, in another worker. Plain JSON of some 100 bytes, with no key, no address
    /// and no header in it.
    #[must_use]
    pub fn to_json(&self) -> Json {
        Self::all_to_json(std::slice::from_ref(self))
    }

    /// The states of a submit's tasks as one. The first one's is the state's own; of each of the others no more is kept
    /// than its id, and whether its modal was answered.
    #[must_use]
    pub fn all_to_json(states: &[Self]) -> Json {
        let mut record = Record::new();
        let Some(first) = states.first() else { return record.into() };
        let ids = |states: &mut dyn Iterator<Item = &Self>| Json::texts(states.map(|state| state.task_id.as_str()));
        let is_one = states.len() == 1;
        record.set("v", VERSION);
        record.set("taskId", first.task_id.as_str());
        if !is_one {
            record.set("taskIds", ids(&mut states.iter()));
        }
        record.set_number("submittedAt", first.submitted_at);
        record.set_flag("seen", states.iter().all(|state| state.seen));
        let modal_at = states.iter().map(|state| state.modal_at).fold(f64::NAN, f64::max);
        record.set_number("modalAt", modal_at);
        if !is_one && !modal_at.is_nan() {
            record.set("modalOf", ids(&mut states.iter().filter(|state| !state.modal_at.is_nan())));
        }
        record.set_flag("noList", states.iter().any(|state| state.no_list));
        record.set("polls", states.iter().map(|state| state.polls).fold(0.0, f64::max));
        record.set("delayMs", first.delay_ms);
        first.pace.save(&mut record);
        record.into()
    }

    /// Reads a saved state: one for each task of the submit.
    ///
    /// # Errors
    /// `State`, without a word of what was found: it may be anything.
    pub fn read(value: &Json) -> Result<Vec<Self>, Error> {
        let first = Self {
            // 0.1.0 saved several ids as one.
            task_id: value.text("taskId").into(),
            submitted_at: value.count("submittedAt"),
            seen: value.at("seen").is_true(),
            modal_at: value.count("modalAt"),
            no_list: value.at("noList").is_true(),
            polls: value.count("polls"),
            delay_ms: value.count("delayMs"),
            pace: Pace::read(value),
        };
        let ids = match value.has("taskIds") {
            true => value.at("taskIds").each().map(|id| id.as_str().into()).collect(),
            false => split_ids(&first.task_id),
        };
        let is_whole = !(ids.is_empty() || first.polls.is_nan() || first.delay_ms.is_nan());
        let are_ids = ids.iter().all(|id| is_id(id));
        let has_first = !value.has("taskIds") || ids.first() == Some(&first.task_id);
        let has_time = value.has("submittedAt") != first.submitted_at.is_nan();
        if !(is_whole && are_ids && has_first && has_time && value.count("v") == VERSION) {
            return Err(Error::new(
                Code::State,
                &["This is no state of a wait of this version. Wait with the task's id: pollUntilDone(taskId)."],
            ));
        }
        let answered: Vec<&str> = value.at("modalOf").each().map(|id| id.as_str()).collect();
        let state_of = |(at, task_id): (usize, String)| {
            let is_answered = if answered.is_empty() { at == 0 } else { answered.contains(&&*task_id) };
            let modal_at = if is_answered { first.modal_at } else { f64::NAN };
            Self { task_id, modal_at, ..first.clone() }
        };
        Ok(ids.into_iter().enumerate().map(state_of).collect())
    }
}
