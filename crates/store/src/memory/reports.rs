//! False-positive reports and exemptions in memory.

use customers::exemption::Exemption;
use customers::report::{Filed, Report, ReportRefused, ReportState, ReportStep, ReportStore};
use limits::LetterKind;
use model::{Block, Evidence, MessageId, SubjectKey, Timestamp};

use super::{MemoryStore, Result, State};

/// Reports with their messages, exemptions, and the latest number of each.
#[derive(Default)]
pub(super) struct Shelf {
    reports: Vec<(Report, Option<Vec<u8>>)>,
    exemptions: Vec<Exemption>,
    last_report: u64,
    last_exemption: u64,
}

impl Shelf {
    /// A report is forgotten with its block.
    pub(super) fn retain(&mut self, keeps: impl Fn(&Report) -> bool) {
        self.reports.retain(|(report, _)| keeps(report));
    }

    fn add(&mut self, exemption: &Exemption) -> u64 {
        self.last_exemption += 1;
        self.exemptions.push(Exemption { id: self.last_exemption, ..exemption.clone() });
        self.last_exemption
    }
}

impl State {
    fn tell(&mut self, report: &Report, letter: Option<LetterKind>, at: Timestamp) {
        if let Some(case) = self.cases.get_mut(&report.block) {
            case.queue(letter, at);
        }
    }
}

impl ReportStore for MemoryStore {
    fn file_report(&self, report: &Report, message: &[u8], most_open: u32, at: Timestamp) -> Result<Filed> {
        let mut state = self.state();
        let same = |known: &Report| known.block == report.block && known.message_id == report.message_id;
        if let Some((known, _)) = state.shelf.reports.iter().find(|(known, _)| same(known)) {
            return Ok(Filed::Before(known.id));
        }
        let open = state.shelf.reports.iter().filter(|(known, _)| known.is_open().is_ok()).count();
        if open >= most_open as usize {
            return Ok(Filed::Full);
        }
        state.case(&report.block)?;
        state.shelf.last_report += 1;
        let report = Report { id: state.shelf.last_report, ..report.clone() };
        let letter = LetterKind::ReportReceived(report.letter(String::new()));
        state.tell(&report, Some(letter), at);
        let id = report.id;
        state.shelf.reports.push((report, Some(message.to_vec())));
        Ok(Filed::New(id))
    }

    fn report(&self, id: u64) -> Result<Option<Report>> {
        Ok(self.state().shelf.reports.iter().find(|(report, _)| report.id == id).map(|(report, _)| report.clone()))
    }

    fn report_message(&self, id: u64) -> Result<Option<Vec<u8>>> {
        let state = self.state();
        let mut reports = state.shelf.reports.iter();
        Ok(reports.find(|(report, _)| report.id == id).and_then(|(_, message)| message.clone()))
    }

    fn reports(&self, only_open: bool, limit: usize) -> Result<Vec<Report>> {
        self.reports_before(u64::MAX, only_open, limit)
    }

    fn reports_before(&self, number: u64, only_open: bool, limit: usize) -> Result<Vec<Report>> {
        let state = self.state();
        let latest = state.shelf.reports.iter().rev().map(|(report, _)| report).filter(|report| report.id < number);
        Ok(latest.filter(|report| !only_open || report.is_open().is_ok()).take(limit).cloned().collect())
    }

    fn reports_due(&self) -> Result<Vec<Report>> {
        let state = self.state();
        let due = state.shelf.reports.iter().filter(|(report, _)| !report.due.is_empty());
        Ok(due.map(|(report, _)| report.clone()).collect())
    }

    fn report_step(
        &self,
        id: u64,
        at: Timestamp,
        step: ReportStep<'_>,
    ) -> Result<Option<std::result::Result<Report, ReportRefused>>> {
        let mut state = self.state();
        let Some(place) = state.shelf.reports.iter().position(|(report, _)| report.id == id) else { return Ok(None) };
        let Some((mut report, mut message)) = state.shelf.reports.get(place).cloned() else { return Ok(None) };
        let taken = match step(&mut report) {
            Ok(taken) => taken,
            Err(refused) => return Ok(Some(Err(refused))),
        };
        for exemption in &taken.exempt {
            report.exemptions.push(state.shelf.add(exemption));
        }
        if matches!(report.state, ReportState::Dropped(_)) {
            message = None;
        }
        if let Some(kept) = state.shelf.reports.get_mut(place) {
            *kept = (report.clone(), message);
        }
        state.tell(&report, taken.letter, at);
        Ok(Some(Ok(report)))
    }

    fn prune_reports(&self, decided_before: Timestamp, now: Timestamp) -> Result<()> {
        let shelf = &mut self.state().shelf;
        for (report, message) in &mut shelf.reports {
            let over = report.state.word().is_some_and(|word| word.at < decided_before);
            if over && report.due.is_empty() {
                *message = None;
            }
        }
        shelf.exemptions.retain(|exemption| exemption.until > now);
        Ok(())
    }

    fn flagged(&self, subject: Option<&SubjectKey>, id: &MessageId) -> Result<Option<(Block, Evidence)>> {
        let state = self.state();
        let blocks = state.blocks(|block| subject.is_none_or(|subject| block.subject == *subject));
        let cases = blocks.iter().rev().filter_map(|block| state.cases.get(&block.reference));
        let mut named = cases.filter_map(|case| {
            let last = case
                .evidence
                .iter()
                .rev()
                .map(|(_, evidence)| evidence)
                .find(|evidence| evidence.message_id.as_ref() == Some(id))?;
            Some((case.block.clone(), last.clone()))
        });
        Ok(named.next())
    }

    fn latest_block(&self, subject: &SubjectKey) -> Result<Option<Block>> {
        Ok(self.state().blocks(|block| block.subject == *subject).pop())
    }

    fn exemptions(&self) -> Result<Vec<Exemption>> {
        Ok(self.state().shelf.exemptions.clone())
    }

    fn add_exemption(&self, exemption: &Exemption) -> Result<u64> {
        Ok(self.state().shelf.add(exemption))
    }

    fn remove_exemption(&self, id: u64) -> Result<Option<Exemption>> {
        let exemptions = &mut self.state().shelf.exemptions;
        let place = exemptions.iter().position(|exemption| exemption.id == id);
        Ok(place.map(|place| exemptions.remove(place)))
    }
}
