//! On a machine without a display: the sample visits are played, and their pictures show what a screen would.

use crate::chain::Chain;
use crate::cli::{VisitOptions, VisitSummary};
use crate::output::Output;
use crate::visit;
use domain::service_item::ItemId;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// The items of the catalogue that is built in, in its order.
const CATALOGUE: &str = include_str!("../../catalogue/catalogue.toml");

/// Says why there is no window, plays a visit of each item, names the folder of their pictures.
pub fn play(why: &str, data: &Path, output: Output) -> ExitCode {
    let folder = data.join("sample-visits");
    output.remark(&format!(
        "{why}\nSo the sample visits are played without one. Their pictures: {}",
        folder.display()
    ));
    let mut failed = 0;
    for item in items() {
        let out = folder.join(&item.0);
        match played(VisitOptions::of(item.clone(), out.clone())) {
            Ok(summary) => {
                let outcome = json!(summary.outcome);
                let words =
                    format!("{item}: {} ({} pages)", outcome.as_str().unwrap_or_default(), summary.pages);
                output.line(&words, &json!({"item": item, "visit": summary, "folder": out}));
            }
            Err(why) => {
                failed += 1;
                output.remark(&format!("{item}: {why}"));
            }
        }
    }
    if failed > 0 {
        return output.failed("visit", &format!("{failed} of the sample visits did not come to an end"));
    }
    output.line(&format!("pictures: {}", folder.display()), &json!({"folder": folder}));
    ExitCode::SUCCESS
}

/// A visit has a thread of its own: the screen's toolkit has one platform for a thread.
fn played(options: VisitOptions) -> Result<VisitSummary, String> {
    let visit = std::thread::spawn(move || visit::run(options).map_err(|error| Chain(&error).to_string()));
    visit.join().unwrap_or_else(|_| Err("the visit's thread has ended".to_owned()))
}

fn items() -> Vec<ItemId> {
    let table: toml::Table = CATALOGUE.parse().unwrap_or_default();
    let list = table.get("items").and_then(|items| items.as_array()).into_iter().flatten();
    list.filter_map(|item| item.get("id")?.as_str()).map(|id| ItemId(id.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_visits_are_those_of_the_catalogue() {
        let items = items();
        assert_eq!(items.len(), 7);
        assert!(items.contains(&ItemId("old-age-allowance".into())));
    }
}
