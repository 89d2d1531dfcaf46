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
        let outcome = match run(self) {
            Ok(()) => Outcome::Passed,
            Err(error) => {
                let reason = format!("{error:#}");
                eprintln!("{name}: FAILED: {reason}");
                Outcome::Failed(reason)
            }
        };
        let passed = matches!(outcome, Outcome::Passed);
        self.rows.push(Row { name: name.to_owned(), took: start.elapsed(), outcome });
        passed
    }

    /// Notes what could not be run here, and why.
    pub fn not_run(&mut self, name: &str, reason: &str) {
        eprintln!("{name}: NOT RUN: {reason}");
        self.rows.push(Row {
            name: name.to_owned(),
            took: Duration::ZERO,
            outcome: Outcome::NotRun(reason.to_owned()),
        });
    }

    pub fn failed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Failed(_)))
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
        let not_run = self.count(|outcome| matches!(outcome, Outcome::NotRun(_)));
        write!(out, "{passed} passed, {} failed, {not_run} skipped", self.failed())
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Summary;
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
}
