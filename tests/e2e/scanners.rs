//! An external scanner's word reaches the verdict; its silence is told, and mail waits when the operator wants it so.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::harness::{Answer, Milter, Site, samples, until};

/// A clamd that finds something in everything, or hangs up on everybody.
struct FalseClamd {
    port: u16,
    is_away: Arc<AtomicBool>,
}

impl FalseClamd {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let port = listener.local_addr().expect("it is bound").port();
        let is_away = Arc::new(AtomicBool::new(false));
        let away = Arc::clone(&is_away);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                if !away.load(Ordering::Relaxed) {
                    let _ = stream.read(&mut [0; 65536]);
                    let _ = stream.write_all(b"stream: Test.Mark FOUND\0");
                }
            }
        });
        Self { port, is_away }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_scanner_finds_is_refused_and_its_silence_defers() {
    let clamd = FalseClamd::start();
    let settings = "[clamav]\non_failure = \"tempfail\"\ngive_up_after = 2\ntry_again_after = \"1s\"\n";
    let site = Site::new(&format!("{settings}address = \"127.0.0.1:{}\"", clamd.port)).await;
    let daemon = site.start().await;
    let refused = honest_answer(&site).await.text();
    assert!(refused.starts_with("550 5.7.1 "), "{refused}");
    daemon.metric_reaches("portreeve_signal_hits_total", "scanner_virus", 1.0).await;

    clamd.is_away.store(true, Ordering::Relaxed);
    for _ in 0..3 {
        let deferred = honest_answer(&site).await.text();
        assert!(deferred.starts_with("451 4."), "{deferred}");
    }
    daemon.metric_reaches("portreeve_degraded", "clamav", 1.0).await;
    daemon.metric_reaches("portreeve_scanner_spared_total", "clamav", 1.0).await;
    let ready = daemon.page("/readyz").await;
    assert!(ready.status == 200 && ready.body.contains("left alone"), "{}", ready.body);

    clamd.is_away.store(false, Ordering::Relaxed);
    until("the scanner is heard again", || async { honest_answer(&site).await.text().starts_with("550 5.7.1 ") }).await;
    daemon.logged("that it works again", |line| line["part"] == "clamav" && line["level"] == "INFO").await;
}

async fn honest_answer(site: &Site) -> Answer {
    let mut session = Milter::session(&site.socket(), "alice@shop.example", "203.0.113.5").await;
    session.send("alice@shop.example", "friend@near.example", &samples("ham")[0]).await
}
