//! A judge that does what the dialogue says, and remembers what it was shown.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use model::{AccountName, Action, Envelope, Refusal, Score, Session, Submission, Timestamp, Verdict};
use pipeline::{Admission, Judge, Judging, Stage};

/// The script.
#[derive(Default)]
pub(crate) struct ScriptedJudge {
    refusals: Mutex<BTreeMap<&'static str, Refusal>>,
    verdict: Mutex<Option<Action>>,
    seen: Mutex<Vec<Submission>>,
    given_up: Mutex<Vec<u32>>,
    locked_out: Mutex<Option<String>>,
    logins: Mutex<Vec<String>>,
}

impl ScriptedJudge {
    /// `reject`, `defer`, `tag`, `hold`, `accept`, or `refuse connect|mail|rcpt`.
    pub(crate) fn follow(&self, words: &str) {
        let refusal = Refusal::permanent("It looks like spam.");
        let action = match words {
            "accept" => Action::Accept,
            "reject" => Action::Reject(refusal),
            "defer" => Action::Defer(Refusal::temporary("Too fast.", Duration::from_secs(60))),
            "hold" => Action::Hold("score".into()),
            "tag" => Action::Tag(vec![("X-Portreeve-Score".into(), "77".into())]),
            "refuse connect" => return self.refuse("connect", refusal),
            "refuse mail" => return self.refuse("mail", refusal),
            "refuse rcpt" => return self.refuse("rcpt", refusal),
            "lock out bob@example.com" => {
                *self.locked_out.lock().unwrap() = Some("bob@example.com".into());
                return;
            }
            other => panic!("the judge can't {other}"),
        };
        *self.verdict.lock().unwrap() = Some(action);
    }

    fn refuse(&self, stage: &'static str, refusal: Refusal) {
        self.refusals.lock().unwrap().insert(stage, refusal);
    }

    /// What was judged, the last one last.
    pub(crate) fn seen(&self) -> Vec<Submission> {
        self.seen.lock().unwrap().clone()
    }

    /// How many recipients were refused in each transaction without a message.
    pub(crate) fn given_up(&self) -> String {
        format!("{:?}", self.given_up.lock().unwrap())
    }

    /// How each login ended.
    pub(crate) fn logins(&self) -> String {
        self.logins.lock().unwrap().join(", ")
    }

    /// The last message in one line: who, from where, how many recipients accepted and refused, how large.
    pub(crate) fn last(&self) -> String {
        let seen = self.seen();
        let Some(last) = seen.last() else { return "nothing".into() };
        let login = last.session.login.as_ref().map_or("nobody", |login| login.account.as_str());
        let client = last.session.client.map(|client| client.to_string()).unwrap_or_default();
        let envelope = &last.envelope;
        let counts = format!("{} accepted, {} refused", envelope.recipient_count, envelope.refused_count);
        let tls = if last.session.tls { ", tls" } else { "" };
        format!("{login} at {client} ({}{tls}): {counts}, {} bytes", last.session.helo, last.message.size)
    }
}

impl Judge for ScriptedJudge {
    fn admit(&self, _session: &Session, stage: Stage<'_>) -> Admission {
        let stage = match stage {
            Stage::Connect => "connect",
            Stage::Mail(_) => "mail",
            Stage::Recipient(..) => "rcpt",
        };
        match self.refusals.lock().unwrap().get(stage) {
            Some(refusal) => Admission::Refuse(refusal.clone()),
            None => Admission::Proceed,
        }
    }

    fn judge(&self, submission: Submission) -> Judging<'_> {
        self.seen.lock().unwrap().push(submission);
        let action = self.verdict.lock().unwrap().clone().unwrap_or(Action::Accept);
        let verdict = Verdict { action, reason: "test", score: Score::default(), at: Timestamp::default() };
        pipeline::judging(async move { verdict })
    }

    fn may_log_in(&self, _session: &Session, account: Option<&AccountName>) -> Admission {
        let locked_out = self.locked_out.lock().unwrap().clone();
        if account.is_none() || locked_out.as_deref() != account.map(AccountName::as_str) {
            return Admission::Proceed;
        }
        let refusal = Refusal::temporary("Too many failed logins.", Duration::from_secs(60));
        Admission::Refuse(Refusal { code: 454, enhanced: [4, 7, 0], ..refusal })
    }

    fn login_ended(&self, _session: &Session, account: Option<&AccountName>, succeeded: bool) {
        let name = account.map_or("nobody", AccountName::as_str);
        self.logins.lock().unwrap().push(format!("{name} {}", if succeeded { "in" } else { "failed" }));
    }

    fn gave_up(&self, _session: &Session, envelope: &Envelope) {
        self.given_up.lock().unwrap().push(envelope.refused_count);
    }

    fn analysed_bytes(&self) -> usize {
        4096
    }
}
