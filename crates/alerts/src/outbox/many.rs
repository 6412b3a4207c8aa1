//! Letters about many blocks on their way: when one is due, and handing it over.

use customers::Address;
use limits::AlertJob;
use model::{Block, Event, Timestamp};

use super::attempt::Attempts;
use crate::crowd::Reader;
use crate::letter::Mail;
use crate::post::Post;
use crate::relay::{Delivery, send};

/// Letters with their blocks.
pub(super) type Owing = Vec<(AlertJob, Block)>;

impl Attempts {
    /// When what is owed to a reader is due: some time after the first of it could have been told, so that what comes with
    /// it is in the same letter. One that is held for its owner is not sent yet, and told to operators all the same.
    pub(super) fn due(&self, reader: &Reader, owed: &[(AlertJob, Block)], post: &Post) -> Timestamp {
        let first = owed.iter().map(|(letter, _)| letter.sent.unwrap_or(letter.created)).min().unwrap_or_default();
        let due = first.after(post.collect_within());
        self.pauses.until(reader).map_or(due, |until| until.max(due))
    }

    /// Hands a letter about many over; whom it has reached, or why it could not be.
    pub(super) async fn hand_over(&self, mail: &Mail, reader: &Reader, post: &Post) -> Result<Vec<Address>, String> {
        if let Some(error) = &mail.mistake {
            self.events.emit(&Event::Degraded { part: "templates", policy: "built-in template", error });
        }
        let outcome = match send(mail, &mail.to, post).await {
            Ok(Delivery { accepted, .. }) if !accepted.is_empty() => Ok(accepted),
            Ok(Delivery { refused, deferred, .. }) => {
                let answers = refused.iter().chain(&deferred).map(|(address, answer)| format!("{address}: {answer}"));
                Err(answers.collect::<Vec<_>>().join("; "))
            }
            Err(error) => Err(error.to_string()),
        };
        match &outcome {
            Ok(_) => {
                self.pauses.worked(reader);
                self.works();
            }
            Err(error) => {
                self.pauses.failed(reader, self.now());
                self.fails(error);
            }
        }
        outcome
    }
}

/// The earlier of two times, where there are two.
pub(super) fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    a.into_iter().chain(b).min()
}
