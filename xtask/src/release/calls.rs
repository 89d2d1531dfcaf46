//! What the workflows and CONTRIBUTING.md call is there: a command or a file that has gone would be missed only by who
//! needs it next.

use crate::arguments;
use crate::project::{files_below, read, Project};
use std::path::PathBuf;

fn workflows() -> anyhow::Result<Vec<(PathBuf, String)>> {
    let files = files_below(&Project::here()?.path(".github/workflows"))?;
    files.into_iter().map(|file| Ok((file.clone(), read(&file)?))).collect()
}

/// The lines of all of them that a shell runs, and the tables' that name files.
fn lines() -> anyhow::Result<Vec<String>> {
    let contributing = read(&Project::here()?.path("CONTRIBUTING.md"))?;
    let scripts = contributing.split("\n```").filter_map(|block| block.strip_prefix("sh\n"));
    let tables = contributing.lines().filter(|line| line.starts_with("| `"));
    let mut lines: Vec<_> = scripts.flat_map(str::lines).chain(tables).map(str::to_owned).collect();
    for (_, text) in workflows()? {
        lines.extend(text.lines().map(str::to_owned));
    }
    lines.retain(|line| !line.trim().starts_with('#'));
    Ok(lines)
}

/// What stands behind a key, wherever it does.
fn values<'a>(text: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| line.trim().trim_start_matches("- ").strip_prefix(key))
}

#[test]
fn every_command_is_one_of_xtasks() -> anyhow::Result<()> {
    let mut found = 0;
    for line in lines()? {
        let Some((_, command)) = line.split_once("cargo xtask ") else { continue };
        let words = command.split(['#', '|']).next().unwrap_or_default().split_whitespace();
        let parsed = arguments::parse(std::iter::once("xtask").chain(words).map(Into::into));
        match parsed {
            Ok(arguments::Command::Test(options)) => assert!(crate::test::are_steps(&options), "{line}"),
            parsed => assert!(parsed.is_ok(), "{line}"),
        }
        found += 1;
    }
    assert!(found >= 10, "only {found} were found");
    Ok(())
}

#[test]
fn every_file_is_there() -> anyhow::Result<()> {
    const FOLDERS: [&str; 7] = [".ci/", ".github/", "pkg-template/", "src/", "tests/", "www/", "xtask/"];
    let mut found = 0;
    for line in lines()? {
        let words = line.split(|letter: char| letter.is_whitespace() || "`,:()".contains(letter));
        for word in words.map(|word| word.trim_start_matches("./")) {
            if FOLDERS.iter().any(|folder| word.starts_with(folder)) {
                assert!(Project::here()?.path(word).exists(), "there is no {word}: {line}");
                found += 1;
            }
        }
    }
    assert!(found >= 20, "only {found} were found");
    Ok(())
}

#[test]
fn an_action_is_pinned_to_a_commit_and_says_its_version() -> anyhow::Result<()> {
    for (file, text) in workflows()? {
        for action in values(&text, "uses: ").filter(|action| !action.starts_with("./")) {
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
        let (runners, limits) = (values(&text, "runs-on: ").count(), values(&text, "timeout-minutes: ").count());
        assert_eq!(runners, limits, "{}: a job may hang", file.display());
    }
    Ok(())
}
