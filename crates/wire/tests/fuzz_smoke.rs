//! The fuzzer's checks over a bounded number of inputs: seeds of each protocol, cut, joined and bent the same way each time.

#![cfg(test)]

#[path = "../../../fuzz/checks/mod.rs"]
mod checks;

/// Inputs for each check.
const ROUNDS: usize = 20_000;

const COMMANDS: &[&[u8]] = &[
    b"EHLO client.example\r\n",
    b"MAIL FROM:<bob@shop.example> SIZE=10 BODY=8BITMIME RET=HDRS ENVID=a+2Bb AUTH=<> SMTPUTF8\r\n",
    b"RCPT TO:<\"a b\"@example.com> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a@example.com\r\n",
    b"BDAT 86 LAST\r\n",
    b"XCLIENT ADDR=IPv6:2001:db8::7 LOGIN=bob NAME=[UNAVAILABLE]\r\n",
    b"250-mx.example\r\n250-SIZE 1000\r\n250-AUTH=PLAIN LOGIN\r\n250 DSN\r\n",
    b"421 4.3.2 closing\r\n",
];
const CONTENT: &[&[u8]] = &[
    b"\r\n.\r\n",
    b".\r\n",
    b"\n.\n",
    b"\n.\r\n",
    b"\r.\r",
    b"\r\n\0.\r\n",
    b"..",
    b"Subject: x\r\n",
    b"\r\n",
    b"\xff",
];
const HEADERS: &[&[u8]] = &[
    b"PROXY TCP4 192.0.2.1 198.51.100.1 4711 25\r\n",
    b"PROXY TCP6 2001:db8::1 2001:db8::2 4711 25\r\n",
    b"PROXY UNKNOWN\r\n",
    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x01\x12\x67\0\x19",
    b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0",
    b"220 mx.example\r\n",
];

const LETTERS: &[&[u8]] = &[
    b"LHLO relay.example\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n",
    b"RCPT TO:<b@example.com>\r\n",
    b"DATA\r\n",
    b"Subject: x\r\n\r\n1. no\r\n",
    b".\r\n",
    b"RSET\r\nNOOP\r\n",
    b"\n.\r\n",
];

const ANSWERS: &[&[u8]] = &[
    b"* OK [CAPABILITY IMAP4rev1] ready\r\n",
    b"* SEARCH 3 7\r\n",
    b"* LIST (\\Noselect) \"/\" \"INBOX\"\r\n",
    b"a1 OK done\r\n",
    b"a1 NO [AUTHENTICATIONFAILED] wrong\r\n",
    b"* 1 FETCH (BODY[] {4294967296}\r\n",
    b"+ go on\r\n",
    b"* BYE\r\n",
];

/// Numbers that look random and are the same in each run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }

    /// Seeds, one behind the other, with some of their bytes changed, lost or doubled.
    fn input(&mut self, seeds: &[&[u8]]) -> Vec<u8> {
        let count = 1 + self.below(5);
        let mut input: Vec<u8> = (0..count).flat_map(|_| seeds[self.below(seeds.len())].to_vec()).collect();
        for _ in 0..self.below(6) {
            let at = self.below(input.len());
            match self.below(3) {
                0 if !input.is_empty() => input[at] = b"\r\n.\0 <>=\x80\xffA9"[self.below(12)],
                1 if !input.is_empty() => drop(input.remove(at)),
                _ => input.insert(at, input.get(at).copied().unwrap_or(b'\n')),
            }
        }
        input
    }
}

fn driven(seeds: &[&[u8]], mut check: impl FnMut(&mut Numbers, &[u8])) {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for _ in 0..ROUNDS {
        let input = numbers.input(seeds);
        check(&mut numbers, &input);
    }
}

#[test]
fn commands_and_replies() {
    driven(COMMANDS, |_, input| checks::smtp_commands::check(input));
}

#[test]
fn content() {
    driven(CONTENT, |numbers, input| checks::smtp_content::check(numbers.below(2) == 0, input));
}

#[test]
fn chunks() {
    driven(CONTENT, |numbers, input| {
        let size = u16::try_from(numbers.below(2 * input.len())).unwrap_or(u16::MAX);
        checks::smtp_chunks::check(size, u8::try_from(numbers.below(40)).unwrap_or(1), input);
    });
}

#[test]
fn proxy_headers() {
    driven(HEADERS, |_, input| checks::proxy_protocol::check(input));
}

#[test]
fn replies_over_lmtp() {
    driven(LETTERS, |_, input| checks::lmtp::check(input));
}

#[test]
fn answers_over_imap() {
    driven(ANSWERS, |_, input| checks::imap::check(input));
}
