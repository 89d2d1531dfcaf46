//! CHANGELOG.md: a section for each version, newest first, this version's on top.

use super::Release;
use crate::project::read;
use crate::summary::Verdict;
use anyhow::{ensure, Context, Result};
use semver::Version;

const FILE: &str = "CHANGELOG.md";

/// Stands in the place of the date until there is one.
const UNDATED: &str = "unreleased";

#[derive(Debug)]
struct Section {
    version: Version,
    date: Option<String>,
    text: String,
}

pub fn check(release: &Release) -> Result<Verdict> {
    check_sections(&sections(&text(release)?)?, &release.version).context(FILE)?;
    Ok(Verdict::Holds)
}

pub fn check_date(release: &Release) -> Result<Verdict> {
    let sections = sections(&text(release)?)?;
    let first = sections.first().with_context(|| format!("{FILE} has no section"))?;
    Ok(match first.date {
        Some(_) => Verdict::Holds,
        None => Verdict::Open(format!("{FILE}: {} has no date yet", first.version)),
    })
}

/// The project's, which is copied into the tarball.
fn text(release: &Release) -> Result<String> {
    let text = read(&release.project.path(FILE))?;
    ensure!(text == release.tarball.read(FILE)?, "{FILE} in the tarball is another");
    Ok(text)
}

fn sections(text: &str) -> Result<Vec<Section>> {
    text.split("\n## ").skip(1).map(section).collect()
}

fn section(text: &str) -> Result<Section> {
    let (heading, text) = text.split_once('\n').unwrap_or((text, ""));
    parsed(heading, text).with_context(|| format!("“## {heading}” is not “## [1.2.3] - 2030-12-31”, nor “- {UNDATED}”"))
}

fn parsed(heading: &str, text: &str) -> Option<Section> {
    let (version, date) = heading.strip_prefix('[')?.split_once("] - ")?;
    let date = (date != UNDATED).then(|| date.to_owned());
    date.as_deref().is_none_or(is_date).then_some(())?;
    Some(Section { version: Version::parse(version).ok()?, date, text: text.to_owned() })
}

/// Year, month, day: as text they are in the order of time.
fn is_date(text: &str) -> bool {
    let digits = text.chars().enumerate().all(|(at, letter)| match at {
        4 | 7 => letter == '-',
        _ => letter.is_ascii_digit(),
    });
    text.len() == 10 && digits && ("01"..="12").contains(&&text[5..7]) && ("01"..="31").contains(&&text[8..])
}

fn check_sections(sections: &[Section], version: &str) -> Result<()> {
    let first = sections.first().context("it has no section")?;
    ensure!(first.version.to_string() == version, "the first section is {}'s, not {version}'s", first.version);
    for section in sections {
        let told = section.text.lines().any(|line| line.starts_with("- "));
        ensure!(told, "{} has no line that says what changed", section.version);
    }
    for pair in sections.windows(2) {
        let [newer, older] = pair else { continue };
        ensure!(newer.version > older.version, "{} stands above {}", newer.version, older.version);
        let date = older.date.as_ref().with_context(|| format!("{} has no date", older.version))?;
        let in_order = newer.date.as_ref().is_none_or(|newer| newer >= date);
        ensure!(in_order, "{} is dated before {}", newer.version, older.version);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{check_sections, is_date, sections};

    fn checked(text: &str, version: &str) -> anyhow::Result<()> {
        check_sections(&sections(text)?, version)
    }

    const TWO: &str = "# Changelog\n\nWords.\n\n## [1.1.0] - unreleased\n\n### Added\n\n- Two.\n\n## [1.0.0] - 2026-02-03\n\n- One.\n";

    #[test]
    fn the_newest_version_is_on_top_and_may_be_undated() {
        assert!(checked(TWO, "1.1.0").is_ok());
        assert!(checked(&TWO.replace("unreleased", "2026-02-03"), "1.1.0").is_ok());
    }

    #[test]
    fn what_is_amiss_is_refused() {
        for (found, replacement) in [
            ("[1.1.0]", "[1.2.0]"),
            ("[1.0.0]", "[1.1.0]"),
            ("- Two.", "Two."),
            ("2026-02-03", "unreleased"),
            ("2026-02-03", "3 February 2026"),
            ("unreleased", "2026-02-02"),
            ("unreleased", "soon"),
            ("[1.1.0] - unreleased", "Unreleased"),
            ("## ", "# "),
        ] {
            assert!(checked(&TWO.replace(found, replacement), "1.1.0").is_err(), "{replacement}");
        }
    }

    #[test]
    fn a_date_has_a_month_and_a_day() {
        assert!(is_date("2026-11-24"));
        for text in ["2026-13-24", "2026-00-24", "2026-11-32", "2026-1-24", "2026-11-24Z", "26-11-2400", "２026-11-2"]
        {
            assert!(!is_date(text), "{text}");
        }
    }
}
