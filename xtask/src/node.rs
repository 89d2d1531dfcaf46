//! Node.js, npm and the tools that come from there.

use crate::process;
use crate::project::{read_bytes, Project};
use anyhow::{bail, Context, Result};
use std::fs;
use std::path::Path;
use std::process::Command;

const OLDEST_NODE: u32 = 20;

/// Says so if Node.js is missing or too old.
pub fn check() -> Result<()> {
    let printed = process::capture(Command::new("node").arg("--version"))?;
    let major = printed.trim().trim_start_matches('v').split('.').next().and_then(|number| number.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => bail!("Node.js is {}: install {OLDEST_NODE} or newer", printed.trim()),
    }
}

/// Installs what a folder's package-lock.json lists, unless just that is installed. True if it had to.
pub fn install(folder: &Path) -> Result<bool> {
    let lock = read_bytes(&folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.xtask-installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(false);
    }
    // No package here needs its install script, so none gets to run.
    process::capture(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(folder),
    )?;
    fs::write(&stamp, lock).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(true)
}

/// A program of the project's npm dependencies, to be run in the project's root.
pub fn tool(project: &Project, name: &str) -> Command {
    let mut command = Command::new(project.path("node_modules/.bin").join(name));
    command.current_dir(project.root());
    command
}

/// Node.js, to be run in the project's root.
pub fn node(project: &Project) -> Command {
    let mut command = Command::new("node");
    command.current_dir(project.root());
    command
}
