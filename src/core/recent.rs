use super::Output;

/// So long after its submit a task may be unknown: the gateway looks at its upstream every 15 s.
pub(super) const FRESH_MS: f64 = 15_000.0;
/// So long after its modal was answered a task may still read MODAL.
pub(super) const STALE_MODAL_MS: f64 = 60_000.0;

/// What was submitted a moment ago. Such a task can be unknown to the gateway for some seconds, where any other unknown
/// task is an error at once; and one whose modal was answered can go on to ask for it.
#[derive(Debug, Default)]
pub struct Recent {
    submits: Vec<(Output, f64)>,
}

impl Recent {
    /// An empty memory.
    #[must_use]
    pub const fn new() -> Self {
        Self { submits: Vec::new() }
    }

    /// Remembers a submit, and forgets those that mean nothing any more.
    pub fn add(&mut self, output: Output, now: f64) {
        self.submits.retain(|(_, at)| now - at < STALE_MODAL_MS);
        self.submits.push((output, now));
    }

    /// When the task was submitted; NaN where that is not remembered.
    #[must_use]
    pub fn submitted_at(&self, task_id: &str) -> f64 {
        self.last(|output| output.submitted == task_id)
    }

    /// When the task's modal was answered; NaN where that is not remembered.
    #[must_use]
    pub fn modal_at(&self, task_id: &str) -> f64 {
        // The answer's task is mostly the same.
        self.last(|output| output.modal == task_id || !output.modal.is_empty() && output.submitted == task_id)
    }

    fn last(&self, is_meant: impl Fn(&Output) -> bool) -> f64 {
        self.submits.iter().rev().find(|(output, _)| is_meant(output)).map_or(f64::NAN, |(_, at)| *at)
    }
}
