//! MAIL and RCPT with the parameters of the extensions we offer; any other parameter is refused, never dropped.
//!
//! A dropped parameter is a promise broken silently: NOTIFY=SUCCESS without a notification, SMTPUTF8 mail sent as ASCII.

use super::Capabilities;
use super::command::SyntaxError;
use super::{parameters, path};

/// The content a client announces (RFC 6152; BINARYMIME is never offered).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// `BODY=7BIT`
    SevenBit,
    /// `BODY=8BITMIME`
    EightBit,
}

/// A MAIL command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mail {
    /// The reverse path as written, with its brackets.
    pub path: String,
    /// The size the client announces, in bytes (RFC 1870).
    pub size: Option<u64>,
    /// `BODY`.
    pub body: Option<Body>,
    /// `SMTPUTF8` (RFC 6531).
    pub smtputf8: bool,
    /// `RET` (RFC 3461 4.3) as written.
    pub ret: Option<String>,
    /// `ENVID` (RFC 3461 4.4) as written.
    pub envid: Option<String>,
    /// `AUTH` (RFC 4954 5) as written.
    pub auth: Option<String>,
}

impl Mail {
    pub(crate) fn parse(rest: &str) -> Result<Self, SyntaxError> {
        let (path, rest) = after(rest, "FROM:")?;
        let mut mail = Self { path, ..Self::default() };
        for parameter in parameters::parse(rest).ok_or(SyntaxError::Argument)? {
            mail.take(parameter)?;
        }
        if !mail.smtputf8 && !mail.path.is_ascii() {
            return Err(SyntaxError::NotAscii);
        }
        Ok(mail)
    }

    fn take(&mut self, parameter: parameters::Parameter<'_>) -> Result<(), SyntaxError> {
        let value = || parameter.value.ok_or(SyntaxError::Argument);
        match parameter {
            p if p.is("SIZE") => self.size = Some(value()?.parse().map_err(|_| SyntaxError::Argument)?),
            p if p.is("BODY") => self.body = Some(body(value()?)?),
            p if p.is("SMTPUTF8") && p.value.is_none() => self.smtputf8 = true,
            p if p.is("RET") => self.ret = Some(value()?.to_owned()),
            p if p.is("ENVID") => self.envid = Some(value()?.to_owned()),
            p if p.is("AUTH") => self.auth = Some(value()?.to_owned()),
            _ => return Err(SyntaxError::Parameter),
        }
        Ok(())
    }

    /// Whether every extension the command uses is among those offered.
    pub fn is_within(&self, offered: &Capabilities) -> bool {
        (self.body.is_none() || offered.eight_bit_mime)
            && (!self.smtputf8 || offered.smtputf8)
            && (self.ret.is_none() && self.envid.is_none() || offered.dsn)
            && (self.auth.is_none() || !offered.auth.is_empty())
    }

    /// The command for a next hop, with CRLF. SIZE ends here when the next hop doesn't know it: this hop has honoured
    /// it, which is all it promises.
    pub fn encode(&self, next_hop: &Capabilities) -> String {
        let mut line = format!("MAIL FROM:{}", self.path);
        let mut add = |key: &str, value: &str| line.push_str(&format!(" {key}={value}"));
        if let Some(size) = self.size.filter(|_| next_hop.size.is_some()) {
            add("SIZE", &size.to_string());
        }
        match self.body {
            Some(Body::SevenBit) => add("BODY", "7BIT"),
            Some(Body::EightBit) => add("BODY", "8BITMIME"),
            None => {}
        }
        for (key, value) in [("RET", &self.ret), ("ENVID", &self.envid), ("AUTH", &self.auth)] {
            if let Some(value) = value {
                add(key, value);
            }
        }
        line.push_str(if self.smtputf8 { " SMTPUTF8\r\n" } else { "\r\n" });
        line
    }
}

fn body(value: &str) -> Result<Body, SyntaxError> {
    match value {
        v if v.eq_ignore_ascii_case("7BIT") => Ok(Body::SevenBit),
        v if v.eq_ignore_ascii_case("8BITMIME") => Ok(Body::EightBit),
        _ => Err(SyntaxError::Parameter),
    }
}

/// A RCPT command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipient {
    /// The forward path as written, with its brackets.
    pub path: String,
    /// `NOTIFY` (RFC 3461 4.1) as written.
    pub notify: Option<String>,
    /// `ORCPT` (RFC 3461 4.2) as written.
    pub orcpt: Option<String>,
}

impl Recipient {
    pub(crate) fn parse(rest: &str) -> Result<Self, SyntaxError> {
        let (path, rest) = after(rest, "TO:")?;
        if path == "<>" {
            return Err(SyntaxError::Argument);
        }
        let mut recipient = Self { path, ..Self::default() };
        for parameter in parameters::parse(rest).ok_or(SyntaxError::Argument)? {
            let value = || parameter.value.map(str::to_owned).ok_or(SyntaxError::Argument);
            match parameter {
                p if p.is("NOTIFY") => recipient.notify = Some(value()?),
                p if p.is("ORCPT") => recipient.orcpt = Some(value()?),
                _ => return Err(SyntaxError::Parameter),
            }
        }
        Ok(recipient)
    }

    /// Whether every extension the command uses is among those offered.
    pub fn is_within(&self, offered: &Capabilities) -> bool {
        self.notify.is_none() && self.orcpt.is_none() || offered.dsn
    }

    /// The command for a next hop, with CRLF.
    pub fn encode(&self) -> String {
        let mut line = format!("RCPT TO:{}", self.path);
        for (key, value) in [("NOTIFY", &self.notify), ("ORCPT", &self.orcpt)] {
            if let Some(value) = value {
                line.push_str(&format!(" {key}={value}"));
            }
        }
        line.push_str("\r\n");
        line
    }
}

fn after<'a>(rest: &'a str, keyword: &str) -> Result<(String, &'a str), SyntaxError> {
    let rest = rest.trim_start();
    let head = rest.get(..keyword.len()).ok_or(SyntaxError::Argument)?;
    if !head.eq_ignore_ascii_case(keyword) {
        return Err(SyntaxError::Argument);
    }
    path::split(rest.get(keyword.len()..).unwrap_or_default()).ok_or(SyntaxError::Argument)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Capabilities {
        let size = Some(Some(1000));
        let auth = vec!["PLAIN".to_owned()];
        Capabilities { eight_bit_mime: true, smtputf8: true, dsn: true, size, auth, ..Capabilities::default() }
    }

    #[test]
    fn what_is_understood_is_written_again() {
        let text = "FROM:<bob@example.com> SIZE=10 BODY=8BITMIME RET=HDRS ENVID=a+2Bb AUTH=<> SMTPUTF8";
        let mail = Mail::parse(text).unwrap();
        assert_eq!(mail.encode(&all()), format!("MAIL {text}\r\n"));
        assert!(mail.is_within(&all()) && !mail.is_within(&Capabilities::default()));
        let text = "TO:<\"a b\"@example.com> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a@example.com";
        let recipient = Recipient::parse(text).unwrap();
        assert_eq!(recipient.encode(), format!("RCPT {text}\r\n"));
        assert!(recipient.is_within(&all()) && !recipient.is_within(&Capabilities::default()));
    }

    #[test]
    fn size_ends_at_a_hop_that_honours_it() {
        let mail = Mail::parse("from: <bob@example.com> size=10").unwrap();
        assert_eq!(mail.encode(&Capabilities::default()), "MAIL FROM:<bob@example.com>\r\n");
    }

    #[test]
    fn what_was_not_offered_is_refused_and_not_dropped() {
        for (text, error) in [
            ("FROM:<a@example.com> BODY=BINARYMIME", SyntaxError::Parameter),
            ("FROM:<a@example.com> REQUIRETLS", SyntaxError::Parameter),
            ("FROM:<a@example.com> SIZE=x", SyntaxError::Argument),
            ("FROM:<a@example.com> SIZE", SyntaxError::Argument),
            ("FROM <a@example.com>", SyntaxError::Argument),
            ("FROM:<\u{e9}@example.com>", SyntaxError::NotAscii),
        ] {
            assert_eq!(Mail::parse(text), Err(error), "{text}");
        }
        assert_eq!(Recipient::parse("TO:<>"), Err(SyntaxError::Argument));
        assert_eq!(Recipient::parse("TO:<a@example.com> X=1"), Err(SyntaxError::Parameter));
    }

    proptest::proptest! {
        /// Whatever was understood is understood again, by whoever reads what we relay, as what it was.
        #[test]
        fn what_is_relayed_reads_the_same(
            path in "<?[a-z\"\\\\ @<>:,]{0,12}>?", rest in "( (SIZE=9|BODY=7BIT|SMTPUTF8|RET=FULL|ENVID=[a-z+]{0,3}|AUTH=<>|X=1)){0,4}",
        ) {
            if let Ok(mail) = Mail::parse(&format!("FROM:{path}{rest}")) {
                let line = mail.encode(&all());
                let again = line.trim_end().strip_prefix("MAIL ").and_then(|rest| Mail::parse(rest).ok());
                proptest::prop_assert_eq!(again, Some(mail));
            }
        }
    }
}
