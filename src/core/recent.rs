/// So long after its submit a task may be unknown: the gateway looks at its upstream every 15 s.
pub(super) const FRESH_MS: f64 = 15_000.0;

/// The tasks that were submitted a moment ago. Such a task can be unknown to the gateway for some seconds, where
/// any other unknown task is an error at once.
#[derive(Debug, Default)]
pub struct Recent {
    tasks: Vec<(String, f64)>,
}

impl Recent {
    /// An empty memory.
    #[must_use]
    pub const fn new() -> Self {
        Self { tasks: Vec::new() }
    }

    /// Remembers a submit, and forgets those that are no longer fresh.
    pub fn add(&mut self, task_id: String, now: f64) {
        self.tasks.retain(|(_, at)| now - at < FRESH_MS);
        self.tasks.push((task_id, now));
    }

    /// When the task was submitted; NaN where that is not remembered.
    #[must_use]
    pub fn submitted_at(&self, task_id: &str) -> f64 {
        self.tasks.iter().rev().find(|(id, _)| id == task_id).map_or(f64::NAN, |(_, at)| *at)
    }
}
