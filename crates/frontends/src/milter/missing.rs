//! Whether the MTA tells what identity needs.
//!
//! An alarm must be right: a relay whose clients don't log in sends no login, and local mail has no client. So it is raised
//! only where an MTA shows that it would not tell: a client of the network without an address; a mechanism without its
//! login; a MAIL without a single macro, although `{mail_addr}` is always known there.

use model::{Session, Via};
use wire::milter::{MacroStage, Macros};

const ADDRESS: &str = "{client_addr}: add it to the macros of the connect stage (Postfix: milter_connect_macros; \
    Sendmail: confMILTER_MACROS_CONNECT)";
const LOGIN: &str = "{auth_authen}: add it to the macros of the MAIL stage (Postfix: milter_mail_macros; \
    Sendmail: confMILTER_MACROS_ENVFROM)";

/// What is missing at MAIL, with how to send it.
pub(super) fn at_mail(session: &Session, macros: &Macros) -> Option<&'static str> {
    if session.login.is_some() {
        return None;
    }
    if !tells_login(macros) && session.via != Via::MilterLocal {
        return Some(LOGIN);
    }
    let told_nothing = session.client.is_none() && macros.value("client_addr").is_none();
    told_nothing.then_some(ADDRESS)
}

fn tells_login(macros: &Macros) -> bool {
    let mechanism_alone = macros.value("auth_type").is_some();
    macros.any_at(MacroStage::Mail) && !mechanism_alone
}
