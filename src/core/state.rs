use super::{params, Code, Error};
use crate::api::{Json, Record};

const VERSION: f64 = 1.0;

/// What a wait can be gone on with: after an error, a reload, in another worker. Plain JSON of some 100 bytes, with
/// no key, no address and no header in it.
#[derive(Clone, Debug, PartialEq)]
pub struct PollState {
    /// The task.
    pub task_id: String,
    /// When it was submitted, Unix ms, where that is known.
    pub submitted_at: Option<f64>,
    /// How often it was asked for.
    pub polls: f64,
    /// The wait before the next poll, ms, without jitter.
    pub delay_ms: f64,
}

impl PollState {
    /// The state of a wait that has not begun.
    #[must_use]
    pub const fn new(task_id: String, submitted_at: Option<f64>) -> Self {
        Self { task_id, submitted_at, polls: 0.0, delay_ms: 0.0 }
    }

    /// As it is saved.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let mut record = Record::new();
        record.set("v", VERSION);
        record.set("taskId", self.task_id.as_str());
        record.set_some("submittedAt", self.submitted_at);
        record.set("polls", self.polls);
        record.set("delayMs", self.delay_ms);
        record.into()
    }

    /// Reads a saved state.
    ///
    /// # Errors
    /// `State`, without a word of what was found: it may be anything.
    pub fn read(value: &Json) -> Result<Self, Error> {
        let task_id = params::task_id(value.get("taskId"), "").ok();
        let submitted_at = value.count("submittedAt");
        match (value.count("v"), task_id, value.count("polls"), value.count("delayMs")) {
            (Some(v), Some(task_id), Some(polls), Some(delay_ms))
                if v == VERSION && submitted_at.is_some() == value.has("submittedAt") =>
            {
                Ok(Self { task_id, submitted_at, polls, delay_ms })
            }
            _ => Err(Error::new(
                Code::State,
                &["This is no saved state of a wait, or one of another version. Wait with the task's id instead: \
                   pollUntilDone(taskId)."],
            )),
        }
    }
}
