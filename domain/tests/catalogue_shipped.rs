//! The files in `catalogue/` are right, and say what the issue and the plan ask of them.

use domain::division::DivisionCode;
use domain::form::Prefill;
use domain::form::answer::{AnswerSource, Answered, FormAnswers};
use domain::form::check::check_step;
use domain::identity::{Assurance, IdentityWay};
use domain::material::{MaterialSource, Picture};
use domain::service_item::sample::read_answers;
use domain::service_item::source::{AdmittedCatalogue, read_folder};
use domain::service_item::{Inquiry, ItemId, Queueing, Reach, ServiceItem, ServiceKind, Theme};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use time::macros::date;

fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalogue");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root.join("items"))
        .expect("catalogue/items")
        .map(|e| e.expect("an entry").path())
        .collect();
    paths.push(root.join("catalogue.toml"));
    paths.sort();
    let read = |p: PathBuf| (p.display().to_string(), std::fs::read_to_string(&p).expect("a text"));
    paths.into_iter().map(read).collect()
}

fn shipped() -> AdmittedCatalogue {
    let files = files();
    let pairs = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    read_folder(pairs).unwrap_or_else(|mistakes| {
        let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

fn item(id: &str) -> std::sync::Arc<ServiceItem> {
    let catalogue = shipped();
    let found = catalogue.entries.into_iter().find(|e| e.item.id.0 == id);
    found.unwrap_or_else(|| panic!("no item {id}")).item
}

#[test]
fn every_file_is_right_and_stands_in_its_order() {
    let ids: Vec<String> = shipped().entries.iter().map(|e| e.item.id.0.clone()).collect();
    assert_eq!(
        ids,
        [
            "pension-certification",
            "participation-certificate",
            "old-age-allowance",
            "disability-subsidies",
            "appeal-12345",
            "meal-booking",
            "convenience-directory",
        ]
    );
}

#[test]
fn every_theme_has_something_behind_its_door() {
    let themes: BTreeSet<Theme> = shipped().entries.iter().map(|e| e.item.theme).collect();
    assert_eq!(themes, BTreeSet::from(Theme::ALL));
}

#[test]
fn each_item_is_what_it_should_be() {
    use Assurance as A;
    use ServiceKind as K;
    let check = |id: &str, kind, assurance, queueing| {
        let item = item(id);
        assert_eq!((item.kind, item.identity.assurance, item.queueing), (kind, assurance, queueing), "{id}");
    };
    check("pension-certification", K::Application, A::CardAndFace, Queueing::LiveOnly);
    check("participation-certificate", K::Certificate, A::CardOrQr, Queueing::LiveOnly);
    check("old-age-allowance", K::Application, A::CardOrQr, Queueing::MayQueue);
    check("disability-subsidies", K::Application, A::CardOrQr, Queueing::MayQueue);
    check("appeal-12345", K::Application, A::CardOrQr, Queueing::MayQueue);
    check("meal-booking", K::Application, A::CardOrQr, Queueing::LiveOnly);
    check("convenience-directory", K::Directory, A::None, Queueing::LiveOnly);
    assert_eq!(item("pension-certification").inquiry, Inquiry::AskFirst);
    assert_eq!(item("disability-subsidies").reach, Reach::CrossProvince);
    assert_eq!(item("appeal-12345").responsible.phone, "0553-12345");
    assert!(item("appeal-12345").identity.ways.contains(&IdentityWay::Sms));
}

#[test]
fn nothing_is_brought_that_departments_share() {
    for entry in shipped().entries {
        let brought: Vec<&str> = entry
            .item
            .materials
            .iter()
            .filter(|m| matches!(m.source, MaterialSource::Upload | MaterialSource::Window))
            .map(|m| m.id.as_str())
            .collect();
        let expected: &[&str] = if entry.item.id.0 == "appeal-12345" { &["picture"] } else { &[] };
        let library = entry.item.materials.iter().filter(|m| m.source == MaterialSource::LicenceLibrary);
        for paper in library {
            assert!(paper.licence.is_some() && paper.field.is_some(), "{}", paper.id);
        }
        assert_eq!(brought, expected, "{}", entry.item.id);
    }
}

#[test]
fn an_item_is_shown_only_where_it_is_admitted() {
    let catalogue = shipped();
    let shown = |code: &str, day| {
        let division = DivisionCode::try_from(code.to_owned()).unwrap();
        let site = catalogue.for_site(&division, day);
        assert_eq!(site.version, "2026.11.1");
        (site.items.len(), site.item(&ItemId("meal-booking".into())).is_some())
    };
    assert_eq!(shown("990001001001", date!(2026 - 11 - 24)), (7, true));
    assert_eq!(shown("990002001001", date!(2026 - 11 - 24)), (6, false));
    assert_eq!(shown("990001001001", date!(2026 - 10 - 19)), (0, false));
}

/// Every path of the form has samples, not only the sample's own: a visit may choose another one.
#[test]
fn samples_answer_every_field_on_any_day() {
    for entry in shipped().entries {
        let item = &entry.item;
        let samples = read_answers(item, &item.sample).unwrap();
        for today in [date!(2026 - 02 - 28), date!(2026 - 11 - 24), date!(2027 - 12 - 31)] {
            let mut answers = FormAnswers::default();
            for (id, sample) in &samples {
                let answer = sample.answer(today, &Picture::new(vec![1]));
                answers.set(id.clone(), Answered { answer, source: AnswerSource::Resident });
            }
            for step in &item.form {
                assert_eq!(check_step(step, &answers, today), [], "{}", item.id);
                for field in &step.fields {
                    assert!(samples.contains_key(&field.id), "{}: {}", item.id, field.id);
                }
            }
        }
    }
}

#[test]
fn searching_finds_the_items_by_what_people_call_them() {
    let division = DivisionCode::try_from("990001001001".to_owned()).unwrap();
    let catalogue = shipped().for_site(&division, date!(2026 - 11 - 24));
    let check = |query: &str, expected: &str| {
        let found: Vec<&str> = catalogue.search(query).iter().map(|i| i.id.0.as_str()).collect();
        assert!(found.contains(&expected), "{query}: {found:?}");
    };
    check("养老金", "pension-certification");
    check("ylbx", "pension-certification");
    check("缴费", "participation-certificate");
    check("80岁", "old-age-allowance");
    check("护理", "disability-subsidies");
    check("跨省", "disability-subsidies");
    check("路灯", "appeal-12345");
    check("吃饭", "meal-booking");
    check("药店", "convenience-directory");
    check("pharmacies", "convenience-directory");
}

/// The list of `docs/catalogue.md`, from which a province's platform learns what may be asked.
#[test]
fn shared_keys_are_those_of_the_documentation() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/catalogue.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    let (_, list) = docs.split_once("## Shared keys").expect("a list of the shared keys");
    let list = list.split("\n## ").next().unwrap_or_default();
    let rows = list.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(key, _)| key));
    let documented: BTreeSet<String> = rows.map(str::to_owned).collect();
    let items = shipped().entries;
    let fields = items.iter().flat_map(|e| &e.item.form).flat_map(|s| &s.fields);
    let asked: BTreeSet<String> = fields
        .filter_map(|f| match &f.prefill {
            Some(Prefill::Shared(key)) => Some(key.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(documented, asked);
}

/// A page is a step: more than nine and somebody behind in the queue becomes uneasy.
#[test]
fn forms_are_short() {
    for entry in shipped().entries {
        let item = &entry.item;
        assert!(item.form.len() <= 9, "{}: {} steps", item.id, item.form.len());
    }
}
