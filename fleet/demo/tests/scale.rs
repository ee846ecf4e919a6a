//! The simulation against what can be reckoned by hand.

use fleet_demo::scale::{Outage, Plan};
use sample_city::Seed;

fn quiet(terminals: u32) -> Plan {
    Plan { terminals, outage: None, ..Plan::country() }
}

#[test]
fn the_mean_is_terminals_over_pauses() {
    let load = quiet(10_000).load(Seed(1));
    // Pauses are longer by three quarters of a tenth, in the middle.
    let by_hand = 10_000.0 / 322.5 + 10_000.0 / 64.5 + 10_000.0 / 50.0;
    assert!((load.requests.mean / by_hand - 1.0).abs() < 0.02, "{load:?}");
    assert!(f64::from(load.requests.p99) < by_hand * 1.5, "{load:?}");
    assert_eq!(load.requests.handshakes_peak, 0);
}

#[test]
fn who_comes_back_after_an_outage_is_spread_by_the_back_off() {
    let outage = Some(Outage { from: 30_000, seconds: 1_800 });
    let spread = Plan { outage, ..quiet(10_000) }.load(Seed(1));
    let in_step = Plan { backoff_last_seconds: 1, ..Plan { outage, ..quiet(10_000) } }.load(Seed(1));
    // Without a back-off all thirty thousand lines are there in the first second.
    assert_eq!(in_step.requests.handshakes_peak, 30_000);
    assert!(spread.requests.handshakes_peak < 400, "{spread:?}");
}

#[test]
fn a_download_takes_its_size_over_its_share() {
    let mut plan = quiet(1_000);
    plan.waves_permille = vec![1000];
    plan.update_bytes = 10_000_000;
    plan.terminal_bytes_per_second = 1_000_000;
    plan.egress_bytes_per_second = u64::MAX;
    let wave = plan.load(Seed(1)).waves[0];
    assert_eq!((wave.terminals, wave.finished), (1_000, 1_000));
    // A thousand in 5,400 s, ten seconds each: about two at a time.
    assert!((2..=12).contains(&wave.concurrent_peak), "{wave:?}");
}

#[test]
fn what_one_night_cannot_send_is_sent_in_the_next_ones() {
    let mut plan = quiet(1_000);
    plan.waves_permille = vec![1000];
    plan.update_bytes = 10_000_000;
    plan.window_seconds = 1_000;
    // A fifth of what is wanted goes through in one window.
    plan.egress_bytes_per_second = 2_000_000;
    let load = plan.load(Seed(1));
    let finished: u32 = load.waves.iter().map(|wave| wave.finished).sum();
    assert_eq!(finished, 1_000);
    assert!((5..=7).contains(&load.nights), "{load:?}");
    assert!(load.waves.iter().all(|wave| wave.egress_peak <= 2_000_000), "{load:?}");
}

#[test]
fn a_plan_that_can_send_nothing_ends() {
    let mut plan = quiet(10);
    plan.egress_bytes_per_second = 0;
    let load = plan.load(Seed(1));
    assert!(load.waves.iter().all(|wave| wave.finished == 0));
}
