//! The operator's rules: conditions of the configuration, compiled once and asked after the signals.
//!
//! Security: the expressions are the operator's, the text is anybody's: matching takes time linear in the text, every place is
//! searched once for all rules together. Without rules none of this costs anything.

mod book;
mod check;
mod condition;
mod place;
mod row;

pub use book::RuleBook;
pub use check::check;
pub use condition::Condition;
pub use row::RuleRow;
