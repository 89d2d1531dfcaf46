//! The checks that need no browser.

use super::browser::SIMULATOR;
use super::Context;
use crate::node;
use crate::process;
use crate::project::{Project, NAME};
use anyhow::{ensure, Result};
use std::process::Command;
use std::time::Duration;

/// cargo, in the project's root. The browser tests are compiled with the simulator's address: with the same one
/// everywhere, so that nothing is compiled twice.
pub fn cargo(project: &Project, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(project.root()).env(SIMULATOR.0, SIMULATOR.1);
    command
}

pub fn fmt(context: &Context) -> Result<()> {
    process::run(&mut cargo(context.project, &["fmt", "--all", "--check"]))?;
    process::run(&mut cargo(context.project, &["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))
}

pub fn clippy(context: &Context) -> Result<()> {
    let native = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    process::run(&mut cargo(context.project, &native))?;
    let wasm = [
        "clippy",
        "--package",
        NAME,
        "--target",
        "wasm32-unknown-unknown",
        "--all-features",
        "--lib",
        "--tests",
        "--",
        "-D",
        "warnings",
    ];
    process::run(&mut cargo(context.project, &wasm))
}

pub fn types(context: &Context) -> Result<()> {
    node::install(context.project.root())?;
    check_types(context, "pkg-template/tsconfig.json")?;
    for users in ["www/tsconfig.json", "tests/tsconfig.json"] {
        if context.project.path(users).exists() {
            // They import the package as it is built.
            context.tarball()?;
            check_types(context, users)?;
        }
    }
    Ok(())
}

fn check_types(context: &Context, config: &str) -> Result<()> {
    eprintln!("tsc -p {config}");
    process::run(node::tool(context.project, "tsc").args(["--noEmit", "-p", config]))
}

pub fn core(context: &Context) -> Result<()> {
    let mut core = cargo(context.project, &["test", "--package", NAME]);
    process::run_tests(&mut core, Duration::from_secs(15 * 60), &context.canary()?)?;
    process::run(&mut cargo(context.project, &["test", "--package", "xtask"]))
}

pub fn package(context: &Context) -> Result<()> {
    let tarball = context.tarball()?;
    for lock in ["package-lock.json", "tests/apps/package-lock.json", "tests/peers/package-lock.json"] {
        let text = crate::project::read(&context.project.path(lock))?;
        ensure!(!text.contains("https://registry"), "{lock} names a registry's host: it would pin everyone to it");
    }
    eprintln!("publint");
    process::run(node::tool(context.project, "publint").arg("--strict").arg(tarball))?;
    eprintln!("attw");
    // A .wasm is imported in each runtime's own way, which no resolution mode knows. `./slim` is for bundlers and
    // modules only, and TypeScript's old "node10" mode has no entries beside the main one.
    let most = ["--exclude-entrypoints", "./midjourney.wasm", "./slim", "--profile", "node16"];
    let slim = ["--entrypoints", "./slim", "--profile", "esm-only"];
    for entries in [&most[..], &slim[..]] {
        process::run(
            node::tool(context.project, "attw").args(["--no-emoji", "--no-color"]).arg(tarball).args(entries),
        )?;
    }
    Ok(())
}
