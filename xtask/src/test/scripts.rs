//! Tests written in JavaScript: they see the package as its users do.

use super::Context;
use crate::build;
use crate::demo;
use crate::node;
use crate::process;
use crate::project::{files_below, fresh_folder, write};
use anyhow::{ensure, Result};
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// A hanging test is a failure, too.
const LIMIT: Duration = Duration::from_secs(20 * 60);

pub fn simulator(context: &Context) -> Result<()> {
    run(context, "tests/simulator", &[])
}

pub fn runtimes(context: &Context) -> Result<()> {
    let trapping = build::trapping(context.project)?;
    let consumer = consumer(context)?;
    let mut environment = vec![("TRAPPING", trapping.as_os_str()), ("CONSUMER", consumer.as_os_str())];
    let browsers = context.browsers();
    if let Ok(chromium) = &browsers.chromium {
        environment.push(("CHROMIUM", chromium.program.as_os_str()));
        environment.push(("CHROMEDRIVER", chromium.driver.as_os_str()));
    }
    match &browsers.firefox {
        Ok(firefox) => {
            environment.push(("FIREFOX", firefox.program.as_os_str()));
            environment.push(("GECKODRIVER", firefox.driver.as_os_str()));
        }
        Err(reason) => environment.push(("NO_FIREFOX", OsStr::new(reason))),
    }
    run(context, "tests/package", &environment)
}

/// A user's project: an empty folder with the tarball installed. Installed once: each file of tests copies it.
fn consumer(context: &Context) -> Result<PathBuf> {
    let folder = context.project.path("target/test/consumer");
    fresh_folder(&folder)?;
    write(&folder.join("package.json"), r#"{ "name": "consumer", "private": true }"#)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"]).arg(context.tarball()?);
    process::capture(npm.current_dir(&folder))?;
    Ok(folder)
}

pub fn demo(context: &Context) -> Result<()> {
    context.tarball()?;
    demo::bundle(context.project)?;
    let chromium = context.browsers().chromium()?;
    // `DEMO_SERVER demo --no-build --port 0` serves what was just built.
    let environment = [("CHROMIUM", chromium.program.as_os_str()), ("DEMO_SERVER", context.xtask.as_os_str())];
    run(context, "tests/demo", &environment)
}

fn run(context: &Context, folder: &str, environment: &[(&str, &OsStr)]) -> Result<()> {
    let tarball = context.tarball()?;
    let files = test_files(context, folder)?;
    let mut node = node::node(context.project);
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=3"]).args(files);
    node.env("TARBALL", tarball).env("PACKAGE", context.project.package()).envs(environment.iter().copied());
    process::run_tests(&mut node, LIMIT, &context.canary()?)
}

/// Node.js itself takes folders before version 21 only.
fn test_files(context: &Context, folder: &str) -> Result<Vec<PathBuf>> {
    let folder = context.project.path(folder);
    let mut files = files_below(&folder)?;
    files.retain(|file| {
        let name = file.to_string_lossy();
        [".test.mjs", ".test.cjs", ".test.js"].iter().any(|ending| name.ends_with(ending))
            && !name.contains("node_modules")
    });
    ensure!(!files.is_empty(), "{} holds no *.test.mjs", folder.display());
    Ok(files)
}
