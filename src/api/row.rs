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

/// The tasks of an answer's list, each once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// In the order in which they first come.
    rows: Vec<Row>,
    /// Places in `rows`, sorted by id.
    places: Vec<usize>,
}

impl Rows {
    /// Reads a list of tasks.
    #[must_use]
    pub fn read(list: &Json) -> Self {
        let mut rows = Self::default();
        list.each().filter_map(|task| Task::read(task, "")).for_each(|task| rows.add(Row::single(task)));
        rows
    }

    /// The task of this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Row> {
        self.find(id).ok().and_then(|place| self.rows.get(self.places[place]))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    fn add(&mut self, row: Row) {
        match self.find(&row.task.id) {
            // Without an id nobody can say that it is the same one.
            Ok(_) if row.task.id.is_empty() => self.rows.push(row),
            Ok(place) => self.rows[self.places[place]].take(row),
            Err(place) => {
                self.places.insert(place, self.rows.len());
                self.rows.push(row);
            }
        }
    }

    /// Its place in `places`, or where that would be.
    fn find(&self, id: &str) -> Result<usize, usize> {
        self.places.binary_search_by(|at| (*self.rows[*at].task.id).cmp(id))
    }
}
