//! Mail extracted and scored as the daemon does it, with a rule of the operator's for every place.

#![allow(dead_code, reason = "each test program uses some of it")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use features::FeatureLimits;
use model::{Envelope, Features, Message, Score, Session, Submission, Timestamp, Via};
use scoring::{Engine, MAX_HITS, MAX_WHY, RuleBook, RuleRow, ScoreSettings};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut document = settings::Document::parse(RULES);
    let rows: Vec<RuleRow> = document.rows().unwrap();
    assert!(document.finish().into_sorted().is_empty());
    Engine::new(&ScoreSettings::default()).with_rules(RuleBook::compile(&rows).unwrap())
});

const RULES: &str = r#"
[[rule]]
name = "our_text"
points = 10
sentence = "Seen: {}"
any = [
    { in = "subject", regex = "(x+x+)+y" }, { in = "from", contains = ["anna"] }, { in = "body", regex = "(a|aa)+$" },
    { in = "header:X-Tool", regex = ".*a.*a" }, { in = "mail_from", contains = ["a"] }, { in = "recipient", contains = ["b"] },
]
test = ""

[[rule]]
name = "our_parts"
points = 10
sentence = "Seen: {}"
any = [
    { in = "url", regex = "\\d{3,}" }, { in = "url.host", contains = ["paypa1"] }, { in = "url.path", regex = "^/[a-z]{8,}$" },
    { in = "attachment.name", contains = [".zip"] }, { in = "attachment.type", is = ["application/zip"] },
    { in = "attachment.kind", is = ["zip"] }, { in = "login", contains = ["a"] }, { in = "client", network = ["192.0.2.0/24"] },
]
test = ""
"#;

/// The score of a raw message.
pub(crate) fn scored(raw: &[u8]) -> Score {
    score(&features_of(raw))
}

/// What is seen in a raw message.
pub(crate) fn features_of(raw: &[u8]) -> Features {
    let session = Arc::new(Session::new(Via::Milter));
    let submission = Submission { session, envelope: Envelope::default(), message: Message::whole(raw.to_vec()) };
    let limits = FeatureLimits { fields: ENGINE.fields(), ..FeatureLimits::default() };
    features::extract(&submission, Timestamp::from_secs(1_741_000_000), &limits)
}

/// The score of what was seen.
pub(crate) fn score(features: &Features) -> Score {
    ENGINE.score(features)
}

/// Scores a message; the score must be bounded and explained.
pub(crate) fn check(raw: &[u8]) {
    let score = scored(raw);
    assert!(score.hits.len() <= MAX_HITS);
    for hit in &score.hits {
        assert!(hit.points != 0 && !hit.why.is_empty() && hit.why.len() <= MAX_WHY);
        assert!(!hit.why.chars().any(char::is_control), "{}", hit.why);
    }
}

/// The top of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The case files: signal name and content.
pub(crate) fn case_files() -> std::io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for path in files_below(&workspace().join("tests/signals")) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        files.push((name, std::fs::read_to_string(path)?));
    }
    Ok(files)
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}
