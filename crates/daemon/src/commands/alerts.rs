//! `portreeve alerts`: letters looked at before anybody gets one, and what became of those that were written.

use std::path::Path;
use std::process::ExitCode;

use alerts::{Notice, Templates};
use anyhow::{Context, anyhow, bail};
use customers::Language;

use super::letters::Wanted;
use super::{letter_steps, letters};
use crate::args::AlertsCommand;
use crate::config::Config;
use crate::out;

pub(crate) fn run(config: Option<&Path>, command: &AlertsCommand) -> anyhow::Result<ExitCode> {
    match command {
        AlertsCommand::Preview { notice, lang, html } => preview(config, notice, lang, *html),
        AlertsCommand::List { bounced, after, limit, json } => {
            let wanted = Wanted { only_bounced: *bounced, after: after.as_deref(), limit: *limit, as_json: *json };
            letters::list(&Config::load(config)?.store.path, &wanted)
        }
        AlertsCommand::SendNow { letter } => letter_steps::send_now(config, letter),
        AlertsCommand::GiveUp { letter } => letter_steps::give_up(config, letter),
    }
}

fn preview(config: Option<&Path>, notice: &str, lang: &str, html: bool) -> anyhow::Result<ExitCode> {
    let Some(notice) = Notice::from_word(notice) else {
        bail!("there is no letter \"{notice}\"; {}", words(Notice::ALL))
    };
    let language =
        Language::from_word(lang).with_context(|| format!("no letter is in \"{lang}\"; {}", words(Language::ALL)))?;
    let templates = templates(&Config::load(config)?)?;
    let preview = templates.preview(notice, language).map_err(|mistake| anyhow!(mistake))?;
    let text = format!("Subject: {}\n\n{}", preview.subject, preview.text);
    out::text(if html { &preview.html } else { &text });
    Ok(ExitCode::SUCCESS)
}

fn templates(config: &Config) -> anyhow::Result<Templates> {
    let folder = config.alerts.templates.as_deref();
    folder
        .map_or_else(|| Ok(Templates::embedded()), Templates::with_folder)
        .map_err(|mistakes| anyhow!(mistakes.join("; ")))
}

fn words<T: std::fmt::Display>(all: &[T]) -> String {
    let words: Vec<_> = all.iter().map(T::to_string).collect();
    format!("expected one of {}", words.join(", "))
}
