//! What this server asks of an MTA.
//!
//! No answer is wanted where none is ever given: an MTA that waits for one after each header field costs both sides five
//! times the CPU. DATA and unknown commands are not even sent.
//!
//! The body is answered, which costs a round trip for each chunk of 64 KiB (13 µs of our CPU for an ordinary message): it
//! is the only place to say SKIP, and without that an MTA sends the whole of every attachment to be thrown away here (0.26 ms
//! for each MiB, and as much of its own). Where SKIP is not offered, the body is not answered either.

use wire::milter::{Actions, MacroStage, Steps, Wanted};

const ACTIONS: Actions =
    Actions::ADD_HEADERS.with(Actions::CHANGE_HEADERS).with(Actions::QUARANTINE).with(Actions::SET_MACROS);

const STEPS: Steps = Steps::SKIP
    .with(Steps::NO_UNKNOWN)
    .with(Steps::NO_DATA)
    .with(Steps::REJECTED_RECIPIENTS)
    .with(Steps::NO_REPLY_HELO)
    .with(Steps::NO_REPLY_DATA)
    .with(Steps::NO_REPLY_UNKNOWN)
    .with(Steps::NO_REPLY_HEADER)
    .with(Steps::NO_REPLY_END_OF_HEADERS)
    .with(Steps::LEADING_SPACE);

/// `{mail_addr}` is always there: a MAIL without any macro tells that the MTA sends none. Both ends, 5 and 6, are listed
/// because Sendmail looks one up under the other's flag.
const MACROS: &[(MacroStage, &str)] = &[
    (MacroStage::Connect, "{daemon_name} {client_addr} {client_name}"),
    (MacroStage::Helo, "{tls_version}"),
    (MacroStage::Mail, "i {auth_type} {auth_authen} {mail_addr} {client_addr} {daemon_name} {tls_version}"),
    (MacroStage::Recipient, "i {rcpt_mailer}"),
    (MacroStage::Data, "i"),
    (MacroStage::EndOfMessage, "i"),
    (MacroStage::EndOfHeaders, "i"),
];

pub(super) static WANTED: Wanted =
    Wanted { actions: ACTIONS, steps: STEPS, steps_without_skip: Steps::NO_REPLY_BODY, macros: MACROS };
