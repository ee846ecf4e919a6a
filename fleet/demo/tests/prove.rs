//! Fifty terminals go through a good and a flawed release: a seeded sample of `fleet-demo prove`.

#![allow(clippy::unwrap_used, reason = "what fails ends the test")]

use fleet_demo::crowd::Crowd;
use fleet_demo::prove::{Proof, run};
use sample_city::Seed;

#[test]
fn a_flawed_release_stops_comes_back_and_loses_nobody() {
    check(Crowd::Here);
}

#[test]
fn the_same_with_terminals_in_processes_of_their_own() {
    let program = env!("CARGO_BIN_EXE_fleet-demo").into();
    check(Crowd::Processes { program, each: 20 });
}

fn check(crowd: Crowd) {
    let folder = tempfile::tempdir().unwrap();
    let proof = Proof {
        data: folder.path().to_owned(),
        terminals: 50,
        // Enough that any seed has some among fifty.
        failing_permille: 200,
        error_permille: 20,
        trial: std::time::Duration::from_secs(20),
        bytes: 16 * 1024,
        seed: Seed(7),
        crowd,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(run(&proof, std::future::pending())).unwrap().unwrap();
    assert!(outcome.broken.is_empty(), "{outcome:#?}");
    assert_eq!((outcome.good, outcome.flawed_state.as_str()), (50, "stopped"), "{outcome:#?}");
    assert!(outcome.flawed_failed > 0 && outcome.flawed_units == 10, "{outcome:#?}");
    assert_eq!(outcome.flawed_kept + outcome.flawed_failed + outcome.never_offered, 50, "{outcome:#?}");
}
