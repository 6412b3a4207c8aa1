//! False-positive reports and exemptions in memory.

use customers::exemption::Exemption;
use customers::report::{Filed, Report, ReportRefused, ReportState, ReportStep, ReportStore};
use limits::{Holdings, LetterKind};
use model::{Block, BlockRef, Evidence, MessageId, SubjectKey, Timestamp};

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

    /// Those that are chosen, latest first.
    fn latest(&self, chosen: impl Fn(&Report) -> bool, limit: usize) -> Vec<Report> {
        let latest = self.reports.iter().rev().map(|(report, _)| report);
        latest.filter(|report| chosen(report)).take(limit).cloned().collect()
    }
}

impl State {
    fn exempt(&mut self, exemption: &Exemption) -> u64 {
        self.shelf.last_exemption += 1;
        let exemption = Exemption { id: self.shelf.last_exemption, ..exemption.clone() };
        self.deliveries.note([exemption.has_begun()]);
        self.shelf.exemptions.push(exemption);
        self.shelf.last_exemption
    }

    /// Takes those out whose time is over.
    fn end_exemptions(&mut self, now: Timestamp) {
        let is_over = |exemption: &Exemption| exemption.until <= now;
        let mut over: Vec<_> = self.shelf.exemptions.extract_if(.., |exemption| is_over(exemption)).collect();
        over.sort_by_key(|exemption| (exemption.until, exemption.id));
        self.deliveries.note(over.iter().map(Exemption::has_ended));
    }

    /// The report came to the state that it is in.
    fn note_report(&mut self, report: &Report) {
        let block = self.cases.get(&report.block).map(|case| &case.block);
        let happened = block.map(|block| report.has_come_here(block));
        self.deliveries.note(happened);
    }

    fn tell(&mut self, report: &Report, letter: Option<LetterKind>, at: Timestamp) {
        if let Some(case) = self.cases.get_mut(&report.block) {
            case.letters.queue(letter, at);
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
        state.note_report(&report);
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
        let chosen = |report: &Report| report.id < number && (!only_open || report.is_open().is_ok());
        Ok(self.state().shelf.latest(chosen, limit))
    }

    fn reports_about(&self, block: &BlockRef, limit: usize) -> Result<Vec<Report>> {
        Ok(self.state().shelf.latest(|report| report.block == *block, limit))
    }

    fn reports_within(&self, within: &Holdings, limit: usize) -> Result<Vec<Report>> {
        Ok(self.state().shelf.latest(|report| within.holds(&report.subject), limit))
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
        let was = report.state.as_str();
        let taken = match step(&mut report) {
            Ok(taken) => taken,
            Err(refused) => return Ok(Some(Err(refused))),
        };
        for exemption in &taken.exempt {
            report.exemptions.push(state.exempt(exemption));
        }
        if matches!(report.state, ReportState::Dropped(_)) {
            message = None;
        }
        if let Some(kept) = state.shelf.reports.get_mut(place) {
            *kept = (report.clone(), message);
        }
        if report.state.as_str() != was {
            state.note_report(&report);
        }
        state.tell(&report, taken.letter, at);
        Ok(Some(Ok(report)))
    }

    fn prune_reports(&self, decided_before: Timestamp, now: Timestamp) -> Result<()> {
        let mut state = self.state();
        for (report, message) in &mut state.shelf.reports {
            let over = report.state.word().is_some_and(|word| word.at < decided_before);
            if over && report.due.is_empty() {
                *message = None;
            }
        }
        state.end_exemptions(now);
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
        Ok(self.state().exempt(exemption))
    }

    fn remove_exemption(&self, id: u64, at: Timestamp) -> Result<Option<Exemption>> {
        let mut state = self.state();
        state.end_exemptions(at);
        let exemptions = &mut state.shelf.exemptions;
        let place = exemptions.iter().position(|exemption| exemption.id == id);
        let removed = place.map(|place| exemptions.remove(place));
        state.deliveries.note(removed.as_ref().map(|gone| gone.has_been_removed(at)));
        Ok(removed)
    }
}
