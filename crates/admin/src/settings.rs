//! The `[http]` table.

use std::net::SocketAddr;
use std::time::Duration;

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

settings::settings! {
    /// HTTP: metrics, health, and the page behind the link of a refusal. There is no password here: keep it on loopback,
    /// and let a reverse proxy hand out /b/ and /style.css, and nothing else, to your customers.
    pub table AdminSettings = "http" {
        /// The addresses to listen on. [] for none.
        listen: Vec<SocketAddr> = vec![SocketAddr::from(([127, 0, 0, 1], 7680))];
        /// How your customers reach it, such as "https://mail.isp.example": links in refusals and alerts begin with it.
        /// Empty: `web.public_url`; without it "http://" and the first address of `listen`, which only works from this host.
        public_url: Option<String> = None;
        /// How many connections are served at once; more wait.
        max_connections: u32 = 256, in 1..=65_536;
        /// How long a client may take to send a request's header, and to be idle between two requests.
        header_timeout: Duration = seconds(10), in seconds(1)..=seconds(300);
        /// How long an answer may take.
        request_timeout: Duration = seconds(10), in seconds(1)..=seconds(300);
        /// How long a connection lasts, however busy it is: whoever reads answers slowly can't hold one for ever.
        connection_lifetime: Duration = seconds(120), in seconds(1)..=seconds(86_400);
        /// How many wrong references one client (IPv6 by /64) may try within a minute before it is turned away with further
        /// ones for the rest of it. Behind a proxy on this host the last entry of X-Forwarded-For is the client.
        guesses_per_minute: u32 = 20, in 1..=10_000;
    }
}

impl AdminSettings {
    /// The link to a block's page; `{ref}` stands for the block's reference.
    pub fn link(&self) -> String {
        let base = match (&self.public_url, self.listen.first()) {
            (Some(url), _) => url.trim_end_matches('/').to_owned(),
            (None, Some(address)) => format!("http://{address}"),
            (None, None) => "http://localhost".to_owned(),
        };
        format!("{base}/b/{{ref}}")
    }

    /// What can't work, as `(option, sentence)`.
    pub fn contradictions(&self) -> Vec<(String, String)> {
        let Some(url) = &self.public_url else { return Vec::new() };
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let printable = url.bytes().all(|byte| byte.is_ascii_graphic());
        if printable && rest.is_some_and(|host| !host.is_empty()) && !url.contains(['{', '?', '#']) {
            return Vec::new();
        }
        let message = format!("expected an address like \"https://mail.isp.example\", found \"{url}\"");
        vec![("http.public_url".into(), message)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_url(url: &str) -> AdminSettings {
        AdminSettings { public_url: Some(url.into()), ..AdminSettings::default() }
    }

    #[test]
    fn the_link_begins_with_the_public_url_or_the_listener() {
        assert_eq!(AdminSettings::default().link(), "http://127.0.0.1:7680/b/{ref}");
        assert_eq!(with_url("https://mail.isp.example/").link(), "https://mail.isp.example/b/{ref}");
    }

    #[test]
    fn a_public_url_that_is_none_is_a_mistake() {
        assert_eq!(AdminSettings::default().contradictions(), []);
        assert_eq!(with_url("https://mail.isp.example/portreeve").contradictions(), []);
        for url in ["mail.isp.example", "https://", "ftp://mail.isp.example", "https://a b", "https://a/?x={ref}"] {
            assert_eq!(with_url(url).contradictions().len(), 1, "{url}");
        }
    }
}
