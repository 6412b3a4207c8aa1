//! The daemon is gone: nothing leaves, unless the operator has chosen otherwise.

use super::lab::{Lab, WORLD};
use super::{REDIRECT, TPROXY, gateway, greet, listeners};

#[tokio::test(flavor = "multi_thread")]
async fn without_the_daemon_nothing_leaves() {
    let Some(lab) = Lab::build() else { return };
    for rules in [&REDIRECT, &TPROXY] {
        let (_site, daemon) = gateway(&lab, &listeners("")).await;
        lab.load(rules);
        let mut client = lab.customer();
        greet(&mut client, WORLD[0]);
        daemon.kill();
        client.hears("NOOP", "end");
        for address in WORLD {
            client.hears(&format!("connect {address} 25"), "end: Connection");
        }
    }
}

/// The variant of config/nftables.conf that fails open is one line less.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_last_line_everything_leaves_unseen() {
    let Some(lab) = Lab::build() else { return };
    let (_site, daemon) = gateway(&lab, &listeners("")).await;
    let line = ("iifname $tproxy_from tcp dport 25 counter reject with tcp reset", "");
    lab.load(&[TPROXY[0], line]);
    lab.customer().hears(&format!("connect {} 25", WORLD[0]), "220 portreeve.");
    daemon.kill();
    for address in WORLD {
        lab.customer().hears(&format!("connect {address} 25"), "220 sink.example");
    }
    // Even then the addresses that are blocked stay blocked.
    lab.nft("add element inet portreeve blocked4 { 192.0.2.2 timeout 1h }");
    lab.nft("add element inet portreeve blocked6 { 2001:db8:1::/64 timeout 1h }");
    for address in WORLD {
        lab.customer().hears(&format!("connect {address} 25"), "end: Connection");
    }
}
