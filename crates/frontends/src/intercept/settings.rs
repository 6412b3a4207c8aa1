//! What an operator can set of transparent interception.

use std::net::IpAddr;
use std::time::Duration;

use pipeline::TrustedNetwork;

use crate::{ListenAddr, ProxySettings};

settings::choice! {
    /// How the kernel hands connections over.
    pub enum InterceptMode {
        /// nftables' `redirect`: the destination is rewritten, and asked for with SO_ORIGINAL_DST.
        Redirect = "redirect",
        /// nftables' `tproxy`: nothing is rewritten; the socket has the destination's address (IP_TRANSPARENT).
        Tproxy = "tproxy",
    }
}

settings::choice! {
    /// What becomes of STARTTLS.
    pub enum TlsPolicy {
        /// It is offered where the destination offers it; behind it the stream is opaque.
        Passthrough = "passthrough",
        /// It isn't offered.
        Hide = "hide",
        /// It is ours towards the client, and the destination's towards the destination.
        Terminate = "terminate",
    }
}

settings::settings! {
    /// Transparent interception of port 25 on a Linux gateway: the firewall hands connections over (config/nftables.conf), and
    /// their mail goes on to where they were going. Limits, time-outs, certificate and spool are those of [proxy]. It needs
    /// CAP_NET_RAW (systemd/portreeve-intercept.conf).
    pub row InterceptRule = "intercept" {
        /// The addresses that the firewall's rules name. "[::]:PORT" takes IPv4 too.
        listen: Vec<ListenAddr>;
        /// "redirect", or "tproxy", which keeps the client's address.
        mode: InterceptMode = InterceptMode::Redirect;
        /// STARTTLS: "passthrough" (behind it nothing can be read: connections, destinations and bytes are counted, and a
        /// blocked client's streams are cut), "hide" (it isn't offered: clients that insist on TLS, as DANE, MTA-STS and
        /// REQUIRETLS demand, can't send), or "terminate" (with the certificate of [proxy], which clients that verify
        /// the destination's refuse). Onward TLS is used where the destination has it, except with "passthrough".
        tls: TlsPolicy = TlsPolicy::Passthrough;
        /// Client networks with another policy than `tls`. Where several contain a client, the smallest counts.
        passthrough_for: Vec<TrustedNetwork> = Vec::new();
        /// ... for "hide".
        hide_for: Vec<TrustedNetwork> = Vec::new();
        /// ... for "terminate".
        terminate_for: Vec<TrustedNetwork> = Vec::new();
        /// Whether the destination sees the client's own address, so that SPF still holds. "tproxy" only; with "redirect" it
        /// sees this host's.
        keep_client: bool = true;
        /// The firewall mark (SO_MARK) of the connections we make, by which the rules let them pass. 0: none; then the rules must
        /// know them by the daemon's user.
        mark: u32 = 2;
        /// How long both sides of an opaque stream may be silent.
        stream_timeout: Duration = Duration::from_secs(600), in Duration::from_secs(1)..=Duration::from_secs(86_400);
    }
}

impl InterceptRule {
    /// An entry for the sample configuration.
    pub fn examples() -> Vec<Self> {
        vec![Self::new(vec![ListenAddr::Inet(([0, 0, 0, 0], 10025).into())])]
    }

    /// A rule that listens there and has the defaults for the rest.
    pub fn new(listen: Vec<ListenAddr>) -> Self {
        Self {
            listen,
            mode: InterceptMode::Redirect,
            tls: TlsPolicy::Passthrough,
            passthrough_for: Vec::new(),
            hide_for: Vec::new(),
            terminate_for: Vec::new(),
            keep_client: true,
            mark: 2,
            stream_timeout: Duration::from_secs(600),
        }
    }

    /// The policy for a client: that of the smallest network that contains it, else the listener's.
    pub(crate) fn policy_for(&self, client: IpAddr) -> TlsPolicy {
        let listed = self.exceptions().filter(|(network, _)| network.0.contains(&client));
        listed.max_by_key(|(network, _)| network.0.prefix_len()).map_or(self.tls, |(_, policy)| policy)
    }

    fn exceptions(&self) -> impl Iterator<Item = (&TrustedNetwork, TlsPolicy)> {
        let passthrough = self.passthrough_for.iter().map(|network| (network, TlsPolicy::Passthrough));
        let hide = self.hide_for.iter().map(|network| (network, TlsPolicy::Hide));
        let terminate = self.terminate_for.iter().map(|network| (network, TlsPolicy::Terminate));
        passthrough.chain(hide).chain(terminate)
    }

    fn terminates(&self) -> bool {
        self.tls == TlsPolicy::Terminate || !self.terminate_for.is_empty()
    }

    /// What contradicts itself, as `(option, sentence)`.
    pub fn contradictions(rules: &[Self], proxy: &ProxySettings) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            let wrong = [
                (rule.listen.is_empty(), "listen", "is empty: leave the entry out to intercept nothing"),
                (
                    rule.listen.iter().any(|address| matches!(address, ListenAddr::Unix(_))),
                    "listen",
                    "expected TCP addresses: nothing can be redirected to a Unix socket",
                ),
                (
                    rule.terminates() && proxy.tls_certificate.is_none(),
                    "tls",
                    "\"terminate\" needs proxy.tls_certificate and proxy.tls_key",
                ),
            ];
            let wrong = wrong.into_iter().filter(|(wrong, ..)| *wrong);
            found.extend(wrong.map(|(_, key, why)| (format!("intercept[{}].{key}", index + 1), why.to_owned())));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> InterceptRule {
        InterceptRule::new(vec![ListenAddr::parse("127.0.0.1:10025").unwrap()])
    }

    fn networks(text: &str) -> Vec<TrustedNetwork> {
        vec![TrustedNetwork(text.parse().unwrap())]
    }

    #[test]
    fn the_smallest_network_decides() {
        let rule = InterceptRule {
            tls: TlsPolicy::Hide,
            passthrough_for: networks("192.0.2.0/24"),
            terminate_for: networks("192.0.2.128/25"),
            hide_for: networks("192.0.2.200/32"),
            ..rule()
        };
        for (client, policy) in [
            ("198.51.100.1", TlsPolicy::Hide),
            ("192.0.2.1", TlsPolicy::Passthrough),
            ("192.0.2.129", TlsPolicy::Terminate),
            ("192.0.2.200", TlsPolicy::Hide),
        ] {
            assert_eq!(rule.policy_for(client.parse().unwrap()), policy, "{client}");
        }
    }

    #[test]
    fn contradictions_are_named() {
        let proxy = ProxySettings::default();
        assert_eq!(InterceptRule::contradictions(&[rule()], &proxy), []);
        let unix = InterceptRule::new(vec![ListenAddr::Unix("/run/x.sock".into())]);
        let terminating = InterceptRule { terminate_for: networks("192.0.2.0/24"), ..rule() };
        let found = InterceptRule::contradictions(&[rule(), unix, terminating], &proxy);
        let options: Vec<_> = found.iter().map(|(option, _)| option.as_str()).collect();
        assert_eq!(options, ["intercept[2].listen", "intercept[3].tls"]);
    }
}
