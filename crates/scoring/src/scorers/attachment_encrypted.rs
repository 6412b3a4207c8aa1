//! An encrypted archive, and the text gives its password: whoever wants secrecy tells the password elsewhere.

use std::sync::LazyLock;

use crate::fold::fold;
use crate::{Reading, Seen};

/// What a password is called, folded as the text is.
static PASSWORD: LazyLock<Vec<String>> = LazyLock::new(|| WORDS.iter().map(|word| fold(word)).collect());

const WORDS: &[&str] = &[
    "password", "passcode", "pass", "passwort", "kennwort", "mot de passe", "contraseña", "clave", "senha", "wachtwoord",
    "hasło", "пароль", "şifre", "parola", "パスワード", "密码",
];

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let file = message.features.attachments.iter().find(|file| file.encrypted)?;
    let text = fold(model::names::bounded(message.features.text.shown(), 8192));
    let told = PASSWORD.iter().any(|word| text.contains(word.as_str()));
    told.then(|| Seen::of(super::shared::called(file)))
}
