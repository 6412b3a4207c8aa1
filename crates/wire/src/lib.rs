//! Bytes of the network, parsed and written without I/O.

pub mod proxy_protocol;
pub mod smtp;
