//! What a form sent, once its token was found to fit.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{FromRequest, Request};

use super::fault::Fault;
use super::visit::Visit;

/// The fields of a form that this visitor's page holds.
#[derive(Debug)]
pub(crate) struct Sent(HashMap<String, String>);

impl Sent {
    /// A field; empty when it was not sent.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// Security: a form without the token of the visitor's session never gets to a handler.
impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let visit = request.extensions().get::<Visit>().cloned().ok_or(Fault::Form)?;
        let Form(fields) =
            Form::<HashMap<String, String>>::from_request(request, state).await.map_err(|_| Fault::Form)?;
        let sent = Self(fields);
        if access::csrf_token_fits(visit.seed(), sent.field("csrf")) { Ok(sent) } else { Err(Fault::Form) }
    }
}
