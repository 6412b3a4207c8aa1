//! The console's routes over a store in memory: who gets where, what a form must carry, what every answer says of itself.
#![cfg(test)]

mod customers;
mod doors;
mod enforced;
mod forms;
mod hostile;
#[path = "../pages/html.rs"]
mod html;
mod lists;
mod matrix;
mod offices;
mod owners;
mod world;
