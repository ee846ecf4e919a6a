//! `cargo xtask release-clean`: a kiosk's build has no simulator in it.
//!
//! Duty: ask cargo what a kiosk's build links, and search a program for the traces that a simulator leaves.
//! Never: build.

use crate::say;
use crate::workspace::{CargoError, cargo_output};
use std::path::{Path, PathBuf};

/// Crates that only a simulator, a test or a developer needs.
const NOT_IN_A_KIOSK: &[&str] =
    &["sample-city", "axum", "rcgen", "askama", "i-slint-backend-testing", "proptest", "winit", "x11rb"];

/// Features that bring in a simulator, or points at which a test ends the program.
const TEST_FEATURES: &[&str] = &["sim", "failpoints"];

/// What a simulator leaves in a program: its files' names in the places of panics, its symbols' names.
const TRACES: &[&str] = &[
    "drivers/src/sim",
    "platform-client/src/sim",
    "sample-city/src",
    "kiosk-ui/src/headless",
    "kiosk-ui/src/dock",
    "7drivers3sim",
    "15platform_client3sim",
    "11sample_city",
    "8kiosk_ui8headless",
    "8kiosk_ui4dock",
];

/// Why the build may not go to a kiosk.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReleaseError {
    #[error("the tree of a kiosk's build cannot be read")]
    Cargo(#[from] CargoError),
    #[error("a kiosk's build links {}", .0.join(", "))]
    Links(Vec<String>),
    #[error("{0} cannot be read")]
    File(PathBuf, #[source] std::io::Error),
    #[error("{} has traces of a simulator: {}", .0.display(), .1.join(", "))]
    Traces(PathBuf, Vec<&'static str>),
    #[error("{} was built with simulators, yet the search finds none: TRACES is out of date", .0.display())]
    Blind(PathBuf),
}

/// Checks the tree, and a program where one is named. `developer` is the same program with simulators in it.
pub(crate) fn check(release: Option<&Path>, developer: Option<&Path>) -> Result<(), ReleaseError> {
    let tree = cargo_output(&[
        "tree",
        "--locked",
        "--package",
        "kiosk-ui",
        "--no-default-features",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}\t{f}",
    ])?;
    let wrong = simulators_in_tree(&tree);
    if !wrong.is_empty() {
        return Err(ReleaseError::Links(wrong));
    }
    say("release-clean: no simulator is linked into a kiosk's build");
    if let Some(developer) = developer
        && traces(&read(developer)?).is_empty()
    {
        return Err(ReleaseError::Blind(developer.to_owned()));
    }
    if let Some(release) = release {
        let found = traces(&read(release)?);
        if !found.is_empty() {
            return Err(ReleaseError::Traces(release.to_owned(), found));
        }
        say(&format!("release-clean: no trace of one in {}", release.display()));
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>, ReleaseError> {
    std::fs::read(file).map_err(|error| ReleaseError::File(file.to_owned(), error))
}

/// Lines are `name v1.2.3 (folder)`, a tab, and the features, comma by comma.
fn simulators_in_tree(tree: &str) -> Vec<String> {
    let mut found: Vec<String> = tree
        .lines()
        .filter_map(|line| {
            let (package, features) = line.split_once('\t')?;
            let name = package.split(' ').next()?;
            if NOT_IN_A_KIOSK.contains(&name) {
                return Some(name.to_owned());
            }
            if !package.contains("(/") {
                return None;
            }
            let feature = features.trim_end_matches(" (*)").split(',').find(|f| TEST_FEATURES.contains(f))?;
            Some(format!("{name} with the feature `{feature}`"))
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

fn traces(program: &[u8]) -> Vec<&'static str> {
    let has = |trace: &&&str| program.windows(trace.len()).any(|window| window == trace.as_bytes());
    TRACES.iter().filter(has).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_with_a_simulator_is_refused() {
        let clean =
            "kiosk-ui v0.1.0 (/r/kiosk-ui)\t\ndrivers v0.1.0 (/r/drivers)\t\nserde v1.0.0\tdefault,std (*)\n";
        assert!(simulators_in_tree(clean).is_empty());
        for (line, found) in [
            ("axum v0.8.4\tjson", "axum"),
            ("sample-city v0.1.0 (/r/sample-city)\t", "sample-city"),
            ("drivers v0.1.0 (/r/drivers)\tdefault,sim", "drivers with the feature `sim`"),
            (
                "platform-client v0.1.0 (/r/platform-client)\tfailpoints",
                "platform-client with the feature `failpoints`",
            ),
            ("drivers v0.1.0 (/r/drivers)\tsim (*)", "drivers with the feature `sim`"),
        ] {
            assert_eq!(simulators_in_tree(&format!("{clean}{line}\n{line}\n")), [found]);
        }
        assert!(simulators_in_tree("wgpu v1.0.0\tsim").is_empty(), "another's feature of that name");
    }

    #[test]
    fn a_program_with_a_simulator_is_refused() {
        assert!(traces(b"\0drivers/src/transport/serial.rs\0_RNvCs1_7drivers9transport\0").is_empty());
        assert_eq!(traces(b"\0/build/drivers/src/sim/pty.rs\0"), ["drivers/src/sim"]);
        assert_eq!(traces(b"_ZN15platform_client3sim5routes"), ["15platform_client3sim"]);
    }
}
