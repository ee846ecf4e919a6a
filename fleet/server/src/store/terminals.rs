//! Terminals: where they stand, whether they may call, and the list with its filters.

use super::page::Page;
use super::{Millis, Store, StoreError, Write};
use fleet_api::TerminalId;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// One terminal, as the desk knows it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Terminal {
    /// Its number.
    pub id: TerminalId,
    /// Codes of district, street and community.
    pub district: String,
    /// The street's code.
    pub street: String,
    /// The community's code.
    pub community: String,
    /// The model of the kiosk.
    pub model: String,
    /// What its image is built for.
    pub compatible: String,
    /// The community's name, as the status bar shows it.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// Street and house.
    pub address_zh: String,
    /// The same in English.
    pub address_en: String,
    /// Opening hours of every day, `HH:MM-HH:MM`.
    pub hours: String,
    /// The office that looks after it.
    pub keeper_zh: String,
    /// The same in English.
    pub keeper_en: String,
    /// The office's number.
    pub keeper_phone: String,
    /// `planned`, `enrolled`, `revoked`, `retired`.
    pub state: String,
    /// When it was first enrolled.
    #[serde(rename = "installed_at_ms")]
    pub installed_at: Option<Millis>,
    /// The hardware's own number.
    pub hardware: Option<String>,
    /// The serial number of its certificate.
    pub certificate_serial: Option<String>,
    /// The certificate's last moment.
    #[serde(rename = "certificate_until_ms")]
    pub certificate_until: Option<Millis>,
}

/// What is needed to plan a terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTerminal {
    /// Letters, digits and hyphens, at most 64.
    pub id: String,
    /// The district's code.
    pub district: String,
    /// The street's code.
    pub street: String,
    /// The community's code.
    pub community: String,
    /// The model of the kiosk.
    pub model: String,
    /// What its image is built for.
    pub compatible: String,
    /// The community's name.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// Street and house.
    #[serde(default)]
    pub address_zh: String,
    /// The same in English.
    #[serde(default)]
    pub address_en: String,
    /// `HH:MM-HH:MM`, every day.
    pub hours: String,
    /// The office that looks after it.
    #[serde(default)]
    pub keeper_zh: String,
    /// The same in English.
    #[serde(default)]
    pub keeper_en: String,
    /// The office's number.
    #[serde(default)]
    pub keeper_phone: String,
}

/// What the list is narrowed to. Empty: everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Codes of district, street or community; the narrowest counts.
    pub district: Option<String>,
    /// The street's code.
    pub street: Option<String>,
    /// The community's code.
    pub community: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The terminal's state.
    pub state: Option<String>,
    /// The image that runs.
    pub image: Option<String>,
    /// The catalogue that it serves.
    pub catalogue: Option<String>,
    /// Heard of since / not since this moment.
    pub contact: Option<Contact>,
    /// In service or not, by the last word.
    pub in_service: Option<InService>,
    /// Who is needed: `attention`, `media`, `keeper`, `technician`.
    pub worst: Option<String>,
    /// The beginning of the number.
    pub id_begins: Option<String>,
}

/// Whether a terminal was heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// Since this moment.
    Since(Millis),
    /// Not since this moment.
    NotSince(Millis),
}

/// Whether a terminal serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InService {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Listed {
    /// The terminal.
    #[serde(flatten)]
    pub terminal: Terminal,
    /// When it was last heard of.
    #[serde(rename = "received_at_ms")]
    pub received_at: Option<Millis>,
    /// Whether it served then.
    pub in_service: bool,
    /// The image that ran then.
    pub image: Option<String>,
    /// Who was needed then.
    pub worst: Option<String>,
    /// Why it did not serve.
    pub out_of_service: Option<String>,
}

const COLUMNS: &str = "t.id, t.district, t.street, t.community, t.model, t.compatible, t.name_zh, t.name_en, \
    t.address_zh, t.address_en, t.hours, t.keeper_zh, t.keeper_en, t.keeper_phone, t.state, t.installed_at, \
    t.hardware, t.certificate_serial, t.certificate_until";

fn terminal(row: &AnyRow) -> Result<Terminal, sqlx::Error> {
    Ok(Terminal {
        id: TerminalId(row.try_get("id")?),
        district: row.try_get("district")?,
        street: row.try_get("street")?,
        community: row.try_get("community")?,
        model: row.try_get("model")?,
        compatible: row.try_get("compatible")?,
        name_zh: row.try_get("name_zh")?,
        name_en: row.try_get("name_en")?,
        address_zh: row.try_get("address_zh")?,
        address_en: row.try_get("address_en")?,
        hours: row.try_get("hours")?,
        keeper_zh: row.try_get("keeper_zh")?,
        keeper_en: row.try_get("keeper_en")?,
        keeper_phone: row.try_get("keeper_phone")?,
        state: row.try_get("state")?,
        installed_at: row.try_get("installed_at")?,
        hardware: row.try_get("hardware")?,
        certificate_serial: row.try_get("certificate_serial")?,
        certificate_until: row.try_get("certificate_until")?,
    })
}

impl Filter {
    /// ` AND …` and the values of its parameters, which begin at `$first`.
    fn conditions(&self, first: usize) -> (String, Vec<Bound>) {
        let mut sql = String::new();
        let mut bound = Vec::new();
        let mut and = |condition: &str, value: Bound| {
            let _ = write!(sql, " AND {condition} ${}", first + bound.len());
            bound.push(value);
        };
        let texts = [
            ("district =", &self.district),
            ("street =", &self.street),
            ("community =", &self.community),
            ("model =", &self.model),
            ("state =", &self.state),
            ("image =", &self.image),
            ("catalogue =", &self.catalogue),
            ("worst =", &self.worst),
        ];
        for (condition, value) in texts {
            if let Some(value) = value {
                and(condition, Bound::Text(value.clone()));
            }
        }
        match self.contact {
            Some(Contact::Since(moment)) => and("received_at >=", Bound::Number(moment)),
            // Who was never heard of is silent, too.
            Some(Contact::NotSince(moment)) => and("COALESCE(received_at, 0) <", Bound::Number(moment)),
            None => {}
        }
        match self.in_service {
            Some(InService::Yes) => and("in_service =", Bound::Number(1)),
            Some(InService::No) => and("in_service =", Bound::Number(0)),
            None => {}
        }
        if let Some(begins) = &self.id_begins {
            and("terminal >=", Bound::Text(begins.clone()));
            and("terminal <", Bound::Text(format!("{begins}\u{10FFFF}")));
        }
        (sql, bound)
    }
}

/// A parameter of a statement that is put together.
enum Bound {
    Text(String),
    Number(i64),
}

impl Store {
    /// One terminal.
    ///
    /// # Errors
    /// The database refused.
    pub async fn terminal(&self, id: &TerminalId) -> Result<Option<Terminal>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM terminals t WHERE t.id = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(&id.0).fetch_optional(self.read()).await?;
        Ok(row.as_ref().map(terminal).transpose()?)
    }

    /// A page of the list, by number; `page.after` is the last number of the page before.
    ///
    /// # Errors
    /// The database refused.
    pub async fn terminals(&self, filter: &Filter, page: &Page) -> Result<Vec<Listed>, StoreError> {
        let (conditions, bound) = filter.conditions(3);
        // The rows of a page are looked up once its numbers are known.
        let sql = format!(
            "SELECT {COLUMNS}, h.received_at, h.in_service, h.image, h.worst, h.out_of_service FROM \
             (SELECT terminal FROM health WHERE terminal > $1{conditions} ORDER BY terminal LIMIT $2) p \
             JOIN terminals t ON t.id = p.terminal JOIN health h ON h.terminal = p.terminal ORDER BY p.terminal"
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(page.after.clone()).bind(page.limit());
        let rows = with(query, bound).fetch_all(self.read()).await?;
        let listed = rows.iter().map(|row| {
            Ok(Listed {
                terminal: terminal(row)?,
                received_at: row.try_get("received_at")?,
                in_service: row.try_get::<i64, _>("in_service")? == 1,
                image: row.try_get("image")?,
                worst: row.try_get("worst")?,
                out_of_service: row.try_get("out_of_service")?,
            })
        });
        Ok(listed.collect::<Result<_, sqlx::Error>>()?)
    }

    /// How many terminals the filter leaves.
    ///
    /// # Errors
    /// The database refused.
    pub async fn count_terminals(&self, filter: &Filter) -> Result<i64, StoreError> {
        let (conditions, bound) = filter.conditions(1);
        let sql = format!("SELECT COUNT(*) AS n FROM health WHERE 1 = 1{conditions}");
        Ok(with(sqlx::query(AssertSqlSafe(sql)), bound).fetch_one(self.read()).await?.try_get("n")?)
    }
}

type Statement = sqlx::query::Query<'static, sqlx::Any, <sqlx::Any as sqlx::Database>::Arguments>;

/// The statement with its parameters.
fn with(mut statement: Statement, bound: Vec<Bound>) -> Statement {
    for value in bound {
        statement = match value {
            Bound::Text(text) => statement.bind(text),
            Bound::Number(number) => statement.bind(number),
        };
    }
    statement
}

/// Plans a terminal, or changes where it stands.
///
/// # Errors
/// The database refused.
pub async fn put(tx: &mut Write, new: &NewTerminal, now: Millis) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO terminals (id, district, street, community, model, compatible, name_zh, name_en, address_zh, \
         address_en, hours, keeper_zh, keeper_en, keeper_phone, state, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'planned', $15) \
         ON CONFLICT (id) DO UPDATE SET district = excluded.district, street = excluded.street, \
         community = excluded.community, model = excluded.model, compatible = excluded.compatible, \
         name_zh = excluded.name_zh, name_en = excluded.name_en, address_zh = excluded.address_zh, \
         address_en = excluded.address_en, hours = excluded.hours, keeper_zh = excluded.keeper_zh, \
         keeper_en = excluded.keeper_en, keeper_phone = excluded.keeper_phone",
    )
    .bind(&new.id)
    .bind(&new.district)
    .bind(&new.street)
    .bind(&new.community)
    .bind(&new.model)
    .bind(&new.compatible)
    .bind(&new.name_zh)
    .bind(&new.name_en)
    .bind(&new.address_zh)
    .bind(&new.address_en)
    .bind(&new.hours)
    .bind(&new.keeper_zh)
    .bind(&new.keeper_en)
    .bind(&new.keeper_phone)
    .bind(now)
    .execute(tx.on())
    .await?;
    Ok(())
}

/// Notes what an update client told of its terminal.
///
/// # Errors
/// The database refused.
pub async fn set_attributes(
    tx: &mut Write,
    terminal: &str,
    attributes: &BTreeMap<String, String>,
    now: Millis,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(attributes)
        .map_err(|source| StoreError::Content { column: "terminals.attributes", source })?;
    sqlx::query("UPDATE terminals SET attributes = $2, attributes_at = $3 WHERE id = $1")
        .bind(terminal)
        .bind(text)
        .bind(now)
        .execute(tx.on())
        .await?;
    Ok(())
}

impl Store {
    /// What an update client told of its terminal.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn attributes(&self, terminal: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let row = sqlx::query("SELECT attributes FROM terminals WHERE id = $1")
            .bind(terminal)
            .fetch_optional(self.read())
            .await?;
        match row {
            None => Ok(BTreeMap::new()),
            Some(row) => super::json("terminals.attributes", row.try_get("attributes")?),
        }
    }
}
