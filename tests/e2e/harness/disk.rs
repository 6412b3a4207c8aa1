//! A file system of four megabytes that only the daemon sees: it fills up, and nothing else on the machine does.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::daemon::Daemon;
use super::site::Site;

/// A small disk under a site's store. It lasts as long as this value, through restarts of the daemon.
pub(crate) struct SmallDisk {
    holder: Child,
    store: PathBuf,
    config: PathBuf,
}

impl SmallDisk {
    /// Mounts a tmpfs with these options for the site's store; `None`, with a message, where that is not allowed.
    pub(crate) fn mount(site: &Site, options: &str) -> Option<Self> {
        std::fs::create_dir(site.store()).expect("our own directory");
        let script = "mount -t tmpfs -o \"$0\" tmpfs \"$1\" && echo mounted && exec cat";
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", script, options]).arg(site.store());
        // It waits for the end of its input, which comes at the latest with the end of this process.
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut disk = Self { holder: command.spawn().ok()?, store: site.store(), config: site.config() };
        if !disk.mounted() {
            eprintln!("skipped: unshare(1) may not mount a file system of its own here");
            return None;
        }
        Some(disk)
    }

    fn mounted(&mut self) -> bool {
        let mut said = [0; 8];
        let output = self.holder.stdout.as_mut();
        output.is_some_and(|output| output.read_exact(&mut said).is_ok()) && &said == b"mounted\n"
    }

    /// Starts the daemon on it.
    pub(crate) async fn start(&self) -> Daemon {
        Daemon::spawn(self.serve()).await
    }

    /// The command that starts the daemon on it.
    pub(crate) fn serve(&self) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--preserve-credentials", "-U", "-m", "-t", &self.holder.id().to_string()]);
        command.arg(env!("CARGO_BIN_EXE_portreeve")).args(["serve", "--config"]).arg(&self.config);
        command
    }

    /// Fills it to its last byte.
    pub(crate) fn fill(&self) {
        std::fs::write(self.filler(), vec![0; 5 << 20]).expect_err("five megabytes don't fit");
    }

    /// Makes room again.
    pub(crate) fn empty(&self) {
        std::fs::remove_file(self.filler()).expect("it was filled");
    }

    /// The file that fills it, seen through the holder's eyes.
    fn filler(&self) -> PathBuf {
        let inside = self.store.strip_prefix("/").map(Path::to_path_buf).expect("an absolute path");
        PathBuf::from(format!("/proc/{}/root", self.holder.id())).join(inside).join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
