//! A password from a terminal without echo, or from a file descriptor.
//!
//! Never from the command line or the environment: other users of the host can read those.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write, stdin};

use anyhow::{Context, bail};
use diagnostics::Password;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Reads it from the descriptor, or asks for it where somebody sits; `None` where nobody can be asked.
pub(super) fn read(descriptor: Option<u32>, who: &str) -> anyhow::Result<Option<Password>> {
    match descriptor {
        Some(number) => from_descriptor(number).map(Some),
        None if stdin().is_terminal() => asked(who),
        None => Ok(None),
    }
}

/// The first line.
fn from_descriptor(number: u32) -> anyhow::Result<Password> {
    let file =
        File::open(format!("/dev/fd/{number}")).with_context(|| format!("file descriptor {number} can't be read"))?;
    first_line(BufReader::new(file))
}

fn first_line(reader: impl BufRead) -> anyhow::Result<Password> {
    let mut line = String::with_capacity(Password::MAX + 2);
    reader.take(Password::MAX as u64 + 2).read_line(&mut line)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok(Password::new(line)?)
}

/// An empty answer is none.
fn asked(who: &str) -> anyhow::Result<Option<Password>> {
    let mut terminal =
        File::options().read(true).write(true).open("/dev/tty").context("the terminal can't be opened")?;
    write!(terminal, "Password of {who} (empty: don't try to log in): ")?;
    let quiet = Quiet::new(terminal)?;
    let mut line = String::with_capacity(Password::MAX + 2);
    BufReader::new((&quiet.terminal).take(Password::MAX as u64 + 2)).read_line(&mut line)?;
    drop(quiet);
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    if line.is_empty() { Ok(None) } else { Ok(Some(Password::new(line)?)) }
}

/// A terminal that shows nothing of what is typed until this is dropped.
struct Quiet {
    terminal: File,
    before: Termios,
}

impl Quiet {
    fn new(terminal: File) -> anyhow::Result<Self> {
        let before = tcgetattr(&terminal)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        quiet.local_modes.insert(LocalModes::ECHONL);
        if let Err(error) = tcsetattr(&terminal, OptionalActions::Flush, &quiet) {
            bail!("the terminal would show the password ({error}): use --password-fd");
        }
        Ok(Self { terminal, before })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // The terminal may be gone; then nothing is left to be set.
        let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_password() {
        for text in ["pa ss\r\nmore", "pa ss\n", "pa ss"] {
            assert!(first_line(text.as_bytes()).is_ok(), "{text:?}");
        }
        assert_eq!(first_line("\n".as_bytes()).unwrap_err().to_string(), "the password is empty");
        let long = first_line("x".repeat(5000).as_bytes()).unwrap_err().to_string();
        assert!(long.contains("longer than 1024 bytes"), "{long}");
    }
}
