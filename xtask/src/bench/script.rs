//! The benches of `tests/bench`: each is a script that measures, prints its table, and says in its report what its bars are.

use crate::project::{read, Project};
use crate::test::browsers;
use crate::{node, process};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::fs;

/// Runs `tests/bench/NAME.mjs` on the package as it was built, and holds its report to its bars.
pub fn run(project: &Project, name: &str) -> Result<()> {
    node::install(&project.path("tests/peers"))?;
    let file = project.path("target/bench").join(name).with_extension("json");
    // One of an earlier run says nothing of this one.
    if file.exists() {
        fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
    }
    println!();
    let mut node = node::node(project);
    node.arg(project.path("tests/bench").join(name).with_extension("mjs"));
    if name == "start" {
        node.env("CHROMIUM", browsers::chromium()?.program);
    }
    process::run(&mut node)?;
    println!("\nThe same as JSON: {}", file.display());
    check(&read(&file)?)
}

/// Of each bar: `what` was measured, what it `is`, and the `most` that it may be.
fn check(report: &str) -> Result<()> {
    let report: Value = serde_json::from_str(report).context("the report is none")?;
    let bars = report["bars"].as_array().filter(|bars| !bars.is_empty()).context("the report has no bars")?;
    let broken: Vec<_> = bars.iter().filter_map(broken).collect();
    ensure!(broken.is_empty(), "above the bar: {}", broken.join("; "));
    Ok(())
}

fn broken(bar: &Value) -> Option<String> {
    let number = |name: &str| bar[name].as_f64().unwrap_or(f64::NAN);
    let (is, most) = (number("is"), number("most"));
    // What could not be measured does not hold.
    let holds = is <= most;
    (!holds).then(|| format!("{} is {is:.2}, and the bar is {most}", bar["what"].as_str().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_bar_is_the_most_that_is_let_through() {
        assert!(check(r#"{ "us": 1, "bars": [{ "what": "a", "is": 4, "most": 4.0 }] }"#).is_ok());
        let broken =
            check(r#"{ "bars": [{ "what": "a", "is": 1, "most": 2 }, { "what": "b", "is": 4.01, "most": 4 }] }"#);
        assert!(broken.is_err_and(|error| error.to_string() == "above the bar: b is 4.01, and the bar is 4"));
    }

    #[test]
    fn a_report_without_figures_is_a_failure() {
        assert!(check(r#"{ "bars": [] }"#).is_err());
        assert!(check(r#"{ "bars": [{ "what": "a", "is": null, "most": 4 }] }"#).is_err());
        assert!(check("").is_err());
    }
}
