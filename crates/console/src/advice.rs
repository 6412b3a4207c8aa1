//! What the owner of a blocked subject should do, by what was seen in its messages.

use model::{Block, Evidence, SubjectKey};

/// The keys of the steps, the most urgent first; the words are `advice.KEY`.
pub fn steps(block: &Block, evidence: &[Evidence]) -> Vec<&'static str> {
    match (block.is_active(), block.reason.monitored) {
        (true, _) => {}
        // Nothing was refused.
        (false, true) => return Vec::new(),
        (false, false) => return vec!["again", "resend"],
    }
    let mut steps = first(&block.subject);
    if block.reason.decided().is_some() && evidence.is_empty() {
        // No message is known that the steps could speak of.
        steps = alone(&block.subject);
        steps.extend(matches!(block.subject, SubjectKey::Ip(_)).then_some(["queue", "update"]).into_iter().flatten());
        return steps;
    }
    let mut add = |step, wanted: bool| {
        if wanted {
            steps.push(step);
        }
    };
    let seen = |prefixes: &[&str]| signals(evidence).any(|name| prefixes.iter().any(|prefix| name.starts_with(prefix)));
    add("website", seen(&["web_script", "text_web_pitch", "mailer_"]));
    add("attachment", seen(&["attachment_", "scanner_virus"]));
    add("links", seen(&["url_", "html_form", "html_misleading", "listed_url"]));
    add("list", block.reason.counter == "refused_recipients");
    add("bulk", !seen(&["attachment_", "html_password", "text_credentials"]));
    add("queue", matches!(block.subject, SubjectKey::Ip(_)));
    add("update", matches!(block.subject, SubjectKey::Ip(_)));
    steps
}

fn first(subject: &SubjectKey) -> Vec<&'static str> {
    match subject {
        SubjectKey::Account(_) => vec!["password", "devices", "forward"],
        SubjectKey::Ip(_) => vec!["find"],
        SubjectKey::Domain(_) => vec!["member"],
    }
}

/// The same where no message is known.
fn alone(subject: &SubjectKey) -> Vec<&'static str> {
    match subject {
        SubjectKey::Account(_) => vec!["password.alone", "devices", "forward"],
        SubjectKey::Ip(_) => vec!["find.alone"],
        SubjectKey::Domain(_) => vec!["member.alone"],
    }
}

fn signals(evidence: &[Evidence]) -> impl Iterator<Item = &str> {
    evidence.iter().flat_map(|message| &message.hits).map(|hit| hit.signal.as_str())
}

#[cfg(test)]
mod tests {
    use model::SignalName;

    use super::*;

    #[test]
    fn the_steps_fit_what_was_seen() {
        let mut block = testkit::samples::block("a", 0);
        let mut message = testkit::samples::evidence(1);
        message.hits[0].signal = SignalName::new("attachment_macros");
        let told = steps(&block, &[message.clone()]);
        assert_eq!(told, ["password", "devices", "forward", "attachment"]);
        block.reason.counter = "refused_recipients".into();
        message.hits[0].signal = SignalName::new("web_script_hidden");
        assert_eq!(steps(&block, &[message]), ["password", "devices", "forward", "website", "list", "bulk"]);
        block.reason = model::Reason::by_hand("stolen", model::standing::CounterKind::Spam, 0, block.reason.window);
        assert_eq!(steps(&block, &[]), ["password.alone", "devices", "forward"]);
        assert_eq!(steps(&testkit::samples::released(block, 2), &[]), ["again", "resend"]);
    }
}
