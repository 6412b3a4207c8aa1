//! The style sheet, the script and the mark. Their path changes with their content, so that browsers may keep them.

use std::sync::LazyLock;

const STYLE: &str = include_str!("assets/console.css");
const SCRIPT: &str = include_str!("assets/console.js");
const MARK: &str = include_str!("assets/mark.svg");

static PREFIX: LazyLock<String> = LazyLock::new(|| format!("/console/assets/{:016x}", mixed([STYLE, SCRIPT, MARK])));

/// A file that is the same for everybody.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub content: &'static str,
}

/// The path below which they are.
pub fn prefix() -> &'static str {
    &PREFIX
}

/// The file of a name.
pub fn asset(name: &str) -> Option<Asset> {
    let (media_type, content) = match name {
        "console.css" => ("text/css; charset=utf-8", STYLE),
        "console.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "mark.svg" => ("image/svg+xml", MARK),
        _ => return None,
    };
    Some(Asset { media_type, content })
}

/// FNV-1a: tells versions apart, nothing more.
fn mixed(files: [&str; 3]) -> u64 {
    let bytes = files.iter().flat_map(|file| file.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
