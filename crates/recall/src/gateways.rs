//! Networks that many people share: behind them a change of address says nothing of who sends.

use std::net::IpAddr;

use ipnet::IpNet;
use model::Network;

/// The list that comes with the program.
const SHIPPED: &str = include_str!("../data/gateways.txt");

/// A network in the configuration; a bare address is itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GatewayNetwork(pub IpNet);

impl GatewayNetwork {
    fn parse(text: &str) -> Option<Self> {
        text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)).map(Self)
    }
}

impl settings::Setting for GatewayNetwork {
    fn allowed() -> String {
        "a network in quotes, like \"192.0.2.0/24\" or \"2001:db8::/32\"".into()
    }
    fn read(value: &settings::Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        Self::parse(&text).ok_or_else(|| format!("expected {}, found \"{text}\"", Self::allowed()))
    }
    fn show(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

/// The shipped networks and the operator's.
pub(crate) struct Gateways(Vec<IpNet>);

impl Gateways {
    pub(crate) fn new(own: &[GatewayNetwork]) -> Self {
        let shipped = lines().filter_map(GatewayNetwork::parse);
        Self(IpNet::aggregate(&shipped.chain(own.iter().copied()).map(|gateway| gateway.0).collect()))
    }

    pub(crate) fn contain(&self, network: &Network) -> bool {
        let address = network.net().addr();
        self.0.iter().any(|gateway| gateway.contains(&address))
    }
}

fn lines() -> impl Iterator<Item = &'static str> {
    SHIPPED.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_line_is_a_network() {
        let bad: Vec<_> = lines().filter(|line| GatewayNetwork::parse(line).is_none()).collect();
        assert_eq!(bad, Vec::<&str>::new());
        assert!(lines().count() > 30);
    }

    #[test]
    fn own_networks_are_added() {
        let gateways = Gateways::new(&[GatewayNetwork("192.0.2.0/24".parse().unwrap())]);
        let contained = |text| gateways.contain(&Network::parse(text).unwrap());
        assert!(contained("192.0.2.9") && contained("10.1.2.3") && contained("209.85.220.41"));
        assert!(!contained("198.51.100.7") && !contained("2001:db8::1"));
    }
}
