//! `/email`: accounts of the four products, whether they are blocked for spam, and the ways out.

mod accounts;
mod call;
mod diagnosis;
mod passwords;
mod tasks;

pub(super) use accounts::{list, service, show};
pub(super) use call::Product;
pub(super) use diagnosis::{diagnose, diagnosis};
pub(super) use passwords::change_password;
pub(super) use tasks::{task, tasks};
