//! The workflows call what there is: a command or a file that has gone would be missed only at the next release.

use crate::arguments;
use crate::project::{files_below, read, Project};
use std::path::PathBuf;

fn workflows() -> anyhow::Result<Vec<(PathBuf, String)>> {
    let files = files_below(&Project::here()?.path(".github/workflows"))?;
    files.into_iter().map(|file| Ok((file.clone(), read(&file)?))).collect()
}

/// What stands behind a key, wherever it does.
fn values<'a>(text: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| line.trim().trim_start_matches("- ").strip_prefix(key))
}

#[test]
fn every_command_is_one_of_xtasks_and_every_script_is_there() -> anyhow::Result<()> {
    let mut found = 0;
    for (file, text) in workflows()? {
        for line in text.lines().filter(|line| !line.trim().starts_with('#')) {
            if let Some((_, command)) = line.split_once("cargo xtask ") {
                let words = std::iter::once("xtask").chain(command.split_whitespace()).map(Into::into);
                assert!(arguments::parse(words).is_ok(), "{}: {line}", file.display());
                found += 1;
            }
            if let Some((_, script)) = line.split_once("bash ") {
                assert!(Project::here()?.path(script.trim()).is_file(), "{}: {line}", file.display());
                found += 1;
            }
        }
    }
    assert!(found >= 2, "they call nothing");
    Ok(())
}

#[test]
fn an_action_is_pinned_to_a_commit_and_says_its_version() -> anyhow::Result<()> {
    for (file, text) in workflows()? {
        for action in values(&text, "uses: ") {
            if let Some(own) = action.strip_prefix("./") {
                assert!(Project::here()?.path(own).is_file(), "{}: {action}", file.display());
                continue;
            }
            let pinned = action.split_once('@').and_then(|(_, pin)| pin.split_once(" # v"));
            let commit = pinned.map(|(commit, _)| commit).unwrap_or_default();
            let is_commit = commit.len() == 40 && commit.chars().all(|digit| digit.is_ascii_hexdigit());
            assert!(is_commit, "{}: {action}", file.display());
        }
    }
    Ok(())
}

#[test]
fn nothing_is_allowed_unless_a_job_says_so_and_there_is_no_secret() -> anyhow::Result<()> {
    for (file, text) in workflows()? {
        assert!(text.contains("\npermissions: {}\n"), "{}", file.display());
        assert!(!text.contains("secrets."), "{}", file.display());
        assert_eq!(
            values(&text, "runs-on: ").count(),
            values(&text, "timeout-minutes: ").count(),
            "{}",
            file.display()
        );
    }
    Ok(())
}
