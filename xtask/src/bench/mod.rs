//! `cargo xtask bench`: what is measured, against what others need for the same.

mod cadence;
mod measure;
mod size;
mod twiggy;

use crate::project::Project;
use anyhow::{bail, Result};

#[derive(Default)]
pub struct Options {
    /// All, if none is named.
    pub name: Option<String>,
    pub twiggy: bool,
}

type Bench = fn(&Project) -> Result<()>;

const BENCHES: [(&str, Bench); 2] = [("size", size::run), ("cadence", cadence::run)];

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
    for (_, bench) in chosen {
        bench(project)?;
    }
    Ok(())
}
