//! The extensions of EHLO (RFC 5321 4.1.1.1): a whitelist of those both sides can honour.
//!
//! Security: an extension that isn't understood must not be passed on, or the client uses it and we misread the rest.

use super::Reply;

/// The extensions a server offers, as far as we know them. Any other is as good as not offered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// PIPELINING (RFC 2920).
    pub pipelining: bool,
    /// SIZE (RFC 1870), with the limit in bytes when one is told.
    pub size: Option<Option<u64>>,
    /// 8BITMIME (RFC 6152).
    pub eight_bit_mime: bool,
    /// SMTPUTF8 (RFC 6531).
    pub smtputf8: bool,
    /// ENHANCEDSTATUSCODES (RFC 2034).
    pub enhanced_status_codes: bool,
    /// DSN (RFC 3461).
    pub dsn: bool,
    /// CHUNKING (RFC 3030).
    pub chunking: bool,
    /// STARTTLS (RFC 3207).
    pub starttls: bool,
    /// AUTH (RFC 4954), the mechanisms in upper case.
    pub auth: Vec<String>,
    /// XCLIENT.
    pub xclient: bool,
    /// XFORWARD.
    pub xforward: bool,
}

impl Capabilities {
    /// Reads a positive reply to EHLO.
    pub fn of(reply: &Reply) -> Self {
        let mut found = Self::default();
        for line in reply.texts().skip(1) {
            found.note(line);
        }
        found
    }

    fn note(&mut self, line: &str) {
        // `AUTH=LOGIN` is how servers older than RFC 2554 write it.
        let mut words = line.split([' ', '=']).filter(|word| !word.is_empty());
        match words.next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "PIPELINING" => self.pipelining = true,
            "SIZE" => self.size = Some(words.next().and_then(|n| n.parse().ok()).filter(|n| *n > 0)),
            "8BITMIME" => self.eight_bit_mime = true,
            "SMTPUTF8" => self.smtputf8 = true,
            "ENHANCEDSTATUSCODES" => self.enhanced_status_codes = true,
            "DSN" => self.dsn = true,
            "CHUNKING" => self.chunking = true,
            "STARTTLS" => self.starttls = true,
            "AUTH" => self.add_mechanisms(words),
            "XCLIENT" => self.xclient = true,
            "XFORWARD" => self.xforward = true,
            _ => {}
        }
    }

    /// EXTERNAL and channel binding (`-PLUS`) speak of one TLS connection and can't pass through a second one.
    fn add_mechanisms<'w>(&mut self, words: impl Iterator<Item = &'w str>) {
        for word in words.map(str::to_ascii_uppercase) {
            let passes = word != "EXTERNAL" && !word.ends_with("-PLUS") && self.auth.len() < 20;
            if passes && !self.auth.contains(&word) {
                self.auth.push(word);
            }
        }
    }

    /// What a client is offered when this is what the next hop can: `limit` is our own size limit in bytes; whether
    /// STARTTLS, AUTH, XCLIENT and XFORWARD are offered is the caller's to say.
    #[must_use]
    pub fn offered(&self, limit: u64) -> Self {
        let next_hop = self.size.flatten().unwrap_or(u64::MAX);
        Self {
            // These two end at this hop: they need nothing of the next one.
            pipelining: true,
            size: Some(Some(limit.min(next_hop))),
            eight_bit_mime: self.eight_bit_mime,
            smtputf8: self.smtputf8 && self.eight_bit_mime,
            enhanced_status_codes: self.enhanced_status_codes,
            dsn: self.dsn,
            chunking: self.chunking,
            ..Self::default()
        }
    }

    /// The lines of a reply to EHLO, without the first.
    pub fn lines(&self) -> Vec<String> {
        let flags = [
            (self.pipelining, "PIPELINING"),
            (self.eight_bit_mime, "8BITMIME"),
            (self.smtputf8, "SMTPUTF8"),
            (self.enhanced_status_codes, "ENHANCEDSTATUSCODES"),
            (self.dsn, "DSN"),
            (self.chunking, "CHUNKING"),
            (self.starttls, "STARTTLS"),
            (self.xclient, "XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT"),
            (self.xforward, "XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE"),
        ];
        let mut lines: Vec<_> = flags.iter().filter(|(on, _)| *on).map(|(_, word)| (*word).to_owned()).collect();
        match self.size {
            Some(Some(limit)) => lines.push(format!("SIZE {limit}")),
            Some(None) => lines.push("SIZE".into()),
            None => {}
        }
        if !self.auth.is_empty() {
            lines.push(format!("AUTH {}", self.auth.join(" ")));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(lines: &[&str]) -> Capabilities {
        let mut all = vec!["mx.example".to_owned()];
        all.extend(lines.iter().map(|line| (*line).to_owned()));
        Capabilities::of(&Reply::lines(250, &all))
    }

    #[test]
    fn what_is_not_known_is_not_offered() {
        let all = parse(&[
            "PIPELINING",
            "size 5000",
            "8BITMIME",
            "DSN",
            "SMTPUTF8",
            "ENHANCEDSTATUSCODES",
            "CHUNKING",
            "BINARYMIME",
            "ETRN",
            "X_PIPE_CONNECT",
            "XCLIENT ADDR",
            "REQUIRETLS",
            "BURL imap",
            "PRDR",
            "STARTTLS",
            "AUTH PLAIN",
        ]);
        let lines = all.offered(9000).lines();
        let expected = ["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING", "SIZE 5000"]
            .map(String::from);
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_next_hop_that_can_nothing_leaves_what_is_ours() {
        assert_eq!(Capabilities::default().offered(9000).lines(), ["PIPELINING", "SIZE 9000"]);
        assert_eq!(parse(&["SIZE 0"]).offered(9000).size, Some(Some(9000)));
    }

    #[test]
    fn mechanisms_bound_to_a_tls_connection_do_not_pass() {
        let all = parse(&["AUTH PLAIN EXTERNAL SCRAM-SHA-256-PLUS SCRAM-SHA-256", "AUTH=PLAIN LOGIN"]);
        assert_eq!(all.auth, ["PLAIN", "SCRAM-SHA-256", "LOGIN"]);
    }
}
