//! What a person types into a search field, as a filter.

use limits::{BlockFilter, EvidenceFilter, Holdings, Wanted};
use model::{BlockRef, BlockState, DomainName, MessageId, SubjectKind};

use super::fault::Fault;

/// What is searched for is cut.
const MAX_SEARCH: usize = 200;

/// The text, cleaned.
pub(super) fn text(typed: &str) -> String {
    model::names::bounded(typed.trim(), MAX_SEARCH).to_owned()
}

/// A filter's word; the first choice where nothing is chosen.
pub(super) fn chosen<'c>(word: &str, choices: &[&'c str]) -> Result<&'c str, Fault> {
    let word = if word.is_empty() { choices.first().copied().unwrap_or_default() } else { word };
    let found = choices.iter().copied().find(|choice| *choice == word);
    found.ok_or_else(|| Fault::Choice { word: text(word), known: choices.join(", ") })
}

/// As [`chosen`], where nothing may be chosen too.
pub(super) fn any_of<'c>(word: &str, choices: &[&'c str]) -> Result<Option<&'c str>, Fault> {
    if word.is_empty() { Ok(None) } else { chosen(word, choices).map(Some) }
}

/// The same for what has words.
pub(super) fn known<T: Copy>(word: &str, all: &[T], said: fn(T) -> &'static str) -> Result<Option<T>, Fault> {
    let words: Vec<_> = all.iter().map(|one| said(*one)).collect();
    let word = any_of(word, &words)?;
    Ok(all.iter().copied().find(|one| Some(said(*one)) == word))
}

/// Blocks of a name's beginning, of a network ("203.0.113.0/24") or of the accounts of a domain ("@shop.example").
pub(super) fn blocks(text: &str, state: &str, kind: &str) -> BlockFilter {
    let mut filter = BlockFilter {
        state: match state {
            "active" => Some(BlockState::BlockedForSpam),
            "ended" => Some(BlockState::Unblocked),
            _ => None,
        },
        kind: SubjectKind::from_word(kind),
        ..BlockFilter::default()
    };
    let network = text.contains('/').then(|| text.parse().ok()).flatten();
    let domain = text.strip_prefix('@').and_then(DomainName::new);
    match (network, domain) {
        (Some(network), _) => filter.within = Some(Holdings::network(network)),
        (None, Some(domain)) => filter.within = Some(Holdings::mail_domain(&domain)),
        (None, None) if text.is_empty() => {}
        (None, None) => filter.subject = Some(Wanted::Beginning(text.to_lowercase())),
    }
    filter
}

/// A block's reference, when the text is written like one.
pub(super) fn reference(text: &str) -> Option<BlockRef> {
    let letters = text.bytes().all(|byte| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte));
    BlockRef::new(text).filter(|_| letters && text.len() == 16)
}

/// Messages to an address, of a score or more, or with a Message-ID.
pub(super) fn evidence(text: &str, block: BlockRef) -> EvidenceFilter {
    let mut filter = EvidenceFilter { block: Some(block), ..EvidenceFilter::default() };
    if let Ok(address) = text.parse() {
        filter.destination = Some(address);
    } else if let Ok(score) = text.parse() {
        filter.score = Some(score);
    } else if !text.is_empty() {
        let id = if text.starts_with('<') { text.to_owned() } else { format!("<{text}>") };
        filter.message_id = MessageId::new(&id);
    }
    filter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_means_what_it_looks_like() {
        assert_eq!(blocks("", "all", "any"), BlockFilter::default());
        assert_eq!(blocks("Bob", "active", "ip").subject, Some(Wanted::Beginning("bob".into())));
        let network = Holdings::network("203.0.113.0/24".parse().unwrap());
        assert_eq!(blocks("203.0.113.0/24", "all", "any").within, Some(network));
        assert!(blocks("@shop.example", "all", "any").within.is_some());
        assert!(reference("abcdefghijklmnop").is_some() && reference("bob@shop.example").is_none());
        let block = BlockRef::new("abcdefghijklmnop").unwrap();
        assert_eq!(evidence("198.51.100.25", block.clone()).destination, "198.51.100.25".parse().ok());
        assert_eq!(evidence("200", block.clone()).score, Some(200));
        assert_eq!(evidence("1@a.example", block).message_id, MessageId::new("<1@a.example>"));
    }
}
