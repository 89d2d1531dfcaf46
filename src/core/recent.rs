use super::Output;

/// So long after its submit a task may be unknown: the gateway looks at its upstream every 15 s.
pub(super) const FRESH_MS: f64 = 15_000.0;
/// So long after its modal was answered a task may still read MODAL.
pub(super) const STALE_MODAL_MS: f64 = 60_000.0;

/// What was submitted a moment ago. Such a task can be unknown to the gateway for some seconds, where any other unknown
/// task is an error at once; and one whose modal was answered can go on to ask for it.
#[derive(Debug, Default)]
pub struct Recent {
    submits: Vec<Submit>,
}

#[derive(Debug)]
struct Submit {
    task_id: String,
    /// The task whose modal it answered, mostly the same; empty for other submits.
    modal: String,
    at: f64,
}

impl Recent {
    /// An empty memory.
    #[must_use]
    pub const fn new() -> Self {
        Self { submits: Vec::new() }
    }

    /// Remembers a submit, and forgets those that mean nothing any more.
    pub fn add(&mut self, output: &Output, now: f64) {
        self.submits.retain(|submit| now - submit.at < STALE_MODAL_MS);
        self.submits.push(Submit { task_id: output.submitted.clone(), modal: output.modal.clone(), at: now });
    }

    /// When the task was submitted, and when its modal was answered; NaN for what is not remembered.
    #[must_use]
    pub fn times(&self, task_id: &str) -> (f64, f64) {
        let mut times = (f64::NAN, f64::NAN);
        for submit in &self.submits {
            let is_its = submit.task_id == task_id;
            if is_its {
                times.0 = submit.at;
            }
            if submit.modal == task_id || is_its && !submit.modal.is_empty() {
                times.1 = submit.at;
            }
        }
        times
    }
}
