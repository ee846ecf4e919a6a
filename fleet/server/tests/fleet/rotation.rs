//! What goes wrong when a role's key is exchanged changes nothing: the key that terminals know goes on signing.

use crate::fixture::{Fleet, block_on, desk};
use fleet_api::TerminalId;
use fleet_api::command::Order;
use fleet_api::keys::Role;
use fleet_server::keys::KeyFolder;
use fleet_server::orders::commands::{LIFE, order};
use fleet_server::{Options, serve};

/// Starts the server anew; an order that it gives then is one that a terminal believes.
async fn orders_count(fleet: &mut Fleet) {
    fleet.running.take().unwrap().stop().await;
    fleet.running = Some(serve(Options::local(fleet.folder())).await.unwrap());
    let server = fleet.server();
    let to = TerminalId("T-1".into());
    let id = order(server, &to, Order::TestPrint, LIFE, &desk(), "a trial").await.unwrap();
    let ring = server.store.ring().await.unwrap().unwrap().open_with(&server.keys.root_public).unwrap();
    let given = server.store.open_commands("T-1", server.clock.millis()).await.unwrap();
    let believed: Vec<_> = given.iter().filter_map(|signed| signed.open(&ring).ok()).collect();
    assert!(
        believed.iter().any(|command| command.id == id),
        "the ring {} does not know its key",
        ring.number
    );
}

#[test]
fn a_rotation_that_fails_changes_nothing() {
    block_on(async {
        let mut fleet = Fleet::start_with(None, |_| {}).await;
        fleet.terminal("T-1").await;
        let keys = KeyFolder::of(fleet.folder());
        let key = std::fs::read(fleet.folder().join("keys/commands.key")).unwrap();
        for wrong in [keys.offline(Role::Release), fleet.folder().join("keys/configuration.key")] {
            let rotate = ["key", "rotate", "commands", "--root-key", wrong.to_str().unwrap()];
            assert!(fleet.say(&rotate).is_err(), "{}", wrong.display());
        }
        assert_eq!(std::fs::read(fleet.folder().join("keys/commands.key")).unwrap(), key);
        orders_count(&mut fleet).await;

        // The right one, and then one that ends before its ring is there.
        let root = keys.offline(Role::Root);
        fleet.say(&["key", "rotate", "commands", "--root-key", root.to_str().unwrap()]).unwrap();
        orders_count(&mut fleet).await;
        let ring = fleet.say(&["key", "list"]).unwrap();
        let id =
            ring.iter().find(|key| key["role"] == "commands").unwrap()["id"].as_str().unwrap().to_owned();
        let folder = fleet.folder().join("keys");
        std::fs::rename(folder.join("commands.key"), folder.join(format!("commands-{id}.old"))).unwrap();
        orders_count(&mut fleet).await;
        fleet.running.take().unwrap().stop().await;
    });
}
