use super::{params, Code, Error};
use crate::api::{Json, Record};

const VERSION: f64 = 1.0;

/// What a wait can be gone on with: after an error, a reload, in another worker. Plain JSON of some 100 bytes, with
/// no key, no address and no header in it.
#[derive(Clone, Debug, PartialEq)]
pub struct PollState {
    /// The task.
    pub task_id: String,
    /// When it was submitted, Unix ms; NaN where that is not known.
    pub submitted_at: f64,
    /// When a modal of it was answered, Unix ms: for a while it can still read MODAL. NaN where none was.
    pub modal_at: f64,
    /// How often it was asked for.
    pub polls: f64,
    /// The wait before the next poll, ms, without jitter.
    pub delay_ms: f64,
}

impl PollState {
    /// The state of a wait that has not begun.
    #[must_use]
    pub fn new(task_id: String, submitted_at: f64) -> Self {
        // A caller's clock may count parts of a ms; a state is of whole ones.
        let submitted_at = submitted_at.floor();
        Self { task_id, submitted_at, modal_at: f64::NAN, polls: 0.0, delay_ms: 0.0 }
    }

    /// As it is saved.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut record = Record::new();
        record.set("v", VERSION);
        record.set("taskId", self.task_id.as_str());
        record.set_number("submittedAt", self.submitted_at);
        record.set_number("modalAt", self.modal_at);
        record.set("polls", self.polls);
        record.set("delayMs", self.delay_ms);
        record.into()
    }

    /// Reads a saved state.
    ///
    /// # Errors
    /// `State`, without a word of what was found: it may be anything.
    pub fn read(value: &Json) -> Result<Self, Error> {
        let state = Self {
            task_id: params::task_id(&value.at("taskId"), "").unwrap_or_default(),
            submitted_at: value.count("submittedAt"),
            modal_at: value.count("modalAt"),
            polls: value.count("polls"),
            delay_ms: value.count("delayMs"),
        };
        let is_whole = !(state.task_id.is_empty() || state.polls.is_nan() || state.delay_ms.is_nan());
        if is_whole && value.count("v") == VERSION && value.has("submittedAt") != state.submitted_at.is_nan() {
            return Ok(state);
        }
        Err(Error::new(
            Code::State,
            &["This is no state of a wait of this version. Wait with the task's id: pollUntilDone(taskId)."],
        ))
    }
}
