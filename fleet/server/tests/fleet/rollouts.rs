//! Rollouts: waves, the error threshold, pause, abort, rollback.

use crate::fixture::{Terminal, desk, on_both, until};
use crate::updates::{offered, release, roll_out};
use fleet_api::command::Order;
use fleet_server::orders::rollouts;
use fleet_server::rollout::State;

async fn fleet_of(fleet: &crate::fixture::Fleet, count: usize) -> Vec<Terminal> {
    let mut terminals = Vec::new();
    for n in 0..count {
        terminals.push(fleet.terminal(&format!("T-{n}")).await);
    }
    terminals
}

async fn with_update(terminals: &[Terminal]) -> Vec<&Terminal> {
    let mut offered = Vec::new();
    for terminal in terminals {
        if terminal.link("deploymentBase").await.is_some() {
            offered.push(terminal);
        }
    }
    offered
}

#[test]
fn a_wave_waits_for_the_one_before_and_a_bad_release_stops() {
    on_both(async |fleet| {
        let terminals = fleet_of(fleet, 12).await;
        let release = release(fleet, "1.1.0", b"bundle", "b.raucb").await;
        let rollout = roll_out(fleet, release, &[30, 100], 0).await;
        let store = &fleet.server().store;
        until("the first wave is offered", async || !with_update(&terminals).await.is_empty()).await;
        let first = with_update(&terminals).await;
        assert!(first.len() < 12, "{} of 12 in the first wave", first.len());
        for terminal in &first {
            let base = offered(terminal).await;
            assert_eq!(terminal.close(base["id"].as_str().unwrap(), "success").await, 200);
        }
        let rest = 12 - first.len();
        until("the second wave is offered", async || with_update(&terminals).await.len() == rest).await;
        let second = with_update(&terminals).await;
        let base = offered(second[0]).await;
        assert_eq!(second[0].close(base["id"].as_str().unwrap(), "failure").await, 200);
        until("it stops", async || store.rollout(rollout).await.unwrap().unwrap().state == State::Stopped)
            .await;
        until("nothing new is offered", async || with_update(&terminals).await.is_empty()).await;

        assert_eq!(
            rollouts::resume(fleet.server(), rollout, &desk(), "one bad disk").await.unwrap(),
            State::Running
        );
        until("the rest is offered again", async || with_update(&terminals).await.len() == rest - 1).await;
        assert_eq!(rollouts::pause(fleet.server(), rollout, &desk(), "lunch").await.unwrap(), State::Paused);
        assert!(with_update(&terminals).await.is_empty());
        assert!(rollouts::start(fleet.server(), rollout, &desk(), "again").await.is_err());

        assert_eq!(
            rollouts::rollback(fleet.server(), rollout, &desk(), "bad").await.unwrap(),
            State::RolledBack
        );
        for terminal in &first {
            let commands = store.commands(&terminal.id, 10).await.unwrap();
            assert_eq!(commands[0].order, Order::GoBack { reason: "bad".into() });
        }
        assert!(store.commands(&second[0].id, 10).await.unwrap().is_empty(), "it never installed it");
    });
}

#[test]
fn an_update_in_hand_is_asked_to_be_given_up() {
    on_both(async |fleet| {
        let terminals = fleet_of(fleet, 2).await;
        let release = release(fleet, "1.1.0", b"bundle", "b.raucb").await;
        let rollout = roll_out(fleet, release, &[100], 0).await;
        let base = offered(&terminals[0]).await;
        until("both are offered", async || with_update(&terminals).await.len() == 2).await;
        assert_eq!(
            rollouts::abort(fleet.server(), rollout, &desk(), "wrong one").await.unwrap(),
            State::Aborted
        );
        assert!(with_update(&terminals).await.is_empty());
        assert_eq!(terminals[1].link("cancelAction").await, None, "it had not looked at it");
        let link = terminals[0].link("cancelAction").await.expect("it had begun");
        let (_, cancel) = terminals[0].get(&link).await;
        assert_eq!(cancel["cancelAction"]["stopId"], base["id"]);
        let closed = serde_json::json!({"id": cancel["id"], "status": {"execution": "closed", "result": {"finished": "success"}, "details": []}});
        assert_eq!(terminals[0].post(&format!("{link}/feedback"), &closed).await.0, 200);
        assert_eq!(terminals[0].link("cancelAction").await, None);
        let counts = fleet.server().store.counts(rollout).await.unwrap();
        assert_eq!(counts[0].1.cancelled, 2);
    });
}
