//! A worker or technician at one instance, the terminal at another, both behind one PostgreSQL.

use crate::fixture::{Fleet, Terminal, block_on, desk, is_enrolled, until};
use crate::instances::copy;
use crate::peer::{Postgres, absent};
use fleet_api::TerminalId;
use fleet_api::assist::WorkerAction;
use fleet_api::command::{CommandId, Order};
use fleet_api::path;
use fleet_server::assist::AssistError;
use fleet_server::news::NewsItem;
use fleet_server::orders::commands;
use fleet_server::state::Actor;
use fleet_server::{Options, Running, beside, serve};
use serde_json::{Value, json};
use std::time::Duration;

/// What nobody may find afterwards.
const SENTENCE: &str = "请按右下角蓝色的下一步";
const ON_THE_PAGE: &str = "您的补贴发放方式";

struct Two {
    one: Fleet,
    two: Running,
    terminal: Terminal,
    _folder: tempfile::TempDir,
}

/// Two instances that know each other, and a terminal that both know.
async fn two_instances(postgres: &Postgres) -> Two {
    let one = Fleet::start_with(Some(postgres.address()), |_| {}).await;
    let folder = tempfile::tempdir().unwrap();
    copy(&one.folder().join("keys"), &folder.path().join("keys"));
    let mut options = Options::local(folder.path());
    options.database.clone_from(&one.database);
    options.clock = std::sync::Arc::clone(&one.clock) as _;
    let two = serve(options).await.unwrap();
    let terminal = one.terminal("T-1").await;
    until("they know each other and the terminal", async || {
        one.server().beside.urls() == [two.device_url.as_str()]
            && two.server.beside.urls() == [one.url()]
            && is_enrolled(&two.server, "T-1")
    })
    .await;
    Two { one, two, terminal, _folder: folder }
}

async fn turn(terminal: &Terminal, url: &str, path: &str, body: &Value) -> (u16, Value) {
    let answer = terminal.client.post(format!("{url}{path}")).json(body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn help(number: u64, call: &str) -> Value {
    json!({"events": [{"number": number, "at": "2026-11-28T08:00:00+08:00", "kind": "help", "call": call,
        "page": "form-choice", "item": null, "urgent": false}], "dropped": 0})
}

fn page() -> Value {
    json!({"page": "form-choice", "item": null, "width": 1080, "height": 1920, "elements": [
        {"x": 1.0, "y": 2.0, "w": 3.0, "h": 4.0, "role": "text", "words": ON_THE_PAGE}]})
}

#[test]
fn a_worker_at_one_instance_helps_a_terminal_at_another() {
    let Some(postgres) = Postgres::start() else {
        return absent("PostgreSQL is not installed (Debian: postgresql)");
    };
    block_on(async {
        let Two { mut one, two, terminal, _folder } = two_instances(&postgres).await;
        let other = one.terminal("T-2").await;
        until("two knows the other terminal", async || is_enrolled(&two.server, "T-2")).await;
        let at_one = one.url().to_owned();
        let mut news = two.server.news.subscribe();

        // The terminal's first turn goes to one instance, the event that begins the call to the other, and later.
        let begins = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            assert_eq!(terminal.post(path::EVENTS, &help(1, "c1")).await.0, 200);
            until("the worker's instance sees the call", async || {
                two.server.calls().await.iter().any(|call| call.id == "c1" && call.mirror.is_none())
            })
            .await;
            two.server.take_call("c1", "worker").await.unwrap();
        };
        let first = json!({"number": 0, "page": page(), "ended": false});
        let (answer, ()) =
            tokio::join!(turn(&terminal, &two.device_url, "/fleet/v1/assist/c1", &first), begins);
        assert_eq!((answer.0, &answer.1["worker"]), (200, &json!("worker")), "{answer:?}");
        assert!(one.server().assist.call("c1").is_some() && two.server.assist.call("c1").is_none(), "once");
        let told = async { while news.recv().await.unwrap() != NewsItem::Call("c1".into()) {} };
        tokio::time::timeout(Duration::from_secs(5), told).await.expect("who looks is told");
        let seen = two.server.call("c1").await.unwrap().mirror.unwrap();
        assert_eq!(seen.elements[0].words.as_deref(), Some(ON_THE_PAGE));

        // Two workers at two instances: one of them has it.
        assert_eq!(one.server().take_call("c1", "another").await, Err(AssistError::Taken));
        let write = WorkerAction::Write { text: SENTENCE.into() };
        assert_eq!(one.server().act_in_call("c1", "another", write.clone()).await, Err(AssistError::Taken));
        two.server.act_in_call("c1", "worker", write).await.unwrap();
        let next = json!({"number": 1, "page": null, "ended": false});
        assert_eq!(turn(&other, &two.device_url, "/fleet/v1/assist/c1", &next).await.0, 410, "not its own");
        for url in [&at_one, &two.device_url] {
            // The same turn again, by the other way too, has the same answer.
            let (status, reply) = turn(&terminal, url, "/fleet/v1/assist/c1", &next).await;
            assert_eq!((status, &reply["actions"][0]["text"]), (200, &json!(SENTENCE)), "{reply}");
        }
        two.server.hang_up_call("c1", "worker").await.unwrap();
        let last = json!({"number": 2, "page": null, "ended": false});
        assert_eq!(turn(&terminal, &at_one, "/fleet/v1/assist/c1", &last).await.1["ended"], json!(true));
        assert_eq!(two.server.act_in_call("c1", "worker", WorkerAction::Clear).await, Err(AssistError::Over));

        // A call that hangs at the instance which ends is over, and the other one says so.
        assert_eq!(terminal.post(path::EVENTS, &help(2, "c2")).await.0, 200);
        assert_eq!(two.server.calls().await.len(), 1);
        // Nothing of it is in any table.
        let all = "SELECT CAST(database_to_xml(true, true, '') AS TEXT)";
        let all: String = sqlx::query_scalar(all).fetch_one(two.server.store.read()).await.unwrap();
        assert!(all.contains("T-1"), "every table is looked at");
        for kept in [SENTENCE, ON_THE_PAGE, "form-choice", ">c1<", ">c2<"] {
            assert!(!all.contains(kept), "the database keeps {kept}");
        }
        one.running.take().unwrap().stop().await;
        assert_eq!(two.server.calls().await, []);
        let first = json!({"number": 0, "page": null, "ended": false});
        assert_eq!(turn(&terminal, &two.device_url, "/fleet/v1/assist/c2", &first).await.0, 410);
        until("the one that has ended is not asked any more", async || two.server.beside.urls().is_empty())
            .await;
        two.stop().await;
    });
}

#[test]
fn a_technician_at_one_instance_types_into_a_shell_at_another() {
    let Some(postgres) = Postgres::start() else {
        return absent("PostgreSQL is not installed (Debian: postgresql)");
    };
    block_on(async {
        let Two { mut one, two, terminal, _folder } = two_instances(&postgres).await;
        let shell = Order::Shell { seconds: 600, asked_by: String::new(), approved_by: String::new() };
        let id = TerminalId("T-1".into());
        let by = desk();
        let CommandId(id) =
            commands::order(&two.server, &id, shell, commands::SHELL_LIFE, &by, "look").await.unwrap();
        commands::approve(one.server(), &CommandId(id.clone()), &Actor("second".into())).await.unwrap();
        let path = path::SHELL.replace("{id}", &id);
        let said = |number: u64, output: &str| json!({"number": number, "output": output, "ended": null});
        assert!(!two.server.type_into_shell(&id, "ls\n").await, "it is not open yet");
        // "$ " in base64.
        assert_eq!(turn(&terminal, one.url(), &path, &said(0, "JCA=")).await.0, 200);
        assert!(two.server.type_into_shell(&id, "ls\n").await);
        // The terminal's line has gone over to the other instance: the shell stays where it was opened.
        let (status, reply) = turn(&terminal, &two.device_url, &path, &said(1, "")).await;
        assert_eq!((status, reply), (200, json!({"input": "bHMK", "end": false})));
        assert!(one.server().shells.is_open(&id) && !two.server.shells.is_open(&id), "once");
        let words: Vec<_> = two.server.store.transcript(&id).await.unwrap();
        let words: Vec<_> = words.iter().map(|(_, out, typed)| (out.as_str(), typed.as_str())).collect();
        assert_eq!(words, [("JCA=", ""), ("", "bHMK")]);
        // Its instance is gone: the terminal's next turn opens it here.
        one.running.take().unwrap().stop().await;
        assert!(!two.server.type_into_shell(&id, "ls\n").await);
        assert_eq!(turn(&terminal, &two.device_url, &path, &said(2, "JCA=")).await.0, 200);
        assert!(two.server.type_into_shell(&id, "ls\n").await);
        two.stop().await;
    });
}

#[test]
fn nobody_but_an_instance_asks_an_instance() {
    block_on(async {
        let mut fleet = Fleet::start_with(None, |_| {}).await;
        let terminal = fleet.terminal("T-1").await;
        let ask = json!({"ask": "calls"});
        assert_eq!(terminal.post(beside::PATH, &ask).await.0, 404, "a terminal");
        let stranger = fleet.stranger().post(fleet.at(beside::PATH)).json(&ask).send().await.unwrap();
        assert_eq!(stranger.status(), 404, "no certificate");
        // An instance's certificate asks, and is no terminal's.
        let server = fleet.server();
        let own = server.authority.certify_instance(server.clock.now()).unwrap();
        let root = std::fs::read(fleet.root()).unwrap();
        let instance = crate::fixture::client(&root, Some(&(own.key + &own.chain)));
        let said: Value =
            instance.post(fleet.at(beside::PATH)).json(&ask).send().await.unwrap().json().await.unwrap();
        assert_eq!(said, json!({"said": "calls", "calls": []}));
        assert_eq!(instance.get(fleet.at(path::KEYS)).send().await.unwrap().status(), 401);
        fleet.running.take().unwrap().stop().await;
    });
}
