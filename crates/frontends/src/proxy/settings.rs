//! What an operator can set of the SMTP proxy.

use std::path::PathBuf;
use std::time::Duration;

use pipeline::TrustedNetwork;
use settings::ByteSize;

use super::address::HopAddress;
use crate::ListenAddr;

settings::choice! {
    /// What happens to a message with a bare CR, a bare LF or a NUL in it.
    pub enum BareLineEnds {
        /// It is refused (554 5.6.0).
        Refuse = "refuse",
        /// The line ends become CRLF, a NUL is dropped.
        Normalise = "normalise",
    }
}

settings::choice! {
    /// Which next hop comes first.
    pub enum Pick {
        /// The first that works; the others are its replacements.
        First = "first",
        /// Each in turn.
        Rotate = "rotate",
    }
}

settings::choice! {
    /// How the connection to a next hop is encrypted.
    pub enum HopTls {
        /// Never.
        Off = "off",
        /// Where it is offered; the certificate isn't checked.
        Opportunistic = "opportunistic",
        /// Always; the certificate isn't checked.
        Required = "required",
        /// Always, and the certificate is that of the next hop's name.
        Verified = "verified",
    }
}

settings::choice! {
    /// How a next hop is told of the client.
    pub enum Tell {
        /// Not at all.
        Nothing = "nothing",
        /// By XFORWARD, where it is offered: for the next hop's log.
        Xforward = "xforward",
        /// By XCLIENT, where it is offered: the next hop treats the client as its own.
        Xclient = "xclient",
    }
}

settings::settings! {
    /// The SMTP proxy: it stands between clients and a next hop, keeps no queue, and answers a message only with what the
    /// next hop has answered.
    pub table ProxySettings = "proxy" {
        /// Where it listens: "inet:ADDRESS:PORT", "inet6:[ADDRESS]:PORT", or "systemd:NAME". Empty: no proxy.
        listen: Vec<ListenAddr> = Vec::new();
        /// Its name in the greeting and in EHLO to the next hop. It must differ from the names of the MTAs on both sides,
        /// or they see a loop. Empty: "portreeve." and the host's name.
        name: Option<String> = None;
        /// The servers that mail goes to, as "host:port". A name is looked up in DNS; all its addresses are tried.
        /// "mx:domain" or "mx:domain:port" stands for the domain's mail exchangers, best first.
        next_hops: Vec<HopAddress> = Vec::new();
        /// The servers that messages between the tag and the reject score go to, so that they leave from another IP.
        /// Empty: the same as all others.
        suspicious_hops: Vec<HopAddress> = Vec::new();
        /// "first" (the others are its replacements) or "rotate" (each in turn).
        pick: Pick = Pick::First;
        /// A next hop that can't be reached isn't asked again for this long, as long as there is another.
        next_hop_pause: Duration = Duration::from_secs(30);
        /// How many messages, of any clients, one connection to a next hop carries. Connections with a login or with
        /// client data are never shared. 0: a connection for each message.
        reuse: u32 = 100;
        /// Whether messages get a Received field that names the client (RFC 5321 4.4). Those of a server that has told of its
        /// client by XFORWARD don't: it writes the field itself, and Portreeve is its filter. Intercepted ones don't either.
        received: bool = true;
        /// The largest message. A larger one is refused with 552.
        max_message: ByteSize = ByteSize(50 << 20);
        /// How much of a message stays in memory; the rest is spooled to disk while it passes.
        memory: ByteSize = ByteSize(256 << 10), in ByteSize(4 << 10)..=ByteSize(64 << 20);
        /// Where it is spooled: files without a name, gone with the message. Empty: the system's temporary directory.
        spool: Option<PathBuf> = None;
        /// A bare CR or LF or a NUL in a message: "refuse" it, or "normalise" it (a DKIM signature breaks).
        bare_line_ends: BareLineEnds = BareLineEnds::Refuse;
        /// The certificate chain for STARTTLS with clients, in PEM. Empty: STARTTLS isn't offered.
        tls_certificate: Option<PathBuf> = None;
        /// Its private key, in PEM.
        tls_key: Option<PathBuf> = None;
        /// Whether clients must use STARTTLS before MAIL.
        require_tls: bool = false;
        /// Whether AUTH is offered only behind STARTTLS.
        auth_needs_tls: bool = true;
        /// TLS to next hops: "off", "opportunistic", "required" or "verified".
        next_hop_tls: HopTls = HopTls::Opportunistic;
        /// The authorities that "verified" trusts, in PEM.
        next_hop_authorities: PathBuf = PathBuf::from("/etc/ssl/certs/ca-certificates.crt");
        /// The load balancers that begin every connection with a PROXY protocol header (version 1 or 2).
        proxy_protocol_from: Vec<TrustedNetwork> = Vec::new();
        /// The networks whose XCLIENT is believed, the login in it included.
        xclient_from: Vec<TrustedNetwork> = Vec::new();
        /// The networks whose XFORWARD is believed.
        xforward_from: Vec<TrustedNetwork> = Vec::new();
        /// How a next hop that offers it is told of the client: "nothing", "xforward" or "xclient".
        tell_next_hop: Tell = Tell::Nothing;
        /// Client connections in all, intercepted ones included; one more is answered with 421.
        max_sessions: u32 = 5000;
        /// Connections from one client address (IPv6: from one /64); one more is answered with 421.
        max_sessions_per_client: u32 = 100;
        /// Recipients of one message; one more is answered with 452.
        max_recipients: u32 = 1000;
        /// Received fields a message may have; with more it is refused as a loop.
        max_received: u32 = 50;
        /// How long a client may be silent.
        client_timeout: Duration = Duration::from_secs(300);
        /// How long the content of one message may take.
        message_timeout: Duration = Duration::from_secs(3600);
        /// How long connecting to a next hop may take.
        connect_timeout: Duration = Duration::from_secs(30);
        /// How long a next hop may take for its greeting (RFC 5321 4.5.3.2.1).
        greeting_timeout: Duration = Duration::from_secs(300);
        /// ... for the reply to EHLO, MAIL, RCPT and the like (4.5.3.2.2, 4.5.3.2.3).
        command_timeout: Duration = Duration::from_secs(300);
        /// ... for the reply to DATA (4.5.3.2.4).
        data_timeout: Duration = Duration::from_secs(120);
        /// ... to take a block of content (4.5.3.2.5).
        block_timeout: Duration = Duration::from_secs(180);
        /// ... for the reply to the end of a message (4.5.3.2.6).
        end_timeout: Duration = Duration::from_secs(600);
        /// How long messages in progress may take to end when the daemon stops; then they are cut off and come again.
        drain_timeout: Duration = Duration::from_secs(20), in Duration::from_secs(0)..=Duration::from_secs(600);
    }
}

impl ProxySettings {
    fn any_by_mx(&self) -> bool {
        self.next_hops.iter().chain(&self.suspicious_hops).any(|hop| hop.by_mx)
    }

    /// What contradicts itself, as `(option, sentence)`.
    pub fn contradictions(&self) -> Vec<(String, String)> {
        let certificate = self.tls_certificate.is_some();
        let is_unix = self.listen.iter().any(|address| matches!(address, ListenAddr::Unix(_)));
        let found = [
            (is_unix, "listen", "expected TCP addresses: clients of a Unix socket have no address to be counted by"),
            (
                !self.listen.is_empty() && self.next_hops.is_empty(),
                "next_hops",
                "is empty: the proxy has nowhere to send mail",
            ),
            (certificate != self.tls_key.is_some(), "tls_key", "tls_certificate and tls_key need each other"),
            (self.require_tls && !certificate, "require_tls", "needs tls_certificate and tls_key"),
            (
                self.next_hop_tls == HopTls::Verified && self.any_by_mx(),
                "next_hop_tls",
                "\"verified\" needs next hops by name: whoever forges an MX record (\"mx:\") chooses the name that is verified",
            ),
        ];
        let wrong = found.into_iter().filter(|(wrong, ..)| *wrong);
        wrong.map(|(_, option, why)| (format!("proxy.{option}"), why.to_owned())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_are_named() {
        assert_eq!(ProxySettings::default().contradictions(), []);
        let listen = vec![ListenAddr::Unix("/run/proxy.sock".into())];
        let wrong = ProxySettings { listen, require_tls: true, tls_key: Some("key.pem".into()), ..Default::default() };
        let options: Vec<_> = wrong.contradictions().into_iter().map(|(option, _)| option).collect();
        let next_hops = vec!["mx:provider.example".parse().unwrap()];
        let wrong = ProxySettings { next_hops, next_hop_tls: HopTls::Verified, ..Default::default() };
        assert_eq!(wrong.contradictions().first().map(|(option, _)| option.as_str()), Some("proxy.next_hop_tls"));
        assert_eq!(options, ["proxy.listen", "proxy.next_hops", "proxy.tls_key", "proxy.require_tls"]);
    }
}
