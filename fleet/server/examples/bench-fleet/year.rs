//! What a year of a thousand terminals' heartbeats leaves in the store, and how long reports take on it.

use crate::browser::{Browser, account};
use crate::process::{Programs, Serving};
use crate::{figure, list, metric, note};
use fleet_server::Options;
use fleet_server::serve::open;
use fleet_server::store::Store;
use sqlx::{AssertSqlSafe, Row as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const TERMINALS: usize = 1_000;
const DAYS: i64 = 365;
const TIMES: usize = 5;

pub(crate) async fn measure(name: &str, programs: &Programs, data: &Path, database: Option<&str>) {
    let options = Options { database: database.map(str::to_owned), ..Options::local(data) };
    let (server, _) = open(&options).await.unwrap();
    let now = server.clock.millis();
    let root = server.authority.root_pem().to_owned();
    list::city(&server.store).await;
    list::terminals(&server.store, TERMINALS, now).await;
    let empty = size(&server.store, data).await;
    heartbeats_of_a_year(&server.store, now).await;
    let megabytes = (size(&server.store, data).await - empty) as f64 / 1e6;
    note(&format!("{name}: {megabytes:.0} MB"));
    let account = account(&server.store, now, "admin").await;
    server.store.close().await;
    drop(server);
    let beats = TERMINALS as i64 * DAYS * 1440;
    let about = format!(
        "{beats} heartbeats, a year of {TERMINALS} terminals, one a minute, on {name}: size with all indexes"
    );
    figure(&about, "MB", &[megabytes]);

    let serving = Serving::start(programs, data, database);
    let store = Store::open(&options.database()).await.unwrap();
    let mut browser = Browser::sign_in(&store, account, now, serving.console_port, &root).await;
    for (page, what) in [
        ("/reports", "the report of the month as a page"),
        ("/reports/indicator-5.csv", "the same as CSV"),
        ("/", "the overview with its map"),
    ] {
        browser.times(page, 1).await;
        let seconds: Vec<f64> = browser.times(page, TIMES).await.iter().map(|ms| ms / 1e3).collect();
        note(&format!("{name} {what}: {seconds:.2?} s"));
        metric(&format!("a year on {name}: {what}"), "s", &seconds, None, "≤ 2");
    }
    store.close().await;
    serving.stop();

    let mut seconds = Vec::new();
    for _ in 0..TIMES {
        let mut command = Command::new(&programs.fleet);
        command.args(["report", "coverage", "--json", "--days", &DAYS.to_string(), "--data"]).arg(data);
        if let Some(database) = database {
            command.args(["--database", database]);
        }
        let begun = Instant::now();
        let done = command.env("RUST_LOG", "warn").stdout(Stdio::piped()).output().unwrap();
        assert!(done.status.success() && done.stdout.len() > 936 * 10, "{done:?}");
        seconds.push(begun.elapsed().as_secs_f64());
    }
    note(&format!("{name} the whole year on the command line: {seconds:.2?} s"));
    let about = format!(
        "a year on {name}: the report of the whole year by `yilin-fleet report coverage`, from start to end"
    );
    metric(&about, "s", &seconds, None, "≤ 2");
}

/// Bytes of the database.
async fn size(store: &Store, data: &Path) -> u64 {
    if let Ok(database) = std::fs::metadata(data.join("fleet.db")) {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(store.read()).await.unwrap();
        return std::fs::metadata(data.join("fleet.db")).map_or(database.len(), |now| now.len());
    }
    let row = sqlx::query("SELECT pg_database_size(current_database()) AS n")
        .fetch_one(store.read())
        .await
        .unwrap();
    u64::try_from(row.get::<i64, _>("n")).unwrap()
}

/// The rows that minutes of a year come to, hour by hour as they come: one of each terminal and hour, one of each supply and
/// day. Half of the day is outside the opening hours.
async fn heartbeats_of_a_year(store: &Store, now: i64) {
    let last = now / 3_600_000;
    let first = last - DAYS * 24;
    let month = 30 * 24;
    let mut from = first;
    while from < last {
        let to = (from + month).min(last);
        let sql = format!(
            "INSERT INTO hours (terminal, hour, beats, open_seconds, served_seconds) \
             WITH RECURSIVE h(n) AS (SELECT CAST({from} AS BIGINT) UNION ALL SELECT n + 1 FROM h WHERE n < {to} - 1) \
             SELECT t.id, h.n * 3600, 60, CASE WHEN h.n % 24 < 9 THEN 3600 ELSE 0 END, CASE WHEN h.n % 24 < 9 THEN 3480 ELSE 0 END \
             FROM h CROSS JOIN terminals t ORDER BY h.n, t.id"
        );
        let mut tx = store.write().await.unwrap();
        sqlx::query(AssertSqlSafe(sql)).execute(tx.on()).await.unwrap();
        tx.commit().await.unwrap();
        from = to;
    }
    let today = now / 86_400_000;
    let sql = format!(
        "INSERT INTO supplies (terminal, supply, day, level, remaining_permille, used_total, at) \
         WITH RECURSIVE d(n) AS (SELECT CAST({today} - {DAYS} AS BIGINT) UNION ALL SELECT n + 1 FROM d WHERE n < {today}) \
         SELECT t.id, 'receipt_paper', d.n, 'full', 900, d.n, d.n * 86400000 FROM d CROSS JOIN terminals t ORDER BY d.n, t.id"
    );
    let mut tx = store.write().await.unwrap();
    sqlx::query(AssertSqlSafe(sql)).execute(tx.on()).await.unwrap();
    tx.commit().await.unwrap();
}
