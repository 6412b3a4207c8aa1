//! What costs one sender nothing, for a time.

use std::time::Duration;

use ::customers::exemption::{Exempt, Exemption};
use access::{Action, Owner, may};
use axum::routing::{delete, get, post};
use model::SubjectKind;
use pipeline::Wish;

use super::blocks::Subject;
use super::call::{Asked, Call, Named, Told};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::sieve::{SIFTED, Sifted};
use super::types::{Bounded, Number, Text, When, Word};
use super::{Answer, subject_names};

pub(super) fn routes() -> Vec<Route> {
    use Action::{DecideReport, SeeReport};
    let one = "/api/exemptions/{exemption}";
    vec![
        Route::reads::<ExemptionList>("/api/exemptions", SeeReport, "See what costs whom nothing", get(list))
            .asked(SIFTED),
        Route::makes::<ExemptionView>("/api/exemptions", DecideReport, "Exempt somebody of something", post(make))
            .told::<ExemptionWanted>(),
        Route::removes::<ExemptionView>(one, DecideReport, "End an exemption", delete(remove)),
    ]
}

wire! {
    /// Something that costs somebody nothing.
    ExemptionView {
        /// Its number.
        id: u64,
        /// For whom.
        subject: Subject,
        /// Of what: "rule=NAME", "sender=ADDRESS", "sender=@DOMAIN", or copies of one message with the signals they are spared.
        what: String,
        /// Since when.
        began_at: When,
        /// Until when.
        expires_at: When,
        /// Who made it.
        made_by: String,
        /// Why.
        reason: String,
        /// The number of the report that led to it.
        report: Option<u64>,
    }
    /// The exemptions that have not ended.
    ExemptionList {
        /// Latest first.
        items: Vec<ExemptionView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
    /// An exemption to be made.
    ExemptionWanted {
        /// What it is for.
        kind: Word<SubjectKind>,
        /// For whom.
        name: Text<1, 320>,
        /// Of what: "rule=NAME", "sender=ADDRESS" or "sender=@DOMAIN".
        what: Text<1, 400>,
        /// For how many days; 30, when it is left out.
        days: Option<Bounded<1, 180>>,
        /// Why, for the list.
        reason: Option<Text<0, 1000>>,
    }
}

async fn list(call: Call, Asked(ask): Asked<Sifted>) -> Answer<ExemptionList> {
    let (sieve, slice) = ask.parts();
    call.aside(move |native, actor| {
        sieve.may(&actor.principal)?;
        let wanted = |one: &Exemption| sieve.lets(native, &one.subject, one.since);
        let sees = |exemption: &Exemption| {
            let service = native.service_of(&exemption.subject);
            may(&actor.principal, Action::SeeReport, Owner::Service(&service)).is_allowed()
        };
        let all = native.reports.pardons().list()?;
        let all = all.into_iter().filter(wanted).filter(sees).collect();
        let (found, next) = slice.of(all, |exemption: &Exemption| (exemption.since, exemption.id.to_string()))?;
        Ok(ExemptionList { items: found.into_iter().map(view).collect(), next })
    })
    .await
}

async fn make(call: Call, Told(wanted): Told<ExemptionWanted>) -> Answer<ExemptionView> {
    call.by_staff(Action::DecideReport, move |native, actor| {
        let now = native.gate.now();
        let exemption = Exemption { by: model::names::bounded(&actor.name, 64).to_owned(), ..meant(wanted, now)? };
        let detail = format!("exempt {}", exemption.what.describe());
        native.note(actor, Action::DecideReport, &exemption.subject.to_string(), &detail)?;
        Ok(view(native.reports.pardons().add(exemption)?))
    })
    .await
}

fn meant(wanted: ExemptionWanted, now: model::Timestamp) -> Result<Exemption, Problem> {
    let ExemptionWanted { kind, name, what, days, reason } = wanted;
    let subject = subject_names::meant(kind.0, &name.0)?;
    let what = match Wish::parse(&what.0) {
        Some(Wish::Sender(Some(sender))) => Exempt::Sender(sender),
        Some(Wish::Signal(name)) => Exempt::Signal(name),
        _ => return Err(Problem::field("what", "expected sender=ADDRESS, sender=@DOMAIN or rule=NAME")),
    };
    let length = days.map_or(Exemption::USUAL, |days| Duration::from_secs(days.0.saturating_mul(86_400)));
    let reason = reason.map(|reason| reason.0).unwrap_or_default();
    Ok(Exemption {
        id: 0,
        subject,
        what,
        since: now,
        until: now.after(length),
        by: String::new(),
        reason,
        report: None,
    })
}

async fn remove(call: Call, Named(id): Named<Number>) -> Answer<ExemptionView> {
    call.by_staff(Action::DecideReport, move |native, actor| {
        native.note(actor, Action::DecideReport, &format!("exemption {}", id.0), "remove")?;
        Ok(view(native.reports.pardons().remove(id.0)?))
    })
    .await
}

pub(super) fn view(exemption: Exemption) -> ExemptionView {
    ExemptionView {
        id: exemption.id,
        subject: Subject::of(&exemption.subject),
        what: exemption.what.describe(),
        began_at: When(exemption.since),
        expires_at: When(exemption.until),
        made_by: exemption.by,
        reason: exemption.reason,
        report: exemption.report,
    }
}
