//! The canonical contract between a terminal and a province: paths, headers and JSON bodies, as Rust types.
//!
//! Duty: exactly what stands on the wire in the canonical dialect; both ends are written to it.
//! Never: do anything. No request, no mapping, no default that the page does not name.
//!
//! Rules that hold everywhere (reference page on provincial platforms, section "The contract"):
//! - names are camelCase, values of closed lists are snake_case, times are RFC 3339 with an offset, days `YYYY-MM-DD`,
//!   money is in fen, bytes in JSON are Base64 (RFC 4648 section 4);
//! - every answer with a body is an [`envelope::Envelope`], and the HTTP status is honest too: 2xx exactly when `code`
//!   is `ok`; an error's class decides what the terminal does, never its text;
//! - no personal data in a URL or a header;
//! - the terminal is known by its client certificate, the resident by the session token in `Authorization: Bearer …`;
//! - a reader ignores members that it does not know.

pub mod appeal;
pub mod appointment;
pub mod assist;
pub mod board;
pub mod bytes;
pub mod case;
pub mod catalogue;
pub mod day;
pub mod envelope;
pub mod guide;
pub mod item;
pub mod licence;
pub mod material;
pub mod path;
pub mod progress;
pub mod rating;
pub mod session;
pub mod terminal;
pub mod upkeep;
pub mod upload;
pub mod volunteer;

#[cfg(test)]
mod tests;
