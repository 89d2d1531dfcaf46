//! What in the .wasm is how large.

use crate::project::Project;
use crate::tools::{cargo_installed, first_of};
use crate::{build, node, process};
use anyhow::Result;
use std::process::Command;

const TWIGGY: &str = "0.8.0";

/// Prints the largest functions and data of a build that keeps their names.
pub fn run(project: &Project) -> Result<()> {
    node::install(project.root())?;
    let named = build::named_wasm(project)?;
    let program = match first_of(&["twiggy"]) {
        Some(program) => program,
        None => cargo_installed(project, "twiggy", TWIGGY)?,
    };
    process::run(Command::new(&program).args(["top", "-n", "60"]).arg(&named))?;
    println!("\nThe same file for other questions (dominators, paths, monos): {}", named.display());
    Ok(())
}
