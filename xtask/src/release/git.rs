//! What is published is what is committed, under the version's tag.

use super::Release;
use crate::process;
use crate::summary::Verdict;
use anyhow::{ensure, Result};
use std::path::Path;
use std::process::Command;

pub fn check_tree(release: &Release) -> Result<Verdict> {
    clean(release.project.root())?;
    Ok(Verdict::Holds)
}

pub fn check_tag(release: &Release) -> Result<Verdict> {
    tagged(release.project.root(), &format!("v{}", release.version))
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String> {
    process::capture(Command::new("git").args(arguments).current_dir(folder))
}

fn clean(folder: &Path) -> Result<()> {
    let changes = git(folder, &["status", "--porcelain"])?;
    let files: Vec<_> = changes.lines().filter_map(|line| line.get(3..)).collect();
    ensure!(files.is_empty(), "not committed: {}", files.join(", "));
    Ok(())
}

/// A version is released once: its tag stays where it is.
fn tagged(folder: &Path, tag: &str) -> Result<Verdict> {
    if git(folder, &["tag", "--list", tag])?.trim().is_empty() {
        return Ok(Verdict::Open(format!("there is no tag {tag} yet")));
    }
    let commit = format!("refs/tags/{tag}^{{commit}}");
    let same = git(folder, &["rev-parse", &commit])? == git(folder, &["rev-parse", "HEAD"])?;
    ensure!(same, "{tag} is another commit's tag: raise the version in Cargo.toml");
    Ok(Verdict::Holds)
}

#[cfg(test)]
mod tests {
    use super::{clean, git, tagged};
    use crate::project::{fresh_folder, write, Project};
    use crate::summary::Verdict;
    use std::path::Path;

    fn commit(folder: &Path, words: &str) -> anyhow::Result<()> {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        let arguments = [&identity[..], &["commit", "--quiet", "--allow-empty", "--message", words]].concat();
        git(folder, &arguments).map(drop)
    }

    #[test]
    fn the_tree_is_clean_and_the_tag_is_heads() -> anyhow::Result<()> {
        let folder = Project::here()?.path("target/test/release-git");
        fresh_folder(&folder)?;
        git(&folder, &["init", "--quiet"])?;
        commit(&folder, "one")?;
        assert!(clean(&folder).is_ok());
        write(&folder.join("a.txt"), "a")?;
        assert!(clean(&folder).is_err_and(|error| error.to_string() == "not committed: a.txt"));

        assert!(matches!(tagged(&folder, "v1.0.0")?, Verdict::Open(_)));
        git(&folder, &["tag", "v1.0.0"])?;
        assert!(matches!(tagged(&folder, "v1.0.0")?, Verdict::Holds));
        commit(&folder, "two")?;
        assert!(tagged(&folder, "v1.0.0").is_err());
        Ok(())
    }
}
