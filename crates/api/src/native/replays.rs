//! The recent journal through another configuration: who would be blocked by it, before it is in force.

use access::Action;
use axum::http::StatusCode;
use axum::routing::post;
use replay::{BlockLine, BlockThen, Report, Slowed, Tally, Then};

use super::Answer;
use super::blocks::Subject;
use super::call::{Call, Given};
use super::configuration::{MAX_CONFIGURATION, TOML};
use super::problem::{FieldError, Problem};
use super::routes::Route;
use super::schema::wire;
use super::types::{Amounts, When};
use super::workshop::{Mistake, NoReplay};

/// Senders in one answer; of more the number is told.
const MOST: usize = 1000;
/// After so many seconds another replay will be over: that is how long an answer may take.
const BUSY_FOR: u32 = 10;

pub(super) fn routes() -> Vec<Route> {
    let about =
        "See who another configuration would have blocked, by the recent journal; without a body: the one in force";
    vec![
        Route::does::<ReplayView>("/api/replays", Action::ChangeSite, about, post(replay))
            .given(TOML, MAX_CONFIGURATION),
    ]
}

wire! {
    /// What becomes of messages.
    ReplayTally {
        /// Messages tried.
        messages: u64,
        /// Messages that leave, those to some of their recipients only included.
        left: u64,
        /// Of those, at or above the spam score.
        spam_left: u64,
        /// At or above the spam score, left or not.
        spam: u64,
        /// Held for a person to look at.
        held: u64,
        /// Asked to come back.
        deferred: u64,
        /// Refused for their own content.
        refused_as_spam: u64,
        /// Refused because the sender is blocked.
        refused_as_blocked: u64,
        /// Refused for another reason.
        refused_otherwise: u64,
        /// Recipients that are asked to come back while the message goes to others.
        deferred_recipients: u64,
    }
    /// A block that would have begun.
    ReplayBlock {
        /// Whom it stops.
        subject: Subject,
        /// The trip rule.
        rule: String,
        /// Why, as a sentence.
        reason: String,
        /// When it begins.
        began_at: When,
        /// When it ends; null: not within the journal.
        ended_at: Option<When>,
        /// The step of the ladder, from 1.
        strikes: u32,
        /// What the sender has done before, the message that trips the rule left out.
        before: ReplayTally,
        /// Messages refused because of it.
        refused_since: u64,
    }
    /// A sender whom rate limits slow down, and who is never blocked.
    ReplaySlowed {
        /// Who.
        subject: Subject,
        /// What becomes of his messages.
        messages: ReplayTally,
    }
    /// A block as it was when the journal was written.
    ReplayBlockThen {
        /// Whom it stopped.
        subject: Subject,
        /// The trip rule.
        rule: String,
        /// When it began.
        began_at: When,
        /// Whether it was only noted, in monitor mode.
        monitored: bool,
    }
    /// What happened when the journal was written, and what can't be known.
    ReplayThen {
        /// Messages by what was answered then and what is answered now, such as "accept -> reject".
        answers: Amounts,
        /// Messages and sessions that were refused before their content then.
        refused_unread: u64,
        /// Of those, how many are let in now: nobody knows what they held.
        unknown: u64,
        /// The blocks of then, at most 1000.
        blocks: Vec<ReplayBlockThen>,
        /// How many there were in all.
        blocks_in_all: u64,
        /// Lines that could not be read.
        damaged_lines: u64,
        /// Signals with points now that were not looked for then: nobody knows who has them.
        not_looked_for: Vec<String>,
        /// Signals seen then that are unknown now; their points are kept.
        unknown_signals: Vec<String>,
    }
    /// What a replay has found.
    ReplayView {
        /// When the first message was sent; null: there is none.
        from: Option<When>,
        /// When the last one was.
        to: Option<When>,
        /// All messages.
        messages: ReplayTally,
        /// Who would have been blocked, in order; at most 1000.
        blocks: Vec<ReplayBlock>,
        /// How many blocks in all.
        blocks_in_all: u64,
        /// Who would have been slowed down, most deferrals first; at most 1000.
        slowed: Vec<ReplaySlowed>,
        /// How many in all.
        slowed_in_all: u64,
        /// What report rules would have told the operator.
        reports: Vec<String>,
        /// Beside it, what happened; null: it was mail, and no journal.
        then: Option<ReplayThen>,
    }
}

async fn replay(call: Call, Given(text): Given) -> Answer<ReplayView> {
    call.by_staff(Action::ChangeSite, move |native, actor| {
        let text = std::str::from_utf8(&text).map_err(|_| Problem::field("body", "expected TOML, in UTF-8"))?;
        native.note(actor, Action::ChangeSite, "configuration", "replay")?;
        let other = Some(text).filter(|text| !text.trim().is_empty());
        let (report, then) = native.workshop.replay(other).map_err(refused)?;
        Ok(ReplayView::of(report, Some(then), MOST))
    })
    .await
}

fn refused(why: NoReplay) -> Problem {
    match why {
        NoReplay::Mistakes(mistakes) => {
            let detail = "this configuration could not be put in force, see errors";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).with(mistakes.into_iter().map(error).collect())
        }
        NoReplay::NoJournal => {
            Problem::conflict("no journal is written: set journal.directory, and replay once there is mail in it")
        }
        NoReplay::Busy => Problem::too_many("another replay is running: one at a time, mail comes first", BUSY_FOR),
        NoReplay::Failed(error) => Problem::broken(error),
    }
}

fn error(Mistake { line, option, message }: Mistake) -> FieldError {
    FieldError { line: line.map(u64::from), ..FieldError::of(&option, message) }
}

impl ReplayView {
    /// What was found, with at most so many senders in each list.
    pub(super) fn of(report: Report, then: Option<Then>, most: usize) -> Self {
        Self {
            from: report.from.map(When),
            to: report.to.map(When),
            messages: report.all.into(),
            blocks_in_all: report.blocks.len() as u64,
            blocks: first(report.blocks, most),
            slowed_in_all: report.slowed.len() as u64,
            slowed: first(report.slowed, most),
            reports: report.reports,
            then: then.map(|then| ReplayThen::of(then, most)),
        }
    }
}

fn first<T, V: From<T>>(all: Vec<T>, most: usize) -> Vec<V> {
    all.into_iter().take(most).map(V::from).collect()
}

impl From<Tally> for ReplayTally {
    fn from(tally: Tally) -> Self {
        Self {
            messages: tally.messages,
            left: tally.left,
            spam_left: tally.spam_left,
            spam: tally.spam,
            held: tally.held,
            deferred: tally.deferred,
            refused_as_spam: tally.refused_as_spam,
            refused_as_blocked: tally.refused_as_blocked,
            refused_otherwise: tally.refused_otherwise,
            deferred_recipients: tally.deferred_recipients,
        }
    }
}

impl From<BlockLine> for ReplayBlock {
    fn from(line: BlockLine) -> Self {
        Self {
            subject: Subject::of(&line.block.subject),
            rule: line.rule,
            reason: line.why,
            began_at: When(line.since),
            ended_at: line.ended.map(When),
            strikes: line.strike,
            before: line.before.into(),
            refused_since: line.refused_since,
        }
    }
}

impl From<Slowed> for ReplaySlowed {
    fn from(slowed: Slowed) -> Self {
        Self { subject: Subject::of(&slowed.subject), messages: slowed.tally.into() }
    }
}

impl From<BlockThen> for ReplayBlockThen {
    fn from(block: BlockThen) -> Self {
        let subject = Subject::of(&block.subject);
        Self { subject, rule: block.rule, began_at: When(block.since), monitored: block.noted }
    }
}

impl ReplayThen {
    fn of(then: Then, most: usize) -> Self {
        Self {
            answers: Amounts::of(then.answers),
            refused_unread: then.refused_unread,
            unknown: then.unknown,
            blocks_in_all: then.blocks.len() as u64,
            blocks: first(then.blocks, most),
            damaged_lines: then.damaged_lines,
            not_looked_for: then.not_looked_for.into_iter().collect(),
            unknown_signals: then.unknown_signals.into_iter().collect(),
        }
    }
}
