//! What an attachment is: by its first bytes, its name and, for archives, its directory.
//!
//! Security: nothing is unpacked or inflated. Only the first and the last [`WINDOW`] bytes are decoded, so that neither
//! a large nor a tightly packed file costs time.

mod active;
mod archive;
mod glimpse;
mod listing;
mod magic;
mod office;
mod page;
mod rar;
mod tar;
mod zip;

use model::features::{AttachmentFact, PartFact};

use self::glimpse::Glimpse;
use crate::bytes;
use crate::mime::transfer::{self, Encoding};

/// How much of a file is looked at, from either end, in bytes.
const WINDOW: usize = 64 * 1024;

/// Looks at an attachment; also whether its transfer encoding was clean.
pub(crate) fn inspect(part: &PartFact, encoding: Encoding, body: &[u8]) -> (AttachmentFact, bool) {
    let first = transfer::decode(encoding, body, WINDOW);
    let last =
        if first.cut { transfer::decode(encoding, tail(encoding, body), WINDOW).bytes } else { Default::default() };
    let glimpse = Glimpse { first: &first.bytes, last: &last };
    let name = part.name.as_deref().unwrap_or_default();
    let name = name.to_lowercase();
    let kind = magic::kind(glimpse.first, &name);
    let archive = archive::list(&glimpse, kind);
    let kind = zip::refine(kind, &archive.names);
    let fact = AttachmentFact {
        name: part.name.clone(),
        declared: part.content_type.clone(),
        kind,
        size: part.size,
        digest: digest(glimpse.first),
        encrypted: archive.encrypted || office::is_encrypted(&glimpse, kind),
        active: active::find(&glimpse, kind, &name),
        page: page::read(&glimpse, kind, &name),
        macros: office::has_macros(&glimpse, kind, &archive.names),
        inner_names: archive.names,
    };
    (fact, first.clean)
}

/// The encoded bytes that hold the last window, from a line's start: there base64 starts a new group.
fn tail(encoding: Encoding, body: &[u8]) -> &[u8] {
    let encoded = match encoding {
        Encoding::Identity => WINDOW,
        Encoding::Base64 | Encoding::QuotedPrintable => WINDOW.saturating_mul(4) / 3,
    };
    let rest = bytes::from(body, body.len().saturating_sub(encoded));
    if encoding == Encoding::Identity {
        return rest;
    }
    memchr::memchr(b'\n', bytes::head(rest, 1000)).map_or(rest, |end| bytes::from(rest, end.saturating_add(1)))
}

/// The content's digest without its CRs: a file reads the same as the wire.
fn digest(content: &[u8]) -> u64 {
    let mut digest = xxhash_rust::xxh3::Xxh3::new();
    content.split(|byte| *byte == b'\r').for_each(|piece| digest.update(piece));
    digest.digest()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::features::FileKind;

    fn inspected(name: &str, content: &[u8]) -> AttachmentFact {
        let part = PartFact {
            name: Some(name.into()),
            content_type: "application/octet-stream".into(),
            ..PartFact::default()
        };
        inspect(&part, Encoding::Identity, content).0
    }

    #[test]
    fn a_zip_tells_its_names_and_its_lock() {
        let fact = inspected("a.zip", &zip::tests::archive(&[("invoice.pdf.exe", true)]));
        assert_eq!(fact.kind, FileKind::Zip);
        assert_eq!((fact.inner_names, fact.encrypted), (vec!["invoice.pdf.exe".to_owned()], true));
    }

    #[test]
    fn an_office_file_with_a_macro_project_has_macros() {
        let names = [("[Content_Types].xml", false), ("word/vbaProject.bin", false)];
        let fact = inspected("a.docm", &zip::tests::archive(&names));
        assert_eq!((fact.kind, fact.macros, fact.encrypted), (FileKind::OfficeXml, true, false));
    }

    #[test]
    fn what_runs_by_itself_is_seen() {
        let active = |name: &str, content: &str| inspected(name, content.as_bytes()).active;
        assert!(active("a.svg", "<svg xmlns='x'><ScRiPt>location='//x'</script></svg>").is_some());
        assert!(active("a.svg", "<svg xmlns='x'><path d='M0 0'/></svg>").is_none());
        assert!(active("a.html", "<html><script>x()</script>").is_none());
        assert!(active("a.pdf", "%PDF-1.7\n1 0 obj <</S /JavaScript /JS (app.alert)>>").is_some());
        assert!(active("a.pdf", "%PDF-1.7\n1 0 obj <</S /Launch /F (cmd.exe)>>").is_some());
        assert!(active("a.pdf", "%PDF-1.7\n1 0 obj <</S /URI /URI (https://example.com)>>").is_none());
    }

    #[test]
    fn other_archives_tell_their_names_and_locks() {
        let fact = inspected("a.rar", &rar::tests::rar_4("invoice.pdf.exe", true));
        assert_eq!(
            (fact.kind, fact.encrypted, fact.inner_names),
            (FileKind::Rar, true, vec!["invoice.pdf.exe".into()])
        );
        let mut file = b"7z\xbc\xaf\x27\x1c\0\x04".to_vec();
        assert!(!inspected("a.7z", &file).encrypted);
        file.extend(b"\x24\x06\xf1\x07\x01\x0a");
        assert!(inspected("a.7z", &file).encrypted);
        assert_eq!(inspected("a.one", &magic::ONE_NOTE).kind, FileKind::OneNote);
    }

    #[test]
    fn an_encrypted_document_is_seen() {
        assert!(inspected("a.pdf", b"%PDF-1.7\n1 0 obj\ntrailer <</Encrypt 5 0 R>>").encrypted);
        let package: Vec<u8> = "EncryptedPackage".bytes().flat_map(|byte| [byte, 0]).collect();
        let ole = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 500], &package].concat();
        assert!(inspected("a.docx", &ole).encrypted);
    }

    #[test]
    fn the_directory_at_the_end_of_a_large_file_is_found() {
        let mut content = b"PK\x03\x04".to_vec();
        content.extend(vec![0; 200_000]);
        content.extend(zip::tests::directory("late.js"));
        assert_eq!(inspected("a.zip", &content).inner_names, ["late.js"]);
    }
}
