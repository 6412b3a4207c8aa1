//! Scores every message, with the program's weights or with ones that were trained without it.

use std::path::Path;

use anyhow::Context;
use scoring::Engine;
use scoring::classifier::{Classifier, Weights};
use training::{Case, Mail};

use crate::args::EvalArgs;
use crate::commands::progress::Progress;
use crate::config::Config;

/// One message with its score.
pub(super) struct Scored {
    pub(super) collection: String,
    pub(super) is_spam: bool,
    pub(super) path: String,
    pub(super) score: i32,
}

impl Scored {
    pub(super) fn label(&self) -> &'static str {
        if self.is_spam { "spam" } else { "ham" }
    }
}

pub(super) fn score_all(config: &Config, args: &EvalArgs) -> anyhow::Result<Vec<Scored>> {
    let mails = training::read_all(&args.folders)?;
    let trial = Trial { config, mails: &mails, seed: args.seed };
    match (&args.leave_out, args.folds) {
        (Some(name), _) => trial.leave_out(name),
        (None, Some(folds)) => trial.cross_validate(usize::try_from(folds)?),
        (None, None) => {
            let engine = config.engine();
            let engine = match &args.weights {
                Some(file) => engine.with_classifier(read_weights(file)?),
                None => engine,
            };
            Ok(trial.score(&engine, |_| true))
        }
    }
}

fn read_weights(file: &Path) -> anyhow::Result<Classifier> {
    let unusable = || format!("{} can't be used", file.display());
    let bytes = std::fs::read(file).with_context(unusable)?;
    Ok(Classifier::new(Weights::read(bytes).with_context(unusable)?))
}

/// The mail to be measured with.
struct Trial<'m> {
    config: &'m Config,
    mails: &'m [Mail],
    seed: u64,
}

impl Trial<'_> {
    fn leave_out(&self, name: &str) -> anyhow::Result<Vec<Scored>> {
        anyhow::ensure!(self.mails.iter().any(|mail| mail.collection == name), "there is no collection {name}");
        let cases = self.cases();
        let engine = self.trained(cases.iter().filter(|case| case.collection != name))?;
        Ok(self.score(&engine, |number| cases.get(number).is_some_and(|case| case.collection == name)))
    }

    fn cross_validate(&self, folds: usize) -> anyhow::Result<Vec<Scored>> {
        let cases = self.cases();
        let fold_of = training::folds(&cases.iter().collect::<Vec<&Case>>(), folds, self.seed);
        let mut scored = Vec::with_capacity(self.mails.len());
        for fold in 0..folds {
            let others = cases.iter().zip(&fold_of).filter(|(_, of)| **of != fold).map(|(case, _)| case);
            let engine = self.trained(others)?;
            scored.extend(self.score(&engine, |number| fold_of.get(number) == Some(&fold)));
        }
        Ok(scored)
    }

    fn cases(&self) -> Vec<Case> {
        let mut progress = Progress::new("messages read", self.mails.len());
        training::cases(self.mails, &self.config.engine(), || progress.step())
    }

    /// Trained as `portreeve train` does.
    fn trained<'c>(&self, cases: impl Iterator<Item = &'c Case>) -> anyhow::Result<Engine> {
        let written = training::written(&self.config.engine(), self.mails.len());
        let mail: Vec<&Case> = cases.collect();
        let all: Vec<&Case> = mail.into_iter().chain(&written).collect();
        let weights = training::train(&all, self.seed)?;
        Ok(self.config.engine().with_classifier(Classifier::new(weights)))
    }

    /// The scores of the chosen messages.
    fn score(&self, engine: &Engine, chosen: impl Fn(usize) -> bool) -> Vec<Scored> {
        let analysed_bytes = self.config.score.analysed_bytes.bytes();
        let limits = features::FeatureLimits { analysed_bytes, fields: engine.fields() };
        let mails: Vec<&Mail> =
            self.mails.iter().enumerate().filter(|(number, _)| chosen(*number)).map(|(_, mail)| mail).collect();
        let mut progress = Progress::new("messages scored", mails.len());
        let score = |mail: &Mail| {
            progress.step();
            let score = engine.score(&training::features_of(&mail.raw, &limits)).total;
            Scored { collection: mail.collection.clone(), is_spam: mail.is_spam, path: mail.path.clone(), score }
        };
        mails.into_iter().map(score).collect()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Args, Command};

    #[test]
    fn rules_of_the_operators_own_are_applied() {
        let folder = tempfile::tempdir().unwrap();
        for (label, subject) in [("ham", "Lunch"), ("spam", "Our newest widget")] {
            std::fs::create_dir_all(folder.path().join("own").join(label)).unwrap();
            let mail = format!("From: a@shop.example\nTo: b@far.example\nX-Tool: bulk\nSubject: {subject}\n\nHello.\n");
            std::fs::write(folder.path().join("own").join(label).join("1.eml"), mail).unwrap();
        }
        let rule = "[[rule]]\nname = 'widget'\npoints = 300\nsentence = 'x'\ntest = \"X-Tool: bulk\\nSubject: widget\\n\\nx\"\n\
            all = [{ in = 'subject', contains = ['widget'] }, { in = 'header:x-tool', contains = ['bulk'] }]\n";
        let path = folder.path().to_str().unwrap();
        let Command::Eval(args) = Args::parse_from(["portreeve", "eval", path]).command else { panic!("eval") };
        let scored = |config: &str| -> Vec<i32> {
            let scored = score_all(&Config::parse(config).unwrap(), &args).unwrap();
            scored.iter().map(|message| message.score).collect()
        };
        let (without, with) = (scored(""), scored(rule));
        let gained: Vec<_> = with.iter().zip(&without).map(|(with, without)| with - without).collect();
        assert_eq!((gained.iter().max(), gained.iter().min()), (Some(&300), Some(&0)), "{with:?} {without:?}");
    }
}
