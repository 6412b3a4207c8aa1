//! What operators change of customers: entered, changed, taken out, imported. Only those of the store are.

use std::collections::BTreeMap;

use access::{Action, Actor, Owner};
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use customers::registry::{FIELDS, Imported, MAX_IMPORT, RegistryError, RowMistake, fill};
use customers::{CustomerRecord, Mistake};

use super::customers::LIST;
use super::fault::Fault;
use super::form::Sent;
use super::parts::Console;
use super::respond::{done, page};
use super::upload;
use super::visit::Visit;
use crate::render::Page;
use crate::view::{ConfirmPage, CustomerFormPage, ImportPage, Typed, customer_href};

/// `GET /console/customers/new`
pub(super) async fn blank(State(console): State<Console>, visit: Visit) -> Result<Response, Fault> {
    may_change(&visit)?;
    shown(&console, &visit, StatusCode::OK, &CustomerFormPage::empty()).await
}

/// `POST /console/customers/new`
pub(super) async fn add(State(console): State<Console>, visit: Visit, sent: Sent) -> Result<Response, Fault> {
    entered(&console, &visit, &sent, None).await
}

/// `GET /console/customer/{service}/edit`
pub(super) async fn edit(
    State(console): State<Console>,
    visit: Visit,
    Path(service): Path<String>,
) -> Result<Response, Fault> {
    may_change(&visit)?;
    let known = stored(&console, service).await?;
    shown(&console, &visit, StatusCode::OK, &CustomerFormPage::of(&known)).await
}

/// `POST /console/customer/{service}/edit`
pub(super) async fn put(
    State(console): State<Console>,
    visit: Visit,
    Path(service): Path<String>,
    sent: Sent,
) -> Result<Response, Fault> {
    may_change(&visit)?;
    let service = stored(&console, service).await?.service;
    entered(&console, &visit, &sent, Some(&service)).await
}

/// `GET /console/customer/{service}/remove`
pub(super) async fn ask(
    State(console): State<Console>,
    visit: Visit,
    Path(service): Path<String>,
) -> Result<Response, Fault> {
    may_change(&visit)?;
    let known = stored(&console, service).await?;
    let frame = visit.frame(&console, "customers").await;
    page(&console, &frame, &ConfirmPage::remove_customer(&known.service, frame.words()))
}

/// `POST /console/customer/{service}/remove`
pub(super) async fn remove(
    State(console): State<Console>,
    visit: Visit,
    Path(service): Path<String>,
    _sent: Sent,
) -> Result<Response, Fault> {
    let actor = may_change(&visit)?;
    console.note_with(actor, Action::ChangeCustomer, format!("customer {service}"), "remove".into()).await?;
    console.aside(move |parts| Ok::<_, Fault>(parts.customers()?.remove(&service)?)).await?;
    Ok(done(LIST, "removed"))
}

/// `GET /console/customers/import`
pub(super) async fn sheet(State(console): State<Console>, visit: Visit) -> Result<Response, Fault> {
    may_change(&visit)?;
    shown(&console, &visit, StatusCode::OK, &ImportPage::new()).await
}

/// `POST /console/customers/import/{step}`: `try` only looks, `enter` does it.
pub(super) async fn import(
    State(console): State<Console>,
    visit: Visit,
    Path(step): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    let actor = may_change(&visit)?;
    let looks = match step.as_str() {
        "try" => true,
        "enter" => false,
        _ => return Err(Fault::Missing),
    };
    let bytes = upload::file(&visit, form.map_err(|_| Fault::Form)?, "csv", MAX_IMPORT).await?;
    let imported = match String::from_utf8(bytes) {
        Ok(text) => carried(&console, actor, text, looks).await?,
        Err(error) => unreadable(error.as_bytes(), error.utf8_error().valid_up_to()),
    };
    let after = ImportPage::after(imported, looks);
    let status = if after.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    shown(&console, &visit, status, &after).await
}

async fn carried(console: &Console, actor: &Actor, text: String, looks: bool) -> Result<Imported, Fault> {
    if !looks {
        let detail = format!("import of {} lines", text.lines().count());
        console.note_with(actor, Action::ChangeCustomer, "customers".into(), detail).await?;
    }
    console.aside(move |parts| Ok::<_, Fault>(parts.customers()?.import(&text, looks)?)).await
}

fn unreadable(bytes: &[u8], valid: usize) -> Imported {
    let line = bytes.get(..valid).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let sentence = "is not in UTF-8: save the file as UTF-8".to_owned();
    Imported { mistakes: vec![RowMistake { line, field: String::new(), sentence }], ..Imported::default() }
}

fn may_change(visit: &Visit) -> Result<&Actor, Fault> {
    visit.must(Action::ChangeCustomer, Owner::Site)
}

async fn shown<P: Page>(console: &Console, visit: &Visit, status: StatusCode, form: &P) -> Result<Response, Fault> {
    let frame = visit.frame(console, "customers").await;
    let mut response = page(console, &frame, form)?;
    *response.status_mut() = status;
    Ok(response)
}

/// A customer of the store; those of the file are changed there.
async fn stored(console: &Console, service: String) -> Result<CustomerRecord, Fault> {
    console.aside(move |parts| Ok::<_, Fault>(parts.customers()?.stored(&service)?)).await
}

/// What was typed, without what no customer has; a customer who is known keeps his service.
fn typed(sent: &Sent, known: Option<&str>) -> Typed {
    let text = |field| sent.field(field).trim().replace("\r\n", "\n");
    let mut typed: BTreeMap<_, _> = FIELDS.into_iter().map(|field| (field, text(field))).collect();
    if let Some(service) = known {
        typed.insert("service", service.to_owned());
    }
    typed
}

/// The customer who was typed, and what of him can't be read; that is left out of him.
fn read(typed: &Typed) -> (CustomerRecord, Vec<Mistake>) {
    let (mut customer, mut wrong) = (CustomerRecord::default(), Vec::new());
    for (field, text) in typed.iter().filter(|(_, text)| !text.is_empty()) {
        if let Err(sentence) = fill(&mut customer, field, text) {
            wrong.push(Mistake { field: (*field).to_owned(), sentence });
        }
    }
    (customer, wrong)
}

/// Everything that is wrong with him at once, each field by what comes first.
async fn mistakes(
    console: &Console,
    customer: &CustomerRecord,
    unread: Vec<Mistake>,
    is_new: bool,
) -> Result<Vec<Mistake>, Fault> {
    let customer = customer.clone();
    let unfit = console.aside(move |parts| Ok::<_, Fault>(parts.customers()?.mistakes(&customer, is_new))).await?;
    let is_told = |mistake: &Mistake| unread.iter().any(|told| told.field == mistake.field);
    let others: Vec<_> = unfit.into_iter().filter(|mistake| !is_told(mistake)).collect();
    Ok(unread.into_iter().chain(others).collect())
}

/// Enters a customer as he was typed, in place of the one who is known.
async fn entered(console: &Console, visit: &Visit, sent: &Sent, known: Option<&str>) -> Result<Response, Fault> {
    let actor = may_change(visit)?;
    let typed = typed(sent, known);
    let seen = known.map(|_| sent.field("version").to_owned());
    let (customer, unread) = read(&typed);
    let mut mistakes = mistakes(console, &customer, unread, known.is_none()).await?;
    if mistakes.is_empty() {
        match enter(console, actor, customer, seen.clone()).await? {
            Entered::Over(now) => {
                let form = CustomerFormPage::typed(typed, known).over(&now);
                return shown(console, visit, StatusCode::CONFLICT, &form).await;
            }
            Entered::Wrong(found) => mistakes = found,
        }
    }
    finished(console, visit, mistakes, typed, known.zip(seen.as_deref())).await
}

/// What came of entering a customer.
enum Entered {
    /// Somebody else has changed him meanwhile, to this.
    Over(Box<CustomerRecord>),
    /// He is entered when nothing is wrong.
    Wrong(Vec<Mistake>),
}

/// Enters him: as a new one, or over the record that was seen.
async fn enter(
    console: &Console,
    actor: &Actor,
    customer: CustomerRecord,
    seen: Option<String>,
) -> Result<Entered, Fault> {
    let what = if seen.is_some() { "set" } else { "add" };
    let (on, detail) = (format!("customer {}", customer.service), format!("{what}: {}", customer.summary()));
    console.note_with(actor, Action::ChangeCustomer, on, detail).await?;
    let entered = console.aside(move |parts| {
        let registry = parts.customers()?;
        Ok::<_, Fault>(match seen {
            Some(seen) => registry.replace(customer, &seen).map(drop),
            None => registry.add(customer),
        })
    });
    match entered.await? {
        Ok(()) => Ok(Entered::Wrong(Vec::new())),
        Err(RegistryError::Unfit(mistakes)) => Ok(Entered::Wrong(mistakes)),
        Err(RegistryError::Meanwhile(service)) => Ok(Entered::Over(Box::new(stored(console, service).await?))),
        Err(exists @ RegistryError::Exists(_)) => {
            Ok(Entered::Wrong(vec![Mistake { field: "service".into(), sentence: exists.to_string() }]))
        }
        Err(other) => Err(other.into()),
    }
}

/// His page when nothing was wrong, else the form with what is.
async fn finished(
    console: &Console,
    visit: &Visit,
    mistakes: Vec<Mistake>,
    typed: Typed,
    known: Option<(&str, &str)>,
) -> Result<Response, Fault> {
    if mistakes.is_empty() {
        let service = typed.get("service").map_or("", String::as_str);
        return Ok(done(&customer_href(service), "saved"));
    }
    let (service, seen) = known.unzip();
    let form = CustomerFormPage::typed(typed, service).seen(seen.unwrap_or_default()).with_mistakes(mistakes);
    shown(console, visit, StatusCode::UNPROCESSABLE_ENTITY, &form).await
}
