//! Dependencies: licenses, sources and bans always; advisories where there is a database of them.

use super::summary::Summary;
use super::Context;
use crate::process;
use crate::project::NAME;
use crate::tools::{cargo_installed, first_of};
use anyhow::{bail, ensure, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

const CARGO_DENY: &str = "0.20.2";

pub fn run(context: &Context, summary: &mut Summary) -> Result<()> {
    let program = match first_of(&["cargo-deny"]) {
        Some(program) => program,
        None => cargo_installed(context.project, "cargo-deny", CARGO_DENY)?,
    };
    let mut command = Command::new(program);
    command.args(["--log-level", "warn", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
    if advisories().is_some() {
        command.arg("advisories");
    } else {
        summary.not_run("deny: advisories", "no advisory database here; `cargo deny fetch db` gets it from GitHub");
    }
    process::run(command.current_dir(context.project.root()))?;
    no_tokio(context)?;
    npm_audit(context, summary)
}

/// deny.toml has to let tokio into the tests; what ships waits with the browser's own means.
fn no_tokio(context: &Context) -> Result<()> {
    let arguments = ["--package", NAME, "--target", "wasm32-unknown-unknown", "--edges", "normal", "--prefix", "none"];
    let tree = process::capture(Command::new("cargo").arg("tree").args(arguments).current_dir(context.project.root()))?;
    ensure!(!tree.lines().any(|line| line.starts_with("tokio ")), "tokio is among what the wasm is built from");
    Ok(())
}

fn advisories() -> Option<PathBuf> {
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let folder = cargo.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")))?.join("advisory-dbs");
    folder.is_dir().then_some(folder)
}

/// The npm packages here are tools: nothing of them is in what users get.
fn npm_audit(context: &Context, summary: &mut Summary) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["audit", "--audit-level=high"]).current_dir(context.project.root());
    let outcome = process::outcome(&mut npm)?;
    if outcome.stderr.contains("audit endpoint returned an error") || outcome.stderr.contains("request to ") {
        summary.not_run("deny: npm audit", "this registry answers no audits");
        return Ok(());
    }
    eprint!("{}", outcome.stdout);
    if !outcome.success {
        bail!("npm audit: a tool has a known hole of high severity");
    }
    Ok(())
}
