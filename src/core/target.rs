use super::{params, Error, PollState, Recent};
use crate::api::Json;

/// What is waited for: a task's id, the result of a submit, a task, or the state of an earlier wait.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What to begin with.
    pub(super) state: PollState,
    /// Goes on from a saved state: the task has been waited for already.
    pub(super) resumed: bool,
}

impl Target {
    /// Tells the four apart and checks the id.
    ///
    /// # Errors
    /// `InvalidArgument`, or `State` for a saved state that is none.
    pub fn read(target: &Json, recent: &Recent, now: u64) -> Result<Self, Error> {
        if target.is_object() && target.get("v").is_some() {
            return PollState::read(target).map(|state| Self { state, resumed: true });
        }
        let is_submit = target.is_object() && target.get("kind").is_some();
        let id = match target.is_object() {
            false => params::task_id(Some(target), "The task to wait for")?,
            true if is_submit => params::task_id(target.get("taskId").as_ref(), "taskId")?,
            true => params::task_id(target.get("id").as_ref(), "The task's id")?,
        };
        // The result of a submit that this client has not made (a server's, say) is taken for a fresh one.
        let submitted_at = recent.submitted_at(&id).or(Some(now).filter(|_| is_submit));
        Ok(Self { state: PollState::new(id, submitted_at), resumed: false })
    }
}
