//! An encrypted archive, and the text gives its password: whoever wants secrecy tells the password elsewhere.

use crate::fold::fold;
use crate::{Reading, Seen};

const PASSWORD: &[&str] =
    &[" password ", " passcode ", " passwort ", " kennwort ", " mot de passe ", " contrasena ", " clave ", " senha ", " wachtwoord ", " pass "];

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let file = message.features.attachments.iter().find(|file| file.encrypted)?;
    let text = fold(model::names::bounded(message.features.text.shown(), 8192));
    let told = PASSWORD.iter().any(|word| text.contains(word));
    told.then(|| Seen::of(super::shared::called(file)))
}
