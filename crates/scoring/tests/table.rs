//! config/signals.md is the table of signals, rendered. `PORTREEVE_BLESS=1` writes it anew.

use std::path::Path;

#[test]
fn the_list_for_operators_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/signals.md");
    let rendered = scoring::table::render();
    if std::env::var_os("PORTREEVE_BLESS").is_some() {
        std::fs::write(&path, &rendered).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == rendered,
        "config/signals.md is out of date: run PORTREEVE_BLESS=1 cargo test -p portreeve-scoring"
    );
}
