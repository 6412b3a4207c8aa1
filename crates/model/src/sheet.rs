//! Lines of a table for a spreadsheet (RFC 4180).
//!
//! Security: cells come from mail of a thief, and a spreadsheet runs a cell that begins like a formula. Such a cell gets an
//! apostrophe in front, which spreadsheets take for "this is text".

/// One line, with its end.
pub fn line(cells: &[&str]) -> String {
    let cells: Vec<_> = cells.iter().map(|text| cell(text)).collect();
    cells.join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    let number = text.parse::<f64>().is_ok();
    let begins = text.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let formula = !number && (begins || text.starts_with(['\t', '\r', '\n']));
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\"").replace(['\r', '\n'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_is_a_formula_or_ends_its_cell() {
        for (text, expected) in [
            ("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\""),
            (" @SUM(1)", "\"' @SUM(1)\""),
            ("-12", "\"-12\""),
            ("-1+cmd", "\"'-1+cmd\""),
            ("\tx", "\"'\tx\""),
            ("\rx", "\"' x\""),
            ("\u{ff1d}1", "\"'\u{ff1d}1\""),
            ("a\"b\r\nc", "\"a\"\"b  c\""),
            ("<1@a.example>", "\"<1@a.example>\""),
        ] {
            assert_eq!(line(&[text]), format!("{expected}\r\n"));
        }
        assert_eq!(line(&["a", ""]), "\"a\",\"\"\r\n");
    }
}
