//! Settings: made, compared, pushed stage by stage. Going back on trouble is the terminal's own.

use super::{OrderError, divisions, unknown};
use crate::news::NewsItem;
use crate::selector::{Selector, within};
use crate::state::{Actor, Server};
use crate::store::{configurations, rollouts};
use fleet_api::configuration::Settings;
use serde_json::Value;

/// Makes a document for whom `selector` means; nobody uses it before [`push`].
///
/// # Errors
/// A setting is outside its bounds, or there is no such district.
pub async fn make(
    server: &Server,
    settings: &Settings,
    selector: &Selector,
    seed: i64,
    by: &Actor,
    why: &str,
) -> Result<i64, OrderError> {
    settings.check().map_err(|error| OrderError::Wrong(error.to_string()))?;
    divisions::are_known(server, selector).await?;
    let mut tx = server.store.write().await?;
    let number =
        configurations::add(&mut tx, settings, selector, seed, &by.0, why, server.clock.millis()).await?;
    tx.commit().await?;
    Ok(number)
}

/// Pushes a document to the first `percentage` of those whom it is for; returns to how many.
///
/// # Errors
/// There is no such document, or the push was further already.
pub async fn push(server: &Server, number: i64, percentage: i64) -> Result<usize, OrderError> {
    let document =
        server.store.configuration(number).await?.ok_or_else(|| unknown("configuration", number))?;
    if !(1..=100).contains(&percentage) {
        return Err(OrderError::Wrong("a push goes to 1 to 100 %".to_owned()));
    }
    if percentage < document.percentage {
        return Err(OrderError::Less { at: document.percentage, wanted: percentage });
    }
    let mut tx = server.store.write().await?;
    let terminals: Vec<String> = rollouts::candidates(&mut tx)
        .await?
        .into_iter()
        .filter(|candidate| {
            document.selector.takes(candidate) && within(document.seed, &candidate.id, percentage)
        })
        .map(|candidate| candidate.id)
        .collect();
    configurations::push(&mut tx, number, percentage, &terminals, server.clock.millis()).await?;
    for terminal in &terminals {
        server.note(&mut tx, &NewsItem::Terminal(terminal.clone())).await?;
    }
    tx.commit().await?;
    for terminal in &terminals {
        server.tell(NewsItem::Terminal(terminal.clone())).await?;
    }
    Ok(terminals.len())
}

/// A setting that two documents have differently.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// The setting's name.
    pub setting: String,
    /// As it was; none where it was left to the terminal.
    pub before: Option<Value>,
    /// As it will be.
    pub after: Option<Value>,
}

/// What is different between two documents, by name.
pub fn difference(before: &Settings, after: &Settings) -> Vec<Difference> {
    let fields = |settings: &Settings| match serde_json::to_value(settings) {
        Ok(Value::Object(fields)) => fields,
        // Settings are an object by their own type.
        _ => serde_json::Map::new(),
    };
    let (before, after) = (fields(before), fields(after));
    let value = |fields: &serde_json::Map<String, Value>, name: &str| {
        fields.get(name).filter(|v| !v.is_null()).cloned()
    };
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|name| Difference {
            setting: name.clone(),
            before: value(&before, name),
            after: value(&after, name),
        })
        .filter(|difference| difference.before != difference.after)
        .collect()
}
