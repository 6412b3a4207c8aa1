//! What was done and looked at, and by whom.

use access::AuditEntry;
use serde::Serialize;

use super::paging::Paging;
use crate::render::Page;

/// Lines of the audit log.
#[derive(Debug, Clone, Serialize)]
pub struct AuditPage {
    rows: Vec<Line>,
    who: String,
    action: String,
    actions: Vec<&'static str>,
    pages: Paging,
    /// Where the same lines are a table to keep.
    file: String,
}

#[derive(Debug, Clone, Serialize)]
struct Line {
    at: i64,
    who: String,
    role: String,
    action: String,
    on: String,
    detail: String,
    client: Option<String>,
}

impl AuditPage {
    /// These lines, latest first, found by these words.
    pub fn new(entries: &[AuditEntry], who: String, action: String, pages: Paging) -> Self {
        let actions = AuditEntry::actions().collect();
        Self { rows: entries.iter().map(Line::of).collect(), who, action, actions, pages, file: String::new() }
    }

    /// With the path of the same lines as a table.
    pub fn with_file(self, file: String) -> Self {
        Self { file, ..self }
    }
}

impl Line {
    fn of(entry: &AuditEntry) -> Self {
        Self {
            at: entry.at.0,
            who: entry.who.clone(),
            role: entry.role.clone(),
            action: entry.action.clone(),
            on: entry.on.clone(),
            detail: entry.detail.clone(),
            client: entry.client.map(|client| client.to_string()),
        }
    }
}

impl Page for AuditPage {
    const TEMPLATE: &'static str = "audit.html";
}
