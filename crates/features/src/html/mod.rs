//! Reduces HTML to what its reader sees, and counts what stands behind it.
//!
//! Security: html5gum's tokenizer is linear on hostile input; there is no tree, only a bounded stack of open elements.
//! Limits: of style sheets only `.class{display:none}` and the like are known; what scripts would do is not.

mod colour;
mod element;
mod link;
mod look;
mod quiet;
mod sheet;
mod stack;
mod style;
mod tag;
mod visible;

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use model::features::{HtmlFacts, UrlSource};

use crate::bytes;
use crate::html::element::{Attribute, Element};
use crate::html::link::OpenLink;
use crate::html::quiet::Quiet;
use crate::html::sheet::Sheet;
use crate::html::stack::Stack;
use crate::html::tag::Kind;
use crate::html::visible::Visible;
use crate::url::Collector;

/// A style sheet is read up to here, in bytes.
const MAX_SHEET: usize = 64 * 1024;
/// More misleading links are counted as links only.
const MAX_MISLEADING: usize = 20;

/// Reads the HTML parts of one message, one after the other.
#[derive(Default)]
pub(crate) struct Reducer {
    /// What was counted so far.
    pub(crate) facts: HtmlFacts,
    visible: Visible,
}

impl Reducer {
    /// Reads one part.
    pub(crate) fn read(&mut self, html: &str, urls: &mut Collector) {
        self.facts.bytes = self.facts.bytes.saturating_add(html.len());
        let mut document = Document::new(self, urls);
        let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
            document.event(event);
            None
        });
        emitter.naively_switch_states(true);
        let Ok(()) = Tokenizer::new_with_emitter(html, Quiet(emitter)).finish();
        document.end_link();
        self.visible.break_line();
    }

    /// What was counted, the visible text, and whether text was cut; no facts when there was no HTML.
    pub(crate) fn finish(self) -> (Option<HtmlFacts>, String, bool) {
        let mut facts = self.facts;
        self.visible.tell(&mut facts);
        let had_html = facts.bytes > 0;
        (had_html.then_some(facts), self.visible.text, self.visible.cut)
    }
}

/// One part while it is read.
struct Document<'r> {
    facts: &'r mut HtmlFacts,
    visible: &'r mut Visible,
    urls: &'r mut Collector,
    stack: Stack,
    sheet: Sheet,
    element: Element,
    attribute: Attribute,
    link: Option<OpenLink>,
    /// Inside `<title>`, `<style>` or the like: its text is not shown.
    unseen: Option<tag::Name>,
}

impl<'r> Document<'r> {
    fn new(reducer: &'r mut Reducer, urls: &'r mut Collector) -> Self {
        Self {
            facts: &mut reducer.facts,
            visible: &mut reducer.visible,
            urls,
            stack: Stack::default(),
            sheet: Sheet::default(),
            element: Element::default(),
            attribute: Attribute::Other,
            link: None,
            unseen: None,
        }
    }

    fn event(&mut self, event: CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => self.element.begin(name),
            CallbackEvent::AttributeName { name } => {
                self.attribute = Attribute::of(name);
                self.element.see(self.attribute);
            }
            CallbackEvent::AttributeValue { value } => self.element.set(self.attribute, value),
            CallbackEvent::CloseStartTag { .. } => self.open(),
            CallbackEvent::EndTag { name } => self.close(name),
            CallbackEvent::String { value } => self.text(value),
            CallbackEvent::Comment { value } => self.comment(value),
            CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
    }

    fn open(&mut self) {
        let element = std::mem::take(&mut self.element);
        self.count(&element);
        let kind = tag::kind(&element.tag);
        match kind {
            Kind::Unseen => self.unseen = Some(element.tag),
            Kind::Block => self.visible.break_line(),
            Kind::Unknown => self.facts.unknown_tags += 1,
            Kind::Void | Kind::Inline => {}
        }
        if element.is(b"br") || element.is(b"hr") {
            self.visible.break_line();
        }
        self.stack.make_way_for(element.tag);
        let look = self.stack.look().of_child(&element, &self.sheet);
        if element.is(b"a") {
            self.open_link(&element);
        }
        if kind != Kind::Void {
            self.stack.open(element.tag, look);
        }
        self.element = element;
    }

    fn count(&mut self, element: &Element) {
        let facts = &mut *self.facts;
        facts.scripts += element.handlers;
        match element.tag.as_bytes() {
            b"form" => facts.forms += 1,
            b"script" => facts.scripts += 1,
            b"iframe" | b"object" | b"embed" | b"applet" => facts.embeds += 1,
            b"base" => facts.bases += 1,
            b"input" if element.kind_is("password") => facts.password_inputs += 1,
            b"meta" if element.http_equiv.trim().eq_ignore_ascii_case("refresh") => facts.refreshes += 1,
            b"img" => self.count_image(&element.source),
            _ => {}
        }
        self.add_address(element);
    }

    fn count_image(&mut self, source: &str) {
        let source = source.trim();
        if link::has_scheme(source, &["cid", "data"]) {
            self.facts.inline_images += 1;
        } else if link::has_scheme(source, &["http", "https"]) || source.starts_with("//") {
            self.facts.remote_images += 1;
            self.urls.add(source, UrlSource::Image);
        }
    }

    fn add_address(&mut self, element: &Element) {
        if element.target.is_empty() || element.is(b"link") {
            return;
        }
        self.facts.script_links += usize::from(link::has_scheme(&element.target, &["data", "javascript", "vbscript"]));
        self.urls.add(&element.target, UrlSource::Link);
    }

    fn open_link(&mut self, element: &Element) {
        self.end_link();
        if !element.target.is_empty() {
            self.facts.links += 1;
            self.link = Some(OpenLink::to(&element.target));
        }
    }

    fn end_link(&mut self) {
        let misleading = self.link.take().and_then(|link| link.misleads());
        if self.facts.misleading_links.len() < MAX_MISLEADING {
            self.facts.misleading_links.extend(misleading);
        }
    }

    fn close(&mut self, name: &[u8]) {
        let name = tag::Name::new(name);
        if self.unseen == Some(name) {
            self.unseen = None;
        }
        match name.as_bytes() {
            b"a" => self.end_link(),
            _ if tag::kind(&name) == Kind::Block => self.visible.break_line(),
            _ => {}
        }
        self.stack.close(name);
    }

    fn text(&mut self, value: &[u8]) {
        let text = bytes::lossy(value);
        match self.unseen {
            Some(name) if name.as_bytes() == b"style" => {
                self.sheet.read(model::names::bounded(&text, MAX_SHEET));
            }
            Some(_) => {}
            None if self.stack.look().is_hidden() => self.visible.push_hidden(&text),
            None => {
                if let Some(link) = &mut self.link {
                    link.show(&text);
                }
                self.visible.push(&text);
            }
        }
    }

    fn comment(&mut self, value: &[u8]) {
        let conditional = value.trim_ascii_start().starts_with(b"[if") || bytes::contains(value, b"[endif]");
        if !conditional {
            self.facts.comment_bytes += value.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(html: &str) -> (HtmlFacts, String) {
        let mut reducer = Reducer::default();
        reducer.read(html, &mut Collector::default());
        let (facts, text, _) = reducer.finish();
        (facts.unwrap(), text)
    }

    #[test]
    fn only_what_is_shown_is_text() {
        let (facts, text) = reduced(
            "<title>T</title><style>p{color:red}</style><p>One &amp; two<br>three</p><script>x()</script>\
             <!-- c --><!--[if mso]>m<![endif]--><b>V</b>iagra<div>end",
        );
        assert_eq!(text, "One & two\nthree\nViagra\nend");
        assert_eq!((facts.visible_chars, facts.hidden_chars, facts.scripts, facts.comment_bytes), (21, 0, 1, 3));
    }

    #[test]
    fn text_hidden_in_every_way_is_counted_apart() {
        for hiding in [
            "style='display: none !important'",
            "style=\"visibility:hidden\"",
            "style=font-size:0",
            "style='FONT-SIZE:1px'",
            "style='color:#fff'",
            "style='color:rgb(254,254,254)'",
            "style='background:#123456;color:#123457'",
            "style='opacity:0'",
            "style='text-indent:-9999px'",
            "style='position:absolute;left:-5000px'",
            "style='max-height:0;overflow:hidden'",
            "style='height:1px;overflow:hidden'",
            "style='font:0/0 a'",
            "style='font:bold 1px Arial'",
            "style='position:absolute;clip:rect(0,0,0,0)'",
            "style='clip-path:inset(50%)'",
            "style='transform:scale(0)'",
            "style='filter:opacity(0)'",
            "hidden",
            "class='x gone'",
        ] {
            let html = format!("<style>.gone{{display:none}}</style>Shown<div {hiding}>secret <i>words</i></div>again");
            let (facts, text) = reduced(&html);
            assert_eq!(text, "Shown\nagain", "{hiding}");
            assert_eq!((facts.hidden_chars, facts.hidden_sample.as_str()), (11, "secret words"), "{hiding}");
        }
    }

    #[test]
    fn ordinary_templates_hide_nothing() {
        for html in [
            "<table bgcolor='#000000'><tr><td style='color:#ffffff'>x</td></tr></table>",
            "<td style='font-size:0px'><div style='font-size:13px'>x</div></td>",
            "<style>.b{background:#00f}</style><td class=b><a style='color:#fff'>x</a></td>",
            "<style>@media (max-width:600px){.b{display:none}}</style><p class=b>x</p>",
            "<div style='background:url(x.png)'><p style='color:white'>x</p></div>",
            "<style>.t{font-size:14px}</style><td style='font-size:0'><div class=t>x</div></td>",
            "<style>body{background:#000}</style><body><p style='color:#fff'>x</p>",
            "<style>a{color:red}</style><td style='color:#fff'><a>x</a></td>",
            "<style>@media (max-width:600px){.m{display:block !important}}</style><div class=m style='display:none'>x</div>",
            "<p style='display:none'><p>x",
            "<p style='font:700 14px/20px Arial'>x</p>",
            "<div style='font-size:0'><p style='font:14px Arial'>x</p></div>",
            "<div style='visibility:hidden'><b style='visibility:visible'>x</b></div>",
        ] {
            assert_eq!(reduced(html).1, "x", "{html}");
        }
    }

    #[test]
    fn hidden_text_inside_words_is_counted() {
        let splits = |html: &str| reduced(html).0.split_words;
        assert_eq!(splits("pay<i style='font-size:0'>x7</i>pal, Mic<b hidden>q</b>ro<b hidden>z</b>soft"), 3);
        assert_eq!(
            splits("Hello <i hidden>x</i>you, one<i hidden>x</i> two<div hidden>x</div>three<i hidden> </i>s"),
            0
        );
    }

    #[test]
    fn a_short_preheader_is_no_hidden_text() {
        let preheader = |text: &str| reduced(&format!("<div style='display:none'>{text}</div><p>Hello</p>")).0;
        let facts = preheader("Our offers this week &zwnj;&nbsp;&zwnj;&nbsp;");
        assert_eq!((facts.preheader_chars, facts.hidden_chars), (17, 0));
        let facts = preheader(&"x".repeat(300));
        assert_eq!((facts.preheader_chars, facts.hidden_chars), (0, 300));
    }

    #[test]
    fn a_link_that_shows_another_host_misleads() {
        let links = |html: &str| reduced(html).0.misleading_links;
        let misleading = links("<a href='http://evil.example/x'>https://www.bank.example/</a>");
        assert_eq!(misleading, [("www.bank.example".to_owned(), "evil.example".to_owned())]);
        for honest in [
            "<a href='http://evil.example/'>click here</a>",
            "<a href='https://login.bank.example/'>www.bank.example</a>",
            "<a href='mailto:x@bank.example'>www.bank.example</a>",
            "<a name=x>www.bank.example</a>",
        ] {
            assert_eq!(links(honest), [], "{honest}");
        }
    }

    #[test]
    fn elements_are_counted() {
        let (facts, _) = reduced(
            "<form action='http://evil.example/p'><input type=Password><input type=text></form><iframe></iframe>\
             <meta http-equiv=Refresh content=0><base href='http://a.example/'><img src='cid:1'><img src='https://t.example/p.gif'>\
             <a href='JavaScript:x()' onclick='y()'>z</a><qzx>q</qzx><o:p></o:p>",
        );
        assert_eq!((facts.forms, facts.password_inputs, facts.embeds, facts.refreshes, facts.bases), (1, 1, 1, 1, 1));
        assert_eq!((facts.inline_images, facts.remote_images), (1, 1));
        assert_eq!((facts.script_links, facts.scripts, facts.links, facts.unknown_tags), (1, 1, 1, 1));
    }
}
