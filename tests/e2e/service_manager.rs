//! What a service manager sees (sd_notify(3), sd_listen_fds(3)): readiness, watchdog, reload, end, and its own socket.

use std::process::Command;

use tokio::net::UnixDatagram;

use crate::harness::{Daemon, Milter, Site, missing, until, within};

#[tokio::test(flavor = "multi_thread")]
async fn the_service_manager_is_told() {
    let site = Site::new("").await;
    let path = site.path("notify.sock");
    let manager = UnixDatagram::bind(&path).expect("our own directory");
    let mut command = Command::new(env!("CARGO_BIN_EXE_portreeve"));
    command.args(["serve", "--config"]).arg(site.config());
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "200000");
    let mut daemon = Daemon::spawn(command).await;
    told(&manager, "READY=1").await;
    told(&manager, "WATCHDOG=1").await;
    daemon.signal("HUP");
    told(&manager, "RELOADING=1").await;
    told(&manager, "READY=1").await;
    daemon.signal("TERM");
    told(&manager, "STOPPING=1").await;
    assert!(daemon.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_was_handed_in_is_served() {
    let activate = "systemd-socket-activate";
    if Command::new(activate).arg("--version").output().is_err() {
        return missing(activate);
    }
    let site = Site::new("[milter]\nlisten = [\"systemd:milter\"]").await;
    let mut command = Command::new(activate);
    command.arg("-l").arg(site.socket()).args([
        "--fdname=milter",
        env!("CARGO_BIN_EXE_portreeve"),
        "serve",
        "--config",
    ]);
    command.arg(site.config());
    command.stderr(std::process::Stdio::null());
    // The first connection starts the daemon, and is served by it.
    let first = async {
        until("the socket", || async { site.socket().exists() }).await;
        Milter::session(&site.socket(), "alice@shop.example", "203.0.113.5").await
    };
    let (_daemon, _session) = tokio::join!(Daemon::spawn(command), first);
}

async fn told(manager: &UnixDatagram, wanted: &str) {
    let mut buffer = [0; 1024];
    within(wanted, async {
        loop {
            let length = manager.recv(&mut buffer).await.expect("our own socket");
            if String::from_utf8_lossy(&buffer[..length]).lines().any(|line| line == wanted) {
                return;
            }
        }
    })
    .await;
}
