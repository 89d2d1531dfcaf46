//! `cargo xtask`: builds, serves, tests and measures the npm package, set-up included.

#[cfg(not(unix))]
compile_error!("xtask needs a Unix: on Windows, use WSL");

mod arguments;
mod bench;
mod build;
mod crates;
mod demo;
mod fuzz;
mod lock;
mod node;
mod package;
mod process;
mod project;
mod release;
mod steps;
mod summary;
mod test;
mod tools;

use anyhow::Result;
use arguments::Command;
use project::Project;
use std::process::ExitCode;

fn main() -> ExitCode {
    let result = process::end_all_on_signals().and_then(|()| arguments::parse(std::env::args_os())).and_then(run);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // `:#` keeps the causes on the same line and leaves the backtrace out.
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let project = Project::here()?;
    match command {
        Command::Help => {
            print!("{}", arguments::help());
            Ok(())
        }
        Command::Build => build::run(&project),
        Command::Package => {
            let tarball = package::run(&project)?;
            println!("{}", tarball.display());
            Ok(())
        }
        Command::Demo(options) => demo::run(&project, options),
        Command::Fuzz(options) => fuzz::run(&project, &options),
        Command::Bench(options) => bench::run(&project, &options),
        Command::Release(options) => release::run(&project, &options),
        Command::Test(options) => test::run(&project, &options),
        Command::TestRunner(arguments) => wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(arguments),
    }
}
