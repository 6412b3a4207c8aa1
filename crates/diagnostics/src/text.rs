//! A diagnosis as a table for people.

use std::fmt::Write;

use crate::finding::{Finding, Outcome};
use crate::table::rows;
use crate::task::Task;

impl Task {
    /// The table, with a line feed behind each line: what is well takes a line; what is not, its meaning and what to do.
    pub fn table(&self) -> String {
        let mut table = format!("Diagnosis {} of the {}\n", self.id, self.patient);
        self.findings.iter().for_each(|finding| add(&mut table, finding));
        if let Some(error) = &self.error {
            let (made, all) = (self.findings.len(), self.checks);
            line(&mut table, format_args!("\nIt ended early, after {made} of {all} checks: {error}."));
        }
        if let Some(cause) = self.summary().cause {
            line(&mut table, format_args!("\nWhat to mend first: {}", cause.sentence()));
        }
        table
    }
}

fn add(table: &mut String, finding: &Finding) {
    let title = rows().iter().find(|row| row.check == finding.check).map_or("", |row| row.title);
    line(table, format_args!("{:<8} {title:<27} {}", finding.outcome.as_str(), finding.found));
    if finding.outcome != Outcome::Pass {
        let told = [&finding.means, &finding.advice].into_iter().filter(|told| !told.is_empty());
        told.for_each(|told| line(table, format_args!("{:<8} {:<27}   {told}", "", "")));
    }
}

fn line(table: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a string doesn't fail.
    let _ = writeln!(table, "{words}");
}

#[cfg(test)]
mod tests {
    use model::{SubjectKind, Timestamp};

    use super::*;
    use crate::finding::{Cause, Check};
    use crate::patient::Patient;

    #[test]
    fn what_is_not_well_is_explained() {
        let patient = Patient::parse(SubjectKind::Account, "bob@shop.example").unwrap();
        let mut task = Task { id: 7, ..Task::new(patient, "ann", Timestamp(0)) };
        let finding = |check, outcome, cause| Finding {
            check,
            outcome,
            found: "it is so".into(),
            means: "that means".into(),
            advice: "do this".into(),
            cause,
        };
        task.note(finding(Check::Blocked, Outcome::Pass, None));
        task.note(finding(Check::Authentication, Outcome::Fail, Some(Cause::Password)));
        task.give_up("it was cancelled", Timestamp(9));
        let table = task.table();
        let lines: Vec<_> = table.lines().map(str::trim).collect();
        assert_eq!(lines[0], "Diagnosis 7 of the account bob@shop.example");
        assert_eq!(lines[1], "pass     blocked for spam            it is so");
        assert_eq!(lines[2..5], ["fail     log in                      it is so", "that means", "do this"]);
        assert!(
            table.contains(&format!("It ended early, after 2 of {} checks: it was cancelled.", task.checks)),
            "{table}"
        );
        assert!(table.ends_with("What to mend first: The password is wrong.\n"));
    }
}
