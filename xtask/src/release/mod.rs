//! `cargo xtask release`: all that has to hold of what is published, a row for each. Then npm publishes it, from the
//! release workflow; `--dry-run` ends before.

#[cfg(test)]
mod calls;
mod changelog;
mod git;
mod licences;
mod manifest;
mod publish;
mod sbom;
mod tarball;

use crate::project::Project;
use crate::summary::{Summary, Verdict};
use crate::test::{checks, deny, Context};
use anyhow::{bail, ensure, Result};
use std::path::Path;
use tarball::Tarball;

#[derive(Default)]
pub struct Options {
    pub dry_run: bool,
}

/// What the checks look at.
pub struct Release<'a> {
    project: &'a Project,
    version: String,
    tarball: Tarball,
    /// The tarball's package.json.
    manifest: serde_json::Value,
}

impl<'a> Release<'a> {
    fn of(project: &'a Project, tarball: &Path) -> Result<Self> {
        let tarball = Tarball::at(tarball);
        let manifest = serde_json::from_str(&tarball.read("package.json")?)?;
        Ok(Self { project, version: project.version()?, tarball, manifest })
    }
}

struct Check {
    name: &'static str,
    run: fn(&Release) -> Result<Verdict>,
}

/// Of what is built, at any time: `cargo xtask test` runs these, too.
const ANY_TIME: [Check; 5] = [
    Check { name: "manifest", run: manifest::check },
    Check { name: "changelog", run: changelog::check },
    Check { name: "files", run: tarball::check },
    Check { name: "licences", run: licences::check },
    Check { name: "sbom", run: sbom::check },
];

/// Of the moment at which it is published.
const ITS_TIME: [Check; 5] = [
    Check { name: "date", run: changelog::check_date },
    Check { name: "tree", run: git::check_tree },
    Check { name: "tag", run: git::check_tag },
    Check { name: "repository", run: publish::check_repository },
    Check { name: "unpublished", run: publish::check_unpublished },
];

pub fn run(project: &Project, options: &Options) -> Result<()> {
    if !options.dry_run {
        publish::ready(&project.version()?)?;
    }
    let context = Context::new(project)?;
    let mut summary = Summary::default();
    summary.step("package", |_| checks::package(&context));
    summary.step("deny", |summary| deny::run(&context, summary));
    if let Err(error) = rows(&context, ANY_TIME.iter().chain(&ITS_TIME), &mut summary) {
        summary.step("release", |_| Err(error));
    }
    println!("\n{summary}");

    let (failed, open) = (summary.failed(), summary.not_run_count());
    if failed > 0 {
        bail!("{failed} of the rows above failed");
    }
    if options.dry_run {
        if open > 0 {
            println!("A release needs the {open} rows too that say NOT RUN.");
        }
        return Ok(());
    }
    ensure!(open == 0, "{open} of the rows above say NOT RUN, and a release needs them all");
    publish::run(&Release::of(project, context.tarball()?)?)
}

/// A step of `cargo xtask test`: what its other steps leave.
pub fn check(context: &Context, summary: &mut Summary) -> Result<()> {
    let failed = rows(context, ANY_TIME.iter(), summary)?;
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

/// A row for each check. Gives the names of those that failed.
fn rows<'a>(context: &Context, checks: impl Iterator<Item = &'a Check>, summary: &mut Summary) -> Result<Vec<&'a str>> {
    crate::node::install(context.project.root())?;
    let release = Release::of(context.project, context.tarball()?)?;
    let mut failed = Vec::new();
    for check in checks {
        if !summary.check(&format!("release: {}", check.name), || (check.run)(&release)) {
            failed.push(check.name);
        }
    }
    Ok(failed)
}
