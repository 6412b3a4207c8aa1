//! TLS on both sides: STARTTLS with clients, opportunistic, required and verified towards next hops.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::sink::Sink;
use crate::stage::{Stage, settings};
use crate::talk::Talk;

/// A certificate for a name, with its key, in files.
struct Certificate {
    _directory: TempDir,
    certificate: PathBuf,
    key: PathBuf,
}

impl Certificate {
    fn of(name: &str) -> Self {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let (certificate, key) = (directory.path().join("certificate.pem"), directory.path().join("key.pem"));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        Self { _directory: directory, certificate, key }
    }

    fn options(&self) -> String {
        let show = |path: &Path| path.display().to_string();
        format!("tls_certificate = \"{}\"\ntls_key = \"{}\"\n", show(&self.certificate), show(&self.key))
    }

    fn acceptor(&self) -> TlsAcceptor {
        let chain = vec![CertificateDer::from_pem_file(&self.certificate).unwrap()];
        let key = PrivateKeyDer::from_pem_file(&self.key).unwrap();
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, key).unwrap()))
    }

    /// The handshake of a client that trusts this certificate for `proxy.test`.
    async fn handshake(&self, client: Talk<TcpStream>) -> std::io::Result<Talk<TlsStream<TcpStream>>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&self.certificate).unwrap()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let config = builder.with_root_certificates(roots).with_no_client_auth();
        let name = ServerName::try_from("proxy.test").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, client.0.into_inner()).await.map(Talk::new)
    }
}

async fn greeted(stage: &Stage) -> Talk<TcpStream> {
    let mut client = Talk::new(TcpStream::connect(stage.address).await.unwrap());
    assert_eq!(client.reply().await, "220 proxy.test ESMTP");
    client
}

#[tokio::test]
async fn starttls_with_a_client_forgets_what_was_said_before() {
    let (sink, certificate) = (Sink::start().await, Certificate::of("proxy.test"));
    let trusted = "xclient_from = [\"127.0.0.1\"]";
    let options =
        format!("next_hops = [\"{}\"]\nrequire_tls = true\n{trusted}\n{}", sink.address, certificate.options());
    let stage = Stage::new(&options).await;
    let mut client = greeted(&stage).await;
    assert!(client.offers("EHLO before.test").await.contains(&"250-STARTTLS".to_owned()));
    assert_eq!(client.ask("MAIL FROM:<bob@shop.example>").await, "530 5.7.0 Must issue a STARTTLS command first");
    assert_eq!(client.ask("STARTTLS").await, "220 2.0.0 Ready to start TLS");
    let mut client = certificate.handshake(client).await.unwrap();
    assert!(client.ask("MAIL FROM:<bob@shop.example>").await.starts_with("503 "), "EHLO was forgotten");
    assert!(client.offers("EHLO client.test").await.iter().all(|line| !line.contains("STARTTLS")));
    for line in ["MAIL FROM:<bob@shop.example>", "RCPT TO:<ann@example.net>", "DATA", "x\r\n."] {
        assert!(client.ask(line).await.starts_with(['2', '3']), "{line}");
    }
    assert_eq!(stage.judge.last(), "nobody at 127.0.0.1 (client.test, tls): 1 accepted, 0 refused, 3 bytes");
    assert_eq!(client.ask("STARTTLS").await, "502 5.5.1 Command not offered here");
}

/// CVE-2011-0411: what came in plain text is not run behind TLS.
#[tokio::test]
async fn plain_text_behind_starttls_ends_the_session() {
    let (sink, certificate) = (Sink::start().await, Certificate::of("proxy.test"));
    let stage = Stage::new(&format!("next_hops = [\"{}\"]\n{}", sink.address, certificate.options())).await;
    let mut client = greeted(&stage).await;
    client.ask("EHLO client.test").await;
    client.say("STARTTLS\r\nRSET").await;
    assert_eq!(client.hear().await, "");
    assert_eq!(stage.proxy.stats().tls_failures.get(), 1);
}

#[tokio::test]
async fn a_new_certificate_is_shown_without_a_restart() {
    let (sink, old, new) = (Sink::start().await, Certificate::of("proxy.test"), Certificate::of("proxy.test"));
    let options = |certificate: &Certificate| format!("next_hops = [\"{}\"]\n{}", sink.address, certificate.options());
    let stage = Stage::new(&options(&old)).await;
    for (shown, other) in [(&old, &new), (&new, &old)] {
        stage.proxy.replace_settings(settings(&options(shown))).unwrap();
        for (certificate, is_shown) in [(shown, true), (other, false)] {
            let mut client = greeted(&stage).await;
            client.ask("EHLO client.test").await;
            client.ask("STARTTLS").await;
            assert_eq!(certificate.handshake(client).await.is_ok(), is_shown);
        }
    }
    let broken = settings(&options(&old).replace("key.pem", "nothing.pem"));
    assert!(stage.proxy.replace_settings(broken).unwrap_err().to_string().contains("holds no private key in PEM"));
}

/// What a next hop does about STARTTLS.
#[derive(Clone, Copy)]
enum Offer {
    /// It says 220 and does the handshake.
    Honest,
    /// It says 220 and more, in plain text (CVE-2021-38371).
    Injecting,
    /// It says 220 and closes.
    Broken,
    /// It offers nothing.
    Nothing,
}

/// A next hop for `localhost` that accepts one message, plain or in TLS, and tells which.
async fn hop(offer: Offer, certificate: &Certificate) -> (u16, tokio::sync::mpsc::UnboundedReceiver<&'static str>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (acceptor, (told, heard)) = (certificate.acceptor(), tokio::sync::mpsc::unbounded_channel());
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let (told, acceptor) = (told.clone(), acceptor.clone());
            tokio::spawn(async move {
                let mut plain = Talk::new(tcp);
                plain.say("220 hop.test").await;
                if !relayed(&mut plain, offer, "plain", &told).await {
                    return;
                }
                match offer {
                    Offer::Injecting => plain.say("220 go\r\n250 injected").await,
                    _ => plain.say("220 go").await,
                }
                if matches!(offer, Offer::Broken) {
                    return;
                }
                if let Ok(tls) = acceptor.accept(plain.0.into_inner()).await {
                    relayed(&mut Talk::new(tls), Offer::Nothing, "tls", &told).await;
                }
            });
        }
    });
    (port, heard)
}

/// Converses until the end, or until STARTTLS: then true.
async fn relayed<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(
    talk: &mut Talk<S>,
    offer: Offer,
    how: &'static str,
    told: &tokio::sync::mpsc::UnboundedSender<&'static str>,
) -> bool {
    loop {
        let line = talk.hear().await;
        match line.get(..4).unwrap_or_default() {
            "EHLO" if matches!(offer, Offer::Nothing) => talk.say("250 hop.test").await,
            "EHLO" => talk.say("250-hop.test\r\n250 STARTTLS").await,
            "STAR" => return true,
            "MAIL" => {
                told.send(how).unwrap();
                talk.say("250 ok").await;
            }
            "" => return false,
            _ => talk.say("250 ok").await,
        }
    }
}

/// How MAIL reached a next hop that offers this, under these settings; or what the client was told.
async fn reached(offer: Offer, certified: &str, policy: &str) -> String {
    let certificate = Certificate::of(certified);
    let (port, mut heard) = hop(offer, &certificate).await;
    let authorities = certificate.certificate.display();
    let options = format!(
        "next_hops = [\"localhost:{port}\"]\nnext_hop_tls = \"{policy}\"\nnext_hop_authorities = \"{authorities}\""
    );
    let stage = Stage::new(&options).await;
    let mut client = greeted(&stage).await;
    client.ask("HELO client.test").await;
    let answer = client.ask("MAIL FROM:<bob@shop.example>").await;
    heard.try_recv().map_or(answer, str::to_owned)
}

const UNREACHABLE: &str = "451 4.4.1 The next mail server can't be reached; try again later";

#[tokio::test]
async fn opportunistic_takes_what_there_is() {
    assert_eq!(reached(Offer::Honest, "elsewhere.test", "opportunistic").await, "tls");
    assert_eq!(reached(Offer::Nothing, "localhost", "opportunistic").await, "plain");
    assert_eq!(reached(Offer::Broken, "localhost", "opportunistic").await, "plain");
    assert_eq!(reached(Offer::Honest, "localhost", "off").await, "plain");
}

#[tokio::test]
async fn required_is_required() {
    assert_eq!(reached(Offer::Honest, "elsewhere.test", "required").await, "tls");
    assert_eq!(reached(Offer::Nothing, "localhost", "required").await, UNREACHABLE);
    assert_eq!(reached(Offer::Broken, "localhost", "required").await, UNREACHABLE);
}

#[tokio::test]
async fn verified_is_verified() {
    assert_eq!(reached(Offer::Honest, "localhost", "verified").await, "tls");
    assert_eq!(reached(Offer::Honest, "elsewhere.test", "verified").await, UNREACHABLE);
}

/// CVE-2021-38371: what came in plain text is no reply behind TLS.
#[tokio::test]
async fn replies_injected_before_the_handshake_end_the_connection() {
    assert_eq!(reached(Offer::Injecting, "localhost", "opportunistic").await, UNREACHABLE);
}
