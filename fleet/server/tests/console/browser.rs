//! The console in headless Chromium: axe's rules, 360 pixels, the keyboard alone, no scripts, a passkey.

use super::city;
use super::desk::{Office, PASSWORD};
use fleet_server::console::role::Role;
use std::path::PathBuf;
use std::process::Command;

/// A peer that is not installed skips the test with a word, or fails it where peers are required.
fn absent(what: &str) -> bool {
    assert!(std::env::var_os("YILIN_REQUIRE_PEERS").is_none(), "{what} is required and not installed");
    eprintln!(
        "skipped: {what} is not installed (npm: playwright-core, axe-core, found by NODE_PATH; Debian: chromium, nodejs)"
    );
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_browser() {
    let modules =
        ["playwright-core", "axe-core"].map(|module| format!("require.resolve('{module}');")).concat();
    let found = |program: &str, args: &[&str]| {
        Command::new(program).args(args).output().is_ok_and(|o| o.status.success())
    };
    if !found("node", &["-e", &modules]) && absent("node with playwright-core and axe-core") {
        return;
    }
    if !found("chromium", &["--version"]) && absent("chromium") {
        return;
    }
    let office = Office::open().await;
    city::build(&office.running.server).await;
    let manager = office.person("manager", Role::ReleaseManager).await;
    let admin = office.person("admin", Role::Admin).await;
    let auditor = office.person("auditor", Role::Auditor).await;
    let key_owner = office.person("key", Role::Viewer).await;
    let technician = office.person("technician", Role::Technician).await;
    let session = |person: &super::desk::Person| person.cookie("__Host-yilin").unwrap();
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/console/browser.js");
    let second: String = manager.second.iter().map(|byte| format!("{byte:02x}")).collect();
    let out = tokio::task::spawn_blocking({
        let mut node = Command::new("node");
        // The server listens on 127.0.0.1 alone, and Node.js 18 tries nothing but a name's first address.
        node.arg("--dns-result-order=ipv4first")
            .arg(script)
            .env("ORIGIN", &office.origin)
            .env("PASSWORD", PASSWORD)
            .env("SECOND", second)
            .env("MANAGER", session(&manager))
            .env("ADMIN", session(&admin))
            .env("AUDITOR", session(&auditor))
            .env("KEY", session(&key_owner))
            .env("TECHNICIAN", session(&technician));
        move || node.output().unwrap()
    });
    let out = out.await.unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{said}");
    eprintln!("{said}");
    let state = office.running.server.store.rollout(1).await.unwrap().unwrap();
    assert_eq!(state.state.word(), "paused", "the keyboard alone paused it");
    assert_eq!(state.state_why.as_deref(), Some("by keyboard"));
}
