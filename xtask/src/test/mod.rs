//! `cargo xtask test`: every check there is, each a named step. One that fails does not keep the others from running.

mod browser;
mod browsers;
pub mod checks;
pub mod deny;
mod scripts;
mod webdriver;

use crate::project::{read, Project};
use crate::summary::Summary;
use crate::{build, package, release};
use anyhow::{anyhow, bail, Result};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};

/// A step's name, what it checks, and how.
pub struct Step {
    pub name: &'static str,
    does: &'static str,
    run: fn(&Context, &mut Summary) -> Result<()>,
}

/// In the order in which they run: what fails fast comes first.
pub const STEPS: [Step; 11] = [
    Step { name: "fmt", does: "the Rust code is formatted", run: |context, _| checks::fmt(context) },
    Step {
        name: "clippy",
        does: "the linter has nothing to say, native and wasm32",
        run: |context, _| checks::clippy(context),
    },
    Step { name: "types", does: "TypeScript has nothing to say", run: |context, _| checks::types(context) },
    Step { name: "core", does: "the core's tests, native, and xtask's own", run: |context, _| checks::core(context) },
    Step { name: "deny", does: "dependencies: licenses, sources, bans, advisories", run: deny::run },
    Step {
        name: "package",
        does: "the tarball, by publint and arethetypeswrong",
        run: |context, _| checks::package(context),
    },
    Step { name: "simulator", does: "the simulator, in Node.js", run: |context, _| scripts::simulator(context) },
    Step { name: "browser", does: "the wasm side, in headless browsers", run: browser::run },
    Step {
        name: "runtimes",
        does: "the packed tarball, in each runtime and bundler",
        run: |context, _| scripts::runtimes(context),
    },
    Step { name: "demo", does: "the demo page, in a browser", run: |context, _| scripts::demo(context) },
    Step { name: "release", does: "what of a release can be checked before its time", run: release::check },
];

/// What `--only` and `--list` said.
#[derive(Default)]
pub struct Options {
    pub only: Vec<String>,
    pub list: bool,
}

/// What the steps share.
pub struct Context<'a> {
    pub project: &'a Project,
    /// This program: the demo's server.
    pub xtask: PathBuf,
    tarball: OnceCell<Result<PathBuf, String>>,
    browsers: OnceCell<browsers::Browsers>,
}

impl<'a> Context<'a> {
    pub fn new(project: &'a Project) -> Result<Self> {
        let xtask = std::env::current_exe()?;
        Ok(Self { project, xtask, tarball: OnceCell::new(), browsers: OnceCell::new() })
    }

    /// The tarball, built by the first step that needs it.
    pub fn tarball(&self) -> Result<&Path> {
        let built = self.tarball.get_or_init(|| package::run(self.project).map_err(|error| format!("{error:#}")));
        built.as_deref().map_err(|error| anyhow!("the package could not be built: {error}"))
    }

    /// The key that all tests work with.
    pub fn canary(&self) -> Result<String> {
        read(&self.project.path("tests/support/canary.txt"))
    }

    /// The browsers, found or installed by the first step that needs one.
    pub fn browsers(&self) -> &browsers::Browsers {
        self.browsers.get_or_init(|| browsers::find_or_install(self.project))
    }
}

pub fn run(project: &Project, options: &Options) -> Result<()> {
    if options.list {
        for step in &STEPS {
            println!("{:10} {}", step.name, step.does);
        }
        return Ok(());
    }
    let chosen = chosen(&options.only)?;
    let context = Context::new(project)?;
    build::add_target()?;
    let mut summary = Summary::default();
    for (index, step) in chosen.iter().enumerate() {
        eprintln!("\n== {} ({} of {}): {} ==", step.name, index + 1, chosen.len(), step.does);
        summary.step(step.name, |summary| (step.run)(&context, summary));
    }
    println!("\n{summary}");
    if summary.failed() > 0 {
        bail!("{} of the rows above failed", summary.failed());
    }
    Ok(())
}

fn chosen(only: &[String]) -> Result<Vec<&'static Step>> {
    if let Some(unknown) = only.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step `{unknown}`; there are: {}", names.join(", "));
    }
    Ok(STEPS.iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name)).collect())
}

#[cfg(test)]
pub fn are_steps(only: &[String]) -> bool {
    chosen(only).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{chosen, STEPS};

    fn names(only: &[&str]) -> Option<Vec<&'static str>> {
        let only: Vec<_> = only.iter().map(|&name| name.to_owned()).collect();
        chosen(&only).ok().map(|steps| steps.iter().map(|step| step.name).collect())
    }

    #[test]
    fn all_steps_run_unless_some_are_named() {
        assert_eq!(names(&[]).map(|names| names.len()), Some(STEPS.len()));
    }

    #[test]
    fn the_order_is_the_lists_own() {
        assert_eq!(names(&["demo", "fmt"]), Some(vec!["fmt", "demo"]));
    }

    #[test]
    fn an_unknown_name_is_refused() {
        assert_eq!(names(&["fmt", "nope"]), None);
    }
}
