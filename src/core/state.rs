use super::{params, Code, Error};
use crate::api::Json;
use serde::Serialize;

/// What a wait can be gone on with: after an error, a reload, in another worker. Plain JSON of some 100 bytes, with
/// no key, no address and no header in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PollState {
    /// The version of this form.
    v: u64,
    /// The task.
    pub task_id: String,
    /// When it was submitted, Unix ms, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<u64>,
    /// How often it was asked for.
    pub polls: u64,
    /// The wait before the next poll, ms, without jitter.
    pub delay_ms: u64,
}

impl PollState {
    const VERSION: u64 = 1;

    /// The state of a wait that has not begun.
    #[must_use]
    pub fn new(task_id: String, submitted_at: Option<u64>) -> Self {
        Self {
            v: Self::VERSION,
            task_id,
            submitted_at,
            polls: 0,
            delay_ms: 0,
        }
    }

    /// Reads a saved state.
    ///
    /// # Errors
    /// `State`, without a word of what was found: it may be anything.
    pub fn read(value: &Json) -> Result<Self, Error> {
        let state = || {
            Some(Self {
                v: value.count("v").filter(|v| *v == Self::VERSION)?,
                task_id: params::task_id(value.get("taskId").as_ref(), "taskId").ok()?,
                submitted_at: match value.get("submittedAt") {
                    Some(_) => Some(value.count("submittedAt")?),
                    None => None,
                },
                polls: value.count("polls")?,
                delay_ms: value.count("delayMs")?,
            })
        };
        state().ok_or_else(|| {
            Error::new(
                Code::State,
                &[
                    "This is no saved state of a wait, or one of another version. Wait with the task's id instead: \
                   pollUntilDone(taskId).",
                ],
            )
        })
    }
}
