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
    pub(super) async fn deliver(&self, job: &AlertJob, mail: &Mail, post: &Post) -> Outcome {
        if let Some(error) = &mail.mistake {
            self.events.emit(&Event::Degraded { part: "templates", policy: "built-in template", error });
        }
        let has_got_it = |address: &Address| job.told.iter().any(|told| told == address.as_str());
        let earlier = self.told.of(job);
        let open: Vec<_> =
            mail.to.iter().filter(|address| !earlier.contains(address) && !has_got_it(address)).cloned().collect();
        let delivered = !earlier.is_empty() || !job.told.is_empty();
        if open.is_empty() {
            let error = (!delivered).then(|| "there is nobody to tell: alerts.to is empty".to_owned());
            return Outcome { delivered, open: false, error };
        }
        let sent = send(mail, &open, post).await;
        if let Ok(Delivery { accepted, .. }) = &sent {
            self.told.note(job, accepted);
        }
        outcome(sent, delivered)
    }
}

fn outcome(sent: Result<Delivery, SendError>, earlier: bool) -> Outcome {
    match sent {
        Err(error) => Outcome { delivered: earlier, open: true, error: Some(error.to_string()) },
        Ok(delivery) => {
            let refused = delivery.refused.iter().chain(&delivery.deferred);
            let answers: Vec<_> = refused.map(|(address, answer)| format!("{address}: {answer}")).collect();
            Outcome {
                delivered: earlier || !delivery.accepted.is_empty(),
                open: !delivery.deferred.is_empty(),
                error: (!answers.is_empty()).then(|| answers.join("; ")),
            }
        }
    }
}
