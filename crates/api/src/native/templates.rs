//! Templates of letters: which there are, how each letter would read, and what would become of them with other texts.

use std::collections::BTreeMap;

use ::customers::Language;
use access::Action;
use alerts::{Notice, Templates};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;

use super::Answer;
use super::call::{Asked, Call, Named, Told};
use super::parameters::{self, Parameter, parameter};
use super::problem::{FieldError, Problem};
use super::routes::Route;
use super::schema::wire;
use super::types::{Texts, Word};
use super::workshop::Letter;

const LANGUAGE: &[Parameter] = &[parameter("language", parameters::word::<Language>, "In which language; en else.")];
/// Every template of a folder, each as long as it may be, and JSON may double them.
const MAX_FILES: usize = 16 << 20;

pub(super) fn routes() -> Vec<Route> {
    use Action::SeeSite;
    let (one, preview) = ("/api/templates/{template}", "/api/templates/{template}/preview");
    vec![
        Route::reads::<TemplateList>("/api/templates", SeeSite, "See which letters there are", get(kinds)),
        Route::reads::<LetterPreview>(one, SeeSite, "See a letter as it would be written", get(show)).asked(LANGUAGE),
        Route::does::<LetterPreview>(
            preview,
            SeeSite,
            "See a letter as other templates would write it",
            post(self::preview),
        )
        .told::<PreviewWanted>()
        .up_to(MAX_FILES),
        Route::does::<TemplatesChecked>("/api/templates/check", SeeSite, "See every mistake of templates", post(check))
            .told::<TemplateFiles>()
            .up_to(MAX_FILES),
    ]
}

wire! {
    /// The letters there are.
    TemplateList {
        /// Their kinds.
        kinds: Vec<Word<Notice>>,
        /// The languages they are in.
        languages: Vec<Word<Language>>,
        /// The files that can be replaced, below `alerts.templates`.
        files: Vec<String>,
    }
    /// A letter about a block that never was.
    LetterPreview {
        /// Which.
        kind: Word<Notice>,
        /// In which language.
        language: Word<Language>,
        /// The subject.
        subject: String,
        /// The text.
        text: String,
        /// The same as HTML.
        html: String,
    }
    /// Templates, in place of those of the same names that are in force.
    TemplateFiles {
        /// The texts of files, by their names, such as "fr/ip-blocked.txt".
        files: Texts,
    }
    /// A letter to be written by other templates.
    PreviewWanted {
        /// In which language; "en" when it is left out.
        language: Option<Word<Language>>,
        /// The texts of files, by their names, such as "fr/ip-blocked.txt".
        files: Texts,
    }
    /// What was found in templates.
    TemplatesChecked {
        /// Whether they could be put in force.
        is_right: bool,
        /// Every mistake, with its file and line.
        mistakes: Vec<String>,
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PreviewQuery {
    language: Option<Word<Language>>,
}

async fn kinds(call: Call) -> Answer<TemplateList> {
    call.by_staff(Action::SeeSite, |_, _| {
        let kinds = Notice::ALL.iter().copied().map(Word).collect();
        let languages = Language::ALL.iter().copied().map(Word).collect();
        Ok(TemplateList { kinds, languages, files: Templates::names().map(str::to_owned).collect() })
    })
    .await
}

async fn show(
    call: Call,
    Named(kind): Named<Word<Notice>>,
    Asked(PreviewQuery { language }): Asked<PreviewQuery>,
) -> Answer<LetterPreview> {
    call.by_staff(Action::SeeSite, move |native, _| {
        let language = language.unwrap_or(Word(Language::En));
        let letter = native.workshop.letter(kind.0, language.0, &BTreeMap::new());
        Ok(read(kind, language, letter.map_err(|mistakes| Problem::broken(mistakes.join("; ")))?))
    })
    .await
}

async fn preview(
    call: Call,
    Named(kind): Named<Word<Notice>>,
    Told(PreviewWanted { language, files }): Told<PreviewWanted>,
) -> Answer<LetterPreview> {
    call.by_staff(Action::SeeSite, move |native, _| {
        let language = language.unwrap_or(Word(Language::En));
        let letter = native.workshop.letter(kind.0, language.0, &files.0).map_err(wrong)?;
        Ok(read(kind, language, letter))
    })
    .await
}

async fn check(call: Call, Told(TemplateFiles { files }): Told<TemplateFiles>) -> Answer<TemplatesChecked> {
    call.by_staff(Action::SeeSite, move |native, _| {
        let mistakes = native.workshop.template_mistakes(&files.0);
        Ok(TemplatesChecked { is_right: mistakes.is_empty(), mistakes })
    })
    .await
}

fn read(kind: Word<Notice>, language: Word<Language>, letter: Letter) -> LetterPreview {
    let Letter { subject, text, html } = letter;
    LetterPreview { kind, language, subject, text, html }
}

fn wrong(mistakes: Vec<String>) -> Problem {
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, mistakes.join("; "));
    problem.with(mistakes.into_iter().map(|mistake| FieldError::of("files", mistake)).collect())
}
