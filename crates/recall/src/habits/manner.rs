//! How a message is sent, as hashes: the ways of a person or program, which a thief has to know to imitate them.

use model::features::HeaderFacts;
use model::{Features, MessageId, Network};

use super::record::Manner;
use crate::gateways::Gateways;
use crate::hash;
use crate::print::Prints;

impl Manner {
    /// The manner of a message.
    pub(crate) fn of(features: &Features, network: Option<Network>, prints: &Prints, gateways: &Gateways) -> Self {
        let headers = &features.headers;
        let from = headers.from.first();
        Self {
            network: network.filter(|network| !gateways.contain(network)).map(neighbourhood),
            mailer: mailer(headers),
            from: from.filter(|from| !from.address.is_empty()).map(|from| hash::folded(&from.address)),
            name: from.filter(|from| !from.name.is_empty()).map(|from| hash::folded(&from.name)),
            language: prints.language.map(|language| u32::from(language.0) + 1),
        }
    }
}

fn neighbourhood(network: Network) -> u32 {
    let net = network.neighbourhood();
    match net {
        ipnet::IpNet::V4(net) => hash::short(xxhash_rust::xxh3::xxh3_64(&net.network().octets())),
        ipnet::IpNet::V6(net) => hash::short(xxhash_rust::xxh3::xxh3_64(&net.network().octets())),
    }
}

/// The mail program's name without its version, else the shape of the Message-ID.
fn mailer(headers: &HeaderFacts) -> Option<u32> {
    match &headers.mailer {
        Some(mailer) => {
            let family = mailer.split(|c: char| !c.is_alphabetic()).find(|word| word.len() > 1);
            family.map(hash::folded)
        }
        None => headers.message_id.as_ref().map(shape),
    }
}

/// Kinds of characters in runs, with the punctuation between them: `<A1.a-1@`.
fn shape(id: &MessageId) -> u32 {
    let mut shape = String::with_capacity(24);
    let left = id.as_str().split('@').next().unwrap_or_default();
    for c in left.chars().take(80) {
        let kind = match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => 'a',
            other => other,
        };
        if !(kind == 'a' && shape.ends_with('a')) {
            shape.push(kind);
        }
    }
    hash::folded(&shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer_of(name: Option<&str>, id: &str) -> Option<u32> {
        let headers =
            HeaderFacts { mailer: name.map(Into::into), message_id: MessageId::new(id), ..Default::default() };
        mailer(&headers)
    }

    #[test]
    fn a_new_version_is_the_same_program() {
        let of = |name| mailer_of(Some(name), "<1@a.example>");
        assert_eq!(of("Mozilla Thunderbird 115.1"), of("Mozilla Thunderbird 128"));
        assert_ne!(of("Mozilla Thunderbird"), of("PHPMailer 6.0"));
    }

    #[test]
    fn without_a_name_the_message_id_tells() {
        assert_eq!(mailer_of(None, "<CAH1x-9@a.example>"), mailer_of(None, "<zz81-q@b.example>"));
        assert_ne!(mailer_of(None, "<CAH1x-9@a.example>"), mailer_of(None, "<20250101.aa.7@a.example>"));
    }
}
