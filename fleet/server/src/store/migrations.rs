//! The tables of each version, in order. A file that was released is never changed: the next one changes the tables.

use super::Backend;
use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use std::borrow::Cow;

/// Number, name, the statements for SQLite and for PostgreSQL.
type Step = (i64, &'static str, &'static str, &'static str);

macro_rules! step {
    ($number:literal, $name:literal, $file:literal) => {
        (
            $number,
            $name,
            include_str!(concat!("../../migrations/sqlite/", $file)),
            include_str!(concat!("../../migrations/postgres/", $file)),
        )
    };
}

const STEPS: &[Step] = &[
    step!(1, "fleet", "0001_fleet.sql"),
    step!(4, "news", "0004_news.sql"),
    step!(100, "console", "0100_console.sql"),
    step!(101, "catalogue", "0101_catalogue.sql"),
    step!(200, "hot", "0200_hot.sql"),
    step!(201, "list", "0201_list.sql"),
    step!(202, "hours", "0202_hours.sql"),
    step!(203, "rules", "0203_rules.sql"),
    step!(204, "errors", "0204_errors.sql"),
    step!(205, "shown", "0205_shown.sql"),
    step!(206, "proved", "0206_proved.sql"),
    step!(207, "screen", "0207_screen.sql"),
    step!(208, "near", "0208_near.sql"),
    step!(209, "state", "0209_state.sql"),
];

pub(super) fn of(backend: Backend) -> Migrator {
    let migrations = STEPS
        .iter()
        .map(|(number, name, sqlite, postgres)| {
            let statements = match backend {
                Backend::Sqlite => sqlite,
                Backend::Postgres => postgres,
            };
            Migration::new(
                *number,
                Cow::Borrowed(*name),
                MigrationType::Simple,
                SqlStr::from_static(statements),
                false,
            )
        })
        .collect();
    Migrator::with_migrations(migrations)
}
