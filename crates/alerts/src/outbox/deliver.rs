//! A letter handed over to the relay, for those who have not got it yet.

use customers::Address;
use limits::AlertJob;
use model::Event;

use super::attempt::Attempts;
use crate::letter::Mail;
use crate::post::Post;
use crate::relay::{Delivery, SendError, send};
use crate::retry::Outcome;

impl Attempts {
    /// Hands over each form of the letter; what came of all of them together.
    pub(super) async fn deliver(&self, job: &AlertJob, mails: &[Mail], post: &Post) -> Outcome {
        let known = !job.told.is_empty() || !self.told.of(job).is_empty();
        let mut outcome = Outcome { delivered: known, open: false, error: None };
        for mail in mails {
            if let Some(error) = &mail.mistake {
                self.events.emit(&Event::Degraded { part: "templates", policy: "built-in template", error });
            }
            let open = self.still_open(job, mail);
            if !open.is_empty() {
                outcome = outcome.and(self.hand_over_to(job, mail, &open, post).await);
            }
        }
        let nobody = !outcome.delivered && outcome.error.is_none();
        let error = nobody.then(|| "there is nobody to tell: alerts.to is empty".to_owned());
        Outcome { error: outcome.error.or(error), ..outcome }
    }

    fn still_open(&self, job: &AlertJob, mail: &Mail) -> Vec<Address> {
        let earlier = self.told.of(job);
        let has_got_it =
            |address: &Address| earlier.contains(address) || job.told.iter().any(|told| told == address.as_str());
        mail.to.iter().filter(|address| !has_got_it(address)).cloned().collect()
    }

    async fn hand_over_to(&self, job: &AlertJob, mail: &Mail, to: &[Address], post: &Post) -> Outcome {
        let sent = send(mail, to, post).await;
        if let Ok(Delivery { accepted, .. }) = &sent {
            self.told.note(job, accepted);
        }
        came_of(sent)
    }
}

fn came_of(sent: Result<Delivery, SendError>) -> Outcome {
    match sent {
        Err(error) => Outcome { delivered: false, open: true, error: Some(error.to_string()) },
        Ok(delivery) => {
            let refused = delivery.refused.iter().chain(&delivery.deferred);
            let answers: Vec<_> = refused.map(|(address, answer)| format!("{address}: {answer}")).collect();
            Outcome {
                delivered: !delivery.accepted.is_empty(),
                open: !delivery.deferred.is_empty(),
                error: (!answers.is_empty()).then(|| answers.join("; ")),
            }
        }
    }
}
