//! `cargo xtask test`: every check there is, each a named step. One that fails does not keep the others from running.

mod browser;
pub mod browsers;
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
    run: Run,
    when: When,
}

type Run = fn(&Context, &mut Summary) -> Result<()>;

#[derive(Clone, Copy, PartialEq)]
enum When {
    Always,
    /// Installs and builds for minutes: with `--all`, or where it is named.
    WithAll,
}

const fn step(name: &'static str, does: &'static str, run: Run) -> Step {
    Step { name, does, run, when: When::Always }
}

const fn slow_step(name: &'static str, does: &'static str, run: Run) -> Step {
    Step { name, does, run, when: When::WithAll }
}

/// In the order in which they run: what fails fast comes first.
pub const STEPS: [Step; 13] = [
    step("fmt", "the Rust code is formatted", |context, _| checks::fmt(context)),
    step("clippy", "the linter has nothing to say, native and wasm32", |context, _| checks::clippy(context)),
    step("types", "TypeScript has nothing to say", |context, _| checks::types(context)),
    step("core", "the core's tests, native, and xtask's own", |context, _| checks::core(context)),
    step("deny", "dependencies: licenses, sources, bans, advisories", deny::run),
    step("package", "the tarball, by publint and arethetypeswrong", |context, _| checks::package(context)),
    step("simulator", "the simulator, in Node.js", |context, _| scripts::simulator(context)),
    step("browser", "the wasm side, in headless browsers", browser::run),
    step("runtimes", "the packed tarball, rule by rule", |context, _| scripts::runtimes(context)),
    step("demo", "the demo page, in a browser", |context, _| scripts::demo(context)),
    step("release", "what of a release can be checked before its time", release::check),
    slow_step("grid", "the packed tarball, in each runtime, browser and bundler", |context, _| scripts::grid(context)),
    slow_step("examples", "the examples, as they are deployed", |context, _| scripts::examples(context)),
];

/// What the command line said.
#[derive(Default)]
pub struct Options {
    pub all: bool,
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
            let when = if step.when == When::WithAll { " (with --all)" } else { "" };
            println!("{:10} {}{when}", step.name, step.does);
        }
        return Ok(());
    }
    let chosen = chosen(options)?;
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

fn chosen(Options { all, only, .. }: &Options) -> Result<Vec<&'static Step>> {
    if let Some(unknown) = only.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        bail!("there is no step `{unknown}`; there are: {}", names.join(", "));
    }
    let wanted = |step: &&Step| match only.as_slice() {
        [] => *all || step.when == When::Always,
        names => names.iter().any(|name| name == step.name),
    };
    Ok(STEPS.iter().filter(wanted).collect())
}

#[cfg(test)]
pub fn are_steps(options: &Options) -> bool {
    chosen(options).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{chosen, Options, STEPS};

    fn names(all: bool, only: &[&str]) -> Option<Vec<&'static str>> {
        let options = Options { all, only: only.iter().map(|&name| name.to_owned()).collect(), list: false };
        chosen(&options).ok().map(|steps| steps.iter().map(|step| step.name).collect())
    }

    #[test]
    fn all_steps_run_with_all() {
        assert_eq!(names(true, &[]).map(|names| names.len()), Some(STEPS.len()));
    }

    #[test]
    fn without_it_the_slow_ones_do_not() {
        let names = names(false, &[]).unwrap_or_default();
        assert!(names.contains(&"runtimes") && !names.contains(&"grid"), "{names:?}");
    }

    #[test]
    fn a_slow_one_runs_where_it_is_named() {
        assert_eq!(names(false, &["grid"]), Some(vec!["grid"]));
    }

    #[test]
    fn the_order_is_the_lists_own() {
        assert_eq!(names(false, &["demo", "fmt"]), Some(vec!["fmt", "demo"]));
    }

    #[test]
    fn an_unknown_name_is_refused() {
        assert_eq!(names(false, &["fmt", "nope"]), None);
    }
}
