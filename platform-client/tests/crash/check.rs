//! Whether what residents were told was true.

use crate::cases;
use crate::gateway::Gateway;
use crate::process::Orders;
use platform_client::sim::CaseRow;
use std::collections::BTreeMap;

/// Every untruth, in words; and how often each thing was told.
pub(crate) fn check(
    orders: &Orders,
    rows: &[CaseRow],
    gateway: &Gateway,
) -> (Vec<String>, BTreeMap<String, u64>) {
    let text = std::fs::read_to_string(&orders.told).unwrap_or_default();
    let mut told: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split(' ').map(str::to_owned);
        let (verb, n) = (words.next().unwrap(), words.next().unwrap().parse().unwrap());
        let entry = told.entry(n).or_default();
        if verb == "told" {
            entry.extend(words);
        }
    }
    let mut wrong = Vec::new();
    let mut counts = BTreeMap::new();
    if told.len() as u64 != orders.cases {
        wrong.push(format!("{} of {} visits began", told.len(), orders.cases));
    }
    for (n, said) in &told {
        let id = cases::id(orders.run, *n);
        let there: Vec<&CaseRow> = rows.iter().filter(|row| row.submission_id == id).collect();
        let word = said.first().map_or("nothing", String::as_str);
        *counts.entry(word.to_owned()).or_default() += 1;
        let fits = match word {
            "received" | "accepted" => {
                there.len() == 1
                    && said.get(1).is_some_and(|number| there[0].application_number.as_str() == number)
            }
            "queued" => there.len() == 1,
            "not_sent" | "not_kept" => there.is_empty(),
            // Cut off, or unknown: there or not.
            _ => there.len() <= 1,
        };
        if !fits {
            wrong.push(format!("case {n}: told {said:?}, and it is there {} times", there.len()));
        }
        if let Some(row) = there.iter().find(|row| row.filed_at != cases::filed_at(orders.base, *n)) {
            wrong.push(format!("case {n}: filed at {}, as the platform has it", row.filed_at));
        }
        let seen = gateway.seen(id.as_str());
        if seen.blindly > 0 {
            wrong.push(format!("case {n}: sent again without a question {} times", seen.blindly));
        }
        if seen.carried_out as usize != there.len() {
            wrong.push(format!(
                "case {n}: carried out {} times, there {} times",
                seen.carried_out,
                there.len()
            ));
        }
    }
    (wrong, counts)
}
