//! A page as a browser reads it: its tags in order, and what our content security policy would refuse.

use html5gum::{Token, Tokenizer};

const VOID: &[&str] = &["meta", "link", "input", "br", "hr", "img", "wbr"];

/// What is wrong with a page; nothing when all is well.
pub(crate) fn faults(html: &str) -> Vec<String> {
    // A program's own address is where a customer goes back to, by a link of his own choice.
    let html = &html.replace("rel=\"external noreferrer\" href=\"https:", "rel=\"external noreferrer\" href=\"/");
    let (mut open, mut faults) = (Vec::new(), Vec::new());
    let mut svg = false;
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                for (key, value) in &tag.attributes {
                    let (key, value) = (String::from_utf8_lossy(key), String::from_utf8_lossy(value));
                    faults.extend(attribute(&name, &key, &value));
                }
                svg |= name == "svg";
                if !VOID.contains(&name.as_str()) && !tag.self_closing {
                    open.push(name);
                } else if tag.self_closing && !svg {
                    faults.push(format!("<{name}/> closes itself"));
                }
            }
            Token::EndTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                let last = open.pop();
                if last.as_deref() != Some(name.as_str()) {
                    faults.push(format!("</{name}> closes {last:?}"));
                }
                svg &= name != "svg";
            }
            Token::Error(error) => faults.push(format!("{error:?}")),
            _ => {}
        }
    }
    faults.extend((!open.is_empty()).then(|| format!("never closed: {open:?}")));
    faults
}

fn attribute(tag: &str, key: &str, value: &str) -> Option<String> {
    let local = value.starts_with('/') || value.starts_with('#') || value.starts_with('?');
    let fault = match key {
        "style" => Some("a style of its own"),
        "href" | "action" | "src" if !local => Some("an address elsewhere"),
        _ if key.starts_with("on") => Some("a script of its own"),
        _ => None,
    };
    fault.map(|fault| format!("<{tag} {key}=\"{value}\">: {fault}"))
}

/// Every value of an attribute.
pub(crate) fn values(html: &str, attribute: &str) -> Vec<String> {
    let tags = Tokenizer::new(html).filter_map(|Ok(token)| match token {
        Token::StartTag(tag) => Some(tag),
        _ => None,
    });
    let values = tags.filter_map(|tag| {
        tag.attributes.get(attribute.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned())
    });
    values.collect()
}
