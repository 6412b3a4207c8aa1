//! The first page after a whole day, which no test waits for: rendered here, served with the policy of the console.

use console::view::{Frame, HealthPart, NavItem, NowPage, Sender, Viewer};
use console::{Pages, Remark, asset};
use customers::Language;
use telemetry::Minute;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::ago;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'";

/// Serves it, and says where, until the test is over.
pub(crate) async fn serve(language: Language) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let base = format!("http://{}/console/", listener.local_addr().expect("it listens"));
    let page = page(language);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 8192];
            let read = stream.read(&mut request).await.unwrap_or(0);
            let path = String::from_utf8_lossy(&request[..read]).split(' ').nth(1).unwrap_or_default().to_owned();
            let file = asset(path.rsplit('/').next().unwrap_or_default());
            let (kind, body) =
                file.map_or(("text/html; charset=utf-8", page.as_str()), |file| (file.media_type, file.content));
            let head = format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Security-Policy: {POLICY}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all((head + body).as_bytes()).await;
        }
    });
    base
}

fn page(language: Language) -> String {
    let mut frame = Frame::new(language, "/console/");
    frame.node = "mx1.provider.example".into();
    frame.viewer = Some(Viewer { name: "anna".into(), role: "operator" });
    let words = ["now", "blocks", "tickets", "reports", "diagnosis", "customers", "delivery", "settings", "audit"];
    frame.nav = words
        .map(|word| NavItem {
            word,
            href: "/console/",
            current: word == "now",
            count: (word == "tickets").then_some(12),
        })
        .into();
    let part =
        |name: &str, state, remarks: Vec<Remark>| HealthPart { name: name.into(), state, since: ago(50).0, remarks };
    let parts = vec![
        part("store", "working", vec![Remark::LastWriteWorked]),
        part("resolver", "working", vec![Remark::NamesAnswered]),
        part(
            "alerts",
            "degraded",
            vec![
                Remark::Failed("451 4.3.0 mail.owner.example: queue file write error".into()),
                Remark::LettersWait(3),
                Remark::OldestFor(std::time::Duration::from_secs(1200)),
            ],
        ),
        part(
            "clamav",
            "down",
            vec![Remark::Failed("nobody answers at /run/clamav/clamd.ctl".into()), Remark::Policy("continue")],
        ),
    ];
    let sender = |name: &str, messages, spam| Sender::of(&testkit::samples::account(name), messages, spam, Vec::new());
    let senders = vec![
        sender("newsletter@shop.example", 18_204, 3),
        sender(super::blocks::LONG, 4_120, 0),
        sender("alice@shop.example", 212, 0),
    ];
    let page = NowPage::new(&minutes(), ago(0), 8, (Vec::new(), senders), parts, frame.words());
    Pages::default().render(&frame, &page).expect("our own template")
}

/// A working day: a wave of mail, a theft at noon, a flood before the end.
fn minutes() -> Vec<Minute> {
    let minute = |back: u64| {
        let hour = (1440 - back) as f64 / 60.0;
        let wave = 900.0 * (-(hour - 10.0).powi(2) / 18.0).exp() + 500.0 * (-(hour - 16.0).powi(2) / 10.0).exp();
        let stolen = (560..610).contains(&back) || (95..130).contains(&back);
        Minute {
            at: ago(back),
            messages: wave as u64 + 20 + back * 7919 % 61,
            spam: if stolen { 190 + back * 31 % 90 } else { back * 13 % 4 },
            refused: if (500..560).contains(&back) || back < 95 { 240 + back * 17 % 60 } else { back % 3 },
            blocks: u64::from([560, 555, 95, 90].contains(&back)),
        }
    };
    (0..1440).rev().map(minute).collect()
}
