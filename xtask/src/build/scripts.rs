//! The package's JavaScript, made by esbuild from `pkg-template/src`.

use super::ENTRIES;
use crate::node;
use crate::process;
use crate::project::{files_below, read, Project};
use anyhow::{ensure, Context, Result};
use std::fs::remove_file;
use std::path::{Path, PathBuf};

/// What the engines of 2022 read.
const LANGUAGE: &str = "--target=es2022";

/// The module that exists for [`bundle_commonjs`] alone.
const COMMONJS_ENTRY: &str = "cjs.js";

/// Takes the comments out of the generated glue.
pub fn transform_glue(project: &Project, glue: &Path, dist: &Path) -> Result<()> {
    let mut command = node::tool(project, "esbuild");
    command.arg(glue).args(["--format=esm", LANGUAGE, "--legal-comments=none", "--log-level=warning"]);
    command.arg(outdir(dist));
    process::capture(&mut command)?;
    Ok(())
}

/// Each `.ts` becomes one `.js` at the same place: users' bundlers drop what their users don't use.
pub fn transform(project: &Project, dist: &Path) -> Result<()> {
    let sources = sources(project)?;
    ensure!(!sources.is_empty(), "pkg-template/src holds no .ts");
    let mut command = node::tool(project, "esbuild");
    command.args(&sources);
    command.args([
        "--outbase=pkg-template/src",
        "--format=esm",
        LANGUAGE,
        "--legal-comments=none",
        "--log-level=warning",
    ]);
    command.arg(outdir(dist));
    process::capture(&mut command)?;
    for file in files_below(dist)?.iter().filter(|file| file.extension().is_some_and(|extension| extension == "js")) {
        let text = read(file)?;
        if text.is_empty() {
            // It held types only, and what imported it did so for them.
            remove_file(file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
        check_no_typescript(file, &text)?;
    }
    Ok(())
}

fn sources(project: &Project) -> Result<Vec<PathBuf>> {
    let files = files_below(&project.path("pkg-template/src"))?;
    Ok(files
        .into_iter()
        .filter(|file| {
            let name = file.to_string_lossy();
            name.ends_with(".ts") && !name.ends_with(".d.ts")
        })
        .collect())
}

/// Nothing resolves `./x.ts` in what users install.
fn check_no_typescript(file: &Path, text: &str) -> Result<()> {
    ensure!(
        !text.contains(".ts\"") && !text.contains(".ts'"),
        "{} imports a .ts: write the import with its .js ending",
        file.display()
    );
    Ok(())
}

/// For `require`: one file an entry, with all that it imports inside.
pub fn bundle_commonjs(project: &Project, dist: &Path) -> Result<()> {
    let others = ENTRIES.map(|name| (format!("{name}/index.js"), name));
    for (entry, name) in std::iter::once((COMMONJS_ENTRY.to_owned(), "index")).chain(others) {
        let mut command = node::tool(project, "esbuild");
        command.arg(format!("{name}={}", dist.join(entry).display()));
        command.args([
            "--bundle",
            "--platform=neutral",
            "--format=cjs",
            LANGUAGE,
            "--legal-comments=none",
            "--log-level=warning",
        ]);
        command.arg("--out-extension:.js=.cjs").arg(outdir(&dist.join("cjs")));
        process::capture(&mut command)?;
    }
    remove_file(dist.join(COMMONJS_ENTRY)).context("cannot remove the CommonJS entry's source")
}

fn outdir(folder: &Path) -> String {
    format!("--outdir={}", folder.display())
}
