//! Where things are.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The npm package's name, and the crate's.
pub const NAME: &str = "cometapi-midjourney";

/// The project's folders.
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The project that this program was built from.
    pub fn here() -> Result<Self> {
        let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = xtask.parent().context("xtask stands in no project")?;
        Ok(Self { root: root.to_path_buf() })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Half-made files of the npm package.
    pub fn work(&self) -> PathBuf {
        self.path("target/npm/work")
    }

    /// The npm package, ready to be packed.
    pub fn package(&self) -> PathBuf {
        self.path("target/npm/package")
    }

    /// A folder in which the package is found by its name, so that its `exports` are gone through, as by its users.
    pub fn linked_package(&self) -> Result<PathBuf> {
        let modules = self.path("target/npm/node_modules");
        let link = modules.join(NAME);
        if !link.exists() {
            fresh_folder(&modules)?;
            std::os::unix::fs::symlink("../package", &link)
                .with_context(|| format!("cannot link {}", link.display()))?;
        }
        Ok(modules)
    }

    /// The crate's version, which is the npm package's.
    pub fn version(&self) -> Result<String> {
        let manifest = read(&self.path("Cargo.toml"))?;
        version_in(&manifest).context("Cargo.toml: its [package] has no version")
    }
}

fn version_in(manifest: &str) -> Option<String> {
    let package = manifest.split("[package]").nth(1)?;
    package
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .find_map(|line| line.strip_prefix("version"))
        .and_then(|rest| rest.split('"').nth(1))
        .map(str::to_owned)
}

/// A text file, named in the error.
pub fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// A file's bytes, named in the error.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Writes a file, and the folder that it stands in.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    std::fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

/// Copies a file, and makes the folder that it goes to.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    write(to, read_bytes(from)?)
}

/// An empty folder, whatever was there.
pub fn fresh_folder(path: &Path) -> Result<()> {
    if path.exists() {
        std::fs::remove_dir_all(path).with_context(|| format!("cannot empty {}", path.display()))?;
    }
    std::fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))
}

/// Every file below a folder, in a fixed order.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn the_version_is_the_packages_own() {
        let manifest = "[workspace]\n[package]\nname = \"a\"\nversion = \"1.2.3\"\n[dependencies]\nb = \"9\"\n";
        assert_eq!(version_in(manifest).as_deref(), Some("1.2.3"));
    }

    #[test]
    fn a_dependencys_version_is_not_taken_for_it() {
        let manifest = "[package]\nname = \"a\"\n[dependencies]\nversion = \"9\"\n";
        assert_eq!(version_in(manifest), None);
    }
}
