//! The configuration: in force, to be read; and another, to be checked before it is.

use access::Action;
use axum::routing::{get, post};

use super::Answer;
use super::call::{Call, Given};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::workshop::{Mistake, Setting, SettingsTable};

/// The sample with every option explained has a tenth of it.
pub(super) const MAX_CONFIGURATION: usize = 1 << 20;
pub(super) const TOML: &str = "application/toml";

/// To check a configuration changes nothing, but it reads the files that it names: that is for operators.
pub(super) fn routes() -> Vec<Route> {
    use Action::{ChangeSite, SeeSite};
    let check = "/api/configuration/check";
    vec![
        Route::reads::<Configuration>("/api/configuration", SeeSite, "See the configuration in force", get(show)),
        Route::does::<CheckView>(check, ChangeSite, "See every mistake of a configuration", post(self::check))
            .given(TOML, MAX_CONFIGURATION),
    ]
}

wire! {
    /// One option.
    SettingView {
        /// Its key.
        key: String,
        /// Its value, as TOML; what opens something is hidden.
        value: String,
        /// Whether that is another than the default.
        changed: bool,
        /// What it means.
        about: String,
    }
    /// A table of options.
    SettingsView {
        /// Its header, such as "[score]".
        table: String,
        /// Its options.
        options: Vec<SettingView>,
    }
    /// The configuration in force.
    Configuration {
        /// Its tables, in the order of the sample.
        tables: Vec<SettingsView>,
    }
    /// A mistake.
    MistakeView {
        /// The line, from 1; null: something is missing.
        line: Option<u32>,
        /// The option, as `table.key`; may be empty.
        option: String,
        /// What is wrong, and what is allowed.
        message: String,
    }
    /// What was found in a configuration.
    CheckView {
        /// Whether it could be put in force.
        is_right: bool,
        /// Every mistake, by line.
        mistakes: Vec<MistakeView>,
    }
}

async fn show(call: Call) -> Answer<Configuration> {
    call.by_staff(Action::SeeSite, |native, actor| {
        native.note(actor, Action::SeeSite, "configuration", "")?;
        Ok(Configuration { tables: native.workshop.settings().into_iter().map(table).collect() })
    })
    .await
}

async fn check(call: Call, Given(text): Given) -> Answer<CheckView> {
    call.by_staff(Action::ChangeSite, move |native, actor| {
        let text = std::str::from_utf8(&text).map_err(|_| Problem::field("body", "expected TOML, in UTF-8"))?;
        native.note(actor, Action::ChangeSite, "configuration", "check")?;
        let mistakes: Vec<_> = native.workshop.mistakes(text).into_iter().map(MistakeView::from).collect();
        Ok(CheckView { is_right: mistakes.is_empty(), mistakes })
    })
    .await
}

fn table(table: SettingsTable) -> SettingsView {
    SettingsView { table: table.name, options: table.options.into_iter().map(setting).collect() }
}

fn setting(setting: Setting) -> SettingView {
    let Setting { key, value, changed, about } = setting;
    SettingView { key, value, changed, about }
}

impl From<Mistake> for MistakeView {
    fn from(Mistake { line, option, message }: Mistake) -> Self {
        Self { line, option, message }
    }
}
