//! A private Dovecot: submission behind STARTTLS, IMAP under TLS, two people with passwords.

use std::net::SocketAddr;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::certificate::Certificate;
use super::mta::{directory, free_port, listening, loopback, missing, open};
use super::site::Site;

/// A running Dovecot; ended when dropped.
pub(crate) struct Dovecot {
    dir: TempDir,
    child: Child,
    pub(crate) submission: SocketAddr,
    pub(crate) imap: SocketAddr,
}

/// Debian's nobody and nogroup: mail may not belong to root.
const NOBODY: u32 = 65_534;

impl Dovecot {
    /// Starts one that hands submitted mail to this relay; `users` are lines of `login:password`. `None`, with a message, where
    /// it can't be had.
    pub(crate) async fn start(site: &Site, certificate: &Certificate, relay: SocketAddr, users: &str) -> Option<Self> {
        let is_there = Path::new("/usr/sbin/dovecot").exists() && Path::new("/usr/lib/dovecot/submission").exists();
        if !is_there || std::fs::metadata("/proc/self").is_ok_and(|us| std::os::unix::fs::MetadataExt::uid(&us) != 0) {
            missing("Dovecot (dovecot-imapd and dovecot-submissiond, and root to start it)");
            return None;
        }
        open(site.path("").as_path());
        let (dir, submission, imap) = (directory(), loopback(free_port()), loopback(free_port()));
        let lines = users.lines().map(|line| line.replacen(':', ":{PLAIN}", 1) + "::::::\n");
        std::fs::write(dir.path().join("users"), lines.collect::<String>()).expect("our own directory");
        let text = CONFIGURATION
            .replace("DIR", &dir.path().display().to_string())
            .replace("CERTIFICATE", &certificate.certificate.display().to_string())
            .replace("KEY", &certificate.key.display().to_string())
            .replace("RELAY_PORT", &relay.port().to_string())
            .replace("SUBMISSION_PORT", &submission.port().to_string())
            .replace("IMAP_PORT", &imap.port().to_string());
        std::fs::write(dir.path().join("dovecot.conf"), text).expect("our own directory");
        let mut command = Command::new("/usr/sbin/dovecot");
        command.arg("-F").arg("-c").arg(dir.path().join("dovecot.conf")).stdout(Stdio::null()).stderr(Stdio::null());
        let dovecot = Self { child: command.spawn().expect("dovecot starts"), dir, submission, imap };
        listening("Dovecot listens", submission).await;
        listening("Dovecot listens", imap).await;
        Some(dovecot)
    }

    /// Somebody's mailbox, made when it is not there.
    pub(crate) fn maildir(&self, name: &str) -> PathBuf {
        let maildir = self.dir.path().join("mail").join(name);
        for part in ["new", "cur", "tmp"] {
            std::fs::create_dir_all(maildir.join(part)).expect("our own directory");
            chown(maildir.join(part), Some(NOBODY), Some(NOBODY)).expect("we are root");
        }
        chown(&maildir, Some(NOBODY), Some(NOBODY)).expect("we are root");
        open(&self.dir.path().join("mail"));
        maildir
    }

    /// Its log so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("dovecot.log")).unwrap_or_default()
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // Its processes end with their master only when it is asked to stop.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("Dovecot's log:\n{}", self.log());
        }
    }
}

const CONFIGURATION: &str = "\
base_dir = DIR/run
state_dir = DIR/state
log_path = DIR/dovecot.log
protocols = imap submission
listen = 127.0.0.1
ssl = required
ssl_cert = <CERTIFICATE
ssl_key = <KEY
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:DIR/mail/%n
auth_mechanisms = plain login
hostname = localhost
submission_relay_host = 127.0.0.1
submission_relay_port = RELAY_PORT
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u DIR/users
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=DIR/mail/%n
}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = IMAP_PORT
    ssl = yes
  }
}
service submission-login {
  inet_listener submission {
    port = SUBMISSION_PORT
  }
  inet_listener submissions {
    port = 0
  }
}
";
