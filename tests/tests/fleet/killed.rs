//! The server or its database killed at each step of a terminal's update: one truthful report, a slot that can be started,
//! nothing done twice.

use crate::fixture::{Served, TERMINAL, block_on, until};
use crate::kiosk::Kiosk;
use crate::peer::{Postgres, absent};
use fleet_agent::sim::Behaviour;
use fleet_api::event::What;
use fleet_server::rollout::State;
use fleet_server::store::Store;
use std::sync::Mutex;

/// The steps of an update that comes to its end: offered, fetched, may install, installed, may reboot, started, proved
/// good, told.
const STEPS: usize = 8;
/// The pieces in which the folder's installer writes a slot.
const PIECES: usize = 4;

/// What is killed, and comes back.
trait Victim {
    fn kill(&mut self);
    fn start_again(&mut self);
}

impl Victim for Served {
    fn kill(&mut self) {
        Served::kill(self);
    }

    fn start_again(&mut self) {
        Served::start_again(self);
    }
}

impl Victim for Postgres {
    fn kill(&mut self) {
        Postgres::kill(self);
    }

    fn start_again(&mut self) {
        Postgres::start_again(self);
    }
}

/// Kills it when the update is about to take its step of that number, or has just taken it, and starts it again.
async fn strike(kiosk: &Kiosk, victim: &mut impl Victim, point: &str, step: usize) {
    until("the step", async || kiosk.passed(point) >= step).await;
    victim.kill();
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    victim.start_again();
}

/// What must be so, whatever was killed.
async fn check(store: &Store, kiosk: Kiosk, rollout: i64, when: &str) {
    until("the update has an end", async || {
        // A database that has just come back may refuse the first question.
        store.rollout(rollout).await.is_ok_and(|found| found.is_some_and(|r| r.state != State::Running))
    })
    .await;
    let actions = store.actions(TERMINAL, 10).await.unwrap();
    let [action] = &actions[..] else { panic!("{when}: {actions:?}") };
    let endings = async || {
        let events = store.events(TERMINAL, i64::MAX, 1000).await.unwrap_or_default();
        let states = events.into_iter().filter_map(|event| match event.what {
            What::Update { state, .. } => Some(state),
            _ => None,
        });
        states.filter(|state| state == "succeeded" || state == "failed").collect::<Vec<_>>()
    };
    until("the report of its end", async || !endings().await.is_empty()).await;
    assert_eq!(endings().await, ["succeeded"], "{when}");
    assert_eq!(kiosk.passed("write a piece of the slot"), PIECES, "{when}: written once\n{}", kiosk.log());
    let state = action.state.clone();
    let log = kiosk.log();
    let boots = kiosk.stop().await;
    // Silence of the server is no fault of the new version, and the server was back before its trial was over.
    assert_eq!((state.as_str(), boots.as_str()), ("succeeded", "1.1.0"), "{when}\n{log}");
}

fn cases() -> Vec<(&'static str, usize)> {
    ["update.step", "update.stepped"]
        .into_iter()
        .flat_map(|point| (1..=STEPS).map(move |step| (point, step)))
        .collect()
}

/// All cases, three at a time.
fn each(run: impl Fn(&'static str, usize) + Sync) {
    let left = Mutex::new(cases());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some((point, step)) = { left.lock().unwrap().pop() } {
                    run(point, step);
                }
            });
        }
    });
}

#[test]
fn the_server_is_killed_at_each_step_of_an_update() {
    each(|point, step| {
        block_on(async {
            let mut server = Served::start(None);
            let kiosk = Kiosk::start(&server);
            let store = server.store().await;
            let rollout = server.roll_out("1.1.0", Behaviour::Good);
            strike(&kiosk, &mut server, point, step).await;
            check(&store, kiosk, rollout, &format!("{point} {step}")).await;
            server.stop();
        });
    });
}

#[test]
fn the_database_is_killed_at_each_step_of_an_update() {
    if Postgres::start().is_none() {
        return absent("PostgreSQL is not installed (Debian: postgresql)");
    }
    each(|point, step| {
        let mut postgres = Postgres::start().unwrap();
        block_on(async {
            let server = Served::start(Some(postgres.address()));
            let kiosk = Kiosk::start(&server);
            let store = server.store().await;
            let rollout = server.roll_out("1.1.0", Behaviour::Good);
            strike(&kiosk, &mut postgres, point, step).await;
            check(&store, kiosk, rollout, &format!("{point} {step}")).await;
            server.stop();
        });
    });
}
