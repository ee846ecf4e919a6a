//! Two instances behind one PostgreSQL, and one instance that starts again.

use crate::fixture::{Fleet, block_on, desk, heartbeat, is_enrolled, until};
use crate::peer::{Postgres, absent};
use crate::updates::{release, roll_out};
use fleet_api::TerminalId;
use fleet_api::path;
use fleet_server::orders::enrolment::{End, revoke};
use fleet_server::rollout::State;
use fleet_server::{Options, Running, serve};
use sqlx::Row as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn two_instances_are_one_server() {
    let Some(postgres) = Postgres::start() else {
        return absent("PostgreSQL is not installed (Debian: postgresql)");
    };
    block_on(async {
        let mut one = Fleet::start_with(Some(postgres.address()), |_| {}).await;
        let folder = tempfile::tempdir().unwrap();
        let two = beside(&one, folder.path()).await;

        let mut terminals = Vec::new();
        for n in 0..6 {
            terminals.push(one.terminal(&format!("T-{n}")).await);
        }
        let at_two = format!("{}{}", two.device_url, path::KEYS);
        until("the other instance knows them", async || {
            terminals[5].client.get(&at_two).send().await.unwrap().status() == 200
        })
        .await;
        let release = release(&one, "1.1.0", b"bundle", "b.raucb").await;
        let rollout = roll_out(&one, release, &[50, 100], 0).await;
        until("every terminal has one action by either instance", async || {
            for terminal in &terminals {
                let url = format!("{}{}", two.device_url, terminal.ddi(""));
                let poll: serde_json::Value =
                    terminal.client.get(url).send().await.unwrap().json().await.unwrap();
                if let Some(href) = poll["_links"]["deploymentBase"]["href"].as_str() {
                    let answer = terminal.client.get(href).send().await.unwrap();
                    // Closed at one instance, it is gone at the other, which has not heard of it yet.
                    if answer.status() == 410 {
                        continue;
                    }
                    let base: serde_json::Value = answer.json().await.unwrap();
                    terminal.close(base["id"].as_str().unwrap(), "success").await;
                }
            }
            let counts = two.server.store.counts(rollout).await.unwrap();
            counts.iter().map(|(_, counts)| counts.succeeded).sum::<i64>() == 6
        })
        .await;
        for terminal in &terminals {
            assert_eq!(two.server.store.actions(&terminal.id, 10).await.unwrap().len(), 1, "{}", terminal.id);
        }
        revoke(&two.server, &TerminalId("T-0".into()), End::Revoked, &desk(), "stolen").await.unwrap();
        until("a revocation reaches the other instance", async || {
            terminals[0].get(path::KEYS).await.0 == 401
        })
        .await;
        one.running.take().unwrap().stop().await;
        two.stop().await;
    });
}

/// A second server on the database of the first, with its keys.
async fn beside(fleet: &Fleet, folder: &std::path::Path) -> Running {
    copy(&fleet.folder().join("keys"), &folder.join("keys"));
    let mut options = Options::local(folder);
    options.database.clone_from(&fleet.database);
    serve(options).await.unwrap()
}

#[test]
fn one_instance_hears_of_the_others_changes() {
    let Some(postgres) = Postgres::start() else {
        return absent("PostgreSQL is not installed (Debian: postgresql)");
    };
    block_on(async {
        let mut one = Fleet::start_with(Some(postgres.address()), |_| {}).await;
        let folder = tempfile::tempdir().unwrap();
        let two = beside(&one, folder.path()).await;
        let reach = async |from: usize| {
            for n in from..from + 20 {
                let id = format!("T-{n}");
                one.plan(&id).await;
                until("the other instance knows it", async || two.server.live.get(&id).is_some()).await;
            }
        };
        // Read every ten seconds only, twenty changes one after the other would take minutes.
        let began = std::time::Instant::now();
        reach(0).await;
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
        // Whoever lost the line listens again.
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'";
        sqlx::query(cut).execute(one.server().store.read()).await.unwrap();
        let began = std::time::Instant::now();
        reach(20).await;
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
        one.running.take().unwrap().stop().await;
        two.stop().await;
    });
}

#[test]
fn an_hour_is_counted_once_whoever_hears_it() {
    let Some(postgres) = Postgres::start() else {
        return absent("PostgreSQL is not installed (Debian: postgresql)");
    };
    block_on(async {
        let mut one = Fleet::start_with(Some(postgres.address()), |_| {}).await;
        let folder = tempfile::tempdir().unwrap();
        copy(&one.folder().join("keys"), &folder.path().join("keys"));
        let mut options = Options::local(folder.path());
        options.database.clone_from(&one.database);
        options.clock = std::sync::Arc::clone(&one.clock) as _;
        let two = serve(options).await.unwrap();
        let terminal = one.terminal("T-1").await;
        until("the other instance knows it", async || is_enrolled(&two.server, "T-1")).await;
        let begun = one.server().clock.millis();
        // Its line goes over to the other instance and comes back, again and again.
        for minute in 0..30 {
            let at: &str = if minute / 5 % 2 == 0 { one.url() } else { &two.device_url };
            let beat = terminal.client.post(format!("{at}{}", path::HEARTBEAT)).json(&heartbeat());
            assert_eq!(beat.send().await.unwrap().status(), 200);
            one.clock.go_on(time::Duration::seconds(60));
        }
        let sql = "SELECT CAST(SUM(open_seconds) AS BIGINT) AS open, CAST(SUM(served_seconds) AS BIGINT) AS served FROM hours";
        let row = sqlx::query(sql).fetch_one(one.server().store.read()).await.unwrap();
        let (open, served): (i64, i64) = (row.get("open"), row.get("served"));
        let passed = (one.server().clock.millis() - begun) / 1000;
        assert!((29 * 60..=passed).contains(&open), "{open} of {passed}");
        assert_eq!(served, open);
        one.running.take().unwrap().stop().await;
        two.stop().await;
    });
}

/// `yilin-fleet serve` as a process of its own.
struct Program(Child);

impl Program {
    fn serve(data: &std::path::Path, database: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_yilin-fleet"))
            .arg("--json")
            .arg("--data")
            .arg(data)
            .args(["--database", database, "serve", "--listen", "127.0.0.1:0", "--console", "127.0.0.1:0"])
            .args(["--metrics", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("device_url"), "{line}");
        Self(child)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_instance_that_is_killed_in_a_wave_is_followed_by_the_other() {
    let Some(postgres) = Postgres::start() else {
        return absent("PostgreSQL is not installed (Debian: postgresql)");
    };
    block_on(async {
        // The first one has the lease of the rollouts.
        let folder = tempfile::tempdir().unwrap();
        let mut first = Program::serve(folder.path(), &postgres.address());
        let mut two = {
            let keys = folder.path().join("keys");
            Fleet::start_with(Some(postgres.address()), |options| copy(&keys, &options.data.join("keys")))
                .await
        };
        let store = two.server().store.clone();
        let now = two.server().clock.millis();
        assert!(
            !store.lease("rollouts", &two.server().instance, now, now + 1).await.unwrap(),
            "it is the first's"
        );

        let mut terminals = Vec::new();
        for n in 0..10 {
            terminals.push(two.terminal(&format!("T-{n}")).await);
        }
        let release = release(&two, "1.1.0", b"bundle", "b.raucb").await;
        let rollout = roll_out(&two, release, &[30, 60, 100], 0).await;
        let mut closed = std::collections::BTreeSet::new();
        until("the first wave is offered", async || {
            store.counts(rollout).await.unwrap().iter().any(|(_, counts)| counts.open > 0)
        })
        .await;
        // In the middle of the first wave, with something in hand.
        let base = loop {
            let mut found = None;
            for terminal in &terminals {
                if let Some(link) = terminal.link("deploymentBase").await {
                    found = Some((terminal, terminal.get(&link).await.1));
                }
            }
            if let Some(found) = found {
                break found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        first.0.kill().unwrap();
        first.0.wait().unwrap();
        let id = base.1["id"].as_str().unwrap().to_owned();
        assert_eq!(base.0.close(&id, "success").await, 200);
        assert!(closed.insert((base.0.id.clone(), id)));
        let closed = tokio::sync::Mutex::new(closed);
        until("the other brings it to its end", async || {
            for terminal in &terminals {
                if let Some(link) = terminal.link("deploymentBase").await {
                    let (status, base) = terminal.get(&link).await;
                    assert_eq!(status, 200, "{base}");
                    let id = base["id"].as_str().unwrap().to_owned();
                    assert_eq!(terminal.close(&id, "success").await, 200);
                    assert!(closed.lock().await.insert((terminal.id.clone(), id)), "offered twice");
                }
            }
            store.rollout(rollout).await.unwrap().unwrap().state == State::Done
        })
        .await;
        assert_eq!(closed.lock().await.len(), 10);
        for terminal in &terminals {
            let actions = store.actions(&terminal.id, 10).await.unwrap();
            assert_eq!(actions.len(), 1, "{}: {actions:?}", terminal.id);
        }
        let waves: Vec<i64> = store.counts(rollout).await.unwrap().iter().map(|(wave, _)| *wave).collect();
        assert_eq!(waves, [0, 1, 2], "each wave once");
        two.running.take().unwrap().stop().await;
    });
}

#[test]
fn a_server_that_starts_again_knows_everything() {
    block_on(async {
        let mut fleet = Fleet::start_with(None, |_| {}).await;
        let mut terminal = fleet.terminal("T-1").await;
        assert_eq!(terminal.post(path::HEARTBEAT, &heartbeat()).await.0, 200);
        fleet.running.take().unwrap().stop().await;
        fleet.running = Some(serve(Options::local(fleet.folder())).await.unwrap());
        terminal.url = fleet.url().to_owned();
        assert_eq!(terminal.get(path::KEYS).await.0, 200, "its certificate still counts");
        assert!(fleet.server().store.last_heartbeat("T-1").await.unwrap().is_some());
        fleet.running.take().unwrap().stop().await;
    });
}
