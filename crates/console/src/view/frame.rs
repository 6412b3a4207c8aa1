//! What stands around every page.

use customers::Language;
use serde::Serialize;
use serde::ser::Serializer;

use crate::assets::prefix;
use crate::words::Words;

/// Around every page.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// The page's language.
    #[serde(serialize_with = "word")]
    pub language: Language,
    /// The languages there are, with the address that shows this page in them.
    languages: Vec<LanguageLink>,
    /// Where style sheet and script are.
    pub assets: &'static str,
    /// The node's name.
    pub node: String,
    /// Whether refusals are only noted.
    pub monitor: bool,
    /// Who looks; `None` before the login and behind a link.
    pub viewer: Option<Viewer>,
    /// What every form carries back.
    pub csrf: String,
    /// The pages of the rail.
    pub nav: Vec<NavItem>,
    /// What has just happened.
    pub message: Option<Message>,
}

/// Who looks.
#[derive(Debug, Clone, Serialize)]
pub struct Viewer {
    /// His name.
    pub name: String,
    /// `operator`, `auditor` or `customer`.
    pub role: &'static str,
}

/// A page of the rail.
#[derive(Debug, Clone, Serialize)]
pub struct NavItem {
    /// Its words: `nav.WORD`.
    pub word: &'static str,
    /// Where it is.
    pub href: &'static str,
    /// Whether it is this one.
    pub current: bool,
    /// How much waits there.
    pub count: Option<u64>,
}

/// What has just happened.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// How it is meant.
    pub tone: Tone,
    /// In words.
    pub text: String,
}

/// How a message is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// It worked.
    Good,
    /// It needs attention.
    Warn,
    /// It failed.
    Bad,
}

#[derive(Debug, Clone, Serialize)]
struct LanguageLink {
    code: &'static str,
    name: &'static str,
    href: String,
}

impl Frame {
    /// A frame for nobody in particular; `here` is the page's path and query.
    pub fn new(language: Language, here: &str) -> Self {
        Self {
            language,
            languages: Language::ALL.iter().map(|language| LanguageLink::to(*language, here)).collect(),
            assets: prefix(),
            node: String::new(),
            monitor: false,
            viewer: None,
            csrf: String::new(),
            nav: Vec::new(),
            message: None,
        }
    }

    /// The words of the page.
    pub fn words(&self) -> &'static Words {
        Words::of(self.language)
    }
}

impl LanguageLink {
    fn to(language: Language, here: &str) -> Self {
        let (path, query) = here.split_once('?').unwrap_or((here, ""));
        let kept = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("language=") && !pair.starts_with("done="));
        let code = language.as_str();
        let query: Vec<_> = kept.map(str::to_owned).chain([format!("language={code}")]).collect();
        let name = match language {
            Language::En => "English",
            Language::Fr => "Français",
            Language::De => "Deutsch",
        };
        Self { code, name, href: format!("{path}?{}", query.join("&")) }
    }
}

fn word<S: Serializer>(language: &Language, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(language.as_str())
}
