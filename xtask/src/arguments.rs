//! The command line.

use crate::{bench, demo, fuzz, release, test};
use anyhow::{bail, Result};
use lexopt::prelude::*;
use std::ffi::OsString;

pub enum Command {
    Help,
    Build,
    Package,
    Demo(demo::Options),
    Test(test::Options),
    Fuzz(fuzz::Options),
    Bench(bench::Options),
    Release(release::Options),
    /// What cargo runs a wasm32 test program with; not for people.
    TestRunner(Vec<OsString>),
}

const COMMANDS: [(&str, &str); 8] = [
    ("build", "builds the npm package's files into target/npm/package"),
    ("package", "builds, checks and packs them; the last line is the tarball's path"),
    ("demo [--port N] [--no-build]", "builds the demo page and serves it on http://127.0.0.1:8080 (0: any free port)"),
    (
        "test [--all] [--only NAME,…] [--list]",
        "runs the tests; --all: every runtime, browser, bundler and example, too; --list names the steps",
    ),
    ("fuzz [--seconds N] [--target NAME]", "fuzzes the readers of what comes from outside, 30 s each"),
    (
        "bench [NAME] [--twiggy]",
        "measures (all, or NAME: size, start, call, memory, batch, waits, cadence); with --twiggy, what in the .wasm is how \
         large",
    ),
    ("release [--dry-run]", "checks what would be published, and publishes it; --dry-run only checks"),
    ("help", "prints this"),
];

pub fn help() -> String {
    let width = COMMANDS.iter().map(|(usage, _)| usage.len()).max().unwrap_or_default();
    let lines: String = COMMANDS.iter().map(|(usage, does)| format!("  {usage:width$}  {does}\n")).collect();
    format!("cargo xtask COMMAND\n\n{lines}")
}

pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command> {
    let mut parser = lexopt::Parser::from_iter(arguments);
    let Some(first) = parser.next()? else {
        return Ok(Command::Help);
    };
    let name = match first {
        Value(name) => name.string()?,
        Long("help") | Short('h') => return Ok(Command::Help),
        other => return Err(other.unexpected().into()),
    };
    match name.as_str() {
        "help" => finished(parser, Command::Help),
        "build" => finished(parser, Command::Build),
        "package" => finished(parser, Command::Package),
        "demo" => demo_options(parser).map(Command::Demo),
        "test" => test_options(parser).map(Command::Test),
        "fuzz" => fuzz_options(parser).map(Command::Fuzz),
        "bench" => bench_options(parser).map(Command::Bench),
        "release" => release_options(parser).map(Command::Release),
        TEST_RUNNER => Ok(Command::TestRunner(std::iter::once(name.into()).chain(parser.raw_args()?).collect())),
        other => bail!("there is no command `{other}`\n\n{}", help()),
    }
}

/// What `.cargo/config.toml` has cargo run wasm32 test programs with.
const TEST_RUNNER: &str = "wasm-bindgen-test-runner";

fn finished(mut parser: lexopt::Parser, command: Command) -> Result<Command> {
    match parser.next()? {
        None => Ok(command),
        Some(extra) => Err(extra.unexpected().into()),
    }
}

fn demo_options(mut parser: lexopt::Parser) -> Result<demo::Options> {
    let mut options = demo::Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("port") => options.port = parser.value()?.parse()?,
            Long("no-build") => options.build = false,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

fn test_options(mut parser: lexopt::Parser) -> Result<test::Options> {
    let mut options = test::Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("all") => options.all = true,
            Long("only") => options.only.extend(parser.value()?.string()?.split(',').map(str::to_owned)),
            Long("list") => options.list = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

fn fuzz_options(mut parser: lexopt::Parser) -> Result<fuzz::Options> {
    let mut options = fuzz::Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("seconds") => options.seconds = parser.value()?.parse()?,
            Long("target") => options.target = Some(parser.value()?.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

fn bench_options(mut parser: lexopt::Parser) -> Result<bench::Options> {
    let mut options = bench::Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(name) if options.name.is_none() => options.name = Some(name.string()?),
            Long("twiggy") => options.twiggy = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

fn release_options(mut parser: lexopt::Parser) -> Result<release::Options> {
    let mut options = release::Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("dry-run") => options.dry_run = true,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::{parse, Command};

    fn parsed(line: &str) -> anyhow::Result<Command> {
        parse(std::iter::once("xtask").chain(line.split_whitespace()).map(Into::into))
    }

    #[test]
    fn the_demo_takes_a_port() {
        let options = parsed("demo --port 0 --no-build");
        assert!(matches!(options, Ok(Command::Demo(options)) if options.port == 0 && !options.build));
    }

    #[test]
    fn the_tests_take_names() {
        let options = parsed("test --only fmt,core --only demo");
        assert!(
            matches!(options, Ok(Command::Test(options)) if options.only == ["fmt", "core", "demo"] && !options.list)
        );
    }

    #[test]
    fn the_tests_are_all_run_where_that_is_said() {
        assert!(matches!(parsed("test --all"), Ok(Command::Test(options)) if options.all));
        assert!(matches!(parsed("test"), Ok(Command::Test(options)) if !options.all));
    }

    #[test]
    fn fuzzing_takes_a_time_and_a_target() {
        let options = parsed("fuzz --seconds 5 --target task");
        assert!(
            matches!(options, Ok(Command::Fuzz(options)) if options.seconds == 5 && options.target.as_deref() == Some("task"))
        );
        assert!(
            matches!(parsed("fuzz"), Ok(Command::Fuzz(options)) if options.seconds == 30 && options.target.is_none())
        );
    }

    #[test]
    fn a_release_is_meant_unless_it_is_a_dry_run() {
        assert!(matches!(parsed("release --dry-run"), Ok(Command::Release(options)) if options.dry_run));
        assert!(matches!(parsed("release"), Ok(Command::Release(options)) if !options.dry_run));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for line in ["dmeo", "build --port 1", "demo --port x", "fuzz --seconds x", "release 1.0.0", "--version"] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }

    #[test]
    fn nothing_and_help_print_the_help() {
        for line in ["", "help", "--help", "-h"] {
            assert!(matches!(parsed(line), Ok(Command::Help)), "{line}");
        }
    }
}
