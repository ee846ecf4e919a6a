//! Health, counters, the end of a server, a database that is away, and a copy that another server begins from.

use crate::fixture::{Fleet, block_on, command_line, heartbeat, on_both, until};
use crate::peer::{Postgres, absent};
use crate::updates::{offered, release, roll_out};
use fleet_api::path;
use fleet_server::console::tokens::Secret;
use fleet_server::store::Store;
use fleet_server::store::audit::Verdict;
use fleet_server::{Options, serve};
use std::path::Path;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio_stream::StreamExt as _;

async fn get(client: &reqwest::Client, url: &str) -> (u16, String) {
    let answer = client.get(url).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn counter(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("yilin_fleet_{name} ")));
    line.unwrap_or_else(|| panic!("{name}: {text}")).parse().unwrap()
}

#[test]
fn counters_count_what_happened() {
    block_on(async {
        let mut fleet = Fleet::start_with(None, |options| {
            options.metrics = Some("127.0.0.1:0".parse().unwrap());
        })
        .await;
        let metrics = format!("{}/metrics", fleet.running().metrics_url.clone().unwrap());
        let terminal = fleet.terminal("T-1").await;
        for _ in 0..3 {
            assert_eq!(terminal.post(path::HEARTBEAT, &heartbeat()).await.0, 200);
        }
        assert_eq!(terminal.link("deploymentBase").await, None);
        let (status, text) = get(&fleet.stranger(), &metrics).await;
        assert_eq!(status, 200);
        for (name, value) in
            [("heartbeats_total", 3), ("polls_total", 1), ("enrolments_total", 1), ("terminals", 1)]
        {
            assert_eq!(counter(&text, name), value, "{name}");
        }
        // Enrolment, three heartbeats and a poll.
        assert_eq!(counter(&text, "call_seconds_count"), 5);
        assert_eq!(counter(&text, "call_seconds_bucket{le=\"+Inf\"}"), 5);
        for (name, value) in [("enrolled", 1), ("in_service", 1), ("offline", 0)] {
            assert_eq!(counter(&text, &format!("terminals_{name}")), value, "{name}");
        }
        assert_eq!(counter(&text, "tickets_open{rule=\"offline\"}"), 0);
        // Every line is one of the text format.
        for line in text.lines() {
            let mut words = line.split(' ');
            let good = match words.next().unwrap() {
                "#" => matches!(words.next(), Some("HELP" | "TYPE")),
                name => name.starts_with("yilin_fleet_") && words.next().unwrap().parse::<f64>().is_ok(),
            };
            assert!(good, "{line}");
        }
        fleet.clock.go_on(time::Duration::minutes(16));
        fleet_server::runner::tickets::step(fleet.server()).await.unwrap();
        let (_, text) = get(&fleet.stranger(), &metrics).await;
        assert_eq!((counter(&text, "terminals_in_service"), counter(&text, "terminals_offline")), (0, 1));
        assert_eq!(counter(&text, "tickets_open{rule=\"offline\"}"), 1);
        assert!(!text.contains("T-1"), "no terminal by itself");
        assert_eq!(get(&fleet.stranger(), &fleet.at("/metrics")).await.0, 404, "not where terminals call");
        fleet.running.take().unwrap().stop().await;
    });
}

#[test]
fn a_database_that_is_away_is_told_and_comes_back() {
    let Some(mut postgres) = Postgres::start() else {
        return absent("PostgreSQL is not installed (Debian: postgresql)");
    };
    block_on(async {
        let mut fleet = Fleet::start_with(Some(postgres.address()), |options| {
            options.metrics = Some("127.0.0.1:0".parse().unwrap());
        })
        .await;
        let here = fleet.running().metrics_url.clone().unwrap();
        let terminal = fleet.terminal("T-1").await;
        let stranger = fleet.stranger();
        let ready = async || {
            let (device, own) = (fleet.at("/readyz"), format!("{here}/readyz"));
            (get(&stranger, &device).await.0, get(&stranger, &own).await.0)
        };
        assert_eq!(ready().await, (200, 200));
        assert_eq!(terminal.post(path::HEARTBEAT, &heartbeat()).await.0, 200);
        postgres.kill();
        assert_eq!(ready().await, (503, 503));
        assert_eq!(get(&stranger, &fleet.at("/healthz")).await.0, 200, "the program itself is well");
        let mut changed = heartbeat();
        changed.screen.as_mut().unwrap().devices[0].kind = "technician".into();
        assert_eq!(terminal.post(path::HEARTBEAT, &changed).await.0, 500, "what is not stored is not taken");
        postgres.start_again();
        until("it is ready again", async || ready().await == (200, 200)).await;
        // The same words again: what was not stored the first time is stored now.
        assert_eq!(terminal.post(path::HEARTBEAT, &changed).await.0, 200);
        assert_eq!(fleet.server().store.devices("T-1").await.unwrap()[0].kind, "technician");
        fleet.running.take().unwrap().stop().await;
    });
}

#[test]
fn what_is_under_way_ends_before_the_server_does() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let bytes: Vec<u8> = (0..24 << 20_u32).map(|n: u32| n.to_le_bytes()[1]).collect();
        let release = release(fleet, "1.1.0", &bytes, "b.raucb").await;
        roll_out(fleet, release, &[100], 0).await;
        let base = offered(&terminal).await;
        let href = &base["deployment"]["chunks"][0]["artifacts"][0]["_links"]["download"]["href"];
        let answer = terminal.client.get(href.as_str().unwrap()).send().await.unwrap();
        let mut stream = answer.bytes_stream();
        let mut taken = stream.next().await.unwrap().unwrap().to_vec();
        // What waits for an order, a minute long.
        let waits = terminal.client.get(fleet.at("/fleet/v1/commands?after=0&wait=60")).send();
        let waits = tokio::spawn(waits);
        tokio::time::sleep(Duration::from_millis(300)).await;

        let server = fleet.server().clone();
        let address = fleet.url().strip_prefix("https://").unwrap().to_owned();
        let stopping = tokio::spawn(fleet.running.take().unwrap().stop());
        until("it is ending", async || server.ending.load(std::sync::atomic::Ordering::Relaxed)).await;
        drop(server);
        let began = std::time::Instant::now();
        assert_eq!(waits.await.unwrap().unwrap().status(), 200);
        assert!(began.elapsed() < Duration::from_secs(15), "who waits is answered at once");
        until("nobody new is let in", async || {
            let Ok(mut stream) = tokio::net::TcpStream::connect(&address).await else { return true };
            // Taken by the machine before the listener was closed, and closed with it.
            let mut byte = [0];
            let read = tokio::time::timeout(Duration::from_millis(100), stream.read(&mut byte)).await;
            matches!(read, Ok(Ok(0) | Err(_)))
        })
        .await;
        assert!(!stopping.is_finished(), "a download is under way");
        while let Some(piece) = stream.next().await {
            taken.extend_from_slice(&piece.unwrap());
        }
        assert!(taken == bytes, "the whole file");
        drop(stream);
        stopping.await.unwrap();
        // The fixture ends a server that runs.
        fleet.running = Some(serve(Options::local(fleet.folder().join("another"))).await.unwrap());
    });
}

/// Everything that a store says of a terminal and of the desk's work.
async fn everything(store: &Store) -> Vec<String> {
    let mut said = Vec::new();
    let page = fleet_server::store::page::Page::first(1000);
    said.push(serde_json::to_string(&store.terminals(&Default::default(), &page).await.unwrap()).unwrap());
    said.push(serde_json::to_string(&store.events("T-1", i64::MAX, 1000).await.unwrap()).unwrap());
    said.push(format!("{:?}", store.last_heartbeat("T-1").await.unwrap()));
    said.push(serde_json::to_string(&store.actions("T-1", 1000).await.unwrap()).unwrap());
    said.push(serde_json::to_string(&store.rollouts(1000).await.unwrap()).unwrap());
    said.push(format!("{:?}", store.releases(1000).await.unwrap()));
    said.push(format!("{:?}", store.ring().await.unwrap()));
    said.push(format!("{:?}", store.accounts().await.unwrap()));
    said
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// What a backup does not copy of PostgreSQL its own programs do: into a database beside the first.
fn dumped(postgres: &Postgres, out: &Path) -> String {
    let file = out.join("fleet.dump").display().to_string();
    postgres.tool("pg_dump", &["--format=custom", "--file", &file, "postgres"]);
    postgres.tool("createdb", &["restored"]);
    postgres.tool("pg_restore", &["--exit-on-error", "--dbname", "restored", &file]);
    postgres.address_of("restored")
}

async fn a_copy_begins_again(postgres: Option<&Postgres>) {
    let mut fleet = Fleet::start_with(postgres.map(Postgres::address), |_| {}).await;
    Secret::read_or_make(&fleet.folder().join("console.key")).unwrap();
    let mut terminal = fleet.terminal("T-1").await;
    assert_eq!(terminal.post(path::HEARTBEAT, &heartbeat()).await.0, 200);
    let event = serde_json::json!({"events": [{"number": 1, "at": "2026-11-28T08:00:00Z", "kind": "agent_started",
        "version": "1", "after_unclean_end": false}], "dropped": 0});
    assert_eq!(terminal.post(path::EVENTS, &event).await.0, 200);
    let release = release(&fleet, "1.1.0", b"bundle", "b.raucb").await;
    roll_out(&fleet, release, &[100], 0).await;
    offered(&terminal).await;
    fleet.say(&["user", "add", "li", "--role", "admin"]).unwrap();

    let elsewhere = tempfile::tempdir().unwrap();
    let (out, new) = (elsewhere.path().join("out"), elsewhere.path().join("new"));
    let folder = if postgres.is_some() { elsewhere.path().join("dump") } else { out.clone() };
    fleet.say(&["backup", out.to_str().unwrap(), "--why", "friday"]).unwrap();
    assert!(fleet.say(&["backup", out.to_str().unwrap()]).is_err(), "nothing is written over");
    if postgres.is_some() {
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
        std::fs::set_permissions(elsewhere.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
    }
    let database = postgres.map(|postgres| dumped(postgres, &folder));
    let before = everything(&fleet.server().store).await;
    let noted = fleet.server().store.audit_after(0, 1000).await.unwrap();
    fleet.running.take().unwrap().stop().await;

    let restore = ["restore", out.to_str().unwrap(), "--why", "a new machine"];
    command_line(&new, database.as_deref(), &restore).unwrap();
    assert!(command_line(&new, database.as_deref(), &restore).is_err(), "a server lives there");
    for file in ["keys/authority.key", "keys/commands.key", "keys/root.public", "console.key"] {
        let read = |folder: &Path| std::fs::read(folder.join(file)).unwrap();
        assert_eq!(read(fleet.folder()), read(&new), "{file}");
    }
    copy(&fleet.folder().join("artifacts"), &new.join("artifacts"));
    let mut options = Options::local(&new);
    options.database = database;
    options.policy.poll_seconds = 1;
    let restored = serve(options).await.unwrap();
    // Its name leads to the new machine now.
    terminal.url.clone_from(&restored.device_url);
    let store = &restored.server.store;
    assert_eq!(everything(store).await, before);
    let mut chain = store.audit_after(0, 1000).await.unwrap();
    let last = chain.pop().unwrap();
    assert_eq!((last.what.as_str(), last.why.as_str()), ("server.restore", "a new machine"));
    assert_eq!(chain, noted);
    assert!(matches!(store.verify_audit().await.unwrap(), Verdict::Whole { .. }));
    // The terminal goes on where it was, with the certificate that it has.
    assert_eq!(terminal.post(path::HEARTBEAT, &heartbeat()).await.0, 200);
    let base = offered(&terminal).await;
    let href = &base["deployment"]["chunks"][0]["artifacts"][0]["_links"]["download"]["href"];
    let answer = terminal.client.get(href.as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.bytes().await.unwrap(), b"bundle"[..]);
    restored.stop().await;
}

#[test]
fn a_backup_of_sqlite_is_a_server_again() {
    block_on(a_copy_begins_again(None));
}

#[test]
fn a_backup_and_a_dump_of_postgresql_are_a_server_again() {
    match Postgres::start() {
        None => absent("PostgreSQL is not installed (Debian: postgresql)"),
        Some(postgres) => block_on(a_copy_begins_again(Some(&postgres))),
    }
}
