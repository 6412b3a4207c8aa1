//! What stands behind the question mark, held against the route's parameters: every mistake is told, by its parameter's name.

use std::borrow::Cow;

use super::fit::{self, listed, quoted};
use super::parameters::Parameter;
use super::problem::{FieldError, Problem};

type Given<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Refuses what no parameter allows.
pub(super) fn check(query: &str, known: &[Parameter]) -> Result<(), Problem> {
    let given: Vec<Given<'_>> = form_urlencoded::parse(query.as_bytes()).collect();
    let wrong = known.iter().filter_map(|parameter| mistake(parameter, &given));
    let unknown = given.iter().filter(|(name, _)| !known.iter().any(|one| one.name == name));
    let unknown = unknown.map(|(name, _)| FieldError::of(model::names::bounded(name, 64), no_such(known)));
    let errors: Vec<_> = wrong.chain(unknown).take(fit::MOST).collect();
    if errors.is_empty() { Ok(()) } else { Err(Problem::mistakes(errors)) }
}

fn mistake(parameter: &Parameter, given: &[Given<'_>]) -> Option<FieldError> {
    let values: Vec<_> = given.iter().filter(|(name, _)| name == parameter.name).map(|(_, value)| value).collect();
    let sentence = match values.as_slice() {
        [] if parameter.required => Some(format!("expected {}, found nothing", (parameter.kind)().expected())),
        [] => None,
        [value] => {
            let kind = (parameter.kind)();
            (!kind.allows(value)).then(|| format!("expected {}, found {}", kind.expected(), quoted(value)))
        }
        many => Some(format!("expected once, found {} times", many.len())),
    };
    sentence.map(|sentence| FieldError::of(parameter.name, sentence))
}

fn no_such(known: &[Parameter]) -> String {
    let names: Vec<_> = known.iter().map(|parameter| parameter.name).collect();
    match names.as_slice() {
        [] => "there is no such parameter: this call takes none".into(),
        names => format!("there is no such parameter, only {}", listed(names, "and")),
    }
}
