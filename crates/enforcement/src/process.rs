//! One program run to its end, or to the end of our patience.

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use model::names::bounded;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// What a program prints is kept up to here; a set of a million addresses takes this much. The rest is read and dropped.
const MAX_OUTPUT: usize = 64 << 20;
/// What it complains of is quoted up to here, in bytes.
const MAX_COMPLAINT: usize = 300;
/// Programs are started by their full path; this is for what they start themselves.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Why a program has not done its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// It could not be started.
    #[error("{program} can't be started: {error}")]
    NotStarted { program: String, error: io::Error },
    /// It was killed for taking too long.
    #[error("{program} took longer than {} ms and was killed", limit.as_millis())]
    Late { program: String, limit: Duration },
    /// It failed by its own account.
    #[error("{program} failed with {status}{}", quoted(said))]
    Failed { program: String, status: ExitStatus, said: String },
}

fn quoted(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

/// Runs a program with `input` on its standard input and returns what it printed. Whatever it started and left in its
/// process group is killed with it when it is late, or when nobody waits any more.
pub(crate) async fn run(program: &Path, args: &[String], input: &[u8], limit: Duration) -> Result<Vec<u8>, RunError> {
    let called = || program.display().to_string();
    let mut child = start(program, args).map_err(|error| RunError::NotStarted { program: called(), error })?;
    let mut group = Group::of(&child);
    let ended = tokio::time::timeout(limit, converse(&mut child, input)).await;
    let Ok(ended) = ended else { return Err(RunError::Late { program: called(), limit }) };
    let (status, printed, complaint) = ended.map_err(|error| RunError::NotStarted { program: called(), error })?;
    group.is_over();
    if status.success() {
        return Ok(printed);
    }
    let said = String::from_utf8_lossy(&complaint);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(RunError::Failed { program: called(), status, said: bounded(&said, MAX_COMPLAINT).to_owned() })
}

fn start(program: &Path, args: &[String]) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.args(args).env_clear().env("PATH", PATH).env("LC_ALL", "C").current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true).spawn()
}

/// The pipes first, the exit status last: as long as the child is not reaped its process group can't be another's.
async fn converse(child: &mut Child, input: &[u8]) -> io::Result<(ExitStatus, Vec<u8>, Vec<u8>)> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async {
        if let Some(mut stdin) = stdin {
            // A program need not read what it is told; then its exit status says all.
            let _ = stdin.write_all(input).await;
        }
    };
    let ((), printed, complaint) = tokio::join!(feed, drained(stdout, MAX_OUTPUT), drained(stderr, MAX_COMPLAINT * 4));
    Ok((child.wait().await?, printed?, complaint?))
}

/// Reads to the end and keeps the beginning.
async fn drained(stream: Option<impl AsyncRead + Unpin>, keep: usize) -> io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    if let Some(mut stream) = stream {
        (&mut stream).take(keep as u64).read_to_end(&mut kept).await?;
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
    }
    Ok(kept)
}

/// A process group that is killed unless its leader has ended.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)))
    }

    fn is_over(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // It may have ended in this moment; then there is nobody to kill.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    async fn sh(script: &str, input: &[u8], limit: Duration) -> Result<Vec<u8>, RunError> {
        run(Path::new("/bin/sh"), &["-c".into(), script.into()], input, limit).await
    }

    #[tokio::test]
    async fn input_goes_in_and_output_comes_out() {
        assert_eq!(sh("cat", b"told", LONG).await.unwrap(), b"told");
        let big = vec![b'x'; 3 << 20];
        assert_eq!(sh("cat", &big, LONG).await.unwrap().len(), big.len());
        assert_eq!(sh("exit 0", &big, LONG).await.unwrap(), b"", "it need not read");
    }

    #[tokio::test]
    async fn failures_are_sentences() {
        let failed = sh("echo no such set >&2; exit 3", b"", LONG).await.unwrap_err().to_string();
        assert_eq!(failed, "/bin/sh failed with exit status: 3: no such set");
        let missing = run(Path::new("/nonexistent"), &[], b"", LONG).await.unwrap_err().to_string();
        assert!(missing.starts_with("/nonexistent can't be started: "), "{missing}");
    }

    #[tokio::test]
    async fn nothing_of_ours_is_in_its_environment() {
        let environment = String::from_utf8(sh("/usr/bin/env", b"", LONG).await.unwrap()).unwrap();
        let foreign =
            |line: &&str| !["PATH=", "LC_ALL=", "PWD=", "SHLVL=", "_="].iter().any(|ours| line.starts_with(ours));
        assert_eq!(environment.lines().find(foreign), None);
    }

    /// What a hanging script has started hangs as well, and must not outlive it.
    #[tokio::test]
    async fn a_hanging_program_is_killed_with_what_it_started() {
        let dir = tempfile::tempdir().unwrap();
        let pids = dir.path().join("pids");
        let script = format!("sleep 600 & echo $! >{0}; echo $$ >>{0}; wait", pids.display());
        let late = sh(&script, b"", Duration::from_millis(500)).await.unwrap_err();
        assert!(matches!(late, RunError::Late { .. }), "{late}");
        let pids = std::fs::read_to_string(pids).unwrap();
        assert_eq!(pids.lines().count(), 2);
        for pid in pids.lines() {
            ends(pid).await;
        }
    }

    /// Waits until a process is gone, or a zombie that nobody has collected yet.
    async fn ends(pid: &str) {
        let stat = format!("/proc/{pid}/stat");
        let lives = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
        tokio::time::timeout(LONG, async {
            while lives() {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("the process was not killed");
    }
}
