//! A judge that says what the dialogue tells it to, and remembers what it was asked.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use model::{Action, Event, EventSink, Refusal, Score, Session, Submission, Timestamp, Verdict};
use pipeline::{Admission, Judge, Judging, Stage, judging};

#[derive(Default)]
pub(crate) struct ScriptedJudge(Mutex<State>);

pub(crate) struct State {
    /// Refusals by stage and whom they are for.
    pub(crate) refusals: Vec<(String, String, Refusal)>,
    pub(crate) verdict: Action,
    pub(crate) takes: Duration,
    pub(crate) analyses: usize,
    pub(crate) asked: Vec<String>,
    pub(crate) judged: Option<Submission>,
    pub(crate) events: Vec<&'static str>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            refusals: Vec::new(),
            verdict: Action::Accept,
            takes: Duration::ZERO,
            analyses: 256 << 10,
            asked: Vec::new(),
            judged: None,
            events: Vec::new(),
        }
    }
}

impl ScriptedJudge {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl Judge for ScriptedJudge {
    fn admit(&self, session: &Session, stage: Stage<'_>) -> Admission {
        let client = session.client.map(|client| client.to_string()).unwrap_or_default();
        let login = session.login.as_ref().map(|login| login.account.to_string());
        let (stage, who) = match stage {
            Stage::Connect => ("connect", client),
            Stage::Mail(_) => ("mail", login.unwrap_or_else(|| "-".into())),
            Stage::Recipient(path, _) => ("rcpt", path.as_str().to_owned()),
        };
        let mut state = self.state();
        state.asked.push(format!("{stage} {who}"));
        let refusal = state.refusals.iter().find(|(at, whom, _)| at == stage && *whom == who);
        refusal.map_or(Admission::Proceed, |(_, _, refusal)| Admission::Refuse(refusal.clone()))
    }

    fn judge(&self, submission: Submission) -> Judging<'_> {
        let takes = self.state().takes;
        judging(async move {
            tokio::time::sleep(takes).await;
            let mut state = self.state();
            state.judged = Some(submission);
            Verdict { action: state.verdict.clone(), reason: "test", score: Score::default(), at: Timestamp::default() }
        })
    }

    fn analysed_bytes(&self) -> usize {
        self.state().analyses
    }
}

impl EventSink for ScriptedJudge {
    fn emit(&self, event: &Event<'_>) {
        if let Event::MissingIdentity { missing, .. } = event {
            self.state().events.push(missing);
        }
    }
}
