//! Programs of others that ours is held against.
#![allow(clippy::print_stderr, reason = "a test that compares nothing says so")]

/// Whether a peer is there. Without it a test says so and passes, save where peers are required; `package` is what brings it.
pub(crate) fn is_there(peer: &str, package: &str, there: bool) -> bool {
    if !there {
        let required = std::env::var_os("YILIN_REQUIRE_PEERS").is_some_and(|value| value == "1");
        assert!(!required, "{peer} is not installed ({package})");
        eprintln!("skipped: {peer} is not installed ({package})");
    }
    there
}
