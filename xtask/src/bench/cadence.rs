//! `bench cadence`: how many requests a wait makes and how late it tells the end, beside the rules of others.

use crate::project::Project;
use crate::{build, node, process};
use anyhow::Result;

pub fn run(project: &Project) -> Result<()> {
    build::run(project)?;
    process::run(node::node(project).arg(project.path("tests/bench/cadence.mjs")))?;
    println!("\nThe same as JSON: {}", project.path("target/bench/cadence.json").display());
    Ok(())
}
