//! The fleet as it is used: `yilin-fleet serve` and `yilin-agent`, each a process of its own, over TLS, on both databases.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

mod cable;
mod fixture;
mod killed;
mod kiosk;
// The fleet server's tests begin a PostgreSQL in the same way.
#[allow(dead_code, reason = "these tests take a part of it")]
#[path = "../../../fleet/server/tests/fleet/peer.rs"]
mod peer;
mod rotation;
mod shell;
mod whole;
