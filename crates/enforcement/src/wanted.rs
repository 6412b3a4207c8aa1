//! What the sets should hold, read off the blocks in force; pure.

use std::collections::BTreeMap;

use model::{Block, Network, SubjectKey, Timestamp};

/// Addresses and networks, each until when; `None` until somebody releases it.
pub(crate) type Wanted = BTreeMap<Network, Option<Timestamp>>;

/// The networks of blocks that stop addresses. One whose time is over is left out: the set's own time-out has removed it,
/// and the sweep is about to release it.
pub(crate) fn wanted(blocks: &[Block], now: Timestamp) -> Wanted {
    let addresses = blocks.iter().filter_map(|block| match &block.subject {
        SubjectKey::Ip(network) => Some((*network, block.automatic_release.then(|| block.until()))),
        SubjectKey::Account(_) | SubjectKey::Domain(_) => None,
    });
    addresses.filter(|(_, until)| until.is_none_or(|until| until > now)).collect()
}

#[cfg(test)]
mod tests {
    use testkit::samples;

    use super::*;

    fn block(address: &str, automatic_release: bool) -> Block {
        let subject = SubjectKey::Ip(Network::parse(address).unwrap());
        Block { subject, automatic_release, ..samples::block(address, 1000) }
    }

    #[test]
    fn only_addresses_and_only_until_their_time_is_over() {
        let blocks = [block("192.0.2.1", true), block("2001:db8::5", false), samples::block("account", 1000)];
        let end = blocks[0].until();
        let names =
            |now| wanted(&blocks, now).into_iter().map(|(net, until)| (net.to_string(), until)).collect::<Vec<_>>();
        let forever = ("2001:db8::/64".to_owned(), None);
        assert_eq!(names(Timestamp(2000)), [("192.0.2.1".to_owned(), Some(end)), forever.clone()]);
        assert_eq!(names(end), [forever]);
    }
}
