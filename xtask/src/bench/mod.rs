//! `cargo xtask bench`: what is measured, against what others need for the same.

mod measure;
mod script;
mod size;
mod twiggy;

use crate::build;
use crate::project::Project;
use anyhow::{bail, Result};

#[derive(Default)]
pub struct Options {
    /// All, if none is named.
    pub name: Option<String>,
    pub twiggy: bool,
}

type Bench = fn(&Project) -> Result<()>;

const BENCHES: [(&str, Bench); 7] = [
    ("size", size::run),
    ("start", |project| script::run(project, "start")),
    ("call", |project| script::run(project, "call")),
    ("memory", |project| script::run(project, "memory")),
    ("batch", |project| script::run(project, "batch")),
    ("waits", |project| script::run(project, "waits")),
    ("cadence", |project| script::run(project, "cadence")),
];

pub fn run(project: &Project, options: &Options) -> Result<()> {
    let chosen: Vec<_> =
        BENCHES.iter().filter(|(name, _)| options.name.as_ref().is_none_or(|wanted| wanted == name)).collect();
    if chosen.is_empty() {
        let names: Vec<_> = BENCHES.iter().map(|(name, _)| *name).collect();
        bail!("there is no bench `{}`; there are: {}", options.name.as_deref().unwrap_or_default(), names.join(", "));
    }
    if options.twiggy {
        return twiggy::run(project);
    }
    build::run(project)?;
    // One that fails does not keep the others from running.
    let mut failed = Vec::new();
    for (name, bench) in chosen {
        if let Err(error) = bench(project) {
            eprintln!("bench {name}: {error:#}");
            failed.push(*name);
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}
