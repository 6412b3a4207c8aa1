//! The `[hooks]` table.

use std::path::PathBuf;

use webhooks::Secrets;

settings::settings! {
    /// Inbound hooks: what the provider's panel and other servers tell us, as signed requests. POST /hooks/password-changed,
    /// /hooks/login-failed and /hooks/login-succeeded of the [web] listener. config/hooks.md describes them.
    pub table HookSettings = "hooks" {
        /// The file of the secrets that may sign, one in each line, as for webhooks: 24 bytes or more, or whsec_ and base 64. One
        /// that fits is enough, so that a secret can be changed without a gap. The file is read again on a reload. Empty: no hooks.
        secret_file: Option<PathBuf> = None;
    }
}

impl HookSettings {
    /// The secrets of the file; `None` when no file is set.
    ///
    /// # Errors
    /// A sentence, as for webhooks.
    pub fn secrets(&self) -> Result<Option<Secrets>, String> {
        self.secret_file.as_deref().map(Secrets::of_file).transpose()
    }

    /// What can't work, as `(option, sentence)`.
    pub fn contradictions(&self) -> Vec<(String, String)> {
        self.secrets().err().map(|sentence| ("hooks.secret_file".into(), sentence)).into_iter().collect()
    }
}
