//! A terminal's life with its server, from the code to the way back.

use crate::fixture::{Served, TERMINAL, desk, on_both, until};
use crate::kiosk::Kiosk;
use fleet_agent::sim::Behaviour;
use fleet_api::TerminalId;
use fleet_api::command::Order;
use fleet_api::configuration::Settings;
use fleet_server::orders::{commands, configurations};
use fleet_server::rollout::State;
use fleet_server::selector::Selector;
use fleet_server::store::Store;

async fn image(store: &Store) -> Option<String> {
    store.last_heartbeat(TERMINAL).await.unwrap().map(|(_, beat)| beat.versions.image)
}

async fn outcome(store: &Store, command: &str) -> Option<String> {
    store.command(command).await.unwrap().unwrap().outcome
}

#[test]
fn a_terminal_lives_with_its_server() {
    on_both(async |database| {
        let server = Served::start(database);
        let kiosk = Kiosk::start(&server);
        let store = server.store().await;

        until("a heartbeat with the screen in it", async || {
            store.last_heartbeat(TERMINAL).await.unwrap().is_some_and(|(_, beat)| beat.screen.is_some())
        })
        .await;
        assert_eq!(image(&store).await.as_deref(), Some("1.0.0"));
        assert!(!store.devices(TERMINAL).await.unwrap().is_empty());
        until("its first event", async || {
            store.events(TERMINAL, i64::MAX, 100).await.unwrap().iter().any(|event| event.number == 1)
        })
        .await;

        // Settings: given to the screen, on probation, kept.
        let at_desk = server.desk().await;
        let settings = Settings { volume_percent: Some(40), ..Settings::default() };
        let everybody = Selector::default();
        let number =
            configurations::make(&at_desk, &settings, &everybody, 1, &desk(), "quiet").await.unwrap();
        configurations::push(&at_desk, number, 100).await.unwrap();
        until("the settings are applied", async || store.push_counts(number).await.unwrap().applied == 1)
            .await;

        // An order, carried out by the screen, once.
        let id = TerminalId(TERMINAL.to_owned());
        let order = Order::SelfTest { device: None };
        let order = commands::order(&at_desk, &id, order, commands::LIFE, &desk(), "look").await.unwrap();
        until("the order's result", async || outcome(&store, &order.0).await.is_some()).await;
        assert_eq!(outcome(&store, &order.0).await.as_deref(), Some("done"), "{}", kiosk.log());

        // An update into the other slot.
        let rollout = server.roll_out("1.1.0", Behaviour::Good);
        until("the rollout is done", async || {
            store.rollout(rollout).await.unwrap().unwrap().state == State::Done
        })
        .await;
        let [action] = &store.actions(TERMINAL, 10).await.unwrap()[..] else { panic!("one action") };
        assert_eq!(action.state, "succeeded", "{:?}\n{}", action.detail, kiosk.log());
        assert_eq!(kiosk.version(), "1.1.0");
        until("the new version says so", async || image(&store).await.as_deref() == Some("1.1.0")).await;

        // A version that paints nothing: the machine comes back by itself, and the truth is told.
        let flawed = server.roll_out("1.2.0", Behaviour::DoesNotPaint);
        until("the flawed version is given up", async || {
            store.actions(TERMINAL, 1).await.unwrap()[0].state == "failed"
        })
        .await;
        assert_eq!(kiosk.version(), "1.1.0");
        until("the rollout stops", async || {
            store.rollout(flawed).await.unwrap().unwrap().state == State::Stopped
        })
        .await;

        // Undone by the desk. The slot that went before was written over by the flawed version, so the terminal
        // cannot go back, and says that.
        server.say(&["rollout", "rollback", &rollout.to_string(), "--why", "a test"]);
        until("the way back has an answer", async || {
            store.commands(TERMINAL, 10).await.unwrap().iter().any(|command| {
                matches!(command.order, Order::GoBack { .. }) && command.outcome.as_deref() == Some("failed")
            })
        })
        .await;
        assert_eq!(kiosk.version(), "1.1.0");
        assert_eq!(kiosk.stop().await, "1.1.0");
        server.stop();
    });
}

#[test]
fn a_release_that_is_taken_back_is_gone_from_the_terminal() {
    on_both(async |database| {
        let server = Served::start(database);
        let kiosk = Kiosk::start(&server);
        let store = server.store().await;
        let rollout = server.roll_out("1.1.0", Behaviour::Good);
        until("the rollout is done", async || {
            store.rollout(rollout).await.unwrap().unwrap().state == State::Done
        })
        .await;
        server.say(&["rollout", "rollback", &rollout.to_string(), "--why", "a test"]);
        until("the old version runs, and says so", async || {
            let done = store.commands(TERMINAL, 10).await.unwrap().iter().any(|command| {
                matches!(command.order, Order::GoBack { .. }) && command.outcome.as_deref() == Some("done")
            });
            done && image(&store).await.as_deref() == Some("1.0.0")
        })
        .await;
        assert_eq!(kiosk.stop().await, "1.0.0");
        server.stop();
    });
}
