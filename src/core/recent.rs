/// The tasks that were submitted a moment ago. Such a task can be unknown to the gateway for some seconds, where
/// any other unknown task is an error at once.
#[derive(Debug, Default)]
pub struct Recent {
    tasks: Vec<(String, u64)>,
}

impl Recent {
    /// An empty memory.
    #[must_use]
    pub const fn new() -> Self {
        Self { tasks: Vec::new() }
    }

    /// Remembers a submit; of very many only the newest.
    pub fn add(&mut self, task_id: &str, now: u64) {
        const MOST: usize = 256;
        self.tasks.retain(|(id, _)| id != task_id);
        if self.tasks.len() == MOST {
            self.tasks.remove(0);
        }
        self.tasks.push((task_id.into(), now));
    }

    /// When the task was submitted, if that is remembered.
    #[must_use]
    pub fn submitted_at(&self, task_id: &str) -> Option<u64> {
        self.tasks.iter().find(|(id, _)| id == task_id).map(|(_, at)| *at)
    }
}
