//! Packets as text, in both directions.

/// The packet of a line such as `C host 4 4711 192.0.2.1`.
pub(crate) fn encode(line: &str) -> Result<Vec<u8>, String> {
    let (command, rest) = line.split_at_checked(1).ok_or("an empty packet")?;
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    let data = match command {
        "O" => numbers(rest)?,
        "D" => macros(rest),
        "C" => connect(rest)?,
        "H" | "U" => strings(&[rest]),
        "M" | "R" => strings(&rest.split(' ').collect::<Vec<_>>()),
        "L" => strings(&rest.split_once(':').map(|(name, value)| [name, value]).ok_or("a header without colon")?),
        "B" | "E" => repeated(rest),
        _ => unescaped(rest),
    };
    let length = u32::try_from(data.len() + 1).map_err(|error| error.to_string())?;
    Ok([&length.to_be_bytes()[..], command.as_bytes(), &data].concat())
}

/// A packet of the milter as text: numbers in hexadecimal, strings separated by a bar.
pub(crate) fn decode(command: u8, data: &[u8]) -> String {
    let data = match command {
        b'O' => negotiated(data),
        b'm' | b'i' => indexed(data),
        _ => fields(data),
    };
    let data = data.replace('\r', "\\r").replace('\n', "\\n");
    format!("{} {data}", char::from(command)).trim_end().to_owned()
}

fn numbers(text: &str) -> Result<Vec<u8>, String> {
    let parse = |word| u32::from_str_radix(word, 16).map(u32::to_be_bytes).map_err(|error| format!("{word}: {error}"));
    Ok(text.split(' ').map(parse).collect::<Result<Vec<_>, _>>()?.concat())
}

/// `M {auth_authen}=bob i=Q1`
fn macros(text: &str) -> Vec<u8> {
    let mut words = text.split(' ');
    let mut data = words.next().unwrap_or_default().as_bytes().to_vec();
    for (name, value) in words.filter_map(|word| word.split_once('=')) {
        data.extend(strings(&[name, value]));
    }
    data
}

/// `host 4 4711 192.0.2.1` or `host U`
fn connect(text: &str) -> Result<Vec<u8>, String> {
    let words: Vec<_> = text.split(' ').collect();
    match words[..] {
        [host, family] => Ok([strings(&[host]), family.into()].concat()),
        [host, family, port, address] => {
            let port: u16 = port.parse().map_err(|_| format!("no port: {port}"))?;
            Ok([strings(&[host]), family.into(), port.to_be_bytes().into(), strings(&[address])].concat())
        }
        _ => Err("expected C HOST FAMILY [PORT ADDRESS]".into()),
    }
}

fn strings(texts: &[&str]) -> Vec<u8> {
    texts.iter().flat_map(|text| [unescaped(text), vec![0]].concat()).collect()
}

fn fields(data: &[u8]) -> String {
    String::from_utf8_lossy(data.strip_suffix(b"\0").unwrap_or(data)).replace('\0', "|")
}

/// `2|X-Name|value`
fn indexed(data: &[u8]) -> String {
    let (index, rest) = data.split_at(4);
    format!("{:x}|{}", u32::from_be_bytes(index.try_into().unwrap()), fields(rest))
}

/// `x*1000` is a thousand of them.
fn repeated(text: &str) -> Vec<u8> {
    match text.rsplit_once('*').and_then(|(unit, times)| Some((unit, times.parse().ok()?))) {
        Some((unit, times)) => unescaped(unit).repeat(times),
        None => unescaped(text),
    }
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.extend_from_slice(before.as_bytes());
        let (byte, length) = match after.as_bytes().first() {
            Some(b'n') => (b'\n', 1),
            Some(b'r') => (b'\r', 1),
            Some(b't') => (b'\t', 1),
            Some(b'0') => (0, 1),
            Some(b'x') => (after.get(1..3).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(b'?'), 3),
            _ => (b'\\', 0),
        };
        out.push(byte);
        rest = &after[length..];
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// `6 121 …` and the list of macros as `2=i {auth_authen}`.
fn negotiated(data: &[u8]) -> String {
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap());
    let (head, list) = data.split_at(12);
    let mut shown: Vec<_> = head.chunks(4).map(|bytes| format!("{:x}", number(bytes))).collect();
    let mut rest = list;
    while !rest.is_empty() {
        let (stage, names) = rest.split_at(4);
        let end = names.iter().position(|byte| *byte == 0).unwrap();
        shown.push(format!("{}={}", number(stage), String::from_utf8_lossy(&names[..end])));
        rest = &names[end + 1..];
    }
    shown.join("|")
}
