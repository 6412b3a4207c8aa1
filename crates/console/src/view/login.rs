//! The login.

use serde::Serialize;

use crate::render::Page;

/// The login.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LoginPage {
    /// The name that was tried.
    pub name: String,
    /// The page to go to afterwards.
    pub to: String,
}

impl Page for LoginPage {
    const TEMPLATE: &'static str = "login.html";
}
