//! How long the screen takes to answer a finger: to show the press, to show a whole new page, and to show that the province
//! has accepted a case. Software renderer, one upright screen, everything from the touch to the painted pixels.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::service_item::ItemId;
use domain::session::page::Page;
use drivers::sim::id_card::SampleCard;
use kiosk_ui::headless::{Booth, BoothOptions, Walk};
use serde_json::json;
use std::time::{Duration, Instant};

const ROUNDS: usize = 30;
const CASES: usize = 30;
const LOCALE: Locale = Locale::ZhCn;

const ITEM: &str = "old-age-allowance";

#[derive(Default)]
struct Samples {
    press: Vec<f64>,
    page: Vec<f64>,
    key_press: Vec<f64>,
    key: Vec<f64>,
    accepted: Vec<f64>,
}

fn main() {
    let data = tempfile::tempdir().unwrap();
    let booth = Booth::open(BoothOptions::usual(data.path())).unwrap();
    let mut samples = Samples::default();
    for _ in 0..ROUNDS {
        look_around(&booth, &mut samples);
        type_a_word(&booth, &mut samples);
    }
    for _ in 0..CASES {
        samples.accepted.push(submit(&booth));
    }
    for (metric, ours, goal) in [
        ("a finger comes down: the pressed control is painted", samples.press, "≤ 2"),
        ("a finger comes down on a key: the pressed key is painted", samples.key_press, "≤ 2"),
        ("the finger leaves a key: letters and suggestions are painted", samples.key, "≤ 12"),
        ("the finger leaves: the whole new page is painted", samples.page, "≤ 12"),
        ("the finger leaves 确认提交: accepted by the province, and painted", samples.accepted, "≤ 50"),
    ] {
        println!("{}", json!({"metric": metric, "unit": "ms", "ours": ours, "anchor": null, "goal": goal}));
    }
}

/// Milliseconds until the press was painted, and until what the release led to was.
fn touch(booth: &Booth, label: &str) -> (f64, f64) {
    let stage = booth.stage();
    let elements = stage.elements();
    let found = elements.iter().find(|e| e.interactive && e.enabled && e.label == label);
    let (x, y) = found.unwrap_or_else(|| panic!("no {label} on {}", booth.page().name())).centre();
    let begun = Instant::now();
    stage.press(x, y);
    stage.paint();
    let press = milliseconds(begun);
    stage.advance(Duration::from_millis(80));
    stage.paint();
    let begun = Instant::now();
    stage.release(x, y);
    stage.paint();
    (press, milliseconds(begun))
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// From the idle page to the consent, and to the search.
fn look_around(booth: &Booth, samples: &mut Samples) {
    let item = {
        let shell = booth.terminal().shell();
        let item = shell.session().facts().catalogue.item(&ItemId(ITEM.to_owned())).cloned();
        item.unwrap().name.text(LOCALE).to_owned()
    };
    let to_consent = [
        (M::IdleTouchToStart.text(LOCALE), Page::Home),
        (M::ThemeElderCare.text(LOCALE), Page::Items),
        (&*item, Page::Guide),
        (M::GuideBegin.text(LOCALE), Page::Consent),
    ];
    let to_search =
        [(M::IdleTouchToStart.text(LOCALE), Page::Home), (M::HomeSearch.text(LOCALE), Page::Search)];
    for way in [&to_consent[..], &to_search[..]] {
        Walk::new(booth).leave().unwrap();
        booth.stage().settle();
        for (label, page) in way {
            let (press, release) = touch(booth, label);
            assert_eq!(booth.page(), *page);
            samples.press.push(press);
            samples.page.push(release);
            booth.stage().settle();
        }
    }
}

/// Letters on the search page's keyboard.
fn type_a_word(booth: &Booth, samples: &mut Samples) {
    assert_eq!(booth.page(), Page::Search);
    for letter in ["l", "a", "o", "r", "e", "n"] {
        let (press, release) = touch(booth, letter);
        samples.key_press.push(press);
        samples.key.push(release);
        booth.stage().settle();
    }
}

/// A meal, which the province accepts at once; milliseconds from the release of the finger.
fn submit(booth: &Booth) -> f64 {
    let walk = Walk::new(booth);
    walk.leave().unwrap();
    walk.to_review("meal-booking", SampleCard::Resident.card()).unwrap();
    let stage = booth.stage();
    let label = M::ReviewSubmit.text(LOCALE);
    let submit = || stage.elements().into_iter().find(|e| e.interactive && e.enabled && e.label == label);
    // It is read to its end first.
    while submit().is_none() {
        touch(booth, M::FrameNextScreen.text(LOCALE));
        stage.settle();
    }
    let (x, y) = submit().unwrap().centre();
    stage.press(x, y);
    stage.advance(Duration::from_millis(80));
    let begun = Instant::now();
    stage.release(x, y);
    stage.paint();
    while booth.page() != Page::Result {
        assert!(booth.wait_event(Duration::from_secs(10)), "the province is silent");
    }
    stage.paint();
    milliseconds(begun)
}
