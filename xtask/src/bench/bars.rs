//! What a bench's script measured, held against its bars.

use crate::project::read;
use anyhow::{bail, ensure, Context, Result};
use serde_json::Value;
use std::path::Path;

/// Fails where one of the report's `bars`, each `{ what, is, most }`, is broken.
pub fn hold(report: &Path) -> Result<()> {
    let report: Value = serde_json::from_str(&read(report)?).context("the report is no JSON")?;
    let bars = report["bars"].as_array().context("the report has no bars")?;
    ensure!(!bars.is_empty(), "the report has no bars");
    let broken: Vec<_> = bars.iter().filter_map(broken).collect();
    if !broken.is_empty() {
        bail!("{}", broken.join("; "));
    }
    Ok(())
}

fn broken(bar: &Value) -> Option<String> {
    let what = bar["what"].as_str().unwrap_or("a bar without a name");
    match (bar["is"].as_f64(), bar["most"].as_f64()) {
        (Some(is), Some(most)) if is <= most => None,
        (Some(is), Some(most)) => Some(format!("{what} is {is:.2}, and the bar is {most}")),
        _ => Some(format!("{what} was not measured")),
    }
}

#[cfg(test)]
mod tests {
    use super::broken;
    use serde_json::json;

    #[test]
    fn a_bar_that_is_kept_says_nothing() {
        assert_eq!(broken(&json!({ "what": "a", "is": 1.1, "most": 1.1 })), None);
    }

    #[test]
    fn a_broken_one_says_by_how_much() {
        let told = broken(&json!({ "what": "a", "is": 1.256, "most": 1.1 }));
        assert_eq!(told.as_deref(), Some("a is 1.26, and the bar is 1.1"));
    }

    #[test]
    fn what_was_not_measured_is_broken() {
        assert!(broken(&json!({ "what": "a", "is": null, "most": 1.1 })).is_some());
    }
}
