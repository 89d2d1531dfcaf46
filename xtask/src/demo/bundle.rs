//! The demo page's files: `www/src/main.ts` bundled, everything else copied.

use crate::node;
use crate::process;
use crate::project::{copy, files_below, fresh_folder, Project, NAME};
use crate::steps::Steps;
use anyhow::{Context, Result};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Where the page is served from.
pub fn folder(project: &Project) -> PathBuf {
    project.path("target/demo")
}

pub fn run(project: &Project) -> Result<()> {
    let folder = folder(project);
    let mut steps = Steps::new(2);
    steps.quiet("esbuild: the demo page's script", || {
        fresh_folder(&folder)?;
        link_package(project)?;
        let mut command = node::tool(project, "esbuild");
        command.arg(project.path("www/src/main.ts")).arg(format!("--outdir={}", folder.display()));
        command.args(["--bundle", "--minify", "--sourcemap", "--format=esm", "--target=es2022", "--log-level=warning"]);
        command.env("NODE_PATH", modules(project));
        process::capture(&mut command)?;
        Ok(())
    })?;
    steps.quiet("the demo page's other files", || copy_rest(&project.path("www"), &folder))
}

/// A folder in which the package is found by its name, so that the page gets it through its `exports`, as users do.
fn modules(project: &Project) -> PathBuf {
    project.path("target/npm/node_modules")
}

fn link_package(project: &Project) -> Result<()> {
    let modules = modules(project);
    let link = modules.join(NAME);
    if link.exists() {
        return Ok(());
    }
    fresh_folder(&modules)?;
    std::os::unix::fs::symlink(project.package(), &link).with_context(|| format!("cannot link {}", link.display()))
}

/// The page's HTML, style and pictures; not its sources and what checks them.
fn copy_rest(www: &Path, folder: &Path) -> Result<()> {
    for file in files_below(www)? {
        let relative = file.strip_prefix(www)?;
        let source = relative.starts_with("src") || relative.starts_with("node_modules");
        if !source && file.extension() != Some(OsStr::new("json")) && file.extension() != Some(OsStr::new("md")) {
            copy(&file, &folder.join(relative))?;
        }
    }
    Ok(())
}
