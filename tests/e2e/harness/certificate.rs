//! Certificates, and a TLS client, by openssl(1).

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::mta::missing;
use super::site::Site;

/// A certificate with its key, in the site's directory.
pub(crate) struct Certificate {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Certificate {
    /// Signs itself for `localhost`; `None`, with a message, where openssl can't be had.
    pub(crate) fn make(site: &Site, name: &str) -> Option<Self> {
        let (certificate, key) = (site.path(&format!("{name}.pem")), site.path(&format!("{name}.key")));
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        command.args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]);
        command.args(["-addext", "basicConstraints=critical,CA:FALSE", "-out"]).arg(&certificate);
        let made = command.arg("-keyout").arg(&key).stderr(Stdio::null()).status();
        if !made.is_ok_and(|status| status.success()) {
            missing("openssl(1)");
            return None;
        }
        Some(Self { certificate, key })
    }

    /// Its text.
    pub(crate) fn pem(&self) -> String {
        std::fs::read_to_string(&self.certificate).expect("it was just made").trim().to_owned()
    }
}

/// Speaks to a server behind STARTTLS, all lines at once, and returns what it heard, the server's certificate with it.
pub(crate) fn over_starttls(server: SocketAddr, lines: &[&str]) -> String {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-starttls", "smtp", "-ign_eof", "-connect", &server.to_string()]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("openssl(1)");
    let mut input = child.stdin.take().expect("its input is piped");
    let text: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    // It may have failed by now; then its output says so.
    let _ = input.write_all(text.as_bytes());
    drop(input);
    String::from_utf8_lossy(&child.wait_with_output().expect("it ends").stdout).into_owned()
}

/// Sends bytes to a server behind TLS that shows this certificate, and returns what it answered; empty when it is another's.
pub(crate) fn over_tls(server: SocketAddr, certificate: &Certificate, request: &str) -> String {
    let mut command = Command::new("openssl");
    command.args(["s_client", "-quiet", "-ign_eof", "-verify_return_error", "-servername", "localhost", "-connect"]);
    command.arg(server.to_string()).arg("-CAfile").arg(&certificate.certificate);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("openssl(1)");
    let mut input = child.stdin.take().expect("its input is piped");
    let _ = input.write_all(request.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    drop(input);
    String::from_utf8_lossy(&output.stdout).into_owned()
}
