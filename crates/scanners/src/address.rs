//! Where a scanner listens, and a connection to it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use settings::{Setting, Value};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use crate::error::ScanError;

/// A TCP address or a Unix socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScannerAddress {
    /// `host:port`.
    Tcp(String),
    /// A path from the root.
    Unix(PathBuf),
}

/// A connection, of whichever kind.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl ScannerAddress {
    pub(crate) async fn connect(&self) -> Result<Box<dyn Stream>, ScanError> {
        Ok(match self {
            Self::Tcp(address) => {
                let stream = TcpStream::connect(address.as_str()).await.map_err(ScanError::Unreachable)?;
                stream.set_nodelay(true).map_err(ScanError::Unreachable)?;
                Box::new(stream)
            }
            Self::Unix(path) => Box::new(UnixStream::connect(path).await.map_err(ScanError::Unreachable)?),
        })
    }
}

/// Reads an answer to its end, or to where the connection broke behind it; a longer one is an error.
pub(crate) async fn read_all(stream: &mut (impl AsyncRead + Unpin), most: usize) -> Result<Vec<u8>, ScanError> {
    let mut answer = Vec::new();
    let read = stream.take(most as u64 + 1).read_to_end(&mut answer).await;
    if answer.is_empty() {
        read.map_err(ScanError::Broken)?;
    }
    if answer.len() > most { Err(ScanError::TooLong { most }) } else { Ok(answer) }
}

impl FromStr for ScannerAddress {
    type Err = ();

    /// `unix:/path` or `host:port`, an IPv6 address in brackets.
    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.starts_with('/') { Ok(Self::Unix(path.into())) } else { Err(()) };
        }
        let (host, port) = text.rsplit_once(':').ok_or(())?;
        let port: u16 = port.parse().map_err(drop)?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let valid = match bare {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)),
        };
        if valid && port != 0 { Ok(Self::Tcp(text.to_owned())) } else { Err(()) }
    }
}

impl fmt::Display for ScannerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => f.write_str(address),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl Setting for ScannerAddress {
    fn allowed() -> String {
        "where a scanner listens, in quotes, like \"127.0.0.1:3310\", \"[::1]:3310\" or \"unix:/run/scanner.sock\""
            .into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        text.parse().map_err(|()| format!("expected {}, found {}", Self::allowed(), text.show()))
    }
    fn show(&self) -> String {
        self.to_string().show()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_shown() {
        for text in ["127.0.0.1:3310", "[::1]:783", "scanner.example:11333", "unix:/run/clamav/clamd.ctl"] {
            assert_eq!(text.parse::<ScannerAddress>().map(|address| address.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "3310", "host:", "host:0", "host:x", "unix:run/x", "::1:3310", "a b:1", "[x]:1"] {
            assert_eq!(text.parse::<ScannerAddress>(), Err(()), "{text}");
        }
    }
}
