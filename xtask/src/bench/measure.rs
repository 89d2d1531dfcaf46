//! Sizes as they travel: raw, gzip, brotli.

use crate::node;
use crate::process;
use crate::project::Project;
use anyhow::{Context, Result};
use std::ops::Add;
use std::path::Path;

/// Bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    pub raw: u64,
    pub gzip: u64,
    pub brotli: u64,
}

impl Add for Size {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { raw: self.raw + other.raw, gzip: self.gzip + other.gzip, brotli: self.brotli + other.brotli }
    }
}

/// Node.js has both compressions, and their best levels are what static hosts use.
const SCRIPT: &str = "
    const { gzipSync, brotliCompressSync } = require('node:zlib');
    const bytes = require('node:fs').readFileSync(process.argv[1]);
    console.log(bytes.length, gzipSync(bytes, { level: 9 }).length, brotliCompressSync(bytes).length);
";

pub fn file(project: &Project, path: &Path) -> Result<Size> {
    let printed = process::capture(node::node(project).args(["-e", SCRIPT]).arg(path))?;
    parsed(&printed).with_context(|| format!("cannot measure {}", path.display()))
}

fn parsed(printed: &str) -> Option<Size> {
    let numbers: Vec<u64> = printed.split_whitespace().map_while(|number| number.parse().ok()).collect();
    match numbers[..] {
        [raw, gzip, brotli] => Some(Size { raw, gzip, brotli }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{parsed, Size};

    #[test]
    fn three_numbers_are_a_size() {
        assert_eq!(parsed("3 2 1\n"), Some(Size { raw: 3, gzip: 2, brotli: 1 }));
        assert_eq!(parsed("3 2\n"), None);
        assert_eq!(parsed("Error: no such file"), None);
    }

    #[test]
    fn two_files_travel_apart() {
        let sum = Size { raw: 3, gzip: 2, brotli: 1 } + Size { raw: 30, gzip: 20, brotli: 10 };
        assert_eq!(sum, Size { raw: 33, gzip: 22, brotli: 11 });
    }
}
