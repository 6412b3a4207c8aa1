//! An archive holds a program, a script or a shortcut.

use super::shared::{extension, hides_extension, is_program, is_script};
use crate::{Reading, Seen};

/// More files than this make a software package, sent on purpose.
const PACKAGE: usize = 8;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    message.features.attachments.iter().filter(|file| file.inner_names.len() < PACKAGE).find_map(|file| {
        let inner = file.inner_names.iter().find(|name| is_dangerous(name))?;
        Some(Seen::of(format!("{inner} in {}", super::shared::called(file))))
    })
}

fn is_dangerous(name: &str) -> bool {
    let shortcut = extension(name).is_some_and(|ext| matches!(ext.as_str(), "lnk" | "iso" | "img" | "vhd" | "vhdx"));
    is_program(name) || is_script(name) || hides_extension(name) || shortcut
}
