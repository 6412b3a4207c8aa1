//! Standard output for people and programs.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stdout};

/// Prints a line, as `println!` does, but ends quietly when the reader has gone (`portreeve blocks list | head`).
macro_rules! say {
    ($($arg:tt)*) => { $crate::out::line(format_args!($($arg)*)) };
}
pub(crate) use say;

/// See [`say!`].
pub(crate) fn line(text: Arguments<'_>) {
    finish(writeln!(stdout().lock(), "{text}"));
}

/// Prints text that has its own line ends.
pub(crate) fn text(text: &str) {
    finish(stdout().lock().write_all(text.as_bytes()));
}

fn finish(written: std::io::Result<()>) {
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => eprintln!("portreeve: standard output can't be written: {error}"),
    }
}
