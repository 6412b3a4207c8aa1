//! Whose an account, an address, a network or a domain is; given to a customer of the store, or taken from him.

use ::customers::Holding;
use ::customers::registry::Given;
use access::Action;
use axum::routing::{delete, get, put};
use model::SubjectKind;

use super::call::{Call, Named, Told, wait};
use super::customers::{CustomerView, sees, view};
use super::problem::{Problem, shown};
use super::routes::Route;
use super::schema::wire;
use super::types::{Name, Word};
use super::{Answer, subject_names};

pub(super) fn routes() -> Vec<Route> {
    use Action::{ChangeCustomer, SeeCustomer};
    let one = "/api/owners/{kind}/{name}";
    vec![
        Route::reads::<OwnerView>(
            one,
            SeeCustomer,
            "See whose it is, by the longest prefix or the exact login",
            get(show),
        ),
        Route::puts::<OwnerChanged>(one, ChangeCustomer, "Give exactly this to a customer of the store", put(give))
            .told::<OwnerWanted>(),
        Route::removes::<OwnerChanged>(one, ChangeCustomer, "Take exactly this from whoever has it", delete(take)),
    ]
}

wire! {
    /// Whose something is.
    OwnerView {
        /// What it is.
        kind: Word<SubjectKind>,
        /// As it was asked for.
        name: String,
        /// Its owner.
        customer: CustomerView,
    }
    /// To whom it is given.
    OwnerWanted {
        /// A service of the store.
        service: Name,
    }
    /// Something has another owner, or none.
    OwnerChanged {
        /// What it is.
        kind: Word<SubjectKind>,
        /// As it was asked for.
        name: String,
        /// Whose it is now; null: only whoever owns more than this, if there is somebody.
        service: Option<String>,
        /// Whose exactly this was before; null: nobody's.
        before: Option<String>,
    }
}

type Which = Named<(Word<SubjectKind>, Name)>;

async fn show(call: Call, Named((kind, name)): Which) -> Answer<OwnerView> {
    call.aside(move |native, actor| {
        // What isn't his is answered like what is nobody's.
        subject_names::visible(&name.0, "name")?;
        let nobody = || Problem::missing(format!("nobody is known to own {}", shown(&name.0)));
        let holding = Holding::parse(kind.0, &name.0).ok_or_else(nobody)?;
        if let Some(subject) = holding.subject() {
            wait(native.search.directory().ask(&subject));
        }
        let owner = native.customers.owner_of(&holding).ok_or_else(nobody)?;
        sees(actor, &owner.customer.service).map_err(|_| nobody())?;
        Ok(OwnerView { kind, name: name.0, customer: view(owner, actor) })
    })
    .await
}

async fn give(call: Call, Named((kind, name)): Which, Told(wanted): Told<OwnerWanted>) -> Answer<OwnerChanged> {
    call.by_staff(Action::ChangeCustomer, move |native, actor| {
        let (service, name) = (wanted.service.0, name.0);
        subject_names::visible(&name, "name")?;
        native.note(actor, Action::ChangeCustomer, &on(kind, &name), &format!("give to {service}"))?;
        let Given { before, .. } = native.customers.give(kind.0, &name, &service)?;
        Ok(OwnerChanged { kind, name, service: Some(service), before })
    })
    .await
}

async fn take(call: Call, Named((kind, name)): Which) -> Answer<OwnerChanged> {
    call.by_staff(Action::ChangeCustomer, move |native, actor| {
        native.note(actor, Action::ChangeCustomer, &on(kind, &name.0), "take")?;
        let before = Some(native.customers.take(kind.0, &name.0)?);
        Ok(OwnerChanged { kind, name: name.0, service: None, before })
    })
    .await
}

fn on(kind: Word<SubjectKind>, name: &str) -> String {
    format!("owner of {} {name}", kind.0)
}
