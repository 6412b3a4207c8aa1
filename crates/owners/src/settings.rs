//! The `[directory]` table.

use std::path::PathBuf;
use std::time::Duration;

use crate::line::Line;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

settings::settings! {
    /// Your own directory of customers, asked over HTTP about what neither customers.file nor the store knows. Messages never
    /// wait for it: they get what it has said before. config/directory.md describes it for those who write it. Read at start
    /// only.
    pub table DirectorySettings = "directory" {
        /// Where it is, such as "https://panel.provider.example/owner". GET is sent with ?kind=account&name=bob%40shop.example
        /// (kind=ip, kind=domain); 200 with a customer in JSON is an owner, 404 that there is none. Redirects are not
        /// followed. Empty: nobody is asked.
        url: Option<String> = None;
        /// A file with a token, which is sent as "Authorization: Bearer". Only the daemon's user may read it. Empty: none.
        token_file: Option<PathBuf> = None;
        /// A file with certificates (PEM) of authorities to believe beside the system's, such as your own. Empty: none.
        authorities: Option<PathBuf> = None;
        /// One question takes no longer than this.
        timeout: Duration = SECOND * 5, in SECOND..=SECOND * 60;
        /// So many questions at one time.
        parallel: u32 = 4, in 1..=32;
        /// After this long an owner is asked for again.
        fresh: Duration = SECOND * 600, in SECOND..;
        /// After this long it is asked again whether something has an owner by now.
        fresh_unknown: Duration = SECOND * 60, in SECOND..;
        /// While the directory can't be asked, what it said last holds for this long; then the owner is unknown.
        stale: Duration = DAY, in SECOND..=DAY * 365;
        /// After a failure nothing is asked for this long.
        try_again_after: Duration = SECOND * 30, in SECOND..=HOUR;
        /// So many answers are kept, each of about 500 bytes; the first known go first.
        max_known: u32 = 100_000, in 100..=10_000_000;
    }
}

impl DirectorySettings {
    /// Mistakes that only show when the values are read: option and sentence. Reads the files that are named.
    pub fn contradictions(&self) -> Vec<(String, String)> {
        let mut wrong = Line::new(self).err().unwrap_or_default();
        if self.stale < self.fresh {
            wrong.push(("stale", "must be at least directory.fresh".to_owned()));
        }
        if self.url.is_none() && (self.token_file.is_some() || self.authorities.is_some()) {
            wrong.push(("url", "is empty, so nobody would be asked with the token or the authorities".to_owned()));
        }
        wrong.into_iter().map(|(key, why)| (format!("directory.{key}"), why)).collect()
    }
}
