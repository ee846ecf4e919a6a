//! The worker's desk: what it may see of a page, and what it may do.

use super::{CARE, Kiosk, LIMIT, booth};
use domain::form::answer::Answer as FormAnswer;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::{Sight, Tap};
use domain::session::page::Page;
use domain::session::state::Step;
use drivers::sim::id_card::SampleCard;
use fleet_api::assist::{MirrorElement, MirrorPage, WorkerAction};
use fleet_api::ui::{FromAgent, FromScreen};
use kiosk_ui::agent::masked;
use kiosk_ui::headless::{Booth, Walk};
use std::time::{Duration, Instant};

#[test]
fn a_worker_of_the_desk_sees_what_the_resident_shows_and_points() {
    let kiosk = Kiosk::start();
    kiosk.health();
    let walk = Walk::new(&kiosk.booth);
    walk.begin(CARE);
    walk.tap(Tap::Help);
    walk.tap(Tap::CallDesk);
    let (call, page, item) = kiosk.hear(|word| match word {
        FromScreen::Help { call, page, item, urgent: false } => Some((call, page, item)),
        _ => None,
    });
    assert_eq!(
        (call.len(), page.as_str()),
        (32, kiosk.booth.terminal().shell().session().visit().unwrap().step.page().name())
    );
    assert_eq!(item.map(|item| item.0).as_deref(), Some(CARE));
    let worker = |call: &str, actions: Vec<WorkerAction>, ended| {
        let (call, worker) = (call.to_owned(), Some("李主任".to_owned()));
        kiosk.agent.say(&FromAgent::Worker { call, worker, actions, ended });
    };
    let sees = |text: &str| kiosk.booth.stage().elements().iter().any(|element| element.label == text);
    let wait = |holds: &dyn Fn() -> bool| {
        let until = Instant::now() + LIMIT;
        while !holds() {
            assert!(Instant::now() < until, "it never holds");
            kiosk.booth.hear_agent();
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    // Of another call: nothing of it is taken.
    worker("0", vec![WorkerAction::Write { text: "假的".to_owned() }], false);
    worker(&call, vec![WorkerAction::Point { x: 300.0, y: 900.0 }], false);
    let name = M::HelpDeskWorker.fill(Locale::ZhCn, &[("worker", "李主任")]);
    wait(&|| sees(&name));
    assert!(!sees("假的"));
    let desk = || kiosk.booth.terminal().shell().session().visit().and_then(|visit| visit.desk.clone());
    assert_eq!(desk().and_then(|desk| desk.ring), None, "who sees nothing points at nothing");

    walk.tap(Tap::ShowDesk(Sight::Shown));
    kiosk.booth.pass_second();
    let mirror = kiosk.hear(|word| match word {
        FromScreen::Mirror { call: of, page } if of == call => Some(page),
        _ => None,
    });
    assert_eq!((mirror.width, mirror.height), (1080, 1920));
    assert!(mirror.elements.iter().any(|element| element.words.is_some()), "{mirror:?}");
    worker(
        &call,
        vec![WorkerAction::Point { x: 300.0, y: 900.0 }, WorkerAction::Write { text: "请点这里".to_owned() }],
        false,
    );
    wait(&|| sees("请点这里"));
    assert_eq!(desk().and_then(|desk| desk.ring), Some((300.0, 900.0)));
    let elements = kiosk.booth.stage().elements();
    let again = masked(kiosk.booth.terminal().shell().session(), &elements, 1080, 1920).unwrap();
    let lies_there = |name: &str| {
        let element = elements.iter().find(|element| element.label == name).unwrap();
        again.elements.iter().any(|masked| (masked.x, masked.y) == (element.x, element.y))
    };
    assert!(!lies_there("请点这里"), "the worker's sentence is no part of the resident's page");

    // The very words of a button: it stays where it is.
    let told = |masked: &MirrorElement| {
        elements.iter().find(|element| element.interactive && masked.words.as_ref() == Some(&element.label))
    };
    let button = mirror.elements.iter().find_map(told).expect("a button with fixed words");
    worker(&call, vec![WorkerAction::Write { text: button.label.clone() }], false);
    wait(&|| !sees("请点这里"));
    let elements = kiosk.booth.stage().elements();
    let again = masked(kiosk.booth.terminal().shell().session(), &elements, 1080, 1920).unwrap();
    let named = |masked: &MirrorElement| masked.words.as_ref() == Some(&button.label);
    assert!(
        again.elements.iter().any(|masked| named(masked) && (masked.x, masked.y) == (button.x, button.y))
    );

    walk.tap(Tap::Leave);
    let ended = kiosk.hear(|word| match word {
        FromScreen::HelpEnded { call } => Some(call),
        _ => None,
    });
    assert_eq!(ended, call);
    assert!(!sees(&name), "it ends with the visit");
    worker(&call, vec![WorkerAction::Write { text: "还在吗".to_owned() }], false);
    kiosk.booth.hear_agent();
    assert!(!sees("还在吗"));
}

/// Every text of the visit that is the resident's: who they are and what they answered.
fn of_the_resident(booth: &Booth) -> Vec<String> {
    let shell = booth.terminal().shell();
    let Some(visit) = shell.session().visit() else { return Vec::new() };
    let mut texts = Vec::new();
    if let Some(identity) = visit.identity() {
        texts.extend([identity.name().reveal().to_owned(), identity.number().reveal().to_owned()]);
        texts.extend([identity.name().masked_name(), identity.number().masked_number()]);
    }
    let file = match &visit.step {
        Step::Form(filling) => Some(&filling.file),
        Step::Review(file) => Some(file),
        _ => None,
    };
    let fields = file.map(|file| file.item.form.iter().flat_map(|step| &step.fields).map(move |f| (file, f)));
    for (file, field) in fields.into_iter().flatten() {
        let Some(answered) = file.answers.get(&field.id) else { continue };
        // On its own page each option stands there, whichever was chosen.
        let on_form = matches!(visit.step, Step::Form(_));
        match &answered.answer {
            FormAnswer::Text(text) => texts.push(text.reveal().to_owned()),
            FormAnswer::Person { name, number } => {
                texts.extend([name.reveal().to_owned(), number.reveal().to_owned()]);
            }
            answer if !on_form => {
                texts.extend(domain::form::words::words(&field.kind, answer, shell.session().locale()));
            }
            _ => {}
        }
    }
    texts
}

#[test]
fn no_answer_leaves_by_the_mirror() {
    let folder = tempfile::tempdir().unwrap();
    let booth = booth(folder.path(), None);
    let walk = Walk::new(&booth);
    let items: Vec<String> = {
        let shell = booth.terminal().shell();
        shell
            .session()
            .facts()
            .catalogue
            .items
            .iter()
            .filter(|item| !item.form.is_empty())
            .map(|item| item.id.0.clone())
            .collect()
    };
    let (mut pages, mut bars, mut told) = (std::collections::BTreeSet::new(), 0, 0);
    let mut look = |booth: &Booth| {
        let elements = booth.stage().elements();
        let seen: Option<MirrorPage> = masked(booth.terminal().shell().session(), &elements, 1080, 1920);
        let Some(seen) = seen else { return };
        let secrets = of_the_resident(booth);
        for words in seen.elements.iter().filter_map(|element| element.words.as_ref()) {
            told += 1;
            let leaks = secrets.iter().find(|secret| {
                secret.chars().count() > 1 && words.contains(secret.as_str()) || *secret == words
            });
            assert_eq!(
                leaks,
                None,
                "`{words}` on {} of {}",
                seen.page,
                seen.item.clone().unwrap_or_default()
            );
        }
        bars += seen.elements.iter().filter(|element| element.words.is_none()).count();
        pages.insert(seen.page);
    };
    for item in items.iter().take(6) {
        walk.begin(item);
        look(&booth);
        walk.agree();
        look(&booth);
        if booth.page() != Page::IdentifyCard {
            walk.leave().unwrap();
            continue;
        }
        booth.rig().place(SampleCard::Resident.card());
        let begun = walk.hear_until(Page::Review, || walk.step_is(|step| matches!(step, Step::Form(_))));
        if begun.is_err() {
            walk.leave().unwrap();
            continue;
        }
        for _ in 0..60 {
            look(&booth);
            if booth.page() == Page::Review {
                break;
            }
            walk.answer_step(None);
            look(&booth);
            walk.tap(Tap::Next);
        }
        assert_eq!(booth.page(), Page::Review, "{item}");
        let id = booth.terminal().shell().fresh_submission_id().unwrap();
        walk.tap(Tap::Confirm(id));
        look(&booth);
        walk.hear_until(Page::Result, || matches!(booth.page(), Page::Result | Page::Submitting)).unwrap();
        if walk.reach(Page::Result).is_ok() {
            look(&booth);
        }
        walk.leave().unwrap();
    }
    assert!(pages.len() >= 10 && pages.contains("review"), "{pages:?}");
    assert!(bars > 100 && told > 100, "{bars} bars and {told} words");
}
