//! Messages of any size that are built to make one scanner or another go over the same bytes again and again.

/// A name, and the message of so many bytes.
pub(crate) struct Trap {
    pub(crate) name: String,
    build: Box<dyn Fn(usize) -> Vec<u8>>,
}

impl Trap {
    pub(crate) fn of(&self, bytes: usize) -> Vec<u8> {
        (self.build)(bytes)
    }

    fn new(name: &str, build: impl Fn(usize) -> Vec<u8> + 'static) -> Self {
        Self { name: name.to_owned(), build: Box::new(build) }
    }

    /// One piece of bytes after the head until the message is full.
    fn repeated(kind: &str, head: &'static str, piece: &'static str) -> Self {
        Self::new(&format!("{kind}: {piece:?}"), move |bytes| filled(head, piece, "", bytes))
    }

    /// Pieces with a number in them, so that none is like another.
    fn numbered(name: &str, head: &'static str, piece: fn(usize) -> String) -> Self {
        Self::new(name, move |bytes| {
            let mut raw = head.as_bytes().to_vec();
            let mut number = 0;
            while raw.len() < bytes {
                raw.extend_from_slice(piece(number).as_bytes());
                number += 1;
            }
            raw
        })
    }

    /// Half the message opens something, the other half closes or uses it.
    fn halves(name: &str, head: &'static str, first: fn(usize) -> String, second: fn(usize) -> String) -> Self {
        Self::new(name, move |bytes| {
            let mut raw = head.as_bytes().to_vec();
            for (piece, end) in [(first, bytes / 2), (second, bytes)] {
                let mut number = 0;
                while raw.len() < end {
                    raw.extend_from_slice(piece(number).as_bytes());
                    number += 1;
                }
            }
            raw
        })
    }
}

fn filled(head: &str, piece: &str, end: &str, bytes: usize) -> Vec<u8> {
    let times = bytes.saturating_sub(head.len() + end.len()) / piece.len();
    [head, &piece.repeat(times), end].concat().into_bytes()
}

const HTML: &str = "From: a@shop.example\r\nSubject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";
const TEXT: &str = "From: a@shop.example\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
const MIXED: &str = "From: a@shop.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
const BASE64: &str =
    "Subject: x\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n";

/// What ordinary mail of the size is: the measure for all others.
pub(crate) fn ordinary() -> Trap {
    const LINE: &str =
        "Dear Anna, the minutes of our meeting in room 12 are below; please tell me when something is missing.\r\n";
    Trap::repeated("ordinary", TEXT, LINE)
}

pub(crate) fn all() -> Vec<Trap> {
    [html(), style(), links(), fields(), lists(), parts(), texts(), files(), charsets()].into_iter().flatten().collect()
}

fn html() -> Vec<Trap> {
    const PIECES: &[&str] = &[
        "<",
        "<b>",
        "</b>",
        "<b",
        "<b ",
        "</",
        "<!--",
        "<!-- --",
        "<!",
        "<?",
        "<![CDATA[",
        "<title>",
        "<script>",
        "<textarea>",
        "<plaintext>",
        "<a href=x>",
        "<a href='",
        "<a href=http://a.example>b.example",
        "<form><input type=password>",
        "<iframe><object>",
        "<p hidden>x",
        "<div style='display:none'>x",
        "<table bgcolor=red><td>",
        "<font color=#fff>x</font>",
        "&",
        "&#",
        "&#x",
        "&#x41;",
        "&am",
        "&amp",
        "a<i hidden>x</i>",
        "<svg><title>",
        "<meta http-equiv=refresh>",
        "<base href=a>",
        "<o:p>",
        "<xq>",
        "<img src=cid:x>",
        "<p title=\"",
        "x<br>",
        "<a><b></a>",
        "<td><tr></table>",
        "<select><option>",
    ];
    let mut traps: Vec<Trap> = PIECES.iter().map(|piece| Trap::repeated("html", HTML, piece)).collect();
    traps.push(Trap::halves("html: closes what was never opened", HTML, |_| "<b>".into(), |_| "</i>".into()));
    traps.push(Trap::halves("html: closes all that is open", HTML, |_| "<div hidden>x".into(), |_| "</div>x".into()));
    traps.push(Trap::halves(
        "html: open links, then text",
        HTML,
        |n| format!("<a href=http://h{n}.example>"),
        |_| "c.example ".into(),
    ));
    traps.push(Trap::numbered("html: one tag of attributes", concat!("Content-Type: text/html\r\n\r\n", "<p "), |n| {
        format!("a{n}=b ")
    }));
    traps.push(Trap::numbered("html: names nobody knows", HTML, |n| format!("<q{n}>")));
    traps
}

fn style() -> Vec<Trap> {
    const SHEET: &str = "Content-Type: text/html\r\n\r\n<style>";
    const PIECES: &[&str] =
        &[".a{", "{", "}", "/*", "*/", "@media{", ".a,", ".a{color:#fff}", ".a.b.c", "\\", "\"", "a>b ", ":not("];
    let mut traps: Vec<Trap> = PIECES.iter().map(|piece| Trap::repeated("style sheet", SHEET, piece)).collect();
    traps.push(Trap::halves(
        "style sheet: many classes, many elements",
        SHEET,
        |n| format!(".c{n}{{display:none}}"),
        |n| format!("{}<p class=c{n}>x</p>", if n == 0 { "</style>" } else { "" }),
    ));
    traps
        .push(Trap::numbered("style: elements of many classes", HTML, |n| format!("<p class='c{n} d{n} e{n} f{n}'>x")));
    const ONE: &str = "Content-Type: text/html\r\n\r\n<p style='";
    let pieces = ["color:red;", "color:", ";", ":", "rgb(", "font-size:0", "/*", "-", "!important", "0.", "clip:rect("];
    traps.extend(pieces.iter().map(|piece| Trap::repeated("style", ONE, piece)));
    traps
}

fn links() -> Vec<Trap> {
    const PIECES: &[&str] = &[
        "http://",
        "http://a",
        "http://a.example ",
        "http://a@",
        "https://a.example/?u=",
        "://",
        "www.",
        "www.a.b/(",
        "mailto:",
        "a.b@",
        "@",
        "a@a",
        "....",
        "a.a.",
        "http://0x7f.1 ",
        "http://[::",
        "http://1.",
        "%41",
        "http://a.example/%2f",
        "xn--a-",
        "www.xn--a ",
        "//",
        "hxxp://a.example ",
    ];
    let mut traps: Vec<Trap> = PIECES.iter().map(|piece| Trap::repeated("link", TEXT, piece)).collect();
    traps.push(Trap::numbered("links: no host twice", HTML, |n| format!("<a href='http://h{n}.example/x?a=b'>y</a>")));
    traps.push(Trap::numbered("links: look-alike hosts", HTML, |n| {
        format!("<a href='http://secure-paypa1-{n}.example/x'>y</a>")
    }));
    traps.push(Trap::numbered("links: no host twice, in text", TEXT, |n| format!("http://h{n}.example/a ")));
    traps.push(Trap::numbered("links: through redirectors", HTML, |n| {
        format!("<a href='http://www.google.com/url?q=http://h{n}.example'>y</a>")
    }));
    traps.push(Trap::new("link: one of the whole size", |bytes| filled(TEXT, "a", "", bytes)));
    traps.push(Trap::new("link: one path of the whole size", |bytes| {
        filled("\r\n\r\nhttp://a.example/", "a/?b=c&", "", bytes)
    }));
    traps
}

/// One field of the whole size.
fn fields() -> Vec<Trap> {
    const FIELDS: &[(&str, &[&str])] = &[
        (
            "Subject: ",
            &["=?", "=?utf-8?q?", "=?utf-8?b?YQ==?= ", "=?utf-8?b?YQ ", "=?x?y?z", "Re: ", "\r\n ", "?=", "a  ", "é"],
        ),
        (
            "From: ",
            &[
                "(",
                "\\",
                "\"",
                "<",
                "<<<<",
                "@",
                "@@@@",
                ",",
                ":;",
                "a@b.example,",
                "=?utf-8?b?YQ==?= ",
                "(\\",
                "\"a\" ",
            ],
        ),
        ("To: ", &["(", "a@b.example, ", "g:", ";", "<a@b.example>", "=?utf-8?b?YQ a@b,"]),
        ("Date: ", &["(", "1", "Mon, ", "+0000 ", ":"]),
        ("Message-ID: ", &["<", "@", "<a@b>", "(", "."]),
        ("References: ", &["<a@b.example> ", "<", "(("]),
        ("Content-Type: ", &["a/b;", ";a*1*=x", ";boundary=b", "(", "\"", "/", ";name=\"", "=?utf-8?q?a?="]),
        ("Content-Type: multipart/mixed; boundary=\"", &["-", "\\", "a "]),
        ("X-PHP-Script: ", &["/tmp/", "eval()'d code", "http://"]),
        ("X-Mailer: ", &["Microsoft Outlook ", "a"]),
        ("DKIM-Signature: ", &["v=1;", "b=", ";;", " ", "h=a:"]),
        ("Received: ", &["from a ([192.0.2.1]) ", "(", ";"]),
    ];
    let field = |name: &'static str, piece: &'static str| {
        Trap::new(&format!("field: {name}{piece:?}"), move |bytes| filled(name, piece, "\r\n\r\nbody\r\n", bytes))
    };
    FIELDS.iter().flat_map(|(name, pieces)| pieces.iter().map(move |piece| field(name, piece))).collect()
}

/// Fields without end.
fn lists() -> Vec<Trap> {
    const LINES: &[&str] = &[
        "X-A: y\r\n",
        "From: a@b.example\r\n",
        "Subject: =?utf-8?q?a?=\r\n",
        "Received: from a by b; x\r\n",
        "no field\r\n",
        ":\r\n",
        " \r\n",
        "\t",
        "\r",
        "\0",
        "X-Tool: =?utf-8?q?a?=\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n",
        "A: b\n",
        "DKIM-Signature: v=1; a=b\r\n",
        "To: a@b.example\r\n",
    ];
    let mut traps: Vec<Trap> = LINES.iter().map(|line| Trap::repeated("header", "", line)).collect();
    traps.push(Trap::numbered("header: no field twice", "", |n| format!("X-{n}: y\r\n")));
    traps
}

fn parts() -> Vec<Trap> {
    const PIECES: &[&str] = &[
        "--b\r\n",
        "--b\r\n\r\n",
        "--c\r\n",
        "--",
        "--b",
        "--b--\r\n",
        "\n--b",
        "\r\n",
        "--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n",
    ];
    let mut traps: Vec<Trap> = PIECES.iter().map(|piece| Trap::repeated("parts", MIXED, piece)).collect();
    let nested = |n: usize| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
    traps.push(Trap::numbered("parts: nested", "", nested));
    traps.push(Trap::halves("parts: nested, then boundaries of all", "", nested, |n| format!("--b{n}--\r\n")));
    traps.push(Trap::halves("parts: nested, then of none", "", nested, |_| "--b\r\n".into()));
    traps.push(Trap::repeated("parts", "", "Content-Type: message/rfc822\r\n\r\n"));
    traps.push(Trap::numbered("parts: messages side by side", MIXED, |n| {
        format!("--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: {n}\r\nFrom: a@b.example\r\n\r\nx\r\n")
    }));
    traps.push(Trap::numbered("parts: many files", MIXED, |n| {
        format!("--b\r\nContent-Type: a/b; name=f{n}.exe\r\n\r\nMZ\r\n")
    }));
    traps
}

fn texts() -> Vec<Trap> {
    const PIECES: &[&str] = &[
        "a",
        "\u{200b}",
        "a\u{200b}",
        "e\u{301}",
        "\u{301}",
        "\u{202e}",
        "\u{fe0f}\u{200d}",
        "👩\u{200d}",
        "аa",
        "аbс ",
        "𝐚",
        "ａ",
        "您的账户已被",
        "ก",
        "ﷺ",
        "\u{fdfa} ",
        "a b c d ",
        "A B",
        "SHOUT ",
        "next of kin ",
        "next of ",
        "million dollars ",
        "1",
        "1A1z",
        "bc1q",
        "3FZbgi29cpjq2GjdwV8eyHuJJnkLtktZc5 ",
        "password: ",
        "Passwort ist x ",
        "+1-800-",
        "$1,000 ",
        "> ",
        ">> > ",
        "\r\n> From:",
        " ",
        "\t",
        "\u{a0}",
        "\n",
        "- ",
        "_",
        "*",
        "!",
        "V1agra ",
        "v.i.a.g.r.a ",
        "-----Original Message-----\r\n",
        "On Monday a@b.example wrote:\r\n",
        "unsubscribe ",
        "İ",
        "ß",
        "\u{ad}",
    ];
    let mut traps: Vec<Trap> = PIECES.iter().map(|piece| Trap::repeated("text", TEXT, piece)).collect();
    traps.push(Trap::numbered("text: no word twice", TEXT, |n| format!("w{n}x ")));
    traps.push(Trap::numbered("text: no mixed word twice", TEXT, |n| format!("а{n}a ")));
    traps
}

fn files() -> Vec<Trap> {
    // In base64: a local ZIP header named a.zip with lying sizes, a directory entry, a RAR header, a PDF's script, an SVG's, and so on.
    const PIECES: &[(&str, &str)] = &[
        ("a bomb of ZIP headers", "UEsDBBQAAQAI//////////////////////////////8FAGEuemlw"),
        ("ZIP marks", "UEsDBFBLAwRQSwECUEsBAlBL"),
        ("RAR", "UmFyIRoHAM+QcwAADQAAAAAAAAA="),
        ("RAR 5", "UmFyIRoHAQAz"),
        ("zeros", "AAAA"),
        ("PDF scripts", "L0phdmFTY3JpcHQg"),
        ("open PDF objects", "PDwvUyAv"),
        ("OLE names", "RQBuAGMAcgB5AHAAdABlAGQA"),
        ("SVG scripts", "PHNjcmlwdD4="),
        ("tar blocks", "dXN0YXIAMDA="),
        ("garbage", "UEs!DBA="),
    ];
    const KINDS: &[(&str, &str)] = &[
        ("zip", "UEsDBBQA"),
        ("rar", "UmFyIRoHAM+Q"),
        ("7z", "N3q8ryccAAQA"),
        ("pdf", "JVBERi0xLjcK"),
        ("doc", "0M8R4KGxGuEA"),
        ("svg", "PHN2ZyAA"),
        ("tar", "AAAA"),
        ("rtf", "e1xydGYx"),
        ("one", "5FJce4zY"),
    ];
    let of = |(ending, magic): &(&str, &str), (name, piece): &(&str, &'static str)| {
        let head = BASE64.replace("a.bin", &format!("a.{ending}")) + magic;
        let piece = *piece;
        Trap::new(&format!("file: {ending}, {name}"), move |bytes| filled(&head, piece, "", bytes))
    };
    let mut traps: Vec<Trap> = KINDS.iter().flat_map(|kind| PIECES.iter().map(move |piece| of(kind, piece))).collect();
    const QUOTED: &str = "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
    traps.extend(
        ["=", "=\r\n", "=3", "=3D", "= \r\n", " \r\n", "==", "=C3"]
            .map(|piece| Trap::repeated("quoted-printable", QUOTED, piece)),
    );
    const ENCODED: &str = "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    traps
        .extend(["QUFB", "=", "====", "\r\n", "Q!", "Q", "Q=Q="].map(|piece| Trap::repeated("base64", ENCODED, piece)));
    traps
}

fn charsets() -> Vec<Trap> {
    const NAMES: &[&str] = &[
        "utf-7",
        "utf-16",
        "utf-16le",
        "utf-32",
        "iso-2022-jp",
        "iso-2022-kr",
        "gb18030",
        "gbk",
        "big5",
        "shift_jis",
        "euc-kr",
        "hz-gb-2312",
        "x-mac-roman",
        "none",
    ];
    const PIECES: &[&str] = &["+AGE-", "+", "\u{1b}$B", "\u{1b}(J", "~{", "a\0", "\u{e9}", "\u{d8}\u{d8}"];
    let of = |name: &&str, piece: &&'static str| {
        let head = format!("Content-Type: text/plain; charset={name}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
        let piece = *piece;
        Trap::new(&format!("charset {name}: {piece:?}"), move |bytes| filled(&head, piece, "", bytes))
    };
    NAMES.iter().flat_map(|name| PIECES.iter().map(move |piece| of(name, piece))).collect()
}
