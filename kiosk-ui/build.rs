//! How the terminal's program is linked.

#[allow(clippy::print_stdout, reason = "what a build script says to cargo")]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A program whose place in memory is chosen at its start has a hundred thousand addresses to be put right; packed, they are
    // not read from the disk into memory for it (glibc 2.36, musl 1.2.4).
    let released = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if released && std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
