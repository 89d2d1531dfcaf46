//! What a long command says while it works: step k of n, what it does, how long it took.

use anyhow::{Context, Result};
use std::fmt::Display;
use std::io::Write;
use std::time::{Duration, Instant};

/// A known number of steps, counted as they are taken.
pub struct Steps {
    taken: usize,
    total: usize,
}

impl Steps {
    pub fn new(total: usize) -> Self {
        Self { taken: 0, total }
    }

    /// A step that prints nothing of its own: one line, its seconds at the end.
    pub fn quiet<T>(&mut self, what: impl Display, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.taken += 1;
        eprint!("[{}/{}] {what} … ", self.taken, self.total);
        // A lost progress line is not worth stopping for.
        let _ = std::io::stderr().flush();
        let start = Instant::now();
        let result = work();
        match &result {
            Ok(_) => eprintln!("{}", seconds(start.elapsed())),
            Err(_) => eprintln!("failed"),
        }
        result.with_context(|| what.to_string())
    }

    /// A step whose tools print: a line before and a line after.
    pub fn loud<T>(&mut self, what: impl Display, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.taken += 1;
        eprintln!("[{}/{}] {what} …", self.taken, self.total);
        let start = Instant::now();
        let result = work().with_context(|| what.to_string())?;
        eprintln!("[{}/{}] {what}: {}", self.taken, self.total, seconds(start.elapsed()));
        Ok(result)
    }
}

pub fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
