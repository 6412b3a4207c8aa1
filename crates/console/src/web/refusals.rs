//! Why something was refused, in words that are known in every language: by what the refusal is, not by how it reads.

use alerts::LetterError;
use customers::ticket::{OpeningRefused, StepRefused, Ticket};
use diagnostics::DiagnosisError;
use limits::ReleaseRefused;
use model::WayOut;

use super::fault::Fault;

fn told<const N: usize>(key: &'static str, gaps: [(&'static str, &dyn ToString); N]) -> Fault {
    Fault::Told(key, gaps.into_iter().map(|(gap, value)| (gap, value.to_string())).collect())
}

impl From<ReleaseRefused> for Fault {
    fn from(refused: ReleaseRefused) -> Self {
        match refused {
            ReleaseRefused::NotBlocked { .. } => told("refused.not_blocked", []),
            ReleaseRefused::StillBlocked { seconds, .. } => told("refused.still_blocked", [("seconds", &seconds)]),
            ReleaseRefused::NotByTime { .. } => told("refused.stays_blocked", []),
            ReleaseRefused::OtherWay { way_out: WayOut::Time, .. } => told("refused.way.time", []),
            ReleaseRefused::OtherWay { way_out: WayOut::Ticket, .. } => told("refused.way.ticket", []),
            ReleaseRefused::OtherWay { way_out: WayOut::Password, .. } => told("refused.way.password", []),
            ReleaseRefused::OwnerAwaited { .. } => told("refused.awaited", []),
            ReleaseRefused::OldPassword { .. } => told("refused.old_password", []),
        }
    }
}

impl From<StepRefused> for Fault {
    fn from(refused: StepRefused) -> Self {
        match refused {
            StepRefused::Over { id, .. } => told("refused.ticket.over", [("id", &id)]),
            StepRefused::NoReason => told("refused.ticket.reason", []),
            StepRefused::NothingToSay => told("refused.ticket.empty", []),
            StepRefused::NoBlock { id } => told("refused.ticket.no_block", [("id", &id)]),
            StepRefused::Open { id } => told("refused.ticket.open", [("id", &id)]),
            StepRefused::BlockOver { id } => told("refused.ticket.released", [("id", &id)]),
            StepRefused::Full { id } => told("refused.ticket.full", [("id", &id), ("most", &Ticket::MAX_MESSAGES)]),
        }
    }
}

impl From<OpeningRefused> for Fault {
    fn from(refused: OpeningRefused) -> Self {
        match refused {
            OpeningRefused::TooMany(open) => told("refused.ticket.many", [("open", &open)]),
            OpeningRefused::Crowded(open) => told("refused.ticket.crowded", [("open", &open)]),
        }
    }
}

impl From<DiagnosisError> for Fault {
    fn from(error: DiagnosisError) -> Self {
        match error {
            DiagnosisError::Unknown(_) => Self::Missing,
            DiagnosisError::Store(error) => error.into(),
            DiagnosisError::Over(id) => told("refused.diagnosis.over", [("id", &id)]),
            DiagnosisError::Running(id) => told("refused.diagnosis.running", [("id", &id)]),
            DiagnosisError::Busy(waiting) => told("refused.diagnosis.full", [("waiting", &waiting)]),
        }
    }
}

impl From<LetterError> for Fault {
    fn from(error: LetterError) -> Self {
        match error {
            LetterError::Store(error) => error.into(),
            LetterError::Unknown(..) => Self::Missing,
            LetterError::Sent(about, number) => told("refused.letter.sent", [("about", &about), ("number", &number)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use customers::Language;
    use model::SubjectKind;

    use super::*;
    use crate::words::Words;

    fn each() -> Vec<Fault> {
        let kind = SubjectKind::Ip;
        let ways = WayOut::ALL.map(|way_out| ReleaseRefused::OtherWay { kind, way_out }.into());
        let id = 7;
        let mut all = vec![
            ReleaseRefused::NotBlocked { kind }.into(),
            ReleaseRefused::StillBlocked { kind, seconds: 129 }.into(),
            ReleaseRefused::NotByTime { kind }.into(),
            ReleaseRefused::OwnerAwaited { kind }.into(),
            ReleaseRefused::OldPassword { kind }.into(),
            StepRefused::Over { id, state: "closed" }.into(),
            StepRefused::NoReason.into(),
            StepRefused::NothingToSay.into(),
            StepRefused::NoBlock { id }.into(),
            StepRefused::Open { id }.into(),
            StepRefused::BlockOver { id }.into(),
            StepRefused::Full { id }.into(),
            OpeningRefused::TooMany(20).into(),
            OpeningRefused::Crowded(10_000).into(),
            DiagnosisError::Over(id).into(),
            DiagnosisError::Running(id).into(),
            DiagnosisError::Busy(9).into(),
            LetterError::Sent("block k3x9qm2f7c".into(), 1).into(),
        ];
        all.extend(ways);
        all
    }

    #[test]
    fn every_refusal_has_its_words_and_fills_them() {
        for language in Language::ALL {
            let words = Words::of(*language);
            for fault in each() {
                let Fault::Told(key, gaps) = fault else { panic!("{fault:?} has no words") };
                assert!(words.knows(key), "{key}");
                let text = words.say(key);
                assert_eq!(text.matches('{').count(), gaps.len(), "{language:?}: {key}: {text}");
                assert!(gaps.iter().all(|(gap, _)| text.contains(&format!("{{{gap}}}"))), "{language:?}: {key}");
            }
        }
    }
}
