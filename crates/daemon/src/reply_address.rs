//! The address that replies to tickets go to, as configured.

use customers::Address;
use customers::ticket::ReplyBox;
use frontends::LmtpSettings;

/// Options of `[lmtp]` with what is wrong with them.
pub(crate) fn check(settings: &LmtpSettings) -> Vec<(String, String)> {
    let mut found = settings.contradictions();
    if let Some(text) = &settings.address
        && of(settings).is_none()
    {
        let sentence = format!(
            "expected an address with at most {} characters and no plus before the @, like \"support@reply.provider.example\", \
             found \"{text}\"",
            ReplyBox::MAX_LOCAL
        );
        found.push(("lmtp.address".into(), sentence));
    }
    found
}

/// The address, when it can carry a token.
pub(crate) fn of(settings: &LmtpSettings) -> Option<Address> {
    Address::parse(settings.address.as_deref()?).filter(ReplyBox::is_usable)
}
