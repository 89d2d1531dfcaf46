use super::{params, Code, Error};
use crate::api::{Json, Record};

const VERSION: u64 = 1;

/// What a wait can be gone on with: after an error, a reload, in another worker. Plain JSON of some 100 bytes, with
/// no key, no address and no header in it.
#[derive(Clone, Debug, PartialEq)]
pub struct PollState {
    /// The task.
    pub task_id: String,
    /// When it was submitted, Unix ms, where that is known.
    pub submitted_at: Option<u64>,
    /// How often it was asked for.
    pub polls: u64,
    /// The wait before the next poll, ms, without jitter.
    pub delay_ms: u64,
}

impl PollState {
    /// The state of a wait that has not begun.
    #[must_use]
    pub const fn new(task_id: String, submitted_at: Option<u64>) -> Self {
        Self { task_id, submitted_at, polls: 0, delay_ms: 0 }
    }

    /// As it is saved.
    #[must_use]
    pub fn to_record(&self) -> Record {
        let mut record = Record::new();
        record.set_count("v", VERSION);
        record.set_text("taskId", self.task_id.as_str());
        if let Some(at) = self.submitted_at {
            record.set_count("submittedAt", at);
        }
        record.set_count("polls", self.polls);
        record.set_count("delayMs", self.delay_ms);
        record
    }

    /// Reads a saved state.
    ///
    /// # Errors
    /// `State`, without a word of what was found: it may be anything.
    pub fn read(value: &Json) -> Result<Self, Error> {
        Self::read_members(value).ok_or_else(|| {
            Error::new(
                Code::State,
                &["This is no saved state of a wait, or one of another version. Wait with the task's id instead: \
                   pollUntilDone(taskId)."],
            )
        })
    }

    fn read_members(value: &Json) -> Option<Self> {
        let submitted_at = value.count("submittedAt");
        let is_one = value.count("v") == Some(VERSION) && submitted_at.is_some() == value.has("submittedAt");
        Some(Self {
            task_id: params::task_id(value.get("taskId").as_ref(), "").ok().filter(|_| is_one)?,
            submitted_at,
            polls: value.count("polls")?,
            delay_ms: value.count("delayMs")?,
        })
    }
}
