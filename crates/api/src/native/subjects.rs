//! Accounts, addresses and domains: how each stands with its rules, and what became of it before.

use access::{Action, Actor, Owner, may};
use axum::routing::get;
use limits::{BlockFilter, BlockPosition, Busy, EvidenceFilter, EvidencePosition, Order, PageAsk, RuleCount, Wanted};
use model::{Block, Evidence, SubjectKey, SubjectKind};
use pipeline::SubjectStanding;
use serde::Deserialize;

use super::blocks::{BlockView, Subject};
use super::call::{Asked, Call, Named};
use super::documents::Owners;
use super::lockouts::{self, LockoutView};
use super::parameters::{self, LIMIT, NEXT, Parameter, parameter};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::types::{Limit, When, Word};
use super::{Answer, Native, ruled, subject_names};

const HISTORY: &[Parameter] = &[parameter("after", parameters::position, NEXT), LIMIT];

pub(super) fn routes() -> Vec<Route> {
    use Action::{SeeBlock, SeeCounters, SeeSite};
    let one = "/api/subjects/{kind}/{name}";
    let history = "/api/subjects/{kind}/{name}/history";
    vec![
        Route::reads::<BusyList>("/api/subjects", SeeSite, "See who sends most", get(busiest)).asked(&[LIMIT]),
        Route::reads::<SubjectView>(one, SeeCounters, "See how somebody stands, and why", get(show)),
        Route::reads::<HistoryPage>(history, SeeBlock, "See every block of somebody", get(past)).asked(HISTORY),
    ]
}

wire! {
    /// Somebody who sends.
    BusyView {
        /// Who.
        subject: Subject,
        /// The service that owns him, when one is known to.
        customer: Option<String>,
        /// Messages within the longest window of his rules.
        messages: u64,
        /// Spam among them.
        spam: u64,
    }
    /// Who sends most.
    BusyList {
        /// The busiest first.
        items: Vec<BusyView>,
    }
    /// How much of a rule is used up.
    CounterView {
        /// The rule's name.
        rule: String,
        /// What it counts.
        counter: String,
        /// Of what the count and the limit are a percentage; null: they are none.
        percent_of: Option<String>,
        /// How much there is now.
        count: u64,
        /// How much is too much; null: the rule is off for this subject.
        limit: Option<u64>,
        /// Within so many seconds.
        window_seconds: u64,
        /// Whether it slows down (true) or blocks (false).
        is_rate_limit: bool,
    }
    /// An account, an address or a domain as it stands.
    SubjectView {
        /// Who.
        subject: Subject,
        /// The service that owns it, when one is known to.
        customer: Option<String>,
        /// Why it stands so, as a sentence.
        why: String,
        /// The block in force, or being released.
        block: Option<BlockView>,
        /// The block in force of an account's domain, which stops the account too.
        domain_block: Option<BlockView>,
        /// Whether no rule applies to it.
        is_allow_listed: bool,
        /// How many blocks are remembered against it: the next takes the next step of the ladder.
        strikes: u32,
        /// When they are forgotten; null while it is blocked, and without strikes.
        strikes_forgotten_at: Option<When>,
        /// Until then one message that looks like spam blocks it; null when it does not.
        probation_until: Option<When>,
        /// Its lock after failed logins.
        lockout: Option<LockoutView>,
        /// Its counters against its rules.
        counters: Vec<CounterView>,
    }
    /// A flagged message of a block, in short.
    FlaggedView {
        /// When it was judged.
        judged_at: When,
        /// Its Message-ID.
        message_id: Option<String>,
        /// The address it was going to.
        destination_ip: Option<String>,
        /// Its score.
        score: i32,
    }
    /// A block with what was counted.
    HistoryView {
        /// The block.
        block: BlockView,
        /// The mean score of the flagged messages that are kept, rounded; null: none is.
        average_spam_score: Option<i32>,
        /// Those messages, oldest first, at most a hundred.
        flagged: Vec<FlaggedView>,
    }
    /// Some blocks of one subject.
    HistoryPage {
        /// The blocks, latest first.
        items: Vec<HistoryView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct BusyQuery {
    limit: Option<Limit>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct HistoryQuery {
    after: Option<String>,
    limit: Option<Limit>,
}

/// Flagged messages of one block that are told.
const FLAGGED: usize = 100;
/// Blocks of one page: each is told with its messages.
const MOST_BLOCKS: usize = 100;

async fn busiest(call: Call, Asked(BusyQuery { limit }): Asked<BusyQuery>) -> Answer<BusyList> {
    call.by_staff(Action::SeeSite, move |native, _| {
        let busiest = native.ledger.busiest(Limit::rows(limit), native.gate.now());
        Ok(BusyList { items: busiest.into_iter().map(|busy| native.busy(busy)).collect() })
    })
    .await
}

async fn show(call: Call, Named(named): Named<(Word<SubjectKind>, String)>) -> Answer<SubjectView> {
    call.aside(move |native, actor| {
        let subject = native.subject_for(actor, Action::SeeCounters, named.0.0, &named.1)?;
        Ok(native.standing(&subject))
    })
    .await
}

async fn past(
    call: Call,
    Named(named): Named<(Word<SubjectKind>, String)>,
    Asked(HistoryQuery { after, limit }): Asked<HistoryQuery>,
) -> Answer<HistoryPage> {
    let wrong = || Problem::field("after", "expected what a page told as next");
    let after = after.map(|text| BlockPosition::parse(&text).ok_or_else(wrong)).transpose()?;
    call.aside(move |native, actor| {
        let subject = native.subject_for(actor, Action::SeeBlock, named.0.0, &named.1)?;
        let filter = BlockFilter { subject: Some(Wanted::Exactly(subject)), ..BlockFilter::default() };
        let limit = Limit::rows(limit).min(MOST_BLOCKS);
        let found = native.search.blocks(&filter, &PageAsk { after, limit, order: Order::Latest })?;
        if !found.rows.is_empty() {
            native.note(actor, Action::SeeEvidence, &format!("{} {}", named.0.0, named.1), "history")?;
        }
        let items = found.rows.into_iter().map(|block| native.chapter(block)).collect::<Result<_, _>>()?;
        Ok(HistoryPage { items, next: found.next.map(|next| next.to_string()) })
    })
    .await
}

impl Native {
    /// Somebody whom the caller may ask about. What nobody can be is nobody.
    pub(super) fn subject_for(
        &self,
        actor: &Actor,
        action: Action,
        kind: SubjectKind,
        name: &str,
    ) -> Result<SubjectKey, Problem> {
        subject_names::visible(name, "name")?;
        let fits = name.chars().count() <= parameters::MAX_NAME;
        let subject = SubjectKey::parse(kind, name).filter(|_| fits).ok_or_else(Problem::nothing)?;
        ruled(may(&actor.principal, action, Owner::Service(&self.service_of(&subject))))?;
        Ok(subject)
    }

    pub(super) fn owner_of(&self, subject: &SubjectKey) -> Option<String> {
        Some(self.service_of(subject)).filter(|service| !service.is_empty())
    }

    fn busy(&self, busy: Busy) -> BusyView {
        let Busy { messages, spam, subject } = busy;
        BusyView { subject: Subject::of(&subject), customer: self.owner_of(&subject), messages, spam }
    }

    fn standing(&self, subject: &SubjectKey) -> SubjectView {
        SubjectView::of(self.standings.of(subject), &|subject| self.owner_of(subject))
    }

    fn chapter(&self, block: Block) -> Result<HistoryView, Problem> {
        let filter = EvidenceFilter { block: Some(block.reference.clone()), ..EvidenceFilter::default() };
        let ask: PageAsk<EvidencePosition> = PageAsk { after: None, limit: FLAGGED, order: Order::Oldest };
        let kept = self.search.evidence(&filter, &ask)?.rows;
        let kept = kept.into_iter().map(|found| found.evidence);
        Ok(HistoryView::of(self.view(block), kept.collect()))
    }
}

impl SubjectView {
    /// How somebody stands; `owner` knows whose something is.
    pub(super) fn of(standing: SubjectStanding, owner: Owners<'_>) -> Self {
        let view = |block: Block| {
            let customer = owner(&block.subject);
            BlockView::of(block, customer)
        };
        Self {
            subject: Subject::of(&standing.subject),
            customer: owner(&standing.subject),
            why: standing.why(),
            block: standing.block.map(view),
            domain_block: standing.domain_block.map(view),
            is_allow_listed: standing.is_allow_listed,
            strikes: standing.past.strikes,
            strikes_forgotten_at: standing.past.forgotten_at.map(When),
            probation_until: standing.past.probation_until.map(When),
            lockout: standing.lockout.as_ref().map(lockouts::view),
            counters: standing.counters.into_iter().map(counter).collect(),
        }
    }
}

impl HistoryView {
    /// A block with the flagged messages of it that are kept.
    pub(super) fn of(block: BlockView, kept: Vec<Evidence>) -> Self {
        let flagged: Vec<_> = kept.into_iter().map(FlaggedView::from).collect();
        Self { average_spam_score: mean_score(flagged.iter().map(|mail| mail.score)), block, flagged }
    }
}

impl From<Evidence> for FlaggedView {
    fn from(mail: Evidence) -> Self {
        Self {
            judged_at: When(mail.at),
            message_id: mail.message_id.map(|id| id.to_string()),
            destination_ip: mail.destination_ip.map(|ip| ip.to_string()),
            score: mail.score,
        }
    }
}

/// The mean of scores, rounded; of none there is none.
pub(super) fn mean_score(scores: impl Iterator<Item = i32>) -> Option<i32> {
    let (sum, count) = scores.fold((0_i64, 0_i64), |(sum, count), score| (sum + i64::from(score), count + 1));
    let count = Some(count).filter(|count| *count > 0)?;
    i32::try_from((2 * sum + count).div_euclid(2 * count)).ok()
}

fn counter(count: RuleCount) -> CounterView {
    CounterView {
        rule: count.rule,
        counter: count.counter,
        percent_of: count.percent_of,
        count: count.count,
        limit: count.limit,
        window_seconds: count.window.as_secs(),
        is_rate_limit: count.is_rate,
    }
}

#[cfg(test)]
mod tests {
    use super::mean_score;

    #[test]
    fn the_average_is_that_of_the_flagged_messages() {
        let of = |scores: &[i32]| mean_score(scores.iter().copied());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[300]), Some(300));
        assert_eq!(of(&[300, 411]), Some(356));
        assert_eq!(of(&[-3, -4]), Some(-3));
    }
}
