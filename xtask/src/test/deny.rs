//! Dependencies: licenses, sources and bans always; advisories where the database of them can be had.

use super::Context;
use crate::process;
use crate::project::NAME;
use crate::summary::Summary;
use crate::tools::{cargo_installed, first_of};
use anyhow::{bail, ensure, Result};
use std::path::Path;
use std::process::Command;

const CARGO_DENY: &str = "0.20.2";

pub fn run(context: &Context, summary: &mut Summary) -> Result<()> {
    let program = match first_of(&["cargo-deny"]) {
        Some(program) => program,
        None => cargo_installed(context.project, "cargo-deny", CARGO_DENY)?,
    };
    let mut command = Command::new(&program);
    command.args(["--log-level", "warn", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
    match fetch_advisories(context, &program)? {
        None => {
            command.args(["--disable-fetch", "advisories"]);
        }
        Some(reason) => summary.not_run("deny: advisories", &format!("their database is not to be had: {reason}")),
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

/// Gets the database from GitHub, or brings it up to date. Gives why it could not.
fn fetch_advisories(context: &Context, program: &Path) -> Result<Option<String>> {
    let mut fetch = Command::new(program);
    let outcome = process::outcome(fetch.args(["fetch", "db"]).current_dir(context.project.root()))?;
    Ok((!outcome.success).then(|| reason(&outcome.stderr)))
}

/// git's own words, where it has some.
fn reason(errors: &str) -> String {
    let line = errors.lines().find(|line| line.starts_with("fatal: ")).or(errors.lines().next());
    line.unwrap_or("cargo deny fetch failed").to_owned()
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

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn the_reason_is_gits_own() {
        let errors = "[ERROR] failed to fetch\nCloning into 'a'...\nfatal: Could not resolve host\n";
        assert_eq!(reason(errors), "fatal: Could not resolve host");
        assert_eq!(reason("[ERROR] git: not found\n"), "[ERROR] git: not found");
        assert_eq!(reason(""), "cargo deny fetch failed");
    }
}
