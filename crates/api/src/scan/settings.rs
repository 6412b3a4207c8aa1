//! The `[scan]` table.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use settings::ByteSize;

const SECOND: Duration = Duration::from_secs(1);
/// No password is shorter than this, in bytes.
const MIN_PASSWORD: usize = 12;

settings::settings! {
    /// HTTP scan for mail servers without milter: POST /checkv2 with a message, as clients of Rspamd send it (rspamc,
    /// Haraka), or POST /api/v1/scan. Messages are scored and counted like those of the milter. Callers are believed: they
    /// name the login (User) and the address (IP) that are charged.
    pub table ScanSettings = "scan" {
        /// The addresses to listen on, such as ["127.0.0.1:11333"]. []: none. There is no TLS: beyond this host it belongs
        /// into a network of your own, and needs a password.
        listen: Vec<SocketAddr> = Vec::new();
        /// A file with a password of at least 12 characters, which callers send as "Password: …" or "Authorization: Bearer
        /// …". Only the daemon's user may read it. Empty: none, which is refused beyond this host.
        password_file: Option<PathBuf> = None;
        /// A longer message is refused with 413.
        max_size: ByteSize = ByteSize(100 << 20), in ByteSize(64 << 10)..=ByteSize(1 << 30);
        /// How many connections are served at once; more wait.
        max_connections: u32 = 256, in 1..=65_536;
        /// How long a caller may take to send a request's head, and to be idle between two requests.
        header_timeout: Duration = SECOND * 30, in SECOND..=SECOND * 300;
        /// How long an answer may take, the message's arrival included.
        request_timeout: Duration = SECOND * 60, in SECOND..=SECOND * 600;
    }
}

impl ScanSettings {
    /// The password of the file.
    ///
    /// # Errors
    /// A sentence, when the file can't be read, others may read it, or what it holds is no password.
    pub(crate) fn password(&self) -> Result<Option<String>, String> {
        let Some(path) = &self.password_file else { return Ok(None) };
        let shown = path.display();
        let text = settings::secret_text(path)?;
        let password = text.trim();
        if password.len() < MIN_PASSWORD || !password.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!("{shown}: expected one line of at least {MIN_PASSWORD} printable characters"));
        }
        Ok(Some(password.to_owned()))
    }

    /// What can't work, as `(option, sentence)`.
    pub fn contradictions(&self) -> Vec<(String, String)> {
        let unusable = self.password().err().map(|why| ("scan.password_file".to_owned(), why));
        let open = self.listen.iter().find(|address| !address.ip().is_loopback() && self.password_file.is_none());
        let open = open.map(|address| {
            let why = format!(
                "whoever reaches {address} could charge any account: set scan.password_file, or listen on 127.0.0.1"
            );
            ("scan.listen".to_owned(), why)
        });
        unusable.into_iter().chain(open).collect()
    }
}
