//! What words alone may do, and what they may not.

use std::sync::Arc;

use model::{AccountName, Envelope, Login, Message, Session, Submission, Timestamp, Via};
use scoring::{Engine, ScoreSettings};

const ESTATE: &str = "Dear Mrs Moore,\r\n\r\nEstate of your late uncle: as executor we write to you as next of kin. \
    The deceased left an inheritance fund of some size, and the sum of his deposit will be transferred into your bank \
    account once probate is granted. Please send us your bank details by post. The beneficiary of the will, his widow, \
    has asked us to keep you informed.\r\n\r\nYours sincerely\r\nBarrister John Miller\r\n";

#[test]
fn a_solicitor_is_not_refused_for_his_words_and_a_fraud_is_for_what_else_it_has() {
    let honest = score("", ESTATE);
    assert!((100..200).contains(&honest), "{honest}");
    let fraud = score("Reply-To: <john.miller@inbox.example>\r\n", ESTATE);
    assert!(fraud >= 200, "{fraud}");
}

#[test]
fn a_sign_up_mail_that_leads_home_is_no_spam() {
    let text = |link: &str| {
        format!(
            "Please verify your email by clicking here: {link} . Your account will be suspended if you do not verify it \
             within 7 days.\r\n"
        )
    };
    let home = score("", &text("https://www.dupre.example/verify/123"));
    assert!(home < 100, "{home}");
    let abroad = score("", &text("https://verify.host.example/123"));
    assert!(abroad > home + 20, "{abroad}, {home}");
}

fn score(field: &str, body: &str) -> i32 {
    let raw = format!(
        "From: Dupre <news@dupre.example>\r\nTo: <bob@home.example>\r\nSubject: Your account\r\n{field}\
         Date: Mon, 03 Mar 2025 10:00:00 +0000\r\nMessage-ID: <1@dupre.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{body}"
    );
    let login =
        AccountName::from_login("news@dupre.example").map(|account| Login { account, mechanism: "PLAIN".into() });
    let session = Arc::new(Session { login, ..Session::new(Via::Milter) });
    let submission = Submission { session, envelope: Envelope::default(), message: Message::whole(raw.into_bytes()) };
    let features =
        features::extract(&submission, Timestamp::from_secs(1_740_996_000), &features::FeatureLimits::default());
    Engine::new(&ScoreSettings::default()).score(&features).total
}
