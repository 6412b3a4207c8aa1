//! A file that a form brings along (RFC 7578).
//!
//! Security: nothing of the file is read before the form's token was found to fit, and no more of it than may be.

use axum::extract::Multipart;
use axum::extract::multipart::Field;

use super::fault::Fault;
use super::visit::Visit;

/// Fields in front of the file; more are none of our form.
const MAX_FIELDS: usize = 4;

/// The file of the form's field of that name, of `most` bytes.
pub(super) async fn file(visit: &Visit, mut form: Multipart, name: &str, most: usize) -> Result<Vec<u8>, Fault> {
    let mut trusted = false;
    for _ in 0..MAX_FIELDS {
        let Some(field) = form.next_field().await.map_err(|_| Fault::Form)? else { break };
        if field.name() == Some("csrf") {
            let token = bounded(field, 64).await?;
            trusted = access::csrf_token_fits(visit.seed(), &String::from_utf8_lossy(&token));
        } else if field.name() == Some(name) && trusted {
            return bounded(field, most).await;
        }
    }
    Err(Fault::Form)
}

async fn bounded(mut field: Field<'_>, most: usize) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(part) = field.chunk().await.map_err(|_| Fault::Large)? {
        if bytes.len() + part.len() > most {
            return Err(Fault::Large);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}
