//! Standard output for people and programs.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stdout};

use model::shown::Shown;
use serde::Serialize;

/// Prints a line, as `println!` does, but ends quietly when the reader has gone (`portreeve blocks list | head`).
macro_rules! say {
    ($($arg:tt)*) => { $crate::out::line(format_args!($($arg)*)) };
}
pub(crate) use say;

/// See [`say!`]. Names, subjects and letters are strangers' text: none of it drives the operator's terminal.
pub(crate) fn line(text: Arguments<'_>) {
    finish(writeln!(stdout().lock(), "{}", Shown(text)));
}

/// Prints text that has its own line ends.
pub(crate) fn text(text: &str) {
    finish(stdout().lock().write_all(text.as_bytes()));
}

/// Prints a document for a program.
pub(crate) fn json(document: &impl Serialize) -> anyhow::Result<()> {
    say!("{}", serde_json::to_string_pretty(document)?);
    Ok(())
}

fn finish(written: std::io::Result<()>) {
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => eprintln!("portreeve: standard output can't be written: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_for_a_program_means_the_same_as_before() {
        let value = serde_json::json!({"a\u{202e}b\\\u{9b}\"": ["\u{1b}\u{7f}\n\t"]});
        let shown = Shown(serde_json::to_string_pretty(&value).unwrap()).to_string();
        assert!(!shown.contains(['\u{202e}', '\u{9b}', '\u{7f}']), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }
}
