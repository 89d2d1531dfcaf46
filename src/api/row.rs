use super::{Json, Status, Task};

/// A task as a list tells of it. A gateway can hold several rows under one id: after a modal was answered, the row of the
/// action, which reads `MODAL` until the job has ended, and the row of the answer, which goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The row that is the furthest.
    pub task: Task,
    /// Whether one of the rows reads `MODAL`.
    pub has_modal: bool,
}

impl Row {
    /// Of a task that came by itself.
    #[must_use]
    pub fn single(task: Task) -> Self {
        let has_modal = task.status == Status::Modal;
        Self { task, has_modal }
    }

    fn take(&mut self, other: Self) {
        self.has_modal |= other.has_modal;
        let rank = |task: &Task| (f64::from(task.status.rank()), task.percent.max(0.0));
        // Of two that are as far, the later one.
        if rank(&other.task) >= rank(&self.task) {
            self.task = other.task;
        }
    }
}

/// The tasks of an answer's list, each once, in the order in which they first come.
#[must_use]
pub fn rows(list: &Json) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    // Places in `rows`, sorted by id.
    let mut places: Vec<usize> = Vec::new();
    for row in list.each().filter_map(|task| Task::read(&task, "")).map(Row::single) {
        let found = places.binary_search_by(|at| match rows.get(*at) {
            Some(known) => known.task.id.cmp(&row.task.id),
            None => std::cmp::Ordering::Less,
        });
        match found {
            // Without an id nobody can say that it is the same one.
            Ok(_) if row.task.id.is_empty() => rows.push(row),
            Ok(place) => {
                if let Some(known) = places.get(place).and_then(|at| rows.get_mut(*at)) {
                    known.take(row);
                }
            }
            Err(place) => {
                places.insert(place, rows.len());
                rows.push(row);
            }
        }
    }
    rows
}
