//! The .wasm: compiled, bound, optimised.

use crate::node;
use crate::process;
use crate::project::{read_bytes, Project, NAME};
use anyhow::{bail, ensure, Context, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// What rustc and wasm-bindgen may use; the engines of 2023 know all of it. (Reference types are not in the module:
/// binaryen wants them named for the table that wasm-bindgen's functions are called through.)
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
    "--enable-reference-types",
];

/// Whether the functions' names stay in the .wasm: for profiles, never for users.
#[derive(Clone, Copy, PartialEq)]
pub enum Names {
    Kept,
    Removed,
}

/// Installs the wasm target with rustup, if rustc has not got it.
pub fn add_target() -> Result<()> {
    if !sysroot()?.join("lib/rustlib").join(TARGET).exists() {
        process::capture(Command::new("rustup").args(["target", "add", TARGET]))?;
    }
    Ok(())
}

/// Installs the standard library's source with rustup, if it is not there.
pub fn add_source() -> Result<()> {
    if !sysroot()?.join("lib/rustlib/src/rust/library/std").exists() {
        process::capture(Command::new("rustup").args(["component", "add", "rust-src"]))?;
    }
    Ok(())
}

fn sysroot() -> Result<PathBuf> {
    let printed = process::capture(Command::new("rustc").args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(printed.trim()))
}

/// Compiles the crate and, with it, the standard library: made for size and with panics that are bare traps, since
/// nothing that a panic says can be read where the module runs. That is 2 kB of gzip. The toolchain is the stable one;
/// `RUSTC_BOOTSTRAP` lets it build its own library. `features` are the crate's, none for users. Returns the .wasm that rustc made, names and all.
pub fn compile(project: &Project, features: &str) -> Result<PathBuf> {
    // A folder of its own: what is built with other flags and settings would be built anew at every change of command.
    let folder = project.path("target/wasm");
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--release", "--lib", "--target", TARGET, "--package", NAME, "--features", features])
        .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"])
        .arg("--target-dir")
        .arg(&folder)
        .arg("--config")
        .arg(rustflags(project)?)
        .env("RUSTC_BOOTSTRAP", "1")
        .current_dir(project.root());
    process::run(&mut cargo)?;
    Ok(folder.join(TARGET).join("release").join(format!("{}.wasm", NAME.replace('-', "_"))))
}

/// Besides those of `.cargo/config.toml`. Paths in the module shall not tell where this machine keeps its files.
fn rustflags(project: &Project) -> Result<String> {
    let mut prefixes = vec![(project.root().to_path_buf(), ""), (sysroot()?.join("lib/rustlib/src/rust"), "rust")];
    prefixes.extend(cargo_home().map(|folder| (folder, "cargo")));
    // Nothing is shared with generic code compiled elsewhere, and small functions are inlined before LLVM sees them,
    // which rustc does not do by itself for size: together 1.5 kB of gzip.
    let flags = ["-Zunstable-options", "-Cpanic=immediate-abort", "-Zlocation-detail=none", "-Zshare-generics=no"];
    let mut flags = flags.map(String::from).to_vec();
    flags.extend(["-Zinline-mir=yes", "-Clink-arg=-zstack-size=65536"].map(String::from));
    // The ends of branches that are alike stay where they are: shared, they compress worse, by 0.05 kB.
    flags.push("-Cllvm-args=-simplifycfg-sink-common=false".to_owned());
    flags.extend(prefixes.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())));
    // A TOML array of strings is written as a JSON one.
    Ok(format!("target.{TARGET}.rustflags={}", serde_json::json!(flags)))
}

fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")))
}

/// wasm-bindgen's output: a module of JavaScript and the .wasm that it belongs to.
pub struct Bound {
    pub glue: PathBuf,
    pub wasm: PathBuf,
}

/// Runs wasm-bindgen, in this process.
pub fn bind(compiled: &Path, folder: &Path, names: Names) -> Result<Bound> {
    let mut arguments: Vec<OsString> = vec!["wasm-bindgen".into(), compiled.into()];
    arguments.extend(["--out-dir".into(), folder.into()]);
    arguments.extend(["--target", "bundler", "--no-typescript", "--encode-into", "always"].map(OsString::from));
    if names == Names::Removed {
        arguments.extend(["--remove-name-section", "--remove-producers-section"].map(OsString::from));
    }
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(arguments)?;
    let name = NAME.replace('-', "_");
    Ok(Bound { glue: folder.join(format!("{name}_bg.js")), wasm: folder.join(format!("{name}_bg.wasm")) })
}

/// Runs binaryen's wasm-opt; returns the bytes.
pub fn optimize(project: &Project, from: &Path, to: &Path, names: Names) -> Result<Vec<u8>> {
    let folder = to.parent().context("the .wasm goes nowhere")?;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut command = node::tool(project, "wasm-opt");
    // A function with one caller is left alone unless it is tiny: inlined, it compresses worse (1.2 kB in all). Not
    // -tnh, which would save 70 bytes and let a bounds check go whose failure is a trap.
    // --flatten and --rereloop make the control flow anew: 0.2 kB. Low memory is the far end of the stack. --dealign
    // gives every load and store the same hint, of which engines make nothing: 0.06 kB.
    command.args(["--generate-global-effects", "--flatten", "--rereloop", "-O1", "-Os", "-Os", "--converge"]);
    command.args(["--one-caller-inline-max-function-size=35", "--low-memory-unused", "--dealign"]);
    command.arg("--strip-target-features");
    command.args(FEATURES).arg(from).arg("-o").arg(to);
    if names == Names::Kept {
        command.arg("--debuginfo");
    }
    process::capture(&mut command)?;
    let wasm = read_bytes(to)?;
    check_no_paths(project, &wasm)?;
    Ok(wasm)
}

/// The .wasm holds no path of this machine.
fn check_no_paths(project: &Project, wasm: &[u8]) -> Result<()> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    // "/" alone would be everywhere.
    let folders = [Some(project.root().to_path_buf()), cargo_home(), home]
        .into_iter()
        .flatten()
        .filter(|path| path.as_os_str().len() > 1);
    for folder in folders {
        let path = folder.display().to_string();
        if contains(wasm, path.as_bytes()) {
            bail!("the .wasm holds the path {path}: is another --remap-path-prefix needed?");
        }
    }
    ensure!(wasm.starts_with(b"\0asm"), "wasm-opt wrote no .wasm");
    Ok(())
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
