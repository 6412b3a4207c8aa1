//! Whole pages, without a server: made from sample values, in every language, read as a browser reads them.
#![cfg(test)]

mod contrast;
mod html;
mod reach;
mod samples;
mod shown;
