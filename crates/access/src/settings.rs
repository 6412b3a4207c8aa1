//! The `[web]` table.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use settings::{Setting, Value};

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

const fn days(count: u64) -> Duration {
    seconds(count * 86_400)
}

/// A proxy, or a network of proxies, whose word on its clients is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProxyNetwork(pub IpNet);

impl Setting for ProxyNetwork {
    fn allowed() -> String {
        "an address or a network like \"192.0.2.0/28\"".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map(Self).map_err(|_| format!("expected {}, found \"{text}\"", Self::allowed()))
    }
    fn show(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

fn this_host() -> Vec<ProxyNetwork> {
    let nets =
        [IpNet::new_assert(IpAddr::from([127, 0, 0, 0]), 8), IpNet::from(IpAddr::from(std::net::Ipv6Addr::LOCALHOST))];
    nets.map(ProxyNetwork).into()
}

settings::settings! {
    /// The API and the console, for operators and customers. Everybody says who he is: with a key (`portreeve keys`), a
    /// password (`portreeve users`) or the signed link of a letter.
    pub table WebSettings = "web" {
        /// The addresses to listen on. [] for none.
        listen: Vec<SocketAddr> = vec![SocketAddr::from(([127, 0, 0, 1], 7681))];
        /// How your customers reach it, such as "https://portreeve.isp.example". When it is set, letters carry a signed link
        /// to the customer's own page, and signatures of API clients may be made over it. Empty: only this host does.
        public_url: Option<String> = None;
        /// The certificate chain that clients are shown, in PEM; read again when it changes. It needs tls_key.
        tls_certificate: Option<PathBuf> = None;
        /// Its private key, in PEM.
        tls_key: Option<PathBuf> = None;
        /// Whether a proxy before it speaks TLS with the clients: without this and without a certificate only loopback
        /// addresses can be listened on, because keys and passwords would be readable on the way.
        behind_proxy: bool = false;
        /// Proxies whose X-Forwarded-For (its last entry that is no such proxy) and X-Forwarded-Proto are believed.
        trusted_proxies: Vec<ProxyNetwork> = this_host();
        /// How many connections are served at once; more wait.
        max_connections: u32 = 512, in 1..=65_536;
        /// How many of them one client (IPv6 by /64) may hold; further ones are answered 429. Clients behind one of trusted_proxies
        /// share its connections: of theirs, requests in progress are counted.
        connections_per_client: u32 = 64, in 1..=65_536;
        /// How long a client may take for the TLS handshake, to send a request's header, and to be idle between two requests.
        header_timeout: Duration = seconds(10), in seconds(1)..=seconds(300);
        /// How long an answer may take to begin.
        request_timeout: Duration = seconds(30), in seconds(1)..=seconds(300);
        /// How long a connection lasts, however busy it is. Streams of events are not cut by it.
        connection_lifetime: Duration = seconds(300), in seconds(1)..=seconds(86_400);
        /// How many wrong keys and links, and how many wrong passwords, one client (IPv6 by /64) may try within a minute before
        /// it is turned away for the rest of it; a right key or link is let in all the same, a right password waits. For one name
        /// five times as many wrong passwords may be tried from everywhere together.
        guesses_per_minute: u32 = 20, in 1..=10_000;
        /// How long somebody may do nothing before he has to log in again.
        session_idle: Duration = seconds(3600), in seconds(60)..=days(30);
        /// How long a session lasts at most.
        session_lifetime: Duration = seconds(12 * 3600), in seconds(60)..=days(90);
        /// How long the signed link of a letter leads to the customer's page.
        link_lifetime: Duration = days(30), in seconds(3600)..=days(400);
        /// The command that changes an account's password for the API's changePassword, with its arguments: the account stands in
        /// the variable PORTREEVE_ACCOUNT, the password in the first line of standard input, and PORTREEVE_CHANGE_AT_NEXT_LOGIN
        /// is "yes" when its owner shall choose another at once; it ends with 0 when that was done. Accounts that a changed
        /// password releases are released then. [] for none.
        password_command: Vec<String> = Vec::new();
        /// How long that command may take.
        password_timeout: Duration = seconds(30), in seconds(1)..=seconds(600);
        /// How long it stays in the audit log who changed what and who looked at evidence.
        keep_audit: Duration = days(400), in days(1)..;
    }
}

impl WebSettings {
    /// What can't work, as `(option, sentence)`.
    pub fn contradictions(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if self.tls_certificate.is_some() != self.tls_key.is_some() {
            let sentence = "a certificate and its private key go together: set both, or neither";
            found.push(("web.tls_certificate".to_owned(), sentence.to_owned()));
        }
        let open = self.listen.iter().find(|address| !address.ip().to_canonical().is_loopback());
        if let Some(address) = open.filter(|_| !self.behind_proxy && self.tls_certificate.is_none()) {
            let sentence = format!(
                "{address} is not loopback, and keys and passwords would be readable on the way: set web.tls_certificate \
                 and web.tls_key, or web.behind_proxy = true when a proxy speaks TLS with the clients"
            );
            found.push(("web.listen".to_owned(), sentence));
        }
        if let Some(url) = self.public_url.as_deref().filter(|url| !is_base(url)) {
            let sentence = format!("expected an address like \"https://portreeve.isp.example\", found \"{url}\"");
            found.push(("web.public_url".to_owned(), sentence));
        }
        found
    }

    /// What addresses of ours begin with, without a slash at the end; `listening` is what is really listened on.
    pub fn base(&self, listening: Option<SocketAddr>) -> String {
        let scheme = if self.tls_certificate.is_some() { "https" } else { "http" };
        match (&self.public_url, listening.or(self.listen.first().copied())) {
            (Some(url), _) => url.trim_end_matches('/').to_owned(),
            (None, Some(address)) => format!("{scheme}://{address}"),
            (None, None) => format!("{scheme}://localhost"),
        }
    }

    /// Whether that proxy's word on its clients is believed.
    pub fn trusts(&self, proxy: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.0.contains(&proxy.to_canonical()))
    }
}

fn is_base(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let printable = url.bytes().all(|byte| byte.is_ascii_graphic());
    printable && rest.is_some_and(|host| !host.is_empty()) && !url.contains(['{', '?', '#'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listening(address: &str) -> WebSettings {
        WebSettings { listen: vec![address.parse().unwrap()], ..WebSettings::default() }
    }

    #[test]
    fn only_loopback_goes_without_tls() {
        assert_eq!(WebSettings::default().contradictions(), []);
        assert_eq!(listening("[::ffff:127.0.0.1]:1").contradictions(), []);
        let told = listening("192.0.2.1:443").contradictions();
        assert_eq!(told.len(), 1);
        assert!(told[0].1.contains("192.0.2.1:443 is not loopback"), "{told:?}");
        let proxied = WebSettings { behind_proxy: true, ..listening("192.0.2.1:80") };
        assert_eq!(proxied.contradictions(), []);
        let half = WebSettings { tls_key: Some("key.pem".into()), ..WebSettings::default() };
        assert_eq!(half.contradictions().len(), 1);
        let url = WebSettings { public_url: Some("isp.example".into()), ..WebSettings::default() };
        assert_eq!(url.contradictions().len(), 1);
    }

    #[test]
    fn addresses_begin_with_the_public_url_or_the_listener() {
        assert_eq!(WebSettings::default().base(None), "http://127.0.0.1:7681");
        let url = WebSettings { public_url: Some("https://isp.example/x/".into()), ..WebSettings::default() };
        assert_eq!(url.base(None), "https://isp.example/x");
    }

    #[test]
    fn only_proxies_that_are_named_are_believed() {
        let settings = WebSettings::default();
        assert!(settings.trusts("127.0.0.2".parse().unwrap()) && settings.trusts("::1".parse().unwrap()));
        assert!(!settings.trusts("192.0.2.1".parse().unwrap()));
    }
}
