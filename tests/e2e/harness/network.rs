//! A network of the daemon's own, with a packet filter that nothing else on the machine sees.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use super::daemon::Daemon;
use super::site::Site;

const NFT: &str = "/usr/sbin/nft";

/// A network namespace. It lasts as long as this value, through restarts of the daemon.
pub(crate) struct OwnNetwork {
    holder: Child,
}

impl OwnNetwork {
    /// `None`, with a message, where it can't be had.
    pub(crate) fn new() -> Option<Self> {
        if !Path::new(NFT).exists() {
            eprintln!(
                "skipped: enforcement in nftables sets: nft is not installed (tests/run installs it when it can)"
            );
            return None;
        }
        let mut command = Command::new("unshare");
        command.args(["-Urn", "sh", "-c", "ip link set lo up && nft list ruleset && echo made && exec cat"]);
        // It waits for the end of its input, which comes at the latest with the end of this process.
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut network = Self { holder: command.spawn().ok()? };
        if !network.made() {
            eprintln!("skipped: enforcement in nftables sets: unshare(1) may not make a network of its own here");
            return None;
        }
        Some(network)
    }

    fn made(&mut self) -> bool {
        let mut said = [0; 5];
        let output = self.holder.stdout.as_mut();
        output.is_some_and(|output| output.read_exact(&mut said).is_ok()) && &said == b"made\n"
    }

    /// Starts the site's daemon in it.
    pub(crate) async fn start(&self, site: &Site) -> Daemon {
        let mut command = self.inside(env!("CARGO_BIN_EXE_portreeve"));
        command.args(["serve", "--config"]).arg(site.config());
        Daemon::spawn(command).await
    }

    /// Runs nft in it.
    pub(crate) fn nft(&self, ruleset: &str) -> Output {
        self.inside(NFT).arg(ruleset).output().expect("nsenter(1)")
    }

    /// Whether a set holds an element that begins like this.
    pub(crate) fn holds(&self, set: &str, element: &str) -> bool {
        let listed = self.nft(&format!("list set inet portreeve {set}"));
        String::from_utf8_lossy(&listed.stdout).split_whitespace().any(|word| word == element)
    }

    fn inside(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--preserve-credentials", "-U", "-n", "-t", &self.holder.id().to_string(), program]);
        command
    }
}

impl Drop for OwnNetwork {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
