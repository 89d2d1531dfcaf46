//! What came of each step: a table, and a line that counts.

use crate::steps::seconds;
use anyhow::Result;
use std::fmt;
use std::time::{Duration, Instant};

enum Outcome {
    Passed,
    Failed(String),
    NotRun(String),
}

/// What a check that found nothing wrong says.
pub enum Verdict {
    Holds,
    /// It cannot be said here or now; why.
    Open(String),
}

struct Row {
    name: String,
    took: Duration,
    outcome: Outcome,
}

#[derive(Default)]
pub struct Summary {
    rows: Vec<Row>,
}

impl Summary {
    /// Runs a step and notes what came of it. Parts that it notes itself stand above its own row.
    pub fn step(&mut self, name: &str, run: impl FnOnce(&mut Self) -> Result<()>) -> bool {
        let start = Instant::now();
        let result = run(self).map(|()| Verdict::Holds);
        self.note(name, start.elapsed(), result)
    }

    /// Runs a check that may not be able to say.
    pub fn check(&mut self, name: &str, run: impl FnOnce() -> Result<Verdict>) -> bool {
        let start = Instant::now();
        let result = run();
        self.note(name, start.elapsed(), result)
    }

    /// Notes what could not be run here, and why.
    pub fn not_run(&mut self, name: &str, reason: &str) {
        self.note(name, Duration::ZERO, Ok(Verdict::Open(reason.to_owned())));
    }

    /// Gives whether it did not fail.
    fn note(&mut self, name: &str, took: Duration, result: Result<Verdict>) -> bool {
        let outcome = match result {
            Ok(Verdict::Holds) => Outcome::Passed,
            Ok(Verdict::Open(reason)) => {
                eprintln!("{name}: NOT RUN: {reason}");
                Outcome::NotRun(reason)
            }
            Err(error) => {
                let reason = format!("{error:#}");
                eprintln!("{name}: FAILED: {reason}");
                Outcome::Failed(reason)
            }
        };
        let failed = matches!(outcome, Outcome::Failed(_));
        self.rows.push(Row { name: name.to_owned(), took, outcome });
        !failed
    }

    pub fn failed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Failed(_)))
    }

    pub fn not_run_count(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::NotRun(_)))
    }

    fn count(&self, which: impl Fn(&Outcome) -> bool) -> usize {
        self.rows.iter().filter(|row| which(&row.outcome)).count()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
        for row in &self.rows {
            write!(out, "{:width$}  {:>8}  ", row.name, seconds(row.took))?;
            match &row.outcome {
                Outcome::Passed => writeln!(out, "passed")?,
                Outcome::Failed(reason) => writeln!(out, "FAILED: {}", first_line(reason))?,
                Outcome::NotRun(reason) => writeln!(out, "NOT RUN: {}", first_line(reason))?,
            }
        }
        let passed = self.count(|outcome| matches!(outcome, Outcome::Passed));
        write!(out, "{passed} passed, {} failed, {} skipped", self.failed(), self.not_run_count())
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Summary, Verdict};
    use anyhow::anyhow;

    #[test]
    fn every_row_is_told_and_counted() {
        let mut summary = Summary::default();
        summary.step("fmt", |_| Ok(()));
        summary.step("browser", |summary| {
            summary.not_run("browser: webkit", "no driver");
            Err(anyhow!("one\ntwo"))
        });
        let text = summary.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[0].starts_with("fmt ") && lines[0].ends_with("passed"), "{text}");
        assert!(lines[1].starts_with("browser: webkit ") && lines[1].ends_with("NOT RUN: no driver"), "{text}");
        assert!(lines[2].starts_with("browser ") && lines[2].ends_with("FAILED: one"), "{text}");
        assert_eq!(lines[3], "1 passed, 1 failed, 1 skipped");
        assert_eq!(summary.failed(), 1);
    }

    #[test]
    fn a_check_that_cannot_say_has_neither_passed_nor_failed() {
        let mut summary = Summary::default();
        assert!(summary.check("date", || Ok(Verdict::Open("not dated".to_owned()))));
        assert!(summary.check("files", || Ok(Verdict::Holds)));
        assert!(!summary.check("tag", || Err(anyhow!("on another commit"))));
        assert!(summary.to_string().ends_with("1 passed, 1 failed, 1 skipped"), "{summary}");
        assert_eq!((summary.failed(), summary.not_run_count()), (1, 1));
    }
}
