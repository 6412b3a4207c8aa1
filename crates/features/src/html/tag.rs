//! Element names: which are known, which break the line, which have no content, whose text is not shown.

/// An element's name, cut at 12 bytes: no known one is longer than `blockquote` and `figcaption`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Name {
    bytes: [u8; 12],
    length: u8,
}

impl Name {
    /// The name, in lower case as the tokenizer gives it.
    pub(crate) fn new(name: &[u8]) -> Self {
        let mut bytes = [0; 12];
        bytes.iter_mut().zip(name).for_each(|(place, byte)| *place = *byte);
        Self { bytes, length: u8::try_from(name.len()).unwrap_or(u8::MAX) }
    }

    /// The name; what was cut matches no known element.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or(b"?")
    }

    fn has_prefix(&self) -> bool {
        self.bytes.contains(&b':')
    }
}

/// What an element does to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Has no content and no end tag.
    Void,
    /// Starts on a line of its own.
    Block,
    /// Runs on in the line.
    Inline,
    /// Its text is not shown.
    Unseen,
    /// Nobody knows it.
    Unknown,
}

/// The kind of an element. Prefixed names (`o:p`, `v:rect`) belong to Office.
pub(crate) fn kind(name: &Name) -> Kind {
    match name.as_bytes() {
        b"area" | b"base" | b"basefont" | b"bgsound" | b"br" | b"col" | b"embed" | b"frame" | b"hr" | b"img"
        | b"input" | b"keygen" | b"link" | b"meta" | b"param" | b"source" | b"track" | b"wbr" => Kind::Void,
        b"address" | b"article" | b"aside" | b"blockquote" | b"body" | b"caption" | b"center" | b"dd" | b"dir"
        | b"div" | b"dl" | b"dt" | b"fieldset" | b"figcaption" | b"figure" | b"footer" | b"form" | b"h1" | b"h2"
        | b"h3" | b"h4" | b"h5" | b"h6" | b"header" | b"html" | b"legend" | b"li" | b"main" | b"menu" | b"nav"
        | b"ol" | b"option" | b"p" | b"pre" | b"section" | b"summary" | b"table" | b"tbody" | b"td" | b"tfoot"
        | b"th" | b"thead" | b"tr" | b"ul" => Kind::Block,
        b"script" | b"style" | b"title" | b"template" => Kind::Unseen,
        b"a" | b"abbr" | b"acronym" | b"applet" | b"audio" | b"b" | b"bdi" | b"bdo" | b"big" | b"blink" | b"button"
        | b"canvas" | b"cite" | b"code" | b"colgroup" | b"data" | b"datalist" | b"del" | b"details" | b"dfn"
        | b"dialog" | b"em" | b"font" | b"frameset" | b"g" | b"head" | b"hgroup" | b"i" | b"iframe" | b"ins"
        | b"kbd" | b"label" | b"map" | b"mark" | b"marquee" | b"math" | b"meter" | b"nobr" | b"noframes"
        | b"noscript" | b"object" | b"optgroup" | b"output" | b"path" | b"picture" | b"plaintext" | b"progress"
        | b"q" | b"rect" | b"rp" | b"rt" | b"ruby" | b"s" | b"samp" | b"search" | b"select" | b"slot" | b"small"
        | b"span" | b"strike" | b"strong" | b"sub" | b"sup" | b"svg" | b"textarea" | b"time" | b"tt" | b"u"
        | b"use" | b"var" | b"video" | b"xml" | b"xmp" => Kind::Inline,
        _ if name.has_prefix() => Kind::Inline,
        _ => Kind::Unknown,
    }
}

/// Whether opening an element ends an open one of the same name (HTML 13.1.2.4, optional tags).
pub(crate) fn ends_its_like(name: &Name) -> bool {
    matches!(name.as_bytes(), b"p" | b"li" | b"td" | b"th" | b"tr" | b"option" | b"dt" | b"dd" | b"a")
}
