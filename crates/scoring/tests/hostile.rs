//! Whatever features come in, scoring ends, stays bounded and explains itself.

use std::net::Ipv4Addr;
use std::sync::LazyLock;

use model::features::{AttachmentFact, DateFact, FileKind, PageFacts, UrlFact, UrlHost, UrlSource};
use model::{DomainName, Features, Mailbox, Timestamp};
use proptest::prelude::*;
use scoring::{Engine, MAX_HITS, MAX_WHY, ScoreSettings};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(&ScoreSettings::default()));

prop_compose! {
    fn features()(
        name in ".{0,60}", address in ".{0,40}", subject in ".{0,120}", boundary in ".{0,60}", mailer in ".{0,30}",
        text in "(.{0,40}|[A-Z ]{5}|viagra|next of kin|million dollars|\u{200b}|\u{430}){0,40}",
        host in "[a-z.@-]{0,60}", path in ".{0,40}", file in ".{0,40}", date in any::<i64>(),
        port in any::<Option<u16>>(), numbers in any::<[u8; 6]>(), encrypted in any::<bool>(),
    ) -> Features {
        let mut features = Features::default();
        features.headers.from = vec![Mailbox { name, address: address.clone() }];
        features.headers.to = vec![Mailbox { name: String::new(), address }];
        features.headers.subject = Some(subject);
        features.headers.content_type = Some(format!("multipart/alternative; boundary={boundary}"));
        features.headers.mailer = Some(format!("Microsoft Outlook 16 {mailer}"));
        features.headers.date = DateFact::At(Timestamp(date), 0);
        features.text.html = text.clone();
        features.text.plain = text;
        features.text.invisible_chars = usize::from(numbers[0]);
        features.text.styled_letters = usize::from(numbers[1]);
        let host = DomainName::new(&host).map_or(UrlHost::Address(Ipv4Addr::LOCALHOST.into()), UrlHost::Name);
        features.urls = vec![UrlFact {
            url: format!("http://x/{path}"), scheme: "http".into(), host, registrable: None, has_userinfo: encrypted,
            port, path, source: UrlSource::Link, disguised_address: false,
        }];
        features.attachments = vec![AttachmentFact {
            name: Some(file.clone()), declared: "application/zip".into(), kind: FileKind::Zip, size: 1, encrypted,
            inner_names: vec![file], macros: false, digest: 0, active: None, page: PageFacts::default(),
        }];
        features
    }
}

proptest! {
    #[test]
    fn scores_are_bounded_and_explained(features in features()) {
        let score = ENGINE.score(&features);
        prop_assert!(score.hits.len() <= MAX_HITS);
        for hit in &score.hits {
            prop_assert!(hit.points != 0 && !hit.why.is_empty() && hit.why.len() <= MAX_WHY);
            prop_assert!(!hit.why.chars().any(char::is_control), "{}", hit.why);
        }
        prop_assert_eq!(score.total, score.hits.iter().map(|hit| hit.points).sum::<i32>());
        prop_assert_eq!(ENGINE.score(&features), score);
    }
}
