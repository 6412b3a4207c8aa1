//! Who is locked out after failed logins.

use access::{Action, Owner, may};
use axum::routing::{delete, get};
use limits::Lockout;
use model::{SubjectKey, SubjectKind};

use super::blocks::Subject;
use super::call::{Asked, Call, Named, wait};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::sieve::{SIFTED, Sifted};
use super::types::{When, Word};
use super::{Answer, subject_names};

pub(super) fn routes() -> Vec<Route> {
    use Action::{ChangeSite, SeeSubject};
    let one = "/api/lockouts/{kind}/{name}";
    vec![
        Route::reads::<LockoutList>("/api/lockouts", SeeSubject, "See who is locked out", get(list)).asked(SIFTED),
        Route::removes::<LockoutView>(one, ChangeSite, "Lift a lockout", delete(clear)),
    ]
}

wire! {
    /// A lock after failed logins: nobody can log in as this account, or from this address.
    LockoutView {
        /// Whom it stops.
        subject: Subject,
        /// When it began.
        began_at: When,
        /// When it ends by itself.
        expires_at: When,
        /// The failed logins that led to it.
        failures: u32,
    }
    /// The locks in force.
    LockoutList {
        /// Latest first.
        items: Vec<LockoutView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
}

async fn list(call: Call, Asked(ask): Asked<Sifted>) -> Answer<LockoutList> {
    let (sieve, slice) = ask.parts();
    call.aside(move |native, actor| {
        sieve.may(&actor.principal)?;
        let wanted = |lock: &Lockout| sieve.lets(native, &lock.subject, lock.since);
        let sees = |lock: &Lockout| {
            let service = native.service_of(&lock.subject);
            may(&actor.principal, Action::SeeSubject, Owner::Service(&service)).is_allowed()
        };
        let all = native.logins.all().into_iter().filter(wanted).filter(sees).collect();
        let (locks, next) = slice.of(all, |lock: &Lockout| (lock.since, lock.subject.to_string()))?;
        Ok(LockoutList { items: locks.iter().map(view).collect(), next })
    })
    .await
}

async fn clear(call: Call, Named(named): Named<(Word<SubjectKind>, String)>) -> Answer<LockoutView> {
    call.by_staff(Action::ChangeSite, move |native, actor| {
        subject_names::visible(&named.1, "name")?;
        let subject = SubjectKey::parse(named.0.0, &named.1).ok_or_else(Problem::nothing)?;
        native.note(actor, Action::ChangeSite, &format!("lockout of {subject}"), "lift")?;
        let lifted = wait(native.logins.clear(&subject, &actor.name));
        let lifted = lifted.ok_or_else(|| Problem::missing(format!("{subject} is not locked out")))?;
        Ok(view(&lifted))
    })
    .await
}

pub(super) fn view(lock: &Lockout) -> LockoutView {
    LockoutView {
        subject: Subject::of(&lock.subject),
        began_at: When(lock.since),
        expires_at: When(lock.until),
        failures: lock.failures,
    }
}
