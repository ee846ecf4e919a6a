//! The list of terminals: every filter, and filters together, against a plain look at each terminal.

use crate::fixture::{on_both, planned};
use fleet_api::TerminalId;
use fleet_server::store::enrolment;
use fleet_server::store::heartbeats::{self, Beat};
use fleet_server::store::page::Page;
use fleet_server::store::terminals::{self, Contact, Filter, InService, NewTerminal};

const NOW: i64 = 1_800_000_000_000;

/// A terminal, and its word where it was heard of.
struct Standing {
    place: NewTerminal,
    enrolled: bool,
    word: Option<Beat>,
}

/// Sixty terminals in which no two properties go together.
fn city() -> Vec<Standing> {
    (0..60_i64)
        .map(|n| {
            let id = format!("T-{n:02}");
            let district = format!("9901{:02}", n % 2);
            let street = format!("{district}{:03}", n % 3);
            let community = format!("{street}{:03}", n % 5);
            let model = format!("K{}", n % 4);
            let place = NewTerminal { district, street, community, model, ..planned(&id) };
            let word = (n % 7 != 0).then(|| Beat {
                terminal: id,
                received_at: NOW - n * 1000,
                image: format!("1.{}.0", n % 3),
                in_service: n % 11 < 6,
                out_of_service: None,
                worst: ["ready", "keeper", "technician"][usize::try_from(n).unwrap() % 13 % 3],
                screen_away_since: None,
                outbox_needs_person: 0,
                catalogue: (n % 5 > 0).then(|| format!("2026.{}", n % 2)),
                body: "{}".to_owned(),
                open_seconds: 0,
                served_seconds: 0,
                silent: Vec::new(),
                disk_free: None,
                disk_total: None,
                devices: None,
                supplies: None,
            });
            Standing { place, enrolled: n % 3 == 0, word }
        })
        .collect()
}

fn fits(standing: &Standing, filter: &Filter) -> bool {
    let is = |asked: &Option<String>, text: &str| asked.as_deref().is_none_or(|asked| asked == text);
    let (place, word) = (&standing.place, standing.word.as_ref());
    let serves = word.is_some_and(|word| word.in_service);
    is(&filter.district, &place.district)
        && is(&filter.street, &place.street)
        && is(&filter.community, &place.community)
        && is(&filter.model, &place.model)
        && is(&filter.state, if standing.enrolled { "enrolled" } else { "planned" })
        && (filter.image.is_none() || word.is_some_and(|word| is(&filter.image, &word.image)))
        && (filter.catalogue.is_none() || word.is_some_and(|word| word.catalogue == filter.catalogue))
        && (filter.worst.is_none() || word.is_some_and(|word| is(&filter.worst, word.worst)))
        && match filter.contact {
            None => true,
            Some(Contact::Since(moment)) => word.is_some_and(|word| word.received_at >= moment),
            Some(Contact::NotSince(moment)) => word.is_none_or(|word| word.received_at < moment),
        }
        && match filter.in_service {
            None => true,
            Some(InService::Yes) => serves,
            Some(InService::No) => !serves,
        }
        && filter.id_begins.as_ref().is_none_or(|begins| place.id.starts_with(begins))
}

/// Sets a part of a filter.
type Way = Box<dyn Fn(&mut Filter)>;

/// Each filter by itself and each two of them.
fn filters() -> Vec<Filter> {
    let some = |text: &str| Some(text.to_owned());
    let single: [fn(&mut Filter, Option<String>); 8] = [
        |filter, text| filter.district = text,
        |filter, text| filter.street = text,
        |filter, text| filter.community = text,
        |filter, text| filter.model = text,
        |filter, text| filter.state = text,
        |filter, text| filter.image = text,
        |filter, text| filter.catalogue = text,
        |filter, text| filter.worst = text,
    ];
    let words = ["990101", "990101001", "990101001001", "K1", "enrolled", "1.1.0", "2026.1", "keeper"];
    let mut ways: Vec<Way> = vec![Box::new(|_| {})];
    for (set, word) in single.into_iter().zip(words) {
        ways.push(Box::new(move |filter| set(filter, some(word))));
    }
    for contact in [Contact::Since(NOW - 30_000), Contact::NotSince(NOW - 30_000)] {
        ways.push(Box::new(move |filter| filter.contact = Some(contact)));
    }
    for in_service in [InService::Yes, InService::No] {
        ways.push(Box::new(move |filter| filter.in_service = Some(in_service)));
    }
    ways.push(Box::new(move |filter| filter.id_begins = some("T-1")));
    let mut filters = Vec::new();
    for first in &ways {
        for second in &ways {
            let mut filter = Filter::default();
            first(&mut filter);
            second(&mut filter);
            filters.push(filter);
        }
    }
    filters
}

#[test]
fn each_filter_leaves_what_it_says_page_by_page() {
    on_both(async |fleet| {
        let store = &fleet.server().store;
        let city = city();
        let mut tx = store.write().await.unwrap();
        for standing in &city {
            terminals::put(&mut tx, &standing.place, NOW).await.unwrap();
            if standing.enrolled {
                let id = TerminalId(standing.place.id.clone());
                enrolment::enrolled(&mut tx, &id, "board", "0.1.0", NOW).await.unwrap();
            }
            heartbeats::put(&mut tx, standing.word.as_slice()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut sizes = std::collections::BTreeSet::new();
        for filter in filters() {
            let expected: Vec<&str> = city
                .iter()
                .filter(|standing| fits(standing, &filter))
                .map(|standing| standing.place.id.as_str())
                .collect();
            let count = store.count_terminals(&filter).await.unwrap();
            assert_eq!(count, i64::try_from(expected.len()).unwrap(), "{filter:?}");
            let (mut found, mut page) = (Vec::new(), Page::first(7));
            loop {
                let rows = store.terminals(&filter, &page).await.unwrap();
                let Some(last) = rows.last() else { break };
                page.after.clone_from(&last.terminal.id.0);
                found.extend(rows.into_iter().map(|row| row.terminal.id.0));
            }
            assert_eq!(found, expected, "{filter:?}");
            sizes.insert(expected.len());
        }
        assert!(sizes.len() > 10 && sizes.contains(&60), "the filters tell terminals apart: {sizes:?}");
    });
}
