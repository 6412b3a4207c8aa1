//! The permissions of a Unix socket: who may write to it may connect.

use settings::{Setting, Value};

/// Permission bits, written in octal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketMode(pub u32);

impl Setting for SocketMode {
    fn allowed() -> String {
        "permissions in octal and in quotes, like \"0660\" or \"0666\"".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        let bits = u32::from_str_radix(&text, 8).ok().filter(|bits| *bits <= 0o777);
        bits.map(Self).ok_or_else(|| format!("expected {}, found \"{text}\"", Self::allowed()))
    }
    fn show(&self) -> String {
        format!("\"{:04o}\"", self.0)
    }
}
