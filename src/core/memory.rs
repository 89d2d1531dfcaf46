//! What this process knows of tasks, whichever client or wait has learned it.

use super::http::origin_of;
use crate::text::join;
use std::cell::RefCell;
use std::rc::Rc;

/// What is known of a task. That something is known means that the API has, or had, such a task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// When it was submitted, whole Unix ms; NaN where that is not known.
    pub submitted_at: f64,
    /// When its modal was answered, or may have been, whole Unix ms; NaN where no answer is out. As long as it is here, `MODAL`
    /// of the task is stale.
    pub modal_at: f64,
}

const NOTHING: Known = Known { submitted_at: f64::NAN, modal_at: f64::NAN };

/// Where it is kept.
pub trait MemoryStore {
    /// What is kept under a key.
    fn get(&self, key: &str) -> Option<Known>;
    /// Keeps it. At most [`MOST_REMEMBERED`] are kept; the oldest goes.
    fn set(&self, key: &str, known: Known);
}

/// The most tasks that are remembered.
pub const MOST_REMEMBERED: usize = 10_000;

/// The memory of a process. Every clone is the same one.
#[derive(Clone)]
pub struct Memory(Rc<dyn MemoryStore>);

impl Memory {
    /// One that is kept elsewhere.
    #[must_use]
    pub fn of(store: impl MemoryStore + 'static) -> Self {
        Self(Rc::new(store))
    }

    /// An empty one of its own.
    #[must_use]
    pub fn new() -> Self {
        Self::of(List::default())
    }

    /// What it knows of the tasks of the API at an address.
    #[must_use]
    pub fn of_api(&self, base_url: &str) -> ApiMemory {
        ApiMemory { store: self.0.clone(), address: name_of(base_url).into() }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

/// What a process knows of the tasks of one API. Every clone is the same one.
///
/// It is looked at whenever something is decided, not only where a call begins: another client can answer a modal in the
/// middle of a wait.
#[derive(Clone)]
pub struct ApiMemory {
    store: Rc<dyn MemoryStore>,
    address: Rc<str>,
}

impl ApiMemory {
    /// What is known of a task.
    #[must_use]
    pub fn get(&self, task_id: &str) -> Option<Known> {
        self.store.get(&self.key(task_id))
    }

    /// When its modal was answered, or may have been; NaN where no answer is out.
    #[must_use]
    pub fn modal_at(&self, task_id: &str) -> f64 {
        self.get(task_id).unwrap_or(NOTHING).modal_at
    }

    /// The API has such a task.
    pub fn saw(&self, task_id: &str) {
        self.update(task_id, |_| {});
    }

    /// A submit made the task. One that was there before is made anew, and so its modal is a new one, too.
    pub fn submitted(&self, task_id: &str, now: f64) {
        self.update(task_id, |known| *known = Known { submitted_at: now.floor(), ..NOTHING });
    }

    /// The answer to its modal goes out, or turned out to be refused (NaN), or another status was seen since (NaN).
    pub fn set_modal_at(&self, task_id: &str, modal_at: f64) {
        self.update(task_id, |known| known.modal_at = modal_at.floor());
    }

    fn update(&self, task_id: &str, change: impl FnOnce(&mut Known)) {
        let key = self.key(task_id);
        let before = self.store.get(&key);
        let mut known = before.unwrap_or(NOTHING);
        change(&mut known);
        let same = |a: f64, b: f64| a == b || a.is_nan() && b.is_nan();
        match before {
            Some(before) if same(before.submitted_at, known.submitted_at) && same(before.modal_at, known.modal_at) => {}
            _ => self.store.set(&key, known),
        }
    }

    fn key(&self, task_id: &str) -> String {
        join(&[&self.address, " ", task_id])
    }
}

/// An address has one name here: host in lower case, without the port that goes without saying.
fn name_of(base_url: &str) -> String {
    // Of a page's own path there is none.
    let (origin, path) = base_url.split_at(origin_of(base_url).len());
    let origin = origin.to_ascii_lowercase();
    let usual = if origin.starts_with("https") { ":443" } else { ":80" };
    let mut path = path;
    while let Some(shorter) = path.strip_suffix("/.") {
        path = shorter;
    }
    join(&[origin.strip_suffix(usual).unwrap_or(&origin), path])
}

/// The oldest first.
#[derive(Default)]
struct List(RefCell<Vec<(String, Known)>>);

impl MemoryStore for List {
    fn get(&self, key: &str) -> Option<Known> {
        self.0.borrow().iter().find(|(known, _)| known == key).map(|(_, known)| *known)
    }

    fn set(&self, key: &str, known: Known) {
        let mut list = self.0.borrow_mut();
        match list.iter_mut().find(|(other, _)| other == key) {
            Some((_, before)) => *before = known,
            None => list.push((key.into(), known)),
        }
        if list.len() > MOST_REMEMBERED {
            list.remove(0);
        }
    }
}
