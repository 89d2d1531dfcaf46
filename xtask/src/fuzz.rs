//! `cargo xtask fuzz`: the readers of what comes from outside, each fuzzed for so many seconds.

use crate::process;
use crate::project::{files_below, Project};
use crate::steps::Steps;
use crate::tools::cargo_installed;
use anyhow::{bail, ensure, Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

const CARGO_FUZZ: &str = "0.13.2";

pub struct Options {
    /// For each target.
    pub seconds: u32,
    /// None: all of them.
    pub target: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { seconds: 30, target: None }
    }
}

pub fn run(project: &Project, options: &Options) -> Result<()> {
    ensure!(options.seconds > 0, "--seconds must be 1 or more");
    let targets = chosen(targets(project)?, options.target.as_deref())?;
    let mut steps = Steps::new(1 + targets.len());
    let programs = steps.loud("cargo-fuzz build", || build(project))?;
    for target in &targets {
        steps
            .loud(format!("{target} ({} s)", options.seconds), || fuzz(project, &programs, target, options.seconds))?;
    }
    Ok(())
}

/// One for each file in `fuzz/targets`.
fn targets(project: &Project) -> Result<Vec<String>> {
    let files = files_below(&project.path("fuzz/targets"))?;
    Ok(files.iter().filter_map(|file| file.file_stem()?.to_str().map(str::to_owned)).collect())
}

fn chosen(all: Vec<String>, only: Option<&str>) -> Result<Vec<String>> {
    match only {
        None => Ok(all),
        Some(name) if all.iter().any(|target| target == name) => Ok(vec![name.to_owned()]),
        Some(name) => bail!("there is no target `{name}`; there are: {}", all.join(", ")),
    }
}

/// Compiles every target, and says where they are.
fn build(project: &Project) -> Result<PathBuf> {
    let cargo_fuzz = cargo_installed(project, "cargo-fuzz", CARGO_FUZZ)?;
    let folder = project.path("target/fuzz");
    let host = host()?;
    let mut command = Command::new(cargo_fuzz);
    // No sanitizer: they find what unsafe code does wrong, and the crate forbids that. Without one it is fast, and
    // nothing is needed but a C++ compiler, for libFuzzer.
    command.args(["build", "--sanitizer", "none", "--target", &host, "--target-dir"]).arg(&folder);
    // Coverage counters are unstable options; this lets the stable compiler take them.
    command.env("RUSTC_BOOTSTRAP", "1").current_dir(project.path("fuzz"));
    process::run(&mut command)?;
    Ok(folder.join(host).join("release"))
}

/// This machine's, as rustc calls it.
fn host() -> Result<String> {
    let version = process::capture(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc -vV names no host")
}

/// What it finds goes to `target/fuzz`: inputs that reach more code, and inputs that fail.
fn fuzz(project: &Project, programs: &Path, target: &str, seconds: u32) -> Result<()> {
    let found = project.path("target/fuzz/corpus").join(target);
    std::fs::create_dir_all(&found).with_context(|| format!("cannot make {}", found.display()))?;
    let failures = project.path("target/fuzz").join(format!("failed-{target}-"));
    let mut command = Command::new(programs.join(target));
    command.arg(&found).arg(project.path("fuzz/corpus").join(target));
    command.arg(format!("-dict={}", project.path("fuzz/words.dict").display()));
    command.arg(format!("-artifact_prefix={}", failures.display()));
    command.args(["-max_len=512", "-timeout=10", "-print_final_stats=1", &format!("-max_total_time={seconds}")]);
    let outcome = process::outcome(&mut command)?;
    if !outcome.success {
        bail!("{target} fails:\n{}{}", outcome.stdout, outcome.stderr);
    }
    eprintln!("{} inputs, none fails", inputs(&outcome.stderr).context("libFuzzer gave no count")?);
    Ok(())
}

fn inputs(stats: &str) -> Option<u64> {
    stats.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{chosen, inputs};

    #[test]
    fn all_targets_run_unless_one_is_named() {
        let all = || vec!["state".to_owned(), "task".to_owned()];
        assert_eq!(chosen(all(), None).ok(), Some(all()));
        assert_eq!(chosen(all(), Some("task")).ok(), Some(vec!["task".to_owned()]));
        assert!(chosen(all(), Some("tsak")).is_err());
    }

    #[test]
    fn the_count_is_read_from_the_statistics() {
        assert_eq!(inputs("Done 7\nstat::number_of_executed_units: 36115\nstat::x: 1"), Some(36115));
        assert_eq!(inputs("stat::x: 1"), None);
    }
}
