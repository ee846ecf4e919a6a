//! Both ends prove who they are, by certificates made here; what is wrong with either is said by name, and nobody who is not
//! trusted gets a byte of a request.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod authority;
mod intruder;
mod loopback_proxy;
mod server;
#[cfg(feature = "pkcs11")]
mod token;
mod trouble;
mod turnover;
