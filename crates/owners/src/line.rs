//! The line to the directory: one question, one answer.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use customers::{Customer, CustomerRecord, Source};
use fetch::{Answer, FetchError, Method, Peer, StatusCode, Target, header};
use model::SubjectKey;

use crate::error::AskError;
use crate::settings::DirectorySettings;

/// No customer is longer than this, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// Where questions go.
#[derive(Debug)]
pub(crate) struct Line {
    peer: Peer,
    token: Option<Token>,
    timeout: Duration,
}

struct Token(String);

/// It is secret.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

type Mistakes = Vec<(&'static str, String)>;

impl Line {
    /// The line of the settings; `None` when nobody is asked.
    pub(crate) fn new(settings: &DirectorySettings) -> Result<Option<Self>, Mistakes> {
        let Some(url) = &settings.url else { return Ok(None) };
        let mut wrong = Mistakes::new();
        let target = noted(Target::parse(url), "url", &mut wrong);
        let token = noted(settings.token_file.as_deref().map(token).transpose(), "token_file", &mut wrong);
        let authorities = settings.authorities.as_deref();
        let peer = target.and_then(|target| noted(Peer::new(target, authorities), "authorities", &mut wrong));
        match (peer, token) {
            (Some(peer), Some(token)) => Ok(Some(Self { peer, token, timeout: settings.timeout })),
            _ => Err(wrong),
        }
    }

    /// Who owns the subject, as the directory says now.
    pub(crate) async fn ask(&self, subject: &SubjectKey) -> Result<Option<Arc<Customer>>, AskError> {
        let mut request =
            self.peer.request(Method::GET, &self.path(subject)).header(header::ACCEPT, "application/json");
        if let Some(Token(token)) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(fetch::body("")).map_err(|error| FetchError::Garbage(error.to_string()))?;
        read(&self.peer.ask(request, wanted, self.timeout).await?)
    }

    fn path(&self, subject: &SubjectKey) -> String {
        let path = &self.peer.target().path;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("kind", subject.kind().as_str()).append_pair("name", &subject.name());
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}{}", query.finish())
    }
}

fn noted<T>(read: Result<T, String>, key: &'static str, wrong: &mut Mistakes) -> Option<T> {
    read.map_err(|why| wrong.push((key, why))).ok()
}

fn token(path: &Path) -> Result<Token, String> {
    let shown = path.display();
    let text = settings::secret_text(path)?;
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(format!("{shown}: expected one token of printable characters"));
    }
    Ok(Token(token.to_owned()))
}

fn wanted(status: StatusCode) -> usize {
    if status == StatusCode::OK { MAX_ANSWER } else { 0 }
}

fn read(answer: &Answer) -> Result<Option<Arc<Customer>>, AskError> {
    match answer.status {
        StatusCode::OK if answer.cut => Err(AskError::TooLong(MAX_ANSWER)),
        StatusCode::OK => customer(&answer.body).map(|customer| Some(Arc::new(customer))),
        StatusCode::NOT_FOUND => Ok(None),
        other => Err(AskError::Status { status: other.as_u16() }),
    }
}

fn customer(body: &[u8]) -> Result<Customer, AskError> {
    let record: CustomerRecord = serde_json::from_slice(body)
        .map_err(|error| AskError::Garbage(model::names::bounded(&error.to_string(), 200).into()))?;
    record.customer(Source::Directory).map_err(AskError::Unfit)
}
