//! Which file a request is for.

use std::path::{Path, PathBuf};

/// The file for a request's target, or nothing where the target is not plainly a path below the folder.
pub fn file_for(folder: &Path, target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
    let path = if path.is_empty() { "index.html" } else { path };
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    // The page's files have plain names: nothing is decoded, and no segment may start with a dot.
    let mut file = folder.to_path_buf();
    for segment in path.split('/') {
        if segment.is_empty() || segment.starts_with('.') || !segment.chars().all(plain) {
            return None;
        }
        file.push(segment);
    }
    Some(file)
}

pub fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("wasm") => "application/wasm",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::file_for;
    use std::path::{Path, PathBuf};

    fn found(target: &str) -> Option<PathBuf> {
        file_for(Path::new("/demo"), target)
    }

    #[test]
    fn plain_paths_are_found() {
        assert_eq!(found("/"), Some("/demo/index.html".into()));
        assert_eq!(found("/?key=1#top"), Some("/demo/index.html".into()));
        assert_eq!(found("/main.js"), Some("/demo/main.js".into()));
        assert_eq!(found("/img/a-b_1.svg?v=2"), Some("/demo/img/a-b_1.svg".into()));
    }

    #[test]
    fn nothing_outside_the_folder_is() {
        let targets = [
            "/..",
            "/../secret",
            "/a/../../secret",
            "/./main.js",
            "/.git/config",
            "//etc/passwd",
            "/a//b",
            "/a/",
            "/%2e%2e/secret",
            "/..%2fsecret",
            "/..\\secret",
            "/C:/secret",
            "main.js",
            "http://other/main.js",
            "*",
            "",
            "/a\0b",
        ];
        for target in targets {
            assert_eq!(found(target), None, "{target}");
        }
    }
}
