//! The parameters behind a path (RFC 5321 4.1.2 `Mail-parameters`): `KEY` or `KEY=value`, as they were written.

/// More parameters than this are refused.
const MAX: usize = 16;

/// One parameter; the value is not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parameter<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: Option<&'a str>,
}

impl Parameter<'_> {
    pub(crate) fn is(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }
}

/// The parameters in order; `None` when one is malformed, stands twice, or there are too many.
pub(crate) fn parse(text: &str) -> Option<Vec<Parameter<'_>>> {
    let mut found: Vec<Parameter<'_>> = Vec::new();
    for word in text.split([' ', '\t']).filter(|word| !word.is_empty()) {
        let parameter = one(word)?;
        if found.len() >= MAX || found.iter().any(|other| other.is(parameter.key)) {
            return None;
        }
        found.push(parameter);
    }
    Some(found)
}

fn one(word: &str) -> Option<Parameter<'_>> {
    let (key, value) = match word.split_once('=') {
        Some((key, value)) => (key, Some(value)),
        None => (word, None),
    };
    let named = key.starts_with(|c: char| c.is_ascii_alphanumeric())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (named && value != Some("")).then_some(Parameter { key, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_words_each_once() {
        let found = parse(" SIZE=10 \t SMTPUTF8 ORCPT=rfc822;a=b").map(|all| all.len());
        assert_eq!(found, Some(3));
        assert_eq!(parse(""), Some(Vec::new()));
        for text in [" SIZE=", " =1", " -X", " A=1 a=2", " X\u{e9}=1"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&(0..17).map(|n| format!(" K{n}")).collect::<String>()), None);
    }
}
