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

    /// Remembers a submit. What is too old to matter is forgotten, once there is much.
    pub fn add(&mut self, task_id: String, now: f64) {
        const MANY: usize = 256;
        if self.tasks.len() >= MANY {
            self.tasks.clear();
        }
        self.tasks.push((task_id, now));
    }

    /// When the task was submitted; NaN where that is not remembered.
    #[must_use]
    pub fn submitted_at(&self, task_id: &str) -> f64 {
        self.tasks.iter().rev().find(|(id, _)| id == task_id).map_or(f64::NAN, |(_, at)| *at)
    }
}
