use super::{params, ApiMemory, Error, PollState};
use crate::api::Json;

/// What is waited for: a task's id, the result of a submit, a task, or the state of an earlier wait.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What to begin with: one for each task, and several where one submit made several.
    pub(super) states: Vec<PollState>,
    /// Goes on from a saved state: the task has been waited for already.
    pub(super) resumed: bool,
}

impl Target {
    /// Tells the four apart and checks the ids.
    ///
    /// # Errors
    /// `InvalidArgument`, or `State` for a saved state that is none.
    pub fn read(target: &Json, memory: &ApiMemory, now: f64) -> Result<Self, Error> {
        let is_object = target.is_object();
        let mut resumed = false;
        let mut states = if is_object && target.has("v") {
            resumed = true;
            PollState::read(target)?
        } else if is_object && target.has("kind") {
            Self::of_submit(target, now)?
        } else {
            let id = if is_object { target.at("id") } else { target };
            let id = params::task_id(id, "The id of the task to wait for")?;
            // A task was fetched.
            vec![PollState { seen: is_object, ..PollState::new(id, f64::NAN) }]
        };
        for state in &mut states {
            let Some(known) = memory.get(&state.task_id) else { continue };
            // What this process remembers wins over the moment of the wait.
            if known.submitted_at.is_nan() {
                state.seen = true;
            } else if !resumed || state.submitted_at.is_nan() {
                state.submitted_at = known.submitted_at;
            }
            if !known.modal_at.is_nan() {
                state.modal_at = known.modal_at;
            }
        }
        Ok(Self { states, resumed })
    }

    /// A `SubmitResult`. One that this process has not made (a server's, say) is taken for a fresh one.
    fn of_submit(result: &Json, now: f64) -> Result<Vec<PollState>, Error> {
        let several = result.at("taskIds");
        let ids: Vec<&Json> = if several.items() > 0 { several.each().collect() } else { vec![result.at("taskId")] };
        let state = |id: &Json| Ok(PollState::new(params::task_id(id, "The id of the task to wait for")?, now));
        ids.into_iter().map(state).collect()
    }
}
