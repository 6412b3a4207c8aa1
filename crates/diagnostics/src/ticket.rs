//! A diagnosis as the ticket that carries its result.

use customers::ticket::{Author, Opening, Whom};

use crate::diagnoses::DiagnosisError;
use crate::task::Task;

impl Task {
    /// What opens the ticket, for whoever owns the patient.
    ///
    /// # Errors
    /// While it goes on.
    pub fn opening(&self, author: Author) -> Result<Opening, DiagnosisError> {
        if !self.state.is_over() {
            return Err(DiagnosisError::Running(self.id));
        }
        let whom = Whom::Subject(self.patient.subject());
        let whole = serde_json::json!({ "task": self, "summary": self.summary() });
        Ok(Opening::diagnosis(whom, self.id, author, &self.table(), whole))
    }
}

#[cfg(test)]
mod tests {
    use customers::ticket::About;
    use model::{SubjectKind, Timestamp};

    use super::*;
    use crate::patient::Patient;

    #[test]
    fn only_what_is_over_has_a_result_to_carry() {
        let patient = Patient::parse(SubjectKind::Ip, "2001:db8::1").unwrap();
        let mut task = Task { id: 7, ..Task::new(patient, "ann", Timestamp(0)) };
        assert!(matches!(task.opening(Author::Support), Err(DiagnosisError::Running(7))));
        task.end(Timestamp(5));
        let opening = task.opening(Author::Customer).unwrap();
        assert_eq!(opening.whom.to_string(), "ip 2001:db8::/64", "as it is counted, blocked and owned");
        let About::Diagnosis { diagnosis: 7, result } = opening.about else { panic!("{:?}", opening.about) };
        assert_eq!(result["task"]["patient"]["name"], "2001:db8::1");
        assert_eq!(result["summary"]["lastCheck"], serde_json::json!(Timestamp(5)));
        assert!(opening.text.starts_with("Diagnosis 7 of the ip 2001:db8::1"));
    }
}
