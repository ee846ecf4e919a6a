//! A signing key exchanged while everything runs: the agent takes the ring, obeys the new key, and the old one no more.

use crate::fixture::{Served, TERMINAL, desk, on_both, until};
use crate::kiosk::Kiosk;
use fleet_agent::sim::Behaviour;
use fleet_api::TerminalId;
use fleet_api::command::{Command, CommandId, Order};
use fleet_api::configuration::Settings;
use fleet_api::keys::Role;
use fleet_server::clock::millis;
use fleet_server::keys::{KeyFolder, SigningKey};
use fleet_server::orders::{commands, configurations};
use fleet_server::rollout::State;
use fleet_server::selector::Selector;
use fleet_server::store::Store;
use fleet_server::store::changes;
use fleet_server::store::commands::{NewCommand, add};
use std::time::Duration;

async fn ring_of(store: &Store) -> u64 {
    store.last_heartbeat(TERMINAL).await.unwrap().map_or(0, |(_, beat)| beat.key_ring)
}

async fn outcome(store: &Store, command: &str) -> String {
    until("the order's result", async || store.command(command).await.unwrap().unwrap().outcome.is_some())
        .await;
    store.command(command).await.unwrap().unwrap().outcome.unwrap()
}

/// The key that was in use before the last rotation.
fn old_key(server: &Served) -> SigningKey {
    let files = std::fs::read_dir(server.data().join("keys")).unwrap().flatten().map(|entry| entry.path());
    let mut old = files.filter(|file| file.extension().is_some_and(|end| end == "old"));
    SigningKey::read(&old.next().unwrap()).unwrap()
}

/// An order signed by `key`, put where the server's own are.
async fn forged(server: &Served, store: &Store, key: &SigningKey, id: &str) {
    let at = server.desk().await.clock.now();
    let command = Command {
        id: CommandId(id.to_owned()),
        terminal: TerminalId(TERMINAL.to_owned()),
        issued_at: at,
        expires_at: at + Duration::from_secs(600),
        order: Order::SelfTest { device: None },
    };
    let signed = key.sign(&command).unwrap();
    let new = NewCommand {
        id,
        terminal: TERMINAL,
        order: &command.order,
        issued_at: millis(at),
        expires_at: millis(command.expires_at),
        by: "somebody",
        why: "a test",
        signed: Some(&signed),
    };
    let mut tx = store.write().await.unwrap();
    add(&mut tx, &new).await.unwrap();
    changes::note(&mut tx, "test", "terminal", TERMINAL, millis(at)).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn a_key_is_exchanged_while_everything_runs() {
    on_both(async |database| {
        let server = Served::start(database);
        let kiosk = Kiosk::start(&server);
        let store = server.store().await;
        until("the first ring", async || ring_of(&store).await == 1).await;
        let root = KeyFolder::of(server.data()).offline(Role::Root);
        for (number, role) in [(2, "commands"), (3, "release"), (4, "configuration")] {
            server.say(&["key", "rotate", role, "--root-key", root.to_str().unwrap(), "--why", "a test"]);
            until("the next ring", async || ring_of(&store).await == number).await;
            if role == "commands" {
                // The key that served until now, and nobody who keeps it, is obeyed.
                let id = "ab".repeat(16);
                forged(&server, &store, &old_key(&server), &id).await;
                assert_eq!(outcome(&store, &id).await, "not_authentic", "{}", kiosk.log());
            }
            let terminal = TerminalId(TERMINAL.to_owned());
            let order = Order::SelfTest { device: None };
            let at_desk = server.desk().await;
            let order = commands::order(&at_desk, &terminal, order, commands::LIFE, &desk(), "look").await;
            assert_eq!(outcome(&store, &order.unwrap().0).await, "done", "{role}\n{}", kiosk.log());
        }
        // The server itself, which was not started again, signs settings with the key of the fourth ring.
        let settings = Settings { volume_percent: Some(30), ..Settings::default() };
        let at_desk = server.desk().await;
        let everybody = Selector::default();
        let number = configurations::make(&at_desk, &settings, &everybody, 1, &desk(), "low").await.unwrap();
        configurations::push(&at_desk, number, 100).await.unwrap();
        until("the settings are applied", async || store.push_counts(number).await.unwrap().applied == 1)
            .await;
        // And an update's manifest signed with the new release key is believed.
        let rollout = server.roll_out("1.1.0", Behaviour::Good);
        until("the rollout is done", async || {
            store.rollout(rollout).await.unwrap().unwrap().state == State::Done
        })
        .await;
        assert_eq!(kiosk.stop().await, "1.1.0");
        server.stop();
    });
}
