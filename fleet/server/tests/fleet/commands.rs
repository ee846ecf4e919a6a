//! Commands, configurations, shells and calls for help.

use crate::fixture::{desk, on_both};
use fleet_api::TerminalId;
use fleet_api::assist::{AssistReply, WorkerAction};
use fleet_api::command::{CommandList, CommandResult, Order, Outcome};
use fleet_api::configuration::{ConfigurationDocument, Settings};
use fleet_api::path;
use fleet_api::signed::Signed;
use fleet_server::orders::{OrderError, commands, configurations};
use fleet_server::selector::Selector;
use fleet_server::state::Actor;
use serde_json::{Value, json};
use time::OffsetDateTime;

fn result(outcome: Outcome) -> CommandResult {
    CommandResult { outcome, at: OffsetDateTime::now_utc(), detail: None, attachment_sha256: None }
}

#[test]
fn a_command_is_waited_for_signed_and_ended_once() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let other = fleet.terminal("T-2").await;
        let waits = {
            let (client, url) = (terminal.client.clone(), fleet.at("/fleet/v1/commands?after=0&wait=30"));
            tokio::spawn(
                async move { client.get(url).send().await.unwrap().json::<CommandList>().await.unwrap() },
            )
        };
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let id = TerminalId("T-1".into());
        let ordered =
            commands::order(fleet.server(), &id, Order::Logs { lines: 100 }, commands::LIFE, &desk(), "slow")
                .await
                .unwrap();
        let list = waits.await.unwrap();
        assert_eq!((list.version, list.commands.len()), (1, 1));
        let ring = terminal.enrolled.key_ring.open_with(&terminal.enrolled.root_key).unwrap();
        let command = list.commands[0].open(&ring).unwrap();
        assert_eq!(
            (&command.id, &command.terminal, &command.order),
            (&ordered, &id, &Order::Logs { lines: 100 })
        );

        let at = |rest: &str| format!("/fleet/v1/commands/{ordered}/{rest}");
        let put = |client: &reqwest::Client, bytes: &'static [u8]| {
            client.put(fleet.at(&at("attachment"))).body(bytes).send()
        };
        assert_eq!(put(&terminal.client, b"lines").await.unwrap().status(), 204);
        assert_eq!(put(&other.client, b"forged").await.unwrap().status(), 404, "another terminal's command");
        assert_eq!(other.post(&at("result"), &result(Outcome::Done)).await.0, 404);
        assert_eq!(terminal.post(&at("result"), &result(Outcome::Done)).await.0, 204);
        assert_eq!(terminal.post(&at("result"), &result(Outcome::Failed)).await.0, 204, "sent again");
        let kept = fleet.server().store.command(&ordered.0).await.unwrap().unwrap();
        assert_eq!(kept.outcome.as_deref(), Some("done"), "the first result counts");
        assert_eq!(fleet.server().store.attachment(&ordered.0).await.unwrap().unwrap().1, b"lines");
        assert_eq!(put(&terminal.client, b"later").await.unwrap().status(), 404, "it is over");
        let (_, list) = terminal.get(path::COMMANDS).await;
        assert_eq!(list["commands"], json!([]));
    });
}

#[test]
fn a_shell_needs_two_people_and_keeps_its_transcript() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let server = fleet.server();
        let shell = Order::Shell { seconds: 600, asked_by: "forged".into(), approved_by: "forged".into() };
        let id =
            commands::order(server, &TerminalId("T-1".into()), shell, commands::SHELL_LIFE, &desk(), "look")
                .await
                .unwrap();
        let list =
            async || serde_json::from_value::<CommandList>(terminal.get(path::COMMANDS).await.1).unwrap();
        assert!(list().await.commands.is_empty(), "nobody has approved it");
        let turn = |number: u64, output: &str| json!({"number": number, "output": output, "ended": null});
        let shell_path = format!("/fleet/v1/commands/{id}/shell");
        assert_eq!(terminal.post(&shell_path, &turn(0, "")).await.0, 410);
        assert!(matches!(commands::approve(server, &id, &desk()).await, Err(OrderError::SamePerson)));
        commands::approve(server, &id, &Actor("second".into())).await.unwrap();
        let ring = terminal.enrolled.key_ring.open_with(&terminal.enrolled.root_key).unwrap();
        let command = list().await.commands[0].open(&ring).unwrap();
        assert_eq!(
            command.order,
            Order::Shell { seconds: 600, asked_by: "desk".into(), approved_by: "second".into() }
        );
        // "$ " and "ls\n" in base64.
        assert_eq!(terminal.post(&shell_path, &turn(0, "JCA=")).await.0, 200);
        assert!(server.shells.type_in(&id.0, b"ls\n"));
        let (_, reply) = terminal.post(&shell_path, &turn(1, "")).await;
        assert_eq!(reply, json!({"input": "bHMK", "end": false}));
        assert_eq!(
            terminal.post(&shell_path, &turn(1, "")).await.1,
            reply,
            "the same turn is answered the same"
        );
        commands::withdraw(server, &id, &desk()).await.unwrap();
        let kept = server.store.command(&id.0).await.unwrap().unwrap();
        assert_eq!(
            (kept.state.as_str(), kept.outcome.as_deref(), kept.detail.as_deref()),
            ("done", Some("done"), Some("ended: desk"))
        );
        assert_eq!(terminal.post(&shell_path, &turn(2, "")).await.0, 410);
        let transcript = server.store.transcript(&id.0).await.unwrap();
        let words: Vec<_> = transcript.iter().map(|(_, out, input)| (out.as_str(), input.as_str())).collect();
        assert_eq!(words, [("JCA=", ""), ("", "bHMK")]);
    });
}

#[test]
fn a_configuration_goes_out_in_stages() {
    on_both(async |fleet| {
        let mut terminals = Vec::new();
        for n in 0..8 {
            terminals.push(fleet.terminal(&format!("T-{n}")).await);
        }
        let server = fleet.server();
        let settings = Settings { volume_percent: Some(60), ..Settings::default() };
        let wrong = Settings { volume_percent: Some(101), ..Settings::default() };
        let everybody = Selector::default();
        assert!(configurations::make(server, &wrong, &everybody, 1, &desk(), "loud").await.is_err());
        let number = configurations::make(server, &settings, &everybody, 1, &desk(), "loud").await.unwrap();
        assert_eq!(terminals[0].get(path::CONFIGURATION).await.0, 404);
        let half = configurations::push(server, number, 50).await.unwrap();
        let all = configurations::push(server, number, 100).await.unwrap();
        assert!(half < all && all == 8, "{half} of {all}");
        let less = configurations::push(server, number, 50).await.unwrap_err().to_string();
        assert_eq!(less, "the configuration is pushed to 100 % already: a push only grows, and 50 % is less");
        for _ in 0..60 {
            configurations::make(server, &settings, &everybody, 1, &desk(), "again").await.unwrap();
        }
        let before = server.store.configuration_before(number + 1).await.unwrap();
        assert_eq!(before.map(|document| document.number), Some(number), "however many came since");
        assert_eq!(server.store.configuration_before(number).await.unwrap(), None);
        let answer = terminals[3].client.get(fleet.at(path::CONFIGURATION)).send().await.unwrap();
        let tag = answer.headers()["etag"].clone();
        let signed: Signed<ConfigurationDocument> = answer.json().await.unwrap();
        let ring = terminals[3].enrolled.key_ring.open_with(&terminals[3].enrolled.root_key).unwrap();
        let document = signed.open(&ring).unwrap();
        assert_eq!((document.terminal.0.as_str(), document.settings), ("T-3", settings.clone()));
        let same = terminals[3].client.get(fleet.at(path::CONFIGURATION)).header("if-none-match", tag).send();
        assert_eq!(same.await.unwrap().status(), 304);
        let event = json!({"events": [{"number": 1, "at": "2026-11-28T08:00:00+08:00", "kind": "configuration",
            "configuration": number, "outcome": "returned", "detail": "dark"}], "dropped": 0});
        assert_eq!(terminals[3].post(path::EVENTS, &event).await.0, 200);
        let counts = server.store.push_counts(number).await.unwrap();
        assert_eq!((counts.pushed, counts.applied, counts.returned), (8, 0, 1));
        let difference = configurations::difference(&Settings::default(), &settings);
        assert_eq!(
            serde_json::to_value(&difference).unwrap(),
            json!([{"setting": "volume_percent", "before": null, "after": 60}])
        );
    });
}

#[test]
fn a_worker_points_and_nothing_is_kept() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let other = fleet.terminal("T-2").await;
        let help = json!({"events": [{"number": 1, "at": "2026-11-28T08:00:00+08:00", "kind": "help", "call": "c1",
            "page": "form-date", "item": null, "urgent": false}], "dropped": 0});
        assert_eq!(terminal.post(path::EVENTS, &help).await.0, 200);
        let assist = &fleet.server().assist;
        assist.take("c1", "worker").unwrap();
        assist.act("c1", "worker", WorkerAction::Point { x: 1.0, y: 2.0 }).unwrap();
        assert!(assist.act("c1", "another", WorkerAction::Clear).is_err());
        let long = WorkerAction::Write { text: "长".repeat(81) };
        assert!(assist.act("c1", "worker", long).is_err());
        let turn = json!({"number": 0, "page": {"page": "form-date", "item": null, "width": 1080, "height": 1920,
            "elements": [{"x": 1.0, "y": 2.0, "w": 3.0, "h": 4.0, "role": "text_input", "words": null}]}, "ended": false});
        assert_eq!(other.post("/fleet/v1/assist/c1", &turn).await.0, 410, "another terminal's call");
        let (status, reply) = terminal.post("/fleet/v1/assist/c1", &turn).await;
        assert_eq!(status, 200);
        let reply: AssistReply = serde_json::from_value(reply).unwrap();
        assert_eq!(reply.worker.as_deref(), Some("worker"));
        assert_eq!(reply.actions, [WorkerAction::Point { x: 1.0, y: 2.0 }]);
        assert!(assist.call("c1").unwrap().mirror.is_some());
        let end = json!({"number": 1, "page": null, "ended": true});
        assert_eq!(terminal.post("/fleet/v1/assist/c1", &end).await.1["ended"], Value::Bool(true));
        assert!(assist.calls().is_empty());
        assert!(fleet.server().store.events("T-1", i64::MAX, 10).await.unwrap().is_empty());
    });
}
