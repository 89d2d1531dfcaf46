//! Programs that are neither Rust's nor Node.js's own.

use crate::process;
use crate::project::Project;
use anyhow::{bail, Result};
use std::path::PathBuf;
use std::process::Command;

/// A program from crates.io, compiled once into `target/tools`, unoptimised: that takes a third of the time.
pub fn cargo_installed(project: &Project, name: &str, version: &str) -> Result<PathBuf> {
    let tools = project.path("target/tools");
    let program = tools.join("bin").join(name);
    if !program.is_file() {
        eprintln!("cargo install {name} {version} (once) …");
        let mut cargo = Command::new("cargo");
        cargo.args(["install", "--locked", "--debug", "--quiet", name, "--version", version, "--root"]).arg(&tools);
        process::capture(cargo.current_dir(project.root()))?;
    }
    if !program.is_file() {
        bail!("cargo install left no {name}");
    }
    Ok(program)
}

/// The first of these programs that is in the PATH.
pub fn first_of(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names
        .iter()
        .find_map(|name| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()))
}
