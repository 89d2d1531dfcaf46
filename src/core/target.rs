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
    pub fn read(target: &Json, recent: &Recent, now: f64) -> Result<Self, Error> {
        let is_object = target.is_object();
        if is_object && target.has("v") {
            return Ok(Self { state: PollState::read(target)?, resumed: true });
        }
        let is_submit = is_object && target.has("kind");
        let id = match (is_object, is_submit) {
            (false, _) => target.clone(),
            (_, true) => target.at("taskId"),
            _ => target.at("id"),
        };
        let id = params::task_id(&id, "The id of the task to wait for")?;
        let (mut submitted_at, modal_at) = recent.times(&id);
        // The result of a submit that this client has not made (a server's, say) is taken for a fresh one.
        if is_submit && submitted_at.is_nan() {
            submitted_at = now;
        }
        Ok(Self { state: PollState { modal_at: modal_at.floor(), ..PollState::new(id, submitted_at) }, resumed: false })
    }
}
