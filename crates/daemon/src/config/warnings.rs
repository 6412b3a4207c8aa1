//! What a configuration may say and hardly means: told by `check` and at the start, and refused by nobody.

use std::net::{IpAddr, Ipv6Addr};
use std::path::Path;

use super::{Config, certificates, listeners};
use crate::serve::policy;

impl Config {
    /// What works and is most likely not meant, as `(option, sentence)`.
    pub(crate) fn warnings(&self) -> Vec<(String, String)> {
        let mut found: Vec<_> = self.unreachable_link().into_iter().collect();
        found.extend(certificates::warnings(&self.certificates));
        for (option, socket) in listeners::unix_sockets(self) {
            if !listeners::has_folder(&socket) {
                found.push((
                    option,
                    format!("the folder of {} is not there; it is not made at the start", socket.display()),
                ));
            }
        }
        let program = self.web.password_command.first().map(Path::new);
        if let Some(missing) = program.filter(|program| program.is_absolute() && !program.is_file()) {
            let sentence = format!("{} is not there: no password could be changed", missing.display());
            found.push(("web.password_command".to_owned(), sentence));
        }
        found
    }

    /// Customers get links in refusals and letters, from wherever they are.
    fn unreachable_link(&self) -> Option<(String, String)> {
        let by_smtp = [&self.milter.listen, &self.proxy.listen].iter().any(|listen| !listen.is_empty());
        let takes_mail = by_smtp || !self.intercept.is_empty() || !self.scan.listen.is_empty();
        let link = policy::link(self, None);
        if !takes_mail || !leads_to_this_host(&link) {
            return None;
        }
        let base = link.split("/b/").next().unwrap_or(&link);
        let (option, why) = match (&self.http.public_url, &self.web.public_url) {
            (Some(_), _) => ("http.public_url", ""),
            (None, Some(_)) => ("web.public_url", ""),
            (None, None) => ("http.public_url", "neither http.public_url nor web.public_url is set: "),
        };
        let sentence = format!(
            "{why}links in refusals and letters begin with {base}, which no customer can open; set it to how customers reach \
             this daemon"
        );
        Some((option.to_owned(), sentence))
    }
}

/// Whether nobody but this host can follow it.
fn leads_to_this_host(link: &str) -> bool {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let is_here = |address: IpAddr| address.is_loopback() || address.is_unspecified() || address == Ipv6Addr::LOCALHOST;
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| is_here(address.to_canonical()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(text: &str) -> Vec<String> {
        Config::parse(text).expect(text).warnings().into_iter().map(|(option, _)| option).collect()
    }

    #[test]
    fn a_link_that_only_this_host_can_open_is_told() {
        assert_eq!(options(""), ["http.public_url"]);
        assert_eq!(options("[http]\npublic_url = \"http://localhost:7680\"\n"), ["http.public_url"]);
        assert_eq!(options("[web]\npublic_url = \"http://[::1]:7681\"\n"), ["web.public_url"]);
        for right in [
            "[http]\npublic_url = \"https://mail.isp.example\"\n",
            "[web]\npublic_url = \"https://mail.isp.example\"\n",
            "[blocks]\nlink = \"https://mail.isp.example/{ref}\"\n",
            "[http]\nlisten = [\"192.0.2.1:7680\"]\n",
            "[milter]\nlisten = []\n",
        ] {
            assert_eq!(options(right), [""; 0], "{right}");
        }
    }

    #[test]
    fn what_is_not_there_is_told() {
        let text = "[http]\npublic_url = \"https://mail.isp.example\"\n[milter]\nlisten = [\"unix:/no/such/folder/x.sock\"]\n\
                    [web]\npassword_command = [\"/no/such/program\"]\n";
        assert_eq!(options(text), ["milter.listen", "web.password_command"]);
    }
}
