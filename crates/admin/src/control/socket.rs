//! The control socket's file.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixSocket, UnixStream};

/// The command line makes a call or two at once.
const BACKLOG: u32 = 64;

/// Why there is no control socket.
#[derive(Debug, thiserror::Error)]
pub enum ControlSocketError {
    /// Somebody answers there.
    #[error("another daemon is running: it answers on {0}")]
    InUse(PathBuf),
    /// Something that is no socket stands there; it is left alone.
    #[error("{0} is not a socket; it is in the way of the control socket")]
    NotASocket(PathBuf),
    /// The system said no.
    #[error("the control socket {path} can't be made: {error}")]
    System {
        /// The path.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// Makes the control socket, mode 0600. One that a dead daemon left behind is replaced.
///
/// # Errors
/// [`ControlSocketError`]; also when the path is longer than a socket's may be (107 bytes).
pub async fn listen_control(path: &Path) -> Result<UnixListener, ControlSocketError> {
    let failed = |error| ControlSocketError::System { path: path.to_owned(), error };
    clear(path).await?;
    let socket = UnixSocket::new_stream().map_err(failed)?;
    socket.bind(path).map_err(failed)?;
    // Before it listens nobody can connect, so nobody slips in under the process's umask.
    fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(failed)?;
    socket.listen(BACKLOG).map_err(failed)
}

async fn clear(path: &Path) -> Result<(), ControlSocketError> {
    let Ok(found) = fs::symlink_metadata(path) else { return Ok(()) };
    if !found.file_type().is_socket() {
        return Err(ControlSocketError::NotASocket(path.to_owned()));
    }
    if UnixStream::connect(path).await.is_ok() {
        return Err(ControlSocketError::InUse(path.to_owned()));
    }
    fs::remove_file(path).map_err(|error| ControlSocketError::System { path: path.to_owned(), error })
}
