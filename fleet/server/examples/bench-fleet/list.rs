//! A hundred thousand terminals: the list with every filter, its last page, and what every page of the console weighs.

use crate::browser::{Browser, account};
use crate::process::{Programs, Serving};
use crate::terminals::{checked, heartbeat};
use crate::{metric, note};
use fleet_server::Options;
use fleet_server::serve::open;
use fleet_server::store::Store;
use sqlx::AssertSqlSafe;
use std::path::Path;

const TERMINALS: usize = 100_000;
/// Requests of each address, after one that is not timed.
const TIMES: usize = 9;

/// Digits of a division's code, by the number of a terminal: 13 districts, 156 streets, 936 communities.
const DISTRICT: &str = "'9901' || (10 + i % 13)";
const STREET: &str = "'9901' || (10 + i % 13) || (100 + i / 13 % 12)";
const COMMUNITY: &str = "'9901' || (10 + i % 13) || (100 + i / 13 % 12) || (100 + i / 156 % 6)";

/// Every division of the city, each at a place of the map.
pub(crate) async fn city(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for (level, code, parent, count) in [
        ("district", DISTRICT, "NULL", 13),
        ("street", STREET, DISTRICT, 156),
        ("community", COMMUNITY, STREET, 936),
    ] {
        let sql = format!(
            "INSERT INTO divisions (code, parent, level, name_zh, name_en, urban, x, y) \
             WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count} - 1) \
             SELECT {code}, {parent}, '{level}', 'Sample ' || i, 'Sample ' || i, CASE WHEN i % 10 < 9 THEN 1 ELSE 0 END, \
             (i % 31) / 31.0, (i % 37) / 37.0 FROM n"
        );
        sqlx::query(AssertSqlSafe(sql)).execute(tx.on()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// So many terminals that were all heard of in the last twenty minutes, but for one in a hundred.
pub(crate) async fn terminals(store: &Store, terminals: usize, now: i64) {
    let numbers =
        format!("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {terminals} - 1)");
    let mut tx = store.write().await.unwrap();
    let sql = format!(
        "INSERT INTO terminals (id, district, street, community, model, compatible, name_zh, name_en, address_zh, address_en, \
         hours, keeper_zh, keeper_en, keeper_phone, state, installed_at, created_at, hardware, attributes_at) {numbers} \
         SELECT 'T' || (1000000 + i), {DISTRICT}, {STREET}, {COMMUNITY}, CASE WHEN i % 3 = 0 THEN 'K1' ELSE 'K2' END, 'yilin-k', \
         'Sample community ' || i, 'Sample community ' || i, 'Sample road ' || i, 'Sample road ' || i, '08:30-17:30', \
         'Community office', 'Community office', '0119-650', \
         CASE WHEN i % 100 = 99 THEN 'planned' WHEN i % 1000 = 98 THEN 'revoked' WHEN i % 1000 = 97 THEN 'retired' ELSE 'enrolled' END, \
         $1, $1, 'HW' || i, $1 FROM n"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(now).execute(tx.on()).await.unwrap();
    // Planned, each has a row already: what is said makes it whole.
    let sql = format!(
        "INSERT INTO health (terminal, received_at, image, in_service, out_of_service, worst, disk_free, disk_total) {numbers} \
         SELECT 'T' || (1000000 + i), $1 - i % 20 * 60000, CASE WHEN i % 7 = 0 THEN '1.0.0' ELSE '1.1.0' END, \
         CASE WHEN i % 10 = 9 THEN 0 ELSE 1 END, CASE WHEN i % 10 = 9 THEN 'card_reader' ELSE NULL END, \
         CASE WHEN i % 50 = 0 THEN 'technician' WHEN i % 50 = 1 THEN 'keeper' WHEN i % 50 = 2 THEN 'media' \
         WHEN i % 50 = 3 THEN 'attention' ELSE 'ready' END, 5368709120, 8589934592 FROM n WHERE i % 100 <> 99 \
         ON CONFLICT (terminal) DO UPDATE SET received_at = excluded.received_at, image = excluded.image, \
         in_service = excluded.in_service, out_of_service = excluded.out_of_service, worst = excluded.worst, \
         disk_free = excluded.disk_free, disk_total = excluded.disk_total"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(now).execute(tx.on()).await.unwrap();
    let sql = format!(
        "INSERT INTO heartbeats (terminal, body) {numbers} \
         SELECT 'T' || (1000000 + i), $1 FROM n WHERE i % 100 <> 99"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(checked(&heartbeat())).execute(tx.on()).await.unwrap();
    tx.commit().await.unwrap();
}

pub(crate) async fn measure(name: &str, programs: &Programs, data: &Path, database: Option<&str>) {
    let options = Options { database: database.map(str::to_owned), ..Options::local(data) };
    let (server, _) = open(&options).await.unwrap();
    let now = server.clock.millis();
    let root = server.authority.root_pem().to_owned();
    city(&server.store).await;
    terminals(&server.store, TERMINALS, now).await;
    happenings(&server.store, now).await;
    let auditor = account(&server.store, now, "auditor").await;
    let account = account(&server.store, now, "admin").await;
    server.store.close().await;
    drop(server);

    let serving = Serving::start(programs, data, database);
    let store = Store::open(&options.database()).await.unwrap();
    let mut measured = Vec::new();
    for path in paths() {
        // Who looks at so many pages in a minute is slowed down: each address has its own session.
        let mut browser = Browser::sign_in(&store, account, now, serving.console_port, &root).await;
        browser.times(&path, 1).await;
        measured.push((path.clone(), browser.times(&path, TIMES).await));
    }
    let middle = |times: &[f64]| {
        let mut sorted = times.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    for (path, times) in &measured {
        note(&format!("{name} {path}: {:.1} ms", middle(times)));
    }
    let about =
        format!("{TERMINALS} terminals on {name}, a page of the list, from question to answer over TLS");
    metric(&format!("{about}: the first one"), "ms", &measured[0].1, None, "≤ 50");
    let slowest = measured.iter().max_by(|a, b| middle(&a.1).total_cmp(&middle(&b.1))).unwrap();
    let count = measured.len();
    metric(&format!("{about}: the slowest of {count}, {}", slowest.0), "ms", &slowest.1, None, "≤ 50");

    let mut weights = Vec::new();
    let mut browser = Browser::sign_in(&store, account, now, serving.console_port, &root).await;
    // The audit is for auditors, and for nobody who is looked at by it.
    let mut of_auditor = Browser::sign_in(&store, auditor, now, serving.console_port, &root).await;
    for page in pages() {
        let who = if page == "/audit" { &mut of_auditor } else { &mut browser };
        weights.push((page, who.weight(page).await as f64 / 1e3));
        note(&format!("{name} {page}: {:.1} kB", weights.last().unwrap().1));
    }
    let heaviest = weights.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    let about = format!(
        "weight of a console's page with style, scripts and pictures, not compressed, on {name}: the heaviest of {}, {}",
        weights.len(),
        heaviest.0
    );
    metric(&about, "kB", &[heaviest.1], None, "≤ 150");
    store.close().await;
    serving.stop();
}

/// One terminal with a long history, and a rollout to everybody.
async fn happenings(store: &Store, now: i64) {
    let mut tx = store.write().await.unwrap();
    let body = r#"{"kind":"agent_started","version":"0.1.0","after_unclean_end":false}"#;
    let events = "INSERT INTO events (terminal, number, at, received_at, kind, body) \
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) \
        SELECT 'T1000000', i, $1 - i * 60000, $1, 'agent_started', $2 FROM n";
    sqlx::query(events).bind(now).bind(body).execute(tx.on()).await.unwrap();
    let tickets = "INSERT INTO tickets (terminal, rule, subject, state, opened_at, opened_for) \
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4999) \
        SELECT 'T' || (1000000 + i), 'device', 'receipt_printer', 'open', $1, '{}' FROM n";
    sqlx::query(tickets).bind(now).execute(tx.on()).await.unwrap();
    for statement in [
        "INSERT INTO devices (terminal, device, state, cause, kind, model, since) SELECT id, 'receipt_printer', 'online', NULL, \
         'ready', 'epson_80', 1 FROM terminals WHERE id < 'T1000010'",
        "INSERT INTO artifacts (sha256, sha1, md5, size, added_at) VALUES ('a', 'b', 'c', 1, 1)",
        "INSERT INTO releases (id, name, version, compatible, part, filename, sha256, added_at, added_by) \
         VALUES (1, 'yilin', '1.1.0', 'yilin-k', 'os', 'yilin.raucb', 'a', 1, 'bench')",
        "INSERT INTO rollouts (id, name, release, selector, seed, waves, error_permille, forced, state, wave, created_at, \
         created_by, why, changed_at) VALUES (1, '1.1.0', 1, '{}', 1, '[{\"percentage\":100}]', 20, 1, 'done', 0, 1, 'bench', 'bench', 1)",
        "INSERT INTO actions (terminal, release, rollout, wave, forced, state, created_at, updated_at, ended_at) \
         SELECT id, 1, 1, 0, 1, 'succeeded', 1, 1, 1 FROM terminals",
    ] {
        sqlx::query(statement).execute(tx.on()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The list with each filter that its form has, with every choice of it, and with those that hurt most together.
fn paths() -> Vec<String> {
    let mut filters = vec![String::new()];
    filters.extend(
        ["id=T10", "id=T1099", "district=990110", "street=990110100", "community=990110100100"]
            .map(str::to_owned),
    );
    filters.extend(["yes", "no", "silent"].map(|word| format!("service={word}")));
    filters
        .extend(["ready", "attention", "media", "keeper", "technician"].map(|word| format!("needs={word}")));
    filters.extend(["planned", "enrolled", "revoked", "retired"].map(|word| format!("state={word}")));
    filters.extend(["model=K2", "model=none", "image=1.1.0", "image=none"].map(str::to_owned));
    filters.extend(
        [
            "model=K2&service=yes",
            "model=K2&service=silent&needs=technician",
            "district=990111&service=no&needs=keeper&state=enrolled&model=K2&image=1.1.0",
            "state=enrolled&image=none&service=yes",
        ]
        .map(str::to_owned),
    );
    let mut paths = Vec::new();
    for filter in filters {
        paths.push(format!("/terminals?{filter}"));
        // Its last page: what comes after the last terminal but a few.
        paths.push(format!("/terminals?{filter}&after=T1099950"));
    }
    paths
}

/// Every page of the menu, and one of each kind that is behind it.
fn pages() -> [&'static str; 19] {
    [
        "/",
        "/?urban=1",
        "/places/990110",
        "/places/990110100",
        "/terminals",
        "/terminals/T1000000",
        "/tickets",
        "/desk",
        "/rollouts",
        "/rollouts/1",
        "/configurations",
        "/keys",
        "/stops",
        "/reports",
        "/audit",
        "/accounts",
        "/me",
        "/sign-in",
        "/t/T1000000",
    ]
}
