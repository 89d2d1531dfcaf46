//! What is in the tarball, read by the system's tar.

use super::Release;
use crate::package;
use crate::process;
use crate::summary::Verdict;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder that npm puts all files in.
const FOLDER: &str = "package/";

pub struct Tarball {
    pub path: PathBuf,
}

impl Tarball {
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_path_buf() }
    }

    /// Every file's name, without the folder that all are in.
    fn files(&self) -> Result<Vec<String>> {
        named(&process::capture(Command::new("tar").arg("-tzf").arg(&self.path))?)
    }

    /// A text in it.
    pub fn read(&self, file: &str) -> Result<String> {
        let mut tar = Command::new("tar");
        tar.arg("-xzOf").arg(&self.path).arg(format!("{FOLDER}{file}"));
        process::capture(&mut tar).with_context(|| format!("the tarball's {file}"))
    }
}

/// The same list as before the tarball was made, of what is in it now: npm adds and leaves out by rules of its own.
pub fn check(release: &Release) -> Result<Verdict> {
    package::check_files(&release.tarball.files()?)?;
    Ok(Verdict::Holds)
}

fn named(listed: &str) -> Result<Vec<String>> {
    listed
        .lines()
        .map(|line| {
            let name = line.strip_prefix(FOLDER).with_context(|| format!("{line} is not in {FOLDER}"))?;
            Ok(name.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn names_are_those_within_the_folder() {
        assert_eq!(named("package/a.js\npackage/dist/b.js\n").ok(), Some(vec!["a.js".into(), "dist/b.js".into()]));
        assert!(named("package/a.js\n../b.js\n").is_err());
    }
}
