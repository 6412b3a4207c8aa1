//! Many customers at once, from a CSV file: all of them or none.

use ::customers::registry::{Imported, MAX_IMPORT, RowMistake};
use access::Action;
use axum::http::StatusCode;
use axum::routing::post;
use serde::Deserialize;

use super::Answer;
use super::call::{Asked, Call, Given};
use super::parameters::{Parameter, flag};
use super::problem::{FieldError, Problem};
use super::routes::Route;
use super::schema::wire;

const CSV: &str = "text/csv";
const QUERY: &[Parameter] = &[flag("dry_run", "Only say what would come of it.")];
/// The longest sentence about a line, in bytes: it may quote a cell, and a cell may be as long as the file.
const MAX_SENTENCE: usize = 500;

pub(super) fn routes() -> Vec<Route> {
    let summary = "Enter the customers of a CSV file, or none when a line is wrong";
    vec![
        Route::does::<ImportView>("/api/customer-imports", Action::ChangeCustomer, summary, post(import))
            .asked(QUERY)
            .given(CSV, MAX_IMPORT),
    ]
}

wire! {
    /// What came of a file of customers, or would.
    ImportView {
        /// Customers that are new.
        added: u64,
        /// Customers that are others now.
        changed: u64,
        /// Customers that were known just so.
        unchanged: u64,
        /// Whether nothing was entered, because only that was asked.
        dry_run: bool,
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct How {
    dry_run: bool,
}

async fn import(call: Call, Asked(How { dry_run }): Asked<How>, Given(sheet): Given) -> Answer<ImportView> {
    call.by_staff(Action::ChangeCustomer, move |native, actor| {
        let text = std::str::from_utf8(&sheet).map_err(|error| no_text(&sheet, error.valid_up_to()))?;
        let what = if dry_run { "trial of an import" } else { "import" };
        let detail = format!("{what} of {} lines", text.lines().count());
        native.note(actor, Action::ChangeCustomer, "customers", &detail)?;
        let imported = native.customers.import(text, dry_run)?;
        if !imported.mistakes.is_empty() {
            return Err(refused(imported.mistakes));
        }
        Ok(ImportView::of(&imported, dry_run))
    })
    .await
}

impl ImportView {
    /// The counts.
    pub(super) fn of(imported: &Imported, dry_run: bool) -> Self {
        let Imported { added, changed, unchanged, .. } = imported;
        Self { added: *added as u64, changed: *changed as u64, unchanged: *unchanged as u64, dry_run }
    }
}

fn no_text(sheet: &[u8], valid: usize) -> Problem {
    let line = sheet.iter().take(valid).filter(|byte| **byte == b'\n').count() as u64 + 1;
    let sentence = "is not in UTF-8: save the file as UTF-8".to_owned();
    refused(vec![RowMistake { line, field: String::new(), sentence }])
}

/// Nothing was entered, and why: every line that is wrong.
fn refused(mistakes: Vec<RowMistake>) -> Problem {
    let first = mistakes.first().map(|first| shortened(&first.to_string())).unwrap_or_default();
    let detail = match mistakes.len() {
        1 => format!("nothing was imported: {first}"),
        many => format!("nothing was imported, {many} mistakes: {first}; and so on, see errors"),
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).with(mistakes.into_iter().map(FieldError::from).collect())
}

impl From<RowMistake> for FieldError {
    fn from(RowMistake { line, field, sentence }: RowMistake) -> Self {
        Self { line: Some(line), ..Self::of(&field, shortened(&sentence)) }
    }
}

fn shortened(sentence: &str) -> String {
    model::names::bounded(sentence, MAX_SENTENCE).to_owned()
}
