//! Is a test message taken by the submission server?

use customers::Address;

use super::authentication;
use crate::case::Case;
use crate::finding::Cause;
use crate::outcome::{Login, Sent};
use crate::patient::Patient;
use crate::report::Report;
use crate::smtp::{SmtpError, connect, log_in, said, submit};

/// What became of the test message, sent once for both checks that look at it.
pub(crate) async fn outcome(case: &Case) -> Sent {
    case.sent.get_or_init(|| sent(case)).await.clone()
}

pub(crate) async fn check(case: &Case) -> Report {
    match outcome(case).await {
        Sent::Taken(id) => Report::pass(format!("The server has taken a test message ({id}).")),
        Sent::Untried(why) => Report::unknown(why, "When that is in order, try again."),
        Sent::Refused(why) => Report::fail(
            format!("A test message was refused {why}"),
            "The words of the server say why. If another check fails too, mend that first.",
        )
        .because(Cause::Infrastructure),
        Sent::Failed(why) => Report::fail(
            format!("The server broke off while it took a test message: {why}."),
            "Look at the submission server and its log.",
        )
        .because(Cause::Infrastructure),
    }
}

async fn sent(case: &Case) -> Sent {
    let Some(to) = case.settings().test_recipient.as_deref().and_then(Address::parse) else {
        return Sent::Untried("No recipient for test messages is configured (diagnosis.test_recipient).");
    };
    match authentication::login(case).await {
        Some(Login::Works) => {}
        Some(_) => return Sent::Untried("Nobody could log in, so nothing could be sent."),
        None => return Sent::Untried("There was no password, so nothing could be sent."),
    }
    let Some(from) = case.patient.mailbox() else {
        return Sent::Untried("The login is no mail address, so it is no sender.");
    };
    submitted(case, &from, &to).await
}

async fn submitted(case: &Case, from: &Address, to: &Address) -> Sent {
    let (Patient::Account(login), Some(password), Some(server), Some(id)) =
        (&case.patient, &case.password, &case.settings().submission, message_id(from))
    else {
        return Sent::Untried("There is nothing to send with.");
    };
    let text = letter(case, from, to, &id);
    let outcome = async {
        let mut connection =
            connect(server, case.settings().submission_tls, &case.tools.trust, &case.tools.ehlo).await?;
        let reply = log_in(&mut connection, login.as_str(), password).await?;
        if !reply.is_positive() {
            return Err(SmtpError::Refused(reply));
        }
        let taken = submit(&mut connection, from, to, &text).await?;
        connection.quit().await;
        Ok(taken)
    };
    let hidden = |text: &str| password.hidden_in(text, login.as_str());
    match outcome.await {
        Ok(Ok(_)) => Sent::Taken(id),
        Ok(Err(refusal)) => Sent::Refused(hidden(&format!("at {}: {}", refusal.at, said(&refusal.reply)))),
        Err(error) => Sent::Failed(hidden(&error.to_string())),
    }
}

/// Nobody can guess it, so what is found under it is this message.
fn message_id(from: &Address) -> Option<String> {
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).ok()?;
    let (_, domain) = from.as_str().rsplit_once('@')?;
    Some(format!("<diagnosis.{:032x}@{domain}>", u128::from_be_bytes(random)))
}

fn letter(case: &Case, from: &Address, to: &Address, id: &str) -> String {
    let date = case.now().rfc5322();
    let lines = [
        format!("From: <{from}>"),
        format!("To: <{to}>"),
        "Subject: Test message of a diagnosis".to_owned(),
        format!("Date: {date}"),
        format!("Message-ID: {id}"),
        "Auto-Submitted: auto-generated".to_owned(),
        "MIME-Version: 1.0".to_owned(),
        "Content-Type: text/plain; charset=us-ascii".to_owned(),
        String::new(),
        format!("This message was sent to find out whether {from} can send mail."),
        "Nobody has to read or answer it.".to_owned(),
        String::new(),
    ];
    lines.join("\r\n")
}
