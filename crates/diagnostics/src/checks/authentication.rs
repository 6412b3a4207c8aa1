//! Can it log in?

use crate::case::Case;
use crate::finding::Cause;
use crate::outcome::Login;
use crate::patient::Patient;
use crate::report::Report;
use crate::smtp::{SmtpError, connect, log_in, said};

/// What came of the attempt, made once for all checks that need it: two wrong ones would count twice against the account.
/// `None` when there is nothing to try.
pub(crate) async fn login(case: &Case) -> Option<Login> {
    case.login.get_or_init(|| tried(case)).await.clone()
}

pub(crate) async fn check(case: &Case) -> Report {
    let Some(server) = &case.settings().submission else {
        return Report::unknown(
            "No submission server is configured.",
            "Set diagnosis.submission to where customers log in.",
        );
    };
    match login(case).await {
        None => Report::unknown("There was no password to try.", "Give one: the command asks for it, or takes --password-fd."),
        Some(Login::Works) => Report::pass(format!("{server} has taken the password.")),
        Some(Login::Refused(said)) => Report::fail(
            format!("{server} does not take the password: {said}"),
            "Set a new password, and enter it wherever mail is read or sent. If another check says why it is refused, mend that first.",
        )
        .because(Cause::Password),
        Some(Login::Deferred(said)) => {
            Report::unknown(format!("{server} puts the login off: {said}"), "Try again in some minutes.")
        }
        Some(Login::Failed(why)) => Report::fail(
            format!("{server} can't be asked: {why}."),
            "Look at the submission server, its certificate, and the way to it from this host.",
        )
        .because(Cause::Infrastructure),
    }
}

async fn tried(case: &Case) -> Option<Login> {
    let (Patient::Account(account), Some(password), Some(server)) =
        (&case.patient, &case.password, &case.settings().submission)
    else {
        return None;
    };
    let settings = case.settings();
    let outcome = async {
        let mut connection = connect(server, settings.submission_tls, &case.tools.trust, &case.tools.ehlo).await?;
        let reply = log_in(&mut connection, account.as_str(), password).await?;
        connection.quit().await;
        Ok::<_, SmtpError>(reply)
    };
    Some(match outcome.await {
        Ok(reply) if reply.is_positive() => Login::Works,
        Ok(reply) => {
            let said = password.hidden_in(&said(&reply), account.as_str());
            if reply.code() / 100 == 4 { Login::Deferred(said) } else { Login::Refused(said) }
        }
        Err(error) => Login::Failed(password.hidden_in(&error.to_string(), account.as_str())),
    })
}
