//! The tables of the first release brought forward while somebody works on them.

use crate::fixture::block_on;
use crate::peer::{Postgres, absent};
use fleet_api::TerminalId;
use fleet_server::store::Store;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, SqlStr};
use std::borrow::Cow;

/// The steps that the first release had, for SQLite and PostgreSQL.
const FIRST: [(i64, &str, &str, &str); 2] = [
    (
        1,
        "fleet",
        include_str!("../../migrations/sqlite/0001_fleet.sql"),
        include_str!("../../migrations/postgres/0001_fleet.sql"),
    ),
    (
        100,
        "console",
        include_str!("../../migrations/sqlite/0100_console.sql"),
        include_str!("../../migrations/postgres/0100_console.sql"),
    ),
];

async fn first_release(address: &str) -> AnyPool {
    sqlx::any::install_default_drivers();
    let pool = AnyPoolOptions::new().max_connections(2).connect(address).await.unwrap();
    let sqlite = address.starts_with("sqlite:");
    if sqlite {
        sqlx::query("PRAGMA journal_mode = WAL").execute(&pool).await.unwrap();
    }
    let step = |(number, name, of_sqlite, of_postgres): (i64, &'static str, &'static str, &'static str)| {
        let statements = SqlStr::from_static(if sqlite { of_sqlite } else { of_postgres });
        Migration::new(number, Cow::Borrowed(name), MigrationType::Simple, statements, false)
    };
    Migrator::with_migrations(FIRST.map(step).to_vec()).run(&pool).await.unwrap();
    pool
}

async fn add(pool: &AnyPool, number: i64) {
    sqlx::query(
        "INSERT INTO terminals (id, district, street, community, model, compatible, name_zh, name_en, address_zh, \
         address_en, hours, keeper_zh, keeper_en, keeper_phone, state, created_at) \
         VALUES ($1, '1', '1', '1', 'K1', 'k', '', '', '', '', '00:00-24:00', '', '', '', 'planned', 0)",
    )
    .bind(format!("T-{number:04}"))
    .execute(pool)
    .await
    .unwrap();
    sqlx::query("INSERT INTO changes (at, origin, subject, key) VALUES (0, 'old', 'terminal', $1)")
        .bind(number.to_string())
        .execute(pool)
        .await
        .unwrap();
}

/// Accounts of the first release: id is the order in which they were made.
async fn add_accounts(pool: &AnyPool) {
    for (name, shown, state) in [
        ("left", "Li", "closed"),
        ("li", "Li", "active"),
        ("wang", "Wang", "active"),
        ("li2", "Li", "invited"),
        ("li3", "Li", "active"),
    ] {
        sqlx::query(
            "INSERT INTO accounts (name, shown, role, state, language, handle, created_at, created_by) \
             VALUES ($1, $2, 'viewer', $3, 'zh-CN', $1, 0, 'old')",
        )
        .bind(name)
        .bind(shown)
        .bind(state)
        .execute(pool)
        .await
        .unwrap();
    }
}

async fn check(address: &str) {
    let pool = first_release(address).await;
    add_accounts(&pool).await;
    for number in 0..20 {
        add(&pool, number).await;
    }
    // An instance of the first release goes on writing while the new one brings the tables forward, and after that.
    let old = {
        let pool = pool.clone();
        tokio::spawn(async move {
            for number in 20..200 {
                add(&pool, number).await;
            }
        })
    };
    let store = Store::open(address).await.unwrap();
    old.await.unwrap();
    add(&pool, 200).await;
    for number in [0, 19, 20, 199, 200] {
        let id = TerminalId(format!("T-{number:04}"));
        assert!(store.terminal(&id).await.unwrap().is_some(), "{id}");
    }
    assert_eq!(store.count_terminals(&Default::default()).await.unwrap(), 201);
    // Who was shown by a name that was somebody's before them is told apart.
    let accounts = store.accounts().await.unwrap();
    let shown: Vec<_> = accounts.iter().map(|account| account.shown.as_str()).collect();
    assert_eq!(shown, ["Li", "Li", "Li (li2)", "Li (li3)", "Wang"], "left, li, li2, li3, wang");
    // The second new instance finds nothing to do.
    let second = Store::open(address).await.unwrap();
    second.close().await;
    store.close().await;
    pool.close().await;
}

#[test]
fn sqlite_is_brought_forward_while_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fleet.db");
    block_on(check(&format!("sqlite:{}?mode=rwc", file.display())));
}

#[test]
fn postgresql_is_brought_forward_while_it_is_written() {
    match Postgres::start() {
        None => absent("PostgreSQL is not installed (Debian: postgresql)"),
        Some(postgres) => block_on(check(&postgres.address())),
    }
}
