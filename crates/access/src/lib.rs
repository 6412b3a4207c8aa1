//! Who may do what: operators, auditors and customers; keys, passwords, sessions and signed links; what was done by whom.
//!
//! Nothing of HTTP is known here. The API, the console and the command line ask [`Gate`] who somebody is and [`may`] what
//! he may do, and tell the gate what he did.
//!
//! Security: what is kept lets nobody in. Tokens, consumer keys and sessions are random and kept as SHA-256, passwords as
//! argon2id, the secrets of applications are derived from the key file and kept nowhere. Known limits: whoever reads the key
//! file can sign links and requests; whoever can open the control socket is the operator.

mod action;
mod answer;
mod audit;
mod credential;
mod error;
mod gate;
mod guesses;
mod key;
mod link;
mod password;
mod principal;
mod seal;
mod secret;
mod settings;
mod sheet;
mod site_keys;
mod store;
mod user;
mod visitor;

pub use action::{Action, Owner, Ruling, ever, may};
pub use answer::{AnswerStore, Answers, CallName, KeptAnswer, KeptCall, Noted, Start};
pub use audit::{AuditEntry, AuditQuery};
pub use credential::{AccessRule, Application, ConsumerKey, CredentialState, NewCredential};
pub use error::AccessError;
pub use gate::{Credential, Gate, Issued, NewKey, SignedIn};
pub use guesses::Guesses;
pub use key::ApiKey;
pub use link::LinkError;
pub use principal::{Actor, Grant, Principal, Reach, Role};
pub use secret::{csrf_token, csrf_token_fits, random_password, same};
pub use settings::{ProxyNetwork, WebSettings};
pub use sheet::AuditSheet;
pub use site_keys::SiteKeys;
pub use store::{AccessStore, Drawer, KeyStore};
pub use user::{Session, User};
pub use visitor::{LongLived, Visitor};
