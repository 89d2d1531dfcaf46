//! `bench start`: how soon a first request leaves, beside others' clients. `tests/bench/start.mjs` measures.

use super::bars;
use crate::project::Project;
use crate::test::browsers;
use crate::{build, node, process};
use anyhow::Result;

pub fn run(project: &Project) -> Result<()> {
    build::run(project)?;
    node::install(&project.path("tests/peers"))?;
    let chromium = browsers::chromium()?;
    process::run(node::node(project).arg("tests/bench/start.mjs").env("CHROMIUM", chromium.program))?;
    bars::hold(&project.path("target/bench/start.json"))
}
