//! `cargo xtask build`: from the crate and `pkg-template/` to a folder that `npm pack` can pack.

mod glue;
mod names;
mod notices;
mod scripts;
mod settled;
mod stage;
mod text;
mod types;
mod wasm;

use crate::node;
use crate::project::{fresh_folder, read, write, Project};
use crate::steps::Steps;
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use wasm::add_source;
pub use wasm::add_target;
use wasm::Names;

/// The package's entries beside the main one: each a folder of `pkg-template/src`, with an index.
const ENTRIES: [&str; 4] = ["mask", "proxy", "store", "testing"];

/// Builds `target/npm/package`.
pub fn run(project: &Project) -> Result<()> {
    let _lock = lock(project)?;
    assemble(project, "", &project.work())?;
    publish(project)
}

/// The package with a call option that traps, for tests. Returns its folder.
pub fn trapping(project: &Project) -> Result<PathBuf> {
    let _lock = lock(project)?;
    assemble(project, "trap", &project.path("target/test/trapping"))
}

/// Builds the package, with features of the crate's, in `work`. Returns its folder.
fn assemble(project: &Project, features: &str, work: &Path) -> Result<PathBuf> {
    let mut steps = Steps::new(10);
    let staging = work.join("package");
    let dist = staging.join("dist");
    fresh_folder(work)?;

    steps.quiet("npm ci (only after a change)", || {
        node::check()?;
        node::install(project.root())
    })?;
    steps.quiet("rustup: wasm32-unknown-unknown, rust-src (only if missing)", || {
        add_target()?;
        add_source()
    })?;
    let compiled = steps.loud("cargo build for wasm32", || wasm::compile(project, features))?;
    let (bound, glue, imports) = steps.quiet("wasm-bindgen", || {
        let bound = wasm::bind(&compiled, work, Names::Removed)?;
        let (glue, imports) = names::shorten(&bound.wasm, &glue::simplified(&read(&bound.glue)?)?)?;
        Ok((bound.wasm, glue, imports))
    })?;
    let optimized =
        steps.quiet("wasm-opt", || wasm::optimize(project, &bound, &dist.join(stage::WASM), Names::Removed))?;
    steps.quiet("glue.js, bytes.js, unsent.js", || {
        let file = work.join("glue.js");
        let (glue, imports) = names::remaining(&optimized, &glue, imports)?;
        write(&file, glue::factory(&glue, &imports)?)?;
        scripts::transform_glue(project, &file, &dist)?;
        write(&dist.join("bytes.js"), text::module(&optimized)?)?;
        let list = read(&project.path("src/core/unsent.in"))?;
        write(&dist.join("unsent.js"), format!("export const UNSENT = {};\n", without_comments(&list)))
    })?;
    steps.quiet("esbuild: TypeScript to JavaScript", || scripts::transform(project, &dist))?;
    steps.quiet("esbuild: CommonJS", || scripts::bundle_commonjs(project, &dist))?;
    steps.quiet("rollup: types", || types::bundle(project, &dist))?;
    steps.quiet("package.json, texts", || stage::texts(project, &staging))?;
    Ok(staging)
}

/// The .wasm as it is shipped, but with the functions' names in it: for profiles. Returns its path.
pub fn named_wasm(project: &Project) -> Result<PathBuf> {
    let folder = project.path("target/bench/named");
    fresh_folder(&folder)?;
    add_target()?;
    add_source()?;
    let mut steps = Steps::new(3);
    let compiled = steps.loud("cargo build for wasm32", || wasm::compile(project, ""))?;
    let bound = steps.quiet("wasm-bindgen, names kept", || wasm::bind(&compiled, &folder, Names::Kept))?;
    let named = folder.join(stage::WASM);
    steps.quiet("wasm-opt, names kept", || wasm::optimize(project, &bound.wasm, &named, Names::Kept))?;
    Ok(named)
}

/// A list that reads the same in Rust and in JavaScript, and that users get without what is said beside it.
fn without_comments(list: &str) -> String {
    let lines = list.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Two builds at once would take each other's files away: the second waits.
fn lock(project: &Project) -> Result<File> {
    let path = project.path("target/npm/build.lock");
    write(&path, "")?;
    let file = File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    if file.try_lock().is_err() {
        eprintln!("another build is running: waiting for it …");
        file.lock().context("cannot lock the build")?;
    }
    Ok(file)
}

/// The finished package takes the place of the last one, so that nobody sees a half of it.
fn publish(project: &Project) -> Result<()> {
    let package = project.package();
    let old = project.work().join("old");
    if package.exists() {
        fs::rename(&package, &old).context("cannot put the last package away")?;
    }
    fs::rename(project.work().join("package"), &package).context("cannot put the package in its place")
}
